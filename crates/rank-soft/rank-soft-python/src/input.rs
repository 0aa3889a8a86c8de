//! What is passed with the values of an operator, read as the core takes it.

use numpy::{Element, PyReadonlyArrayDyn, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::prelude::*;
use rank_soft::{Float, Input};

use crate::arrays::{contiguous, front, same_shape};
use crate::errors::PACKAGE;

/// What goes with the values of a call.
pub(crate) struct Extras<'a, 'py> {
    pub(crate) axis: isize,
    pub(crate) mask: Option<&'a Bound<'py, PyAny>>,
    pub(crate) weights: Option<&'a Bound<'py, PyAny>>,
    pub(crate) strengths: Option<&'a Bound<'py, PyAny>>,
    pub(crate) offsets: Option<&'a Bound<'py, PyAny>>,
    pub(crate) threads: usize,
    pub(crate) progress: bool,
}

fn numbers<'py, T: Element>(
    value: Option<&Bound<'py, PyAny>>,
    argument: &str,
    axis: isize,
) -> PyResult<Option<PyReadonlyArrayDyn<'py, T>>> {
    value.map(|value| contiguous::<T>(&front(value, argument, axis)?, argument)).transpose()
}

/// Calls `work` with what was passed, the shape of the values and that of the rows, along the last axis.
pub(crate) fn with_input<'py, T: Element + Float, R>(
    values: &Bound<'py, PyAny>,
    extras: &Extras<'_, 'py>,
    work: impl FnOnce(&Input<'_, T>, Vec<usize>, Vec<usize>) -> PyResult<R>,
) -> PyResult<R> {
    let axis = extras.axis;
    let array = contiguous::<T>(&front(values, "values", axis)?, "values")?;
    let shape = array.shape().to_vec();
    let Some((&columns, outer)) = shape.split_last() else {
        return Err(PACKAGE.shape(format_args!(
            "values: expected an array of at least one dimension, got shape []; pass numpy.atleast_1d(values)"
        )));
    };
    let mask = numbers::<bool>(extras.mask, "mask", axis)?;
    let weights = numbers::<T>(extras.weights, "weights", axis)?;
    if let Some(mask) = &mask {
        same_shape("mask", mask.shape(), "values", &shape)?;
    }
    if let Some(weights) = &weights {
        same_shape("weights", weights.shape(), "values", &shape)?;
    }
    let offsets = match extras.offsets {
        Some(_) if shape.len() != 1 => {
            return Err(PACKAGE.shape(format_args!(
                "values: expected an array of shape (numbers,) beside offsets, got shape {shape:?}; flatten it"
            )));
        }
        Some(offsets) => Some(rank_pyo3::token_offsets(PACKAGE, offsets, columns)?),
        None => None,
    };
    // One strength for each number, or one for each row.
    let rows: Vec<usize> = offsets.as_ref().map_or_else(|| outer.to_vec(), |offsets| vec![offsets.len() - 1]);
    let (mut strengths, mut row_strengths) = (None, None);
    if let Some(given) = extras.strengths {
        let has = given.cast::<PyUntypedArray>().map(|array| array.shape().to_vec()).unwrap_or_default();
        if has == rows && has != shape {
            let given = contiguous::<T>(given, "strengths")?;
            row_strengths = Some(given.as_slice()?.iter().map(|&value| value.into()).collect::<Vec<f64>>());
        } else {
            strengths = numbers::<T>(Some(given), "strengths", axis)?;
            if let Some(strengths) = &strengths {
                same_shape("strengths", strengths.shape(), "values", &shape)?;
            }
        }
    }
    let mut input = Input::new(array.as_slice()?).threads(extras.threads);
    if let Some(offsets) = &offsets {
        input = input.offsets(offsets);
    } else if shape.len() > 1 {
        input = input.shape(outer.iter().product(), columns);
    }
    if let Some(mask) = &mask {
        input = input.mask(mask.as_slice()?);
    }
    if let Some(weights) = &weights {
        input = input.weights(weights.as_slice()?);
    }
    if let Some(strengths) = &strengths {
        input = input.strengths(strengths.as_slice()?);
    }
    if let Some(strengths) = &row_strengths {
        input = input.row_strengths(strengths);
    }
    work(&input, shape, rows)
}
