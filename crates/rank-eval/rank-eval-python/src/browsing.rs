//! What the users of C/W/L measures do.

use std::collections::HashMap;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};
use rank_pyo3::{ProgressBar, describe, for_each_entry};

use crate::errors::{PACKAGE, to_python};
use crate::ids::id;
use crate::samples::number;
use crate::tables::{qrels_argument, run_argument};
use crate::work::watched_rows;

#[doc = rank_pyo3::stub!("Browsing")]
#[pyclass(frozen, get_all, module = "rank_eval")]
#[derive(Clone)]
pub(crate) struct Browsing {
    #[doc = rank_pyo3::stub!("Browsing.utility")]
    utility: f64,
    #[doc = rank_pyo3::stub!("Browsing.total_utility")]
    total_utility: f64,
    #[doc = rank_pyo3::stub!("Browsing.cost")]
    cost: f64,
    #[doc = rank_pyo3::stub!("Browsing.total_cost")]
    total_cost: f64,
    #[doc = rank_pyo3::stub!("Browsing.items")]
    items: f64,
}

#[pymethods]
impl Browsing {
    fn __repr__(&self) -> String {
        let Self { utility, total_utility, cost, total_cost, items } = self;
        format!(
            "Browsing(utility={utility:?}, total_utility={total_utility:?}, cost={cost:?}, total_cost={total_cost:?}, \
             items={items:?})"
        )
    }
}

impl From<rank_eval::Browsing> for Browsing {
    fn from(user: rank_eval::Browsing) -> Self {
        let rank_eval::Browsing { utility, total_utility, cost, total_cost, items, .. } = user;
        Self { utility, total_utility, cost, total_cost, items }
    }
}

#[doc = rank_pyo3::stub!("BrowsingBounds")]
#[pyclass(frozen, get_all, module = "rank_eval")]
pub(crate) struct BrowsingBounds {
    #[doc = rank_pyo3::stub!("BrowsingBounds.worst")]
    worst: Browsing,
    #[doc = rank_pyo3::stub!("BrowsingBounds.best")]
    best: Browsing,
}

#[pymethods]
impl BrowsingBounds {
    fn __repr__(&self) -> String {
        format!("BrowsingBounds(worst={}, best={})", self.worst.__repr__(), self.best.__repr__())
    }
}

impl From<rank_eval::BrowsingBounds> for BrowsingBounds {
    fn from(bounds: rank_eval::BrowsingBounds) -> Self {
        Self { worst: bounds.worst.into(), best: bounds.best.into() }
    }
}

fn items<'py>(value: &Bound<'py, PyAny>, argument: &str) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let refused = || {
        PACKAGE.dtype(format_args!("{argument}: expected a sequence of numbers, got {}; pass a list", describe(value)))
    };
    if value.cast::<PyMapping>().is_ok() {
        return Err(refused());
    }
    value.try_iter().map_err(|_| refused())?.collect()
}

#[doc = rank_pyo3::stub!("browse")]
#[pyfunction]
#[pyo3(signature = (measure, gains, costs = None))]
pub(crate) fn browse(
    py: Python<'_>,
    measure: &str,
    gains: &Bound<'_, PyAny>,
    costs: Option<&Bound<'_, PyAny>>,
) -> PyResult<BrowsingBounds> {
    let measure: rank_eval::Measure = measure.parse().map_err(to_python)?;
    let gain = |(position, gain): (usize, &Bound<'_, PyAny>)| {
        (!gain.is_none()).then(|| number(gain, format_args!("gains[{position}]"))).transpose()
    };
    let gains = items(gains, "gains")?.iter().enumerate().map(gain).collect::<PyResult<Vec<_>>>()?;
    let costs = match costs {
        None => Vec::new(),
        Some(costs) => {
            let cost = |(position, cost)| number(cost, format_args!("costs[{position}]"));
            items(costs, "costs")?.iter().enumerate().map(cost).collect::<PyResult<Vec<_>>>()?
        }
    };
    py.detach(|| rank_eval::browse(&measure, &gains, &costs)).map(Into::into).map_err(to_python)
}

#[doc = rank_pyo3::stub!("browse_run")]
#[pyfunction]
#[pyo3(signature = (qrels, run, measure, costs = None))]
pub(crate) fn browse_run<'py>(
    py: Python<'py>,
    qrels: &Bound<'py, PyAny>,
    run: &Bound<'py, PyAny>,
    measure: &str,
    costs: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let measure: rank_eval::Measure = measure.parse().map_err(to_python)?;
    let (qrels, run) = (qrels_argument(qrels, 0, false)?, run_argument(run, 0, false)?);
    let mut paid: HashMap<String, f64> = HashMap::new();
    if let Some(costs) = costs {
        for_each_entry(PACKAGE, costs, "costs", "a dict of document id to cost", |key, value| {
            let at = format!("costs[{}]", key.repr()?);
            paid.insert(id(key, &at)?.into_owned(), number(value, &at)?);
            Ok(())
        })?;
    }
    let (qrels, run) = (&qrels.get().0, &run.get().0);
    let users = watched_rows(py, run.document_count(), &ProgressBar::hidden(), |watch| {
        rank_eval::browse_run_watched(qrels, run, &measure, &paid, watch)
    })?;
    let named = PyDict::new(py);
    for (query, bounds) in users {
        named.set_item(query, Bound::new(py, BrowsingBounds::from(bounds))?)?;
    }
    Ok(named)
}
