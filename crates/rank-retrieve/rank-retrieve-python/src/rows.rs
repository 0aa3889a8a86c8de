//! Sparse vectors in the rows of a CSR matrix.

use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use rank_pyo3::{token_offsets, vector};
use rank_retrieve::SparseRows;

use crate::errors::PACKAGE;

/// Whether a value is a matrix, or the arrays of one.
pub(crate) fn is_matrix(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(value.cast::<PyTuple>().is_ok_and(|arrays| arrays.len() == 3) || value.hasattr("indptr")?)
}

/// The arrays of a CSR matrix, borrowed; the offsets as they are needed.
pub(crate) struct Rows<'py> {
    offsets: Vec<usize>,
    dimensions: PyReadonlyArray1<'py, i32>,
    values: PyReadonlyArray1<'py, f32>,
}

impl<'py> Rows<'py> {
    pub(crate) fn new(matrix: &Bound<'py, PyAny>, argument: &str) -> PyResult<Self> {
        if let Ok(parts) = matrix.cast::<PyTuple>()
            && let Ok((data, indices, indptr)) =
                parts.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>, Bound<'_, PyAny>)>()
        {
            let names = ["[0]", "[1]"].map(|part| format!("{argument}{part}"));
            return Self::of(&data, &indices, &indptr, &names);
        }
        let part = |name: &str| {
            matrix.getattr(name).map_err(|_| {
                PACKAGE.dtype(format_args!(
                    "{argument}: expected a CSR matrix of SciPy or its three arrays, got {}; pass scipy.sparse.csr_array({argument})",
                    rank_pyo3::describe(matrix)
                ))
            })
        };
        let format = part("format")?;
        if format.extract::<String>().ok().as_deref() != Some("csr") {
            return Err(PACKAGE.dtype(format_args!(
                "{argument}: expected a CSR matrix of SciPy, got the format {format}; pass {argument}.tocsr()"
            )));
        }
        let names = ["data", "indices"].map(|part| format!("{argument}.{part}"));
        Self::of(&part("data")?, &part("indices")?, &part("indptr")?, &names)
    }

    fn of(
        data: &Bound<'py, PyAny>,
        indices: &Bound<'py, PyAny>,
        indptr: &Bound<'py, PyAny>,
        names: &[String; 2],
    ) -> PyResult<Self> {
        let values = vector::<f32>(PACKAGE, data, &names[0], "(values,)")?;
        let dimensions = vector::<i32>(PACKAGE, indices, &names[1], "(values,)")?;
        let indptr = indptr.call_method1("astype", ("int64",))?;
        let offsets = token_offsets(PACKAGE, &indptr, values.as_slice()?.len())?;
        Ok(Self { offsets, dimensions, values })
    }

    pub(crate) fn rows(&self) -> PyResult<SparseRows<'_>> {
        let (dimensions, values) = (self.dimensions.as_slice()?, self.values.as_slice()?);
        Ok(SparseRows { offsets: &self.offsets, dimensions, values })
    }
}
