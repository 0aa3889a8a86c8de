//! Vectors of unit norm.

use crate::error::{Argument, Error, Result};
use crate::simd;

/// A vector divided by its Euclidean norm, which is computed in `f64`.
///
/// # Errors
///
/// [`Error::ZeroToken`] for a vector of zeros or without components: it has no direction; [`Error::NonFinite`];
/// [`Error::Isa`].
///
/// # Example
///
/// ```
/// use rank_rerank::embedding::normalize;
///
/// assert_eq!(normalize(&[3.0, 4.0])?, [0.6, 0.8]);
/// assert!(normalize(&[0.0, 0.0]).is_err());
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn normalize(vector: &[f32]) -> Result<Vec<f32>> {
    let mut unit = vector.to_vec();
    simd::normalize(&mut unit, Argument::Vector, 0)?;
    Ok(unit)
}

/// [`normalize`], but a vector of zeros stays as it is.
///
/// # Errors
///
/// [`Error::NonFinite`]; [`Error::Isa`].
///
/// # Example
///
/// ```
/// use rank_rerank::embedding::normalize_or_zero;
///
/// assert_eq!(normalize_or_zero(&[0.0, 0.0])?, [0.0, 0.0]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn normalize_or_zero(vector: &[f32]) -> Result<Vec<f32>> {
    match normalize(vector) {
        Err(Error::ZeroToken { .. }) => Ok(vector.to_vec()),
        other => other,
    }
}
