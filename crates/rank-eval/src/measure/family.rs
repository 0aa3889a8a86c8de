//! What there is to know of a measure before its parameters are: names, parameters, computation.

use super::Measure;
use crate::browsing::Path;
use crate::preferences::Ranked;
use crate::subtopics::SubtopicView;
use crate::topic::View;

/// The most numbers a measure takes.
pub(crate) const NUMBERS: usize = 9;

/// The numbers of a measure, each `None` if it is not given.
pub(crate) type Numbers = [Option<f64>; NUMBERS];

/// The numbers of which the first ones are given.
pub(crate) const fn numbers<const COUNT: usize>(first: [Option<f64>; COUNT]) -> Numbers {
    let mut numbers = [None; NUMBERS];
    let mut place = 0;
    while place < COUNT {
        numbers[place] = first[place];
        place += 1;
    }
    numbers
}

/// Whether a measure takes a cut-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cutoff {
    /// It looks at the whole ranking.
    None,
    /// Without one, the whole ranking counts.
    Optional,
    /// Without one, this many ranks count.
    Usually(usize),
    /// It means nothing without one.
    Required,
    /// In its place, after the same sign, stands the measure's first number.
    Number,
}

/// A number that a measure takes.
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    /// `None` if it may be left out and then has no value.
    pub(crate) default: Option<f64>,
    pub(crate) kind: Kind,
}

/// What a parameter may be. All are kept as a number.
pub(crate) enum Kind {
    /// A number within bounds, both included.
    Within(f64, f64),
    /// A number strictly between the two.
    Between(f64, f64),
    /// A whole number of at least this.
    Whole(i64),
    /// `True` or `False`.
    Flag,
    /// One of these words, kept as its place.
    Word(&'static [&'static str]),
}

/// How a value over all queries comes from those of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aggregate {
    /// The mean.
    Mean,
    /// The geometric mean of what the values are the logarithms of.
    GeometricMean,
    /// The sum, of counts.
    Sum,
}

/// What stands behind a name of `trec_eval`, after `.` or `_`, beside cut-offs.
pub(crate) struct TrecArgument {
    /// From the text into the measure; `false` if it is not understood.
    pub(crate) read: fn(&str, &mut Measure) -> bool,
    /// The argument that stands for the numbers and gains; `None` if `trec_eval` cannot say them.
    pub(crate) write: fn(&Measure) -> Option<String>,
}

/// A name that stands for some numbers of a family.
pub(crate) struct Preset {
    pub(crate) name: &'static str,
    pub(crate) dialect: Dialect,
    pub(crate) numbers: Numbers,
}

/// The tools whose names of measures are read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// `nDCG@10`, `AP(rel=2)`: what [`Measure`] prints.
    IrMeasures,
    /// `ndcg_cut_10`, `map`.
    TrecEval,
    /// `ndcg@10`, `map-l2`.
    Ranx,
}

/// A measure without its parameters. Letter case is ignored in all names.
pub(crate) struct Family {
    /// The name that is printed: of `ir_measures` where it has one, else of `trec_eval`.
    pub(crate) name: &'static str,
    /// Further names, of ranx and of the literature. They take what the first one takes.
    pub(crate) aliases: &'static [&'static str],
    /// The name in `trec_eval`, without cut-off; empty if it has none.
    pub(crate) trec: &'static str,
    /// The name in `trec_eval` that stands before `_k` or `.k`; empty if it has none.
    pub(crate) trec_cut: &'static str,
    /// What else follows the name in `trec_eval`.
    pub(crate) trec_argument: Option<TrecArgument>,
    /// The cut-offs that `trec_eval` takes where none is given.
    pub(crate) trec_defaults: &'static [f64],
    /// The name in ranx; empty if it has none.
    pub(crate) ranx: &'static str,
    /// Names that stand for some numbers.
    pub(crate) presets: &'static [Preset],
    pub(crate) cutoff: Cutoff,
    /// The numbers it takes.
    pub(crate) parameters: &'static [Parameter],
    /// The name of the parameter that must be given; empty if there is none.
    pub(crate) needed: &'static str,
    /// Whether `rel=` changes what is relevant.
    pub(crate) takes_level: bool,
    /// Whether it takes a gain for each grade.
    pub(crate) takes_gains: bool,
    /// Whether it asks which documents are judged for any query.
    pub(crate) needs_all_judged: bool,
    /// What it is, in one line.
    pub(crate) about: &'static str,
    pub(crate) aggregate: Aggregate,
    pub(crate) value: fn(View<'_>, &Measure) -> f64,
    /// The mean value over all orders of documents of equal score, in closed form.
    pub(crate) expected: Option<fn(View<'_>, &Measure) -> f64>,
    /// Whether it cannot fall when a ranked document is judged to be relevant, and what is judged beside the ranked
    /// documents does not count: there is a most, then, that documents without a judgment can add.
    pub(crate) has_residual: fn(&Measure) -> bool,
    /// The value for a judged query that a run lacks; the view has no ranked document.
    pub(crate) missing: fn(View<'_>, &Measure) -> f64,
    /// The value over judgments of subtopics; the measure then has no other.
    pub(crate) diversity: Option<fn(SubtopicView<'_>, &Measure) -> f64>,
    /// The value over preferences; the measure then has no other.
    pub(crate) preferences: Option<fn(&Ranked) -> f64>,
    /// The probability of going on from each rank to the next, of a user whom the measure models.
    pub(crate) browsing: Option<fn(&Path, &Measure) -> Vec<f64>>,
}

impl Family {
    /// What most have in common. To be overridden: `name`, `about`, `value`.
    pub(crate) const BASE: Self = Self {
        name: "",
        aliases: &[],
        trec: "",
        trec_cut: "",
        trec_argument: None,
        trec_defaults: &[],
        ranx: "",
        presets: &[],
        cutoff: Cutoff::None,
        parameters: &[],
        needed: "",
        takes_level: true,
        takes_gains: false,
        needs_all_judged: false,
        about: "",
        aggregate: Aggregate::Mean,
        value: |_, _| 0.0,
        expected: None,
        has_residual: |_| false,
        missing: |_, _| 0.0,
        diversity: None,
        preferences: None,
        browsing: None,
    };

    /// Whether `name` is one that takes `(...)` and `@k`.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }
}

/// The cut-offs of most measures of `trec_eval`.
pub(crate) const TREC_CUTOFFS: &[f64] = &[5.0, 10.0, 15.0, 20.0, 30.0, 100.0, 200.0, 500.0, 1000.0];
