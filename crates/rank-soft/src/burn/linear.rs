//! Linear maps of a tensor's change, which is 0 and whose gradient is not.
//!
//! Around the values x that the host saw, an operator is f(x) + J (t - x), where t is the tensor: its value is f(x), its
//! gradient Jᵀ u. J is written so that it needs little memory: by l2 and KL a block's part of it is a diagonal and a
//! product of two vectors.

use std::ops::Range;

use burn_tensor::ops::IndexingUpdateOp;
use burn_tensor::{DType, Device, Element, FloatDType, Int, Tensor, TensorData};

use crate::{Direction, Float, Input, Kind, Operator, Result, State};

/// Rows along the last dimension.
pub(super) struct Rows {
    pub(super) count: usize,
    pub(super) columns: usize,
}

impl Rows {
    pub(super) fn of<const D: usize>(tensor: &Tensor<D>) -> Self {
        let dims = tensor.dims();
        Self { count: dims[..D - 1].iter().product(), columns: dims[D - 1] }
    }

    pub(super) fn total(&self) -> usize {
        self.count * self.columns
    }

    pub(super) fn range(&self, row: usize) -> Range<usize> {
        row * self.columns..(row + 1) * self.columns
    }

    /// The rows that cannot be ranked.
    pub(super) fn bad<T: Float>(&self, flat: &[T]) -> Vec<usize> {
        let good = |value: f64| !value.is_nan() && (value.is_infinite() || value.abs() <= crate::error::LIMIT);
        (0..self.count).filter(|&row| !flat[self.range(row)].iter().all(|&value| good(value.into()))).collect()
    }

    /// For the core; a tensor of one dimension is one row and no batch.
    pub(super) fn input<'a, T: Float>(&self, flat: &'a [T], mask: Option<&'a [bool]>, dims: usize) -> Input<'a, T> {
        let input = Input::new(flat);
        let input = if dims == 1 { input } else { input.shape(self.count, self.columns) };
        match mask {
            Some(mask) => input.mask(mask),
            None => input,
        }
    }

    /// The tensor less its own values, `(rows, n)`: zeros, in the widest type that the device computes in. Values that
    /// are infinite have no gradient.
    pub(super) fn change<T: Float + Element, const D: usize>(
        &self,
        tensor: &Tensor<D>,
        flat: &[T],
        wide: &[f64],
    ) -> Tensor<2> {
        let (device, shape) = (tensor.device(), [self.count, self.columns]);
        let same = Tensor::<2>::from_data(TensorData::new(flat.to_vec(), shape), (&device, tensor.dtype()));
        let mut tensor = tensor.clone().reshape(shape);
        let mut same = same;
        if wide.iter().any(|value| value.is_infinite()) {
            let infinite = same.clone().is_inf();
            tensor = tensor.mask_fill(infinite.clone(), 0.0);
            same = same.mask_fill(infinite, 0.0);
        }
        let widest = if device.supports_dtype(FloatDType::F64) { FloatDType::F64 } else { FloatDType::F32 };
        (tensor - same).cast(widest)
    }
}

pub(super) enum Linear {
    /// Of each row the sum of `factors · change`.
    Sums(Vec<f64>),
    /// Of each row a matrix, `(outputs, n)`.
    Dense { outputs: usize, derivatives: Vec<f64> },
    /// Of each block a diagonal, if any, and a product of two vectors.
    Blocks { outputs: usize, diagonal: Vec<f64>, left: Vec<f64>, right: Vec<f64>, into: Vec<i64>, from: Vec<i64> },
}

impl Linear {
    pub(super) fn sums(factors: Vec<f64>) -> Self {
        Self::Sums(factors)
    }

    pub(super) fn new(
        operator: &Operator,
        rows: &Rows,
        values: &[f64],
        mask: Option<&[bool]>,
        dims: usize,
    ) -> Result<Self> {
        let (result, state) = operator.forward(&rows.input(values, mask, dims))?;
        let outputs = operator.kind().outputs(rows.columns);
        if let Kind::Quantile { .. } = operator.kind() {
            return Ok(Self::Sums(state.vjp(&vec![1.0; result.len()])?));
        }
        if operator.method.regularization().is_none() {
            return dense(&state, rows, outputs);
        }
        let mut blocks = Blocks::new(rows, outputs);
        for row in 0..rows.count {
            let counted: Vec<usize> = rows.range(row).filter(|&i| mask.is_none_or(|mask| mask[i])).collect();
            let order: Vec<usize> = state.row_order(row).map(|position| counted[position]).collect();
            let mut start = 0;
            for (block, length) in state.block_lengths(row).into_iter().enumerate() {
                let members = &order[start..start + length];
                if operator.sorts() {
                    blocks.sorted(row, block, start, members);
                } else if length > 1 && values[members[0]].is_finite() {
                    blocks.ranked(operator, block, members, &result, state.strength(row));
                }
                start += length;
            }
        }
        if operator.sorts() {
            blocks.right = state.vjp(&blocks.starts)?;
        }
        Ok(blocks.done())
    }

    /// Of a change of shape `(rows, n)`; the result is `(rows, outputs)`.
    pub(super) fn apply(self, change: Tensor<2>) -> Tensor<2> {
        let ([count, columns], device, dtype) = (change.dims(), change.device(), change.dtype());
        let constant = |numbers: Vec<f64>, columns: usize| matrix(numbers, [count, columns], &device, dtype);
        match self {
            Self::Sums(factors) => (change * constant(factors, columns)).sum_dim(1),
            Self::Dense { outputs, derivatives } => {
                let shape = [count, outputs, columns];
                let matrices = Tensor::<3>::from_data(TensorData::new(derivatives, shape), (&device, dtype));
                matrices.matmul(change.reshape([count, columns, 1])).reshape([count, outputs])
            }
            Self::Blocks { outputs, diagonal, left, right, into, from } => {
                let index = |places: Vec<i64>, columns: usize| {
                    Tensor::<2, Int>::from_data(TensorData::new(places, [count, columns]), &device)
                };
                let nothing = Tensor::<2>::zeros([count, columns], (&device, dtype));
                let parts = change.clone() * constant(right, columns);
                let sums = nothing.scatter(1, index(into, columns), parts, IndexingUpdateOp::Add);
                let shared = sums.gather(1, index(from, outputs)) * constant(left, outputs);
                if diagonal.is_empty() { shared } else { change * constant(diagonal, columns) + shared }
            }
        }
    }
}

fn matrix(numbers: Vec<f64>, shape: [usize; 2], device: &Device, dtype: DType) -> Tensor<2> {
    Tensor::from_data(TensorData::new(numbers, shape), (device, dtype))
}

/// A pass back for each output, of all rows at once.
fn dense(state: &State, rows: &Rows, outputs: usize) -> Result<Linear> {
    let mut derivatives = vec![0.0; rows.count * outputs * rows.columns];
    for output in 0..outputs {
        let mut cotangent = vec![0.0; rows.count * outputs];
        cotangent.iter_mut().skip(output).step_by(outputs).for_each(|u| *u = 1.0);
        let gradient = state.vjp(&cotangent)?;
        for row in 0..rows.count {
            let start = (row * outputs + output) * rows.columns;
            derivatives[start..start + rows.columns].copy_from_slice(&gradient[rows.range(row)]);
        }
    }
    Ok(Linear::Dense { outputs, derivatives })
}

/// What blocks are made of, row by row; what is in none has zeros.
struct Blocks {
    outputs: usize,
    columns: usize,
    diagonal: Vec<f64>,
    left: Vec<f64>,
    right: Vec<f64>,
    /// To which block's sum a number adds.
    into: Vec<i64>,
    /// From which an output takes.
    from: Vec<i64>,
    /// 1 at the first place of each block of a sort.
    starts: Vec<f64>,
}

impl Blocks {
    fn new(rows: &Rows, outputs: usize) -> Self {
        let (total, results) = (rows.total(), rows.count * outputs);
        Self {
            outputs,
            columns: rows.columns,
            diagonal: Vec::new(),
            left: vec![0.0; results],
            right: vec![0.0; total],
            into: vec![0; total],
            from: vec![0; results],
            starts: vec![0.0; results],
        }
    }

    /// Each place of a block has the same derivatives, those that the gradient of its first place shows.
    fn sorted(&mut self, row: usize, block: usize, start: usize, members: &[usize]) {
        for &member in members {
            self.into[member] = block as i64;
        }
        let places = row * self.outputs + start.min(self.outputs)
            ..row * self.outputs + (start + members.len()).min(self.outputs);
        if let Some(first) = self.starts[places.clone()].first_mut() {
            *first = 1.0;
        }
        self.from[places.clone()].fill(block as i64);
        self.left[places].fill(1.0);
    }

    /// By l2 `(u - mean u) / ε`, by KL `r ∘ (u - ⟨p, u⟩) / ε`, where p is r over its sum.
    fn ranked(&mut self, operator: &Operator, block: usize, members: &[usize], result: &[f64], strength: f64) {
        if self.diagonal.is_empty() {
            self.diagonal = vec![0.0; self.right.len()];
        }
        debug_assert_eq!(self.outputs, self.columns);
        let sign = if operator.kind == Kind::Rank && operator.direction == Direction::Descending { -1.0 } else { 1.0 };
        let entropy = operator.method == crate::Method::Kl;
        let total: f64 = members.iter().map(|&member| result[member]).sum();
        for &member in members {
            let height = if entropy { result[member] } else { 1.0 };
            let share = if !entropy {
                1.0 / members.len() as f64
            } else if total > 0.0 {
                height / total
            } else {
                0.0
            };
            self.diagonal[member] = sign * height / strength;
            self.left[member] = -sign * height / strength;
            self.right[member] = share;
            self.into[member] = block as i64;
            self.from[member] = block as i64;
        }
    }

    fn done(self) -> Linear {
        let Self { outputs, diagonal, left, right, into, from, .. } = self;
        Linear::Blocks { outputs, diagonal, left, right, into, from }
    }
}
