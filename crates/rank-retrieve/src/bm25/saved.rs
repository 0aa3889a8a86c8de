//! An index of BM25 in a file or a folder.

use std::hash::Hash;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Bm25Index;
use crate::columns::Columns;
use crate::engine::{Dictionary, Engine, Kind};
use crate::file::{Opened, Reader, Writer};
use crate::filter::Recent;
use crate::folder::Commit;
use crate::ids::Ids;
use crate::{Analyzer, Bm25Params, CustomTokenizer, Error, IdCodec, Result};

impl<I: Clone + Eq + Hash + Ord + Send + Sync + IdCodec> Bm25Index<I> {
    /// Writes the index to one file, with its analyzer and what `params` need ready.
    ///
    /// The file is written beside and renamed when it is on the disk: whatever happens meanwhile, `path` is the old file
    /// or the whole new one. Whoever has the old one loaded goes on with it.
    ///
    /// # Errors
    ///
    /// [`Io`](crate::Error::Io), and as [`retrieve`](Self::retrieve).
    pub fn save(&self, path: impl AsRef<Path>, params: Bm25Params) -> Result<()> {
        self.save_while(path, params, |_| true)
    }

    /// [`save`](Self::save), of which `go_on` hears how many more documents are written, those that were taken out among
    /// them, and says whether to go on.
    ///
    /// # Errors
    ///
    /// As [`save`](Self::save); [`Stopped`](crate::Error::Stopped): `path` is then the old file.
    pub fn save_while(
        &self,
        path: impl AsRef<Path>,
        params: Bm25Params,
        mut go_on: impl FnMut(usize) -> bool,
    ) -> Result<()> {
        self.check_params(params)?;
        self.verify()?;
        let mut writer = Writer::new(path.as_ref())?;
        let says = self.write(&mut writer, params, true, &mut go_on)?;
        writer.finish(&says)
    }

    fn write(
        &self,
        writer: &mut Writer,
        params: Bm25Params,
        ready: bool,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Value> {
        let engine = self.engine.save(writer, Some(params), ready, go_on)?;
        self.dictionary.save(writer)?;
        self.ids.save(writer)?;
        let fields = self.columns.save(writer)?;
        if go_on(0) { Ok(self.says(params, &engine, &fields)) } else { Err(Error::Stopped) }
    }

    /// What a file says of an index beside its rows.
    pub(crate) fn says(&self, params: Bm25Params, engine: &Value, fields: &Value) -> Value {
        json!({
            "analyzer": self.analyzer.to_json(),
            "params": params.to_json(),
            "engine": engine,
            "fields": fields,
            "text fields": self.text_fields.iter().map(|field| &field.name).collect::<Vec<_>>(),
        })
    }

    /// Writes what changed since the last time into a folder, which [`load`](Self::load) opens as it opens a file.
    ///
    /// What the folder has already is not written again: full windows of 2^14 documents, and whatever else is the same.
    /// What the first searches need ready is not written either. The folder is the index before or after, whatever
    /// happens meanwhile; whoever has the old one loaded goes on with it. One writer at a time.
    ///
    /// # Errors
    ///
    /// As [`save`](Self::save); [`Locked`](crate::Error::Locked) if another writer is at work,
    /// [`DamagedFile`](crate::Error::DamagedFile) if what the folder has is none of this library's.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Bm25Index;
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("index");
    /// let mut bm25 = Bm25Index::<i64>::new();
    /// bm25.add_text(1, "A red fox")?;
    /// bm25.commit(&path, Default::default())?;
    /// bm25.add_text(2, "Red hens")?;
    /// bm25.commit(&path, Default::default())?;
    /// assert_eq!(Bm25Index::<i64>::load(&path)?.len(), 2);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn commit(&self, folder: impl AsRef<Path>, params: Bm25Params) -> Result<()> {
        self.commit_while(folder, params, |_| true)
    }

    /// [`commit`](Self::commit), of which `go_on` hears how many more documents are written, or need not be, and says
    /// whether to go on.
    ///
    /// # Errors
    ///
    /// As [`commit`](Self::commit); [`Stopped`](crate::Error::Stopped): the folder is then the index before.
    pub fn commit_while(
        &self,
        folder: impl AsRef<Path>,
        params: Bm25Params,
        mut go_on: impl FnMut(usize) -> bool,
    ) -> Result<()> {
        self.check_params(params)?;
        self.verify()?;
        let mut commit = Commit::begin(folder.as_ref())?;
        let says = self.write(&mut commit.writer, params, false, &mut go_on)?;
        commit.finish(&says)
    }

    /// Opens a saved index in place: nothing of the size of the postings is read before the first search, which looks
    /// the whole file through for damage. The file may be replaced meanwhile, not changed.
    ///
    /// # Errors
    ///
    /// [`Io`](crate::Error::Io); [`DamagedFile`](crate::Error::DamagedFile) for a damaged or foreign file;
    /// [`IdType`](crate::Error::IdType) for ids of another type; [`SavedAnalyzer`](crate::Error::SavedAnalyzer) for an
    /// analyzer with a custom tokenizer, which [`load_with`](Self::load_with) takes.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Bm25Index;
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let mut bm25 = Bm25Index::<i64>::new();
    /// bm25.add_text(1, "A red fox")?;
    /// bm25.save(folder.path().join("index"), Default::default())?;
    ///
    /// let loaded = Bm25Index::<i64>::load(folder.path().join("index"))?;
    /// assert_eq!(loaded.search("foxes", 10, Default::default())?[0].0, 1);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_with(path, None)
    }

    /// [`load`](Self::load) of an index whose analyzer has a custom tokenizer.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub fn load_with(path: impl AsRef<Path>, tokenizer: Option<CustomTokenizer>) -> Result<Self> {
        let reader = Reader::open(path.as_ref())?;
        let says = &reader.says;
        let text = says["analyzer"].as_str().ok_or_else(|| reader.broken())?;
        let analyzer = Analyzer::from_json(text, tokenizer)?;
        let params = Bm25Params::from_json(&says["params"]).ok_or_else(|| reader.broken())?;
        let dictionary = Dictionary::open(&reader)?;
        let engine = Engine::open(&reader, &says["engine"])?;
        if engine.terms() > dictionary.len() || !matches!(engine.kind(), Kind::Counts(_)) {
            return Err(reader.broken());
        }
        let ids = Ids::open(&reader, engine.numbered(), engine.gone().collect())?;
        let text_fields = match says["text fields"].as_array() {
            Some(names) if !names.is_empty() => engine.named_fields(names).ok_or_else(|| reader.broken())?,
            _ => Vec::new(),
        };
        let columns = Columns::open(&reader, &says["fields"], engine.numbered())?;
        let opened = Some(Arc::new(Opened::new(reader)));
        let recent = Recent::default();
        Ok(Self { analyzer, dictionary, engine, ids, columns, recent, text_fields, params, opened })
    }
}
