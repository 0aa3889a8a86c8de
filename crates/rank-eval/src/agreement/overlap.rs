//! Overlap of the tops of two rankings.

use std::hash::Hash;

use super::positions;
use crate::{Error, Result};

/// The share of the first `k` ids of two rankings that both have, over `k`, or over the longer list if both are shorter.
///
/// The value is in `[0, 1]`; 0 for two empty lists. The order within the first `k` does not matter.
///
/// # Errors
///
/// [`Error::InvalidK`] for `k` = 0, and [`Error::DuplicateId`].
///
/// # Example
///
/// ```
/// use rank_eval::overlap;
///
/// assert_eq!(overlap(&["a", "b", "c"], &["c", "a", "d"], 2)?, 0.5);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn overlap<I: Eq + Hash>(a: &[I], b: &[I], k: usize) -> Result<f64> {
    if k == 0 {
        return Err(Error::InvalidK);
    }
    let (in_a, in_b) = (positions("a", a)?, positions("b", b)?);
    let common = in_a.iter().filter(|&(id, &place)| place < k && in_b.get(id).is_some_and(|&place| place < k)).count();
    let longest = k.min(a.len().max(b.len()));
    Ok(if longest == 0 { 0.0 } else { common as f64 / longest as f64 })
}
