//! Projections onto permutahedra, row by row: values and exact gradients.
//!
//! Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020). Inside a block the l2
//! operator is linear and the KL operator a softmax; the gradients are those of the blocks.

use rank_kernels::{Work, exp, vectorized_work};

use crate::error::LIMIT;
use crate::float::{Real, refuse};
use crate::pool::{Block, Fit, Pool, TINY};
use crate::sorting::{Buffers, sort};
use crate::{Regularization, Result};

/// In an order: the first place of a block.
pub(crate) const START: u32 = 1 << 31;
/// In an order: a place that no value moves.
pub(crate) const HARD: u32 = 1 << 30;
/// Beyond this, exponentials are of too different scales to be added up.
const RANGE: f64 = 600.0;
/// In an order: the position.
pub(crate) const POSITION: u32 = HARD - 1;

/// What a row needs besides its result; kept from row to row.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    buffers: Buffers,
    sorted: Vec<f64>,
    weights: Vec<f64>,
    blocks: Vec<Block>,
    cotangents: Vec<f64>,
}

impl Scratch {
    /// How long a row it has room for.
    pub(crate) fn length(&self) -> usize {
        self.sorted.capacity().max(self.cotangents.capacity())
    }
}

/// A projection of rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Projection {
    pub(crate) fit: Fit,
    pub(crate) regularization: Regularization,
    /// Whether the values are negated for the fit, which descends and gives the greatest rank to the first.
    pub(crate) negated: bool,
    /// What is subtracted from each rank before it is rounded.
    pub(crate) center: f64,
}

impl Projection {
    /// Whether shares are kept for the gradient.
    pub(crate) fn has_shares(&self) -> bool {
        self.regularization == Regularization::Kl
    }

    /// The values of one row, into `out`; what the gradient needs into `order`, with flags, and `shares`, which is empty
    /// where there are none.
    pub(crate) fn forward<F: Real>(
        &self,
        values: &[F],
        weights: Option<&[f64]>,
        strength: f64,
        scratch: &mut Scratch,
        (order, shares): (&mut [u32], &mut [f64]),
        out: &mut [F],
    ) -> Result<()> {
        let Scratch { buffers, sorted, weights: sorted_weights, blocks, .. } = scratch;
        sort(values, self.negated, buffers, sorted, order);
        let (Some(&first), Some(&last)) = (sorted.first(), sorted.last()) else { return Ok(()) };
        let infinite = [
            if first == f64::INFINITY { sorted.iter().take_while(|&&value| value == first).count() } else { 0 },
            if last == f64::NEG_INFINITY { sorted.iter().rev().take_while(|&&value| value == last).count() } else { 0 },
        ];
        let inside = infinite[0]..sorted.len() - infinite[1];
        let refused = |value: &f64| value.is_nan() || value.abs() > LIMIT;
        if first.is_nan()
            || last.is_nan()
            || sorted[inside.clone()].first().is_some_and(refused)
            || sorted[inside.clone()].last().is_some_and(refused)
        {
            return Err(refuse("values", values));
        }
        let sorted_weights = weights.map(|weights| {
            sorted_weights.clear();
            sorted_weights.extend(order.iter().map(|&position| weights[position as usize]));
            sorted_weights.as_slice()
        });
        let count = |range: std::ops::Range<usize>| {
            sorted_weights.map_or(range.len() as f64, |weights| weights[range].iter().sum())
        };
        let inverse = if strength < TINY { 0.0 } else { 1.0 / strength };
        let finite = &sorted[inside.clone()];
        let mut exponentials = None;
        if self.regularization == Regularization::Kl
            && self.fit != Fit::Sort
            && let (Some(first), Some(last)) = (finite.first(), finite.last())
            && inverse > 0.0
            && (first - last) * inverse < RANGE
        {
            let places = &mut shares[inside.clone()];
            for (share, value) in places.iter_mut().zip(finite) {
                *share = (value - first) * inverse;
            }
            vectorized_work(Exponentials(places));
            exponentials = Some(&*places);
        }
        let pool = Pool {
            sorted: &sorted[inside.clone()],
            outside: [count(0..inside.start), count(inside.end..sorted.len())],
            weights: sorted_weights.map(|weights| &weights[inside.clone()]),
            strength,
            fit: self.fit,
        };
        let ready = exponentials.is_some();
        pool.blocks(self.regularization, exponentials, blocks);
        if self.fit == Fit::Sort {
            self.sorted_values(&pool, blocks, inside.start, shares, out);
            let sign = if self.negated { -1.0 } else { 1.0 };
            for place in (0..inside.start).chain(inside.end..sorted.len()) {
                out[place] = F::from_f64(sign * sorted[place]);
            }
        } else {
            self.ranks(&pool, blocks, (order, inside.start), (shares, ready), out);
            let all = pool.all();
            for (range, before) in [(0..inside.start, 0.0), (inside.end..sorted.len(), all - pool.outside[1])] {
                let block = Block { before, count: count(range.clone()), ..Block::EMPTY };
                let value = F::from_f64(pool.total(&block, all) / block.count - self.center);
                for &position in &order[range] {
                    out[position as usize] = value;
                }
            }
        }
        for place in (0..inside.start).chain(inside.end..sorted.len()) {
            order[place] |= START | HARD;
        }
        for block in blocks.iter() {
            order[inside.start + block.start as usize] |= START;
        }
        Ok(())
    }

    fn ranks<F: Real>(
        &self,
        pool: &Pool<'_>,
        blocks: &[Block],
        (order, offset): (&[u32], usize),
        (shares, ready): (&mut [f64], bool),
        out: &mut [F],
    ) {
        let order = &order[offset..];
        let inverse = if pool.strength < TINY { 0.0 } else { 1.0 / pool.strength };
        let all = pool.all();
        if self.regularization == Regularization::L2 {
            for block in blocks {
                let level = pool.total(block, all) / block.count - self.center;
                let (start, end) = (block.start as usize, block.end as usize);
                if end - start == 1 {
                    out[order[start] as usize] = F::from_f64(level);
                    continue;
                }
                let (first, mean) = (pool.sorted[start], block.sum / block.count);
                for (&value, &position) in pool.sorted[start..end].iter().zip(&order[start..end]) {
                    out[position as usize] = F::from_f64(((value - first) - mean) * inverse + level);
                }
            }
            return;
        }
        let shares = &mut shares[offset..];
        if !ready {
            softmax_numerators(pool.sorted, blocks, inverse, shares);
        }
        for block in blocks {
            let (start, end) = (block.start as usize, block.end as usize);
            let total = pool.total(block, all);
            let places = start..end;
            let numerators: f64 = match pool.weights {
                Some(weights) => shares[places.clone()].iter().zip(&weights[places.clone()]).map(|(a, b)| a * b).sum(),
                None => sum(&shares[places.clone()]),
            };
            let scale = total / numerators;
            if self.center == 0.0 {
                for (share, &position) in shares[places.clone()].iter_mut().zip(&order[places]) {
                    *share *= scale;
                    out[position as usize] = F::from_f64(*share);
                }
            } else {
                // Ranks of a large block differ by little, and would lose that little in the subtraction.
                let first = pool.sorted[start];
                let excess = |place: usize| ((pool.sorted[place] - first) * inverse).exp_m1();
                let level = total / block.count;
                let weight = |place: usize| pool.weights.map_or(1.0, |weights| weights[place]);
                let mean = places.clone().map(|place| weight(place) * excess(place)).sum::<f64>() / block.count;
                for place in places {
                    shares[place] *= scale;
                    let rank = (level - self.center) + level / (1.0 + mean) * (excess(place) - mean);
                    out[order[place] as usize] = F::from_f64(rank);
                }
            }
        }
    }

    fn sorted_values<F: Real>(
        &self,
        pool: &Pool<'_>,
        blocks: &[Block],
        offset: usize,
        shares: &mut [f64],
        out: &mut [F],
    ) {
        let sign = if self.negated { -1.0 } else { 1.0 };
        let inverse = if pool.strength < TINY { 0.0 } else { 1.0 / pool.strength };
        let kl = self.regularization == Regularization::Kl;
        if kl {
            softmax_numerators(pool.sorted, blocks, 1.0, &mut shares[offset..]);
        }
        for block in blocks {
            let places = offset + block.start as usize..offset + block.end as usize;
            let first = pool.sorted[block.start as usize];
            let (level, middle) = if kl {
                let sum: f64 = shares[places.clone()].iter().sum();
                shares[places.clone()].iter_mut().for_each(|share| *share /= sum);
                (first + (sum.ln() - Pool::log_geometric(block)), 0.0)
            } else {
                (first + block.sum / block.count, (block.count - 1.0) / 2.0)
            };
            for (step, value) in out[places].iter_mut().enumerate() {
                let step = middle - step as f64;
                // Adding 0 makes a negated 0 positive.
                *value = F::from_f64(sign * (level + step * inverse) + 0.0);
            }
        }
    }

    /// The gradient, to the values of one row, of the inner product of the result with `cotangent`.
    pub(crate) fn vjp<F: Real>(
        &self,
        (order, shares): (&[u32], &[f64]),
        weights: Option<&[f64]>,
        strength: f64,
        scratch: &mut Scratch,
        cotangent: &[F],
        gradient: &mut [F],
    ) {
        let zero = F::from_f64(0.0);
        let slope = if self.negated { -1.0 } else { 1.0 } / strength;
        for_each_block(order, |start, end| {
            let block = &order[start..end];
            if self.fit == Fit::Sort {
                if block[0] & HARD != 0 {
                    gradient[(block[0] & POSITION) as usize] = zero;
                    return;
                }
                let sum: f64 = cotangent[start..end].iter().map(|&value| value.into()).sum();
                if self.regularization == Regularization::L2 {
                    let mean = F::from_f64(sum / block.len() as f64);
                    for &position in block {
                        gradient[(position & POSITION) as usize] = mean;
                    }
                } else {
                    for (&position, share) in block.iter().zip(&shares[start..end]) {
                        gradient[(position & POSITION) as usize] = F::from_f64(share * sum);
                    }
                }
                return;
            }
            // Ranks do not move where nothing is pooled, nor at strength 0.
            if block.len() == 1 || block[0] & HARD != 0 || strength < TINY {
                for &position in block {
                    gradient[(position & POSITION) as usize] = zero;
                }
                return;
            }
            let cotangents = &mut scratch.cotangents;
            cotangents.clear();
            cotangents
                .extend(block.iter().map(|&position| -> f64 { cotangent[(position & POSITION) as usize].into() }));
            let weight = |position: u32| weights.map_or(1.0, |weights| weights[(position & POSITION) as usize]);
            let mean = if self.regularization == Regularization::L2 {
                let count =
                    if weights.is_some() { block.iter().map(|&at| weight(at)).sum() } else { block.len() as f64 };
                sum(cotangents) / count
            } else {
                let shares = &shares[start..end];
                let total: f64 = match weights {
                    Some(_) => block.iter().zip(shares).map(|(&at, share)| weight(at) * share).sum(),
                    None => sum(shares),
                };
                if total == 0.0 { 0.0 } else { inner(cotangents, shares) / total }
            };
            if self.regularization == Regularization::L2 {
                for (&position, value) in block.iter().zip(cotangents.iter()) {
                    gradient[(position & POSITION) as usize] = F::from_f64((value - weight(position) * mean) * slope);
                }
            } else {
                for ((&position, value), share) in block.iter().zip(cotangents.iter()).zip(&shares[start..end]) {
                    gradient[(position & POSITION) as usize] =
                        F::from_f64(share * ((value - weight(position) * mean) * slope));
                }
            }
        });
    }
}

impl Block {
    const EMPTY: Self = Self { start: 0, end: 0, count: 0.0, before: 0.0, sum: 0.0, geometric: 0.0 };
}

/// The sum, in a fixed order of four lanes.
fn sum(values: &[f64]) -> f64 {
    let (blocks, rest) = values.as_chunks::<4>();
    let mut lanes = [0.0; 4];
    for block in blocks {
        for lane in 0..4 {
            lanes[lane] += block[lane];
        }
    }
    lanes.iter().sum::<f64>() + rest.iter().sum::<f64>()
}

/// The inner product, likewise.
fn inner(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let mut lanes = [0.0; 4];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..4 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    lanes.iter().sum::<f64>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f64>()
}

struct Exponentials<'a>(&'a mut [f64]);

impl Work for Exponentials<'_> {
    type Output = ();

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
    fn run(self) {
        for share in self.0 {
            *share = exp(*share);
        }
    }
}

/// `e^((value - first) · inverse)` of each block.
fn softmax_numerators(sorted: &[f64], blocks: &[Block], inverse: f64, shares: &mut [f64]) {
    for block in blocks {
        let places = block.start as usize..block.end as usize;
        let first = sorted[places.start];
        for (share, value) in shares[places.clone()].iter_mut().zip(&sorted[places]) {
            *share = (value - first) * inverse;
        }
    }
    let shares = &mut shares[..sorted.len()];
    vectorized_work(Exponentials(shares));
}

/// Calls `work` with start and end of each block.
#[inline]
pub(crate) fn for_each_block(order: &[u32], mut work: impl FnMut(usize, usize)) {
    let mut start = 0;
    while start < order.len() {
        let mut end = start + 1;
        while end < order.len() && order[end] & START == 0 {
            end += 1;
        }
        work(start, end);
        start = end;
    }
}
