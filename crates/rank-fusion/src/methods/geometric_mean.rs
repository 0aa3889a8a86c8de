//! The weighted geometric mean.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::methods::values::{Said, share_by_value};
use crate::normalization::Normalization;

/// The weighted geometric mean of a document's scores over the lists that hold it: `Π s^(w / Σ w)`.
///
/// A score of 0 or less makes it 0, so the last document of a min-max list gets nothing at all: a
/// [floor](Fusion::floor) keeps it in, as OpenSearch does with 0.001.
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
/// The weighted mean of that name; among search engines, OpenSearch's `geometric_mean`.
///
/// # Example
///
/// ```
/// use rank_fusion::{Normalization, geometric_mean};
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// let fused = geometric_mean(&[a, b], &[1.0, 1.0], Normalization::Identity)?;
/// // √(3 · 9) for y, before the one score of w.
/// assert!((fused[0].1 - 27.0_f64.sqrt()).abs() < 1e-14);
/// assert_eq!(fused[1].0, "w");
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn geometric_mean<I, S, L>(lists: &[L], weights: &[f64], normalization: Normalization) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::GeometricMean).weights(weights.to_vec()).normalization(normalization).fuse(lists)
}

pub(crate) fn of(said: &mut [Said]) -> f64 {
    if said.is_empty() || said.iter().any(|said| said.value <= 0.0) {
        return 0.0;
    }
    let weights: f64 = said.iter().map(|said| said.weight).sum();
    (said.iter().map(|said| said.weight * said.value.ln()).sum::<f64>() / weights).exp()
}

pub(crate) fn shares(said: &mut [Said]) {
    let score = of(said);
    share_by_value(said, score);
}
