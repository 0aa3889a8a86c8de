//! Runs in columns: NumPy arrays, Arrow tables, TREC files; read in place and fused without the GIL.

use std::path::PathBuf;

use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use rank_fusion::{Rows, TrecRun};
use rank_pyo3::arrow::{ArrowTable, IdColumn, IdRef, ScoreColumn};
use rank_pyo3::frames::import;
use rank_pyo3::{Id, describe};

use crate::errors::{PACKAGE, to_python};

/// A run, in the memory of whoever made it where that can be read as it is.
pub(crate) enum Source<'py> {
    Ints {
        queries: PyReadonlyArray1<'py, i64>,
        documents: PyReadonlyArray1<'py, i64>,
        scores: PyReadonlyArray1<'py, f64>,
    },
    Ids {
        queries: Vec<Id>,
        documents: Vec<Id>,
        scores: Vec<f64>,
    },
    Arrow(Vec<Chunk>),
    Trec(TrecRun),
}

/// Consecutive rows of a table.
pub(crate) struct Chunk {
    start: usize,
    queries: IdColumn,
    documents: IdColumn,
    scores: ScoreColumn,
}

/// The same without Python, to be read by many threads.
#[derive(Clone, Copy)]
pub(crate) enum View<'a> {
    Ints { queries: &'a [i64], documents: &'a [i64], scores: &'a [f64] },
    Ids { queries: &'a [Id], documents: &'a [Id], scores: &'a [f64] },
    Arrow(&'a [Chunk]),
    Trec(&'a TrecRun),
}

impl<'py> Source<'py> {
    /// A tuple of three arrays, an Arrow table, or the name of a TREC file.
    pub(crate) fn read(run: &Bound<'py, PyAny>, argument: &str) -> PyResult<Self> {
        let py = run.py();
        if let Ok(columns) = run.cast::<PyTuple>()
            && columns.len() == 3
        {
            return Self::arrays(columns, argument);
        }
        if ArrowTable::accepts(run)? {
            return Self::table(run, argument);
        }
        if run.is_instance_of::<PyString>() || run.hasattr("__fspath__")? {
            let path: PathBuf = run.extract()?;
            return py.detach(|| TrecRun::read(path)).map(Self::Trec).map_err(to_python);
        }
        Err(PACKAGE.dtype(format_args!(
            "{argument}: expected a dict of query to ranked list, a tuple of three arrays (query ids, doc ids, scores), an \
             Arrow table or the path of a TREC run, got {}; convert it",
            describe(run)
        )))
    }

    fn arrays(columns: &Bound<'py, PyTuple>, argument: &str) -> PyResult<Self> {
        let py = columns.py();
        let numpy = import(PACKAGE, py, "numpy", argument)?;
        let array = |place: usize| numpy.call_method1("ascontiguousarray", (columns.get_item(place)?,));
        let (queries, documents, scores) = (array(0)?, array(1)?, array(2)?);
        let lengths = (queries.len()?, documents.len()?, scores.len()?);
        if lengths.0 != lengths.1 || lengths.0 != lengths.2 {
            return Err(PACKAGE.shape(format_args!(
                "{argument}: expected three arrays of one length, got lengths {lengths:?}; pass a query id, a doc id and a \
                 score per row"
            )));
        }
        let kind = |array: &Bound<'py, PyAny>| array.getattr("dtype")?.getattr("kind")?.extract::<String>();
        if !matches!(kind(&scores)?.as_str(), "f" | "i" | "u") {
            return Err(PACKAGE.dtype(format_args!(
                "{argument}[2]: expected an array of numbers, got {}; convert it",
                scores.getattr("dtype")?
            )));
        }
        let floats = |array: &Bound<'py, PyAny>| -> PyResult<PyReadonlyArray1<'py, f64>> {
            let array = array.call_method1("astype", ("float64", "C", "unsafe", true, false))?;
            rank_pyo3::vector(PACKAGE, &array, format_args!("{argument}[2]"), "(rows,)")
        };
        let scores = floats(&scores)?;
        let ints = |array: &Bound<'py, PyAny>, place: usize| -> PyResult<PyReadonlyArray1<'py, i64>> {
            let array = array.call_method1("astype", ("int64", "C", "safe", true, false)).map_err(|_| {
                PACKAGE.dtype(format_args!(
                    "{argument}[{place}]: expected ids that int64 holds, or texts, got another dtype; pass .astype(numpy.int64)"
                ))
            })?;
            rank_pyo3::vector(PACKAGE, &array, format_args!("{argument}[{place}]"), "(rows,)")
        };
        let is_int = |array: &Bound<'py, PyAny>| Ok::<_, PyErr>(matches!(kind(array)?.as_str(), "i" | "u"));
        if is_int(&queries)? && is_int(&documents)? {
            return Ok(Self::Ints { queries: ints(&queries, 0)?, documents: ints(&documents, 1)?, scores });
        }
        let ids = |array: &Bound<'py, PyAny>, place: usize| {
            rank_pyo3::ids(PACKAGE, &array.call_method0("tolist")?, &format!("{argument}[{place}]"))
        };
        Ok(Self::Ids {
            queries: ids(&queries, 0)?,
            documents: ids(&documents, 1)?,
            scores: scores.as_slice()?.to_vec(),
        })
    }

    fn table(run: &Bound<'py, PyAny>, argument: &str) -> PyResult<Self> {
        let table = ArrowTable::read(PACKAGE, run, argument)?;
        let queries = table.ids("query_id")?;
        let documents = table.ids("doc_id")?;
        let scores = table.scores("score")?;
        let mut start = 0;
        let chunks = queries.into_iter().zip(documents).zip(scores).map(|((queries, documents), scores)| {
            let chunk = Chunk { start, queries, documents, scores };
            start += chunk.scores.len();
            chunk
        });
        Ok(Self::Arrow(chunks.collect()))
    }

    pub(crate) fn view(&self) -> PyResult<View<'_>> {
        Ok(match self {
            Self::Ints { queries, documents, scores } => View::Ints {
                queries: queries.as_slice()?,
                documents: documents.as_slice()?,
                scores: scores.as_slice()?,
            },
            Self::Ids { queries, documents, scores } => View::Ids { queries, documents, scores },
            Self::Arrow(chunks) => View::Arrow(chunks),
            Self::Trec(run) => View::Trec(run),
        })
    }
}

fn id(id: &Id) -> IdRef<'_> {
    match id {
        Id::Int(number) => IdRef::Int(*number),
        Id::Str(text) => IdRef::Str(text),
    }
}

pub(crate) fn owned(id: IdRef<'_>) -> Id {
    match id {
        IdRef::Int(number) => Id::Int(number),
        IdRef::Str(text) => Id::Str(text.into()),
    }
}

fn chunk(chunks: &[Chunk], row: usize) -> &Chunk {
    &chunks[chunks.partition_point(|chunk| chunk.start <= row) - 1]
}

impl<'a> Rows for View<'a> {
    type Query = IdRef<'a>;
    type Document = IdRef<'a>;

    fn len(&self) -> usize {
        match self {
            Self::Ints { scores, .. } | Self::Ids { scores, .. } => scores.len(),
            Self::Arrow(chunks) => chunks.last().map_or(0, |chunk| chunk.start + chunk.scores.len()),
            Self::Trec(run) => run.len(),
        }
    }

    fn query(&self, row: usize) -> IdRef<'a> {
        match *self {
            Self::Ints { queries, .. } => IdRef::Int(queries[row]),
            Self::Ids { queries, .. } => id(&queries[row]),
            Self::Arrow(chunks) => {
                let chunk = chunk(chunks, row);
                chunk.queries.get(row - chunk.start)
            }
            Self::Trec(run) => IdRef::Str(run.query(row)),
        }
    }

    fn document(&self, row: usize) -> IdRef<'a> {
        match *self {
            Self::Ints { documents, .. } => IdRef::Int(documents[row]),
            Self::Ids { documents, .. } => id(&documents[row]),
            Self::Arrow(chunks) => {
                let chunk = chunk(chunks, row);
                chunk.documents.get(row - chunk.start)
            }
            Self::Trec(run) => IdRef::Str(run.document(row)),
        }
    }

    fn score(&self, row: usize) -> f64 {
        match *self {
            Self::Ints { scores, .. } | Self::Ids { scores, .. } => scores[row],
            Self::Arrow(chunks) => {
                let chunk = chunk(chunks, row);
                chunk.scores.get(row - chunk.start)
            }
            Self::Trec(run) => run.score(row),
        }
    }
}

/// Reads a run of any form into rows of its own, dicts included.
pub(crate) fn any_source<'py>(run: &Bound<'py, PyAny>, argument: &str) -> PyResult<Source<'py>> {
    let Ok(dict) = run.cast::<pyo3::types::PyMapping>() else {
        return Source::read(run, argument);
    };
    let (mut queries, mut documents, mut scores) = (Vec::new(), Vec::new(), Vec::new());
    rank_pyo3::for_each_entry(PACKAGE, dict.as_any(), argument, "a dict of query to ranked list", |query, list| {
        let at = format!("{argument}[{}]", query.repr()?);
        let query = Id::extract(PACKAGE, query, &at)?;
        for (document, score) in rank_pyo3::ranked_list(PACKAGE, list, &at)? {
            queries.push(query.clone());
            documents.push(document);
            scores.push(score);
        }
        Ok(())
    })?;
    Ok(Source::Ids { queries, documents, scores })
}

/// A query id, a document id and a score per row.
type Arrays<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Three arrays: the query and the document of each row, and its score.
pub(crate) fn to_arrays(py: Python<'_>, fused: rank_fusion::FusedRun<i64, i64>) -> Arrays<'_> {
    let mut queries = Vec::with_capacity(fused.documents.len());
    for (query, ends) in fused.queries.iter().zip(fused.starts.windows(2)) {
        queries.resize(ends[1], *query);
    }
    (
        PyArray1::from_vec(py, queries).into_any(),
        PyArray1::from_vec(py, fused.documents).into_any(),
        PyArray1::from_vec(py, fused.scores).into_any(),
    )
}

/// The same for ids of any kind.
pub(crate) fn ids_to_arrays<'py>(py: Python<'py>, fused: &rank_fusion::FusedRun<Id, Id>) -> PyResult<Arrays<'py>> {
    let numpy = import(PACKAGE, py, "numpy", "to_arrays")?;
    let array = |ids: Vec<&Id>| {
        let options = PyDict::new(py);
        // A mixture would become texts.
        let mixed = ids.iter().any(|id| matches!(id, Id::Int(_))) && ids.iter().any(|id| matches!(id, Id::Str(_)));
        if mixed || ids.is_empty() {
            options.set_item("dtype", "object")?;
        }
        let list: Vec<Bound<'py, PyAny>> = ids.into_iter().map(|id| id.into_pyobject(py)).collect::<Result<_, _>>()?;
        numpy.call_method("array", (list,), Some(&options))
    };
    let mut queries = Vec::with_capacity(fused.documents.len());
    for (query, ends) in fused.queries.iter().zip(fused.starts.windows(2)) {
        queries.resize(ends[1], query);
    }
    let documents = array(fused.documents.iter().collect())?;
    Ok((array(queries)?, documents, PyArray1::from_slice(py, &fused.scores).into_any()))
}
