//! Alignments as plain triples, and those of them that are wanted.

use super::alignments::{Alignment, alignments, explain, highlight};
use crate::error::{Argument, Result};
use crate::simd::{Components, MaxSim, Scoring};
use crate::tokens::{Tokens, gather};

fn triples(alignments: &[Alignment]) -> Vec<(usize, usize, f32)> {
    alignments.iter().map(|found| (found.query_token, found.doc_token, found.similarity)).collect()
}

/// For each token of the query its number, that of the token of the document that it found, and their dot product: what
/// [`alignments`] finds, without contributions.
///
/// # Errors
///
/// As [`alignments`].
///
/// # Example
///
/// ```
/// use rank_rerank::colbert::maxsim_alignments;
///
/// let query_tokens = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
/// let doc_tokens = vec![vec![0.0, 0.5], vec![3.0, -1.0]];
/// assert_eq!(maxsim_alignments(&query_tokens, &doc_tokens)?, [(0, 1, 3.0), (1, 0, 0.5)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn maxsim_alignments<Q: Tokens + ?Sized, D: Tokens + ?Sized>(
    query_tokens: &Q,
    doc_tokens: &D,
) -> Result<Vec<(usize, usize, f32)>> {
    Ok(triples(&alignments(query_tokens, doc_tokens)?))
}

/// [`maxsim_alignments`] by cosine.
///
/// # Errors
///
/// As [`alignments`], and [`Error::ZeroToken`](crate::Error::ZeroToken) for a token that is all zeros.
///
/// # Example
///
/// ```
/// use rank_rerank::colbert::maxsim_alignments_cosine;
///
/// assert_eq!(maxsim_alignments_cosine(&[[0.0, 7.0]], &[[5.0, 0.0], [3.0, 4.0]])?, [(0, 1, 0.8)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn maxsim_alignments_cosine<Q: Tokens + ?Sized, D: Tokens + ?Sized>(
    query_tokens: &Q,
    doc_tokens: &D,
) -> Result<Vec<(usize, usize, f32)>> {
    let (values, dim) = gather(doc_tokens, Argument::Document)?;
    let query = MaxSim::cosine(query_tokens)?;
    Ok(triples(&explain(&query, Components::F32(&values), dim, Scoring::default())?.alignments))
}

/// The tokens of a document that a query found with a dot product of at least `threshold`, ascending, each once: another
/// name of [`highlight`].
///
/// # Errors
///
/// As [`alignments`].
pub fn highlight_matches<Q: Tokens + ?Sized, D: Tokens + ?Sized>(
    query_tokens: &Q,
    doc_tokens: &D,
    threshold: f32,
) -> Result<Vec<usize>> {
    highlight(query_tokens, doc_tokens, threshold)
}

/// The `k` alignments of the largest similarity, largest first; of equals, that of the first query token.
///
/// # Example
///
/// ```
/// use rank_rerank::colbert::{alignments, top_k_alignments};
///
/// let found = alignments(&[[1.0, 0.0], [0.0, 1.0]], &[[0.2, 0.0], [0.0, 0.7]])?;
/// assert_eq!(top_k_alignments(&found, 1)[0].doc_token, 1);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn top_k_alignments(alignments: &[Alignment], k: usize) -> Vec<Alignment> {
    let mut sorted = alignments.to_vec();
    // Adding 0 makes -0 the 0 that it is equal to.
    sorted.sort_by(|a, b| {
        (b.similarity + 0.0).total_cmp(&(a.similarity + 0.0)).then_with(|| a.query_token.cmp(&b.query_token))
    });
    sorted.truncate(k);
    sorted
}

/// The alignments of a similarity of at least `min_similarity`, in their order.
pub fn filter_alignments(alignments: &[Alignment], min_similarity: f32) -> Vec<Alignment> {
    alignments.iter().filter(|found| found.similarity >= min_similarity).copied().collect()
}

/// The alignments of some tokens of the query, in their order.
pub fn alignments_for_query_tokens(alignments: &[Alignment], tokens: &[usize]) -> Vec<Alignment> {
    alignments.iter().filter(|found| tokens.contains(&found.query_token)).copied().collect()
}

/// The alignments that found some tokens of the document, in their order.
pub fn alignments_for_doc_tokens(alignments: &[Alignment], tokens: &[usize]) -> Vec<Alignment> {
    alignments.iter().filter(|found| tokens.contains(&found.doc_token)).copied().collect()
}

/// What the similarities of alignments come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlignmentStats {
    /// The least similarity.
    pub min: f32,
    /// The largest similarity.
    pub max: f32,
    /// Their mean.
    pub mean: f64,
    /// Their sum: MaxSim, where tokens have no weights.
    pub sum: f64,
    /// How many there are.
    pub count: usize,
}

/// The least, the largest, the mean and the sum of the similarities; none if there are no alignments.
///
/// # Example
///
/// ```
/// use rank_rerank::colbert::{alignment_stats, alignments};
///
/// let found = alignments(&[[1.0, 0.0], [0.0, 1.0]], &[[0.25, 0.0], [0.0, 0.75]])?;
/// let stats = alignment_stats(&found).expect("there are some");
/// assert_eq!((stats.min, stats.max, stats.mean, stats.sum, stats.count), (0.25, 0.75, 0.5, 1.0, 2));
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn alignment_stats(alignments: &[Alignment]) -> Option<AlignmentStats> {
    let first = alignments.first()?.similarity;
    let (mut min, mut max, mut sum) = (first, first, 0.0);
    for found in alignments {
        min = min.min(found.similarity);
        max = max.max(found.similarity);
        sum += f64::from(found.similarity);
    }
    Some(AlignmentStats { min, max, mean: sum / alignments.len() as f64, sum, count: alignments.len() })
}

/// The tokens of a document to show: those that were found, by similarity descending, each with `context` tokens on
/// either side, until `max_tokens` are taken. Ascending, each once; what is found twice counts by its larger similarity.
///
/// * `document_length`: the number of the document's tokens, beyond which no context goes.
///
/// # Example
///
/// ```
/// use rank_rerank::colbert::{alignments, extract_snippet_indices};
///
/// let doc_tokens = [[0.0, 0.0], [0.0, 0.5], [0.0, 0.0], [0.0, 0.0], [0.9, 0.0]];
/// let found = alignments(&[[1.0, 0.0], [0.0, 1.0]], &doc_tokens)?;
/// // Token 4 with its one neighbor, then token 1, for whose neighbors there is no room left.
/// assert_eq!(extract_snippet_indices(&found, 5, 1, 3), [1, 3, 4]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn extract_snippet_indices(
    alignments: &[Alignment],
    document_length: usize,
    context: usize,
    max_tokens: usize,
) -> Vec<usize> {
    let mut taken = std::collections::BTreeSet::new();
    for found in top_k_alignments(alignments, usize::MAX) {
        let token = found.doc_token;
        // The token itself, then its neighbors, the near ones first.
        let neighbors = (1..=context.min(document_length)).flat_map(|distance| {
            [token.checked_sub(distance), token.checked_add(distance).filter(|&next| next < document_length)]
        });
        for index in std::iter::once(Some(token)).chain(neighbors).flatten() {
            if taken.len() == max_tokens {
                return taken.into_iter().collect();
            }
            taken.insert(index);
        }
    }
    taken.into_iter().collect()
}
