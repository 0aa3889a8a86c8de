//! A score taken apart, and what of it is wanted.

use pyo3::prelude::*;
use rank_rerank::colbert;

use crate::colbert::{Alignment, back, explained};
use crate::number;

#[doc = rank_pyo3::stub!("Explanation")]
#[pyclass(frozen, eq, module = "rank_rerank")]
#[derive(Clone, PartialEq)]
pub(crate) struct Explanation {
    #[doc = rank_pyo3::stub!("Explanation.score")]
    #[pyo3(get)]
    score: f32,
    #[doc = rank_pyo3::stub!("Explanation.alignments")]
    #[pyo3(get)]
    alignments: Vec<Alignment>,
}

#[pymethods]
impl Explanation {
    fn __repr__(&self) -> String {
        format!("Explanation(score={:?}, alignments=[{} of them])", self.score, self.alignments.len())
    }
}

impl From<colbert::Explanation> for Explanation {
    fn from(from: colbert::Explanation) -> Self {
        Self { score: from.score, alignments: each(from.alignments) }
    }
}

pub(crate) fn each(alignments: Vec<colbert::Alignment>) -> Vec<Alignment> {
    alignments.into_iter().map(Alignment::from).collect()
}

#[doc = rank_pyo3::stub!("colbert_explain")]
#[pyfunction]
#[pyo3(signature = (query_tokens, doc_tokens, *, scales = None, weights = None, cosine = false, precision = None))]
pub(crate) fn colbert_explain(
    py: Python<'_>,
    query_tokens: &Bound<'_, PyAny>,
    doc_tokens: &Bound<'_, PyAny>,
    scales: Option<&Bound<'_, PyAny>>,
    weights: Option<&Bound<'_, PyAny>>,
    cosine: bool,
    precision: Option<&str>,
) -> PyResult<Explanation> {
    explained(py, query_tokens, doc_tokens, scales, weights, cosine, precision).map(Explanation::from)
}

#[doc = rank_pyo3::stub!("top_k_alignments")]
#[pyfunction]
pub(crate) fn top_k_alignments(
    alignments: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = number::k)] k: usize,
) -> PyResult<Vec<Alignment>> {
    Ok(each(colbert::top_k_alignments(&back(alignments)?, k)))
}

#[doc = rank_pyo3::stub!("filter_alignments")]
#[pyfunction]
pub(crate) fn filter_alignments(
    alignments: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = number::min_similarity)] min_similarity: f32,
) -> PyResult<Vec<Alignment>> {
    Ok(each(colbert::filter_alignments(&back(alignments)?, min_similarity)))
}

#[doc = rank_pyo3::stub!("alignments_for_query_tokens")]
#[pyfunction]
pub(crate) fn alignments_for_query_tokens(
    alignments: &Bound<'_, PyAny>,
    tokens: &Bound<'_, PyAny>,
) -> PyResult<Vec<Alignment>> {
    Ok(each(colbert::alignments_for_query_tokens(&back(alignments)?, &number::tokens(tokens)?)))
}

#[doc = rank_pyo3::stub!("alignments_for_doc_tokens")]
#[pyfunction]
pub(crate) fn alignments_for_doc_tokens(
    alignments: &Bound<'_, PyAny>,
    tokens: &Bound<'_, PyAny>,
) -> PyResult<Vec<Alignment>> {
    Ok(each(colbert::alignments_for_doc_tokens(&back(alignments)?, &number::tokens(tokens)?)))
}

#[doc = rank_pyo3::stub!("AlignmentStats")]
#[pyclass(frozen, eq, module = "rank_rerank")]
#[derive(PartialEq)]
pub(crate) struct AlignmentStats {
    #[doc = rank_pyo3::stub!("AlignmentStats.min")]
    #[pyo3(get)]
    min: f32,
    #[doc = rank_pyo3::stub!("AlignmentStats.max")]
    #[pyo3(get)]
    max: f32,
    #[doc = rank_pyo3::stub!("AlignmentStats.mean")]
    #[pyo3(get)]
    mean: f64,
    #[doc = rank_pyo3::stub!("AlignmentStats.sum")]
    #[pyo3(get)]
    sum: f64,
    #[doc = rank_pyo3::stub!("AlignmentStats.count")]
    #[pyo3(get)]
    count: usize,
}

#[pymethods]
impl AlignmentStats {
    fn __repr__(&self) -> String {
        let Self { min, max, mean, sum, count } = self;
        format!("AlignmentStats(min={min:?}, max={max:?}, mean={mean:?}, sum={sum:?}, count={count})")
    }
}

#[doc = rank_pyo3::stub!("alignment_stats")]
#[pyfunction]
pub(crate) fn alignment_stats(alignments: &Bound<'_, PyAny>) -> PyResult<Option<AlignmentStats>> {
    let stats = colbert::alignment_stats(&back(alignments)?);
    Ok(stats.map(|colbert::AlignmentStats { min, max, mean, sum, count }| AlignmentStats {
        min,
        max,
        mean,
        sum,
        count,
    }))
}

#[doc = rank_pyo3::stub!("extract_snippet_indices")]
#[pyfunction]
pub(crate) fn extract_snippet_indices(
    alignments: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = number::document_length)] document_length: usize,
    #[pyo3(from_py_with = number::context)] context: usize,
    #[pyo3(from_py_with = number::max_tokens)] max_tokens: usize,
) -> PyResult<Vec<usize>> {
    Ok(colbert::extract_snippet_indices(&back(alignments)?, document_length, context, max_tokens))
}
