//! How runs are compared, and how the comparison is printed.

use crate::{Correction, Error, Options, Result};

/// The test of whether the difference of two runs is luck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Test {
    /// [`paired_t_test`](crate::paired_t_test).
    #[default]
    PairedT,
    /// [`randomization_test`](crate::randomization_test).
    Randomization,
    /// [`wilcoxon_test`](crate::wilcoxon_test) with its default options.
    Wilcoxon,
    /// [`sign_test`](crate::sign_test).
    Sign,
    /// [`tukey_hsd`](crate::tukey_hsd), of all runs at once.
    TukeyHsd,
    /// [`randomized_tukey_hsd`](crate::randomized_tukey_hsd), of all runs at once.
    RandomizedTukeyHsd,
}

impl Test {
    /// The name that reports print.
    pub fn name(self) -> &'static str {
        match self {
            Self::PairedT => "paired t-test",
            Self::Randomization => "randomization test",
            Self::Wilcoxon => "Wilcoxon signed-rank test",
            Self::Sign => "sign test",
            Self::TukeyHsd => "Tukey HSD with queries as blocks",
            Self::RandomizedTukeyHsd => "randomized Tukey HSD",
        }
    }

    /// Whether its p-values are of all runs at once, and so corrected already.
    pub(crate) fn corrects_itself(self) -> bool {
        matches!(self, Self::TukeyHsd | Self::RandomizedTukeyHsd)
    }
}

/// How [`compare`](crate::compare) tests.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CompareOptions {
    /// How each run is evaluated.
    pub evaluation: Options,
    /// The test.
    pub test: Test,
    /// How the p-values of one measure are corrected for their number; `None` for Holm's correction, or for none where
    /// the test corrects itself.
    pub correction: Option<Correction>,
    /// The run with which all others are compared; without one, all pairs are.
    pub baseline: Option<String>,
    /// The corrected p-value up to which a difference is significant, 0.05 by default; `1 - alpha` is the level of intervals.
    pub alpha: f64,
    /// Values no further apart are a tie, 1e-9 by default.
    pub tolerance: f64,
    /// The number of arrangements that randomized tests draw, 10,000 by default.
    pub permutations: usize,
    /// From which they are drawn.
    pub seed: u64,
}

impl Default for CompareOptions {
    fn default() -> Self {
        Self {
            evaluation: Options::default(),
            test: Test::default(),
            correction: None,
            baseline: None,
            alpha: 0.05,
            tolerance: 1e-9,
            permutations: 10_000,
            seed: 0,
        }
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $kind:ty;)*) => {
        impl CompareOptions {$(
            $(#[$doc])*
            #[must_use]
            pub fn $name(mut self, $name: $kind) -> Self {
                self.$name = $name;
                self
            }
        )*}
    };
}
setters! {
    /// The same options with other options of evaluation.
    evaluation: Options;
    /// The same options with another test.
    test: Test;
    /// The same options with another correction.
    correction: Option<Correction>;
    /// The same options with another baseline.
    baseline: Option<String>;
    /// The same options with another bound of significance.
    alpha: f64;
    /// The same options with another tolerance of ties.
    tolerance: f64;
    /// The same options with another number of arrangements.
    permutations: usize;
    /// The same options with another seed.
    seed: u64;
}

impl CompareOptions {
    /// The correction that is applied.
    pub(crate) fn applied_correction(&self) -> Correction {
        self.correction.unwrap_or(if self.test.corrects_itself() { Correction::None } else { Correction::Holm })
    }

    pub(super) fn check(&self, names: &[String]) -> Result<()> {
        if let Some(baseline) = &self.baseline
            && !names.contains(baseline)
        {
            return Err(Error::UnknownBaseline { name: baseline.clone(), known: names.join(", ") });
        }
        if self.test.corrects_itself() && self.applied_correction() != Correction::None {
            return Err(Error::CorrectedAlready {
                test: self.test.name(),
                correction: self.applied_correction().name(),
            });
        }
        if !(self.alpha > 0.0 && self.alpha < 1.0) {
            return Err(Error::NotAProbability { argument: "alpha", value: self.alpha, usual: 0.05 });
        }
        if !(self.tolerance >= 0.0 && self.tolerance.is_finite()) {
            return Err(Error::InvalidTolerance { value: self.tolerance });
        }
        Ok(())
    }
}

/// How a [`Comparison`](crate::Comparison) is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableOptions {
    /// Digits after the point, 3 by default.
    pub digits: usize,
    /// Whether the pairs follow the means, with intervals, p-values, effect sizes, wins, ties and losses.
    pub pairs: bool,
    /// Whether a table follows of how far the judgments reach, see [`Comparison::coverage`](crate::Comparison::coverage).
    pub coverage: bool,
}

impl Default for TableOptions {
    fn default() -> Self {
        Self { digits: 3, pairs: false, coverage: false }
    }
}

impl TableOptions {
    /// The same options with another number of digits.
    #[must_use]
    pub fn digits(mut self, digits: usize) -> Self {
        self.digits = digits;
        self
    }

    /// The same options with or without the pairs.
    #[must_use]
    pub fn pairs(mut self, pairs: bool) -> Self {
        self.pairs = pairs;
        self
    }

    /// The same options with or without the table of coverage.
    #[must_use]
    pub fn coverage(mut self, coverage: bool) -> Self {
        self.coverage = coverage;
        self
    }
}
