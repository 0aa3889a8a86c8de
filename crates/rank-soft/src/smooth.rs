//! The operators that are no projections, by one name each.

use crate::checkpoints::reported;
use crate::operator::{Kind, Method};
use crate::permutation::{self, Matrix, Task};
use crate::watch::Watch;
use crate::{Result, lapsum, network, sigmoid, sinkhorn, subset};

/// What is computed: ascending ranks, the mask of the largest, or the values sorted in descending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Rank,
    Mask(usize),
    Sort,
}

impl Target {
    pub(crate) fn of(kind: Kind, count: usize) -> Self {
        match kind {
            Kind::Rank => Self::Rank,
            Kind::TopKMask { k } => Self::Mask(k.min(count)),
            _ => Self::Sort,
        }
    }

    /// The number that each place of the ascending order stands for.
    fn weights(self, n: usize) -> Option<Vec<f64>> {
        match self {
            Self::Rank => Some((1..=n).map(|rank| rank as f64).collect()),
            Self::Mask(k) => Some((0..n).map(|place| f64::from(u8::from(place + k >= n))).collect()),
            Self::Sort => None,
        }
    }

    /// The same for the descending order.
    fn descending(self, n: usize) -> Option<Vec<f64>> {
        self.weights(n).map(|mut weights| {
            weights.reverse();
            weights
        })
    }
}

fn matrix(method: Method) -> Matrix {
    if method == Method::NeuralSort { Matrix::NeuralSort } else { Matrix::SoftSort }
}

pub(crate) fn forward(
    method: Method,
    target: Target,
    x: &[f64],
    strength: f64,
    watch: Watch<'_>,
    out: &mut [f64],
) -> Result<()> {
    match (method, target) {
        (Method::LapSum, Target::Rank) => lapsum::rank(x, strength, out),
        (Method::LapSum, Target::Mask(k)) => lapsum::mask(x, k, strength, out),
        (Method::LapSum, Target::Sort) => lapsum::sort(x, strength, out),
        (Method::Sigmoid, _) => sigmoid::rank(x, strength, watch, out)?,
        (Method::Subset, Target::Mask(k)) => subset::mask(x, k, strength, watch, out)?,
        (Method::Sinkhorn, _) => {
            sinkhorn::forward(x, target.weights(x.len()).as_deref(), strength, watch, out)?;
            if target == Target::Sort {
                out.reverse();
            }
        }
        (Method::OddEven(swap) | Method::Bitonic(swap), _) => {
            let kind = network_of(method);
            if let Some(weights) = target.weights(x.len()) {
                network::weights(kind, swap, x, strength, &weights, watch, out)?;
            } else {
                network::sort(kind, swap, x, strength, watch, out)?;
                out.reverse();
            }
        }
        _ => {
            let weights = target.descending(x.len());
            let task = weights.as_deref().map_or(Task::Sort, Task::Weights);
            permutation::forward(matrix(method), task, x, strength, watch, out)?;
        }
    }
    Ok(())
}

pub(crate) fn vjp(
    method: Method,
    target: Target,
    x: &[f64],
    strength: f64,
    u: &[f64],
    watch: Watch<'_>,
    out: &mut [f64],
) -> Result<()> {
    match (method, target) {
        (Method::LapSum, Target::Rank) => lapsum::rank_vjp(x, strength, u, out),
        (Method::LapSum, Target::Mask(k)) => lapsum::mask_vjp(x, k, strength, u, out),
        (Method::LapSum, Target::Sort) => lapsum::sort_vjp(x, strength, u, out),
        (Method::Sigmoid, _) => sigmoid::rank_vjp(x, strength, u, watch, out)?,
        (Method::Subset, Target::Mask(k)) => subset::mask_vjp(x, k, strength, u, watch, out)?,
        (Method::Sinkhorn, Target::Sort) => {
            let reversed: Vec<f64> = u.iter().rev().copied().collect();
            sinkhorn::vjp(x, None, strength, &reversed, watch, out)?;
        }
        (Method::Sinkhorn, _) => sinkhorn::vjp(x, target.weights(x.len()).as_deref(), strength, u, watch, out)?,
        (Method::OddEven(swap) | Method::Bitonic(swap), _) => {
            let kind = network_of(method);
            if let Some(weights) = target.weights(x.len()) {
                network::weights_vjp(kind, swap, x, strength, (&weights, u), watch, out)?;
            } else {
                let reversed: Vec<f64> = u.iter().rev().copied().collect();
                network::sort_vjp(kind, swap, x, strength, &reversed, watch, out)?;
            }
        }
        _ => {
            let weights = target.descending(x.len());
            let task = weights.as_deref().map_or(Task::Sort, Task::Weights);
            permutation::vjp(matrix(method), task, x, strength, u, watch, out)?;
        }
    }
    Ok(())
}

/// Whether the steps of a row are reported one by one.
pub(crate) fn has_steps(method: Method) -> bool {
    !matches!(method, Method::L2 | Method::Kl | Method::LapSum)
}

/// How many steps a row of `n` takes, back too or forward alone.
pub(crate) fn steps(method: Method, kind: Kind, n: usize, back: bool) -> usize {
    match method {
        Method::L2 | Method::Kl | Method::LapSum => 1,
        Method::Sinkhorn => sinkhorn::steps(n, back),
        Method::OddEven(_) | Method::Bitonic(_) => {
            let depth = network_of(method).depth(n);
            // Ranks are found on the way back.
            if back || Target::of(kind, n) != Target::Sort { reported(depth) } else { depth }
        }
        Method::Subset => match kind {
            Kind::TopKMask { k } if back => reported(k.min(n)),
            Kind::TopKMask { k } => k.min(n),
            _ => 0,
        },
        Method::SoftSort | Method::NeuralSort | Method::Sigmoid => n,
    }
}

fn network_of(method: Method) -> network::Network {
    if matches!(method, Method::Bitonic(_)) { network::Network::Bitonic } else { network::Network::OddEven }
}
