//! Ranking of documents that lie in a batch, for one query or many.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap};
use std::hash::Hash;
use std::ops::ControlFlow;

use rank_kernels::TopScores;

use crate::error::{Error, Result};
use crate::simd::{MaxSim, Scoring, TokenBatch, matrix_top};

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

    fn ranked(self) -> Ranked<I> {
        self.kept.into_sorted_vec().into_iter().map(|Reverse(Scored(score, id))| (id.clone(), score)).collect()
    }
}

/// The first id that is there twice, as an error.
pub(crate) fn check_once<I: Eq + Hash>(ids: &[I]) -> Result<()> {
    let mut met = HashMap::with_capacity(ids.len());
    for (position, id) in ids.iter().enumerate() {
        if let Some(first) = met.insert(id, position) {
            return Err(Error::DuplicateId { position, first });
        }
    }
    Ok(())
}

/// The `k` best documents of each query, which now and then reports how many more documents are scored, and can be told
/// to stop.
pub(crate) fn best_of<B, I: Ord + Clone>(
    queries: &[MaxSim],
    ids: &[&I],
    documents: &TokenBatch<'_>,
    k: usize,
    scoring: Scoring,
    mut report: impl FnMut(usize) -> ControlFlow<B>,
) -> Result<ControlFlow<B, Vec<Ranked<I>>>> {
    let (expected, total) = (documents.documents(), ids.len());
    if total != expected {
        return Err(Error::IdCount { expected, got: total });
    }
    let mut best: Vec<Best<'_, I>> =
        queries.iter().map(|_| Best { k, kept: BinaryHeap::with_capacity(k.min(total)) }).collect();
    // Who wants all of them has no bar.
    let mut top = vec![TopScores::new(k); if k < total { queries.len() } else { 0 }];
    let chunk = (REPORTED * scoring.threads.clamp(1, 256) / queries.len().max(1)).max(16);
    let mut start = 0;
    loop {
        let end = total.min(start + chunk);
        // Also where there are no documents: queries are checked there.
        let scores = matrix_top(queries, documents, start..end, scoring, &mut top)?;
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

/// The `k` best documents of each query, by score descending, then by id ascending: all queries share the documents, each
/// of which meets all of them while it is in the cache.
///
/// * `ids`: one for each document, in their order.
/// * `documents`: of any type and wherever they lie.
///
/// # Errors
///
/// [`Error::IdCount`], [`Error::DuplicateId`], [`Error::MixedQueries`]; as [`MaxSim::score_tokens`].
///
/// # Example
///
/// ```
/// use rank_rerank::colbert::rank_batch;
/// use rank_rerank::simd::{Components, MaxSim, Scoring, TokenBatch};
///
/// let queries = [MaxSim::new(&[[1.0, 0.0]])?, MaxSim::new(&[[0.0, 1.0]])?];
/// let documents = TokenBatch::flat(Components::F32(&[0.6, 0.8, 1.0, 0.0]), 2, &[0, 1, 2])?;
/// let ranked = rank_batch(&queries, &["a", "b"], &documents, 1, Scoring::default())?;
/// assert_eq!(ranked, [[("b", 1.0)], [("a", 0.8)]]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn rank_batch<I: Ord + Clone + Hash>(
    queries: &[MaxSim],
    ids: &[I],
    documents: &TokenBatch<'_>,
    k: usize,
    scoring: Scoring,
) -> Result<Vec<Ranked<I>>> {
    match rank_batch_with(queries, ids, documents, k, scoring, |_| ControlFlow::<()>::Continue(()))? {
        ControlFlow::Continue(ranked) => Ok(ranked),
        ControlFlow::Break(()) => Ok(Vec::new()),
    }
}

/// [`rank_batch`], which now and then reports how many more documents it has scored, and can be told to stop.
///
/// # Errors
///
/// As [`rank_batch`].
pub fn rank_batch_with<B, I: Ord + Clone + Hash>(
    queries: &[MaxSim],
    ids: &[I],
    documents: &TokenBatch<'_>,
    k: usize,
    scoring: Scoring,
    report: impl FnMut(usize) -> ControlFlow<B>,
) -> Result<ControlFlow<B, Vec<Ranked<I>>>> {
    check_once(ids)?;
    best_of(queries, &ids.iter().collect::<Vec<_>>(), documents, k, scoring, report)
}
