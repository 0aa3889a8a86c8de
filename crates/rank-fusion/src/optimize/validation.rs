//! What a choice is worth on queries that had no part in it.

use super::chance::{bootstrap_interval, mean, randomization_p_value};
use super::search::Trial;

/// Cross-validation: each query is judged by a choice that was made without it.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    /// The folds.
    pub folds: Vec<Fold>,
    /// The mean over all queries, each under the choice that was made without it.
    pub mean: f64,
    /// The bounds of that mean, 95 %, by resampling queries.
    pub interval: (f64, f64),
    /// The mean of the baseline over the same queries.
    pub baseline: f64,
    /// The value of each query, in the order of the problem's queries.
    pub values: Vec<f64>,
    /// How likely a difference from the baseline as large as this one is by chance alone: a randomization test over
    /// queries, in both directions, 10,000 resamples.
    pub p_value: f64,
}

/// One part of the queries, and what was chosen on the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Fold {
    /// The queries of this part, by position.
    pub queries: Vec<usize>,
    /// The trial that was the best on the others.
    pub trial: usize,
    /// Its mean on the others.
    pub train: f64,
    /// Its mean on this part.
    pub test: f64,
    /// The mean of the baseline on this part.
    pub baseline: f64,
}

impl Validation {
    /// From the test queries, the training queries and the choice of each fold.
    pub(super) fn of(chosen: Vec<(Vec<usize>, Vec<usize>, usize)>, trials: &[Trial], seed: u64) -> Self {
        let on = |trial: usize, queries: &[usize]| {
            mean(&queries.iter().map(|&query| trials[trial].values[query]).collect::<Vec<_>>())
        };
        let mut values = vec![0.0; trials[0].values.len()];
        let folds = chosen
            .into_iter()
            .map(|(test, train, trial)| {
                for &query in &test {
                    values[query] = trials[trial].values[query];
                }
                Fold { trial, train: on(trial, &train), test: on(trial, &test), baseline: on(0, &test), queries: test }
            })
            .collect();
        Self {
            folds,
            mean: mean(&values),
            interval: bootstrap_interval(&values, seed),
            baseline: trials[0].mean,
            p_value: Self::p_value(&values, &trials[0].values, seed),
            values,
        }
    }

    pub(super) fn p_value(a: &[f64], b: &[f64], seed: u64) -> f64 {
        let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
        randomization_p_value(&differences, seed)
    }
}
