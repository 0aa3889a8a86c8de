//! Inverse root rank.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;

/// Inverse root rank: `Σ 1 / √(k + r)` for a document at ranks r from 1. Only the order of the lists counts. It falls more
/// slowly with the rank than reciprocal ranks do.
///
/// * `k`: at least 0; 0 is usual. What `rankops` calls `isr` counts ranks from 0, so that its `k` is this one and 1: its
///   default of 1 is 0 here.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::NotSorted`](crate::Error::NotSorted), [`Error::DuplicateDocument`](crate::Error::DuplicateDocument),
/// [`Error::InvalidK`](crate::Error::InvalidK).
///
/// # Source
///
/// `rankops`, a crate and Python package, under the name of another method: see [`isr`](crate::isr).
///
/// # Example
///
/// ```
/// use rank_fusion::inverse_root_rank;
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0), ("w", 1.0)];
/// let b = vec![("w", 9.0)];
/// let fused = inverse_root_rank(&[a, b], 0)?;
/// assert_eq!(fused[..2], [("w", 1.0 / 2.0 + 1.0), ("x", 1.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn inverse_root_rank<I, S, L>(lists: &[L], k: impl Into<f64>) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::InverseRootRank { k: k.into() }).fuse(lists)
}

/// What a rank is worth, the best one having position 0.
pub(crate) fn value(k: f64, position: usize) -> f64 {
    1.0 / (k + (position + 1) as f64).sqrt()
}
