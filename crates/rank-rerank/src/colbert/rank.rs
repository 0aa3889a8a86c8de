//! MaxSim reranking.

use super::{Candidate, Candidates};
use crate::error::{Argument, Error, Result};
use crate::simd::MaxSim;
use crate::tokens::Tokens;

/// Reranks candidates by MaxSim: the sum over the query's tokens of the largest dot product with any token of the
/// candidate.
///
/// * `query_tokens`: token vectors, of unit norm where the model is `ColBERT`.
/// * `candidates`: `(id, tokens)` pairs, or `(handle, score)` pairs of a first stage whose [handles](super::HasTokens)
///   know their tokens; a vector, slice or array of them, or an iterator such as `fused.iter().take(20)`.
///
/// Returns every candidate with its score, by score descending, then by id ascending; scores of unit vectors lie
/// within ± the number of query tokens. O(query tokens · tokens of all candidates · dim).
///
/// # Errors
///
/// [`Error::NoTokens`] for a query or a candidate without tokens, [`Error::NoComponents`], [`Error::RaggedTokens`],
/// [`Error::DimMismatch`], [`Error::NonFinite`], [`Error::Overflow`], [`Error::DuplicateId`]; each names the query or
/// the candidate. [`Error::Isa`].
///
/// # Source
///
/// Khattab, Zaharia: `ColBERT`: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT
/// (SIGIR 2020), equation 3.
///
/// # Example
///
/// ```
/// use rank_rerank::colbert::rank;
///
/// let query_tokens = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
/// let candidates = vec![
///     ("d1", vec![vec![1.0, 0.0]]),
///     ("d2", vec![vec![0.8, 0.6], vec![0.0, 1.0]]),
/// ];
/// // d1: 1 + 0; d2: 0.8 + 1.
/// assert_eq!(rank(&query_tokens, &candidates)?, [("d2", 1.8), ("d1", 1.0)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn rank<Q, C>(query_tokens: &Q, candidates: &C) -> Result<Vec<(C::Id, f32)>>
where
    Q: Tokens + ?Sized,
    C: Candidates + ?Sized,
    C::Id: Ord,
{
    rank_packed(&MaxSim::new(query_tokens)?, candidates)
}

/// [`rank`] for a query that is packed.
pub(crate) fn rank_packed<C>(query: &MaxSim, candidates: &C) -> Result<Vec<(C::Id, f32)>>
where
    C: Candidates + ?Sized,
    C::Id: Ord,
{
    let mut scored = Vec::new();
    for (position, candidate) in candidates.candidates().enumerate() {
        let score = query.score_as(candidate.tokens(), Argument::Candidate(position))?;
        scored.push((candidate.id(), score));
    }
    by_score(scored)
}

/// By score descending, then by id ascending; an id twice is an error.
pub(crate) fn by_score<I: Ord>(mut scored: Vec<(I, f32)>) -> Result<Vec<(I, f32)>> {
    check_unique(&scored)?;
    // Adding 0 makes -0 the 0 that it is equal to.
    scored.sort_unstable_by(|a, b| (b.1 + 0.0).total_cmp(&(a.1 + 0.0)).then_with(|| a.0.cmp(&b.0)));
    Ok(scored)
}

/// [`rank`], of which only the first `k` are returned: none if `k` is 0, all if there are no more than `k`.
///
/// # Errors
///
/// As [`rank`].
///
/// # Example
///
/// ```
/// use rank_rerank::colbert::rank_with_top_k;
///
/// let candidates = [(1, [[0.6, 0.8]]), (2, [[0.0, 1.0]]), (3, [[1.0, 0.0]])];
/// assert_eq!(rank_with_top_k(&[[0.0, 1.0]], &candidates, 2)?, [(2, 1.0), (1, 0.8)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn rank_with_top_k<Q, C>(query_tokens: &Q, candidates: &C, k: usize) -> Result<Vec<(C::Id, f32)>>
where
    Q: Tokens + ?Sized,
    C: Candidates + ?Sized,
    C::Id: Ord,
{
    let mut ranked = rank(query_tokens, candidates)?;
    ranked.truncate(k);
    Ok(ranked)
}

fn check_unique<I: Ord>(scored: &[(I, f32)]) -> Result<()> {
    let mut order: Vec<usize> = (0..scored.len()).collect();
    order.sort_unstable_by(|&a, &b| scored[a].0.cmp(&scored[b].0).then(a.cmp(&b)));
    let again = order.windows(2).filter(|pair| scored[pair[0]].0 == scored[pair[1]].0);
    match again.min_by_key(|pair| pair[1]) {
        Some(pair) => Err(Error::DuplicateId { position: pair[1], first: pair[0] }),
        None => Ok(()),
    }
}
