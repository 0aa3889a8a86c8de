//! The ordinal loss on Burn tensors.

use burn_tensor::{Bool, DType, Element, Tensor, TensorData};

use super::linear::{Linear, Rows};
use super::{read, same_shape};
use crate::{Error, Float, Reduction, Result, ordinal_loss};

/// [`ordinal_loss`](crate::ordinal_loss) of a tensor.
///
/// * `logits`: any float dtype, shape `(items, grades)`; finite.
/// * `labels`: constants of their dtype, shape `(items,)`.
/// * `mask`: in the shape of the labels: which items count.
/// * `reduction`: how losses of items become one.
///
/// Returns one number, shape `(1,)`; without reduction one for each item. Differentiable to the logits.
///
/// # Errors
///
/// What [`ordinal_loss`](crate::ordinal_loss) refuses, another shape or dtype, and [`Error::Unreadable`] where the numbers
/// cannot be had.
///
/// # Source
///
/// Niu, Zhou, Wang, Gao, Hua: Ordinal regression with multiple output CNN (CVPR 2016).
///
/// # Example
///
/// See the [module](super).
pub fn ordinal_loss_burn(
    logits: &Tensor<2>,
    labels: &Tensor<1>,
    mask: Option<&Tensor<1, Bool>>,
    reduction: Reduction,
) -> Result<Tensor<1>> {
    let items = [logits.dims()[0]];
    same_shape("labels", labels.dims(), "logits without its last dimension", items)?;
    if labels.dtype() != logits.dtype() {
        let (expected, got) = (logits.dtype().name(), labels.dtype().name().to_owned());
        return Err(Error::Dtype { argument: "labels", expected, got });
    }
    let mask = super::marks(mask, items, "labels")?;
    match logits.dtype() {
        DType::F64 => compute::<f64>(logits, labels, mask.as_deref(), reduction),
        _ => compute::<f32>(logits, labels, mask.as_deref(), reduction),
    }
}

fn compute<T: Float + Element>(
    logits: &Tensor<2>,
    labels: &Tensor<1>,
    mask: Option<&[bool]>,
    reduction: Reduction,
) -> Result<Tensor<1>> {
    let rows = Rows::of(logits);
    let (flat, labels) = (read::<T, 2>(logits, "logits")?, read::<T, 1>(labels, "labels")?);
    let result = ordinal_loss(&flat, &labels, rows.columns, mask, reduction)?;
    let values: Vec<T> = result.values.into_iter().map(<T as Float>::from_f64).collect();
    let (count, dtype) = (values.len(), logits.dtype());
    let constant = Tensor::from_data(TensorData::new(values, [count]), (&logits.device(), dtype));
    if !logits.is_autodiff() || rows.total() == 0 {
        return Ok(constant);
    }
    let slopes = result.gradient.into_iter().map(Into::into).collect();
    let sums = Linear::sums(slopes).apply(rows.change(logits, &flat, &[])).cast(dtype).reshape([rows.count]);
    Ok(constant + if reduction == Reduction::None { sums } else { sums.sum() })
}
