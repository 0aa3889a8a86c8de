//! Gradients to the strength.
//!
//! Ranks and masks depend on values over strength alone, so that `ε ∂r/∂ε = -Σ xⱼ ∂r/∂xⱼ`: their gradient to the strength
//! is that to the values, times the values. Of sorts by projections the values within a block are known functions of it;
//! of others `ε ∂s/∂ε = s - Σ xⱼ ∂s/∂xⱼ`, as they scale with values and strength together.

use crate::float::check_length;
use crate::forward::between;
use crate::operator::{GradientRule, Kind};
use crate::pool::TINY;
use crate::projection::{HARD, for_each_block};
use crate::smooth::{self, Target};
use crate::watch::Watch;
use crate::{Error, Float, Method, Result, State};

impl State {
    /// The gradient, to the strength of each row, of the inner product of its result with its part of `cotangent`: for a
    /// strength that all rows share, the sum.
    ///
    /// * `values`: those of the forward pass.
    /// * `cotangent`: finite, one for each number of the result.
    ///
    /// The strength of a row is what was passed, times the row's factor, times the scale, through which no gradient flows;
    /// [`strengths`](Self::strengths) has them. 0 for a strength of 0.
    ///
    /// # Errors
    ///
    /// [`Error::LengthMismatch`], [`Error::UnknownOption`] for Sinkhorn and for a black-box gradient.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_soft::{Input, Kind, Operator};
    ///
    /// // One block: 2 + (value - 1.5) / ε, whose slope for the first is -1.5 / ε².
    /// let values = [3.0, 0.0, 1.5];
    /// let (_, state) = Operator::new(Kind::Rank).strength(2.0).forward(&Input::new(&values))?;
    /// assert_eq!(state.strength_vjp(&values, &[1.0, 0.0, 0.0])?, [-0.375]);
    /// # Ok::<(), rank_soft::Error>(())
    /// ```
    pub fn strength_vjp<T: Float>(&self, values: &[T], cotangent: &[T]) -> Result<Vec<f64>> {
        let wide: Vec<f64> = cotangent.iter().map(|&value| value.into()).collect();
        let gradient = self.to_values(values, &wide)?;
        let sorts = self.operator.sorts();
        let mut first = 0;
        let mut slopes = Vec::with_capacity(self.rows.count());
        for row in 0..self.rows.count() {
            let cotangent = &wide[first..first + self.row_outputs(row)];
            first += cotangent.len();
            let strength = self.strengths[row];
            if strength < TINY {
                slopes.push(0.0);
                continue;
            }
            let range = self.rows.range(row);
            let (values, gradient) = (&values[range.clone()], &gradient[range]);
            slopes.push(match self.operator.method {
                Method::L2 | Method::Kl if sorts => self.of_blocks(row, cotangent),
                _ if sorts => (self.of_sorted(row, cotangent)? - inner(values, gradient, 0.0)) / strength,
                Method::Sigmoid => inner(values, gradient, 0.0) / strength,
                _ => -inner(values, gradient, self.middle(values)) / strength,
            });
        }
        Ok(slopes)
    }

    /// The gradient to the strengths of the numbers, as [`Input::strengths`](crate::Input::strengths) takes them; for
    /// ranks and masks.
    ///
    /// # Errors
    ///
    /// As [`strength_vjp`](Self::strength_vjp), and [`Error::UnknownOption`] for a sort, whose numbers have none.
    pub fn strengths_vjp<T: Float>(&self, values: &[T], cotangent: &[T]) -> Result<Vec<f64>> {
        if self.operator.sorts() {
            return Err(Error::UnknownOption {
                argument: "strengths",
                expected: "none for a sort",
                got: "some".to_owned(),
            });
        }
        let wide: Vec<f64> = cotangent.iter().map(|&value| value.into()).collect();
        let gradient = self.to_values(values, &wide)?;
        let divisor = |i: usize| self.divisors.as_ref().map_or(1.0, |divisors| divisors[i]);
        let slope = |(i, (&value, slope)): (usize, (&T, &f64))| {
            if *slope == 0.0 { 0.0 } else { -value.into() * slope / divisor(i) }
        };
        Ok(values.iter().zip(&gradient).enumerate().map(slope).collect())
    }

    /// The strength that each row was computed with.
    pub fn strengths(&self) -> &[f64] {
        &self.strengths
    }

    fn to_values<T: Float>(&self, values: &[T], cotangent: &[f64]) -> Result<Vec<f64>> {
        check_length("values", values.len(), "the rows", self.rows.total())?;
        let refused =
            |argument, expected, got: &str| Err(Error::UnknownOption { argument, expected, got: got.to_owned() });
        if self.operator.method == Method::Sinkhorn {
            return refused("method", "another than \"sinkhorn\", which has no gradient to its strength", "sinkhorn");
        }
        if matches!(self.operator.gradient, GradientRule::BlackBox { .. }) {
            return refused(
                "gradient",
                "\"exact\" or \"straight_through\" for a gradient to the strength",
                "black_box",
            );
        }
        self.vjp(cotangent)
    }

    /// What may be subtracted from the values of a row, whose gradients add up to 0.
    fn middle<T: Float>(&self, values: &[T]) -> f64 {
        if self.divisors.is_some() {
            return 0.0;
        }
        let finite = values.iter().map(|&value| value.into()).filter(|value: &f64| value.is_finite());
        let (least, most) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
        if least <= most { f64::midpoint(least, most) } else { 0.0 }
    }

    /// The cotangent of each sorted value of a row.
    fn of_places(&self, row: usize, cotangent: &[f64]) -> Vec<f64> {
        let count = self.counts[row];
        let mut full = vec![0.0; count];
        if let Kind::Quantile { level } = self.operator.kind {
            let (low, share) = between(level, count);
            for (to, factor) in full.iter_mut().skip(low).zip([1.0 - share, share]) {
                *to = factor * cotangent[0];
            }
        } else {
            full.iter_mut().zip(cotangent).for_each(|(to, &from)| *to = from);
        }
        full
    }

    /// Of a sort by a projection: how the values within its blocks move.
    fn of_blocks(&self, row: usize, cotangent: &[f64]) -> f64 {
        let (full, strength) = (self.of_places(row, cotangent), self.strengths[row]);
        let start = self.rows.range(row).start;
        let order = &self.order[start..start + full.len()];
        let mut slope = 0.0;
        for_each_block(order, |start, end| {
            let count = (end - start) as f64;
            if order[start] & HARD != 0 || end - start == 1 {
                return;
            }
            let middle = if self.operator.method == Method::L2 {
                (count - 1.0) / 2.0
            } else {
                1.0 / (1.0 / strength).exp_m1() - count / (count / strength).exp_m1()
            };
            for (step, cotangent) in full[start..end].iter().enumerate() {
                slope += cotangent * (step as f64 - middle);
            }
        });
        let sign = if self.operator.projection(full.len()).negated { -1.0 } else { 1.0 };
        sign * slope / strength / strength
    }

    /// The inner product of a row's sorted values with their cotangents.
    fn of_sorted(&self, row: usize, cotangent: &[f64]) -> Result<f64> {
        let full = self.of_places(row, cotangent);
        let start = self.rows.range(row).start;
        let sign = if self.operator.projection(full.len()).negated { -1.0 } else { 1.0 };
        let x: Vec<f64> = self.values[start..start + full.len()].iter().map(|value| sign * value).collect();
        let mut sorted = vec![0.0; x.len()];
        let strength = self.strengths[row];
        smooth::forward(self.operator.method, Target::Sort, &x, strength, Watch::default(), &mut sorted)?;
        Ok(sign * sorted.iter().zip(&full).map(|(value, u)| value * u).sum::<f64>())
    }
}

/// The inner product with the values less `middle`; what has no gradient does not count.
fn inner<T: Float>(values: &[T], gradient: &[f64], middle: f64) -> f64 {
    let moving = values.iter().zip(gradient).filter(|(_, slope)| **slope != 0.0);
    moving.map(|(&value, slope)| (value.into() - middle) * slope).sum()
}
