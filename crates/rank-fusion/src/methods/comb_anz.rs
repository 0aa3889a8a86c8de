//! CombANZ.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::normalization::Normalization;

/// CombANZ: the mean of the scores over the n lists that hold the document, `Σ s / n`.
///
/// With weights (through [`Fusion`]) it is the weighted mean, `Σ w s / Σ w`. A missing document that is given a value
/// ([`Missing`](crate::Missing)) is in the mean with it.
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
/// use rank_fusion::{Normalization, combanz};
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// assert_eq!(combanz(&[a, b], Normalization::Identity)?, [("y", 6.0), ("w", 5.0), ("x", 4.0), ("z", 2.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn combanz<I, S, L>(lists: &[L], normalization: Normalization) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::CombAnz).normalization(normalization).fuse(lists)
}
