//! Soft operators and ranking losses on Burn tensors, with gradients through Burn's autodiff on any backend.
//!
//! Tensors are of any float dtype and any shape `(…, n)`, rows along the last dimension. Halves are computed in `f32`.
//! Values are found on the host, in `f64`; gradients are tensor operations on the tensor's own device: the gradient of a
//! block by l2 or KL is a sum over the block, gathered and scattered, and that of a loss is a product with what the host
//! found. The other methods have a matrix of derivatives for each row: n passes of the method, and n² numbers.
//!
//! [`soft_rank_burn`], [`soft_sort_burn`] and [`spearman_loss_burn`] return tensors as Burn's own operations do, and as
//! those panic for shapes that do not fit; a row with a NaN is NaN. [`operator_burn`] and [`ranking_loss_burn`] know every
//! operator and every loss, and return errors.
//!
//! Since Burn 0.22 a tensor has no parameter for its backend: it runs where its device says. Gradients are of the first
//! order, as in Burn itself.
//!
//! # Example
//!
//! ```
//! use rank_soft::burn::burn_tensor::{Device, Tensor};
//! use rank_soft::burn::{soft_rank_burn, spearman_loss_burn};
//!
//! # if false { // Needs a backend: `burn-tensor` with the features `flex` and `autodiff`, for one.
//! let device = Device::default().autodiff();
//! let predictions = Tensor::<1>::from_floats([0.1, 0.9, 0.3, 0.7, 0.5], &device).require_grad();
//! let targets = Tensor::<1>::from_floats([0.0, 1.0, 0.2, 0.8, 0.4], &device);
//! let ranks = soft_rank_burn(&predictions, 0.1);
//! let loss = spearman_loss_burn(&predictions, &targets, 1.0);
//! # }
//! ```

mod linear;
mod ordinal;

pub use burn_tensor;
use burn_tensor::{Bool, DType, Element, Tensor, TensorData};
use linear::{Linear, Rows};
pub use ordinal::ordinal_loss_burn;

use crate::spearman::Correlation;
use crate::{Error, Float, GradientRule, Input, Kind, Loss, Operator, Reduction, Result, SoftOptions};

/// [`soft_rank`](crate::soft_rank) of each row of a tensor.
///
/// * `values`: any float dtype, shape `(…, n)`.
/// * `strength`: a number (larger is softer, 0 is hard) or [`SoftOptions`].
///
/// Returns the ranks, in shape, dtype and on the device of `values`; a row with a NaN is NaN.
///
/// # Panics
///
/// For a strength out of its range, and for what Burn panics for: a tensor of an other kind, a device that fails.
///
/// # Source
///
/// Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).
///
/// # Example
///
/// See the [module](self).
#[must_use]
pub fn soft_rank_burn<const D: usize>(values: &Tensor<D>, strength: impl Into<SoftOptions>) -> Tensor<D> {
    expect(apply(values, &Operator::of(Kind::Rank, strength.into()), None, true))
}

/// [`soft_sort`](crate::soft_sort) of each row of a tensor.
///
/// * `values`: any float dtype, shape `(…, n)`.
/// * `strength`: a number (larger is softer, 0 is hard) or [`SoftOptions`].
///
/// Returns the sorted values, in shape, dtype and on the device of `values`; a row with a NaN is NaN.
///
/// # Panics
///
/// As [`soft_rank_burn`].
///
/// # Source
///
/// Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).
///
/// # Example
///
/// See the [module](self).
#[must_use]
pub fn soft_sort_burn<const D: usize>(values: &Tensor<D>, strength: impl Into<SoftOptions>) -> Tensor<D> {
    expect(apply(values, &Operator::of(Kind::Sort, strength.into()), None, true))
}

/// [`spearman_loss`](crate::spearman_loss) of each row of two tensors.
///
/// * `predictions`, `targets`: of one float dtype and one shape `(…, n)`.
/// * `strength`: a number (larger is softer, 0 is hard) or [`SoftOptions`].
///
/// Returns one loss for each row, of which a training step takes the mean: shape `(1,)` for one row. A row with a number
/// that is not finite is NaN. Gradients flow to both arguments.
///
/// # Panics
///
/// For two shapes or dtypes, and as [`soft_rank_burn`].
///
/// # Source
///
/// Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020), section 6.
///
/// # Example
///
/// See the [module](self).
#[must_use]
pub fn spearman_loss_burn<const D: usize>(
    predictions: &Tensor<D>,
    targets: &Tensor<D>,
    strength: impl Into<SoftOptions>,
) -> Tensor<1> {
    let options = strength.into();
    expect(match predictions.dtype() {
        DType::F64 => spearman::<f64, D>(predictions, targets, options),
        _ => spearman::<f32, D>(predictions, targets, options),
    })
}

/// An [`Operator`] on the rows of a tensor.
///
/// * `values`: any float dtype, shape `(…, n)`.
/// * `operator`: which one, with its options; its gradient is exact or straight through.
/// * `mask`: in the shape of the values: which numbers count.
///
/// Returns in dtype and on the device of `values`: ranks, sorted values and masks in their shape; `k` values, or one
/// quantile, a row in the shape `(…, k)` or `(…, 1)`.
///
/// # Errors
///
/// What [`Operator::forward`] refuses, a mask of another shape, a black box's gradient, and
/// [`Error::Unreadable`] where the numbers cannot be had.
///
/// # Source
///
/// See [`Method`](crate::Method).
///
/// # Example
///
/// See the [module](self).
pub fn operator_burn<const D: usize>(
    values: &Tensor<D>,
    operator: &Operator,
    mask: Option<&Tensor<D, Bool>>,
) -> Result<Tensor<D>> {
    apply(values, operator, mask, false)
}

/// A ranking [`Loss`] of the rows of a tensor.
///
/// * `scores`: any float dtype, shape `(…, n)`; finite.
/// * `labels`: constants in their shape and dtype.
/// * `loss`: which one, with its options.
/// * `mask`: in their shape: which items count.
/// * `weights`: positive constants in their shape and dtype.
/// * `reduction`: how losses of rows become one.
///
/// Returns one number, shape `(1,)`; without reduction one for each row. Differentiable to the scores.
///
/// # Errors
///
/// What [`Loss::evaluate`] refuses, another shape or dtype, and [`Error::Unreadable`] where the numbers cannot be had.
///
/// # Source
///
/// See [`LossKind`](crate::LossKind).
///
/// # Example
///
/// See the [module](self).
pub fn ranking_loss_burn<const D: usize>(
    scores: &Tensor<D>,
    labels: &Tensor<D>,
    loss: &Loss,
    mask: Option<&Tensor<D, Bool>>,
    weights: Option<&Tensor<D>>,
    reduction: Reduction,
) -> Result<Tensor<1>> {
    match scores.dtype() {
        DType::F64 => listwise::<f64, D>(scores, labels, loss, mask, weights, reduction),
        _ => listwise::<f32, D>(scores, labels, loss, mask, weights, reduction),
    }
}

/// What cannot fail on data; for what can, the caller has been told that this panics.
fn expect<T>(result: Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

fn read<T: Element, const D: usize>(tensor: &Tensor<D>, argument: &'static str) -> Result<Vec<T>> {
    let data = tensor.clone().inner();
    data.try_to_vec_as::<T>().map_err(|error| Error::Unreadable { argument, reason: error.to_string() })
}

fn marks<const D: usize>(mask: Option<&Tensor<D, Bool>>, dims: [usize; D], of: &str) -> Result<Option<Vec<bool>>> {
    let Some(mask) = mask else { return Ok(None) };
    same_shape("mask", mask.dims(), of, dims)?;
    let data = mask.clone().inner().try_to_vec_as::<bool>();
    data.map(Some).map_err(|error| Error::Unreadable { argument: "mask", reason: error.to_string() })
}

fn same_shape<const D: usize>(argument: &'static str, got: [usize; D], other: &str, wanted: [usize; D]) -> Result<()> {
    if got == wanted {
        return Ok(());
    }
    Err(Error::Shape { argument, expected: format!("shape {wanted:?}, which {other} has"), shape: got.to_vec() })
}

fn same<const D: usize>(argument: &'static str, tensor: &Tensor<D>, other: &'static str, of: &Tensor<D>) -> Result<()> {
    same_shape(argument, tensor.dims(), other, of.dims())?;
    if tensor.dtype() == of.dtype() {
        return Ok(());
    }
    let got = tensor.dtype().name().to_owned();
    Err(Error::Dtype { argument, expected: of.dtype().name(), got })
}

fn apply<const D: usize>(
    values: &Tensor<D>,
    operator: &Operator,
    mask: Option<&Tensor<D, Bool>>,
    lenient: bool,
) -> Result<Tensor<D>> {
    let mask = marks(mask, values.dims(), "values")?;
    match values.dtype() {
        DType::F64 => compute::<f64, D>(values, operator, mask.as_deref(), lenient),
        _ => compute::<f32, D>(values, operator, mask.as_deref(), lenient),
    }
}

/// The values, and where a gradient may be asked for, what is 0 and has it. A lenient one makes NaN rows of such as have
/// a NaN.
fn compute<T: Float + Element, const D: usize>(
    values: &Tensor<D>,
    operator: &Operator,
    mask: Option<&[bool]>,
    lenient: bool,
) -> Result<Tensor<D>> {
    if matches!(operator.gradient, GradientRule::BlackBox { .. }) {
        return Err(Error::UnknownOption {
            argument: "gradient",
            expected: "an exact or a straight-through gradient on Burn, which sees no cotangent before the end",
            got: "black_box".to_owned(),
        });
    }
    let rows = Rows::of(values);
    let mut flat = read::<T, D>(values, "values")?;
    let bad: Vec<usize> = if lenient { rows.bad(&flat) } else { Vec::new() };
    for &row in &bad {
        flat[rows.range(row)].fill(T::default());
    }
    let (mut result, _) = operator.forward(&rows.input(&flat, mask, D))?;
    let outputs = operator.kind().outputs(rows.columns);
    for row in bad {
        result[row * outputs..(row + 1) * outputs].fill(T::from_f64(f64::NAN));
    }
    let mut shape = values.dims();
    shape[D - 1] = outputs;
    let constant = Tensor::from_data(TensorData::new(result, shape), (&values.device(), values.dtype()));
    if !values.is_autodiff() || rows.total() == 0 || outputs == 0 {
        return Ok(constant);
    }
    let wide: Vec<f64> = flat.iter().map(|&value| value.into()).collect();
    let soft = operator.gradient(GradientRule::Exact);
    let linear = Linear::new(&soft, &rows, &wide, mask, D)?;
    Ok(constant + linear.apply(rows.change(values, &flat, &wide)).cast(values.dtype()).reshape(shape))
}

fn spearman<T: Float + Element, const D: usize>(
    predictions: &Tensor<D>,
    targets: &Tensor<D>,
    options: SoftOptions,
) -> Result<Tensor<1>> {
    same("targets", targets, "predictions", predictions)?;
    let rows = Rows::of(predictions);
    let (mut left, mut right) = (read::<T, D>(predictions, "predictions")?, read::<T, D>(targets, "targets")?);
    let finite = |values: &[T]| values.iter().all(|&value| value.into().abs() <= crate::error::LIMIT);
    let (mut losses, mut to_left, mut to_right) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..rows.count {
        let range = rows.range(row);
        let good = finite(&left[range.clone()]) && finite(&right[range.clone()]);
        if !good {
            left[range.clone()].fill(T::default());
            right[range.clone()].fill(T::default());
        }
        let correlation = Correlation::new(&left[range.clone()], &right[range], options)?;
        losses.push(T::from_f64(if good { correlation.loss } else { f64::NAN }));
        to_left.extend(correlation.gradient::<f64>(false, 1.0)?);
        to_right.extend(correlation.gradient::<f64>(true, 1.0)?);
    }
    let dtype = predictions.dtype();
    let mut loss = Tensor::from_data(TensorData::new(losses, [rows.count]), (&predictions.device(), dtype));
    for (side, flat, slopes) in [(predictions, &left, to_left), (targets, &right, to_right)] {
        if side.is_autodiff() && rows.total() > 0 {
            loss = loss + Linear::sums(slopes).apply(rows.change(side, flat, &[])).cast(dtype).reshape([rows.count]);
        }
    }
    Ok(loss)
}

fn listwise<T: Float + Element, const D: usize>(
    scores: &Tensor<D>,
    labels: &Tensor<D>,
    loss: &Loss,
    mask: Option<&Tensor<D, Bool>>,
    weights: Option<&Tensor<D>>,
    reduction: Reduction,
) -> Result<Tensor<1>> {
    same("labels", labels, "scores", scores)?;
    let shares = match weights {
        Some(weights) => {
            same("weights", weights, "scores", scores)?;
            Some(read::<T, D>(weights, "weights")?)
        }
        None => None,
    };
    let mask = marks(mask, scores.dims(), "scores")?;
    let rows = Rows::of(scores);
    let (flat, labels) = (read::<T, D>(scores, "scores")?, read::<T, D>(labels, "labels")?);
    let input: Input<'_, T> = rows.input(&flat, mask.as_deref(), D);
    let input = match &shares {
        Some(shares) => input.weights(shares),
        None => input,
    };
    let result = loss.evaluate(&input, &labels, reduction)?;
    let values: Vec<T> = result.values.into_iter().map(<T as Float>::from_f64).collect();
    let (count, dtype) = (values.len(), scores.dtype());
    let constant = Tensor::from_data(TensorData::new(values, [count]), (&scores.device(), dtype));
    if !scores.is_autodiff() || rows.total() == 0 {
        return Ok(constant);
    }
    let slopes = result.gradient.into_iter().map(Into::into).collect();
    let sums = Linear::sums(slopes).apply(rows.change(scores, &flat, &[])).cast(dtype).reshape([rows.count]);
    Ok(constant + if reduction == Reduction::None { sums } else { sums.sum() })
}
