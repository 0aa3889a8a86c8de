//! Learned sparse vectors over the engine of BM25.

use std::hash::Hash;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::columns::Columns;
use crate::engine::{Allowed, Dictionary, Engine, Entry, Request};
use crate::file::{Opened, Reader, Writer};
use crate::filter::Recent;
use crate::folder::Commit;
use crate::ids::{Ids, count};
use crate::sparse_steps::Weights;
use crate::{Error, IdCodec, Impacts, Result, StoredFields};

/// Dimensions are below.
const DIMENSIONS: u32 = 1 << 24;

/// Sparse vectors in rows: the `i`-th has `values[offsets[i]..offsets[i + 1]]` at the dimensions of the same places.
///
/// The rows of SciPy's CSR matrices, borrowed.
#[derive(Debug, Clone, Copy)]
pub struct SparseRows<'a> {
    /// Where each row begins, and the last ends.
    pub offsets: &'a [usize],
    /// Below 2^24, in each row ascending or not, each once.
    pub dimensions: &'a [i32],
    /// At least 0 and finite; 0 is as if it were not there.
    pub values: &'a [f32],
}

impl SparseRows<'_> {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn check(&self) -> Result<()> {
        let refused = |argument, expected: String, got: String| Err(Error::InvalidTokens { argument, expected, got });
        let Self { offsets, dimensions, values } = *self;
        if dimensions.len() != values.len() {
            return refused("values", format!("as many as dimensions, {}", dimensions.len()), values.len().to_string());
        }
        if offsets.first() != Some(&0) || offsets.last() != Some(&values.len()) || !offsets.is_sorted() {
            let got = format!("{} from {:?} to {:?}", offsets.len(), offsets.first(), offsets.last());
            return refused("offsets", format!("ascending numbers from 0 to {}", values.len()), got);
        }
        if let Some(at) = dimensions.iter().position(|&dimension| !(0..DIMENSIONS as i32).contains(&dimension)) {
            let expected = format!("numbers of 0 to {DIMENSIONS}, exclusive");
            return refused("dimensions", expected, format!("{} at {at}", dimensions[at]));
        }
        if let Some(at) = values.iter().position(|value| !(value.is_finite() && *value >= 0.0)) {
            return refused("values", "finite numbers of at least 0".to_owned(), format!("{} at {at}", values[at]));
        }
        Ok(())
    }

    /// [`check`](Self::check), that they are as many as the ids, and that an index can keep the values.
    pub(crate) fn check_for(&self, ids: usize, weights: Weights) -> Result<()> {
        self.check()?;
        weights.check("values", self.values.iter().copied(), |place| format!("at {place}"))?;
        if ids == self.len() {
            return Ok(());
        }
        let expected = format!("as many as rows, {}", self.len());
        Err(Error::InvalidTokens { argument: "ids", expected, got: ids.to_string() })
    }

    /// The dimensions and values of a row that are not 0, ascending, each once.
    pub(crate) fn row(&self, row: usize) -> Result<Vec<(u32, f32)>> {
        let range = self.offsets[row]..self.offsets[row + 1];
        let pairs = self.dimensions[range.clone()].iter().map(|&d| d as u32).zip(self.values[range].iter().copied());
        once(pairs.filter(|pair| pair.1 > 0.0).collect(), |dimension| format!("{dimension} twice in row {row}"))
    }
}

pub(crate) fn once(mut pairs: Vec<(u32, f32)>, twice: impl Fn(u32) -> String) -> Result<Vec<(u32, f32)>> {
    if !pairs.is_sorted_by(|a, b| a.0 < b.0) {
        pairs.sort_unstable_by_key(|pair| pair.0);
        if let Some(pair) = pairs.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let expected = "each dimension once in a row".to_owned();
            return Err(Error::InvalidTokens { argument: "dimensions", expected, got: twice(pair[0].0) });
        }
    }
    Ok(pairs)
}

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

    /// Adds documents, a row each.
    ///
    /// # Errors
    ///
    /// [`InvalidTokens`](Error::InvalidTokens) for rows that are none, and [`UnfitWeight`](Error::UnfitWeight) for weights
    /// that do not go into a byte, before anything is added; a dimension twice in a row;
    /// [`MixedDimensions`](Error::MixedDimensions) for an index of named dimensions;
    /// [`DuplicateDocument`](Error::DuplicateDocument). Documents before the error stay.
    pub fn add(&mut self, ids: &[I], rows: SparseRows<'_>) -> Result<()> {
        self.verify()?;
        self.check_numbered()?;
        rows.check_for(ids.len(), self.weights)?;
        for (row, id) in ids.iter().enumerate() {
            self.ids.check(id)?;
            let pairs = rows.row(row)?;
            self.push(id.clone(), &pairs);
        }
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
        self.verify()?;
        self.check_numbered()?;
        rows.check_for(ids.len(), self.weights)?;
        let all = (0..rows.len()).map(|row| rows.row(row)).collect::<Result<Vec<_>>>()?;
        count(self.engine.numbered() + all.len())?;
        let mut there = 0;
        for (id, pairs) in ids.iter().zip(&all) {
            there += usize::from(self.replace(id.clone(), pairs, &StoredFields::new())?);
        }
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
    fn check_has_names(&self) -> Result<()> {
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
        self.verify()?;
        let numbers = self.engine.merge();
        self.renumber(&numbers);
        Ok(())
    }

    /// The `k` documents of the greatest inner products for each row: score descending, then id ascending.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub fn search(&self, queries: SparseRows<'_>, k: usize) -> Result<Vec<Vec<(I, f32)>>> {
        self.search_on(queries, k, 1, |_| true)
    }

    /// [`search`](Self::search) on at most `threads` threads, which change no bit. `go_on` hears how many more queries
    /// are done, and says whether to go on; after a no, the result is of no use.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub fn search_on(
        &self,
        queries: SparseRows<'_>,
        k: usize,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(I, f32)>>> {
        let lists = self.numbers(queries, k, threads, go_on)?;
        Ok(lists.into_iter().map(|list| self.named(list)).collect())
    }

    /// [`search_on`](Self::search_on) with document numbers, which [`id`](Self::id) turns into ids.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub fn numbers(
        &self,
        queries: SparseRows<'_>,
        k: usize,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(u32, f32)>>> {
        self.numbers_among(queries, k, threads, go_on, None)
    }

    pub(crate) fn numbers_among(
        &self,
        queries: SparseRows<'_>,
        k: usize,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
        allowed: Option<&Allowed>,
    ) -> Result<Vec<Vec<(u32, f32)>>> {
        rank_kernels::try_kernels()?;
        self.verify()?;
        self.check_numbered()?;
        queries.check()?;
        let terms = (0..queries.len()).map(|row| queries.row(row)).collect::<Result<Vec<_>>>()?;
        let request = |terms| Request { terms, k, allowed, scoring: None };
        let requests: Vec<Request<'_>> = terms.iter().map(|terms| request(terms)).collect();
        Ok(self.engine.search_batch(&requests, &self.ids, threads, &go_on))
    }

    /// [`search`](Self::search) for one query of named dimensions.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub fn search_named<S: AsRef<str>>(&self, weights: &[(S, f32)], k: usize) -> Result<Vec<(I, f32)>> {
        self.search_named_among(weights, k, None)
    }

    pub(crate) fn search_named_among<S: AsRef<str>>(
        &self,
        weights: &[(S, f32)],
        k: usize,
        allowed: Option<&Allowed>,
    ) -> Result<Vec<(I, f32)>> {
        rank_kernels::try_kernels()?;
        self.verify()?;
        let terms = self.named_terms(weights)?;
        let request = Request { terms: &terms, k, allowed, scoring: None };
        Ok(self.named(self.engine.search(&request, &self.ids)))
    }

    /// The names that the index knows, in alphabetical order.
    pub(crate) fn named_terms<S: AsRef<str>>(&self, weights: &[(S, f32)]) -> Result<Vec<(u32, f32)>> {
        self.check_has_names()?;
        check_named(weights)?;
        let known = weights.iter().filter(|pair| pair.1 > 0.0);
        let known = known.filter_map(|(name, weight)| Some((self.dictionary.number(name.as_ref())?, *weight)));
        let mut terms = once(known.collect(), |_| "one twice".to_owned())?;
        terms.sort_unstable_by(|a, b| self.dictionary.bytes(a.0).cmp(self.dictionary.bytes(b.0)));
        Ok(terms)
    }

    pub(crate) fn named(&self, list: Vec<(u32, f32)>) -> Vec<(I, f32)> {
        list.into_iter().map(|(number, score)| (self.ids.id(number).clone(), score)).collect()
    }

    pub(crate) fn verify(&self) -> Result<()> {
        let Some(opened) = &self.opened else { return Ok(()) };
        opened.verify(|| self.engine.is_sound() && self.columns.is_sound())
    }
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync + IdCodec> SparseIndex<I> {
    /// Writes the index to one file, which is replaced as a whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Io`](Error::Io), and as [`remove`](Self::remove).
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        self.verify()?;
        let mut writer = Writer::new(path.as_ref())?;
        let says = self.write(&mut writer, true)?;
        writer.finish(&says)
    }

    fn write(&self, writer: &mut Writer, ready: bool) -> Result<serde_json::Value> {
        let engine = self.engine.save(writer, None, ready)?;
        self.dictionary.save(writer)?;
        self.ids.save(writer)?;
        let fields = self.columns.save(writer)?;
        Ok(says(self.weights, &engine, &fields))
    }

    /// Writes what changed since the last time into a folder, as [`Bm25Index::commit`](crate::Bm25Index::commit) does.
    ///
    /// # Errors
    ///
    /// As [`Bm25Index::commit`](crate::Bm25Index::commit).
    pub fn commit(&self, folder: impl AsRef<Path>) -> Result<()> {
        self.verify()?;
        let mut commit = Commit::begin(folder.as_ref())?;
        let says = self.write(&mut commit.writer, false)?;
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
}

/// What a file says of an index beside its rows.
pub(crate) fn says(weights: Weights, engine: &Value, fields: &Value) -> Value {
    let mut says = json!({ "engine": engine, "fields": fields });
    if let Some(max) = weights.to_json() {
        says["max weight"] = max;
    }
    says
}

/// The dimensions of the first of these rows.
pub(crate) fn first_row(rows: SparseRows<'_>) -> Result<Vec<(u32, f32)>> {
    rows.check()?;
    if rows.is_empty() { Ok(Vec::new()) } else { rows.row(0) }
}

/// Refuses dimensions of a kind that the index does not have.
pub(crate) fn check_kind(has_names: bool, are_names: bool) -> Result<()> {
    let word = |names: bool| if names { "names" } else { "numbers" };
    if has_names == are_names {
        return Ok(());
    }
    Err(Error::MixedDimensions { expected: word(has_names), got: word(are_names) })
}

/// The numbers of names with their weights above 0, ascending; names that are new get one, if there is no error.
pub(crate) fn numbered<S: AsRef<str>>(
    dictionary: &mut Dictionary,
    kept: Weights,
    weights: &[(S, f32)],
) -> Result<Vec<(u32, f32)>> {
    check_named(weights)?;
    kept.check("weights", weights.iter().map(|pair| pair.1), |at| format!("for {:?}", weights[at].0.as_ref()))?;
    let before = dictionary.len();
    let pairs = weights.iter().filter(|pair| pair.1 > 0.0);
    let pairs = pairs.map(|(name, weight)| (dictionary.intern(name.as_ref()), *weight)).collect();
    let found = once(pairs, |_| "one twice".to_owned());
    if found.is_err() && before == 0 {
        // An index without documents takes dimensions of either kind.
        *dictionary = Dictionary::default();
    }
    found
}

pub(crate) fn check_named<S>(weights: &[(S, f32)]) -> Result<()> {
    match weights.iter().find(|pair| !(pair.1.is_finite() && pair.1 >= 0.0)) {
        None => Ok(()),
        Some((_, weight)) => Err(Error::InvalidTokens {
            argument: "weights",
            expected: "finite numbers of at least 0".to_owned(),
            got: weight.to_string(),
        }),
    }
}
