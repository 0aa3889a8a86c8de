//! Sampling without replacement by Gumbel noise.
//!
//! Kool, van Hoof, Welling: Stochastic beams and where to find them (ICML 2019). The `k` largest of scores with independent
//! Gumbel noise are `k` draws without replacement from the softmax of the scores, in the order of drawing. Noise is a
//! function of seed and position alone, so that neither threads nor what else is drawn changes it.

use crate::error::check_room;
use crate::float::{Float, refuse};
use crate::{Error, Input, Result};

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Number `index` of a stream of numbers between 0 and 1, neither of them.
pub(crate) fn uniform(seed: u64, stream: u64, index: u64) -> f64 {
    let start = mixed(mixed(seed.wrapping_add(GOLDEN)).wrapping_add(stream.wrapping_mul(GOLDEN)));
    let bits = mixed(start.wrapping_add(index.wrapping_add(1).wrapping_mul(GOLDEN)));
    ((bits >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

/// Number `index` of a stream of standard Gumbel noise.
pub(crate) fn noise(seed: u64, stream: u64, index: u64) -> f64 {
    -(-uniform(seed, stream, index).ln()).ln()
}

/// Standard Gumbel noise: `count` numbers of mean 0.5772 and variance π² / 6, which depend on seed and position alone.
///
/// Added to scores, it makes the softmax's choice of their largest. `method="subset"` of a top-k mask over such scores is
/// the relaxation of [`gumbel_top_k`] (Xie, Ermon 2019), through which gradients flow.
///
/// # Example
///
/// ```
/// use rank_soft::gumbel_noise;
///
/// let noise = gumbel_noise(10_000, 7);
/// assert_eq!(noise[..5], gumbel_noise(5, 7));
/// let mean = noise.iter().sum::<f64>() / 10_000.0;
/// assert!((mean - 0.5772).abs() < 0.05);
/// ```
pub fn gumbel_noise(count: usize, seed: u64) -> Vec<f64> {
    (0..count as u64).map(|index| noise(seed, 0, index)).collect()
}

/// What was drawn.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Drawn {
    /// For each row `k` positions in it, in the order of drawing; none where nothing was left.
    pub positions: Vec<Option<usize>>,
    /// For each the score with its noise, descending in a row; minus infinity where nothing was left.
    pub perturbed: Vec<f64>,
}

/// `k` draws without replacement of each row, from the softmax of its scores.
///
/// * `input`: scores. Minus infinity is never drawn; masked scores neither. Weights and strengths are not used.
/// * `seed`: the same gives the same draws, for any number of threads. The noise of a score depends on its position
///   among all rows: another batch needs another seed.
///
/// # Errors
///
/// [`Error::NotANumber`], [`Error::LengthMismatch`], [`Error::Shape`], [`Error::Offsets`], [`Error::TooLarge`].
///
/// # Source
///
/// Kool, van Hoof, Welling (ICML 2019).
///
/// # Example
///
/// ```
/// use rank_soft::{Input, gumbel_top_k};
///
/// // A score far above the rest is drawn first, one of minus infinity never.
/// let drawn = gumbel_top_k(&Input::new(&[0.0, 100.0, f64::NEG_INFINITY, 0.0]), 4, 7)?;
/// assert_eq!(drawn.positions[0], Some(1));
/// assert_eq!(drawn.positions[3], None);
/// # Ok::<(), rank_soft::Error>(())
/// ```
pub fn gumbel_top_k<T: Float>(input: &Input<'_, T>, k: usize, seed: u64) -> Result<Drawn> {
    let rows = input.rows()?;
    input.check(&rows)?;
    let bad = |&value: &T| {
        let value: f64 = value.into();
        value.is_nan() || value == f64::INFINITY
    };
    if let Some(at) = input.values.iter().position(bad) {
        return Err(match refuse("values", &input.values[at..=at]) {
            Error::NotANumber { argument, value, .. } => {
                Error::NotANumber { argument, place: crate::Place { row: None, position: at }, value }
            }
            other => other,
        });
    }
    check_room::<Option<usize>>("k", rows.count().saturating_mul(k))?;
    let mut drawn =
        Drawn { positions: Vec::with_capacity(rows.count() * k), perturbed: Vec::with_capacity(rows.count() * k) };
    let mut scores: Vec<(f64, usize)> = Vec::new();
    for row in 0..rows.count() {
        let range = rows.range(row);
        scores.clear();
        scores.extend(range.clone().filter(|&i| input.mask.is_none_or(|mask| mask[i])).filter_map(|i| {
            let score: f64 = input.values[i].into();
            (score > f64::NEG_INFINITY).then(|| (score + noise(seed, 0, i as u64), i - range.start))
        }));
        let order = |a: &(f64, usize), b: &(f64, usize)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if k < scores.len() {
            scores.select_nth_unstable_by(k, order);
            scores.truncate(k);
        }
        scores.sort_unstable_by(order);
        for place in 0..k {
            let found = scores.get(place);
            drawn.positions.push(found.map(|found| found.1));
            drawn.perturbed.push(found.map_or(f64::NEG_INFINITY, |found| found.0));
        }
        input.watch.advance(1)?;
    }
    Ok(drawn)
}
