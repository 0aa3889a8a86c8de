//! Maximal marginal relevance.

use std::hash::Hash;

use super::greedy::{self, Bound, Gains};
use super::{CHUNK, Similarity, check_lambda, named, relevance};
use crate::Result;

/// How [`mmr`] selects.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MmrConfig {
    /// The weight of relevance, from 0, diversity alone, to 1, relevance alone.
    pub lambda_mult: f64,
    /// How many to select; beyond the number of candidates, all.
    pub k: usize,
}

impl Default for MmrConfig {
    /// `lambda_mult` 0.5 and `k` 10.
    fn default() -> Self {
        Self { lambda_mult: 0.5, k: 10 }
    }
}

/// Maximal marginal relevance: each next one is that with the largest
///
/// ```text
/// lambda_mult * relevance(d) - (1 - lambda_mult) * max over the selected s of similarity(d, s)
/// ```
///
/// and the first the most relevant, with gain `lambda_mult * relevance`. The maximum is kept for each candidate, and brought up
/// to date only where the candidate could be the next: at most `k * n` similarities, mostly far fewer.
///
/// # Errors
///
/// [`InvalidLambda`](crate::Error::InvalidLambda), [`SimilarityCount`](crate::Error::SimilarityCount),
/// [`NonFiniteRelevance`](crate::Error::NonFiniteRelevance), [`DuplicateId`](crate::Error::DuplicateId).
///
/// # Source
///
/// Carbonell, Goldstein: The use of MMR, diversity-based reranking for reordering documents and producing summaries
/// (SIGIR 1998).
///
/// # Example
///
/// ```
/// use rank_rerank::diversity::{MmrConfig, SimilarityMatrix, mmr};
///
/// // "b" repeats "a", "c" is another matter.
/// let similarity = SimilarityMatrix::new(&[1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0], 3)?;
/// let selected = mmr(&[("a", 1.0), ("b", 0.75), ("c", 0.5)], &similarity, MmrConfig { lambda_mult: 0.5, k: 2 })?;
/// assert_eq!(selected, [("a", 0.5), ("c", 0.25)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn mmr<I: Clone + Eq + Hash, S: Copy + Into<f64>>(
    candidates: &[(I, S)],
    similarity: &impl Similarity,
    config: MmrConfig,
) -> Result<Vec<(I, f64)>> {
    let lambda = check_lambda("lambda_mult", config.lambda_mult)?;
    let relevance = relevance(candidates, similarity)?;
    Ok(named(candidates, &positions(&relevance, similarity, lambda, config.k)))
}

/// Maximal marginal relevance whose `lambda_mult` goes in equal steps from `lambda_start` at the first selected to `lambda_end` at the
/// `k`-th: relevance on top and diversity below, or the other way round.
///
/// # Errors
///
/// As [`mmr`].
///
/// # Example
///
/// ```
/// use rank_rerank::diversity::{SimilarityMatrix, mmr_adaptive};
///
/// let similarity = SimilarityMatrix::new(&[1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0], 3)?;
/// let selected = mmr_adaptive(&[("a", 1.0), ("b", 0.75), ("c", 0.5)], &similarity, 1.0, 0.0, 3)?;
/// assert_eq!(selected, [("a", 1.0), ("c", 0.25), ("b", -1.0)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn mmr_adaptive<I: Clone + Eq + Hash, S: Copy + Into<f64>>(
    candidates: &[(I, S)],
    similarity: &impl Similarity,
    lambda_start: f64,
    lambda_end: f64,
    k: usize,
) -> Result<Vec<(I, f64)>> {
    check_lambda("lambda_start", lambda_start)?;
    check_lambda("lambda_end", lambda_end)?;
    let relevance = relevance(candidates, similarity)?;
    let mut maxima = Maxima::new(&relevance, similarity, lambda_start);
    let mut selected: Vec<(usize, f64)> = first(&relevance, lambda_start).into_iter().take(k).collect();
    let mut left: Vec<usize> = (0..relevance.len()).filter(|&d| selected.first().is_none_or(|s| s.0 != d)).collect();
    while selected.len() < k && !left.is_empty() {
        maxima.select(selected[selected.len() - 1].0);
        maxima.lambda = lambda_start + (lambda_end - lambda_start) * (selected.len() as f64 / (k - 1) as f64);
        // With another lambda the old gains are no bounds, so that each step begins anew.
        selected.extend(greedy::select(left.iter().copied(), 1, f64::NEG_INFINITY, &mut maxima));
        left.retain(|&d| d != selected[selected.len() - 1].0);
    }
    Ok(named(candidates, &selected))
}

/// The positions that [`mmr`] selects, and their gains.
pub(super) fn positions(relevance: &[f64], similarity: &impl Similarity, lambda: f64, k: usize) -> Vec<(usize, f64)> {
    let Some(first) = first(relevance, lambda).filter(|_| k > 0) else { return Vec::new() };
    let mut selected = vec![first];
    if k > 1 {
        let mut maxima = Maxima::new(relevance, similarity, lambda);
        maxima.select(first.0);
        maxima.compare_all();
        let others = (0..relevance.len()).filter(|&candidate| candidate != first.0);
        selected.extend(greedy::select(others, k - 1, f64::NEG_INFINITY, &mut maxima));
    }
    selected
}

/// The most relevant.
fn first(relevance: &[f64], lambda: f64) -> Option<(usize, f64)> {
    let best = (0..relevance.len()).reduce(|best, next| if relevance[next] > relevance[best] { next } else { best })?;
    Some((best, lambda * relevance[best]))
}

/// For each candidate the largest similarity to the selected that it was compared with.
struct Maxima<'a, M> {
    relevance: &'a [f64],
    similarity: &'a M,
    lambda: f64,
    selected: Vec<usize>,
    maximum: Vec<f64>,
    /// With how many of the selected.
    compared: Vec<usize>,
}

impl<'a, M: Similarity> Maxima<'a, M> {
    fn new(relevance: &'a [f64], similarity: &'a M, lambda: f64) -> Self {
        let n = relevance.len();
        Self {
            relevance,
            similarity,
            lambda,
            selected: Vec::new(),
            maximum: vec![f64::NEG_INFINITY; n],
            compared: vec![0; n],
        }
    }
}

impl<M: Similarity> Maxima<'_, M> {
    /// Compares all candidates with the one that is selected, its row with many at once.
    fn compare_all(&mut self) {
        let all: Vec<usize> = (0..self.relevance.len()).collect();
        self.similarity.similarities(self.selected[0], &all, &mut self.maximum);
        self.compared.fill(1);
    }
}

impl<M: Similarity> Gains for Maxima<'_, M> {
    fn gain(&mut self, candidate: usize, enough: f64) -> Bound {
        let mut similarities = [0.0; CHUNK];
        loop {
            let open = &self.selected[self.compared[candidate]..];
            let others = &open[..open.len().min(CHUNK)];
            let similarities = &mut similarities[..others.len()];
            self.similarity.similarities(candidate, others, similarities);
            let maximum = similarities.iter().fold(self.maximum[candidate], |maximum, &next| maximum.max(next));
            self.maximum[candidate] = maximum;
            self.compared[candidate] += others.len();
            let gain = self.lambda * self.relevance[candidate] - (1.0 - self.lambda) * maximum;
            if others.len() == open.len() {
                return Bound::Exact(gain);
            }
            if gain < enough {
                return Bound::AtMost(gain);
            }
        }
    }

    fn expect(&self, candidate: usize) {
        self.similarity.prefetch(candidate);
    }

    fn select(&mut self, candidate: usize) {
        self.selected.push(candidate);
    }
}
