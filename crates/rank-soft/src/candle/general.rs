//! Every operator and every loss on Candle tensors.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, CustomOp2, DType, Device, Layout, Result, Shape, Tensor, WithDType};

use super::contiguous;
use crate::{Error, Float, Input, Kind, Loss, Operator, Reduction, State};

/// An [`Operator`] on the rows of a tensor, which lie along its last dimension.
///
/// * `values`: `f32`, `f64`, or, computed in `f32`, `f16` and `bf16`; any shape `(…, n)`, on any device.
/// * `operator`: which one, with its options.
/// * `mask`: `u8`, in the shape of the values: what counts is not 0.
/// * `device`: where the result shall be.
///
/// Returns in the dtype of the values: ranks, sorted values and masks in their shape, `k` values or one quantile a row
/// in the shape `(…, k)` or `(…)`. Differentiable once, by the operator's own rule.
///
/// # Errors
///
/// What [`Operator::forward`] refuses, another dtype, a scalar, a mask that does not fit, and what Candle reports.
///
/// # Source
///
/// See [`Method`](crate::Method).
///
/// # Example
///
/// ```
/// use rank_soft::candle::candle_core::{Device, Result, Tensor, Var};
/// use rank_soft::candle::operator_candle;
/// use rank_soft::{Kind, Operator};
///
/// # fn main() -> Result<()> {
/// let values = Var::new(&[3.0f32, 0.0, 2.0, 1.5], &Device::Cpu)?;
/// let mask = operator_candle(&values, &Operator::new(Kind::TopKMask { k: 2 }), None, &Device::Cpu)?;
/// assert_eq!(mask.to_vec1::<f32>()?, [1.0, 0.0, 0.75, 0.25]);
/// // 2 and 1.5 share a block.
/// let gradients = mask.get(2)?.backward()?;
/// assert_eq!(gradients.get(&values).unwrap().to_vec1::<f32>()?, [0.0, 0.0, 0.5, -0.5]);
/// # Ok(())
/// # }
/// ```
pub fn operator_candle(values: &Tensor, operator: &Operator, mask: Option<&Tensor>, device: &Device) -> Result<Tensor> {
    let (values, dtype) = on_host(values, "values")?;
    let mask = mask.map(|mask| marks(mask, &values, "values")).transpose()?;
    let pass = match values.dtype() {
        DType::F64 => Pass::new::<f64>(&values, operator, mask.as_deref())?,
        _ => Pass::new::<f32>(&values, operator, mask.as_deref())?,
    };
    values.apply_op1(pass)?.to_dtype(dtype)?.to_device(device)
}

/// A ranking [`Loss`] of the rows of a tensor, which lie along its last dimension.
///
/// * `scores`: `f32`, `f64`, or, computed in `f32`, `f16` and `bf16`; any shape `(…, n)`, on any device.
/// * `labels`: constants in their shape and dtype.
/// * `loss`: which one, with its options.
/// * `mask`: `u8`, in their shape: which items count.
/// * `weights`: positive constants in their shape and dtype.
/// * `reduction`: how losses of rows become one.
/// * `device`: where the result shall be.
///
/// Returns a scalar, or without reduction the shape `(…)`, in the dtype of the scores. Differentiable once, to the
/// scores.
///
/// # Errors
///
/// What [`Loss::evaluate`] refuses, another dtype, a scalar, tensors that do not fit, and what Candle reports.
///
/// # Source
///
/// See [`LossKind`](crate::LossKind).
///
/// # Example
///
/// ```
/// use rank_soft::candle::candle_core::{Device, Result, Tensor, Var};
/// use rank_soft::candle::ranking_loss_candle;
/// use rank_soft::{Loss, LossKind, Reduction};
///
/// # fn main() -> Result<()> {
/// let (scores, labels) = (Var::new(&[0.0f64, 0.0], &Device::Cpu)?, Tensor::new(&[1.0f64, 0.0], &Device::Cpu)?);
/// let rank_net = Loss::new(LossKind::PairwiseLogistic);
/// let loss = ranking_loss_candle(&scores, &labels, &rank_net, None, None, Reduction::Mean, &Device::Cpu)?;
/// assert!((loss.to_scalar::<f64>()? - 2_f64.ln()).abs() < 1e-12);
/// assert_eq!(loss.backward()?.get(&scores).unwrap().to_vec1::<f64>()?, [-0.5, 0.5]);
/// # Ok(())
/// # }
/// ```
pub fn ranking_loss_candle(
    scores: &Tensor,
    labels: &Tensor,
    loss: &Loss,
    mask: Option<&Tensor>,
    weights: Option<&Tensor>,
    reduction: Reduction,
    device: &Device,
) -> Result<Tensor> {
    let dtype = scores.dtype();
    let like = |tensor: &Tensor, argument| {
        if tensor.dtype() != dtype {
            let (expected, got) = (dtype.as_str(), tensor.dtype().as_str().to_owned());
            return Err(Error::Dtype { argument, expected, got }.into());
        }
        same_shape(tensor, argument, scores, "scores")?;
        Ok::<_, candle_core::Error>(on_host(tensor, argument)?.0)
    };
    let (labels, weights) = (like(labels, "labels")?, weights.map(|weights| like(weights, "weights")).transpose()?);
    let (scores, _) = on_host(scores, "scores")?;
    let mask = mask.map(|mask| marks(mask, &scores, "scores")).transpose()?;
    let listed = match scores.dtype() {
        DType::F64 => Listed::new::<f64>(&scores, &labels, loss, mask.as_deref(), weights.as_ref(), reduction)?,
        _ => Listed::new::<f32>(&scores, &labels, loss, mask.as_deref(), weights.as_ref(), reduction)?,
    };
    scores.apply_op1(listed)?.to_dtype(dtype)?.to_device(device)
}

/// The tensor on the host, halves as `f32`, and its own dtype.
pub(super) fn on_host(tensor: &Tensor, argument: &'static str) -> Result<(Tensor, DType)> {
    let dtype = tensor.dtype();
    let wide = match dtype {
        DType::F32 | DType::F64 => dtype,
        DType::F16 | DType::BF16 => DType::F32,
        other => {
            let got = other.as_str().to_owned();
            return Err(Error::Dtype { argument, expected: "f32, f64, f16 or bf16", got }.into());
        }
    };
    if tensor.rank() == 0 {
        let expected = "shape (…, n)".to_owned();
        return Err(Error::Shape { argument, expected, shape: Vec::new() }.into());
    }
    Ok((tensor.to_device(&Device::Cpu)?.to_dtype(wide)?, dtype))
}

fn same_shape(tensor: &Tensor, argument: &'static str, other: &Tensor, name: &str) -> Result<()> {
    if tensor.dims() == other.dims() {
        return Ok(());
    }
    let expected = format!("shape {:?}, which {name} has", other.dims());
    Err(Error::Shape { argument, expected, shape: tensor.dims().to_vec() }.into())
}

pub(super) fn marks(mask: &Tensor, of: &Tensor, name: &str) -> Result<Vec<bool>> {
    if mask.dtype() != DType::U8 {
        let got = mask.dtype().as_str().to_owned();
        return Err(Error::Dtype { argument: "mask", expected: "u8", got }.into());
    }
    same_shape(mask, "mask", of, name)?;
    Ok(mask.flatten_all()?.to_vec1::<u8>()?.into_iter().map(|mark| mark != 0).collect())
}

/// The numbers as rows; a tensor of one dimension is one row and no batch.
fn rows<'a, T: Float>(flat: &'a [T], tensor: &Tensor, mask: Option<&'a [bool]>) -> Input<'a, T> {
    let dims = tensor.dims();
    let input = Input::new(flat);
    let input = match dims {
        [outer @ .., columns] if !outer.is_empty() => input.shape(outer.iter().product(), *columns),
        _ => input,
    };
    match mask {
        Some(mask) => input.mask(mask),
        None => input,
    }
}

/// An operator that has been computed; what remains is to hand the result over.
struct Pass {
    result: CpuStorage,
    shape: Vec<usize>,
    state: Arc<State>,
}

impl Pass {
    fn new<T: Float + WithDType>(values: &Tensor, operator: &Operator, mask: Option<&[bool]>) -> Result<Self> {
        let flat = values.flatten_all()?.to_vec1::<T>()?;
        let (result, state) = operator.forward(&rows(&flat, values, mask))?;
        let mut shape = values.dims().to_vec();
        match operator.kind() {
            Kind::Quantile { .. } => drop(shape.pop()),
            kind => {
                if let Some(columns) = shape.last_mut() {
                    *columns = kind.outputs(*columns);
                }
            }
        }
        Ok(Self { result: T::to_cpu_storage_owned(result), shape, state: Arc::new(state) })
    }
}

impl CustomOp1 for Pass {
    fn name(&self) -> &'static str {
        match self.state.operator().kind() {
            Kind::Rank => "soft-rank",
            Kind::Sort => "soft-sort",
            _ => "soft-operator",
        }
    }

    fn cpu_fwd(&self, _: &CpuStorage, _: &Layout) -> Result<(CpuStorage, Shape)> {
        Ok((self.result.clone(), Shape::from(self.shape.clone())))
    }

    fn bwd(&self, values: &Tensor, _result: &Tensor, cotangent: &Tensor) -> Result<Option<Tensor>> {
        let gradient = PassGradient { state: self.state.clone() };
        cotangent.contiguous()?.apply_op2(values, gradient).map(Some)
    }
}

/// Takes the values too, for whoever differentiates it again to be told that it cannot be.
struct PassGradient {
    state: Arc<State>,
}

impl PassGradient {
    fn values<T: Float + WithDType>(&self, storage: &CpuStorage, layout: &Layout) -> Result<CpuStorage> {
        Ok(T::to_cpu_storage_owned(self.state.vjp(contiguous::<T>(storage, layout)?)?))
    }
}

impl CustomOp2 for PassGradient {
    fn name(&self) -> &'static str {
        "soft-projection-gradient"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, _: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let gradient = match s1 {
            CpuStorage::F64(_) => self.values::<f64>(s1, l1)?,
            _ => self.values::<f32>(s1, l1)?,
        };
        Ok((gradient, l2.shape().clone()))
    }
}

/// A loss that has been computed, with its gradient.
pub(super) struct Listed {
    pub(super) values: CpuStorage,
    pub(super) shape: Vec<usize>,
    pub(super) gradient: Arc<CpuStorage>,
}

impl Listed {
    fn new<T: Float + WithDType>(
        scores: &Tensor,
        labels: &Tensor,
        loss: &Loss,
        mask: Option<&[bool]>,
        weights: Option<&Tensor>,
        reduction: Reduction,
    ) -> Result<Self> {
        let flat = |tensor: &Tensor| tensor.flatten_all()?.to_vec1::<T>();
        let (numbers, labels, weights) = (flat(scores)?, flat(labels)?, weights.map(flat).transpose()?);
        let mut input = rows(&numbers, scores, mask);
        if let Some(weights) = &weights {
            input = input.weights(weights);
        }
        let result = loss.evaluate(&input, &labels, reduction)?;
        let outer = &scores.dims()[..scores.rank() - 1];
        Ok(Self {
            values: T::to_cpu_storage_owned(result.values.into_iter().map(<T as Float>::from_f64).collect()),
            shape: if reduction == Reduction::None { outer.to_vec() } else { Vec::new() },
            gradient: Arc::new(T::to_cpu_storage_owned(result.gradient)),
        })
    }
}

impl CustomOp1 for Listed {
    fn name(&self) -> &'static str {
        "ranking-loss"
    }

    fn cpu_fwd(&self, _: &CpuStorage, _: &Layout) -> Result<(CpuStorage, Shape)> {
        Ok((self.values.clone(), Shape::from(self.shape.clone())))
    }

    fn bwd(&self, scores: &Tensor, _losses: &Tensor, cotangent: &Tensor) -> Result<Option<Tensor>> {
        let gradient = ListedGradient { gradient: self.gradient.clone() };
        cotangent.contiguous()?.apply_op2(scores, gradient).map(Some)
    }
}

/// Takes the scores too, as [`PassGradient`] does the values.
struct ListedGradient {
    gradient: Arc<CpuStorage>,
}

impl ListedGradient {
    fn values<T: Float + WithDType>(&self, storage: &CpuStorage, layout: &Layout) -> Result<CpuStorage> {
        let (cotangents, gradient) = (contiguous::<T>(storage, layout)?, self.gradient.as_slice::<T>()?);
        let columns = (gradient.len() / cotangents.len().max(1)).max(1);
        let scaled = gradient.chunks(columns).zip(cotangents).flat_map(|(row, &cotangent)| {
            row.iter().map(move |&slope| <T as Float>::from_f64(slope.into() * cotangent.into()))
        });
        Ok(T::to_cpu_storage_owned(scaled.collect()))
    }
}

impl CustomOp2 for ListedGradient {
    fn name(&self) -> &'static str {
        "ranking-loss-gradient"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, _: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let gradient = match s1 {
            CpuStorage::F64(_) => self.values::<f64>(s1, l1)?,
            _ => self.values::<f32>(s1, l1)?,
        };
        Ok((gradient, l2.shape().clone()))
    }
}
