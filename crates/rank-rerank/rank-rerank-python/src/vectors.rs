//! Single vectors, nested lists, and what quantization left.

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::prelude::*;
use rank_pyo3::{items, number};
use rank_rerank::simd::half::bf16;
use rank_rerank::simd::half::slice::HalfBitsSliceExt;
use rank_rerank::{colbert, embedding, simd};

use crate::errors::{PACKAGE, to_python};
use crate::input::in_numpy;

/// A vector of float32.
pub(crate) fn vector<'py>(
    value: &Bound<'py, PyAny>,
    argument: &str,
    shape: &str,
) -> PyResult<PyReadonlyArray1<'py, f32>> {
    rank_pyo3::vector(PACKAGE, &in_numpy(value, argument)?, argument, shape)
}

#[doc = rank_pyo3::stub!("dot")]
#[pyfunction]
pub(crate) fn dot(a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<f32> {
    let (a, b) = (vector(a, "a", "(dim,)")?, vector(b, "b", "(dim,)")?);
    simd::dot(a.as_slice()?, b.as_slice()?).map_err(to_python)
}

#[doc = rank_pyo3::stub!("cosine")]
#[pyfunction]
pub(crate) fn cosine(a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<f32> {
    let (a, b) = (vector(a, "a", "(dim,)")?, vector(b, "b", "(dim,)")?);
    simd::cosine(a.as_slice()?, b.as_slice()?).map_err(to_python)
}

#[doc = rank_pyo3::stub!("norm")]
#[pyfunction]
pub(crate) fn norm(vector: &Bound<'_, PyAny>) -> PyResult<f32> {
    simd::norm(self::vector(vector, "vector", "(dim,)")?.as_slice()?).map_err(to_python)
}

#[doc = rank_pyo3::stub!("normalize")]
#[pyfunction]
pub(crate) fn normalize<'py>(vector: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray1<f32>>> {
    let unit = embedding::normalize(self::vector(vector, "vector", "(dim,)")?.as_slice()?).map_err(to_python)?;
    Ok(PyArray1::from_vec(vector.py(), unit))
}

#[doc = rank_pyo3::stub!("normalize_or_zero")]
#[pyfunction]
pub(crate) fn normalize_or_zero<'py>(vector: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray1<f32>>> {
    let unit = embedding::normalize_or_zero(self::vector(vector, "vector", "(dim,)")?.as_slice()?);
    Ok(PyArray1::from_vec(vector.py(), unit.map_err(to_python)?))
}

#[doc = rank_pyo3::stub!("dequantize_int8")]
#[pyfunction]
pub(crate) fn dequantize_int8<'py>(
    py: Python<'py>,
    codes: &Bound<'py, PyAny>,
    scales: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArray2<f32>>> {
    let codes = rank_pyo3::matrix::<i8>(PACKAGE, &in_numpy(codes, "codes")?, "codes", "(tokens, dim)")?;
    let scales = vector(scales, "scales", "(tokens,)")?;
    let (shape, codes, scales) = ([codes.shape()[0], codes.shape()[1]], codes.as_slice()?, scales.as_slice()?);
    let tokens = py.detach(|| simd::dequantize_int8(codes, scales, shape[1])).map_err(to_python)?;
    PyArray1::from_vec(py, tokens).reshape(shape)
}

#[doc = rank_pyo3::stub!("from_bf16")]
#[pyfunction]
pub(crate) fn from_bf16<'py>(py: Python<'py>, bits: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray2<f32>>> {
    let bits = rank_pyo3::matrix::<u16>(PACKAGE, &in_numpy(bits, "bits")?, "bits", "(tokens, dim)")?;
    let (shape, bits) = ([bits.shape()[0], bits.shape()[1]], bits.as_slice()?);
    let tokens = py.detach(|| simd::from_bf16(bits.reinterpret_cast::<bf16>()));
    PyArray1::from_vec(py, tokens).reshape(shape)
}

/// Tokens as a list of lists of numbers.
fn nested(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<Vec<f32>>> {
    items(PACKAGE, value, argument, "a list of tokens, each a list of numbers")?
        .enumerate()
        .map(|(token, components)| number(PACKAGE, &components?, format_args!("{argument}[{token}]")))
        .collect()
}

type Pair = (Vec<Vec<f32>>, Vec<Vec<f32>>);

fn both(query_tokens: &Bound<'_, PyAny>, doc_tokens: &Bound<'_, PyAny>) -> PyResult<Pair> {
    Ok((nested(query_tokens, "query_tokens")?, nested(doc_tokens, "doc_tokens")?))
}

#[doc = rank_pyo3::stub!("maxsim_vecs")]
#[pyfunction]
pub(crate) fn maxsim_vecs(query_tokens: &Bound<'_, PyAny>, doc_tokens: &Bound<'_, PyAny>) -> PyResult<f32> {
    let (query, document) = both(query_tokens, doc_tokens)?;
    simd::maxsim(&query, &document).map_err(to_python)
}

#[doc = rank_pyo3::stub!("maxsim_cosine_vecs")]
#[pyfunction]
pub(crate) fn maxsim_cosine_vecs(query_tokens: &Bound<'_, PyAny>, doc_tokens: &Bound<'_, PyAny>) -> PyResult<f32> {
    let (query, document) = both(query_tokens, doc_tokens)?;
    simd::maxsim_cosine(&query, &document).map_err(to_python)
}

#[doc = rank_pyo3::stub!("maxsim_alignments_vecs")]
#[pyfunction]
pub(crate) fn maxsim_alignments_vecs(
    query_tokens: &Bound<'_, PyAny>,
    doc_tokens: &Bound<'_, PyAny>,
) -> PyResult<Vec<(usize, usize, f32)>> {
    let (query, document) = both(query_tokens, doc_tokens)?;
    colbert::maxsim_alignments(&query, &document).map_err(to_python)
}

#[doc = rank_pyo3::stub!("maxsim_alignments_cosine_vecs")]
#[pyfunction]
pub(crate) fn maxsim_alignments_cosine_vecs(
    query_tokens: &Bound<'_, PyAny>,
    doc_tokens: &Bound<'_, PyAny>,
) -> PyResult<Vec<(usize, usize, f32)>> {
    let (query, document) = both(query_tokens, doc_tokens)?;
    colbert::maxsim_alignments_cosine(&query, &document).map_err(to_python)
}

#[doc = rank_pyo3::stub!("highlight_matches_vecs")]
#[pyfunction]
pub(crate) fn highlight_matches_vecs(
    query_tokens: &Bound<'_, PyAny>,
    doc_tokens: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = crate::number::threshold)] threshold: f32,
) -> PyResult<Vec<usize>> {
    let (query, document) = both(query_tokens, doc_tokens)?;
    colbert::highlight_matches(&query, &document, threshold).map_err(to_python)
}
