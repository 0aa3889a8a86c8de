//! Spearman's rank correlation.

use super::check;
use crate::Result;

/// Spearman's rho of paired values: the correlation of their ranks, where tied values share the mean of theirs.
///
/// The value is in `[-1, 1]`; NaN if all values of a sample are equal.
///
/// # Errors
///
/// [`Error::UnpairedSamples`](crate::Error::UnpairedSamples), [`Error::TooFewSamples`](crate::Error::TooFewSamples) below two
/// pairs, [`Error::NotFinite`](crate::Error::NotFinite).
///
/// # Source
///
/// Spearman: The proof and measurement of association between two things (American Journal of Psychology 1904).
///
/// # Example
///
/// ```
/// use rank_eval::spearman_rho;
///
/// // 1 - 6 x (0 + 1 + 1) / (3 x 8)
/// assert!((spearman_rho(&[0.1, 0.2, 0.3], &[0.1, 0.3, 0.2])? - 0.5).abs() < 1e-12);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn spearman_rho(a: &[f64], b: &[f64]) -> Result<f64> {
    check(a, b)?;
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + (a - mean) * (b - mean));
    Ok(product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt())
}

/// Ranks from 0, of which tied values share the mean.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for group in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let shared = start as f64 + (group.len() as f64 - 1.0) / 2.0;
        for &item in group {
            ranks[item] = shared;
        }
        start += group.len();
    }
    ranks
}
