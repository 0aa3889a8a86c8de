//! Where documents come from: iterables, Arrow tables and streams, files.

use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyString};
use rank_pyo3::arrow::{ArrowStream, ArrowTable, IdColumn, IdRef, TextColumn};
use rank_pyo3::{Id, ProgressBar, describe, items, pair, watched};
use rank_retrieve::{Error, JsonFields};

use crate::errors::{PACKAGE, to_python};
use crate::hnsw::Key;
use crate::tokens::Tokens;

/// Documents that are added together, each time without the GIL.
const TOGETHER: usize = 4096;
/// No further document is taken behind so many bytes of text.
const BYTES: usize = 8 << 20;

/// What documents are added to.
pub(crate) trait Target: Send {
    fn add_texts(&mut self, ids: &[Key], texts: &[&str], threads: usize) -> Result<(), Error>;
    /// Adds the lists of `terms` from `first` on, up to one that cannot be added: which, and why.
    fn add_terms(&mut self, ids: &[Key], terms: &Tokens, first: usize) -> Result<(), (usize, Error)>;
    fn add_json_lines(
        &mut self,
        path: &Path,
        fields: &JsonFields,
        threads: usize,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<usize, Error>;
}

/// How documents are read.
pub(crate) struct Reading {
    pub(crate) fields: JsonFields,
    pub(crate) threads: usize,
    pub(crate) progress: bool,
}

impl Reading {
    pub(crate) fn new(id: String, text: Option<&Bound<'_, PyAny>>, threads: usize, progress: bool) -> PyResult<Self> {
        let text = match text {
            None => JsonFields::default().text,
            Some(text) => match text.cast::<PyString>() {
                Ok(name) => vec![name.to_string()],
                Err(_) => rank_pyo3::strings(PACKAGE, text, "text")?,
            },
        };
        if text.is_empty() {
            return Err(PACKAGE.invalid("text: expected the name of a field, got none; the default is title and text"));
        }
        Ok(Self { fields: JsonFields { id, text }, threads: threads.max(1), progress })
    }
}

/// Texts and terms that wait to be added.
#[derive(Default)]
struct Waiting {
    ids: Vec<Key>,
    /// Whether each is terms.
    are_terms: Vec<bool>,
    texts: Vec<String>,
    terms: Tokens,
    bytes: usize,
}

/// The path that a value is, if it is one.
pub(crate) fn path(value: &Bound<'_, PyAny>) -> PyResult<Option<PathBuf>> {
    let is = value.is_instance_of::<PyString>() || value.hasattr("__fspath__")?;
    is.then(|| value.extract()).transpose()
}

/// Adds all documents of a source: how many.
pub(crate) fn fill(
    py: Python<'_>,
    target: &mut dyn Target,
    source: &Bound<'_, PyAny>,
    reading: &Reading,
) -> PyResult<usize> {
    if let Some(path) = path(source)? {
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet")) {
            let names = [std::slice::from_ref(&reading.fields.id), &reading.fields.text].concat();
            return table(py, target, &parquet(py, &path, &names)?, reading);
        }
        let bar = ProgressBar::named(PACKAGE, py, None, None, Some("documents"), reading.progress)?;
        return watched(py, &bar, |watch| {
            let mut go_on = |steps| watch.advance(steps);
            target.add_json_lines(&path, &reading.fields, reading.threads, &mut go_on).map_err(to_python)
        });
    }
    if ArrowTable::accepts(source)? {
        return table(py, target, source, reading);
    }
    rows(py, target, source, reading)
}

/// The columns of a file that are there, as a stream of pyarrow.
fn parquet<'py>(py: Python<'py>, path: &Path, names: &[String]) -> PyResult<Bound<'py, PyAny>> {
    let pyarrow = py.import("pyarrow").and_then(|pyarrow| Ok((pyarrow, py.import("pyarrow.parquet")?)));
    let Ok((pyarrow, parquet)) = pyarrow else {
        return Err(
            PACKAGE.missing("documents: expected the package pyarrow for Parquet, got none; pip install pyarrow")
        );
    };
    let file = parquet.call_method1("ParquetFile", (path,)).map_err(|error| {
        let invalid = pyarrow.getattr("ArrowInvalid").is_ok_and(|class| error.matches(py, class).unwrap_or(false));
        if invalid {
            PACKAGE.invalid(format_args!(
                "{}: expected a Parquet file, got the error \"{}\"; write it again",
                path.display(),
                error.value(py)
            ))
        } else {
            error
        }
    })?;
    let schema = file.getattr("schema_arrow")?;
    let there: Vec<String> = schema.getattr("names")?.extract()?;
    let columns: Vec<&String> = names.iter().filter(|name| there.contains(name)).collect();
    let fields = columns.iter().map(|name| schema.call_method1("field", (*name,))).collect::<PyResult<Vec<_>>>()?;
    let schema = pyarrow.call_method1("schema", (fields,))?;
    let options = PyDict::new(py);
    options.set_item("columns", &columns)?;
    options.set_item("batch_size", TOGETHER)?;
    let batches = file.call_method("iter_batches", (), Some(&options))?;
    pyarrow.getattr("RecordBatchReader")?.call_method1("from_batches", (schema, batches))
}

fn table(py: Python<'_>, target: &mut dyn Target, source: &Bound<'_, PyAny>, reading: &Reading) -> PyResult<usize> {
    let mut stream = ArrowStream::open(PACKAGE, source, "documents")?;
    let bar = ProgressBar::named(PACKAGE, py, None, None, Some("documents"), reading.progress)?;
    let mut added = 0;
    while let Some(part) = stream.next(py)? {
        let ids = part.ids(&reading.fields.id)?;
        let names: Vec<&String> = reading.fields.text.iter().filter(|name| part.has(name)).collect();
        if names.is_empty() {
            // The message says what columns there are.
            part.texts(&reading.fields.text[reading.fields.text.len() - 1])?;
        }
        let columns: Vec<Vec<TextColumn>> = names.iter().map(|name| part.texts(name)).collect::<PyResult<_>>()?;
        let rows: usize = ids.iter().map(IdColumn::len).sum();
        if rows == 0 {
            continue;
        }
        // One chunk, as each part is one batch.
        let (ids, columns): (_, Vec<&TextColumn>) = (&ids[0], columns.iter().map(|chunks| &chunks[0]).collect());
        let mut start = 0;
        while start < rows {
            let (mut keys, mut whole) = (Vec::new(), Vec::new());
            let mut bytes = 0;
            let mut row = start;
            let mut missing = false;
            while row < rows && keys.len() < TOGETHER && bytes < BYTES {
                let mut parts = columns.iter().filter_map(|column| column.get(row));
                let Some(first) = parts.next() else {
                    missing = true;
                    break;
                };
                let text = parts.fold(std::borrow::Cow::Borrowed(first), |text, part| (text + " ") + part);
                bytes += text.len();
                whole.push(text);
                keys.push(Key(match ids.get(row) {
                    IdRef::Int(number) => Id::Int(number),
                    IdRef::Str(text) => Id::Str(text.into()),
                }));
                row += 1;
            }
            py.detach(|| {
                let texts: Vec<&str> = whole.iter().map(AsRef::as_ref).collect();
                target.add_texts(&keys, &texts, reading.threads).map_err(|error| to_python(later(error, added)))
            })?;
            added += keys.len();
            if missing {
                return Err(PACKAGE.invalid(format_args!(
                    "documents[{added}]: expected a text in {}, got null; drop the row or fill it in",
                    reading.fields.text.join(" or ")
                )));
            }
            start = row;
            py.check_signals()?;
            bar.update(py, keys.len())?;
        }
    }
    Ok(added)
}

/// An error about a row of a part that begins behind `before` others.
fn later(error: Error, before: usize) -> Error {
    match error {
        Error::Row { row, source } => Error::Row { row: row + before, source },
        error => error,
    }
}

/// An iterable of `(id, text)`, `(id, terms)` or mappings.
fn rows(py: Python<'_>, target: &mut dyn Target, source: &Bound<'_, PyAny>, reading: &Reading) -> PyResult<usize> {
    let what = "a path, an Arrow table, or an iterable of (id, text), (id, terms) or dicts";
    let mut rows = items(PACKAGE, source, "documents", what)?;
    let bar = ProgressBar::named(PACKAGE, py, None, source.len().ok(), Some("documents"), reading.progress)?;
    let mut added = 0;
    let mut waiting = Waiting::default();
    loop {
        let mut failed = None;
        let mut ended = false;
        while waiting.ids.len() < TOGETHER && waiting.bytes < BYTES {
            let Some(row) = rows.next() else {
                ended = true;
                break;
            };
            let position = added + waiting.ids.len();
            let pushed = row.and_then(|row| waiting.push(&row, position, &reading.fields));
            if let Err(error) = pushed {
                failed = Some(error);
                break;
            }
        }
        let count = waiting.add(py, target, added, reading.threads)?;
        added += count;
        if let Some(error) = failed {
            return Err(error);
        }
        if ended {
            return Ok(added);
        }
        py.check_signals()?;
        bar.update(py, count)?;
    }
}

impl Waiting {
    fn push(&mut self, row: &Bound<'_, PyAny>, position: usize, fields: &JsonFields) -> PyResult<()> {
        let at = |part: &str| format!("documents[{position}]{part}");
        if let Some((id, content)) = pair(row) {
            let id = Id::extract(PACKAGE, &id, at("[0]"))?;
            if let Ok(text) = content.cast::<PyString>() {
                self.text(id, text.to_cow()?.into_owned());
            } else {
                self.terms.push(&content, "documents", position)?;
                self.ids.push(Key(id));
                self.are_terms.push(true);
            }
            return Ok(());
        }
        let Ok(mapping) = row.cast::<PyMapping>() else {
            return Err(PACKAGE.dtype(format_args!(
                "{}: expected (id, text), (id, terms) or a dict, got {}; pass pairs or dicts",
                at(""),
                describe(row)
            )));
        };
        let get = |name: &String| -> PyResult<Option<Bound<'_, PyAny>>> {
            let value = if mapping.contains(name)? { Some(mapping.get_item(name)?) } else { None };
            Ok(value.filter(|value| !value.is_none()))
        };
        let Some(id) = get(&fields.id)? else {
            return Err(PACKAGE.invalid(format_args!(
                "{}: expected a key {:?}, got none; pass the name of the id",
                at(""),
                fields.id
            )));
        };
        let id = Id::extract(PACKAGE, &id, at(&format!("[{:?}]", fields.id)))?;
        let mut text: Option<String> = None;
        for name in &fields.text {
            let Some(value) = get(name)? else { continue };
            let Ok(part) = value.cast::<PyString>() else {
                return Err(PACKAGE.dtype(format_args!(
                    "{}: expected a str, got {}; convert it",
                    at(&format!("[{name:?}]")),
                    describe(&value)
                )));
            };
            let part = part.to_cow()?;
            text = Some(text.map_or_else(|| part.to_string(), |text| text + " " + &part));
        }
        let Some(text) = text else {
            return Err(PACKAGE.invalid(format_args!(
                "{}: expected a text in {}, got none; pass the names of its texts",
                at(""),
                fields.text.join(" or ")
            )));
        };
        self.text(id, text);
        Ok(())
    }

    fn text(&mut self, id: Id, text: String) {
        self.bytes += text.len();
        self.ids.push(Key(id));
        self.are_terms.push(false);
        self.texts.push(text);
    }

    /// Adds all that waits: how many.
    fn add(&mut self, py: Python<'_>, target: &mut dyn Target, before: usize, threads: usize) -> PyResult<usize> {
        let Self { ids, are_terms, texts, terms, .. } = self;
        let added = py.detach(|| {
            let (mut at, mut text, mut list) = (0, 0, 0);
            for kind in are_terms.chunk_by(|a, b| a == b) {
                let group = &ids[at..at + kind.len()];
                if kind[0] {
                    let added = target.add_terms(group, terms, list);
                    added.map_err(|(row, source)| Error::Row { row: before + at + row, source: Box::new(source) })?;
                    list += kind.len();
                } else {
                    let texts: Vec<&str> = texts[text..text + kind.len()].iter().map(String::as_str).collect();
                    target.add_texts(group, &texts, threads).map_err(|error| later(error, before + at))?;
                    text += kind.len();
                }
                at += kind.len();
            }
            Ok(at)
        });
        ids.clear();
        are_terms.clear();
        texts.clear();
        terms.clear();
        self.bytes = 0;
        added.map_err(to_python)
    }
}
