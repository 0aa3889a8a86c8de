//! Diversity: the few of many candidates that are relevant and do not say the same.
//!
//! All take candidates with their relevance and a [`Similarity`] of each to each: [`Cosine`] of embeddings, or a
//! [`SimilarityMatrix`]. All select greedily, and give the selected in the order of selection with the gain of each; equal
//! gains go to the candidate that comes first. Relevance is used as it is: bring it to the range of the similarities
//! (0 to 1) before, or weigh accordingly.
//!
//! | function | what it maximizes |
//! | --- | --- |
//! | [`mmr`], [`mmr_adaptive`] | relevance less the similarity to the nearest that is selected |
//! | [`dpp`] | the volume that the selected span, weighted by relevance |
//! | [`max_sum`] | relevance and the sum of distances between the selected |
//! | [`facility_location`] | relevance and how well each candidate is represented by a selected one |

mod curve;
mod dpp;
mod facility_location;
mod greedy;
mod max_sum;
mod mmr;
mod similarity;

pub use curve::{TradeOff, mmr_curve};
pub use dpp::{DppConfig, dpp};
pub use facility_location::facility_location;
pub use max_sum::max_sum;
pub use mmr::{MmrConfig, mmr, mmr_adaptive};
pub use similarity::{Cosine, Similarity, SimilarityMatrix};

use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::{Error, Result};

/// Similarities that are computed at once.
const CHUNK: usize = 8;

/// The relevance of each candidate, checked.
fn relevance<I: Eq + Hash, S: Copy + Into<f64>>(
    candidates: &[(I, S)],
    similarity: &impl Similarity,
) -> Result<Vec<f64>> {
    if candidates.len() != similarity.len() {
        return Err(Error::SimilarityCount { expected: candidates.len(), got: similarity.len() });
    }
    let mut seen = FxHashMap::with_capacity_and_hasher(candidates.len(), rustc_hash::FxBuildHasher);
    let relevance = candidates.iter().enumerate().map(|(position, (id, score))| {
        if let Some(first) = seen.insert(id, position) {
            return Err(Error::DuplicateId { position, first });
        }
        let score = (*score).into();
        if score.is_finite() { Ok(score) } else { Err(Error::NonFiniteRelevance { position, value: score }) }
    });
    relevance.collect()
}

/// Between relevance alone, 1, and diversity alone, 0.
fn check_lambda(argument: &'static str, lambda: f64) -> Result<f64> {
    if (0.0..=1.0).contains(&lambda) { Ok(lambda) } else { Err(Error::InvalidLambda { argument, got: lambda }) }
}

/// The candidates behind positions, with their gains.
fn named<I: Clone, S>(candidates: &[(I, S)], selected: &[(usize, f64)]) -> Vec<(I, f64)> {
    selected.iter().map(|&(position, gain)| (candidates[position].0.clone(), gain)).collect()
}
