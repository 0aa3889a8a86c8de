//! A measure with its parameters.

mod family;
mod many;
mod nearest;
mod parse;
mod print;
#[cfg(test)]
mod ties;

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

pub use family::Dialect;
pub(crate) use family::{
    Aggregate, Cutoff, Family, Kind, NUMBERS, Numbers, Parameter, Preset, TREC_CUTOFFS, TrecArgument, numbers,
};
pub(crate) use nearest::nearest;
pub(crate) use parse::GAINS_ARGUMENT;

use crate::topic::{Topic, View};
use crate::{Error, Judgments, Result, Score};

/// A measure with its parameters, such as nDCG@10 or RBP(p=0.8).
///
/// Parsed from the names of three tools, in any letter case, and printed as `ir_measures` does; [`name_in`](Self::name_in)
/// gives the other dialects. [`measures`](crate::measures) has them all. Some:
///
/// | printed | `trec_eval` | ranx, and others |
/// | --- | --- | --- |
/// | `nDCG@10`, `nDCG` | `ndcg_cut_10`, `ndcg_cut.10`, `ndcg` | `ndcg@10` |
/// | `nDCG(gains={1:3.5,2:9})` | `ndcg.1=3.5,2=9` | |
/// | `nDCG(dcg='exp-log2')@10` | | `ndcg_burges@10` |
/// | `P@10` | `P_10`, `P.10` | `precision@10` |
/// | `P(rel=2)@10` | | `precision@10-l2` |
/// | `R@10` | `recall_10`, `recall.10` | `recall@10` |
/// | `Success@10` | `success_10`, `success.10` | `hit_rate@10` |
/// | `RR@10`, `RR` | `recip_rank` | `mrr@10`, `mrr` |
/// | `AP@10`, `AP` | `map_cut_10`, `map_cut.10`, `map` | `map@10` |
/// | `IPrec@0.1` | `iprec_at_recall_0.10` | |
/// | `RBP(p=0.95)` | | `rbp.95` |
///
/// Every measure takes `judged_only=True`, which drops the documents that are not judged before anything is counted, and
/// those that look at relevant documents take `rel=`, the least grade that is relevant. Without a cut-off the whole ranking
/// counts.
///
/// ```
/// use rank_eval::{Dialect, Measure};
///
/// let measure: Measure = "ndcg_cut_10".parse()?;
/// assert_eq!(measure.to_string(), "nDCG@10");
/// assert_eq!(measure, "ndcg@10".parse()?);
/// assert_eq!(measure.name_in(Dialect::TrecEval).as_deref(), Some("ndcg_cut_10"));
/// assert_eq!(measure.cutoff(), Some(10));
/// # Ok::<(), rank_eval::Error>(())
/// ```
#[derive(Clone)]
pub struct Measure {
    family: &'static Family,
    cutoff: Option<usize>,
    /// The least grade that is relevant.
    level: Option<i64>,
    judged_only: bool,
    /// The numbers that differ from their default.
    numbers: Numbers,
    /// The gain of each grade that does not gain what it usually does, by grade.
    gains: Option<Arc<[(i64, f64)]>>,
}

impl Measure {
    const fn new(family: &'static Family) -> Self {
        Self { family, cutoff: None, level: None, judged_only: false, numbers: [None; NUMBERS], gains: None }
    }

    pub(crate) const fn aggregation(&self) -> Aggregate {
        self.family.aggregate
    }

    /// The number of ranks that count; `None` if all do.
    pub fn cutoff(&self) -> Option<usize> {
        self.cutoff
    }

    /// The least grade that the measure itself takes as relevant; `None` if the evaluation decides.
    pub fn level(&self) -> Option<i64> {
        self.level
    }

    /// Whether documents that are not judged are dropped first.
    pub fn judged_only(&self) -> bool {
        self.judged_only
    }

    /// Whether it is computed from judgments of subtopics, see [`SubtopicQrels`](crate::SubtopicQrels).
    pub fn needs_subtopics(&self) -> bool {
        self.family.diversity.is_some()
    }

    /// Whether it is computed from judgments of which of two documents is better, see [`Preferences`](crate::Preferences).
    pub fn needs_preferences(&self) -> bool {
        self.family.preferences.is_some()
    }

    /// The value of one ranked list.
    ///
    /// * `reranked`: a ranked list of `(id, score)`, best first. Its order is the ranking; scores are checked against it.
    /// * `ground_truth`: the judgments of the query, see [`Judgments`].
    ///
    /// Grades of at least 1 are relevant, unless the measure says otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::NanScore`], [`Error::NotSorted`] and [`Error::DuplicateDocument`] for the list,
    /// [`Error::DuplicateJudgment`], [`Error::GradeAboveScale`], [`Error::NeedsSubtopics`] and [`Error::NeedsPreferences`].
    ///
    /// # Example
    ///
    /// ```
    /// use rank_eval::Measure;
    ///
    /// let rbp: Measure = "RBP(p=0.8)".parse()?;
    /// let value = rbp.value_of(&[("a", 2.0), ("b", 1.0)], &[("a", 1)])?;
    /// assert!((value - 0.2).abs() < 1e-12);
    /// # Ok::<(), rank_eval::Error>(())
    /// ```
    pub fn value_of<I, S, L, J>(&self, reranked: &L, ground_truth: &J) -> Result<f64>
    where
        I: Eq + Hash,
        S: Score,
        L: AsRef<[(I, S)]> + ?Sized,
        J: Judgments<I> + ?Sized,
    {
        let topic = Topic::new(reranked, ground_truth, 1)?;
        self.check(|| topic.judged.first().copied())?;
        Ok(self.value(&topic))
    }

    /// Whether the measure is defined on judgments with this highest grade, which is asked for only if it matters.
    pub(crate) fn check(&self, highest: impl FnOnce() -> Option<i64>) -> Result<()> {
        if self.needs_subtopics() {
            return Err(Error::NeedsSubtopics { measure: self.to_string() });
        }
        if self.needs_preferences() {
            return Err(Error::NeedsPreferences { measure: self.to_string() });
        }
        let Some(most) = self.max_rel() else { return Ok(()) };
        match highest() {
            Some(got) if got as f64 > most => {
                Err(Error::GradeAboveScale { measure: self.to_string(), most: most as i64, got })
            }
            _ => Ok(()),
        }
    }

    /// The highest grade of the scale, of a measure that takes one and was given it.
    pub(crate) fn max_rel(&self) -> Option<f64> {
        let place = self.family.parameters.iter().position(|parameter| parameter.name == "max_rel");
        place.and_then(|place| self.number(place))
    }

    /// What a grade gains, in [0, 1]: its place on the scale from `min_rel` to `max_rel`; without a scale, 1 from a level on.
    pub(crate) fn scale(&self, level: i64) -> impl Fn(i64) -> f64 + use<> {
        let place = self.family.parameters.iter().position(|parameter| parameter.name == "min_rel");
        let (least, most) = (place.map_or(0.0, |place| self.get(place)), self.max_rel());
        move |grade| match most {
            Some(most) => ((grade as f64).clamp(least, most) - least) / (most - least),
            None => f64::from(u8::from(grade >= level)),
        }
    }

    /// The number of ranks that must be known to compute it; [`usize::MAX`] for all.
    pub(crate) fn depth(&self) -> usize {
        if self.judged_only { usize::MAX } else { self.k() }
    }

    /// The number of ranks that count.
    pub(crate) fn k(&self) -> usize {
        let usual = || if let Cutoff::Usually(k) = self.family.cutoff { k } else { usize::MAX };
        self.cutoff.unwrap_or_else(usual)
    }

    pub(crate) fn value(&self, topic: &Topic) -> f64 {
        self.compute(topic, self.family.value)
    }

    /// The value for a judged query that the run lacks, of a topic without ranked documents. As with `trec_eval -c`, it is 0
    /// but for counts of the judgments and for logarithms.
    pub(crate) fn value_of_missing(&self, topic: &Topic) -> f64 {
        self.compute(topic, self.family.missing)
    }

    /// The mean over all orders of the documents of equal score; `None` if there is no closed form for it.
    pub(crate) fn expected(&self, topic: &Topic) -> Option<f64> {
        self.family.expected.map(|expected| self.compute(topic, expected))
    }

    /// Whether [`expected`](Self::expected) has a closed form.
    pub(crate) fn has_expected(&self) -> bool {
        self.family.expected.is_some()
    }

    /// Whether there is a most that documents without a judgment can add.
    pub(crate) fn has_residual(&self) -> bool {
        !self.judged_only && (self.family.has_residual)(self)
    }

    /// The highest grade that its parameters name; 0 if they name none.
    pub(crate) fn best_grade(&self) -> i64 {
        let place = self.family.parameters.iter().position(|parameter| parameter.name == "max_rel");
        let most = place.and_then(|place| self.numbers[place]).unwrap_or_default() as i64;
        most.max(self.level.unwrap_or_default())
    }

    pub(crate) fn family(&self) -> &'static Family {
        self.family
    }

    fn compute(&self, topic: &Topic, value: fn(View<'_>, &Self) -> f64) -> f64 {
        let condensed;
        let topic = if self.judged_only {
            condensed = topic.condensed();
            &condensed
        } else {
            topic
        };
        let mut view = topic.view();
        view.level = self.level.unwrap_or(view.level);
        value(view, self)
    }

    /// The value over all queries from those of each: the mean; for counts the sum; for `gm_map` and `gm_bpref`, whose values
    /// are logarithms, the exponential of the mean. The mean of nothing is NaN.
    ///
    /// ```
    /// use rank_eval::Measure;
    ///
    /// let ap: Measure = "AP".parse()?;
    /// assert_eq!(ap.aggregate(&[0.25, 0.75]), 0.5);
    /// let found: Measure = "NumRelRet".parse()?;
    /// assert_eq!(found.aggregate(&[3.0, 1.0]), 4.0);
    /// # Ok::<(), rank_eval::Error>(())
    /// ```
    pub fn aggregate(&self, values: &[f64]) -> f64 {
        // A fold from 0.0: the sum of nothing is otherwise -0.0.
        let sum = values.iter().fold(0.0, |sum, value| sum + value);
        let count = values.len() as f64;
        match self.family.aggregate {
            Aggregate::Mean => sum / count,
            Aggregate::GeometricMean => (sum / count).exp(),
            Aggregate::Sum => sum,
        }
    }

    /// Sets the gains that differ from the grade; `false` if a grade is there twice.
    fn set_gains(&mut self, mut gains: Vec<(i64, f64)>) -> bool {
        gains.sort_unstable_by_key(|&(grade, _)| grade);
        if gains.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return false;
        }
        self.gains = (!gains.is_empty()).then(|| gains.into());
        true
    }

    /// The gains that differ from the grade, by grade.
    pub(crate) fn gains(&self) -> &[(i64, f64)] {
        self.gains.as_deref().unwrap_or_default()
    }

    /// The number at a place, given or by default.
    pub(crate) fn number(&self, place: usize) -> Option<f64> {
        self.numbers[place].or(self.family.parameters[place].default)
    }

    /// The number at a place that has a default; 0 if it has none.
    pub(crate) fn get(&self, place: usize) -> f64 {
        self.number(place).unwrap_or_default()
    }

    /// Sets a number; one that is the default is not kept.
    pub(crate) fn set(&mut self, place: usize, number: Option<f64>) {
        self.numbers[place] = number.filter(|_| number != self.family.parameters[place].default);
    }
}

impl PartialEq for Measure {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.family, other.family)
            && (self.cutoff, self.level, self.judged_only, self.numbers, &self.gains)
                == (other.cutoff, other.level, other.judged_only, other.numbers, &other.gains)
    }
}

/// No number is NaN.
impl Eq for Measure {}

impl std::hash::Hash for Measure {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.to_string().hash(state);
    }
}

impl fmt::Debug for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Measure({self})")
    }
}
