//! What a program can be written against without saying how it scores: traits, and the scorers of this crate.
//!
//! ```
//! use rank_rerank::scoring::{DenseScorer, Scorer};
//!
//! fn best<S: Scorer>(scorer: &S) -> rank_rerank::Result<Vec<(&'static str, f32)>> {
//!     scorer.rank(&[1.0, 0.0], &[("far", [0.6, 0.8]), ("long", [3.0, 4.0])])
//! }
//! assert_eq!(best(&DenseScorer::Dot)?, [("long", 3.0), ("far", 0.6)]);
//! // By cosine they are equal, and ordered by id.
//! assert_eq!(best(&DenseScorer::Cosine)?, [("far", 0.6), ("long", 0.6)]);
//! # Ok::<(), rank_rerank::Error>(())
//! ```

use crate::colbert::{Candidate, Candidates, Ranked, by_score, rank_packed};
use crate::error::{Error, Result};
use crate::pooling::{PoolConfig, Pooling, pool};
use crate::simd::{self, MaxSim};
use crate::tokens::{TokenMatrix, Tokens};

/// Scored candidates by score descending, then by id ascending; NaN is no score.
fn ordered<I: Ord>(scored: Vec<(I, f32)>) -> Result<Ranked<I>> {
    if let Some(position) = scored.iter().position(|(_, score)| score.is_nan()) {
        return Err(Error::Parameter {
            argument: "scores",
            expected: "numbers".into(),
            got: format!("NaN for candidate {position}"),
            advice: "repair the scorer",
        });
    }
    by_score(scored)
}

/// A score of two vectors.
pub trait Scorer {
    /// The score of a document; higher is more relevant.
    ///
    /// # Errors
    ///
    /// Those of the scorer.
    fn score(&self, query: &[f32], doc: &[f32]) -> Result<f32>;

    /// All candidates with their scores, by score descending, then by id ascending.
    ///
    /// # Errors
    ///
    /// Those of the scorer; [`Error::DuplicateId`]; [`Error::Parameter`] for a score that is NaN.
    fn rank<I: Clone + Ord, V: AsRef<[f32]>>(&self, query: &[f32], candidates: &[(I, V)]) -> Result<Ranked<I>>
    where
        Self: Sized,
    {
        let scored = candidates.iter().map(|(id, doc)| Ok((id.clone(), self.score(query, doc.as_ref())?)));
        ordered(scored.collect::<Result<_>>()?)
    }
}

impl<S: Scorer + ?Sized> Scorer for &S {
    fn score(&self, query: &[f32], doc: &[f32]) -> Result<f32> {
        (**self).score(query, doc)
    }
}

/// Dot product or cosine of single vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DenseScorer {
    /// [`simd::dot`].
    Dot,
    /// [`simd::cosine`].
    #[default]
    Cosine,
}

impl Scorer for DenseScorer {
    fn score(&self, query: &[f32], doc: &[f32]) -> Result<f32> {
        match self {
            Self::Dot => simd::dot(query, doc),
            Self::Cosine => simd::cosine(query, doc),
        }
    }
}

/// A score of the tokens of a query and of a document: nested vectors, or a [`TokenMatrix`].
pub trait TokenScorer {
    /// The score of a document; higher is more relevant.
    ///
    /// # Errors
    ///
    /// Those of the scorer.
    fn score_tokens(&self, query_tokens: &dyn Tokens, doc_tokens: &dyn Tokens) -> Result<f32>;

    /// All candidates with their scores, by score descending, then by id ascending.
    ///
    /// # Errors
    ///
    /// Those of the scorer; [`Error::DuplicateId`]; [`Error::Parameter`] for a score that is NaN.
    fn rank_tokens<C>(&self, query_tokens: &dyn Tokens, candidates: &C) -> Result<Ranked<C::Id>>
    where
        Self: Sized,
        C: Candidates + ?Sized,
        C::Id: Ord,
    {
        let mut scored = Vec::new();
        for candidate in candidates.candidates() {
            scored.push((candidate.id(), self.score_tokens(query_tokens, &candidate.tokens())?));
        }
        ordered(scored)
    }
}

impl<S: TokenScorer + ?Sized> TokenScorer for &S {
    fn score_tokens(&self, query_tokens: &dyn Tokens, doc_tokens: &dyn Tokens) -> Result<f32> {
        (**self).score_tokens(query_tokens, doc_tokens)
    }
}

/// MaxSim by dot product or cosine.
///
/// # Example
///
/// ```
/// use rank_rerank::scoring::{LateInteractionScorer, TokenScorer};
///
/// let query_tokens = vec![vec![2.0, 0.0]];
/// let candidates = [("a", vec![vec![3.0, 4.0]]), ("b", vec![vec![1.0, 0.0]])];
/// let dot = LateInteractionScorer::MaxSimDot.rank_tokens(&query_tokens, &candidates)?;
/// assert_eq!(dot, [("a", 6.0), ("b", 2.0)]);
/// let cosine = LateInteractionScorer::MaxSimCosine.rank_tokens(&query_tokens, &candidates)?;
/// assert_eq!(cosine, [("b", 1.0), ("a", 0.6)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LateInteractionScorer {
    /// By dot product.
    #[default]
    MaxSimDot,
    /// By cosine.
    MaxSimCosine,
}

impl LateInteractionScorer {
    fn packed(self, query_tokens: &dyn Tokens) -> Result<MaxSim> {
        match self {
            Self::MaxSimDot => MaxSim::new(query_tokens),
            Self::MaxSimCosine => MaxSim::cosine(query_tokens),
        }
    }

    /// The score with a weight for each query token; see [`weights`](crate::weights).
    ///
    /// # Errors
    ///
    /// As [`MaxSim::with_weights`] and [`MaxSim::score`].
    ///
    /// # Example
    ///
    /// ```
    /// use rank_rerank::scoring::LateInteractionScorer;
    ///
    /// let query_tokens = [[1.0, 0.0], [0.0, 1.0]];
    /// let scorer = LateInteractionScorer::MaxSimDot;
    /// assert_eq!(scorer.score_weighted(&query_tokens, &[[3.0, 1.0]], &[0.5, 2.0])?, 3.5);
    /// # Ok::<(), rank_rerank::Error>(())
    /// ```
    pub fn score_weighted(self, query_tokens: &dyn Tokens, doc_tokens: &dyn Tokens, weights: &[f32]) -> Result<f32> {
        self.packed(query_tokens)?.with_weights(weights)?.score(doc_tokens)
    }
}

impl TokenScorer for LateInteractionScorer {
    fn score_tokens(&self, query_tokens: &dyn Tokens, doc_tokens: &dyn Tokens) -> Result<f32> {
        self.packed(query_tokens)?.score(doc_tokens)
    }

    /// The query is packed once; errors name the candidate.
    fn rank_tokens<C>(&self, query_tokens: &dyn Tokens, candidates: &C) -> Result<Ranked<C::Id>>
    where
        C: Candidates + ?Sized,
        C::Id: Ord,
    {
        rank_packed(&self.packed(query_tokens)?, candidates)
    }
}

/// Fewer tokens for a document, as many as are asked for.
pub trait Pooler {
    /// At most `target` tokens; all as they are if there are no more.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `target` is 0; those of the pooling.
    fn pool(&self, tokens: &dyn Tokens, target: usize) -> Result<TokenMatrix>;

    /// `factor` times fewer tokens, rounded down, at least one.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `factor` is 0; as [`pool`](Self::pool).
    fn pool_by_factor(&self, tokens: &dyn Tokens, factor: usize) -> Result<TokenMatrix> {
        let target = tokens.tokens().checked_div(factor).ok_or_else(|| at_least_one("factor"))?;
        self.pool(tokens, target.max(1))
    }
}

fn at_least_one(argument: &'static str) -> Error {
    Error::Parameter {
        argument,
        expected: "at least 1".into(),
        got: "0".into(),
        advice: "1 keeps all tokens as factor",
    }
}

/// All tokens if there are no more than `target`.
fn kept(tokens: &dyn Tokens, target: usize) -> Result<Option<TokenMatrix>> {
    if target == 0 {
        return Err(at_least_one("target"));
    }
    if tokens.tokens() > target { Ok(None) } else { TokenMatrix::from_tokens(tokens).map(Some) }
}

/// Runs of tokens, as [`Pooling::Sequential`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SequentialPooler;

impl Pooler for SequentialPooler {
    fn pool(&self, tokens: &dyn Tokens, target: usize) -> Result<TokenMatrix> {
        if let Some(kept) = kept(tokens, target)? {
            return Ok(kept);
        }
        let window = tokens.tokens().div_ceil(target);
        Ok(pool(tokens, PoolConfig::new(Pooling::Sequential { window }))?.tokens)
    }
}

/// Ward's clusters, as [`Pooling::Hierarchical`].
///
/// # Example
///
/// ```
/// use rank_rerank::scoring::{ClusteringPooler, Pooler, SequentialPooler};
///
/// let tokens = vec![vec![1.0, 0.0], vec![0.0, 1.0], vec![1.0, 0.0], vec![0.0, 1.0]];
/// assert_eq!(ClusteringPooler.pool(&tokens, 2)?.values(), [1.0, 0.0, 0.0, 1.0]);
/// // Neighbors, whose mean is between them.
/// assert_eq!(SequentialPooler.pool_by_factor(&tokens, 2)?.values(), [0.5_f32.sqrt(); 4]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClusteringPooler;

impl Pooler for ClusteringPooler {
    fn pool(&self, tokens: &dyn Tokens, target: usize) -> Result<TokenMatrix> {
        if let Some(kept) = kept(tokens, target)? {
            return Ok(kept);
        }
        // Half a token more, so that rounding down gives the target whatever the quotient's last bit.
        let factor = tokens.tokens() as f64 / (target as f64 + 0.5);
        Ok(pool(tokens, PoolConfig::new(Pooling::Hierarchical { factor }))?.tokens)
    }
}

/// A function as pooler: it is given the tokens and how many are to be left.
#[derive(Debug, Clone, Copy)]
pub struct FnPooler<F>(pub F);

impl<F: Fn(&dyn Tokens, usize) -> Result<TokenMatrix>> Pooler for FnPooler<F> {
    fn pool(&self, tokens: &dyn Tokens, target: usize) -> Result<TokenMatrix> {
        match kept(tokens, target)? {
            Some(kept) => Ok(kept),
            None => (self.0)(tokens, target),
        }
    }
}
