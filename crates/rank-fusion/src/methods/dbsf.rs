//! Distribution-based score fusion.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::normalization::Normalization;

/// Distribution-based score fusion: each list is mapped so that its mean less three deviations is 0 and its mean plus
/// three is 1, then CombSUM: `Σ (s - (μ - 3σ)) / 6σ`.
///
/// The deviation is the population's; scores are not cut off; a list of equal scores gives 0.5. Qdrant, LlamaIndex and
/// Haystack each do it in their own way: see [`Fusion::preset`].
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::InfiniteScore`](crate::Error::InfiniteScore), [`Error::NotSorted`](crate::Error::NotSorted),
/// [`Error::DuplicateDocument`](crate::Error::DuplicateDocument).
///
/// # Source
///
/// Mazzeschi: Distribution-Based Score Fusion (2023).
///
/// # Example
///
/// ```
/// use rank_fusion::dbsf;
///
/// let a = vec![("x", 3.0), ("y", 1.0)];
/// let b = vec![("y", 7.0)];
/// // List a: mean 2, deviation 1, so x is (3 - (2 - 3)) / 6 and y is (1 - (2 - 3)) / 6.
/// assert_eq!(dbsf(&[a, b])?, [("y", 2.0 / 6.0 + 0.5), ("x", 4.0 / 6.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn dbsf<I, S, L>(lists: &[L]) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::CombSum).normalization(Normalization::ThreeSigma { sample: false }).fuse(lists)
}
