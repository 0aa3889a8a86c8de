//! Beyond relevance: coverage, novelty and kin.

use std::collections::HashMap;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use rank_eval::Propensity;
use rank_pyo3::{describe, for_each_entry};

use crate::errors::{PACKAGE, to_python};
use crate::ids::id;
use crate::lists::depth;
use crate::tables::{qrels_argument, run_argument};

pub(crate) fn by_query(py: Python<'_>, values: Vec<(String, f64)>) -> PyResult<Bound<'_, PyDict>> {
    let named = PyDict::new(py);
    for (query, value) in values {
        named.set_item(query, value)?;
    }
    Ok(named)
}

fn counts(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<HashMap<String, u64>> {
    let mut counts = HashMap::new();
    for_each_entry(PACKAGE, value, argument, "a dict of document id to count", |key, value| {
        let at = format!("{argument}[{}]", key.repr()?);
        let count = value.extract::<u64>().map_err(|_| {
            PACKAGE.dtype(format_args!("{at}: expected an int of at least 0, got {}; convert it", describe(value)))
        })?;
        counts.insert(id(key, &at)?.into_owned(), count);
        Ok(())
    })?;
    Ok(counts)
}

macro_rules! of_catalog {
    ($($name:ident),*) => {$(
        #[doc = rank_pyo3::stub!(stringify!($name))]
        #[pyfunction]
        #[pyo3(signature = (run, catalog, k = 10))]
        pub(crate) fn $name(py: Python<'_>, run: &Bound<'_, PyAny>, catalog: usize, k: i64) -> PyResult<f64> {
            let (run, k) = (run_argument(run, 0, false)?, depth(k)?);
            let run = &run.get().0;
            py.detach(|| rank_eval::$name(run, k, catalog)).map_err(to_python)
        }
    )*};
}
of_catalog!(catalog_coverage, gini_index);

#[doc = rank_pyo3::stub!("novelty")]
#[pyfunction]
#[pyo3(signature = (run, popularity, users, k = 10))]
pub(crate) fn novelty<'py>(
    py: Python<'py>,
    run: &Bound<'py, PyAny>,
    popularity: &Bound<'py, PyAny>,
    users: u64,
    k: i64,
) -> PyResult<Bound<'py, PyDict>> {
    let (run, popularity, k) = (run_argument(run, 0, false)?, counts(popularity, "popularity")?, depth(k)?);
    let run = &run.get().0;
    by_query(py, py.detach(|| rank_eval::novelty(run, &popularity, users, k)).map_err(to_python)?)
}

#[doc = rank_pyo3::stub!("serendipity")]
#[pyfunction]
#[pyo3(signature = (qrels, run, obvious, k = 10))]
pub(crate) fn serendipity<'py>(
    py: Python<'py>,
    qrels: &Bound<'py, PyAny>,
    run: &Bound<'py, PyAny>,
    obvious: &Bound<'py, PyAny>,
    k: i64,
) -> PyResult<Bound<'py, PyDict>> {
    let (qrels, k) = (qrels_argument(qrels, 0, false)?, depth(k)?);
    let (run, obvious) = (run_argument(run, 0, false)?, run_argument(obvious, 0, false)?);
    let (qrels, run, obvious) = (&qrels.get().0, &run.get().0, &obvious.get().0);
    by_query(py, py.detach(|| rank_eval::serendipity(qrels, run, obvious, k)).map_err(to_python)?)
}

#[doc = rank_pyo3::stub!("PropensityScored")]
#[pyclass(frozen, get_all, module = "rank_eval")]
pub(crate) struct PropensityScored {
    #[doc = rank_pyo3::stub!("PropensityScored.precision")]
    precision: f64,
    #[doc = rank_pyo3::stub!("PropensityScored.ndcg")]
    ndcg: f64,
}

#[pymethods]
impl PropensityScored {
    fn __repr__(&self) -> String {
        format!("PropensityScored(precision={:?}, ndcg={:?})", self.precision, self.ndcg)
    }
}

#[doc = rank_pyo3::stub!("propensity_scored")]
#[pyfunction]
#[pyo3(signature = (qrels, run, labels, instances, k = 10, *, a = 0.55, b = 1.5))]
#[expect(clippy::too_many_arguments, reason = "they are Python's, and two have names only")]
pub(crate) fn propensity_scored<'py>(
    py: Python<'py>,
    qrels: &Bound<'py, PyAny>,
    run: &Bound<'py, PyAny>,
    labels: &Bound<'py, PyAny>,
    instances: u64,
    k: i64,
    a: f64,
    b: f64,
) -> PyResult<Bound<'py, PyDict>> {
    let (qrels, run) = (qrels_argument(qrels, 0, false)?, run_argument(run, 0, false)?);
    let (labels, k) = (counts(labels, "labels")?, depth(k)?);
    let propensity = Propensity::new(instances).with(a, b);
    let (qrels, run) = (&qrels.get().0, &run.get().0);
    let values = py.detach(|| rank_eval::propensity_scored(qrels, run, &labels, propensity, k)).map_err(to_python)?;
    let named = PyDict::new(py);
    for scored in values {
        let rank_eval::PropensityScored { query, precision, ndcg, .. } = scored;
        named.set_item(query, Bound::new(py, PropensityScored { precision, ndcg })?)?;
    }
    Ok(named)
}
