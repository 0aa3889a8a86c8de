//! The distribution of the studentized range.

use super::distributions::{chi_mean, rising};
use super::normal;

/// The probability that the range of `groups` standard normal variables, divided by an independent estimate of their
/// standard deviation with so many degrees of freedom, is at least `q`.
///
/// The tail is summed itself, not as what is left of 1, so that small probabilities keep their digits.
pub(super) fn upper(q: f64, groups: usize, degrees_of_freedom: f64) -> f64 {
    if q <= 0.0 {
        return 1.0;
    }
    if q == f64::INFINITY {
        return 0.0;
    }
    let range = Range::new(groups);
    chi_mean(degrees_of_freedom, 0.0, |s| range.upper(q * s)).min(1.0)
}

/// The `q` at least as large as which the studentized range is with probability `p`.
pub(super) fn quantile(p: f64, groups: usize, degrees_of_freedom: f64) -> f64 {
    rising(0.0, |q| p - upper(q, groups, degrees_of_freedom))
}

/// The distribution of the range of standard normal variables.
struct Range {
    groups: i32,
    /// For each `z` of a grid: `z`, the normal probability below it, and what a largest variable at `z` weighs.
    grid: Vec<(f64, f64, f64)>,
}

impl Range {
    const STEP: f64 = 0.2;
    const LEFT: f64 = -9.0;
    /// Beyond, a range has a probability below 1e-300.
    const WIDEST: f64 = 54.0;

    fn new(groups: usize) -> Self {
        let places = ((Self::WIDEST / 2.0 + 9.0 - Self::LEFT) / Self::STEP) as u32;
        let grid = (0..=places).map(|place| {
            let z = Self::LEFT + Self::STEP * f64::from(place);
            let below = normal::cdf(z);
            (z, below, groups as f64 * normal::density(z) * below.powi(groups as i32 - 1) * Self::STEP)
        });
        Self { groups: groups as i32, grid: grid.collect() }
    }

    /// The probability of a range of at least `width`: with the largest variable at `z`, not all others are within.
    fn upper(&self, width: f64) -> f64 {
        if width > Self::WIDEST {
            return 0.0;
        }
        let last = width / 2.0 + 9.0;
        let others = f64::from(self.groups - 1);
        let grid = self.grid.iter().take_while(|(z, _, _)| *z <= last);
        grid.map(|&(z, below, weight)| {
            // Where both are next to equal, rounding must not lead beyond 1.
            let outside = (normal::cdf(z - width) / below).min(1.0);
            weight * -(others * (-outside).ln_1p()).exp_m1()
        })
        .sum()
    }
}
