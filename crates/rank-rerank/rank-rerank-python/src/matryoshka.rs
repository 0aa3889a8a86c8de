//! Ranking by a prefix of the components first.

use numpy::PyReadonlyArrayDyn;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyMapping};
use rank_pyo3::{Id, describe, items, pair};
use rank_rerank::matryoshka;

use crate::colbert::{count, first_stage};
use crate::errors::{PACKAGE, to_python};
use crate::input::in_numpy;
use crate::number;
use crate::store::{TokenStore, plain};
use crate::tokens::{query, scoring, weighted};

#[doc = rank_pyo3::stub!("matryoshka_rank")]
#[pyfunction]
#[pyo3(signature = (heads, store, query_tokens, keep, k = None, *, weights = None, cosine = false, precision = None,
                    threads = 1))]
#[expect(clippy::too_many_arguments, reason = "the arguments of the Python function")]
pub(crate) fn matryoshka_rank<'py>(
    py: Python<'py>,
    heads: &Bound<'py, TokenStore>,
    store: &Bound<'py, TokenStore>,
    query_tokens: &Bound<'py, PyAny>,
    keep: i64,
    k: Option<i64>,
    weights: Option<&Bound<'py, PyAny>>,
    cosine: bool,
    precision: Option<&str>,
    #[pyo3(from_py_with = number::threads)] threads: usize,
) -> PyResult<Bound<'py, PyList>> {
    let query = weighted(query(query_tokens, "query_tokens", cosine)?, weights)?;
    let (k, scoring) = (count(k)?, scoring(precision, threads)?);
    let keep = usize::try_from(keep)
        .map_err(|_| PACKAGE.invalid(format_args!("keep: expected at least 0, got {keep}; some times k is usual")))?;
    // Separate locks, one after the other: that of a store may be asked for twice.
    let head = matryoshka::query_prefix(&query, heads.get().dim_of(py)).map_err(to_python)?;
    let first = heads.get().read(py, |heads| heads.rank_with_top_k(&head, keep, scoring)).map_err(to_python)?;
    let ids: Vec<_> = first.into_iter().map(|(id, _)| id).collect();
    let ranked = store.get().read(py, |store| store.rank_of(&query, &ids, k, scoring));
    PACKAGE.ranked(py, &plain(ranked.map_err(to_python)?))
}

#[doc = rank_pyo3::stub!("matryoshka_refine")]
#[pyfunction]
#[pyo3(signature = (candidates, query, docs, head_dims, alpha = 0.5))]
pub(crate) fn matryoshka_refine<'py>(
    py: Python<'py>,
    candidates: &Bound<'py, PyAny>,
    query: &Bound<'py, PyAny>,
    docs: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = number::head_dims)] head_dims: usize,
    #[pyo3(from_py_with = number::share)] alpha: f32,
) -> PyResult<Bound<'py, PyList>> {
    let vector = |value: &Bound<'py, PyAny>, argument: &str| -> PyResult<PyReadonlyArrayDyn<'py, f32>> {
        rank_pyo3::array(PACKAGE, &in_numpy(value, argument)?, argument, 1, "(dim,)")
    };
    let candidates = first_stage(candidates)?;
    let query = vector(query, "query")?;
    let pairs = match docs.cast::<PyMapping>() {
        Ok(mapping) => mapping.items()?.into_any(),
        Err(_) => docs.clone(),
    };
    let mut vectors = Vec::new();
    for (position, entry) in items(PACKAGE, &pairs, "docs", "(id, vector) pairs")?.enumerate() {
        let (entry, at) = (entry?, format!("docs[{position}]"));
        let Some((id, value)) = pair(&entry) else {
            return Err(PACKAGE.dtype(format_args!(
                "{at}: expected an (id, vector) pair, got {}; pass a list of pairs, or a dict of id to vector",
                describe(&entry)
            )));
        };
        vectors.push((Id::extract(PACKAGE, &id, &at)?, vector(&value, &at)?));
    }
    let slices = vectors.iter().map(|(id, vector)| Ok((id.clone(), vector.as_slice()?)));
    let (slices, query) = (slices.collect::<PyResult<Vec<_>>>()?, query.as_slice()?);
    let refined = py.detach(|| matryoshka::refine(&candidates, query, &slices, head_dims, alpha));
    PACKAGE.ranked(py, &refined.map_err(to_python)?)
}
