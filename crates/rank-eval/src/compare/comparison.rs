//! The result of a comparison.

use super::{CompareOptions, TableOptions, export, grid, render};
use crate::{Coverage, Estimate, Measure};

/// What a comparison says of two runs in one measure.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ComparedPair {
    /// The position of the first run.
    pub first: usize,
    /// The position of the second run; the baseline, if there is one.
    pub second: usize,
    /// The mean of the first less that of the second, with the t interval of level `1 - alpha`. The interval is of this
    /// pair alone, not corrected for the number of pairs.
    pub mean_difference: Estimate,
    /// Cohen's d of the differences, with its interval.
    pub cohen_d_z: Estimate,
    /// The two-sided p-value of the test.
    pub p_value: f64,
    /// The same, corrected for the number of pairs.
    pub adjusted_p_value: f64,
    /// The number of queries in which the first is better.
    pub wins: usize,
    /// The number of queries in which they are equal, within the tolerance.
    pub ties: usize,
    /// The number of queries in which the second is better.
    pub losses: usize,
}

/// Runs compared with each other, or with a baseline, in some measures: the result of [`compare`](crate::compare).
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    runs: Vec<String>,
    queries: Vec<String>,
    left_out: Vec<String>,
    measures: Vec<Measure>,
    /// By measure, then by run, then by query.
    values: Vec<Vec<Vec<f64>>>,
    /// By measure, then by run.
    means: Vec<Vec<f64>>,
    /// By measure.
    pairs: Vec<Vec<ComparedPair>>,
    /// By run, then by measure.
    coverage: Vec<Vec<Coverage>>,
    /// By run.
    missing: Vec<Vec<String>>,
    options: CompareOptions,
}

impl Comparison {
    pub(super) fn new(
        runs: Vec<String>,
        queries: Vec<String>,
        left_out: Vec<String>,
        measures: Vec<Measure>,
        values: Vec<Vec<Vec<f64>>>,
        pairs: Vec<Vec<ComparedPair>>,
        options: CompareOptions,
    ) -> Self {
        let means = measures.iter().zip(&values);
        let means = means.map(|(measure, columns)| columns.iter().map(|values| measure.aggregate(values)).collect());
        let means = means.collect();
        let (coverage, missing) = (Vec::new(), Vec::new());
        Self { runs, queries, left_out, measures, values, means, pairs, coverage, missing, options }
    }

    pub(super) fn with_reach(mut self, coverage: Vec<Vec<Coverage>>, missing: Vec<Vec<String>>) -> Self {
        self.coverage = coverage;
        self.missing = missing;
        self
    }

    /// The names of the runs, in the order they came in; other methods count from 0 in it.
    pub fn runs(&self) -> &[String] {
        &self.runs
    }

    /// The queries that count, ascending by id.
    pub fn queries(&self) -> &[String] {
        &self.queries
    }

    /// The judged queries that do not count because a run lacks them; none but with
    /// [`MissingQueries::Skip`](crate::MissingQueries::Skip).
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// The judged queries that the run at this position lacks, whether they count or not; none beyond the last.
    pub fn missing(&self, run: usize) -> &[String] {
        self.missing.get(run).map_or(&[], Vec::as_slice)
    }

    /// The measures, in the order they were asked for.
    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }

    /// How it was compared.
    pub fn options(&self) -> &CompareOptions {
        &self.options
    }

    /// The means of the runs in the measure at this position, see [`Measure::aggregate`]; none beyond the last.
    pub fn means(&self, measure: usize) -> &[f64] {
        self.means.get(measure).map_or(&[], Vec::as_slice)
    }

    /// The values of a run in a measure, query by query; none beyond the last of either.
    pub fn values(&self, measure: usize, run: usize) -> &[f64] {
        self.values.get(measure).and_then(|columns| columns.get(run)).map_or(&[], Vec::as_slice)
    }

    /// How far the judgments reach into a run, as a measure sees it, see [`coverage`](crate::coverage); `None` beyond the
    /// last of either.
    pub fn coverage(&self, measure: usize, run: usize) -> Option<Coverage> {
        self.coverage.get(run)?.get(measure).copied()
    }

    /// The pairs tested in the measure at this position; none beyond the last.
    pub fn pairs(&self, measure: usize) -> &[ComparedPair] {
        self.pairs.get(measure).map_or(&[], Vec::as_slice)
    }

    /// The runs that `run` beats significantly in a measure, in their order.
    pub fn beaten(&self, measure: usize, run: usize) -> Vec<usize> {
        let mut beaten: Vec<usize> = self
            .pairs(measure)
            .iter()
            .filter(|pair| pair.adjusted_p_value <= self.options.alpha)
            .filter_map(|pair| match pair.mean_difference.value {
                difference if difference > 0.0 && pair.first == run => Some(pair.second),
                difference if difference < 0.0 && pair.second == run => Some(pair.first),
                _ => None,
            })
            .collect();
        beaten.sort_unstable();
        beaten
    }

    /// The table for a terminal: a row for each run, a column for each measure, and behind each mean the letters of the
    /// runs that it beats significantly.
    pub fn to_text(&self, options: TableOptions) -> String {
        grid::grids(self, options).iter().map(render::text).collect::<Vec<_>>().join("\n")
    }

    /// The table in Markdown; the best mean of a measure is bold.
    pub fn to_markdown(&self, options: TableOptions) -> String {
        grid::grids(self, options).iter().map(render::markdown).collect::<Vec<_>>().join("\n")
    }

    /// The table in LaTeX, with the rules of the package `booktabs`; the best mean of a measure is bold.
    pub fn to_latex(&self, options: TableOptions) -> String {
        grid::grids(self, options).iter().map(render::latex).collect::<Vec<_>>().join("\n")
    }

    /// The table in HTML; the best mean of a measure is bold.
    pub fn to_html(&self, options: TableOptions) -> String {
        grid::grids(self, options).iter().map(render::html).collect::<Vec<_>>().join("\n")
    }

    /// Everything in JSON: options, queries, values, means and pairs. What is infinite is null.
    pub fn to_json(&self) -> String {
        export::json(self)
    }

    /// The pairs in CSV, a line for each pair of runs in each measure, all digits kept.
    pub fn to_csv(&self) -> String {
        export::csv(self)
    }
}
