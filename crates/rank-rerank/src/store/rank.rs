//! The documents of a store, ranked for queries.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::hash::Hash;
use std::ops::ControlFlow;

use super::TokenStore;
use crate::error::Result;
use crate::simd::{MaxSim, Scoring, TokenBatch, maxsim_matrix_range};

/// Documents with their scores, best first.
pub type Ranked<I> = Vec<(I, f32)>;

/// Documents between two reports, for each thread.
const REPORTED: usize = 1024;

/// A score and the id of its document: the greater is the better, by score, then by the lesser id.
struct Scored<'a, I>(f32, &'a I);

impl<I: Ord> Ord for Scored<'_, I> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0).then_with(|| other.1.cmp(self.1))
    }
}

impl<I: Ord> PartialOrd for Scored<'_, I> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<I: Ord> PartialEq for Scored<'_, I> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<I: Ord> Eq for Scored<'_, I> {}

/// The best of those that came, the worst of them on top.
struct Best<'a, I> {
    k: usize,
    kept: BinaryHeap<Reverse<Scored<'a, I>>>,
}

impl<'a, I: Ord + Clone> Best<'a, I> {
    fn push(&mut self, score: f32, id: &'a I) {
        let scored = Reverse(Scored(score, id));
        if self.kept.len() < self.k {
            self.kept.push(scored);
        } else if let Some(mut worst) = self.kept.peek_mut()
            && scored < *worst
        {
            *worst = scored;
        }
    }

    fn ranked(self) -> Vec<(I, f32)> {
        self.kept.into_sorted_vec().into_iter().map(|Reverse(Scored(score, id))| (id.clone(), score)).collect()
    }
}

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
    /// [`Error::UnknownId`](crate::Error::UnknownId), and as [`MaxSim::score_tokens`].
    pub fn score_of(&self, query: &MaxSim, ids: &[I], scoring: Scoring) -> Result<Vec<f32>> {
        query.score_tokens(&self.documents_of(ids)?, scoring)
    }

    /// All documents with their scores, by score descending, then by id ascending.
    ///
    /// # Errors
    ///
    /// As [`MaxSim::score_tokens`].
    pub fn rank(&self, query: &MaxSim, scoring: Scoring) -> Result<Vec<(I, f32)>> {
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
    pub fn rank_with_top_k(&self, query: &MaxSim, k: usize, scoring: Scoring) -> Result<Vec<(I, f32)>> {
        let mut ranked = self.rank_batch(std::slice::from_ref(query), k, scoring)?;
        Ok(ranked.pop().unwrap_or_default())
    }

    /// The `k` best of some documents, candidates of a first stage, as [`rank_with_top_k`](Self::rank_with_top_k).
    ///
    /// # Errors
    ///
    /// [`Error::UnknownId`](crate::Error::UnknownId), also for an id twice; as [`MaxSim::score_tokens`].
    pub fn rank_of(&self, query: &MaxSim, ids: &[I], k: usize, scoring: Scoring) -> Result<Vec<(I, f32)>> {
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
    /// As [`MaxSim::score_tokens`]; [`Error::MixedQueries`](crate::Error::MixedQueries).
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
        mut report: impl FnMut(usize) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B, Vec<Ranked<I>>>> {
        let (documents, ids): (TokenBatch<'_>, Vec<&I>) = match ids {
            Some(ids) => (self.documents_of_once(ids)?, ids.iter().collect()),
            None => (self.documents(), self.ids().collect()),
        };
        let total = ids.len();
        let mut best: Vec<Best<'_, I>> =
            queries.iter().map(|_| Best { k, kept: BinaryHeap::with_capacity(k.min(total)) }).collect();
        let chunk = (REPORTED * scoring.threads.clamp(1, 256) / queries.len().max(1)).max(16);
        let mut start = 0;
        // Once even where there are no documents: queries are checked there.
        while start < total || start == 0 {
            let end = total.min(start + chunk);
            let scores = maxsim_matrix_range(queries, &documents, start..end, scoring)?;
            if start < end {
                for (best, scores) in best.iter_mut().zip(scores.chunks_exact(end - start)) {
                    for (&score, &id) in scores.iter().zip(&ids[start..end]) {
                        best.push(score, id);
                    }
                }
            }
            if let ControlFlow::Break(stop) = report(end - start) {
                return Ok(ControlFlow::Break(stop));
            }
            if end == total {
                break;
            }
            start = end;
        }
        Ok(ControlFlow::Continue(best.into_iter().map(Best::ranked).collect()))
    }

    /// As [`documents_of`](Self::documents_of), where an id twice is an error.
    fn documents_of_once<'a>(&'a self, ids: &'a [I]) -> Result<TokenBatch<'a>> {
        let mut first = std::collections::HashMap::with_capacity(ids.len());
        for (position, id) in ids.iter().enumerate() {
            if let Some(first) = first.insert(id, position) {
                return Err(crate::Error::DuplicateId { position, first });
            }
        }
        self.documents_of(ids)
    }
}
