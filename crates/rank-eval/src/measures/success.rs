//! Success, also called hit rate.

use std::hash::Hash;

use crate::measure::{Cutoff, Family};
use crate::topic::{Topic, View};
use crate::{Judgments, Result, Score};

pub(super) const FAMILY: Family = Family {
    name: "Success",
    aliases: &["hit_rate"],
    trec_cut: "success",
    trec_defaults: &[1.0, 5.0, 10.0],
    ranx: "hit_rate",
    cutoff: Cutoff::Required,
    about: "1 if there is a relevant document among the first k, else 0",
    value: |topic, measure| success(topic, measure.k()),
    expected: Some(|topic, measure| topic.first_hits(measure.k()).iter().map(|(_, probability)| probability).sum()),
    has_residual: |_| true,
    ..Family::BASE
};

fn success(topic: View<'_>, k: usize) -> f64 {
    f64::from(u8::from(topic.hits(k).next().is_some()))
}

/// Success at `k`: 1 if there is a relevant document among the first `k`, else 0.
///
/// * `reranked`: a ranked list of `(id, score)`, best first. Its order is the ranking; scores are checked against it.
/// * `ground_truth`: the judgments of the query, see [`Judgments`].
/// * `k`: the depth, at least 1; beyond the end of the list, all of it counts.
///
/// Also called hit rate: `success` of `trec_eval`.
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
/// trec_eval, measure `success`; National Institute of Standards and Technology.
///
/// # Example
///
/// ```
/// use std::collections::HashMap;
///
/// use rank_eval::success_at_k;
///
/// let reranked = vec![("a", 0.9_f32), ("b", 0.5), ("c", 0.1)];
/// let ground_truth = HashMap::from([("b", 2), ("d", 1)]);
/// assert_eq!(success_at_k(&reranked, &ground_truth, 1)?, 0.0);
/// assert_eq!(success_at_k(&reranked, &ground_truth, 2)?, 1.0);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn success_at_k<I, S, L, J>(reranked: &L, ground_truth: &J, k: usize) -> Result<f64>
where
    I: Eq + Hash,
    S: Score,
    L: AsRef<[(I, S)]> + ?Sized,
    J: Judgments<I> + ?Sized,
{
    Ok(success(Topic::new(reranked, ground_truth, k)?.view(), k))
}
