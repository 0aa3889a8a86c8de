//! Maximal marginal relevance.

use std::hash::Hash;
use std::ops::Range;

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
    let Some(first) = first(&relevance, lambda_start).filter(|_| k > 0) else { return Ok(Vec::new()) };
    let mut selected = vec![first];
    let mut left: Vec<usize> = (0..relevance.len()).filter(|&candidate| candidate != first.0).collect();
    let mut maxima = Maxima::new(&relevance, similarity, lambda_start, first.0);
    while selected.len() < k && !left.is_empty() {
        maxima.lambda = lambda_start + (lambda_end - lambda_start) * (selected.len() as f64 / (k - 1) as f64);
        let next = maxima.best(&left);
        maxima.select(next.0);
        left.retain(|&candidate| candidate != next.0);
        selected.push(next);
    }
    Ok(named(candidates, &selected))
}

/// The positions that [`mmr`] selects, and their gains.
pub(super) fn positions(relevance: &[f64], similarity: &impl Similarity, lambda: f64, k: usize) -> Vec<(usize, f64)> {
    let Some(first) = first(relevance, lambda).filter(|_| k > 0) else { return Vec::new() };
    let mut selected = vec![first];
    if k > 1 {
        let mut maxima = Maxima::new(relevance, similarity, lambda, first.0);
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
    /// With how many of the selected, in their order.
    compared: Vec<usize>,
    /// Among how many of the selected the most similar was guessed, and compared with before its turn.
    guessed: Vec<usize>,
}

impl<'a, M: Similarity> Maxima<'a, M> {
    /// Compares all candidates with the first that is selected, its row with many at once.
    fn new(relevance: &'a [f64], similarity: &'a M, lambda: f64, first: usize) -> Self {
        let all: Vec<usize> = (0..relevance.len()).collect();
        let mut maximum = vec![0.0; all.len()];
        similarity.similarities(first, &all, &mut maximum);
        let (compared, guessed) = (vec![1; all.len()], vec![1; all.len()]);
        Self { relevance, similarity, lambda, selected: vec![first], maximum, compared, guessed }
    }

    /// The gain, by what the candidate was compared with: no less than it is.
    fn bound(&self, candidate: usize) -> f64 {
        self.lambda * self.relevance[candidate] - (1.0 - self.lambda) * self.maximum[candidate]
    }

    fn compare(&mut self, candidate: usize, others: Range<usize>) {
        let mut similarities = [0.0; CHUNK];
        let others = &self.selected[others];
        let similarities = &mut similarities[..others.len()];
        self.similarity.similarities(candidate, others, similarities);
        self.maximum[candidate] = similarities.iter().fold(self.maximum[candidate], |maximum, &next| maximum.max(next));
    }

    /// The first of the candidates with the largest gain, whatever `lambda` was before.
    fn best(&mut self, left: &[usize]) -> (usize, f64) {
        let likely =
            left.iter().copied().reduce(|best, next| if self.bound(next) > self.bound(best) { next } else { best });
        let mut best = (usize::MAX, f64::NEG_INFINITY);
        for candidate in likely.into_iter().chain(left.iter().copied()) {
            if self.bound(candidate) >= best.1
                && let Bound::Exact(gain) = self.gain(candidate, best.1)
                && (gain > best.1 || (gain == best.1 && candidate < best.0))
            {
                best = (candidate, gain);
            }
        }
        best
    }
}

impl<M: Similarity> Gains for Maxima<'_, M> {
    fn gain(&mut self, candidate: usize, enough: f64) -> Bound {
        let selected = self.selected.len();
        let guessed = self.guessed[candidate].max(self.compared[candidate]);
        // Where more are open than are compared at once.
        if selected - guessed > CHUNK
            && let Some(place) = self.similarity.guess(candidate, &self.selected[guessed..])
        {
            self.guessed[candidate] = selected;
            self.compare(candidate, guessed + place..guessed + place + 1);
            let gain = self.bound(candidate);
            if gain < enough {
                return Bound::AtMost(gain);
            }
        }
        loop {
            let start = self.compared[candidate];
            let end = selected.min(start + CHUNK);
            self.compare(candidate, start..end);
            self.compared[candidate] = end;
            let gain = self.bound(candidate);
            if end == selected {
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
