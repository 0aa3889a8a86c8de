//! Arrays of one row or many, of either precision.

use std::ops::Range;

use numpy::{
    Element, PyArray1, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArray,
    PyUntypedArrayMethods, dtype,
};
use pyo3::prelude::*;
use rank_soft::Float;

use crate::errors::{PACKAGE, to_python};

/// Rows of about this many numbers are done between two looks for Ctrl-C.
const PIECE: usize = 1 << 18;

/// Whether the array is of `float64`; refuses what is neither that nor `float32`.
pub(crate) fn is_double(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<bool> {
    let Ok(array) = value.cast::<PyUntypedArray>() else {
        // The reader says what it wants.
        return Ok(true);
    };
    let found = array.dtype();
    if found.is_equiv_to(&dtype::<f64>(value.py())) {
        Ok(true)
    } else if found.is_equiv_to(&dtype::<f32>(value.py())) {
        Ok(false)
    } else {
        Err(PACKAGE.dtype(format_args!(
            "{argument}: expected float32 or float64, got {found}; pass {argument}.astype(numpy.float64)"
        )))
    }
}

/// Evaluates `$call` with `$number` standing for the array's number type, `f64` or `f32`.
macro_rules! by_dtype {
    ($value:ident, $number:ident => $call:expr) => {
        if $crate::rows::is_double($value, stringify!($value))? {
            type $number = f64;
            $call
        } else {
            type $number = f32;
            $call
        }
    };
}
pub(crate) use by_dtype;

/// A C-contiguous array of shape `(n,)` or `(rows, n)`, read in place.
pub(crate) struct Rows<'py, T: Element> {
    array: PyReadonlyArrayDyn<'py, T>,
    pub(crate) count: usize,
    columns: usize,
    /// Whether the array has rows, and is not itself the one row.
    pub(crate) batch: bool,
}

impl<'py, T: Element + Float> Rows<'py, T> {
    pub(crate) fn read(value: &Bound<'py, PyAny>, argument: &str) -> PyResult<Self> {
        let shape = "(n,) or (rows, n)";
        let batch = value.cast::<PyUntypedArray>().is_ok_and(|array| array.ndim() == 2);
        if batch {
            rank_pyo3::matrix::<T>(PACKAGE, value, argument, shape)?;
        } else {
            rank_pyo3::vector::<T>(PACKAGE, value, argument, shape)?;
        }
        let array = value.cast::<PyArrayDyn<T>>()?.try_readonly()?;
        let (count, columns) = if batch { (array.shape()[0], array.shape()[1]) } else { (1, array.len()) };
        Ok(Self { array, count, columns, batch })
    }

    /// Reads an array that must have the dtype and the shape of this one, which `other` names.
    pub(crate) fn read_like(&self, value: &Bound<'py, PyAny>, argument: &str, other: &str) -> PyResult<Self> {
        let like = Self::read(value, argument)?;
        if like.array.shape() != self.array.shape() {
            return Err(PACKAGE.shape(format_args!(
                "{argument}: expected shape {:?}, which {other} has, got shape {:?}; pass one number for each",
                self.array.shape(),
                like.array.shape()
            )));
        }
        Ok(like)
    }

    pub(crate) fn values(&self) -> PyResult<&[T]> {
        Ok(self.array.as_slice()?)
    }

    /// An array of the shape of this one.
    pub(crate) fn write(&self, py: Python<'py>, values: Vec<T>) -> PyResult<Bound<'py, PyAny>> {
        Ok(PyArray1::from_vec(py, values).reshape(self.array.shape().to_vec())?.into_any())
    }

    /// Does `work` on each row's range of numbers, with the GIL released.
    pub(crate) fn each(
        &self,
        py: Python<'py>,
        mut work: impl FnMut(Range<usize>) -> rank_soft::Result<()> + Send,
    ) -> PyResult<()> {
        let (count, columns, batch) = (self.count, self.columns, self.batch);
        rank_pyo3::in_chunks(
            py,
            count,
            PIECE / columns.max(1),
            &rank_pyo3::ProgressBar::hidden(),
            |piece: Range<usize>| {
                for row in piece {
                    work(row * columns..(row + 1) * columns)
                        .map_err(|error| to_python(if batch { error.in_row(row) } else { error }))?;
                }
                Ok::<(), PyErr>(())
            },
        )
    }
}
