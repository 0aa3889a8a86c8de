//! Soft ranks.

use crate::float::{check_finite, check_length};
use crate::{Float, Input, Kind, Operator, Result, SoftOptions};

/// The soft ranks of `values`: the projection of `values / strength` onto the permutahedron of `(1, …, n)`, exact, in
/// O(n log n).
///
/// * `values`: `f32`, `f64` or halves. Infinite ones have hard ranks, ties their average; NaN is refused.
/// * `strength`: a number (the paper's epsilon: larger is softer, 0 is hard) or [`SoftOptions`].
///
/// Returns a rank for each value, from 1 to n, real, with sum `n (n + 1) / 2`. Ascending unless the options say
/// otherwise: the smallest value has rank 1. Order is preserved and equal values have equal ranks. At strength 0 these
/// are the hard ranks, ties getting their average; as it grows all tend to `(n + 1) / 2`. An empty input gives an empty
/// output.
///
/// With l2, a rank is hard where the gaps to its neighbors exceed the strength.
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
/// use rank_soft::soft_rank;
///
/// // 2.9 and 1.2, 1.2 and 0.1 lie closer than the strength: one block around rank 2, mean value 1.4.
/// let ranks = soft_rank(&[2.9_f64, 0.1, 1.2], 2.0)?;
/// for (rank, by_hand) in ranks.iter().zip([2.0 + 1.5 / 2.0, 2.0 - 1.3 / 2.0, 2.0 - 0.2 / 2.0]) {
///     assert!((rank - by_hand).abs() < 1e-12);
/// }
/// assert_eq!(soft_rank(&[2.9, 0.1, 1.2], 0.5)?, [3.0, 1.0, 2.0]);
/// # Ok::<(), rank_soft::Error>(())
/// ```
pub fn soft_rank<T: Float>(values: &[T], strength: impl Into<SoftOptions>) -> Result<Vec<T>> {
    Ok(Operator::of(Kind::Rank, strength.into()).forward(&Input::new(values))?.0)
}

/// The vector-Jacobian product of [`soft_rank`]: the gradient, to the values, of `Σ cotangent[i] · rank[i]`. Exact, in
/// O(n log n).
///
/// * `values`, `strength`: as for [`soft_rank`].
/// * `cotangent`: finite, one for each rank.
///
/// Returns one number for each value. It is 0 for a value that shares its block with no other, and at strength 0. Where
/// two blocks just touch, among them where values are equal, the operator has a kink: they count as one block there,
/// which gives one element of the generalized Jacobian.
///
/// # Errors
///
/// As [`soft_rank`], and [`Error::LengthMismatch`](crate::Error::LengthMismatch).
///
/// # Source
///
/// Blondel et al. (ICML 2020), proposition 4.
///
/// # Example
///
/// ```
/// use rank_soft::soft_rank_vjp;
///
/// // One block: the cotangent less its mean, over the strength.
/// assert_eq!(soft_rank_vjp(&[2.5, 0.0, 1.0], &[3.0, 0.0, 0.0], 2.0)?, [1.0, -0.5, -0.5]);
/// # Ok::<(), rank_soft::Error>(())
/// ```
pub fn soft_rank_vjp<T: Float>(values: &[T], cotangent: &[T], strength: impl Into<SoftOptions>) -> Result<Vec<T>> {
    let (_, state) = Operator::of(Kind::Rank, strength.into()).forward(&Input::new(values))?;
    check_length("cotangent", cotangent.len(), "values", values.len())?;
    check_finite("cotangent", cotangent)?;
    state.vjp(cotangent)
}
