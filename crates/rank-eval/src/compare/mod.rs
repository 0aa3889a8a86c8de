//! Runs compared: means, tests of all pairs or against a baseline, corrected for their number.

mod comparison;
mod export;
mod grid;
mod options;
mod render;
mod tests;

pub use comparison::{ComparedPair, Comparison};
pub(crate) use grid::{Grid, coverage as coverage_grid, letters, means, pairs, signed};
pub use options::{CompareOptions, TableOptions, Test};
pub(crate) use render::{escape_html, html};

use std::collections::HashMap;

use crate::watch::{Watch, unwatched};
use crate::{Error, Measure, Qrels, Result, Run, coverage, evaluate_watched};

/// Compares runs: evaluates each, and tests in each measure whether the differences of pairs of runs are more than luck.
///
/// All pairs are tested, or each run against the baseline if one is named, and the p-values of one measure are corrected for
/// their number. With [`MissingQueries::Skip`](crate::MissingQueries::Skip) only the queries count that no run lacks.
///
/// * `runs`: at least 2 runs and their names.
/// * `measures`: at least 1.
///
/// # Errors
///
/// [`Error::TooFewRuns`], [`Error::DuplicateRun`], [`Error::NoMeasure`], [`Error::UnknownBaseline`];
/// [`Error::NoCommonQueryOf`] of a run, [`Error::NoQueryOfAllRuns`]; [`Error::NoValue`] if a measure has no value for a query; [`Error::CorrectedAlready`] for a correction together with a test of Tukey's; what
/// [`evaluate_with`](crate::evaluate_with) and the test say.
///
/// # Example
///
/// ```
/// use rank_eval::{CompareOptions, Measure, Qrels, Run, compare};
///
/// let names: Vec<String> = (0..8).map(|query| format!("q{query}")).collect();
/// let qrels = Qrels::from_nested(names.iter().map(|query| (query.as_str(), [("a", 1)])))?;
/// let good = Run::from_nested(names.iter().map(|query| (query.as_str(), [("a", 2.0), ("b", 1.0)])))?;
/// let poor = Run::from_nested(names.iter().map(|query| (query.as_str(), [("a", 1.0), ("b", 2.0)])))?;
///
/// let rr: Measure = "RR".parse()?;
/// let comparison = compare(&qrels, &[("good", &good), ("poor", &poor)], &[rr], CompareOptions::default())?;
/// let pair = comparison.pairs(0)[0];
/// assert_eq!((pair.wins, pair.ties, pair.losses), (8, 0, 0));
/// assert_eq!(pair.mean_difference.value, 0.5); // RR is 1 in each query, or 1/2
/// assert!(comparison.to_text(Default::default()).contains("1.000ᵇ"));
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn compare<N: AsRef<str>>(
    qrels: &Qrels,
    runs: &[(N, &Run)],
    measures: &[Measure],
    options: CompareOptions,
) -> Result<Comparison> {
    compare_watched(qrels, runs, measures, options, &unwatched)
}

/// [`compare`], watched: a step is a pair of runs in one measure; 0 steps are reported in between.
///
/// # Errors
///
/// As [`compare`], and [`Error::Interrupted`].
pub fn compare_watched<N: AsRef<str>>(
    qrels: &Qrels,
    runs: &[(N, &Run)],
    measures: &[Measure],
    options: CompareOptions,
    watch: &Watch<'_>,
) -> Result<Comparison> {
    let names: Vec<String> = runs.iter().map(|(name, _)| name.as_ref().to_owned()).collect();
    check(&names, measures, &options)?;
    let mut evaluations = Vec::with_capacity(runs.len());
    let mut covered = Vec::with_capacity(runs.len());
    for (name, (_, run)) in names.iter().zip(runs) {
        // The steps of the parts are not those of the whole.
        let evaluation = evaluate_watched(qrels, run, measures, options.evaluation, &|_| watch(0));
        let evaluation = evaluation.map_err(|error| match error {
            Error::NoCommonQuery { run, qrels } => Error::NoCommonQueryOf { name: name.clone(), run, qrels },
            error => error,
        })?;
        covered.push(coverage::Parts::new(qrels, run, &evaluation, options.evaluation, &|_| watch(0))?);
        evaluations.push(evaluation);
    }
    let mut evaluated: HashMap<&str, usize> = HashMap::new();
    for evaluation in &evaluations {
        for query in evaluation.queries() {
            *evaluated.entry(query).or_default() += 1;
        }
    }
    let common = |query: &str| evaluated.get(query) == Some(&runs.len());
    let queries: Vec<String> = evaluations[0].queries().iter().filter(|query| common(query)).cloned().collect();
    if queries.is_empty() {
        return Err(Error::NoQueryOfAllRuns);
    }
    let left_out: Vec<String> = qrels.queries().filter(|query| !common(query)).map(str::to_owned).collect();
    let mut values = Vec::with_capacity(measures.len());
    for measure in measures {
        let mut columns = Vec::with_capacity(runs.len());
        for (evaluation, name) in evaluations.iter().zip(&names) {
            let all = evaluation.values(measure).unwrap_or_default();
            let kept = evaluation.queries().iter().zip(all).filter(|(query, _)| common(query));
            let column: Vec<f64> = kept.map(|(_, value)| *value).collect();
            if let Some(place) = column.iter().position(|value| !value.is_finite()) {
                let (measure, run, query) = (measure.to_string(), name.clone(), queries[place].clone());
                return Err(Error::NoValue { measure, run, query, value: column[place] });
            }
            columns.push(column);
        }
        values.push(columns);
    }
    let pairs =
        values.iter().map(|columns| tests::test(columns, &names, &options, watch)).collect::<Result<Vec<_>>>()?;
    let covered = covered.iter().zip(&evaluations).map(|(parts, values)| parts.coverage(values, common));
    let coverage = covered.collect();
    let missing = evaluations.iter().map(|evaluation| evaluation.missing().to_vec()).collect();
    Ok(Comparison::new(names, queries, left_out, measures.to_vec(), values, pairs, options)
        .with_reach(coverage, missing))
}

fn check(names: &[String], measures: &[Measure], options: &CompareOptions) -> Result<()> {
    if names.len() < 2 {
        return Err(Error::TooFewRuns { got: names.len() });
    }
    if let Some(place) = (1..names.len()).find(|&place| names[..place].contains(&names[place])) {
        return Err(Error::DuplicateRun { name: names[place].clone() });
    }
    if measures.is_empty() {
        return Err(Error::NoMeasure);
    }
    options.check(names)
}
