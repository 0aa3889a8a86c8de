//! CombMAX.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::methods::values::{Said, share_among_equals};
use crate::normalization::Normalization;

/// CombMAX: the greatest of the scores of a document, over the lists that hold it.
///
/// With weights (through [`Fusion`]) it is the greatest of `w s`.
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
/// use rank_fusion::{Normalization, combmax};
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// assert_eq!(combmax(&[a, b], Normalization::Identity)?, [("y", 9.0), ("w", 5.0), ("x", 4.0), ("z", 2.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn combmax<I, S, L>(lists: &[L], normalization: Normalization) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::CombMax).normalization(normalization).fuse(lists)
}

pub(crate) fn of(said: &mut [Said]) -> f64 {
    said.iter().map(|said| said.weight * said.value).reduce(f64::max).unwrap_or(0.0)
}

pub(crate) fn shares(said: &mut [Said]) {
    let score = of(said);
    share_among_equals(said, score);
}
