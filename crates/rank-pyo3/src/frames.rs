//! Our tables as those of pyarrow, polars and pandas, where these are installed.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use numpy::PyArray1;
use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::Package;

/// A package that `method` needs.
///
/// # Errors
///
/// `MissingPackageError`, which says how to install it.
pub fn import<'py>(package: Package, py: Python<'py>, name: &str, method: &str) -> PyResult<Bound<'py, PyModule>> {
    py.import(name).map_err(|error| {
        if error.is_instance_of::<PyImportError>(py) {
            package.missing(format_args!("{method}: expected the package {name}, got none; pip install {name}"))
        } else {
            error
        }
    })
}

/// A `pyarrow.Table` of an object that has `__arrow_c_stream__`. No copy.
///
/// # Errors
///
/// `MissingPackageError` without pyarrow.
pub fn to_arrow<'py>(package: Package, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    import(package, value.py(), "pyarrow", "to_arrow")?.call_method1("table", (value,))
}

/// A `polars.DataFrame` of an object that has `__arrow_c_stream__`.
///
/// # Errors
///
/// `MissingPackageError` without polars.
pub fn to_polars<'py>(package: Package, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    import(package, value.py(), "polars", "to_polars")?.call_method1("DataFrame", (value,))
}

/// A `pandas.DataFrame` of columns of texts, ints or floats, of any version of pandas, which need not have pyarrow.
///
/// # Errors
///
/// `MissingPackageError` without pandas.
pub fn to_pandas<'py>(package: Package, py: Python<'py>, batch: &RecordBatch) -> PyResult<Bound<'py, PyAny>> {
    let pandas = import(package, py, "pandas", "to_pandas")?;
    let columns = PyDict::new(py);
    for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        let column = match field.data_type() {
            DataType::Float64 => PyArray1::from_slice(py, array.as_primitive::<Float64Type>().values()).into_any(),
            DataType::Int64 => PyArray1::from_slice(py, array.as_primitive::<Int64Type>().values()).into_any(),
            _ => {
                let texts = array.as_string::<i64>();
                PyList::new(py, (0..texts.len()).map(|row| texts.value(row)))?.into_any()
            }
        };
        columns.set_item(field.name(), column)?;
    }
    let options = PyDict::new(py);
    // So that a frame without rows has its columns as well.
    options.set_item("columns", columns.keys())?;
    pandas.call_method("DataFrame", (columns,), Some(&options))
}
