//! Whether a strength fits the values: how much of them is pooled.

use std::fmt;

use crate::operator::Scale;
use crate::{Error, Float, Input, Method, Operator, Result};

/// What an operator of one strength does to rows of numbers.
///
/// Its text says it in a sentence.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// How many rows have at least two numbers.
    pub rows: usize,
    /// How many of them are hard: no two different numbers share a block.
    pub hard_rows: usize,
    /// How many of them are one block.
    pub pooled_rows: usize,
    /// How many numbers these rows have.
    pub numbers: usize,
    /// How many of them share a block with a different number.
    pub pooled_numbers: usize,
    /// A strength, in the units of the operator's, at which neighbors begin to pool; the median of the rows.
    pub suggested_strength: f64,
}

impl Diagnosis {
    /// The share of numbers that share a block, from 0 to 1.
    pub fn pooled_share(&self) -> f64 {
        if self.numbers == 0 { 0.0 } else { self.pooled_numbers as f64 / self.numbers as f64 }
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows, suggested_strength: try_this, .. } = self;
        if *rows == 0 {
            f.write_str("no row has two numbers")
        } else if self.pooled_rows == *rows {
            write!(
                f,
                "fully pooled: each of {rows} rows is one block, in which the order has no say; try strength {try_this}"
            )
        } else if self.hard_rows == *rows {
            write!(f, "fully hard: in none of {rows} rows do numbers share a block; try strength {try_this}")
        } else {
            let share = 100.0 * self.pooled_share();
            write!(
                f,
                "{share:.1} % of numbers share a block; of {rows} rows {} are hard and {} one block",
                self.hard_rows, self.pooled_rows
            )
        }
    }
}

impl Operator {
    /// How hard or how pooled these rows are at the operator's strength, and which strength to try.
    ///
    /// # Errors
    ///
    /// As [`forward`](Self::forward), and [`Error::UnknownOption`] for methods other than l2 and KL, which have no blocks.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_soft::{Input, Kind, Operator};
    ///
    /// let values = Input::new(&[0.1, 0.5, 0.9, 0.4]);
    /// let diagnosis = Operator::new(Kind::Rank).diagnose(&values)?;
    /// assert_eq!(diagnosis.pooled_share(), 1.0);
    /// assert!(diagnosis.to_string().starts_with("fully pooled: each of 1 rows is one block"));
    /// let better = Operator::new(Kind::Rank).strength(diagnosis.suggested_strength).diagnose(&values)?;
    /// assert_eq!((better.hard_rows, better.pooled_rows), (0, 0));
    /// # Ok::<(), rank_soft::Error>(())
    /// ```
    pub fn diagnose<T: Float>(&self, input: &Input<'_, T>) -> Result<Diagnosis> {
        if self.method.regularization().is_none() {
            return Err(Error::UnknownOption {
                argument: "method",
                expected: "\"l2\" or \"kl\", whose values lie in blocks",
                got: self.method.name().to_owned(),
            });
        }
        let (_, state) = self.forward(input)?;
        let mut found = Diagnosis {
            rows: 0,
            hard_rows: 0,
            pooled_rows: 0,
            numbers: 0,
            pooled_numbers: 0,
            suggested_strength: self.strength,
        };
        let mut suggested = Vec::new();
        for row in 0..state.rows().count() {
            let values: Vec<f64> = Self::counted(input, state.rows().range(row));
            let order: Vec<usize> = state.row_order(row).collect();
            if order.len() < 2 {
                continue;
            }
            let (mut start, mut pooled, mut largest) = (0, 0, 0);
            for length in state.block_lengths(row) {
                let block = &order[start..start + length];
                if block.iter().any(|&at| values[at] != values[block[0]]) {
                    pooled += length;
                }
                largest = largest.max(length);
                start += length;
            }
            found.rows += 1;
            found.numbers += order.len();
            found.pooled_numbers += pooled;
            found.hard_rows += usize::from(pooled == 0);
            found.pooled_rows += usize::from(largest == order.len() && pooled > 0);
            suggested.extend(self.suggested(&values));
        }
        suggested.sort_by(f64::total_cmp);
        if let Some(&middle) = suggested.get(suggested.len() / 2) {
            found.suggested_strength = middle;
        }
        Ok(found)
    }

    /// The numbers that count, over their strengths.
    fn counted<T: Float>(input: &Input<'_, T>, range: std::ops::Range<usize>) -> Vec<f64> {
        let counted = range.filter(|&i| input.mask.is_none_or(|mask| mask[i]));
        let divisor = |i: usize| input.strengths.map_or(1.0, |strengths| strengths[i].into());
        counted.map(|i| input.values[i].into() / divisor(i)).collect()
    }

    /// About where half of the neighbors pool, for a row that has anything to order.
    fn suggested(&self, values: &[f64]) -> Option<f64> {
        let finite = values.iter().copied().filter(|value| value.is_finite());
        let (least, most) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
        let (range, count) = (most - least, values.len() as f64);
        if range <= 0.0 || !range.is_finite() {
            return None;
        }
        let kl = self.method == Method::Kl;
        let units = match (self.scale, self.sorts()) {
            (Scale::Auto, true) => 1.0,
            (Scale::Auto, false) => 0.5,
            (Scale::Absolute, true) => count / range,
            (Scale::Absolute, false) => 0.5 * range / count,
        };
        // Of KL ranks, those near the top pool as l2's do, those near the bottom only at n times the strength.
        Some(if kl && !self.sorts() { units * count / 4.0 } else { units })
    }
}
