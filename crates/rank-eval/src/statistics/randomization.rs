//! Fisher's randomization test for paired samples.

use super::Differences;
use crate::{Error, Result};

/// Up to this many pairs, all arrangements are counted: at most a million.
const EXACT: usize = 20;

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
    if permutations == 0 {
        return Err(Error::NoPermutations);
    }
    let differences = Differences::new(a, b, 1)?;
    let values = &differences.values;
    let n = values.len();
    let mean_difference = differences.mean() * differences.scale;
    let magnitude: f64 = values.iter().map(|value| value.abs()).sum();
    let observed = values.iter().sum::<f64>().abs();
    // Below this, two sums of the same numbers with other signs are equal but for rounding.
    let rounding = magnitude * n as f64 * f64::EPSILON;
    let is_extreme = |sum: f64| sum.abs() >= observed - rounding;

    if n <= EXACT {
        let all = 1_usize << n;
        let extreme = (0..all as u64).filter(|&signs| is_extreme(signed_sum(values, |_| signs))).count();
        return Ok(RandomizationTest {
            p_value: extreme as f64 / all as f64,
            permutations: all,
            exact: true,
            mean_difference,
        });
    }
    let words = n.div_ceil(64) as u64;
    let extreme = (0..permutations as u64)
        .filter(|permutation| {
            let first = permutation.wrapping_mul(words);
            is_extreme(signed_sum(values, |word| split_mix(seed, first.wrapping_add(word))))
        })
        .count();
    Ok(RandomizationTest {
        p_value: (extreme + 1) as f64 / (permutations as f64 + 1.0),
        permutations,
        exact: false,
        mean_difference,
    })
}

/// The sum of the values, those negated whose bit is set in `signs` of their group of 64, the lowest bit first.
fn signed_sum(values: &[f64], signs: impl Fn(u64) -> u64) -> f64 {
    let mut sum = 0.0;
    for (word, values) in values.chunks(64).enumerate() {
        let mut bits = signs(word as u64);
        for value in values {
            sum += f64::from_bits(value.to_bits() ^ (bits << 63));
            bits >>= 1;
        }
    }
    sum
}

/// The number at `position`, from 0, of the `SplitMix64` sequence from `seed`.
fn split_mix(seed: u64, position: u64) -> u64 {
    let mut z = seed.wrapping_add(position.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
