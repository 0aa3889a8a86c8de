//! Reranking by judgments that depend on what is judged together: TS-SetRank.
//!
//! A model that reads several documents at once says of each whether it is relevant, and says so differently in other
//! company. What is estimated is how often a document is found relevant over the batches that it may be in.

use rustc_hash::FxHashMap;

use crate::error::{Error, Result};
use crate::random::Random;

/// How many batches are judged, and of how many documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContextualConfig {
    /// The documents of a batch, at least 1; all if there are no more.
    pub batch_size: usize,
    /// How many batches are of documents drawn evenly.
    pub exploration_rounds: usize,
    /// How many batches are judged, those included; the others go to documents that may be among the best.
    pub total_rounds: usize,
    /// The same seed gives the same batches, where judgments are the same.
    pub seed: u64,
}

impl Default for ContextualConfig {
    /// Batches of 10, 25 of 100 drawn evenly, seed 0.
    fn default() -> Self {
        Self { batch_size: 10, exploration_rounds: 25, total_rounds: 100, seed: 0 }
    }
}

/// What is known of a candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContextualScore {
    /// The mean of the posterior: `(relevant + 1) / (judged + 2)`.
    pub score: f64,
    /// In how many batches it was found relevant.
    pub relevant: usize,
    /// In how many batches it was.
    pub judged: usize,
}

/// Ranks candidates by how often `judge` finds them relevant, in batches chosen for that.
///
/// The belief about a candidate is a Beta distribution that starts as Beta(1, 1) and counts judgments. Batches are drawn
/// evenly at first; then each is of the candidates whose draws from their beliefs are the greatest (Thompson sampling), so
/// that judgments go to those that may be among the best. Within a batch the order is by chance.
///
/// * `candidates`: ids, in any order.
/// * `judge`: is given the ids of a batch and says of each whether it is relevant.
///
/// Returns all candidates, by score descending, then by the order in which they came. `total_rounds` calls of `judge`.
///
/// # Errors
///
/// Those of `judge`; [`Error::DuplicateId`]; [`Error::Parameter`] for a configuration out of range or another number of
/// judgments than documents.
///
/// # Source
///
/// Huang, Madala, Niu, Hockenmaier, Zhang: Contextual relevance and adaptive sampling for LLM-based document reranking
/// (2025).
///
/// # Example
///
/// ```
/// use rank_rerank::Error;
/// use rank_rerank::contextual::{ContextualConfig, rerank_contextual};
///
/// // Finds the documents relevant that are above the mean of their batch.
/// let judge = |batch: &[&u32]| {
///     let total: u32 = batch.iter().map(|&&id| id).sum();
///     Ok::<_, Error>(batch.iter().map(|&&id| id * batch.len() as u32 >= total).collect())
/// };
/// let candidates: Vec<u32> = (0..30).collect();
/// let ranked = rerank_contextual(&candidates, ContextualConfig::default(), judge)?;
/// assert!(ranked[..5].iter().all(|(id, _)| *id >= 20));
/// # Ok::<(), Error>(())
/// ```
pub fn rerank_contextual<I, E>(
    candidates: &[I],
    config: ContextualConfig,
    mut judge: impl FnMut(&[&I]) -> std::result::Result<Vec<bool>, E>,
) -> std::result::Result<Vec<(I, ContextualScore)>, E>
where
    I: Clone + Eq + std::hash::Hash,
    E: From<Error>,
{
    check(candidates, config)?;
    let mut random = Random::new(config.seed);
    // Relevant, and not.
    let mut counts = vec![[0_usize; 2]; candidates.len()];
    let rounds = if candidates.is_empty() { 0 } else { config.total_rounds };
    for round in 0..rounds {
        let mut batch = if round < config.exploration_rounds {
            (0..candidates.len()).collect()
        } else {
            by_draws(&counts, &mut random)
        };
        let size = config.batch_size.min(batch.len());
        if round < config.exploration_rounds {
            shuffle(&mut batch, size, &mut random);
        }
        batch.truncate(size);
        shuffle(&mut batch, size, &mut random);
        let found = judge(&batch.iter().map(|&position| &candidates[position]).collect::<Vec<_>>())?;
        if found.len() != size {
            return Err(refused(
                "judge",
                format!("{size} judgments, one for each document"),
                found.len().to_string(),
                "judge each document of the batch, in its order",
            )
            .into());
        }
        for (&position, relevant) in batch.iter().zip(found) {
            counts[position][usize::from(!relevant)] += 1;
        }
    }
    let scored = candidates.iter().zip(&counts).map(|(id, &[relevant, other])| {
        let judged = relevant + other;
        (id.clone(), ContextualScore { score: (relevant + 1) as f64 / (judged + 2) as f64, relevant, judged })
    });
    let mut ranked: Vec<_> = scored.collect();
    // Stable: equal scores stay in their order.
    ranked.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
    Ok(ranked)
}

fn refused(argument: &'static str, expected: String, got: String, advice: &'static str) -> Error {
    Error::Parameter { argument, expected, got, advice }
}

fn check<I: Eq + std::hash::Hash>(candidates: &[I], config: ContextualConfig) -> Result<()> {
    let mut met = FxHashMap::default();
    for (position, id) in candidates.iter().enumerate() {
        if let Some(first) = met.insert(id, position) {
            return Err(Error::DuplicateId { position, first });
        }
    }
    if config.batch_size == 0 {
        return Err(refused("batch_size", "at least 1".into(), "0".into(), "10 is usual"));
    }
    if config.exploration_rounds > config.total_rounds {
        return Err(refused(
            "exploration_rounds",
            format!("at most {}, that of total_rounds", config.total_rounds),
            config.exploration_rounds.to_string(),
            "a quarter of them is usual",
        ));
    }
    Ok(())
}

/// The first `size` positions become `size` of all, evenly (Fisher and Yates).
fn shuffle(positions: &mut [usize], size: usize, random: &mut Random) {
    for place in 0..size {
        let other = place + random.below(positions.len() - place);
        positions.swap(place, other);
    }
}

/// All candidates by a draw from the belief about each, greatest first.
fn by_draws(counts: &[[usize; 2]], random: &mut Random) -> Vec<usize> {
    let draws: Vec<u64> = counts.iter().map(|&[relevant, other]| beta(relevant + 1, other + 1, random)).collect();
    let mut positions: Vec<usize> = (0..counts.len()).collect();
    positions.sort_by(|&a, &b| draws[b].cmp(&draws[a]));
    positions
}

/// A draw from Beta(a, b) in units of 2⁻⁶⁴: of a + b - 1 even numbers the a-th from below. Whole numbers, so that it is
/// the same on every machine.
fn beta(a: usize, b: usize, random: &mut Random) -> u64 {
    let mut even: Vec<u64> = (0..a + b - 1).map(|_| random.next()).collect();
    *even.select_nth_unstable(a - 1).1
}

#[cfg(test)]
mod tests {
    use super::{Random, beta};

    #[test]
    fn draws_have_the_mean_and_variance_of_beta() {
        let mut random = Random::new(7);
        for (a, b) in [(1_usize, 1_usize), (3, 1), (2, 8), (40, 20)] {
            let draws: Vec<f64> = (0..20_000).map(|_| beta(a, b, &mut random) as f64 / 2.0_f64.powi(64)).collect();
            let mean = draws.iter().sum::<f64>() / draws.len() as f64;
            let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / draws.len() as f64;
            let (a, b) = (a as f64, b as f64);
            let wanted = a * b / ((a + b).powi(2) * (a + b + 1.0));
            assert!((mean - a / (a + b)).abs() < 4.0 * (wanted / 20_000.0).sqrt(), "{a} {b}");
            assert!((variance / wanted - 1.0).abs() < 0.05, "{a} {b}");
        }
    }
}
