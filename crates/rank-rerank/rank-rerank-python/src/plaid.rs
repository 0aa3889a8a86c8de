//! The index of documents of many tokens: a lock around the core's, taken only while the GIL is free.

use std::path::PathBuf;
use std::sync::{PoisonError, RwLock};

use pyo3::prelude::*;
use pyo3::types::PyList;
use rank_pyo3::{Id, ProgressBar, items, watched};
use rank_rerank::TokenMatrix;
use rank_rerank::plaid::{self, SearchConfig};
use rank_rerank::residual::CodecConfig;

use crate::documents::Held;
use crate::errors::{PACKAGE, to_python};
use crate::number;
use crate::residual::{ResidualCodec, stopped};
use crate::store::{Key, TokenStore, keys, plain};
use crate::tokens::{matrix, view};

type Index = plaid::PlaidIndex<Key>;

#[doc = rank_pyo3::stub!("PlaidIndex")]
#[pyclass(frozen, module = "rank_rerank")]
pub(crate) struct PlaidIndex(RwLock<Index>);

impl PlaidIndex {
    fn read<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&Index) -> T + Send) -> T {
        py.detach(|| work(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

#[pymethods]
impl PlaidIndex {
    #[new]
    fn new(codec: &Bound<'_, ResidualCodec>) -> Self {
        Self(RwLock::new(Index::new(codec.get().0.clone())))
    }

    #[doc = rank_pyo3::stub!("PlaidIndex.build")]
    #[staticmethod]
    #[pyo3(signature = (ids, values, offsets = None, *, scales = None, mask = None, bits = 4, centroids = None,
                        iterations = 8, tokens_per_centroid = 64, seed = 42, threads = 1, progress = false))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python function")]
    fn build(
        py: Python<'_>,
        ids: &Bound<'_, PyAny>,
        values: &Bound<'_, PyAny>,
        offsets: Option<&Bound<'_, PyAny>>,
        scales: Option<&Bound<'_, PyAny>>,
        mask: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = number::bits)] bits: usize,
        #[pyo3(from_py_with = number::centroids)] centroids: Option<usize>,
        #[pyo3(from_py_with = number::iterations)] iterations: usize,
        #[pyo3(from_py_with = number::tokens_per_centroid)] tokens_per_centroid: usize,
        #[pyo3(from_py_with = number::seed)] seed: u64,
        #[pyo3(from_py_with = number::threads)] threads: usize,
        progress: bool,
    ) -> PyResult<Self> {
        let (expected_tokens, keys) = (None, keys(ids)?);
        let config = CodecConfig { bits, centroids, expected_tokens, iterations, tokens_per_centroid, seed, threads };
        let held = Held::new(values, offsets, scales, mask)?;
        let batch = held.batch(held.dim())?;
        let tokens: usize = batch.lengths().sum();
        let steps = config.training_steps(tokens).map_err(to_python)?;
        let bar = ProgressBar::new(PACKAGE, py, steps + tokens, progress)?;
        let index = watched(py, &bar, |watch| {
            Index::build(keys, &batch, config, |done| watch.advance(done)).map_err(to_python)
        })?;
        index.map(|index| Self(RwLock::new(index))).ok_or_else(stopped)
    }

    #[doc = rank_pyo3::stub!("PlaidIndex.open")]
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        py.detach(|| Index::open(path)).map(|index| Self(RwLock::new(index))).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("PlaidIndex.save")]
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        self.read(py, |index| index.save(path)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("PlaidIndex.add")]
    #[pyo3(signature = (ids, values, offsets = None, *, scales = None, mask = None, threads = 1, progress = false))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python method")]
    fn add(
        &self,
        py: Python<'_>,
        ids: &Bound<'_, PyAny>,
        values: &Bound<'_, PyAny>,
        offsets: Option<&Bound<'_, PyAny>>,
        scales: Option<&Bound<'_, PyAny>>,
        mask: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = number::threads)] threads: usize,
        progress: bool,
    ) -> PyResult<()> {
        let keys = keys(ids)?;
        let held = Held::new(values, offsets, scales, mask)?;
        let batch = held.batch(held.dim())?;
        let bar = ProgressBar::new(PACKAGE, py, batch.lengths().sum(), progress)?;
        let added = watched(py, &bar, |watch| {
            let mut index = self.0.write().unwrap_or_else(PoisonError::into_inner);
            index.add(keys, &batch, threads, |done| watch.advance(done)).map_err(to_python)
        })?;
        if added { Ok(()) } else { Err(stopped()) }
    }

    #[doc = rank_pyo3::stub!("PlaidIndex.delete")]
    fn delete(&self, py: Python<'_>, ids: &Bound<'_, PyAny>) -> PyResult<()> {
        let keys = keys(ids)?;
        py.detach(|| self.0.write().unwrap_or_else(PoisonError::into_inner).delete(&keys)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("PlaidIndex.search")]
    #[pyo3(signature = (query_tokens, k = 10, *, nprobe = 32, candidates = 4096))]
    fn search<'py>(
        &self,
        py: Python<'py>,
        query_tokens: &Bound<'py, PyAny>,
        #[pyo3(from_py_with = number::k)] k: usize,
        #[pyo3(from_py_with = number::nprobe)] nprobe: usize,
        #[pyo3(from_py_with = number::candidates)] candidates: usize,
    ) -> PyResult<Bound<'py, PyList>> {
        let query = matrix(query_tokens, "query_tokens")?;
        let query = view(&query)?;
        let config = SearchConfig { nprobe, candidates, ..SearchConfig::default() };
        let found = self.read(py, |index| index.search(&query, k, config)).map_err(to_python)?;
        PACKAGE.ranked(py, &plain(found))
    }

    #[doc = rank_pyo3::stub!("PlaidIndex.search_rescored")]
    #[pyo3(signature = (query_tokens, store, k = 10, *, nprobe = 32, candidates = 4096, rescored = 256))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python method")]
    fn search_rescored<'py>(
        &self,
        py: Python<'py>,
        query_tokens: &Bound<'py, PyAny>,
        store: &Bound<'py, TokenStore>,
        #[pyo3(from_py_with = number::k)] k: usize,
        #[pyo3(from_py_with = number::nprobe)] nprobe: usize,
        #[pyo3(from_py_with = number::candidates)] candidates: usize,
        #[pyo3(from_py_with = number::rescored)] rescored: usize,
    ) -> PyResult<Bound<'py, PyList>> {
        let query = matrix(query_tokens, "query_tokens")?;
        let query = view(&query)?;
        let config = SearchConfig { nprobe, candidates, rescored };
        let store = store.get();
        let found = self.read(py, |index| store.locked(|store| index.search_rescored(&query, k, config, store)));
        PACKAGE.ranked(py, &plain(found.map_err(to_python)?))
    }

    #[doc = rank_pyo3::stub!("PlaidIndex.search_batch")]
    #[pyo3(signature = (queries, k = 10, *, nprobe = 32, candidates = 4096, store = None, rescored = 256, threads = 1,
                        progress = false))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python method")]
    fn search_batch<'py>(
        &self,
        py: Python<'py>,
        queries: &Bound<'py, PyAny>,
        #[pyo3(from_py_with = number::k)] k: usize,
        #[pyo3(from_py_with = number::nprobe)] nprobe: usize,
        #[pyo3(from_py_with = number::candidates)] candidates: usize,
        store: Option<&Bound<'py, TokenStore>>,
        #[pyo3(from_py_with = number::rescored)] rescored: usize,
        #[pyo3(from_py_with = number::threads)] threads: usize,
        progress: bool,
    ) -> PyResult<Vec<Bound<'py, PyList>>> {
        let queries: Vec<TokenMatrix> = items(PACKAGE, queries, "queries", "a list of arrays")?
            .enumerate()
            .map(|(position, tokens)| {
                let tokens = matrix(&tokens?, &format!("queries[{position}]"))?;
                TokenMatrix::from_tokens(&view(&tokens)?).map_err(to_python)
            })
            .collect::<PyResult<_>>()?;
        let config = SearchConfig { nprobe, candidates, rescored };
        let store = store.map(Bound::get);
        let bar = ProgressBar::new(PACKAGE, py, queries.len(), progress)?;
        let found = watched(py, &bar, |watch| {
            let index = self.0.read().unwrap_or_else(PoisonError::into_inner);
            let search = |store: Option<&_>| {
                index.search_batch(&queries, k, config, store, threads, |done| watch.advance(done)).map_err(to_python)
            };
            match store {
                Some(store) => store.locked(|store| search(Some(store))),
                None => search(None),
            }
        })?;
        found.into_iter().map(|found| PACKAGE.ranked(py, &plain(found))).collect()
    }

    #[doc = rank_pyo3::stub!("PlaidIndex.codec")]
    #[getter]
    fn codec(&self, py: Python<'_>) -> ResidualCodec {
        ResidualCodec(self.read(py, |index| index.codec().clone()))
    }

    #[doc = rank_pyo3::stub!("PlaidIndex.dim")]
    #[getter]
    fn dim(&self, py: Python<'_>) -> usize {
        self.read(py, Index::dim)
    }

    #[doc = rank_pyo3::stub!("PlaidIndex.ids")]
    fn ids(&self, py: Python<'_>) -> Vec<Id> {
        self.read(py, |index| index.ids().map(|key| key.0.clone()).collect())
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        self.read(py, |index| {
            format!("PlaidIndex(documents={}, tokens={}, dim={})", index.len(), index.tokens(), index.dim())
        })
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.read(py, Index::len)
    }

    fn __contains__(&self, py: Python<'_>, id: &Bound<'_, PyAny>) -> PyResult<bool> {
        let key = Key(Id::extract(PACKAGE, id, "id")?);
        Ok(self.read(py, |index| index.contains(&key)))
    }
}
