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

/// How many terms are made at a time.
const CHUNK: usize = 128;
/// How many sums there are, each of every so many-th number.
const LANES: usize = 16;

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

/// The loss, and its gradient times `share`; none for numbers that are not finite, or too large.
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

#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
fn larger(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

/// The least and the greatest number; a NaN is neither.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
fn bounds<T: Float>(numbers: &[T]) -> [f64; 2] {
    let (blocks, rest) = numbers.as_chunks::<LANES>();
    let mut lanes = [[f64::NEG_INFINITY; LANES]; 2];
    for block in blocks {
        for lane in 0..LANES {
            let number: f64 = block[lane].into();
            lanes[0][lane] = larger(lanes[0][lane], -number);
            lanes[1][lane] = larger(lanes[1][lane], number);
        }
    }
    for (lane, &number) in rest.iter().enumerate() {
        lanes[0][lane] = larger(lanes[0][lane], -number.into());
        lanes[1][lane] = larger(lanes[1][lane], number.into());
    }
    let [below, above] = lanes.map(|lanes| lanes.into_iter().fold(f64::NEG_INFINITY, larger));
    [-below, above]
}

/// The softmax of the labels, and the sum of its products with its logarithms.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
fn softmax_of<T: Float>(labels: &[T], most: f64, inverse: f64, targets: &mut [f64]) -> f64 {
    let (mut sums, mut terms) = ([[0.0; LANES]; 2], [0.0; CHUNK]);
    for (labels, targets) in labels.chunks(CHUNK).zip(targets.chunks_mut(CHUNK)) {
        let terms = &mut terms[..labels.len()];
        for ((target, term), &label) in targets.iter_mut().zip(terms.iter_mut()).zip(labels) {
            let below = (label.into() - most) * inverse;
            *target = exp_for::<T>(below);
            *term = *target * below;
        }
        add(&mut sums, [targets, terms]);
    }
    let [sum, along] = sums.map(|lanes| lanes.iter().sum::<f64>());
    for target in targets {
        *target *= 1.0 / sum;
    }
    along / sum - sum.ln()
}

/// Adds the numbers to sums in turn, of all lists at once.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
fn add<const N: usize>(sums: &mut [[f64; LANES]; N], lists: [&[f64]; N]) {
    let count = lists[0].len();
    let lists = lists.map(|list| list[..count].as_chunks::<LANES>());
    for block in 0..count / LANES {
        for list in 0..N {
            for (sum, term) in sums[list].iter_mut().zip(&lists[list].0[block]) {
                *sum += term;
            }
        }
    }
    for list in 0..N {
        for (lane, term) in sums[list].iter_mut().zip(lists[list].1) {
            *lane += term;
        }
    }
}

/// The exponentials of the scores below the greatest, into `exponentials`; their sum, that of the targets, and that of the
/// products of targets with what the scores lack.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
fn exponentials_of<T: Float, L: Float>(
    scores: &[T],
    targets: &[L],
    most: f64,
    inverse: f64,
    exponentials: &mut [f64],
) -> [f64; 3] {
    let (mut sums, mut terms, mut wide) = ([[0.0; LANES]; 3], [0.0; CHUNK], [0.0; CHUNK]);
    for ((scores, targets), exponentials) in
        scores.chunks(CHUNK).zip(targets.chunks(CHUNK)).zip(exponentials.chunks_mut(CHUNK))
    {
        let (terms, wide) = (&mut terms[..scores.len()], &mut wide[..scores.len()]);
        let items = exponentials.iter_mut().zip(terms.iter_mut()).zip(wide.iter_mut());
        for (((exponential, term), wide), (&score, &target)) in items.zip(scores.iter().zip(targets)) {
            let below = (score.into() - most) * inverse;
            *exponential = exp_for::<T>(below);
            *wide = target.into();
            *term = *wide * below;
        }
        add(&mut sums, [exponentials, wide, terms]);
    }
    sums.map(|lanes| lanes.iter().sum::<f64>())
}

/// What the passes over the scores need.
struct Pass<'a, T, L> {
    scores: &'a [T],
    targets: &'a [L],
    most: f64,
    form: Form,
    /// Of the targets.
    entropy: f64,
    share: f64,
    exponentials: &'a mut [f64],
    gradient: &'a mut [T],
}

impl<T: Float, L: Float> Pass<'_, T, L> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
    fn run(self) -> Option<f64> {
        let Self { scores, targets, most, form, entropy, share, exponentials, gradient } = self;
        let inverse = 1.0 / form.temperature;
        let [sum, total, lacking] = exponentials_of(scores, targets, most, inverse, exponentials);
        let mut value = total * sum.ln() - lacking + if form.relative { entropy } else { 0.0 };
        // What is not finite makes these so too: a score the products, a label the sums.
        if !(value + entropy).is_finite() {
            return None;
        }
        let share = share * inverse;
        let Some(epsilon) = form.epsilon else {
            let (of_exponential, of_target) = (total / sum * share, share);
            for ((gradient, exponential), &target) in gradient.iter_mut().zip(exponentials).zip(targets) {
                *gradient = T::from_f64(*exponential * of_exponential - target.into() * of_target);
            }
            return Some(value);
        };
        // Of the labels over their sum, or of all alike where that is 0: how much the softmax agrees with them.
        let (mut sums, mut terms) = ([[0.0; LANES]; 1], [0.0; CHUNK]);
        for (exponentials, targets) in exponentials.chunks(CHUNK).zip(targets.chunks(CHUNK)) {
            let terms = &mut terms[..targets.len()];
            for ((term, exponential), &target) in terms.iter_mut().zip(exponentials).zip(targets) {
                *term = exponential * target.into();
            }
            add(&mut sums, [terms]);
        }
        let agreed = sums[0].iter().sum::<f64>() / sum;
        let (chosen, of_label, of_all) = if total == 0.0 {
            let each = 1.0 / scores.len() as f64;
            (each, 0.0, each)
        } else {
            (agreed / total, 1.0 / total, 0.0)
        };
        value += epsilon * (1.0 - chosen);
        for ((gradient, exponential), &target) in gradient.iter_mut().zip(exponentials).zip(targets) {
            let (p, target) = (*exponential / sum, target.into());
            let polynomial = epsilon * p * ((target * of_label + of_all) - chosen);
            *gradient = T::from_f64(((p * total - target) - polynomial) * share);
        }
        Some(value)
    }
}

impl<T: Float> Work for DirectSoftmax<'_, T> {
    type Output = Option<f64>;

    // Loops without sums are vectorized; sums are those of lanes.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
    fn run(self) -> Option<f64> {
        let Self { scores, form, share, wide: [exponentials, targets], .. } = self;
        let count = scores.len();
        let (labels, gradient) = (&self.labels[..count], &mut self.gradient[..count]);
        let [least, most] = bounds(scores);
        let [least_label, most_label] = bounds(labels);
        if least.min(least_label) < -LIMIT || most.max(most_label) > LIMIT {
            return None;
        }
        exponentials.resize(count, 0.0);
        let exponentials = &mut exponentials[..count];
        if form.labels == Labels::Raw {
            return Pass { scores, targets: labels, most, form, entropy: 0.0, share, exponentials, gradient }.run();
        }
        targets.resize(count, 0.0);
        let targets = &mut targets[..count];
        let entropy = if form.labels == Labels::Softmax {
            softmax_of(labels, most_label, 1.0 / form.label_temperature, targets)
        } else {
            for (target, &label) in targets.iter_mut().zip(labels) {
                *target = label.into();
            }
            let mut sums = [[0.0; LANES]; 1];
            add(&mut sums, [targets]);
            let total = sums[0].iter().sum::<f64>();
            for target in targets.iter_mut() {
                *target = if total == 0.0 { 1.0 / count as f64 } else { *target / total };
            }
            0.0
        };
        Pass { scores, targets: &*targets, most, form, entropy, share, exponentials, gradient }.run()
    }
}
