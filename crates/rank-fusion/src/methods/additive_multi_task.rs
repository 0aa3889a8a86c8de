//! Additive multi-task fusion.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::normalization::Normalization;

/// Additive multi-task fusion: the scores of several tasks (clicks, purchases, relevance), normalized, times the tasks'
/// weights, added: `Σ w s`.
///
/// It is the [`weighted_sum`](crate::weighted_sum) of lists that come from one model's tasks.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::InfiniteScore`](crate::Error::InfiniteScore), [`Error::NotSorted`](crate::Error::NotSorted),
/// [`Error::DuplicateDocument`](crate::Error::DuplicateDocument),
/// [`Error::CountMismatch`](crate::Error::CountMismatch),
/// [`Error::InvalidWeight`](crate::Error::InvalidWeight), [`Error::ZeroWeights`](crate::Error::ZeroWeights).
///
/// # Source
///
/// The additive scoring of ResFlow (Residual Multi-Task Learner for Applied Ranking, KDD 2024).
///
/// # Example
///
/// ```
/// use rank_fusion::{Normalization, additive_multi_task};
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// assert_eq!(additive_multi_task(&[a, b], &[1.0, 3.0], Normalization::Identity)?, [("y", 30.0), ("w", 15.0), ("x", 4.0), ("z", 2.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn additive_multi_task<I, S, L>(lists: &[L], weights: &[f64], normalization: Normalization) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::CombSum).weights(weights.to_vec()).normalization(normalization).fuse(lists)
}
