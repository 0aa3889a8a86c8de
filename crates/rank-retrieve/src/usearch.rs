//! Approximate dense search over the HNSW graph of the library usearch.

mod file;
mod gate;
mod options;

use std::fmt;
use std::hash::Hash;
use std::path::Path;

use rustc_hash::FxHashMap;
use usearch::{Index, IndexOptions, MetricKind, ScalarKind};

use crate::filter::{Compiled, Recent, State};
use crate::top_k::top_k;
use crate::vector::VectorCheck;
use crate::{Error, Filter, IdCodec, Metric, Result};

use gate::Gate;
pub use options::{HnswOptions, Precision};

/// The greatest number of 16 bits.
const F16_MAX: f32 = 65_504.0;

/// How many vectors are compared for each candidate that is kept, if all pass.
const PER_CANDIDATE: usize = 6;

/// A dense index that finds neighbors through a graph: approximate, and far faster than comparing all from some ten
/// thousand vectors on.
///
/// Under [`Metric::Cosine`] vectors are kept scaled to length 1. Scores are similarities, 1 minus the distance of
/// usearch. Which documents are found depends on the graph, and the graph on the order of adding only: the same calls
/// give the same answers on the same machine. The index can be searched from many threads at once.
///
/// # Source
///
/// Malkov, Yashunin: Efficient and robust approximate nearest neighbor search using Hierarchical Navigable Small World
/// graphs (2018).
///
/// # Example
///
/// ```
/// use rank_retrieve::{DenseIndex, Metric};
///
/// let mut index = DenseIndex::new(2, Metric::Dot)?;
/// index.add("east", &[1.0, 0.0])?;
/// index.add("north", &[0.0, 2.0])?;
///
/// assert_eq!(index.search(&[0.5, 0.5], 10)?, [("north", 1.0), ("east", 0.5)]);
/// # Ok::<(), rank_retrieve::Error>(())
/// ```
pub struct DenseIndex<I> {
    graph: Index,
    check: VectorCheck,
    options: HnswOptions,
    /// By key of the graph.
    ids: Vec<I>,
    numbers: FxHashMap<I, u32>,
    gate: Gate,
    state: State,
    recent: Recent<I>,
}

impl<I> fmt::Debug for DenseIndex<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DenseIndex")
            .field("dim", &self.check.dim)
            .field("metric", &self.check.metric)
            .field("options", &self.options)
            .field("len", &self.ids.len())
            .finish_non_exhaustive()
    }
}

impl<I: Clone + Eq + Hash + Ord> DenseIndex<I> {
    /// An empty index of vectors of `dim` components, with the default [`HnswOptions`].
    ///
    /// # Errors
    ///
    /// [`Error::ZeroDim`], [`Error::Usearch`].
    pub fn new(dim: usize, metric: Metric) -> Result<Self> {
        Self::with_options(dim, metric, HnswOptions::default())
    }

    /// An empty index of vectors of `dim` components.
    ///
    /// # Errors
    ///
    /// [`Error::ZeroDim`], [`Error::InvalidOption`], [`Error::Usearch`].
    pub fn with_options(dim: usize, metric: Metric, options: HnswOptions) -> Result<Self> {
        let mut check = VectorCheck::new(dim, metric)?;
        options.check()?;
        let quantization = match options.precision {
            Precision::F32 => ScalarKind::F32,
            Precision::F16 => {
                check.limit = check.limit.min(F16_MAX);
                ScalarKind::F16
            }
        };
        let graph = Index::new(&IndexOptions {
            dimensions: dim,
            metric: match metric {
                Metric::Cosine => MetricKind::Cos,
                Metric::Dot => MetricKind::IP,
            },
            quantization,
            connectivity: options.connectivity,
            expansion_add: options.expansion_add,
            expansion_search: options.expansion_search,
            multi: false,
        })
        .map_err(refused)?;
        Ok(Self {
            graph,
            check,
            options,
            ids: Vec::new(),
            numbers: FxHashMap::default(),
            gate: Gate::new(),
            state: State::default(),
            recent: Recent::default(),
        })
    }

    /// The number of components of each vector.
    pub fn dim(&self) -> usize {
        self.check.dim
    }

    /// What scores are.
    pub fn metric(&self) -> Metric {
        self.check.metric
    }

    /// How the index is built and searched.
    pub fn options(&self) -> HnswOptions {
        self.options
    }

    /// The number of documents.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether the index holds a document of this id.
    pub fn contains(&self, id: &I) -> bool {
        self.numbers.contains_key(id)
    }

    /// Adds a document's vector of `dim` components.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateDocument`], [`Error::Dimension`], [`Error::NotFinite`]; under cosine [`Error::ZeroVector`],
    /// under dot [`Error::ComponentTooLarge`]; [`Error::TooLarge`], [`Error::Usearch`]. The index is then as it was.
    pub fn add(&mut self, id: I, vector: &[f32]) -> Result<()> {
        if let Some(&document) = self.numbers.get(&id) {
            return Err(Error::DuplicateDocument { document: document as usize });
        }
        let document = u32::try_from(self.ids.len()).map_err(|_| Error::TooLarge)?;
        let vector = self.check.accept(vector)?;
        let capacity = (self.ids.len() + 1).next_power_of_two().max(64);
        // Reserving also puts the random generators back in line: the first one draws the layers of every document,
        // however many searches came between.
        self.graph.reserve_capacity_and_threads(capacity, self.gate.width).map_err(refused)?;
        self.graph.add(u64::from(document), &vector).map_err(refused)?;
        self.numbers.insert(id.clone(), document);
        self.ids.push(id);
        self.state = State::default();
        Ok(())
    }

    /// About the `k` documents most similar to a vector of `dim` components: the graph may miss some of them.
    ///
    /// Returns `(id, similarity)` by similarity descending, then by id ascending. To miss fewer, raise
    /// `expansion_search`.
    ///
    /// # Errors
    ///
    /// [`Error::Dimension`], [`Error::NotFinite`]; under cosine [`Error::ZeroVector`], under dot
    /// [`Error::ComponentTooLarge`]; [`Error::Usearch`].
    pub fn search(&self, vector: &[f32], k: usize) -> Result<Vec<(I, f32)>> {
        let query = self.check.accept(vector)?;
        let k = k.min(self.len());
        if k == 0 {
            return Ok(Vec::new());
        }
        let found = {
            let _pass = self.gate.enter();
            self.graph.search(&query, k).map_err(refused)?
        };
        Ok(self.hits(&found, k))
    }

    /// The documents most similar to a vector of `dim` components among those that pass a filter by ids, places or mask;
    /// this index has no stored fields. `k` are found if so many pass.
    ///
    /// If few pass, some 6 % of 100,000, all of these are compared: the answer is exact, but for the precision of
    /// the vectors. Otherwise it is approximate: the graph is followed through all documents, and those that pass are
    /// kept. Both give the same similarities up to rounding.
    ///
    /// # Errors
    ///
    /// As [`search`](Self::search); [`Error::UnknownField`], [`Error::InvalidTokens`] for a mask or places that do not
    /// fit, [`Error::StaleFilter`].
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{DenseIndex, Filter, Metric};
    ///
    /// let mut index = DenseIndex::new(2, Metric::Dot)?;
    /// index.add("east", &[1.0, 0.0])?;
    /// index.add("north", &[0.0, 2.0])?;
    /// let filter = !Filter::Ids(vec!["north"]);
    /// assert_eq!(index.search_filtered(&[0.5, 0.5], 10, &filter)?, [("east", 0.5)]);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn search_filtered(&self, vector: &[f32], k: usize, filter: &Filter<I>) -> Result<Vec<(I, f32)>> {
        if matches!(filter, Filter::All) {
            return self.search(vector, k);
        }
        let query = self.check.accept(vector)?;
        let passing = self.recent.among(filter, &self.numbers, self.state)?;
        let k = k.min(passing.len());
        if k == 0 {
            return Ok(Vec::new());
        }
        // To keep as many as it does, the graph is followed the farther the fewer pass.
        let followed = PER_CANDIDATE * self.options.expansion_search.max(k);
        if passing.len().saturating_mul(passing.len()) > followed.saturating_mul(self.len()) {
            let found = {
                let _pass = self.gate.enter();
                let passes = |key| passing.contains(key as u32);
                self.graph.filtered_search(&query, k, passes).map_err(refused)?
            };
            if found.keys.len() == k {
                return Ok(self.hits(&found, k));
            }
        }
        let kernels = rank_kernels::try_kernels()?;
        let mut row = vec![0.0_f32; self.check.dim];
        let mut hits = Vec::with_capacity(passing.len());
        for document in passing.iter() {
            self.graph.get(u64::from(document), &mut row).map_err(refused)?;
            hits.push((document, kernels.dot(&query, &row)));
        }
        Ok(top_k(&self.ids, hits, k))
    }

    /// A filter with what passes it: to be used again, also within others, without being evaluated.
    ///
    /// # Errors
    ///
    /// As [`search_filtered`](Self::search_filtered).
    pub fn compile(&self, filter: &Filter<I>) -> Result<Filter<I>> {
        let passing = self.recent.among(filter, &self.numbers, self.state)?;
        Ok(Filter::Compiled(Compiled::new([self.state; 2], passing)))
    }

    fn hits(&self, found: &usearch::ffi::Matches, k: usize) -> Vec<(I, f32)> {
        let hits = found.keys.iter().zip(&found.distances).map(|(&key, &distance)| (key as u32, 1.0 - distance));
        top_k(&self.ids, hits.collect(), k)
    }

    /// Changes the number of candidates kept while searching; it is saved with the index.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOption`].
    pub fn set_expansion_search(&mut self, candidates: usize) -> Result<()> {
        let options = self.options.expansion_search(candidates);
        options.check()?;
        self.graph.change_expansion_search(candidates);
        self.options = options;
        Ok(())
    }
}

impl<I: Clone + Eq + Hash + Ord + IdCodec> DenseIndex<I> {
    /// Writes the index, ids and options included, to one file. The file is replaced as a whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::Usearch`].
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{DenseIndex, Metric};
    ///
    /// let mut index = DenseIndex::new(2, Metric::Cosine)?;
    /// index.add("east".to_owned(), &[1.0, 0.0])?;
    /// let path = std::env::temp_dir().join("rank-retrieve-example.hnsw");
    /// index.save(&path)?;
    ///
    /// let loaded = DenseIndex::<String>::load(&path)?;
    /// assert_eq!(loaded.search(&[3.0, 0.0], 1)?, [("east".to_owned(), 1.0)]);
    /// # std::fs::remove_file(path).unwrap();
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let mut graph = Vec::new();
        if !self.is_empty() {
            graph.resize(self.graph.serialized_length(), 0);
            self.graph.save_to_buffer(&mut graph).map_err(refused)?;
        }
        let bytes = file::encode(self.check.dim, self.check.metric, &self.options, &self.ids, &graph);
        file::replace(path.as_ref(), &bytes)
    }

    /// Reads an index that [`save`](Self::save) wrote. Accidental damage is noticed; a file made to deceive is not.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::DamagedFile`], [`Error::IdType`], [`Error::Usearch`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = file::read(path)?;
        let saved = file::decode::<I>(path, &bytes)?;
        let damaged = || Error::DamagedFile { path: path.to_owned(), what: "a file that contradicts itself" };
        let mut index = Self::with_options(saved.dim, saved.metric, saved.options)?;
        if !saved.ids.is_empty() {
            let (metric, precision) = (index.graph.metric_kind(), index.graph.scalar_kind());
            index.graph.load_from_buffer(saved.graph).map_err(refused)?;
            let same = index.graph.dimensions() == saved.dim
                && index.graph.size() == saved.ids.len()
                && index.graph.metric_kind() == metric
                && index.graph.scalar_kind() == precision;
            if !same {
                return Err(damaged());
            }
            // Loading forgets both.
            index.graph.change_expansion_add(saved.options.expansion_add);
            index.graph.change_expansion_search(saved.options.expansion_search);
            index.graph.reserve_capacity_and_threads(saved.ids.len(), index.gate.width).map_err(refused)?;
        }
        index.numbers = saved.ids.iter().cloned().zip(0..).collect();
        if index.numbers.len() != saved.ids.len() {
            return Err(damaged());
        }
        index.ids = saved.ids;
        Ok(index)
    }
}

fn refused(error: impl fmt::Display) -> Error {
    Error::Usearch { what: error.to_string() }
}
