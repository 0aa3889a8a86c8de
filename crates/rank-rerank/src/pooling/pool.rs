//! Pooling of a document's tokens.

use rank_kernels::try_kernels;

use super::distances::Distances;
use super::greedy::{greedy, unit};
use super::tree::{cut, height_for};
use super::ward::ward;
use crate::error::{Argument, Error, Result};
use crate::tokens::{TokenMatrix, Tokens, check_finite, gather};

/// Which tokens become one.
///
/// Tokens are of unit norm where distances are of cosines. The number of clusters is the number of tokens divided by the
/// factor, rounded down, at least 1.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Pooling {
    /// Runs of so many tokens; the last may be shorter.
    Sequential {
        /// The tokens of a run, at least 1.
        window: usize,
    },
    /// Ward's clusters, one less the dot product being the distance: as sentence-transformers and `PyLate` have them.
    Hierarchical {
        /// How many times fewer tokens, at least 1.
        factor: f64,
    },
    /// Ward's clusters of the rows of the matrix of these distances: as `ColBERT`, `colpali-engine` and `PyLate` up to
    /// 1.3.4 have them.
    HierarchicalSquare {
        /// How many times fewer tokens, at least 1.
        factor: f64,
    },
    /// The two clusters whose means have the largest cosine, joined over and over.
    Greedy {
        /// How many times fewer tokens, at least 1.
        factor: f64,
    },
    /// Ward's clusters as for [`Hierarchical`](Self::Hierarchical), as many as the document needs: all merges up to a
    /// distance are done.
    Adaptive {
        /// The distance, at least 0: 0.5 joins two tokens of a cosine of 0.5.
        max_distance: f64,
    },
}

/// How tokens are pooled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoolConfig {
    /// Which tokens become one.
    pub pooling: Pooling,
    /// How many tokens at the beginning are kept as they are, as `[CLS]` and a marker.
    pub protected: usize,
    /// Whether these come last in the result.
    pub protected_last: bool,
    /// Whether all tokens of the result are divided by their Euclidean norms, as scoring by dot product wants it.
    pub normalize: bool,
}

impl PoolConfig {
    /// Without protected tokens, normalized.
    pub fn new(pooling: Pooling) -> Self {
        Self { pooling, protected: 0, protected_last: false, normalize: true }
    }

    /// As sentence-transformers' `HierarchicalTokenPooling` does it by default.
    pub fn sentence_transformers(factor: f64) -> Self {
        Self { protected: 1, ..Self::new(Pooling::Hierarchical { factor }) }
    }

    /// As `PyLate` does it after 1.3.4: means are not normalized.
    pub fn pylate(factor: f64) -> Self {
        Self { normalize: false, ..Self::sentence_transformers(factor) }
    }

    /// As `PyLate` does it up to 1.3.4: the matrix of distances is taken for one of observations, and protected tokens come
    /// last.
    pub fn pylate_1_3_4(factor: f64) -> Self {
        let pooling = Pooling::HierarchicalSquare { factor };
        Self { pooling, protected: 1, protected_last: true, normalize: false }
    }

    /// As `ColBERT` does it.
    pub fn colbert(factor: f64) -> Self {
        Self { protected: 0, ..Self::pylate_1_3_4(factor) }
    }

    /// As `colpali-engine` does it.
    pub fn colpali(factor: f64) -> Self {
        Self::new(Pooling::HierarchicalSquare { factor })
    }
}

/// Pooled tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct Pooled {
    /// The means.
    pub tokens: TokenMatrix,
    /// Of each token that there was, which it is part of.
    pub clusters: Vec<usize>,
}

/// Pools the tokens of a document.
///
/// # Errors
///
/// [`Error::PoolFactor`]; [`Error::NoTokens`], [`Error::NoComponents`], [`Error::RaggedTokens`], [`Error::NonFinite`],
/// [`Error::Overflow`]; [`Error::Isa`].
///
/// # Source
///
/// Clavié, Chaffin, Adams: Reducing the footprint of multi-vector retrieval with minimal performance impact via token
/// pooling (2024).
///
/// # Example
///
/// ```
/// use rank_rerank::Tokens;
/// use rank_rerank::pooling::{PoolConfig, Pooling, pool};
///
/// let tokens = [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.8, 0.6]];
/// let config = PoolConfig { protected: 1, ..PoolConfig::new(Pooling::Adaptive { max_distance: 0.1 }) };
/// let pooled = pool(&tokens, config)?;
/// assert_eq!(pooled.clusters, [0, 1, 1, 2]);
/// assert_eq!(pooled.tokens.token(1), [0.0, 1.0]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn pool<T: Tokens + ?Sized>(tokens: &T, config: PoolConfig) -> Result<Pooled> {
    let argument = Argument::Tokens;
    let (values, dim) = gather(tokens, argument)?;
    check_finite(&values, dim, argument)?;
    let count = values.len() / dim;
    let protected = config.protected.min(count);
    let labels = labels(&values[protected * dim..], dim, config.pooling)?;
    let means = labels.iter().max().map_or(0, |last| last + 1);
    // Sums of single precision in the order of the tokens, as others have them.
    let mut pooled = vec![0.0_f32; means * dim];
    let mut sizes = vec![0_usize; means];
    for (&label, token) in labels.iter().zip(values[protected * dim..].chunks_exact(dim)) {
        sizes[label] += 1;
        for (sum, value) in pooled[label * dim..][..dim].iter_mut().zip(token) {
            *sum += value;
        }
    }
    for (mean, size) in pooled.chunks_exact_mut(dim).zip(sizes) {
        for sum in mean {
            *sum /= size as f32;
        }
    }
    if pooled.iter().any(|value| !value.is_finite()) {
        return Err(Error::Overflow { argument });
    }
    let (first_mean, first_protected) = if config.protected_last { (0, means) } else { (protected, 0) };
    let at = if config.protected_last { pooled.len() } else { 0 };
    pooled.splice(at..at, values[..protected * dim].iter().copied());
    if config.normalize {
        pooled.chunks_exact_mut(dim).for_each(unit);
    }
    let clusters = (0..protected).map(|token| first_protected + token);
    let clusters = clusters.chain(labels.iter().map(|label| first_mean + label)).collect();
    Ok(Pooled { tokens: TokenMatrix::new(pooled, dim)?, clusters })
}

fn labels(values: &[f32], dim: usize, pooling: Pooling) -> Result<Vec<usize>> {
    let n = values.len() / dim;
    let clusters = match pooling {
        Pooling::Sequential { window: 0 } => {
            return Err(Error::PoolFactor { argument: "window", expected: "at least 1", got: 0.0 });
        }
        Pooling::Sequential { window } => return Ok((0..n).map(|token| token / window).collect()),
        Pooling::Adaptive { max_distance } if !(max_distance.is_finite() && max_distance >= 0.0) => {
            let expected = "a finite distance of at least 0";
            return Err(Error::PoolFactor { argument: "max_distance", expected, got: max_distance });
        }
        Pooling::Adaptive { .. } => n,
        Pooling::Hierarchical { factor } | Pooling::HierarchicalSquare { factor } | Pooling::Greedy { factor } => {
            if !(factor.is_finite() && factor >= 1.0) {
                return Err(Error::PoolFactor {
                    argument: "factor",
                    expected: "a finite number of at least 1",
                    got: factor,
                });
            }
            // Rounded down exactly, where a quotient may be rounded up to a whole number first: of 11 tokens a factor of
            // 1.1, which is a little more than 1.1, leaves 9.
            let n_wide = n as f64;
            let clusters = (((n_wide - n_wide % factor) / factor).round() as usize).max(1);
            if clusters >= n {
                return Ok((0..n).collect());
            }
            clusters
        }
    };
    if n < 2 {
        return Ok(vec![0; n]);
    }
    let kernels = try_kernels()?;
    let overflow = Error::Overflow { argument: Argument::Tokens };
    Ok(match pooling {
        Pooling::Greedy { .. } => greedy(values, dim, clusters, kernels),
        Pooling::Adaptive { max_distance } => {
            cut(&ward(Distances::cosine(values, dim, kernels).ok_or(overflow)?), n, Some(max_distance))
        }
        Pooling::HierarchicalSquare { .. } => {
            let merges = ward(Distances::square(values, dim, kernels).ok_or(overflow)?);
            cut(&merges, n, height_for(&merges, clusters))
        }
        _ => {
            let merges = ward(Distances::cosine(values, dim, kernels).ok_or(overflow)?);
            cut(&merges, n, height_for(&merges, clusters))
        }
    })
}

/// Fewer tokens by [`Pooling::Hierarchical`], normalized.
///
/// # Errors
///
/// As [`pool`].
///
/// # Example
///
/// ```
/// use rank_rerank::pooling::pool_tokens;
///
/// let pooled = pool_tokens(&[[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]], 2.0)?;
/// assert_eq!(pooled.values(), [1.0, 0.0, 0.0, 1.0]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn pool_tokens<T: Tokens + ?Sized>(tokens: &T, factor: f64) -> Result<TokenMatrix> {
    pool_tokens_with_protected(tokens, factor, 0)
}

/// [`pool_tokens`], the first `protected` tokens being kept as they are.
///
/// # Errors
///
/// As [`pool`].
pub fn pool_tokens_with_protected<T: Tokens + ?Sized>(
    tokens: &T,
    factor: f64,
    protected: usize,
) -> Result<TokenMatrix> {
    let config = PoolConfig { protected, ..PoolConfig::new(Pooling::Hierarchical { factor }) };
    Ok(pool(tokens, config)?.tokens)
}

/// Fewer tokens by [`Pooling::Sequential`], normalized.
///
/// # Errors
///
/// As [`pool`].
pub fn pool_tokens_sequential<T: Tokens + ?Sized>(tokens: &T, window: usize) -> Result<TokenMatrix> {
    Ok(pool(tokens, PoolConfig::new(Pooling::Sequential { window }))?.tokens)
}

/// Fewer tokens by [`Pooling::Greedy`], normalized.
///
/// # Errors
///
/// As [`pool`].
pub fn pool_tokens_greedy<T: Tokens + ?Sized>(tokens: &T, factor: f64) -> Result<TokenMatrix> {
    Ok(pool(tokens, PoolConfig::new(Pooling::Greedy { factor }))?.tokens)
}

/// As many tokens as the document needs, by [`Pooling::Adaptive`], normalized.
///
/// # Errors
///
/// As [`pool`].
pub fn pool_tokens_adaptive<T: Tokens + ?Sized>(tokens: &T, max_distance: f64) -> Result<TokenMatrix> {
    Ok(pool(tokens, PoolConfig::new(Pooling::Adaptive { max_distance }))?.tokens)
}
