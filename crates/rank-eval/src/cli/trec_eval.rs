//! The command without a subcommand: what `trec_eval` prints.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::io::Write;

use crate::cli::arguments::Request;
use crate::cli::catalog::{self, Kind, Row, Version};
use crate::cli::failure::Outcome;
use crate::cli::input::Input;
use crate::cli::z_scores::ZScores;
use crate::{Evaluation, Measure, MissingQueries, Options, Qrels, Run, evaluate_with};

pub(crate) fn run(request: &Request, input: &mut Input, out: &mut dyn Write) -> Outcome<()> {
    let wanted = if request.measures.is_empty() { &["official".to_owned()] } else { &request.measures[..] };
    let rows = catalog::rows(wanted, request.compat)?;
    let z_scores = request.z_scores.as_ref().map(|path| ZScores::read(path.as_ref())).transpose()?;
    let qrels = input.qrels(&request.qrels)?;
    let (run, tag) = input.run(&request.run)?;
    let mut measures: Vec<Measure> = Vec::new();
    for measure in rows.iter().filter_map(|row| row.measure.as_ref()) {
        if !measures.contains(measure) {
            measures.push(measure.clone());
        }
    }
    let evaluation = evaluate_with(&qrels, &run, &measures, request.options())?;
    let report = Report { request, rows: &rows, evaluation: &evaluation, z_scores: z_scores.as_ref(), tag: &tag };
    if request.each_query {
        report.queries(&qrels, &run, out)?;
    }
    if !request.no_summary {
        report.summary(out)?;
    }
    Ok(())
}

impl Request {
    fn options(&self) -> Options {
        Options::default().missing_queries(if self.complete { MissingQueries::Zero } else { MissingQueries::Skip })
    }
}

struct Report<'a> {
    request: &'a Request,
    rows: &'a [Row],
    evaluation: &'a Evaluation,
    z_scores: Option<&'a ZScores>,
    tag: &'a str,
}

impl Report<'_> {
    /// The values of a row, one for each query that counts; with `-Z`, as z-scores.
    fn values(&self, row: &Row) -> Vec<f64> {
        let values = row.measure.as_ref().and_then(|measure| self.evaluation.values(measure)).unwrap_or_default();
        match self.z_scores {
            Some(scores) => {
                // Of a geometric mean, the logarithms have a mean and a deviation.
                let is_geometric = row.kind == Kind::GeometricMean;
                let value = |value: f64| if is_geometric { value.max(1e-5).ln() } else { value };
                let queries = self.evaluation.queries().iter();
                queries.zip(values).map(|(query, &known)| scores.of(query, &row.name, value(known))).collect()
            }
            None => values.to_vec(),
        }
    }

    fn queries(&self, qrels: &Qrels, run: &Run, out: &mut dyn Write) -> Outcome<()> {
        let columns: Vec<Vec<f64>> = self.rows.iter().map(|row| self.values(row)).collect();
        for (place, query) in self.evaluation.queries().iter().enumerate() {
            let is_missing = run.ranked(query).is_none();
            if is_missing && self.request.compat == Version::V9 {
                continue;
            }
            for (row, column) in self.rows.iter().zip(&columns) {
                match row.kind {
                    Kind::RunId | Kind::QueryCount | Kind::GeometricMean => {}
                    Kind::RelevanceString => {
                        let text = relevance_string(self.request, row.length, qrels, run, query);
                        writeln!(out, "{:<22}\t{query}\t'{text}'", row.name)?;
                    }
                    Kind::Count | Kind::Mean => self.line(out, row, query, column[place])?,
                }
            }
        }
        Ok(())
    }

    fn summary(&self, out: &mut dyn Write) -> Outcome<()> {
        for row in self.rows {
            match (row.kind, &row.measure) {
                (Kind::RunId, _) => writeln!(out, "{:<22}\tall\t{}", row.name, self.tag)?,
                (Kind::QueryCount, _) => {
                    self.line(out, row, "all", self.evaluation.queries().len() as f64)?;
                }
                (Kind::RelevanceString, _) | (_, None) => {}
                (kind, Some(measure)) => {
                    let value = match self.z_scores {
                        Some(_) => of_z_scores(kind, &self.values(row)),
                        None => self.evaluation.mean(measure).unwrap_or_default(),
                    };
                    self.line(out, row, "all", value)?;
                }
            }
        }
        Ok(())
    }

    fn line(&self, out: &mut dyn Write, row: &Row, query: &str, value: f64) -> Outcome<()> {
        let name = &row.name;
        let is_count = matches!(row.kind, Kind::Count | Kind::QueryCount);
        let written = match self.z_scores {
            Some(_) => writeln!(out, "Z{name:<22}\t{query}\t{value:6.4}"),
            None if is_count => writeln!(out, "{name:<22}\t{query}\t{value:.0}"),
            None => writeln!(out, "{name:<22}\t{query}\t{value:6.4}"),
        };
        Ok(written?)
    }
}

/// Over all queries, as over values that are not z-scores.
fn of_z_scores(kind: Kind, values: &[f64]) -> f64 {
    let sum = values.iter().sum::<f64>();
    match kind {
        Kind::Count => sum,
        Kind::GeometricMean => (sum / values.len() as f64).exp(),
        _ => sum / values.len() as f64,
    }
}

/// The grades of the first documents, a letter for each: `-` for one that is not judged, `.` for one that was pooled and
/// not judged, `>` for a grade above 9.
fn relevance_string(request: &Request, length: usize, qrels: &Qrels, run: &Run, query: &str) -> String {
    let Some(ranked) = run.ranked(query) else { return String::new() };
    let mut documents: Vec<(&str, f64)> = ranked.collect();
    if request.compat == Version::V9 {
        for (_, score) in &mut documents {
            *score = f64::from(*score as f32);
        }
    }
    documents.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap_or(Ordering::Equal).then_with(|| b.0.cmp(a.0)));
    let judged: HashMap<&str, i64> = qrels.judged(query).into_iter().flatten().collect();
    let depth = request.depth.unwrap_or(usize::MAX);
    let grades = documents.iter().take(depth).map(|(document, _)| judged.get(document).copied());
    let kept = grades.filter(|grade| !request.judged_only || grade.is_some_and(|grade| grade >= 0));
    kept.take(length)
        .map(|grade| match grade {
            None => '-',
            Some(grade) => match u32::try_from(grade) {
                Ok(grade) => char::from_digit(grade, 10).unwrap_or('>'),
                Err(_) => '.',
            },
        })
        .collect()
}
