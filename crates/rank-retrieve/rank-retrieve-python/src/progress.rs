//! Long work with a progress bar.

use std::ops::Range;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::PACKAGE;

/// Does `0..total` in pieces, as [`rank_pyo3::in_chunks`], with a bar of tqdm if `shown`.
pub(crate) fn in_chunks(
    py: Python<'_>,
    total: usize,
    chunk: usize,
    shown: bool,
    work: impl FnMut(Range<usize>) -> PyResult<()> + Send,
) -> PyResult<()> {
    if !shown {
        return rank_pyo3::in_chunks(py, total, chunk, None, work);
    }
    let bar = bar(py, total)?;
    let done = rank_pyo3::in_chunks(py, total, chunk, Some(&bar.getattr("update")?), work);
    bar.call_method0("close")?;
    done
}

fn bar(py: Python<'_>, total: usize) -> PyResult<Bound<'_, PyAny>> {
    let tqdm = py.import("tqdm").map_err(|error| {
        if error.is_instance_of::<PyImportError>(py) {
            PACKAGE.error(
                "MissingPackageError",
                "progress: expected the package tqdm, got none; pip install tqdm, or pass progress=False",
            )
        } else {
            error
        }
    })?;
    let options = PyDict::new(py);
    options.set_item("total", total)?;
    tqdm.getattr("tqdm")?.call((), Some(&options))
}
