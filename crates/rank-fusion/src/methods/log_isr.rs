//! Logarithmic inverse square rank.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;

/// Logarithmic inverse square rank: `ln n Σ 1 / r²` for a document of n lists at ranks r from 1.
///
/// A document of one list scores 0, whatever its rank: see [`logn_isr`](crate::logn_isr).
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
/// use rank_fusion::log_isr;
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// let fused = log_isr(&[a, b])?;
/// assert_eq!(fused[0], ("y", 2.0_f64.ln() * (1.0 / 4.0 + 1.0)));
/// assert_eq!(fused[1], ("w", 0.0));
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn log_isr<I, S, L>(lists: &[L]) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::LogIsr).fuse(lists)
}

/// What the sum is multiplied by, for a document of `lists` lists.
pub(crate) fn factor(lists: f64) -> f64 {
    // No list: only lists without weight hold it, and the sum is 0.
    if lists == 0.0 { 0.0 } else { lists.ln() }
}
