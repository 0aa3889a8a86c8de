//! Qrels: the judgments of many queries.

use std::io::{Read, Write};
use std::path::Path;

use crate::formats;
use crate::run::{Duplicates, fault};
use crate::table::{self, Column, Columns, Parts, Table};
use crate::watch::{Watch, unwatched};
use crate::{Grade, Result};

/// The judgments of many queries, as columns.
///
/// Queries are in ascending order of id, and so are the documents of a query. Grades of at least 1 are relevant, unless a
/// measure or [`Options::level`](crate::Options::level) says otherwise.
///
/// ```
/// use rank_eval::Qrels;
///
/// let qrels = Qrels::from_nested([("q1", [("a", 1), ("b", 0)])])?;
/// assert_eq!(qrels.judged("q1").unwrap().collect::<Vec<_>>(), [("a", 1), ("b", 0)]);
/// # Ok::<(), rank_eval::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Qrels(pub(crate) Table<i64>);

impl Qrels {
    /// Qrels of `(query, documents)` pairs, the documents being `(document, grade)` pairs: nested maps, or vectors.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateInTable`](crate::Error::DuplicateInTable).
    pub fn from_nested<Q, D, G, L>(queries: impl IntoIterator<Item = (Q, L)>) -> Result<Self>
    where
        Q: AsRef<str>,
        D: AsRef<str>,
        G: Grade,
        L: IntoIterator<Item = (D, G)>,
    {
        let mut builder = QrelsBuilder::default();
        for (query, documents) in queries {
            builder.query(query.as_ref());
            for (document, grade) in documents {
                builder.push(document.as_ref(), grade);
            }
        }
        builder.build()
    }

    /// Qrels of columns, one row for each judgment; see [`QrelsBuilder::extend_columns`].
    ///
    /// # Errors
    ///
    /// Those of [`QrelsBuilder::extend_columns`] and [`QrelsBuilder::build`].
    ///
    /// # Example
    ///
    /// ```
    /// use rank_eval::{Column, Qrels};
    ///
    /// let qrels = Qrels::from_columns(Column::List(&["q1", "q1"]), Column::Int(&[12, 7]), &[0, 1])?;
    /// assert_eq!(qrels.judged("q1").unwrap().collect::<Vec<_>>(), [("12", 0), ("7", 1)]);
    /// # Ok::<(), rank_eval::Error>(())
    /// ```
    pub fn from_columns(queries: Column<'_>, documents: Column<'_>, grades: &[i64]) -> Result<Self> {
        let mut builder = QrelsBuilder::default();
        builder.extend_columns(queries, documents, grades)?;
        builder.build()
    }

    /// Reads qrels: plain, gzip or zstd, which is seen from the content; `-` is the standard input.
    ///
    /// In TREC form, lines of `query iteration document grade` of which the second column is ignored; in BEIR form, whose
    /// first line is `query-id corpus-id score` and whose columns a tab separates; or in JSON, a line
    /// `{"query_id": "q1", "doc_id": "d1", "score": 1}` for each judgment. Empty lines and lines that begin with `#` are
    /// comments.
    ///
    /// # Errors
    ///
    /// [`Error::File`](crate::Error::File); [`Error::Malformed`](crate::Error::Malformed), which names the line, for a
    /// line with another number of columns, a grade that is no whole number, and a document that is judged twice for one
    /// query.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        Self::read_with(path, 0)
    }

    /// Reads qrels as [`read`](Self::read) does, with so many threads; 0 for as many as the machine has. The qrels do not
    /// depend on it.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read).
    pub fn read_with(path: impl AsRef<Path>, threads: usize) -> Result<Self> {
        Self::read_watched(path, threads, &unwatched)
    }

    /// [`read_with`](Self::read_with), watched, as [`Run::read_watched`](crate::Run::read_watched) is.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read), and [`Error::Interrupted`](crate::Error::Interrupted).
    pub fn read_watched(path: impl AsRef<Path>, threads: usize, watch: &Watch<'_>) -> Result<Self> {
        formats::read_qrels(formats::open(path.as_ref())?, path.as_ref(), threads, watch).map(Self)
    }

    /// Reads qrels as [`read`](Self::read) does, out of anything that can be read. Errors call it `name`.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read).
    pub fn from_reader(reader: impl Read + Send, name: &str) -> Result<Self> {
        formats::read_qrels(Box::new(reader), Path::new(name), 0, &unwatched).map(Self)
    }

    /// Writes the qrels in TREC form, in order; gzip if the name ends in `.gz`, zstd if it ends in `.zst`. The file
    /// appears under its name only when it is complete. A query without judgments leaves no line.
    ///
    /// # Errors
    ///
    /// [`Error::File`](crate::Error::File); [`Error::NotAWord`](crate::Error::NotAWord) for an id that is empty or has
    /// white space; [`Error::ReadsAsComment`](crate::Error::ReadsAsComment) and
    /// [`Error::ReadsAsOtherFormat`](crate::Error::ReadsAsOtherFormat) for a query id that would be read as something else.
    pub fn write_trec(&self, path: impl AsRef<Path>) -> Result<()> {
        self.write_trec_watched(path, &unwatched)
    }

    /// [`write_trec`](Self::write_trec), watched: a step is a line.
    ///
    /// # Errors
    ///
    /// As [`write_trec`](Self::write_trec), and [`Error::Interrupted`](crate::Error::Interrupted).
    pub fn write_trec_watched(&self, path: impl AsRef<Path>, watch: &Watch<'_>) -> Result<()> {
        formats::check_words(&self.0, None, watch)?;
        formats::write_file(path.as_ref(), &|out| formats::trec_qrels(&self.0, out, watch))
    }

    /// Writes the qrels in TREC form to anything that can be written.
    ///
    /// # Errors
    ///
    /// Those of [`write_trec`](Self::write_trec).
    pub fn write_trec_to(&self, mut out: impl Write, name: &str) -> Result<()> {
        formats::check_words(&self.0, None, &unwatched)?;
        formats::trec_qrels(&self.0, &mut out, &unwatched).map_err(formats::file_error(Path::new(name), "write"))
    }

    /// Writes the qrels in BEIR form: a first line of names, then query, document and grade, separated by tabs.
    ///
    /// # Errors
    ///
    /// [`Error::File`](crate::Error::File); [`Error::NotAWord`](crate::Error::NotAWord) for an id that has a tab or an end
    /// of line.
    pub fn write_beir(&self, path: impl AsRef<Path>) -> Result<()> {
        self.write_beir_watched(path, &unwatched)
    }

    /// [`write_beir`](Self::write_beir), watched: a step is a line.
    ///
    /// # Errors
    ///
    /// As [`write_beir`](Self::write_beir), and [`Error::Interrupted`](crate::Error::Interrupted).
    pub fn write_beir_watched(&self, path: impl AsRef<Path>, watch: &Watch<'_>) -> Result<()> {
        formats::check_cells(&self.0, watch)?;
        formats::write_file(path.as_ref(), &|out| formats::beir_qrels(&self.0, out, watch))
    }

    /// Writes the qrels as lines of JSON, `{"query_id": "q1", "doc_id": "d1", "score": 1}`.
    ///
    /// # Errors
    ///
    /// [`Error::File`](crate::Error::File).
    pub fn write_jsonl(&self, path: impl AsRef<Path>) -> Result<()> {
        self.write_jsonl_watched(path, &unwatched)
    }

    /// [`write_jsonl`](Self::write_jsonl), watched: a step is a line.
    ///
    /// # Errors
    ///
    /// As [`write_jsonl`](Self::write_jsonl), and [`Error::Interrupted`](crate::Error::Interrupted).
    pub fn write_jsonl_watched(&self, path: impl AsRef<Path>, watch: &Watch<'_>) -> Result<()> {
        formats::write_file(path.as_ref(), &|out| formats::jsonl(&self.0, out, watch))
    }

    /// The number of queries.
    pub fn len(&self) -> usize {
        self.0.queries().len()
    }

    /// Whether there is no query.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of judgments of all queries.
    pub fn judgment_count(&self) -> usize {
        self.0.row_count()
    }

    /// The query ids, ascending.
    pub fn queries(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.queries().iter().map(AsRef::as_ref)
    }

    /// The judged documents of a query with their grades, by id; `None` if the query is not judged.
    pub fn judged(&self, query: &str) -> Option<impl ExactSizeIterator<Item = (&str, i64)>> {
        self.0.find(query).map(|query| self.0.rows(query).iter())
    }

    /// All judgments as columns, queries and documents in order.
    pub fn columns(&self) -> Columns<i64> {
        self.0.columns()
    }

    /// The qrels of the queries for which `keep` says so.
    #[must_use]
    pub fn slice(&self, keep: impl FnMut(&str) -> bool) -> Self {
        Self(self.0.slice(keep))
    }

    /// The qrels of the judgments for which `keep` says so, which sees query, document and grade. A query may be left
    /// without judgments.
    ///
    /// # Errors
    ///
    /// [`Error::QueryTooLong`](crate::Error::QueryTooLong), which qrels that could be built do not give.
    pub fn filter(&self, keep: impl FnMut(&str, &str, i64) -> bool) -> Result<Self> {
        self.filter_watched(keep, &unwatched)
    }

    /// [`filter`](Self::filter), watched: a step is a judgment of these qrels.
    ///
    /// # Errors
    ///
    /// As [`filter`](Self::filter), and [`Error::Interrupted`](crate::Error::Interrupted).
    pub fn filter_watched(&self, keep: impl FnMut(&str, &str, i64) -> bool, watch: &Watch<'_>) -> Result<Self> {
        let mut builder = QrelsBuilder::default();
        self.0.pour(&mut builder.parts, keep, watch)?;
        builder.build_watched(watch)
    }

    /// The qrels of all judgments of several.
    ///
    /// # Errors
    ///
    /// With [`Duplicates::Refuse`], [`Error::DuplicateInTable`](crate::Error::DuplicateInTable).
    pub fn merge<'a>(qrels: impl IntoIterator<Item = &'a Self>, duplicates: Duplicates) -> Result<Self> {
        Self::merge_watched(qrels, duplicates, &unwatched)
    }

    /// [`merge`](Self::merge), watched: a step is a judgment of one of the qrels.
    ///
    /// # Errors
    ///
    /// As [`merge`](Self::merge), and [`Error::Interrupted`](crate::Error::Interrupted).
    pub fn merge_watched<'a>(
        qrels: impl IntoIterator<Item = &'a Self>,
        duplicates: Duplicates,
        watch: &Watch<'_>,
    ) -> Result<Self> {
        table::merge(qrels.into_iter().map(|qrels| &qrels.0), duplicates, watch).map(Self)
    }
}

/// Qrels in the making, row by row. See [`RunBuilder`](crate::RunBuilder).
#[derive(Debug, Clone, Default)]
pub struct QrelsBuilder {
    parts: Parts<i64>,
    threads: usize,
}

impl QrelsBuilder {
    /// The same builder, to work with so many threads; 0, the default, for as many as the machine has. The qrels do not
    /// depend on it.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// The query of the judgments that follow. It may come again later, and may stay without judgments.
    pub fn query(&mut self, id: &str) {
        self.parts.query(id);
    }

    /// Adds a judgment to the last query named, which is the empty id if none was.
    pub fn push(&mut self, document: &str, grade: impl Grade) {
        self.parts.push(document, grade.to_i64());
    }

    /// Adds the rows of columns: a query, a document and a grade each. The last query named counts no longer.
    ///
    /// # Errors
    ///
    /// [`Error::UnequalColumns`](crate::Error::UnequalColumns), [`Error::InvalidOffset`](crate::Error::InvalidOffset).
    pub fn extend_columns(&mut self, queries: Column<'_>, documents: Column<'_>, grades: &[i64]) -> Result<()> {
        self.parts.extend(table::append(queries, documents, grades.len(), |row| grades[row], self.threads)?);
        Ok(())
    }

    /// The number of judgments so far.
    pub fn judgment_count(&self) -> usize {
        self.parts.len()
    }

    /// The qrels.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateInTable`](crate::Error::DuplicateInTable); [`Error::QueryTooLong`](crate::Error::QueryTooLong) if
    /// the ids of one query's documents are longer than 4 GiB.
    pub fn build(self) -> Result<Qrels> {
        self.build_watched(&unwatched)
    }

    /// [`build`](Self::build), watched; only 0 steps are reported.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build), and [`Error::Interrupted`](crate::Error::Interrupted).
    pub fn build_watched(self, watch: &Watch<'_>) -> Result<Qrels> {
        table::assemble(self.parts.finish(), self.threads, watch).map(Qrels).map_err(fault)
    }
}
