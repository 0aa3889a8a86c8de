//! NumPy arrays: read in place, or refused by name.

use std::fmt::Display;

use numpy::{
    Element, PyArray1, PyArray2, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2,
    PyReadonlyArrayDyn, PyUntypedArray, PyUntypedArrayMethods, dtype,
};
use pyo3::prelude::*;

use crate::{Package, describe};

/// Checks dtype, number of dimensions, layout and alignment; converts nothing, so that nothing is copied unseen.
fn check<T: Element>(
    package: Package,
    value: &Bound<'_, PyAny>,
    argument: &dyn Display,
    dimensions: usize,
    shape: &str,
) -> PyResult<()> {
    let wanted = dtype::<T>(value.py());
    let Ok(array) = value.cast::<PyUntypedArray>() else {
        return Err(package.dtype(format_args!(
            "{argument}: expected a numpy array of {wanted}, got {}; pass numpy.asarray({argument}, dtype=numpy.{wanted})",
            describe(value)
        )));
    };
    if array.ndim() != dimensions {
        return Err(package.shape(format_args!(
            "{argument}: expected an array of shape {shape}, got shape {:?}; reshape it",
            array.shape()
        )));
    }
    if !array.dtype().is_equiv_to(&wanted) {
        return Err(package.dtype(format_args!(
            "{argument}: expected {wanted}, got {}; pass {argument}.astype(numpy.{wanted})",
            array.dtype()
        )));
    }
    if !array.is_c_contiguous() {
        return Err(package.shape(format_args!(
            "{argument}: expected a C-contiguous array, got one with other strides; pass numpy.ascontiguousarray({argument})"
        )));
    }
    if !array.is_aligned() {
        return Err(package.shape(format_args!(
            "{argument}: expected an array aligned to its items, got one that begins between them; pass {argument}.copy()"
        )));
    }
    Ok(())
}

/// A C-contiguous array of shape `shape`, which must name one dimension: `(n,)`. No copy.
///
/// # Errors
///
/// `DtypeError` for another type or dtype, `ShapeError` for other dimensions or strides.
pub fn vector<'py, T: Element>(
    package: Package,
    value: &Bound<'py, PyAny>,
    argument: impl Display,
    shape: &str,
) -> PyResult<PyReadonlyArray1<'py, T>> {
    check::<T>(package, value, &argument, 1, shape)?;
    Ok(value.cast::<PyArray1<T>>()?.try_readonly()?)
}

/// A C-contiguous array of shape `shape`, which must name two dimensions: `(n, dim)`. No copy.
///
/// # Errors
///
/// `DtypeError` for another type or dtype, `ShapeError` for other dimensions or strides.
pub fn matrix<'py, T: Element>(
    package: Package,
    value: &Bound<'py, PyAny>,
    argument: impl Display,
    shape: &str,
) -> PyResult<PyReadonlyArray2<'py, T>> {
    check::<T>(package, value, &argument, 2, shape)?;
    Ok(value.cast::<PyArray2<T>>()?.try_readonly()?)
}

/// A C-contiguous array of shape `shape`, which must name `dimensions` dimensions. No copy.
///
/// # Errors
///
/// `DtypeError` for another type or dtype, `ShapeError` for other dimensions or strides.
pub fn array<'py, T: Element>(
    package: Package,
    value: &Bound<'py, PyAny>,
    argument: impl Display,
    dimensions: usize,
    shape: &str,
) -> PyResult<PyReadonlyArrayDyn<'py, T>> {
    check::<T>(package, value, &argument, dimensions, shape)?;
    Ok(value.cast::<PyArrayDyn<T>>()?.try_readonly()?)
}

/// Ragged token matrices: `values` of shape `(tokens, dim)` and the `int64` `offsets` of shape `(documents + 1,)` at
/// which each document's rows begin, the last being `tokens`. No copy of the values.
///
/// # Errors
///
/// As [`matrix`] and [`vector`]; `InvalidInputError` for offsets that do not start at 0, descend, or end elsewhere.
pub fn flat_tokens<'py>(
    package: Package,
    values: &Bound<'py, PyAny>,
    offsets: &Bound<'py, PyAny>,
) -> PyResult<(PyReadonlyArray2<'py, f32>, Vec<usize>)> {
    let values = matrix::<f32>(package, values, "values", "(tokens, dim)")?;
    let offsets = token_offsets(package, offsets, values.shape()[0])?;
    Ok((values, offsets))
}

/// The `int64` offsets of shape `(documents + 1,)` at which the rows of each document begin, the last being `tokens`.
///
/// # Errors
///
/// As [`vector`]; `InvalidInputError` for offsets that do not start at 0, descend, or end elsewhere.
pub fn token_offsets(package: Package, offsets: &Bound<'_, PyAny>, tokens: usize) -> PyResult<Vec<usize>> {
    let offsets = vector::<i64>(package, offsets, "offsets", "(documents + 1,)")?;
    let offsets = offsets.as_slice()?;
    let ordered = offsets.windows(2).all(|pair| pair[0] <= pair[1]);
    let first = offsets.first().copied();
    let last = offsets.last().copied();
    if first != Some(0) || last != i64::try_from(tokens).ok() || !ordered {
        return Err(package.invalid(format_args!(
            "offsets: expected ascending row numbers from 0 to {tokens}, got {} of them from {first:?} to {last:?}; \
             offsets[i] is the row at which document i begins, and the last is the number of rows",
            offsets.len()
        )));
    }
    Ok(offsets.iter().map(|&offset| offset as usize).collect())
}
