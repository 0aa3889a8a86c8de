//! The options of an evaluation, by their names in Python.

use std::collections::HashSet;

use pyo3::prelude::*;
use rank_eval::{Measure, MissingQueries, Options, Order, TrecEval};

use crate::errors::{PACKAGE, to_python};

/// The measures as the caller wrote them, each name once.
pub(crate) fn measures(names: &Bound<'_, PyAny>) -> PyResult<Vec<(String, Measure)>> {
    let mut known = HashSet::new();
    let mut names = rank_pyo3::strings(PACKAGE, names, "measures")?;
    names.retain(|name| known.insert(name.clone()));
    let read = |name: String| name.parse().map(|measure| (name, measure)).map_err(to_python);
    names.into_iter().map(read).collect()
}

/// What is common to `evaluate`, `evaluate_arrays` and `Accumulator`, as it came from Python.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) order: &'a str,
    pub(crate) judged_only: bool,
    pub(crate) level: i64,
    pub(crate) depth: Option<i64>,
    pub(crate) collection: Option<u64>,
    pub(crate) compat: Option<&'a str>,
    pub(crate) threads: usize,
}

impl Asked<'_> {
    pub(crate) fn options(self) -> PyResult<Options> {
        let order = match self.order {
            "docid_desc" => Order::DocidDesc,
            "docid_asc" => Order::DocidAsc,
            "stable" => Order::Stable,
            "expected" => Order::Expected,
            "best" => Order::Best,
            "worst" => Order::Worst,
            other => {
                return Err(PACKAGE.invalid(format_args!(
                    "order: expected \"docid_desc\", \"docid_asc\", \"stable\", \"expected\", \"best\" or \"worst\", got \
                     {other:?}; \"docid_desc\" is trec_eval's"
                )));
            }
        };
        let compat = match self.compat {
            None => None,
            Some("9" | "9.0.8") => Some(TrecEval::V9),
            Some("10") => Some(TrecEval::V10),
            Some(other) => {
                return Err(PACKAGE.invalid(format_args!(
                    "compat: expected \"9\", \"10\" or None, got {other:?}; name the version of trec_eval to agree with"
                )));
            }
        };
        let depth = match self.depth.map(usize::try_from) {
            None => None,
            Some(Ok(depth)) if depth > 0 => Some(depth),
            Some(_) => {
                let got = self.depth.unwrap_or_default();
                return Err(PACKAGE
                    .invalid(format_args!("depth: expected at least 1, got {got}; pass None for whole rankings")));
            }
        };
        Ok(Options::default()
            .order(order)
            .judged_only(self.judged_only)
            .level(self.level)
            .depth(depth)
            .collection(self.collection)
            .compat(compat)
            .threads(self.threads))
    }
}

pub(crate) fn missing(policy: &str) -> PyResult<MissingQueries> {
    match policy {
        "zero" => Ok(MissingQueries::Zero),
        "skip" => Ok(MissingQueries::Skip),
        other => Err(PACKAGE.invalid(format_args!(
            "missing: expected \"zero\" or \"skip\", got {other:?}; \"zero\" counts judged queries that the run lacks as 0"
        ))),
    }
}
