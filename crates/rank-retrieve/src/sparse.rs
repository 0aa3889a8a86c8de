//! Learned sparse vectors over the engine of BM25.

mod rows;
mod saved;
mod search;
mod vectors;

use std::hash::Hash;
use std::sync::Arc;

use crate::bm25::{TOGETHER, last};
use crate::columns::Columns;
use crate::engine::{Dictionary, Engine, Entry};
use crate::file::Opened;
use crate::filter::Recent;
use crate::ids::{Ids, count};
use crate::sparse_steps::Weights;
use crate::{Error, Impacts, Result, StoredFields};

pub use rows::SparseRows;
pub(crate) use rows::{check_kind, check_named, check_stored, first_row, numbered};
pub(crate) use saved::says;
pub use vectors::{DimensionShare, SparseExplanation};

/// An index of sparse vectors, as SPLADE and its kin make them, that ranks by the inner product: exact.
///
/// The engine is that of [`Bm25Index`](crate::Bm25Index), with weights in the place of impacts. A product is rounded to
/// `f32`, sums are made in `f32`, what can add most first. Only documents that share a dimension with the query are
/// found.
///
/// # Source
///
/// Formal, Piwowarski, Clinchant: SPLADE (SIGIR 2021); Mackenzie, Trotman, Lin: Wacky Weights in Learned Sparse
/// Representations (2021).
///
/// # Example
///
/// ```
/// use rank_retrieve::{SparseIndex, SparseRows};
///
/// let mut index = SparseIndex::new();
/// let documents = SparseRows { offsets: &[0, 2, 3], dimensions: &[7, 9, 9], values: &[2.0, 0.5, 3.0] };
/// index.add(&["d1", "d2"], documents)?;
///
/// let query = SparseRows { offsets: &[0, 2], dimensions: &[7, 9], values: &[1.0, 2.0] };
/// // 1 · 2 + 2 · 0.5 and 2 · 3
/// assert_eq!(index.search(query, 10)?, [[("d2", 6.0), ("d1", 3.0)]]);
/// # Ok::<(), rank_retrieve::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SparseIndex<I> {
    dictionary: Dictionary,
    pub(crate) engine: Engine,
    weights: Weights,
    pub(crate) ids: Ids<I>,
    pub(crate) columns: Columns,
    pub(crate) recent: Recent<I>,
    opened: Option<Arc<Opened>>,
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync> Default for SparseIndex<I> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync> SparseIndex<I> {
    /// An empty index.
    pub fn new() -> Self {
        Self::of(Weights::F32)
    }

    /// An empty index whose weights are in this form. In [`Impacts::U8`] a posting takes 3 bytes in place of 6, in memory
    /// and in a file, and weights are
    ///
    /// * whole numbers of at most 255, as they are, without `max_weight`: such as Anserini and its kin make. Others are an
    ///   error.
    /// * at most `max_weight`, in steps of `max_weight / 255`: rounded to the nearest, and to one step at least. A score
    ///   is off by `max_weight / 510` for each unit of weight in the query that meets the document, and by twice that
    ///   where a weight is less than half a step. Weights above are an error.
    ///
    /// Weights of queries stay `f32`. All that an index promises holds of these weights: the best are found exactly, and
    /// the bits of their scores do not depend on how the index came to be.
    ///
    /// # Errors
    ///
    /// [`InvalidMaxWeight`](Error::InvalidMaxWeight) for one that is not from 1e-30 to 1e30, or that is not asked for.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{Impacts, SparseIndex};
    ///
    /// let mut whole = SparseIndex::with_impacts(Impacts::U8, None)?;
    /// whole.add_named(1, &[("fox", 120.0), ("red", 7.0)])?;
    /// assert_eq!(whole.search_named(&[("fox", 0.5)], 10)?, [(1, 60.0)]);
    ///
    /// let mut rounded = SparseIndex::with_impacts(Impacts::U8, Some(2.55))?;
    /// rounded.add_named(1, &[("fox", 1.2345)])?;
    /// let score = rounded.search_named(&[("fox", 1.0)], 10)?[0].1;
    /// assert!((score - 1.23).abs() < 1e-6);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn with_impacts(impacts: Impacts, max_weight: Option<f32>) -> Result<Self> {
        Weights::new(impacts, max_weight).map(Self::of)
    }

    pub(crate) fn of(weights: Weights) -> Self {
        Self {
            dictionary: Dictionary::default(),
            engine: Engine::new(weights.kind(), Vec::new()),
            weights,
            ids: Ids::default(),
            columns: Columns::default(),
            recent: Recent::default(),
            opened: None,
        }
    }

    /// The form in which weights are kept.
    pub fn impacts(&self) -> Impacts {
        if self.weights == Weights::F32 { Impacts::F32 } else { Impacts::U8 }
    }

    /// The greatest weight that documents may have, where weights are rounded.
    pub fn max_weight(&self) -> Option<f32> {
        self.weights.max()
    }

    /// How weights are kept.
    pub(crate) fn weights(&self) -> Weights {
        self.weights
    }

    /// The number of documents.
    pub fn len(&self) -> usize {
        self.engine.len()
    }

    /// Whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the index holds a document of this id.
    pub fn contains(&self, id: &I) -> bool {
        self.ids.number(id).is_some()
    }

    /// How many document numbers there are, those of removed documents among them.
    pub fn numbered(&self) -> usize {
        self.engine.numbered()
    }

    /// The id of a document number.
    ///
    /// # Panics
    ///
    /// If there never was a document of this number.
    pub fn id(&self, number: u32) -> &I {
        self.ids.id(number)
    }

    /// Whether dimensions have names; they are numbers, or there is none yet, if not.
    pub fn has_names(&self) -> bool {
        self.dictionary.len() > 0
    }

    /// Adds documents, a row each.
    ///
    /// # Errors
    ///
    /// [`InvalidTokens`](Error::InvalidTokens) for rows that are none, and [`UnfitWeight`](Error::UnfitWeight) for weights
    /// that do not go into a byte, before anything is added; a dimension twice in a row;
    /// [`MixedDimensions`](Error::MixedDimensions) for an index of named dimensions;
    /// [`DuplicateDocument`](Error::DuplicateDocument). Documents before the error stay.
    pub fn add(&mut self, ids: &[I], rows: SparseRows<'_>) -> Result<()> {
        self.add_while(ids, rows, |_| true)
    }

    /// [`add`](Self::add), of which `go_on` hears how many more documents were added, and says whether to go on.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add), and [`Stopped`](Error::Stopped). Documents before the error stay.
    pub fn add_while(&mut self, ids: &[I], rows: SparseRows<'_>, mut go_on: impl FnMut(usize) -> bool) -> Result<()> {
        self.add_all(ids, rows, &[], &mut go_on)
    }

    /// [`add`](Self::add) with values to be stored, as many as ids.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add) and [`set_fields`](Self::set_fields). Documents before the error stay.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{SparseIndex, SparseRows, StoredFields};
    ///
    /// let mut index = SparseIndex::new();
    /// let rows = SparseRows { offsets: &[0, 1], dimensions: &[7], values: &[2.0] };
    /// index.add_with(&[1], rows, &[StoredFields::new().with("year", 2021)])?;
    /// assert_eq!(index.fields(&1)?.unwrap(), StoredFields::new().with("year", 2021));
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn add_with(&mut self, ids: &[I], rows: SparseRows<'_>, stored: &[StoredFields]) -> Result<()> {
        check_stored(ids.len(), stored)?;
        self.add_all(ids, rows, stored, &mut |_| true)
    }

    fn add_all(
        &mut self,
        ids: &[I],
        rows: SparseRows<'_>,
        stored: &[StoredFields],
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<()> {
        self.verify()?;
        self.check_numbered()?;
        rows.check_for(ids.len(), self.weights)?;
        for (row, id) in ids.iter().enumerate() {
            if row % TOGETHER == 0 && row > 0 && !go_on(TOGETHER) {
                return Err(Error::Stopped);
            }
            self.ids.check(id)?;
            if let Some(stored) = stored.get(row) {
                self.columns.check(stored)?;
            }
            let pairs = rows.row(row)?;
            let number = self.engine.numbered() as u32;
            self.push(id.clone(), &pairs);
            if let Some(stored) = stored.get(row) {
                self.columns.set(number, stored)?;
            }
        }
        go_on(last(ids.len()));
        Ok(())
    }

    /// Adds a document of named dimensions with their weights, as in Anserini's JSON. Named dimensions and numbered ones
    /// do not go together in one index.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::SparseIndex;
    ///
    /// let mut index = SparseIndex::new();
    /// index.add_named(1, &[("fox", 2.0), ("##es", 0.5)])?;
    /// assert_eq!(index.search_named(&[("fox", 3.0), ("hen", 1.0)], 10)?, [(1, 6.0)]);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn add_named<S: AsRef<str>>(&mut self, id: I, weights: &[(S, f32)]) -> Result<()> {
        self.verify()?;
        self.ids.check(&id)?;
        let pairs = self.numbered_pairs(weights)?;
        self.push(id, &pairs);
        Ok(())
    }

    /// Puts rows in the place of the documents of these ids, or adds those that are not there. How many were. What is
    /// stored with them stays; of an id that is there twice the last row counts.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add); the index is then as it was.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{SparseIndex, SparseRows};
    ///
    /// let mut index = SparseIndex::new();
    /// index.add(&["d1"], SparseRows { offsets: &[0, 1], dimensions: &[7], values: &[2.0] })?;
    /// let rows = SparseRows { offsets: &[0, 1, 2], dimensions: &[7, 9], values: &[3.0, 1.0] };
    /// assert_eq!(index.update(&["d1", "d2"], rows)?, 1);
    /// let query = SparseRows { offsets: &[0, 1], dimensions: &[7], values: &[1.0] };
    /// assert_eq!(index.search(query, 10)?, [[("d1", 3.0)]]);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn update(&mut self, ids: &[I], rows: SparseRows<'_>) -> Result<usize> {
        self.update_while(ids, rows, |_| true)
    }

    /// [`update`](Self::update), of which `go_on` hears how many more documents were put in place, and says whether to go
    /// on.
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update); [`Stopped`](Error::Stopped): the documents so far are in place then.
    pub fn update_while(
        &mut self,
        ids: &[I],
        rows: SparseRows<'_>,
        mut go_on: impl FnMut(usize) -> bool,
    ) -> Result<usize> {
        self.verify()?;
        self.check_numbered()?;
        rows.check_for(ids.len(), self.weights)?;
        let all = (0..rows.len()).map(|row| rows.row(row)).collect::<Result<Vec<_>>>()?;
        count(self.engine.numbered() + all.len())?;
        let mut there = 0;
        for (row, (id, pairs)) in ids.iter().zip(&all).enumerate() {
            if row % TOGETHER == 0 && row > 0 && !go_on(TOGETHER) {
                return Err(Error::Stopped);
            }
            there += usize::from(self.replace(id.clone(), pairs, &StoredFields::new())?);
        }
        go_on(last(ids.len()));
        Ok(there)
    }

    /// [`update`](Self::update) for a document of named dimensions. Whether there was one.
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::SparseIndex;
    ///
    /// let mut index = SparseIndex::new();
    /// assert!(!index.update_named(1, &[("fox", 2.0)])?);
    /// assert!(index.update_named(1, &[("hen", 1.0)])?);
    /// assert_eq!(index.search_named(&[("fox", 1.0), ("hen", 3.0)], 10)?, [(1, 3.0)]);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn update_named<S: AsRef<str>>(&mut self, id: I, weights: &[(S, f32)]) -> Result<bool> {
        self.update_named_with(id, weights, &StoredFields::new())
    }

    /// [`update_named`](Self::update_named) with values to be stored; those of other fields stay.
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update) and [`set_fields`](Self::set_fields).
    pub fn update_named_with<S: AsRef<str>>(
        &mut self,
        id: I,
        weights: &[(S, f32)],
        fields: &StoredFields,
    ) -> Result<bool> {
        self.verify()?;
        self.columns.check(fields)?;
        count(self.engine.numbered() + 1)?;
        let pairs = self.numbered_pairs(weights)?;
        self.replace(id, &pairs, fields)
    }

    fn replace(&mut self, id: I, pairs: &[(u32, f32)], fields: &StoredFields) -> Result<bool> {
        let stored = self.fields(&id)?.unwrap_or_default().updated(fields);
        let there = self.remove(&id)?;
        let number = self.engine.numbered() as u32;
        self.push(id, pairs);
        self.columns.set(number, &stored)?;
        Ok(there)
    }

    /// The numbers of names with their weights; names that are new get one.
    fn numbered_pairs<S: AsRef<str>>(&mut self, weights: &[(S, f32)]) -> Result<Vec<(u32, f32)>> {
        self.check_has_names()?;
        numbered(&mut self.dictionary, self.weights, weights)
    }

    /// Refuses numbers where dimensions have names.
    pub(crate) fn check_numbered(&self) -> Result<()> {
        check_kind(self.dictionary.len() > 0, false)
    }

    /// Refuses names where dimensions have numbers.
    pub(crate) fn check_has_names(&self) -> Result<()> {
        check_kind(self.dictionary.len() > 0 || self.engine.terms() == 0, true)
    }

    fn push(&mut self, id: I, pairs: &[(u32, f32)]) {
        let entry = |&(term, weight): &(u32, f32)| Entry { term, field: 0, value: self.weights.value(weight) };
        self.engine.add(&pairs.iter().map(entry).collect::<Vec<_>>(), &[]);
        self.ids.push(id);
    }

    /// Takes a document out. Whether it was there.
    ///
    /// # Errors
    ///
    /// [`DamagedFile`](Error::DamagedFile) if the index was loaded, and its file is not what was saved.
    pub fn remove(&mut self, id: &I) -> Result<bool> {
        self.verify()?;
        let Some(number) = self.ids.remove(id) else { return Ok(false) };
        self.forget(number);
        if self.engine.numbered() > 2 * self.engine.len() + 1024 {
            self.merge()?;
        }
        Ok(true)
    }

    /// Writes the index anew without what was taken out. Nothing that is found changes.
    ///
    /// # Errors
    ///
    /// As [`remove`](Self::remove).
    pub fn merge(&mut self) -> Result<()> {
        self.merge_while(|_| true)
    }

    /// [`merge`](Self::merge), of which `go_on` hears how many more documents are done, those that were taken out among
    /// them, and says whether to go on.
    ///
    /// # Errors
    ///
    /// As [`remove`](Self::remove); [`Stopped`](Error::Stopped): the index is then as it was.
    pub fn merge_while(&mut self, mut go_on: impl FnMut(usize) -> bool) -> Result<()> {
        self.verify()?;
        let numbers = self.engine.merge(&mut go_on).ok_or(Error::Stopped)?;
        self.renumber(&numbers);
        Ok(())
    }

    pub(crate) fn verify(&self) -> Result<()> {
        let Some(opened) = &self.opened else { return Ok(()) };
        opened.verify(|| self.engine.is_sound() && self.columns.is_sound())
    }
}
