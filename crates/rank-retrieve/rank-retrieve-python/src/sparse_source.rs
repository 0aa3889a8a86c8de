//! Where sparse vectors of named dimensions come from: iterables, and files of Anserini's JSON.

use std::path::Path;

use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString};
use rank_pyo3::{Id, ProgressBar, describe, for_each_entry, items, pair, score, watched};
use rank_retrieve::{Error, SparseBuilder, SparseIndex, count_pieces};

use crate::errors::{PACKAGE, to_python};
use crate::hnsw::Key;

/// Vectors that are added together, each time without the GIL.
const TOGETHER: usize = 1024;

/// A vector of named dimensions.
pub(crate) type Named = Vec<(String, f32)>;

/// The names of a vector with their weights, from a mapping or a text of pieces; `argument` names it in messages.
pub(crate) fn named(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Named> {
    if let Ok(text) = value.cast::<PyString>() {
        let text = text.to_cow()?;
        return Ok(count_pieces(&text).into_iter().map(|(piece, weight)| (piece.to_owned(), weight)).collect());
    }
    let mut pairs = Vec::new();
    for_each_entry(PACKAGE, value, argument, "a dict of str to weight, or a text of pieces", |name, weight| {
        let at = format!("{argument}[{}]", name.repr()?);
        let name: String = name
            .extract()
            .map_err(|_| PACKAGE.dtype(format_args!("{at}: expected a str, got {}; convert it", describe(name))))?;
        pairs.push((name, score(PACKAGE, weight, &at)? as f32));
        Ok(())
    })?;
    Ok(pairs)
}

/// What vectors are added to.
pub(crate) trait Target: Send {
    /// Adds vectors up to the first that cannot be added: which, and why.
    fn add(&mut self, rows: Vec<(Key, Named)>) -> Result<(), (usize, Error)>;
    fn add_json_lines(
        &mut self,
        path: &Path,
        names: [&str; 2],
        threads: usize,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<usize, Error>;
}

macro_rules! target {
    ($($index:ident)*) => {$(
        impl Target for $index<Key> {
            fn add(&mut self, rows: Vec<(Key, Named)>) -> Result<(), (usize, Error)> {
                let mut rows = rows.into_iter().enumerate();
                rows.try_for_each(|(at, (id, weights))| self.add_named(id, &weights).map_err(|error| (at, error)))
            }

            fn add_json_lines(
                &mut self,
                path: &Path,
                [id, vector]: [&str; 2],
                threads: usize,
                go_on: &mut dyn FnMut(usize) -> bool,
            ) -> Result<usize, Error> {
                self.add_json_lines(path, id, vector, threads, go_on)
            }
        }
    )*};
}

target! { SparseIndex SparseBuilder }

/// A vector with its id: a pair, or a mapping that has both.
fn row(row: &Bound<'_, PyAny>, position: usize, [id, vector]: [&str; 2]) -> PyResult<(Key, Named)> {
    let at = |part: &str| format!("documents[{position}]{part}");
    if let Some((id, weights)) = pair(row) {
        return Ok((Key(Id::extract(PACKAGE, &id, at("[0]"))?), named(&weights, &at("[1]"))?));
    }
    let Ok(mapping) = row.cast::<PyMapping>() else {
        return Err(PACKAGE.dtype(format_args!(
            "{}: expected (id, weights) or a dict, got {}; pass pairs or dicts",
            at(""),
            describe(row)
        )));
    };
    let get = |name: &str| {
        if !mapping.contains(name)? {
            return Err(PACKAGE.invalid(format_args!("{}: expected a key {name:?}, got none; pass its name", at(""))));
        }
        mapping.get_item(name)
    };
    let weights = named(&get(vector)?, &at(&format!("[{vector:?}]")))?;
    Ok((Key(Id::extract(PACKAGE, &get(id)?, at(&format!("[{id:?}]")))?), weights))
}

/// Adds all vectors of a source: how many.
pub(crate) fn fill(
    py: Python<'_>,
    target: &mut dyn Target,
    source: &Bound<'_, PyAny>,
    names: [&str; 2],
    threads: usize,
    progress: bool,
) -> PyResult<usize> {
    if let Some(path) = crate::source::path(source)? {
        let bar = ProgressBar::named(PACKAGE, py, None, None, Some("documents"), progress)?;
        return watched(py, &bar, |watch| {
            target.add_json_lines(&path, names, threads, &mut |steps| watch.advance(steps)).map_err(to_python)
        });
    }
    let what = "a path, or an iterable of (id, weights) or dicts";
    let mut rows = items(PACKAGE, source, "documents", what)?.enumerate();
    let bar = ProgressBar::named(PACKAGE, py, None, source.len().ok(), Some("documents"), progress)?;
    let mut added = 0;
    loop {
        let mut batch = Vec::with_capacity(TOGETHER);
        let mut failed = None;
        for (position, value) in rows.by_ref().take(TOGETHER) {
            match value.and_then(|value| row(&value, position, names)) {
                Ok(row) => batch.push(row),
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        let count = batch.len();
        py.detach(|| target.add(batch))
            .map_err(|(row, source)| to_python(Error::Row { row: added + row, source: Box::new(source) }))?;
        added += count;
        if let Some(error) = failed {
            return Err(error);
        }
        if count == 0 {
            return Ok(added);
        }
        py.check_signals()?;
        bar.update(py, count)?;
    }
}
