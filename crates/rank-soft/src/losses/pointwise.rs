//! Losses of each score by itself: `(s - y)²`, and the logistic loss of a label, which Rax clips to [0, 1].
//!
//! By hand: a score of 0 for label 1 costs log 2.

use super::{Loss, LossKind, Row};
use crate::sigmoid::sigmoid;

pub(super) fn row(loss: &Loss, row: &Row<'_>, gradient: &mut [f64]) -> (f64, f64) {
    let mut sum = 0.0;
    for (i, (&s, &y)) in row.scores.iter().zip(row.labels).enumerate() {
        let (value, slope) = if loss.kind == LossKind::PointwiseMse {
            ((s - y) * (s - y), 2.0 * (s - y))
        } else {
            let y = if loss.tf_ranking { y } else { y.clamp(0.0, 1.0) };
            (s.max(0.0) - s * y + (-s.abs()).exp().ln_1p(), sigmoid(s) - y)
        };
        sum += row.weight(i) * value;
        gradient[i] = row.weight(i) * slope;
    }
    (sum, loss.count(row, row.scores.len() as f64))
}
