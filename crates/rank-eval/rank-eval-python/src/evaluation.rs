//! Whole runs against whole qrels.

use std::collections::HashSet;

use numpy::PyArray1;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyIterator};
use rank_eval::{Measure, MissingQueries, Options};
use rank_pyo3::frames;

use crate::arrow::{evaluation_batch, stream};
use crate::errors::PACKAGE;
use crate::options::{Asked, measures, missing};
use crate::tables::{qrels_argument, run_argument};
use crate::work::{bar, watched_rows};

#[doc = rank_pyo3::stub!("Evaluation")]
#[pyclass(frozen, module = "rank_eval")]
pub(crate) struct Evaluation {
    inner: rank_eval::Evaluation,
    /// The measures as the caller wrote them.
    names: Vec<(String, Measure)>,
}

impl Evaluation {
    pub(crate) fn new(inner: rank_eval::Evaluation, names: Vec<(String, Measure)>) -> Self {
        Self { inner, names }
    }

    /// The measures by name, each with a value for each query.
    fn columns(&self) -> impl Iterator<Item = (&str, &[f64])> {
        self.names.iter().map(|(name, measure)| (name.as_str(), self.inner.values(measure).unwrap_or_default()))
    }
}

#[pymethods]
impl Evaluation {
    #[doc = rank_pyo3::stub!("Evaluation.means")]
    #[getter]
    fn means<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let means = PyDict::new(py);
        for (name, measure) in &self.names {
            means.set_item(name, self.inner.mean(measure))?;
        }
        Ok(means)
    }

    #[doc = rank_pyo3::stub!("Evaluation.per_query")]
    #[getter]
    fn per_query<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let per_query = PyDict::new(py);
        for (name, measure) in &self.names {
            let values = PyDict::new(py);
            for (query, value) in self.inner.queries().iter().zip(self.inner.values(measure).unwrap_or_default()) {
                values.set_item(query, value)?;
            }
            per_query.set_item(name, values)?;
        }
        Ok(per_query)
    }

    #[doc = rank_pyo3::stub!("Evaluation.queries")]
    #[getter]
    fn queries(&self) -> Vec<String> {
        self.inner.queries().to_vec()
    }

    #[doc = rank_pyo3::stub!("Evaluation.missing")]
    #[getter]
    fn missing(&self) -> Vec<String> {
        self.inner.missing().to_vec()
    }

    #[doc = rank_pyo3::stub!("Evaluation.unjudged")]
    #[getter]
    fn unjudged(&self) -> Vec<String> {
        self.inner.unjudged().to_vec()
    }

    #[doc = rank_pyo3::stub!("Evaluation.column")]
    fn column<'py>(&self, py: Python<'py>, measure: &str) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let mut columns = self.columns();
        let found = columns.find(|(name, _)| *name == measure);
        let (_, values) = found.ok_or_else(|| PyKeyError::new_err(measure.to_owned()))?;
        Ok(PyArray1::from_slice(py, values))
    }

    #[doc = rank_pyo3::stub!("Evaluation.to_dict")]
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let columns: Vec<(&str, &[f64])> = self.columns().collect();
        let table = PyDict::new(py);
        for (row, query) in self.inner.queries().iter().enumerate() {
            let values = PyDict::new(py);
            for (name, column) in &columns {
                values.set_item(name, column[row])?;
            }
            table.set_item(query, values)?;
        }
        Ok(table)
    }

    #[doc = rank_pyo3::stub!("Evaluation.to_arrow")]
    fn to_arrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        frames::to_arrow(PACKAGE, slf)
    }

    #[doc = rank_pyo3::stub!("Evaluation.to_pandas")]
    fn to_pandas<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        frames::to_pandas(PACKAGE, py, &evaluation_batch(self.inner.queries(), self.columns())?)
    }

    #[doc = rank_pyo3::stub!("Evaluation.to_polars")]
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        frames::to_polars(PACKAGE, slf)
    }

    #[doc = rank_pyo3::stub!("Evaluation.__arrow_c_stream__")]
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        stream(py, evaluation_batch(self.inner.queries(), self.columns())?, requested_schema)
    }

    #[doc = rank_pyo3::stub!("Evaluation.__getitem__")]
    fn __getitem__(&self, measure: &str) -> PyResult<f64> {
        let (_, found) = self
            .names
            .iter()
            .find(|(name, _)| name == measure)
            .ok_or_else(|| PyKeyError::new_err(measure.to_owned()))?;
        Ok(self.inner.mean(found).unwrap_or(f64::NAN))
    }

    #[doc = rank_pyo3::stub!("Evaluation.__iter__")]
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.means(py)?.try_iter()
    }

    #[doc = rank_pyo3::stub!("Evaluation.__len__")]
    fn __len__(&self) -> usize {
        self.names.len()
    }

    #[doc = rank_pyo3::stub!("Evaluation.keys")]
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.means(py)?.call_method0("keys")
    }

    #[doc = rank_pyo3::stub!("Evaluation.values")]
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.means(py)?.call_method0("values")
    }

    #[doc = rank_pyo3::stub!("Evaluation.items")]
    fn items<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.means(py)?.call_method0("items")
    }

    fn __contains__(&self, measure: &Bound<'_, PyAny>) -> bool {
        measure.extract::<&str>().is_ok_and(|measure| self.names.iter().any(|(name, _)| name == measure))
    }

    fn __repr__(&self) -> String {
        let means = self
            .names
            .iter()
            .map(|(name, measure)| format!("{name}={:.4}", self.inner.mean(measure).unwrap_or(f64::NAN)));
        format!(
            "Evaluation({}; {} queries, {} missing, {} unjudged)",
            means.collect::<Vec<_>>().join(", "),
            self.inner.queries().len(),
            self.inner.missing().len(),
            self.inner.unjudged().len()
        )
    }
}

/// The number of queries that count.
pub(crate) fn evaluated(qrels: &rank_eval::Qrels, run: &rank_eval::Run, options: Options) -> usize {
    match options.missing_queries {
        MissingQueries::Zero => qrels.len(),
        MissingQueries::Skip => {
            let ranked: HashSet<&str> = run.queries().collect();
            qrels.queries().filter(|query| ranked.contains(query)).count()
        }
    }
}

#[doc = rank_pyo3::stub!("evaluate")]
#[pyfunction]
#[pyo3(signature = (
    qrels, run, measures, missing = "zero", *, order = "docid_desc", judged_only = false, level = 1, depth = None,
    collection = None, compat = None, threads = 0, progress = false
))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn evaluate(
    py: Python<'_>,
    qrels: &Bound<'_, PyAny>,
    run: &Bound<'_, PyAny>,
    measures: &Bound<'_, PyAny>,
    missing: &str,
    order: &str,
    judged_only: bool,
    level: i64,
    depth: Option<i64>,
    collection: Option<u64>,
    compat: Option<&str>,
    threads: usize,
    progress: bool,
) -> PyResult<Evaluation> {
    let asked = Asked { order, judged_only, level, depth, collection, compat, threads };
    let options = asked.options()?.missing_queries(self::missing(missing)?);
    let names = self::measures(measures)?;
    let measures: Vec<Measure> = names.iter().map(|(_, measure)| measure.clone()).collect();
    let (qrels, run) = (qrels_argument(qrels, threads, progress)?, run_argument(run, threads, progress)?);
    let (qrels, run) = (&qrels.get().0, &run.get().0);
    let bar = bar(py, "evaluation", "queries", evaluated(qrels, run, options), progress)?;
    let inner = watched_rows(py, run.document_count(), &bar, |watch| {
        rank_eval::evaluate_watched(qrels, run, &measures, options, watch)
    })?;
    Ok(Evaluation { inner, names })
}
