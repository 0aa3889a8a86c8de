//! How a codec is trained.

use crate::error::{Error, Result};

/// The size of a codec and how it is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodecConfig {
    /// The bits of a component: 1, 2 or 4.
    pub bits: usize,
    /// The number of centroids; none: a power of two near eight times the square root of the number of tokens that the
    /// codec is trained for.
    pub centroids: Option<usize>,
    /// The tokens that there will be, if they are more than those that the codec is trained on.
    pub expected_tokens: Option<usize>,
    /// Rounds of k-means.
    pub iterations: usize,
    /// The most tokens that a centroid is trained on; more are sampled.
    pub tokens_per_centroid: usize,
    /// Where chance begins.
    pub seed: u64,
    /// How many threads share the work; 0: as many as the machine has. The codec is the same for any number.
    pub threads: usize,
}

impl Default for CodecConfig {
    fn default() -> Self {
        Self {
            bits: 4,
            centroids: None,
            expected_tokens: None,
            iterations: 8,
            tokens_per_centroid: 64,
            seed: 42,
            threads: 1,
        }
    }
}

impl CodecConfig {
    /// How many tokens a training on so many reports, in all its rounds.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`].
    pub fn training_steps(&self, tokens: usize) -> Result<usize> {
        let most = self.centroids_for(tokens)?.saturating_mul(self.tokens_per_centroid).min(tokens);
        Ok(most.saturating_mul(self.iterations))
    }

    /// The number of centroids for so many tokens.
    pub(crate) fn centroids_for(&self, tokens: usize) -> Result<usize> {
        let expected = self.expected_tokens.unwrap_or(tokens).max(tokens);
        let usual = || {
            let wanted = 8.0 * (expected as f64).sqrt();
            // A centroid of less than four tokens is none.
            (wanted.log2().round().exp2() as usize).clamp(1, (tokens / 4).max(1))
        };
        let wrong = |argument, expected: String, got: usize, advice| {
            Err(Error::Parameter { argument, expected, got: got.to_string(), advice })
        };
        if ![1, 2, 4].contains(&self.bits) {
            return wrong("bits", "1, 2 or 4".to_owned(), self.bits, "4 is near to exact, 2 half as large");
        }
        if self.iterations == 0 {
            return wrong("iterations", "at least 1".to_owned(), 0, "8 is usual");
        }
        if self.tokens_per_centroid == 0 {
            return wrong("tokens_per_centroid", "at least 1".to_owned(), 0, "64 is usual");
        }
        match self.centroids {
            Some(got) if got == 0 || got > tokens => {
                let advice = "leave it out, or train on more tokens";
                wrong("centroids", format!("from 1 to the {tokens} tokens that there are to train on"), got, advice)
            }
            Some(centroids) => Ok(centroids),
            None => Ok(usual()),
        }
    }
}
