//! Means and standard deviations of other runs, which turn a value into a z-score: `trec_eval -Z`.

use std::collections::HashMap;
use std::path::Path;

use crate::Error;
use crate::cli::failure::{Failure, Outcome};

/// What is printed for a value whose mean and deviation are not known.
const MISSING: f64 = -1_000_000.0;

pub(crate) struct ZScores(HashMap<(String, String), (f64, f64)>);

impl ZScores {
    /// Reads lines of `query measure mean deviation`.
    pub(crate) fn read(path: &Path) -> Outcome<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::File {
            path: path.to_owned(),
            action: "read",
            source,
        })?;
        let mut scores = HashMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            let columns: Vec<&str> = line.split_ascii_whitespace().collect();
            let parsed = match columns[..] {
                [query, measure, mean, deviation] => mean
                    .parse()
                    .ok()
                    .zip(deviation.parse().ok())
                    .map(|numbers: (f64, f64)| ((query.to_owned(), measure.to_owned()), numbers)),
                _ => None,
            };
            let (key, numbers) = parsed.ok_or_else(|| {
                Failure::input(format!(
                    "{}:{number}: expected a query, a measure, a mean and a standard deviation, got {line:?}; repair the line",
                    path.display()
                ))
            })?;
            scores.insert(key, numbers);
        }
        Ok(Self(scores))
    }

    /// How many standard deviations the value is above the mean.
    pub(crate) fn of(&self, query: &str, measure: &str, value: f64) -> f64 {
        match self.0.get(&(query.to_owned(), measure.to_owned())) {
            Some(&(mean, deviation)) if deviation != 0.0 => (value - mean) / deviation,
            Some(&(mean, _)) if value == mean => 0.0,
            _ => MISSING,
        }
    }
}
