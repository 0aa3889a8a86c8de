//! Soft ranks and soft sorting of arrays.

use numpy::Element;
use pyo3::prelude::*;
use rank_soft::{Float, Result, SoftOptions};

use crate::errors::to_python;
use crate::rows::{Rows, by_dtype};

fn options(strength: f64, direction: &str, regularization: &str) -> PyResult<SoftOptions> {
    let direction = direction.parse().map_err(to_python)?;
    let regularization = regularization.parse().map_err(to_python)?;
    Ok(SoftOptions::new(strength).direction(direction).regularization(regularization))
}

fn apply<'py, T: Element + Float>(
    values: &Bound<'py, PyAny>,
    operator: impl Fn(&[T]) -> Result<Vec<T>> + Sync,
) -> PyResult<Bound<'py, PyAny>> {
    let py = values.py();
    let rows = Rows::<T>::read(values, "values")?;
    let numbers = rows.values()?;
    let mut result = Vec::with_capacity(numbers.len());
    rows.each(py, |row| {
        result.extend(operator(&numbers[row])?);
        Ok(())
    })?;
    rows.write(py, result)
}

fn apply_vjp<'py, T: Element + Float>(
    values: &Bound<'py, PyAny>,
    cotangent: &Bound<'py, PyAny>,
    operator: impl Fn(&[T], &[T]) -> Result<Vec<T>> + Sync,
) -> PyResult<Bound<'py, PyAny>> {
    let py = values.py();
    let rows = Rows::<T>::read(values, "values")?;
    let cotangent = rows.read_like(cotangent, "cotangent", "values")?;
    let (numbers, cotangents) = (rows.values()?, cotangent.values()?);
    let mut result = Vec::with_capacity(numbers.len());
    rows.each(py, |row| {
        result.extend(operator(&numbers[row.clone()], &cotangents[row])?);
        Ok(())
    })?;
    rows.write(py, result)
}

#[doc = rank_pyo3::stub!("soft_rank")]
#[pyfunction]
#[pyo3(signature = (values, strength = 1.0, *, direction = "ascending", regularization = "l2"))]
pub(crate) fn soft_rank<'py>(
    values: &Bound<'py, PyAny>,
    strength: f64,
    direction: &str,
    regularization: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let options = options(strength, direction, regularization)?;
    by_dtype!(values, T => apply::<T>(values, |row| rank_soft::soft_rank(row, options)))
}

#[doc = rank_pyo3::stub!("soft_sort")]
#[pyfunction]
#[pyo3(signature = (values, strength = 1.0, *, direction = "ascending", regularization = "l2"))]
pub(crate) fn soft_sort<'py>(
    values: &Bound<'py, PyAny>,
    strength: f64,
    direction: &str,
    regularization: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let options = options(strength, direction, regularization)?;
    by_dtype!(values, T => apply::<T>(values, |row| rank_soft::soft_sort(row, options)))
}

#[doc = rank_pyo3::stub!("soft_rank_vjp")]
#[pyfunction]
#[pyo3(signature = (values, cotangent, strength = 1.0, *, direction = "ascending", regularization = "l2"))]
pub(crate) fn soft_rank_vjp<'py>(
    values: &Bound<'py, PyAny>,
    cotangent: &Bound<'py, PyAny>,
    strength: f64,
    direction: &str,
    regularization: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let options = options(strength, direction, regularization)?;
    by_dtype!(values, T => apply_vjp::<T>(values, cotangent, |row, cotangent| rank_soft::soft_rank_vjp(row, cotangent, options)))
}

#[doc = rank_pyo3::stub!("soft_sort_vjp")]
#[pyfunction]
#[pyo3(signature = (values, cotangent, strength = 1.0, *, direction = "ascending", regularization = "l2"))]
pub(crate) fn soft_sort_vjp<'py>(
    values: &Bound<'py, PyAny>,
    cotangent: &Bound<'py, PyAny>,
    strength: f64,
    direction: &str,
    regularization: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let options = options(strength, direction, regularization)?;
    by_dtype!(values, T => apply_vjp::<T>(values, cotangent, |row, cotangent| rank_soft::soft_sort_vjp(row, cotangent, options)))
}
