//! Where documents come from: iterables, Arrow tables and streams, files.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyMapping, PyString, PyTuple};
use rank_pyo3::arrow::{ArrowStream, ArrowTable, IdColumn, IdRef, TextColumn, ValueColumn, ValueRef};
use rank_pyo3::{Id, ProgressBar, describe, for_each_entry, items, pair, watched};
use rank_retrieve::{Error, FieldValue, JsonFields, StoredFields};

use crate::errors::{PACKAGE, to_python};
use crate::fields;
use crate::hnsw::Key;
use crate::tokens::Tokens;

/// Documents that are added together, each time without the GIL.
const TOGETHER: usize = 4096;
/// No further document is taken behind so many bytes of text.
const BYTES: usize = 8 << 20;

/// What documents are added to.
pub(crate) trait Target: Send {
    /// The names of the text fields.
    fn named(&self) -> Vec<String>;
    /// Adds texts: for each document one, or one for each text field.
    fn add_texts(&mut self, ids: &[Key], texts: &[&str], stored: &[StoredFields], threads: usize) -> Result<(), Error>;
    /// Adds lists of `terms`, likewise, from `first` on, up to a document that cannot be added: which, and why.
    fn add_terms(
        &mut self,
        ids: &[Key],
        terms: &Tokens,
        first: usize,
        stored: &[StoredFields],
    ) -> Result<(), (usize, Error)>;
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
    named: Vec<String>,
    pub(crate) threads: usize,
    pub(crate) progress: bool,
}

impl Reading {
    /// How documents of an index are read whose text fields are `named`.
    pub(crate) fn new(
        named: Vec<String>,
        id: String,
        text: Option<&Bound<'_, PyAny>>,
        fields: Option<&Bound<'_, PyAny>>,
        threads: usize,
        progress: bool,
    ) -> PyResult<Self> {
        let stored = fields.map(|fields| names(fields, "fields")).transpose()?.unwrap_or_default();
        let text = match text {
            Some(_) if !named.is_empty() => {
                return Err(PACKAGE.invalid(format_args!(
                    "text: expected none for an index with the text fields {}, got some; name the keys of documents \
                     as the fields",
                    named.join(", ")
                )));
            }
            None => JsonFields::default().text,
            Some(text) => names(text, "text")?,
        };
        if text.is_empty() {
            return Err(PACKAGE.invalid("text: expected the name of a field, got none; the default is title and text"));
        }
        Ok(Self { fields: JsonFields { id, text, stored }, named, threads: threads.max(1), progress })
    }

    /// The names of the texts of a document.
    fn texts(&self) -> &[String] {
        if self.named.is_empty() { &self.fields.text } else { &self.named }
    }

    /// The texts of a document, for each text field, or one of all parts; nothing if there is no part.
    fn joined<'t>(&self, parts: &[Option<Cow<'t, str>>]) -> Option<Vec<Cow<'t, str>>> {
        if parts.iter().all(Option::is_none) {
            return None;
        }
        if !self.named.is_empty() {
            return Some(parts.iter().map(|part| part.clone().unwrap_or_default()).collect());
        }
        let mut there = parts.iter().flatten().cloned();
        let first = there.next()?;
        Some(vec![there.fold(first, |text, part| (text + " ") + part)])
    }
}

/// A name or several.
pub(crate) fn names(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<String>> {
    match value.cast::<PyString>() {
        Ok(name) => Ok(vec![rank_pyo3::text(PACKAGE, name, argument)?.to_owned()]),
        Err(_) => rank_pyo3::strings(PACKAGE, value, argument),
    }
}

/// Texts and terms that wait to be added.
#[derive(Default)]
pub(crate) struct Waiting {
    /// The text fields of the index.
    named: Vec<String>,
    /// Whether all are terms, or all texts.
    only: Option<bool>,
    ids: Vec<Key>,
    stored: Vec<StoredFields>,
    /// Whether each is terms.
    are_terms: Vec<bool>,
    texts: Vec<String>,
    terms: Tokens,
    bytes: usize,
}

/// An id, what it is the id of, and what is stored with it.
pub(crate) type Entry<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, Option<Bound<'py, PyAny>>);

/// A tuple or list of two or three.
pub(crate) fn entry<'py>(row: &Bound<'py, PyAny>) -> Option<Entry<'py>> {
    if let Some((id, content)) = pair(row) {
        return Some((id, content, None));
    }
    let three =
        row.cast::<PyTuple>().is_ok_and(|row| row.len() == 3) || row.cast::<PyList>().is_ok_and(|row| row.len() == 3);
    let at = |place: usize| row.get_item(place).ok();
    if three { Some((at(0)?, at(1)?, at(2).filter(|stored| !stored.is_none()))) } else { None }
}

/// The path that a value is, if it is one.
pub(crate) fn path(value: &Bound<'_, PyAny>) -> PyResult<Option<PathBuf>> {
    let is = value.is_instance_of::<PyString>() || value.hasattr("__fspath__")?;
    is.then(|| crate::arguments::path_of(value, "documents")).transpose()
}

/// Adds all documents of a source: how many.
pub(crate) fn fill(
    py: Python<'_>,
    target: &mut dyn Target,
    source: &Bound<'_, PyAny>,
    reading: &Reading,
) -> PyResult<usize> {
    if let Some(path) = path(source)? {
        if is_parquet(&path) {
            let JsonFields { id, stored, .. } = &reading.fields;
            let names = [std::slice::from_ref(id), reading.texts(), stored].concat();
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

/// Whether a file is Parquet, by its name.
pub(crate) fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"))
}

/// The columns of a file that are there, as a stream of pyarrow.
pub(crate) fn parquet<'py>(py: Python<'py>, path: &Path, names: &[String]) -> PyResult<Bound<'py, PyAny>> {
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
        let names = reading.texts();
        if let (Some(last), false) = (names.last(), names.iter().any(|name| part.has(name))) {
            // The message says what columns there are.
            part.texts(last)?;
        }
        let column = |name: &String| if part.has(name) { part.texts(name).map(Some) } else { Ok(None) };
        let columns: Vec<Option<Vec<TextColumn>>> = names.iter().map(column).collect::<PyResult<_>>()?;
        let stored: Vec<(&String, Vec<ValueColumn>)> =
            reading.fields.stored.iter().map(|name| Ok((name, part.values(name)?))).collect::<PyResult<_>>()?;
        let rows: usize = ids.iter().map(IdColumn::len).sum();
        if rows == 0 {
            continue;
        }
        // One chunk, as each part is one batch.
        let (ids, stored): (_, Vec<_>) = (&ids[0], stored.iter().map(|(name, chunks)| (*name, &chunks[0])).collect());
        let columns: Vec<Option<&TextColumn>> = columns.iter().map(|chunks| Some(&chunks.as_ref()?[0])).collect();
        let mut start = 0;
        while start < rows {
            let (mut keys, mut whole, mut values) = (Vec::new(), Vec::new(), Vec::new());
            let mut bytes = 0;
            let mut row = start;
            let mut missing = false;
            while row < rows && keys.len() < TOGETHER && bytes < BYTES {
                let text = columns.iter().map(|&column| column.and_then(|column| column.get(row)).map(Cow::Borrowed));
                let Some(texts) = reading.joined(&text.collect::<Vec<_>>()) else {
                    missing = true;
                    break;
                };
                bytes += texts.iter().map(|text| text.len()).sum::<usize>();
                whole.extend(texts);
                values.push(stored_in(&stored, row));
                keys.push(key(ids, row));
                row += 1;
            }
            py.detach(|| {
                let texts: Vec<&str> = whole.iter().map(AsRef::as_ref).collect();
                target
                    .add_texts(&keys, &texts, &values, reading.threads)
                    .map_err(|error| to_python(later(error, added)))
            })?;
            added += keys.len();
            if missing {
                return Err(PACKAGE.invalid(format_args!(
                    "documents[{added}]: expected a text in {}, got null; drop the row or fill it in",
                    reading.texts().join(" or ")
                )));
            }
            start = row;
            py.check_signals()?;
            bar.update(py, keys.len())?;
        }
    }
    Ok(added)
}

/// The values of a row.
pub(crate) fn stored_in(columns: &[(&String, &ValueColumn)], row: usize) -> StoredFields {
    columns.iter().fold(StoredFields::new(), |all, (name, column)| match column.get(row) {
        ValueRef::Null => all,
        ValueRef::Int(value) => all.with(*name, value),
        ValueRef::Float(value) => all.with(*name, value),
        ValueRef::Str(text) => all.with(*name, text),
        ValueRef::Strs(texts) => all.with(*name, texts.as_slice()),
        ValueRef::Time(micros) => all.with(*name, FieldValue::Date(micros)),
    })
}

/// The id of a row.
pub(crate) fn key(ids: &IdColumn, row: usize) -> Key {
    Key(match ids.get(row) {
        IdRef::Int(number) => Id::Int(number),
        IdRef::Str(text) => Id::Str(text.into()),
    })
}

/// An error about a row of a part that begins behind `before` others.
pub(crate) fn later(error: Error, before: usize) -> Error {
    match error {
        Error::Row { row, source } => Error::Row { row: row + before, source },
        error => error,
    }
}

/// An iterable of `(id, text)`, `(id, terms)` or mappings.
fn rows(py: Python<'_>, target: &mut dyn Target, source: &Bound<'_, PyAny>, reading: &Reading) -> PyResult<usize> {
    let what = "a path, an Arrow table, or an iterable of (id, text), (id, terms) or dicts";
    let mut waiting = Waiting::new(reading.named.clone());
    let mut rows = items(PACKAGE, source, "documents", what)?;
    let bar = ProgressBar::named(PACKAGE, py, None, source.len().ok(), Some("documents"), reading.progress)?;
    let mut added = 0;
    loop {
        let mut failed = None;
        let mut ended = false;
        while waiting.has_room() {
            let Some(row) = rows.next() else {
                ended = true;
                break;
            };
            let position = added + waiting.ids.len();
            let pushed = row.and_then(|row| waiting.push(&row, position, reading));
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
    pub(crate) fn new(named: Vec<String>) -> Self {
        Self { named, ..Self::default() }
    }

    /// Takes only terms, or only texts.
    pub(crate) fn only(self, are_terms: bool) -> Self {
        Self { only: Some(are_terms), ..self }
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn has_room(&self) -> bool {
        self.ids.len() < TOGETHER && self.bytes < BYTES
    }

    fn push(&mut self, row: &Bound<'_, PyAny>, position: usize, reading: &Reading) -> PyResult<()> {
        let fields = &reading.fields;
        let at = |part: &str| format!("documents[{position}]{part}");
        if let Some((id, content, stored)) = entry(row) {
            let id = Id::extract(PACKAGE, &id, at("[0]"))?;
            let stored = fields::stored(stored.as_ref())?;
            return self.document(id, &content, stored, "documents", position);
        }
        let Ok(mapping) = row.cast::<PyMapping>() else {
            return Err(PACKAGE.dtype(format_args!(
                "{}: expected (id, text), (id, terms), either with a dict of stored fields, or a dict, got {}; pass \
                 tuples or dicts",
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
        let part = |name: &String| -> PyResult<Option<Cow<'_, str>>> {
            let Some(value) = get(name)? else { return Ok(None) };
            fields::text(&value, &at(&format!("[{name:?}]"))).map(|text| Some(Cow::Owned(text)))
        };
        let parts = reading.texts().iter().map(part).collect::<PyResult<Vec<_>>>()?;
        let Some(texts) = reading.joined(&parts) else {
            return Err(PACKAGE.invalid(format_args!(
                "{}: expected a text in {}, got none; pass the names of its texts",
                at(""),
                reading.texts().join(" or ")
            )));
        };
        let mut stored = StoredFields::new();
        for name in &fields.stored {
            if let Some(value) = get(name)? {
                stored = stored.with(name, fields::value(&value, at(&format!("[{name:?}]")))?);
            }
        }
        for text in texts {
            self.bytes += text.len();
            self.texts.push(text.into_owned());
        }
        self.place(id, stored, false);
        Ok(())
    }

    fn place(&mut self, id: Id, stored: StoredFields, are_terms: bool) {
        self.ids.push(Key(id));
        self.stored.push(stored);
        self.are_terms.push(are_terms);
    }

    /// Takes a document: a text or terms, or a dict of these by text field. `argument` and `position` name it in
    /// messages.
    pub(crate) fn document(
        &mut self,
        id: Id,
        content: &Bound<'_, PyAny>,
        stored: StoredFields,
        argument: &str,
        position: usize,
    ) -> PyResult<()> {
        if self.named.is_empty() {
            let are_terms = self.only.unwrap_or_else(|| !content.is_instance_of::<PyString>());
            if are_terms {
                self.terms.push(content, argument, position)?;
            } else {
                self.text(fields::text(content, &format!("{argument}[{position}]"))?);
            }
            self.place(id, stored, are_terms);
            return Ok(());
        }
        if content.cast::<PyMapping>().is_err() {
            let expected = "a text, or terms, by field";
            let source = Box::new(Error::InvalidTextFields { expected, got: "one without a field".to_owned() });
            return Err(to_python(Error::Row { row: position, source }));
        }
        let mut parts: Vec<Option<Bound<'_, PyAny>>> = vec![None; self.named.len()];
        for_each_entry(PACKAGE, content, argument, "a dict by text field", |name, part| {
            let name = fields::name_of(name, argument)?;
            let Some(place) = self.named.iter().position(|known| *known == name) else {
                let known: Vec<String> = self.named.iter().map(|known| format!("{known:?}")).collect();
                let source = Box::new(Error::UnknownTextField { field: name, known: known.join(", ") });
                return Err(to_python(Error::Row { row: position, source }));
            };
            parts[place] = Some(part.clone());
            Ok(())
        })?;
        let no_text = || parts.iter().flatten().any(|part| !part.is_instance_of::<PyString>());
        let are_terms = self.only.unwrap_or_else(no_text);
        for part in parts {
            match part {
                Some(part) if are_terms => self.terms.push(&part, argument, position)?,
                Some(part) => self.text(fields::text(&part, &format!("{argument}[{position}]"))?),
                None if are_terms => self.terms.extend(&[]),
                None => self.text(String::new()),
            }
        }
        self.place(id, stored, are_terms);
        Ok(())
    }

    fn text(&mut self, text: String) {
        self.bytes += text.len();
        self.texts.push(text);
    }

    /// Adds all that waits: how many.
    pub(crate) fn add(
        &mut self,
        py: Python<'_>,
        target: &mut dyn Target,
        before: usize,
        threads: usize,
    ) -> PyResult<usize> {
        let Self { named, ids, stored, are_terms, texts, terms, .. } = self;
        let width = named.len().max(1);
        let added = py.detach(|| {
            let (mut at, mut text, mut list) = (0, 0, 0);
            for kind in are_terms.chunk_by(|a, b| a == b) {
                let (group, stored) = (&ids[at..at + kind.len()], &stored[at..at + kind.len()]);
                if kind[0] {
                    let added = target.add_terms(group, terms, list, stored);
                    added.map_err(|(row, source)| Error::Row { row: before + at + row, source: Box::new(source) })?;
                    list += width * kind.len();
                } else {
                    let texts: Vec<&str> = texts[text..text + width * kind.len()].iter().map(String::as_str).collect();
                    target.add_texts(group, &texts, stored, threads).map_err(|error| later(error, before + at))?;
                    text += width * kind.len();
                }
                at += kind.len();
            }
            Ok(at)
        });
        ids.clear();
        stored.clear();
        are_terms.clear();
        texts.clear();
        terms.clear();
        self.bytes = 0;
        added.map_err(to_python)
    }
}
