//! Qrels: the judgments of many queries.

use std::path::Path;

use crate::table::{Builder, Table};
use crate::{Error, Grade, Result, trec};

/// The judgments of many queries, as columns: each id is kept once.
///
/// Queries are in ascending order of id, and so are the documents of a query. Grades above 0 are relevant.
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
    /// [`Error::DuplicateInTable`].
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

    /// Reads qrels, plain or gzip, in TREC form, lines of `query iteration document grade` of which the second column is
    /// ignored, or in BEIR form, whose first line is `query-id corpus-id score` and whose columns a tab separates.
    ///
    /// # Errors
    ///
    /// [`Error::File`]; [`Error::Malformed`], which names the line, for a line with another number of columns, a grade
    /// that is no whole number, and a document that is judged twice for one query.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        trec::read_qrels(path.as_ref())
    }

    /// The number of queries.
    pub fn len(&self) -> usize {
        self.0.queries.len()
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
    pub fn queries(&self) -> impl Iterator<Item = &str> {
        self.0.queries.names()
    }

    /// The judged documents of a query with their grades, by id; `None` if the query is not judged.
    pub fn judged(&self, query: &str) -> Option<impl ExactSizeIterator<Item = (&str, i64)>> {
        self.0.queries.find(query).map(|query| self.0.named_rows(query))
    }
}

/// Qrels in the making, row by row. See [`RunBuilder`](crate::RunBuilder).
#[derive(Debug, Clone, Default)]
pub struct QrelsBuilder(Builder<i64>);

impl QrelsBuilder {
    /// The query of the judgments that follow. It may come again later, and may stay without judgments.
    pub fn query(&mut self, id: &str) {
        self.0.query(id);
    }

    /// Adds a judgment to the last query named, which is the empty id if none was.
    pub fn push(&mut self, document: &str, grade: impl Grade) {
        self.0.push(document, grade.to_i64());
    }

    /// The qrels.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateInTable`].
    pub fn build(self) -> Result<Qrels> {
        if let Some(duplicate) = self.0.duplicate() {
            let (query, document) = self.0.names(duplicate.again);
            return Err(Error::DuplicateInTable { table: "qrels", query, document });
        }
        Ok(self.build_checked())
    }

    /// The rows in the order they came in, for a reader that names lines.
    pub(crate) fn rows(&self) -> &Builder<i64> {
        &self.0
    }

    /// The qrels of rows known to be free of duplicates.
    pub(crate) fn build_checked(self) -> Qrels {
        Qrels(self.0.build(|(a, _), (b, _)| a.cmp(b)))
    }
}
