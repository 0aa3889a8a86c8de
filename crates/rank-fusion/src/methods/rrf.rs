//! Reciprocal rank fusion.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;

/// Reciprocal rank fusion: each list gives a document `1 / (k + rank)`, the best document of a list having rank 1; the
/// gifts are added.
///
/// * `lists`: ranked lists of `(id, score)`, best first. Only the order counts; scores are checked against it. A
///   document that a list lacks gets nothing from it. Lists may be empty.
/// * `k`: at least 0; the paper's value is 60. Larger values flatten the difference between ranks.
///
/// Returns every document of every list with its score in `(0, lists.len() / (k + 1)]`, by score descending, then by
/// id ascending. Sums are made in `f64`, in the order of the lists. O(n log n) for n entries. With weights (through
/// [`Fusion`]): `w / (k + rank)`.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::NotSorted`](crate::Error::NotSorted), [`Error::DuplicateDocument`](crate::Error::DuplicateDocument),
/// [`Error::InvalidK`](crate::Error::InvalidK).
///
/// # Source
///
/// Cormack, Clarke, Büttcher: Reciprocal Rank Fusion outperforms Condorcet and individual rank learning methods (SIGIR
/// 2009).
///
/// # Example
///
/// ```
/// use rank_fusion::reciprocal_rank_fusion;
///
/// let sparse = vec![("a", 12.0_f32), ("b", 9.5)];
/// let dense = vec![("b", 0.8_f32), ("c", 0.7)];
/// let fused = reciprocal_rank_fusion(&[sparse, dense], 60)?;
///
/// assert_eq!(fused.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["b", "a", "c"]);
/// assert_eq!(fused[0].1, (1.0_f64 / 62.0 + 1.0 / 61.0) as f32);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn reciprocal_rank_fusion<I, S, L>(lists: &[L], k: impl Into<f64>) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::ReciprocalRank { k: k.into() }).fuse(lists)
}

/// What a rank is worth, the best one having position 0.
pub(crate) fn value(k: f64, position: usize) -> f64 {
    1.0 / (k + (position + 1) as f64)
}

/// What a rank is worth when the weight of the list divides it.
pub(crate) fn weighted_rank_value(k: f64, weight: f64, position: usize) -> f64 {
    if weight > 0.0 { 1.0 / (k + (position + 1) as f64 / weight - 1.0) } else { 0.0 }
}
