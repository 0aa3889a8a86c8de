//! CombSUM.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::normalization::Normalization;

/// CombSUM: the scores of a document are added, `Σ s`.
///
/// A document that a list lacks gets nothing from it. Scores are normalized list by list, as they are said to be.
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
/// use rank_fusion::{Normalization, combsum};
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// assert_eq!(combsum(&[a, b], Normalization::Identity)?, [("y", 12.0), ("w", 5.0), ("x", 4.0), ("z", 2.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn combsum<I, S, L>(lists: &[L], normalization: Normalization) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::CombSum).normalization(normalization).fuse(lists)
}
