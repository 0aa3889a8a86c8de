//! Queries whose terms weigh differently.

use std::hash::Hash;

use crate::engine::Request;
use crate::{Bm25Index, Bm25Params, Error, Result};

impl<I: Clone + Eq + Hash + Ord + Send + Sync> Bm25Index<I> {
    /// [`retrieve`](Self::retrieve) for terms with weights (boosts): a term counts as often as its weight says.
    ///
    /// Weights of a repeated term add up; terms of weight 0 are left out.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve), and [`InvalidWeight`](crate::Error::InvalidWeight) for a negative weight or one
    /// that is not finite.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Bm25Index;
    ///
    /// let mut bm25 = Bm25Index::new();
    /// bm25.add_document("d1", &["red", "fox"])?;
    /// bm25.add_document("d2", &["red", "hen"])?;
    /// let hits = bm25.retrieve_weighted(&[("fox", 1.0), ("hen", 2.0)], 10, Default::default())?;
    /// assert_eq!((hits[0].0, hits[0].1), ("d2", 2.0 * hits[1].1));
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn retrieve_weighted<S: AsRef<str>>(
        &self,
        terms: &[(S, f32)],
        k: usize,
        params: Bm25Params,
    ) -> Result<Vec<(I, f32)>> {
        self.verify()?;
        self.check_params(params)?;
        rank_kernels::try_kernels()?;
        let terms = self.weighted(terms)?;
        let request = Request { terms: &terms, k, allowed: None, scoring: Some(params) };
        Ok(self.named(self.engine.search(&request, &self.ids)))
    }

    /// The terms that the index knows, each once, in alphabetical order.
    pub(crate) fn weighted<S: AsRef<str>>(&self, terms: &[(S, f32)]) -> Result<Vec<(u32, f32)>> {
        let mut known = Vec::with_capacity(terms.len());
        for (position, (term, weight)) in terms.iter().enumerate() {
            if !(weight.is_finite() && *weight >= 0.0) {
                return Err(Error::InvalidWeight { position, weight: *weight });
            }
            known.extend(self.dictionary.number(term.as_ref()).map(|number| (number, *weight)));
        }
        known.sort_by(|a, b| self.dictionary.bytes(a.0).cmp(self.dictionary.bytes(b.0)));
        let sum = |run: &[(u32, f32)]| (run[0].0, run.iter().map(|term| term.1).sum());
        Ok(known.chunk_by(|a, b| a.0 == b.0).map(sum).filter(|term: &(u32, f32)| term.1 > 0.0).collect())
    }
}
