//! Vectors given back, looked into, and made queries.

use std::hash::Hash;

use super::SparseIndex;
use super::rows::{SparseRows, first_row};
use crate::Result;
use crate::engine::{Allowed, Kind, Request};
use crate::filter::and;

/// The score of a document for a vector, dimension by dimension. `D` is a number, or a name.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SparseExplanation<D> {
    /// The score that a search gives, to the bit; 0 for a document that shares no dimension with the query.
    pub score: f32,
    /// The dimensions of the query that the index knows, ascending. Their contributions add up to the score, to rounding.
    pub dimensions: Vec<DimensionShare<D>>,
}

/// A dimension of a [`SparseExplanation`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DimensionShare<D> {
    /// Its number or name.
    pub dimension: D,
    /// Its weight in the query.
    pub weight: f32,
    /// Its weight in the document, as the index keeps it; 0 if the document does not have it.
    pub value: f32,
    /// How many documents have it.
    pub documents: usize,
    /// What it adds to the score.
    pub contribution: f64,
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync> SparseIndex<I> {
    /// The dimensions of a document and their weights, as the index keeps them, ascending; `None` if there is no such
    /// document. O(dimensions of its window).
    ///
    /// # Errors
    ///
    /// As [`remove`](Self::remove), and [`MixedDimensions`](crate::Error::MixedDimensions) for an index of named
    /// dimensions.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{SparseIndex, SparseRows};
    ///
    /// let mut index = SparseIndex::new();
    /// index.add(&["d1"], SparseRows { offsets: &[0, 2], dimensions: &[9, 7], values: &[0.5, 2.0] })?;
    /// assert_eq!(index.vector(&"d1")?, Some(vec![(7, 2.0), (9, 0.5)]));
    /// assert_eq!(index.vector(&"d2")?, None);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn vector(&self, id: &I) -> Result<Option<Vec<(u32, f32)>>> {
        self.verify()?;
        self.check_numbered()?;
        Ok(self.ids.number(id).map(|number| self.pairs(number)))
    }

    /// [`vector`](Self::vector) of an index of named dimensions, in alphabetical order.
    ///
    /// # Errors
    ///
    /// As [`vector`](Self::vector), for an index of numbered dimensions.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::SparseIndex;
    ///
    /// let mut index = SparseIndex::new();
    /// index.add_named(1, &[("fox", 2.0), ("##es", 0.5)])?;
    /// assert_eq!(index.vector_named(&1)?, Some(vec![("##es".to_owned(), 0.5), ("fox".to_owned(), 2.0)]));
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn vector_named(&self, id: &I) -> Result<Option<Vec<(String, f32)>>> {
        self.verify()?;
        self.check_has_names()?;
        let Some(number) = self.ids.number(id) else { return Ok(None) };
        let mut pairs = self.pairs(number);
        self.in_order(&mut pairs);
        Ok(Some(pairs.into_iter().map(|(term, weight)| (self.name(term), weight)).collect()))
    }

    /// Why a document has its score for the first row of `query`; `None` if the index does not hold it.
    ///
    /// # Errors
    ///
    /// As [`search`](Self::search).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{SparseIndex, SparseRows};
    ///
    /// let mut index = SparseIndex::new();
    /// index.add(&["d1"], SparseRows { offsets: &[0, 2], dimensions: &[7, 9], values: &[2.0, 0.5] })?;
    /// let query = SparseRows { offsets: &[0, 2], dimensions: &[8, 9], values: &[1.0, 3.0] };
    /// let why = index.explain(&"d1", query)?.unwrap();
    /// assert_eq!((why.score, why.dimensions.len()), (1.5, 1));
    /// assert_eq!((why.dimensions[0].dimension, why.dimensions[0].value, why.dimensions[0].contribution), (9, 0.5, 1.5));
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn explain(&self, id: &I, query: SparseRows<'_>) -> Result<Option<SparseExplanation<u32>>> {
        self.check_numbered()?;
        self.explained(id, &first_row(query)?, |dimension| dimension)
    }

    /// [`explain`](Self::explain) for named dimensions, in alphabetical order.
    ///
    /// # Errors
    ///
    /// As [`search`](Self::search).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::SparseIndex;
    ///
    /// let mut index = SparseIndex::new();
    /// index.add_named(1, &[("fox", 2.0), ("den", 0.5)])?;
    /// let why = index.explain_named(&1, &[("fox", 3.0)])?.unwrap();
    /// assert_eq!((why.dimensions[0].dimension.as_str(), why.dimensions[0].contribution), ("fox", 6.0));
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn explain_named<S: AsRef<str>>(
        &self,
        id: &I,
        weights: &[(S, f32)],
    ) -> Result<Option<SparseExplanation<String>>> {
        self.explained(id, &self.named_terms(weights)?, |term| self.name(term))
    }

    fn explained<D>(
        &self,
        id: &I,
        terms: &[(u32, f32)],
        dimension: impl Fn(u32) -> D,
    ) -> Result<Option<SparseExplanation<D>>> {
        rank_kernels::try_kernels()?;
        self.verify()?;
        let Some(document) = self.ids.number(id) else { return Ok(None) };
        let (pairs, present) = (self.pairs(document), self.engine.present());
        let request = Request { terms, k: 1, allowed: None, scoring: None };
        let shares = terms.iter().zip(self.engine.shares(document, &request));
        let share = |(&(term, weight), share): (&(u32, f32), crate::engine::Share)| {
            let mut holding = self.engine.holding(std::iter::once(term));
            and(&mut holding, &present);
            let documents = holding.iter().map(|word| word.count_ones() as usize).sum();
            let value = pairs.binary_search_by_key(&term, |pair| pair.0).map_or(0.0, |at| pairs[at].1);
            let contribution = share.contribution;
            // A dimension may be left of documents that are gone.
            (documents > 0).then(|| DimensionShare {
                dimension: dimension(term),
                weight,
                value,
                documents,
                contribution,
            })
        };
        Ok(Some(SparseExplanation {
            score: self.engine.score(document, &request, &self.ids).unwrap_or(0.0),
            dimensions: shares.filter_map(share).collect(),
        }))
    }

    /// The `k` documents of the greatest inner products with the vector of a document, of which the `dimensions` of the
    /// greatest weights count, without itself. `None` if the index does not hold it.
    ///
    /// # Errors
    ///
    /// As [`search`](Self::search).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::SparseIndex;
    ///
    /// let mut index = SparseIndex::new();
    /// index.add_named(1, &[("fox", 2.0), ("den", 0.5)])?;
    /// index.add_named(2, &[("fox", 1.0)])?;
    /// index.add_named(3, &[("den", 1.0)])?;
    /// assert_eq!(index.more_like_this(&1, 10, 100)?, Some(vec![(2, 2.0), (3, 0.5)]));
    /// assert_eq!(index.more_like_this(&1, 10, 1)?, Some(vec![(2, 2.0)]));
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn more_like_this(&self, id: &I, k: usize, dimensions: usize) -> Result<Option<Vec<(I, f32)>>> {
        self.more_like_this_among(id, k, dimensions, None)
    }

    pub(crate) fn more_like_this_among(
        &self,
        id: &I,
        k: usize,
        dimensions: usize,
        allowed: Option<&Allowed>,
    ) -> Result<Option<Vec<(I, f32)>>> {
        rank_kernels::try_kernels()?;
        self.verify()?;
        let Some(number) = self.ids.number(id) else { return Ok(None) };
        let mut terms = self.pairs(number);
        self.in_order(&mut terms);
        // The sort is stable: of equal weights, the first in order.
        terms.sort_by(|a, b| b.1.total_cmp(&a.1));
        terms.truncate(dimensions);
        self.in_order(&mut terms);
        let mut hits = self.find(&terms, k.saturating_add(1), allowed);
        hits.retain(|hit| hit.0 != *id);
        hits.truncate(k);
        Ok(Some(hits))
    }

    /// The dimensions of a document with the weights that are kept, by term number.
    fn pairs(&self, document: u32) -> Vec<(u32, f32)> {
        let weight = |value: u32| match self.engine.kind() {
            Kind::Steps(step) => step * value as f32,
            Kind::Weights | Kind::Counts(_) => f32::from_bits(value),
        };
        let entries = self.engine.document(document).into_iter();
        let mut pairs: Vec<(u32, f32)> =
            entries.filter_map(|(term, values)| Some((term, weight(*values.first()?)))).collect();
        pairs.sort_unstable_by_key(|pair| pair.0);
        pairs
    }

    /// Sorts dimensions by number, or by name.
    fn in_order(&self, pairs: &mut [(u32, f32)]) {
        if self.has_names() {
            pairs.sort_unstable_by(|a, b| self.dictionary.bytes(a.0).cmp(self.dictionary.bytes(b.0)));
        } else {
            pairs.sort_unstable_by_key(|pair| pair.0);
        }
    }

    fn name(&self, term: u32) -> String {
        String::from_utf8_lossy(self.dictionary.bytes(term)).into_owned()
    }
}
