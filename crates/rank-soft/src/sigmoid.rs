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
        let (blocks, rest) = self.x.as_chunks::<8>();
        let mut lanes = [0.0; 8];
        for block in blocks {
            for lane in 0..8 {
                lanes[lane] += sigmoid(self.slope * (self.own - block[lane]));
            }
        }
        let rest: f64 = rest.iter().map(|other| sigmoid(self.slope * (self.own - other))).sum();
        lanes.iter().sum::<f64>() + rest
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
        let term = |other: f64| {
            let e = exp(-(self.slope * (self.own - other)).abs());
            let high = 1.0 / (1.0 + e);
            self.scale * (e * high * high)
        };
        let (blocks, rest) = self.x.as_chunks::<8>();
        let (outs, out_rest) = self.out.as_chunks_mut::<8>();
        let mut lanes = [0.0; 8];
        for (block, out) in blocks.iter().zip(outs) {
            for lane in 0..8 {
                let t = term(block[lane]);
                out[lane] += t;
                lanes[lane] += t;
            }
        }
        let mut sum = lanes.iter().sum::<f64>();
        for (&other, out) in rest.iter().zip(out_rest) {
            let t = term(other);
            *out += t;
            sum += t;
        }
        sum
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
