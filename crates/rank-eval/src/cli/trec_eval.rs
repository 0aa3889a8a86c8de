//! The command without a subcommand: what `trec_eval` prints.

use std::collections::HashMap;
use std::io::Write;

use crate::cli::arguments::Request;
use crate::cli::catalog::{self, Kind, Row};
use crate::cli::failure::Outcome;
use crate::cli::input::Input;
use crate::cli::values::{Judged, Values, summary};
use crate::{Run, ZScores};

pub(crate) fn run(request: &Request, input: &mut Input, out: &mut dyn Write) -> Outcome<()> {
    let wanted = if request.measures.is_empty() { &["official".to_owned()] } else { &request.measures[..] };
    let rows = catalog::rows(wanted, request.compat, request.format)?;
    let z_scores = match &request.z_scores {
        Some(path) => Some(ZScores::from_reader(input.open(path)?, &path.to_string_lossy())?),
        None => None,
    };
    let judged = Judged::read(request, input)?;
    let (run, tag) = input.run(&request.run)?;
    let mut values = judged.values(request, &rows, &run)?;
    if let Some(scores) = &z_scores {
        to_z_scores(&rows, &mut values, scores);
    }
    let report = Report { request, rows: &rows, values: &values, has_z_scores: z_scores.is_some() };
    if request.each_query {
        report.queries(&judged, &run, out)?;
    }
    if !request.no_summary {
        report.summary(&judged, &tag, out)?;
    }
    Ok(())
}

fn to_z_scores(rows: &[Row], values: &mut Values, scores: &ZScores) {
    for (row, column) in rows.iter().zip(&mut values.columns) {
        for (query, value) in values.queries.iter().zip(column) {
            *value = scores.of(query, &row.name, *value).unwrap_or(ZScores::UNKNOWN);
        }
    }
}

struct Report<'a> {
    request: &'a Request,
    rows: &'a [Row],
    values: &'a Values,
    has_z_scores: bool,
}

impl Report<'_> {
    fn queries(&self, judged: &Judged, run: &Run, out: &mut dyn Write) -> Outcome<()> {
        for (place, query) in self.values.queries.iter().enumerate() {
            for (row, column) in self.rows.iter().zip(&self.values.columns) {
                match row.kind {
                    Kind::RunId | Kind::QueryCount | Kind::GeometricMean => {}
                    Kind::RelevanceString => {
                        let text = relevance_string(self.request, row.length, judged, run, query);
                        writeln!(out, "{:<22}\t{query}\t'{text}'", row.name)?;
                    }
                    Kind::Count | Kind::Mean => self.line(out, row, query, column[place])?,
                }
            }
        }
        Ok(())
    }

    fn summary(&self, judged: &Judged, tag: &str, out: &mut dyn Write) -> Outcome<()> {
        let zeros = self.values.zeros;
        for (row, column) in self.rows.iter().zip(&self.values.columns) {
            match row.kind {
                Kind::RunId => writeln!(out, "{:<22}\tall\t{tag}", row.name)?,
                Kind::RelevanceString => {}
                Kind::QueryCount => self.line(out, row, "all", (self.values.queries.len() + zeros) as f64)?,
                // Under `-c`, trec_eval counts the grades from 1 in all queries, whatever `-l`.
                Kind::Count if self.request.complete && row.name == "num_rel" => {
                    self.line(out, row, "all", count_relevant(judged) as f64)?;
                }
                kind => self.line(out, row, "all", summary(kind, column, zeros))?,
            }
        }
        Ok(())
    }

    fn line(&self, out: &mut dyn Write, row: &Row, query: &str, value: f64) -> Outcome<()> {
        let name = &row.name;
        let is_count = matches!(row.kind, Kind::Count | Kind::QueryCount);
        let written = if self.has_z_scores {
            writeln!(out, "Z{name:<22}\t{query}\t{value:6.4}")
        } else if is_count {
            writeln!(out, "{name:<22}\t{query}\t{value:.0}")
        } else {
            writeln!(out, "{name:<22}\t{query}\t{value:6.4}")
        };
        Ok(written?)
    }
}

fn count_relevant(judged: &Judged) -> usize {
    let Judged::Qrels(qrels) = judged else { return 0 };
    let documents = qrels.queries().filter_map(|query| qrels.judged(query)).flatten();
    documents.filter(|&(_, grade)| grade > 0).count()
}

/// The grades of the first documents, a letter for each: `-` for one that is not judged, `.` for one that was pooled and
/// not judged, `>` for a grade above 9.
fn relevance_string(request: &Request, length: usize, judged: &Judged, run: &Run, query: &str) -> String {
    let Judged::Qrels(qrels) = judged else { return String::new() };
    let known: HashMap<&str, i64> = qrels.judged(query).into_iter().flatten().collect();
    let documents = request.ranked(run, query);
    let grades = documents.iter().map(|document| known.get(document).copied());
    let kept = grades.filter(|grade| !request.judged_only || grade.is_some_and(|grade| grade >= 0));
    kept.take(length)
        .map(|grade| match grade.map(u32::try_from) {
            None => '-',
            Some(Ok(grade)) => char::from_digit(grade, 10).unwrap_or('>'),
            Some(Err(_)) => '.',
        })
        .collect()
}
