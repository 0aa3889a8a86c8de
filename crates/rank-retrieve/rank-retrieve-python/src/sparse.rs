//! Learned sparse vectors.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyMapping};
use rank_pyo3::{Id, ProgressBar, watched};
use rank_retrieve::{Error, JsonVectors, SparseBuilder, SparseRows};

use crate::arguments::{K, MemoryLimit, Threads, new_id, new_ids};
use crate::errors::{PACKAGE, to_python};
use crate::fields;
use crate::filter;
use crate::hits::{self, Hits};
use crate::hnsw::Key;
use crate::matches::Matches;
use crate::rows::Rows;
use crate::source::names;
use crate::sparse_source::{Document, Target, fill, named};

type Index = rank_retrieve::SparseIndex<Key>;

/// Queries that are answered before Ctrl-C could be missed: a thread that watches them would take as long as one.
const FEW: usize = 16;

// The lock is only ever waited for without the GIL: its holder may need the GIL to go on.
#[doc = rank_pyo3::stub!("SparseIndex")]
#[pyclass(module = "rank_retrieve", frozen)]
pub(crate) struct SparseIndex {
    index: RwLock<Index>,
    /// Whether any id was ever a str.
    texts: AtomicBool,
}

/// Vectors go to the index.
impl Target for &SparseIndex {
    fn add(&mut self, documents: Vec<Document>) -> Result<(), (usize, Error)> {
        for (Key(id), ..) in &documents {
            self.note(id);
        }
        Target::add(&mut *self.write(), documents)
    }

    fn add_rows(&mut self, ids: &[Key], rows: SparseRows<'_>) -> Result<(), Error> {
        for Key(id) in ids {
            self.note(id);
        }
        self.write().add(ids, rows)
    }

    fn add_json_lines(
        &mut self,
        path: &Path,
        fields: &JsonVectors,
        threads: usize,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<usize, Error> {
        let mut index = self.write();
        let before = index.numbered() as u32;
        let added = Target::add_json_lines(&mut *index, path, fields, threads, go_on);
        for number in before..index.numbered() as u32 {
            self.note(&index.id(number).0);
        }
        added
    }
}

impl SparseIndex {
    fn read(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(index: Index) -> Self {
        let texts = (0..index.numbered() as u32).any(|number| matches!(index.id(number), Key(Id::Str(_))));
        Self { index: RwLock::new(index), texts: AtomicBool::new(texts) }
    }

    fn note(&self, id: &Id) {
        if matches!(id, Id::Str(_)) {
            self.texts.store(true, Ordering::Relaxed);
        }
    }
}

impl SparseIndex {
    /// The documents that share a dimension with a dict, or with the row of a matrix; all without a query.
    fn matching(
        &self,
        py: Python<'_>,
        query: Option<&Bound<'_, PyAny>>,
        filter: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<rank_retrieve::Matches> {
        let filter = filter::read(filter)?;
        let Some(query) = query else {
            return py.detach(|| Ok(self.read().filtered(&filter)?.all())).map_err(to_python);
        };
        if query.cast::<PyMapping>().is_ok() {
            let weights = named(query, "query")?;
            return py.detach(|| self.read().filtered(&filter)?.matches_named(&weights)).map_err(to_python);
        }
        let query = Rows::new(query, "query")?;
        let rows = query.rows()?;
        if rows.len() != 1 {
            return Err(PACKAGE.shape(format_args!("query: expected one row, got {}; pass matrix[[row]]", rows.len())));
        }
        py.detach(|| self.read().filtered(&filter)?.matches(rows)).map_err(to_python)
    }
}

/// An index whose weights are in a form.
fn made(impacts: &str, max_weight: Option<f32>) -> PyResult<Index> {
    let impacts = impacts.parse().map_err(to_python)?;
    Index::with_impacts(impacts, max_weight).map_err(to_python)
}

#[pymethods]
impl SparseIndex {
    #[new]
    #[pyo3(
        signature = (*, fields = None, impacts = "f32", max_weight = None),
        text_signature = "(*, fields=None, impacts='f32', max_weight=None)"
    )]
    fn new(fields: Option<&Bound<'_, PyAny>>, impacts: &str, max_weight: Option<f32>) -> PyResult<Self> {
        let mut index = made(impacts, max_weight)?;
        fields::declare(&mut index, fields)?;
        Ok(Self { index: RwLock::new(index), texts: AtomicBool::new(false) })
    }

    #[doc = rank_pyo3::stub!("SparseIndex.add")]
    fn add(&self, py: Python<'_>, ids: &Bound<'_, PyAny>, vectors: &Bound<'_, PyAny>) -> PyResult<()> {
        let ids = rank_pyo3::ids(PACKAGE, ids, "ids")?;
        for id in &ids {
            self.note(id);
        }
        let vectors = Rows::new(vectors, "vectors")?;
        let rows = vectors.rows()?;
        py.detach(|| {
            let mut index = self.write();
            new_ids(&ids, rows.len(), "vectors", |id| index.contains(&Key(id.clone())))?;
            let keys: Vec<Key> = ids.into_iter().map(Key).collect();
            index.add(&keys, rows).map_err(to_python)
        })
    }

    #[doc = rank_pyo3::stub!("SparseIndex.add_named")]
    #[pyo3(signature = (id, weights, fields = None))]
    fn add_named(
        &self,
        py: Python<'_>,
        id: &Bound<'_, PyAny>,
        weights: &Bound<'_, PyAny>,
        fields: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let id = Id::extract(PACKAGE, id, "id")?;
        self.note(&id);
        let weights = named(weights, "weights")?;
        let fields = fields::stored(fields)?;
        py.detach(|| {
            let mut index = self.write();
            new_id(&id, "id", |id| index.contains(&Key(id.clone())))?;
            index.add_named_with(Key(id), &weights, &fields).map_err(to_python)
        })
    }

    #[doc = rank_pyo3::stub!("SparseIndex.extend")]
    #[pyo3(
        signature = (
            documents, *, id = "id".to_owned(), vector = "vector".to_owned(), fields = None, threads = Threads(1),
            progress = false
        ),
        text_signature = "($self, documents, *, id='id', vector='vector', fields=None, threads=1, progress=False)"
    )]
    #[expect(clippy::too_many_arguments, reason = "all but one are keywords")]
    fn extend(
        &self,
        py: Python<'_>,
        documents: &Bound<'_, PyAny>,
        id: String,
        vector: String,
        fields: Option<&Bound<'_, PyAny>>,
        threads: Threads,
        progress: bool,
    ) -> PyResult<usize> {
        let mut target = self;
        let stored = fields.map(|fields| names(fields, "fields")).transpose()?.unwrap_or_default();
        fill(py, &mut target, documents, &JsonVectors { id, vector, stored }, threads.0, progress)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.build")]
    #[staticmethod]
    #[pyo3(
        signature = (
            path, documents, *, memory_limit = MemoryLimit(256 << 20), id = "id".to_owned(),
            vector = "vector".to_owned(), fields = None, threads = Threads(1), progress = false, impacts = "f32",
            max_weight = None
        ),
        text_signature = "(path, documents, *, memory_limit=268435456, id='id', vector='vector', fields=None, \
                          threads=1, progress=False, impacts='f32', max_weight=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "all but two are keywords")]
    fn build(
        py: Python<'_>,
        path: PathBuf,
        documents: &Bound<'_, PyAny>,
        memory_limit: MemoryLimit,
        id: String,
        vector: String,
        fields: Option<&Bound<'_, PyAny>>,
        threads: Threads,
        progress: bool,
        impacts: &str,
        max_weight: Option<f32>,
    ) -> PyResult<Self> {
        let settings = made(impacts, max_weight)?;
        let mut builder = py.detach(|| SparseBuilder::of(&settings, path, memory_limit.0)).map_err(to_python)?;
        let stored = fields.map(|fields| names(fields, "fields")).transpose()?.unwrap_or_default();
        fill(py, &mut builder, documents, &JsonVectors { id, vector, stored }, threads.0, progress)?;
        let bar = ProgressBar::named(PACKAGE, py, Some("impacts"), Some(builder.len()), Some("documents"), progress)?;
        let index = watched(py, &bar, |watch| builder.finish(|steps| watch.advance(steps)).map_err(to_python))?;
        Ok(Self::opened(index))
    }

    #[doc = rank_pyo3::stub!("SparseIndex.remove")]
    fn remove(&self, py: Python<'_>, id: &Bound<'_, PyAny>) -> PyResult<bool> {
        let id = Id::extract(PACKAGE, id, "id")?;
        py.detach(|| self.write().remove(&Key(id))).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.update")]
    fn update(&self, py: Python<'_>, ids: &Bound<'_, PyAny>, vectors: &Bound<'_, PyAny>) -> PyResult<usize> {
        let ids = rank_pyo3::ids(PACKAGE, ids, "ids")?;
        for id in &ids {
            self.note(id);
        }
        let vectors = Rows::new(vectors, "vectors")?;
        let rows = vectors.rows()?;
        py.detach(|| {
            new_ids(&ids, rows.len(), "vectors", |_| false)?;
            let keys: Vec<Key> = ids.into_iter().map(Key).collect();
            self.write().update(&keys, rows).map_err(to_python)
        })
    }

    #[doc = rank_pyo3::stub!("SparseIndex.update_named")]
    #[pyo3(signature = (id, weights, fields = None))]
    fn update_named(
        &self,
        py: Python<'_>,
        id: &Bound<'_, PyAny>,
        weights: &Bound<'_, PyAny>,
        fields: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        let id = Id::extract(PACKAGE, id, "id")?;
        self.note(&id);
        let weights = named(weights, "weights")?;
        let fields = fields::stored(fields)?;
        py.detach(|| self.write().update_named_with(Key(id), &weights, &fields)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.merge")]
    fn merge(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.write().merge()).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.search_batch")]
    #[pyo3(
        signature = (queries, k = K(100), progress = false, *, threads = Threads(1), filter = None),
        text_signature = "($self, queries, k=100, progress=False, *, threads=1, filter=None)"
    )]
    fn search_batch<'py>(
        &self,
        py: Python<'py>,
        queries: &Bound<'py, PyAny>,
        k: K,
        progress: bool,
        threads: Threads,
        filter: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let filter = filter::read(filter)?;
        let queries = Rows::new(queries, "queries")?;
        let rows = queries.rows()?;
        let bar = ProgressBar::new(PACKAGE, py, rows.len(), progress)?;
        let search = |go_on: &(dyn Fn(usize) -> bool + Sync)| {
            let index = self.read();
            let documents = index.filtered(&filter)?;
            let mut hits = Hits::default();
            for list in documents.numbers(rows, k.0, threads.0, go_on)? {
                hits.push(list.iter().map(|&(number, score)| (index.id(number), score)));
            }
            Ok((hits, k.0.min(index.len())))
        };
        let (hits, width) = if rows.len() <= FEW && !progress {
            py.detach(|| search(&|_| true)).map_err(to_python)?
        } else {
            watched(py, &bar, |watch| search(&|steps| watch.advance(steps)).map_err(to_python))?
        };
        hits.arrays(py, width, self.texts.load(Ordering::Relaxed))
    }

    #[doc = rank_pyo3::stub!("SparseIndex.search_named")]
    #[pyo3(signature = (weights, k = K(100), *, filter = None), text_signature = "($self, weights, k=100, *, filter=None)")]
    fn search_named<'py>(
        &self,
        py: Python<'py>,
        weights: &Bound<'py, PyAny>,
        k: K,
        filter: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let weights = named(weights, "weights")?;
        let filter = filter::read(filter)?;
        let hits = py.detach(|| self.read().filtered(&filter)?.search_named(&weights, k.0)).map_err(to_python)?;
        hits::ranked(py, hits)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.declare_field")]
    fn declare_field(&self, py: Python<'_>, field: &str, kind: &str) -> PyResult<()> {
        let kind = kind.parse().map_err(to_python)?;
        py.detach(|| self.write().declare_field(field, kind)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.set_fields")]
    fn set_fields(&self, py: Python<'_>, id: &Bound<'_, PyAny>, fields: &Bound<'_, PyAny>) -> PyResult<bool> {
        let id = Id::extract(PACKAGE, id, "id")?;
        let fields = fields::stored(Some(fields))?;
        py.detach(|| self.write().set_fields(&Key(id), &fields)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.set_field")]
    fn set_field(
        &self,
        py: Python<'_>,
        field: &str,
        ids: &Bound<'_, PyAny>,
        values: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let column = fields::FieldColumn::read(field, ids, values)?;
        py.detach(|| column.store(&mut *self.write()))
    }

    #[doc = rank_pyo3::stub!("SparseIndex.fields")]
    fn fields<'py>(&self, py: Python<'py>, id: &Bound<'_, PyAny>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let id = Id::extract(PACKAGE, id, "id")?;
        let found = py.detach(|| self.read().fields(&Key(id))).map_err(to_python)?;
        fields::dict(py, found)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.field_types")]
    fn field_types<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        fields::types(py, py.detach(|| self.read().field_types()))
    }

    #[doc = rank_pyo3::stub!("SparseIndex.ids")]
    #[pyo3(name = "ids", signature = (filter = None))]
    fn all_ids<'py>(&self, py: Python<'py>, filter: Option<&Bound<'_, PyAny>>) -> PyResult<Bound<'py, PyList>> {
        let filter = filter::read(filter)?;
        let ids = py.detach(|| Ok(self.read().filtered(&filter)?.ids())).map_err(to_python)?;
        fields::list(py, ids)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.compile")]
    fn compile(&self, py: Python<'_>, filter: &Bound<'_, PyAny>) -> PyResult<filter::Filter> {
        let filter = filter::read(Some(filter))?;
        py.detach(|| self.read().compile(&filter)).map(filter::Filter::new).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.mask")]
    fn mask<'py>(&self, py: Python<'py>, filter: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyArray1<bool>>> {
        let filter = filter::read(Some(filter))?;
        let mask = py.detach(|| Ok(self.read().filtered(&filter)?.mask())).map_err(to_python)?;
        Ok(filter::array(py, mask))
    }

    #[doc = rank_pyo3::stub!("SparseIndex.matches")]
    #[pyo3(signature = (query = None, filter = None))]
    fn matches(
        &self,
        py: Python<'_>,
        query: Option<&Bound<'_, PyAny>>,
        filter: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Matches> {
        self.matching(py, query, filter).map(Matches)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.count")]
    #[pyo3(signature = (query = None, filter = None))]
    fn count(
        &self,
        py: Python<'_>,
        query: Option<&Bound<'_, PyAny>>,
        filter: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<usize> {
        self.matching(py, query, filter).map(|matches| matches.len())
    }

    #[doc = rank_pyo3::stub!("SparseIndex.impacts")]
    #[getter]
    fn impacts(&self, py: Python<'_>) -> &'static str {
        py.detach(|| self.read().impacts().name())
    }

    #[doc = rank_pyo3::stub!("SparseIndex.max_weight")]
    #[getter]
    fn max_weight(&self, py: Python<'_>) -> Option<f32> {
        py.detach(|| self.read().max_weight())
    }

    #[doc = rank_pyo3::stub!("SparseIndex.save")]
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.detach(|| self.read().save(path)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.commit")]
    fn commit(&self, py: Python<'_>, folder: PathBuf) -> PyResult<()> {
        py.detach(|| self.read().commit(folder)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.load")]
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let index = py.detach(|| Index::load(path)).map_err(to_python)?;
        Ok(Self::opened(index))
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        py.detach(|| self.read().len())
    }

    fn __contains__(&self, py: Python<'_>, id: &Bound<'_, PyAny>) -> PyResult<bool> {
        let id = Id::extract(PACKAGE, id, "id")?;
        Ok(py.detach(|| self.read().contains(&Key(id))))
    }
}
