//! Recall.

use std::hash::Hash;

use crate::measure::{Cutoff, Family, TREC_CUTOFFS};
use crate::topic::{Topic, View};
use crate::{Judgments, Result, Score};

pub(super) const FAMILY: Family = Family {
    name: "R",
    aliases: &["recall"],
    trec_cut: "recall",
    trec_defaults: TREC_CUTOFFS,
    ranx: "recall",
    cutoff: Cutoff::Required,
    about: "share of the relevant documents that are among the first k",
    value: |topic, measure| recall(topic, topic.hit_count(measure.k()) as f64),
    expected: Some(|topic, measure| recall(topic, topic.expected_hits(measure.k()))),
    ..Family::BASE
};

fn recall(topic: View<'_>, hits: f64) -> f64 {
    let relevant = topic.relevant();
    if relevant == 0 { 0.0 } else { hits / relevant as f64 }
}

/// Recall at `k`: the share of the relevant documents that are among the first `k`, `hits / relevant`.
///
/// * `reranked`: a ranked list of `(id, score)`, best first. Its order is the ranking; scores are checked against it.
/// * `ground_truth`: the judgments of the query, see [`Judgments`].
/// * `k`: the depth, at least 1; beyond the end of the list, all of it counts.
///
/// The value is in `[0, 1]`; 0 if no document is relevant. All documents judged relevant count, ranked or not: `recall` of
/// `trec_eval`.
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
/// use rank_eval::recall_at_k;
///
/// let reranked = vec![("a", 0.9_f32), ("b", 0.5), ("c", 0.1)];
/// let ground_truth = HashMap::from([("a", 1), ("c", 3), ("d", 1)]);
/// assert_eq!(recall_at_k(&reranked, &ground_truth, 10)?, 2.0 / 3.0);
/// assert_eq!(recall_at_k(&reranked, &ground_truth, 1)?, 1.0 / 3.0);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn recall_at_k<I, S, L, J>(reranked: &L, ground_truth: &J, k: usize) -> Result<f64>
where
    I: Eq + Hash,
    S: Score,
    L: AsRef<[(I, S)]> + ?Sized,
    J: Judgments<I> + ?Sized,
{
    let topic = Topic::new(reranked, ground_truth, k)?;
    Ok(recall(topic.view(), topic.view().hit_count(k) as f64))
}
