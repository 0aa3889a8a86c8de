//! Whether a difference between two runs is more than luck.

mod randomization;
mod t_test;

pub use randomization::{RandomizationTest, randomization_test};
pub use t_test::{PairedTTest, paired_t_test};

use crate::{Error, Result};

/// The differences `a[i] - b[i]` of two samples.
struct Differences {
    /// Divided by `scale`, so that neither their sum nor their squares overflow or vanish.
    values: Vec<f64>,
    /// A power of two, so that the division is exact.
    scale: f64,
}

impl Differences {
    fn new(a: &[f64], b: &[f64], least: usize) -> Result<Self> {
        if a.len() != b.len() {
            return Err(Error::UnpairedSamples { expected: a.len(), got: b.len() });
        }
        if a.len() < least {
            return Err(Error::TooFewSamples { least, got: a.len() });
        }
        let mut values: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
        for (argument, sample) in [("a", a), ("b", b), ("a - b", &values)] {
            if let Some(position) = sample.iter().position(|value| !value.is_finite()) {
                return Err(Error::NotFinite { argument, position, value: sample[position] });
            }
        }
        let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        // The exponent of the largest alone.
        let scale = f64::from_bits(largest.to_bits() & f64::INFINITY.to_bits()).max(f64::MIN_POSITIVE);
        for value in &mut values {
            *value /= scale;
        }
        Ok(Self { values, scale })
    }

    fn mean(&self) -> f64 {
        self.values.iter().sum::<f64>() / self.values.len() as f64
    }
}
