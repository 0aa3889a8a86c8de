//! The ordinal loss: for each grade, whether the item reaches it.

use super::{LossGradient, Reduction};
use crate::float::{check_finite, check_length};
use crate::sigmoid::sigmoid;
use crate::{Error, Float, Result};

/// The ordinal loss: for each item and each grade 1, …, `grades`, the logistic loss of the logit for whether the label is
/// at least that grade.
///
/// * `logits`: finite, `grades` for each item; the first says how likely the item reaches grade 1.
/// * `labels`: finite, one for each item.
/// * `mask`: which items count; all by default.
///
/// Returns the mean over items (0 without any), the sum, or one number for each item, and the gradient to the logits.
///
/// # Errors
///
/// [`Error::OutOfRange`] for no grades, [`Error::LengthMismatch`], [`Error::NotFinite`].
///
/// # Source
///
/// Niu, Zhou, Wang, Gao, Hua: Ordinal regression with multiple output CNN (CVPR 2016); allRank's `ordinal` takes the
/// sigmoids of the logits.
///
/// # Example
///
/// ```
/// use rank_soft::{Reduction, ordinal_loss};
///
/// // One item of grade 1 of 2, undecided about both: log 2 for each.
/// let loss = ordinal_loss(&[0.0, 0.0], &[1.0], 2, None, Reduction::Mean)?;
/// assert!((loss.values[0] - 2.0 * 2_f64.ln()).abs() < 1e-15);
/// assert_eq!(loss.gradient, [-0.5, 0.5]);
/// # Ok::<(), rank_soft::Error>(())
/// ```
pub fn ordinal_loss<T: Float>(
    logits: &[T],
    labels: &[T],
    grades: usize,
    mask: Option<&[bool]>,
    reduction: Reduction,
) -> Result<LossGradient<T>> {
    if grades == 0 {
        return Err(Error::OutOfRange { argument: "grades", expected: "at least 1", got: 0.0 });
    }
    check_length("logits", logits.len(), "labels times grades", labels.len() * grades)?;
    if let Some(mask) = mask {
        check_length("mask", mask.len(), "labels", labels.len())?;
    }
    check_finite("logits", logits)?;
    check_finite("labels", labels)?;
    let counted = |item: usize| mask.is_none_or(|mask| mask[item]);
    let count = (0..labels.len()).filter(|&item| counted(item)).count() as f64;
    let divisor = if reduction == Reduction::Mean { count } else { 1.0 };
    let mut gradient = vec![T::default(); logits.len()];
    let mut items = vec![0.0; labels.len()];
    for item in (0..labels.len()).filter(|&item| counted(item)) {
        let label: f64 = labels[item].into();
        for grade in 0..grades {
            let place = item * grades + grade;
            let logit: f64 = logits[place].into();
            let reached = f64::from(u8::from(label >= (grade + 1) as f64));
            items[item] += logit.max(0.0) - logit * reached + (-logit.abs()).exp().ln_1p();
            gradient[place] = T::from_f64((sigmoid(logit) - reached) / divisor);
        }
    }
    let values = match reduction {
        Reduction::None => items,
        _ if count == 0.0 => vec![0.0],
        _ => vec![items.iter().sum::<f64>() / divisor],
    };
    Ok(LossGradient { values, gradient })
}
