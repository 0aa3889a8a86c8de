//! Runs and qrels from Arrow tables, and back.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use rank_eval::{QrelsBuilder, RunBuilder};
use rank_pyo3::arrow::arrow_array::builder::LargeStringBuilder;
use rank_pyo3::arrow::arrow_array::{ArrayRef, Float64Array, Int64Array, LargeStringArray, RecordBatch};
use rank_pyo3::arrow::arrow_schema::{Field, Schema};
use rank_pyo3::arrow::{ArrowTable, arrow_stream};

use crate::columns::{ArrowIds, arrow_scores, pieces};
use crate::errors::{PACKAGE, to_python};
use crate::ids::Digits;

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

pub(crate) fn read_run(value: &Bound<'_, PyAny>, columns: RunColumns<'_>) -> PyResult<rank_eval::Run> {
    let table = ArrowTable::read(PACKAGE, value, "run")?;
    let queries = table.ids(columns.query_id)?;
    let documents = table.ids(columns.doc_id)?;
    let scores = table.scores(columns.score)?;
    let py = value.py();
    let mut builder = RunBuilder::default();
    let mut buffer = Vec::new();
    for ((queries, documents), scores) in queries.iter().zip(&documents).zip(&scores) {
        let (queries, documents) = (ArrowIds::new(queries), ArrowIds::new(documents));
        for rows in pieces(scores.len()) {
            py.check_signals()?;
            py.detach(|| {
                let (queries, documents) = (queries.piece(rows.clone()), documents.piece(rows.clone()));
                builder.extend_columns(queries.column(), documents.column(), arrow_scores(scores, rows, &mut buffer))
            })
            .map_err(to_python)?;
        }
    }
    py.detach(|| builder.build()).map_err(to_python)
}

pub(crate) fn read_qrels(value: &Bound<'_, PyAny>, columns: QrelsColumns<'_>) -> PyResult<rank_eval::Qrels> {
    let table = ArrowTable::read(PACKAGE, value, "qrels")?;
    let grade = match columns.grade {
        Some(name) => name,
        None if table.has("relevance") && table.has("grade") => {
            return Err(PACKAGE.invalid(
                "qrels: expected a column named \"relevance\" or \"grade\", got both; pass grade=\"relevance\" or grade=\"grade\"",
            ));
        }
        None if table.has("grade") => "grade",
        None => "relevance",
    };
    let queries = table.ids(columns.query_id)?;
    let documents = table.ids(columns.doc_id)?;
    let grades = table.ints(grade)?;
    let read = || {
        let mut builder = QrelsBuilder::default();
        let (mut query_digits, mut document_digits) = (Digits::default(), Digits::default());
        for ((queries, documents), grades) in queries.iter().zip(&documents).zip(&grades) {
            for row in 0..grades.len() {
                builder.query(query_digits.text(queries.get(row)));
                builder.push(document_digits.text(documents.get(row)), grades.get(row));
            }
        }
        builder.build()
    };
    value.py().detach(read).map_err(to_python)
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
