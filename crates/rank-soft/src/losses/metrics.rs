//! Metrics of smooth ranks, negated: DCG, nDCG, reciprocal rank, average precision, precision and recall at a cut-off.
//!
//! Qin, Liu, Li: A general approximation framework for direct optimization of information retrieval measures (2010), with
//! the temperatures and cut-offs of Rax: an item counts by `sigmoid((c - r) / T)`, where c lies between the smooth ranks of
//! the items at the cut-off and behind it, and carries no gradient. With bounds the step is `1 - max(0, 1 - x)`.
//! Average precision compares smooth ranks hard.
//!
//! By hand: two equal scores have smooth ranks 1.5 each.

use super::{Loss, LossKind, Row, SmoothRanks, gains, hard_ranks, ideal_dcg};
use crate::sigmoid::{each_row, sigmoid};
use crate::{Direction, Input, Kind, Operator, Result, State};

/// Smooth ranks, and how their gradient comes back to the scores.
struct Ranks {
    values: Vec<f64>,
    state: Option<State>,
}

impl Ranks {
    fn new(loss: &Loss, scores: &[f64]) -> Result<Self> {
        let mut values = vec![0.0; scores.len()];
        match loss.ranks {
            SmoothRanks::Sigmoid => each_row(scores, -1.0 / loss.temperature, |i, row| {
                values[i] = 0.5 + row.iter().sum::<f64>();
            }),
            SmoothRanks::Bound => {
                for (value, own) in values.iter_mut().zip(scores) {
                    *value = scores.iter().map(|other| (other - own + 1.0).max(0.0)).sum();
                }
            }
            SmoothRanks::Operator(method) => {
                let operator = Operator::new(Kind::Rank)
                    .method(method)
                    .strength(loss.temperature)
                    .direction(Direction::Descending);
                let (values, state) = operator.forward(&Input::new(scores))?;
                return Ok(Self { values, state: Some(state) });
            }
        }
        Ok(Self { values, state: None })
    }

    fn back(&self, loss: &Loss, scores: &[f64], slopes: &[f64], gradient: &mut [f64]) -> Result<()> {
        if let Some(state) = &self.state {
            gradient.copy_from_slice(&state.vjp(slopes)?);
        } else if loss.ranks == SmoothRanks::Bound {
            for i in 0..scores.len() {
                for j in 0..scores.len() {
                    if i != j && scores[j] - scores[i] + 1.0 > 0.0 {
                        gradient[j] += slopes[i];
                        gradient[i] -= slopes[i];
                    }
                }
            }
        } else {
            let inverse = 1.0 / loss.temperature;
            each_row(scores, -inverse, |i, row| {
                let own = slopes[i];
                gradient[i] =
                    inverse * row.iter().zip(slopes).map(|(p, other)| p * (1.0 - p) * (other - own)).sum::<f64>();
            });
        }
        Ok(())
    }
}

/// How far each item counts, with the derivative by its rank.
fn cut(loss: &Loss, ranks: &[f64]) -> Vec<(f64, f64)> {
    let Some(top) = loss.top.filter(|&top| top < ranks.len()) else { return vec![(1.0, 0.0); ranks.len()] };
    if top == 0 {
        return vec![(0.0, 0.0); ranks.len()];
    }
    let negated: Vec<f64> = ranks.iter().map(|rank| -rank).collect();
    let places = hard_ranks(&negated);
    let at = |place: usize| places.iter().position(|&p| p == place).map_or(0.0, |i| ranks[i]);
    let middle = f64::midpoint(at(top), at(top + 1));
    ranks
        .iter()
        .map(|rank| {
            let x = middle - rank;
            if loss.ranks == SmoothRanks::Bound {
                (1.0 - (1.0 - x).max(0.0), if x < 1.0 { -1.0 } else { 0.0 })
            } else {
                let value = sigmoid(x / loss.temperature);
                (value, -value * (1.0 - value) / loss.temperature)
            }
        })
        .collect()
}

pub(super) fn row(loss: &Loss, row: &Row<'_>, gradient: &mut [f64]) -> Result<f64> {
    let n = row.scores.len();
    let relevant: Vec<f64> = row.labels.iter().map(|&label| f64::from(u8::from(label >= 1.0))).collect();
    let ranks = Ranks::new(loss, row.scores)?;
    let r = &ranks.values;
    let counted = cut(loss, r);
    let mut slopes = vec![0.0; n];
    let count = relevant.iter().sum::<f64>().max(1.0);
    let value = match loss.kind {
        LossKind::Dcg | LossKind::Ndcg => {
            let gains = gains(row);
            let ideal = if loss.kind == LossKind::Ndcg { ideal_dcg(&gains, loss.top) } else { 1.0 };
            let ideal = if ideal == 0.0 { 1.0 } else { ideal };
            let mut value = 0.0;
            for i in 0..n {
                let log = (1.0 + r[i]).log2();
                let gain = gains[i] / ideal;
                value += gain * counted[i].0 / log;
                let discount_slope = -1.0 / (log * log * (1.0 + r[i]) * std::f64::consts::LN_2);
                slopes[i] = gain * (counted[i].1 / log + counted[i].0 * discount_slope);
            }
            value
        }
        LossKind::Mrr => {
            let term = |i: usize| relevant[i] * counted[i].0 / r[i];
            let best = (0..n).fold(0.0_f64, |best, i| best.max(term(i)));
            let first: Vec<usize> = (0..n).filter(|&i| best > 0.0 && term(i) == best).collect();
            for &i in &first {
                let slope = counted[i].1 / r[i] - counted[i].0 / (r[i] * r[i]);
                slopes[i] = slope / first.len() as f64;
            }
            best
        }
        LossKind::Ap => {
            let mut value = 0.0;
            for i in (0..n).filter(|&i| relevant[i] > 0.0) {
                let above: f64 = (0..n).filter(|&j| r[i] >= r[j]).map(|j| relevant[j]).sum::<f64>() / count;
                value += counted[i].0 * above / r[i];
                slopes[i] = above * (counted[i].1 / r[i] - counted[i].0 / (r[i] * r[i]));
            }
            value
        }
        _ => {
            let found: f64 = counted.iter().zip(&relevant).map(|(counted, y)| counted.0 * y).sum();
            let all: f64 = counted.iter().map(|counted| counted.0).sum();
            let (whole, moves) =
                if loss.kind == LossKind::Recall { (count, 0.0) } else { (if all == 0.0 { 1.0 } else { all }, 1.0) };
            for i in 0..n {
                slopes[i] = counted[i].1 * (relevant[i] - moves * found / whole) / whole;
            }
            found / whole
        }
    };
    for slope in &mut slopes {
        *slope = -*slope;
    }
    ranks.back(loss, row.scores, &slopes, gradient)?;
    Ok(-value)
}
