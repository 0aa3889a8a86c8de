//! Arrays of any number of dimensions, whose rows lie along one axis.

use numpy::{
    Element, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArray,
    PyUntypedArrayMethods, dtype,
};
use pyo3::prelude::*;
use rank_soft::half::f16;

use crate::errors::PACKAGE;

/// The number types of arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dtype {
    F64,
    F32,
    F16,
}

/// Which it is; what is no array is refused by the reader, as `float64`.
pub(crate) fn dtype_of(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Dtype> {
    let Ok(array) = value.cast::<PyUntypedArray>() else { return Ok(Dtype::F64) };
    let (py, found) = (value.py(), array.dtype());
    if found.is_equiv_to(&dtype::<f64>(py)) {
        Ok(Dtype::F64)
    } else if found.is_equiv_to(&dtype::<f32>(py)) {
        Ok(Dtype::F32)
    } else if found.is_equiv_to(&dtype::<f16>(py)) {
        Ok(Dtype::F16)
    } else {
        Err(PACKAGE.dtype(format_args!(
            "{argument}: expected float64, float32 or float16, got {found}; pass {argument}.astype(numpy.float64)"
        )))
    }
}

/// The array with its rows last: itself for the last axis, otherwise a copy.
pub(crate) fn front<'py>(value: &Bound<'py, PyAny>, argument: &str, axis: isize) -> PyResult<Bound<'py, PyAny>> {
    let Ok(array) = value.cast::<PyUntypedArray>() else { return Ok(value.clone()) };
    let dimensions = array.ndim() as isize;
    if !(-dimensions..dimensions).contains(&axis) && dimensions > 0 {
        return Err(PACKAGE.shape(format_args!(
            "axis: expected a number from {} to {}, got {axis}; {argument} has {dimensions} dimensions",
            -dimensions,
            dimensions - 1
        )));
    }
    if axis == -1 || axis == dimensions - 1 {
        return Ok(value.clone());
    }
    let numpy = value.py().import("numpy")?;
    numpy.call_method1("ascontiguousarray", (numpy.call_method1("moveaxis", (value, axis, -1))?,))
}

/// The reverse of [`front`].
pub(crate) fn back<'py>(value: &Bound<'py, PyAny>, axis: isize) -> PyResult<Bound<'py, PyAny>> {
    if axis == -1 || value.cast::<PyUntypedArray>().is_ok_and(|array| array.ndim() as isize == axis + 1) {
        return Ok(value.clone());
    }
    let numpy = value.py().import("numpy")?;
    numpy.call_method1("ascontiguousarray", (numpy.call_method1("moveaxis", (value, -1, axis))?,))
}

/// An array of this number type in C order, read in place.
pub(crate) fn contiguous<'py, T: Element>(
    value: &Bound<'py, PyAny>,
    argument: &str,
) -> PyResult<PyReadonlyArrayDyn<'py, T>> {
    if let Ok(array) = value.cast::<PyArrayDyn<T>>()
        && array.is_c_contiguous()
    {
        return Ok(array.try_readonly()?);
    }
    let dimensions = value.cast::<PyUntypedArray>().map_or(1, PyUntypedArrayMethods::ndim);
    rank_pyo3::array::<T>(PACKAGE, value, argument, dimensions, "(..., n)")
}

/// Refuses another shape than that of `other`.
pub(crate) fn same_shape(argument: &str, got: &[usize], other: &str, expected: &[usize]) -> PyResult<()> {
    if got == expected {
        return Ok(());
    }
    Err(PACKAGE.shape(format_args!(
        "{argument}: expected shape {expected:?}, which {other} has, got shape {got:?}; pass one number for each"
    )))
}
