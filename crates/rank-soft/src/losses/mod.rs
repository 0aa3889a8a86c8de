//! Ranking losses, each with its gradient to the scores.

mod check;
mod evaluate;
mod kendall;
mod kinds;
mod listwise;
mod loss;
mod matrix;
mod metrics;
mod names;
mod neural_sinkhorn;
mod ordinal;
mod pairwise;
mod pointwise;
mod smoothi;
mod softmax;
mod spearman;

pub use evaluate::LossGradient;
use evaluate::Row;
pub use kinds::{Gain, Labels, LossKind, PairWeight, Preset, Reduction, SmoothRanks, Ties};
pub use loss::Loss;
pub use ordinal::ordinal_loss;

/// The places of the numbers, the highest first, equal ones in the order of appearance.
pub(crate) fn descending(numbers: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|&a, &b| numbers[b].total_cmp(&numbers[a]));
    order
}

/// The ranks of the scores, the highest being 1.
fn hard_ranks(scores: &[f64], ties: Ties) -> Vec<f64> {
    let order = descending(scores);
    let mut ranks = vec![0.0; scores.len()];
    let mut start = 0;
    while start < order.len() {
        let mut end = start + 1;
        while ties == Ties::Average && end < order.len() && scores[order[end]] == scores[order[start]] {
            end += 1;
        }
        let rank = f64::midpoint(start as f64 + 1.0, end as f64);
        order[start..end].iter().for_each(|&i| ranks[i] = rank);
        start = end;
    }
    ranks
}

/// `1 / log₂(1 + rank)`.
pub(crate) fn discount(rank: f64) -> f64 {
    1.0 / (1.0 + rank).log2()
}

/// The gains of the labels, times the weights.
fn gains(loss: &Loss, row: &Row<'_>) -> Vec<f64> {
    row.labels.iter().enumerate().map(|(i, &label)| loss.gain.of(label) * row.weight(i)).collect()
}

/// 1 for a relevant item, which is one of label 1 or more, 0 for others.
fn relevance(row: &Row<'_>) -> Vec<f64> {
    row.labels.iter().map(|&label| f64::from(u8::from(label >= 1.0))).collect()
}

/// The DCG of the gains in their best order, of which `top` count.
pub(crate) fn ideal_dcg(gains: &[f64], top: Option<usize>) -> f64 {
    let mut sorted = gains.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    sorted.iter().take(top.unwrap_or(usize::MAX)).enumerate().map(|(i, gain)| gain * discount(i as f64 + 1.0)).sum()
}
