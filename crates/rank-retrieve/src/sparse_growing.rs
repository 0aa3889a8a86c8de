//! Learned sparse vectors in the forms in which others write them, in memory and in a file.

use std::hash::Hash;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use crate::analysis::in_pieces;
use crate::columns::Columns;
use crate::engine::{Builder, Dictionary, Entry};
use crate::file::Writer;
use crate::id_rows::IdRows;
use crate::ids::count;
use crate::json_lines::{self, Lines};
use crate::sparse::{check_kind, check_named, check_stored, numbered, says};
use crate::sparse_steps::Weights;
use crate::{Error, IdCodec, Result, SparseIndex, SparseRows, StoredFields};

/// The pieces of a text between white space, and how often each is there: its weight.
///
/// # Example
///
/// ```
/// assert_eq!(rank_retrieve::count_pieces("fox fox ##es"), [("fox", 2.0), ("##es", 1.0)]);
/// ```
pub fn count_pieces(text: &str) -> Vec<(&str, f32)> {
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    let mut pieces: Vec<(&str, f32)> = Vec::new();
    for piece in text.split_whitespace() {
        let place = *places.entry(piece).or_insert(pieces.len());
        if place == pieces.len() {
            pieces.push((piece, 0.0));
        }
        pieces[place].1 += 1.0;
    }
    pieces
}

fn refused(field: &str, expected: &'static str, got: String) -> Error {
    Error::Document { field: field.to_owned(), expected, got, cure: "repair the line or pass the field's name" }
}

/// Where the parts of a document are in its JSON object.
///
/// The default is the format of Anserini's impact vectors, `{"id": …, "vector": {token: weight}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonVectors {
    /// The name of the id, a text or an integer.
    pub id: String,
    /// The name of the vector: an object of weights, or a text of pieces.
    pub vector: String,
    /// The names of what is stored with the document: integers, other numbers, texts, or lists of texts; what is missing
    /// or null is not stored.
    pub stored: Vec<String>,
}

impl Default for JsonVectors {
    fn default() -> Self {
        Self { id: "id".to_owned(), vector: "vector".to_owned(), stored: Vec::new() }
    }
}

/// The weights of a line of Anserini's JSON.
fn weights(object: &Map<String, Value>, field: &str) -> Result<Vec<(String, f32)>> {
    let vector = match object.get(field) {
        Some(Value::Object(vector)) => vector,
        Some(Value::String(text)) => {
            return Ok(count_pieces(text).into_iter().map(|(piece, weight)| (piece.to_owned(), weight)).collect());
        }
        Some(_) => return Err(refused(field, "an object of weights or a text of pieces", "another value".to_owned())),
        None => return Err(refused(field, "an object of weights or a text of pieces", "none".to_owned())),
    };
    let pairs = vector.iter().map(|(name, weight)| match weight.as_f64() {
        Some(weight) => Ok((name.clone(), weight as f32)),
        None => Err(refused(&format!("{field}[{name:?}]"), "a number", weight.to_string())),
    });
    let pairs = pairs.collect::<Result<Vec<_>>>()?;
    check_named(&pairs).map(|()| pairs)
}

fn add_json_lines<I: Send + IdCodec>(
    path: &Path,
    fields: &JsonVectors,
    threads: usize,
    mut add: impl FnMut(I, &[(String, f32)], &StoredFields) -> Result<()>,
    mut go_on: impl FnMut(usize) -> bool,
) -> Result<usize> {
    let mut lines = Lines::open(path)?;
    let mut added = 0;
    while let count @ 1.. = lines.read()? {
        let batch = lines.batch();
        let pieces = in_pieces(&mut vec![(); threads.max(1)], count, |(), range| {
            let document = |at| {
                let object = json_lines::object(batch.line(at))?;
                let weights = weights(&object, &fields.vector)?;
                Ok((json_lines::id::<I>(&object, &fields.id)?, weights, json_lines::stored(&object, &fields.stored)?))
            };
            range.map(document).collect::<Vec<Result<_>>>()
        });
        for (at, document) in pieces.into_iter().flatten().enumerate() {
            let added = document.and_then(|(id, weights, stored)| add(id, &weights, &stored));
            added.map_err(|error| lines.at(at, error))?;
        }
        added += count;
        if !go_on(count) {
            return Err(Error::Stopped);
        }
    }
    Ok(added)
}

/// Builds a [`SparseIndex`] in a file, of any number of documents in bounded memory, as
/// [`Bm25Builder`](crate::Bm25Builder) does: the file has the bytes that [`SparseIndex::save`] writes.
///
/// # Example
///
/// ```
/// use rank_retrieve::{SparseBuilder, SparseIndex};
///
/// let folder = tempfile::tempdir().unwrap();
/// let mut builder = SparseBuilder::create(folder.path().join("index"), 64 << 20)?;
/// builder.add_named(1_i64, &[("fox", 2.0)])?;
/// let index: SparseIndex<i64> = builder.finish(|_| true)?;
/// assert_eq!(index.search_named(&[("fox", 1.0)], 10)?, [(1, 2.0)]);
/// # Ok::<(), rank_retrieve::Error>(())
/// ```
#[derive(Debug)]
pub struct SparseBuilder<I> {
    path: PathBuf,
    writer: Writer,
    dictionary: Dictionary,
    /// Whether dimensions are numbers.
    numbers: bool,
    engine: Builder,
    weights: Weights,
    columns: Columns,
    ids: IdRows,
    id: std::marker::PhantomData<fn(I)>,
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync + IdCodec> SparseBuilder<I> {
    /// Begins an index at `path`. Postings, hashes of ids, and the names so far stay below `memory_limit` bytes, unless
    /// the names alone need more. What is stored with documents is in memory, too.
    ///
    /// # Errors
    ///
    /// [`Io`](Error::Io) if no file can be written there.
    pub fn create(path: impl AsRef<Path>, memory_limit: usize) -> Result<Self> {
        Self::of(&SparseIndex::new(), path, memory_limit)
    }

    /// Begins an index at `path` with the settings of one without documents: how it keeps weights, and declared stored
    /// fields. The rest is as for [`create`](Self::create).
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create); [`NotEmpty`](Error::NotEmpty) for an index with documents.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{Impacts, SparseBuilder, SparseIndex};
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let settings = SparseIndex::with_impacts(Impacts::U8, None)?;
    /// let mut builder = SparseBuilder::of(&settings, folder.path().join("index"), 64 << 20)?;
    /// builder.add_named(1_i64, &[("fox", 12.0)])?;
    /// let index: SparseIndex<i64> = builder.finish(|_| true)?;
    /// assert_eq!((index.impacts(), index.len()), (Impacts::U8, 1));
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn of(settings: &SparseIndex<I>, path: impl AsRef<Path>, memory_limit: usize) -> Result<Self> {
        if !settings.is_empty() {
            return Err(Error::NotEmpty { documents: settings.len() });
        }
        let (path, weights) = (path.as_ref(), settings.weights());
        Ok(Self {
            path: path.to_owned(),
            writer: Writer::new(path)?,
            dictionary: Dictionary::default(),
            numbers: false,
            columns: settings.columns.emptied()?,
            engine: Builder::new(weights.kind(), Vec::new(), path, memory_limit - memory_limit / 8),
            weights,
            ids: IdRows::new(path, memory_limit / 8)?,
            id: std::marker::PhantomData,
        })
    }

    /// The number of documents so far.
    pub fn len(&self) -> usize {
        self.engine.len()
    }

    /// Whether there is no document yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds documents, a row each.
    ///
    /// # Errors
    ///
    /// As [`SparseIndex::add`], and [`Io`](Error::Io).
    pub fn add(&mut self, ids: &[I], rows: SparseRows<'_>) -> Result<()> {
        self.add_all(ids, rows, &[])
    }

    /// [`add`](Self::add) with values to be stored, as many as ids.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add), and [`FieldType`](Error::FieldType).
    pub fn add_with(&mut self, ids: &[I], rows: SparseRows<'_>, stored: &[StoredFields]) -> Result<()> {
        check_stored(ids.len(), stored)?;
        self.add_all(ids, rows, stored)
    }

    fn add_all(&mut self, ids: &[I], rows: SparseRows<'_>, stored: &[StoredFields]) -> Result<()> {
        check_kind(self.dictionary.len() > 0, false)?;
        rows.check_for(ids.len(), self.weights)?;
        let none = StoredFields::new();
        for (row, id) in ids.iter().enumerate() {
            let stored = stored.get(row).unwrap_or(&none);
            self.columns.check(stored)?;
            let pairs = rows.row(row)?;
            self.numbers |= !pairs.is_empty();
            self.push(id, &pairs, stored)?;
        }
        Ok(())
    }

    /// Adds a document of named dimensions with their weights.
    ///
    /// # Errors
    ///
    /// As [`SparseIndex::add_named`], and [`Io`](Error::Io).
    pub fn add_named<S: AsRef<str>>(&mut self, id: I, weights: &[(S, f32)]) -> Result<()> {
        self.add_named_with(id, weights, &StoredFields::new())
    }

    /// [`add_named`](Self::add_named) with values to be stored.
    ///
    /// # Errors
    ///
    /// As [`add_named`](Self::add_named), and [`FieldType`](Error::FieldType).
    #[expect(clippy::needless_pass_by_value, reason = "as the index takes it")]
    pub fn add_named_with<S: AsRef<str>>(&mut self, id: I, weights: &[(S, f32)], fields: &StoredFields) -> Result<()> {
        self.columns.check(fields)?;
        check_kind(!self.numbers, true)?;
        let pairs = numbered(&mut self.dictionary, self.weights, weights)?;
        self.push(&id, &pairs, fields)
    }

    fn push(&mut self, id: &I, pairs: &[(u32, f32)], fields: &StoredFields) -> Result<()> {
        let number = count(self.engine.len())?;
        let entry = |&(term, weight): &(u32, f32)| Entry { term, field: 0, value: self.weights.value(weight) };
        let entries: Vec<Entry> = pairs.iter().map(entry).collect();
        self.engine.add(&entries, &[], self.dictionary.bytes_taken(), &mut self.writer)?;
        self.ids.push(id)?;
        self.columns.set(number, fields)
    }

    /// As [`SparseIndex::add_json_lines`].
    ///
    /// # Errors
    ///
    /// As [`SparseIndex::add_json_lines`].
    pub fn add_json_lines(
        &mut self,
        path: impl AsRef<Path>,
        fields: &JsonVectors,
        threads: usize,
        go_on: impl FnMut(usize) -> bool,
    ) -> Result<usize> {
        let add = |id, weights: &[(String, f32)], stored: &_| self.add_named_with(id, weights, stored);
        add_json_lines(path.as_ref(), fields, threads, add, go_on)
    }

    /// Writes what is left, puts the file in its place and opens it.
    ///
    /// # Errors
    ///
    /// As [`Bm25Builder::finish`](crate::Bm25Builder::finish).
    pub fn finish(self, mut go_on: impl FnMut(usize) -> bool) -> Result<SparseIndex<I>> {
        let Self { path, mut writer, dictionary, engine, weights, ids, columns, .. } = self;
        let engine = engine.finish(&mut writer, None, &mut go_on)?;
        dictionary.save(&mut writer)?;
        drop(dictionary);
        ids.save(&mut writer)?;
        let fields = columns.save(&mut writer)?;
        writer.finish(&says(weights, &engine, &fields))?;
        SparseIndex::load(path)
    }
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync + IdCodec> SparseIndex<I> {
    /// Adds the vectors of a file of Anserini's JSON (`{"id": …, "vector": {token: weight}}`), one to a line, plain or
    /// compressed by gzip or zstd: how many. Fields that are not named are passed over, as are blank lines. Lines are
    /// parsed on `threads` threads; `go_on` hears how many more were added, and says whether to go on.
    ///
    /// # Errors
    ///
    /// [`Io`](Error::Io); [`Line`](Error::Line) with what is wrong with the document of a line;
    /// [`Stopped`](Error::Stopped). The lines before stay.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{JsonVectors, SparseIndex};
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("vectors.jsonl");
    /// std::fs::write(&path, r#"{"id": "d1", "contents": "Foxes", "vector": {"fox": 120, "red": 7}}"#).unwrap();
    /// let mut index = SparseIndex::<String>::new();
    /// index.add_json_lines(&path, &JsonVectors::default(), 1, |_| true)?;
    /// assert_eq!(index.search_named(&[("fox", 2.0)], 10)?, [("d1".to_owned(), 240.0)]);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn add_json_lines(
        &mut self,
        path: impl AsRef<Path>,
        fields: &JsonVectors,
        threads: usize,
        go_on: impl FnMut(usize) -> bool,
    ) -> Result<usize> {
        let add = |id, weights: &[(String, f32)], stored: &_| self.add_named_with(id, weights, stored);
        add_json_lines(path.as_ref(), fields, threads, add, go_on)
    }
}
