//! The weighted sum.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::normalization::Normalization;

/// The weighted sum, or convex combination: `Σ w s`, a weight per list.
///
/// A document that a list lacks gets nothing from it. Weights that add up to 1 are usual and not required.
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
/// Vogt, Cottrell: Fusion via a Linear Combination of Scores (Information Retrieval 1999); Bruch, Gai, Ingber: An Analysis
/// of Fusion Functions for Hybrid Retrieval (TOIS 2023).
///
/// # Example
///
/// ```
/// use rank_fusion::{Normalization, weighted_sum};
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// assert_eq!(weighted_sum(&[a, b], &[1.0, 3.0], Normalization::Identity)?, [("y", 30.0), ("w", 15.0), ("x", 4.0), ("z", 2.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn weighted_sum<I, S, L>(lists: &[L], weights: &[f64], normalization: Normalization) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::CombSum).weights(weights.to_vec()).normalization(normalization).fuse(lists)
}
