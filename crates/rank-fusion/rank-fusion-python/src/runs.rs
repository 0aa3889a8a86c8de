//! Whole runs: which way they are fused, and the form in which the answer is given.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyMapping, PyTuple};
use rank_fusion::{Columns, Fusion, Rows, fuse_runs};
use rank_pyo3::arrow::arrow_array::{ArrayRef, Float64Array, Int64Array, LargeStringArray, RecordBatch};
use rank_pyo3::arrow::arrow_schema::{DataType, Field, Schema};
use rank_pyo3::arrow::arrow_stream;
use rank_pyo3::{Id, ProgressBar, watched};

use crate::argument;
use crate::columns::{Source, View, any_source, ids_to_arrays, owned, to_arrays};
use crate::dicts;
use crate::errors::{PACKAGE, to_python};

#[doc = rank_pyo3::stub!("FusedRun")]
#[pyclass(frozen, module = "rank_fusion", name = "FusedRun")]
pub(crate) struct FusedRun {
    columns: rank_fusion::FusedRun<Id, Id>,
}

pub(crate) fn fuse<'py>(
    py: Python<'py>,
    runs: &Bound<'py, PyAny>,
    fusion: &Fusion,
    threads: Option<usize>,
    progress: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let runs = list_of_runs(runs)?;
    if runs.iter().all(|run| run.cast::<PyMapping>().is_ok()) {
        return Ok(dicts::fuse(py, &runs, fusion, threads, progress)?.into_any());
    }
    let sources = sources(&runs)?;
    let arrays = runs[0].is_instance_of::<PyTuple>();
    let views: Vec<View<'_>> = sources.iter().map(Source::view).collect::<PyResult<_>>()?;
    let ints: Vec<Columns<'_, i64, i64>> = views
        .iter()
        .filter_map(|view| match *view {
            View::Ints { queries, documents, scores } => Some(Columns { queries, documents, scores }),
            _ => None,
        })
        .collect();
    if ints.len() == views.len() {
        let fused = off_the_gil(py, &ints, fusion, threads, progress)?;
        return Ok(to_arrays(py, fused).into_pyobject(py)?.into_any());
    }
    let fused = off_the_gil(py, &views, fusion, threads, progress)?;
    let columns = py.detach(|| rank_fusion::FusedRun {
        queries: fused.queries.into_iter().map(owned).collect(),
        starts: fused.starts,
        documents: fused.documents.into_iter().map(owned).collect(),
        scores: fused.scores,
    });
    if arrays {
        return Ok(ids_to_arrays(py, &columns)?.into_pyobject(py)?.into_any());
    }
    Ok(Bound::new(py, FusedRun { columns })?.into_any())
}

/// The runs of a list of runs.
pub(crate) fn list_of_runs<'py>(runs: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let what = "a list of runs";
    if runs.cast::<PyMapping>().is_ok() {
        return Err(PACKAGE.dtype(format_args!(
            "runs: expected {what}, got {}; pass a list, one run per retriever",
            rank_pyo3::describe(runs)
        )));
    }
    rank_pyo3::items(PACKAGE, runs, "runs", what)?.collect()
}

/// Runs of any form.
pub(crate) fn sources<'py>(runs: &[Bound<'py, PyAny>]) -> PyResult<Vec<Source<'py>>> {
    runs.iter().enumerate().map(|(place, run)| any_source(run, &format!("runs[{place}]"))).collect()
}

fn off_the_gil<R>(
    py: Python<'_>,
    runs: &[R],
    fusion: &Fusion,
    threads: Option<usize>,
    progress: bool,
) -> PyResult<rank_fusion::FusedRun<R::Query, R::Document>>
where
    R: Rows + Send,
    R::Query: std::fmt::Debug,
{
    let bar = ProgressBar::new(PACKAGE, py, 0, progress)?;
    watched(py, &bar, |watch| {
        let advance = |done, of| {
            watch.expect(of);
            watch.advance(done)
        };
        fuse_runs(runs, fusion, threads, advance).map_err(to_python)
    })
}

#[pymethods]
impl FusedRun {
    #[doc = rank_pyo3::stub!("FusedRun.to_dict")]
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let run = PyDict::new(py);
        for (query, documents, scores) in self.columns.iter() {
            let list = PyDict::new(py);
            for (document, score) in documents.iter().zip(scores) {
                list.set_item(document, score)?;
            }
            run.set_item(query, list)?;
        }
        Ok(run)
    }

    #[doc = rank_pyo3::stub!("FusedRun.to_arrays")]
    fn to_arrays<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        ids_to_arrays(py, &self.columns)?.into_pyobject(py)
    }

    #[doc = rank_pyo3::stub!("FusedRun.write")]
    #[pyo3(signature = (path, tag = "rank-fusion"))]
    fn write(&self, py: Python<'_>, path: PathBuf, #[pyo3(from_py_with = argument::tag)] tag: &str) -> PyResult<()> {
        let plain = |id: &Id| match id {
            Id::Int(number) => number.to_string(),
            Id::Str(text) => text.to_string(),
        };
        py.detach(|| {
            let run = rank_fusion::FusedRun {
                queries: self.columns.queries.iter().map(plain).collect(),
                starts: self.columns.starts.clone(),
                documents: self.columns.documents.iter().map(plain).collect(),
                scores: self.columns.scores.clone(),
            };
            run.write(path, tag)
        })
        .map_err(to_python)
    }

    fn __len__(&self) -> usize {
        self.columns.queries.len()
    }

    fn __repr__(&self) -> String {
        format!("FusedRun({} queries, {} rows)", self.columns.queries.len(), self.columns.documents.len())
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let mut queries = Vec::with_capacity(self.columns.documents.len());
        for (query, ends) in self.columns.queries.iter().zip(self.columns.starts.windows(2)) {
            queries.resize(ends[1], query);
        }
        let columns = [
            ("query_id", column("query_id", &queries)?),
            ("doc_id", column("doc_id", &self.columns.documents.iter().collect::<Vec<_>>())?),
            ("score", Arc::new(Float64Array::from(self.columns.scores.clone())) as ArrayRef),
        ];
        let fields: Vec<Field> =
            columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), false)).collect();
        debug_assert_eq!(fields[2].data_type(), &DataType::Float64);
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(schema.clone(), columns.into_iter().map(|(_, array)| array).collect());
        arrow_stream(py, &schema, std::iter::once(batch), requested_schema)
    }
}

/// A column of ints or one of texts.
fn column(name: &str, ids: &[&Id]) -> PyResult<ArrayRef> {
    let ints = ids.iter().filter(|id| matches!(id, Id::Int(_))).count();
    if ints == ids.len() && ints > 0 {
        let values = ids.iter().filter_map(|id| if let Id::Int(number) = id { Some(*number) } else { None });
        return Ok(Arc::new(Int64Array::from_iter_values(values)));
    }
    if ints > 0 {
        return Err(PACKAGE.dtype(format_args!(
            "{name}: expected ids of one type, got ints and texts; an Arrow column holds one type, use to_dict()"
        )));
    }
    let values = ids.iter().filter_map(|id| if let Id::Str(text) = id { Some(text.as_ref()) } else { None });
    Ok(Arc::new(LargeStringArray::from_iter_values(values)))
}
