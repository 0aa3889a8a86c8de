//! Fisher's randomization test for paired samples.

use std::ops::Range;

use super::Differences;
use super::blocks::in_blocks;
use super::random::split_mix;
use crate::watch::{Watch, unwatched};
use crate::{Error, Result};

/// Up to this many pairs, all arrangements are counted: at most a million.
const EXACT: usize = 20;
/// Arrangements drawn at a time: their sums and the tables of eight groups fit the nearest cache.
const BLOCK: usize = 2048;

/// The result of [`randomization_test`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RandomizationTest {
    /// The two-sided p-value, above 0.
    pub p_value: f64,
    /// The number of arrangements looked at, besides the observed one if they were drawn.
    pub permutations: usize,
    /// Whether these were all arrangements, so that nothing was drawn.
    pub exact: bool,
    /// The mean of `a[i] - b[i]`.
    pub mean_difference: f64,
}

/// Fisher's randomization test for paired samples: if both runs were the same, each pair might as well have come out the
/// other way round; the p-value is the share of such arrangements whose mean difference is at least as far from 0 as the
/// observed one.
///
/// Up to 20 pairs, all `2^n` arrangements are counted and `permutations` and `seed` have no effect. Beyond, `permutations`
/// arrangements are drawn and the observed one is counted with them: with `c` of `B` at least as extreme,
/// `p = (c + 1) / (B + 1)`. Arrangements whose sums differ by no more than rounding can explain count as equal. The drawn
/// signs are those of the `SplitMix64` sequence from `seed`, hence the same on every machine. O(n B).
///
/// * `a`, `b`: the values of two runs, query by query in the same order; at least 1.
/// * `permutations`: at least 1; 10,000 is the usual choice.
///
/// # Errors
///
/// [`Error::UnpairedSamples`], [`Error::TooFewSamples`], [`Error::NotFinite`], [`Error::NoPermutations`].
///
/// # Source
///
/// Fisher: The design of experiments (1935); Smucker, Allan, Carterette: A comparison of statistical significance tests for
/// information retrieval evaluation (CIKM 2007); Steele, Lea, Flood: Fast splittable pseudorandom number generators (OOPSLA
/// 2014).
///
/// # Example
///
/// ```
/// use rank_eval::randomization_test;
///
/// // Differences of 1, 1, 1: of the 8 arrangements of signs, +++ and --- are as extreme.
/// let test = randomization_test(&[1.0, 1.0, 1.0], &[0.0, 0.0, 0.0], 10_000, 42)?;
/// assert_eq!(test.p_value, 2.0 / 8.0);
/// assert!(test.exact);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn randomization_test(a: &[f64], b: &[f64], permutations: usize, seed: u64) -> Result<RandomizationTest> {
    randomization_test_watched(a, b, permutations, seed, &unwatched)
}

/// [`randomization_test`], watched: a step is a permutation.
///
/// # Errors
///
/// As [`randomization_test`], and [`Error::Interrupted`].
pub fn randomization_test_watched(
    a: &[f64],
    b: &[f64],
    permutations: usize,
    seed: u64,
    watch: &Watch<'_>,
) -> Result<RandomizationTest> {
    if permutations == 0 {
        return Err(Error::NoPermutations);
    }
    let differences = Differences::new(a, b, 1)?;
    let values = &differences.values;
    let n = values.len();
    let mean_difference = differences.mean() * differences.scale;
    let magnitude: f64 = values.iter().map(|value| value.abs()).sum();
    // Two sums of the same numbers with other signs are equal but for rounding if they differ by less.
    let rounding = magnitude * n as f64 * f64::EPSILON;
    let limit = values.iter().sum::<f64>().abs() - rounding;

    if n <= EXACT {
        let (all, extreme) = (1 << n, count_all(values, limit));
        let p_value = extreme as f64 / all as f64;
        return Ok(RandomizationTest { p_value, permutations: all, exact: true, mean_difference });
    }
    let cost = n.div_ceil(8);
    let extreme: usize =
        in_blocks(permutations, BLOCK, cost, watch, |range| count_drawn(values, limit, seed, range))?.iter().sum();
    let p_value = (extreme + 1) as f64 / (permutations as f64 + 1.0);
    Ok(RandomizationTest { p_value, permutations, exact: false, mean_difference })
}

/// The signed sums of a few values: at each place, the values negated whose bits are set in its number.
fn signed_sums(values: &[f64], sums: &mut [f64]) {
    sums[0] = values.iter().sum();
    for (bit, value) in values.iter().enumerate() {
        let (known, new) = sums.split_at_mut(1 << bit);
        for (new, known) in new.iter_mut().zip(known) {
            *new = *known - 2.0 * value;
        }
    }
}

/// How many of all arrangements of signs have a sum of at least `limit` in magnitude: each is the sum of one of either
/// half of the values.
fn count_all(values: &[f64], limit: f64) -> usize {
    let (first, second) = values.split_at(values.len() / 2);
    let halves = [first, second].map(|values| {
        let mut sums = vec![0.0; 1 << values.len()];
        signed_sums(values, &mut sums);
        sums
    });
    let above = |sum: f64| halves[1].iter().filter(|other| (sum + **other).abs() >= limit).count();
    halves[0].iter().map(|&sum| above(sum)).sum()
}

/// How many of the drawn arrangements numbered `range` have a sum of at least `limit` in magnitude. A value is negated
/// if its bit is set in the random word of its group of 64, the lowest bit first.
///
/// No sign is flipped one at a time: the 256 signed sums of each eight values are laid out once for a block of
/// arrangements, and each byte of a random word then looks one up.
fn count_drawn(values: &[f64], limit: f64, seed: u64, range: Range<usize>) -> usize {
    let words = values.len().div_ceil(64) as u64;
    let mut sums = vec![0.0; range.len()];
    let mut tables = Box::new([[0.0; 256]; 8]);
    for (word, values) in values.chunks(64).enumerate() {
        tables.iter_mut().for_each(|table| table.fill(0.0));
        for (table, values) in tables.iter_mut().zip(values.chunks(8)) {
            signed_sums(values, &mut table[..1 << values.len()]);
            // The bits of values that are not there mean nothing.
            for place in 1 << values.len()..256 {
                table[place] = table[place & ((1 << values.len()) - 1)];
            }
        }
        let mut position = (range.start as u64).wrapping_mul(words).wrapping_add(word as u64);
        for sum in &mut sums {
            let bytes = split_mix(seed, position).to_le_bytes();
            let part = |byte: usize| tables[byte][usize::from(bytes[byte])];
            *sum += ((part(0) + part(1)) + (part(2) + part(3))) + ((part(4) + part(5)) + (part(6) + part(7)));
            position = position.wrapping_add(words);
        }
    }
    sums.iter().filter(|sum| sum.abs() >= limit).count()
}
