//! Borda count by the length of each list.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;

/// Borda count by the length of each list: in a list of length L rank r gives `L - r + 1` points, and a document that the
/// list lacks nothing. Only the order of the lists counts, but longer lists count more; [`borda`](crate::borda) gives
/// each list as many points as there are documents in all.
///
/// Divided by L, it is [`combsum`](crate::combsum) of [`Normalization::Rank`](crate::Normalization::Rank).
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::NotSorted`](crate::Error::NotSorted), [`Error::DuplicateDocument`](crate::Error::DuplicateDocument).
///
/// # Source
///
/// `rankops`, a crate and Python package, as `borda`.
///
/// # Example
///
/// ```
/// use rank_fusion::borda_of_list;
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// assert_eq!(borda_of_list(&[a, b])?, [("y", 2.0 + 2.0), ("x", 3.0), ("w", 1.0), ("z", 1.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn borda_of_list<I, S, L>(lists: &[L]) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::BordaOfList).fuse(lists)
}

/// What a rank is worth in a list of this length, the best one having position 0.
pub(crate) fn value(length: usize, position: usize) -> f64 {
    length as f64 - position as f64
}
