//! Rank-biased overlap.

use std::hash::Hash;

use super::positions;
use crate::{Error, Result};

/// Rank-biased overlap of two lists, and what is not known of it because they end.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RankBiasedOverlap {
    /// The value if the lists go on to agree as far as they did: the one to report.
    pub extrapolated: f64,
    /// The least that it can be, whatever follows.
    pub min: f64,
    /// How much more than [`min`](Self::min) it can be.
    pub residual: f64,
}

/// Rank-biased overlap of two rankings of ids, best first, which need not have the same length or the same ids.
///
/// ```text
/// RBO = (1 - p) x sum over the depths d of p^(d - 1) x overlap(d) / d
/// ```
///
/// with overlap(d) the number of ids that the first d of both have in common. `p`, above 0 and below 1, is how much a depth
/// weighs of the one above it: with 0.9 the first ten ranks have 86 % of the weight. Two empty lists have 0, of which nothing
/// is known.
///
/// # Errors
///
/// [`Error::NotAProbability`] for `p`, and [`Error::DuplicateId`].
///
/// # Source
///
/// Webber, Moffat, Zobel: A similarity measure for indefinite rankings (ACM TOIS 2010), equations 11, 30 and 32.
///
/// # Example
///
/// ```
/// use rank_eval::rank_biased_overlap;
///
/// let rbo = rank_biased_overlap(&["a", "b"], &["a", "c"], 0.5)?;
/// // 0.5 x 1 + 0.25 x 1/2, and then half of what is left, which weighs 0.25.
/// assert!((rbo.extrapolated - 0.75).abs() < 1e-12);
/// assert!(rbo.min < rbo.extrapolated && rbo.extrapolated < rbo.min + rbo.residual);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn rank_biased_overlap<I: Eq + Hash>(a: &[I], b: &[I], p: f64) -> Result<RankBiasedOverlap> {
    if !(p > 0.0 && p < 1.0) {
        return Err(Error::NotAProbability { argument: "p", value: p, usual: 0.9 });
    }
    positions("a", a)?;
    let others = positions("b", b)?;
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    if long == 0 {
        return Ok(RankBiasedOverlap { extrapolated: 0.0, min: 0.0, residual: 1.0 });
    }
    // The number of ids that become common at each depth.
    let mut joining = vec![0_u32; long];
    for (position, id) in a.iter().enumerate() {
        if let Some(&other) = others.get(id) {
            joining[position.max(other)] += 1;
        }
    }
    let overlaps: Vec<f64> = joining
        .iter()
        .scan(0, |sum, count| {
            *sum += count;
            Some(f64::from(*sum))
        })
        .collect();
    let common = overlaps[long - 1];
    let common_short = if short == 0 { 0.0 } else { overlaps[short - 1] };
    let (s, l) = (short as f64, long as f64);
    let last = long + short - common as usize;
    let (mut weight, mut agreement, mut certain, mut beyond) = (1.0, 0.0, 0.0, 0.0);
    // Sums of p^d / d, up to the depth at which all can be common.
    let (mut all, mut after_short, mut after_long) = (0.0, 0.0, 0.0);
    for depth in 1..=last {
        let d = depth as f64;
        weight *= p;
        let part = weight / d;
        all += part;
        after_short += if depth > short { part } else { 0.0 };
        after_long += if depth > long { part } else { 0.0 };
        if depth <= long {
            agreement += overlaps[depth - 1] * part;
            certain += (overlaps[depth - 1] - common) * part;
            beyond += if depth > short && short > 0 { common_short * (d - s) / s * part } else { 0.0 };
        }
    }
    let power = |depth: usize| p.powf(depth as f64);
    let scale = (1.0 - p) / p;
    let tail = (common - common_short) / l + if short == 0 { 0.0 } else { common_short / s };
    let unseen = s * after_short + l * after_long + common * (-(1.0 - p).ln() - all);
    Ok(RankBiasedOverlap {
        extrapolated: scale * (agreement + beyond) + tail * power(long),
        min: scale * (certain - common * (1.0 - p).ln()),
        residual: power(short) + power(long) - power(last) - scale * unseen,
    })
}
