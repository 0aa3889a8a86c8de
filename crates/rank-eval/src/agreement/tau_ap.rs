//! The rank correlation in which the top counts more.

use super::check;
use crate::{Error, Result};

/// The AP rank correlation of paired values: how far `estimated` has the order of `reference`, where an error at the top costs
/// more than one at the bottom.
///
/// ```text
/// tau_AP = 2 / (n - 1) x sum over the ranks i > 1 by estimated of C(i) / (i - 1) - 1
/// ```
///
/// with C(i) the number of items above rank i that the reference has above the item at rank i as well. The value is in
/// `[-1, 1]`. It is not symmetric, and not defined for ties: rank those by another measure first.
///
/// # Errors
///
/// [`Error::UnpairedSamples`], [`Error::TooFewSamples`] below two pairs, [`Error::NotFinite`], and [`Error::TiedValues`].
///
/// # Source
///
/// Yilmaz, Aslam, Robertson: A new rank correlation coefficient for information retrieval (SIGIR 2008).
///
/// # Example
///
/// ```
/// use rank_eval::tau_ap;
///
/// // The first two exchanged: rank 2 has none right above it, rank 3 both.
/// assert_eq!(tau_ap(&[0.3, 0.2, 0.1], &[0.2, 0.3, 0.1])?, 0.0);
/// // The last two exchanged: rank 2 has one of one, rank 3 one of two.
/// assert_eq!(tau_ap(&[0.3, 0.2, 0.1], &[0.3, 0.1, 0.2])?, 0.5);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn tau_ap(reference: &[f64], estimated: &[f64]) -> Result<f64> {
    check(reference, estimated)?;
    for (argument, values) in [("reference", reference), ("estimated", estimated)] {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
        if let Some(pair) = order.windows(2).find(|pair| values[pair[0]] == values[pair[1]]) {
            return Err(Error::TiedValues { argument, position: pair[1], first: pair[0] });
        }
    }
    let mut order: Vec<usize> = (0..estimated.len()).collect();
    order.sort_by(|&a, &b| estimated[b].total_cmp(&estimated[a]));
    let right = order.iter().enumerate().skip(1).fold(0.0, |sum, (above, &item)| {
        let correct = order[..above].iter().filter(|&&other| reference[other] > reference[item]).count();
        sum + correct as f64 / above as f64
    });
    Ok(2.0 * right / (order.len() - 1) as f64 - 1.0)
}
