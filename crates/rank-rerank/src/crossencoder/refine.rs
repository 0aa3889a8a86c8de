//! The model's score beside that of the first stage.

use std::hash::Hash;

use super::rerank::{CrossEncoder, scores};
use crate::colbert::{Ranked, RefineConfig, blend};

/// The candidates of a first stage by `alpha` times its score plus `1 - alpha` times that of the model, both brought to the
/// range 0 to 1 over the candidates, so that neither scale outweighs the other.
///
/// * `candidates`: `(id, text, score)` in any order; all of them come back.
///
/// # Errors
///
/// The model's own; [`Error::InvalidBlend`](crate::Error::InvalidBlend),
/// [`Error::NonFiniteRelevance`](crate::Error::NonFiniteRelevance); as [`rerank`](super::rerank).
///
/// # Example
///
/// ```
/// use rank_rerank::crossencoder::{CrossEncoder, refine};
///
/// /// Prefers short texts.
/// struct Brief;
///
/// impl CrossEncoder for Brief {
///     type Error = rank_rerank::Error;
///
///     fn score_batch(&self, _: &str, docs: &[&str]) -> Result<Vec<f32>, Self::Error> {
///         Ok(docs.iter().map(|doc| -(doc.len() as f32)).collect())
///     }
/// }
///
/// // Of the model 1, 0.5 and 0; of the first stage 0, 1 and 0.75.
/// let candidates = [("a", "ab", 1.0), ("b", "abc", 5.0), ("c", "abcd", 4.0)];
/// assert_eq!(refine(&Brief, "", &candidates, 0.5)?, [("b", 0.75), ("a", 0.5), ("c", 0.375)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn refine<M, I, S>(model: &M, query: &str, candidates: &[(I, S, f32)], alpha: f32) -> Result<Ranked<I>, M::Error>
where
    M: CrossEncoder + ?Sized,
    I: Clone + Eq + Hash + Ord,
    S: AsRef<str>,
{
    refine_with_config(model, query, candidates, RefineConfig { alpha, ..RefineConfig::default() })
}

/// [`refine`], as `config` has it.
///
/// # Errors
///
/// As [`refine`].
pub fn refine_with_config<M, I, S>(
    model: &M,
    query: &str,
    candidates: &[(I, S, f32)],
    config: RefineConfig,
) -> Result<Ranked<I>, M::Error>
where
    M: CrossEncoder + ?Sized,
    I: Clone + Eq + Hash + Ord,
    S: AsRef<str>,
{
    let first: Vec<(I, f32)> = candidates.iter().map(|(id, _, score)| (id.clone(), *score)).collect();
    // What is wrong with the candidates is said before the model works.
    blend(&first, &vec![0.0; first.len()], config)?;
    let texts: Vec<&str> = candidates.iter().map(|(_, text, _)| text.as_ref()).collect();
    Ok(blend(&first, &scores(model, query, &texts)?, config)?)
}
