//! Determinantal point processes.

use std::hash::Hash;

use super::greedy::{self, Bound, Gains};
use super::{CHUNK, Similarity, named, relevance};
use crate::{Error, Result};

/// How [`dpp`] selects.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DppConfig {
    /// The weight of relevance: 0 for diversity alone.
    pub alpha: f64,
    /// How many to select at most.
    pub k: usize,
}

impl Default for DppConfig {
    /// `alpha` 1 and `k` 10.
    fn default() -> Self {
        Self { alpha: 1.0, k: 10 }
    }
}

/// A residual below this share of the vector is what rounding leaves of nothing: cosines come from sums in `f32`.
const INDEPENDENT: f64 = 1e-6;

/// Greedy maximum a posteriori selection from a determinantal point process with the kernel
///
/// ```text
/// L(i, j) = exp(alpha * relevance(i)) * similarity(i, j) * exp(alpha * relevance(j))
/// ```
///
/// Each next one is that by which the determinant of the selected grows most; its gain is the logarithm of that factor,
/// `2 * alpha * relevance + ln(residual)`, where the residual is the squared part of its vector that the selected do not
/// span (exact, by incremental Cholesky factors in `f64`). Similarities must be those of unit vectors, such as
/// [`Cosine`](super::Cosine).
///
/// The selection ends before `k` where every candidate left lies in the span of the selected (a residual of at most
/// 1e-6): all further determinants are 0.
///
/// # Errors
///
/// [`InvalidAlpha`](crate::Error::InvalidAlpha), [`SimilarityCount`](crate::Error::SimilarityCount),
/// [`NonFiniteRelevance`](crate::Error::NonFiniteRelevance), [`DuplicateId`](crate::Error::DuplicateId).
///
/// # Source
///
/// Chen, Zhang, Zhou: Fast greedy MAP inference for determinantal point process to improve recommendation diversity
/// (`NeurIPS` 2018).
///
/// # Example
///
/// ```
/// use rank_rerank::diversity::{DppConfig, SimilarityMatrix, dpp};
///
/// // "b" is 0.6 like "a", so that 1 - 0.36 of it is left; "c" is "a" again.
/// let similarity = SimilarityMatrix::new(&[1.0, 0.6, 1.0, 0.6, 1.0, 0.6, 1.0, 0.6, 1.0], 3)?;
/// let selected = dpp(&[("a", 1.0), ("b", 0.0), ("c", 0.9)], &similarity, DppConfig { alpha: 1.0, k: 3 })?;
/// assert_eq!(selected.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["a", "b"]);
/// assert_eq!(selected[0].1, 2.0);
/// assert!((selected[1].1 - 0.64_f64.ln()).abs() < 1e-6);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn dpp<I: Clone + Eq + Hash, S: Copy + Into<f64>>(
    candidates: &[(I, S)],
    similarity: &impl Similarity,
    config: DppConfig,
) -> Result<Vec<(I, f64)>> {
    if !config.alpha.is_finite() || config.alpha < 0.0 {
        return Err(Error::InvalidAlpha { got: config.alpha });
    }
    let relevance = relevance(candidates, similarity)?;
    let n = relevance.len();
    let mut factors = Factors {
        log_quality: relevance.iter().map(|relevance| 2.0 * config.alpha * relevance).collect(),
        similarity,
        selected: Vec::new(),
        inverse_roots: Vec::new(),
        rows: vec![Vec::new(); n],
        residual: vec![1.0; n],
    };
    Ok(named(candidates, &greedy::select(0..n, config.k, f64::NEG_INFINITY, &mut factors)))
}

/// The Cholesky factor of the similarities, a row for each candidate, as far as it was needed.
struct Factors<'a, M> {
    log_quality: Vec<f64>,
    similarity: &'a M,
    selected: Vec<usize>,
    /// One over the diagonal of the factor.
    inverse_roots: Vec<f64>,
    rows: Vec<Vec<f64>>,
    residual: Vec<f64>,
}

impl<M: Similarity> Gains for Factors<'_, M> {
    fn gain(&mut self, candidate: usize, enough: f64) -> Bound {
        let mut row = std::mem::take(&mut self.rows[candidate]);
        let mut similarities = [0.0; CHUNK];
        let bound = loop {
            let open = &self.selected[row.len()..];
            let others = &open[..open.len().min(CHUNK)];
            let similarities = &mut similarities[..others.len()];
            self.similarity.similarities(candidate, others, similarities);
            let residual = &mut self.residual[candidate];
            for (&other, similarity) in others.iter().zip(similarities) {
                let entry = (*similarity - dot(&row, &self.rows[other])) * self.inverse_roots[row.len()];
                *residual -= entry * entry;
                row.push(entry);
            }
            let gain =
                if *residual > INDEPENDENT { self.log_quality[candidate] + residual.ln() } else { f64::NEG_INFINITY };
            if others.len() == open.len() {
                break Bound::Exact(gain);
            }
            if gain < enough {
                break Bound::AtMost(gain);
            }
        };
        self.rows[candidate] = row;
        bound
    }

    fn expect(&self, candidate: usize) {
        self.similarity.prefetch(candidate);
    }

    fn select(&mut self, candidate: usize) {
        self.selected.push(candidate);
        self.inverse_roots.push(self.residual[candidate].sqrt().recip());
    }
}

/// The product of `a` with as much of `b`, in eight sums that need not wait for each other.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a, a_tail) = a.as_chunks::<8>();
    let (b, b_tail) = b[..a.len() * 8 + a_tail.len()].as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let tail: f64 = a_tail.iter().zip(b_tail).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + tail
}
