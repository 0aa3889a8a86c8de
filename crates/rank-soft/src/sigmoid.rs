//! Ranks as sums of sigmoids: `rᵢ = 1 / (n - 1) Σ σ(a (xᵢ - xⱼ))` over the others, from 0 to 1.
//!
//! The operator of this project's predecessor. Here the strength is the slope a: larger is **harder**. One value alone has
//! rank ½. O(n²).
//!
//! By hand: the ranks of 0 and 1 at slope 1 are σ(-1) = 0.2689 and σ(1) = 0.7311.

use rank_kernels::{Work, exp, vectorized_work};

use crate::Result;
use crate::watch::Watch;

/// `1 / (1 + e^-t)` without overflow.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
pub(crate) fn sigmoid(t: f64) -> f64 {
    let e = exp(-t.abs());
    let high = 1.0 / (1.0 + e);
    if t < 0.0 { e * high } else { high }
}

/// How many terms are made at a time.
const CHUNK: usize = 64;

/// Adds the terms to eight sums in turn.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
pub(crate) fn add_to_lanes(lanes: &mut [f64; 8], terms: &[f64]) {
    let (blocks, rest) = terms.as_chunks::<8>();
    for block in blocks {
        for lane in 0..8 {
            lanes[lane] += block[lane];
        }
    }
    for (lane, term) in lanes.iter_mut().zip(rest) {
        *lane += term;
    }
}

struct Sum<'a> {
    own: f64,
    slope: f64,
    x: &'a [f64],
}

impl Work for Sum<'_> {
    type Output = f64;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
    fn run(self) -> f64 {
        // Loops of one thing each are vectorized.
        let mut terms = [0.0; CHUNK];
        let mut lanes = [0.0; 8];
        for chunk in self.x.chunks(CHUNK) {
            let terms = &mut terms[..chunk.len()];
            for (term, other) in terms.iter_mut().zip(chunk) {
                *term = sigmoid(self.slope * (self.own - other));
            }
            add_to_lanes(&mut lanes, terms);
        }
        lanes.iter().sum()
    }
}

/// `Σ σ(slope (own - xⱼ))`, in a fixed order of eight lanes.
pub(crate) fn sum_of_sigmoids(own: f64, slope: f64, x: &[f64]) -> f64 {
    vectorized_work(Sum { own, slope, x })
}

struct PullBack<'a> {
    own: f64,
    slope: f64,
    x: &'a [f64],
    scale: f64,
    out: &'a mut [f64],
}

impl Work for PullBack<'_> {
    type Output = f64;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
    fn run(self) -> f64 {
        let mut terms = [0.0; CHUNK];
        let mut lanes = [0.0; 8];
        for (chunk, out) in self.x.chunks(CHUNK).zip(self.out.chunks_mut(CHUNK)) {
            let terms = &mut terms[..chunk.len()];
            for (term, other) in terms.iter_mut().zip(chunk) {
                let e = exp(-(self.slope * (self.own - other)).abs());
                let high = 1.0 / (1.0 + e);
                *term = self.scale * (e * high * high);
            }
            for (out, term) in out.iter_mut().zip(terms.iter()) {
                *out += term;
            }
            add_to_lanes(&mut lanes, terms);
        }
        lanes.iter().sum()
    }
}

/// Adds `scale · σ′(slope (own - xⱼ))` to each of `out`, and returns their sum.
pub(crate) fn pull_sigmoids(own: f64, slope: f64, x: &[f64], scale: f64, out: &mut [f64]) -> f64 {
    vectorized_work(PullBack { own, slope, x, scale, out })
}

pub(crate) fn rank(x: &[f64], slope: f64, watch: Watch<'_>, out: &mut [f64]) -> Result<()> {
    let others = x.len() as f64 - 1.0;
    for (out, &own) in out.iter_mut().zip(x) {
        watch.advance(1)?;
        *out = if others > 0.0 { (sum_of_sigmoids(own, slope, x) - 0.5) / others } else { 0.5 };
    }
    Ok(())
}

pub(crate) fn rank_vjp(x: &[f64], slope: f64, u: &[f64], watch: Watch<'_>, out: &mut [f64]) -> Result<()> {
    let scale = slope / (x.len() as f64 - 1.0).max(1.0);
    out.fill(0.0);
    for i in 0..x.len() {
        watch.advance(1)?;
        // Each rank falls with the others by as much as it rises with its own value.
        let moved = pull_sigmoids(x[i], slope, x, -scale * u[i], out);
        out[i] -= moved;
    }
    Ok(())
}
