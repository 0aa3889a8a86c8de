//! Losses of a list as a whole: softmax (ListNet), poly-1, unique softmax, ListMLE, distillation.
//!
//! By hand: two equal scores with one label 1 cost log 2 by softmax, by unique softmax and by ListMLE.

use std::borrow::Cow;

use rank_kernels::{Work, exp, vectorized_work};

use super::softmax::{DirectSoftmax, Form};
use super::{Labels, Loss, LossKind, Row, descending, discount, gains};
use crate::permutation::softmax;
use crate::sigmoid::add_to_lanes;

pub(super) fn row(loss: &Loss, row: &Row<'_>, gradient: &mut [f64]) -> f64 {
    if row.weights.is_none()
        && let Some(form) = Form::of(loss)
    {
        let Row { scores, labels, .. } = *row;
        let wide = [&mut Vec::new(), &mut Vec::new()];
        let direct = DirectSoftmax { scores, labels, form, share: 1.0, wide, gradient: &mut *gradient };
        if let Some(value) = vectorized_work(direct) {
            return value;
        }
    }
    match loss.kind {
        LossKind::UniqueSoftmax => unique(loss, row, gradient),
        LossKind::ListMle | LossKind::PositionListMle => list_mle(loss, row, gradient),
        LossKind::KlDistillation => distillation(loss, row, gradient),
        _ => cross_entropy(loss, row, gradient),
    }
}

fn log_sum_exp(values: &[f64]) -> f64 {
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + values.iter().map(|value| (value - most).exp()).sum::<f64>().ln()
}

fn cross_entropy(loss: &Loss, row: &Row<'_>, gradient: &mut [f64]) -> f64 {
    let weighted: Cow<'_, [f64]> = match row.weights {
        Some(weights) => row.labels.iter().zip(weights).map(|(label, weight)| label * weight).collect(),
        None => row.labels.into(),
    };
    let targets: Cow<'_, [f64]> = match loss.labels {
        Labels::Raw => (&*weighted).into(),
        Labels::Normalized => normalized(&weighted).into(),
        Labels::Softmax => {
            let mut targets = weighted.to_vec();
            softmax(&mut targets);
            targets.into()
        }
    };
    let mut value = vectorized_work(CrossEntropy { scores: row.scores, targets: &targets, gradient });
    if loss.kind == LossKind::Poly1Softmax {
        let mut p = row.scores.to_vec();
        softmax(&mut p);
        let shares = normalized(&weighted);
        let chosen: f64 = shares.iter().zip(&p).map(|(y, p)| y * p).sum();
        let epsilon = loss.epsilon * if loss.tf_ranking { weighted.iter().sum() } else { 1.0 };
        value += epsilon * (1.0 - chosen);
        for ((gradient, p), y) in gradient.iter_mut().zip(&p).zip(&shares) {
            *gradient -= epsilon * p * (y - chosen);
        }
    }
    value
}

/// `Σ y (log Σ e^s - s)`, and its gradient.
struct CrossEntropy<'a> {
    scores: &'a [f64],
    targets: &'a [f64],
    gradient: &'a mut [f64],
}

impl Work for CrossEntropy<'_> {
    type Output = f64;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
    fn run(self) -> f64 {
        let count = self.scores.len();
        let (scores, targets, gradient) = (self.scores, &self.targets[..count], &mut self.gradient[..count]);
        let (blocks, rest) = scores.as_chunks::<8>();
        let mut lanes = [f64::NEG_INFINITY; 8];
        for block in blocks {
            for lane in 0..8 {
                lanes[lane] = if block[lane] > lanes[lane] { block[lane] } else { lanes[lane] };
            }
        }
        let most = lanes.iter().chain(rest).copied().fold(f64::NEG_INFINITY, f64::max);
        // Loops of one thing each are vectorized.
        for (out, score) in gradient.iter_mut().zip(scores) {
            *out = exp(score - most);
        }
        let mut sums = [[0.0; 8]; 3];
        add_to_lanes(&mut sums[0], gradient);
        add_to_lanes(&mut sums[1], targets);
        let (target_blocks, target_rest) = targets.as_chunks::<8>();
        for (block, targets) in blocks.iter().zip(target_blocks) {
            for lane in 0..8 {
                sums[2][lane] += targets[lane] * (block[lane] - most);
            }
        }
        for (score, target) in rest.iter().zip(target_rest) {
            sums[2][0] += target * (score - most);
        }
        let [sum, total, lacking] = sums.map(|lanes| lanes.iter().sum::<f64>());
        let scale = total / sum;
        for (gradient, target) in gradient.iter_mut().zip(targets) {
            *gradient = *gradient * scale - target;
        }
        total * sum.ln() - lacking
    }
}

/// Over their sum; all equal where that is 0.
fn normalized(labels: &[f64]) -> Vec<f64> {
    let total: f64 = labels.iter().sum();
    if total == 0.0 {
        return vec![1.0 / labels.len() as f64; labels.len()];
    }
    labels.iter().map(|label| label / total).collect()
}

/// Each item with those of lower label: from the lowest labels up, the log of the sum of what lies below; then from the
/// highest down, what each item takes from those above.
fn unique(loss: &Loss, row: &Row<'_>, gradient: &mut [f64]) -> f64 {
    let (s, gains, mut order) = (row.scores, gains(loss, row), descending(row.labels));
    order.reverse();
    let same = |a: &usize, b: &usize| row.labels[*a] == row.labels[*b];
    // The greatest score so far, and the sum of exponentials over that of it.
    let (mut most, mut sum) = (f64::NEG_INFINITY, 0.0_f64);
    let mut all = vec![0.0; s.len()];
    let mut value = 0.0;
    for group in order.chunk_by(same) {
        let below = if sum > 0.0 { most + sum.ln() } else { f64::NEG_INFINITY };
        for &i in group {
            let (high, low) = (below.max(s[i]), below.min(s[i]));
            all[i] = high + (low - high).exp().ln_1p();
            value += gains[i] * (all[i] - s[i]);
            gradient[i] += gains[i] * ((s[i] - all[i]).exp() - 1.0);
        }
        let top = group.iter().fold(most, |top, &i| top.max(s[i]));
        sum = sum * (most - top).exp() + group.iter().map(|&i| (s[i] - top).exp()).sum::<f64>();
        most = top;
    }
    // `Σ gain e^-all` of the items above, over the greatest of these exponentials.
    let (mut most, mut sum) = (f64::NEG_INFINITY, 0.0_f64);
    for group in order.chunk_by(same).rev() {
        if sum != 0.0 {
            for &j in group {
                gradient[j] += sum * (s[j] + most).exp();
            }
        }
        for &i in group.iter().filter(|&&i| gains[i] != 0.0) {
            let top = most.max(-all[i]);
            sum = sum * (most - top).exp() + gains[i] * (-all[i] - top).exp();
            most = top;
        }
    }
    value
}

fn list_mle(loss: &Loss, row: &Row<'_>, gradient: &mut [f64]) -> f64 {
    let n = row.scores.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| row.labels[b].total_cmp(&row.labels[a]));
    let s: Vec<f64> = order.iter().map(|&i| row.scores[i]).collect();
    let weight = |k: usize| {
        let place = if loss.kind == LossKind::PositionListMle { discount(k as f64 + 1.0) } else { 1.0 };
        place * row.weight(order[k])
    };
    // The log of the sum of exponentials from each place on.
    let mut from = vec![f64::NEG_INFINITY; n + 1];
    for k in (0..n).rev() {
        let (a, b) = (from[k + 1].max(s[k]), from[k + 1].min(s[k]));
        from[k] = a + (b - a).exp().ln_1p();
    }
    let mut value = 0.0;
    // The log of Σ weight / Z over the places up to each.
    let mut chosen = f64::NEG_INFINITY;
    for k in 0..n {
        let weight = weight(k);
        value += weight * (from[k] - s[k]);
        let term = weight.ln() - from[k];
        let (a, b) = (chosen.max(term), chosen.min(term));
        chosen = a + (b - a).exp().ln_1p();
        gradient[order[k]] = (s[k] + chosen).exp() - weight;
    }
    value
}

fn distillation(loss: &Loss, row: &Row<'_>, gradient: &mut [f64]) -> f64 {
    let t = loss.temperature;
    let scaled = |values: &[f64]| values.iter().map(|value| value / t).collect::<Vec<f64>>();
    let (scores, labels) = (scaled(row.scores), scaled(row.labels));
    let (all, all_labels) = (log_sum_exp(&scores), log_sum_exp(&labels));
    let mut value = 0.0;
    for i in 0..scores.len() {
        let (student, teacher) = (scores[i] - all, labels[i] - all_labels);
        value += teacher.exp() * (teacher - student);
        gradient[i] = (student.exp() - teacher.exp()) / t;
    }
    value
}
