//! Student's t-test for paired samples.

use super::Differences;
use super::distributions::t_two_sided;
use crate::Result;

/// The result of [`paired_t_test`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct PairedTTest {
    /// The t statistic; positive if `a` has the larger mean.
    pub statistic: f64,
    /// The two-sided p-value.
    pub p_value: f64,
    /// The degrees of freedom, one less than the number of pairs.
    pub degrees_of_freedom: usize,
    /// The mean of `a[i] - b[i]`.
    pub mean_difference: f64,
}

/// Student's t-test for paired samples: how likely a mean difference at least this far from 0 is, if the differences were
/// normal around 0.
///
/// With `d[i] = a[i] - b[i]`, their mean `m` and their sample variance `v`, `t = m / sqrt(v / n)` with `n - 1` degrees of
/// freedom. The p-value is two-sided and of the t distribution itself, not of its normal approximation. If all differences
/// are equal, the variance is 0: `t` is then 0 with a p-value of 1 for differences of 0, and infinite with a p-value of 0
/// for others.
///
/// * `a`, `b`: the values of two runs, query by query in the same order; at least 2.
///
/// # Errors
///
/// [`Error::UnpairedSamples`](crate::Error::UnpairedSamples), [`Error::TooFewSamples`](crate::Error::TooFewSamples),
/// [`Error::NotFinite`](crate::Error::NotFinite).
///
/// # Source
///
/// Student: The probable error of a mean (Biometrika 1908); for retrieval, Smucker, Allan, Carterette: A comparison of
/// statistical significance tests for information retrieval evaluation (CIKM 2007).
///
/// # Example
///
/// ```
/// use rank_eval::paired_t_test;
///
/// // Differences of 1 and 3: mean 2, variance 2, t = 2 / sqrt(2 / 2). With one degree of freedom the distribution is
/// // Cauchy's, so p = 1 - 2 atan(2) / pi.
/// let test = paired_t_test(&[1.0, 4.0], &[0.0, 1.0])?;
/// assert_eq!(test.statistic, 2.0);
/// assert!((test.p_value - (1.0 - 2.0 * 2.0_f64.atan() / std::f64::consts::PI)).abs() < 1e-12);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn paired_t_test(a: &[f64], b: &[f64]) -> Result<PairedTTest> {
    let differences = Differences::new(a, b, 2)?;
    let values = &differences.values;
    let n = values.len();
    let degrees_of_freedom = n - 1;
    let mean = differences.mean();
    let variance = differences.variance(mean);
    let (statistic, p_value) = if variance == 0.0 {
        if values[0] == 0.0 { (0.0, 1.0) } else { (f64::INFINITY.copysign(values[0]), 0.0) }
    } else {
        let t = mean / (variance / n as f64).sqrt();
        (t, t_two_sided(t, degrees_of_freedom as f64))
    };
    Ok(PairedTTest { statistic, p_value, degrees_of_freedom, mean_difference: mean * differences.scale })
}
