//! Inverse square rank.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;

/// Inverse square rank: `n Σ 1 / r²` for a document of n lists at ranks r from 1. Only the order of the lists counts.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::NotSorted`](crate::Error::NotSorted), [`Error::DuplicateDocument`](crate::Error::DuplicateDocument).
///
/// # Source
///
/// Mourão, Martins, Magalhães: Multimodal Medical Information Retrieval with Unsupervised Rank Fusion (2015).
///
/// # Example
///
/// ```
/// use rank_fusion::isr;
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// assert_eq!(isr(&[a, b])?, [("y", 2.0 * (1.0 / 4.0 + 1.0)), ("x", 1.0), ("w", 1.0 / 4.0), ("z", 1.0 / 9.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn isr<I, S, L>(lists: &[L]) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::InverseSquareRank).fuse(lists)
}

/// What a rank is worth, the best one having position 0.
pub(crate) fn value(position: usize) -> f64 {
    let rank = (position + 1) as f64;
    1.0 / (rank * rank)
}

/// What the sum is multiplied by, for a document of `lists` lists.
pub(crate) fn factor(lists: f64) -> f64 {
    lists
}
