//! Scores made comparable, and the best of them.

use crate::error::{Error, Result};

fn refused(expected: &str, got: String, advice: &'static str) -> Error {
    Error::Parameter { argument: "scores", expected: expected.into(), got, advice }
}

fn check_finite(scores: &[f32]) -> Result<()> {
    match scores.iter().position(|score| !score.is_finite()) {
        Some(position) => Err(refused(
            "finite numbers",
            format!("{} at position {position}", scores[position]),
            "drop the document or repair its score",
        )),
        None => Ok(()),
    }
}

/// MaxSim divided by the number of query tokens, or by the sum of their weights: the mean of the maxima, for unit tokens
/// within ±1 whatever the length of the query. It does not depend on what else is ranked, so that a threshold holds for
/// all queries.
///
/// # Errors
///
/// [`Error::Parameter`] for no query tokens, or a score that is NaN or infinite.
///
/// # Example
///
/// ```
/// assert_eq!(rank_rerank::scores::normalize_maxsim(24.0, 32.0)?, 0.75);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn normalize_maxsim(score: f32, query_length: f32) -> Result<f32> {
    Ok(normalize_maxsim_batch(&[score], query_length)?[0])
}

/// [`normalize_maxsim`] of many scores of one query.
///
/// # Errors
///
/// As [`normalize_maxsim`].
pub fn normalize_maxsim_batch(scores: &[f32], query_length: f32) -> Result<Vec<f32>> {
    if !(query_length.is_finite() && query_length > 0.0) {
        return Err(Error::Parameter {
            argument: "query_length",
            expected: "a finite number above 0".into(),
            got: query_length.to_string(),
            advice: "pass the number of the query's tokens, or the sum of their weights",
        });
    }
    check_finite(scores)?;
    Ok(scores.iter().map(|score| score / query_length).collect())
}

/// Scores brought to the range 0 to 1, `(s - min) / (max - min)`; scores that are all equal become 1, as for
/// [`refine`](crate::colbert::refine).
///
/// # Errors
///
/// [`Error::Parameter`] for a score that is NaN or infinite.
///
/// # Example
///
/// ```
/// assert_eq!(rank_rerank::scores::normalize_scores(&[3.0, -1.0, 1.0])?, [1.0, 0.0, 0.5]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn normalize_scores(scores: &[f32]) -> Result<Vec<f32>> {
    check_finite(scores)?;
    let mut wide: Vec<f64> = scores.iter().map(|&score| f64::from(score)).collect();
    crate::colbert::Scale::MinMax.apply(&mut wide);
    Ok(wide.into_iter().map(|score| score as f32).collect())
}

/// Scores as shares of 1: `exp(s / temperature)`, divided by the sum of all. Computed in `f64` from the greatest score
/// down, so that none is beyond its range. Shares depend on what else is ranked: they are no probabilities of relevance.
///
/// * `temperature`: above 0; 1 is plain, less is steeper.
///
/// # Errors
///
/// [`Error::Parameter`] for a score that is NaN or infinite, or a temperature out of range.
///
/// # Example
///
/// ```
/// use rank_rerank::scores::softmax_scores;
///
/// assert_eq!(softmax_scores(&[1000.0, 1000.0], 1.0)?, [0.5, 0.5]);
/// assert_eq!(softmax_scores(&[3.0_f32.ln(), 0.0], 1.0)?, [0.75, 0.25]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn softmax_scores(scores: &[f32], temperature: f64) -> Result<Vec<f32>> {
    if !(temperature.is_finite() && temperature > 0.0) {
        return Err(Error::Parameter {
            argument: "temperature",
            expected: "a finite number above 0".into(),
            got: temperature.to_string(),
            advice: "1 is plain softmax",
        });
    }
    check_finite(scores)?;
    let greatest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f64> =
        scores.iter().map(|&score| rank_kernels::exp((f64::from(score) - f64::from(greatest)) / temperature)).collect();
    let total: f64 = powers.iter().sum();
    Ok(powers.into_iter().map(|power| (power / total) as f32).collect())
}

/// The positions of the `k` greatest scores, greatest first; equal scores by position. All if there are no more than `k`.
///
/// # Errors
///
/// [`Error::Parameter`] for a score that is NaN.
///
/// # Example
///
/// ```
/// assert_eq!(rank_rerank::scores::top_k_indices(&[0.5, 2.0, 1.0, 2.0], 3)?, [1, 3, 2]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn top_k_indices(scores: &[f32], k: usize) -> Result<Vec<usize>> {
    if let Some(position) = scores.iter().position(|score| score.is_nan()) {
        return Err(refused("numbers", format!("NaN at position {position}"), "drop the document or repair its score"));
    }
    // Adding 0 makes -0 the 0 that it is equal to.
    Ok(crate::simd::best(scores.iter().map(|score| score + 0.0), k).into_iter().map(|(position, _)| position).collect())
}
