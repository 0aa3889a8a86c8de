//! Why a document has its score.

use std::hash::Hash;

use crate::engine::{Request, Share};
use crate::{Bm25Index, Bm25Params, Result};

/// The score of a document for a query, term by term.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// The score that a search gives, to the bit; 0 for a document without a term of the query.
    pub score: f32,
    /// The terms of the query that the index knows, in alphabetical order. Their contributions and `offset` add up to
    /// the score, to rounding, if the document holds any of them.
    pub terms: Vec<TermShare>,
    /// What the length of the document adds, which [`Formula::Dirichlet`](crate::Formula::Dirichlet) knows.
    pub offset: f64,
    /// The length of the document: how many terms it has.
    pub length: u32,
}

/// A term of an [`Explanation`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TermShare {
    /// The term.
    pub term: String,
    /// Its weight in the query: how often it is there.
    pub weight: f32,
    /// How often it is in the document.
    pub frequency: u32,
    /// In how many documents it is.
    pub documents: u64,
    /// What it adds to the score.
    pub contribution: f64,
    /// Of an index with text fields, where in the document it is: each field, in their order.
    pub fields: Vec<FieldShare>,
}

/// A term in one text field of a document.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FieldShare {
    /// The field.
    pub field: String,
    /// How often the term is in it.
    pub frequency: u32,
    /// How many terms it has.
    pub length: u32,
    /// `w · tf / (1 - b + b · |d| / avgdl)`: what it adds to the frequency T that saturates, as `T / (k1 + T)`.
    pub part: f64,
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync> Bm25Index<I> {
    /// Why a document has its score for weighted terms; `None` if the index does not hold it.
    ///
    /// # Errors
    ///
    /// As [`retrieve_weighted`](Self::retrieve_weighted).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Bm25Index;
    ///
    /// let mut bm25 = Bm25Index::new();
    /// bm25.add_document("d1", &["red", "fox"])?;
    /// bm25.add_document("d2", &["red", "red"])?;
    /// let why = bm25.explain(&"d1", &[("fox", 1.0), ("red", 1.0)], Default::default())?.unwrap();
    /// let fox = &why.terms[0];
    /// assert_eq!((fox.term.as_str(), fox.frequency, fox.documents), ("fox", 1, 1));
    /// // ln(1 + 1.5 / 1.5) · 1 / (1 + 1.5)
    /// assert!((fox.contribution - 2.0_f64.ln() / 2.5).abs() < 1e-7);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn explain<S: AsRef<str>>(
        &self,
        id: &I,
        terms: &[(S, f32)],
        params: Bm25Params,
    ) -> Result<Option<Explanation>> {
        self.verify()?;
        self.check_params(params)?;
        rank_kernels::try_kernels()?;
        let terms = self.weighted(terms)?;
        let Some(document) = self.ids.number(id) else { return Ok(None) };
        let request = Request { terms: &terms, k: 1, allowed: None, scoring: Some(params) };
        let mut entries = self.engine.document(document);
        entries.sort_unstable_by_key(|entry| entry.0);
        let shares = terms.iter().zip(self.engine.shares(document, &request));
        // A term may be left of documents that are gone.
        let shares: Vec<_> = shares.filter(|(_, share)| share.spread.holding > 0).collect();
        let weight: f64 = shares.iter().map(|(term, _)| f64::from(term.1)).sum();
        let none = vec![0; self.text_fields.len()];
        let share = |(&(term, weight), share): (&(u32, f32), Share)| {
            let counts = entries.binary_search_by_key(&term, |entry| entry.0).map_or(&none, |at| &entries[at].1);
            let by_field = self.engine.by_field(document, counts, params).into_iter().zip(counts);
            let fields = self.text_fields.iter().zip(by_field).map(|(field, ((length, part), &frequency))| {
                FieldShare { field: field.name.clone(), frequency, length, part }
            });
            TermShare {
                term: String::from_utf8_lossy(self.dictionary.bytes(term)).into_owned(),
                weight,
                frequency: counts.iter().sum(),
                documents: share.spread.holding,
                contribution: share.contribution,
                fields: fields.collect(),
            }
        };
        let length = entries.iter().flat_map(|entry| &entry.1).sum();
        Ok(Some(Explanation {
            score: self.engine.score(document, &request, &self.ids).unwrap_or(0.0),
            terms: shares.into_iter().map(share).collect(),
            offset: weight * params.offset(length),
            length,
        }))
    }

    /// The terms of a document and how often it has them, by term number.
    pub(super) fn counts(&self, document: u32) -> Vec<(u32, u32)> {
        let mut counts: Vec<(u32, u32)> =
            self.engine.document(document).into_iter().map(|(term, values)| (term, values.iter().sum())).collect();
        counts.sort_unstable();
        counts
    }
}
