//! Sorting networks whose comparators swap by halves.
//!
//! Petersen, Borgelt, Kuehne, Deussen: Differentiable sorting networks (ICML 2021), Monotonic differentiable sorting
//! networks (ICLR 2022). A comparator of a and b gives `a f + b (1 - f)` for the lesser and the rest for the greater, with
//! `f = f(b - a)` from 0 to 1. Ranks are the ranks 1, …, n carried back through the comparators. Odd-even transposition
//! has n layers, bitonic merging L (L + 1) / 2 with L = ⌈log₂ n⌉. Each layer is applied to a vector in O(n); the values
//! before each, which ranks and gradients need, are kept for few layers, and found again for the others.
//!
//! By hand: of 0 and 1 at strength 1 by Cauchy, f = ½ + atan(1) / π = ¾, hence ranks 1.25 and 1.75.

use std::f64::consts::PI;

use crate::Result;
use crate::checkpoints::backwards;
use crate::watch::Watch;

/// How a comparator goes from swapping to not swapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Swap {
    /// `σ(t / strength)`; not monotonic: a sorted value may fall as a value rises.
    Logistic,
    /// `½ + atan(t / strength) / π`.
    #[default]
    Cauchy,
    /// `½ + t / (strength + 2|t|)`.
    Reciprocal,
    /// Linear about 0, then hyperbolic: the least error of a monotonic one.
    Optimal,
}

impl Swap {
    /// The value at `t`, and the derivative.
    fn at(self, t: f64, strength: f64) -> (f64, f64) {
        let z = t / strength;
        let (value, slope) = match self {
            Self::Logistic => {
                let e = (-z.abs()).exp();
                let high = 1.0 / (1.0 + e);
                (if z < 0.0 { e * high } else { high }, e * high * high)
            }
            Self::Cauchy => (0.5 + z.atan() / PI, 1.0 / (PI * (1.0 + z * z))),
            Self::Reciprocal => {
                let scale = 1.0 + 2.0 * z.abs();
                (0.5 + z / scale, 1.0 / (scale * scale))
            }
            Self::Optimal if z > 0.25 => (1.0 - 1.0 / (16.0 * z), 1.0 / (16.0 * z * z)),
            Self::Optimal if z < -0.25 => (-1.0 / (16.0 * z), 1.0 / (16.0 * z * z)),
            Self::Optimal => (0.5 + z, 1.0),
        };
        (value, slope / strength)
    }
}

/// Which places are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Network {
    OddEven,
    Bitonic,
}

impl Network {
    /// How many layers there are.
    pub(crate) fn depth(self, n: usize) -> usize {
        let levels = n.next_power_of_two().trailing_zeros() as usize;
        if self == Self::OddEven { n } else { levels * (levels + 1) / 2 }
    }

    /// Calls `compare` with the places of each comparator of a layer, the lesser first.
    fn layer(self, layer: usize, n: usize, mut compare: impl FnMut(usize, usize)) {
        if self == Self::OddEven {
            (layer % 2..n.saturating_sub(1)).step_by(2).for_each(|i| compare(i, i + 1));
            return;
        }
        // Blocks of twice the size are merged by as many layers more: the first compares a block's ends.
        let (mut level, mut within) = (1, layer);
        while within >= level {
            within -= level;
            level += 1;
        }
        let size = 1 << (level - within);
        // What is missing to a power of two would be the greatest, and stay behind: its comparators do nothing.
        for start in (0..n).step_by(size) {
            for i in 0..size / 2 {
                let other = start + if within == 0 { size - 1 - i } else { size / 2 + i };
                if other < n {
                    compare(start + i, other);
                }
            }
        }
    }
}

/// A network over values, softened.
struct Soft<'a> {
    network: Network,
    swap: Swap,
    strength: f64,
    x: &'a [f64],
}

impl Soft<'_> {
    fn depth(&self) -> usize {
        self.network.depth(self.x.len())
    }

    /// Sorts the values by one layer.
    fn step(&self, layer: usize, values: &mut [f64]) {
        self.network.layer(layer, values.len(), |a, b| {
            let (low, high) = (values[a], values[b]);
            let (f, _) = self.swap.at(high - low, self.strength);
            (values[a], values[b]) = (low + (1.0 - f) * (high - low), high - (1.0 - f) * (high - low));
        });
    }
}

/// The values, ascending.
pub(crate) fn sort(
    network: Network,
    swap: Swap,
    x: &[f64],
    strength: f64,
    watch: Watch<'_>,
    out: &mut [f64],
) -> Result<()> {
    let soft = Soft { network, swap, strength, x };
    out.copy_from_slice(x);
    (0..soft.depth()).try_for_each(|layer| {
        soft.step(layer, out);
        watch.advance(1)
    })
}

pub(crate) fn sort_vjp(
    network: Network,
    swap: Swap,
    x: &[f64],
    strength: f64,
    u: &[f64],
    watch: Watch<'_>,
    out: &mut [f64],
) -> Result<()> {
    let soft = Soft { network, swap, strength, x };
    out.copy_from_slice(u);
    backwards(
        x.to_vec(),
        soft.depth(),
        watch,
        |layer, values| soft.step(layer, values),
        |layer, values| {
            network.layer(layer, x.len(), |a, b| {
                let gap = values[b] - values[a];
                let (f, slope) = swap.at(gap, strength);
                let (low, high) = (out[a], out[b]);
                let moved = (high - low) * gap * slope;
                (out[a], out[b]) = (f * low + (1.0 - f) * high - moved, (1.0 - f) * low + f * high + moved);
            });
        },
    )
}

/// `weights`, one for each place of the ascending order, carried back to the values.
pub(crate) fn weights(
    network: Network,
    swap: Swap,
    x: &[f64],
    strength: f64,
    weights: &[f64],
    watch: Watch<'_>,
    out: &mut [f64],
) -> Result<()> {
    let soft = Soft { network, swap, strength, x };
    out.copy_from_slice(weights);
    backwards(
        x.to_vec(),
        soft.depth(),
        watch,
        |layer, values| soft.step(layer, values),
        |layer, values| {
            network.layer(layer, x.len(), |a, b| {
                let (f, _) = swap.at(values[b] - values[a], strength);
                (out[a], out[b]) = (f * out[a] + (1.0 - f) * out[b], (1.0 - f) * out[a] + f * out[b]);
            });
        },
    )
}

pub(crate) fn weights_vjp(
    network: Network,
    swap: Swap,
    x: &[f64],
    strength: f64,
    (weights, u): (&[f64], &[f64]),
    watch: Watch<'_>,
    out: &mut [f64],
) -> Result<()> {
    let (n, soft) = (x.len(), Soft { network, swap, strength, x });
    // The product is that of the weights with the cotangent sorted as the values are: both go through the layers.
    let step = |layer: usize, state: &mut [f64]| {
        let (values, carried) = state.split_at_mut(n);
        network.layer(layer, n, |a, b| {
            let (f, _) = swap.at(values[b] - values[a], strength);
            (carried[a], carried[b]) =
                (f * carried[a] + (1.0 - f) * carried[b], (1.0 - f) * carried[a] + f * carried[b]);
        });
        soft.step(layer, values);
    };
    let mut back = weights.to_vec();
    out.fill(0.0);
    backwards([x, u].concat(), soft.depth(), watch, step, |layer, state| {
        let (values, carried) = state.split_at(n);
        network.layer(layer, n, |a, b| {
            let gap = values[b] - values[a];
            let (f, slope) = swap.at(gap, strength);
            let moved = ((back[a] - back[b]) * (carried[a] - carried[b]) + (out[b] - out[a]) * gap) * slope;
            (out[a], out[b]) = (f * out[a] + (1.0 - f) * out[b] - moved, (1.0 - f) * out[a] + f * out[b] + moved);
            (back[a], back[b]) = (f * back[a] + (1.0 - f) * back[b], (1.0 - f) * back[a] + f * back[b]);
        });
    })
}
