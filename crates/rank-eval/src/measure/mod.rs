//! A measure with its parameters.

#![allow(dead_code)]

mod family;
mod parse;
mod print;

use std::fmt;
use std::sync::Arc;

pub(crate) use family::{Aggregate, Cutoff, Family, Kind, NUMBERS, Parameter};

use crate::topic::Topic;

/// A measure with its parameters, such as nDCG@10 or RBP(p=0.8).
///
/// Parsed from the names of three tools, in any letter case, and printed as `ir_measures` does:
///
/// | printed | `trec_eval` | also |
/// | --- | --- | --- |
/// | `nDCG@10`, `nDCG` | `ndcg_cut_10`, `ndcg_cut.10`, `ndcg` | `ndcg@10` |
/// | `P@10` | `P_10`, `P.10` | `precision@10` |
/// | `R@10` | `recall_10`, `recall.10` | `recall@10` |
/// | `Success@10` | `success_10`, `success.10` | `hit_rate@10` |
/// | `RR@10`, `RR` | `recip_rank` | `MRR@10`, `MRR` |
/// | `AP@10`, `AP` | `map_cut_10`, `map_cut.10`, `map` | `map@10` |
///
/// Without a cut-off the whole ranking counts.
///
/// ```
/// use rank_eval::Measure;
///
/// let measure: Measure = "ndcg_cut_10".parse()?;
/// assert_eq!(measure.to_string(), "nDCG@10");
/// assert_eq!(measure, "ndcg@10".parse()?);
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
    numbers: [Option<f64>; NUMBERS],
    /// The gain of each grade that does not gain what it usually does, by grade.
    gains: Option<Arc<[(i64, f64)]>>,
}

impl Measure {
    fn new(family: &'static Family) -> Self {
        Self { family, cutoff: None, level: None, judged_only: false, numbers: [None; NUMBERS], gains: None }
    }

    /// The number of ranks that count; `None` if all do.
    pub fn cutoff(&self) -> Option<usize> {
        self.cutoff
    }

    /// The number of ranks that must be known to compute it; [`usize::MAX`] for all.
    pub(crate) fn depth(&self) -> usize {
        if self.judged_only { usize::MAX } else { self.k() }
    }

    /// The number of ranks that count.
    pub(crate) fn k(&self) -> usize {
        self.cutoff.unwrap_or(usize::MAX)
    }

    pub(crate) fn value(&self, topic: &Topic) -> f64 {
        self.compute(topic, self.family.value)
    }

    /// The value for a judged query that the run lacks: 0, but counts count what is judged.
    pub(crate) fn value_of_missing(&self, topic: &Topic) -> f64 {
        if self.family.aggregate == Aggregate::Sum { self.value(topic) } else { 0.0 }
    }

    /// The mean over all orders of the documents of equal score; `None` if there is no closed form for it.
    pub(crate) fn expected(&self, topic: &Topic) -> Option<f64> {
        self.family.expected.map(|expected| self.compute(topic, expected))
    }

    /// Whether [`expected`](Self::expected) has a closed form.
    pub(crate) fn has_expected(&self) -> bool {
        self.family.expected.is_some()
    }

    fn compute(&self, topic: &Topic, value: fn(crate::topic::View<'_>, &Self) -> f64) -> f64 {
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

    /// The value over all queries from those of each: the mean; for `GMAP` and its like the geometric mean of values of at
    /// least 0.00001; for counts the sum. NaN for no value, but of a sum.
    ///
    /// ```
    /// use rank_eval::Measure;
    ///
    /// let ap: Measure = "AP".parse()?;
    /// assert_eq!(ap.aggregate(&[0.25, 0.75]), 0.5);
    /// # Ok::<(), rank_eval::Error>(())
    /// ```
    pub fn aggregate(&self, values: &[f64]) -> f64 {
        // A fold from 0.0: the sum of nothing is otherwise -0.0.
        let sum = |transformed: fn(f64) -> f64| values.iter().fold(0.0, |sum, &value| sum + transformed(value));
        let count = values.len() as f64;
        match self.family.aggregate {
            Aggregate::Mean => sum(|value| value) / count,
            Aggregate::Sum => sum(|value| value),
            Aggregate::GeometricMean => (sum(|value| value.max(1e-5).ln()) / count).exp(),
        }
    }

    /// Sets the gains that differ from the grade.
    fn set_gains(&mut self, mut gains: Vec<(i64, f64)>) {
        gains.sort_unstable_by_key(|&(grade, _)| grade);
        self.gains = (!gains.is_empty()).then(|| gains.into());
    }

    /// The number at a place, given or by default.
    pub(crate) fn number(&self, place: usize) -> Option<f64> {
        self.numbers[place].or(self.family.parameters[place].default)
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

impl fmt::Debug for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Measure({self})")
    }
}
