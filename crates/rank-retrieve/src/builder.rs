//! Indexes that are built in a file, larger than memory.

use std::hash::Hash;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::engine::{Builder, Dictionary, Entry, Kind};
use crate::file::Writer;
use crate::growing::Growing;
use crate::id_rows::IdRows;
use crate::ids::count;
use crate::scoring::Field;
use crate::{Analyzer, Bm25Index, Bm25Params, IdCodec, Result};

/// Builds a [`Bm25Index`] in a file, of any number of documents in bounded memory. The file has the bytes that
/// [`Bm25Index::save`] of the same documents writes.
///
/// In memory are postings up to a limit, and each term once, with some 40 bytes beside its text. Postings beyond the
/// limit are sorted into temporary files beside `path`, ids are kept in such files from the beginning; that an id is
/// there twice is therefore found at the end. The temporary files are gone when the builder is, however it ends. Nothing
/// is at `path` before all is.
///
/// # Example
///
/// ```
/// use rank_retrieve::{Analyzer, Bm25Builder, Bm25Index};
///
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("index");
/// let mut builder = Bm25Builder::create(&path, Analyzer::default(), Default::default(), 64 << 20)?;
/// for id in 0..1_000_i64 {
///     builder.add_text(id, "A red fox")?;
/// }
/// let index: Bm25Index<i64> = builder.finish(|_| true)?;
/// assert_eq!(index.search("foxes", 10, Default::default())?[9].0, 9);
/// # Ok::<(), rank_retrieve::Error>(())
/// ```
#[derive(Debug)]
pub struct Bm25Builder<I> {
    path: PathBuf,
    writer: Writer,
    analyzer: Analyzer,
    params: Bm25Params,
    dictionary: Dictionary,
    engine: Builder,
    ids: IdRows,
    id: std::marker::PhantomData<fn(I)>,
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync + IdCodec> Bm25Builder<I> {
    /// Begins an index at `path`. Postings, hashes of ids, and the terms so far stay below `memory_limit` bytes, unless
    /// the terms alone need more.
    ///
    /// # Errors
    ///
    /// [`Io`](crate::Error::Io) if no file can be written there, and what is wrong with the parameters.
    pub fn create(path: impl AsRef<Path>, analyzer: Analyzer, params: Bm25Params, memory_limit: usize) -> Result<Self> {
        params.check()?;
        let path = path.as_ref();
        let fields = vec![Field { weight: 1.0, b: None }];
        Ok(Self {
            path: path.to_owned(),
            writer: Writer::new(path)?,
            analyzer,
            params,
            dictionary: Dictionary::default(),
            engine: Builder::new(Kind::Counts, fields, path, memory_limit - memory_limit / 8),
            ids: IdRows::new(path, memory_limit / 8)?,
            id: std::marker::PhantomData,
        })
    }

    /// The analyzer of [`add_text`](Self::add_text).
    pub fn analyzer(&self) -> &Analyzer {
        &self.analyzer
    }

    /// The number of documents so far.
    pub fn len(&self) -> usize {
        self.engine.len()
    }

    /// Whether there is no document yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "an index checks its file")]
    pub(crate) fn verify(&self) -> Result<()> {
        Ok(())
    }

    /// Adds a document that is terms already; the analyzer does not see them. A document may have none.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::Error::TooLarge), [`Io`](crate::Error::Io).
    pub fn add_document<S: AsRef<str>>(&mut self, id: I, terms: &[S]) -> Result<()> {
        count(self.dictionary.len() + terms.len())?;
        let mut terms: Vec<u32> = terms.iter().map(|term| self.dictionary.intern(term.as_ref())).collect();
        self.push(id, &mut terms)
    }

    /// Adds a text, through the analyzer.
    ///
    /// # Errors
    ///
    /// As [`add_document`](Self::add_document), and what the analyzer returns.
    pub fn add_text(&mut self, id: I, text: &str) -> Result<()> {
        let terms = self.analyzer.analyze(text)?;
        self.add_document(id, &terms)
    }

    /// Writes what is left, puts the file in its place and opens it. `go_on` hears how many more documents are done, and
    /// says whether to go on.
    ///
    /// # Errors
    ///
    /// [`Row`](crate::Error::Row) of [`DuplicateDocument`](crate::Error::DuplicateDocument) for an id that is there twice,
    /// [`Io`](crate::Error::Io), [`Stopped`](crate::Error::Stopped). `path` is then as it was.
    pub fn finish(self, mut go_on: impl FnMut(usize) -> bool) -> Result<Bm25Index<I>> {
        let Self { path, mut writer, analyzer, params, dictionary, engine, ids, .. } = self;
        let engine = engine.finish(&mut writer, Some(params), &mut go_on)?;
        dictionary.save(&mut writer)?;
        drop(dictionary);
        ids.save(&mut writer)?;
        writer.finish(&json!({
            "analyzer": analyzer.to_json(),
            "params": params.to_json(),
            "engine": engine,
            "fields": [],
            "text fields": [],
        }))?;
        Bm25Index::load_with(path, analyzer.custom())
    }
}

impl<I: IdCodec> Growing<I> for Bm25Builder<I> {
    fn accepts(&self, _id: &I) -> Result<()> {
        Ok(())
    }

    fn intern(&mut self, term: &str) -> u32 {
        self.dictionary.intern(term)
    }

    fn push(&mut self, id: I, terms: &mut [u32]) -> Result<()> {
        let length = count(terms.len())?;
        count(self.engine.len())?;
        terms.sort_unstable();
        let runs = terms.chunk_by(|a, b| a == b);
        let entries: Vec<Entry> = runs.map(|run| Entry { term: run[0], field: 0, value: run.len() as u32 }).collect();
        self.engine.add(&entries, &[length], self.dictionary.bytes_taken(), &mut self.writer)?;
        self.ids.push(&id)
    }
}
