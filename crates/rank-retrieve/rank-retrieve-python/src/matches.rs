//! Counts of what matches.

use pyo3::prelude::*;
use pyo3::types::PyString;
use rank_pyo3::{describe, items};
use rank_retrieve::{FieldType, FieldValue, Interval};

use crate::arguments::Values;
use crate::errors::{PACKAGE, to_python};
use crate::fields::{to_object, value};
use crate::filter::range;

#[doc = rank_pyo3::stub!("Matches")]
#[pyclass(module = "rank_retrieve", frozen)]
pub(crate) struct Matches(pub(crate) rank_retrieve::Matches);

type Counts<'py> = Vec<(Bound<'py, PyAny>, usize)>;

fn counts<'py>(py: Python<'py>, found: &[(FieldValue, usize)]) -> PyResult<Counts<'py>> {
    found.iter().map(|(value, count)| Ok((to_object(py, value)?, *count))).collect()
}

#[pymethods]
impl Matches {
    #[doc = rank_pyo3::stub!("Matches.facets")]
    #[pyo3(signature = (field, n = Values(10)), text_signature = "($self, field, n=10)")]
    fn facets<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = crate::arguments::field)] field: &str,
        n: Values,
    ) -> PyResult<Counts<'py>> {
        let found = py.detach(|| self.0.facets(field, n.0)).map_err(to_python)?;
        counts(py, &found)
    }

    #[doc = rank_pyo3::stub!("Matches.ranges")]
    fn ranges(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = crate::arguments::field)] field: &str,
        ranges: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<usize>> {
        let given = items(PACKAGE, ranges, "ranges", "a list of (low, high) tuples")?.enumerate();
        let ranges = given.map(|(at, pair)| range(&pair?, &format!("ranges[{at}]"))).collect::<PyResult<Vec<_>>>()?;
        py.detach(|| self.0.ranges::<FieldValue>(field, &ranges)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Matches.histogram")]
    fn histogram<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = crate::arguments::field)] field: &str,
        interval: &Bound<'py, PyAny>,
    ) -> PyResult<Counts<'py>> {
        let kind = self.0.fields().find(|(name, _)| *name == field).map(|found| found.1);
        let interval = self::interval(interval, kind)?;
        let found = py.detach(|| self.0.histogram(field, interval)).map_err(to_python)?;
        counts(py, &found)
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __repr__(&self) -> String {
        format!("Matches({} documents)", self.0.len())
    }
}

fn interval(given: &Bound<'_, PyAny>, kind: Option<FieldType>) -> PyResult<Interval> {
    let refused = || {
        PACKAGE.dtype(format_args!(
            "interval: expected a number, a timedelta, \"month\" or \"year\", got {}; convert it",
            describe(given)
        ))
    };
    if given.is_instance_of::<PyString>() {
        return match rank_pyo3::text(PACKAGE, given, "interval")? {
            "month" => Ok(Interval::Month),
            "year" => Ok(Interval::Year),
            other => Err(PACKAGE.invalid(format_args!(
                "interval: expected \"month\" or \"year\", got {other:?}; pass a timedelta for other widths"
            ))),
        };
    }
    if given.hasattr("total_seconds")? {
        let micro = given.py().import("datetime")?.getattr("timedelta")?.call1((0, 0, 1))?;
        return Ok(Interval::Microseconds(given.floor_div(micro)?.extract()?));
    }
    match value(given, "interval") {
        Ok(FieldValue::Int(width)) if kind == Some(FieldType::Float) => Ok(Interval::Float(width as f64)),
        Ok(FieldValue::Int(width)) => Ok(Interval::Int(width)),
        Ok(FieldValue::Float(width)) => Ok(Interval::Float(width)),
        _ => Err(refused()),
    }
}
