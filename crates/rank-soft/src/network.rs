//! Sorting networks whose comparators swap by halves.
//!
//! Petersen, Borgelt, Kuehne, Deussen: Differentiable sorting networks (ICML 2021), Monotonic differentiable sorting
//! networks (ICLR 2022). A comparator of a and b gives `a f + b (1 - f)` for the lesser and the rest for the greater, with
//! `f = f(b - a)` from 0 to 1. Ranks are the ranks 1, …, n carried back through the comparators. Odd-even transposition
//! has n layers, bitonic merging L (L + 1) / 2 with L = ⌈log₂ n⌉. Each layer is applied to a vector: O(n) a layer, in time
//! and memory.
//!
//! By hand: of 0 and 1 at strength 1 by Cauchy, f = ½ + atan(1) / π = ¾, hence ranks 1.25 and 1.75.

use std::f64::consts::PI;

use crate::Result;
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

    /// The comparators of each layer, the lesser place first.
    fn layers(self, n: usize) -> Vec<Vec<(usize, usize)>> {
        match self {
            Self::OddEven => {
                (0..n).map(|layer| (layer % 2..n.saturating_sub(1)).step_by(2).map(|i| (i, i + 1)).collect()).collect()
            }
            Self::Bitonic => {
                let mut layers = Vec::new();
                let mut size = 2;
                // What is missing to a power of two would be the greatest, and stay behind: its comparators do nothing.
                while size < 2 * n {
                    let inside = |pairs: Vec<(usize, usize)>| pairs.into_iter().filter(|&(_, b)| b < n).collect();
                    let full = n.next_power_of_two();
                    layers.push(inside((0..full).map(|i| (i, i ^ (size - 1))).filter(|(a, b)| a < b).collect()));
                    let mut step = size / 4;
                    while step > 0 {
                        layers.push(inside((0..full).map(|i| (i, i | step)).filter(|(a, b)| a < b).collect()));
                        step /= 2;
                    }
                    size *= 2;
                }
                layers
            }
        }
    }
}

/// The values before each layer, ascending at the end.
fn run(
    layers: &[Vec<(usize, usize)>],
    x: &[f64],
    swap: Swap,
    strength: f64,
    watch: Watch<'_>,
) -> Result<Vec<Vec<f64>>> {
    let mut values = vec![x.to_vec()];
    for layer in layers {
        watch.advance(1)?;
        let mut next = values[values.len() - 1].clone();
        for &(a, b) in layer {
            let (low, high) = (next[a], next[b]);
            let (f, _) = swap.at(high - low, strength);
            (next[a], next[b]) = (low + (1.0 - f) * (high - low), high - (1.0 - f) * (high - low));
        }
        values.push(next);
    }
    Ok(values)
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
    let layers = network.layers(x.len());
    let values = run(&layers, x, swap, strength, watch)?;
    out.copy_from_slice(&values[layers.len()]);
    Ok(())
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
    let layers = network.layers(x.len());
    let values = run(&layers, x, swap, strength, watch)?;
    out.copy_from_slice(u);
    for (layer, values) in layers.iter().zip(&values).rev() {
        for &(a, b) in layer {
            let gap = values[b] - values[a];
            let (f, slope) = swap.at(gap, strength);
            let (low, high) = (out[a], out[b]);
            let moved = (high - low) * gap * slope;
            (out[a], out[b]) = (f * low + (1.0 - f) * high - moved, (1.0 - f) * low + f * high + moved);
        }
    }
    Ok(())
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
    let layers = network.layers(x.len());
    let values = run(&layers, x, swap, strength, watch)?;
    out.copy_from_slice(weights);
    for (layer, values) in layers.iter().zip(&values).rev() {
        for &(a, b) in layer {
            let (f, _) = swap.at(values[b] - values[a], strength);
            (out[a], out[b]) = (f * out[a] + (1.0 - f) * out[b], (1.0 - f) * out[a] + f * out[b]);
        }
    }
    Ok(())
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
    let layers = network.layers(x.len());
    let values = run(&layers, x, swap, strength, watch)?;
    // The product is that of the weights with the cotangent sorted as the values are.
    let mut carried = vec![u.to_vec()];
    for (layer, values) in layers.iter().zip(&values) {
        let mut next = carried[carried.len() - 1].clone();
        for &(a, b) in layer {
            let (f, _) = swap.at(values[b] - values[a], strength);
            (next[a], next[b]) = (f * next[a] + (1.0 - f) * next[b], (1.0 - f) * next[a] + f * next[b]);
        }
        carried.push(next);
    }
    let mut back = weights.to_vec();
    out.fill(0.0);
    for ((layer, values), carried) in layers.iter().zip(&values).zip(&carried).rev() {
        for &(a, b) in layer {
            let gap = values[b] - values[a];
            let (f, slope) = swap.at(gap, strength);
            let moved = ((back[a] - back[b]) * (carried[a] - carried[b]) + (out[b] - out[a]) * gap) * slope;
            (out[a], out[b]) = (f * out[a] + (1.0 - f) * out[b] - moved, (1.0 - f) * out[a] + f * out[b] + moved);
            (back[a], back[b]) = (f * back[a] + (1.0 - f) * back[b], (1.0 - f) * back[a] + f * back[b]);
        }
    }
    Ok(())
}
