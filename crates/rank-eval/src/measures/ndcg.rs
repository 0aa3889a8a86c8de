//! Normalized discounted cumulative gain.

use std::hash::Hash;

use crate::measure::Family;
use crate::topic::Topic;
use crate::{Judgments, Result, Score};

pub(super) const FAMILY: Family =
    Family { name: "nDCG", at: &["ndcg"], cut: &["ndcg_cut"], whole: &["ndcg"], value: ndcg };

/// The discounted sum of gains, best rank first.
fn dcg(gains: impl Iterator<Item = f64>) -> f64 {
    // A fold from 0.0: the sum of nothing is otherwise -0.0.
    gains.enumerate().fold(0.0, |sum, (position, gain)| sum + gain / ((position + 2) as f64).log2())
}

fn ndcg(topic: &Topic, k: usize) -> f64 {
    let ideal = dcg(topic.relevant().iter().take(k).map(|&grade| grade as f64));
    if ideal == 0.0 { 0.0 } else { dcg(topic.gains(k)) / ideal }
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
    Ok(ndcg(&Topic::new(reranked, ground_truth, k)?, k))
}
