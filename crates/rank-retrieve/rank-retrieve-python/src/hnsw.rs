//! Approximate search.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyList;
use rank_pyo3::Id;
use rank_retrieve::{Filter, HnswOptions, IdCodec, Precision, Result, StoredId};

use crate::arguments::{Connectivity, Dim, ExpansionAdd, ExpansionSearch, K};
use crate::dense::{Dense, Shared, methods, metric};
use crate::errors::to_python;
use crate::filter;

/// An [`Id`] that can be saved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

type Index = rank_retrieve::DenseIndex<Key>;

impl Dense for Index {
    fn dim(&self) -> usize {
        self.dim()
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn contains(&self, id: &Id) -> bool {
        self.contains(&Key(id.clone()))
    }

    fn add(&mut self, id: Id, vector: &[f32]) -> Result<()> {
        self.add(Key(id), vector)
    }

    fn search(&self, vector: &[f32], k: usize, filter: &Filter<Key>) -> Result<Vec<(Id, f32)>> {
        let hits = self.search_filtered(vector, k, filter)?;
        Ok(hits.into_iter().map(|(Key(id), score)| (id, score)).collect())
    }

    fn compile(&self, filter: &Filter<Key>) -> Result<Filter<Key>> {
        self.compile(filter)
    }
}

#[doc = rank_pyo3::stub!("DenseIndex")]
#[pyclass(module = "rank_retrieve", frozen)]
pub(crate) struct DenseIndex(Shared<Index>);

methods! { DenseIndex, "DenseIndex", {
    #[new]
    #[pyo3(
        signature = (
            dim, metric = "cosine", *, connectivity = Connectivity(16), expansion_add = ExpansionAdd(128),
            expansion_search = ExpansionSearch(64), precision = "f32"
        ),
        text_signature = "(dim, metric='cosine', *, connectivity=16, expansion_add=128, expansion_search=64, precision='f32')"
    )]
    fn new(
        dim: Dim,
        #[pyo3(from_py_with = crate::arguments::metric)] metric: &str,
        connectivity: Connectivity,
        expansion_add: ExpansionAdd,
        expansion_search: ExpansionSearch,
        #[pyo3(from_py_with = crate::arguments::precision)] precision: &str,
    ) -> PyResult<Self> {
        let options = HnswOptions::default()
            .connectivity(connectivity.0)
            .expansion_add(expansion_add.0)
            .expansion_search(expansion_search.0)
            .precision(precision.parse::<Precision>().map_err(to_python)?);
        let index = Index::with_options(dim.0, self::metric(metric)?, options).map_err(to_python)?;
        Ok(Self(Shared::new(index)))
    }

    #[doc = rank_pyo3::stub!("DenseIndex.expansion_search")]
    #[getter]
    fn expansion_search(&self, py: Python<'_>) -> usize {
        self.0.get(py, |index| index.options().expansion_search)
    }

    #[setter]
    fn set_expansion_search(&self, py: Python<'_>, value: ExpansionSearch) -> PyResult<()> {
        py.detach(|| self.0.write().set_expansion_search(value.0)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("DenseIndex.save")]
    fn save(&self, py: Python<'_>, #[pyo3(from_py_with = crate::arguments::path)] path: PathBuf) -> PyResult<()> {
        py.detach(|| self.0.read().save(path)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("DenseIndex.load")]
    #[staticmethod]
    fn load(py: Python<'_>, #[pyo3(from_py_with = crate::arguments::path)] path: PathBuf) -> PyResult<Self> {
        py.detach(|| Index::load(path)).map(|index| Self(Shared::new(index))).map_err(to_python)
    }
} }
