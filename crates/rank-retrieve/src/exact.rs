//! Exact dense search: every vector is compared.

use std::hash::Hash;

use rank_kernels::Kernels;
use rustc_hash::FxHashMap;

use crate::filter::{Compiled, Recent, State};
use crate::top_k::top_k;
use crate::vector::VectorCheck;
use crate::{Error, Filter, Metric, Result};

/// A dense index that compares the query with every vector: exact, and fast enough up to some ten thousand vectors.
///
/// Under [`Metric::Cosine`] vectors are kept scaled to length 1, and scores are from -1 to 1 but for rounding. The index
/// can be searched from many threads at once.
///
/// # Example
///
/// ```
/// use rank_retrieve::{ExactDenseIndex, Metric};
///
/// let mut index = ExactDenseIndex::new(2, Metric::Cosine)?;
/// index.add("east", &[2.0, 0.0])?;
/// index.add("north", &[0.0, 1.0])?;
///
/// // The cosine of (3, 4) with the axes.
/// assert_eq!(index.search(&[3.0, 4.0], 10)?, [("north", 0.8), ("east", 0.6)]);
/// # Ok::<(), rank_retrieve::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ExactDenseIndex<I> {
    check: VectorCheck,
    kernels: &'static Kernels,
    /// Row after row.
    vectors: Vec<f32>,
    /// By row.
    ids: Vec<I>,
    numbers: FxHashMap<I, u32>,
    state: State,
    recent: Recent<I>,
}

impl<I: Clone + Eq + Hash + Ord> ExactDenseIndex<I> {
    /// An empty index of vectors of `dim` components.
    ///
    /// # Errors
    ///
    /// [`Error::ZeroDim`]; [`Error::Isa`] if the environment asks for instructions that this machine lacks.
    pub fn new(dim: usize, metric: Metric) -> Result<Self> {
        let check = VectorCheck::new(dim, metric)?;
        let kernels = rank_kernels::try_kernels()?;
        Ok(Self {
            check,
            kernels,
            vectors: Vec::new(),
            ids: Vec::new(),
            numbers: FxHashMap::default(),
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
    /// under dot [`Error::ComponentTooLarge`]; [`Error::TooLarge`]. The index is then as it was.
    pub fn add(&mut self, id: I, vector: &[f32]) -> Result<()> {
        if let Some(&document) = self.numbers.get(&id) {
            return Err(Error::DuplicateDocument { document: document as usize });
        }
        let document = u32::try_from(self.ids.len()).map_err(|_| Error::TooLarge)?;
        let vector = self.check.accept(vector)?;
        self.vectors.extend_from_slice(&vector);
        self.numbers.insert(id.clone(), document);
        self.ids.push(id);
        self.state = State::default();
        Ok(())
    }

    /// The `k` documents most similar to a vector of `dim` components.
    ///
    /// Returns `(id, similarity)` by similarity descending, then by id ascending; negative similarities too. O(n dim)
    /// for n documents.
    ///
    /// # Errors
    ///
    /// [`Error::Dimension`], [`Error::NotFinite`]; under cosine [`Error::ZeroVector`], under dot
    /// [`Error::ComponentTooLarge`].
    pub fn search(&self, vector: &[f32], k: usize) -> Result<Vec<(I, f32)>> {
        let query = self.check.accept(vector)?;
        let rows = self.vectors.chunks_exact(self.check.dim);
        let hits = rows.zip(0..).map(|(row, document)| (document, self.kernels.dot(&query, row))).collect();
        Ok(top_k(&self.ids, hits, k))
    }

    /// [`search`](Self::search) among the documents that pass a filter by ids, places or mask; this index has no stored
    /// fields. O(m dim) for m documents that pass.
    ///
    /// # Errors
    ///
    /// As [`search`](Self::search); [`Error::UnknownField`], [`Error::InvalidTokens`] for a mask or places that do not
    /// fit.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{ExactDenseIndex, Filter, Metric};
    ///
    /// let mut index = ExactDenseIndex::new(2, Metric::Dot)?;
    /// index.add("east", &[2.0, 0.0])?;
    /// index.add("north", &[0.0, 1.0])?;
    /// let filter = !Filter::Ids(vec!["north"]);
    /// assert_eq!(index.search_filtered(&[3.0, 4.0], 10, &filter)?, [("east", 6.0)]);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn search_filtered(&self, vector: &[f32], k: usize, filter: &Filter<I>) -> Result<Vec<(I, f32)>> {
        let query = self.check.accept(vector)?;
        let passing = self.recent.among(filter, &self.numbers, self.state)?;
        let score = |document: u32| {
            let from = document as usize * self.check.dim;
            (document, self.kernels.dot(&query, &self.vectors[from..from + self.check.dim]))
        };
        Ok(top_k(&self.ids, passing.iter().map(score).collect(), k))
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
}
