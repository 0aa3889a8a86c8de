//! Runs and qrels.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyMapping, PyString, PyType};
use rank_pyo3::arrow::ArrowTable;
use rank_pyo3::{ProgressBar, Watch, frames, watched};

use crate::arrow::{QrelsColumns, RunColumns, qrels_batch, read_qrels, read_run, run_batch, stream};
use crate::columns;
use crate::dicts;
use crate::errors::{PACKAGE, to_python};
use crate::selection;

#[doc = rank_pyo3::stub!("Run")]
#[pyclass(frozen, module = "rank_eval")]
pub(crate) struct Run(pub(crate) rank_eval::Run);

#[pymethods]
impl Run {
    #[doc = rank_pyo3::stub!("Run.from_dict")]
    #[classmethod]
    fn from_dict(_class: &Bound<'_, PyType>, run: &Bound<'_, PyAny>) -> PyResult<Self> {
        let builder = dicts::read_run(run)?;
        run.py().detach(|| builder.build()).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Run.from_rows")]
    #[classmethod]
    fn from_rows(_class: &Bound<'_, PyType>, rows: &Bound<'_, PyAny>) -> PyResult<Self> {
        let builder = dicts::read_run_rows(rows)?;
        rows.py().detach(|| builder.build()).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Run.from_columns")]
    #[classmethod]
    fn from_columns(
        _class: &Bound<'_, PyType>,
        query_ids: &Bound<'_, PyAny>,
        doc_ids: &Bound<'_, PyAny>,
        scores: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let builder = columns::read_columns(query_ids, doc_ids, scores)?;
        scores.py().detach(|| builder.build()).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Run.from_arrays")]
    #[classmethod]
    fn from_arrays(
        _class: &Bound<'_, PyType>,
        query_ids: &Bound<'_, PyAny>,
        offsets: &Bound<'_, PyAny>,
        doc_ids: &Bound<'_, PyAny>,
        scores: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let builder = columns::read_arrays(query_ids, offsets, doc_ids, scores)?;
        scores.py().detach(|| builder.build()).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Run.cut")]
    fn cut(&self, depth: i64) -> PyResult<Self> {
        Ok(Self(self.0.cut(selection::depth(depth)?)))
    }

    #[doc = rank_pyo3::stub!("Run.slice")]
    fn slice(&self, queries: &Bound<'_, PyAny>) -> PyResult<Self> {
        let queries = selection::queries(queries, self.0.queries(), "run")?;
        Ok(Self(self.0.slice(|query| queries.contains(query))))
    }

    #[doc = rank_pyo3::stub!("Run.merge")]
    #[classmethod]
    #[pyo3(signature = (runs, duplicates = "refuse"))]
    fn merge(_class: &Bound<'_, PyType>, runs: &Bound<'_, PyAny>, duplicates: &str) -> PyResult<Self> {
        let duplicates = selection::duplicates(duplicates)?;
        let tables = selection::tables::<Self>(runs, "runs", "Run")?;
        let tables: Vec<&rank_eval::Run> = tables.iter().map(|table| &table.get().0).collect();
        runs.py().detach(|| rank_eval::Run::merge(tables, duplicates)).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Run.from_arrow")]
    #[classmethod]
    #[pyo3(signature = (table, *, query_id = "query_id", doc_id = "doc_id", score = "score"))]
    fn from_arrow(
        _class: &Bound<'_, PyType>,
        table: &Bound<'_, PyAny>,
        query_id: &str,
        doc_id: &str,
        score: &str,
    ) -> PyResult<Self> {
        read_run(table, RunColumns { query_id, doc_id, score }).map(Self)
    }

    #[doc = rank_pyo3::stub!("Run.read")]
    #[classmethod]
    #[pyo3(signature = (path, *, threads = 0))]
    fn read(_class: &Bound<'_, PyType>, py: Python<'_>, path: PathBuf, threads: usize) -> PyResult<Self> {
        let read = |_: &Watch| rank_eval::Run::read_with(path, threads).map_err(to_python);
        watched(py, &ProgressBar::hidden(), read).map(Self)
    }

    #[doc = rank_pyo3::stub!("Run.write")]
    #[pyo3(signature = (path, tag = "rank-rank"))]
    fn write(&self, py: Python<'_>, path: PathBuf, tag: &str) -> PyResult<()> {
        py.detach(|| self.0.write_trec(path, tag)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Run.to_dict")]
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let run = PyDict::new(py);
        for query in self.0.queries() {
            let documents = PyDict::new(py);
            for (document, score) in self.0.ranked(query).into_iter().flatten() {
                documents.set_item(document, score)?;
            }
            run.set_item(query, documents)?;
        }
        Ok(run)
    }

    #[doc = rank_pyo3::stub!("Run.to_arrow")]
    fn to_arrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        frames::to_arrow(PACKAGE, slf)
    }

    #[doc = rank_pyo3::stub!("Run.to_pandas")]
    fn to_pandas<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        frames::to_pandas(PACKAGE, py, &py.detach(|| run_batch(&self.0))?)
    }

    #[doc = rank_pyo3::stub!("Run.to_polars")]
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        frames::to_polars(PACKAGE, slf)
    }

    #[doc = rank_pyo3::stub!("Run.__arrow_c_stream__")]
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        stream(py, py.detach(|| run_batch(&self.0))?, requested_schema)
    }

    #[doc = rank_pyo3::stub!("Run.__len__")]
    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __repr__(&self) -> String {
        format!("Run({} queries, {} documents)", self.0.len(), self.0.document_count())
    }
}

#[doc = rank_pyo3::stub!("Qrels")]
#[pyclass(frozen, module = "rank_eval")]
pub(crate) struct Qrels(pub(crate) rank_eval::Qrels);

#[pymethods]
impl Qrels {
    #[doc = rank_pyo3::stub!("Qrels.from_dict")]
    #[classmethod]
    fn from_dict(_class: &Bound<'_, PyType>, qrels: &Bound<'_, PyAny>) -> PyResult<Self> {
        let builder = dicts::read_qrels(qrels)?;
        qrels.py().detach(|| builder.build()).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Qrels.from_rows")]
    #[classmethod]
    fn from_rows(_class: &Bound<'_, PyType>, rows: &Bound<'_, PyAny>) -> PyResult<Self> {
        let builder = dicts::read_qrels_rows(rows)?;
        rows.py().detach(|| builder.build()).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Qrels.from_arrow")]
    #[classmethod]
    #[pyo3(signature = (table, *, query_id = "query_id", doc_id = "doc_id", grade = None))]
    fn from_arrow(
        _class: &Bound<'_, PyType>,
        table: &Bound<'_, PyAny>,
        query_id: &str,
        doc_id: &str,
        grade: Option<&str>,
    ) -> PyResult<Self> {
        read_qrels(table, QrelsColumns { query_id, doc_id, grade }).map(Self)
    }

    #[doc = rank_pyo3::stub!("Qrels.read")]
    #[classmethod]
    #[pyo3(signature = (path, *, threads = 0))]
    fn read(_class: &Bound<'_, PyType>, py: Python<'_>, path: PathBuf, threads: usize) -> PyResult<Self> {
        let read = |_: &Watch| rank_eval::Qrels::read_with(path, threads).map_err(to_python);
        watched(py, &ProgressBar::hidden(), read).map(Self)
    }

    #[doc = rank_pyo3::stub!("Qrels.slice")]
    fn slice(&self, queries: &Bound<'_, PyAny>) -> PyResult<Self> {
        let queries = selection::queries(queries, self.0.queries(), "qrels")?;
        Ok(Self(self.0.slice(|query| queries.contains(query))))
    }

    #[doc = rank_pyo3::stub!("Qrels.merge")]
    #[classmethod]
    #[pyo3(signature = (qrels, duplicates = "refuse"))]
    fn merge(_class: &Bound<'_, PyType>, qrels: &Bound<'_, PyAny>, duplicates: &str) -> PyResult<Self> {
        let duplicates = selection::duplicates(duplicates)?;
        let tables = selection::tables::<Self>(qrels, "qrels", "Qrels")?;
        let tables: Vec<&rank_eval::Qrels> = tables.iter().map(|table| &table.get().0).collect();
        qrels.py().detach(|| rank_eval::Qrels::merge(tables, duplicates)).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Qrels.to_dict")]
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let qrels = PyDict::new(py);
        for query in self.0.queries() {
            let documents = PyDict::new(py);
            for (document, grade) in self.0.judged(query).into_iter().flatten() {
                documents.set_item(document, grade)?;
            }
            qrels.set_item(query, documents)?;
        }
        Ok(qrels)
    }

    #[doc = rank_pyo3::stub!("Qrels.to_arrow")]
    fn to_arrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        frames::to_arrow(PACKAGE, slf)
    }

    #[doc = rank_pyo3::stub!("Qrels.to_pandas")]
    fn to_pandas<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        frames::to_pandas(PACKAGE, py, &py.detach(|| qrels_batch(&self.0))?)
    }

    #[doc = rank_pyo3::stub!("Qrels.to_polars")]
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        frames::to_polars(PACKAGE, slf)
    }

    #[doc = rank_pyo3::stub!("Qrels.__arrow_c_stream__")]
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        stream(py, py.detach(|| qrels_batch(&self.0))?, requested_schema)
    }

    #[doc = rank_pyo3::stub!("Qrels.__len__")]
    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __repr__(&self) -> String {
        format!("Qrels({} queries, {} judgments)", self.0.len(), self.0.judgment_count())
    }
}

/// Reads an argument that is a table of ours, a path, a table of others, a dict or rows.
macro_rules! table_argument {
    ($function:ident, $table:ident, $arrow:expr) => {
        pub(crate) fn $function<'py>(value: &Bound<'py, PyAny>, threads: usize) -> PyResult<Bound<'py, $table>> {
            let py = value.py();
            let class = py.get_type::<$table>();
            if let Ok(table) = value.cast::<$table>() {
                return Ok(table.clone());
            }
            let table = if value.is_instance_of::<PyString>() || value.hasattr("__fspath__")? {
                $table::read(&class, py, value.extract()?, threads)?
            } else if value.cast::<PyMapping>().is_ok() {
                $table::from_dict(&class, value)?
            } else if ArrowTable::accepts(value)? {
                $table($arrow(value)?)
            } else if dicts::is_of_ranx(value) {
                $table::from_dict(&class, &value.call_method0("to_dict")?)?
            } else if value.try_iter().is_ok() {
                $table::from_rows(&class, value)?
            } else {
                $table::from_dict(&class, value)?
            };
            Bound::new(py, table)
        }
    };
}
table_argument!(run_argument, Run, |table| read_run(table, RunColumns::default()));
table_argument!(qrels_argument, Qrels, |table| read_qrels(table, QrelsColumns::default()));
