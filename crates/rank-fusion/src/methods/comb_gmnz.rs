//! CombGMNZ.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::normalization::Normalization;

/// CombGMNZ: the sum of the scores times a power of the number n of lists that hold the document, `n^γ Σ s`.
///
/// `gamma` is at least 0: 0 is CombSUM, 1 is CombMNZ.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::InfiniteScore`](crate::Error::InfiniteScore), [`Error::NotSorted`](crate::Error::NotSorted),
/// [`Error::DuplicateDocument`](crate::Error::DuplicateDocument).
///
/// # Source
///
/// Lee: Analyses of Multiple Evidence Combination (SIGIR 1997).
///
/// # Example
///
/// ```
/// use rank_fusion::{Normalization, combgmnz};
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// assert_eq!(combgmnz(&[a, b], 2.0, Normalization::Identity)?, [("y", 48.0), ("w", 5.0), ("x", 4.0), ("z", 2.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn combgmnz<I, S, L>(lists: &[L], gamma: f64, normalization: Normalization) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::CombGmnz { gamma }).normalization(normalization).fuse(lists)
}

/// What the sum is multiplied by, for a document of `lists` lists.
pub(crate) fn factor(lists: f64, gamma: f64) -> f64 {
    lists.powf(gamma)
}
