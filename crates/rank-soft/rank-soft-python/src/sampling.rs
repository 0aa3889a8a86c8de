//! Gumbel noise, and draws without replacement.

use numpy::{Element, PyArray1, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::prelude::*;
use rank_soft::half::f16;
use rank_soft::{Float, Input};

use crate::arrays::{Dtype, contiguous, dtype_of, same_shape};
use crate::errors::{PACKAGE, to_python};

#[doc = rank_pyo3::stub!("gumbel_noise")]
#[pyfunction]
pub(crate) fn gumbel_noise(py: Python<'_>, shape: Shape, seed: u64) -> PyResult<Bound<'_, PyAny>> {
    let shape = match shape {
        Shape::One(count) => vec![count],
        Shape::Many(shape) => shape,
    };
    let count = shape.iter().product();
    let noise = py.detach(|| rank_soft::gumbel_noise(count, seed));
    Ok(PyArray1::from_vec(py, noise).reshape(shape)?.into_any())
}

/// As numpy takes it.
#[derive(FromPyObject)]
pub(crate) enum Shape {
    One(usize),
    Many(Vec<usize>),
}

fn draw<'py, T: Element + Float>(
    values: &Bound<'py, PyAny>,
    (k, seed): (usize, u64),
    mask: Option<&Bound<'py, PyAny>>,
    offsets: Option<&Bound<'py, PyAny>>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let py = values.py();
    let array = contiguous::<T>(values, "values")?;
    let shape = array.shape().to_vec();
    let Some((&columns, outer)) = shape.split_last() else {
        return Err(PACKAGE.shape(format_args!(
            "values: expected an array of at least one dimension, got shape []; pass numpy.atleast_1d(values)"
        )));
    };
    let mask = mask.map(|mask| contiguous::<bool>(mask, "mask")).transpose()?;
    let offsets = match offsets {
        Some(_) if shape.len() != 1 => {
            return Err(PACKAGE.shape(format_args!(
                "values: expected an array of shape (numbers,) beside offsets, got shape {shape:?}; flatten it"
            )));
        }
        Some(offsets) => Some(rank_pyo3::token_offsets(PACKAGE, offsets, columns)?),
        None => None,
    };
    let mut input = Input::new(array.as_slice()?);
    let mut rows = outer.to_vec();
    if let Some(offsets) = &offsets {
        input = input.offsets(offsets);
        rows = vec![offsets.len() - 1];
    } else if shape.len() > 1 {
        input = input.shape(outer.iter().product(), columns);
    }
    if let Some(mask) = &mask {
        same_shape("mask", mask.shape(), "values", &shape)?;
        input = input.mask(mask.as_slice()?);
    }
    let drawn = py.detach(|| rank_soft::gumbel_top_k(&input, k, seed)).map_err(to_python)?;
    rows.push(k);
    let positions = drawn.positions.iter().map(|position| position.map_or(-1, |position| position as i64)).collect();
    let positions = PyArray1::<i64>::from_vec(py, positions).reshape(rows.clone())?.into_any();
    Ok((positions, PyArray1::from_vec(py, drawn.perturbed).reshape(rows)?.into_any()))
}

#[doc = rank_pyo3::stub!("gumbel_top_k")]
#[pyfunction]
#[pyo3(signature = (values, k, seed, *, mask = None, offsets = None))]
pub(crate) fn gumbel_top_k<'py>(
    values: &Bound<'py, PyAny>,
    k: usize,
    seed: u64,
    mask: Option<&Bound<'py, PyAny>>,
    offsets: Option<&Bound<'py, PyAny>>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    match dtype_of(values, "values")? {
        Dtype::F64 => draw::<f64>(values, (k, seed), mask, offsets),
        Dtype::F32 => draw::<f32>(values, (k, seed), mask, offsets),
        Dtype::F16 => draw::<f16>(values, (k, seed), mask, offsets),
    }
}
