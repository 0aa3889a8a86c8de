//! Reranking of a first stage's candidates, and what a score is made of.

use std::ops::ControlFlow;

use numpy::PyReadonlyArrayDyn;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyMapping};
use rank_pyo3::{At, Id, ProgressBar, describe, items, pair, ranked_list};
use rank_rerank::colbert::{self, RefineConfig, Scale};
use rank_rerank::simd::{Components, MaxSim, Scoring, TokenBatch};
use rank_rerank::{Argument, Error};

use crate::array::{Array, Reader};
use crate::errors::{PACKAGE, to_python};
use crate::input::in_numpy;
use crate::number;
use crate::tokens::{query, scoring, weighted};

/// What is told after each piece of work, and whether to go on: signals get their turn, and so does the bar.
pub(crate) fn report(bar: &ProgressBar) -> impl FnMut(usize) -> ControlFlow<PyErr> + Send + '_ {
    |done| match Python::attach(|py| {
        py.check_signals()?;
        bar.update(py, done)
    }) {
        Ok(()) => ControlFlow::Continue(()),
        Err(raised) => ControlFlow::Break(raised),
    }
}

/// What such work came to.
pub(crate) fn reported<T>(result: rank_rerank::Result<ControlFlow<PyErr, T>>) -> PyResult<T> {
    match result.map_err(to_python)? {
        ControlFlow::Continue(value) => Ok(value),
        ControlFlow::Break(raised) => Err(raised),
    }
}

/// Reads `k`; a negative number is no type error.
pub(crate) fn count(k: Option<i64>) -> PyResult<usize> {
    let Some(k) = k else { return Ok(usize::MAX) };
    usize::try_from(k).map_err(|_| PACKAGE.invalid(format_args!("k: expected at least 0, got {k}; pass None for all")))
}

/// Ids and the tokens of each, borrowed.
struct Pairs<'py> {
    ids: Vec<Id>,
    arrays: Vec<Array<'py>>,
    argument: &'static str,
}

impl<'py> Pairs<'py> {
    fn read(value: &Bound<'py, PyAny>, argument: &'static str) -> PyResult<Self> {
        let pairs = match value.cast::<PyMapping>() {
            Ok(mapping) => mapping.items()?.into_any(),
            Err(_) => value.clone(),
        };
        let (mut ids, mut arrays) = (Vec::new(), Vec::new());
        let mut reader = Reader::new(value.py());
        for (position, entry) in items(PACKAGE, &pairs, argument, "(id, tokens) pairs")?.enumerate() {
            let entry = entry?;
            let at = At { argument, position };
            let Some((id, tokens)) = pair(&entry) else {
                return Err(PACKAGE.dtype(format_args!(
                    "{at}: expected an (id, tokens) pair, got {}; pass a list of pairs, or a dict of id to tokens",
                    describe(&entry)
                )));
            };
            ids.push(Id::extract(PACKAGE, &id, at)?);
            let array = reader.array(&tokens, at, "(tokens, dim)")?;
            if matches!(array.components(None)?, Components::Int8 { .. }) {
                return Err(PACKAGE.dtype(format_args!(
                    "{at}: expected float32, float16 or bfloat16, got int8 without scales; keep int8 tokens in a TokenStore"
                )));
            }
            arrays.push(array);
        }
        Ok(Self { ids, arrays, argument })
    }

    /// The documents, for queries of so many components.
    fn batch(&self, dim: usize) -> PyResult<TokenBatch<'_>> {
        let each = self.arrays.iter().enumerate().map(|(position, array)| {
            let (argument, got) = (At { argument: self.argument, position }, array.dim());
            if got == 0 {
                return Err(PACKAGE.shape(format_args!(
                    "{argument}: expected tokens of at least one component, got dim 0; pass the encoder's output"
                )));
            }
            if array.shape()[0] == 0 {
                return Err(PACKAGE.shape(format_args!(
                    "{argument}: expected at least one token, got none; leave out what has no tokens"
                )));
            }
            if got != dim {
                let error = Error::DimMismatch { argument: Argument::Candidate(position), expected: dim, got };
                return Err(to_python(error));
            }
            array.components(None)
        });
        TokenBatch::each(each.collect::<PyResult<_>>()?, dim).map_err(to_python)
    }
}

/// Of an error in a document the candidate that it is of.
pub(crate) fn of_candidate(error: Error) -> Error {
    let candidate = |argument| match argument {
        Argument::Documents(position) => Argument::Candidate(position),
        other => other,
    };
    match error {
        Error::NonFinite { argument, token, value } => Error::NonFinite { argument: candidate(argument), token, value },
        Error::NoTokens { argument } => Error::NoTokens { argument: candidate(argument) },
        Error::Overflow { argument } => Error::Overflow { argument: candidate(argument) },
        Error::ZeroToken { argument, token } => Error::ZeroToken { argument: candidate(argument), token },
        other => other,
    }
}

fn ranked(
    py: Python<'_>,
    queries: &[MaxSim],
    pairs: &Pairs<'_>,
    k: usize,
    scoring: Scoring,
    bar: &ProgressBar,
) -> PyResult<Vec<Vec<(Id, f32)>>> {
    let batch = pairs.batch(queries.first().map_or_else(|| pairs.arrays.first().map_or(1, Array::dim), MaxSim::dim))?;
    let ids = &pairs.ids;
    let result = py.detach(|| colbert::rank_batch_with(queries, ids, &batch, k, scoring, report(bar)));
    reported(result.map_err(of_candidate))
}

#[doc = rank_pyo3::stub!("colbert_rank")]
#[pyfunction]
#[pyo3(signature = (query_tokens, candidates, *, weights = None, cosine = false, precision = None, threads = 1))]
pub(crate) fn colbert_rank<'py>(
    py: Python<'py>,
    query_tokens: &Bound<'py, PyAny>,
    candidates: &Bound<'py, PyAny>,
    weights: Option<&Bound<'py, PyAny>>,
    cosine: bool,
    precision: Option<&str>,
    #[pyo3(from_py_with = number::threads)] threads: usize,
) -> PyResult<Bound<'py, PyList>> {
    top(py, query_tokens, candidates, usize::MAX, weights, cosine, scoring(precision, threads)?)
}

#[doc = rank_pyo3::stub!("colbert_rank_with_top_k")]
#[pyfunction]
#[pyo3(signature = (query_tokens, candidates, k, *, weights = None, cosine = false, precision = None, threads = 1))]
#[expect(clippy::too_many_arguments, reason = "the arguments of the Python function")]
pub(crate) fn colbert_rank_with_top_k<'py>(
    py: Python<'py>,
    query_tokens: &Bound<'py, PyAny>,
    candidates: &Bound<'py, PyAny>,
    k: i64,
    weights: Option<&Bound<'py, PyAny>>,
    cosine: bool,
    precision: Option<&str>,
    #[pyo3(from_py_with = number::threads)] threads: usize,
) -> PyResult<Bound<'py, PyList>> {
    top(py, query_tokens, candidates, count(Some(k))?, weights, cosine, scoring(precision, threads)?)
}

fn top<'py>(
    py: Python<'py>,
    query_tokens: &Bound<'py, PyAny>,
    candidates: &Bound<'py, PyAny>,
    k: usize,
    weights: Option<&Bound<'py, PyAny>>,
    cosine: bool,
    scoring: Scoring,
) -> PyResult<Bound<'py, PyList>> {
    let query = weighted(query(query_tokens, "query_tokens", cosine)?, weights)?;
    let pairs = Pairs::read(candidates, "candidates")?;
    let mut ranked = ranked(py, std::slice::from_ref(&query), &pairs, k, scoring, &ProgressBar::hidden())?;
    PACKAGE.ranked(py, &ranked.pop().unwrap_or_default())
}

pub(crate) fn queries(value: &Bound<'_, PyAny>, cosine: bool) -> PyResult<Vec<MaxSim>> {
    items(PACKAGE, value, "queries", "a list of arrays")?
        .enumerate()
        .map(|(position, tokens)| query(&tokens?, At { argument: "queries", position }, cosine))
        .collect()
}

/// Ranked lists as Python sees them.
pub(crate) fn lists<'py>(py: Python<'py>, ranked: &[Vec<(Id, f32)>]) -> PyResult<Vec<Bound<'py, PyList>>> {
    ranked.iter().map(|ranked| PACKAGE.ranked(py, ranked)).collect()
}

#[doc = rank_pyo3::stub!("colbert_rank_batch")]
#[pyfunction]
#[pyo3(signature = (queries, candidates, k = None, *, cosine = false, precision = None, threads = 1, progress = false))]
#[expect(clippy::too_many_arguments, reason = "the arguments of the Python function")]
pub(crate) fn colbert_rank_batch<'py>(
    py: Python<'py>,
    queries: &Bound<'py, PyAny>,
    candidates: &Bound<'py, PyAny>,
    k: Option<i64>,
    cosine: bool,
    precision: Option<&str>,
    #[pyo3(from_py_with = number::threads)] threads: usize,
    progress: bool,
) -> PyResult<Vec<Bound<'py, PyList>>> {
    let queries = self::queries(queries, cosine)?;
    let pairs = Pairs::read(candidates, "candidates")?;
    let bar = ProgressBar::new(PACKAGE, py, pairs.ids.len(), progress)?;
    lists(py, &ranked(py, &queries, &pairs, count(k)?, scoring(precision, threads)?, &bar)?)
}

/// Candidates of a first stage, whose scores are read as `f32` like those of the refinement.
pub(crate) fn first_stage(candidates: &Bound<'_, PyAny>) -> PyResult<Vec<(Id, f32)>> {
    let list = ranked_list(PACKAGE, candidates, "candidates")?;
    Ok(list.into_iter().map(|(id, score)| (id, score as f32)).collect())
}

pub(crate) fn config(alpha: f32, k: Option<i64>, normalize: bool) -> PyResult<RefineConfig> {
    Ok(RefineConfig { alpha, k: count(k)?, scale: if normalize { Scale::MinMax } else { Scale::Identity } })
}

#[doc = rank_pyo3::stub!("colbert_refine")]
#[pyfunction]
#[pyo3(signature = (candidates, query_tokens, docs, alpha = 0.5, *, k = None, normalize = true, weights = None,
                    cosine = false, precision = None, threads = 1))]
#[expect(clippy::too_many_arguments, reason = "the arguments of the Python function")]
pub(crate) fn colbert_refine<'py>(
    py: Python<'py>,
    candidates: &Bound<'py, PyAny>,
    query_tokens: &Bound<'py, PyAny>,
    docs: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = number::share)] alpha: f32,
    k: Option<i64>,
    normalize: bool,
    weights: Option<&Bound<'py, PyAny>>,
    cosine: bool,
    precision: Option<&str>,
    #[pyo3(from_py_with = number::threads)] threads: usize,
) -> PyResult<Bound<'py, PyList>> {
    let candidates = first_stage(candidates)?;
    let query = weighted(query(query_tokens, "query_tokens", cosine)?, weights)?;
    let (config, scoring) = (config(alpha, k, normalize)?, scoring(precision, threads)?);
    let pairs = Pairs::read(docs, "docs")?;
    let places: std::collections::HashMap<&Id, usize> =
        pairs.ids.iter().enumerate().map(|(place, id)| (id, place)).collect();
    let batch = pairs.batch(query.dim())?;
    let each = candidates.iter().enumerate().map(|(position, (id, _))| {
        let place = places.get(id).ok_or(Error::MissingTokens { position })?;
        Ok(batch.document(*place))
    });
    let batch = each.collect::<rank_rerank::Result<_>>().and_then(|each| TokenBatch::each(each, query.dim()));
    let batch = batch.map_err(to_python)?;
    let refined = py.detach(|| {
        let scores = query.score_tokens(&batch, scoring).map_err(of_candidate)?;
        colbert::blend(&candidates, &scores, config)
    });
    PACKAGE.ranked(py, &refined.map_err(to_python)?)
}

#[doc = rank_pyo3::stub!("Alignment")]
#[pyclass(frozen, eq, module = "rank_rerank")]
#[derive(Clone, PartialEq)]
pub(crate) struct Alignment {
    #[doc = rank_pyo3::stub!("Alignment.query_token")]
    #[pyo3(get)]
    query_token: usize,
    #[doc = rank_pyo3::stub!("Alignment.doc_token")]
    #[pyo3(get)]
    doc_token: usize,
    #[doc = rank_pyo3::stub!("Alignment.similarity")]
    #[pyo3(get)]
    similarity: f32,
    #[doc = rank_pyo3::stub!("Alignment.contribution")]
    #[pyo3(get)]
    contribution: f64,
    #[doc = rank_pyo3::stub!("Alignment.share")]
    #[pyo3(get)]
    share: f64,
}

#[pymethods]
impl Alignment {
    fn __repr__(&self) -> String {
        let Self { query_token, doc_token, similarity, contribution, share } = self;
        format!(
            "Alignment(query_token={query_token}, doc_token={doc_token}, similarity={similarity:?}, \
             contribution={contribution:?}, share={share:?})"
        )
    }
}

impl From<colbert::Alignment> for Alignment {
    fn from(from: colbert::Alignment) -> Self {
        let colbert::Alignment { query_token, doc_token, similarity, contribution, share } = from;
        Self { query_token, doc_token, similarity, contribution, share }
    }
}

pub(crate) fn aligned(explanation: colbert::Explanation) -> Vec<Alignment> {
    crate::aligned::each(explanation.alignments)
}

#[doc = rank_pyo3::stub!("colbert_alignments")]
#[pyfunction]
#[pyo3(signature = (query_tokens, doc_tokens, *, scales = None, weights = None, cosine = false, precision = None))]
pub(crate) fn colbert_alignments(
    py: Python<'_>,
    query_tokens: &Bound<'_, PyAny>,
    doc_tokens: &Bound<'_, PyAny>,
    scales: Option<&Bound<'_, PyAny>>,
    weights: Option<&Bound<'_, PyAny>>,
    cosine: bool,
    precision: Option<&str>,
) -> PyResult<Vec<Alignment>> {
    explained(py, query_tokens, doc_tokens, scales, weights, cosine, precision).map(aligned)
}

/// The score of a document, taken apart.
pub(crate) fn explained(
    py: Python<'_>,
    query_tokens: &Bound<'_, PyAny>,
    doc_tokens: &Bound<'_, PyAny>,
    scales: Option<&Bound<'_, PyAny>>,
    weights: Option<&Bound<'_, PyAny>>,
    cosine: bool,
    precision: Option<&str>,
) -> PyResult<colbert::Explanation> {
    let query = weighted(query(query_tokens, "query_tokens", cosine)?, weights)?;
    let document = Array::new(doc_tokens, "doc_tokens", 2, "(tokens, dim)")?;
    document.check_scales(scales.is_some())?;
    let scales = scales
        .map(|scales| rank_pyo3::array::<f32>(PACKAGE, &in_numpy(scales, "scales")?, "scales", 1, "(tokens,)"))
        .transpose()?;
    let components = document.components(scales.as_ref().map(PyReadonlyArrayDyn::as_slice).transpose()?)?;
    let (dim, scoring) = (document.dim(), scoring(precision, 1)?);
    py.detach(|| colbert::explain(&query, components, dim, scoring)).map_err(to_python)
}

pub(crate) fn back(alignments: &Bound<'_, PyAny>) -> PyResult<Vec<colbert::Alignment>> {
    let each = items(PACKAGE, alignments, "alignments", "a list of Alignment")?;
    each.enumerate()
        .map(|(position, entry)| {
            let entry = entry?;
            let Ok(alignment) = entry.cast::<Alignment>() else {
                return Err(PACKAGE.dtype(format_args!(
                    "alignments[{position}]: expected an Alignment, got {}; pass what colbert_alignments returns",
                    describe(&entry)
                )));
            };
            let Alignment { query_token, doc_token, similarity, contribution, share } = alignment.get().clone();
            Ok(colbert::Alignment { query_token, doc_token, similarity, contribution, share })
        })
        .collect()
}

#[doc = rank_pyo3::stub!("colbert_highlight")]
#[pyfunction]
pub(crate) fn colbert_highlight(
    alignments: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = number::min_similarity)] min_similarity: f32,
) -> PyResult<Vec<usize>> {
    Ok(colbert::highlights(&back(alignments)?, min_similarity))
}

#[doc = rank_pyo3::stub!("highlight_spans")]
#[pyfunction]
pub(crate) fn highlight_spans(
    alignments: &Bound<'_, PyAny>,
    offsets: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = number::min_similarity)] min_similarity: f32,
) -> PyResult<Vec<(usize, usize, f32)>> {
    let pairs =
        items(PACKAGE, offsets, "offsets", "a list of (start, end) pairs")?.enumerate().map(|(token, entry)| {
            let entry = entry?;
            let read = |value: &Bound<'_, PyAny>| value.extract::<usize>().ok();
            pair(&entry).and_then(|(start, end)| Some((read(&start)?, read(&end)?))).ok_or_else(|| {
                PACKAGE.dtype(format_args!(
                    "offsets[{token}]: expected a (start, end) pair of ints, got {}; pass the tokenizer's offsets",
                    describe(&entry)
                ))
            })
        });
    let offsets = pairs.collect::<PyResult<Vec<_>>>()?;
    let spans = colbert::highlight_spans(&back(alignments)?, &offsets, min_similarity).map_err(to_python)?;
    Ok(spans.into_iter().map(|span| (span.start, span.end, span.similarity)).collect())
}

#[doc = rank_pyo3::stub!("patches_to_regions")]
#[pyfunction]
pub(crate) fn patches_to_regions(
    patches: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = number::width)] width: usize,
    #[pyo3(from_py_with = number::height)] height: usize,
    #[pyo3(from_py_with = number::per_side)] per_side: usize,
) -> PyResult<Vec<(usize, usize, usize, usize)>> {
    let patches: Vec<usize> = patches.extract().map_err(|_| {
        PACKAGE
            .dtype(format_args!("patches: expected a list of ints from 0 on, got {}; pass a list", describe(patches)))
    })?;
    colbert::patches_to_regions(&patches, width, height, per_side).map_err(to_python)
}
