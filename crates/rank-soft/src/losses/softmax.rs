//! Losses that compare the softmax of a whole row's scores with its labels: in a few passes from the numbers of the
//! caller to the gradient.
//!
//! All are `Σ tᵢ (log Σ e^s - sᵢ)` for targets t, with the gradient `p Σ t - t`: the labels themselves, over their sum, or
//! their softmax. Poly-1 adds `ε (1 - Σ ŷ p)`; distillation divides scores and labels by the temperature, and takes the
//! entropy of the targets off.

use rank_kernels::{Work, exp, short_exp};

use super::{Labels, Loss, LossKind};
use crate::Float;
use crate::error::LIMIT;
use crate::sigmoid::add_to_lanes;

/// How many terms are made at a time.
const CHUNK: usize = 128;

/// What the labels become, and what comes on top.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    labels: Labels,
    /// What scores are divided by.
    temperature: f64,
    /// What labels are divided by.
    label_temperature: f64,
    /// The factor of the polynomial.
    epsilon: Option<f64>,
    /// Whether the entropy of the targets is taken off.
    relative: bool,
}

impl Form {
    /// That of a loss, if it has one.
    pub(super) fn of(loss: &Loss) -> Option<Self> {
        let Loss { labels, temperature, .. } = *loss;
        let form = Self { labels, temperature, label_temperature: 1.0, epsilon: None, relative: false };
        match loss.kind {
            _ if loss.samples > 0 => None,
            LossKind::Softmax => Some(form),
            LossKind::Poly1Softmax if labels == Labels::Raw && !loss.tf_ranking => {
                Some(Self { epsilon: Some(loss.epsilon), ..form })
            }
            LossKind::KlDistillation => {
                Some(Self { labels: Labels::Softmax, label_temperature: temperature, relative: true, ..form })
            }
            _ => None,
        }
    }
}

/// The loss, and its gradient times `share`; none for numbers that are not finite.
pub(super) struct DirectSoftmax<'a, T> {
    pub(super) scores: &'a [T],
    pub(super) labels: &'a [T],
    pub(super) form: Form,
    pub(super) share: f64,
    /// Where exponentials and targets lie, kept from row to row.
    pub(super) wide: [&'a mut Vec<f64>; 2],
    pub(super) gradient: &'a mut [T],
}

/// e^x, as exact as numbers of the type need it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
fn exp_for<T>(x: f64) -> f64 {
    if size_of::<T>() < size_of::<f64>() { short_exp(x) } else { exp(x) }
}

/// The greatest number.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
fn greatest<T: Float>(numbers: &[T]) -> f64 {
    let (blocks, rest) = numbers.as_chunks::<8>();
    let mut lanes = [f64::NEG_INFINITY; 8];
    for block in blocks {
        for lane in 0..8 {
            let number: f64 = block[lane].into();
            lanes[lane] = if number > lanes[lane] { number } else { lanes[lane] };
        }
    }
    rest.iter().map(|&number| number.into()).chain(lanes).fold(f64::NEG_INFINITY, f64::max)
}

/// The softmax of the labels, and the sum of its products with its logarithms.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
fn softmax_of<T: Float>(labels: &[T], inverse: f64, targets: &mut [f64]) -> f64 {
    let most = greatest(labels);
    let (mut sums, mut terms) = ([[0.0; 8]; 2], [0.0; CHUNK]);
    for (labels, targets) in labels.chunks(CHUNK).zip(targets.chunks_mut(CHUNK)) {
        let terms = &mut terms[..labels.len()];
        for ((target, term), &label) in targets.iter_mut().zip(terms.iter_mut()).zip(labels) {
            let below = (label.into() - most) * inverse;
            *target = exp_for::<T>(below);
            *term = *target * below;
        }
        add_to_lanes(&mut sums[0], targets);
        add_to_lanes(&mut sums[1], terms);
    }
    let [sum, along] = sums.map(|lanes| lanes.iter().sum::<f64>());
    for target in targets {
        *target *= 1.0 / sum;
    }
    along / sum - sum.ln()
}

impl<T: Float> Work for DirectSoftmax<'_, T> {
    type Output = Option<f64>;

    // Loops without sums are vectorized; sums are those of eight lanes.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
    fn run(self) -> Option<f64> {
        let count = self.scores.len();
        let (scores, given, gradient) = (self.scores, &self.labels[..count], &mut self.gradient[..count]);
        let Form { labels, temperature, label_temperature, epsilon, relative } = self.form;
        let [exponentials, targets] = self.wide;
        exponentials.resize(count, 0.0);
        targets.resize(count, 0.0);
        let (exponentials, targets) = (&mut exponentials[..count], &mut targets[..count]);
        for (target, &label) in targets.iter_mut().zip(given) {
            *target = label.into();
        }
        // What no number of the type exceeds need not be looked for.
        if T::from_f64(f64::MAX).into().is_finite() {
            let inside = |numbers: &[T]| numbers.iter().fold(true, |all, &number| all & (number.into().abs() <= LIMIT));
            if !(inside(scores) & inside(given)) {
                return None;
            }
        }
        let inverse = 1.0 / temperature;
        let mut entropy = 0.0;
        match labels {
            Labels::Raw => {}
            Labels::Normalized => {
                let mut lanes = [0.0; 8];
                add_to_lanes(&mut lanes, targets);
                let total = lanes.iter().sum::<f64>();
                for target in targets.iter_mut() {
                    *target = if total == 0.0 { 1.0 / count as f64 } else { *target / total };
                }
            }
            Labels::Softmax => entropy = softmax_of(given, 1.0 / label_temperature, targets),
        }
        let most = greatest(scores);
        let (mut sums, mut terms) = ([[0.0; 8]; 3], [0.0; CHUNK]);
        for ((scores, targets), exponentials) in
            scores.chunks(CHUNK).zip(targets.chunks(CHUNK)).zip(exponentials.chunks_mut(CHUNK))
        {
            let terms = &mut terms[..scores.len()];
            for (((exponential, term), &score), target) in
                exponentials.iter_mut().zip(terms.iter_mut()).zip(scores).zip(targets)
            {
                let below = (score.into() - most) * inverse;
                *exponential = exp_for::<T>(below);
                *term = target * below;
            }
            add_to_lanes(&mut sums[0], exponentials);
            add_to_lanes(&mut sums[1], targets);
            add_to_lanes(&mut sums[2], terms);
        }
        let [sum, total, lacking] = sums.map(|lanes| lanes.iter().sum::<f64>());
        let mut value = total * sum.ln() - lacking + if relative { entropy } else { 0.0 };
        // What is not finite makes these so too: a score the products, a label the sums.
        if !(value + entropy).is_finite() {
            return None;
        }
        let share = self.share * inverse;
        let Some(epsilon) = epsilon else {
            let scale = total / sum;
            for ((gradient, exponential), target) in gradient.iter_mut().zip(exponentials).zip(targets) {
                *gradient = T::from_f64((*exponential * scale - *target) * share);
            }
            return Some(value);
        };
        // Of the labels over their sum, or of all alike where that is 0: how much the softmax agrees with them.
        let mut lanes = [0.0; 8];
        for (exponentials, targets) in exponentials.chunks(CHUNK).zip(targets.chunks(CHUNK)) {
            let terms = &mut terms[..targets.len()];
            for ((term, exponential), target) in terms.iter_mut().zip(exponentials).zip(targets) {
                *term = exponential * target;
            }
            add_to_lanes(&mut lanes, terms);
        }
        let agreed = lanes.iter().sum::<f64>() / sum;
        let (chosen, of_label, of_all) = if total == 0.0 {
            (1.0 / count as f64, 0.0, 1.0 / count as f64)
        } else {
            (agreed / total, 1.0 / total, 0.0)
        };
        value += epsilon * (1.0 - chosen);
        for ((gradient, exponential), target) in gradient.iter_mut().zip(exponentials).zip(targets) {
            let p = *exponential / sum;
            let polynomial = epsilon * p * ((*target * of_label + of_all) - chosen);
            *gradient = T::from_f64(((p * total - *target) - polynomial) * share);
        }
        Some(value)
    }
}
