//! Spearman's coefficient of soft ranks of the scores and hard ranks of the labels.
//!
//! The loss is 1 less the Pearson correlation of the two, weighted where items are; it is 1, with gradient 0, where all
//! ranks of one side are equal.

use super::metrics::Ranks;
use super::{Loss, Row, SmoothRanks, Ties, hard_ranks};
use crate::watch::Watch;
use crate::{Direction, Result};

/// The deviations from the weighted mean, and the norm.
fn centered(values: &[f64], row: &Row<'_>) -> (Vec<f64>, f64) {
    let all: f64 = (0..values.len()).map(|i| row.weight(i)).sum();
    let mean = values.iter().enumerate().map(|(i, value)| row.weight(i) * value).sum::<f64>() / all;
    let centered: Vec<f64> = values.iter().map(|value| value - mean).collect();
    let norm = centered.iter().enumerate().map(|(i, value)| row.weight(i) * value * value).sum::<f64>().sqrt();
    (centered, norm)
}

pub(super) fn row(loss: &Loss, row: &Row<'_>, watch: Watch<'_>, gradient: &mut [f64]) -> Result<f64> {
    let mut targets = hard_ranks(row.labels, Ties::Average);
    let ranks = if let SmoothRanks::Operator(method) = loss.ranks {
        // Ascending, as those of `spearman_loss`, which KL does not mirror.
        for rank in &mut targets {
            *rank = -*rank;
        }
        Ranks::by_operator(loss, method, Direction::Ascending, row.scores, watch)?
    } else {
        let all: Vec<usize> = (0..row.scores.len()).collect();
        Ranks::new(loss, row.scores, &all, watch)?
    };
    let (own, own_norm) = centered(&ranks.values, row);
    let (other, other_norm) = centered(&targets, row);
    // Ranks of one block of equal values differ by rounding alone.
    if own_norm <= 1e-13 * row.scores.len() as f64 || other_norm == 0.0 {
        return Ok(1.0);
    }
    let correlation =
        (0..own.len()).map(|i| row.weight(i) * (own[i] / own_norm) * (other[i] / other_norm)).sum::<f64>();
    let slopes: Vec<f64> = (0..own.len())
        .map(|i| row.weight(i) * (correlation * own[i] / own_norm - other[i] / other_norm) / own_norm)
        .collect();
    ranks.back(loss, row.scores, &slopes, watch, gradient)?;
    Ok(1.0 - correlation)
}
