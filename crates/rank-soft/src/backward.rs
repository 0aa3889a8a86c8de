//! Back through what the forward pass kept.

use std::ops::Range;

use crate::float::{Real, check_length};
use crate::forward::between;
use crate::operator::{GradientRule, Kind};
use crate::projection::Projection;
use crate::smooth::{self, Target};
use crate::state::{Own, Workspace};
use crate::threads::{cut, in_turns};
use crate::watch::Watch;
use crate::{Float, Regularization, Result, State};

impl State {
    /// The gradient, to the values, of the inner product of the operator's values with `cotangent`. Exact.
    ///
    /// # Errors
    ///
    /// [`Error::LengthMismatch`](crate::Error::LengthMismatch) if there is not one number for each that the operator
    /// gave.
    pub fn vjp<T: Float>(&self, cotangent: &[T]) -> Result<Vec<T>> {
        self.vjp_watched(cotangent, Watch::default())
    }

    /// [`vjp`](Self::vjp), watched as [`Input::watch`](crate::Input::watch) does.
    ///
    /// # Errors
    ///
    /// As [`vjp`](Self::vjp), and [`Error::Stopped`](crate::Error::Stopped).
    pub fn watched_vjp<T: Float>(&self, cotangent: &[T], watch: &(dyn Fn(usize) -> bool + Sync)) -> Result<Vec<T>> {
        self.vjp_watched(cotangent, Watch(Some(watch)))
    }

    /// [`vjp`](Self::vjp) into numbers that are there, watched if somebody does.
    ///
    /// # Errors
    ///
    /// As [`watched_vjp`](Self::watched_vjp), and [`Error::LengthMismatch`](crate::Error::LengthMismatch) for another
    /// number than the values have.
    pub fn vjp_into<T: Float>(
        &self,
        cotangent: &[T],
        watch: Option<&(dyn Fn(usize) -> bool + Sync)>,
        gradient: &mut [T],
    ) -> Result<()> {
        self.pull(cotangent, Watch(watch), gradient)
    }

    pub(crate) fn vjp_watched<T: Float>(&self, cotangent: &[T], watch: Watch<'_>) -> Result<Vec<T>> {
        let mut gradient = vec![T::default(); self.rows.total()];
        self.pull(cotangent, watch, &mut gradient)?;
        Ok(gradient)
    }

    fn pull<T: Float>(&self, cotangent: &[T], watch: Watch<'_>, gradient: &mut [T]) -> Result<()> {
        check_length("cotangent", cotangent.len(), "the result", self.outputs())?;
        check_length("gradient", gradient.len(), "the values", self.rows.total())?;
        let mut rest = gradient;
        let mut first = 0;
        let mut pieces = Vec::new();
        let (threads, shares) = self.rows.turns(self.threads);
        for share in shares {
            let numbers = share.clone().map(|row| self.rows.range(row).len()).sum();
            let outputs: usize = share.clone().map(|row| self.row_outputs(row)).sum();
            pieces.push((share, cut(&mut rest, numbers), &cotangent[first..first + outputs]));
            first += outputs;
        }
        in_turns(threads, pieces, |(share, mut gradient, mut cotangent)| {
            let (mut own, mut wide) = (Own::<T::Row>::new(), Own::<f64>::new());
            for row in share {
                let length = self.rows.range(row).len();
                let (cotangents, rest) = cotangent.split_at(self.row_outputs(row));
                cotangent = rest;
                let gradient = cut(&mut gradient, length);
                let plain = self.mask.is_none() && self.divisors.is_none();
                let direct = T::as_row(cotangents).filter(|_| plain);
                if let Some(cotangents) = direct {
                    let gradient = T::as_row_mut(gradient).unwrap_or_default();
                    self.row_vjp((row, watch), None, &mut own, cotangents, gradient)?;
                } else if self.divisors.is_some() {
                    self.scattered_vjp((row, watch), &mut wide, cotangents, gradient)?;
                } else {
                    self.scattered_vjp((row, watch), &mut own, cotangents, gradient)?;
                }
                if !smooth::has_steps(self.operator.method) {
                    watch.advance(1)?;
                }
            }
            Ok(())
        })
    }

    /// [`row_vjp`](Self::row_vjp) of a row whose values were gathered.
    fn scattered_vjp<T: Float, W: Real>(
        &self,
        (row, watch): (usize, Watch<'_>),
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
        self.row_vjp((row, watch), weights.as_deref(), work, &cotangents, &mut out)?;
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
        (row, watch): (usize, Watch<'_>),
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
                self.smooth_vjp(&projection, own, (strength, watch), &full, gradient)?;
            } else {
                projection.vjp((order, shares), weights, strength, &mut work.scratch, &full, gradient);
            }
            work.full = full;
        } else if spare.is_empty() && smooth {
            self.smooth_vjp(&projection, own, (strength, watch), &cotangent[..count], gradient)?;
        } else {
            projection.vjp((order, shares), weights, strength, &mut work.scratch, &cotangent[..count], gradient);
        }
        Ok(())
    }

    fn smooth_vjp<W: Real>(
        &self,
        projection: &Projection,
        own: Range<usize>,
        (strength, watch): (f64, Watch<'_>),
        cotangent: &[W],
        gradient: &mut [W],
    ) -> Result<()> {
        let sign = if projection.negated { -1.0 } else { 1.0 };
        let x: Vec<f64> = self.values[own].iter().map(|value| sign * value).collect();
        let u: Vec<f64> = cotangent.iter().map(|&value| value.into()).collect();
        let mut out = vec![0.0; x.len()];
        let target = Target::of(self.operator.kind, x.len());
        smooth::vjp(self.operator.method, target, &x, strength, &u, watch, &mut out)?;
        // A sort is negated twice.
        let sign = if self.operator.sorts() { 1.0 } else { sign };
        for (gradient, value) in gradient.iter_mut().zip(out) {
            *gradient = W::from_f64(sign * value);
        }
        Ok(())
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
}
