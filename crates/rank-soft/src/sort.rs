//! Soft sorting.

use crate::float::{check_finite, check_length};
use crate::{Float, Input, Kind, Operator, Result, SoftOptions};

/// The softly sorted `values`: the projection of `(n, …, 1) / strength` onto the permutahedron of `values`, exact, in
/// O(n log n).
///
/// * `values`: `f32`, `f64` or halves. Infinite ones stay where they are sorted to; NaN is refused.
/// * `strength`: a number (the paper's epsilon: larger is softer, 0 is hard) or [`SoftOptions`].
///
/// Returns n numbers in the units of the values, ascending unless the options say otherwise; with l2 their sum is that
/// of the values. At strength 0 they are sorted; as it grows all tend to their mean (l2). An empty input gives an empty
/// output.
///
/// With l2, the sort is hard where neighbors lie closer than `1 / strength`: the strength has the inverse units of the
/// values, where that of [`soft_rank`](crate::soft_rank) has their own. KL exponentiates the values as they are:
/// standardize them first.
///
/// # Errors
///
/// [`Error::NotANumber`](crate::Error::NotANumber), [`Error::InvalidStrength`](crate::Error::InvalidStrength).
///
/// # Source
///
/// Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).
///
/// # Example
///
/// ```
/// use rank_soft::soft_sort;
///
/// // All three in one block of mean 1.4, in steps of 1 / strength.
/// let sorted = soft_sort(&[2.9_f64, 0.1, 1.2], 2.0)?;
/// for (value, by_hand) in sorted.iter().zip([0.9, 1.4, 1.9]) {
///     assert!((value - by_hand).abs() < 1e-12);
/// }
/// assert_eq!(soft_sort(&[2.9, 0.1, 1.2], 0.0)?, [0.1, 1.2, 2.9]);
/// # Ok::<(), rank_soft::Error>(())
/// ```
pub fn soft_sort<T: Float>(values: &[T], strength: impl Into<SoftOptions>) -> Result<Vec<T>> {
    Ok(Operator::of(Kind::Sort, strength.into()).forward(&Input::new(values))?.0)
}

/// The vector-Jacobian product of [`soft_sort`]: the gradient, to the values, of `Σ cotangent[i] · sorted[i]`. Exact,
/// in O(n log n).
///
/// * `values`, `strength`: as for [`soft_sort`].
/// * `cotangent`: finite, one for each place of the sorted order.
///
/// Returns one number for each value. With l2 the values of a block share the mean of its cotangents; a value that
/// shares its block with no other gets the cotangent of its place.
///
/// # Errors
///
/// As [`soft_sort`], and [`Error::LengthMismatch`](crate::Error::LengthMismatch).
///
/// # Source
///
/// Blondel et al. (ICML 2020), proposition 4; for KL the derivative of the log-sum-exp of each block.
///
/// # Example
///
/// ```
/// use rank_soft::soft_sort_vjp;
///
/// assert_eq!(soft_sort_vjp(&[2.9, 0.1, 1.2], &[10.0, 20.0, 30.0], 0.0)?, [30.0, 10.0, 20.0]);
/// assert_eq!(soft_sort_vjp(&[2.9, 0.1, 1.2], &[10.0, 20.0, 30.0], 2.0)?, [20.0, 20.0, 20.0]);
/// # Ok::<(), rank_soft::Error>(())
/// ```
pub fn soft_sort_vjp<T: Float>(values: &[T], cotangent: &[T], strength: impl Into<SoftOptions>) -> Result<Vec<T>> {
    let (_, state) = Operator::of(Kind::Sort, strength.into()).forward(&Input::new(values))?;
    check_length("cotangent", cotangent.len(), "values", values.len())?;
    check_finite("cotangent", cotangent)?;
    state.vjp(cotangent)
}
