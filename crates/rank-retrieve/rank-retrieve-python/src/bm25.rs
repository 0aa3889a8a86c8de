//! BM25.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use pyo3::prelude::*;
use pyo3::types::PyList;
use rank_pyo3::{Id, ProgressBar, in_chunks};
use rank_retrieve::Bm25Params;

use crate::analyzer::Analyzer;
use crate::arguments::{K, new_id, new_ids};
use crate::errors::{PACKAGE, to_python};

type Index = rank_retrieve::Bm25Index<Id>;

/// Pieces short enough that Ctrl-C is answered at once.
const TEXTS: usize = 256;
const QUERIES: usize = 32;

// The lock is only ever waited for without the GIL: its holder may need the GIL to go on.
#[doc = rank_pyo3::stub!("Bm25Index")]
#[pyclass(module = "rank_retrieve", frozen)]
pub(crate) struct Bm25Index {
    index: RwLock<Index>,
    params: Bm25Params,
}

impl Bm25Index {
    fn read(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Bm25Index {
    #[new]
    #[pyo3(signature = (k1 = 1.5, b = 0.75, analyzer = None))]
    fn new(k1: f64, b: f64, analyzer: Option<&Bound<'_, Analyzer>>) -> PyResult<Self> {
        let params = Bm25Params::default().k1(k1).b(b);
        params.check().map_err(to_python)?;
        let index = match analyzer {
            Some(analyzer) => Index::with_analyzer(analyzer.get().analyzer.clone()),
            None => Index::new(),
        };
        Ok(Self { index: RwLock::new(index), params })
    }

    #[doc = rank_pyo3::stub!("Bm25Index.add_document")]
    fn add_document(&self, py: Python<'_>, id: &Bound<'_, PyAny>, terms: &Bound<'_, PyAny>) -> PyResult<()> {
        let id = Id::extract(PACKAGE, id, "id")?;
        let terms = rank_pyo3::strings(PACKAGE, terms, "terms")?;
        py.detach(|| {
            let mut index = self.write();
            new_id(&id, "id", |id| index.contains(id))?;
            index.add_document(id, &terms).map_err(to_python)
        })
    }

    #[doc = rank_pyo3::stub!("Bm25Index.add_text")]
    fn add_text(&self, py: Python<'_>, id: &Bound<'_, PyAny>, text: &str) -> PyResult<()> {
        let id = Id::extract(PACKAGE, id, "id")?;
        py.detach(|| {
            let mut index = self.write();
            new_id(&id, "id", |id| index.contains(id))?;
            index.add_text(id, text).map_err(to_python)
        })
    }

    #[doc = rank_pyo3::stub!("Bm25Index.add_texts")]
    #[pyo3(signature = (ids, texts, progress = false))]
    fn add_texts(
        &self,
        py: Python<'_>,
        ids: &Bound<'_, PyAny>,
        texts: &Bound<'_, PyAny>,
        progress: bool,
    ) -> PyResult<()> {
        let ids = rank_pyo3::ids(PACKAGE, ids, "ids")?;
        let texts = rank_pyo3::strings(PACKAGE, texts, "texts")?;
        py.detach(|| {
            let index = self.read();
            new_ids(&ids, texts.len(), "texts", |id| index.contains(id))
        })?;
        let bar = ProgressBar::new(PACKAGE, py, ids.len(), progress)?;
        in_chunks(py, ids.len(), TEXTS, &bar, |piece| {
            let mut index = self.write();
            piece.into_iter().try_for_each(|i| index.add_text(ids[i].clone(), &texts[i]).map_err(to_python))
        })
    }

    #[doc = rank_pyo3::stub!("Bm25Index.retrieve")]
    #[pyo3(signature = (terms, k = K(100)), text_signature = "($self, terms, k=100)")]
    fn retrieve<'py>(&self, py: Python<'py>, terms: &Bound<'py, PyAny>, k: K) -> PyResult<Bound<'py, PyList>> {
        let terms = rank_pyo3::strings(PACKAGE, terms, "terms")?;
        let hits = py.detach(|| self.read().retrieve(&terms, k.0, self.params)).map_err(to_python)?;
        PACKAGE.ranked(py, &hits)
    }

    #[doc = rank_pyo3::stub!("Bm25Index.search")]
    #[pyo3(signature = (text, k = K(100)), text_signature = "($self, text, k=100)")]
    fn search<'py>(&self, py: Python<'py>, text: &str, k: K) -> PyResult<Bound<'py, PyList>> {
        let hits = py.detach(|| self.read().search(text, k.0, self.params)).map_err(to_python)?;
        PACKAGE.ranked(py, &hits)
    }

    #[doc = rank_pyo3::stub!("Bm25Index.search_batch")]
    #[pyo3(signature = (texts, k = K(100), progress = false), text_signature = "($self, texts, k=100, progress=False)")]
    fn search_batch<'py>(
        &self,
        py: Python<'py>,
        texts: &Bound<'py, PyAny>,
        k: K,
        progress: bool,
    ) -> PyResult<Bound<'py, PyList>> {
        let texts = rank_pyo3::strings(PACKAGE, texts, "texts")?;
        let mut lists = Vec::with_capacity(texts.len());
        let bar = ProgressBar::new(PACKAGE, py, texts.len(), progress)?;
        in_chunks(py, texts.len(), QUERIES, &bar, |piece| {
            lists.extend(self.read().search_batch(&texts[piece], k.0, self.params).map_err(to_python)?);
            Ok::<(), PyErr>(())
        })?;
        let lists: Vec<_> = lists.iter().map(|list| PACKAGE.ranked(py, list)).collect::<PyResult<_>>()?;
        PyList::new(py, lists)
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        py.detach(|| self.read().len())
    }

    fn __contains__(&self, py: Python<'_>, id: &Bound<'_, PyAny>) -> PyResult<bool> {
        let id = Id::extract(PACKAGE, id, "id")?;
        Ok(py.detach(|| self.read().contains(&id)))
    }
}
