//! Embeddings whose first components are embeddings themselves: rank by a prefix, refine by all.

use std::collections::HashMap;
use std::hash::Hash;

use crate::colbert::{Ranked, RefineConfig, Scale, blend};
use crate::error::{Argument, Error, Result};
use crate::simd::{MaxSim, Scoring, directed_cosine};
use crate::store::TokenStore;
use crate::tokens::TokensRef;

/// The first `head_dims` components of the tokens of a query, with its weights; where scoring is by cosine, by that of the
/// prefixes.
///
/// # Errors
///
/// [`Error::HeadDims`] unless `head_dims` is 1 to the query's; [`Error::ZeroToken`] for a prefix of zeros where scoring is
/// by cosine.
pub fn query_prefix(query: &MaxSim, head_dims: usize) -> Result<MaxSim> {
    let dim = query.dim();
    if head_dims == 0 || head_dims > dim {
        return Err(Error::HeadDims { expected: "1 or more, up to all", dim, got: head_dims });
    }
    let values: Vec<f32> = query.values().chunks_exact(dim).flat_map(|token| &token[..head_dims]).copied().collect();
    let tokens = TokensRef::new(&values, head_dims)?;
    let head = if query.is_cosine() { MaxSim::cosine(&tokens) } else { MaxSim::new(&tokens) }?;
    if query.weights().is_empty() { Ok(head) } else { head.with_weights(query.weights()) }
}

/// The `k` best documents of two stages: all are scored by MaxSim of their prefixes, the `keep` best of them by MaxSim of
/// all components, and these scores are returned, by score descending, then by id ascending.
///
/// * `heads`: the prefixes, as [`TokenStore::prefix`] makes them.
/// * `store`: all components, of the same documents.
///
/// # Errors
///
/// As [`query_prefix`] and [`TokenStore::rank_of`].
///
/// # Example
///
/// ```
/// use rank_rerank::matryoshka;
/// use rank_rerank::simd::{MaxSim, Scoring};
/// use rank_rerank::store::{TokenDtype, TokenStore};
///
/// let mut store = TokenStore::new(2, TokenDtype::F32)?;
/// for (id, token) in [("a", [0.9, 0.0]), ("b", [0.8, 0.5]), ("c", [0.1, 2.0])] {
///     store.append(id, &[token])?;
/// }
/// let heads = store.prefix(1)?;
/// // By the first component a and b; by both, b is better. c is never looked at.
/// let query = MaxSim::new(&[[1.0, 1.0]])?;
/// assert_eq!(matryoshka::rank(&heads, &store, &query, 2, 1, Scoring::default())?, [("b", 1.3)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn rank<I: Clone + Eq + Hash + Ord>(
    heads: &TokenStore<I>,
    store: &TokenStore<I>,
    query: &MaxSim,
    keep: usize,
    k: usize,
    scoring: Scoring,
) -> Result<Ranked<I>> {
    let first = heads.rank_with_top_k(&query_prefix(query, heads.dim())?, keep, scoring)?;
    let ids: Vec<I> = first.into_iter().map(|(id, _)| id).collect();
    store.rank_of(query, &ids, k, scoring)
}

/// Candidates that were found by the first `head_dims` components of single vectors, by `alpha` times that score plus
/// `1 - alpha` times the cosine of the components behind them.
///
/// * `candidates`: `(id, score)` pairs in any order; the score is a cosine, in [-1, 1], or another of that range.
/// * `query`: all components.
/// * `docs`: `(id, vector)` pairs, in which every candidate is found; others are not looked at.
///
/// # Errors
///
/// [`Error::HeadDims`] unless components are left behind `head_dims`; [`Error::MissingTokens`], [`Error::DimMismatch`],
/// [`Error::ZeroToken`], [`Error::NonFinite`]; as [`blend`].
///
/// # Example
///
/// ```
/// use rank_rerank::matryoshka::refine;
///
/// let docs = [("a", [1.0, 0.0, 1.0]), ("b", [0.6, 3.0, 0.0])];
/// let refined = refine(&[("a", 1.0), ("b", 0.6)], &[1.0, 1.0, 0.0], &docs, 1, 0.5)?;
/// // Tails: (1, 0) with (0, 1), and with (3, 0).
/// assert_eq!(refined, [("b", 0.8), ("a", 0.5)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn refine<I, V>(
    candidates: &[(I, f32)],
    query: &[f32],
    docs: &[(I, V)],
    head_dims: usize,
    alpha: f32,
) -> Result<Ranked<I>>
where
    I: Clone + Eq + Hash + Ord,
    V: AsRef<[f32]>,
{
    let expected = query.len();
    if head_dims >= expected {
        return Err(Error::HeadDims { expected: "fewer than all", dim: expected, got: head_dims });
    }
    let docs: HashMap<&I, &V> = docs.iter().map(|(id, vector)| (id, vector)).collect();
    let tails = candidates.iter().enumerate().map(|(position, (id, _))| {
        let argument = Argument::Candidate(position);
        let vector = docs.get(id).ok_or(Error::MissingTokens { position })?.as_ref();
        if vector.len() != expected {
            return Err(Error::DimMismatch { argument, expected, got: vector.len() });
        }
        directed_cosine(&query[head_dims..], &vector[head_dims..]).map_err(|error| named(error, argument))
    });
    let tails = tails.collect::<Result<Vec<_>>>()?;
    blend(candidates, &tails, RefineConfig { alpha, scale: Scale::Identity, k: usize::MAX })
}

/// [`refine`] by the components behind `head_dims` alone.
///
/// # Errors
///
/// As [`refine`].
pub fn refine_tail_only<I, V>(
    candidates: &[(I, f32)],
    query: &[f32],
    docs: &[(I, V)],
    head_dims: usize,
) -> Result<Ranked<I>>
where
    I: Clone + Eq + Hash + Ord,
    V: AsRef<[f32]>,
{
    refine(candidates, query, docs, head_dims, 0.0)
}

fn named(error: Error, candidate: Argument) -> Error {
    let name = |argument| match argument {
        Argument::Left => Argument::Query,
        Argument::Right => candidate,
        other => other,
    };
    match error {
        Error::NonFinite { argument, token, value } => Error::NonFinite { argument: name(argument), token, value },
        Error::ZeroToken { argument, token } => Error::ZeroToken { argument: name(argument), token },
        other => other,
    }
}
