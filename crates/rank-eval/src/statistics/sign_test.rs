//! The sign test for paired samples.

use statrs::function::beta::beta_reg;

use super::Differences;
use crate::{Error, Result};

/// The result of [`sign_test`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SignTest {
    /// The two-sided p-value.
    pub p_value: f64,
    /// How often `a` is larger.
    pub wins: usize,
    /// How often the two are equal, within the tolerance.
    pub ties: usize,
    /// How often `b` is larger.
    pub losses: usize,
}

/// The sign test for paired samples: how likely wins and losses at least this uneven are, if both were equally likely.
///
/// Of `m = wins + losses` tosses of a fair coin, the two-sided probability of at least `max(wins, losses)` of one side;
/// ties do not count. Without any win or loss the p-value is 1.
///
/// * `a`, `b`: the values of two runs, query by query in the same order; at least 1.
/// * `tolerance`: values no further apart are a tie; 0 compares exactly.
///
/// # Errors
///
/// [`Error::UnpairedSamples`], [`Error::TooFewSamples`], [`Error::NotFinite`], [`Error::InvalidTolerance`].
///
/// # Source
///
/// Arbuthnot: An argument for divine providence (1710); for retrieval, van Rijsbergen: Information retrieval (1979).
///
/// # Example
///
/// ```
/// use rank_eval::sign_test;
///
/// // Three wins of three: 2 of the 8 sequences of tosses are as uneven.
/// let test = sign_test(&[0.5, 0.6, 0.7, 0.8], &[0.1, 0.2, 0.3, 0.8], 1e-9)?;
/// assert_eq!((test.wins, test.ties, test.losses), (3, 1, 0));
/// assert!((test.p_value - 2.0 / 8.0).abs() < 1e-12);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn sign_test(a: &[f64], b: &[f64], tolerance: f64) -> Result<SignTest> {
    if !(tolerance >= 0.0 && tolerance.is_finite()) {
        return Err(Error::InvalidTolerance { value: tolerance });
    }
    Differences::new(a, b, 1)?;
    let count =
        |wins: fn(f64) -> bool| a.iter().zip(b).filter(|(a, b)| (*a - *b).abs() > tolerance && wins(*a - *b)).count();
    let (wins, losses) = (count(|difference| difference > 0.0), count(|difference| difference < 0.0));
    let (most, least) = (wins.max(losses), wins.min(losses));
    let p_value = if most == least {
        1.0
    } else {
        // P(X >= most) for a fair coin.
        2.0 * beta_reg(most as f64, least as f64 + 1.0, 0.5)
    };
    Ok(SignTest { p_value: p_value.min(1.0), wins, ties: a.len() - wins - losses, losses })
}
