//! Parts of runs and qrels, and several made one.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::ControlFlow;

use pyo3::PyClass;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use rank_eval::{Duplicates, Watch};
use rank_pyo3::{ProgressBar, describe};

use crate::errors::{PACKAGE, to_python};
use crate::ids::id;
use crate::statistics::choice;
use crate::work::watched_rows;

/// What becomes of a row that two of the merged tables have.
pub(crate) fn duplicates(policy: &str) -> PyResult<Duplicates> {
    let known =
        [("refuse", Duplicates::Refuse), ("keep_first", Duplicates::KeepFirst), ("keep_last", Duplicates::KeepLast)];
    choice("duplicates", policy, &known)
}

/// The tables to merge.
pub(crate) fn tables<'py, T: PyClass>(
    value: &Bound<'py, PyAny>,
    argument: &str,
    class: &str,
) -> PyResult<Vec<Bound<'py, T>>> {
    let what = format!("a list of {class}");
    let entries = rank_pyo3::items(PACKAGE, value, argument, &what)?;
    let table = |(position, entry): (usize, PyResult<Bound<'py, PyAny>>)| {
        let entry = entry?;
        entry.cast_into::<T>().map_err(|refused| {
            PACKAGE.dtype(format_args!(
                "{argument}[{position}]: expected a {class}, got {}; read it with one of the methods of {class} first",
                describe(&refused.into_inner())
            ))
        })
    };
    entries.enumerate().map(table).collect()
}

/// A function that says whether a row stays.
pub(crate) type Asked<'a, V> = dyn FnMut(&str, &str, V) -> bool + 'a;

/// So many rows are shown on a bar at once.
const PIECE: usize = 1 << 12;

/// What is to be kept: what a function says, or what has one of some ids.
pub(crate) enum Keep<'a, 'py> {
    Asked(&'a Bound<'py, PyAny>),
    Known(HashSet<String>),
}

impl<'a, 'py> Keep<'a, 'py> {
    /// Queries; ids must be `known`.
    pub(crate) fn queries<'t>(
        value: &'a Bound<'py, PyAny>,
        known: impl Iterator<Item = &'t str>,
        table: &str,
    ) -> PyResult<Self> {
        let known: HashSet<&str> = known.collect();
        Self::new(value, "queries", |position, id| {
            if known.contains(id) {
                return Ok(());
            }
            Err(PACKAGE.invalid(format_args!(
                "queries[{position}]: expected a query of the {table}, got {id:?}; leave it out"
            )))
        })
    }

    /// Documents.
    pub(crate) fn documents(value: &'a Bound<'py, PyAny>) -> PyResult<Self> {
        Self::new(value, "documents", |_, _| Ok(()))
    }

    fn new(
        value: &'a Bound<'py, PyAny>,
        argument: &str,
        check: impl Fn(usize, &str) -> PyResult<()>,
    ) -> PyResult<Self> {
        if value.is_callable() {
            return Ok(Self::Asked(value));
        }
        let entries = rank_pyo3::items(PACKAGE, value, argument, "a function or a list of ids")?;
        let text = |(position, entry): (usize, PyResult<Bound<'_, PyAny>>)| {
            let id = id(&entry?, &format!("{argument}[{position}]"))?.into_owned();
            check(position, &id)?;
            Ok(id)
        };
        entries.enumerate().map(text).collect::<PyResult<_>>().map(Self::Known)
    }

    /// Calls `slice` with a function that says which queries stay.
    pub(crate) fn slice<T>(self, slice: impl FnOnce(&mut dyn FnMut(&str) -> bool) -> T) -> PyResult<T> {
        match self {
            Self::Known(ids) => Ok(slice(&mut |query| ids.contains(query))),
            Self::Asked(function) => {
                let mut raised = None;
                let sliced = slice(&mut |query| ask(&mut raised, "queries", || function.call1((query,))));
                raised.map_or(Ok(sliced), Err)
            }
        }
    }

    /// Calls `filter` with a function that says which of so many rows stay.
    pub(crate) fn filter<T: Send, V: Copy + IntoPyObject<'py>>(
        self,
        py: Python<'py>,
        rows: usize,
        bar: &ProgressBar,
        filter: impl FnOnce(&mut Asked<'_, V>, &Watch<'_>) -> rank_eval::Result<T> + Send,
    ) -> PyResult<T> {
        match self {
            Self::Known(ids) => {
                watched_rows(py, rows, bar, |watch| filter(&mut |_, document, _| ids.contains(document), watch))
            }
            Self::Asked(function) => {
                let (mut raised, mut asked) = (None, 0);
                let filtered = filter(
                    &mut |query, document, value| {
                        asked += 1;
                        let shown = if asked % PIECE == 0 { bar.update(py, PIECE) } else { Ok(()) };
                        ask(&mut raised, "documents", || shown.and_then(|()| function.call1((query, document, value))))
                    },
                    &|_| ControlFlow::Continue(()),
                );
                bar.update(py, asked % PIECE)?;
                raised.map_or(filtered.map_err(to_python), Err)
            }
        }
    }
}

/// What a function says; nothing is asked any more when it has raised.
fn ask<'py>(raised: &mut Option<PyErr>, argument: &str, call: impl FnOnce() -> PyResult<Bound<'py, PyAny>>) -> bool {
    if raised.is_some() {
        return false;
    }
    let answer = call().and_then(|answer| {
        answer.extract::<bool>().map_err(|_| {
            PACKAGE.dtype(format_args!(
                "{argument}: expected a function that returns a bool, got {} from it; return True for what stays",
                describe(&answer)
            ))
        })
    });
    answer.unwrap_or_else(|error| {
        *raised = Some(error);
        false
    })
}

/// The id of one query.
pub(crate) fn query<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, str>> {
    id(value, "query")
}

/// The error of a query that is not there.
pub(crate) fn no_query(query: &str) -> PyErr {
    PyKeyError::new_err(query.to_owned())
}

/// How many documents; a negative number is no type error.
pub(crate) fn depth(depth: i64) -> PyResult<usize> {
    usize::try_from(depth)
        .map_err(|_| PACKAGE.invalid(format_args!("depth: expected at least 0, got {depth}; 1000 is usual")))
}
