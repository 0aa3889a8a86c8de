//! Weighted MNZ.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::normalization::Normalization;

/// Weighted MNZ: the sum of the weights of the lists that hold the document, times the sum of its scores, `(Σ w) (Σ s)`.
/// A list of weight 0 is out of both sums.
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
/// use rank_fusion::{Normalization, weighted_mnz};
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// assert_eq!(weighted_mnz(&[a, b], &[1.0, 3.0], Normalization::Identity)?, [("y", 48.0), ("w", 15.0), ("x", 4.0), ("z", 2.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn weighted_mnz<I, S, L>(lists: &[L], weights: &[f64], normalization: Normalization) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::WeightedMnz).weights(weights.to_vec()).normalization(normalization).fuse(lists)
}
