//! Many ranked lists as two arrays.

use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyList;
use rank_pyo3::Id;

use crate::errors::PACKAGE;
use crate::hnsw::Key;

/// Ids and scores of shape `(queries, width)`: ids `int64` padded with -1, or objects padded with None if the index may
/// hold a `str`; scores `float32` padded with negative infinity.
pub(crate) fn arrays<'py>(
    py: Python<'py>,
    lists: &[Vec<(Key, f32)>],
    width: usize,
    texts: bool,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let shape = [lists.len(), width];
    let size = lists.len() * width;
    let mut scores = Vec::with_capacity(size);
    for (row, list) in (1..).zip(lists) {
        scores.extend(list.iter().map(|hit| hit.1));
        scores.resize(row * width, f32::NEG_INFINITY);
    }
    let scores = PyArray1::from_vec(py, scores).reshape(shape)?.into_any();
    if texts {
        let mut ids: Vec<Py<PyAny>> = Vec::with_capacity(size);
        for (row, list) in (1..).zip(lists) {
            for (Key(id), _) in list {
                ids.push(id.into_pyobject(py)?.unbind());
            }
            ids.resize_with(row * width, || py.None());
        }
        return Ok((PyArray1::from_vec(py, ids).reshape(shape)?.into_any(), scores));
    }
    let mut ids = Vec::with_capacity(size);
    for (row, list) in (1..).zip(lists) {
        ids.extend(list.iter().map(|(Key(id), _)| if let Id::Int(number) = id { *number } else { -1 }));
        ids.resize(row * width, -1);
    }
    let ids: Bound<'py, PyArray2<i64>> = PyArray1::from_vec(py, ids).reshape(shape)?;
    Ok((ids.into_any(), scores))
}

/// One ranked list.
pub(crate) fn ranked(py: Python<'_>, hits: Vec<(Key, f32)>) -> PyResult<Bound<'_, PyList>> {
    PACKAGE.ranked(py, &hits.into_iter().map(|(Key(id), score)| (id, score)).collect::<Vec<_>>())
}
