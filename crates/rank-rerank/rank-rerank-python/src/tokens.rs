//! MaxSim of NumPy arrays, which are read in place.

use std::fmt::Display;

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::prelude::*;
use rank_pyo3::{At, ProgressBar, in_chunks, items};
use rank_rerank::simd::{Components, MaxSim, Precision, Scoring, TokenBatch};
use rank_rerank::{TokensRef, simd};

use crate::array::{Array, Borrowed};
use crate::documents::Held;
use crate::errors::{PACKAGE, to_python};
use crate::input::{arrow_matrix, in_numpy, is_arrow};
use crate::number;

const SHAPE: &str = "(tokens, dim)";

/// The token vectors of a query or a document, float32.
pub(crate) struct Matrix<'py>(Array<'py>);

/// An array of float32, `(rows, columns)`.
pub(crate) fn floats<'py>(
    value: &Bound<'py, PyAny>,
    argument: impl Display + Copy,
    shape: &str,
) -> PyResult<Array<'py>> {
    let array = if is_arrow(value)? {
        Array::Arrow(arrow_matrix(value, &argument.to_string())?)
    } else {
        Array::F32(Borrowed::All(rank_pyo3::array(PACKAGE, &in_numpy(value, argument)?, argument, 2, shape)?))
    };
    // Said here, where the argument's name is known.
    if !matches!(array.components(None)?, Components::F32(_)) {
        return Err(PACKAGE.dtype(format_args!("{argument}: expected float32, got another type; cast the array")));
    }
    Ok(array)
}

pub(crate) fn matrix<'py>(value: &Bound<'py, PyAny>, argument: impl Display + Copy) -> PyResult<Matrix<'py>> {
    let array = floats(value, argument, SHAPE)?;
    match array.shape() {
        [0, _] => Err(PACKAGE
            .shape(format_args!("{argument}: expected at least one token, got none; leave out what has no tokens"))),
        [_, 0] => Err(PACKAGE.shape(format_args!(
            "{argument}: expected tokens of at least one component, got dim 0; pass the encoder's output"
        ))),
        _ => Ok(Matrix(array)),
    }
}

/// What [`floats`] has seen to.
pub(crate) fn no_floats() -> PyErr {
    PACKAGE.dtype("values: expected float32, got another type; cast the array")
}

pub(crate) fn view<'a>(matrix: &'a Matrix<'_>) -> PyResult<TokensRef<'a>> {
    match matrix.0.components(None)? {
        Components::F32(values) => TokensRef::new(values, matrix.0.shape()[1]).map_err(to_python),
        // Checked above.
        _ => Err(no_floats()),
    }
}

#[doc = rank_pyo3::stub!("maxsim")]
#[pyfunction]
pub(crate) fn maxsim(py: Python<'_>, query_tokens: &Bound<'_, PyAny>, doc_tokens: &Bound<'_, PyAny>) -> PyResult<f32> {
    let (query, document) = (matrix(query_tokens, "query_tokens")?, matrix(doc_tokens, "doc_tokens")?);
    let (query, document) = (view(&query)?, view(&document)?);
    py.detach(|| simd::maxsim(&query, &document)).map_err(to_python)
}

#[doc = rank_pyo3::stub!("maxsim_cosine")]
#[pyfunction]
pub(crate) fn maxsim_cosine(
    py: Python<'_>,
    query_tokens: &Bound<'_, PyAny>,
    doc_tokens: &Bound<'_, PyAny>,
) -> PyResult<f32> {
    let (query, document) = (matrix(query_tokens, "query_tokens")?, matrix(doc_tokens, "doc_tokens")?);
    let (query, document) = (view(&query)?, view(&document)?);
    py.detach(|| simd::maxsim_cosine(&query, &document)).map_err(to_python)
}

/// Documents between two looks at the signals, for each thread: some ten milliseconds.
const CHUNK: usize = 1024;

pub(crate) fn scoring(precision: Option<&str>, threads: usize) -> PyResult<Scoring> {
    let precision = match precision {
        None => Precision::Stored,
        Some("bf16") => Precision::Bf16,
        Some("signs") => Precision::Signs,
        Some(other) => {
            return Err(PACKAGE.invalid(format_args!(
                "precision: expected \"bf16\", \"signs\" or None, got {other:?}; pass None to score documents as they are \
                 stored"
            )));
        }
    };
    Ok(Scoring { precision, threads })
}

pub(crate) fn query(tokens: &Bound<'_, PyAny>, argument: impl Display + Copy, cosine: bool) -> PyResult<MaxSim> {
    let tokens = matrix(tokens, argument)?;
    let tokens = view(&tokens)?;
    if cosine { MaxSim::cosine(&tokens) } else { MaxSim::new(&tokens) }.map_err(to_python)
}

pub(crate) fn weighted(query: MaxSim, weights: Option<&Bound<'_, PyAny>>) -> PyResult<MaxSim> {
    let Some(weights) = weights else { return Ok(query) };
    let weights = rank_pyo3::vector::<f32>(PACKAGE, &in_numpy(weights, "weights")?, "weights", "(query tokens,)")?;
    query.with_weights(weights.as_slice()?).map_err(to_python)
}

/// Scores a piece at a time, so that signals get their turn.
fn in_pieces(py: Python<'_>, query: &MaxSim, documents: &TokenBatch<'_>, scoring: Scoring) -> PyResult<Vec<f32>> {
    let total = documents.documents();
    let mut scores = Vec::with_capacity(total);
    let chunk = CHUNK * scoring.threads.clamp(1, 256);
    in_chunks(py, total, chunk, &ProgressBar::hidden(), |range| {
        scores.extend(query.score_range(documents, range, scoring).map_err(to_python)?);
        Ok::<(), PyErr>(())
    })?;
    Ok(scores)
}

#[doc = rank_pyo3::stub!("maxsim_batch")]
#[pyfunction]
#[pyo3(signature = (query_tokens, values, offsets = None, *, scales = None, mask = None, weights = None,
                    cosine = false, precision = None, threads = 1))]
#[expect(clippy::too_many_arguments, reason = "the arguments of the Python function")]
pub(crate) fn maxsim_batch<'py>(
    py: Python<'py>,
    query_tokens: &Bound<'py, PyAny>,
    values: &Bound<'py, PyAny>,
    offsets: Option<&Bound<'py, PyAny>>,
    scales: Option<&Bound<'py, PyAny>>,
    mask: Option<&Bound<'py, PyAny>>,
    weights: Option<&Bound<'py, PyAny>>,
    cosine: bool,
    precision: Option<&str>,
    #[pyo3(from_py_with = number::threads)] threads: usize,
) -> PyResult<Bound<'py, PyArray1<f32>>> {
    let query = weighted(query(query_tokens, "query_tokens", cosine)?, weights)?;
    let scoring = scoring(precision, threads)?;
    let held = Held::new(values, offsets, scales, mask)?;
    Ok(PyArray1::from_slice(py, &in_pieces(py, &query, &held.batch(query.dim())?, scoring)?))
}

#[doc = rank_pyo3::stub!("maxsim_top_k")]
#[pyfunction]
#[pyo3(signature = (query_tokens, values, offsets = None, *, k, scales = None, mask = None, weights = None,
                    cosine = false, precision = None, threads = 1))]
#[expect(clippy::too_many_arguments, clippy::type_complexity, reason = "the arguments of the Python function")]
pub(crate) fn maxsim_top_k<'py>(
    py: Python<'py>,
    query_tokens: &Bound<'py, PyAny>,
    values: &Bound<'py, PyAny>,
    offsets: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = number::k)] k: usize,
    scales: Option<&Bound<'py, PyAny>>,
    mask: Option<&Bound<'py, PyAny>>,
    weights: Option<&Bound<'py, PyAny>>,
    cosine: bool,
    precision: Option<&str>,
    #[pyo3(from_py_with = number::threads)] threads: usize,
) -> PyResult<(Bound<'py, PyArray1<i64>>, Bound<'py, PyArray1<f32>>)> {
    let query = weighted(query(query_tokens, "query_tokens", cosine)?, weights)?;
    let scoring = scoring(precision, threads)?;
    let held = Held::new(values, offsets, scales, mask)?;
    let scores = in_pieces(py, &query, &held.batch(query.dim())?, scoring)?;
    let (positions, scores): (Vec<i64>, Vec<f32>) =
        simd::best(scores, k).into_iter().map(|(position, score)| (position as i64, score)).unzip();
    Ok((PyArray1::from_vec(py, positions), PyArray1::from_vec(py, scores)))
}

#[doc = rank_pyo3::stub!("maxsim_matrix")]
#[pyfunction]
#[pyo3(signature = (queries, values, offsets = None, *, scales = None, mask = None, cosine = false, precision = None,
                    threads = 1))]
#[expect(clippy::too_many_arguments, reason = "the arguments of the Python function")]
pub(crate) fn maxsim_matrix<'py>(
    py: Python<'py>,
    queries: &Bound<'py, PyAny>,
    values: &Bound<'py, PyAny>,
    offsets: Option<&Bound<'py, PyAny>>,
    scales: Option<&Bound<'py, PyAny>>,
    mask: Option<&Bound<'py, PyAny>>,
    cosine: bool,
    precision: Option<&str>,
    #[pyo3(from_py_with = number::threads)] threads: usize,
) -> PyResult<Bound<'py, PyArray2<f32>>> {
    let queries: Vec<MaxSim> = items(PACKAGE, queries, "queries", "a list of arrays")?
        .enumerate()
        .map(|(position, tokens)| query(&tokens?, At { argument: "queries", position }, cosine))
        .collect::<PyResult<_>>()?;
    let scoring = scoring(precision, threads)?;
    let held = Held::new(values, offsets, scales, mask)?;
    let documents = held.batch(queries.first().map_or_else(|| held.dim(), MaxSim::dim))?;
    let total = documents.documents();
    let matrix = PyArray2::zeros(py, [queries.len(), total], false);
    let mut scores = vec![0.0; queries.len() * total];
    let chunk = (CHUNK * scoring.threads.clamp(1, 256) / queries.len().max(1)).max(16);
    in_chunks(py, total, chunk, &ProgressBar::hidden(), |range| {
        let part = simd::maxsim_matrix_range(&queries, &documents, range.clone(), scoring).map_err(to_python)?;
        for (scores, part) in scores.chunks_exact_mut(total).zip(part.chunks_exact(range.len())) {
            scores[range.clone()].copy_from_slice(part);
        }
        Ok::<(), PyErr>(())
    })?;
    matrix.readwrite().as_slice_mut()?.copy_from_slice(&scores);
    Ok(matrix)
}

#[doc = rank_pyo3::stub!("quantize_int8")]
#[pyfunction]
#[expect(clippy::type_complexity, reason = "a pair of arrays")]
pub(crate) fn quantize_int8<'py>(
    py: Python<'py>,
    tokens: &Bound<'py, PyAny>,
) -> PyResult<(Bound<'py, PyArray2<i8>>, Bound<'py, PyArray1<f32>>)> {
    let tokens = rank_pyo3::matrix::<f32>(PACKAGE, &in_numpy(tokens, "tokens")?, "tokens", SHAPE)?;
    let (values, shape) = (tokens.as_slice()?, [tokens.shape()[0], tokens.shape()[1]]);
    let (codes, scales) = py.detach(|| simd::quantize_int8(values, shape[1])).map_err(to_python)?;
    Ok((PyArray1::from_vec(py, codes).reshape(shape)?, PyArray1::from_vec(py, scales)))
}

#[doc = rank_pyo3::stub!("quantize_binary")]
#[pyfunction]
pub(crate) fn quantize_binary<'py>(py: Python<'py>, tokens: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray2<u8>>> {
    let tokens = rank_pyo3::matrix::<f32>(PACKAGE, &in_numpy(tokens, "tokens")?, "tokens", SHAPE)?;
    let (values, shape) = (tokens.as_slice()?, [tokens.shape()[0], tokens.shape()[1]]);
    let bits = py.detach(|| simd::quantize_binary(values, shape[1])).map_err(to_python)?;
    PyArray1::from_vec(py, bits).reshape([shape[0], shape[1] / 8])
}

#[doc = rank_pyo3::stub!("to_bf16")]
#[pyfunction]
pub(crate) fn to_bf16<'py>(py: Python<'py>, tokens: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray2<u16>>> {
    let tokens = rank_pyo3::matrix::<f32>(PACKAGE, &in_numpy(tokens, "tokens")?, "tokens", SHAPE)?;
    let (values, shape) = (tokens.as_slice()?, [tokens.shape()[0], tokens.shape()[1]]);
    let rounded = py.detach(|| simd::to_bf16(values)).map_err(to_python)?;
    PyArray1::from_vec(py, rounded.iter().map(|value| value.to_bits()).collect()).reshape(shape)
}
