//! Rank-biased centroid.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;

/// Rank-biased centroid: `Σ (1 - φ) φ^(r - 1)` for ranks r from 1. Only the order of the lists counts.
///
/// `phi` is the reader's patience, at least 0 and below 1: how likely they go on to the next rank. 0.8 is usual.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::NotSorted`](crate::Error::NotSorted), [`Error::DuplicateDocument`](crate::Error::DuplicateDocument),
/// [`Error::InvalidParameter`](crate::Error::InvalidParameter).
///
/// # Source
///
/// Bailey, Moffat, Scholer, Thomas: Retrieval Consistency in the Presence of Query Variations (SIGIR 2017).
///
/// # Example
///
/// ```
/// use rank_fusion::rbc;
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// assert_eq!(rbc(&[a, b], 0.5)?, [("y", 0.25 + 0.5), ("x", 0.5), ("w", 0.25), ("z", 0.125)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn rbc<I, S, L>(lists: &[L], phi: f64) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::RankBiasedCentroid { phi }).fuse(lists)
}

/// What a rank is worth, the best one having position 0.
pub(crate) fn value(phi: f64, position: usize) -> f64 {
    (1.0 - phi) * phi.powi(i32::try_from(position).unwrap_or(i32::MAX))
}
