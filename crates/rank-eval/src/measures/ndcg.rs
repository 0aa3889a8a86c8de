//! Normalized discounted cumulative gain.
//!
//! ```text
//! DCG@k  = sum over i = 1 .. k of gain(g(i)) / log2(i + 1)
//! nDCG@k = DCG@k / DCG@k of all judged documents in descending order of gain
//! ```
//!
//! A grade above 0 gains itself, or with `dcg='exp-log2'` two to its power less one; `gains={1:3.5,2:9}` says otherwise for
//! single grades. The level of relevance does not matter. 0 if nothing gains. Gains that are no whole numbers are ordered as
//! they are, where `trec_eval` takes those less than 1 apart as equal.
//!
//! Source: Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques (ACM TOIS 2002); Burges et al.: Learning to
//! rank using gradient descent (ICML 2005) for exponential gain.
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("b", 2), ("c", 3)];
//! for (name, value) in [("nDCG", "0.7900"), ("nDCG(dcg='exp-log2')@3", "0.6806"), ("ndcg.1=3,3=1", "1.0000")] {
//!     let measure: Measure = name.parse()?;
//!     assert_eq!(format!("{:.4}", measure.value_of(&list, &grades)?), value);
//! }
//! # Ok::<(), rank_eval::Error>(())
//! ```

use std::hash::Hash;

use crate::measure::{
    Cutoff, Dialect, Family, GAINS_ARGUMENT, Kind, Measure, Numbers, Parameter, Preset, TREC_CUTOFFS, numbers,
};
use crate::topic::{Topic, View};
use crate::{Judgments, Result, Score};

pub(super) const FAMILY: Family = Family {
    name: "nDCG",
    trec: "ndcg",
    trec_cut: "ndcg_cut",
    trec_argument: Some(GAINS_ARGUMENT),
    trec_defaults: TREC_CUTOFFS,
    ranx: "ndcg",
    presets: &[Preset { name: "ndcg_burges", dialect: Dialect::Ranx, numbers: EXPONENTIAL }],
    cutoff: Cutoff::Optional,
    parameters: GAIN_PARAMETERS,
    takes_level: false,
    takes_gains: true,
    about: "sum of gains, each over log2(rank + 1), over that of the best possible order of all judged documents",
    value: |topic, measure| over_ideal(topic, measure, dcg(topic, measure, measure.k())),
    expected: Some(|topic, measure| over_ideal(topic, measure, expected_dcg(topic, measure, measure.k()))),
    ..Family::BASE
};

/// The parameters of gains: whether a grade gains itself, or 2 to its power less 1.
pub(super) const GAIN_PARAMETERS: &[Parameter] =
    &[Parameter { name: "dcg", default: Some(0.0), kind: Kind::Word(&["log2", "exp-log2"]) }];

/// The numbers of exponential gain.
pub(super) const EXPONENTIAL: Numbers = numbers([Some(1.0)]);

/// What each grade gains.
#[derive(Clone, Copy)]
pub(super) struct Gains<'a> {
    exponential: bool,
    /// The grades that gain something else.
    others: &'a [(i64, f64)],
}

impl<'a> Gains<'a> {
    /// The grade itself.
    const LINEAR: Self = Self { exponential: false, others: &[] };

    /// The gains of a measure whose first number, if it has one, is that of [`GAIN_PARAMETERS`].
    pub(super) fn of(measure: &'a Measure) -> Self {
        let exponential = !measure.family().parameters.is_empty() && measure.get(0) != 0.0;
        Self { exponential, others: measure.gains() }
    }

    pub(super) fn of_grade(self, grade: i64) -> f64 {
        match self.others.iter().find(|(other, _)| *other == grade) {
            Some((_, gain)) => *gain,
            None if grade <= 0 => 0.0,
            None if self.exponential => (grade as f64).exp2() - 1.0,
            None => grade as f64,
        }
    }

    /// The gains above 0 of all judged documents, highest first.
    pub(super) fn ideal(self, judged: &[i64]) -> Vec<f64> {
        let mut gains: Vec<f64> = judged.iter().map(|&grade| self.of_grade(grade)).filter(|&gain| gain > 0.0).collect();
        gains.sort_unstable_by(|a, b| b.total_cmp(a));
        gains
    }
}

/// A gain at a position, from 0, discounted.
pub(super) fn discounted(gain: f64, position: usize) -> f64 {
    gain / ((position + 2) as f64).log2()
}

pub(super) fn sum(gains: impl Iterator<Item = (usize, f64)>) -> f64 {
    // Only what gains, because a discount costs more than anything else here.
    gains.filter(|&(_, gain)| gain != 0.0).fold(0.0, |sum, (position, gain)| sum + discounted(gain, position))
}

fn dcg_of(topic: View<'_>, gains: Gains<'_>, k: usize) -> f64 {
    sum(topic.found(k).iter().map(|found| (found.position as usize, gains.of_grade(found.grade))))
}

fn ideal_dcg_of(topic: View<'_>, gains: Gains<'_>, k: usize) -> f64 {
    if gains.others.is_empty() {
        // In the order of the grades already.
        let gaining = topic.judged.iter().take(k).take_while(|&&grade| grade > 0);
        return sum(gaining.map(|&grade| gains.of_grade(grade)).enumerate());
    }
    sum(gains.ideal(topic.judged).into_iter().take(k).enumerate())
}

pub(super) fn dcg(topic: View<'_>, measure: &Measure, k: usize) -> f64 {
    dcg_of(topic, Gains::of(measure), k)
}

/// The mean of DCG over all orders of tied documents.
pub(super) fn expected_dcg(topic: View<'_>, measure: &Measure, k: usize) -> f64 {
    let gains = Gains::of(measure);
    sum(topic.expected_gains(k, |grade| gains.of_grade(grade)).into_iter())
}

pub(super) fn ideal_dcg(topic: View<'_>, measure: &Measure, k: usize) -> f64 {
    ideal_dcg_of(topic, Gains::of(measure), k)
}

fn over_ideal(topic: View<'_>, measure: &Measure, dcg: f64) -> f64 {
    let ideal = ideal_dcg(topic, measure, measure.k());
    if ideal == 0.0 { 0.0 } else { dcg / ideal }
}

fn ndcg(topic: View<'_>, k: usize) -> f64 {
    let ideal = ideal_dcg_of(topic, Gains::LINEAR, k);
    if ideal == 0.0 { 0.0 } else { dcg_of(topic, Gains::LINEAR, k) / ideal }
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
