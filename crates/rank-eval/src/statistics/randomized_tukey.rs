//! The randomized version of Tukey's honestly significant difference.

use std::ops::Range;

use super::blocks::in_blocks;
use super::random::{below, split_mix};
use super::samples::Table;
use crate::watch::{Watch, unwatched};
use crate::{Error, Result};

/// Permutations at a time.
const BLOCK: usize = 32;

/// What [`randomized_tukey_hsd`] says of two runs.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RandomizedTukeyPair {
    /// The position of the first run.
    pub first: usize,
    /// The position of the second run.
    pub second: usize,
    /// The mean of the first less that of the second.
    pub mean_difference: f64,
    /// The two-sided p-value, already corrected for the number of runs; above 0.
    pub p_value: f64,
}

/// The result of [`randomized_tukey_hsd`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RandomizedTukeyHsd {
    /// Each pair of runs: (0, 1), (0, 2), ..., (1, 2), ...
    pub pairs: Vec<RandomizedTukeyPair>,
    /// The number of permutations drawn.
    pub permutations: usize,
}

/// The randomized test of Tukey's honestly significant difference, of all pairs of runs: if all runs were equal, the
/// values of a query might as well have come to the runs in any other order; the p-value of a pair is the share of such
/// arrangements whose largest difference of means is at least as large as the one of the pair.
///
/// With `c` of `B` drawn arrangements at least as large, `p = (c + 1) / (B + 1)`; sums that differ by no more than rounding
/// can explain count as equal. Nothing is assumed of the distribution of the values. The `SplitMix64` sequence from `seed`
/// makes the answer the same on every machine. O(m n B).
///
/// * `samples`: for each of at least 2 runs its values, query by query in the same order; at least 1.
/// * `permutations`: at least 1; 10,000 is the usual choice.
///
/// # Errors
///
/// [`Error::TooFewRuns`], [`Error::TooFewSamples`], [`Error::UnequalSamples`], [`Error::UnusableSample`],
/// [`Error::NoPermutations`].
///
/// # Source
///
/// Carterette: Multiple testing in statistical analysis of systems-based information retrieval experiments (TOIS 2012);
/// Sakai: Laboratory experiments in information retrieval (2018).
///
/// # Example
///
/// ```
/// use rank_eval::randomized_tukey_hsd;
///
/// // All 30 queries agree on the order: no arrangement drawn has a difference as large.
/// let test = randomized_tukey_hsd(&[[0.9; 30], [0.7; 30], [0.5; 30]], 999, 1)?;
/// let p: Vec<f64> = test.pairs.iter().map(|pair| pair.p_value).collect();
/// assert_eq!(p, [1.0 / 1000.0, 1.0 / 1000.0, 1.0 / 1000.0]);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn randomized_tukey_hsd<S: AsRef<[f64]>>(
    samples: &[S],
    permutations: usize,
    seed: u64,
) -> Result<RandomizedTukeyHsd> {
    randomized_tukey_hsd_watched(samples, permutations, seed, &unwatched)
}

/// [`randomized_tukey_hsd`], watched: a step is a permutation.
///
/// # Errors
///
/// As [`randomized_tukey_hsd`], and [`Error::Interrupted`].
pub fn randomized_tukey_hsd_watched<S: AsRef<[f64]>>(
    samples: &[S],
    permutations: usize,
    seed: u64,
    watch: &Watch<'_>,
) -> Result<RandomizedTukeyHsd> {
    if permutations == 0 {
        return Err(Error::NoPermutations);
    }
    let table = Table::new(samples, 1)?;
    let magnitude: f64 = table.rows.iter().map(|value| value.abs()).sum();
    let rounding = magnitude * table.queries as f64 * f64::EPSILON;
    let cost = 4 * table.rows.len();
    let blocks = in_blocks(permutations, BLOCK, cost, watch, |range| ranges(&table, seed, range))?;
    let mut ranges = blocks.concat();
    ranges.sort_unstable_by(f64::total_cmp);
    let pairs = table.pairs().map(|(first, second)| {
        let mean_difference = table.means[first] - table.means[second];
        let limit = mean_difference.abs() * table.queries as f64 - rounding;
        let extreme = permutations - ranges.partition_point(|&range| range < limit);
        let p_value = (extreme + 1) as f64 / (permutations as f64 + 1.0);
        RandomizedTukeyPair { first, second, mean_difference, p_value }
    });
    Ok(RandomizedTukeyHsd { pairs: pairs.collect(), permutations })
}

/// The largest difference of the sums of runs in each of the arrangements numbered `range`.
///
/// The values of a query are shuffled by Fisher and Yates: from the last place down, each takes one of those up to its
/// own. A random word serves as many places as keep it uniform to 2^-32.
fn ranges(table: &Table, seed: u64, range: Range<usize>) -> Vec<f64> {
    let runs = table.runs;
    let fresh = fresh_words(runs);
    let words = fresh.iter().filter(|fresh| **fresh).count() * table.queries;
    let (mut sums, mut row) = (vec![0.0; runs], vec![0.0; runs]);
    range
        .map(|permutation| {
            let mut position = (permutation as u64).wrapping_mul(words as u64);
            let mut word = 0;
            sums.fill(0.0);
            for values in table.rows.chunks_exact(runs) {
                row.copy_from_slice(values);
                for place in (1..runs).rev() {
                    if fresh[place] {
                        word = split_mix(seed, position);
                        position = position.wrapping_add(1);
                    }
                    let (other, rest) = below(word, place as u64 + 1);
                    word = rest;
                    row.swap(place, other as usize);
                    sums[place] += row[place];
                }
                sums[0] += row[0];
            }
            let largest = sums.iter().fold(f64::NEG_INFINITY, |largest: f64, &sum| largest.max(sum));
            let smallest = sums.iter().fold(f64::INFINITY, |smallest: f64, &sum| smallest.min(sum));
            largest - smallest
        })
        .collect()
}

/// At which places of a shuffle a new random word is drawn.
fn fresh_words(runs: usize) -> Vec<bool> {
    let mut fresh = vec![false; runs];
    let mut product = u64::MAX;
    for place in (1..runs).rev() {
        product = product.saturating_mul(place as u64 + 1);
        if product > 1 << 32 {
            fresh[place] = true;
            product = place as u64 + 1;
        }
    }
    fresh
}
