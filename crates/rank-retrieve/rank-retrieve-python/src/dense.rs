//! What the dense indexes share, and exact search.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use numpy::PyUntypedArrayMethods;
use pyo3::prelude::*;
use pyo3::types::PyList;
use rank_pyo3::{Id, ProgressBar, in_chunks};
use rank_retrieve::{Filter, Metric, Result};

use crate::arguments::{Dim, K, new_id, new_ids};
use crate::errors::{PACKAGE, in_row, to_python};
use crate::filter;
use crate::hnsw::Key;

/// Pieces short enough that Ctrl-C is answered at once.
const ROWS: usize = 64;

/// An index of the core.
pub(crate) trait Dense: Send + Sync {
    fn dim(&self) -> usize;
    fn len(&self) -> usize;
    fn contains(&self, id: &Id) -> bool;
    fn add(&mut self, id: Id, vector: &[f32]) -> Result<()>;
    fn search(&self, vector: &[f32], k: usize, filter: &Filter<Key>) -> Result<Vec<(Id, f32)>>;
    fn compile(&self, filter: &Filter<Key>) -> Result<Filter<Key>>;
}

/// An index that Python's threads share. The lock is only ever waited for without the GIL: its holder may need the GIL
/// to go on.
pub(crate) struct Shared<T>(RwLock<T>);

impl<T: Dense> Shared<T> {
    pub(crate) fn new(index: T) -> Self {
        Self(RwLock::new(index))
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, T> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get<R: Send>(&self, py: Python<'_>, property: impl FnOnce(&T) -> R + Send) -> R {
        py.detach(|| property(&self.read()))
    }

    pub(crate) fn compile(&self, py: Python<'_>, filter: &Bound<'_, PyAny>) -> PyResult<filter::Filter> {
        let filter = filter::read(Some(filter))?;
        py.detach(|| self.read().compile(&filter)).map(filter::Filter::new).map_err(to_python)
    }

    pub(crate) fn contains(&self, py: Python<'_>, id: &Bound<'_, PyAny>) -> PyResult<bool> {
        let id = Id::extract(PACKAGE, id, "id")?;
        Ok(self.get(py, |index| index.contains(&id)))
    }

    pub(crate) fn add(&self, py: Python<'_>, id: &Bound<'_, PyAny>, vector: &Bound<'_, PyAny>) -> PyResult<()> {
        let id = Id::extract(PACKAGE, id, "id")?;
        let vector = rank_pyo3::vector::<f32>(PACKAGE, vector, "vector", "(dim,)")?;
        let vector = vector.as_slice()?;
        py.detach(|| {
            let mut index = self.write();
            new_id(&id, "id", |id| index.contains(id))?;
            index.add(id, vector).map_err(to_python)
        })
    }

    pub(crate) fn add_batch(
        &self,
        py: Python<'_>,
        ids: &Bound<'_, PyAny>,
        vectors: &Bound<'_, PyAny>,
        progress: bool,
    ) -> PyResult<()> {
        let ids = rank_pyo3::ids(PACKAGE, ids, "ids")?;
        let rows = rank_pyo3::matrix::<f32>(PACKAGE, vectors, "vectors", "(n, dim)")?;
        let (number, dim) = (rows.shape()[0], rows.shape()[1]);
        let values = rows.as_slice()?;
        py.detach(|| {
            let index = self.read();
            check_dim(index.dim(), dim)?;
            new_ids(&ids, number, "vectors", |id| index.contains(id))
        })?;
        let bar = ProgressBar::new(PACKAGE, py, number, progress)?;
        in_chunks(py, number, ROWS, &bar, |piece| {
            let mut index = self.write();
            piece.into_iter().try_for_each(|row| {
                let vector = &values[row * dim..(row + 1) * dim];
                index.add(ids[row].clone(), vector).map_err(|error| in_row(row, error))
            })
        })
    }

    pub(crate) fn search<'py>(
        &self,
        py: Python<'py>,
        vector: &Bound<'py, PyAny>,
        k: usize,
        filter: &Filter<Key>,
    ) -> PyResult<Bound<'py, PyList>> {
        let vector = rank_pyo3::vector::<f32>(PACKAGE, vector, "vector", "(dim,)")?;
        let vector = vector.as_slice()?;
        let hits = py.detach(|| self.read().search(vector, k, filter)).map_err(to_python)?;
        PACKAGE.ranked(py, &hits)
    }

    pub(crate) fn search_batch<'py>(
        &self,
        py: Python<'py>,
        vectors: &Bound<'py, PyAny>,
        k: usize,
        progress: bool,
        filter: &Filter<Key>,
    ) -> PyResult<Bound<'py, PyList>> {
        let rows = rank_pyo3::matrix::<f32>(PACKAGE, vectors, "vectors", "(n, dim)")?;
        let (number, dim) = (rows.shape()[0], rows.shape()[1]);
        let values = rows.as_slice()?;
        self.get(py, |index| check_dim(index.dim(), dim))?;
        let mut lists = Vec::with_capacity(number);
        let bar = ProgressBar::new(PACKAGE, py, number, progress)?;
        in_chunks(py, number, ROWS, &bar, |piece| {
            let index = self.read();
            for row in piece {
                lists.push(
                    index.search(&values[row * dim..(row + 1) * dim], k, filter).map_err(|error| in_row(row, error))?,
                );
            }
            Ok::<(), PyErr>(())
        })?;
        let lists: Vec<_> = lists.iter().map(|list| PACKAGE.ranked(py, list)).collect::<PyResult<_>>()?;
        PyList::new(py, lists)
    }
}

fn check_dim(expected: usize, got: usize) -> PyResult<()> {
    if got == expected {
        return Ok(());
    }
    Err(PACKAGE.shape(format_args!(
        "vectors: expected rows of {expected} components, got {got}; use the model that the index was made with"
    )))
}

pub(crate) fn metric(name: &str) -> PyResult<Metric> {
    name.parse().map_err(to_python)
}

impl Dense for rank_retrieve::ExactDenseIndex<Key> {
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
        let hits = match filter {
            Filter::All => self.search(vector, k)?,
            filter => self.search_filtered(vector, k, filter)?,
        };
        Ok(hits.into_iter().map(|(Key(id), score)| (id, score)).collect())
    }

    fn compile(&self, filter: &Filter<Key>) -> Result<Filter<Key>> {
        self.compile(filter)
    }
}

/// The methods of a class over an index of the core, and those of its own.
macro_rules! methods {
    ($class:ident, $name:literal, { $($own:tt)* }) => {
        #[pymethods]
        impl $class {
            $($own)*

            #[doc = rank_pyo3::stub!($name, ".dim")]
            #[getter]
            fn dim(&self, py: Python<'_>) -> usize {
                self.0.get(py, Dense::dim)
            }

            #[doc = rank_pyo3::stub!($name, ".metric")]
            #[getter]
            fn metric(&self, py: Python<'_>) -> &'static str {
                self.0.get(py, |index| index.metric().name())
            }

            #[doc = rank_pyo3::stub!($name, ".add")]
            fn add(&self, py: Python<'_>, id: &Bound<'_, PyAny>, vector: &Bound<'_, PyAny>) -> PyResult<()> {
                self.0.add(py, id, vector)
            }

            #[doc = rank_pyo3::stub!($name, ".add_batch")]
            #[pyo3(signature = (ids, vectors, progress = false))]
            fn add_batch(
                &self,
                py: Python<'_>,
                ids: &Bound<'_, PyAny>,
                vectors: &Bound<'_, PyAny>,
                #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
            ) -> PyResult<()> {
                self.0.add_batch(py, ids, vectors, progress)
            }

            #[doc = rank_pyo3::stub!($name, ".search")]
            #[pyo3(
                signature = (vector, k = K(10), *, filter = None), text_signature = "($self, vector, k=10, *, filter=None)"
            )]
            fn search<'py>(
                &self,
                py: Python<'py>,
                vector: &Bound<'py, PyAny>,
                k: K,
                filter: Option<&Bound<'_, PyAny>>,
            ) -> PyResult<Bound<'py, PyList>> {
                self.0.search(py, vector, k.0, &*filter::read(filter)?)
            }

            #[doc = rank_pyo3::stub!($name, ".search_batch")]
            #[pyo3(
                signature = (vectors, k = K(10), progress = false, *, filter = None),
                text_signature = "($self, vectors, k=10, progress=False, *, filter=None)"
            )]
            fn search_batch<'py>(
                &self,
                py: Python<'py>,
                vectors: &Bound<'py, PyAny>,
                k: K,
                #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
                filter: Option<&Bound<'_, PyAny>>,
            ) -> PyResult<Bound<'py, PyList>> {
                self.0.search_batch(py, vectors, k.0, progress, &*filter::read(filter)?)
            }

            #[doc = rank_pyo3::stub!($name, ".compile")]
            fn compile(&self, py: Python<'_>, filter: &Bound<'_, PyAny>) -> PyResult<filter::Filter> {
                self.0.compile(py, filter)
            }

            fn __len__(&self, py: Python<'_>) -> usize {
                self.0.get(py, Dense::len)
            }

            fn __contains__(&self, py: Python<'_>, id: &Bound<'_, PyAny>) -> PyResult<bool> {
                self.0.contains(py, id)
            }
        }
    };
}

pub(crate) use methods;

#[doc = rank_pyo3::stub!("ExactDenseIndex")]
#[pyclass(module = "rank_retrieve", frozen)]
pub(crate) struct ExactDenseIndex(Shared<rank_retrieve::ExactDenseIndex<Key>>);

methods! { ExactDenseIndex, "ExactDenseIndex", {
    #[new]
    #[pyo3(signature = (dim, metric = "cosine"))]
    fn new(dim: Dim, #[pyo3(from_py_with = crate::arguments::metric)] metric: &str) -> PyResult<Self> {
        let index = rank_retrieve::ExactDenseIndex::new(dim.0, self::metric(metric)?).map_err(to_python)?;
        Ok(Self(Shared::new(index)))
    }
} }
