//! Where sparse vectors come from: iterables, Arrow tables and streams, files.

use std::path::Path;

use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString};
use rank_pyo3::arrow::ArrowTable;
use rank_pyo3::{Id, ProgressBar, describe, for_each_entry, items, watched};
use rank_retrieve::{Error, JsonVectors, SparseBuilder, SparseIndex, SparseRows, StoredFields, count_pieces};

use crate::errors::{PACKAGE, to_python};
use crate::fields;
use crate::hnsw::Key;
use crate::rows::{Rows, is_matrix};
use crate::source::{entry, is_parquet, parquet};
use crate::sparse_table::table;

/// Vectors that are added together, each time without the GIL.
const TOGETHER: usize = 1024;

/// A vector of named dimensions.
pub(crate) type Named = Vec<(String, f32)>;

/// The names of a vector with their weights, from a mapping or a text of pieces; `argument` names it in messages.
pub(crate) fn named(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Named> {
    if value.is_instance_of::<PyString>() {
        let text = rank_pyo3::text(PACKAGE, value, argument)?;
        return Ok(count_pieces(text).into_iter().map(|(piece, weight)| (piece.to_owned(), weight)).collect());
    }
    let mut pairs = Vec::new();
    for_each_entry(PACKAGE, value, argument, "a dict of str to weight, or a text of pieces", |name, weight| {
        let at = format_args!("{argument}[{name:?}]");
        pairs.push((rank_pyo3::text(PACKAGE, name, at)?.to_owned(), rank_pyo3::number(PACKAGE, weight, at)?));
        Ok(())
    })?;
    Ok(pairs)
}

/// A document: its id, its vector, and what is stored with it.
pub(crate) type Document = (Key, Named, StoredFields);

/// What vectors are added to.
pub(crate) trait Target: Send {
    /// Adds vectors up to the first that cannot be added: which, and why.
    fn add(&mut self, documents: Vec<Document>) -> Result<(), (usize, Error)>;
    /// Adds the rows of a matrix, with what is stored with each, if that is anything.
    fn add_rows(&mut self, ids: &[Key], rows: SparseRows<'_>, stored: &[StoredFields]) -> Result<(), Error>;
    fn add_json_lines(
        &mut self,
        path: &Path,
        fields: &JsonVectors,
        threads: usize,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<usize, Error>;
}

macro_rules! target {
    ($($index:ident)*) => {$(
        impl Target for $index<Key> {
            fn add(&mut self, documents: Vec<Document>) -> Result<(), (usize, Error)> {
                documents.into_iter().enumerate().try_for_each(|(at, (id, weights, stored))| {
                    self.add_named_with(id, &weights, &stored).map_err(|error| (at, error))
                })
            }

            fn add_rows(&mut self, ids: &[Key], rows: SparseRows<'_>, stored: &[StoredFields]) -> Result<(), Error> {
                if stored.is_empty() { $index::add(self, ids, rows) } else { self.add_with(ids, rows, stored) }
            }

            fn add_json_lines(
                &mut self,
                path: &Path,
                fields: &JsonVectors,
                threads: usize,
                go_on: &mut dyn FnMut(usize) -> bool,
            ) -> Result<usize, Error> {
                self.add_json_lines(path, fields, threads, go_on)
            }
        }
    )*};
}

target! { SparseIndex SparseBuilder }

/// What an element of a source is.
enum Row<'py> {
    One(Document),
    /// Ids, and a matrix of as many rows.
    Many(Bound<'py, PyAny>, Rows<'py>),
}

/// A vector with its id and what is stored with it: a pair, a triple, or a mapping; or ids and a matrix.
fn row<'py>(row: &Bound<'py, PyAny>, position: usize, fields: &JsonVectors) -> PyResult<Row<'py>> {
    let at = |part: &str| format!("documents[{position}]{part}");
    if let Some((id, weights, stored)) = entry(row) {
        if is_matrix(&weights)? {
            return Ok(Row::Many(id, Rows::new(&weights, &at("[1]"))?));
        }
        let stored = fields::stored(stored.as_ref())?;
        return Ok(Row::One((Key(Id::extract(PACKAGE, &id, at("[0]"))?), named(&weights, &at("[1]"))?, stored)));
    }
    let Ok(mapping) = row.cast::<PyMapping>() else {
        return Err(PACKAGE.dtype(format_args!(
            "{}: expected (id, weights), (ids, matrix) or a dict, got {}; pass tuples or dicts",
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
    let part = |name: &str| at(&format!("[{name:?}]"));
    let weights = named(&get(&fields.vector)?, &part(&fields.vector))?;
    let mut stored = StoredFields::new();
    for name in &fields.stored {
        let value = if mapping.contains(name)? { Some(mapping.get_item(name)?) } else { None };
        if let Some(value) = value.filter(|value| !value.is_none()) {
            stored = stored.with(name, fields::value(&value, part(name))?);
        }
    }
    Ok(Row::One((Key(Id::extract(PACKAGE, &get(&fields.id)?, part(&fields.id))?), weights, stored)))
}

/// Adds all vectors of a source: how many.
pub(crate) fn fill(
    py: Python<'_>,
    target: &mut dyn Target,
    source: &Bound<'_, PyAny>,
    fields: &JsonVectors,
    threads: usize,
    progress: bool,
) -> PyResult<usize> {
    if let Some(path) = crate::source::path(source)? {
        if is_parquet(&path) {
            let names = [&[fields.id.clone(), fields.vector.clone()], &fields.stored[..]].concat();
            return table(py, target, &parquet(py, &path, &names)?, fields, progress);
        }
        let bar = ProgressBar::named(PACKAGE, py, None, None, Some("documents"), progress)?;
        return watched(py, &bar, |watch| {
            target.add_json_lines(&path, fields, threads, &mut |steps| watch.advance(steps)).map_err(to_python)
        });
    }
    if ArrowTable::accepts(source)? {
        return table(py, target, source, fields, progress);
    }
    let what = "a path, an Arrow table, or an iterable of (id, weights), (ids, matrix) or dicts";
    let mut rows = items(PACKAGE, source, "documents", what)?;
    let bar = ProgressBar::named(PACKAGE, py, None, source.len().ok(), Some("documents"), progress)?;
    let (mut position, mut added) = (0, 0);
    loop {
        let first = position;
        let mut batch = Vec::with_capacity(TOGETHER);
        let mut matrix = None;
        let mut failed = None;
        while batch.len() < TOGETHER && matrix.is_none() && failed.is_none() {
            let Some(value) = rows.next() else { break };
            match value.and_then(|value| row(&value, position, fields)) {
                Ok(Row::One(document)) => batch.push(document),
                Ok(Row::Many(ids, rows)) => matrix = Some((ids, rows)),
                Err(error) => failed = Some(error),
            }
            position += 1;
        }
        let mut count = batch.len();
        let at = |row: usize| move |source| to_python(Error::Row { row, source: Box::new(source) });
        py.detach(|| target.add(batch)).map_err(|(row, source)| at(first + row)(source))?;
        if let Some((ids, matrix)) = matrix {
            let argument = format!("documents[{}][0]", position - 1);
            let ids: Vec<Key> = rank_pyo3::ids(PACKAGE, &ids, &argument)?.into_iter().map(Key).collect();
            let rows = matrix.rows()?;
            py.detach(|| target.add_rows(&ids, rows, &[])).map_err(at(position - 1))?;
            count += ids.len();
        }
        added += count;
        if let Some(error) = failed {
            return Err(error);
        }
        if position == first {
            return Ok(added);
        }
        py.check_signals()?;
        bar.update(py, count)?;
    }
}
