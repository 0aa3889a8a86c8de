//! Runs: the ranked lists of many queries.

use std::io::{Read, Write};
use std::path::Path;

use crate::formats;
use crate::table::{self, Column, Columns, Fault, Parts, Scores, Table};
use crate::watch::{Watch, tell, unwatched};
use crate::{Error, Result, Score};

/// The ranked lists of many queries, as columns.
///
/// Queries are in ascending order of id. A query's documents are in the order that `trec_eval` evaluates: by score
/// descending, then by document id **descending** (by bytes), whatever order they came in; [`Order`](crate::Order) names
/// the other orders that an evaluation can take. Scores are `f64`, and compared as such; version 9 of `trec_eval` and
/// `pytrec_eval` round them to `f32` first, which can make ties of scores that differ only beyond the seventh digit, see
/// [`TrecEval::V9`](crate::TrecEval::V9). Infinite scores are scores: the best and the worst there are, equal ones being
/// ties. NaN is refused.
///
/// Runs made of others ([`slice`](Self::slice), [`cut`](Self::cut)) share their rows.
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
pub struct Run(pub(crate) Table<f64>, Option<Box<str>>);

/// What becomes of a document that two of the merged runs have for the same query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duplicates {
    /// It is an error. The default.
    #[default]
    Refuse,
    /// The first counts.
    KeepFirst,
    /// The last counts.
    KeepLast,
}

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

    /// A run of columns, one row for each document; see [`RunBuilder::extend_columns`].
    ///
    /// # Errors
    ///
    /// Those of [`RunBuilder::extend_columns`] and [`RunBuilder::build`].
    ///
    /// # Example
    ///
    /// ```
    /// use rank_eval::{Column, Offsets, Run, Scores};
    ///
    /// let queries = Column::Int(&[7, 7, 8]);
    /// let documents = Column::Text { text: "d1d2d1", offsets: Offsets::I32(&[0, 2, 4, 6]) };
    /// let run = Run::from_columns(queries, documents, Scores::F32(&[0.5, 0.75, 0.25]))?;
    /// assert_eq!(run.ranked("7").unwrap().collect::<Vec<_>>(), [("d2", 0.75), ("d1", 0.5)]);
    /// # Ok::<(), rank_eval::Error>(())
    /// ```
    pub fn from_columns(queries: Column<'_>, documents: Column<'_>, scores: Scores<'_>) -> Result<Self> {
        let mut builder = RunBuilder::default();
        builder.extend_columns(queries, documents, scores)?;
        builder.build()
    }

    /// Reads a run: plain, gzip or zstd, which is seen from the content; `-` is the standard input.
    ///
    /// In TREC form, lines of `query Q0 document rank score tag` in any order, of which only query, document and score
    /// count, as in `trec_eval`; or in JSON, a line `{"query_id": "q1", "doc_id": "d1", "score": 0.5}` for each document.
    /// Empty lines and lines that begin with `#` are comments.
    ///
    /// # Errors
    ///
    /// [`Error::File`]; [`Error::Malformed`], which names the line, for a line without exactly six columns, a score that
    /// is no number, and a document that is there twice for one query.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        Self::read_with(path, 0)
    }

    /// Reads a run as [`read`](Self::read) does, with so many threads; 0 for as many as the machine has. The run does not
    /// depend on it.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read).
    pub fn read_with(path: impl AsRef<Path>, threads: usize) -> Result<Self> {
        Self::read_watched(path, threads, &unwatched)
    }

    /// [`read_with`](Self::read_with), watched: a step is a byte of the file, compressed if it is. When all steps are
    /// done, 0 steps are reported while the run is put in order.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read), and [`Error::Interrupted`].
    pub fn read_watched(path: impl AsRef<Path>, threads: usize, watch: &Watch<'_>) -> Result<Self> {
        let (table, tag) = formats::read_run(formats::open(path.as_ref())?, path.as_ref(), threads, watch)?;
        Ok(Self(table, tag))
    }

    /// Reads a run as [`read`](Self::read) does, out of anything that can be read. Errors call it `name`.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_eval::Run;
    ///
    /// let run = Run::from_reader("q1 Q0 d1 1 0.5 tag\n".as_bytes(), "run")?;
    /// assert_eq!(run.document_count(), 1);
    /// # Ok::<(), rank_eval::Error>(())
    /// ```
    pub fn from_reader(reader: impl Read + Send, name: &str) -> Result<Self> {
        let (table, tag) = formats::read_run(Box::new(reader), Path::new(name), 0, &unwatched)?;
        Ok(Self(table, tag))
    }

    /// Writes the run in TREC form, queries and documents in order, ranks from 1; gzip if the name ends in `.gz`, zstd if
    /// it ends in `.zst`.
    ///
    /// Scores are printed such that they read back to the same bits. The file appears under its name only when it is
    /// complete. A query without documents leaves no line.
    ///
    /// # Errors
    ///
    /// [`Error::File`]; [`Error::NotAWord`] for a tag or an id that is empty or has white space; [`Error::ReadsAsComment`]
    /// and [`Error::ReadsAsOtherFormat`] for a query id that would be read as something else.
    pub fn write_trec(&self, path: impl AsRef<Path>, tag: &str) -> Result<()> {
        self.write_trec_watched(path, tag, &unwatched)
    }

    /// [`write_trec`](Self::write_trec), watched: a step is a line.
    ///
    /// # Errors
    ///
    /// As [`write_trec`](Self::write_trec), and [`Error::Interrupted`].
    pub fn write_trec_watched(&self, path: impl AsRef<Path>, tag: &str, watch: &Watch<'_>) -> Result<()> {
        formats::check_words(&self.0, Some(tag), watch)?;
        formats::write_file(path.as_ref(), &|out| formats::trec_run(&self.0, out, tag, watch))
    }

    /// Writes the run in TREC form to anything that can be written, as [`write_trec`](Self::write_trec) does.
    ///
    /// # Errors
    ///
    /// [`Error::NotAWord`]; [`Error::File`], which names `name`.
    pub fn write_trec_to(&self, mut out: impl Write, name: &str, tag: &str) -> Result<()> {
        formats::check_words(&self.0, Some(tag), &unwatched)?;
        formats::trec_run(&self.0, &mut out, tag, &unwatched).map_err(formats::file_error(Path::new(name), "write"))
    }

    /// Writes the run as lines of JSON, `{"query_id": "q1", "doc_id": "d1", "score": 0.5}`; compressed as by
    /// [`write_trec`](Self::write_trec).
    ///
    /// # Errors
    ///
    /// [`Error::File`]; [`Error::NotFiniteInJson`], since JSON has no infinite numbers.
    pub fn write_jsonl(&self, path: impl AsRef<Path>) -> Result<()> {
        self.write_jsonl_watched(path, &unwatched)
    }

    /// [`write_jsonl`](Self::write_jsonl), watched: a step is a line.
    ///
    /// # Errors
    ///
    /// As [`write_jsonl`](Self::write_jsonl), and [`Error::Interrupted`].
    pub fn write_jsonl_watched(&self, path: impl AsRef<Path>, watch: &Watch<'_>) -> Result<()> {
        self.check_finite(watch)?;
        formats::write_file(path.as_ref(), &|out| formats::jsonl(&self.0, out, watch))
    }

    fn check_finite(&self, watch: &Watch<'_>) -> Result<()> {
        for query in self.queries() {
            tell(watch, 0)?;
            let infinite = self.ranked(query).into_iter().flatten().find(|(_, score)| score.is_infinite());
            if let Some((document, value)) = infinite {
                return Err(Error::NotFiniteInJson { query: query.to_owned(), document: document.to_owned(), value });
            }
        }
        Ok(())
    }

    /// The tag of a run that was read in TREC form: the last word of its last line, as `trec_eval` has it.
    pub fn tag(&self) -> Option<&str> {
        self.1.as_deref()
    }

    /// The number of queries.
    pub fn len(&self) -> usize {
        self.0.queries().len()
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
    pub fn queries(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.queries().iter().map(AsRef::as_ref)
    }

    /// The documents of a query with their scores, best first; `None` if the run lacks the query.
    pub fn ranked(&self, query: &str) -> Option<impl ExactSizeIterator<Item = (&str, f64)>> {
        self.0.find(query).map(|query| self.0.rows(query).iter())
    }

    /// The queries with the number of documents of each.
    pub fn depths(&self) -> impl ExactSizeIterator<Item = (&str, usize)> {
        self.0.queries().iter().enumerate().map(|(number, query)| (&**query, self.0.rows(number).len()))
    }

    /// All rows as columns, queries and documents in order.
    pub fn columns(&self) -> Columns<f64> {
        self.0.columns()
    }

    /// The run of the queries for which `keep` says so.
    #[must_use]
    pub fn slice(&self, keep: impl FnMut(&str) -> bool) -> Self {
        Self(self.0.slice(keep), self.1.clone())
    }

    /// The run of the first `depth` documents of each query.
    ///
    /// ```
    /// use rank_eval::Run;
    ///
    /// let run = Run::from_nested([("q1", [("a", 0.5), ("b", 0.75)])])?;
    /// assert_eq!(run.cut(1).ranked("q1").unwrap().collect::<Vec<_>>(), [("b", 0.75)]);
    /// # Ok::<(), rank_eval::Error>(())
    /// ```
    #[must_use]
    pub fn cut(&self, depth: usize) -> Self {
        Self(self.0.cut(depth), self.1.clone())
    }

    /// The run of the documents for which `keep` says so, which sees query, document and score. A query may be left
    /// without documents.
    ///
    /// # Errors
    ///
    /// [`Error::QueryTooLong`], which a run that could be built does not give.
    pub fn filter(&self, keep: impl FnMut(&str, &str, f64) -> bool) -> Result<Self> {
        self.filter_watched(keep, &unwatched)
    }

    /// [`filter`](Self::filter), watched: a step is a document of this run.
    ///
    /// # Errors
    ///
    /// As [`filter`](Self::filter), and [`Error::Interrupted`].
    pub fn filter_watched(&self, keep: impl FnMut(&str, &str, f64) -> bool, watch: &Watch<'_>) -> Result<Self> {
        let mut builder = RunBuilder::default();
        self.0.pour(&mut builder.parts, keep, watch)?;
        Ok(Self(builder.build_watched(watch)?.0, self.1.clone()))
    }

    /// The run of the queries and documents of all `runs`: parts of one run, such as those of several shards.
    ///
    /// # Errors
    ///
    /// With [`Duplicates::Refuse`], [`Error::DuplicateInTable`].
    ///
    /// # Example
    ///
    /// ```
    /// use rank_eval::{Duplicates, Run};
    ///
    /// let first = Run::from_nested([("q1", [("a", 0.5)])])?;
    /// let second = Run::from_nested([("q1", vec![("a", 0.75), ("b", 0.6)]), ("q2", vec![("a", 0.1)])])?;
    /// let merged = Run::merge([&first, &second], Duplicates::KeepFirst)?;
    /// assert_eq!(merged.ranked("q1").unwrap().collect::<Vec<_>>(), [("b", 0.6), ("a", 0.5)]);
    /// assert!(Run::merge([&first, &second], Duplicates::Refuse).is_err());
    /// # Ok::<(), rank_eval::Error>(())
    /// ```
    pub fn merge<'a>(runs: impl IntoIterator<Item = &'a Self>, duplicates: Duplicates) -> Result<Self> {
        Self::merge_watched(runs, duplicates, &unwatched)
    }

    /// [`merge`](Self::merge), watched: a step is a document of one of the runs.
    ///
    /// # Errors
    ///
    /// As [`merge`](Self::merge), and [`Error::Interrupted`].
    pub fn merge_watched<'a>(
        runs: impl IntoIterator<Item = &'a Self>,
        duplicates: Duplicates,
        watch: &Watch<'_>,
    ) -> Result<Self> {
        table::merge(runs.into_iter().map(|run| &run.0), duplicates, watch).map(|table| Self(table, None))
    }
}

/// The error of a table that has no lines to name.
pub(crate) fn fault(fault: Fault) -> Error {
    match fault {
        Fault::Duplicate { table, query, document, .. } => Error::DuplicateInTable { table, query, document },
        Fault::TooLong { query } => Error::QueryTooLong { query },
        Fault::Interrupted => Error::Interrupted,
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
pub struct RunBuilder {
    parts: Parts<f64>,
    threads: usize,
    /// The first row that was NaN.
    nan: Option<(String, String)>,
}

impl RunBuilder {
    /// The same builder, to work with so many threads; 0, the default, for as many as the machine has. The run does not
    /// depend on it.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// The query of the documents that follow. It may come again later, and may stay without documents.
    pub fn query(&mut self, id: &str) {
        self.parts.query(id);
    }

    /// Adds a document to the last query named, which is the empty id if none was.
    pub fn push(&mut self, document: &str, score: impl Score) {
        let score = score.to_f64();
        if score.is_nan() && self.nan.is_none() {
            self.nan = Some((self.parts.current().unwrap_or_default().to_owned(), document.to_owned()));
        }
        self.parts.push(document, score);
    }

    /// Adds the rows of columns: a query, a document and a score each. Rows of one query need not stand together, but it
    /// costs less if they do. The last query named counts no longer.
    ///
    /// # Errors
    ///
    /// [`Error::UnequalColumns`], [`Error::InvalidOffset`], [`Error::NanInRun`].
    pub fn extend_columns(&mut self, queries: Column<'_>, documents: Column<'_>, scores: Scores<'_>) -> Result<()> {
        let nan = match scores {
            Scores::F32(scores) => scores.iter().position(|score| score.is_nan()),
            Scores::F64(scores) => scores.iter().position(|score| score.is_nan()),
        };
        let rows = match scores {
            Scores::F32(scores) => scores.len(),
            Scores::F64(scores) => scores.len(),
        };
        let value = |row: usize| match scores {
            Scores::F32(scores) => f64::from(scores[row]),
            Scores::F64(scores) => scores[row],
        };
        let parts = table::append(queries, documents, rows, value, self.threads)?;
        if let Some(row) = nan {
            let (query, document) = table::names(queries, documents, row)?;
            return Err(Error::NanInRun { query, document });
        }
        self.parts.extend(parts);
        Ok(())
    }

    /// The number of documents so far.
    pub fn document_count(&self) -> usize {
        self.parts.len()
    }

    /// The run.
    ///
    /// # Errors
    ///
    /// [`Error::NanInRun`], [`Error::DuplicateInTable`]; [`Error::QueryTooLong`] if the ids of one query's documents are
    /// longer than 4 GiB.
    pub fn build(self) -> Result<Run> {
        self.build_watched(&unwatched)
    }

    /// [`build`](Self::build), watched; only 0 steps are reported.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build), and [`Error::Interrupted`].
    pub fn build_watched(self, watch: &Watch<'_>) -> Result<Run> {
        if let Some((query, document)) = self.nan {
            return Err(Error::NanInRun { query, document });
        }
        let table = table::assemble(self.parts.finish(), self.threads, watch).map_err(fault)?;
        Ok(Run(table, None))
    }
}
