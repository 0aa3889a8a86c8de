//! How well an experiment was repeated, by the values of the runs of both.

use crate::statistics::finite;
use crate::{Error, Result};

/// The root of the mean squared difference of a run's values and those of its reproduction, query by query.
///
/// ```text
/// RMSE = sqrt(mean over the queries of (original - reproduced)^2)
/// ```
///
/// 0 if they are the same.
///
/// # Errors
///
/// [`Error::UnequalColumns`], [`Error::NoValues`], [`Error::NotFinite`].
///
/// # Source
///
/// Breuer et al.: How to measure the reproducibility of system-oriented IR experiments (SIGIR 2020).
///
/// # Example
///
/// ```
/// use rank_eval::root_mean_square_error;
///
/// assert_eq!(root_mean_square_error(&[0.5, 1.0], &[0.0, 0.5])?, 0.5);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn root_mean_square_error(original: &[f64], reproduced: &[f64]) -> Result<f64> {
    paired(original, "original", reproduced, "reproduced")?;
    let squares = original.iter().zip(reproduced).fold(0.0, |sum, (a, b)| sum + (a - b) * (a - b));
    Ok((squares / original.len() as f64).sqrt())
}

/// The values of a baseline and of a run that is to improve on it, query by query.
#[derive(Debug, Clone, Copy)]
pub struct Improvement<'a> {
    /// The values of the baseline.
    pub baseline: &'a [f64],
    /// The values of the advanced run, for the same queries.
    pub advanced: &'a [f64],
}

impl Improvement<'_> {
    fn check(&self) -> Result<()> {
        paired(self.baseline, "baseline", self.advanced, "advanced")
    }

    /// The mean gain over the baseline.
    fn effect(&self) -> f64 {
        let differences = self.advanced.iter().zip(self.baseline).map(|(advanced, baseline)| advanced - baseline);
        differences.fold(0.0, |sum, difference| sum + difference) / self.baseline.len() as f64
    }

    /// The gain of the mean, relative to that of the baseline.
    fn relative(&self) -> f64 {
        let mean = |values: &[f64]| values.iter().fold(0.0, |sum, value| sum + value) / values.len() as f64;
        (mean(self.advanced) - mean(self.baseline)) / mean(self.baseline)
    }
}

/// How much of an improvement was found again: the mean improvement of the repeated experiment over that of the original.
///
/// 1 if it is as large, between 0 and 1 if it is smaller, below 0 if it turned round. Infinite or NaN if the original had
/// none. The two experiments may have different queries, as when an experiment is replicated on another collection.
///
/// # Errors
///
/// [`Error::UnequalColumns`], [`Error::NoValues`], [`Error::NotFinite`].
///
/// # Source
///
/// Breuer et al.: How to measure the reproducibility of system-oriented IR experiments (SIGIR 2020).
///
/// # Example
///
/// ```
/// use rank_eval::{Improvement, effect_ratio};
///
/// let original = Improvement { baseline: &[0.25, 0.25], advanced: &[0.75, 0.75] };
/// let repeated = Improvement { baseline: &[0.5], advanced: &[0.75] };
/// assert_eq!(effect_ratio(original, repeated)?, 0.5);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn effect_ratio(original: Improvement<'_>, repeated: Improvement<'_>) -> Result<f64> {
    original.check()?;
    repeated.check()?;
    Ok(repeated.effect() / original.effect())
}

/// The difference of the relative improvements of an original experiment and of its repetition.
///
/// ```text
/// DeltaRI = RI(original) - RI(repeated),   RI = (mean advanced - mean baseline) / mean baseline
/// ```
///
/// 0 if they are the same, above 0 if the repetition improves less. Infinite or NaN if a baseline has a mean of 0.
///
/// # Errors
///
/// [`Error::UnequalColumns`], [`Error::NoValues`], [`Error::NotFinite`].
///
/// # Source
///
/// Breuer et al.: How to measure the reproducibility of system-oriented IR experiments (SIGIR 2020).
///
/// # Example
///
/// ```
/// use rank_eval::{Improvement, delta_relative_improvement};
///
/// let original = Improvement { baseline: &[0.25, 0.25], advanced: &[0.75, 0.75] }; // by 200 %
/// let repeated = Improvement { baseline: &[0.5], advanced: &[0.75] }; // by 50 %
/// assert_eq!(delta_relative_improvement(original, repeated)?, 1.5);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn delta_relative_improvement(original: Improvement<'_>, repeated: Improvement<'_>) -> Result<f64> {
    original.check()?;
    repeated.check()?;
    Ok(original.relative() - repeated.relative())
}

fn paired(a: &[f64], a_name: &'static str, b: &[f64], b_name: &'static str) -> Result<()> {
    if a.len() != b.len() {
        return Err(Error::UnequalColumns { argument: b_name, expected: a.len(), got: b.len() });
    }
    if a.is_empty() {
        return Err(Error::NoValues { argument: a_name });
    }
    finite(a_name, a)?;
    finite(b_name, b)
}
