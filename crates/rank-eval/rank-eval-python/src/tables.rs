//! Runs and qrels.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyMapping, PyString, PyType};
use rank_eval::Watch;
use rank_pyo3::arrow::ArrowTable;
use rank_pyo3::{describe, frames};

use crate::arrow::{QrelsColumns, RunColumns, qrels_batch, read_qrels, read_run, run_batch, stream};
use crate::columns::NumpyRows;
use crate::dicts;
use crate::errors::PACKAGE;
use crate::selection::{self, Asked, Keep};
use crate::work::{bar, build, bytes, watched, watched_rows, written};

#[doc = rank_pyo3::stub!("Run")]
#[pyclass(frozen, module = "rank_eval")]
pub(crate) struct Run(pub(crate) rank_eval::Run);

#[pymethods]
impl Run {
    #[doc = rank_pyo3::stub!("Run.from_dict")]
    #[classmethod]
    #[pyo3(signature = (run, *, progress = false))]
    fn from_dict(_class: &Bound<'_, PyType>, run: &Bound<'_, PyAny>, progress: bool) -> PyResult<Self> {
        build(run.py(), dicts::read_run(run, progress)?).map(Self)
    }

    #[doc = rank_pyo3::stub!("Run.from_rows")]
    #[classmethod]
    #[pyo3(signature = (rows, *, progress = false))]
    fn from_rows(_class: &Bound<'_, PyType>, rows: &Bound<'_, PyAny>, progress: bool) -> PyResult<Self> {
        build(rows.py(), dicts::read_run_rows(rows, progress)?).map(Self)
    }

    #[doc = rank_pyo3::stub!("Run.from_columns")]
    #[classmethod]
    #[pyo3(signature = (query_ids, doc_ids, scores, *, progress = false))]
    fn from_columns(
        _class: &Bound<'_, PyType>,
        query_ids: &Bound<'_, PyAny>,
        doc_ids: &Bound<'_, PyAny>,
        scores: &Bound<'_, PyAny>,
        progress: bool,
    ) -> PyResult<Self> {
        NumpyRows::new(query_ids, None, doc_ids, "scores").read_run(scores, progress).map(Self)
    }

    #[doc = rank_pyo3::stub!("Run.from_arrays")]
    #[classmethod]
    #[pyo3(signature = (query_ids, offsets, doc_ids, scores, *, progress = false))]
    fn from_arrays(
        _class: &Bound<'_, PyType>,
        query_ids: &Bound<'_, PyAny>,
        offsets: &Bound<'_, PyAny>,
        doc_ids: &Bound<'_, PyAny>,
        scores: &Bound<'_, PyAny>,
        progress: bool,
    ) -> PyResult<Self> {
        NumpyRows::new(query_ids, Some(offsets), doc_ids, "scores").read_run(scores, progress).map(Self)
    }

    #[doc = rank_pyo3::stub!("Run.from_arrow")]
    #[classmethod]
    #[pyo3(signature = (table, *, query_id = "query_id", doc_id = "doc_id", score = "score", progress = false))]
    fn from_arrow(
        _class: &Bound<'_, PyType>,
        table: &Bound<'_, PyAny>,
        query_id: &str,
        doc_id: &str,
        score: &str,
        progress: bool,
    ) -> PyResult<Self> {
        read_run(table, RunColumns { query_id, doc_id, score }, progress).map(Self)
    }

    #[doc = rank_pyo3::stub!("Run.read")]
    #[classmethod]
    #[pyo3(signature = (path, *, threads = 0, progress = false))]
    fn read(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        path: PathBuf,
        threads: usize,
        progress: bool,
    ) -> PyResult<Self> {
        let bar = bytes(py, &path, progress)?;
        watched(py, &bar, |watch| rank_eval::Run::read_watched(path, threads, watch)).map(Self)
    }

    #[doc = rank_pyo3::stub!("Run.cut")]
    fn cut(&self, depth: i64) -> PyResult<Self> {
        Ok(Self(self.0.cut(selection::depth(depth)?)))
    }

    #[doc = rank_pyo3::stub!("Run.slice")]
    fn slice(&self, queries: &Bound<'_, PyAny>) -> PyResult<Self> {
        Keep::queries(queries, self.0.queries(), "run")?.slice(|keep| self.0.slice(keep)).map(Self)
    }

    #[doc = rank_pyo3::stub!("Run.filter")]
    #[pyo3(signature = (documents, *, progress = false))]
    fn filter(&self, documents: &Bound<'_, PyAny>, progress: bool) -> PyResult<Self> {
        let (py, rows) = (documents.py(), self.0.document_count());
        let bar = bar(py, "run", "documents", rows, progress)?;
        let filter = |keep: &mut Asked<'_, _>, watch: &Watch<'_>| self.0.filter_watched(keep, watch);
        Keep::documents(documents)?.filter(py, rows, &bar, filter).map(Self)
    }

    #[doc = rank_pyo3::stub!("Run.merge")]
    #[classmethod]
    #[pyo3(signature = (runs, duplicates = "refuse", *, progress = false))]
    fn merge(_class: &Bound<'_, PyType>, runs: &Bound<'_, PyAny>, duplicates: &str, progress: bool) -> PyResult<Self> {
        let duplicates = selection::duplicates(duplicates)?;
        let tables = selection::tables::<Self>(runs, "runs", "Run")?;
        let tables: Vec<&rank_eval::Run> = tables.iter().map(|table| &table.get().0).collect();
        let (py, rows) = (runs.py(), tables.iter().map(|table| table.document_count()).sum());
        let bar = bar(py, "run", "documents", rows, progress)?;
        watched_rows(py, rows, &bar, |watch| rank_eval::Run::merge_watched(tables, duplicates, watch)).map(Self)
    }

    #[doc = rank_pyo3::stub!("Run.write")]
    #[pyo3(signature = (path, tag = "rank-rank", *, progress = false))]
    fn write(&self, py: Python<'_>, path: PathBuf, tag: &str, progress: bool) -> PyResult<()> {
        written(py, path, self.0.document_count(), progress, |path, watch| self.0.write_trec_watched(path, tag, watch))
    }

    #[doc = rank_pyo3::stub!("Run.write_jsonl")]
    #[pyo3(signature = (path, *, progress = false))]
    fn write_jsonl(&self, py: Python<'_>, path: PathBuf, progress: bool) -> PyResult<()> {
        written(py, path, self.0.document_count(), progress, |path, watch| self.0.write_jsonl_watched(path, watch))
    }

    #[doc = rank_pyo3::stub!("Run.to_dict")]
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        to_dict(py, self.0.queries().map(|query| (query, self.0.ranked(query).into_iter().flatten())))
    }

    #[doc = rank_pyo3::stub!("Run.ranked")]
    fn ranked(&self, query: &Bound<'_, PyAny>) -> PyResult<Vec<(String, f64)>> {
        let query = selection::query(query)?;
        let ranked = self.0.ranked(&query).ok_or_else(|| selection::no_query(&query))?;
        Ok(ranked.map(|(document, score)| (document.to_owned(), score)).collect())
    }

    #[doc = rank_pyo3::stub!("Run.queries")]
    #[getter]
    fn queries(&self) -> Vec<String> {
        self.0.queries().map(str::to_owned).collect()
    }

    #[doc = rank_pyo3::stub!("Run.depths")]
    #[getter]
    fn depths<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let depths = PyDict::new(py);
        self.0.depths().try_for_each(|(query, depth)| depths.set_item(query, depth))?;
        Ok(depths)
    }

    #[doc = rank_pyo3::stub!("Run.document_count")]
    #[getter]
    fn document_count(&self) -> usize {
        self.0.document_count()
    }

    #[doc = rank_pyo3::stub!("Run.tag")]
    #[getter]
    fn tag(&self) -> Option<&str> {
        self.0.tag()
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
    #[pyo3(signature = (qrels, *, progress = false))]
    fn from_dict(_class: &Bound<'_, PyType>, qrels: &Bound<'_, PyAny>, progress: bool) -> PyResult<Self> {
        build(qrels.py(), dicts::read_qrels(qrels, progress)?).map(Self)
    }

    #[doc = rank_pyo3::stub!("Qrels.from_rows")]
    #[classmethod]
    #[pyo3(signature = (rows, *, progress = false))]
    fn from_rows(_class: &Bound<'_, PyType>, rows: &Bound<'_, PyAny>, progress: bool) -> PyResult<Self> {
        build(rows.py(), dicts::read_qrels_rows(rows, progress)?).map(Self)
    }

    #[doc = rank_pyo3::stub!("Qrels.from_columns")]
    #[classmethod]
    #[pyo3(signature = (query_ids, doc_ids, grades, *, progress = false))]
    fn from_columns(
        _class: &Bound<'_, PyType>,
        query_ids: &Bound<'_, PyAny>,
        doc_ids: &Bound<'_, PyAny>,
        grades: &Bound<'_, PyAny>,
        progress: bool,
    ) -> PyResult<Self> {
        NumpyRows::new(query_ids, None, doc_ids, "grades").read_qrels(grades, progress).map(Self)
    }

    #[doc = rank_pyo3::stub!("Qrels.from_arrays")]
    #[classmethod]
    #[pyo3(signature = (query_ids, offsets, doc_ids, grades, *, progress = false))]
    fn from_arrays(
        _class: &Bound<'_, PyType>,
        query_ids: &Bound<'_, PyAny>,
        offsets: &Bound<'_, PyAny>,
        doc_ids: &Bound<'_, PyAny>,
        grades: &Bound<'_, PyAny>,
        progress: bool,
    ) -> PyResult<Self> {
        NumpyRows::new(query_ids, Some(offsets), doc_ids, "grades").read_qrels(grades, progress).map(Self)
    }

    #[doc = rank_pyo3::stub!("Qrels.from_arrow")]
    #[classmethod]
    #[pyo3(signature = (table, *, query_id = "query_id", doc_id = "doc_id", grade = None, progress = false))]
    fn from_arrow(
        _class: &Bound<'_, PyType>,
        table: &Bound<'_, PyAny>,
        query_id: &str,
        doc_id: &str,
        grade: Option<&str>,
        progress: bool,
    ) -> PyResult<Self> {
        read_qrels(table, QrelsColumns { query_id, doc_id, grade }, progress).map(Self)
    }

    #[doc = rank_pyo3::stub!("Qrels.read")]
    #[classmethod]
    #[pyo3(signature = (path, *, threads = 0, progress = false))]
    fn read(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        path: PathBuf,
        threads: usize,
        progress: bool,
    ) -> PyResult<Self> {
        let bar = bytes(py, &path, progress)?;
        watched(py, &bar, |watch| rank_eval::Qrels::read_watched(path, threads, watch)).map(Self)
    }

    #[doc = rank_pyo3::stub!("Qrels.slice")]
    fn slice(&self, queries: &Bound<'_, PyAny>) -> PyResult<Self> {
        Keep::queries(queries, self.0.queries(), "qrels")?.slice(|keep| self.0.slice(keep)).map(Self)
    }

    #[doc = rank_pyo3::stub!("Qrels.filter")]
    #[pyo3(signature = (documents, *, progress = false))]
    fn filter(&self, documents: &Bound<'_, PyAny>, progress: bool) -> PyResult<Self> {
        let (py, rows) = (documents.py(), self.0.judgment_count());
        let bar = bar(py, "qrels", "judgments", rows, progress)?;
        let filter = |keep: &mut Asked<'_, _>, watch: &Watch<'_>| self.0.filter_watched(keep, watch);
        Keep::documents(documents)?.filter(py, rows, &bar, filter).map(Self)
    }

    #[doc = rank_pyo3::stub!("Qrels.merge")]
    #[classmethod]
    #[pyo3(signature = (qrels, duplicates = "refuse", *, progress = false))]
    fn merge(_class: &Bound<'_, PyType>, qrels: &Bound<'_, PyAny>, duplicates: &str, progress: bool) -> PyResult<Self> {
        let duplicates = selection::duplicates(duplicates)?;
        let tables = selection::tables::<Self>(qrels, "qrels", "Qrels")?;
        let tables: Vec<&rank_eval::Qrels> = tables.iter().map(|table| &table.get().0).collect();
        let (py, rows) = (qrels.py(), tables.iter().map(|table| table.judgment_count()).sum());
        let bar = bar(py, "qrels", "judgments", rows, progress)?;
        watched_rows(py, rows, &bar, |watch| rank_eval::Qrels::merge_watched(tables, duplicates, watch)).map(Self)
    }

    #[doc = rank_pyo3::stub!("Qrels.write")]
    #[pyo3(signature = (path, *, progress = false))]
    fn write(&self, py: Python<'_>, path: PathBuf, progress: bool) -> PyResult<()> {
        written(py, path, self.0.judgment_count(), progress, |path, watch| self.0.write_trec_watched(path, watch))
    }

    #[doc = rank_pyo3::stub!("Qrels.write_beir")]
    #[pyo3(signature = (path, *, progress = false))]
    fn write_beir(&self, py: Python<'_>, path: PathBuf, progress: bool) -> PyResult<()> {
        written(py, path, self.0.judgment_count(), progress, |path, watch| self.0.write_beir_watched(path, watch))
    }

    #[doc = rank_pyo3::stub!("Qrels.write_jsonl")]
    #[pyo3(signature = (path, *, progress = false))]
    fn write_jsonl(&self, py: Python<'_>, path: PathBuf, progress: bool) -> PyResult<()> {
        written(py, path, self.0.judgment_count(), progress, |path, watch| self.0.write_jsonl_watched(path, watch))
    }

    #[doc = rank_pyo3::stub!("Qrels.to_dict")]
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        to_dict(py, self.0.queries().map(|query| (query, self.0.judged(query).into_iter().flatten())))
    }

    #[doc = rank_pyo3::stub!("Qrels.judged")]
    fn judged<'py>(&self, query: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let name = selection::query(query)?;
        let judged = PyDict::new(query.py());
        let mut rows = self.0.judged(&name).ok_or_else(|| selection::no_query(&name))?;
        rows.try_for_each(|(document, grade)| judged.set_item(document, grade))?;
        Ok(judged)
    }

    #[doc = rank_pyo3::stub!("Qrels.queries")]
    #[getter]
    fn queries(&self) -> Vec<String> {
        self.0.queries().map(str::to_owned).collect()
    }

    #[doc = rank_pyo3::stub!("Qrels.judgment_count")]
    #[getter]
    fn judgment_count(&self) -> usize {
        self.0.judgment_count()
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

/// Queries with a dict of document to value each.
fn to_dict<'a, 'py, V: IntoPyObject<'py>>(
    py: Python<'py>,
    queries: impl Iterator<Item = (&'a str, impl Iterator<Item = (&'a str, V)>)>,
) -> PyResult<Bound<'py, PyDict>> {
    let table = PyDict::new(py);
    for (query, mut rows) in queries {
        py.check_signals()?;
        let documents = PyDict::new(py);
        rows.try_for_each(|(document, value)| documents.set_item(document, value))?;
        table.set_item(query, documents)?;
    }
    Ok(table)
}

/// Whether it is a plan of polars, whose rows are not there yet.
fn is_lazy(value: &Bound<'_, PyAny>) -> bool {
    describe(value).starts_with("polars.") && value.hasattr("collect").unwrap_or(false)
}

/// Reads an argument that is a table of ours, a path, a table of others, a dict or rows.
macro_rules! table_argument {
    ($function:ident, $table:ident, $arrow:expr) => {
        pub(crate) fn $function<'py>(
            value: &Bound<'py, PyAny>,
            threads: usize,
            progress: bool,
        ) -> PyResult<Bound<'py, $table>> {
            let py = value.py();
            let class = py.get_type::<$table>();
            if let Ok(table) = value.cast::<$table>() {
                return Ok(table.clone());
            }
            let table = if value.is_instance_of::<PyString>() || value.hasattr("__fspath__")? {
                $table::read(&class, py, value.extract()?, threads, progress)?
            } else if value.cast::<PyMapping>().is_ok() {
                $table::from_dict(&class, value, progress)?
            } else if ArrowTable::accepts(value)? {
                $table($arrow(value, progress)?)
            } else if is_lazy(value) {
                let argument = stringify!($table).to_lowercase();
                return Err(PACKAGE.dtype(format_args!(
                    "{argument}: expected a table, got {}; pass {argument}.collect()",
                    describe(value)
                )));
            } else if dicts::is_of_ranx(value) {
                $table::from_dict(&class, &value.call_method0("to_dict")?, progress)?
            } else if value.try_iter().is_ok() {
                $table::from_rows(&class, value, progress)?
            } else {
                $table::from_dict(&class, value, progress)?
            };
            Bound::new(py, table)
        }
    };
}
table_argument!(run_argument, Run, |table, progress| read_run(table, RunColumns::default(), progress));
table_argument!(qrels_argument, Qrels, |table, progress| read_qrels(table, QrelsColumns::default(), progress));
