//! How many topics a comparison needs.

use super::distributions::{noncentral_t_cdf, t_two_sided_quantile};
use super::samples::probability;
use crate::{Error, Result};

/// More topics than this are not proposed.
const MOST: usize = 1 << 24;

/// The power of the paired t-test: the probability that it finds a true difference significant.
///
/// With `n` topics, `t` has `n - 1` degrees of freedom and the noncentrality `effect_size sqrt(n)`; the power is the
/// probability that it is beyond the critical value of `alpha` on either side.
///
/// * `effect_size`: the true mean difference over the true standard deviation of the differences, Cohen's `d_z`.
/// * `topics`: at least 2.
/// * `alpha`: the p-value that counts as significant, 0.05 as a rule.
///
/// # Errors
///
/// [`Error::TooFewSamples`], [`Error::NotAProbability`], [`Error::InvalidEffectSize`].
///
/// # Source
///
/// Cohen: Statistical power analysis for the behavioral sciences (1988); for retrieval, Webber, Moffat, Zobel: Statistical
/// power in retrieval experimentation (CIKM 2008).
///
/// # Example
///
/// ```
/// use rank_eval::t_test_power;
///
/// // Cohen's table: a medium effect needs 34 pairs for a power of 0.8.
/// assert!((t_test_power(0.5, 34, 0.05)? - 0.808).abs() < 0.001);
/// // Without an effect, significance is found with probability alpha.
/// assert!((t_test_power(0.0, 50, 0.05)? - 0.05).abs() < 1e-12);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn t_test_power(effect_size: f64, topics: usize, alpha: f64) -> Result<f64> {
    probability("alpha", alpha, 0.05)?;
    if !effect_size.is_finite() {
        return Err(Error::InvalidEffectSize { value: effect_size });
    }
    if topics < 2 {
        return Err(Error::TooFewSamples { least: 2, got: topics });
    }
    Ok(power(effect_size, topics, alpha))
}

/// The least number of topics with which the paired t-test finds a difference of this size significant with probability
/// `power`.
///
/// * `effect_size`: the smallest difference worth finding over the standard deviation of the differences; not 0. Pilot
///   runs give the latter: twice [`TwoWayAnova::residual_mean_square`](crate::TwoWayAnova::residual_mean_square) estimates
///   its square.
/// * `power`: 0.8 as a rule; at least `alpha`.
/// * `alpha`: the p-value that counts as significant, 0.05 as a rule.
///
/// # Errors
///
/// [`Error::NotAProbability`]; [`Error::InvalidEffectSize`] for 0, for what is not finite, and for an effect so small that
/// 16 million topics do not suffice.
///
/// # Source
///
/// Sakai: Topic set size design (Information Retrieval Journal 2016).
///
/// # Example
///
/// ```
/// use rank_eval::topic_set_size;
///
/// assert_eq!(topic_set_size(0.5, 0.8, 0.05)?, 34);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn topic_set_size(effect_size: f64, power: f64, alpha: f64) -> Result<usize> {
    probability("alpha", alpha, 0.05)?;
    probability("power", power, 0.8)?;
    let enough = |topics| self::power(effect_size, topics, alpha) >= power;
    if effect_size == 0.0 || !effect_size.is_finite() || !enough(MOST) {
        return Err(Error::InvalidEffectSize { value: effect_size });
    }
    let (mut low, mut high) = (1, 2);
    while !enough(high) {
        (low, high) = (high, 2 * high);
    }
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        if enough(middle) { high = middle } else { low = middle }
    }
    Ok(high)
}

fn power(effect_size: f64, topics: usize, alpha: f64) -> f64 {
    let freedom = topics as f64 - 1.0;
    let critical = t_two_sided_quantile(alpha, freedom);
    let noncentrality = effect_size.abs() * (topics as f64).sqrt();
    // P(t > c) = P(-t < -c), and -t has the opposite noncentrality.
    noncentral_t_cdf(-critical, freedom, noncentrality) + noncentral_t_cdf(-critical, freedom, -noncentrality)
}
