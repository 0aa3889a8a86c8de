//! Weights of query tokens, and scores made comparable.

use numpy::{PyArray1, PyUntypedArrayMethods};
use pyo3::prelude::*;
use rank_rerank::{scores, weights};

use crate::errors::{PACKAGE, to_python};
use crate::input::in_numpy;
use crate::number;
use crate::vectors::vector;

type Floats<'py> = Bound<'py, PyArray1<f32>>;

fn floats(py: Python<'_>, values: rank_rerank::Result<Vec<f32>>) -> PyResult<Floats<'_>> {
    Ok(PyArray1::from_vec(py, values.map_err(to_python)?))
}

#[doc = rank_pyo3::stub!("idf_weights")]
#[pyfunction]
pub(crate) fn idf_weights<'py>(
    py: Python<'py>,
    document_frequencies: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = number::documents)] documents: u64,
) -> PyResult<Floats<'py>> {
    floats(py, weights::idf_weights(&number::document_frequencies(document_frequencies)?, documents))
}

#[doc = rank_pyo3::stub!("bm25_weights")]
#[pyfunction]
#[pyo3(signature = (document_frequencies, query_frequencies, documents, k3 = 1.2))]
pub(crate) fn bm25_weights<'py>(
    py: Python<'py>,
    document_frequencies: &Bound<'py, PyAny>,
    query_frequencies: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = number::documents)] documents: u64,
    #[pyo3(from_py_with = number::k3)] k3: f64,
) -> PyResult<Floats<'py>> {
    let document_frequencies = number::document_frequencies(document_frequencies)?;
    let query_frequencies = number::query_frequencies(query_frequencies)?;
    floats(py, weights::bm25_weights(&document_frequencies, &query_frequencies, documents, k3))
}

#[doc = rank_pyo3::stub!("attention_weights")]
#[pyfunction]
pub(crate) fn attention_weights<'py>(attention: &Bound<'py, PyAny>) -> PyResult<Floats<'py>> {
    let rows = rank_pyo3::matrix::<f32>(PACKAGE, &in_numpy(attention, "attention")?, "attention", "(rows, tokens)")?;
    floats(attention.py(), weights::attention_weights(rows.as_slice()?, rows.shape()[1]))
}

#[doc = rank_pyo3::stub!("normalize_maxsim")]
#[pyfunction]
pub(crate) fn normalize_maxsim(
    #[pyo3(from_py_with = number::score)] score: f32,
    #[pyo3(from_py_with = number::query_length)] query_length: f32,
) -> PyResult<f32> {
    scores::normalize_maxsim(score, query_length).map_err(to_python)
}

#[doc = rank_pyo3::stub!("normalize_maxsim_batch")]
#[pyfunction]
pub(crate) fn normalize_maxsim_batch<'py>(
    scores: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = number::query_length)] query_length: f32,
) -> PyResult<Floats<'py>> {
    let py = scores.py();
    floats(py, scores::normalize_maxsim_batch(vector(scores, "scores", "(n,)")?.as_slice()?, query_length))
}

#[doc = rank_pyo3::stub!("normalize_scores")]
#[pyfunction]
pub(crate) fn normalize_scores<'py>(scores: &Bound<'py, PyAny>) -> PyResult<Floats<'py>> {
    floats(scores.py(), scores::normalize_scores(vector(scores, "scores", "(n,)")?.as_slice()?))
}

#[doc = rank_pyo3::stub!("softmax_scores")]
#[pyfunction]
#[pyo3(signature = (scores, temperature = 1.0))]
pub(crate) fn softmax_scores<'py>(
    scores: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = number::temperature)] temperature: f64,
) -> PyResult<Floats<'py>> {
    let py = scores.py();
    floats(py, scores::softmax_scores(vector(scores, "scores", "(n,)")?.as_slice()?, temperature))
}

#[doc = rank_pyo3::stub!("top_k_indices")]
#[pyfunction]
pub(crate) fn top_k_indices<'py>(
    scores: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = number::k)] k: usize,
) -> PyResult<Bound<'py, PyArray1<i64>>> {
    let best = scores::top_k_indices(vector(scores, "scores", "(n,)")?.as_slice()?, k).map_err(to_python)?;
    Ok(PyArray1::from_vec(scores.py(), best.into_iter().map(|position| position as i64).collect()))
}
