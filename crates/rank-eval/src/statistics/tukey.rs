//! Tukey's honestly significant difference, with queries as blocks.

use super::anova::anova;
use super::samples::{Table, probability};
use super::studentized_range;
use crate::Result;

/// What [`tukey_hsd`] says of two runs.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct TukeyPair {
    /// The position of the first run.
    pub first: usize,
    /// The position of the second run.
    pub second: usize,
    /// The mean of the first less that of the second.
    pub mean_difference: f64,
    /// The lower end of the simultaneous confidence interval of the mean difference.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The studentized range `|mean difference| / sqrt(mean square of the residual / n)`.
    pub statistic: f64,
    /// The two-sided p-value, already corrected for the number of runs.
    pub p_value: f64,
}

/// The result of [`tukey_hsd`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TukeyHsd {
    /// Each pair of runs: (0, 1), (0, 2), ..., (1, 2), ...
    pub pairs: Vec<TukeyPair>,
    /// The degrees of freedom of the residual, `(m - 1) (n - 1)`.
    pub degrees_of_freedom: usize,
    /// The mean square of the residual.
    pub residual_mean_square: f64,
}

/// Tukey's honestly significant difference test of all pairs of runs, with queries as blocks: how likely a range of means
/// at least as large as each difference is, if all runs were equal.
///
/// `q = |mean_i - mean_j| / sqrt(E / n)` with the mean square `E` of the residual of [`two_way_anova`](crate::two_way_anova)
/// and its `(m - 1) (n - 1)` degrees of freedom. The one-way test, which several tools offer under this name, ignores that
/// all runs answer the same queries and finds nearly nothing. With two runs the p-value is that of the paired t-test. A
/// residual of 0 makes every difference certain.
///
/// * `samples`: for each of at least 2 runs its values, query by query in the same order; at least 2.
/// * `level`: the probability with which all intervals cover together; 0.95 is the usual choice.
///
/// # Errors
///
/// As [`two_way_anova`](crate::two_way_anova), and [`Error::NotAProbability`](crate::Error::NotAProbability).
///
/// # Source
///
/// Tukey: The problem of multiple comparisons (1953); for retrieval, Carterette: Multiple testing in statistical analysis
/// of systems-based information retrieval experiments (TOIS 2012).
///
/// # Example
///
/// ```
/// use rank_eval::{paired_t_test, tukey_hsd};
///
/// let (a, b) = ([0.5, 0.7, 0.6], [0.4, 0.4, 0.5]);
/// let pair = tukey_hsd(&[a, b], 0.95)?.pairs[0];
/// let t = paired_t_test(&a, &b)?;
/// assert!((pair.statistic - 2.0_f64.sqrt() * t.statistic).abs() < 1e-12);
/// assert!((pair.p_value - t.p_value).abs() < 1e-12);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn tukey_hsd<S: AsRef<[f64]>>(samples: &[S], level: f64) -> Result<TukeyHsd> {
    probability("level", level, 0.95)?;
    let table = Table::new(samples, 2)?;
    let anova = anova(&table);
    let freedom = anova.residual_degrees_of_freedom as f64;
    let error = (anova.residual_mean_square() / table.queries as f64).sqrt();
    let margin = if error == 0.0 { 0.0 } else { error * studentized_range::quantile(1.0 - level, table.runs, freedom) };
    let pairs = table.pairs().map(|(first, second)| {
        let difference = table.means[first] - table.means[second];
        let statistic = if difference == 0.0 { 0.0 } else { difference.abs() / error };
        TukeyPair {
            first,
            second,
            mean_difference: difference,
            low: difference - margin,
            high: difference + margin,
            statistic,
            p_value: studentized_range::upper(statistic, table.runs, freedom),
        }
    });
    Ok(TukeyHsd {
        pairs: pairs.collect(),
        degrees_of_freedom: anova.residual_degrees_of_freedom,
        residual_mean_square: anova.residual_mean_square(),
    })
}
