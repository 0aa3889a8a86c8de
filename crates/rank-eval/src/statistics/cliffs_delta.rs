//! Cliff's delta of paired samples.

use super::Estimate;
use super::distributions::t_two_sided_quantile;

/// The share of pairs `(a[i], b[j])` in which `a` is larger less the share in which `b` is, with an interval that knows
/// of the pairing: its variance is that of the sums of both placements of a query.
pub(super) fn cliffs_delta(a: &[f64], b: &[f64], level: f64) -> Estimate {
    let n = a.len() as f64;
    let (above, below) = (placements(a, b), placements(b, a));
    let value = above.iter().sum::<f64>() / n;
    // Placements of a rise with delta, those of b fall.
    let sums: Vec<f64> = above.iter().zip(&below).map(|(above, below)| above - below).collect();
    let variance = sums.iter().map(|sum| (sum - 2.0 * value).powi(2)).sum::<f64>() / (n - 1.0);
    let margin = t_two_sided_quantile(1.0 - level, n - 1.0) * (variance / n).sqrt();
    Estimate { value, low: (value - margin).max(-1.0), high: (value + margin).min(1.0) }
}

/// For each value the share of `others` below it less the share above it.
fn placements(values: &[f64], others: &[f64]) -> Vec<f64> {
    let mut sorted = others.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let place = |value: f64| {
        let below = sorted.partition_point(|&other| other < value);
        let above = sorted.len() - sorted.partition_point(|&other| other <= value);
        (below as f64 - above as f64) / sorted.len() as f64
    };
    values.iter().map(|&value| place(value)).collect()
}
