//! Mixed: a weighted sum with some of CombMNZ.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::normalization::Normalization;

/// Mixed: the weighted sum times the square root of the number n of lists that hold the document, `√n Σ w s`.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::InfiniteScore`](crate::Error::InfiniteScore), [`Error::NotSorted`](crate::Error::NotSorted),
/// [`Error::DuplicateDocument`](crate::Error::DuplicateDocument),
/// [`Error::CountMismatch`](crate::Error::CountMismatch),
/// [`Error::InvalidWeight`](crate::Error::InvalidWeight), [`Error::ZeroWeights`](crate::Error::ZeroWeights).
///
/// # Source
///
/// Wu, Crestani: Data Fusion with Estimated Weights (CIKM 2002).
///
/// # Example
///
/// ```
/// use rank_fusion::{Normalization, mixed};
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// let fused = mixed(&[a, b], &[1.0, 3.0], Normalization::Identity)?;
/// assert_eq!(fused[0], ("y", 2.0_f64.sqrt() * (3.0 + 27.0)));
/// assert_eq!(fused[1], ("w", 15.0));
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn mixed<I, S, L>(lists: &[L], weights: &[f64], normalization: Normalization) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::Mixed).weights(weights.to_vec()).normalization(normalization).fuse(lists)
}

/// What the sum is multiplied by, for a document of `lists` lists.
pub(crate) fn factor(lists: f64) -> f64 {
    lists.sqrt()
}
