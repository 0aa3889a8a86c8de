//! Runs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::qrels::queries;
use super::{Findings, plural};

#[derive(Debug, Default)]
pub(super) struct RunCheck {
    queries: BTreeMap<String, Query>,
    tags: BTreeMap<String, usize>,
}

#[derive(Debug, Default)]
struct Query {
    /// The line of each document.
    documents: HashMap<String, usize>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    line: usize,
    rank: i64,
    score: f64,
}

impl RunCheck {
    pub(super) fn line(&mut self, number: usize, line: &str, findings: &mut Findings) {
        let columns: Vec<&str> = line.split_ascii_whitespace().collect();
        let [query, _, document, rank, score, tag] = columns[..] else {
            findings.add(number, format!("expected 6 columns, got {}; repair the line", columns.len()));
            return;
        };
        *self.tags.entry(tag.to_owned()).or_default() += 1;
        let query = self.queries.entry(query.to_owned()).or_default();
        let first = *query.documents.entry(document.to_owned()).or_insert(number);
        if first != number {
            findings
                .add(number, format!("expected each document once, got {document:?} of line {first} again; drop one"));
        }
        let rank_number = rank.parse();
        if rank_number.is_err() {
            findings.add(number, format!("expected a whole number as rank, got {rank:?}; repair it"));
        }
        match (score.parse::<f64>(), rank_number) {
            (Ok(score), Ok(rank)) if score.is_finite() => query.rows.push(Row { line: number, rank, score }),
            (Ok(score), Err(_)) if score.is_finite() => {}
            _ => findings.add(number, format!("expected a finite number as score, got {score:?}; repair it")),
        }
    }

    pub(super) fn finish(&self, findings: &mut Findings) -> String {
        let (mut tied, mut nearly) = (0, 0);
        for query in self.queries.values() {
            let mut rows: Vec<&Row> = query.rows.iter().collect();
            rows.sort_by_key(|row| (row.rank, row.line));
            for pair in rows.windows(2) {
                contradiction(pair[0], pair[1], findings);
            }
            rows.sort_by(|a, b| b.score.total_cmp(&a.score));
            let same = |equal: fn(f64, f64) -> bool| rows.windows(2).any(|pair| equal(pair[0].score, pair[1].score));
            tied += usize::from(same(|a, b| a == b));
            nearly += usize::from(same(|a, b| a != b && a as f32 == b as f32));
        }
        if tied > 0 {
            findings.notes.push(format!("{} with equal scores; document ids break the ties, not ranks", queries(tied)));
        }
        if nearly > 0 {
            findings.notes.push(format!(
                "{} with different scores that are equal as float32, and so are ties for trec_eval 9 and pytrec_eval",
                queries(nearly)
            ));
        }
        if self.tags.len() > 1 {
            let tags: Vec<String> = self.tags.iter().map(|(tag, count)| format!("{tag} ({count})")).collect();
            findings.notes.push(format!("several tags: {}", tags.join(", ")));
        }
        let count = self.queries.values().map(|query| query.documents.len()).sum();
        format!("{} for {}", plural(count, "document"), queries(self.queries.len()))
    }

    pub(super) fn into_queries(self) -> BTreeSet<String> {
        self.queries.into_keys().collect()
    }
}

/// Whether the rank column has two rows in an order that their scores have not.
fn contradiction(better: &Row, worse: &Row, findings: &mut Findings) {
    if better.rank == worse.rank {
        findings.add(
            worse.line,
            format!("expected each rank once per query, got {} of line {} again; number them", worse.rank, better.line),
        );
    } else if better.score < worse.score {
        findings.add(
            worse.line,
            format!(
                "expected at rank {} no higher score than {} of line {}, got {}; only scores count",
                worse.rank, better.score, better.line, worse.score
            ),
        );
    }
}
