//! What judges say otherwise than by a grade for all: preferences, groups, and what other runs got.

use std::path::PathBuf;

use pyo3::prelude::*;
use rank_eval::PreferenceFormat;

use crate::errors::{PACKAGE, to_python};
use crate::evaluation::Evaluation;
use crate::options::{self, Asked};
use crate::tables::run_argument;

/// Reads rows of a tuple each.
fn rows<'py, T>(rows: &Bound<'py, PyAny>, expected: &str) -> PyResult<Vec<T>>
where
    T: for<'a> FromPyObject<'a, 'py>,
{
    let mut read = Vec::new();
    for (position, row) in rows.try_iter()?.enumerate() {
        let row = row?;
        read.push(row.extract().map_err(|_| {
            PACKAGE.dtype(format_args!(
                "rows[{position}]: expected a tuple of {expected}, got {}; convert it",
                rank_pyo3::describe(&row)
            ))
        })?);
    }
    Ok(read)
}

#[doc = rank_pyo3::stub!("Preferences")]
#[pyclass(frozen, module = "rank_eval")]
pub(crate) struct Preferences(rank_eval::Preferences);

#[pymethods]
impl Preferences {
    #[doc = rank_pyo3::stub!("Preferences.from_rows")]
    #[staticmethod]
    fn from_rows(rows: &Bound<'_, PyAny>) -> PyResult<Self> {
        let expected = "query, group, list and document of type str and a level of type float";
        let rows: Vec<(String, String, String, String, f64)> = self::rows(rows, expected)?;
        rank_eval::Preferences::from_rows(rows).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Preferences.read")]
    #[staticmethod]
    #[pyo3(signature = (path, format = "prefs"))]
    fn read(py: Python<'_>, path: PathBuf, format: &str) -> PyResult<Self> {
        let format = match format {
            "prefs" => PreferenceFormat::Prefs,
            "qrels_prefs" => PreferenceFormat::QrelsPrefs,
            other => {
                return Err(PACKAGE.invalid(format_args!(
                    "format: expected \"prefs\" or \"qrels_prefs\", got {other:?}; the second one has no lists"
                )));
            }
        };
        py.detach(|| rank_eval::Preferences::read(path, format)).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Preferences.queries")]
    #[getter]
    fn queries(&self) -> Vec<String> {
        self.0.queries().map(str::to_owned).collect()
    }

    #[doc = rank_pyo3::stub!("Preferences.groups")]
    fn groups(&self, query: &str) -> Option<Vec<String>> {
        Some(self.0.groups(query)?.map(str::to_owned).collect())
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __repr__(&self) -> String {
        format!("Preferences({} queries)", self.0.len())
    }
}

#[doc = rank_pyo3::stub!("evaluate_preferences")]
#[pyfunction]
#[pyo3(signature = (preferences, run, measures, missing = "zero", *, depth = None, compat = None))]
pub(crate) fn evaluate_preferences(
    py: Python<'_>,
    preferences: &Bound<'_, Preferences>,
    run: &Bound<'_, PyAny>,
    measures: &Bound<'_, PyAny>,
    missing: &str,
    depth: Option<i64>,
    compat: Option<&str>,
) -> PyResult<Evaluation> {
    let asked = Asked { depth, compat, ..PLAIN };
    let options = asked.options()?.missing_queries(options::missing(missing)?);
    let names = options::measures(measures)?;
    let measures: Vec<_> = names.iter().map(|(_, measure)| measure.clone()).collect();
    let run = run_argument(run, 0, false)?;
    let (preferences, run) = (&preferences.get().0, &run.get().0);
    let inner =
        py.detach(|| rank_eval::evaluate_preferences(preferences, run, &measures, options)).map_err(to_python)?;
    Ok(Evaluation::new(inner, names))
}

/// Nothing asked for.
const PLAIN: Asked<'static> = Asked {
    order: "docid_desc",
    judged_only: false,
    level: 1,
    depth: None,
    collection: None,
    compat: None,
    threads: 0,
};

#[doc = rank_pyo3::stub!("GroupedQrels")]
#[pyclass(frozen, module = "rank_eval")]
pub(crate) struct GroupedQrels(rank_eval::GroupedQrels);

#[pymethods]
impl GroupedQrels {
    #[doc = rank_pyo3::stub!("GroupedQrels.from_rows")]
    #[staticmethod]
    fn from_rows(rows: &Bound<'_, PyAny>) -> PyResult<Self> {
        let expected = "query, group and document of type str and a grade of type int";
        let rows: Vec<(String, String, String, i64)> = self::rows(rows, expected)?;
        rank_eval::GroupedQrels::from_rows(rows).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("GroupedQrels.read")]
    #[staticmethod]
    fn read(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        py.detach(|| rank_eval::GroupedQrels::read(path)).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("GroupedQrels.groups")]
    #[getter]
    fn groups(&self) -> Vec<String> {
        self.0.groups().map(|(group, _)| group.to_owned()).collect()
    }

    #[doc = rank_pyo3::stub!("GroupedQrels.queries")]
    #[getter]
    fn queries(&self) -> Vec<String> {
        self.0.queries().map(str::to_owned).collect()
    }

    fn __repr__(&self) -> String {
        format!("GroupedQrels({} groups, {} queries)", self.0.groups().len(), self.0.queries().len())
    }
}

#[doc = rank_pyo3::stub!("evaluate_groups")]
#[pyfunction]
#[pyo3(signature = (
    qrels, run, measures, missing = "zero", *, order = "docid_desc", judged_only = false, level = 1, depth = None,
    collection = None, compat = None, threads = 0,
))]
#[expect(clippy::too_many_arguments, reason = "they are Python's, and most have names only")]
pub(crate) fn evaluate_groups(
    py: Python<'_>,
    qrels: &Bound<'_, GroupedQrels>,
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
) -> PyResult<Evaluation> {
    let asked = Asked { order, judged_only, level, depth, collection, compat, threads };
    let options = asked.options()?.missing_queries(options::missing(missing)?);
    let names = options::measures(measures)?;
    let measures: Vec<_> = names.iter().map(|(_, measure)| measure.clone()).collect();
    let run = run_argument(run, threads, false)?;
    let (qrels, run) = (&qrels.get().0, &run.get().0);
    let inner = py.detach(|| rank_eval::evaluate_groups(qrels, run, &measures, options)).map_err(to_python)?;
    Ok(Evaluation::new(inner, names))
}

#[doc = rank_pyo3::stub!("ZScores")]
#[pyclass(frozen, module = "rank_eval")]
pub(crate) struct ZScores(rank_eval::ZScores);

#[pymethods]
impl ZScores {
    #[doc = rank_pyo3::stub!("ZScores.read")]
    #[staticmethod]
    fn read(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        py.detach(|| rank_eval::ZScores::read(path)).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("ZScores.of")]
    fn of(&self, query: &str, measure: &str, value: f64) -> Option<f64> {
        self.0.of(query, measure, value)
    }
}
