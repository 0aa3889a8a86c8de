//! The Spearman loss.

use crate::float::{check_finite, check_length};
use crate::{Float, Input, Kind, Operator, Result, SoftOptions, State};

/// The soft Spearman loss: 1 less the Pearson correlation of the soft ranks of `predictions` and the soft ranks of
/// `targets`, both of the same strength.
///
/// * `predictions`, `targets`: finite, of one length.
/// * `strength`: as for [`soft_rank`](crate::soft_rank). At 0 the loss is 1 less Spearman's coefficient, ties getting
///   average ranks.
///
/// Returns a loss from 0 (same order) to 2 (reversed). Where all soft ranks of one side are equal, as with fewer than
/// two items, the correlation is not defined: the loss is 1 and its gradient 0.
///
/// With l2, once the strength pools everything (about twice the range over n), ranks are a linear function of the
/// values, and the loss is 1 less the Pearson correlation of the raw numbers.
///
/// # Errors
///
/// [`Error::LengthMismatch`](crate::Error::LengthMismatch), [`Error::NotFinite`](crate::Error::NotFinite),
/// [`Error::InvalidStrength`](crate::Error::InvalidStrength).
///
/// # Source
///
/// Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020), section 6.
///
/// # Example
///
/// ```
/// use rank_soft::spearman_loss;
///
/// // Ranks 1, 2, 3 against 2, 1, 3: deviations (-1, 0, 1) and (0, -1, 1), correlation 1 / 2.
/// let loss = spearman_loss(&[0.1, 0.5, 0.9], &[20.0, 10.0, 30.0], 0.1)?;
/// assert!((loss - 0.5).abs() < 1e-12);
/// # Ok::<(), rank_soft::Error>(())
/// ```
pub fn spearman_loss<T: Float>(predictions: &[T], targets: &[T], strength: impl Into<SoftOptions>) -> Result<f64> {
    Ok(Correlation::new(predictions, targets, strength.into())?.loss)
}

/// The gradients of [`spearman_loss`], to the predictions and to the targets. Exact, in O(n log n).
///
/// # Errors
///
/// As [`spearman_loss`].
///
/// # Source
///
/// The chain rule over [`soft_rank_vjp`](crate::soft_rank_vjp) of Blondel et al. (ICML 2020).
///
/// # Example
///
/// ```
/// use rank_soft::spearman_loss_grad;
///
/// // Two items in one block: the ranks keep their order, so the loss stays 2.
/// let (to_predictions, to_targets) = spearman_loss_grad(&[0.0, 1.0], &[1.0, 0.0], 4.0)?;
/// assert!(to_predictions.iter().chain(&to_targets).all(|gradient: &f64| gradient.abs() < 1e-12));
/// # Ok::<(), rank_soft::Error>(())
/// ```
pub fn spearman_loss_grad<T: Float>(
    predictions: &[T],
    targets: &[T],
    strength: impl Into<SoftOptions>,
) -> Result<(Vec<T>, Vec<T>)> {
    let correlation = Correlation::new(predictions, targets, strength.into())?;
    Ok((correlation.gradient(false, 1.0)?, correlation.gradient(true, 1.0)?))
}

/// The loss and all that its gradients need.
#[derive(Debug, Clone)]
pub(crate) struct Correlation {
    pub(crate) loss: f64,
    predictions: Side,
    targets: Side,
}

/// One side of the correlation. `norm` is 0 where the ranks are all equal.
#[derive(Debug, Clone)]
struct Side {
    state: State,
    /// The centered ranks over their norm.
    unit: Vec<f64>,
    norm: f64,
}

impl Side {
    fn new<T: Float>(argument: &'static str, values: &[T], options: SoftOptions) -> Result<Self> {
        let operator = Operator::of(Kind::Rank, options).centered();
        operator.check()?;
        check_finite(argument, values)?;
        let wide: Vec<f64> = values.iter().map(|&value| value.into()).collect();
        let (mut unit, state) = operator.forward(&Input::new(&wide))?;
        // Squares of small numbers would vanish: the largest becomes 1 first.
        let largest = unit.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        if largest == 0.0 {
            return Ok(Self { state, unit, norm: 0.0 });
        }
        for value in &mut unit {
            *value /= largest;
        }
        let norm = unit.iter().map(|value| value * value).sum::<f64>().sqrt();
        for value in &mut unit {
            *value /= norm;
        }
        Ok(Self { state, unit, norm: norm * largest })
    }

    /// `scale` times the gradient of the loss, to the values of this side.
    fn gradient<T: Float>(&self, other: &Self, loss: f64, scale: f64) -> Result<Vec<T>> {
        if self.norm == 0.0 || other.norm == 0.0 {
            return Ok(vec![T::from_f64(0.0); self.unit.len()]);
        }
        // (correlation · own - other) / norm, with the correlation as 1 - loss.
        let cotangent: Vec<f64> = self
            .unit
            .iter()
            .zip(&other.unit)
            .map(|(own, other)| scale * ((own - other) - loss * own) / self.norm)
            .collect();
        Ok(self.state.vjp(&cotangent)?.into_iter().map(T::from_f64).collect())
    }
}

impl Correlation {
    pub(crate) fn new<T: Float>(predictions: &[T], targets: &[T], options: SoftOptions) -> Result<Self> {
        check_length("targets", targets.len(), "predictions", predictions.len())?;
        let predictions = Side::new("predictions", predictions, options)?;
        let targets = Side::new("targets", targets, options)?;
        let loss = if predictions.norm == 0.0 || targets.norm == 0.0 {
            1.0
        } else {
            // Of two unit vectors, 1 - ⟨a, b⟩ = |a - b|² / 2, which has no cancellation near 0.
            let distance: f64 = predictions.unit.iter().zip(&targets.unit).map(|(a, b)| (a - b) * (a - b)).sum();
            (distance / 2.0).min(2.0)
        };
        Ok(Self { loss, predictions, targets })
    }

    /// `scale` times the gradient of the loss, to the predictions or to the targets.
    pub(crate) fn gradient<T: Float>(&self, to_targets: bool, scale: f64) -> Result<Vec<T>> {
        let (own, other) =
            if to_targets { (&self.targets, &self.predictions) } else { (&self.predictions, &self.targets) };
        own.gradient(other, self.loss, scale)
    }
}
