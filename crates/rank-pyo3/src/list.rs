//! Ranked lists and lists of strings.

use std::fmt;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyMapping, PyString, PyTuple};

use crate::{Id, Package, describe, text};

fn no_list(package: Package, value: &Bound<'_, PyAny>, argument: &str, what: &str) -> PyErr {
    package.dtype(format_args!("{argument}: expected {what}, got {}; pass a list", describe(value)))
}

/// The entries of anything iterable but a `str`, which is never the list that was meant.
///
/// # Errors
///
/// `DtypeError` for a single `str` or `bytes` and for anything that is not iterable.
pub fn items<'py>(
    package: Package,
    value: &Bound<'py, PyAny>,
    argument: &str,
    what: &str,
) -> PyResult<impl Iterator<Item = PyResult<Bound<'py, PyAny>>>> {
    if value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>() {
        return Err(no_list(package, value, argument, what));
    }
    value.try_iter().map_err(|_| no_list(package, value, argument, what))
}

/// The place of an entry, put into words only where something is wrong with it.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// The name of the list.
    pub argument: &'a str,
    /// The number of the entry.
    pub position: usize,
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.argument, self.position)
    }
}

/// A score; `argument` names it in messages.
///
/// # Errors
///
/// `DtypeError` for anything but a number.
pub fn score(package: Package, value: &Bound<'_, PyAny>, argument: impl fmt::Display) -> PyResult<f64> {
    value.extract::<f64>().map_err(|_| {
        package.dtype(format_args!(
            "{argument}: expected a number as score, got {}; pass (id, score) pairs",
            describe(value)
        ))
    })
}

/// Calls `visit` with each key of a mapping and its value.
///
/// # Errors
///
/// `DtypeError` for anything that is no mapping, and what `visit` returns.
pub fn for_each_entry<'py>(
    package: Package,
    value: &Bound<'py, PyAny>,
    argument: &str,
    what: &str,
    mut visit: impl FnMut(&Bound<'py, PyAny>, &Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<()> {
    let Ok(mapping) = value.cast::<PyMapping>() else {
        return Err(package.dtype(format_args!("{argument}: expected {what}, got {}; pass a dict", describe(value))));
    };
    // A list of the items, even of a dict: `visit` may run Python code that changes it.
    for entry in mapping.items()? {
        let (key, value) = entry.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        visit(&key, &value)?;
    }
    Ok(())
}

/// Entries that are taken from a dict at once.
const TAKEN: usize = 256;

/// The entries of a dict in place. Objects lie all over the memory: many are taken before the first is read, so that the
/// processor waits for all of them together.
///
/// Only for loops that run no Python code, which might change the dict: it panics then.
#[inline]
pub fn entries<'py>(dict: &Bound<'py, PyDict>) -> impl Iterator<Item = (Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let mut left = dict.iter();
    let mut taken = Vec::with_capacity(TAKEN.min(dict.len()));
    std::iter::from_fn(move || {
        if taken.is_empty() {
            taken.extend(left.by_ref().take(TAKEN));
            taken.reverse();
        }
        taken.pop()
    })
}

/// Visits the entries of a dict in place, many at a time as [`entries`] does, as long as `visit` says so; returns whether
/// it always did. The tightest loop there is over a dict: nothing stands between it and what `visit` does.
///
/// Only for a `visit` that runs no Python code, which might change the dict: it panics then.
#[inline]
pub fn all_entries<'py>(
    dict: &Bound<'py, PyDict>,
    mut visit: impl FnMut(Bound<'py, PyAny>, Bound<'py, PyAny>) -> bool,
) -> bool {
    let mut left = dict.iter();
    let mut taken = Vec::with_capacity(TAKEN.min(dict.len()));
    loop {
        taken.extend(left.by_ref().take(TAKEN));
        if taken.is_empty() {
            return true;
        }
        for (key, value) in taken.drain(..) {
            if !visit(key, value) {
                return false;
            }
        }
    }
}

/// A tuple or list of two. A `str` of two characters is none.
pub fn pair<'py>(entry: &Bound<'py, PyAny>) -> Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    if let Ok(tuple) = entry.cast::<PyTuple>() {
        return (tuple.len() == 2).then(|| Some((tuple.get_item(0).ok()?, tuple.get_item(1).ok()?)))?;
    }
    let list = entry.cast::<PyList>().ok()?;
    (list.len() == 2).then(|| Some((list.get_item(0).ok()?, list.get_item(1).ok()?)))?
}

/// Reads one ranked list: `(id, score)` pairs best first, objects with `id` and `score` (Qdrant's `ScoredPoint`), or a
/// dict of id to score, which has no order of its own and is sorted by score descending, then id ascending.
///
/// Order, duplicates and NaN are for the function that takes the list to check.
///
/// # Errors
///
/// `DtypeError` if the value, an entry, an id or a score is of another type.
pub fn ranked_list(package: Package, value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<(Id, f64)>> {
    let what = "a ranked list of (id, score) pairs";
    if value.cast::<PyMapping>().is_ok() {
        return from_mapping(package, value, argument);
    }
    let mut list = Vec::with_capacity(value.len().unwrap_or(0));
    for (position, entry) in items(package, value, argument, what)?.enumerate() {
        let entry = entry?;
        let at = At { argument, position };
        let (id, value) = if let Some(pair) = pair(&entry) {
            pair
        } else if let (Ok(id), Ok(score)) = (entry.getattr("id"), entry.getattr("score")) {
            (id, score)
        } else {
            return Err(package.dtype(format_args!(
                "{at}: expected an (id, score) pair, got {}; pass a list of pairs, best first, or a dict of id to score",
                describe(&entry)
            )));
        };
        list.push((Id::extract(package, &id, at)?, score(package, &value, at)?));
    }
    Ok(list)
}

fn from_mapping(package: Package, mapping: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<(Id, f64)>> {
    let mut list = Vec::with_capacity(mapping.len()?);
    for_each_entry(package, mapping, argument, "a dict of id to score", |key, value| {
        let at = format!("{argument}[{}]", key.repr()?);
        list.push((Id::extract(package, key, &at)?, score(package, value, &at)?));
        Ok(())
    })?;
    list.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(list)
}

/// Reads a list of ranked lists.
///
/// # Errors
///
/// As [`ranked_list`].
pub fn ranked_lists(package: Package, value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<Vec<(Id, f64)>>> {
    let what = "a list of ranked lists";
    if value.is_instance_of::<PyDict>() {
        return Err(no_list(package, value, argument, what));
    }
    items(package, value, argument, what)?
        .enumerate()
        .map(|(position, list)| ranked_list(package, &list?, &format!("{argument}[{position}]")))
        .collect()
}

/// Reads a list of strings.
///
/// # Errors
///
/// `DtypeError` for a single `str`, for anything that is not iterable, and for an entry that is not a `str`;
/// `InvalidInputError` for an entry with a lone surrogate.
pub fn strings(package: Package, value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<String>> {
    items(package, value, argument, "a list of str")?
        .enumerate()
        .map(|(position, entry)| text(package, &entry?, At { argument, position }).map(str::to_owned))
        .collect()
}

/// Reads a list of ids.
///
/// # Errors
///
/// As [`Id::extract`], and `DtypeError` for what is not iterable.
pub fn ids(package: Package, value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<Id>> {
    items(package, value, argument, "a list of ids")?
        .enumerate()
        .map(|(position, entry)| Id::extract(package, &entry?, format_args!("{argument}[{position}]")))
        .collect()
}

impl Package {
    /// A ranked list as Python sees it: a list of `(id, score)` tuples.
    ///
    /// # Errors
    ///
    /// Only when Python is out of memory.
    pub fn ranked<'py, S: Into<f64> + Copy>(self, py: Python<'py>, list: &[(Id, S)]) -> PyResult<Bound<'py, PyList>> {
        let pairs: Vec<Bound<'py, PyTuple>> =
            list.iter().map(|(id, score)| (id, (*score).into()).into_pyobject(py)).collect::<PyResult<_>>()?;
        PyList::new(py, pairs)
    }
}
