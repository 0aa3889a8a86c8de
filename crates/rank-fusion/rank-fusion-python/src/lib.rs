//! The extension module of the `rank_fusion` package: checks, releases the GIL, calls, converts.
#![expect(clippy::doc_markdown, reason = "the documentation is for Python")]

mod errors;

use pyo3::prelude::*;

/// Merging ranked lists.
#[pymodule]
mod _rank_fusion {
    use pyo3::prelude::*;
    use pyo3::types::PyList;

    use crate::errors::{PACKAGE, to_python};

    #[doc = rank_pyo3::stub!("reciprocal_rank_fusion")]
    #[pyfunction]
    #[pyo3(signature = (lists, k = 60.0))]
    fn reciprocal_rank_fusion<'py>(py: Python<'py>, lists: &Bound<'py, PyAny>, k: f64) -> PyResult<Bound<'py, PyList>> {
        let lists = rank_pyo3::ranked_lists(PACKAGE, lists, "lists")?;
        let fused = py.detach(|| rank_fusion::reciprocal_rank_fusion(&lists, k)).map_err(to_python)?;
        PACKAGE.ranked(py, &fused)
    }
}
