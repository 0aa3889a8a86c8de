//! Token stores: a lock around the core's, taken only while the GIL is free.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};
use rank_pyo3::arrow::{ArrowTable, IdRef};
use rank_pyo3::{At, Id, ProgressBar, describe, ids, items, pair};
use rank_rerank::colbert::Explanation as Explained;
use rank_rerank::simd::{MaxSim, Scoring, TokenBatch};
use rank_rerank::store::{self, IdCodec, StoredId, TokenDtype};
use rank_rerank::{Argument, Error, Result};

use crate::aligned::Explanation;
use crate::array::{Array, Reader};
use crate::colbert::{Alignment, aligned, config, count, first_stage, lists, of_candidate, queries, report, reported};
use crate::documents::Held;
use crate::errors::{PACKAGE, to_python};
use crate::input::{arrow_documents, arrow_scales};
use crate::number;
use crate::residual::ResidualCodec;
use crate::store_arrow::stream;
use crate::tokens::{query, scoring, weighted};

/// An [`Id`] that can be saved.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(pub(crate) Id);

impl IdCodec for Key {
    const NAME: &'static str = "str or int of 64 bits";

    fn encode(&self) -> StoredId<'_> {
        match &self.0 {
            Id::Int(number) => StoredId::Int((*number).into()),
            Id::Str(text) => StoredId::Str(text),
        }
    }

    fn decode(stored: StoredId<'_>) -> Option<Self> {
        match stored {
            StoredId::Int(number) => number.try_into().ok().map(|number| Self(Id::Int(number))),
            StoredId::Str(text) => Some(Self(Id::Str(text.into()))),
        }
    }
}

pub(crate) type Store = store::TokenStore<Key>;

pub(crate) fn keys(value: &Bound<'_, PyAny>) -> PyResult<Vec<Key>> {
    Ok(ids(PACKAGE, value, "ids")?.into_iter().map(Key).collect())
}

pub(crate) fn plain(ranked: Vec<(Key, f32)>) -> Vec<(Id, f32)> {
    ranked.into_iter().map(|(Key(id), score)| (id, score)).collect()
}

fn dtype(name: &str) -> PyResult<TokenDtype> {
    Ok(match name {
        "float32" => TokenDtype::F32,
        "float16" => TokenDtype::F16,
        "bfloat16" => TokenDtype::Bf16,
        "int8" => TokenDtype::Int8,
        "binary" => TokenDtype::Binary,
        other => {
            return Err(PACKAGE.invalid(format_args!(
                "dtype: expected \"float32\", \"float16\", \"bfloat16\", \"int8\" or \"binary\", got {other:?}; pass one of \
                 them, or for residual codes use TokenStore.with_codec"
            )));
        }
    })
}

/// Documents that an iterator gives are added so many at a time.
const AT_ONCE: usize = 256;

#[doc = rank_pyo3::stub!("TokenStore")]
#[pyclass(frozen, module = "rank_rerank")]
pub(crate) struct TokenStore {
    store: Arc<RwLock<Store>>,
}

impl TokenStore {
    fn new(store: Store) -> Self {
        Self { store: Arc::new(RwLock::new(store)) }
    }

    fn explained(
        &self,
        py: Python<'_>,
        query_tokens: &Bound<'_, PyAny>,
        id: &Bound<'_, PyAny>,
        weights: Option<&Bound<'_, PyAny>>,
        cosine: bool,
        precision: Option<&str>,
    ) -> PyResult<Explained> {
        let query = weighted(query(query_tokens, "query_tokens", cosine)?, weights)?;
        let (key, scoring) = (Key(Id::extract(PACKAGE, id, "id")?), scoring(precision, 1)?);
        let explanation = self.read(py, |store| store.contains(&key).then(|| store.explain(&query, &key, scoring)));
        explanation.ok_or_else(|| unknown(&key))?.map_err(to_python)
    }

    pub(crate) fn read<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&Store) -> T + Send) -> T {
        py.detach(|| self.locked(work))
    }

    /// Where the GIL is free already.
    pub(crate) fn locked<T>(&self, work: impl FnOnce(&Store) -> T) -> T {
        work(&self.store.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut Store) -> Result<T> + Send) -> PyResult<T> {
        py.detach(|| work(&mut self.store.write().unwrap_or_else(PoisonError::into_inner))).map_err(to_python)
    }

    pub(crate) fn dim_of(&self, py: Python<'_>) -> usize {
        self.read(py, Store::dim)
    }

    /// The best of all documents, or of some, for each query.
    fn best(
        &self,
        py: Python<'_>,
        queries: &[MaxSim],
        ids: Option<&Bound<'_, PyAny>>,
        k: usize,
        scoring: Scoring,
        progress: bool,
    ) -> PyResult<Vec<Vec<(Id, f32)>>> {
        let ids = ids.map(keys).transpose()?;
        let total = ids.as_ref().map_or_else(|| self.read(py, Store::len), Vec::len);
        let bar = ProgressBar::new(PACKAGE, py, total, progress)?;
        let ranked = self.read(py, |store| store.rank_with(queries, ids.as_deref(), k, scoring, report(&bar)));
        Ok(reported(ranked)?.into_iter().map(plain).collect())
    }
}

/// Of an error in the one document that was passed.
fn of_tokens(error: Error) -> Error {
    let argument = Argument::Tokens;
    match error {
        Error::NonFinite { token, value, .. } => Error::NonFinite { argument, token, value },
        Error::NoTokens { .. } => Error::NoTokens { argument },
        Error::Overflow { .. } => Error::Overflow { argument },
        Error::DimMismatch { expected, got, .. } => Error::DimMismatch { argument, expected, got },
        Error::StoredDtype { expected, got, .. } => Error::StoredDtype { argument, expected, got },
        other => other,
    }
}

#[pymethods]
impl TokenStore {
    #[new]
    #[pyo3(signature = (dim, dtype = "float32"))]
    fn create(#[pyo3(from_py_with = number::dim)] dim: usize, dtype: &str) -> PyResult<Self> {
        Store::new(dim, self::dtype(dtype)?).map(Self::new).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("TokenStore.with_codec")]
    #[staticmethod]
    fn with_codec(codec: &Bound<'_, ResidualCodec>) -> Self {
        Self::new(Store::with_codec(codec.get().0.clone()))
    }

    #[doc = rank_pyo3::stub!("TokenStore.open")]
    #[staticmethod]
    #[pyo3(signature = (path, *, verify = false))]
    fn open(py: Python<'_>, path: PathBuf, verify: bool) -> PyResult<Self> {
        let open = move || {
            if verify {
                Store::verify(&path)?;
            }
            Store::open(&path)
        };
        py.detach(open).map(Self::new).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("TokenStore.from_arrow")]
    #[staticmethod]
    #[pyo3(signature = (table, dtype = None, *, id_column = "id", tokens_column = "tokens", scales_column = "scales"))]
    fn from_arrow(
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        dtype: Option<&str>,
        id_column: &str,
        tokens_column: &str,
        scales_column: &str,
    ) -> PyResult<Self> {
        let table = ArrowTable::read(PACKAGE, table, "table")?;
        let (ids, tokens) = (table.ids(id_column)?, table.arrays(tokens_column)?);
        let argument = format!("table[{tokens_column:?}]");
        let mut store: Option<Store> = None;
        let scales = if table.has(scales_column) { table.arrays(scales_column)? } else { Vec::new() };
        for (number, (ids, tokens)) in ids.iter().zip(&tokens).enumerate() {
            let documents = arrow_documents(std::slice::from_ref(tokens), &argument)?;
            let Some(first) = documents.first() else { continue };
            let int8 = first.is_int8();
            let scales = match scales.get(number) {
                Some(scales) if int8 => arrow_scales(scales, &format!("table[{scales_column:?}]"))?,
                None if int8 => {
                    return Err(PACKAGE.invalid(format_args!(
                        "table: expected a column {scales_column:?} beside int8 tokens, got none; pass its name as scales_column"
                    )));
                }
                _ => Vec::new(),
            };
            let each = documents
                .iter()
                .enumerate()
                .map(|(row, document)| document.components(scales.get(row).map(Vec::as_slice)));
            let dim = first.dim();
            let batch = TokenBatch::each(each.collect(), dim).map_err(to_python)?;
            let given = (0..ids.len()).map(|row| match ids.get(row) {
                IdRef::Int(number) => Key(Id::Int(number)),
                IdRef::Str(text) => Key(Id::Str(text.into())),
            });
            if store.is_none() {
                let kept = dtype.map_or_else(|| Ok(first.dtype()), self::dtype)?;
                store = Some(Store::new(dim, kept).map_err(to_python)?);
            }
            if let Some(store) = &mut store {
                let given: Vec<Key> = given.collect();
                py.detach(|| store.extend(given, &batch)).map_err(to_python)?;
            }
            py.check_signals()?;
        }
        store.map(Self::new).ok_or_else(|| {
            PACKAGE.invalid(format_args!(
                "table: expected at least one document, got none, so that dim is not known; make an empty TokenStore"
            ))
        })
    }

    #[doc = rank_pyo3::stub!("TokenStore.append")]
    #[pyo3(signature = (id, tokens, *, scales = None))]
    fn append(
        &self,
        py: Python<'_>,
        id: &Bound<'_, PyAny>,
        tokens: &Bound<'_, PyAny>,
        scales: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let key = Key(Id::extract(PACKAGE, id, "id")?);
        let dim = self.dim_of(py);
        let held = one(tokens, scales, dim)?;
        let batch = held.batch(dim)?;
        self.write(py, |store| store.extend([key], &batch).map_err(of_tokens))
    }

    #[doc = rank_pyo3::stub!("TokenStore.extend")]
    #[pyo3(signature = (ids, values, offsets = None, *, scales = None, mask = None))]
    fn extend(
        &self,
        py: Python<'_>,
        ids: &Bound<'_, PyAny>,
        values: &Bound<'_, PyAny>,
        offsets: Option<&Bound<'_, PyAny>>,
        scales: Option<&Bound<'_, PyAny>>,
        mask: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let (keys, held) = (keys(ids)?, Held::new(values, offsets, scales, mask)?);
        let batch = held.batch(self.dim_of(py))?;
        self.write(py, |store| store.extend(keys, &batch))
    }

    #[doc = rank_pyo3::stub!("TokenStore.extend_from")]
    #[pyo3(signature = (documents, *, progress = false))]
    fn extend_from(&self, py: Python<'_>, documents: &Bound<'_, PyAny>, progress: bool) -> PyResult<()> {
        let total = documents.len().unwrap_or(0);
        let bar = ProgressBar::new(PACKAGE, py, total, progress)?;
        let dim = self.dim_of(py);
        let (mut keys, mut arrays) = (Vec::new(), Vec::new());
        let mut reader = Reader::new(py);
        let add = |keys: &mut Vec<Key>, arrays: &mut Vec<Array<'_>>| {
            let (keys, held) = (std::mem::take(keys), Held::listed(std::mem::take(arrays), None)?);
            let (count, batch) = (keys.len(), held.batch(dim)?);
            self.write(py, |store| store.extend(keys, &batch))?;
            py.check_signals()?;
            bar.update(py, count)
        };
        for (position, entry) in items(PACKAGE, documents, "documents", "(id, tokens) pairs")?.enumerate() {
            let entry = entry?;
            let at = At { argument: "documents", position };
            let Some((id, tokens)) = pair(&entry) else {
                return Err(PACKAGE.dtype(format_args!(
                    "{at}: expected an (id, tokens) pair, got {}; yield pairs",
                    describe(&entry)
                )));
            };
            keys.push(Key(Id::extract(PACKAGE, &id, at)?));
            arrays.push(reader.array(&tokens, at, "(tokens, dim)")?);
            if keys.len() == AT_ONCE {
                add(&mut keys, &mut arrays)?;
            }
        }
        if keys.is_empty() { Ok(()) } else { add(&mut keys, &mut arrays) }
    }

    #[doc = rank_pyo3::stub!("TokenStore.replace")]
    #[pyo3(signature = (id, tokens, *, scales = None))]
    fn replace(
        &self,
        py: Python<'_>,
        id: &Bound<'_, PyAny>,
        tokens: &Bound<'_, PyAny>,
        scales: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let key = Key(Id::extract(PACKAGE, id, "id")?);
        let dim = self.dim_of(py);
        let held = one(tokens, scales, dim)?;
        let batch = held.batch(dim)?;
        self.write(py, |store| store.replace_all([key], &batch).map_err(of_tokens))
    }

    #[doc = rank_pyo3::stub!("TokenStore.replace_all")]
    #[pyo3(signature = (ids, values, offsets = None, *, scales = None, mask = None))]
    fn replace_all(
        &self,
        py: Python<'_>,
        ids: &Bound<'_, PyAny>,
        values: &Bound<'_, PyAny>,
        offsets: Option<&Bound<'_, PyAny>>,
        scales: Option<&Bound<'_, PyAny>>,
        mask: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let (keys, held) = (keys(ids)?, Held::new(values, offsets, scales, mask)?);
        let batch = held.batch(self.dim_of(py))?;
        self.write(py, |store| store.replace_all(keys, &batch))
    }

    #[doc = rank_pyo3::stub!("TokenStore.prefix")]
    fn prefix(&self, py: Python<'_>, #[pyo3(from_py_with = number::head_dims)] head_dims: usize) -> PyResult<Self> {
        self.read(py, |store| store.prefix(head_dims)).map(Self::new).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("TokenStore.delete")]
    fn delete(&self, py: Python<'_>, ids: &Bound<'_, PyAny>) -> PyResult<()> {
        let keys = keys(ids)?;
        self.write(py, |store| store.delete(&keys))
    }

    #[doc = rank_pyo3::stub!("TokenStore.compact")]
    fn compact(&self, py: Python<'_>) -> PyResult<()> {
        self.write(py, |store| {
            store.compact();
            Ok(())
        })
    }

    #[doc = rank_pyo3::stub!("TokenStore.save")]
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        self.read(py, |store| store.save(path)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("TokenStore.ids")]
    fn ids(&self, py: Python<'_>) -> Vec<Id> {
        self.read(py, |store| store.ids().map(|key| key.0.clone()).collect())
    }

    #[doc = rank_pyo3::stub!("TokenStore.get")]
    fn get<'py>(&self, py: Python<'py>, id: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let key = Key(Id::extract(PACKAGE, id, "id")?);
        let matrix = self.read(py, |store| store.matrix(&key)).ok_or_else(|| unknown(&key))?;
        let shape = [matrix.values().len() / matrix.dim(), matrix.dim()];
        PyArray1::from_slice(py, matrix.values()).reshape(shape)
    }

    #[doc = rank_pyo3::stub!("TokenStore.dim")]
    #[getter]
    fn dim(&self, py: Python<'_>) -> usize {
        self.dim_of(py)
    }

    #[doc = rank_pyo3::stub!("TokenStore.dtype")]
    #[getter]
    fn dtype(&self, py: Python<'_>) -> &'static str {
        match self.read(py, Store::dtype) {
            TokenDtype::F16 => "float16",
            TokenDtype::Bf16 => "bfloat16",
            TokenDtype::Int8 => "int8",
            TokenDtype::F32 => "float32",
            other => other.name(),
        }
    }

    #[doc = rank_pyo3::stub!("TokenStore.codec")]
    #[getter]
    fn codec(&self, py: Python<'_>) -> Option<ResidualCodec> {
        self.read(py, |store| store.codec().cloned()).map(ResidualCodec)
    }

    #[doc = rank_pyo3::stub!("TokenStore.tokens")]
    #[getter]
    fn tokens(&self, py: Python<'_>) -> usize {
        self.read(py, Store::tokens)
    }

    #[doc = rank_pyo3::stub!("TokenStore.nbytes")]
    #[getter]
    fn nbytes(&self, py: Python<'_>) -> usize {
        self.read(py, Store::bytes)
    }

    #[doc = rank_pyo3::stub!("TokenStore.is_mapped")]
    #[getter]
    fn is_mapped(&self, py: Python<'_>) -> bool {
        self.read(py, Store::is_mapped)
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.read(py, Store::len)
    }

    fn __contains__(&self, py: Python<'_>, id: &Bound<'_, PyAny>) -> PyResult<bool> {
        let key = Key(Id::extract(PACKAGE, id, "id")?);
        Ok(self.read(py, |store| store.contains(&key)))
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let (documents, dim) = self.read(py, |store| (store.len(), store.dim()));
        format!("TokenStore(documents={documents}, dim={dim}, dtype={:?})", self.dtype(py))
    }

    #[doc = rank_pyo3::stub!("TokenStore.score")]
    #[pyo3(signature = (query_tokens, ids = None, *, weights = None, cosine = false, precision = None, threads = 1))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python method")]
    fn score<'py>(
        &self,
        py: Python<'py>,
        query_tokens: &Bound<'py, PyAny>,
        ids: Option<&Bound<'py, PyAny>>,
        weights: Option<&Bound<'py, PyAny>>,
        cosine: bool,
        precision: Option<&str>,
        #[pyo3(from_py_with = number::threads)] threads: usize,
    ) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let query = weighted(query(query_tokens, "query_tokens", cosine)?, weights)?;
        let (ids, scoring) = (ids.map(keys).transpose()?, scoring(precision, threads)?);
        let scores = self.read(py, |store| match &ids {
            Some(ids) => store.score_of(&query, ids, scoring),
            None => store.score(&query, scoring),
        });
        Ok(PyArray1::from_vec(py, scores.map_err(to_python)?))
    }

    #[doc = rank_pyo3::stub!("TokenStore.rank")]
    #[pyo3(signature = (query_tokens, ids = None, *, weights = None, cosine = false, precision = None, threads = 1,
                        progress = false))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python method")]
    fn rank<'py>(
        &self,
        py: Python<'py>,
        query_tokens: &Bound<'py, PyAny>,
        ids: Option<&Bound<'py, PyAny>>,
        weights: Option<&Bound<'py, PyAny>>,
        cosine: bool,
        precision: Option<&str>,
        #[pyo3(from_py_with = number::threads)] threads: usize,
        progress: bool,
    ) -> PyResult<Bound<'py, PyList>> {
        let query = weighted(query(query_tokens, "query_tokens", cosine)?, weights)?;
        let mut best = self.best(py, &[query], ids, usize::MAX, scoring(precision, threads)?, progress)?;
        PACKAGE.ranked(py, &best.pop().unwrap_or_default())
    }

    #[doc = rank_pyo3::stub!("TokenStore.rank_with_top_k")]
    #[pyo3(signature = (query_tokens, k, ids = None, *, weights = None, cosine = false, precision = None, threads = 1,
                        progress = false))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python method")]
    fn rank_with_top_k<'py>(
        &self,
        py: Python<'py>,
        query_tokens: &Bound<'py, PyAny>,
        k: i64,
        ids: Option<&Bound<'py, PyAny>>,
        weights: Option<&Bound<'py, PyAny>>,
        cosine: bool,
        precision: Option<&str>,
        #[pyo3(from_py_with = number::threads)] threads: usize,
        progress: bool,
    ) -> PyResult<Bound<'py, PyList>> {
        let query = weighted(query(query_tokens, "query_tokens", cosine)?, weights)?;
        let mut best = self.best(py, &[query], ids, count(Some(k))?, scoring(precision, threads)?, progress)?;
        PACKAGE.ranked(py, &best.pop().unwrap_or_default())
    }

    #[doc = rank_pyo3::stub!("TokenStore.rank_batch")]
    #[pyo3(signature = (queries, k = None, *, cosine = false, precision = None, threads = 1, progress = false))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python method")]
    fn rank_batch<'py>(
        &self,
        py: Python<'py>,
        queries: &Bound<'py, PyAny>,
        k: Option<i64>,
        cosine: bool,
        precision: Option<&str>,
        #[pyo3(from_py_with = number::threads)] threads: usize,
        progress: bool,
    ) -> PyResult<Vec<Bound<'py, PyList>>> {
        let queries = self::queries(queries, cosine)?;
        lists(py, &self.best(py, &queries, None, count(k)?, scoring(precision, threads)?, progress)?)
    }

    #[doc = rank_pyo3::stub!("TokenStore.refine")]
    #[pyo3(signature = (candidates, query_tokens, alpha = 0.5, *, k = None, normalize = true, weights = None,
                        cosine = false, precision = None, threads = 1))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python method")]
    fn refine<'py>(
        &self,
        py: Python<'py>,
        candidates: &Bound<'py, PyAny>,
        query_tokens: &Bound<'py, PyAny>,
        #[pyo3(from_py_with = number::share)] alpha: f32,
        k: Option<i64>,
        normalize: bool,
        weights: Option<&Bound<'py, PyAny>>,
        cosine: bool,
        precision: Option<&str>,
        #[pyo3(from_py_with = number::threads)] threads: usize,
    ) -> PyResult<Bound<'py, PyList>> {
        let candidates: Vec<(Key, f32)> =
            first_stage(candidates)?.into_iter().map(|(id, score)| (Key(id), score)).collect();
        let query = weighted(query(query_tokens, "query_tokens", cosine)?, weights)?;
        let (config, scoring) = (config(alpha, k, normalize)?, scoring(precision, threads)?);
        let refined = self.read(py, |store| store.refine(&query, &candidates, config, scoring));
        PACKAGE.ranked(py, &plain(refined.map_err(|error| to_python(of_candidate(error)))?))
    }

    #[doc = rank_pyo3::stub!("TokenStore.alignments")]
    #[pyo3(signature = (query_tokens, id, *, weights = None, cosine = false, precision = None))]
    fn alignments(
        &self,
        py: Python<'_>,
        query_tokens: &Bound<'_, PyAny>,
        id: &Bound<'_, PyAny>,
        weights: Option<&Bound<'_, PyAny>>,
        cosine: bool,
        precision: Option<&str>,
    ) -> PyResult<Vec<Alignment>> {
        self.explained(py, query_tokens, id, weights, cosine, precision).map(aligned)
    }

    #[doc = rank_pyo3::stub!("TokenStore.explain")]
    #[pyo3(signature = (query_tokens, id, *, weights = None, cosine = false, precision = None))]
    fn explain(
        &self,
        py: Python<'_>,
        query_tokens: &Bound<'_, PyAny>,
        id: &Bound<'_, PyAny>,
        weights: Option<&Bound<'_, PyAny>>,
        cosine: bool,
        precision: Option<&str>,
    ) -> PyResult<Explanation> {
        self.explained(py, query_tokens, id, weights, cosine, precision).map(Explanation::from)
    }

    #[doc = rank_pyo3::stub!("TokenStore.__arrow_c_stream__")]
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        stream(py, &self.store, requested_schema)
    }
}

fn unknown(key: &Key) -> PyErr {
    PACKAGE.invalid(format_args!("id: expected an id that the store holds, got {}; append the document first", key.0))
}

/// One document.
fn one<'py>(tokens: &Bound<'py, PyAny>, scales: Option<&Bound<'py, PyAny>>, dim: usize) -> PyResult<Held<'py>> {
    let array = Array::new(tokens, "tokens", 2, "(tokens, dim)")?;
    let got = array.dim();
    if got != dim {
        return Err(to_python(Error::DimMismatch { argument: Argument::Tokens, expected: dim, got }));
    }
    let scales = scales.map(|scales| PyList::new(scales.py(), [scales])).transpose()?;
    Held::listed(vec![array], scales.as_deref())
}
