//! The documents of a store, ranked for queries.

use std::hash::Hash;
use std::ops::ControlFlow;

use super::TokenStore;
use crate::colbert::{Explanation, Ranked, RefineConfig, best_of, blend, check_once, explain};
use crate::error::{Error, Result};
use crate::simd::{MaxSim, Scoring};

impl<I: Clone + Eq + Hash + Ord> TokenStore<I> {
    /// The score of each document, in their order.
    ///
    /// # Errors
    ///
    /// As [`MaxSim::score_tokens`].
    pub fn score(&self, query: &MaxSim, scoring: Scoring) -> Result<Vec<f32>> {
        query.score_tokens(&self.documents(), scoring)
    }

    /// The score of each of some documents, in the order of `ids`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownId`], and as [`MaxSim::score_tokens`].
    pub fn score_of(&self, query: &MaxSim, ids: &[I], scoring: Scoring) -> Result<Vec<f32>> {
        query.score_tokens(&self.documents_of(ids)?, scoring)
    }

    /// All documents with their scores, by score descending, then by id ascending.
    ///
    /// # Errors
    ///
    /// As [`MaxSim::score_tokens`].
    pub fn rank(&self, query: &MaxSim, scoring: Scoring) -> Result<Ranked<I>> {
        self.rank_with_top_k(query, usize::MAX, scoring)
    }

    /// The `k` best documents with their scores, by score descending, then by id ascending.
    ///
    /// # Errors
    ///
    /// As [`MaxSim::score_tokens`].
    ///
    /// # Example
    ///
    /// ```
    /// use rank_rerank::simd::{MaxSim, Scoring};
    /// use rank_rerank::store::{TokenDtype, TokenStore};
    ///
    /// let mut store = TokenStore::new(2, TokenDtype::F32)?;
    /// for (id, token) in [("b", [0.5, 0.0]), ("a", [0.5, 1.0]), ("c", [1.0, 0.0])] {
    ///     store.append(id, &[token])?;
    /// }
    /// let query = MaxSim::new(&[[1.0, 0.0]])?;
    /// assert_eq!(store.rank_with_top_k(&query, 2, Scoring::default())?, [("c", 1.0), ("a", 0.5)]);
    /// assert_eq!(store.rank_of(&query, &["a", "b"], 1, Scoring::default())?, [("a", 0.5)]);
    /// # Ok::<(), rank_rerank::Error>(())
    /// ```
    pub fn rank_with_top_k(&self, query: &MaxSim, k: usize, scoring: Scoring) -> Result<Ranked<I>> {
        let mut ranked = self.rank_batch(std::slice::from_ref(query), k, scoring)?;
        Ok(ranked.pop().unwrap_or_default())
    }

    /// The `k` best of some documents, candidates of a first stage, as [`rank_with_top_k`](Self::rank_with_top_k).
    ///
    /// # Errors
    ///
    /// [`Error::UnknownId`], [`Error::DuplicateId`]; as [`MaxSim::score_tokens`].
    pub fn rank_of(&self, query: &MaxSim, ids: &[I], k: usize, scoring: Scoring) -> Result<Ranked<I>> {
        match self.rank_with(std::slice::from_ref(query), Some(ids), k, scoring, |_| ControlFlow::<()>::Continue(()))? {
            ControlFlow::Continue(mut ranked) => Ok(ranked.pop().unwrap_or_default()),
            ControlFlow::Break(()) => Ok(Vec::new()),
        }
    }

    /// The `k` best documents of each query, as [`rank_with_top_k`](Self::rank_with_top_k). A document meets all queries
    /// while it is in the cache.
    ///
    /// # Errors
    ///
    /// As [`MaxSim::score_tokens`]; [`Error::MixedQueries`].
    pub fn rank_batch(&self, queries: &[MaxSim], k: usize, scoring: Scoring) -> Result<Vec<Ranked<I>>> {
        match self.rank_with(queries, None, k, scoring, |_| ControlFlow::<()>::Continue(()))? {
            ControlFlow::Continue(ranked) => Ok(ranked),
            ControlFlow::Break(()) => Ok(Vec::new()),
        }
    }

    /// [`rank_batch`](Self::rank_batch), of all documents or some, which now and then reports how many more documents
    /// it has scored, and can be told to stop.
    ///
    /// # Errors
    ///
    /// As [`rank_batch`](Self::rank_batch) and [`rank_of`](Self::rank_of).
    pub fn rank_with<B>(
        &self,
        queries: &[MaxSim],
        ids: Option<&[I]>,
        k: usize,
        scoring: Scoring,
        report: impl FnMut(usize) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B, Vec<Ranked<I>>>> {
        match ids {
            Some(ids) => {
                check_once(ids)?;
                let documents = self.documents_of(ids)?;
                best_of(queries, &ids.iter().collect::<Vec<_>>(), &documents, k, scoring, report)
            }
            None => best_of(queries, &self.ids().collect::<Vec<_>>(), &self.documents(), k, scoring, report),
        }
    }

    /// The candidates of a first stage by their score there and MaxSim; see [`refine`](crate::colbert::refine).
    ///
    /// # Errors
    ///
    /// [`Error::MissingTokens`] for a candidate that the store does not hold; as [`blend`] and [`score`](Self::score).
    pub fn refine(
        &self,
        query: &MaxSim,
        candidates: &[(I, f32)],
        config: RefineConfig,
        scoring: Scoring,
    ) -> Result<Ranked<I>> {
        let documents = self.documents_of(candidates.iter().map(|(id, _)| id)).map_err(|error| match error {
            Error::UnknownId { position } => Error::MissingTokens { position },
            other => other,
        })?;
        blend(candidates, &query.score_tokens(&documents, scoring)?, config)
    }

    /// The score of a document, taken apart; see [`explain`].
    ///
    /// # Errors
    ///
    /// [`Error::UnknownId`]; as [`MaxSim::score_tokens`].
    pub fn explain(&self, query: &MaxSim, id: &I, scoring: Scoring) -> Result<Explanation> {
        explain(query, self.get(id).ok_or(Error::UnknownId { position: 0 })?, self.dim(), scoring)
    }
}
