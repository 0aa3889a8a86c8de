//! Wilcoxon's signed-rank test for paired samples.

use super::Differences;
use super::normal;
use crate::{Error, Result};

/// Up to this many differences that are not 0, [`WilcoxonMethod::Auto`] counts all arrangements.
const EXACT: usize = 50;
/// More than this many differences are not counted exactly: the table of rank sums grows with their square.
const LARGEST: usize = 2000;

/// What becomes of differences of 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zeros {
    /// They are left out before ranking: Wilcoxon's own way.
    #[default]
    Drop,
    /// They are ranked, and their ranks left out: Pratt (1959).
    Pratt,
    /// They are ranked, and their ranks split between both sums.
    Split,
}

/// How the p-value comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WilcoxonMethod {
    /// Exact up to 50 differences that are not 0, else the normal approximation.
    #[default]
    Auto,
    /// From all arrangements of signs over the ranks at hand, ties included.
    Exact,
    /// From the normal approximation, its variance corrected for ties.
    Normal,
}

/// How [`wilcoxon_test`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct WilcoxonOptions {
    /// What becomes of differences of 0.
    pub zeros: Zeros,
    /// How the p-value comes about.
    pub method: WilcoxonMethod,
    /// Whether the normal approximation moves the statistic by 1/2 towards its mean.
    pub continuity: bool,
}

impl WilcoxonOptions {
    /// The same options with another treatment of differences of 0.
    #[must_use]
    pub fn zeros(mut self, zeros: Zeros) -> Self {
        self.zeros = zeros;
        self
    }

    /// The same options with another method.
    #[must_use]
    pub fn method(mut self, method: WilcoxonMethod) -> Self {
        self.method = method;
        self
    }

    /// The same options with or without correction for continuity.
    #[must_use]
    pub fn continuity(mut self, continuity: bool) -> Self {
        self.continuity = continuity;
        self
    }
}

/// The result of [`wilcoxon_test`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct WilcoxonTest {
    /// The smaller of the two rank sums.
    pub statistic: f64,
    /// The two-sided p-value.
    pub p_value: f64,
    /// The sum of the ranks of the differences above 0.
    pub positive: f64,
    /// The sum of the ranks of the differences below 0.
    pub negative: f64,
    /// The number of differences that are not 0.
    pub pairs: usize,
    /// Whether all arrangements were counted.
    pub exact: bool,
}

/// Wilcoxon's signed-rank test for paired samples: how likely rank sums at least this uneven are, if each difference
/// were as likely to have the other sign.
///
/// The differences are ranked by magnitude, the ranks of equal ones averaged; the statistic is the smaller of the sums of
/// ranks of either sign. Differences no further apart than rounding explains, 1e-12 of the largest value, are equal. With
/// ties the exact p-value is that of the ranks at hand, which SciPy approximates from 14 pairs on. If all differences are
/// 0 the p-value is 1.
///
/// * `a`, `b`: the values of two runs, query by query in the same order; at least 1.
///
/// # Errors
///
/// [`Error::UnpairedSamples`], [`Error::TooFewSamples`], [`Error::NotFinite`]; [`Error::TooManyForExact`] for
/// [`WilcoxonMethod::Exact`] with more than 2000 differences that are not 0.
///
/// # Source
///
/// Wilcoxon: Individual comparisons by ranking methods (Biometrics Bulletin 1945); Pratt: Remarks on zeros and ties in the
/// Wilcoxon signed rank procedures (JASA 1959); Cureton: The normal approximation to the signed-rank sampling
/// distribution when zero differences are present (JASA 1967).
///
/// # Example
///
/// ```
/// use rank_eval::{WilcoxonOptions, wilcoxon_test};
///
/// // Differences 1, 2, -3, 4: ranks 1 + 2 + 4 against 3. Rank sums of 0, 1, 2 and 3 come about in 1, 1, 1 and 2 of 16 ways.
/// let test = wilcoxon_test(&[1.0, 2.0, 0.0, 4.0], &[0.0, 0.0, 3.0, 0.0], WilcoxonOptions::default())?;
/// assert_eq!((test.positive, test.negative, test.statistic), (7.0, 3.0, 3.0));
/// assert_eq!(test.p_value, 2.0 * 5.0 / 16.0);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn wilcoxon_test(a: &[f64], b: &[f64], options: WilcoxonOptions) -> Result<WilcoxonTest> {
    let differences = Differences::new(a, b, 1)?;
    let largest = a.iter().chain(b).fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let ranks = Ranks::new(&differences.values, 1e-12 * (largest / differences.scale), options.zeros);
    let exact = match options.method {
        WilcoxonMethod::Auto => ranks.signed.len() <= EXACT,
        WilcoxonMethod::Exact => true,
        WilcoxonMethod::Normal => false,
    };
    if exact && ranks.signed.len() > LARGEST {
        return Err(Error::TooManyForExact { most: LARGEST, got: ranks.signed.len() });
    }
    let sum = |positive: bool| -> f64 {
        let ranks = ranks.signed.iter().filter(|(_, sign)| *sign == positive);
        ranks.map(|(doubled, _)| f64::from(*doubled) / 2.0).sum()
    };
    let (positive, negative) = (sum(true), sum(false));
    let p_value = if ranks.signed.is_empty() {
        1.0
    } else if exact {
        ranks.exact(positive.min(negative))
    } else {
        ranks.normal(positive - negative, options.continuity)
    };
    let (positive, negative) = (positive + ranks.split, negative + ranks.split);
    let pairs = ranks.signed.len();
    Ok(WilcoxonTest { statistic: positive.min(negative), p_value, positive, negative, pairs, exact })
}

/// The ranks of differences by magnitude.
struct Ranks {
    /// Of those that are not 0: twice the rank, which is whole with averaged ranks too, and whether the difference is
    /// positive.
    signed: Vec<(u32, bool)>,
    /// What each rank sum gains from the ranks of zeros.
    split: f64,
    /// The number of zeros that were ranked and are split; they take part in the variance.
    split_zeros: f64,
}

impl Ranks {
    fn new(differences: &[f64], rounding: f64, zeros: Zeros) -> Self {
        let mut sorted: Vec<f64> = differences.to_vec();
        sorted.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
        let zero = sorted.partition_point(|difference| difference.abs() <= rounding);
        let mut before = if zeros == Zeros::Drop { 0 } else { zero };
        let mut ranks = Self { signed: Vec::with_capacity(sorted.len() - zero), split: 0.0, split_zeros: 0.0 };
        if zeros == Zeros::Split {
            let t = zero as f64;
            // The sum of ranks 1 to t, half of it for each side.
            ranks.split = t * (t + 1.0) / 4.0;
            ranks.split_zeros = t;
        }
        for group in sorted[zero..].chunk_by(|a, b| b.abs() - a.abs() <= rounding) {
            let t = group.len();
            // The mean of ranks before + 1 to before + t, twice.
            let doubled = (2 * before + t + 1) as u32;
            ranks.signed.extend(group.iter().map(|&difference| (doubled, difference > 0.0)));
            before += t;
        }
        ranks
    }

    /// The probability of a sum at most `least` on either side: the sums of all arrangements are counted one rank after
    /// the other.
    fn exact(&self, least: f64) -> f64 {
        let total: usize = self.signed.iter().map(|(doubled, _)| *doubled as usize).sum();
        let least = (2.0 * least) as usize;
        if 2 * least >= total {
            return 1.0;
        }
        // Shares of all arrangements by sum, up to the least: numbers of arrangements would overflow.
        let mut shares = vec![0.0; least + 1];
        shares[0] = 1.0;
        for &(rank, _) in &self.signed {
            let rank = rank as usize;
            for sum in (0..=least).rev() {
                let with = if sum >= rank { shares[sum - rank] } else { 0.0 };
                shares[sum] = 0.5 * (shares[sum] + with);
            }
        }
        (2.0 * shares.iter().sum::<f64>()).min(1.0)
    }

    /// The normal approximation for the difference of the two sums.
    fn normal(&self, difference: f64, continuity: bool) -> f64 {
        // The variance of one sum is a quarter of the sum of the squared ranks: with averaged ranks this holds the
        // correction for ties.
        let squares: f64 = self.signed.iter().map(|(doubled, _)| (f64::from(*doubled) / 2.0).powi(2)).sum();
        let t = self.split_zeros;
        // Split zeros count as ranks like others, corrected for being tied.
        let zeros = t * (t + 1.0) * (2.0 * t + 1.0) / 6.0 - (t.powi(3) - t) / 12.0;
        let deviation = ((squares + zeros) / 4.0).sqrt();
        let distance = difference.abs() / 2.0;
        let distance = if continuity { (distance - 0.5).max(0.0) } else { distance };
        (2.0 * normal::cdf(-distance / deviation)).min(1.0)
    }
}
