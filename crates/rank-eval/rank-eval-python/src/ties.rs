//! The queries whose value depends on a tie.

use pyo3::prelude::*;
use rank_eval::{Measure, Order};

use crate::evaluation::evaluated;
use crate::options::{Asked, measures, missing};
use crate::tables::{qrels_argument, run_argument};
use crate::work::{bar, watched_rows};

#[doc = rank_pyo3::stub!("Tie")]
#[pyclass(frozen, get_all, module = "rank_eval")]
pub(crate) struct Tie {
    #[doc = rank_pyo3::stub!("Tie.query")]
    query: String,
    #[doc = rank_pyo3::stub!("Tie.measure")]
    measure: String,
    #[doc = rank_pyo3::stub!("Tie.value")]
    value: f64,
    #[doc = rank_pyo3::stub!("Tie.least")]
    least: f64,
    #[doc = rank_pyo3::stub!("Tie.greatest")]
    greatest: f64,
}

#[pymethods]
impl Tie {
    fn __repr__(&self) -> String {
        let Self { query, measure, value, least, greatest } = self;
        format!("Tie({query:?}, {measure:?}, value={value:?}, least={least:?}, greatest={greatest:?})")
    }
}

#[doc = rank_pyo3::stub!("ties")]
#[pyfunction]
#[pyo3(signature = (
    qrels, run, measures, missing = "zero", *, order = "docid_desc", judged_only = false, level = 1, depth = None,
    collection = None, compat = None, threads = 0, progress = false
))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn ties(
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
) -> PyResult<Vec<Tie>> {
    let asked = Asked { order, judged_only, level, depth, collection, compat, threads };
    let options = asked.options()?.missing_queries(self::missing(missing)?);
    let names = self::measures(measures)?;
    let measures: Vec<Measure> = names.iter().map(|(_, measure)| measure.clone()).collect();
    let (qrels, run) = (qrels_argument(qrels, threads, progress)?, run_argument(run, threads, progress)?);
    let (qrels, run) = (&qrels.get().0, &run.get().0);
    let orders = if options.order == Order::Stable { 6 } else { 5 };
    let bar = bar(py, "orders of ties", "queries", orders * evaluated(qrels, run, options), progress)?;
    let found = watched_rows(py, run.document_count(), &bar, |watch| {
        rank_eval::ties_watched(qrels, run, &measures, options, watch)
    })?;
    let name =
        |tie: &rank_eval::Tie| names.iter().find(|(_, measure)| *measure == tie.measure).map(|(name, _)| name.clone());
    let tie = |tie: rank_eval::Tie| {
        let measure = name(&tie).unwrap_or_else(|| tie.measure.to_string());
        let rank_eval::Tie { query, value, least, greatest, .. } = tie;
        Tie { query, measure, value, least, greatest }
    };
    Ok(found.into_iter().map(tie).collect())
}
