//! MaxSim: late interaction of query tokens and document tokens.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rank_kernels::{Kernels, PackedBf16, PackedInt8, PackedQuery, PackedSigns, kernels, try_kernels};

use crate::error::{Argument, Error, Result};
use crate::residual::{CompressedQuery, ResidualCodec};
use crate::simd::batch::{Components, TokenBatch};
use crate::simd::score::Scoring;
use crate::simd::vectors::normalize;
use crate::tokens::{TokenMatrix, Tokens, check_finite, gather};

/// A query, packed for scoring many documents by MaxSim: the sum over the query's tokens of the largest dot product
/// with any token of the document.
///
/// Read by any number of threads at once; a score is the same bits on each of them.
///
/// # Source
///
/// Khattab, Zaharia: `ColBERT`: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT
/// (SIGIR 2020), equation 3.
///
/// # Example
///
/// ```
/// use rank_rerank::simd::MaxSim;
///
/// let query = MaxSim::new(&[[1.0, 0.0], [0.0, 1.0]])?;
/// // The best of 3 and 2, and the best of 1 and 5.
/// assert_eq!(query.score(&[[3.0, 1.0], [2.0, 5.0]])?, 3.0 + 5.0);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MaxSim {
    weights: Vec<f32>,
    pub(super) query: PackedQuery,
    /// These are packed when documents of their type come.
    bf16: OnceLock<PackedBf16>,
    int8: OnceLock<PackedInt8>,
    signs: OnceLock<PackedSigns>,
    compressed: Compressed,
    /// Whether tokens are divided by their norms: those of the query are.
    pub(super) cosine: bool,
    pub(super) kernels: &'static Kernels,
}

/// What was made for the codec whose documents came last.
#[derive(Debug, Default)]
struct Compressed(Mutex<Option<(u64, Arc<CompressedQuery>)>>);

impl Clone for Compressed {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()))
    }
}

impl MaxSim {
    /// Packs the tokens of a query.
    ///
    /// # Errors
    ///
    /// [`Error::NoTokens`], [`Error::NoComponents`], [`Error::RaggedTokens`], [`Error::NonFinite`]; [`Error::Isa`].
    pub fn new<Q: Tokens + ?Sized>(query_tokens: &Q) -> Result<Self> {
        let (values, dim) = gather(query_tokens, Argument::Query)?;
        check_finite(&values, dim, Argument::Query)?;
        Ok(Self {
            query: PackedQuery::new(&values, dim),
            weights: Vec::new(),
            bf16: OnceLock::new(),
            int8: OnceLock::new(),
            signs: OnceLock::new(),
            compressed: Compressed::default(),
            cosine: false,
            kernels: try_kernels()?,
        })
    }

    /// Packs the tokens of a query for scoring by cosine: these tokens, and those of documents that
    /// [`score_tokens`](Self::score_tokens), [`top_k`](Self::top_k) and [`maxsim_matrix`](super::maxsim_matrix) score,
    /// are divided by their Euclidean norms.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and [`Error::ZeroToken`].
    ///
    /// # Example
    ///
    /// ```
    /// use rank_rerank::simd::MaxSim;
    ///
    /// assert_eq!(MaxSim::cosine(&[[0.0, 7.0]])?.score(&[[3.0, 4.0], [5.0, 0.0]])?, 0.8);
    /// # Ok::<(), rank_rerank::Error>(())
    /// ```
    pub fn cosine<Q: Tokens + ?Sized>(query_tokens: &Q) -> Result<Self> {
        Ok(Self { cosine: true, ..Self::new(&normalized(query_tokens, Argument::Query)?)? })
    }

    /// Multiplies the maximum of each query token by its weight before they are added up.
    ///
    /// # Errors
    ///
    /// [`Error::Weights`] if there are not as many weights as tokens, or one is not finite.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_rerank::simd::MaxSim;
    ///
    /// let query = MaxSim::new(&[[1.0, 0.0], [0.0, 1.0]])?.with_weights(&[2.0, 0.5])?;
    /// assert_eq!(query.score(&[[3.0, 1.0], [2.0, 5.0]])?, 2.0 * 3.0 + 0.5 * 5.0);
    /// # Ok::<(), rank_rerank::Error>(())
    /// ```
    pub fn with_weights(self, weights: &[f32]) -> Result<Self> {
        let expected = self.tokens();
        if weights.len() != expected {
            return Err(Error::Weights { expected, got: weights.len().to_string() });
        }
        if let Some(weight) = weights.iter().find(|weight| !weight.is_finite()) {
            return Err(Error::Weights { expected, got: weight.to_string() });
        }
        let query = PackedQuery::new(self.query.values(), self.dim()).with_weights(weights);
        Ok(Self {
            query,
            weights: weights.to_vec(),
            bf16: OnceLock::new(),
            int8: OnceLock::new(),
            signs: OnceLock::new(),
            compressed: Compressed::default(),
            ..self
        })
    }

    pub(super) fn bf16(&self) -> &PackedBf16 {
        self.bf16.get_or_init(|| {
            let packed = PackedBf16::new(self.query.values(), self.dim());
            if self.weights.is_empty() { packed } else { packed.with_weights(&self.weights) }
        })
    }

    pub(crate) fn int8(&self) -> &PackedInt8 {
        self.int8.get_or_init(|| {
            let packed = PackedInt8::new(self.query.values(), self.dim());
            if self.weights.is_empty() { packed } else { packed.with_weights(&self.weights) }
        })
    }

    /// Its dimension is a multiple of 8.
    pub(super) fn signs(&self) -> &PackedSigns {
        self.signs.get_or_init(|| {
            let packed = PackedSigns::new(self.query.values(), self.dim());
            if self.weights.is_empty() { packed } else { packed.with_weights(&self.weights) }
        })
    }

    /// With its products with the centroids of a codec of its dimension.
    pub(super) fn compressed(&self, codec: &ResidualCodec) -> Result<Arc<CompressedQuery>> {
        let mut last = self.compressed.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((id, compressed)) = &*last
            && *id == codec.id
        {
            return Ok(Arc::clone(compressed));
        }
        let compressed = Arc::new(CompressedQuery::of_values(codec, self.query.values(), &self.weights)?);
        *last = Some((codec.id, Arc::clone(&compressed)));
        Ok(compressed)
    }

    /// The components of the query's tokens, token after token; of norm 1 each where scoring is by cosine.
    pub fn values(&self) -> &[f32] {
        self.query.values()
    }

    /// The weights of the query's tokens; none if all are 1.
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// Whether documents are scored by cosine.
    pub fn is_cosine(&self) -> bool {
        self.cosine
    }

    /// The number of query tokens.
    pub fn tokens(&self) -> usize {
        self.query.tokens()
    }

    /// The number of components of each token.
    pub fn dim(&self) -> usize {
        self.query.dim()
    }

    /// The score of one document.
    ///
    /// # Errors
    ///
    /// [`Error::NoTokens`], [`Error::NoComponents`], [`Error::RaggedTokens`], [`Error::DimMismatch`],
    /// [`Error::NonFinite`], [`Error::Overflow`].
    pub fn score<D: Tokens + ?Sized>(&self, doc_tokens: &D) -> Result<f32> {
        self.score_as(doc_tokens, Argument::Document)
    }

    /// [`score`](Self::score), errors naming `argument`.
    ///
    /// # Errors
    ///
    /// As [`score`](Self::score).
    pub fn score_as<D: Tokens + ?Sized>(&self, doc_tokens: &D, argument: Argument) -> Result<f32> {
        let (values, dim) = gather(doc_tokens, argument)?;
        self.check_dim(dim, argument)?;
        let values = if self.cosine { Cow::Owned(unit(values.into_owned(), dim, argument)?) } else { values };
        let score = self.raw(&values);
        self.check_score(score, &values, argument)
    }

    /// The scores of many documents that lie flat in memory.
    ///
    /// * `values`: the tokens of all documents, token after token, each of `self.dim()` components.
    /// * `offsets`: of each document, the number of the token at which it begins; then the number of tokens: one offset
    ///   more than documents.
    ///
    /// Nothing is copied; the documents are read once, in their order.
    ///
    /// # Errors
    ///
    /// [`Error::PartialToken`], [`Error::NoOffsets`], [`Error::InvalidOffsets`]; by document [`Error::NoTokens`],
    /// [`Error::NonFinite`], [`Error::Overflow`].
    pub fn score_batch(&self, values: &[f32], offsets: &[usize]) -> Result<Vec<f32>> {
        self.score_tokens(&TokenBatch::flat(Components::F32(values), self.dim(), offsets)?, Scoring::default())
    }

    fn raw(&self, document: &[f32]) -> f32 {
        let mut score = [0.0];
        self.kernels.maxsim(&[&self.query], document, &[0, document.len() / self.dim()], &mut score);
        score[0]
    }

    pub(super) fn check_dim(&self, got: usize, argument: Argument) -> Result<()> {
        let expected = self.dim();
        if got == expected { Ok(()) } else { Err(Error::DimMismatch { argument, expected, got }) }
    }

    fn check_score(&self, score: f32, document: &[f32], argument: Argument) -> Result<f32> {
        if document.is_empty() {
            return Err(Error::NoTokens { argument });
        }
        if score.is_finite() {
            return Ok(score);
        }
        check_finite(document, self.dim(), argument)?;
        Err(Error::Overflow { argument })
    }
}

/// MaxSim of a query and a document: the sum over the query's tokens of the largest dot product with any token of the
/// document.
///
/// * `query_tokens`, `doc_tokens`: token vectors of one dimension, at least one token each.
///
/// Returns a sum of as many dot products as the query has tokens: for unit vectors within ± their number. Each product
/// is accumulated in `f32`, the sum in `f64`. O(query tokens · document tokens · dim). For several documents pack the
/// query once: [`MaxSim`].
///
/// # Errors
///
/// As [`MaxSim::new`] and [`MaxSim::score`].
///
/// # Source
///
/// Khattab, Zaharia: `ColBERT`: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT
/// (SIGIR 2020), equation 3.
///
/// # Example
///
/// ```
/// use rank_rerank::simd::maxsim;
///
/// let query = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
/// let document = vec![vec![0.8, 0.6], vec![0.0, -1.0]];
/// assert_eq!(maxsim(&query, &document)?, 0.8 + 0.6);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn maxsim<Q: Tokens + ?Sized, D: Tokens + ?Sized>(query_tokens: &Q, doc_tokens: &D) -> Result<f32> {
    MaxSim::new(query_tokens)?.score(doc_tokens)
}

/// [`maxsim`] of nested vectors, for scores that are collected in one line.
///
/// Returns NaN, which is no score and sorts with none, where [`maxsim`] is an error: no tokens, no components, unequal
/// dimensions, a component that is not finite.
///
/// # Panics
///
/// If the environment variable `RANK_ISA` names an instruction set that this machine lacks.
///
/// # Example
///
/// ```
/// use rank_rerank::simd::maxsim_vecs;
///
/// let query_tokens = vec![vec![1.0, 0.0]];
/// let candidates = vec![vec![vec![0.6, 0.8], vec![0.0, 1.0]], vec![]];
/// let scores: Vec<f32> = candidates.iter().map(|tokens| maxsim_vecs(&query_tokens, tokens)).collect();
/// assert_eq!(scores[0], 0.6);
/// assert!(scores[1].is_nan());
/// ```
pub fn maxsim_vecs(query_tokens: &[Vec<f32>], doc_tokens: &[Vec<f32>]) -> f32 {
    kernels();
    maxsim(query_tokens, doc_tokens).unwrap_or(f32::NAN)
}

/// MaxSim by cosine: as [`maxsim`], each token being divided by its Euclidean norm first.
///
/// Returns a score within ± the number of query tokens.
///
/// # Errors
///
/// As [`maxsim`], and [`Error::ZeroToken`] for a token that is all zeros: it has no direction.
///
/// # Example
///
/// ```
/// use rank_rerank::simd::maxsim_cosine;
///
/// assert_eq!(maxsim_cosine(&[[0.0, 7.0]], &[[3.0, 4.0], [5.0, 0.0]])?, 0.8);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn maxsim_cosine<Q: Tokens + ?Sized, D: Tokens + ?Sized>(query_tokens: &Q, doc_tokens: &D) -> Result<f32> {
    let query = normalized(query_tokens, Argument::Query)?;
    MaxSim::new(&query)?.score(&normalized(doc_tokens, Argument::Document)?)
}

/// [`maxsim_cosine`] of nested vectors; NaN where that is an error.
///
/// # Panics
///
/// If the environment variable `RANK_ISA` names an instruction set that this machine lacks.
pub fn maxsim_cosine_vecs(query_tokens: &[Vec<f32>], doc_tokens: &[Vec<f32>]) -> f32 {
    kernels();
    maxsim_cosine(query_tokens, doc_tokens).unwrap_or(f32::NAN)
}

/// [`maxsim`] of a query and many documents that lie flat in memory; see [`MaxSim::score_batch`].
///
/// # Errors
///
/// As [`MaxSim::new`] and [`MaxSim::score_batch`].
///
/// # Example
///
/// ```
/// use rank_rerank::simd::maxsim_batch;
///
/// let query = [[1.0, 0.0], [0.0, 1.0]];
/// // A document of two tokens, and one of one.
/// let values = [0.8, 0.6, 0.0, 1.0, -1.0, 0.0];
/// assert_eq!(maxsim_batch(&query, &values, &[0, 2, 3])?, [0.8 + 1.0, -1.0]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn maxsim_batch<Q: Tokens + ?Sized>(query_tokens: &Q, values: &[f32], offsets: &[usize]) -> Result<Vec<f32>> {
    MaxSim::new(query_tokens)?.score_batch(values, offsets)
}

/// A copy in which each token has norm 1.
fn normalized<T: Tokens + ?Sized>(tokens: &T, argument: Argument) -> Result<TokenMatrix> {
    let (values, dim) = gather(tokens, argument)?;
    TokenMatrix::new(unit(values.into_owned(), dim, argument)?, dim)
}

fn unit(mut values: Vec<f32>, dim: usize, argument: Argument) -> Result<Vec<f32>> {
    for (token, components) in values.chunks_exact_mut(dim).enumerate() {
        normalize(components, argument, token)?;
    }
    Ok(values)
}
