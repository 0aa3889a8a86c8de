//! Soft operators and ranking losses on Candle tensors, with gradients through Candle's autograd.
//!
//! Tensors are `f32` or `f64`, of shape `(n,)` or, row by row, `(rows, n)`; [`operator_candle`] and
//! [`ranking_loss_candle`], which know every operator and every loss, take halves and any shape `(…, n)` as well. The
//! work is done on the host, in `f64`: tensors of another device are copied there, and the result goes to the device
//! that is asked for, gradients taking the same way back. On CUDA and Metal that is untested. Candle's own sort is not used: its order is unstable, and wrong for
//! long rows on some devices.
//!
//! Gradients are of the first order. To differentiate a gradient again is Candle's `BackwardNotSupported` error.
//!
//! # Example
//!
//! ```
//! use rank_soft::candle::candle_core::{Device, Result, Tensor, Var};
//! use rank_soft::candle::{soft_rank_candle, spearman_loss_candle};
//!
//! # fn main() -> Result<()> {
//! let device = Device::Cpu;
//! let values = Tensor::new(&[5.0f32, 1.0, 2.0, 4.0, 3.0], &device)?;
//! let ranks = soft_rank_candle(&values, 1.0, &device)?;
//! assert_eq!(ranks.to_vec1::<f32>()?, [5.0, 1.0, 2.0, 4.0, 3.0]);
//!
//! let predictions = Var::new(&[0.1f32, 0.9, 0.3, 0.7, 0.5], &device)?;
//! let targets = Tensor::new(&[0.0f32, 1.0, 0.2, 0.8, 0.4], &device)?;
//! let loss = spearman_loss_candle(&predictions, &targets, 1.0, &device)?;
//! assert!((loss.to_scalar::<f32>()? - 0.008_759).abs() < 1e-6);
//! let gradients = loss.backward()?;
//! assert_eq!(gradients.get(&predictions).unwrap().dims(), [5]);
//! # Ok(())
//! # }
//! ```

mod general;
mod ordinal;

use std::sync::Arc;

pub use candle_core;
use candle_core::{CpuStorage, CustomOp2, CustomOp3, DType, Device, Layout, Result, Shape, Tensor, WithDType};
pub use general::{operator_candle, ranking_loss_candle};
pub use ordinal::ordinal_loss_candle;

use crate::spearman::Correlation;
use crate::{Error, Float, Kind, Operator, SoftOptions};

/// [`soft_rank`](crate::soft_rank) of a tensor.
///
/// * `values`: `f32` or `f64`, shape `(n,)` or `(rows, n)`, on any device.
/// * `strength`: a number (larger is softer, 0 is hard) or [`SoftOptions`].
/// * `device`: where the result shall be.
///
/// Returns the ranks, in shape and dtype of `values`, each row ranked by itself.
///
/// # Errors
///
/// What [`soft_rank`](crate::soft_rank) refuses, another dtype or number of dimensions, and what Candle reports.
///
/// # Source
///
/// Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).
///
/// # Example
///
/// ```
/// use rank_soft::candle::candle_core::{Device, Result, Tensor, Var};
/// use rank_soft::candle::soft_rank_candle;
///
/// # fn main() -> Result<()> {
/// let values = Var::new(&[2.5f32, 0.0, 1.0], &Device::Cpu)?;
/// let largest = soft_rank_candle(&values, 2.0, &Device::Cpu)?.get(0)?;
/// let gradients = largest.backward()?;
/// // One block: (1, 0, 0) less its mean, over the strength.
/// let by_hand = [1.0 / 3.0, -1.0 / 6.0, -1.0 / 6.0];
/// for (gradient, by_hand) in gradients.get(&values).unwrap().to_vec1::<f32>()?.iter().zip(by_hand) {
///     assert!((gradient - by_hand).abs() < 1e-6);
/// }
/// # Ok(())
/// # }
/// ```
pub fn soft_rank_candle(values: &Tensor, strength: impl Into<SoftOptions>, device: &Device) -> Result<Tensor> {
    project(values, strength.into(), Kind::Rank, device)
}

/// [`soft_sort`](crate::soft_sort) of a tensor.
///
/// * `values`: `f32` or `f64`, shape `(n,)` or `(rows, n)`, on any device.
/// * `strength`: a number (larger is softer, 0 is hard) or [`SoftOptions`].
/// * `device`: where the result shall be.
///
/// Returns the sorted values, in shape and dtype of `values`, each row sorted by itself.
///
/// # Errors
///
/// What [`soft_sort`](crate::soft_sort) refuses, another dtype or number of dimensions, and what Candle reports.
///
/// # Source
///
/// Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).
///
/// # Example
///
/// ```
/// use rank_soft::candle::candle_core::{Device, Result, Tensor};
/// use rank_soft::candle::soft_sort_candle;
///
/// # fn main() -> Result<()> {
/// let values = Tensor::new(&[[3.0f64, 1.0, 2.0], [0.0, 9.0, 6.0]], &Device::Cpu)?;
/// let sorted = soft_sort_candle(&values, 0.1, &Device::Cpu)?;
/// assert_eq!(sorted.to_vec2::<f64>()?, [[1.0, 2.0, 3.0], [0.0, 6.0, 9.0]]);
/// # Ok(())
/// # }
/// ```
pub fn soft_sort_candle(values: &Tensor, strength: impl Into<SoftOptions>, device: &Device) -> Result<Tensor> {
    project(values, strength.into(), Kind::Sort, device)
}

/// [`spearman_loss`](crate::spearman_loss) of two tensors.
///
/// * `predictions`, `targets`: `f32` or `f64`, both of one dtype and one shape, `(n,)` or `(rows, n)`, on any device.
/// * `strength`: a number (larger is softer, 0 is hard) or [`SoftOptions`].
/// * `device`: where the result shall be.
///
/// Returns a scalar; for rows a tensor of shape `(rows,)`, one loss for each, of which a training step takes the mean.
/// Gradients flow to both arguments.
///
/// # Errors
///
/// What [`spearman_loss`](crate::spearman_loss) refuses, another dtype or number of dimensions, and what Candle reports.
///
/// # Source
///
/// Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020), section 6.
///
/// # Example
///
/// ```
/// use rank_soft::candle::candle_core::{Device, Result, Tensor};
/// use rank_soft::candle::spearman_loss_candle;
///
/// # fn main() -> Result<()> {
/// let predictions = Tensor::new(&[0.1f64, 0.5, 0.9], &Device::Cpu)?;
/// let targets = Tensor::new(&[20.0f64, 10.0, 30.0], &Device::Cpu)?;
/// // Ranks 1, 2, 3 against 2, 1, 3.
/// let loss = spearman_loss_candle(&predictions, &targets, 0.1, &Device::Cpu)?;
/// assert!((loss.to_scalar::<f64>()? - 0.5).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
pub fn spearman_loss_candle(
    predictions: &Tensor,
    targets: &Tensor,
    strength: impl Into<SoftOptions>,
    device: &Device,
) -> Result<Tensor> {
    let options = strength.into();
    let columns = check(predictions, "predictions")?;
    check(targets, "targets")?;
    if targets.dims() != predictions.dims() {
        let expected = format!("shape {:?}, which predictions has", predictions.dims());
        return Err(Error::Shape { argument: "targets", expected, shape: targets.dims().to_vec() }.into());
    }
    if targets.dtype() != predictions.dtype() {
        let (expected, got) = (predictions.dtype().as_str(), targets.dtype().as_str().to_owned());
        return Err(Error::Dtype { argument: "targets", expected, got }.into());
    }
    let (predictions, targets) = (predictions.to_device(&Device::Cpu)?, targets.to_device(&Device::Cpu)?);
    let rows = match predictions.dtype() {
        DType::F64 => correlations::<f64>(&predictions, &targets, columns, options)?,
        _ => correlations::<f32>(&predictions, &targets, columns, options)?,
    };
    predictions.apply_op2(&targets, SpearmanLoss { rows })?.to_device(device)
}

impl From<Error> for candle_core::Error {
    fn from(error: Error) -> Self {
        Self::Wrapped(Box::new(error))
    }
}

/// Refuses what has no rows of floats; returns the length of a row.
fn check(values: &Tensor, argument: &'static str) -> Result<usize> {
    if !matches!(values.dtype(), DType::F32 | DType::F64) {
        let got = values.dtype().as_str().to_owned();
        return Err(Error::Dtype { argument, expected: "f32 or f64", got }.into());
    }
    match *values.dims() {
        [columns] | [_, columns] => Ok(columns),
        _ => {
            let expected = "shape (n,) or (rows, n)".to_owned();
            Err(Error::Shape { argument, expected, shape: values.dims().to_vec() }.into())
        }
    }
}

/// `row` of each row, whose errors it places; a tensor of one dimension is no batch.
fn by_row<R>(values: &Tensor, rows: usize, mut row: impl FnMut(usize) -> crate::Result<R>) -> Result<Arc<[R]>> {
    let place = |number, error: Error| if values.rank() == 1 { error } else { error.in_row(number) };
    (0..rows).map(|number| Ok(row(number).map_err(|error| place(number, error))?)).collect()
}

fn rows_of(values: &Tensor) -> usize {
    if values.rank() == 1 { 1 } else { values.dims()[0] }
}

fn correlations<T: Float + WithDType>(
    predictions: &Tensor,
    targets: &Tensor,
    columns: usize,
    options: SoftOptions,
) -> Result<Arc<[Correlation]>> {
    let (left, right) = (predictions.flatten_all()?.to_vec1::<T>()?, targets.flatten_all()?.to_vec1::<T>()?);
    by_row(predictions, rows_of(predictions), |row| {
        let row = row * columns..(row + 1) * columns;
        Correlation::new(&left[row.clone()], &right[row], options)
    })
}

fn project(values: &Tensor, options: SoftOptions, kind: Kind, device: &Device) -> Result<Tensor> {
    check(values, "values")?;
    operator_candle(values, &Operator::of(kind, options), None, device)
}

/// The numbers of a gradient that comes from further up, row after row.
fn contiguous<'a, T: WithDType>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [T]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<T>()?[start..end]),
        None => Err(candle_core::Error::RequiresContiguous { op: "soft projection gradient" }.bt()),
    }
}

/// The loss of each row, computed; what remains is to write it down.
struct SpearmanLoss {
    rows: Arc<[Correlation]>,
}

impl CustomOp2 for SpearmanLoss {
    fn name(&self) -> &'static str {
        "spearman-loss"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, _: &CpuStorage, _: &Layout) -> Result<(CpuStorage, Shape)> {
        let losses = self.rows.iter().map(|row| row.loss);
        let losses = match s1 {
            CpuStorage::F64(_) => CpuStorage::F64(losses.collect()),
            _ => CpuStorage::F32(losses.map(|loss| loss as f32).collect()),
        };
        let shape = if l1.dims().len() == 1 { Shape::from(()) } else { Shape::from(self.rows.len()) };
        Ok((losses, shape))
    }

    fn bwd(
        &self,
        predictions: &Tensor,
        targets: &Tensor,
        _losses: &Tensor,
        cotangent: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let cotangent = cotangent.contiguous()?;
        let gradient = |to_targets| {
            cotangent.apply_op3(predictions, targets, SpearmanGradient { rows: self.rows.clone(), to_targets })
        };
        Ok((Some(gradient(false)?), Some(gradient(true)?)))
    }
}

/// Takes the arguments of the loss too, for whoever differentiates it again to be told that it cannot be.
struct SpearmanGradient {
    rows: Arc<[Correlation]>,
    to_targets: bool,
}

impl SpearmanGradient {
    fn values<T: Float + WithDType>(&self, storage: &CpuStorage, layout: &Layout) -> Result<CpuStorage> {
        let cotangents = contiguous::<T>(storage, layout)?;
        let mut gradient = Vec::new();
        for (row, &cotangent) in self.rows.iter().zip(cotangents) {
            gradient.extend(row.gradient::<T>(self.to_targets, cotangent.into())?);
        }
        Ok(T::to_cpu_storage_owned(gradient))
    }
}

impl CustomOp3 for SpearmanGradient {
    fn name(&self) -> &'static str {
        "spearman-loss-gradient"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        _: &CpuStorage,
        l2: &Layout,
        _: &CpuStorage,
        _: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let gradient = match s1 {
            CpuStorage::F64(_) => self.values::<f64>(s1, l1)?,
            _ => self.values::<f32>(s1, l1)?,
        };
        Ok((gradient, l2.shape().clone()))
    }
}
