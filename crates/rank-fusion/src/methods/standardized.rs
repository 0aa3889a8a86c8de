//! Sums of standardized scores.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::normalization::Normalization;

/// Standardized scores, cut off and added: `Σ clip((s - μ) / σ)`.
///
/// `low` and `high` are where they are cut off; -3 and 3 are usual. A missing document has the value 0, the mean: it
/// passes a document that a list holds below its mean. Choose another policy through [`Fusion`], such as
/// [`Missing::ListMin`](crate::Missing::ListMin), or shift the scores as [`dbsf`](crate::dbsf) does.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::InfiniteScore`](crate::Error::InfiniteScore), [`Error::NotSorted`](crate::Error::NotSorted),
/// [`Error::DuplicateDocument`](crate::Error::DuplicateDocument),
/// [`Error::InvalidParameter`](crate::Error::InvalidParameter).
///
/// # Source
///
/// The standard score (ZMUV normalization: Montague, Aslam: Relevance Score Normalization for Metasearch, CIKM 2001) in
/// CombSUM.
///
/// # Example
///
/// ```
/// use rank_fusion::standardized;
///
/// let a = vec![("x", 3.0), ("y", 1.0)];
/// let b = vec![("y", 7.0)];
/// // List a: mean 2, deviation 1. List b: equal scores are all the mean.
/// assert_eq!(standardized(&[a, b], -3.0, 3.0)?, [("x", 1.0), ("y", -1.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn standardized<I, S, L>(lists: &[L], low: f64, high: f64) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    let normalization = Normalization::ClippedZScore { low, high };
    Fusion::new(Method::CombSum).normalization(normalization).fuse(lists)
}
