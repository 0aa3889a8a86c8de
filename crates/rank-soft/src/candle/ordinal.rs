//! The ordinal loss on Candle tensors.

use std::sync::Arc;

use candle_core::{DType, Device, Result, Tensor, WithDType};

use super::general::{Listed, marks, on_host};
use crate::{Error, Float, Reduction, ordinal_loss};

/// [`ordinal_loss`](crate::ordinal_loss) of a tensor.
///
/// * `logits`: `f32`, `f64`, or, computed in `f32`, `f16` and `bf16`; shape `(…, n, grades)`, on any device.
/// * `labels`: constants of their dtype, shape `(…, n)`.
/// * `mask`: `u8`, in the shape of the labels: which items count.
/// * `reduction`: how losses of items become one.
/// * `device`: where the result shall be.
///
/// Returns a scalar, or without reduction the shape of the labels, in the dtype of the logits. Differentiable once, to the
/// logits.
///
/// # Errors
///
/// What [`ordinal_loss`](crate::ordinal_loss) refuses, another dtype, a scalar, tensors that do not fit, and what Candle
/// reports.
///
/// # Source
///
/// Niu, Zhou, Wang, Gao, Hua: Ordinal regression with multiple output CNN (CVPR 2016).
///
/// # Example
///
/// ```
/// use rank_soft::Reduction;
/// use rank_soft::candle::candle_core::{Device, Result, Tensor, Var};
/// use rank_soft::candle::ordinal_loss_candle;
///
/// # fn main() -> Result<()> {
/// let (logits, labels) = (Var::new(&[[0.0f64, 0.0]], &Device::Cpu)?, Tensor::new(&[1.0f64], &Device::Cpu)?);
/// let loss = ordinal_loss_candle(&logits, &labels, None, Reduction::Mean, &Device::Cpu)?;
/// assert!((loss.to_scalar::<f64>()? - 2.0 * 2_f64.ln()).abs() < 1e-12);
/// assert_eq!(loss.backward()?.get(&logits).unwrap().to_vec2::<f64>()?, [[-0.5, 0.5]]);
/// # Ok(())
/// # }
/// ```
pub fn ordinal_loss_candle(
    logits: &Tensor,
    labels: &Tensor,
    mask: Option<&Tensor>,
    reduction: Reduction,
    device: &Device,
) -> Result<Tensor> {
    let (host, dtype) = on_host(logits, "logits")?;
    let items = &host.dims()[..host.rank() - 1];
    if labels.dims() != items {
        let expected = format!("shape {items:?}, which logits without its last dimension has");
        return Err(Error::Shape { argument: "labels", expected, shape: labels.dims().to_vec() }.into());
    }
    if labels.dtype() != dtype {
        let (expected, got) = (dtype.as_str(), labels.dtype().as_str().to_owned());
        return Err(Error::Dtype { argument: "labels", expected, got }.into());
    }
    let mask = mask.map(|mask| marks(mask, labels, "labels")).transpose()?;
    let labels = labels.to_device(&Device::Cpu)?.to_dtype(host.dtype())?;
    let listed = match host.dtype() {
        DType::F64 => listed::<f64>(&host, &labels, mask.as_deref(), reduction)?,
        _ => listed::<f32>(&host, &labels, mask.as_deref(), reduction)?,
    };
    host.apply_op1(listed)?.to_dtype(dtype)?.to_device(device)
}

fn listed<T: Float + WithDType>(
    logits: &Tensor,
    labels: &Tensor,
    mask: Option<&[bool]>,
    reduction: Reduction,
) -> Result<Listed> {
    let flat = |tensor: &Tensor| tensor.flatten_all()?.to_vec1::<T>();
    let grades = logits.dims()[logits.rank() - 1];
    let result = ordinal_loss(&flat(logits)?, &flat(labels)?, grades, mask, reduction)?;
    Ok(Listed {
        values: T::to_cpu_storage_owned(result.values.into_iter().map(<T as Float>::from_f64).collect()),
        shape: if reduction == Reduction::None { labels.dims().to_vec() } else { Vec::new() },
        gradient: Arc::new(T::to_cpu_storage_owned(result.gradient)),
    })
}
