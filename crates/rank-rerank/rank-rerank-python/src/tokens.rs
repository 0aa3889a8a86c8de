//! MaxSim of NumPy arrays, which are read in place.

use numpy::{PyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyMapping};
use rank_pyo3::{Id, ProgressBar, describe, in_chunks, items, pair};
use rank_rerank::simd::MaxSim;
use rank_rerank::{Argument, Error, TokensRef, colbert, simd};

use crate::errors::{PACKAGE, to_python};

const SHAPE: &str = "(tokens, dim)";

type Matrix<'py> = PyReadonlyArray2<'py, f32>;

fn matrix<'py>(value: &Bound<'py, PyAny>, argument: &str) -> PyResult<Matrix<'py>> {
    let matrix = rank_pyo3::matrix::<f32>(PACKAGE, value, argument, SHAPE)?;
    // Said here, where the argument's name is known.
    match matrix.shape() {
        [0, _] => Err(PACKAGE
            .shape(format_args!("{argument}: expected at least one token, got none; leave out what has no tokens"))),
        [_, 0] => Err(PACKAGE.shape(format_args!(
            "{argument}: expected tokens of at least one component, got dim 0; pass the encoder's output"
        ))),
        _ => Ok(matrix),
    }
}

fn view<'a>(matrix: &'a Matrix<'_>) -> PyResult<TokensRef<'a>> {
    TokensRef::new(matrix.as_slice()?, matrix.shape()[1]).map_err(to_python)
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

fn score(query: &MaxSim, document: rank_rerank::Result<TokensRef<'_>>, position: usize) -> PyResult<f32> {
    document.and_then(|document| query.score_as(&document, Argument::Documents(position))).map_err(to_python)
}

/// Documents between two looks at the signals: some ten milliseconds.
const CHUNK: usize = 1024;

#[doc = rank_pyo3::stub!("maxsim_batch")]
#[pyfunction]
#[pyo3(signature = (query_tokens, values, offsets = None))]
pub(crate) fn maxsim_batch<'py>(
    py: Python<'py>,
    query_tokens: &Bound<'py, PyAny>,
    values: &Bound<'py, PyAny>,
    offsets: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyArray1<f32>>> {
    let query = matrix(query_tokens, "query_tokens")?;
    let query = MaxSim::new(&view(&query)?).map_err(to_python)?;
    let mut scores = Vec::new();
    if let Some(offsets) = offsets {
        let (values, offsets) = rank_pyo3::flat_tokens(PACKAGE, values, offsets)?;
        let dim = values.shape()[1];
        if dim != query.dim() {
            return Err(to_python(Error::DimMismatch { argument: Argument::Values, expected: query.dim(), got: dim }));
        }
        let values = values.as_slice()?;
        let total = offsets.len() - 1;
        scores.resize(total, 0.0);
        in_chunks(py, total, CHUNK, &ProgressBar::hidden(), |range| {
            for position in range {
                let document = &values[offsets[position] * dim..offsets[position + 1] * dim];
                scores[position] = score(&query, TokensRef::new(document, dim), position)?;
            }
            Ok::<(), PyErr>(())
        })?;
    } else {
        let matrices: Vec<Matrix<'_>> = items(PACKAGE, values, "values", "a list of arrays, or an array with offsets")?
            .enumerate()
            .map(|(position, document)| matrix(&document?, &format!("values[{position}]")))
            .collect::<PyResult<_>>()?;
        let documents: Vec<TokensRef<'_>> = matrices.iter().map(view).collect::<PyResult<_>>()?;
        scores.resize(documents.len(), 0.0);
        in_chunks(py, documents.len(), CHUNK, &ProgressBar::hidden(), |range| {
            for position in range {
                scores[position] = score(&query, Ok(documents[position]), position)?;
            }
            Ok::<(), PyErr>(())
        })?;
    }
    Ok(PyArray1::from_vec(py, scores))
}

#[doc = rank_pyo3::stub!("colbert_rank")]
#[pyfunction]
pub(crate) fn colbert_rank<'py>(
    py: Python<'py>,
    query_tokens: &Bound<'py, PyAny>,
    candidates: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyList>> {
    let query = matrix(query_tokens, "query_tokens")?;
    let query = view(&query)?;
    let pairs = match candidates.cast::<PyMapping>() {
        Ok(mapping) => mapping.items()?.into_any(),
        Err(_) => candidates.clone(),
    };
    let mut ids = Vec::new();
    let mut matrices = Vec::new();
    for (position, entry) in items(PACKAGE, &pairs, "candidates", "(id, tokens) pairs")?.enumerate() {
        let entry = entry?;
        let at = format!("candidates[{position}]");
        let Some((id, tokens)) = pair(&entry) else {
            return Err(PACKAGE.dtype(format_args!(
                "{at}: expected an (id, tokens) pair, got {}; pass a list of pairs, or a dict of id to tokens",
                describe(&entry)
            )));
        };
        ids.push(Id::extract(PACKAGE, &id, &at)?);
        matrices.push(matrix(&tokens, &at)?);
    }
    let views = matrices.iter().map(view).collect::<PyResult<Vec<_>>>()?;
    let candidates: Vec<(Id, TokensRef<'_>)> = ids.into_iter().zip(views).collect();
    let ranked = py.detach(|| colbert::rank(&query, &candidates)).map_err(to_python)?;
    PACKAGE.ranked(py, &ranked)
}
