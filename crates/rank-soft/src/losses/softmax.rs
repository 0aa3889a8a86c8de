//! The softmax loss of whole rows with raw labels: in three passes from the numbers of the caller to the gradient.

use rank_kernels::{Work, exp};

use crate::Float;
use crate::error::LIMIT;
use crate::sigmoid::add_to_lanes;

/// `Σ y (log Σ e^s - s)` and its gradient times `share`; none for numbers that are not finite.
pub(super) struct DirectSoftmax<'a, T> {
    pub(super) scores: &'a [T],
    pub(super) labels: &'a [T],
    pub(super) share: f64,
    /// Where wide numbers lie, kept from row to row.
    pub(super) wide: [&'a mut Vec<f64>; 2],
    pub(super) gradient: &'a mut [T],
}

impl<T: Float> Work for DirectSoftmax<'_, T> {
    type Output = Option<f64>;

    // Loops of one thing each are vectorized.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
    fn run(self) -> Option<f64> {
        let count = self.scores.len();
        let (given, gradient) = (&self.labels[..count], &mut self.gradient[..count]);
        let [scores, labels] = self.wide;
        scores.resize(count, 0.0);
        labels.resize(count, 0.0);
        let (scores, labels) = (&mut scores[..count], &mut labels[..count]);
        for (wide, &score) in scores.iter_mut().zip(self.scores) {
            *wide = score.into();
        }
        for (wide, &label) in labels.iter_mut().zip(given) {
            *wide = label.into();
        }
        let finite = |numbers: &[f64]| numbers.iter().fold(true, |all, number| all & (number.abs() <= LIMIT));
        if !(finite(scores) & finite(labels)) {
            return None;
        }
        let (blocks, rest) = scores.as_chunks::<8>();
        let mut lanes = [f64::NEG_INFINITY; 8];
        for block in blocks {
            for lane in 0..8 {
                lanes[lane] = if block[lane] > lanes[lane] { block[lane] } else { lanes[lane] };
            }
        }
        let most = lanes.iter().chain(rest).copied().fold(f64::NEG_INFINITY, f64::max);
        let mut sums = [[0.0; 8]; 3];
        add_to_lanes(&mut sums[1], labels);
        for (label, score) in labels.iter_mut().zip(&*scores) {
            *label *= *score - most;
        }
        add_to_lanes(&mut sums[2], labels);
        for score in scores.iter_mut() {
            *score = exp(*score - most);
        }
        add_to_lanes(&mut sums[0], scores);
        let [sum, total, lacking] = sums.map(|lanes| lanes.iter().sum::<f64>());
        let scale = total / sum;
        for ((gradient, exponential), &label) in gradient.iter_mut().zip(scores).zip(given) {
            *gradient = T::from_f64((*exponential * scale - label.into()) * self.share);
        }
        Some(total * sum.ln() - lacking)
    }
}
