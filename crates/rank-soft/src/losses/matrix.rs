//! Metrics of a matrix of places and items: how far each item stands at each place.
//!
//! What a place gains is the row's sum of the items' gains, and a metric is a function of those: DCG, nDCG, precision,
//! recall, average precision; and PiRank, which divides the sum of all rows by the sum of their ideals. The matrix is
//! NeuralSort's, NeuralNDCG's or SmoothI's, where a place has the gain of its expected label.
//!
//! By hand: two items of equal scores stand half at either place, so that gains 1 and 0 are ½ at each, and
//! nDCG = (1 + 1 / log₂ 3) / 2.

use super::neural_sinkhorn::Scaled;
use super::{Loss, LossKind, Row, SmoothRanks, descending, discount, gains, ideal_dcg, relevance, smoothi};
use crate::Result;
use crate::permutation::{self, Matrix, Task};
use crate::watch::Watch;

/// A metric of what places gain, and its slopes, into `slopes`.
fn metric(loss: &Loss, places: &[f64], whole: f64, slopes: &mut [f64]) -> f64 {
    let top = loss.top.unwrap_or(usize::MAX).min(places.len());
    let mut value = 0.0;
    let each = |place: usize| match loss.kind {
        LossKind::Dcg | LossKind::Ndcg | LossKind::PiRank => discount(place as f64 + 1.0) / whole,
        _ => 1.0 / whole,
    };
    if loss.kind == LossKind::Ap {
        let mut found = 0.0;
        for place in 0..top {
            found += places[place];
            slopes[place] = found / ((place + 1) as f64 * whole);
            value += places[place] * slopes[place];
        }
        let mut behind = 0.0;
        for place in (0..top).rev() {
            behind += places[place] / ((place + 1) as f64 * whole);
            slopes[place] += behind;
        }
        return value;
    }
    for place in 0..top {
        slopes[place] = each(place);
        value += slopes[place] * places[place];
    }
    value
}

pub(super) fn row(loss: &Loss, row: &Row<'_>, watch: Watch<'_>, gradient: &mut [f64]) -> Result<(f64, f64)> {
    let n = row.scores.len();
    let graded = matches!(loss.kind, LossKind::Dcg | LossKind::Ndcg | LossKind::PiRank);
    let gains = if graded { gains(loss, row) } else { relevance(row) };
    let ideal = ideal_dcg(&gains, loss.top);
    if (graded && ideal <= 0.0) || gains.iter().all(|&gain| gain == 0.0) {
        return Ok((0.0, 0.0));
    }
    let whole = match loss.kind {
        LossKind::Ndcg => ideal,
        LossKind::Precision => loss.top.unwrap_or(n).max(1) as f64,
        LossKind::Recall | LossKind::Ap => gains.iter().sum(),
        _ => 1.0,
    };
    let (scores, temperature) = (row.scores, loss.temperature);
    let (mut places, mut slopes) = (vec![0.0; n], vec![0.0; n]);
    let scaled = match loss.ranks {
        SmoothRanks::NeuralSinkhorn => Some(Scaled::new(scores, temperature, watch)?),
        _ => None,
    };
    let of_labels = graded && loss.ranks == SmoothRanks::SmoothI;
    let mut expected = None;
    if of_labels {
        let found = Expected::new(loss, row, watch)?;
        places.copy_from_slice(&found.gains);
        expected = Some(found);
    }
    if loss.straight_through {
        for (place, i) in places.iter_mut().zip(descending(scores)) {
            *place = gains[i];
        }
    } else if let Some(scaled) = &scaled {
        scaled.places(&gains, &mut places)?;
    } else if loss.ranks == SmoothRanks::SmoothI {
        if !of_labels {
            smoothi::places(loss, scores, &gains, watch, &mut places)?;
        }
    } else {
        permutation::forward(Matrix::NeuralSort, Task::Means(&gains), scores, temperature, watch, &mut places)?;
    }
    let value = metric(loss, &places, whole, &mut slopes);
    for slope in &mut slopes {
        *slope = -*slope;
    }
    if let Some(scaled) = &scaled {
        scaled.vjp(&gains, &slopes, gradient)?;
    } else if let Some(expected) = &expected {
        expected.vjp(loss, row, watch, &slopes, gradient)?;
    } else if loss.ranks == SmoothRanks::SmoothI {
        smoothi::vjp(loss, scores, &gains, watch, &slopes, gradient)?;
    } else {
        let task = Task::Means(&gains);
        permutation::vjp(Matrix::NeuralSort, task, scores, temperature, &slopes, watch, gradient)?;
    }
    Ok(if loss.kind == LossKind::PiRank { (ideal - value, ideal) } else { (-value, 1.0) })
}

/// What places gain by their expected labels and weights.
struct Expected {
    labels: Vec<f64>,
    weights: Option<Vec<f64>>,
    gains: Vec<f64>,
}

impl Expected {
    fn new(loss: &Loss, row: &Row<'_>, watch: Watch<'_>) -> Result<Self> {
        let mean = |of: &[f64]| {
            // Places behind the cut-off count nowhere.
            let mut places = vec![0.0; of.len()];
            smoothi::places(loss, row.scores, of, watch, &mut places).map(|()| places)
        };
        let labels = mean(row.labels)?;
        let weights = row.weights.map(mean).transpose()?;
        let gains = labels
            .iter()
            .enumerate()
            .map(|(place, &label)| loss.gain.of(label) * weights.as_ref().map_or(1.0, |weights| weights[place]));
        Ok(Self { gains: gains.collect(), labels, weights })
    }

    fn vjp(&self, loss: &Loss, row: &Row<'_>, watch: Watch<'_>, slopes: &[f64], gradient: &mut [f64]) -> Result<()> {
        let weight = |place: usize| self.weights.as_ref().map_or(1.0, |weights| weights[place]);
        let of =
            |slope: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..slopes.len()).map(|i| slopes[i] * slope(i)).collect() };
        let to_labels = of(&|place| loss.gain.slope(self.labels[place]) * weight(place));
        smoothi::vjp(loss, row.scores, row.labels, watch, &to_labels, gradient)?;
        if let Some(weights) = row.weights {
            let to_weights = of(&|place| loss.gain.of(self.labels[place]));
            smoothi::vjp(loss, row.scores, weights, watch, &to_weights, gradient)?;
        }
        Ok(())
    }
}
