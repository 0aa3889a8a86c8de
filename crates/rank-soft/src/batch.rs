//! Operators on many rows: forward, and back through what the forward pass kept.

use std::ops::Range;

use crate::float::{Real, check_finite, check_length};
use crate::input::{Layout, thread_count};
use crate::operator::{GradientRule, Kind, Scale};
use crate::pool::{Fit, TINY};
use crate::projection::{POSITION, Projection, Scratch};
use crate::smooth::{self, Target};
use crate::{Direction, Float, Input, Method, Operator, Regularization, Result, Rows};

/// What the gradient of an operator needs of its forward pass: order, blocks, strengths.
#[derive(Debug, Clone)]
pub struct State {
    operator: Operator,
    rows: Rows,
    /// Whether errors name the row.
    batch: bool,
    threads: usize,
    /// Of each row: how many values count, at the beginning of its part of what follows.
    counts: Vec<usize>,
    strengths: Vec<f64>,
    order: Vec<u32>,
    shares: Vec<f64>,
    /// The values, for gradients that need them.
    values: Vec<f64>,
    mask: Option<Vec<bool>>,
    weights: Option<Vec<f64>>,
    divisors: Option<Vec<f64>>,
}

/// The part of a state that one row writes.
struct Saved<'a> {
    order: &'a mut [u32],
    shares: &'a mut [f64],
    values: &'a mut [f64],
    strength: &'a mut f64,
    count: &'a mut usize,
}

/// What a thread keeps from row to row.
struct Workspace<W> {
    scratch: Scratch,
    values: Vec<W>,
    cotangent: Vec<W>,
    out: Vec<W>,
    full: Vec<W>,
    weights: Vec<f64>,
    spare: Vec<u32>,
}

impl<W> Default for Workspace<W> {
    fn default() -> Self {
        Self {
            scratch: Scratch::default(),
            values: Vec::new(),
            cotangent: Vec::new(),
            out: Vec::new(),
            full: Vec::new(),
            weights: Vec::new(),
            spare: Vec::new(),
        }
    }
}

impl Operator {
    /// The values of the operator for each row, one after the other, and what its gradient needs.
    ///
    /// A row of n numbers gives [`Kind::outputs`] numbers. Infinite values are hard: a block of their own, with equal
    /// ones, and no gradient.
    ///
    /// # Errors
    ///
    /// [`Error::NotANumber`](crate::Error::NotANumber), [`Error::InvalidStrength`](crate::Error::InvalidStrength),
    /// [`Error::OutOfRange`](crate::Error::OutOfRange), [`Error::LengthMismatch`](crate::Error::LengthMismatch),
    /// [`Error::Shape`](crate::Error::Shape), [`Error::Offsets`](crate::Error::Offsets), and
    /// [`Error::UnknownOption`](crate::Error::UnknownOption) for options that do not go together.
    ///
    /// # Example
    ///
    /// See [`Operator`].
    pub fn forward<T: Float>(&self, input: &Input<'_, T>) -> Result<(Vec<T>, State)> {
        self.check()?;
        let rows = input.rows()?;
        input.check(&rows)?;
        if input.weights.is_some() && (self.sorts() || self.method.regularization().is_none()) {
            return Err(crate::Error::UnknownOption {
                argument: "weights",
                expected: "none but for ranks and masks by l2 or KL",
                got: "some".to_owned(),
            });
        }
        if input.strengths.is_some() && self.sorts() {
            return Err(crate::Error::UnknownOption {
                argument: "strengths",
                expected: "none for a sort",
                got: "some".to_owned(),
            });
        }
        let total = rows.total();
        let outputs = (0..rows.count()).map(|row| self.kind.outputs(rows.range(row).len())).sum();
        let mut out = vec![T::default(); outputs];
        let wide = |numbers: &[T]| numbers.iter().map(|&number| number.into()).collect::<Vec<f64>>();
        let mut state = State {
            operator: *self,
            batch: !matches!(input.layout, Layout::One),
            threads: thread_count(input.threads),
            counts: vec![0; rows.count()],
            strengths: vec![0.0; rows.count()],
            order: vec![0; total],
            shares: vec![0.0; if self.projection(0).has_shares() { total } else { 0 }],
            values: vec![0.0; if self.keeps_values() { total } else { 0 }],
            mask: input.mask.map(<[bool]>::to_vec),
            weights: input.weights.map(wide),
            divisors: input.strengths.map(wide),
            rows,
        };
        state.fill(input, &mut out)?;
        Ok((out, state))
    }

    /// Whether the gradient needs the values themselves.
    fn keeps_values(&self) -> bool {
        matches!(self.gradient, GradientRule::BlackBox { .. }) || self.method.regularization().is_none()
    }

    /// The projection of a row of which `count` values count.
    fn projection(&self, count: usize) -> Projection {
        let fit = match self.kind {
            Kind::Rank => Fit::Ranks,
            Kind::TopKMask { k } => Fit::TopK(k.min(count)),
            Kind::Sort | Kind::TopK { .. } | Kind::Quantile { .. } => Fit::Sort,
        };
        let negated = match self.kind {
            Kind::Rank => self.direction == Direction::Descending,
            Kind::Sort => self.direction == Direction::Ascending,
            Kind::Quantile { .. } => true,
            Kind::TopKMask { .. } | Kind::TopK { .. } => false,
        };
        let center = if self.center { (count + 1) as f64 / 2.0 } else { 0.0 };
        Projection { fit, regularization: self.method.regularization().unwrap_or_default(), negated, center }
    }

    /// The strength for a row of these values.
    fn strength_for<W: Float>(&self, values: &[W], factor: f64) -> f64 {
        let strength = self.strength * factor;
        // Sinkhorn standardizes the values itself.
        if self.scale == Scale::Absolute || self.method == Method::Sinkhorn {
            return strength;
        }
        let finite = values.iter().map(|&value| value.into()).filter(|value| value.is_finite());
        let (least, most) =
            finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), value| (a.min(value), b.max(value)));
        let gap = (most - least) / values.len() as f64;
        if gap <= 0.0 || !gap.is_finite() {
            // Nothing to order: any strength pools all.
            return strength;
        }
        let inverse = (self.sorts() && self.method == Method::L2) || self.method == Method::Sigmoid;
        if inverse { strength / gap } else { strength * gap }
    }

    /// Whether the method is the hard operator at this strength.
    fn is_hard(&self, strength: f64) -> bool {
        strength < TINY && self.method != Method::Sigmoid
    }

    fn row_forward<W: Real>(
        &self,
        values: &[W],
        weights: Option<&[f64]>,
        work: &mut Workspace<W>,
        saved: &mut Saved<'_>,
        factor: f64,
        out: &mut [W],
    ) -> Result<()> {
        let (count, projection) = (values.len(), self.projection(values.len()));
        *saved.strength = self.strength_for(values, factor);
        *saved.count = count;
        for (kept, &value) in saved.values.iter_mut().zip(values) {
            *kept = value.into();
        }
        let entries = !matches!(self.kind, Kind::Rank | Kind::Sort | Kind::TopKMask { .. });
        let order = &mut saved.order[..count];
        let shares = saved.shares.get_mut(..count).unwrap_or_default();
        let mut full = std::mem::take(&mut work.full);
        if entries {
            full.resize(count, W::default());
        }
        let target = if entries { &mut full[..count] } else { &mut out[..count] };
        let smooth = self.method.regularization().is_none();
        if smooth {
            check_finite("values", values)?;
        }
        let hard = self.gradient != GradientRule::Exact || (smooth && self.is_hard(*saved.strength));
        if smooth && !hard {
            let sign = if projection.negated { -1.0 } else { 1.0 };
            let x: Vec<f64> = values.iter().map(|&value| sign * value.into()).collect();
            let mut result = vec![0.0; count];
            smooth::forward(self.method, Target::of(self.kind, count), &x, *saved.strength, &mut result);
            let sign = if self.sorts() { sign } else { 1.0 };
            for (target, value) in target.iter_mut().zip(result) {
                *target = W::from_f64(sign * value);
            }
        }
        if !smooth && !matches!(self.gradient, GradientRule::BlackBox { .. }) {
            projection.forward(values, weights, *saved.strength, &mut work.scratch, (order, shares), target)?;
        }
        if hard {
            work.spare.resize(count, 0);
            let l2 = Projection { regularization: Regularization::L2, ..projection };
            l2.forward(values, weights, 0.0, &mut work.scratch, (&mut work.spare[..count], &mut []), target)?;
        }
        match self.kind {
            Kind::TopK { .. } => {
                let some = count.min(out.len());
                out[..some].copy_from_slice(&full[..some]);
                out[some..].fill(W::default());
            }
            Kind::Quantile { level } => {
                let (low, share) = between(level, count);
                out[0] = W::from_f64(match full.get(low..count) {
                    Some([low, high, ..]) if share > 0.0 => (1.0 - share) * (*low).into() + share * (*high).into(),
                    Some([low, ..]) => (*low).into(),
                    _ => f64::NAN,
                });
            }
            _ => out[count..].fill(W::default()),
        }
        work.full = full;
        Ok(())
    }
}

/// Before which sorted value of `count` a quantile lies, and how far from it to the next.
fn between(level: f64, count: usize) -> (usize, f64) {
    let place = level * count.saturating_sub(1) as f64;
    (place.floor() as usize, place.fract())
}

/// Cuts the first `count` off.
#[expect(clippy::mut_mut, reason = "the slice itself moves on")]
fn cut<'a, T>(slice: &mut &'a mut [T], count: usize) -> &'a mut [T] {
    let count = count.min(slice.len());
    let (first, rest) = std::mem::take(slice).split_at_mut(count);
    *slice = rest;
    first
}

/// Does `work` for each piece on a thread of its own, the last one on this. The first error counts.
pub(crate) fn in_threads<P: Send>(pieces: Vec<P>, work: impl Fn(P) -> Result<()> + Sync) -> Result<()> {
    let mut pieces = pieces.into_iter();
    let Some(first) = pieces.next() else { return Ok(()) };
    if pieces.len() == 0 {
        return work(first);
    }
    std::thread::scope(|scope| {
        let others: Vec<_> = pieces.map(|piece| scope.spawn(|| work(piece))).collect();
        let mut result = work(first);
        for other in others {
            let other = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            result = result.and(other);
        }
        result
    })
}

impl State {
    /// The operator.
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// The rows.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// How many numbers the operator gave.
    pub fn outputs(&self) -> usize {
        (0..self.rows.count()).map(|row| self.row_outputs(row)).sum()
    }

    fn row_outputs(&self, row: usize) -> usize {
        self.operator.kind.outputs(self.rows.range(row).len())
    }

    fn fill<T: Float>(&mut self, input: &Input<'_, T>, out: &mut [T]) -> Result<()> {
        let shares = self.rows.shares(self.threads);
        let (mut order, mut kept) = (self.order.as_mut_slice(), self.values.as_mut_slice());
        let (mut strengths, mut counts) = (self.strengths.as_mut_slice(), self.counts.as_mut_slice());
        let (mut softmax, mut out) = (self.shares.as_mut_slice(), out);
        let mut pieces = Vec::with_capacity(shares.len());
        for share in shares {
            let numbers: usize = share.clone().map(|row| self.rows.range(row).len()).sum();
            let outputs = share.clone().map(|row| self.operator.kind.outputs(self.rows.range(row).len())).sum();
            let parts = (
                cut(&mut order, numbers),
                cut(&mut softmax, numbers),
                cut(&mut kept, numbers),
                cut(&mut strengths, share.len()),
                cut(&mut counts, share.len()),
                cut(&mut out, outputs),
            );
            pieces.push((share, parts));
        }
        let (operator, rows, batch) = (self.operator, &self.rows, self.batch);
        in_threads(pieces, |(share, (mut order, mut shares, mut kept, strengths, counts, mut out))| {
            let (mut own, mut wide) = (Workspace::<T::Row>::default(), Workspace::<f64>::default());
            for (row, (strength, count)) in share.zip(strengths.iter_mut().zip(counts)) {
                let range = rows.range(row);
                let mut saved = Saved {
                    order: cut(&mut order, range.len()),
                    shares: cut(&mut shares, range.len()),
                    values: cut(&mut kept, range.len()),
                    strength,
                    count,
                };
                let out = cut(&mut out, operator.kind.outputs(range.len()));
                let factor = input.row_strengths.map_or(1.0, |strengths| strengths[row]);
                let done = if input.strengths.is_some() {
                    gathered(&operator, input, range, &mut wide, &mut saved, factor, out)
                } else {
                    let values = T::as_row(&input.values[range.clone()]);
                    if input.mask.is_none()
                        && input.weights.is_none()
                        && let Some(values) = values
                    {
                        let out = T::as_row_mut(out).unwrap_or_default();
                        operator.row_forward(values, None, &mut own, &mut saved, factor, out)
                    } else {
                        gathered(&operator, input, range, &mut own, &mut saved, factor, out)
                    }
                };
                done.map_err(|error| if batch { error.in_row(row) } else { error })?;
            }
            Ok(())
        })
    }

    /// The gradient, to the values, of the inner product of the operator's values with `cotangent`. Exact.
    ///
    /// # Errors
    ///
    /// [`Error::LengthMismatch`](crate::Error::LengthMismatch) if there is not one number for each that the operator
    /// gave.
    pub fn vjp<T: Float>(&self, cotangent: &[T]) -> Result<Vec<T>> {
        check_length("cotangent", cotangent.len(), "the result", self.outputs())?;
        let mut gradient = vec![T::default(); self.rows.total()];
        let mut rest = gradient.as_mut_slice();
        let mut first = 0;
        let mut pieces = Vec::new();
        for share in self.rows.shares(self.threads) {
            let numbers = share.clone().map(|row| self.rows.range(row).len()).sum();
            let outputs: usize = share.clone().map(|row| self.row_outputs(row)).sum();
            pieces.push((share, cut(&mut rest, numbers), &cotangent[first..first + outputs]));
            first += outputs;
        }
        in_threads(pieces, |(share, mut gradient, mut cotangent)| {
            let (mut own, mut wide) = (Workspace::<T::Row>::default(), Workspace::<f64>::default());
            for row in share {
                let length = self.rows.range(row).len();
                let (cotangents, rest) = cotangent.split_at(self.row_outputs(row));
                cotangent = rest;
                let gradient = cut(&mut gradient, length);
                let plain = self.mask.is_none() && self.divisors.is_none();
                let direct = T::as_row(cotangents).filter(|_| plain);
                if let Some(cotangents) = direct {
                    self.row_vjp(row, None, &mut own, cotangents, T::as_row_mut(gradient).unwrap_or_default())?;
                } else if self.divisors.is_some() {
                    self.scattered_vjp(row, &mut wide, cotangents, gradient)?;
                } else {
                    self.scattered_vjp(row, &mut own, cotangents, gradient)?;
                }
            }
            Ok(())
        })?;
        Ok(gradient)
    }

    /// [`row_vjp`](Self::row_vjp) of a row whose values were gathered.
    fn scattered_vjp<T: Float, W: Real>(
        &self,
        row: usize,
        work: &mut Workspace<W>,
        cotangent: &[T],
        gradient: &mut [T],
    ) -> Result<()> {
        let range = self.rows.range(row);
        let counted = |i: usize| self.mask.as_ref().is_none_or(|mask| mask[range.start + i]);
        let divisor = |i: usize| self.divisors.as_ref().map_or(1.0, |divisors| divisors[range.start + i]);
        let aligned = matches!(self.operator.kind, Kind::Rank | Kind::TopKMask { .. });
        let mut cotangents = std::mem::take(&mut work.cotangent);
        cotangents.clear();
        let given = cotangent.iter().enumerate().filter(|(i, _)| !aligned || counted(*i));
        cotangents.extend(given.map(|(_, &value)| W::from_f64(value.into())));
        let mut out = std::mem::take(&mut work.out);
        out.clear();
        out.resize(self.counts[row], W::default());
        let weights = self.weights.as_ref().map(|weights| {
            (0..range.len()).filter(|&i| counted(i)).map(|i| weights[range.start + i]).collect::<Vec<_>>()
        });
        self.row_vjp(row, weights.as_deref(), work, &cotangents, &mut out)?;
        let mut gradients = out.iter();
        for (i, gradient) in gradient.iter_mut().enumerate() {
            *gradient = T::from_f64(match counted(i).then(|| gradients.next()).flatten() {
                Some(&value) => value.into() / divisor(i),
                None => 0.0,
            });
        }
        (work.cotangent, work.out) = (cotangents, out);
        Ok(())
    }

    fn row_vjp<W: Real>(
        &self,
        row: usize,
        weights: Option<&[f64]>,
        work: &mut Workspace<W>,
        cotangent: &[W],
        gradient: &mut [W],
    ) -> Result<()> {
        let (range, count, strength) = (self.rows.range(row), self.counts[row], self.strengths[row]);
        let own: Range<usize> = range.start..range.start + count;
        let weights = weights.or_else(|| self.weights.as_ref().map(|weights| &weights[own.clone()]));
        let projection = self.operator.projection(count);
        if let GradientRule::BlackBox { reach } = self.operator.gradient {
            return self.black_box(&projection, (own, reach), weights, work, cotangent, gradient);
        }
        let smooth = self.operator.method.regularization().is_none();
        let mut spare = Vec::new();
        let order = if smooth && self.operator.is_hard(strength) {
            let (mut out, values) = (vec![0.0; count], &self.values[own.clone()]);
            spare.resize(count, 0);
            projection.forward(values, weights, 0.0, &mut work.scratch, (&mut spare, &mut []), &mut out)?;
            &spare[..]
        } else {
            &self.order[own.clone()]
        };
        let shares = self.shares.get(own.clone()).unwrap_or_default();
        let entries = match self.operator.kind {
            Kind::TopK { .. } => Some((0, [1.0, 1.0])),
            Kind::Quantile { level } => {
                let (low, share) = between(level, count);
                Some((low, [1.0 - share, share]))
            }
            _ => None,
        };
        if let Some((first, factors)) = entries {
            let mut full = std::mem::take(&mut work.full);
            full.clear();
            full.resize(count, W::default());
            if matches!(self.operator.kind, Kind::TopK { .. }) {
                for (to, &from) in full.iter_mut().zip(cotangent) {
                    *to = from;
                }
            } else {
                for (to, factor) in full[first.min(count)..].iter_mut().zip(factors) {
                    *to = W::from_f64(factor * cotangent[0].into());
                }
            }
            if spare.is_empty() && smooth {
                self.smooth_vjp(&projection, own, strength, &full, gradient);
            } else {
                projection.vjp((order, shares), weights, strength, &mut work.scratch, &full, gradient);
            }
            work.full = full;
        } else if spare.is_empty() && smooth {
            self.smooth_vjp(&projection, own, strength, &cotangent[..count], gradient);
        } else {
            projection.vjp((order, shares), weights, strength, &mut work.scratch, &cotangent[..count], gradient);
        }
        Ok(())
    }

    fn smooth_vjp<W: Real>(
        &self,
        projection: &Projection,
        own: Range<usize>,
        strength: f64,
        cotangent: &[W],
        gradient: &mut [W],
    ) {
        let sign = if projection.negated { -1.0 } else { 1.0 };
        let x: Vec<f64> = self.values[own].iter().map(|value| sign * value).collect();
        let u: Vec<f64> = cotangent.iter().map(|&value| value.into()).collect();
        let mut out = vec![0.0; x.len()];
        smooth::vjp(self.operator.method, Target::of(self.operator.kind, x.len()), &x, strength, &u, &mut out);
        // A sort is negated twice.
        let sign = if self.operator.sorts() { 1.0 } else { sign };
        for (gradient, value) in gradient.iter_mut().zip(out) {
            *gradient = W::from_f64(sign * value);
        }
    }

    fn black_box<W: Real>(
        &self,
        projection: &Projection,
        (own, reach): (Range<usize>, f64),
        weights: Option<&[f64]>,
        work: &mut Workspace<W>,
        cotangent: &[W],
        gradient: &mut [W],
    ) -> Result<()> {
        let l2 = Projection { regularization: Regularization::L2, ..*projection };
        let sign = if projection.negated { -1.0 } else { 1.0 };
        let values = &self.values[own];
        let moved: Vec<f64> = values.iter().zip(cotangent).map(|(value, &u)| value - sign * reach * u.into()).collect();
        let (mut here, mut there) = (vec![0.0; values.len()], vec![0.0; values.len()]);
        let mut order = vec![0; values.len()];
        l2.forward(values, weights, 0.0, &mut work.scratch, (&mut order, &mut []), &mut here)?;
        l2.forward(&moved, weights, 0.0, &mut work.scratch, (&mut order, &mut []), &mut there)?;
        for ((gradient, here), there) in gradient.iter_mut().zip(here).zip(there) {
            *gradient = W::from_f64(sign * (here - there) / reach);
        }
        Ok(())
    }

    /// The lengths of the blocks of a row, along its sorted order; none for methods that have none.
    pub fn block_lengths(&self, row: usize) -> Vec<usize> {
        let range = self.rows.range(row);
        let mut lengths = Vec::new();
        if self.operator.method.regularization().is_none() {
            return lengths;
        }
        crate::projection::for_each_block(&self.order[range.start..range.start + self.counts[row]], |start, end| {
            lengths.push(end - start);
        });
        lengths
    }

    /// The positions of a row's values in the order of the fit: descending, but ascending for descending ranks and for an
    /// ascending sort. Where some are masked, positions count those that are not.
    pub fn row_order(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        let range = self.rows.range(row);
        self.order[range.start..range.start + self.counts[row]].iter().map(|position| (position & POSITION) as usize)
    }
}

/// [`Operator::row_forward`] of the values that count, divided by their strengths.
fn gathered<T: Float, W: Real>(
    operator: &Operator,
    input: &Input<'_, T>,
    range: Range<usize>,
    work: &mut Workspace<W>,
    saved: &mut Saved<'_>,
    factor: f64,
    out: &mut [T],
) -> Result<()> {
    let counted = |i: usize| input.mask.is_none_or(|mask| mask[i]);
    let mut values = std::mem::take(&mut work.values);
    values.clear();
    values.extend(range.clone().filter(|&i| counted(i)).map(|i| {
        let divisor = input.strengths.map_or(1.0, |strengths| strengths[i].into());
        W::from_f64(input.values[i].into() / divisor)
    }));
    let mut weights = std::mem::take(&mut work.weights);
    weights.clear();
    let given = input.weights.map(|given| {
        weights.extend(range.clone().filter(|&i| counted(i)).map(|i| given[i].into()));
        weights.as_slice()
    });
    let mut results = std::mem::take(&mut work.out);
    results.clear();
    let aligned = matches!(operator.kind, Kind::Rank | Kind::TopKMask { .. });
    results.resize(if aligned { values.len() } else { out.len() }, W::default());
    operator.row_forward(&values, given, work, saved, factor, &mut results).map_err(|error| {
        // The position among all values of the row.
        error.with_position(|position| {
            range.clone().filter(|&i| counted(i)).nth(position).map_or(0, |i| i - range.start)
        })
    })?;
    let mut next = results.iter();
    for (i, out) in out.iter_mut().enumerate() {
        let value = if !aligned || counted(range.start + i) { next.next().copied() } else { None };
        *out = T::from_f64(value.map_or(0.0, Into::into));
    }
    (work.values, work.weights, work.out) = (values, weights, results);
    Ok(())
}
