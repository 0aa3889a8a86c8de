//! An index of sparse vectors in a file or a folder.

use std::hash::Hash;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::SparseIndex;
use super::rows::DIMENSIONS;
use crate::columns::Columns;
use crate::engine::{Dictionary, Engine};
use crate::file::{Opened, Reader, Writer};
use crate::filter::Recent;
use crate::folder::Commit;
use crate::ids::Ids;
use crate::sparse_steps::Weights;
use crate::{Error, IdCodec, Result};

impl<I: Clone + Eq + Hash + Ord + Send + Sync + IdCodec> SparseIndex<I> {
    /// Writes the index to one file, which is replaced as a whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Io`](Error::Io), and as [`remove`](Self::remove).
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        self.save_while(path, |_| true)
    }

    /// [`save`](Self::save), of which `go_on` hears how many more documents are written, those that were taken out among
    /// them, and says whether to go on.
    ///
    /// # Errors
    ///
    /// As [`save`](Self::save); [`Stopped`](Error::Stopped): `path` is then the old file.
    pub fn save_while(&self, path: impl AsRef<Path>, mut go_on: impl FnMut(usize) -> bool) -> Result<()> {
        self.verify()?;
        let mut writer = Writer::new(path.as_ref())?;
        let says = self.write(&mut writer, true, &mut go_on)?;
        writer.finish(&says)
    }

    fn write(&self, writer: &mut Writer, ready: bool, go_on: &mut dyn FnMut(usize) -> bool) -> Result<Value> {
        let engine = self.engine.save(writer, None, ready, go_on)?;
        self.dictionary.save(writer)?;
        self.ids.save(writer)?;
        let fields = self.columns.save(writer)?;
        if go_on(0) { Ok(says(self.weights, &engine, &fields)) } else { Err(Error::Stopped) }
    }

    /// Writes what changed since the last time into a folder, as [`Bm25Index::commit`](crate::Bm25Index::commit) does.
    ///
    /// # Errors
    ///
    /// As [`Bm25Index::commit`](crate::Bm25Index::commit).
    pub fn commit(&self, folder: impl AsRef<Path>) -> Result<()> {
        self.commit_while(folder, |_| true)
    }

    /// [`commit`](Self::commit), of which `go_on` hears how many more documents are written, or need not be, and says
    /// whether to go on.
    ///
    /// # Errors
    ///
    /// As [`commit`](Self::commit); [`Stopped`](Error::Stopped): the folder is then the index before.
    pub fn commit_while(&self, folder: impl AsRef<Path>, mut go_on: impl FnMut(usize) -> bool) -> Result<()> {
        self.verify()?;
        let mut commit = Commit::begin(folder.as_ref())?;
        let says = self.write(&mut commit.writer, false, &mut go_on)?;
        commit.finish(&says)
    }

    /// Opens a saved index in place; the first search looks the whole file through for damage.
    ///
    /// # Errors
    ///
    /// [`Io`](Error::Io); [`DamagedFile`](Error::DamagedFile) for a damaged or foreign file; [`IdType`](Error::IdType).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::SparseIndex;
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let mut index = SparseIndex::<i64>::new();
    /// index.add_named(1, &[("fox", 2.0)])?;
    /// index.save(folder.path().join("index"))?;
    /// let loaded = SparseIndex::<i64>::load(folder.path().join("index"))?;
    /// assert_eq!(loaded.search_named(&[("fox", 1.0)], 10)?, [(1, 2.0)]);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let reader = Reader::open(path.as_ref())?;
        let dictionary = Dictionary::open(&reader)?;
        let engine = Engine::open(&reader, &reader.says["engine"])?;
        let terms = if dictionary.len() > 0 { dictionary.len() } else { DIMENSIONS as usize };
        let weights = Weights::from_json(&reader.says["max weight"], engine.kind()).ok_or_else(|| reader.broken())?;
        if engine.terms() > terms {
            return Err(reader.broken());
        }
        let ids = Ids::open(&reader, engine.numbered(), engine.gone().collect())?;
        let columns = Columns::open(&reader, &reader.says["fields"], engine.numbered())?;
        let opened = Some(Arc::new(Opened::new(reader)));
        Ok(Self { dictionary, engine, weights, ids, columns, recent: Recent::default(), opened })
    }
}

/// What a file says of an index beside its rows.
pub(crate) fn says(weights: Weights, engine: &Value, fields: &Value) -> Value {
    let mut says = json!({ "engine": engine, "fields": fields });
    if let Some(max) = weights.to_json() {
        says["max weight"] = max;
    }
    says
}
