//! Queries that learn from documents.

use std::collections::BTreeMap;
use std::hash::Hash;

use crate::{Bm25Index, Bm25Params, Error, Filter, Result};

/// How a query is expanded by the terms of documents that are held to be relevant, such as the first of a search.
///
/// These are the formulas of the papers. Anserini's RM3 and Rocchio look only at terms of 2 to 20 letters and digits that
/// a tenth of the documents hold at most, and at the most frequent of each document; its Rocchio also brings the mean of
/// the documents to length 1. Terrier leaves terms out that only one of the documents holds.
///
/// # Source
///
/// RM3: Lavrenko, Croft: Relevance-Based Language Models (SIGIR 2001), interpolated as by Abdul-Jaleel et al.: `UMass` at
/// TREC 2004. Rocchio: Relevance Feedback in Information Retrieval (1971). Bo1: Amati: Probability Models for
/// Information Retrieval based on Divergence from Randomness (2003).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Feedback {
    /// A term's weight is `original · share in the query + (1 - original) · R(t)`. R is the mean over the documents of
    /// the term's share in each, a document weighing as its score (for likelihoods, as the exponential of it), cut to
    /// the `terms` greatest and made to sum to 1.
    Rm3 {
        /// How many terms of the documents are used; 10 is usual.
        terms: usize,
        /// The weight of the query, from 0 to 1; 0.5 is usual.
        original: f64,
    },
    /// A term's weight is `alpha · q(t) + beta · mean of d(t)`, with counts as vectors of length 1. The second summand
    /// is cut to the `terms` greatest. Scores do not count.
    Rocchio {
        /// How many terms of the documents are used; 10 is usual.
        terms: usize,
        /// The weight of the query; 1 is usual.
        alpha: f64,
        /// The weight of the documents; 0.75 is usual.
        beta: f64,
    },
    /// A term's weight is `q(t) / max q + w(t) / max w`, where `w(t) = tf · log2((1 + P) / P) + log2(1 + P)`, tf is how
    /// often the documents have the term, and P how often the collection has it, divided by the number of documents.
    /// The second summand is cut to the `terms` greatest. Scores do not count.
    Bo1 {
        /// How many terms of the documents are used; 10 is usual.
        terms: usize,
    },
}

impl Feedback {
    fn check(self) -> Result<()> {
        let refuse = |parameter, expected, got| Err(Error::InvalidScoring { parameter, expected, got });
        let usable = |value: f64| value.is_finite() && value >= 0.0;
        match self {
            Self::Rm3 { original, .. } if !(0.0..=1.0).contains(&original) => {
                refuse("original", "a number from 0 to 1", original)
            }
            Self::Rocchio { alpha, .. } if !usable(alpha) => refuse("alpha", "a finite number of at least 0", alpha),
            Self::Rocchio { beta, .. } if !usable(beta) => refuse("beta", "a finite number of at least 0", beta),
            _ => Ok(()),
        }
    }
}

/// Weights by term number.
type Weights = BTreeMap<u32, f64>;

impl<I: Clone + Eq + Hash + Ord + Send + Sync> Bm25Index<I> {
    /// A query and the terms of documents that are held to be relevant, as a weighted query for
    /// [`retrieve_weighted`](Self::retrieve_weighted).
    ///
    /// `relevant` is a ranked list or its beginning; terms that the index does not know are left out. Returns terms by
    /// weight descending, then alphabetically.
    ///
    /// # Errors
    ///
    /// [`UnknownDocument`](crate::Error::UnknownDocument) for an id that the index does not hold;
    /// [`InvalidScoring`](crate::Error::InvalidScoring) for parameters out of range, and for a score that RM3 cannot
    /// use.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{Bm25Index, Feedback};
    ///
    /// let mut bm25 = Bm25Index::new();
    /// bm25.add_document("d1", &["fox", "den"])?;
    /// bm25.add_document("d2", &["den", "cub"])?;
    /// let hits = bm25.retrieve(&["fox"], 1, Default::default())?;
    /// let query = bm25.expand(&["fox"], &hits, Feedback::Rm3 { terms: 10, original: 0.5 }, Default::default())?;
    /// // 0.5 · 1 + 0.5 · 1/2 and 0.5 · 1/2
    /// assert_eq!(query, [("fox".to_owned(), 0.75), ("den".to_owned(), 0.25)]);
    /// assert_eq!(bm25.retrieve_weighted(&query, 10, Default::default())?.len(), 2);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn expand<S: AsRef<str>>(
        &self,
        terms: &[S],
        relevant: &[(I, f32)],
        feedback: Feedback,
        params: Bm25Params,
    ) -> Result<Vec<(String, f32)>> {
        self.verify()?;
        feedback.check()?;
        let query: Weights = self
            .weighted(&terms.iter().map(|term| (term.as_ref(), 1.0)).collect::<Vec<_>>())?
            .into_iter()
            // A term may be left of documents that are gone.
            .filter(|&(term, _)| self.engine.spread(term).holding > 0)
            .map(|(term, weight)| (term, f64::from(weight)))
            .collect();
        let mut documents = Vec::with_capacity(relevant.len());
        for (position, (id, _)) in relevant.iter().enumerate() {
            let number = self.ids.number(id).ok_or(Error::UnknownDocument { position })?;
            documents.push(self.counts(number));
        }
        let mut weights = Weights::new();
        match feedback {
            Feedback::Rm3 { terms, original } => {
                let mut found = Weights::new();
                for (counts, share) in documents.iter().zip(shares(relevant, params)?) {
                    let length: f64 = counts.iter().map(|count| f64::from(count.1)).sum();
                    add(&mut found, counts.iter().map(|&(term, count)| (term, share * f64::from(count) / length)));
                }
                self.cut(&mut found, terms);
                let original = if found.is_empty() { 1.0 } else { original };
                add(&mut weights, scaled(&query, original / query.values().sum::<f64>()));
                add(&mut weights, scaled(&found, (1.0 - original) / found.values().sum::<f64>()));
            }
            Feedback::Rocchio { terms, alpha, beta } => {
                let mut found = Weights::new();
                for counts in &documents {
                    let norm: f64 = counts.iter().map(|count| f64::from(count.1).powi(2)).sum::<f64>().sqrt();
                    let mean = norm * documents.len() as f64;
                    add(&mut found, counts.iter().map(|&(term, count)| (term, f64::from(count) / mean)));
                }
                self.cut(&mut found, terms);
                let norm = query.values().map(|weight| weight * weight).sum::<f64>().sqrt();
                add(&mut weights, scaled(&query, alpha / norm));
                add(&mut weights, scaled(&found, beta));
            }
            Feedback::Bo1 { terms } => {
                let mut found = Weights::new();
                for counts in &documents {
                    add(&mut found, counts.iter().map(|&(term, count)| (term, f64::from(count))));
                }
                for (&term, weight) in &mut found {
                    let p = self.engine.spread(term).occurrences as f64 / self.len() as f64;
                    *weight = *weight * ((1.0 + p) / p).log2() + (1.0 + p).log2();
                }
                self.cut(&mut found, terms);
                let greatest = |weights: &Weights| weights.values().copied().fold(0.0, f64::max);
                add(&mut weights, scaled(&query, 1.0 / greatest(&query)));
                add(&mut weights, scaled(&found, 1.0 / greatest(&found)));
            }
        }
        Ok(self.spelled(weights))
    }

    /// The terms that tell a document apart, as a weighted query: the `terms` of the greatest `tf · ln(N / df)`, which
    /// are their weights. `None` if the index does not hold it.
    ///
    /// # Errors
    ///
    /// [`DamagedFile`](crate::Error::DamagedFile) for an index in such a file.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Bm25Index;
    ///
    /// let mut bm25 = Bm25Index::new();
    /// bm25.add_document("d1", &["fox", "fox", "red"])?;
    /// bm25.add_document("d2", &["hen", "red"])?;
    /// // tf · ln(N / df): 2 · ln 2, and 0 for "red", which all have
    /// assert_eq!(bm25.key_terms(&"d1", 25)?.unwrap(), [("fox".to_owned(), 2.0 * 2.0_f32.ln())]);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn key_terms(&self, id: &I, terms: usize) -> Result<Option<Vec<(String, f32)>>> {
        self.verify()?;
        let Some(number) = self.ids.number(id) else { return Ok(None) };
        let counts = self.counts(number);
        let weight = |(term, count): (u32, u32)| {
            let holding = self.engine.spread(term).holding as f64;
            (term, f64::from(count) * (self.len() as f64 / holding).ln())
        };
        let mut weights: Weights = counts.into_iter().map(weight).collect();
        self.cut(&mut weights, terms);
        Ok(Some(self.spelled(weights)))
    }

    /// The `k` documents of the highest scores for the [`key_terms`](Self::key_terms) of a document, without itself.
    /// `None` if the index does not hold it.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Bm25Index;
    ///
    /// let mut bm25 = Bm25Index::new();
    /// bm25.add_document(1, &["red", "fox"])?;
    /// bm25.add_document(2, &["fox", "cub"])?;
    /// bm25.add_document(3, &["hen"])?;
    /// let like = bm25.more_like_this(&1, 10, 25, Default::default())?.unwrap();
    /// assert_eq!(like.iter().map(|hit| hit.0).collect::<Vec<_>>(), [2]);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn more_like_this(&self, id: &I, k: usize, terms: usize, params: Bm25Params) -> Result<Option<Vec<(I, f32)>>> {
        self.filtered(&Filter::All)?.more_like_this(id, k, terms, params)
    }

    /// Leaves the `terms` of the greatest weights; of equals, the first in the alphabet.
    fn cut(&self, weights: &mut Weights, terms: usize) {
        let mut order: Vec<(u32, f64)> = std::mem::take(weights).into_iter().collect();
        order.sort_by(|a, b| {
            b.1.total_cmp(&a.1).then_with(|| self.dictionary.bytes(a.0).cmp(self.dictionary.bytes(b.0)))
        });
        weights.extend(order.into_iter().take(terms));
    }

    fn spelled(&self, weights: Weights) -> Vec<(String, f32)> {
        let spell = |term: u32| String::from_utf8_lossy(self.dictionary.bytes(term)).into_owned();
        let positive = weights.into_iter().map(|(term, weight)| (spell(term), weight as f32));
        let mut query: Vec<(String, f32)> = positive.filter(|term| term.1 > 0.0).collect();
        query.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        query
    }
}

fn add(weights: &mut Weights, more: impl Iterator<Item = (u32, f64)>) {
    for (term, weight) in more {
        *weights.entry(term).or_insert(0.0) += weight;
    }
}

fn scaled(weights: &Weights, factor: f64) -> impl Iterator<Item = (u32, f64)> {
    weights.iter().map(move |(&term, weight)| (term, weight * factor))
}

/// How much each document counts; the sum is 1.
fn shares<I>(relevant: &[(I, f32)], params: Bm25Params) -> Result<Vec<f64>> {
    let likelihood = params.formula.is_likelihood();
    let best = relevant.iter().map(|hit| f64::from(hit.1)).fold(f64::NEG_INFINITY, f64::max);
    let mut shares = Vec::with_capacity(relevant.len());
    for &(_, score) in relevant {
        let score = f64::from(score);
        if !(score.is_finite() && (likelihood || score > 0.0)) {
            let expected = "finite scores above 0 (of likelihoods: finite ones) for RM3";
            return Err(Error::InvalidScoring { parameter: "relevant", expected, got: score });
        }
        shares.push(if likelihood { (score - best).exp() } else { score });
    }
    let sum: f64 = shares.iter().sum();
    Ok(shares.into_iter().map(|share| share / sum).collect())
}
