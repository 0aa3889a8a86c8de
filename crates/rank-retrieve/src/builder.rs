//! Indexes that are built in a file, larger than memory.

use std::hash::Hash;
use std::path::{Path, PathBuf};

use crate::engine::{Builder, Dictionary, Entry};
use crate::file::Writer;
use crate::growing::Growing;
use crate::id_rows::IdRows;
use crate::ids::count;
use crate::text_fields::scored;
use crate::{Analyzer, Bm25Index, Bm25Params, Error, IdCodec, Result, StoredFields, TextField};

/// Builds a [`Bm25Index`] in a file, of any number of documents in bounded memory. The file has the bytes that
/// [`Bm25Index::save`] of the same documents writes.
///
/// In memory are postings up to a limit; each term once, with some 40 bytes beside its text; and what is stored with
/// documents, some 8 bytes for each field of a document. Postings beyond the limit are sorted into temporary files beside
/// `path`, ids are kept in such files from the beginning; that an id is there twice is therefore found at the end. The
/// temporary files are gone when the builder is, however it ends. Nothing is at `path` before all is.
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
    params: Bm25Params,
    /// All but documents and ids: settings, terms, stored fields.
    shell: Bm25Index<I>,
    engine: Builder,
    ids: IdRows,
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync + IdCodec> Bm25Builder<I> {
    /// Begins an index at `path`. Postings, hashes of ids, and the terms so far stay below `memory_limit` bytes, unless
    /// the terms alone need more.
    ///
    /// # Errors
    ///
    /// [`Io`](crate::Error::Io) if no file can be written there, [`Locked`](crate::Error::Locked) if another is being
    /// written there, and what is wrong with the parameters.
    pub fn create(path: impl AsRef<Path>, analyzer: Analyzer, params: Bm25Params, memory_limit: usize) -> Result<Self> {
        Self::of(Bm25Index::with_analyzer(analyzer), path, params, memory_limit)
    }

    /// Begins an index at `path` with the settings of one without documents: the analyzer, text fields, and declared
    /// stored fields. The rest is as for [`create`](Self::create).
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create); [`NotEmpty`](crate::Error::NotEmpty) for an index with documents.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{Bm25Builder, Bm25Index, TextField};
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let fields = [TextField::new("title").weight(2.0), TextField::new("body")];
    /// let settings = Bm25Index::with_text_fields(Default::default(), fields)?;
    /// let mut builder = Bm25Builder::of(settings, folder.path().join("index"), Default::default(), 64 << 20)?;
    /// builder.add_texts(&[1_i64, 2], &["Foxes", "Red ones", "Hens", "and a fox"], 1)?;
    /// let index: Bm25Index<i64> = builder.finish(|_| true)?;
    /// assert_eq!(index.search("fox", 10, Default::default())?[0].0, 1);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn of(settings: Bm25Index<I>, path: impl AsRef<Path>, params: Bm25Params, memory_limit: usize) -> Result<Self> {
        settings.check_params(params)?;
        if !settings.is_empty() {
            return Err(Error::NotEmpty { documents: settings.len() });
        }
        let shell = settings.emptied()?;
        let path = path.as_ref();
        let writer = Writer::new(path)?;
        let fields = scored(shell.text_fields());
        let engine = Builder::new(shell.engine.kind(), fields, path, memory_limit - memory_limit / 8);
        let ids = IdRows::new(path, memory_limit / 8)?;
        Ok(Self { path: path.to_owned(), writer, params, shell, engine, ids })
    }

    /// The analyzer of [`add_text`](Self::add_text).
    pub fn analyzer(&self) -> &Analyzer {
        self.shell.analyzer()
    }

    /// The text fields; none for an index of one text without a name.
    pub fn text_fields(&self) -> &[TextField] {
        self.shell.text_fields()
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
    /// [`TooLarge`](crate::Error::TooLarge), [`Io`](crate::Error::Io),
    /// [`InvalidTextFields`](crate::Error::InvalidTextFields) for an index with text fields.
    pub fn add_document<S: AsRef<str>>(&mut self, id: I, terms: &[S]) -> Result<()> {
        self.add_document_with(id, terms, &StoredFields::new())
    }

    /// [`add_document`](Self::add_document) with values to be stored.
    ///
    /// # Errors
    ///
    /// As [`add_document`](Self::add_document), and [`FieldType`](crate::Error::FieldType).
    pub fn add_document_with<S: AsRef<str>>(&mut self, id: I, terms: &[S], stored: &StoredFields) -> Result<()> {
        self.shell.check_unnamed()?;
        self.accepts(&id, stored)?;
        let (entries, lengths) = self.shell.entries([terms])?;
        self.push(id, &entries, &lengths, stored)
    }

    /// Adds terms by field, and values to be stored, as
    /// [`Bm25Index::add_document_fields`](crate::Bm25Index::add_document_fields).
    ///
    /// # Errors
    ///
    /// As [`add_document_with`](Self::add_document_with), and [`UnknownTextField`](crate::Error::UnknownTextField).
    pub fn add_document_fields<Q: AsRef<[S]>, S: AsRef<str>>(
        &mut self,
        id: I,
        terms: &[(&str, Q)],
        stored: &StoredFields,
    ) -> Result<()> {
        let placed = self.shell.placed(terms)?;
        self.accepts(&id, stored)?;
        let (entries, lengths) = self.shell.entries(placed)?;
        self.push(id, &entries, &lengths, stored)
    }

    /// Adds a text, through the analyzer.
    ///
    /// # Errors
    ///
    /// As [`add_document`](Self::add_document), and what the analyzer returns.
    pub fn add_text(&mut self, id: I, text: &str) -> Result<()> {
        let terms = self.analyzer().analyze(text)?;
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
        let Self { path, mut writer, params, mut shell, engine, ids } = self;
        let engine = engine.finish(&mut writer, Some(params), &mut go_on)?;
        shell.dictionary.save(&mut writer)?;
        shell.dictionary = Dictionary::default();
        ids.save(&mut writer)?;
        let fields = shell.columns.save(&mut writer)?;
        writer.finish(&shell.says(params, &engine, &fields))?;
        Bm25Index::load_with(path, shell.analyzer().custom())
    }
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync + IdCodec> Growing<I> for Bm25Builder<I> {
    fn accepts(&self, _id: &I, stored: &StoredFields) -> Result<()> {
        self.shell.columns.check(stored)
    }

    fn intern(&mut self, term: &str) -> u32 {
        self.shell.dictionary.intern(term)
    }

    fn named(&self) -> &[TextField] {
        self.text_fields()
    }

    fn push(&mut self, id: I, entries: &[Entry], lengths: &[u32], stored: &StoredFields) -> Result<()> {
        let number = count(self.engine.len())?;
        self.engine.add(entries, lengths, self.shell.dictionary.bytes_taken(), &mut self.writer)?;
        self.ids.push(&id)?;
        self.shell.columns.set(number, stored)
    }
}
