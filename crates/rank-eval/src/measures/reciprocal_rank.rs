//! Reciprocal rank.

use std::hash::Hash;

use crate::measure::{Cutoff, Family};
use crate::topic::{Topic, View};
use crate::{Judgments, Result, Score};

pub(super) const FAMILY: Family = Family {
    name: "RR",
    aliases: &["mrr"],
    trec: "recip_rank",
    ranx: "mrr",
    cutoff: Cutoff::Optional,
    about: "1 / rank of the first relevant document",
    value: |topic, measure| reciprocal_rank(topic, measure.k()),
    expected: Some(|topic, measure| {
        let first = topic.first_hits(measure.k());
        first.iter().fold(0.0, |sum, &(position, probability)| sum + probability / (position + 1) as f64)
    }),
    has_residual: |_| true,
    browsing: Some(|path, _| path.gains.iter().map(|&gain| f64::from(u8::from(gain == 0.0))).collect()),
    ..Family::BASE
};

fn reciprocal_rank(topic: View<'_>, k: usize) -> f64 {
    topic.hits(k).next().map_or(0.0, |position| 1.0 / (position + 1) as f64)
}

/// Reciprocal rank at `k`: `1 / rank` of the first relevant document, 0 if there is none among the first `k`.
///
/// * `reranked`: a ranked list of `(id, score)`, best first. Its order is the ranking; scores are checked against it.
/// * `ground_truth`: the judgments of the query, see [`Judgments`].
/// * `k`: the depth, at least 1; beyond the end of the list, all of it counts.
///
/// Its mean over queries is the mean reciprocal rank (MRR). With `k` beyond the end of the list it is `recip_rank` of
/// `trec_eval`, which has no cut-off.
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
/// Kantor, Voorhees: The TREC-5 confusion track (Information Retrieval 2000).
///
/// # Example
///
/// ```
/// use std::collections::HashMap;
///
/// use rank_eval::reciprocal_rank_at_k;
///
/// let reranked = vec![("a", 0.9_f32), ("b", 0.5), ("c", 0.1)];
/// let ground_truth = HashMap::from([("b", 2), ("c", 3)]);
/// assert_eq!(reciprocal_rank_at_k(&reranked, &ground_truth, 10)?, 1.0 / 2.0);
/// assert_eq!(reciprocal_rank_at_k(&reranked, &ground_truth, 1)?, 0.0);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn reciprocal_rank_at_k<I, S, L, J>(reranked: &L, ground_truth: &J, k: usize) -> Result<f64>
where
    I: Eq + Hash,
    S: Score,
    L: AsRef<[(I, S)]> + ?Sized,
    J: Judgments<I> + ?Sized,
{
    Ok(reciprocal_rank(Topic::new(reranked, ground_truth, k)?.view(), k))
}
