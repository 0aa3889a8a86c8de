//! Losses of pairs of items with different labels, weighted or not.
//!
//! Items are sorted by label once, so that those of lower label are a contiguous run, whose terms are vectorized. The
//! weight of a pair is that of its better item (Rax).
//!
//! By hand: two items in the right order by 1 cost log(1 + e⁻¹) by logistic loss, 0 by hinge of margin 1.

use std::f64::consts::LN_2;

use rank_kernels::{Work, exp, vectorized_work};

use super::{Loss, LossKind, PairWeight, Row, discount, gains, hard_ranks, ideal_dcg};
use crate::Result;
use crate::sigmoid::sigmoid;
use crate::watch::Watch;

/// `log(1 + t)` for `t` from 0 to 1, as `2 artanh(t / (2 + t))`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
fn log_1p(t: f64) -> f64 {
    let z = t / (2.0 + t);
    let square = z * z;
    let mut sum = 1.0 / 33.0;
    let mut odd = 31.0;
    for _ in 0..16 {
        sum = sum * square + 1.0 / odd;
        odd -= 2.0;
    }
    2.0 * z * sum
}

/// The loss of one pair.
trait Term: Copy {
    /// Its value and slope, for scores and labels that differ by these.
    fn at(self, d: f64, dy: f64) -> (f64, f64);
}

macro_rules! terms {
    ($($(#[$doc:meta])* $name:ident($($field:ident),*) |$d:ident, $dy:pat_param| $body:expr;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        struct $name { $($field: f64,)* }
        impl Term for $name {
            #[inline(always)]
            fn at(self, $d: f64, $dy: f64) -> (f64, f64) {
                let Self { $($field),* } = self;
                $body
            }
        }
    )* };
}

terms! {
    Logistic(sigma) |d, _| {
        let t = sigma * d;
        let e = exp(-t.abs());
        let high = 1.0 / (1.0 + e);
        let below = if t > 0.0 { 0.0 } else { -t };
        (below + log_1p(e), -sigma * if t > 0.0 { e * high } else { high })
    };
    Hinge(margin) |d, _| if d < margin { (margin - d, -1.0) } else { (0.0, 0.0) };
    SquaredHinge(margin) |d, _| {
        if d < margin { ((margin - d) * (margin - d), 2.0 * (d - margin)) } else { (0.0, 0.0) }
    };
    SoftZeroOne(sigma) |d, _| {
        let p = sigmoid(-sigma * d);
        (p, -sigma * p * (1.0 - p))
    };
    Quantile(tau) |d, dy| {
        if d < dy { (tau * (dy - d), -tau) } else { ((1.0 - tau) * (d - dy), if d > dy { 1.0 - tau } else { 0.0 }) }
    };
    Square() |d, dy| ((d - dy) * (d - dy), 2.0 * (d - dy));
    /// `1 - tanh(d / T)`, which is `2 sigmoid(-2d / T)`.
    Discordance(scale) |d, _| {
        let p = sigmoid(-scale * d);
        (2.0 * p, -2.0 * scale * p * (1.0 - p))
    };
}

/// The terms of one item with those of lower label.
struct Terms<'a, T> {
    term: T,
    own: f64,
    label: f64,
    scores: &'a [f64],
    labels: &'a [f64],
    weights: Option<&'a [f64]>,
    values: &'a mut [f64],
    slopes: &'a mut [f64],
}

impl<T: Term> Work for Terms<'_, T> {
    type Output = ();

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
    fn run(self) {
        let count = self.scores.len();
        let (labels, values, slopes) = (&self.labels[..count], &mut self.values[..count], &mut self.slopes[..count]);
        for j in 0..count {
            (values[j], slopes[j]) = self.term.at(self.own - self.scores[j], self.label - labels[j]);
        }
        if let Some(weights) = self.weights {
            for j in 0..count {
                values[j] *= weights[j];
                slopes[j] *= weights[j];
            }
        }
    }
}

/// What a row is turned into: sorted by label, the highest first.
struct Sorted {
    order: Vec<usize>,
    s: Vec<f64>,
    y: Vec<f64>,
    /// Of each item, the first of lower label.
    lower: Vec<usize>,
}

impl Sorted {
    /// Of the items that `within` holds of.
    fn new(row: &Row<'_>, within: impl Fn(usize) -> bool) -> Self {
        let mut order: Vec<usize> = (0..row.labels.len()).filter(|&i| within(i)).collect();
        order.sort_by(|&a, &b| row.labels[b].total_cmp(&row.labels[a]));
        let s = order.iter().map(|&i| row.scores[i]).collect();
        let y: Vec<f64> = order.iter().map(|&i| row.labels[i]).collect();
        let mut lower = vec![y.len(); y.len()];
        for i in (0..y.len().saturating_sub(1)).rev() {
            lower[i] = if y[i] > y[i + 1] { i + 1 } else { lower[i + 1] };
        }
        Self { order, s, y, lower }
    }
}

/// What the weights of pairs are made of, in the sorted order.
struct Lambda {
    kind: PairWeight,
    gains: Vec<f64>,
    discounts: Vec<f64>,
    ranks: Vec<f64>,
    /// By twice the difference of ranks.
    steps: Vec<f64>,
    top: Option<usize>,
    scale: f64,
    mu: f64,
    smooth_fraction: f64,
}

impl Lambda {
    fn new(loss: &Loss, row: &Row<'_>, sorted: &Sorted, ranks: &[f64]) -> Self {
        let bare = Row { scores: row.scores, labels: row.labels, weights: None, padded: row.padded };
        let mut gains = gains(loss, if loss.tf_ranking { &bare } else { row });
        if loss.normalize {
            let ideal = ideal_dcg(&gains, loss.top);
            if ideal != 0.0 {
                for gain in &mut gains {
                    *gain /= ideal;
                }
            }
        }
        let ranks: Vec<f64> = sorted.order.iter().map(|&i| ranks[i]).collect();
        let top = loss.top.filter(|_| !loss.top_pairs);
        let within = |rank: f64| top.is_none_or(|top| rank <= top as f64);
        let discounts = ranks.iter().map(|&rank| if within(rank) { discount(rank) } else { 0.0 }).collect();
        let differs = matches!(
            loss.pair_weight,
            PairWeight::LambdaLoss2 | PairWeight::LambdaLoss2PlusPlus | PairWeight::Neighbors | PairWeight::Ndcg
        );
        let steps = (0..if differs { 2 * row.scores.len() + 1 } else { 0 })
            .map(|step| step as f64 / 2.0)
            .map(|step| if step == 0.0 { 0.0 } else { (discount(step) - discount(step + 1.0)).abs() })
            .collect();
        Self {
            kind: loss.pair_weight,
            gains: sorted.order.iter().map(|&i| gains[i]).collect(),
            discounts,
            ranks,
            steps,
            top,
            mu: loss.mu,
            smooth_fraction: loss.smooth_fraction,
            scale: if loss.times_length { row.padded as f64 } else { 1.0 },
        }
    }

    /// That of LambdaLoss 2.
    fn plain_step(&self, i: usize, j: usize) -> f64 {
        self.steps[(2.0 * (self.ranks[i] - self.ranks[j]).abs()) as usize]
    }

    fn step(&self, i: usize, j: usize) -> f64 {
        let step = self.plain_step(i, j);
        let last = self.ranks[i].max(self.ranks[j]);
        // Jagerman et al. 2022: pairs that reach beyond the cut-off weigh more.
        if self.top.is_some_and(|top| last > top as f64) { step / (1.0 - discount(last)) } else { step }
    }

    /// The weights of item `i` with those from `lower` on.
    fn fill(&self, y: &[f64], i: usize, lower: usize, weights: &mut [f64]) {
        let gap = |j: usize| (self.gains[i] - self.gains[j]).abs();
        let change = |j: usize| (self.discounts[i] - self.discounts[j]).abs();
        let within = |i: usize| self.top.is_none_or(|top| self.ranks[i] <= top as f64);
        for (weight, j) in weights.iter_mut().zip(lower..) {
            *weight = match self.kind {
                PairWeight::None => 1.0,
                PairWeight::LabelDifference => (y[i] - y[j]).abs(),
                PairWeight::LambdaRank => self.scale * gap(j) * change(j),
                PairWeight::LambdaLoss1 => self.scale * self.gains[i] * self.discounts[i],
                PairWeight::LambdaLoss2 => self.scale * gap(j) * self.step(i, j),
                PairWeight::LambdaLoss2PlusPlus => self.scale * gap(j) * (self.mu * self.step(i, j) + change(j)),
                PairWeight::LabelSquareDifference => (y[i] * y[i] - y[j] * y[j]).abs(),
                PairWeight::Label => y[i],
                PairWeight::Precision => f64::from(u8::from((y[i] >= 1.0) != (y[j] >= 1.0) && within(i) != within(j))),
                PairWeight::Neighbors if (self.ranks[i] - self.ranks[j]).abs() == 1.0 => {
                    self.scale * gap(j) * self.step(i, j)
                }
                PairWeight::Ndcg if within(i) || within(j) => {
                    let share = self.smooth_fraction;
                    self.scale * gap(j) * ((1.0 - share) * self.plain_step(i, j) + share * change(j))
                }
                PairWeight::Neighbors | PairWeight::Ndcg => 0.0,
            };
        }
    }
}

pub(super) fn row(loss: &Loss, row: &Row<'_>, watch: Watch<'_>, gradient: &mut [f64]) -> Result<(f64, f64)> {
    let (sigma, margin, tau) = (loss.sigma, loss.margin, loss.tau);
    let context = (row, watch);
    match loss.kind {
        LossKind::PairwiseHinge => pairs(loss, context, gradient, Hinge { margin }),
        LossKind::PairwiseSquaredHinge => pairs(loss, context, gradient, SquaredHinge { margin }),
        LossKind::PairwiseSoftZeroOne => pairs(loss, context, gradient, SoftZeroOne { sigma }),
        LossKind::PairwiseQr => pairs(loss, context, gradient, Quantile { tau }),
        LossKind::PairwiseMse | LossKind::MarginMse => pairs(loss, context, gradient, Square {}),
        LossKind::Kendall => {
            let scale = 2.0 / loss.temperature;
            let (sum, count) = pairs(loss, context, gradient, Discordance { scale })?;
            if count > 0.0 {
                for slope in gradient.iter_mut() {
                    *slope /= count;
                }
                return Ok((sum / count, 1.0));
            }
            Ok((0.0, 0.0))
        }
        _ => {
            let (mut sum, count) = pairs(loss, context, gradient, Logistic { sigma })?;
            if loss.base_2 {
                sum /= LN_2;
                for slope in gradient.iter_mut() {
                    *slope /= LN_2;
                }
            }
            Ok((sum, count))
        }
    }
}

/// The sum of the terms of all pairs, and how many there are.
fn pairs(
    loss: &Loss,
    (row, watch): (&Row<'_>, Watch<'_>),
    gradient: &mut [f64],
    term: impl Term,
) -> Result<(f64, f64)> {
    let weighted = loss.pair_weight != PairWeight::None;
    let cuts = loss.top.filter(|_| loss.top_pairs);
    let ranks = if weighted || cuts.is_some() { hard_ranks(row.scores, loss.ties) } else { Vec::new() };
    let sorted = Sorted::new(row, |i| cuts.is_none_or(|top| ranks[i] <= top as f64));
    let Sorted { order, s, y, lower } = &sorted;
    let n = s.len();
    let lambda = weighted.then(|| Lambda::new(loss, row, &sorted, &ranks));
    let (mut values, mut slopes) = (vec![0.0; n], vec![0.0; n]);
    let (mut weights, mut to) = (vec![1.0; n], vec![0.0; n]);
    let (mut sum, mut count) = (0.0, 0.0);
    for i in 0..n {
        let first = if loss.kind == LossKind::PairwiseMse || loss.all_pairs { 0 } else { lower[i] };
        let others = n - first;
        if others == 0 {
            continue;
        }
        watch.poll()?;
        if let Some(lambda) = &lambda {
            lambda.fill(y, i, first, &mut weights[..others]);
        }
        let (values, slopes) = (&mut values[..others], &mut slopes[..others]);
        vectorized_work(Terms {
            term,
            own: s[i],
            label: y[i],
            scores: &s[first..],
            labels: &y[first..],
            weights: lambda.is_some().then_some(&weights[..others]),
            values: &mut *values,
            slopes: &mut *slopes,
        });
        let item = row.weight(order[i]);
        sum += item * total(values);
        to[i] += item * total(slopes);
        for (to, slope) in to[first..].iter_mut().zip(slopes.iter()) {
            *to -= item * slope;
        }
        count += others as f64;
    }
    for (&i, to) in order.iter().zip(to) {
        gradient[i] += to;
    }
    Ok((sum, count))
}

/// The sum, in a fixed order of eight lanes.
fn total(values: &[f64]) -> f64 {
    let (blocks, rest) = values.as_chunks::<8>();
    let mut lanes = [0.0; 8];
    for block in blocks {
        for lane in 0..8 {
            lanes[lane] += block[lane];
        }
    }
    lanes.iter().sum::<f64>() + rest.iter().sum::<f64>()
}
