//! Runs and qrels from Arrow tables, and back.

use std::ops::Range;
use std::sync::Arc;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use rank_eval::{Column, QrelsBuilder, RunBuilder};
use rank_pyo3::ProgressBar;
use rank_pyo3::arrow::arrow_array::builder::LargeStringBuilder;
use rank_pyo3::arrow::arrow_array::{ArrayRef, Float64Array, Int64Array, LargeStringArray, RecordBatch};
use rank_pyo3::arrow::arrow_schema::{Field, Schema};
use rank_pyo3::arrow::{ArrowTable, IdColumn, arrow_stream};

use crate::columns::{ArrowIds, arrow_grades, arrow_scores, pieces};
use crate::errors::{PACKAGE, to_python};
use crate::pandas::Frame;
use crate::work::{bar, build};

/// The names of the columns of a run.
#[derive(Clone, Copy)]
pub(crate) struct RunColumns<'a> {
    pub(crate) query_id: &'a str,
    pub(crate) doc_id: &'a str,
    pub(crate) score: &'a str,
}

impl Default for RunColumns<'_> {
    fn default() -> Self {
        Self { query_id: "query_id", doc_id: "doc_id", score: "score" }
    }
}

/// The names of the columns of qrels.
#[derive(Clone, Copy)]
pub(crate) struct QrelsColumns<'a> {
    pub(crate) query_id: &'a str,
    pub(crate) doc_id: &'a str,
    /// `relevance` or `grade`, whichever is there, if it is not named.
    pub(crate) grade: Option<&'a str>,
}

impl Default for QrelsColumns<'_> {
    fn default() -> Self {
        Self { query_id: "query_id", doc_id: "doc_id", grade: None }
    }
}

/// Calls `extend` with the ids of a piece of the rows of a chunk: the number of the chunk, and which rows these are.
fn each_piece(
    py: Python<'_>,
    [queries, documents]: [&[IdColumn]; 2],
    bar: &ProgressBar,
    mut extend: impl FnMut(Column<'_>, Column<'_>, usize, Range<usize>) -> rank_eval::Result<()> + Send,
) -> PyResult<()> {
    for (chunk, (queries, documents)) in queries.iter().zip(documents).enumerate() {
        let (queries, documents, count) = (ArrowIds::new(queries), ArrowIds::new(documents), documents.len());
        for rows in pieces(count) {
            py.check_signals()?;
            let length = rows.len();
            py.detach(|| {
                let (queries, documents) = (queries.piece(rows.clone()), documents.piece(rows.clone()));
                extend(queries.column(), documents.column(), chunk, rows)
            })
            .map_err(to_python)?;
            bar.update(py, length)?;
        }
    }
    Ok(())
}

pub(crate) fn read_run(value: &Bound<'_, PyAny>, columns: RunColumns<'_>, progress: bool) -> PyResult<rank_eval::Run> {
    let py = value.py();
    let RunColumns { query_id, doc_id, score } = columns;
    let Some(table) = read_table(value, "run")? else {
        let frame = Frame::new(value, "run");
        return frame.rows(query_id, doc_id, score)?.as_numpy().read_run(&frame.scores(score)?, progress);
    };
    let (queries, documents, scores) = (table.ids(query_id)?, table.ids(doc_id)?, table.scores(score)?);
    let mut builder = RunBuilder::default();
    let mut buffer = Vec::new();
    let bar = bar(py, "run", "rows", table.chunks().sum::<usize>(), progress)?;
    each_piece(py, [&queries, &documents], &bar, |queries, documents, chunk, rows| {
        builder.extend_columns(queries, documents, arrow_scores(&scores[chunk], rows, &mut buffer))
    })?;
    build(py, builder)
}

pub(crate) fn read_qrels(
    value: &Bound<'_, PyAny>,
    columns: QrelsColumns<'_>,
    progress: bool,
) -> PyResult<rank_eval::Qrels> {
    let py = value.py();
    let QrelsColumns { query_id, doc_id, grade } = columns;
    let Some(table) = read_table(value, "qrels")? else {
        let frame = Frame::new(value, "qrels");
        let grade = column_of_grades(grade, |name| frame.has(name))?;
        return frame.rows(query_id, doc_id, grade)?.as_numpy().read_qrels(&frame.column(grade)?, progress);
    };
    let grade = column_of_grades(grade, |name| table.has(name))?;
    let (queries, documents, grades) = (table.ids(query_id)?, table.ids(doc_id)?, table.ints(grade)?);
    let mut builder = QrelsBuilder::default();
    let mut buffer = Vec::new();
    let bar = bar(py, "qrels", "rows", table.chunks().sum::<usize>(), progress)?;
    each_piece(py, [&queries, &documents], &bar, |queries, documents, chunk, rows| {
        builder.extend_columns(queries, documents, arrow_grades(&grades[chunk], rows, &mut buffer))
    })?;
    build(py, builder)
}

/// The table of a value; `None` for a data frame of pandas, which needs pyarrow for this, where pyarrow is missing.
fn read_table(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Option<ArrowTable>> {
    match ArrowTable::read(PACKAGE, value, argument) {
        Err(error) if error.is_instance_of::<PyImportError>(value.py()) && Frame::is_one(value) => Ok(None),
        table => table.map(Some),
    }
}

fn column_of_grades(asked: Option<&str>, has: impl Fn(&str) -> bool) -> PyResult<&str> {
    match asked {
        Some(name) => Ok(name),
        None if has("relevance") && has("grade") => Err(PACKAGE.invalid(
            "qrels: expected a column named \"relevance\" or \"grade\", got both; pass grade=\"relevance\" or grade=\"grade\"",
        )),
        None if has("grade") => Ok("grade"),
        None => Ok("relevance"),
    }
}

/// A table of one batch.
pub(crate) fn batch(columns: impl IntoIterator<Item = (String, ArrayRef)>) -> PyResult<RecordBatch> {
    let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) =
        columns.into_iter().map(|(name, array)| (Field::new(name, array.data_type().clone(), false), array)).unzip();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(|error| PACKAGE.invalid(error))
}

pub(crate) fn run_batch(run: &rank_eval::Run) -> PyResult<RecordBatch> {
    let (mut queries, mut documents) = (LargeStringBuilder::new(), LargeStringBuilder::new());
    let mut scores = Vec::with_capacity(run.document_count());
    for query in run.queries() {
        for (document, score) in run.ranked(query).into_iter().flatten() {
            queries.append_value(query);
            documents.append_value(document);
            scores.push(score);
        }
    }
    batch([
        ("query_id".to_owned(), Arc::new(queries.finish()) as ArrayRef),
        ("doc_id".to_owned(), Arc::new(documents.finish())),
        ("score".to_owned(), Arc::new(Float64Array::from(scores))),
    ])
}

pub(crate) fn qrels_batch(qrels: &rank_eval::Qrels) -> PyResult<RecordBatch> {
    let (mut queries, mut documents) = (LargeStringBuilder::new(), LargeStringBuilder::new());
    let mut grades = Vec::with_capacity(qrels.judgment_count());
    for query in qrels.queries() {
        for (document, grade) in qrels.judged(query).into_iter().flatten() {
            queries.append_value(query);
            documents.append_value(document);
            grades.push(grade);
        }
    }
    batch([
        ("query_id".to_owned(), Arc::new(queries.finish()) as ArrayRef),
        ("doc_id".to_owned(), Arc::new(documents.finish())),
        ("relevance".to_owned(), Arc::new(Int64Array::from(grades))),
    ])
}

/// A row for each query: its id, then the measures.
pub(crate) fn evaluation_batch<'a>(
    queries: &[String],
    measures: impl IntoIterator<Item = (&'a str, &'a [f64])>,
) -> PyResult<RecordBatch> {
    let ids = ("query_id".to_owned(), Arc::new(LargeStringArray::from_iter_values(queries)) as ArrayRef);
    let values = measures
        .into_iter()
        .map(|(name, values)| (name.to_owned(), Arc::new(Float64Array::from(values.to_vec())) as ArrayRef));
    batch(std::iter::once(ids).chain(values))
}

/// What `__arrow_c_stream__` returns.
pub(crate) fn stream<'py>(
    py: Python<'py>,
    batch: RecordBatch,
    requested_schema: Option<Bound<'py, PyCapsule>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = batch.schema();
    arrow_stream(py, &schema, std::iter::once(Ok(batch)), requested_schema)
}
