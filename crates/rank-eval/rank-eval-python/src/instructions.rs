//! Whether rankings follow instructions.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use rank_pyo3::{Id, for_each_entry};

use crate::errors::{PACKAGE, to_python};
use crate::ids::id;
use crate::samples::sequence;
use crate::tables::run_argument;

#[doc = rank_pyo3::stub!("p_mrr")]
#[pyfunction]
pub(crate) fn p_mrr<'py>(
    py: Python<'py>,
    original: &Bound<'py, PyAny>,
    changed: &Bound<'py, PyAny>,
    documents: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyDict>> {
    let (original, changed) = (run_argument(original, 0, false)?, run_argument(changed, 0, false)?);
    let mut moved: Vec<(String, String)> = Vec::new();
    for_each_entry(PACKAGE, documents, "documents", "a dict of query id to document ids", |key, value| {
        let at = format!("documents[{}]", key.repr()?);
        let query = id(key, &at)?.into_owned();
        for document in rank_pyo3::ids(PACKAGE, value, &at)? {
            let document = match document {
                Id::Int(number) => number.to_string(),
                Id::Str(text) => text.to_string(),
            };
            moved.push((query.clone(), document));
        }
        Ok(())
    })?;
    let (original, changed) = (&original.get().0, &changed.get().0);
    let values = py.detach(|| rank_eval::p_mrr(original, changed, moved)).map_err(to_python)?;
    crate::recommendation::by_query(py, values)
}

#[doc = rank_pyo3::stub!("mean_of_worst")]
#[pyfunction]
pub(crate) fn mean_of_worst(py: Python<'_>, values: &Bound<'_, PyAny>, groups: &Bound<'_, PyAny>) -> PyResult<f64> {
    let values = sequence(values, "values")?;
    let groups = rank_pyo3::ids(PACKAGE, groups, "groups")?;
    py.detach(|| rank_eval::mean_of_worst(&values, &groups)).map_err(to_python)
}
