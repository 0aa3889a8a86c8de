//! Kendall's tau-b of scores and labels: the cosine of the signs of all pairs, with those of scores smooth.
//!
//! Kendall: The treatment of ties in ranking problems (1945). With `t = tanh(d / T)` the loss is
//! `1 - Σ w t sign(Δy) / √(Σ w t² Σ w sign(Δy)²)`; at a small temperature t² is 0 for equal scores and 1 for others, and
//! the quotient is tau-b. The weight of a pair is that of its better item, of equal labels the mean of both. O(n²).
//!
//! By hand: of scores 1, 0, 0 and labels 1, 0, 1 two pairs differ in each, one of them in both.

use super::{Loss, Row};
use crate::Result;
use crate::watch::Watch;

/// The numbers of one pair: the smooth sign of the scores, the sign of the labels, the weight.
fn pair(loss: &Loss, row: &Row<'_>, i: usize, j: usize) -> (f64, f64, f64) {
    let t = ((row.scores[i] - row.scores[j]) / loss.temperature).tanh();
    let (one, other) = (row.labels[i], row.labels[j]);
    if one == other {
        return (t, 0.0, f64::midpoint(row.weight(i), row.weight(j)));
    }
    if one > other { (t, 1.0, row.weight(i)) } else { (t, -1.0, row.weight(j)) }
}

pub(super) fn row(loss: &Loss, row: &Row<'_>, watch: Watch<'_>, gradient: &mut [f64]) -> Result<(f64, f64)> {
    let n = row.scores.len();
    let (mut both, mut of_scores, mut of_labels) = (0.0, 0.0, 0.0);
    for i in 0..n {
        watch.poll()?;
        for j in i + 1..n {
            let (t, sign, weight) = pair(loss, row, i, j);
            both += weight * t * sign;
            of_scores += weight * t * t;
            of_labels += weight * sign * sign;
        }
    }
    if of_labels == 0.0 {
        return Ok((0.0, 0.0));
    }
    if of_scores == 0.0 {
        return Ok((1.0, 1.0));
    }
    let norm = of_scores.sqrt() * of_labels.sqrt();
    let share = both / of_scores;
    for i in 0..n {
        watch.poll()?;
        for j in i + 1..n {
            let (t, sign, weight) = pair(loss, row, i, j);
            let slope = weight * (share * t - sign) / norm * ((1.0 - t * t) / loss.temperature);
            gradient[i] += slope;
            gradient[j] -= slope;
        }
    }
    Ok((1.0 - both / norm, 1.0))
}
