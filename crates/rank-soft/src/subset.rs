//! The mask of the `k` largest by `k` softmaxes in turn, each of which takes away what it chose.
//!
//! Xie, Ermon: Reparameterizable subset sampling via continuous relaxations (IJCAI 2019); with Gumbel noise on the values
//! it relaxes sampling without replacement (Kool, van Hoof, Welling 2019). `a₁ = x / τ`, `p = softmax(aₜ)`,
//! `aₜ₊₁ = aₜ + log(1 - p)`, mask = Σ p. O(k n).
//!
//! By hand: of n equal values all have k / n.

use crate::Result;
use crate::permutation::softmax;
use crate::watch::Watch;

/// The softmaxes, one after the other.
fn steps(x: &[f64], k: usize, temperature: f64, watch: Watch<'_>) -> Result<Vec<Vec<f64>>> {
    let mut a: Vec<f64> = x.iter().map(|x| x / temperature).collect();
    (0..k.min(x.len()))
        .map(|_| {
            watch.advance(1)?;
            let mut p = a.clone();
            softmax(&mut p);
            a.iter_mut().zip(&p).for_each(|(a, p)| *a += (1.0 - p).max(0.0).ln());
            Ok(p)
        })
        .collect()
}

pub(crate) fn mask(x: &[f64], k: usize, temperature: f64, watch: Watch<'_>, out: &mut [f64]) -> Result<()> {
    out.fill(0.0);
    for p in steps(x, k, temperature, watch)? {
        out.iter_mut().zip(p).for_each(|(out, p)| *out += p);
    }
    Ok(())
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
    for p in steps(x, k, temperature, watch)?.into_iter().rev() {
        let to_p = |p: f64, u: f64, a: f64| if p < 1.0 { u - a / (1.0 - p) } else { u };
        let mean: f64 = p.iter().zip(u).zip(out.iter()).map(|((&p, &u), &a)| p * to_p(p, u, a)).sum();
        for ((out, &p), &u) in out.iter_mut().zip(&p).zip(u) {
            *out += p * (to_p(p, u, *out) - mean);
        }
    }
    for out in out.iter_mut() {
        *out /= temperature;
    }
    Ok(())
}
