//! CombMED.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::methods::values::{Said, median, share_median};
use crate::normalization::Normalization;

/// CombMED: the median of the scores of a document, over the lists that hold it; of an even number, the mean of the two
/// in the middle.
///
/// With weights (through [`Fusion`]) it is the weighted median.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::InfiniteScore`](crate::Error::InfiniteScore), [`Error::NotSorted`](crate::Error::NotSorted),
/// [`Error::DuplicateDocument`](crate::Error::DuplicateDocument).
///
/// # Source
///
/// Fox, Shaw: Combination of Multiple Searches (TREC-2, 1993).
///
/// # Example
///
/// ```
/// use rank_fusion::{Normalization, combmed};
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// assert_eq!(combmed(&[a, b], Normalization::Identity)?, [("y", 6.0), ("w", 5.0), ("x", 4.0), ("z", 2.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn combmed<I, S, L>(lists: &[L], normalization: Normalization) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::CombMed).normalization(normalization).fuse(lists)
}

pub(crate) fn of(said: &mut [Said]) -> f64 {
    median(said)
}

pub(crate) fn shares(said: &mut [Said]) {
    share_median(said, 1.0);
}
