//! Numbers and texts, read by name.

use pyo3::prelude::*;

use crate::errors::PACKAGE;

rank_pyo3::numbers!(
    PACKAGE;
    alpha: f64,
    depth: Option<usize>,
    floor: Option<f64>,
    folds: usize,
    gamma: f64,
    high: f64,
    k: f64,
    lists: usize,
    low: f64,
    number: usize,
    phi: f64,
    place: usize,
    scale: Option<f64>,
    seed: u64,
    segments: usize,
    sigma: f64,
    size: usize,
    step: Option<f64>,
    threads: Option<usize>,
    top_k: Option<usize>,
    trials: usize,
    weights: Option<Vec<f64>>,
    weights_of_all("weights"): Vec<f64>,
    window: usize,
);

rank_pyo3::texts!(
    PACKAGE;
    compat: Option<str>,
    cuts: str,
    duplicates: str,
    method: str,
    missing: str,
    norm: Option<str>,
    norm_of_all("norm"): str,
    order: str,
    search: str,
    tag: str,
);

/// Names, one or more.
pub(crate) fn methods(value: &Bound<'_, PyAny>) -> PyResult<Option<Vec<String>>> {
    names(value, "methods")
}

/// Names, one or more.
pub(crate) fn norms(value: &Bound<'_, PyAny>) -> PyResult<Option<Vec<String>>> {
    names(value, "norms")
}

fn names(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Option<Vec<String>>> {
    if value.is_none() { Ok(None) } else { rank_pyo3::strings(PACKAGE, value, argument).map(Some) }
}
