//! MaxSim beside the score of the first stage.

use std::collections::HashMap;
use std::hash::Hash;

use super::batch::{Ranked, check_once};
use crate::error::{Argument, Error, Result};
use crate::simd::MaxSim;
use crate::tokens::Tokens;

/// How scores of the first stage and MaxSim become one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RefineConfig {
    /// The weight of the first stage's score, 0 to 1; the rest is MaxSim's.
    pub alpha: f32,
    /// How both become comparable.
    pub scale: Scale,
    /// How many to return; all if there are no more.
    pub k: usize,
}

impl RefineConfig {
    /// MaxSim alone: the first stage only chose the candidates.
    pub fn refinement_only() -> Self {
        Self { alpha: 0.0, ..Self::default() }
    }

    /// The first stage's score alone.
    pub fn original_only() -> Self {
        Self { alpha: 1.0, ..Self::default() }
    }
}

impl Default for RefineConfig {
    /// Equal weights, [`Scale::MinMax`], all candidates.
    fn default() -> Self {
        Self { alpha: 0.5, scale: Scale::MinMax, k: usize::MAX }
    }
}

/// How scores of the first stage and MaxSim become comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Scale {
    /// `(s - min) / (max - min)` of the candidates, each list by itself; scores that are all equal: 1.
    #[default]
    MinMax,
    /// As they are.
    Identity,
}

impl Scale {
    pub(crate) fn apply(self, scores: &mut [f64]) {
        let (low, high) = scores
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &score| (low.min(score), high.max(score)));
        if self == Self::MinMax {
            for score in scores {
                *score = if high > low { (*score - low) / (high - low) } else { 1.0 };
            }
        }
    }
}

/// The candidates of a first stage by `alpha` times its score plus `1 - alpha` times that of MaxSim, both brought to the
/// range 0 to 1 over the candidates.
///
/// * `candidates`: `(id, score)` pairs in any order.
/// * `docs`: `(id, tokens)` pairs, in which every candidate is found; others are not looked at.
///
/// # Errors
///
/// [`Error::MissingTokens`] for a candidate without tokens, [`Error::InvalidBlend`], [`Error::NonFiniteRelevance`]; as
/// [`rank`](super::rank).
///
/// # Example
///
/// ```
/// use rank_rerank::colbert::refine;
///
/// let docs = [("a", [[1.0, 0.0]]), ("b", [[0.0, 1.0]]), ("c", [[0.6, 0.8]])];
/// // MaxSim 1, 0 and 0.6; the first stage's scores become 0, 1 and 0.5.
/// let refined = refine(&[("a", 2.0), ("b", 4.0), ("c", 3.0)], &[[1.0, 0.0]], &docs, 0.5)?;
/// assert_eq!(refined, [("c", 0.55), ("a", 0.5), ("b", 0.5)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn refine<I, Q, T>(candidates: &[(I, f32)], query_tokens: &Q, docs: &[(I, T)], alpha: f32) -> Result<Ranked<I>>
where
    I: Clone + Eq + Hash + Ord,
    Q: Tokens + ?Sized,
    T: Tokens,
{
    refine_with_config(candidates, query_tokens, docs, RefineConfig { alpha, ..RefineConfig::default() })
}

/// [`refine`], as `config` has it.
///
/// # Errors
///
/// As [`refine`].
pub fn refine_with_config<I, Q, T>(
    candidates: &[(I, f32)],
    query_tokens: &Q,
    docs: &[(I, T)],
    config: RefineConfig,
) -> Result<Ranked<I>>
where
    I: Clone + Eq + Hash + Ord,
    Q: Tokens + ?Sized,
    T: Tokens,
{
    let query = MaxSim::new(query_tokens)?;
    let docs: HashMap<&I, &T> = docs.iter().map(|(id, tokens)| (id, tokens)).collect();
    let scores = candidates.iter().enumerate().map(|(position, (id, _))| {
        let tokens = docs.get(id).ok_or(Error::MissingTokens { position })?;
        query.score_as(*tokens, Argument::Candidate(position))
    });
    blend(candidates, &scores.collect::<Result<Vec<_>>>()?, config)
}

/// The first stage's candidates and a second score for each, as one list: by `alpha · original + (1 - alpha) · refined`
/// descending, then by id ascending.
///
/// # Errors
///
/// [`Error::InvalidBlend`], [`Error::NonFiniteRelevance`], [`Error::DuplicateId`], [`Error::IdCount`].
pub fn blend<I: Clone + Eq + Hash + Ord>(
    candidates: &[(I, f32)],
    refined: &[f32],
    config: RefineConfig,
) -> Result<Ranked<I>> {
    if !(0.0..=1.0).contains(&config.alpha) {
        return Err(Error::InvalidBlend { got: config.alpha });
    }
    if candidates.len() != refined.len() {
        return Err(Error::IdCount { expected: refined.len(), got: candidates.len() });
    }
    check_once(&candidates.iter().map(|(id, _)| id).collect::<Vec<_>>())?;
    let mut original: Vec<f64> = candidates.iter().map(|(_, score)| f64::from(*score)).collect();
    let mut refined: Vec<f64> = refined.iter().map(|&score| f64::from(score)).collect();
    for scores in [&mut original, &mut refined] {
        if let Some(position) = scores.iter().position(|score| !score.is_finite()) {
            return Err(Error::NonFiniteRelevance { position, value: scores[position] });
        }
        config.scale.apply(scores);
    }
    let alpha = f64::from(config.alpha);
    let scores = original.iter().zip(&refined).map(|(original, refined)| alpha * original + (1.0 - alpha) * refined);
    let mut ranked: Ranked<I> =
        candidates.iter().zip(scores).map(|((id, _), score)| (id.clone(), score as f32)).collect();
    ranked.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranked.truncate(config.k);
    Ok(ranked)
}
