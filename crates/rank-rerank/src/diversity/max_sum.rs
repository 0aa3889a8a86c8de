//! Max-sum diversification.

use std::hash::Hash;

use super::{Similarity, check_lambda, named, relevance};
use crate::Result;

/// Max-sum diversification: maximizes, over the sets of `k`,
///
/// ```text
/// lambda_mult * sum of relevance + (1 - lambda_mult) * 2 / (k - 1) * sum over pairs of (1 - similarity)
/// ```
///
/// in which both sums count `k` times their average. Each next one is that with the largest gain, its relevance counted
/// by half, which is at least half as good as the best set where distances obey the triangle inequality. The gains that
/// are returned are those with half the relevance.
///
/// # Errors
///
/// [`InvalidLambda`](crate::Error::InvalidLambda), [`SimilarityCount`](crate::Error::SimilarityCount),
/// [`NonFiniteRelevance`](crate::Error::NonFiniteRelevance), [`DuplicateId`](crate::Error::DuplicateId).
///
/// # Source
///
/// Gollapudi, Sharma: An axiomatic approach for result diversification (WWW 2009); the greedy rule: Borodin, Lee, Ye:
/// Max-sum diversification, monotone submodular functions and dynamic updates (PODS 2012).
///
/// # Example
///
/// ```
/// use rank_rerank::diversity::{SimilarityMatrix, max_sum};
///
/// let similarity = SimilarityMatrix::new(&[1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0], 3)?;
/// let selected = max_sum(&[("a", 1.0), ("b", 0.75), ("c", 0.5)], &similarity, 0.5, 2)?;
/// assert_eq!(selected, [("a", 0.25), ("c", 0.125 + 1.0)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn max_sum<I: Clone + Eq + Hash, S: Copy + Into<f64>>(
    candidates: &[(I, S)],
    similarity: &impl Similarity,
    lambda_mult: f64,
    k: usize,
) -> Result<Vec<(I, f64)>> {
    let lambda = check_lambda("lambda_mult", lambda_mult)?;
    let relevance = relevance(candidates, similarity)?;
    let k = k.min(relevance.len());
    let weight = (1.0 - lambda) * 2.0 / (k.max(2) - 1) as f64;
    let mut gains: Vec<f64> = relevance.iter().map(|relevance| lambda * relevance / 2.0).collect();
    let mut left: Vec<usize> = (0..relevance.len()).collect();
    let mut similarities = vec![0.0; left.len()];
    let mut selected = Vec::with_capacity(k);
    for _ in 0..k {
        // Ascending positions: of equals the first stays.
        let best = (0..left.len())
            .reduce(|best, next| if gains[left[next]] > gains[left[best]] { next } else { best })
            .unwrap_or_default();
        let best = left.remove(best);
        selected.push((best, gains[best]));
        similarity.similarities(best, &left, &mut similarities[..left.len()]);
        for (&other, similarity) in left.iter().zip(&similarities) {
            gains[other] += weight * (1.0 - similarity);
        }
    }
    Ok(named(candidates, &selected))
}
