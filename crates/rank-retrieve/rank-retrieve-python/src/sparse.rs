//! Learned sparse vectors.

use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyDict, PyList, PyMapping, PyString};
use rank_pyo3::{Id, ProgressBar, items, watched};
use rank_retrieve::{Error, FilteredSparse, JsonVectors, SparseBuilder, SparseRows, StoredFields};

use crate::arguments::{Dimensions, K, MemoryLimit, Threads, new_ids};
use crate::errors::{PACKAGE, to_python};
use crate::feedback;
use crate::fields;
use crate::filter;
use crate::hits::{self, Hits};
use crate::hnsw::Key;
use crate::long;
use crate::noted::{Noted, methods};
use crate::rows::{Rows, is_matrix};
use crate::source::names;
use crate::sparse_feedback::SparseExplanation;
use crate::sparse_source::{Document, Named, Target, fill, named};

/// Ranked lists of document numbers.
type Numbers = Vec<Vec<(u32, f32)>>;
type Index = rank_retrieve::SparseIndex<Key>;

/// Queries that are answered before Ctrl-C could be missed: a thread that watches them would take as long as one.
const FEW: usize = 16;

#[doc = rank_pyo3::stub!("SparseIndex")]
#[pyclass(module = "rank_retrieve", frozen)]
pub(crate) struct SparseIndex {
    index: Noted<Index>,
}

/// Vectors go to the index.
impl Target for &SparseIndex {
    fn add(&mut self, documents: Vec<Document>) -> Result<(), (usize, Error)> {
        for (Key(id), ..) in &documents {
            self.index.note(id);
        }
        Target::add(&mut *self.index.write(), documents)
    }

    fn add_rows(&mut self, ids: &[Key], rows: SparseRows<'_>, stored: &[StoredFields]) -> Result<(), Error> {
        for Key(id) in ids {
            self.index.note(id);
        }
        Target::add_rows(&mut *self.index.write(), ids, rows, stored)
    }

    fn add_json_lines(
        &mut self,
        path: &Path,
        fields: &JsonVectors,
        threads: usize,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<usize, Error> {
        let mut index = self.index.write();
        let before = index.numbered() as u32;
        let added = Target::add_json_lines(&mut *index, path, fields, threads, go_on);
        for number in before..index.numbered() as u32 {
            self.index.note(&index.id(number).0);
        }
        added
    }
}

/// What a vector is given back as.
enum Vector {
    Names(Vec<(String, f32)>),
    Numbers(Vec<(u32, f32)>),
}

/// One query: a dict or a text of pieces, or the row of a matrix.
enum Query<'py> {
    Named(Named),
    Row(Rows<'py>),
}

impl<'py> Query<'py> {
    fn new(query: &Bound<'py, PyAny>) -> PyResult<Self> {
        if query.cast::<PyMapping>().is_ok() || query.cast::<PyString>().is_ok() {
            return named(query, "query").map(Self::Named);
        }
        let query = Rows::new(query, "query")?;
        let rows = query.rows()?.len();
        if rows == 1 {
            return Ok(Self::Row(query));
        }
        Err(PACKAGE.shape(format_args!("query: expected one row, got {rows}; pass matrix[[row]]")))
    }
}

/// How a batch of queries is to be answered.
struct Batch<'a> {
    k: usize,
    threads: usize,
    progress: bool,
    filter: &'a rank_retrieve::Filter<Key>,
}

impl SparseIndex {
    /// The documents that share a dimension with a query; all without one.
    fn matching(
        &self,
        py: Python<'_>,
        query: Option<&Bound<'_, PyAny>>,
        filter: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<rank_retrieve::Matches> {
        let filter = filter::read(filter)?;
        match query.map(Query::new).transpose()? {
            None => py.detach(|| Ok(self.index.read().filtered(&filter)?.all())),
            Some(Query::Named(weights)) => py.detach(|| self.index.read().filtered(&filter)?.matches_named(&weights)),
            Some(Query::Row(row)) => {
                let row = row.rows()?;
                py.detach(|| self.index.read().filtered(&filter)?.matches(row))
            }
        }
        .map_err(to_python)
    }

    /// The answers to so many queries, as arrays.
    fn answer<'py>(
        &self,
        py: Python<'py>,
        batch: &Batch<'_>,
        queries: usize,
        numbers: impl Fn(&FilteredSparse<'_, Key>, &(dyn Fn(usize) -> bool + Sync)) -> Result<Numbers, Error> + Sync,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let bar = ProgressBar::new(PACKAGE, py, queries, batch.progress)?;
        let search = |go_on: &(dyn Fn(usize) -> bool + Sync)| {
            let index = self.index.read();
            let mut hits = Hits::default();
            for list in numbers(&index.filtered(batch.filter)?, go_on)? {
                hits.push(list.iter().map(|&(number, score)| (index.id(number), score)));
            }
            Ok((hits, batch.k.min(index.len())))
        };
        let (hits, width) = if queries <= FEW && !batch.progress {
            py.detach(|| search(&|_| true)).map_err(to_python)?
        } else {
            watched(py, &bar, |watch| search(&|steps| watch.advance(steps)).map_err(to_python))?
        };
        hits.arrays(py, width, self.index.has_texts())
    }
}

/// An index whose weights are in a form.
fn made(impacts: &str, max_weight: Option<f32>) -> PyResult<Index> {
    let impacts = impacts.parse().map_err(to_python)?;
    Index::with_impacts(impacts, max_weight).map_err(to_python)
}

methods! { SparseIndex, "SparseIndex", {
    #[new]
    #[pyo3(
        signature = (*, fields = None, impacts = "f32", max_weight = None),
        text_signature = "(*, fields=None, impacts='f32', max_weight=None)"
    )]
    fn new(
        fields: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = crate::arguments::impacts)] impacts: &str,
        #[pyo3(from_py_with = crate::arguments::max_weight)] max_weight: Option<f32>,
    ) -> PyResult<Self> {
        let mut index = made(impacts, max_weight)?;
        fields::declare(&mut index, fields)?;
        Ok(Self { index: Noted::new(index) })
    }

    #[doc = rank_pyo3::stub!("SparseIndex.add")]
    #[pyo3(signature = (ids, vectors, progress = false))]
    fn add(
        &self,
        py: Python<'_>,
        ids: &Bound<'_, PyAny>,
        vectors: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
    ) -> PyResult<()> {
        let ids = self.index.ids(ids)?;
        let vectors = Rows::new(vectors, "vectors")?;
        let rows = vectors.rows()?;
        long::added(py, ids.len(), progress, |go_on| {
            let mut index = self.index.write_all_new(&ids, rows.len(), "vectors")?;
            let keys: Vec<Key> = ids.into_iter().map(Key).collect();
            index.add_while(&keys, rows, go_on).map_err(to_python)
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
        let id = self.index.id(id)?;
        let weights = named(weights, "weights")?;
        let fields = fields::stored(fields)?;
        py.detach(|| self.index.write_new(&id)?.add_named_with(Key(id), &weights, &fields).map_err(to_python))
    }

    #[doc = rank_pyo3::stub!("SparseIndex.extend")]
    #[pyo3(
        signature = (
            documents, *, id = "id", vector = "vector", fields = None, threads = Threads(1),
            progress = false
        ),
        text_signature = "($self, documents, *, id='id', vector='vector', fields=None, threads=1, progress=False)"
    )]
    #[expect(clippy::too_many_arguments, reason = "all but one are keywords")]
    fn extend(
        &self,
        py: Python<'_>,
        documents: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = crate::arguments::name_of_id)] id: &str,
        #[pyo3(from_py_with = crate::arguments::name_of_vector)] vector: &str,
        fields: Option<&Bound<'_, PyAny>>,
        threads: Threads,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
    ) -> PyResult<usize> {
        let mut target = self;
        let stored = fields.map(|fields| names(fields, "fields")).transpose()?.unwrap_or_default();
        let fields = JsonVectors { id: id.to_owned(), vector: vector.to_owned(), stored };
        fill(py, &mut target, documents, &fields, threads.0, progress)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.build")]
    #[staticmethod]
    #[pyo3(
        signature = (
            path, documents, *, memory_limit = MemoryLimit(256 << 20), id = "id",
            vector = "vector", fields = None, threads = Threads(1), progress = false, impacts = "f32",
            max_weight = None
        ),
        text_signature = "(path, documents, *, memory_limit=268435456, id='id', vector='vector', fields=None, \
                          threads=1, progress=False, impacts='f32', max_weight=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "all but two are keywords")]
    fn build(
        py: Python<'_>,
        #[pyo3(from_py_with = crate::arguments::path)] path: PathBuf,
        documents: &Bound<'_, PyAny>,
        memory_limit: MemoryLimit,
        #[pyo3(from_py_with = crate::arguments::name_of_id)] id: &str,
        #[pyo3(from_py_with = crate::arguments::name_of_vector)] vector: &str,
        fields: Option<&Bound<'_, PyAny>>,
        threads: Threads,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
        #[pyo3(from_py_with = crate::arguments::impacts)] impacts: &str,
        #[pyo3(from_py_with = crate::arguments::max_weight)] max_weight: Option<f32>,
    ) -> PyResult<Self> {
        let settings = made(impacts, max_weight)?;
        let mut builder = py.detach(|| SparseBuilder::of(&settings, path, memory_limit.0)).map_err(to_python)?;
        let stored = fields.map(|fields| names(fields, "fields")).transpose()?.unwrap_or_default();
        let fields = JsonVectors { id: id.to_owned(), vector: vector.to_owned(), stored };
        fill(py, &mut builder, documents, &fields, threads.0, progress)?;
        let bar = ProgressBar::named(PACKAGE, py, Some("impacts"), Some(builder.len()), Some("documents"), progress)?;
        let index = watched(py, &bar, |watch| builder.finish(|steps| watch.advance(steps)).map_err(to_python))?;
        Ok(Self { index: Noted::new(index) })
    }

    #[doc = rank_pyo3::stub!("SparseIndex.update")]
    #[pyo3(signature = (ids, vectors, progress = false))]
    fn update(
        &self,
        py: Python<'_>,
        ids: &Bound<'_, PyAny>,
        vectors: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
    ) -> PyResult<usize> {
        let ids = self.index.ids(ids)?;
        let vectors = Rows::new(vectors, "vectors")?;
        let rows = vectors.rows()?;
        long::added(py, ids.len(), progress, |go_on| {
            new_ids(&ids, rows.len(), "vectors", |_| false)?;
            let keys: Vec<Key> = ids.into_iter().map(Key).collect();
            self.index.write().update_while(&keys, rows, go_on).map_err(to_python)
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
        let id = self.index.id(id)?;
        let weights = named(weights, "weights")?;
        let fields = fields::stored(fields)?;
        py.detach(|| self.index.write().update_named_with(Key(id), &weights, &fields)).map_err(to_python)
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
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
        threads: Threads,
        filter: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let filter = filter::read(filter)?;
        let batch = Batch { k: k.0, threads: threads.0, progress, filter: &filter };
        if is_matrix(queries)? || queries.hasattr("tocsr")? {
            let queries = Rows::new(queries, "queries")?;
            let rows = queries.rows()?;
            return self.answer(py, &batch, rows.len(), |documents, go_on| {
                documents.numbers(rows, batch.k, batch.threads, go_on)
            });
        }
        let what = "a CSR matrix, or a list of dicts or texts of pieces";
        let queries = items(PACKAGE, queries, "queries", what)?.enumerate();
        let queries = queries.map(|(at, query)| named(&query?, &format!("queries[{at}]"))).collect::<PyResult<Vec<_>>>()?;
        self.answer(py, &batch, queries.len(), |documents, go_on| {
            documents.numbers_named(&queries, batch.k, batch.threads, go_on)
        })
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
        let hits = py.detach(|| self.index.read().filtered(&filter)?.search_named(&weights, k.0)).map_err(to_python)?;
        hits::ranked(py, hits)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.max_weight")]
    #[getter]
    fn max_weight(&self, py: Python<'_>) -> Option<f32> {
        py.detach(|| self.index.read().max_weight())
    }

    #[doc = rank_pyo3::stub!("SparseIndex.vector")]
    fn vector<'py>(&self, py: Python<'py>, id: &Bound<'_, PyAny>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let key = Key(Id::extract(PACKAGE, id, "id")?);
        let found = py.detach(|| {
            let index = self.index.read();
            Ok(if index.has_names() {
                index.vector_named(&key)?.map(Vector::Names)
            } else {
                index.vector(&key)?.map(Vector::Numbers)
            })
        });
        match found.map_err(to_python)? {
            None => Ok(None),
            Some(Vector::Names(pairs)) => pairs.into_py_dict(py).map(Some),
            Some(Vector::Numbers(pairs)) => pairs.into_py_dict(py).map(Some),
        }
    }

    #[doc = rank_pyo3::stub!("SparseIndex.explain")]
    fn explain(&self, py: Python<'_>, id: &Bound<'_, PyAny>, query: &Bound<'_, PyAny>) -> PyResult<SparseExplanation> {
        let id = Id::extract(PACKAGE, id, "id")?;
        let key = Key(id.clone());
        let why = match Query::new(query)? {
            Query::Named(weights) => {
                let why = py.detach(|| self.index.read().explain_named(&key, &weights)).map_err(to_python)?;
                why.map(|why| SparseExplanation::new(py, why))
            }
            Query::Row(row) => {
                let row = row.rows()?;
                let why = py.detach(|| self.index.read().explain(&key, row)).map_err(to_python)?;
                why.map(|why| SparseExplanation::new(py, why))
            }
        };
        why.ok_or_else(|| feedback::unknown(&id))?
    }

    #[doc = rank_pyo3::stub!("SparseIndex.more_like_this")]
    #[pyo3(
        signature = (id, k = K(100), dimensions = None, *, filter = None),
        text_signature = "($self, id, k=100, dimensions=None, *, filter=None)"
    )]
    fn more_like_this<'py>(
        &self,
        py: Python<'py>,
        id: &Bound<'py, PyAny>,
        k: K,
        dimensions: Option<Dimensions>,
        filter: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let id = Id::extract(PACKAGE, id, "id")?;
        let filter = filter::read(filter)?;
        let most = dimensions.map_or(usize::MAX, |dimensions| dimensions.0);
        let like = || self.index.read().filtered(&filter)?.more_like_this(&Key(id.clone()), k.0, most);
        let hits = py.detach(like).map_err(to_python)?.ok_or_else(|| feedback::unknown(&id))?;
        hits::ranked(py, hits)
    }

    #[doc = rank_pyo3::stub!("SparseIndex.prepare")]
    #[pyo3(signature = (progress = false))]
    fn prepare(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
    ) -> PyResult<()> {
        let total = py.detach(|| self.index.read().numbered());
        long::work(py, "impacts", total, progress, |go_on| self.index.read().prepare_while(go_on))
    }

    #[doc = rank_pyo3::stub!("SparseIndex.save")]
    #[pyo3(signature = (path, progress = false))]
    fn save(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = crate::arguments::path)] path: PathBuf,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
    ) -> PyResult<()> {
        let total = py.detach(|| self.index.read().numbered());
        long::work(py, "impacts", total, progress, |go_on| self.index.read().prepare_while(go_on))?;
        long::work(py, "save", total, progress, |go_on| self.index.read().save_while(path, go_on))
    }

    #[doc = rank_pyo3::stub!("SparseIndex.commit")]
    #[pyo3(signature = (folder, progress = false))]
    fn commit(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = crate::arguments::folder)] folder: PathBuf,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
    ) -> PyResult<()> {
        let total = py.detach(|| self.index.read().numbered());
        long::work(py, "commit", total, progress, |go_on| self.index.read().commit_while(folder, go_on))
    }

    #[doc = rank_pyo3::stub!("SparseIndex.load")]
    #[staticmethod]
    fn load(py: Python<'_>, #[pyo3(from_py_with = crate::arguments::path)] path: PathBuf) -> PyResult<Self> {
        let index = py.detach(|| Index::load(path)).map_err(to_python)?;
        Ok(Self { index: Noted::new(index) })
    }
} }
