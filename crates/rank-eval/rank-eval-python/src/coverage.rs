//! How far the judgments reach into a run.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use rank_eval::Measure;

use crate::evaluation::evaluated;
use crate::options::{Asked, measures, missing};
use crate::results::Text;
use crate::tables::{qrels_argument, run_argument};
use crate::work::{bar, watched_rows};

#[doc = rank_pyo3::stub!("Coverage")]
#[pyclass(frozen, get_all, module = "rank_eval")]
pub(crate) struct Coverage {
    #[doc = rank_pyo3::stub!("Coverage.condensed")]
    condensed: f64,
    #[doc = rank_pyo3::stub!("Coverage.residual")]
    residual: Option<f64>,
    #[doc = rank_pyo3::stub!("Coverage.judged")]
    judged: f64,
}

impl From<rank_eval::Coverage> for Coverage {
    fn from(found: rank_eval::Coverage) -> Self {
        Self { condensed: found.condensed, residual: found.residual, judged: found.judged }
    }
}

#[pymethods]
impl Coverage {
    fn __repr__(&self) -> String {
        let residual = self.residual.map_or_else(|| "None".to_owned(), |residual| residual.text());
        format!("Coverage(condensed={}, residual={residual}, judged={})", self.condensed.text(), self.judged.text())
    }
}

#[doc = rank_pyo3::stub!("coverage")]
#[pyfunction]
#[pyo3(signature = (
    qrels, run, measures, missing = "zero", *, order = "docid_desc", level = 1, depth = None, collection = None,
    compat = None, threads = 0, progress = false
))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn coverage<'py>(
    py: Python<'py>,
    qrels: &Bound<'py, PyAny>,
    run: &Bound<'py, PyAny>,
    measures: &Bound<'py, PyAny>,
    missing: &str,
    order: &str,
    level: i64,
    depth: Option<i64>,
    collection: Option<u64>,
    compat: Option<&str>,
    threads: usize,
    progress: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let asked = Asked { order, judged_only: false, level, depth, collection, compat, threads };
    let options = asked.options()?.missing_queries(self::missing(missing)?);
    let (names, measures): (Vec<String>, Vec<Measure>) = self::measures(measures)?.into_iter().unzip();
    let (qrels, run) = (qrels_argument(qrels, threads, progress)?, run_argument(run, threads, progress)?);
    let (qrels, run) = (&qrels.get().0, &run.get().0);
    let bar = bar(py, "coverage", "queries", 4 * evaluated(qrels, run, options), progress)?;
    let found = watched_rows(py, run.document_count(), &bar, |watch| {
        rank_eval::coverage_watched(qrels, run, &measures, options, watch)
    })?;
    let by_measure = PyDict::new(py);
    for (name, found) in names.iter().zip(found) {
        by_measure.set_item(name, Coverage::from(found))?;
    }
    Ok(by_measure)
}
