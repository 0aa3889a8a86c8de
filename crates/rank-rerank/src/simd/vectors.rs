//! One vector with another.

use rank_kernels::try_kernels;

use crate::error::{Argument, Error, Result};
use crate::tokens::check_finite;

fn check_lengths(a: &[f32], b: &[f32]) -> Result<()> {
    if a.len() == b.len() {
        Ok(())
    } else {
        Err(Error::DimMismatch { argument: Argument::Right, expected: a.len(), got: b.len() })
    }
}

/// The dot product of two vectors of the same dimension; 0 if they have no components.
///
/// Accumulated in `f32`; NaN and infinities go through as arithmetic has it. O(dim).
///
/// # Errors
///
/// [`Error::DimMismatch`]; [`Error::Isa`].
///
/// # Example
///
/// ```
/// use rank_rerank::simd::dot;
///
/// assert_eq!(dot(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0])?, 32.0);
/// assert_eq!(
///     dot(&[1.0, 2.0], &[1.0]).unwrap_err().to_string(),
///     "b: expected dim 2, got 1; encode query and documents with the same model",
/// );
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn dot(a: &[f32], b: &[f32]) -> Result<f32> {
    check_lengths(a, b)?;
    Ok(try_kernels()?.dot(a, b))
}

/// The Euclidean norm of a vector, the square root of its dot product with itself: at least 0. Where squares leave the
/// range of `f32` they are added up in `f64`.
///
/// # Errors
///
/// [`Error::Isa`].
///
/// # Example
///
/// ```
/// assert_eq!(rank_rerank::simd::norm(&[3.0, 4.0])?, 5.0);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn norm(vector: &[f32]) -> Result<f32> {
    let squares = try_kernels()?.dot(vector, vector);
    if (1e-30..=f32::MAX).contains(&squares) {
        return Ok(squares.sqrt());
    }
    Ok(vector.iter().map(|&component| f64::from(component).powi(2)).sum::<f64>().sqrt() as f32)
}

/// The cosine of the angle between two vectors of the same dimension, in [-1, 1]; 0 if a vector is all zeros or has no
/// components, and so no direction: it is as near to any vector as to its opposite.
///
/// Norms are computed in `f64`, where no square of an `f32` is out of range. O(dim).
///
/// # Errors
///
/// [`Error::DimMismatch`]; [`Error::NonFinite`]; [`Error::Isa`].
///
/// # Example
///
/// ```
/// use rank_rerank::simd::cosine;
///
/// assert_eq!(cosine(&[3.0, 4.0], &[5.0, 0.0])?, 0.6);
/// assert_eq!(cosine(&[1.0, 0.0], &[0.0, 1e-30])?, 0.0);
/// assert_eq!(cosine(&[1.0, 0.0], &[0.0, 0.0])?, 0.0);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn cosine(a: &[f32], b: &[f32]) -> Result<f32> {
    check_lengths(a, b)?;
    // Here, since a vector of zeros would hide what is wrong with the other.
    check_finite(a, a.len().max(1), Argument::Left)?;
    check_finite(b, b.len().max(1), Argument::Right)?;
    match directed_cosine(a, b) {
        Err(Error::ZeroToken { .. }) => Ok(0.0),
        other => other,
    }
}

/// [`cosine`], which a vector without direction does not have.
pub(crate) fn directed_cosine(a: &[f32], b: &[f32]) -> Result<f32> {
    check_lengths(a, b)?;
    let mut directions = [a.to_vec(), b.to_vec()];
    for (vector, argument) in directions.iter_mut().zip([Argument::Left, Argument::Right]) {
        normalize(vector, argument, 0)?;
    }
    Ok(dot(&directions[0], &directions[1])?.clamp(-1.0, 1.0))
}

/// Divides a vector by its Euclidean norm.
pub(crate) fn normalize(vector: &mut [f32], argument: Argument, token: usize) -> Result<()> {
    check_finite(vector, vector.len().max(1), argument).map_err(|error| match error {
        Error::NonFinite { value, .. } => Error::NonFinite { argument, token, value },
        other => other,
    })?;
    let squares: f64 = vector.iter().map(|&component| f64::from(component).powi(2)).sum();
    if squares == 0.0 {
        return Err(Error::ZeroToken { argument, token });
    }
    let norm = squares.sqrt();
    for component in vector {
        *component = (f64::from(*component) / norm) as f32;
    }
    Ok(())
}
