//! Average precision.
//!
//! ```text
//! AP@k = sum over the relevant ranks i <= k of P@i / R
//! ```
//!
//! The divisor R counts all documents judged relevant, whatever was ranked and whatever `k` is. 0 if there is none.
//!
//! [`browse`](crate::browse) follows the user of whom average precision is a model within C/W/L: one who looks at rank i in
//! proportion to the sum of g(j) / j over the ranks j from i on. What that user gains per document is
//! [`TrAP`](super::context_precision), since only what is ranked can be looked at.
//!
//! Source: Harman: Overview of the first text retrieval conference (TREC-1, 1993).
//!
//! ```
//! use rank_eval::Measure;
//!
//! // The first 5 of 20 relevant documents on top.
//! let list: Vec<(u32, f64)> = (0..5).map(|id| (id, -f64::from(id))).collect();
//! let grades: Vec<(u32, i32)> = (0..20).map(|id| (id, 1)).collect();
//! let measure: Measure = "AP@5".parse()?;
//! assert_eq!(measure.value_of(&list, &grades)?, 0.25);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use std::hash::Hash;

use crate::browsing::{Path, of_weights};
use crate::measure::{Cutoff, Family, TREC_CUTOFFS};
use crate::topic::{Topic, View};
use crate::{Judgments, Result, Score};

pub(super) const FAMILY: Family = Family {
    name: "AP",
    aliases: &["map"],
    trec: "map",
    trec_cut: "map_cut",
    trec_defaults: TREC_CUTOFFS,
    ranx: "map",
    cutoff: Cutoff::Optional,
    about: "precision at each relevant rank, summed, over the number of relevant documents",
    value: |topic, measure| average_precision(topic, measure.k()),
    expected: Some(|topic, measure| expected(topic, measure.k())),
    browsing: Some(|path, _| goes_on(path)),
    ..Family::BASE
};

/// The user who, whatever relevant rank was the goal, looks at all ranks up to it: at rank i in proportion to the sum of
/// g(j) / j over the ranks j from i on.
pub(super) fn goes_on(path: &Path) -> Vec<f64> {
    let mut weights: Vec<f64> = path.gains.iter().zip(1_u32..).map(|(gain, rank)| gain / f64::from(rank)).collect();
    let mut sum = 0.0;
    for weight in weights.iter_mut().rev() {
        sum += *weight;
        *weight = sum;
    }
    of_weights(&weights)
}

pub(super) fn average_precision(topic: View<'_>, k: usize) -> f64 {
    let relevant = topic.relevant();
    if relevant == 0 {
        return 0.0;
    }
    let sum =
        (1_u32..).zip(topic.hits(k)).fold(0.0, |sum, (hits, position)| sum + f64::from(hits) / (position + 1) as f64);
    sum / relevant as f64
}

/// The mean over all orders of tied documents: of r relevant among the n of a group, the one at a place of it has on average
/// (r - 1) / (n - 1) of the places before it relevant.
fn expected(topic: View<'_>, k: usize) -> f64 {
    let relevant = topic.relevant();
    if relevant == 0 {
        return 0.0;
    }
    let (mut sum, mut hits) = (0.0, 0.0);
    for group in topic.groups(k) {
        let (n, r) = (group.positions.len() as f64, group.hits as f64);
        let others = if n > 1.0 { (r - 1.0) / (n - 1.0) } else { 0.0 };
        let end = group.positions.end.min(k);
        if group.hits > 0 {
            for (place, position) in (group.positions.start..end).enumerate() {
                sum += r / n * (hits + 1.0 + place as f64 * others) / (position + 1) as f64;
            }
        }
        hits += r;
    }
    sum / relevant as f64
}

/// Average precision at `k`: the precision at each relevant document among the first `k`, summed, over the number of
/// relevant documents.
///
/// ```text
/// AP@k = sum over the relevant ranks i <= k of P@i / relevant
/// ```
///
/// * `reranked`: a ranked list of `(id, score)`, best first. Its order is the ranking; scores are checked against it.
/// * `ground_truth`: the judgments of the query, see [`Judgments`].
/// * `k`: the depth, at least 1; beyond the end of the list, all of it counts.
///
/// The value is in `[0, 1]`; 0 if no document is relevant. The divisor counts all documents judged relevant, ranked or not
/// and whatever `k` is: `map_cut` of `trec_eval`. Its mean over queries is the mean average precision (MAP).
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
/// Harman: Overview of the first text retrieval conference (TREC-1, 1993).
///
/// # Example
///
/// ```
/// use std::collections::HashMap;
///
/// use rank_eval::average_precision_at_k;
///
/// let reranked = vec![("a", 0.9_f32), ("b", 0.5), ("c", 0.1)];
/// let ground_truth = HashMap::from([("a", 1), ("c", 3), ("d", 1)]);
/// assert_eq!(average_precision_at_k(&reranked, &ground_truth, 10)?, (1.0 + 2.0 / 3.0) / 3.0);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn average_precision_at_k<I, S, L, J>(reranked: &L, ground_truth: &J, k: usize) -> Result<f64>
where
    I: Eq + Hash,
    S: Score,
    L: AsRef<[(I, S)]> + ?Sized,
    J: Judgments<I> + ?Sized,
{
    Ok(average_precision(Topic::new(reranked, ground_truth, k)?.view(), k))
}
