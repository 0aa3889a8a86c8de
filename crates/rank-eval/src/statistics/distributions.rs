//! The distributions that the tests share.

use std::f64::consts::LN_2;

use statrs::function::beta::beta_reg;
use statrs::function::gamma::{gamma_ur, ln_gamma};

use super::normal;

/// The probability that a t-distributed variable is at least as far from 0 as `t`.
pub(super) fn t_two_sided(t: f64, degrees_of_freedom: f64) -> f64 {
    beta_reg(degrees_of_freedom / 2.0, 0.5, degrees_of_freedom / (degrees_of_freedom + t * t))
}

/// The `t` at least as far from 0 as which a variable is with probability `p`.
pub(super) fn t_two_sided_quantile(p: f64, degrees_of_freedom: f64) -> f64 {
    rising(0.0, |t| p - t_two_sided(t, degrees_of_freedom))
}

/// The probability that a variable of the F distribution is at least `f`.
pub(super) fn f_upper(f: f64, numerator: f64, denominator: f64) -> f64 {
    if f == f64::INFINITY {
        return 0.0;
    }
    beta_reg(denominator / 2.0, numerator / 2.0, denominator / (denominator + numerator * f))
}

/// The probability that a variable of the noncentral t distribution is below `t`.
///
/// It is that of `z + noncentrality <= t s` for a standard normal `z` and the `s` of [`chi_mean`], and the sum is over the
/// one of both that changes it more smoothly.
pub(super) fn noncentral_t_cdf(t: f64, degrees_of_freedom: f64, noncentrality: f64) -> f64 {
    if t < 0.0 {
        return 1.0 - noncentral_t_cdf(-t, degrees_of_freedom, -noncentrality);
    }
    let sharpness = (2.0 * degrees_of_freedom).sqrt();
    // Summed over z, the density of s must not come near its corner at 0.
    if t < sharpness || noncentrality.abs() < 12.0 {
        // Further out, nothing is left of it.
        let reach = 60.0 + 20.0 * sharpness;
        let noncentrality = noncentrality.clamp(-reach, reach);
        return chi_mean(degrees_of_freedom, noncentrality.abs(), |s| normal::cdf(t * s - noncentrality));
    }
    let half = degrees_of_freedom / 2.0;
    let above = |s: f64| if s <= 0.0 { 1.0 } else { gamma_ur(half, half * s * s) };
    let step = 0.1;
    let places = (-90..=90).map(|place| f64::from(place) * step);
    places.map(|z| step * normal::density(z) * above((z + noncentrality) / t)).sum()
}

/// The mean of `g(s)`, where `s` is the standard deviation of a normal sample over the true one, of so many degrees of
/// freedom: by the trapezoidal rule over `ln s`, which for smooth functions that vanish at both ends is exact to the last
/// digits. `g` is to change by no more than its own size where `s` changes by `1 / sharpness` of its size.
pub(super) fn chi_mean(degrees_of_freedom: f64, sharpness: f64, g: impl Fn(f64) -> f64) -> f64 {
    let half = degrees_of_freedom / 2.0;
    let constant = LN_2 + half * half.ln() - ln_gamma(half);
    let step = 0.13_f64.min(0.5 / (2.0 * degrees_of_freedom).sqrt().max(sharpness));
    // At this s the density is below e^-50 of its peak.
    let first = 0.5 * (1.0 + 60.0 / half + (120.0 / half).sqrt()).ln();
    let (mut sum, mut last, mut place) = (0.0, 0.0, 0);
    loop {
        let u = first - step * f64::from(place);
        let density = constant + degrees_of_freedom * u - half * (2.0 * u).exp();
        let term = density.exp() * g(u.exp());
        sum += term;
        // To the left of the peak nothing is left that counts.
        if u < 0.0 && ((term <= last && term <= sum * 1e-18) || density < -745.0) {
            return sum * step;
        }
        last = term;
        place += 1;
    }
}

/// Where a rising function crosses 0, to the last bit, at or above `low`.
pub(super) fn rising(mut low: f64, f: impl Fn(f64) -> f64) -> f64 {
    let mut width = 1.0;
    while f(low + width) < 0.0 && width < 1e300 {
        low += width;
        width *= 2.0;
    }
    let mut high = low + width;
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return high;
        }
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
}
