//! Logarithmic inverse square rank with a constant.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;

/// Logarithmic inverse square rank with a constant: `ln(n + σ) Σ 1 / r²` for a document of n lists at ranks r from 1.
///
/// `sigma` is from 0 to 1; with 0.01 a document of one list still has a score.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::NotSorted`](crate::Error::NotSorted), [`Error::DuplicateDocument`](crate::Error::DuplicateDocument),
/// [`Error::InvalidParameter`](crate::Error::InvalidParameter).
///
/// # Source
///
/// Mourão, Martins, Magalhães: Multimodal Medical Information Retrieval with Unsupervised Rank Fusion (2015).
///
/// # Example
///
/// ```
/// use rank_fusion::logn_isr;
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// let fused = logn_isr(&[a, b], 0.01)?;
/// assert_eq!(fused[0], ("y", 2.01_f64.ln() * (1.0 / 4.0 + 1.0)));
/// assert_eq!(fused[1], ("x", 1.01_f64.ln()));
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn logn_isr<I, S, L>(lists: &[L], sigma: f64) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::LogNIsr { sigma }).fuse(lists)
}

/// What the sum is multiplied by, for a document of `lists` lists.
pub(crate) fn factor(lists: f64, sigma: f64) -> f64 {
    // No list: only lists without weight hold it, and the sum is 0.
    if lists == 0.0 { 0.0 } else { (lists + sigma).ln() }
}
