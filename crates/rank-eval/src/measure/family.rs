//! What there is to know of a measure before its parameters are: names, parameters, computation.

#![allow(dead_code)]

use super::Measure;
use crate::topic::View;

/// The most numbers a measure takes.
pub(crate) const NUMBERS: usize = 6;

/// Whether a measure takes a cut-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cutoff {
    /// It looks at the whole ranking.
    None,
    /// Without one, the whole ranking counts.
    Optional,
    /// It means nothing without one.
    Required,
    /// In its place, after the same sign, stands the measure's first number.
    Number,
}

/// A number that a measure takes.
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    /// `None` if there is no default that can be written.
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
    /// The geometric mean, of at least 0.00001 each.
    GeometricMean,
    /// The sum, of counts.
    Sum,
}

/// What stands behind a name of `trec_eval`, after `.` or `_`, beside cut-offs.
pub(crate) struct TrecArgument {
    /// From the text into the measure; `false` if it is not understood.
    pub(crate) read: fn(&str, &mut Measure) -> bool,
    /// To the text.
    pub(crate) write: fn(&Measure) -> String,
}

/// A measure without its parameters. Letter case is ignored in all names.
pub(crate) struct Family {
    /// The name that is printed, which is that of `ir_measures` where it has one.
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
    pub(crate) cutoff: Cutoff,
    /// The numbers it takes.
    pub(crate) parameters: &'static [Parameter],
    /// Whether `rel=` changes what is relevant.
    pub(crate) takes_level: bool,
    /// Whether it takes a gain for each grade.
    pub(crate) takes_gains: bool,
    /// What it is, in one line.
    pub(crate) about: &'static str,
    pub(crate) aggregate: Aggregate,
    pub(crate) value: fn(View<'_>, &Measure) -> f64,
    /// The mean value over all orders of documents of equal score, in closed form.
    pub(crate) expected: Option<fn(View<'_>, &Measure) -> f64>,
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
        cutoff: Cutoff::None,
        parameters: &[],
        takes_level: true,
        takes_gains: false,
        about: "",
        aggregate: Aggregate::Mean,
        value: |_, _| 0.0,
        expected: None,
    };

    /// Whether `name` is one that takes `(...)` and `@k`.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }
}
