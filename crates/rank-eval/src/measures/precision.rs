//! Precision.

use std::hash::Hash;

use crate::measure::{Cutoff, Family, TREC_CUTOFFS};
use crate::topic::{Topic, View};
use crate::{Judgments, Result, Score};

pub(super) const FAMILY: Family = Family {
    name: "P",
    aliases: &["precision"],
    trec_cut: "P",
    trec_defaults: TREC_CUTOFFS,
    ranx: "precision",
    cutoff: Cutoff::Required,
    about: "share of the first k documents that are relevant",
    value: |topic, measure| precision(topic, measure.k()),
    expected: Some(|topic, measure| topic.expected_hits(measure.k()) / measure.k() as f64),
    has_residual: |_| true,
    browsing: Some(|path, _| vec![1.0; path.gains.len()]),
    ..Family::BASE
};

fn precision(topic: View<'_>, k: usize) -> f64 {
    topic.hits(k).count() as f64 / k as f64
}

/// Precision at `k`: the share of the first `k` documents that are relevant, `hits / k`.
///
/// * `reranked`: a ranked list of `(id, score)`, best first. Its order is the ranking; scores are checked against it.
/// * `ground_truth`: the judgments of the query, see [`Judgments`].
/// * `k`: the depth, at least 1; beyond the end of the list, all of it counts.
///
/// The value is in `[0, 1]`. The divisor stays `k` for a shorter list: `P` of `trec_eval`. Relevant is what has a grade of
/// at least 1.
///
/// # Errors
///
/// [`Error::NanScore`](crate::Error::NanScore), [`Error::NotSorted`](crate::Error::NotSorted) and
/// [`Error::DuplicateDocument`](crate::Error::DuplicateDocument) for the list,
/// [`Error::DuplicateJudgment`](crate::Error::DuplicateJudgment), and [`Error::InvalidK`](crate::Error::InvalidK) for
/// `k` = 0.
///
/// # Source
///
/// Cleverdon: The Cranfield tests on index language devices (Aslib Proceedings 1967).
///
/// # Example
///
/// ```
/// use std::collections::HashMap;
///
/// use rank_eval::precision_at_k;
///
/// let reranked = vec![("a", 0.9_f32), ("b", 0.5), ("c", 0.1)];
/// let ground_truth = HashMap::from([("a", 1), ("c", 3), ("d", 1)]);
/// assert_eq!(precision_at_k(&reranked, &ground_truth, 5)?, 2.0 / 5.0);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn precision_at_k<I, S, L, J>(reranked: &L, ground_truth: &J, k: usize) -> Result<f64>
where
    I: Eq + Hash,
    S: Score,
    L: AsRef<[(I, S)]> + ?Sized,
    J: Judgments<I> + ?Sized,
{
    Ok(precision(Topic::new(reranked, ground_truth, k)?.view(), k))
}
