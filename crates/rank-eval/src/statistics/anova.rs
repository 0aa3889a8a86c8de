//! Two-way analysis of variance without replication.

use super::distributions::f_upper;
use super::samples::Table;
use crate::Result;

/// The result of [`two_way_anova`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct TwoWayAnova {
    /// The variation between runs: `n` times the squared distances of their means to the grand mean.
    pub runs_sum_of_squares: f64,
    /// The variation between queries.
    pub queries_sum_of_squares: f64,
    /// What neither explains.
    pub residual_sum_of_squares: f64,
    /// The degrees of freedom of the runs, `m - 1`.
    pub runs_degrees_of_freedom: usize,
    /// The degrees of freedom of the queries, `n - 1`.
    pub queries_degrees_of_freedom: usize,
    /// The degrees of freedom of the residual, `(m - 1) (n - 1)`.
    pub residual_degrees_of_freedom: usize,
    /// The mean square of the runs over that of the residual.
    pub runs_f: f64,
    /// The probability of an F at least as large, if all runs were equal.
    pub runs_p_value: f64,
    /// The mean square of the queries over that of the residual.
    pub queries_f: f64,
    /// The probability of an F at least as large, if all queries were equal.
    pub queries_p_value: f64,
}

impl TwoWayAnova {
    /// The mean square of the residual: the variance of a value that neither its run nor its query explains.
    pub fn residual_mean_square(&self) -> f64 {
        self.residual_sum_of_squares / self.residual_degrees_of_freedom as f64
    }
}

/// Two-way analysis of variance without replication: how the variation of `m` runs over `n` queries divides into runs,
/// queries and the rest, and how likely an F ratio at least this large is, if the runs were equal.
///
/// With two runs F is the square of the paired t, with the same p-value. A residual of 0 makes F infinite with a p-value of
/// 0; without any variation of its own kind either, F is 0 with a p-value of 1.
///
/// * `samples`: for each of at least 2 runs its values, query by query in the same order; at least 2.
///
/// # Errors
///
/// [`Error::TooFewRuns`](crate::Error::TooFewRuns), [`Error::TooFewSamples`](crate::Error::TooFewSamples),
/// [`Error::UnequalSamples`](crate::Error::UnequalSamples), [`Error::UnusableSample`](crate::Error::UnusableSample).
///
/// # Source
///
/// Fisher: Statistical methods for research workers (1925); for retrieval, Tague-Sutcliffe, Blustein: A statistical
/// analysis of the TREC-3 data (1994), and Sakai: Laboratory experiments in information retrieval (2018).
///
/// # Example
///
/// ```
/// use rank_eval::two_way_anova;
///
/// // Means of runs 2 and 4, of queries 2 and 4, residuals of 0, 0, 0, 0 but for -1, 1, 1, -1.
/// let anova = two_way_anova(&[[0.0, 4.0], [4.0, 4.0]])?;
/// assert_eq!((anova.runs_sum_of_squares, anova.queries_sum_of_squares, anova.residual_sum_of_squares), (4.0, 4.0, 4.0));
/// assert_eq!(anova.runs_f, 1.0);
/// assert!((anova.runs_p_value - 0.5).abs() < 1e-12);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn two_way_anova<S: AsRef<[f64]>>(samples: &[S]) -> Result<TwoWayAnova> {
    Ok(anova(&Table::new(samples, 2)?))
}

pub(super) fn anova(table: &Table) -> TwoWayAnova {
    let (m, n) = (table.runs as f64, table.queries as f64);
    let grand = table.means.iter().sum::<f64>() / m;
    let runs: f64 = table.means.iter().map(|mean| (mean - grand).powi(2)).sum::<f64>() * n;
    let (mut queries, mut residual) = (0.0, 0.0);
    for row in table.rows.chunks(table.runs) {
        let mean = row.iter().sum::<f64>() / m;
        queries += m * (mean - grand).powi(2);
        residual += row.iter().zip(&table.means).map(|(value, run)| (value - mean - run + grand).powi(2)).sum::<f64>();
    }
    let freedom = [m - 1.0, n - 1.0, (m - 1.0) * (n - 1.0)];
    // What rounding leaves of a residual of 0.
    let largest = table.rows.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let clean = |sum: f64| if sum <= m * n * (8.0 * f64::EPSILON * largest).powi(2) { 0.0 } else { sum };
    let [runs, queries, residual] = [runs, queries, residual].map(clean);
    let ratio = |sum: f64, freedom_of_sum: f64| {
        let f = if sum == 0.0 { 0.0 } else { (sum / freedom_of_sum) / (residual / freedom[2]) };
        (f, f_upper(f, freedom_of_sum, freedom[2]))
    };
    let (runs_f, runs_p_value) = ratio(runs, freedom[0]);
    let (queries_f, queries_p_value) = ratio(queries, freedom[1]);
    TwoWayAnova {
        runs_sum_of_squares: runs,
        queries_sum_of_squares: queries,
        residual_sum_of_squares: residual,
        runs_degrees_of_freedom: table.runs - 1,
        queries_degrees_of_freedom: table.queries - 1,
        residual_degrees_of_freedom: (table.runs - 1) * (table.queries - 1),
        runs_f,
        runs_p_value,
        queries_f,
        queries_p_value,
    }
}
