//! Median rank.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::methods::values::{Said, median, share_median};

/// Median rank: minus the median of a document's ranks from 1, so that the best has the greatest score. A document that
/// a list lacks has the rank after the end of the longest list. Only the order of the lists counts.
///
/// With weights (through [`Fusion`]) it is the weighted median.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::NotSorted`](crate::Error::NotSorted), [`Error::DuplicateDocument`](crate::Error::DuplicateDocument).
///
/// # Source
///
/// Fagin, Kumar, Sivakumar: Efficient Similarity Search and Classification via Rank Aggregation (SIGMOD 2003).
///
/// # Example
///
/// ```
/// use rank_fusion::median_rank;
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// // x: 1 and 4. y: 2 and 1. z: 3 and 4. w: 4 and 2.
/// assert_eq!(median_rank(&[a, b])?, [("y", -1.5), ("x", -2.5), ("w", -3.0), ("z", -3.5)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn median_rank<I, S, L>(lists: &[L]) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::MedianRank).fuse(lists)
}

pub(crate) fn of(said: &mut [Said]) -> f64 {
    -median(said)
}

pub(crate) fn shares(said: &mut [Said]) {
    share_median(said, -1.0);
}
