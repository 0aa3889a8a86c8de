//! Bootstrap confidence intervals of a mean.

use super::blocks::in_blocks;
use super::normal;
use super::random::{below, split_mix};
use super::samples::{finite, mean, probability};
use super::{Differences, Estimate};
use crate::watch::{Watch, unwatched};
use crate::{Error, Result};

/// Resamples drawn at a time.
const BLOCK: usize = 64;

/// Which quantiles of the resampled means bound the interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BootstrapMethod {
    /// Bias-corrected and accelerated.
    #[default]
    Bca,
    /// Those of the level itself.
    Percentile,
}

/// How [`bootstrap_interval`] draws.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct BootstrapOptions {
    /// Which quantiles bound the interval.
    pub method: BootstrapMethod,
    /// The probability that the interval is to cover the true mean, 0.95 by default.
    pub level: f64,
    /// The number of resamples, 10,000 by default.
    pub resamples: usize,
    /// From which they are drawn.
    pub seed: u64,
}

impl Default for BootstrapOptions {
    fn default() -> Self {
        Self { method: BootstrapMethod::Bca, level: 0.95, resamples: 10_000, seed: 0 }
    }
}

impl BootstrapOptions {
    /// The same options with another method.
    #[must_use]
    pub fn method(mut self, method: BootstrapMethod) -> Self {
        self.method = method;
        self
    }

    /// The same options with another level.
    #[must_use]
    pub fn level(mut self, level: f64) -> Self {
        self.level = level;
        self
    }

    /// The same options with another number of resamples.
    #[must_use]
    pub fn resamples(mut self, resamples: usize) -> Self {
        self.resamples = resamples;
        self
    }

    /// The same options with another seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }
}

/// A bootstrap confidence interval of the mean of `a`, or of the mean difference `a - b`.
///
/// Queries are drawn with replacement, `resamples` times as many as there are, and the interval is bounded by quantiles of
/// the means of these resamples, interpolated linearly. With `p` the share of resampled means below the observed one,
/// equal ones counted half, `z0 = normal_quantile(p)` and the acceleration `c = sum u^3 / (6 (sum u^2)^(3/2))` of the
/// jackknife, `u = a[i] - mean`, BCa takes the quantiles `normal_cdf(z0 + (z0 + z) / (1 - c (z0 + z)))` for the `z` of
/// either end of the level. If all values are equal, the interval is that value. O(n B); the `SplitMix64` sequence from
/// `seed` makes it the same on every machine.
///
/// * `a`: the values of a run, at least 2; `b`: those of another one, query by query in the same order.
///
/// # Errors
///
/// [`Error::UnpairedSamples`], [`Error::TooFewSamples`], [`Error::NotFinite`], [`Error::NotAProbability`] for the level,
/// [`Error::NoResamples`].
///
/// # Source
///
/// Efron: Better bootstrap confidence intervals (JASA 1987); Efron, Tibshirani: An introduction to the bootstrap (1993),
/// section 14.3; for retrieval, Sakai: Evaluating evaluation metrics based on the bootstrap (SIGIR 2006).
///
/// # Example
///
/// ```
/// use rank_eval::{BootstrapOptions, bootstrap_interval};
///
/// let gain = bootstrap_interval(&[0.5, 0.7, 0.6, 0.9], Some(&[0.4, 0.5, 0.3, 0.5]), BootstrapOptions::default())?;
/// assert!((gain.value - 0.25).abs() < 1e-15); // the mean of 0.1, 0.2, 0.3, 0.4
/// assert!(0.1 <= gain.low && gain.low < gain.value && gain.value < gain.high && gain.high <= 0.4);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn bootstrap_interval(a: &[f64], b: Option<&[f64]>, options: BootstrapOptions) -> Result<Estimate> {
    bootstrap_interval_watched(a, b, options, &unwatched)
}

/// [`bootstrap_interval`], watched: a step is a resample.
///
/// # Errors
///
/// As [`bootstrap_interval`], and [`Error::Interrupted`].
pub fn bootstrap_interval_watched(
    a: &[f64],
    b: Option<&[f64]>,
    options: BootstrapOptions,
    watch: &Watch<'_>,
) -> Result<Estimate> {
    probability("level", options.level, 0.95)?;
    if options.resamples == 0 {
        return Err(Error::NoResamples);
    }
    let (values, scale) = if let Some(b) = b {
        let differences = Differences::new(a, b, 2)?;
        (differences.values, differences.scale)
    } else {
        if a.len() < 2 {
            return Err(Error::TooFewSamples { least: 2, got: a.len() });
        }
        finite("a", a)?;
        (a.to_vec(), 1.0)
    };
    let observed = mean(&values);
    if values.iter().all(|&value| value == values[0]) {
        let value = values[0] * scale;
        return Ok(Estimate { value, low: value, high: value });
    }
    let n = values.len();
    let blocks = in_blocks(options.resamples, BLOCK, 2 * n, watch, |range| {
        range.map(|resample| resampled_mean(&values, options.seed, resample)).collect::<Vec<_>>()
    })?;
    let mut means = blocks.concat();
    means.sort_unstable_by(f64::total_cmp);
    let tails = [(1.0 - options.level) / 2.0, 1.0 - (1.0 - options.level) / 2.0];
    let shares = match options.method {
        BootstrapMethod::Percentile => tails,
        BootstrapMethod::Bca => accelerated(&values, &means, observed, tails),
    };
    let [low, high] = shares.map(|share| quantile(&means, share) * scale);
    Ok(Estimate { value: observed * scale, low, high })
}

/// The mean of as many values as there are, drawn with replacement; each has its own word of the sequence.
fn resampled_mean(values: &[f64], seed: u64, resample: usize) -> f64 {
    let n = values.len() as u64;
    let first = (resample as u64).wrapping_mul(n);
    let sum: f64 = (0..n).map(|draw| values[below(split_mix(seed, first.wrapping_add(draw)), n).0 as usize]).sum();
    sum / values.len() as f64
}

fn accelerated(values: &[f64], means: &[f64], observed: f64, tails: [f64; 2]) -> [f64; 2] {
    let below = means.partition_point(|&mean| mean < observed);
    let equal = means[below..].partition_point(|&mean| mean <= observed);
    let share = (below as f64 + equal as f64 / 2.0) / means.len() as f64;
    if share == 0.0 || share == 1.0 {
        // Too few resamples to tell the bias: the interval ends at the outermost of them.
        return [share, share];
    }
    let bias = normal::quantile(share);
    let sum = |power| values.iter().map(|value| (value - observed).powi(power)).sum::<f64>();
    let acceleration = sum(3) / (6.0 * sum(2).powf(1.5));
    tails.map(|tail| {
        let z = bias + normal::quantile(tail);
        normal::cdf(bias + z / (1.0 - acceleration * z))
    })
}

/// The value below which `share` of the sorted values lie, interpolated linearly.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}
