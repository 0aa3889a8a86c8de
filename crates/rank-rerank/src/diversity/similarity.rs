//! How alike two candidates are.

use std::sync::OnceLock;

use rank_kernels::Kernels;

use super::CHUNK;
use crate::error::Argument;
use crate::{Error, Result, Tokens, TokensRef};

/// The similarity of each of `len` candidates to each other; symmetric.
pub trait Similarity {
    /// The number of candidates.
    fn len(&self) -> usize;

    /// The similarity of two candidates, by their positions.
    fn similarity(&self, a: usize, b: usize) -> f64;

    /// The similarities of a candidate to `others`: `out[i]` is that to `others[i]`.
    fn similarities(&self, candidate: usize, others: &[usize], out: &mut [f64]) {
        for (out, &other) in out.iter_mut().zip(others) {
            *out = self.similarity(candidate, other);
        }
    }

    /// The place in `others` of one that a candidate is probably very similar to, where a guess costs far less than a
    /// similarity. What is guessed decides what is computed first, and nothing else.
    fn guess(&self, candidate: usize, others: &[usize]) -> Option<usize> {
        let _ = (candidate, others);
        None
    }

    /// Called before the similarities of a candidate are likely to be asked for: a chance to bring what they are computed
    /// from into the cache.
    fn prefetch(&self, candidate: usize) {
        let _ = candidate;
    }

    /// Whether there is no candidate.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Lines of a row that are prefetched: more are read so long that their beginning suffices.
const LINES: usize = 64;

/// The cosine of embeddings, which are read in place. The cosine with a vector of zeros is 0.
#[derive(Debug, Clone)]
pub struct Cosine<'a> {
    kernels: &'static Kernels,
    embeddings: TokensRef<'a>,
    inverse_norms: Vec<f64>,
    sketches: OnceLock<Vec<Sketch>>,
}

/// The signs of the first components: in few of them two vectors differ that are alike.
type Sketch = [u64; 4];

impl<'a> Cosine<'a> {
    /// The cosines of `embeddings`, one row a candidate.
    ///
    /// # Errors
    ///
    /// [`Error::NonFinite`], and [`Error::Isa`] if `RANK_ISA` asks for what this machine lacks.
    pub fn new(embeddings: TokensRef<'a>) -> Result<Self> {
        let kernels = rank_kernels::try_kernels()?;
        let inverse_norms = (0..embeddings.tokens())
            .map(|token| {
                let row = embeddings.token(token);
                let mut square = f64::from(kernels.dot(row, row));
                if !(square.is_normal() && square < f64::from(f32::MAX)) {
                    if let Some(&value) = row.iter().find(|value| !value.is_finite()) {
                        return Err(Error::NonFinite { argument: Argument::Embeddings, token, value });
                    }
                    // Squares beyond the range of f32 are within that of f64.
                    square = row.iter().map(|&value| f64::from(value) * f64::from(value)).sum();
                }
                Ok(if square > 0.0 { square.sqrt().recip() } else { 0.0 })
            })
            .collect::<Result<_>>()?;
        Ok(Self { kernels, embeddings, inverse_norms, sketches: OnceLock::new() })
    }

    fn sketch(&self, row: &[f32]) -> Sketch {
        let mut sketch = Sketch::default();
        let row = &row[..row.len().min(64 * sketch.len())];
        let (whole, rest) = row.split_at(row.len() / 64 * 64);
        let (masks, last) = sketch.split_at_mut(whole.len() / 64);
        self.kernels.at_least(whole, 0.0, masks);
        if let Some(last) = last.first_mut() {
            *last = rest.iter().rev().fold(0, |mask, &value| mask << 1 | u64::from(value >= 0.0));
        }
        sketch
    }
}

impl Similarity for Cosine<'_> {
    fn len(&self) -> usize {
        self.embeddings.tokens()
    }

    fn similarity(&self, a: usize, b: usize) -> f64 {
        let mut out = [0.0];
        self.similarities(a, &[b], &mut out);
        out[0]
    }

    fn guess(&self, candidate: usize, others: &[usize]) -> Option<usize> {
        let all = || (0..self.len()).map(|candidate| self.sketch(self.embeddings.token(candidate))).collect();
        let sketches = self.sketches.get_or_init(all);
        let own = &sketches[candidate];
        let mut least = (u32::MAX, None);
        rank_kernels::vectorized(|| {
            for (place, &other) in others.iter().enumerate() {
                let [a, b, c, d] = std::array::from_fn(|word| (own[word] ^ sketches[other][word]).count_ones());
                let differing = a + b + c + d;
                if differing < least.0 {
                    least = (differing, Some(place));
                }
            }
        });
        least.1
    }

    fn prefetch(&self, candidate: usize) {
        rank_kernels::prefetch(self.embeddings.token(candidate), LINES);
    }

    fn similarities(&self, candidate: usize, others: &[usize], out: &mut [f64]) {
        let mut dots = [0.0; CHUNK];
        let row = self.embeddings.token(candidate);
        for (others, out) in others.chunks(CHUNK).zip(out.chunks_mut(CHUNK)) {
            let dots = &mut dots[..others.len()];
            self.kernels.dots(row, self.embeddings.values(), others, dots);
            for ((&other, out), &dot) in others.iter().zip(out).zip(&*dots) {
                *out = f64::from(dot) * (self.inverse_norms[candidate] * self.inverse_norms[other]);
            }
        }
    }
}

/// Similarities that are known already: `n` rows of `n` values, read in place.
#[derive(Debug, Clone, Copy)]
pub struct SimilarityMatrix<'a> {
    values: &'a [f32],
    len: usize,
}

impl<'a> SimilarityMatrix<'a> {
    /// The matrix of `len` rows, one after the other.
    ///
    /// # Errors
    ///
    /// [`Error::SimilarityShape`] for another number of values than `len * len`, [`Error::NonFinite`].
    pub fn new(values: &'a [f32], len: usize) -> Result<Self> {
        if values.len() != len * len {
            return Err(Error::SimilarityShape { len, got: values.len() });
        }
        match values.iter().position(|value| !value.is_finite()) {
            Some(at) => Err(Error::NonFinite { argument: Argument::Similarity, token: at / len, value: values[at] }),
            None => Ok(Self { values, len }),
        }
    }
}

impl Similarity for SimilarityMatrix<'_> {
    fn len(&self) -> usize {
        self.len
    }

    fn similarity(&self, a: usize, b: usize) -> f64 {
        f64::from(self.values[a * self.len + b])
    }
}
