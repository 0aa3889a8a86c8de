//! The fit that an operator and its gradient share: order, blocks, and what each block does.

use std::ops::Range;

use crate::float::check_finite;
use crate::pool::{Operator, block_lengths, log_geometric, mean_rank, rank_sum, ratio};
use crate::{Direction, Float, Regularization, Result, SoftOptions};

/// One projection onto a permutahedron.
#[derive(Debug, Clone)]
pub(crate) struct Fit {
    operator: Operator,
    options: SoftOptions,
    /// The values sorted for the fit: descending, after a change of sign where the direction asks for it.
    sorted: Vec<f64>,
    /// Where each of them stood.
    order: Vec<usize>,
    /// The lengths of the blocks, along the sorted order.
    lengths: Vec<usize>,
}

impl Fit {
    pub(crate) fn new<T: Float>(
        argument: &'static str,
        values: &[T],
        operator: Operator,
        options: SoftOptions,
    ) -> Result<Self> {
        let options = options.check()?;
        check_finite(argument, values)?;
        let sign = sign(operator, options.direction);
        let mut keyed: Vec<(f64, usize)> =
            values.iter().enumerate().map(|(position, &value)| (sign * value.into(), position)).collect();
        keyed.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let (sorted, order): (Vec<f64>, Vec<usize>) = keyed.into_iter().unzip();
        let lengths = block_lengths(&sorted, options.strength, operator, options.regularization);
        Ok(Self { operator, options, sorted, order, lengths })
    }

    /// How many values there are.
    #[cfg(feature = "candle")]
    pub(crate) fn len(&self) -> usize {
        self.sorted.len()
    }

    fn sign(&self) -> f64 {
        sign(self.operator, self.options.direction)
    }

    fn blocks(&self) -> impl Iterator<Item = Range<usize>> {
        self.lengths.iter().scan(0, |start, &length| {
            let block = *start..*start + length;
            *start = block.end;
            Some(block)
        })
    }

    /// From the sorted order to that of the values.
    fn scatter<T: Float>(&self, sorted: &[f64]) -> Vec<T> {
        let mut scattered = vec![T::from_f64(0.0); sorted.len()];
        for (&position, &value) in self.order.iter().zip(sorted) {
            scattered[position] = T::from_f64(value);
        }
        scattered
    }

    /// The values of a block less their mean.
    fn deviations(&self, block: &Range<usize>) -> impl Iterator<Item = f64> {
        let first = self.sorted[block.start];
        let values = &self.sorted[block.clone()];
        let mean = mean(values.iter().map(|value| value - first));
        values.iter().map(move |value| (value - first) - mean)
    }

    /// The softmax of a block, of the values over `temperature`.
    fn softmax(&self, block: &Range<usize>, temperature: f64) -> impl Iterator<Item = f64> {
        let values = &self.sorted[block.clone()];
        let first = values[0];
        let exponential = move |value: &f64| ratio(value - first, temperature).exp();
        let total: f64 = values.iter().map(exponential).sum();
        values.iter().map(move |value| exponential(value) / total)
    }

    /// The soft ranks.
    pub(crate) fn ranks<T: Float>(&self) -> Vec<T> {
        let (count, strength) = (self.sorted.len(), self.options.strength);
        let mut ranks = Vec::with_capacity(count);
        for block in self.blocks() {
            match self.options.regularization {
                Regularization::L2 => {
                    let mean_rank = mean_rank(count, block.start, block.len());
                    ranks.extend(self.deviations(&block).map(|value| mean_rank + ratio(value, strength)));
                }
                Regularization::Kl => {
                    let total = rank_sum(count, block.start, block.len());
                    ranks.extend(self.softmax(&block, strength).map(|share| total * share));
                }
            }
        }
        self.scatter(&ranks)
    }

    /// The soft ranks less their mean, `(n + 1) / 2`. In a large block ranks differ by little, and would lose that
    /// little in the subtraction.
    pub(crate) fn centered_ranks(&self) -> Vec<f64> {
        let (count, strength) = (self.sorted.len(), self.options.strength);
        let mut ranks = Vec::with_capacity(count);
        for block in self.blocks() {
            let mean_rank = mean_rank(count, block.start, block.len());
            let center = mean_rank - (count + 1) as f64 / 2.0;
            match self.options.regularization {
                Regularization::L2 => {
                    ranks.extend(self.deviations(&block).map(|value| center + ratio(value, strength)));
                }
                Regularization::Kl => {
                    let first = self.sorted[block.start];
                    let excess = |value: &f64| ratio(value - first, strength).exp_m1();
                    let mean = mean(self.sorted[block.clone()].iter().map(excess));
                    let scale = mean_rank / (1.0 + mean);
                    ranks.extend(self.sorted[block].iter().map(|value| center + scale * (excess(value) - mean)));
                }
            }
        }
        self.scatter(&ranks)
    }

    /// The softly sorted values.
    pub(crate) fn sorted_values<T: Float>(&self) -> Vec<T> {
        let (sign, strength) = (self.sign(), self.options.strength);
        let mut values = Vec::with_capacity(self.sorted.len());
        for block in self.blocks() {
            let (first, length) = (self.sorted[block.start], block.len());
            match self.options.regularization {
                Regularization::L2 => {
                    let mean = first + mean(self.sorted[block].iter().map(|value| value - first));
                    let middle = (length - 1) as f64 / 2.0;
                    values.extend((0..length).map(|place| mean + ratio(middle - place as f64, strength)));
                }
                Regularization::Kl => {
                    let total: f64 = self.sorted[block].iter().map(|value| (value - first).exp()).sum();
                    let level = first + (total.ln() - log_geometric(length, strength));
                    values.extend((0..length).map(|place| level - ratio(place as f64, strength)));
                }
            }
        }
        // Adding 0 makes a negated 0 positive.
        values.into_iter().map(|value| T::from_f64(sign * value + 0.0)).collect()
    }

    /// The gradient, to the values, of the inner product of the result with `cotangent`.
    pub(crate) fn vjp<T: Float>(&self, cotangent: &[T]) -> Vec<T> {
        let gradient = match self.operator {
            Operator::Rank => self.rank_vjp(cotangent),
            Operator::Sort => self.sort_vjp(cotangent),
        };
        self.scatter(&gradient)
    }

    fn rank_vjp<T: Float>(&self, cotangent: &[T]) -> Vec<f64> {
        let (count, strength, sign) = (self.sorted.len(), self.options.strength, self.sign());
        let mut gradient = Vec::with_capacity(count);
        for block in self.blocks() {
            // Ranks do not move where nothing is pooled, nor at strength 0.
            if block.len() == 1 || strength == 0.0 {
                gradient.extend(block.map(|_| 0.0));
                continue;
            }
            let cotangents = || self.order[block.clone()].iter().map(|&position| cotangent[position].into());
            match self.options.regularization {
                Regularization::L2 => {
                    let mean = mean(cotangents());
                    gradient.extend(cotangents().map(|value| sign * (value - mean) / strength));
                }
                Regularization::Kl => {
                    let total = rank_sum(count, block.start, block.len());
                    let shares = || self.softmax(&block, strength);
                    let mean: f64 = shares().zip(cotangents()).map(|(share, value)| share * value).sum();
                    gradient.extend(
                        shares()
                            .zip(cotangents())
                            .map(|(share, value)| sign * total * share * (value - mean) / strength),
                    );
                }
            }
        }
        gradient
    }

    fn sort_vjp<T: Float>(&self, cotangent: &[T]) -> Vec<f64> {
        // The values are negated twice or never: signs cancel.
        let mut gradient = Vec::with_capacity(self.sorted.len());
        for block in self.blocks() {
            let cotangents = cotangent[block.clone()].iter().map(|&value| value.into());
            match self.options.regularization {
                Regularization::L2 => {
                    let mean = mean(cotangents);
                    gradient.extend(block.map(|_| mean));
                }
                Regularization::Kl => {
                    let total: f64 = cotangents.sum();
                    gradient.extend(self.softmax(&block, 1.0).map(|share| share * total));
                }
            }
        }
        gradient
    }
}

/// `-1` where the values are negated for the fit, which descends and gives the greatest rank to the first.
fn sign(operator: Operator, direction: Direction) -> f64 {
    match (operator, direction) {
        (Operator::Rank, Direction::Ascending) | (Operator::Sort, Direction::Descending) => 1.0,
        (Operator::Rank, Direction::Descending) | (Operator::Sort, Direction::Ascending) => -1.0,
    }
}

/// The mean of at least one number.
fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}
