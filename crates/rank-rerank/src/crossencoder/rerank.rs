//! What reranking asks of a model, and what it gives back.

use std::collections::BTreeMap;

use crate::{Error, Result};

/// A model that scores a document for a query by reading both.
pub trait CrossEncoder {
    /// What the model's own work can fail with.
    type Error: From<Error>;

    /// The scores of the documents, in their order; higher is more relevant.
    ///
    /// # Errors
    ///
    /// The model's own.
    fn score_batch(&self, query: &str, docs: &[&str]) -> std::result::Result<Vec<f32>, Self::Error>;

    /// The score of one document.
    ///
    /// # Errors
    ///
    /// The model's own, and [`Error::ScoreCount`] when [`Self::score_batch`] does not give one score.
    fn score(&self, query: &str, doc: &str) -> std::result::Result<f32, Self::Error> {
        let scores = self.score_batch(query, &[doc])?;
        match scores[..] {
            [score] => Ok(score),
            _ => Err(Error::ScoreCount { expected: 1, got: scores.len() }.into()),
        }
    }
}

/// Scores each candidate's text and ranks the candidates: by score descending, then by id ascending.
///
/// `candidates` are `(id, text)` pairs in any order; all of them come back.
///
/// # Errors
///
/// The model's own; [`Error::DuplicateId`]; [`Error::ScoreCount`] and [`Error::NanScore`] when the model gives another
/// number of scores than there are candidates, or a NaN.
pub fn rerank<M, I, S>(model: &M, query: &str, candidates: &[(I, S)]) -> std::result::Result<Vec<(I, f32)>, M::Error>
where
    M: CrossEncoder + ?Sized,
    I: Clone + Ord,
    S: AsRef<str>,
{
    each_once(candidates)?;
    let texts: Vec<&str> = candidates.iter().map(|(_, text)| text.as_ref()).collect();
    let scores = scores(model, query, &texts)?;
    let mut ranked: Vec<(I, f32)> = candidates.iter().map(|(id, _)| id.clone()).zip(scores).collect();
    // Adding 0 makes -0 the 0 that it is equal to.
    ranked.sort_by(|a, b| (b.1 + 0.0).total_cmp(&(a.1 + 0.0)).then_with(|| a.0.cmp(&b.0)));
    Ok(ranked)
}

/// A score for each text that is a number.
pub(super) fn scores<M: CrossEncoder + ?Sized>(
    model: &M,
    query: &str,
    texts: &[&str],
) -> std::result::Result<Vec<f32>, M::Error> {
    let scores = model.score_batch(query, texts)?;
    if scores.len() != texts.len() {
        return Err(Error::ScoreCount { expected: texts.len(), got: scores.len() }.into());
    }
    match scores.iter().position(|score| score.is_nan()) {
        Some(position) => Err(Error::NanScore { position }.into()),
        None => Ok(scores),
    }
}

fn each_once<I: Ord, S>(candidates: &[(I, S)]) -> Result<()> {
    let mut seen = BTreeMap::new();
    for (position, (id, _)) in candidates.iter().enumerate() {
        if let Some(first) = seen.insert(id, position) {
            return Err(Error::DuplicateId { position, first });
        }
    }
    Ok(())
}
