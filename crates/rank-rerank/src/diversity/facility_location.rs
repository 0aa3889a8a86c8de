//! Facility location.

use std::hash::Hash;

use super::greedy::{self, Bound, Gains};
use super::{Similarity, check_lambda, named, relevance};
use crate::Result;

/// Facility location: maximizes
///
/// ```text
/// lambda_mult * sum over the selected of relevance
///   + (1 - lambda_mult) * sum over all candidates c of max over the selected s of max(similarity(c, s), 0)
/// ```
///
/// so that each candidate, selected or not, is represented by a similar one. Greedy, which is within 1 - 1/e of the best
/// where relevance is not negative. All similarities are computed once and kept: `4 * n * n` bytes.
///
/// # Errors
///
/// [`InvalidLambda`](crate::Error::InvalidLambda), [`SimilarityCount`](crate::Error::SimilarityCount),
/// [`NonFiniteRelevance`](crate::Error::NonFiniteRelevance), [`DuplicateId`](crate::Error::DuplicateId).
///
/// # Source
///
/// Nemhauser, Wolsey, Fisher: An analysis of approximations for maximizing submodular set functions (1978); lazily:
/// Minoux: Accelerated greedy algorithms for maximizing submodular set functions (1978).
///
/// # Example
///
/// ```
/// use rank_rerank::diversity::{SimilarityMatrix, facility_location};
///
/// // "b" stands for itself and for "a", "c" for itself alone.
/// let similarity = SimilarityMatrix::new(&[1.0, 0.5, 0.0, 0.5, 1.0, 0.0, 0.0, 0.0, 1.0], 3)?;
/// let selected = facility_location(&[("a", 0.0), ("b", 0.0), ("c", 0.0)], &similarity, 0.0, 2)?;
/// assert_eq!(selected, [("a", 1.5), ("c", 1.0)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn facility_location<I: Clone + Eq + Hash, S: Copy + Into<f64>>(
    candidates: &[(I, S)],
    similarity: &impl Similarity,
    lambda_mult: f64,
    k: usize,
) -> Result<Vec<(I, f64)>> {
    let lambda = check_lambda("lambda_mult", lambda_mult)?;
    let relevance = relevance(candidates, similarity)?;
    let n = relevance.len();
    let mut similarities = vec![0.0; n * n];
    let all: Vec<usize> = (0..n).collect();
    let mut row = vec![0.0; n];
    for a in 0..n {
        similarity.similarities(a, &all[a..], &mut row[a..]);
        for b in a..n {
            let similarity = row[b].max(0.0) as f32;
            similarities[a * n + b] = similarity;
            similarities[b * n + a] = similarity;
        }
    }
    let mut coverage = Coverage { relevance: &relevance, similarities, lambda, covered: vec![0.0; n] };
    Ok(named(candidates, &greedy::select(0..n, k, f64::NEG_INFINITY, &mut coverage)))
}

/// How well each candidate is represented by now.
struct Coverage<'a> {
    relevance: &'a [f64],
    similarities: Vec<f32>,
    lambda: f64,
    covered: Vec<f32>,
}

impl Coverage<'_> {
    fn row(&self, candidate: usize) -> &[f32] {
        &self.similarities[candidate * self.covered.len()..][..self.covered.len()]
    }
}

impl Gains for Coverage<'_> {
    fn gain(&mut self, candidate: usize, _enough: f64) -> Bound {
        let row = self.row(candidate).iter().zip(&self.covered);
        let better: f64 = row.map(|(&new, &old)| f64::from((new - old).max(0.0))).sum();
        Bound::Exact(self.lambda * self.relevance[candidate] + (1.0 - self.lambda) * better)
    }

    fn select(&mut self, candidate: usize) {
        let n = self.covered.len();
        let row = &self.similarities[candidate * n..][..n];
        for (covered, &new) in self.covered.iter_mut().zip(row) {
            *covered = covered.max(new);
        }
    }
}
