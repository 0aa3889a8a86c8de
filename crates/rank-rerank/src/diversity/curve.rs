//! What diversity costs.

use std::hash::Hash;

use super::{Similarity, check_lambda, mmr, relevance};
use crate::Result;

/// A point of [`mmr_curve`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TradeOff {
    /// The weight of relevance.
    pub lambda_mult: f64,
    /// The mean relevance of the selected.
    pub relevance: f64,
    /// The mean of `1 - similarity` over the pairs of the selected; 0 for fewer than two.
    pub diversity: f64,
}

/// Relevance and diversity of what [`mmr`](super::mmr) selects, for each of `lambdas`: where the curve bends is the `lambda_mult` to take.
///
/// # Errors
///
/// As [`mmr`](super::mmr), for each value of `lambdas`.
///
/// # Example
///
/// ```
/// use rank_rerank::diversity::{SimilarityMatrix, mmr_curve};
///
/// let similarity = SimilarityMatrix::new(&[1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0], 3)?;
/// let curve = mmr_curve(&[("a", 1.0), ("b", 0.75), ("c", 0.5)], &similarity, &[1.0, 0.5], 2)?;
/// assert_eq!((curve[0].relevance, curve[0].diversity), (0.875, 0.0));
/// assert_eq!((curve[1].relevance, curve[1].diversity), (0.75, 1.0));
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn mmr_curve<I: Eq + Hash, S: Copy + Into<f64>>(
    candidates: &[(I, S)],
    similarity: &impl Similarity,
    lambdas: &[f64],
    k: usize,
) -> Result<Vec<TradeOff>> {
    let relevance = relevance(candidates, similarity)?;
    let point = |&lambda: &f64| {
        check_lambda("lambdas", lambda)?;
        let selected: Vec<usize> =
            mmr::positions(&relevance, similarity, lambda, k).into_iter().map(|(position, _)| position).collect();
        let count = selected.len() as f64;
        let total: f64 = selected.iter().map(|&position| relevance[position]).sum();
        let pairs = selected.iter().enumerate().flat_map(|(i, &a)| selected[..i].iter().map(move |&b| (a, b)));
        let distance: f64 = pairs.map(|(a, b)| 1.0 - similarity.similarity(a, b)).sum();
        Ok(TradeOff {
            lambda_mult: lambda,
            relevance: if selected.is_empty() { 0.0 } else { total / count },
            diversity: if selected.len() < 2 { 0.0 } else { distance / (count * (count - 1.0) / 2.0) },
        })
    };
    lambdas.iter().map(point).collect()
}
