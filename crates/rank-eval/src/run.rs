//! Runs: the ranked lists of many queries.

use std::cmp::Ordering;
use std::path::Path;

use crate::table::{Builder, Table};
use crate::{Error, Result, Score, trec};

/// The ranked lists of many queries, as columns: each id is kept once.
///
/// Queries are in ascending order of id. A query's documents are in the order that `trec_eval` evaluates: by score
/// descending, then by document id **descending** (by bytes), whatever order they came in. Scores are `f64`, and compared
/// as such; version 9 of `trec_eval` and `pytrec_eval` round them to `f32` first, which can make ties of scores that
/// differ only beyond the seventh digit.
///
/// ```
/// use rank_eval::Run;
///
/// let run = Run::from_nested([("q1", [("a", 0.5_f32), ("b", 0.5), ("c", 0.9)])])?;
/// let ids: Vec<&str> = run.ranked("q1").unwrap().map(|(id, _)| id).collect();
/// assert_eq!(ids, ["c", "b", "a"]);
/// # Ok::<(), rank_eval::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Run(pub(crate) Table<f64>);

impl Run {
    /// A run of `(query, documents)` pairs, the documents being `(document, score)` pairs: nested maps, or vectors.
    ///
    /// # Errors
    ///
    /// [`Error::NanInRun`], [`Error::DuplicateInTable`].
    pub fn from_nested<Q, D, S, L>(queries: impl IntoIterator<Item = (Q, L)>) -> Result<Self>
    where
        Q: AsRef<str>,
        D: AsRef<str>,
        S: Score,
        L: IntoIterator<Item = (D, S)>,
    {
        let mut builder = RunBuilder::default();
        for (query, documents) in queries {
            builder.query(query.as_ref());
            for (document, score) in documents {
                builder.push(document.as_ref(), score);
            }
        }
        builder.build()
    }

    /// Reads a run in TREC form, plain or gzip: lines of `query Q0 document rank score tag`, in any order.
    ///
    /// Only the scores order the documents; the second column, rank and tag are ignored, as `trec_eval` does.
    ///
    /// # Errors
    ///
    /// [`Error::File`]; [`Error::Malformed`], which names the line, for a line without exactly six columns, a score that
    /// is no number, and a document that is there twice for one query.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        trec::read_run(path.as_ref())
    }

    /// Writes the run in TREC form, queries and documents in order, ranks from 1; gzip if the name ends in `.gz`.
    ///
    /// Scores are printed such that they read back to the same bits. The file appears under its name only when it is
    /// complete. A query without documents leaves no line.
    ///
    /// # Errors
    ///
    /// [`Error::File`]; [`Error::NotAWord`] for a tag or an id that is empty or has white space.
    pub fn write_trec(&self, path: impl AsRef<Path>, tag: &str) -> Result<()> {
        trec::write_run(self, path.as_ref(), tag)
    }

    /// The number of queries.
    pub fn len(&self) -> usize {
        self.0.queries.len()
    }

    /// Whether there is no query.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of documents of all queries.
    pub fn document_count(&self) -> usize {
        self.0.row_count()
    }

    /// The query ids, ascending.
    pub fn queries(&self) -> impl Iterator<Item = &str> {
        self.0.queries.names()
    }

    /// The documents of a query with their scores, best first; `None` if the run lacks the query.
    pub fn ranked(&self, query: &str) -> Option<impl ExactSizeIterator<Item = (&str, f64)>> {
        self.0.queries.find(query).map(|query| self.0.named_rows(query))
    }
}

/// A run in the making, row by row.
///
/// ```
/// use rank_eval::RunBuilder;
///
/// let mut builder = RunBuilder::default();
/// builder.query("q1");
/// builder.push("d1", 0.5);
/// assert_eq!(builder.build()?.document_count(), 1);
/// # Ok::<(), rank_eval::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct RunBuilder(Builder<f64>);

impl RunBuilder {
    /// The query of the documents that follow. It may come again later, and may stay without documents.
    pub fn query(&mut self, id: &str) {
        self.0.query(id);
    }

    /// Adds a document to the last query named, which is the empty id if none was.
    pub fn push(&mut self, document: &str, score: impl Score) {
        self.0.push(document, score.to_f64());
    }

    /// The run.
    ///
    /// # Errors
    ///
    /// [`Error::NanInRun`], [`Error::DuplicateInTable`].
    pub fn build(self) -> Result<Run> {
        if let Some(row) = self.0.position(f64::is_nan) {
            let (query, document) = self.0.names(row);
            return Err(Error::NanInRun { query, document });
        }
        if let Some(duplicate) = self.0.duplicate() {
            let (query, document) = self.0.names(duplicate.again);
            return Err(Error::DuplicateInTable { table: "run", query, document });
        }
        Ok(self.build_checked())
    }

    /// The rows in the order they came in, for a reader that names lines.
    pub(crate) fn rows(&self) -> &Builder<f64> {
        &self.0
    }

    /// The run of rows known to be free of NaN and of duplicates.
    pub(crate) fn build_checked(self) -> Run {
        Run(self.0.build(|(a, a_score), (b, b_score)| {
            // Not total_cmp: 0.0 and -0.0 are a tie.
            b_score.partial_cmp(&a_score).unwrap_or(Ordering::Equal).then_with(|| b.cmp(a))
        }))
    }
}
