//! The normal distribution, to the last digits in its tail as well.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use statrs::function::erf::erfc_inv;

/// The density of a standard normal variable at `z`.
pub(super) fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}

/// The probability that a standard normal variable is below `z`.
///
/// Near 0 by the series `1/2 + density(z) (z + z^3 / 3 + z^5 / 15 + ...)`, in the tail by Laplace's continued fraction
/// (Marsaglia: Evaluating the normal distribution, Journal of Statistical Software 2004).
pub(super) fn cdf(z: f64) -> f64 {
    if z > 3.0 {
        return 1.0 - cdf(-z);
    }
    if z < -3.0 {
        let x = -z;
        // So many terms leave an error below 1e-16.
        let terms = 12 + (240.0 / (x * x)) as u32;
        let fraction = (1..=terms).rev().fold(0.0, |fraction, term| f64::from(term) / (x + fraction));
        return density(x) / (x + fraction);
    }
    let (mut sum, mut term, mut odd) = (z, z, 1.0);
    loop {
        odd += 2.0;
        term *= z * z / odd;
        if sum + term == sum {
            return 0.5 + density(z) * sum;
        }
        sum += term;
    }
}

/// The `z` below which a standard normal variable is with probability `p`.
pub(super) fn quantile(p: f64) -> f64 {
    let z = -erfc_inv(2.0 * p) / FRAC_1_SQRT_2;
    // One step of Newton's method mends the last digits.
    z - (cdf(z) - p) / density(z)
}

#[cfg(test)]
mod tests {
    use super::{cdf, quantile};

    /// Expected values from `scipy.special.ndtr`.
    #[test]
    fn equals_scipy() {
        for (z, expected) in [
            (-37.0, 5.725_571_222_523_926_6e-300),
            (-10.0, 7.619_853_024_160_47e-24),
            (-3.5, 2.326_290_790_355_250_2e-4),
            (-2.5, 6.209_665_325_776_132e-3),
            (-0.1, 0.460_172_162_722_971),
            (0.0, 0.5),
            (1.959_963_984_540_054, 0.975),
            (6.0, 0.999_999_999_013_412_3),
        ] {
            assert!((cdf(z) / expected - 1.0).abs() < 2e-13, "{z}: {:e} instead of {expected:e}", cdf(z));
        }
        assert!((quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
        assert!((quantile(0.2) + 0.841_621_233_572_914_2).abs() < 1e-14);
    }
}
