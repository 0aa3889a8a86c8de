//! The Spearman loss of arrays.

use numpy::{Element, PyArray1};
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyTuple};
use rank_soft::{Float, SoftOptions};

use crate::errors::to_python;
use crate::rows::{Rows, by_dtype};

fn options(strength: f64, method: &str) -> PyResult<SoftOptions> {
    Ok(SoftOptions::new(strength).regularization(method.parse().map_err(to_python)?))
}

fn loss<'py, T: Element + Float>(
    predictions: &Bound<'py, PyAny>,
    targets: &Bound<'py, PyAny>,
    options: SoftOptions,
) -> PyResult<Bound<'py, PyAny>> {
    let py = predictions.py();
    let rows = Rows::<T>::read(predictions, "predictions")?;
    let targets = rows.read_like(targets, "targets", "predictions")?;
    let (left, right) = (rows.values()?, targets.values()?);
    let mut losses = Vec::with_capacity(rows.count);
    rows.each(py, |row| {
        losses.push(rank_soft::spearman_loss(&left[row.clone()], &right[row], options)?);
        Ok(())
    })?;
    if rows.batch {
        let losses = losses.into_iter().map(T::from_f64).collect();
        return Ok(PyArray1::<T>::from_vec(py, losses).into_any());
    }
    Ok(PyFloat::new(py, losses[0]).into_any())
}

fn gradients<'py, T: Element + Float>(
    predictions: &Bound<'py, PyAny>,
    targets: &Bound<'py, PyAny>,
    options: SoftOptions,
) -> PyResult<Bound<'py, PyTuple>> {
    let py = predictions.py();
    let rows = Rows::<T>::read(predictions, "predictions")?;
    let targets = rows.read_like(targets, "targets", "predictions")?;
    let (left, right) = (rows.values()?, targets.values()?);
    let (mut to_left, mut to_right) = (Vec::with_capacity(left.len()), Vec::with_capacity(right.len()));
    rows.each(py, |row| {
        let (to_predictions, to_targets) = rank_soft::spearman_loss_grad(&left[row.clone()], &right[row], options)?;
        to_left.extend(to_predictions);
        to_right.extend(to_targets);
        Ok(())
    })?;
    PyTuple::new(py, [rows.write(py, to_left)?, rows.write(py, to_right)?])
}

#[doc = rank_pyo3::stub!("spearman_loss")]
#[pyfunction]
#[pyo3(signature = (predictions, targets, strength = 1.0, *, method = "l2"))]
pub(crate) fn spearman_loss<'py>(
    predictions: &Bound<'py, PyAny>,
    targets: &Bound<'py, PyAny>,
    strength: f64,
    method: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let options = options(strength, method)?;
    by_dtype!(predictions, T => loss::<T>(predictions, targets, options))
}

#[doc = rank_pyo3::stub!("spearman_loss_grad")]
#[pyfunction]
#[pyo3(signature = (predictions, targets, strength = 1.0, *, method = "l2"))]
pub(crate) fn spearman_loss_grad<'py>(
    predictions: &Bound<'py, PyAny>,
    targets: &Bound<'py, PyAny>,
    strength: f64,
    method: &str,
) -> PyResult<Bound<'py, PyTuple>> {
    let options = options(strength, method)?;
    by_dtype!(predictions, T => gradients::<T>(predictions, targets, options))
}
