//! Ranks as sums of sigmoids: `rᵢ = 1 / (n - 1) Σ σ(a (xᵢ - xⱼ))` over the others, from 0 to 1.
//!
//! The operator of this project's predecessor. Here the strength is the slope a: larger is **harder**. One value alone has
//! rank ½. O(n²).
//!
//! By hand: the ranks of 0 and 1 at slope 1 are σ(-1) = 0.2689 and σ(1) = 0.7311.

use rank_kernels::{Work, exp, vectorized_work};

struct Sigmoids<'a> {
    own: f64,
    slope: f64,
    x: &'a [f64],
    row: &'a mut [f64],
}

impl Work for Sigmoids<'_> {
    type Output = ();

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
    fn run(self) {
        for (value, other) in self.row.iter_mut().zip(self.x) {
            *value = sigmoid(self.slope * (self.own - other));
        }
    }
}

/// Calls `work` for each i with the sigmoids of `slope · (xᵢ - xⱼ)`.
pub(crate) fn each_row(x: &[f64], slope: f64, mut work: impl FnMut(usize, &[f64])) {
    let mut row = vec![0.0; x.len()];
    for (i, &own) in x.iter().enumerate() {
        vectorized_work(Sigmoids { own, slope, x, row: &mut row });
        work(i, &row);
    }
}

/// `1 / (1 + e^-t)` without overflow.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
pub(crate) fn sigmoid(t: f64) -> f64 {
    let e = exp(-t.abs());
    let high = 1.0 / (1.0 + e);
    if t < 0.0 { e * high } else { high }
}

pub(crate) fn rank(x: &[f64], slope: f64, out: &mut [f64]) {
    let others = x.len() as f64 - 1.0;
    each_row(x, slope, |i, row| {
        out[i] = if others > 0.0 { (row.iter().sum::<f64>() - 0.5) / others } else { 0.5 };
    });
}

pub(crate) fn rank_vjp(x: &[f64], slope: f64, u: &[f64], out: &mut [f64]) {
    let scale = slope / (x.len() as f64 - 1.0).max(1.0);
    each_row(x, slope, |i, row| {
        out[i] = scale * row.iter().zip(u).map(|(s, other)| s * (1.0 - s) * (u[i] - other)).sum::<f64>();
    });
}
