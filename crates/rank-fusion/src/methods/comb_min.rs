//! CombMIN.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::methods::values::{Said, share_among_equals};
use crate::normalization::Normalization;

/// CombMIN: the least of the scores of a document, over the lists that hold it.
///
/// A document of one list has that list's score, so it can pass one that several lists found; the policy
/// [`Missing::Zero`](crate::Missing::Zero) keeps it back. With weights (through [`Fusion`]) it is the least of `w s`.
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
/// use rank_fusion::{Normalization, combmin};
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// assert_eq!(combmin(&[a, b], Normalization::Identity)?, [("w", 5.0), ("x", 4.0), ("y", 3.0), ("z", 2.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn combmin<I, S, L>(lists: &[L], normalization: Normalization) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::CombMin).normalization(normalization).fuse(lists)
}

pub(crate) fn of(said: &mut [Said]) -> f64 {
    said.iter().map(|said| said.weight * said.value).reduce(f64::min).unwrap_or(0.0)
}

pub(crate) fn shares(said: &mut [Said]) {
    let score = of(said);
    share_among_equals(said, score);
}
