//! The values that `trec_eval` prints, from whatever kind of judgments.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::cli::arguments::Request;
use crate::cli::catalog::{Format, Kind, Row, Source, Version};
use crate::cli::failure::{Failure, NO_QUERY, Outcome};
use crate::cli::input::Input;
use crate::cli::preferences::{Preferences, Ranked};
use crate::qrels::QrelsBuilder;
use crate::{Error, Measure, MissingQueries, Options, Qrels, Run, TrecEval, evaluate_with};

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
    Groups(BTreeMap<String, Qrels>),
    Preferences(Preferences),
}

impl Judged {
    pub(crate) fn read(request: &Request, input: &mut Input) -> Outcome<Self> {
        let path = &request.qrels;
        if request.format == Format::Qrels {
            return Ok(Self::Qrels(input.qrels(path)?));
        }
        let mut lines = Vec::new();
        input.for_each_line(path, |number, line| lines.push((number, line.to_owned())))?;
        let name = path.to_string_lossy();
        if request.format == Format::QrelsByGroup {
            return Ok(Self::Groups(by_group(&name, &lines)?));
        }
        Ok(Self::Preferences(Preferences::parse(&name, &lines, request.format == Format::Preferences)?))
    }

    pub(crate) fn values(&self, request: &Request, rows: &[Row], run: &Run) -> Outcome<Values> {
        match self {
            Self::Qrels(qrels) => of_qrels(request, rows, qrels, run),
            Self::Groups(groups) => of_groups(request, rows, groups, run),
            Self::Preferences(preferences) => of_preferences(request, rows, preferences, run),
        }
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

    /// The documents of a query, best first; `forward` if ids ascend among equal scores.
    pub(crate) fn ranked<'a>(&self, run: &'a Run, query: &str, forward: bool) -> Vec<&'a str> {
        let mut documents: Vec<(&str, f64)> = run.ranked(query).into_iter().flatten().collect();
        if self.compat == Version::V9 {
            for (_, score) in &mut documents {
                *score = f64::from(*score as f32);
            }
        }
        let by_id = |a: &str, b: &str| if forward { a.cmp(b) } else { b.cmp(a) };
        documents.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap_or(Ordering::Equal).then_with(|| by_id(a.0, b.0)));
        documents.truncate(self.depth.unwrap_or(usize::MAX));
        documents.into_iter().map(|(document, _)| document).collect()
    }

    fn zeros(&self, missing: usize) -> usize {
        if self.complete && self.compat == Version::V9 { missing } else { 0 }
    }
}

fn of_qrels(request: &Request, rows: &[Row], qrels: &Qrels, run: &Run) -> Outcome<Values> {
    let mut measures: Vec<Measure> = Vec::new();
    let needed = |row: &Row| match &row.source {
        Source::Measure(measure) => vec![measure.clone()],
        Source::MeanOf(measures) => measures.clone(),
        _ => Vec::new(),
    };
    for measure in rows.iter().flat_map(needed) {
        if !measures.contains(&measure) {
            measures.push(measure);
        }
    }
    let evaluation = evaluate_with(qrels, run, &measures, request.options())?;
    let column = |row: &Row| match &row.source {
        Source::Measure(measure) => evaluation.values(measure).unwrap_or_default().to_vec(),
        Source::MeanOf(measures) => {
            let all: Vec<&[f64]> = measures.iter().filter_map(|measure| evaluation.values(measure)).collect();
            let mean = |place: usize| all.iter().map(|values| values[place]).sum::<f64>() / all.len() as f64;
            (0..evaluation.queries().len()).map(mean).collect()
        }
        _ => Vec::new(),
    };
    let columns = rows.iter().map(column).collect();
    Ok(Values { queries: evaluation.queries().to_vec(), columns, zeros: request.zeros(evaluation.missing().len()) })
}

/// Reads lines of `query group document grade`.
fn by_group(name: &str, lines: &[(usize, String)]) -> Outcome<BTreeMap<String, Qrels>> {
    let mut groups: BTreeMap<String, QrelsBuilder> = BTreeMap::new();
    for (number, line) in lines {
        let columns: Vec<&str> = line.split_ascii_whitespace().collect();
        let row = match columns[..] {
            [query, group, document, grade] => grade.parse::<i64>().ok().map(|grade| (query, group, document, grade)),
            _ => None,
        };
        let Some((query, group, document, grade)) = row else {
            return Err(Failure::input(format!(
                "{name}:{number}: expected \"query group document grade\", got {line:?}; repair the line"
            )));
        };
        let builder = groups.entry(group.to_owned()).or_default();
        builder.query(query);
        builder.push(document, grade);
    }
    groups.into_iter().map(|(group, builder)| Ok((group, builder.build()?))).collect()
}

fn of_groups(request: &Request, rows: &[Row], groups: &BTreeMap<String, Qrels>, run: &Run) -> Outcome<Values> {
    // For each query, the sums over its groups, and their number.
    let mut sums: BTreeMap<String, (Vec<f64>, usize)> = BTreeMap::new();
    for qrels in groups.values() {
        let plain: Vec<Row> = rows
            .iter()
            .map(|row| match &row.source {
                Source::Groups(measure) => Row { source: Source::Measure(measure.clone()), ..row.clone() },
                _ => row.clone(),
            })
            .collect();
        let values = match of_qrels(request, &plain, qrels, run) {
            Err(failure) if failure.code == NO_QUERY => continue,
            values => values?,
        };
        for (place, query) in values.queries.iter().enumerate() {
            let (sum, count) = sums.entry(query.clone()).or_insert_with(|| (vec![0.0; rows.len()], 0));
            *count += 1;
            for (sum, column) in sum.iter_mut().zip(&values.columns) {
                *sum += column.get(place).copied().unwrap_or_default();
            }
        }
    }
    let judged: BTreeSet<&str> = groups.values().flat_map(Qrels::queries).collect();
    check_common(run, judged.len(), sums.len())?;
    let column = |place: usize| sums.values().map(|(sum, count)| sum[place] / *count as f64).collect();
    let columns = (0..rows.len()).map(column).collect();
    let zeros = request.zeros(judged.len() - sums.len());
    Ok(Values { queries: sums.into_keys().collect(), columns, zeros })
}

fn of_preferences(request: &Request, rows: &[Row], preferences: &Preferences, run: &Run) -> Outcome<Values> {
    let mut queries = Vec::new();
    let mut columns = vec![Vec::new(); rows.len()];
    for (query, judged) in preferences.0.iter().filter(|(query, _)| run.ranked(query).is_some()) {
        let ranked = Ranked::new(query, judged, &request.ranked(run, query, true))?;
        for (row, column) in rows.iter().zip(&mut columns) {
            if let Source::Preference(preference) = &row.source {
                column.push(preference.value(&ranked));
            }
        }
        queries.push(query.clone());
    }
    check_common(run, preferences.0.len(), queries.len())?;
    let zeros = request.zeros(preferences.0.len() - queries.len());
    Ok(Values { queries, columns, zeros })
}

fn check_common(run: &Run, judged: usize, common: usize) -> Outcome<()> {
    if common == 0 {
        return Err(Error::NoCommonQuery { run: run.len(), qrels: judged }.into());
    }
    Ok(())
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
