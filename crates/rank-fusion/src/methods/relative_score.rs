//! Relative score fusion.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;

/// Relative score fusion: the weighted sum of min-max normalized scores, weights `1 - alpha` and `alpha`.
///
/// For two lists, as in Weaviate: the first of keywords, the second of vectors. `alpha` is from 0 to 1.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::InfiniteScore`](crate::Error::InfiniteScore), [`Error::NotSorted`](crate::Error::NotSorted),
/// [`Error::DuplicateDocument`](crate::Error::DuplicateDocument),
/// [`Error::InvalidParameter`](crate::Error::InvalidParameter), [`Error::CountMismatch`](crate::Error::CountMismatch).
///
/// # Source
///
/// Weaviate's documentation of hybrid search (`relativeScoreFusion`).
///
/// # Example
///
/// ```
/// use rank_fusion::relative_score;
///
/// let keywords = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let vectors = vec![("y", 9.0), ("w", 5.0)];
/// // y: 0.25 · (3 - 2) / (4 - 2) + 0.75 · 1.
/// assert_eq!(relative_score(&[keywords, vectors], 0.75)?, [("y", 0.875), ("x", 0.25), ("w", 0.0), ("z", 0.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn relative_score<I, S, L>(lists: &[L], alpha: f64) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::relative_score(alpha)?.fuse(lists)
}

impl Fusion {
    /// [`relative_score`] as a fusion.
    pub(crate) fn relative_score(alpha: f64) -> Result<Self> {
        if !(0.0..=1.0).contains(&alpha) {
            return Err(crate::Error::InvalidParameter {
                name: "alpha",
                expected: "a number from 0 to 1",
                value: alpha,
                usual: "0.75 is usual",
            });
        }
        Ok(Self::new(Method::CombSum).weights(vec![1.0 - alpha, alpha]))
    }
}
