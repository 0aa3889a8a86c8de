//! Learned sparse vectors in the forms in which others write them, in memory and in a file.

use std::hash::Hash;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

use crate::analysis::in_pieces;
use crate::engine::{Builder, Dictionary, Entry, Kind};
use crate::file::Writer;
use crate::id_rows::IdRows;
use crate::ids::count;
use crate::json_lines::{self, Lines};
use crate::sparse::{check_named, once};
use crate::{Error, IdCodec, Result, SparseIndex, SparseRows};

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

/// The weights of a line of Anserini's JSON.
fn weights(object: &Map<String, Value>, field: &str) -> Result<Vec<(String, f32)>> {
    let vector = match object.get(field) {
        Some(Value::Object(vector)) => vector,
        Some(_) => return Err(refused(field, "an object of weights", "another value".to_owned())),
        None => return Err(refused(field, "an object of weights", "none".to_owned())),
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
    id: &str,
    vector: &str,
    threads: usize,
    mut add: impl FnMut(I, &[(String, f32)]) -> Result<()>,
    mut go_on: impl FnMut(usize) -> bool,
) -> Result<usize> {
    let mut lines = Lines::open(path)?;
    let mut added = 0;
    while let count @ 1.. = lines.read()? {
        let batch = lines.batch();
        let pieces = in_pieces(&mut vec![(); threads.max(1)], count, |(), range| {
            let document = |at| {
                let object = json_lines::object(batch.line(at))?;
                Ok((json_lines::id::<I>(&object, id)?, weights(&object, vector)?))
            };
            range.map(document).collect::<Vec<Result<_>>>()
        });
        for (at, document) in pieces.into_iter().flatten().enumerate() {
            document.and_then(|(id, weights)| add(id, &weights)).map_err(|error| lines.at(at, error))?;
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
    engine: Builder,
    ids: IdRows,
    id: std::marker::PhantomData<fn(I)>,
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync + IdCodec> SparseBuilder<I> {
    /// Begins an index at `path`. Postings, hashes of ids, and the names so far stay below `memory_limit` bytes, unless
    /// the names alone need more.
    ///
    /// # Errors
    ///
    /// [`Io`](Error::Io) if no file can be written there.
    pub fn create(path: impl AsRef<Path>, memory_limit: usize) -> Result<Self> {
        let path = path.as_ref();
        Ok(Self {
            path: path.to_owned(),
            writer: Writer::new(path)?,
            dictionary: Dictionary::default(),
            engine: Builder::new(Kind::Weights, Vec::new(), path, memory_limit - memory_limit / 8),
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
        rows.check()?;
        if ids.len() != rows.len() {
            let (expected, got) = (format!("as many as rows, {}", rows.len()), ids.len().to_string());
            return Err(Error::InvalidTokens { argument: "ids", expected, got });
        }
        for (row, id) in ids.iter().enumerate() {
            let pairs = rows.row(row)?;
            self.push(id, &pairs)?;
        }
        Ok(())
    }

    /// Adds a document of named dimensions with their weights.
    ///
    /// # Errors
    ///
    /// As [`SparseIndex::add_named`], and [`Io`](Error::Io).
    #[expect(clippy::needless_pass_by_value, reason = "as the index takes it")]
    pub fn add_named<S: AsRef<str>>(&mut self, id: I, weights: &[(S, f32)]) -> Result<()> {
        check_named(weights)?;
        let numbers = weights.iter().filter(|pair| pair.1 > 0.0);
        let pairs = numbers.map(|(name, weight)| (self.dictionary.intern(name.as_ref()), *weight)).collect();
        let pairs = once(pairs, |_| "one twice".to_owned())?;
        self.push(&id, &pairs)
    }

    fn push(&mut self, id: &I, pairs: &[(u32, f32)]) -> Result<()> {
        count(self.engine.len())?;
        let entry = |&(term, weight): &(u32, f32)| Entry { term, field: 0, value: weight.to_bits() };
        let entries: Vec<Entry> = pairs.iter().map(entry).collect();
        self.engine.add(&entries, &[], self.dictionary.bytes_taken(), &mut self.writer)?;
        self.ids.push(id)
    }

    /// As [`SparseIndex::add_json_lines`].
    ///
    /// # Errors
    ///
    /// As [`SparseIndex::add_json_lines`].
    pub fn add_json_lines(
        &mut self,
        path: impl AsRef<Path>,
        id: &str,
        vector: &str,
        threads: usize,
        go_on: impl FnMut(usize) -> bool,
    ) -> Result<usize> {
        add_json_lines(path.as_ref(), id, vector, threads, |id, weights| self.add_named(id, weights), go_on)
    }

    /// Writes what is left, puts the file in its place and opens it.
    ///
    /// # Errors
    ///
    /// As [`Bm25Builder::finish`](crate::Bm25Builder::finish).
    pub fn finish(self, mut go_on: impl FnMut(usize) -> bool) -> Result<SparseIndex<I>> {
        let Self { path, mut writer, dictionary, engine, ids, .. } = self;
        let engine = engine.finish(&mut writer, None, &mut go_on)?;
        dictionary.save(&mut writer)?;
        drop(dictionary);
        ids.save(&mut writer)?;
        writer.finish(&json!({ "engine": engine, "fields": [] }))?;
        SparseIndex::load(path)
    }
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync + IdCodec> SparseIndex<I> {
    /// Adds the vectors of a file of Anserini's JSON (`{"id": …, "vector": {token: weight}}`), one to a line, plain or
    /// compressed by gzip or zstd: how many. `id` and `vector` are the names of these fields; others are passed over, as
    /// are blank lines. Lines are parsed on `threads` threads; `go_on` hears how many more were added, and says whether
    /// to go on.
    ///
    /// # Errors
    ///
    /// [`Io`](Error::Io); [`Line`](Error::Line) with what is wrong with the document of a line;
    /// [`Stopped`](Error::Stopped). The lines before stay.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::SparseIndex;
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("vectors.jsonl");
    /// std::fs::write(&path, r#"{"id": "d1", "contents": "Foxes", "vector": {"fox": 120, "red": 7}}"#).unwrap();
    /// let mut index = SparseIndex::<String>::new();
    /// index.add_json_lines(&path, "id", "vector", 1, |_| true)?;
    /// assert_eq!(index.search_named(&[("fox", 2.0)], 10)?, [("d1".to_owned(), 240.0)]);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn add_json_lines(
        &mut self,
        path: impl AsRef<Path>,
        id: &str,
        vector: &str,
        threads: usize,
        go_on: impl FnMut(usize) -> bool,
    ) -> Result<usize> {
        add_json_lines(path.as_ref(), id, vector, threads, |id, weights| self.add_named(id, weights), go_on)
    }
}
