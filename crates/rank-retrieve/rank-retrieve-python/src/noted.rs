//! What the classes of terms and of weights share: a lock, the ids they ever had, and methods.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use pyo3::prelude::*;
use rank_pyo3::Id;

use crate::arguments::{new_id, new_ids};
use crate::errors::PACKAGE;
use crate::hnsw::Key;

/// An index of the core.
pub(crate) trait Numbered {
    fn numbered(&self) -> usize;
    fn id(&self, number: u32) -> &Key;
    fn contains(&self, id: &Key) -> bool;
}

macro_rules! numbered {
    ($($index:ident)*) => {$(
        impl Numbered for rank_retrieve::$index<Key> {
            fn numbered(&self) -> usize {
                self.numbered()
            }

            fn id(&self, number: u32) -> &Key {
                self.id(number)
            }

            fn contains(&self, id: &Key) -> bool {
                self.contains(id)
            }
        }
    )*};
}

numbered! { Bm25Index SparseIndex }

/// An index that many threads fill and search.
// The lock is only ever waited for without the GIL: its holder may need the GIL to go on.
pub(crate) struct Noted<T> {
    index: RwLock<T>,
    /// Whether any id was ever a str.
    texts: AtomicBool,
}

impl<T: Numbered> Noted<T> {
    pub(crate) fn new(index: T) -> Self {
        let texts = (0..index.numbered() as u32).any(|number| matches!(index.id(number), Key(Id::Str(_))));
        Self { index: RwLock::new(index), texts: AtomicBool::new(texts) }
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, T> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, T> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The index to add a document to that it does not hold.
    pub(crate) fn write_new(&self, id: &Id) -> PyResult<RwLockWriteGuard<'_, T>> {
        let index = self.write();
        new_id(id, "id", |id| index.contains(&Key(id.clone())))?;
        Ok(index)
    }

    /// The index to add documents to, none of which it holds, or is there twice; `named` documents, called `what`.
    pub(crate) fn write_all_new(&self, ids: &[Id], named: usize, what: &str) -> PyResult<RwLockWriteGuard<'_, T>> {
        let index = self.write();
        new_ids(ids, named, what, |id| index.contains(&Key(id.clone())))?;
        Ok(index)
    }

    /// The id of a document that is to be added.
    pub(crate) fn id(&self, value: &Bound<'_, PyAny>) -> PyResult<Id> {
        let id = Id::extract(PACKAGE, value, "id")?;
        self.note(&id);
        Ok(id)
    }

    /// The ids of documents that are to be added.
    pub(crate) fn ids(&self, values: &Bound<'_, PyAny>) -> PyResult<Vec<Id>> {
        let ids = rank_pyo3::ids(PACKAGE, values, "ids")?;
        for id in &ids {
            self.note(id);
        }
        Ok(ids)
    }

    pub(crate) fn note(&self, id: &Id) {
        if matches!(id, Id::Str(_)) {
            self.texts.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the index may hold an id that is a str.
    pub(crate) fn has_texts(&self) -> bool {
        self.texts.load(Ordering::Relaxed)
    }
}

/// Classes with a field `index` of [`Noted`], and a method `matching`: their own methods, and those that they share.
macro_rules! methods {
    ($class:ident, $name:literal, { $($own:tt)* }) => {
        #[pymethods]
        impl $class {
            $($own)*

            #[doc = rank_pyo3::stub!($name, ".remove")]
            fn remove(&self, py: Python<'_>, id: &Bound<'_, PyAny>) -> PyResult<bool> {
                let id = rank_pyo3::Id::extract(PACKAGE, id, "id")?;
                py.detach(|| self.index.write().remove(&Key(id))).map_err(to_python)
            }

            #[doc = rank_pyo3::stub!($name, ".merge")]
            #[pyo3(signature = (progress = false))]
            fn merge(
                &self,
                py: Python<'_>,
                #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
            ) -> PyResult<()> {
                let total = py.detach(|| self.index.read().numbered());
                crate::long::work(py, "merge", total, progress, |go_on| self.index.write().merge_while(go_on))
            }

            #[doc = rank_pyo3::stub!($name, ".declare_field")]
            fn declare_field(
                &self,
                py: Python<'_>,
                #[pyo3(from_py_with = crate::arguments::field)] field: &str,
                #[pyo3(from_py_with = crate::arguments::kind)] kind: &str,
            ) -> PyResult<()> {
                let kind = kind.parse().map_err(to_python)?;
                py.detach(|| self.index.write().declare_field(field, kind)).map_err(to_python)
            }

            #[doc = rank_pyo3::stub!($name, ".set_fields")]
            fn set_fields(&self, py: Python<'_>, id: &Bound<'_, PyAny>, fields: &Bound<'_, PyAny>) -> PyResult<bool> {
                let id = rank_pyo3::Id::extract(PACKAGE, id, "id")?;
                let fields = crate::fields::stored(Some(fields))?;
                py.detach(|| self.index.write().set_fields(&Key(id), &fields)).map_err(to_python)
            }

            #[doc = rank_pyo3::stub!($name, ".set_field")]
            fn set_field(
                &self,
                py: Python<'_>,
                #[pyo3(from_py_with = crate::arguments::field)] field: &str,
                ids: &Bound<'_, PyAny>,
                values: &Bound<'_, PyAny>,
            ) -> PyResult<()> {
                let column = crate::fields::FieldColumn::read(field, ids, values)?;
                py.detach(|| column.store(&mut *self.index.write()))
            }

            #[doc = rank_pyo3::stub!($name, ".fields")]
            fn fields<'py>(
                &self,
                py: Python<'py>,
                id: &Bound<'_, PyAny>,
            ) -> PyResult<Option<Bound<'py, pyo3::types::PyDict>>> {
                let id = rank_pyo3::Id::extract(PACKAGE, id, "id")?;
                let found = py.detach(|| self.index.read().fields(&Key(id))).map_err(to_python)?;
                crate::fields::dict(py, found)
            }

            #[doc = rank_pyo3::stub!($name, ".field_types")]
            fn field_types<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyDict>> {
                crate::fields::types(py, py.detach(|| self.index.read().field_types()))
            }

            #[doc = rank_pyo3::stub!($name, ".ids")]
            #[pyo3(name = "ids", signature = (filter = None))]
            fn all_ids<'py>(&self, py: Python<'py>, filter: Option<&Bound<'_, PyAny>>) -> PyResult<Bound<'py, PyList>> {
                let filter = filter::read(filter)?;
                let ids = py.detach(|| Ok(self.index.read().filtered(&filter)?.ids())).map_err(to_python)?;
                crate::fields::list(py, ids)
            }

            #[doc = rank_pyo3::stub!($name, ".compile")]
            fn compile(&self, py: Python<'_>, filter: &Bound<'_, PyAny>) -> PyResult<filter::Filter> {
                let filter = filter::read(Some(filter))?;
                py.detach(|| self.index.read().compile(&filter)).map(filter::Filter::new).map_err(to_python)
            }

            #[doc = rank_pyo3::stub!($name, ".mask")]
            fn mask<'py>(
                &self,
                py: Python<'py>,
                filter: &Bound<'_, PyAny>,
            ) -> PyResult<Bound<'py, numpy::PyArray1<bool>>> {
                let filter = filter::read(Some(filter))?;
                let mask = py.detach(|| Ok(self.index.read().filtered(&filter)?.mask())).map_err(to_python)?;
                Ok(filter::array(py, mask))
            }

            #[doc = rank_pyo3::stub!($name, ".matches")]
            #[pyo3(signature = (query = None, filter = None))]
            fn matches(
                &self,
                py: Python<'_>,
                query: Option<&Bound<'_, PyAny>>,
                filter: Option<&Bound<'_, PyAny>>,
            ) -> PyResult<crate::matches::Matches> {
                self.matching(py, query, filter).map(crate::matches::Matches)
            }

            #[doc = rank_pyo3::stub!($name, ".count")]
            #[pyo3(signature = (query = None, filter = None))]
            fn count(
                &self,
                py: Python<'_>,
                query: Option<&Bound<'_, PyAny>>,
                filter: Option<&Bound<'_, PyAny>>,
            ) -> PyResult<usize> {
                self.matching(py, query, filter).map(|matches| matches.len())
            }

            #[doc = rank_pyo3::stub!($name, ".impacts")]
            #[getter]
            fn impacts(&self, py: Python<'_>) -> &'static str {
                py.detach(|| self.index.read().impacts().name())
            }

            fn __len__(&self, py: Python<'_>) -> usize {
                py.detach(|| self.index.read().len())
            }

            fn __contains__(&self, py: Python<'_>, id: &Bound<'_, PyAny>) -> PyResult<bool> {
                let id = rank_pyo3::Id::extract(PACKAGE, id, "id")?;
                Ok(py.detach(|| self.index.read().contains(&Key(id))))
            }
        }
    };
}

pub(crate) use methods;
