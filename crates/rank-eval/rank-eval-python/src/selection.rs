//! Parts of runs and qrels, and several made one.

use std::collections::HashSet;

use pyo3::PyClass;
use pyo3::prelude::*;
use rank_eval::Duplicates;
use rank_pyo3::describe;

use crate::errors::PACKAGE;
use crate::ids::id;
use crate::statistics::choice;

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

/// The ids of queries, each of which must be `known`.
pub(crate) fn queries<'a>(
    value: &Bound<'_, PyAny>,
    known: impl Iterator<Item = &'a str>,
    table: &str,
) -> PyResult<HashSet<String>> {
    let known: HashSet<&str> = known.collect();
    let entries = rank_pyo3::items(PACKAGE, value, "queries", "a list of ids")?;
    let text = |(position, entry): (usize, PyResult<Bound<'_, PyAny>>)| {
        let id = id(&entry?, &format!("queries[{position}]"))?.into_owned();
        if known.contains(id.as_str()) {
            Ok(id)
        } else {
            Err(PACKAGE.invalid(format_args!(
                "queries[{position}]: expected a query of the {table}, got {id:?}; leave it out"
            )))
        }
    };
    entries.enumerate().map(text).collect()
}

/// How many documents; a negative number is no type error.
pub(crate) fn depth(depth: i64) -> PyResult<usize> {
    usize::try_from(depth)
        .map_err(|_| PACKAGE.invalid(format_args!("depth: expected at least 0, got {depth}; 1000 is usual")))
}
