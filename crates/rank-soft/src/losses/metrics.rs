//! Metrics of smooth ranks, negated: DCG, nDCG, reciprocal rank, average precision, precision and recall at a cut-off.
//!
//! Qin, Liu, Li: A general approximation framework for direct optimization of information retrieval measures (2010), with
//! the temperatures and cut-offs of Rax: an item counts by `sigmoid((c - r) / T)`, where c lies between the smooth ranks of
//! the items at the cut-off and behind it, and carries no gradient. With bounds the step is `1 - max(0, 1 - x)`.
//! Average precision compares smooth ranks hard. Only the ranks of relevant items are computed, unless there is a cut-off.
//!
//! By hand: two equal scores have smooth ranks 1.5 each.

use std::borrow::Cow;

use super::{Loss, LossKind, Row, SmoothRanks, Ties, gains, hard_ranks, ideal_dcg, relevance};
use crate::sigmoid::{pull_sigmoids, sigmoid, sum_of_sigmoids};
use crate::watch::Watch;
use crate::{Direction, GradientRule, Input, Kind, Method, Operator, Result, State};

/// Smooth ranks, and how their gradient comes back to the scores.
pub(super) struct Ranks {
    pub(super) values: Vec<f64>,
    state: Option<State>,
}

impl Ranks {
    /// Those of `wanted`; of others there may be none.
    pub(super) fn new(loss: &Loss, scores: &[f64], wanted: &[usize], watch: Watch<'_>) -> Result<Self> {
        let mut values = vec![1.0; scores.len()];
        match loss.ranks {
            SmoothRanks::Bound => {
                for &i in wanted {
                    watch.poll()?;
                    values[i] = scores.iter().map(|other| (other - scores[i] + 1.0).max(0.0)).sum();
                }
            }
            SmoothRanks::Operator(method) => {
                return Self::by_operator(loss, method, Direction::Descending, scores, watch);
            }
            SmoothRanks::BlackBox => {
                let operator = Operator::new(Kind::Rank).direction(Direction::Descending);
                let operator = operator.gradient(GradientRule::BlackBox { reach: loss.reach });
                let (values, state) = operator.forward(&Input::new(scores).watched(watch))?;
                return Ok(Self { values, state: Some(state) });
            }
            _ => {
                for &i in wanted {
                    watch.poll()?;
                    values[i] = 0.5 + sum_of_sigmoids(scores[i], -1.0 / loss.temperature, scores);
                }
            }
        }
        Ok(Self { values, state: None })
    }

    pub(super) fn by_operator(
        loss: &Loss,
        method: Method,
        direction: Direction,
        scores: &[f64],
        watch: Watch<'_>,
    ) -> Result<Self> {
        let operator = Operator::new(Kind::Rank).method(method).strength(loss.temperature).direction(direction);
        let (values, state) = operator.forward(&Input::new(scores).watched(watch))?;
        Ok(Self { values, state: Some(state) })
    }

    pub(super) fn back(
        &self,
        loss: &Loss,
        scores: &[f64],
        slopes: &[f64],
        watch: Watch<'_>,
        gradient: &mut [f64],
    ) -> Result<()> {
        if let Some(state) = &self.state {
            gradient.copy_from_slice(&state.vjp_watched(slopes, watch)?);
            return Ok(());
        }
        for (i, &slope) in slopes.iter().enumerate().filter(|(_, slope)| **slope != 0.0) {
            watch.poll()?;
            if loss.ranks == SmoothRanks::Bound {
                for j in 0..scores.len() {
                    if i != j && scores[j] - scores[i] + 1.0 > 0.0 {
                        gradient[j] += slope;
                        gradient[i] -= slope;
                    }
                }
            } else {
                let inverse = 1.0 / loss.temperature;
                gradient[i] -= pull_sigmoids(scores[i], -inverse, scores, inverse * slope, gradient);
            }
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
    if loss.ranks == SmoothRanks::BlackBox {
        return ranks.iter().map(|&rank| (f64::from(u8::from(rank <= top as f64)), 0.0)).collect();
    }
    let negated: Vec<f64> = ranks.iter().map(|rank| -rank).collect();
    let places = hard_ranks(&negated, Ties::First);
    let at = |place: usize| places.iter().position(|&p| p == place as f64).map_or(0.0, |i| ranks[i]);
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

pub(super) fn row(loss: &Loss, row: &Row<'_>, watch: Watch<'_>, gradient: &mut [f64]) -> Result<f64> {
    let n = row.scores.len();
    let relevant = relevance(row);
    let gains = match loss.kind {
        LossKind::Dcg | LossKind::Ndcg => gains(loss, row),
        _ => Vec::new(),
    };
    let cuts = loss.top.is_some_and(|top| top < n);
    let by_labels = loss.kind == LossKind::Mrr && loss.tf_ranking;
    let counts = match loss.kind {
        LossKind::Mrr if by_labels => row.labels,
        _ if gains.is_empty() => &relevant,
        _ => &gains,
    };
    let wanted: Vec<usize> = (0..n).filter(|&i| cuts || counts[i] != 0.0).collect();
    let scores: Cow<'_, [f64]> = if loss.ranks == SmoothRanks::BlackBox {
        row.scores.iter().zip(&relevant).map(|(score, relevant)| score - loss.margin * (relevant - 0.5)).collect()
    } else {
        row.scores.into()
    };
    let ranks = Ranks::new(loss, &scores, &wanted, watch)?;
    let r = &ranks.values;
    let counted = cut(loss, r);
    let mut slopes = vec![0.0; n];
    let count = relevant.iter().sum::<f64>().max(1.0);
    let value = match loss.kind {
        LossKind::Dcg | LossKind::Ndcg => {
            let ideal = if loss.kind == LossKind::Ndcg { ideal_dcg(&gains, loss.top) } else { 1.0 };
            let ideal = if ideal == 0.0 { 1.0 } else { ideal };
            let mut value = 0.0;
            for &i in wanted.iter().filter(|&&i| gains[i] != 0.0) {
                let log = (1.0 + r[i]).log2();
                let gain = gains[i] / ideal;
                value += gain * counted[i].0 / log;
                let discount_slope = -1.0 / (log * log * (1.0 + r[i]) * std::f64::consts::LN_2);
                slopes[i] = gain * (counted[i].1 / log + counted[i].0 * discount_slope);
            }
            value
        }
        LossKind::Mrr if by_labels => {
            let all: f64 = row.labels.iter().sum();
            let all = if all == 0.0 { 1.0 } else { all };
            let mut value = 0.0;
            for &i in &wanted {
                let share = row.labels[i] / all;
                value += share * counted[i].0 / r[i];
                slopes[i] = share * (counted[i].1 / r[i] - counted[i].0 / (r[i] * r[i]));
            }
            value
        }
        LossKind::LogRank => {
            let found: Vec<usize> = (0..n).filter(|&i| relevant[i] > 0.0).collect();
            let mut own: Vec<f64> = found.iter().map(|&i| -r[i]).collect();
            own = hard_ranks(&own, Ties::Average);
            let mut value = 0.0;
            for (&i, own) in found.iter().zip(own) {
                let others = r[i] - own;
                if others > 0.0 {
                    let inner = others.ln_1p();
                    value -= inner.ln_1p() / count;
                    slopes[i] = -1.0 / ((1.0 + inner) * (1.0 + others) * count);
                }
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
            let found: Vec<usize> = (0..n).filter(|&i| relevant[i] > 0.0).collect();
            for &i in &found {
                let above = found.iter().filter(|&&j| r[i] >= r[j]).count() as f64 / count;
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
    ranks.back(loss, &scores, &slopes, watch, gradient)?;
    Ok(-value)
}
