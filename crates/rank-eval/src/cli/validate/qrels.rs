//! Judgments, of TREC or of BEIR.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Findings, plural};

const BEIR: [&str; 3] = ["query-id", "corpus-id", "score"];

#[derive(Debug, Default)]
pub(super) struct QrelsCheck {
    is_beir: bool,
    queries: BTreeMap<String, Query>,
    /// How often each grade is there.
    grades: BTreeMap<i64, usize>,
}

#[derive(Debug, Default)]
struct Query {
    /// The line of each document.
    documents: HashMap<String, usize>,
    has_relevant: bool,
}

impl QrelsCheck {
    pub(super) fn new(first_line: &str) -> Self {
        Self { is_beir: first_line.split_ascii_whitespace().eq(BEIR), ..Self::default() }
    }

    pub(super) fn line(&mut self, number: usize, line: &str, findings: &mut Findings) {
        let columns: Vec<&str> =
            if self.is_beir { line.split('\t').collect() } else { line.split_ascii_whitespace().collect() };
        let (query, document, grade) = match (self.is_beir, &columns[..]) {
            (true, columns) if columns == BEIR => return,
            (true, [query, document, grade]) | (false, [query, _, document, grade]) => (query, document, grade),
            (is_beir, columns) => {
                let expected = if is_beir { "3 columns, separated by tabs" } else { "4 columns" };
                findings.add(number, format!("expected {expected}, got {}; repair the line", columns.len()));
                return;
            }
        };
        match grade.parse::<i64>() {
            Ok(value) => *self.grades.entry(value).or_default() += 1,
            Err(_) => findings.add(number, format!("expected a whole number as grade, got {grade:?}; repair it")),
        }
        let query = self.queries.entry((*query).to_owned()).or_default();
        query.has_relevant |= grade.parse::<i64>().is_ok_and(|grade| grade > 0);
        let first = *query.documents.entry((*document).to_owned()).or_insert(number);
        if first != number {
            findings
                .add(number, format!("expected each document once, got {document:?} of line {first} again; drop one"));
        }
    }

    pub(super) fn finish(&self, findings: &mut Findings) -> String {
        let grades: Vec<String> = self.grades.iter().map(|(grade, count)| format!("{grade} ({count})")).collect();
        let mut note = |text: String| findings.notes.push(text);
        if !grades.is_empty() {
            note(format!("grades {}", grades.join(", ")));
        }
        let negative: usize = self.grades.range(..0).map(|(_, count)| count).sum();
        if negative > 0 {
            note(format!("{} below 0: pooled, and not judged", plural(negative, "grade")));
        }
        for (query, _) in self.queries.iter().filter(|(_, query)| !query.has_relevant) {
            note(format!("query {query:?} has no document of grade 1 or more; most measures are 0 there"));
        }
        let judgments: usize = self.grades.values().sum();
        format!("{} for {}", plural(judgments, "judgment"), queries(self.queries.len()))
    }

    pub(super) fn into_queries(self) -> BTreeSet<String> {
        self.queries.into_keys().collect()
    }
}

pub(super) fn queries(count: usize) -> String {
    if count == 1 { "1 query".to_owned() } else { format!("{count} queries") }
}
