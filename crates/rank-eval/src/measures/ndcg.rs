//! Normalized discounted cumulative gain.

use std::hash::Hash;

use crate::measure::{Cutoff, Family};
use crate::topic::{Topic, View};
use crate::{Judgments, Result, Score};

pub(super) const FAMILY: Family = Family {
    name: "nDCG",
    trec: "ndcg",
    trec_cut: "ndcg_cut",
    ranx: "ndcg",
    cutoff: Cutoff::Optional,
    takes_level: false,
    about: "discounted gain over that of the best possible order; the gain is the grade",
    value: |topic, measure| ndcg(topic, measure.k()),
    ..Family::BASE
};

/// The gain at `position`, from 0, discounted.
fn discounted(gain: f64, position: usize) -> f64 {
    gain / ((position + 2) as f64).log2()
}

fn ndcg(topic: View<'_>, k: usize) -> f64 {
    let gaining = topic.judged.iter().take(k).take_while(|&&grade| grade > 0);
    let ideal = gaining.enumerate().fold(0.0, |sum, (position, &grade)| sum + discounted(grade as f64, position));
    if ideal == 0.0 {
        return 0.0;
    }
    let found = topic.found(k).iter().filter(|found| found.grade > 0);
    found.fold(0.0, |sum, found| sum + discounted(found.grade as f64, found.position as usize)) / ideal
}

/// Normalized discounted cumulative gain at `k`: the gain of the first `k` documents, discounted by their rank, over the
/// gain of the best possible order.
///
/// With `g(i)` the grade at rank `i`, the first rank being 1:
///
/// ```text
/// DCG@k  = sum over i = 1 .. k of g(i) / log2(i + 1)
/// nDCG@k = DCG@k / DCG@k of all judged documents in descending order of grade
/// ```
///
/// * `reranked`: a ranked list of `(id, score)`, best first. Its order is the ranking; scores are checked against it.
/// * `ground_truth`: the judgments of the query, see [`Judgments`].
/// * `k`: the depth, at least 1; beyond the end of the list, all of it counts.
///
/// The value is in `[0, 1]`; 0 if no document is relevant. Gains are linear; unjudged documents and grades below 1 gain
/// nothing. The ideal order is of all judged documents, ranked or not: `ndcg_cut` of `trec_eval`.
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
/// Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques (ACM TOIS 2002).
///
/// # Example
///
/// ```
/// use std::collections::HashMap;
///
/// use rank_eval::ndcg_at_k;
///
/// let reranked = vec![("a", 0.9_f32), ("b", 0.5), ("c", 0.1)];
/// let ground_truth = HashMap::from([("b", 1), ("c", 3), ("d", 0)]);
/// let dcg = 1.0 / 3.0_f64.log2() + 3.0 / 4.0_f64.log2();
/// let ideal = 3.0 / 2.0_f64.log2() + 1.0 / 3.0_f64.log2();
/// assert_eq!(ndcg_at_k(&reranked, &ground_truth, 10)?, dcg / ideal);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn ndcg_at_k<I, S, L, J>(reranked: &L, ground_truth: &J, k: usize) -> Result<f64>
where
    I: Eq + Hash,
    S: Score,
    L: AsRef<[(I, S)]> + ?Sized,
    J: Judgments<I> + ?Sized,
{
    Ok(ndcg(Topic::new(reranked, ground_truth, k)?.view(), k))
}
