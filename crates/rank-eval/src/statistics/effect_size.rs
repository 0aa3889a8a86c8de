//! How large a difference is, with confidence intervals.

use statrs::function::gamma::ln_gamma;

use super::Differences;
use super::cliffs_delta::cliffs_delta;
use super::distributions::{noncentral_t_cdf, rising, t_two_sided_quantile};
use super::samples::probability;
use crate::Result;

/// A value and its confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

/// The result of [`effect_sizes`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct EffectSizes {
    /// The mean of `a[i] - b[i]`; half the length of its interval is the margin of error.
    pub mean_difference: Estimate,
    /// Cohen's d of the differences: their mean over their standard deviation. Infinite without variance, 0 for
    /// differences of 0.
    pub cohen_d_z: Estimate,
    /// Hedges' g: d without the bias of small samples.
    pub hedges_g: Estimate,
    /// Cliff's delta: how much more often a value of `a` is above one of `b` than below it, over all pairs of queries; in
    /// [-1, 1].
    pub cliffs_delta: Estimate,
}

/// Effect sizes of the difference of two runs, with confidence intervals.
///
/// With `d[i] = a[i] - b[i]`, their mean `m` and their sample variance `v`:
///
/// * the mean difference `m`, with the margin `t(n - 1) sqrt(v / n)`;
/// * Cohen's `d_z = m / sqrt(v)`, with the interval of those noncentralities of the t distribution, divided by `sqrt(n)`,
///   under which the observed `t` lies within the level;
/// * Hedges' `g = J(n - 1) d_z`, `J(f) = gamma(f / 2) / (sqrt(f / 2) gamma((f - 1) / 2))`; with two queries, for which `J`
///   is 0, it is 0;
/// * Cliff's delta, with the interval of DeLong's variance over the pairs, cut at -1 and 1.
///
/// * `a`, `b`: the values of two runs, query by query in the same order; at least 2.
/// * `level`: the probability that an interval is to cover the true value; 0.95 is the usual choice.
///
/// # Errors
///
/// [`Error::UnpairedSamples`](crate::Error::UnpairedSamples), [`Error::TooFewSamples`](crate::Error::TooFewSamples),
/// [`Error::NotFinite`](crate::Error::NotFinite), [`Error::NotAProbability`](crate::Error::NotAProbability).
///
/// # Source
///
/// Cohen: Statistical power analysis (1988); Hedges: Distribution theory for Glass's estimator of effect size (1981);
/// Cumming, Finch: A primer on confidence intervals that are based on noncentral distributions (2001); Cliff: Dominance
/// statistics (1993); DeLong, DeLong, Clarke-Pearson: Comparing the areas under two or more correlated curves (1988); for
/// retrieval, Sakai: Laboratory experiments in information retrieval (2018).
///
/// # Example
///
/// ```
/// use rank_eval::effect_sizes;
///
/// // Differences of 1 and 3: mean 2, variance 2.
/// let effect = effect_sizes(&[1.0, 4.0], &[0.0, 1.0], 0.95)?;
/// assert_eq!(effect.mean_difference.value, 2.0);
/// assert!((effect.cohen_d_z.value - 2.0_f64.sqrt()).abs() < 1e-15);
/// // 1 > 0, 1 = 1, 4 > 0, 4 > 1: three pairs of four are wins, none a loss.
/// assert_eq!(effect.cliffs_delta.value, 0.75);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn effect_sizes(a: &[f64], b: &[f64], level: f64) -> Result<EffectSizes> {
    probability("level", level, 0.95)?;
    let differences = Differences::new(a, b, 2)?;
    let n = a.len() as f64;
    let freedom = n - 1.0;
    let mean = differences.mean();
    let variance = differences.variance(mean);
    let margin = t_two_sided_quantile(1.0 - level, freedom) * (variance / n).sqrt();
    let mean_difference = Estimate { value: mean, low: mean - margin, high: mean + margin }.times(differences.scale);
    let cohen_d_z = if variance == 0.0 {
        let value = if mean == 0.0 { 0.0 } else { f64::INFINITY.copysign(mean) };
        Estimate { value, low: value, high: value }
    } else {
        let value = mean / variance.sqrt();
        let t = value * n.sqrt();
        let tail = (1.0 - level) / 2.0;
        let (low, high) = (noncentrality(t, freedom, 1.0 - tail), noncentrality(t, freedom, tail));
        Estimate { value, low: low / n.sqrt(), high: high / n.sqrt() }
    };
    let unbiased = if freedom > 1.0 {
        (ln_gamma(freedom / 2.0) - ln_gamma((freedom - 1.0) / 2.0)).exp() / (freedom / 2.0).sqrt()
    } else {
        0.0
    };
    let hedges_g =
        if unbiased == 0.0 { Estimate { value: 0.0, low: 0.0, high: 0.0 } } else { cohen_d_z.times(unbiased) };
    Ok(EffectSizes { mean_difference, cohen_d_z, hedges_g, cliffs_delta: cliffs_delta(a, b, level) })
}

impl Estimate {
    fn times(self, factor: f64) -> Self {
        Self { value: self.value * factor, low: self.low * factor, high: self.high * factor }
    }
}

/// The noncentrality under which a variable is below `t` with probability `p`.
fn noncentrality(t: f64, degrees_of_freedom: f64, p: f64) -> f64 {
    // As noncentrality rises, the probability falls. Far below, it is 1.
    let start = -40.0 - 10.0 * t.abs();
    rising(start, |noncentrality| p - noncentral_t_cdf(t, degrees_of_freedom, noncentrality))
}
