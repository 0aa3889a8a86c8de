//! The values that `trec_eval` prints, from whatever kind of judgments.

use std::cmp::Ordering;

use crate::cli::arguments::Request;
use crate::cli::catalog::{Format, Kind, Row, Source, Version};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::input::Input;
use crate::{
    Evaluation, GroupedQrels, Measure, MissingQueries, Options, PreferenceFormat, Preferences, Qrels, Run, TrecEval,
    evaluate_groups, evaluate_preferences, evaluate_with,
};

/// The values of each row for each query that is evaluated.
pub(crate) struct Values {
    /// Ascending.
    pub(crate) queries: Vec<String>,
    /// For each row a value for each query; none if its kind alone says what to print.
    pub(crate) columns: Vec<Vec<f64>>,
    /// The number of judged queries that are not there and count 0.
    pub(crate) zeros: usize,
}

/// The judgments of a request.
pub(crate) enum Judged {
    Qrels(Qrels),
    Groups(GroupedQrels),
    Preferences(Preferences),
}

impl Judged {
    pub(crate) fn read(request: &Request, input: &mut Input) -> Outcome<Self> {
        let path = &request.qrels;
        let name = path.to_string_lossy();
        let preferences = |input: &mut Input, format| -> Outcome<Self> {
            Ok(Self::Preferences(Preferences::from_reader(input.open(path)?, &name, format)?))
        };
        match request.format {
            Format::Qrels => Ok(Self::Qrels(input.qrels(path)?)),
            Format::QrelsByGroup => Ok(Self::Groups(GroupedQrels::from_reader(input.open(path)?, &name)?)),
            Format::Preferences => preferences(input, PreferenceFormat::Prefs),
            Format::PreferencesByGroup => preferences(input, PreferenceFormat::QrelsPrefs),
        }
    }

    pub(crate) fn values(&self, request: &Request, rows: &[Row], run: &Run) -> Outcome<Values> {
        let (measures, options) = (measures(rows), request.options());
        let evaluation = match self {
            Self::Qrels(qrels) => evaluate_with(qrels, run, &measures, options),
            Self::Groups(groups) => evaluate_groups(groups, run, &measures, options),
            Self::Preferences(preferences) => evaluate_preferences(preferences, run, &measures, options),
        }
        .map_err(|error| Failure::of_run(error, &request.run))?;
        Ok(values(request, rows, &evaluation))
    }
}

impl Request {
    fn options(&self) -> Options {
        // Version 9 counts the queries that the run lacks and looks at them no further; version 10 evaluates them.
        let is_evaluated = self.complete && self.compat == Version::V10;
        Options::default()
            .missing_queries(if is_evaluated { MissingQueries::Zero } else { MissingQueries::Skip })
            .judged_only(self.judged_only)
            .level(self.level.unwrap_or(1))
            .depth(self.depth)
            .collection(self.collection)
            .compat(Some(match self.compat {
                Version::V9 => TrecEval::V9,
                Version::V10 => TrecEval::V10,
            }))
    }

    /// The documents of a query, best first.
    pub(crate) fn ranked<'a>(&self, run: &'a Run, query: &str) -> Vec<&'a str> {
        let mut documents: Vec<(&str, f64)> = run.ranked(query).into_iter().flatten().collect();
        if self.compat == Version::V9 {
            for (_, score) in &mut documents {
                *score = f64::from(*score as f32);
            }
        }
        documents.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap_or(Ordering::Equal).then_with(|| b.0.cmp(a.0)));
        documents.truncate(self.depth.unwrap_or(usize::MAX));
        documents.into_iter().map(|(document, _)| document).collect()
    }

    fn zeros(&self, missing: usize) -> usize {
        if self.complete && self.compat == Version::V9 { missing } else { 0 }
    }
}

/// The measures that the rows are made of, each once.
fn measures(rows: &[Row]) -> Vec<Measure> {
    let mut measures: Vec<Measure> = Vec::new();
    let needed = |row: &Row| match &row.source {
        Source::Measure(measure) => vec![measure.clone()],
        Source::MeanOf(measures) => measures.clone(),
        Source::None => Vec::new(),
    };
    for measure in rows.iter().flat_map(needed) {
        if !measures.contains(&measure) {
            measures.push(measure);
        }
    }
    measures
}

fn values(request: &Request, rows: &[Row], evaluation: &Evaluation) -> Values {
    let column = |row: &Row| match &row.source {
        Source::Measure(measure) => evaluation.values(measure).unwrap_or_default().to_vec(),
        Source::MeanOf(measures) => {
            let all: Vec<&[f64]> = measures.iter().filter_map(|measure| evaluation.values(measure)).collect();
            let mean = |place: usize| all.iter().map(|values| values[place]).sum::<f64>() / all.len() as f64;
            (0..evaluation.queries().len()).map(mean).collect()
        }
        Source::None => Vec::new(),
    };
    let columns = rows.iter().map(column).collect();
    Values { queries: evaluation.queries().to_vec(), columns, zeros: request.zeros(evaluation.missing().len()) }
}

/// The value over all queries, of which some that are not among the values count 0.
pub(crate) fn summary(kind: Kind, values: &[f64], zeros: usize) -> f64 {
    let count = (values.len() + zeros) as f64;
    let sum = values.iter().fold(0.0, |sum, &value| sum + value);
    match kind {
        Kind::Count => sum,
        // The values are logarithms, of at least 0.00001.
        Kind::GeometricMean => ((sum + zeros as f64 * 1e-5_f64.ln()) / count).exp(),
        _ => sum / count,
    }
}
