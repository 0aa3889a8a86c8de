//! The mask of the `k` largest by `k` softmaxes in turn, each of which takes away what it chose.
//!
//! Xie, Ermon: Reparameterizable subset sampling via continuous relaxations (IJCAI 2019); with Gumbel noise on the values
//! it relaxes sampling without replacement (Kool, van Hoof, Welling 2019). `a₁ = x / τ`, `p = softmax(aₜ)`,
//! `aₜ₊₁ = aₜ + log(1 - p)`, mask = Σ p. O(k n); few steps
//! are kept for the gradient.
//!
//! By hand: of n equal values all have k / n.

use std::cell::RefCell;

use crate::Result;
use crate::checkpoints::backwards;
use crate::permutation::softmax;
use crate::watch::Watch;

/// The softmax `p` of `a`, and `a` for the next.
fn step(a: &mut [f64], p: &mut Vec<f64>) {
    p.clear();
    p.extend_from_slice(a);
    softmax(p);
    a.iter_mut().zip(p).for_each(|(a, p)| *a += (1.0 - *p).max(0.0).ln());
}

fn start(x: &[f64], temperature: f64) -> Vec<f64> {
    x.iter().map(|x| x / temperature).collect()
}

pub(crate) fn mask(x: &[f64], k: usize, temperature: f64, watch: Watch<'_>, out: &mut [f64]) -> Result<()> {
    let (mut a, mut p) = (start(x, temperature), Vec::new());
    out.fill(0.0);
    (0..k.min(x.len())).try_for_each(|_| {
        step(&mut a, &mut p);
        out.iter_mut().zip(&p).for_each(|(out, p)| *out += p);
        watch.advance(1)
    })
}

pub(crate) fn mask_vjp(
    x: &[f64],
    k: usize,
    temperature: f64,
    u: &[f64],
    watch: Watch<'_>,
    out: &mut [f64],
) -> Result<()> {
    // The gradient to a after the step at hand.
    out.fill(0.0);
    let (spare, mut p) = (RefCell::new(Vec::new()), Vec::new());
    backwards(
        start(x, temperature),
        k.min(x.len()),
        watch,
        |_, a| step(a, &mut spare.borrow_mut()),
        |_, a| {
            p.clear();
            p.extend_from_slice(a);
            softmax(&mut p);
            let to_p = |p: f64, u: f64, a: f64| if p < 1.0 { u - a / (1.0 - p) } else { u };
            let mean: f64 = p.iter().zip(u).zip(out.iter()).map(|((&p, &u), &a)| p * to_p(p, u, a)).sum();
            for ((out, &p), &u) in out.iter_mut().zip(&p).zip(u) {
                *out += p * (to_p(p, u, *out) - mean);
            }
        },
    )?;
    for out in out.iter_mut() {
        *out /= temperature;
    }
    Ok(())
}
