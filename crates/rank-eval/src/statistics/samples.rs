//! What the tests compare: two samples by their differences, or many samples of one length.

use crate::{Error, Result};

/// The differences `a[i] - b[i]` of two samples.
pub(crate) struct Differences {
    /// Divided by `scale`, so that neither their sum nor their squares overflow or vanish.
    pub(crate) values: Vec<f64>,
    /// A power of two, so that the division is exact.
    pub(crate) scale: f64,
}

impl Differences {
    pub(crate) fn new(a: &[f64], b: &[f64], least: usize) -> Result<Self> {
        if a.len() != b.len() {
            return Err(Error::UnpairedSamples { expected: a.len(), got: b.len() });
        }
        if a.len() < least {
            return Err(Error::TooFewSamples { least, got: a.len() });
        }
        let mut values: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
        for (argument, sample) in [("a", a), ("b", b), ("a - b", &values)] {
            finite(argument, sample)?;
        }
        let scale = scale(&values);
        for value in &mut values {
            *value /= scale;
        }
        Ok(Self { values, scale })
    }

    /// The mean, divided by `scale`.
    pub(crate) fn mean(&self) -> f64 {
        mean(&self.values)
    }

    /// The sample variance around `mean`, divided by the square of `scale`; exactly 0 if all differences are equal.
    pub(crate) fn variance(&self, mean: f64) -> f64 {
        // Compared before they are averaged: rounding of the mean would leave a tiny variance.
        if self.values.iter().all(|&value| value == self.values[0]) {
            return 0.0;
        }
        self.values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (self.values.len() - 1) as f64
    }
}

/// The power of two below the largest magnitude.
fn scale(values: &[f64]) -> f64 {
    let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    // The exponent of the largest alone.
    f64::from_bits(largest.to_bits() & f64::INFINITY.to_bits()).max(f64::MIN_POSITIVE)
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Refuses what is not finite.
pub(crate) fn finite(argument: &'static str, sample: &[f64]) -> Result<()> {
    match sample.iter().position(|value| !value.is_finite()) {
        Some(position) => Err(Error::NotFinite { argument, position, value: sample[position] }),
        None => Ok(()),
    }
}

/// Refuses a probability that is not within 0 and 1, both excluded.
pub(super) fn probability(argument: &'static str, value: f64, usual: f64) -> Result<()> {
    if value > 0.0 && value < 1.0 { Ok(()) } else { Err(Error::NotAProbability { argument, value, usual }) }
}

/// The values of several runs, query by query in the same order.
pub(crate) struct Table {
    /// A row for each query, a column for each run.
    pub(crate) rows: Vec<f64>,
    pub(crate) runs: usize,
    pub(crate) queries: usize,
    /// Of each run.
    pub(crate) means: Vec<f64>,
}

impl Table {
    pub(crate) fn new<S: AsRef<[f64]>>(samples: &[S], least: usize) -> Result<Self> {
        let runs = samples.len();
        if runs < 2 {
            return Err(Error::TooFewRuns { got: runs });
        }
        let queries = samples[0].as_ref().len();
        if queries < least {
            return Err(Error::TooFewSamples { least, got: queries });
        }
        let mut rows = vec![0.0; runs * queries];
        let mut means = Vec::with_capacity(runs);
        for (run, sample) in samples.iter().map(AsRef::as_ref).enumerate() {
            if sample.len() != queries {
                return Err(Error::UnequalSamples { run, expected: queries, got: sample.len() });
            }
            // Beyond this the squares overflow; no measure comes near.
            if let Some(query) = sample.iter().position(|value| value.is_nan() || value.abs() >= 1e100) {
                return Err(Error::UnusableSample { run, query, value: sample[query] });
            }
            for (query, &value) in sample.iter().enumerate() {
                rows[query * runs + run] = value;
            }
            means.push(mean(sample));
        }
        Ok(Self { rows, runs, queries, means })
    }

    /// Each pair of runs, the first below the second.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let runs = self.runs;
        (0..runs).flat_map(move |first| (first + 1..runs).map(move |second| (first, second)))
    }
}
