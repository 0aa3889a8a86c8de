//! Operators on many rows.

use std::ops::Range;

use crate::error::{LIMIT, check_room};
use crate::float::{Real, check_finite, check_length};
use crate::input::{Layout, thread_count};
use crate::operator::{GradientRule, Kind, Scale};
use crate::pool::{Fit, TINY};
use crate::projection::Projection;
use crate::smooth::{self, Target};
use crate::spare::Buffer;
use crate::state::{Own, Saved, Workspace};
use crate::threads::{cut, in_turns};
use crate::watch::Watch;
use crate::{Direction, Float, Input, Method, Operator, Regularization, Result, Rows, State};

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
    /// [`Error::TooLarge`](crate::Error::TooLarge), [`Error::Shape`](crate::Error::Shape), [`Error::Offsets`](crate::Error::Offsets), and
    /// [`Error::UnknownOption`](crate::Error::UnknownOption) for options that do not go together.
    ///
    /// # Example
    ///
    /// See [`Operator`].
    pub fn forward<T: Float>(&self, input: &Input<'_, T>) -> Result<(Vec<T>, State)> {
        let rows = input.rows()?;
        self.check_room::<T>(&rows)?;
        let mut out = vec![T::default(); self.outputs(&rows)];
        let state = self.forward_into(input, &mut out)?;
        Ok((out, state))
    }

    /// How many numbers the operator gives for these rows.
    pub fn outputs(&self, rows: &Rows) -> usize {
        (0..rows.count())
            .fold(0, |outputs: usize, row| outputs.saturating_add(self.kind.outputs(rows.range(row).len())))
    }

    /// Whether there is room for that many.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`](crate::Error::TooLarge).
    pub fn check_room<T: Float>(&self, rows: &Rows) -> Result<()> {
        check_room::<T>(if let Kind::TopK { .. } = self.kind { "k" } else { "values" }, self.outputs(rows))
    }

    /// [`forward`](Self::forward) into numbers that are there.
    ///
    /// # Errors
    ///
    /// As [`forward`](Self::forward), and [`Error::LengthMismatch`](crate::Error::LengthMismatch) for others than
    /// [`outputs`](Self::outputs) numbers.
    pub fn forward_into<T: Float>(&self, input: &Input<'_, T>, out: &mut [T]) -> Result<State> {
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
        check_length("out", out.len(), "the result", self.outputs(&rows))?;
        let wide = |numbers: &[T]| numbers.iter().map(|&number| number.into()).collect::<Vec<f64>>();
        let mut state = State {
            operator: *self,
            batch: !matches!(input.layout, Layout::One),
            threads: thread_count(input.threads),
            counts: vec![0; rows.count()],
            strengths: vec![0.0; rows.count()],
            order: Buffer::new(total),
            shares: Buffer::new(if self.projection(0).has_shares() { total } else { 0 }),
            values: vec![0.0; if self.keeps_values() { total } else { 0 }],
            mask: input.mask.map(<[bool]>::to_vec),
            weights: input.weights.map(wide),
            divisors: input.strengths.map(wide),
            rows,
        };
        state.fill(input, out)?;
        Ok(state)
    }

    /// Whether the gradient needs the values themselves.
    fn keeps_values(&self) -> bool {
        matches!(self.gradient, GradientRule::BlackBox { .. }) || self.method.regularization().is_none()
    }

    /// The projection of a row of which `count` values count.
    pub(crate) fn projection(&self, count: usize) -> Projection {
        let fit = match self.kind {
            Kind::Rank => Fit::Ranks,
            Kind::TopKMask { k } => Fit::TopK(k),
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
        let strength = (self.strength * factor).min(LIMIT);
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
    pub(crate) fn is_hard(&self, strength: f64) -> bool {
        strength < TINY && self.method != Method::Sigmoid
    }

    fn row_forward<W: Real>(
        &self,
        values: &[W],
        weights: Option<&[f64]>,
        work: &mut Workspace<W>,
        saved: &mut Saved<'_>,
        (factor, watch): (f64, Watch<'_>),
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
        let place = if entries { &mut full[..count] } else { &mut out[..count] };
        let smooth = self.method.regularization().is_none();
        if smooth {
            check_finite("values", values)?;
        }
        let hard = self.gradient != GradientRule::Exact || (smooth && self.is_hard(*saved.strength));
        if smooth && !hard {
            let sign = if projection.negated { -1.0 } else { 1.0 };
            let x: Vec<f64> = values.iter().map(|&value| sign * value.into()).collect();
            let mut result = vec![0.0; count];
            let target = Target::of(self.kind, count);
            smooth::forward(self.method, target, &x, *saved.strength, watch, &mut result)?;
            let sign = if self.sorts() { sign } else { 1.0 };
            for (target, value) in place.iter_mut().zip(result) {
                *target = W::from_f64(sign * value);
            }
        }
        if !smooth && !matches!(self.gradient, GradientRule::BlackBox { .. }) {
            projection.forward(values, weights, *saved.strength, &mut work.scratch, (order, shares), place)?;
        }
        if hard {
            work.spare.resize(count, 0);
            let l2 = Projection { regularization: Regularization::L2, ..projection };
            l2.forward(values, weights, 0.0, &mut work.scratch, (&mut work.spare[..count], &mut []), place)?;
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
pub(crate) fn between(level: f64, count: usize) -> (usize, f64) {
    let place = level * count.saturating_sub(1) as f64;
    (place.floor() as usize, place.fract())
}

impl State {
    pub(crate) fn fill<T: Float>(&mut self, input: &Input<'_, T>, out: &mut [T]) -> Result<()> {
        let (threads, shares) = self.rows.turns(self.threads);
        let (mut order, mut kept) = (&mut *self.order, self.values.as_mut_slice());
        let (mut strengths, mut counts) = (self.strengths.as_mut_slice(), self.counts.as_mut_slice());
        let (mut softmax, mut out) = (&mut *self.shares, out);
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
        let in_steps = smooth::has_steps(operator.method);
        in_turns(threads, pieces, |(share, (mut order, mut shares, mut kept, strengths, counts, mut out))| {
            let (mut own, mut wide) = (Own::<T::Row>::new(), Own::<f64>::new());
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
                        operator.row_forward(values, None, &mut own, &mut saved, (factor, input.watch), out)
                    } else {
                        gathered(&operator, input, range, &mut own, &mut saved, factor, out)
                    }
                };
                done.map_err(|error| if batch { error.in_row(row) } else { error })?;
                if !in_steps {
                    input.watch.advance(1)?;
                }
            }
            Ok(())
        })
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
    operator.row_forward(&values, given, work, saved, (factor, input.watch), &mut results).map_err(|error| {
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
