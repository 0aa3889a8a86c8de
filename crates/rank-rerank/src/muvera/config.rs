//! How multivectors become single vectors.

use crate::error::{Error, Result};

/// The size of an encoding and how it comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FdeConfig {
    /// Hyperplanes that divide the space: a token falls into one of 2 to the power of `simhash_bits` cells.
    pub simhash_bits: usize,
    /// Components that are left of a token in a cell, by a random projection; none: all of them.
    pub projection_dim: Option<usize>,
    /// Independent divisions of the space, whose encodings are put one behind the other.
    pub repetitions: usize,
    /// Components that are left of the whole, by a count sketch; none: all of them.
    pub final_dim: Option<usize>,
    /// Whether a cell that no token of a document falls into gets the token of the nearest cell that is not empty.
    pub fill_empty: bool,
    /// Where chance begins: queries and documents must be encoded with the same.
    pub seed: u64,
}

impl Default for FdeConfig {
    fn default() -> Self {
        Self { simhash_bits: 5, projection_dim: Some(16), repetitions: 20, final_dim: None, fill_empty: true, seed: 42 }
    }
}

/// Beyond, an encoding would not fit into memory.
const MOST: usize = 1 << 28;

impl FdeConfig {
    /// Components of each cell, for tokens of so many.
    pub(super) fn width(&self, dim: usize) -> usize {
        self.projection_dim.unwrap_or(dim)
    }

    pub(super) fn check(&self, dim: usize) -> Result<()> {
        let wrong = |argument, expected: String, got: usize, advice| {
            Err(Error::Parameter { argument, expected, got: got.to_string(), advice })
        };
        let advice = "a power of two cells is made of so many hyperplanes; 5 is usual";
        if self.simhash_bits > 16 {
            return wrong("simhash_bits", "at most 16".to_owned(), self.simhash_bits, advice);
        }
        if self.repetitions == 0 {
            return wrong("repetitions", "at least 1".to_owned(), 0, "20 is usual");
        }
        if let Some(got) = self.projection_dim
            && (got == 0 || got > dim)
        {
            let advice = "leave it out to keep all components";
            return wrong("projection_dim", format!("from 1 to the tokens' dim {dim}"), got, advice);
        }
        let whole = (self.width(dim) << self.simhash_bits).saturating_mul(self.repetitions);
        if whole > MOST {
            let advice = "lower simhash_bits, repetitions or projection_dim";
            return wrong("repetitions", format!("encodings of at most {MOST} components"), whole, advice);
        }
        let projected = self.projection_dim.filter(|&width| width < dim).unwrap_or(0);
        let vectors = self.repetitions.saturating_mul(self.simhash_bits + projected).saturating_mul(dim);
        if vectors > MOST {
            let advice = "lower simhash_bits, repetitions or projection_dim";
            let expected = format!("hyperplanes and projections of at most {MOST} components");
            return wrong("repetitions", expected, vectors, advice);
        }
        match self.final_dim {
            Some(got) if got == 0 || got > whole => {
                let advice = "leave it out to keep all components";
                wrong("final_dim", format!("from 1 to the encoding's {whole} components"), got, advice)
            }
            _ => Ok(()),
        }
    }
}
