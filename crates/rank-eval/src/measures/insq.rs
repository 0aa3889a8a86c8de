//! INSQ: a user who wants a gain of T, and is the more patient the more that is.
//!
//! ```text
//! C(i) = ((i + 2T - 1) / (i + 2T))^2
//! INSQ = sum over i = 1 .. k of W(i) x g(i),   W(i) in proportion to C(1) x ... x C(i - 1), and of sum 1
//! ```
//!
//! so that W(i) is in proportion to 1 / (i + 2T - 1)^2. Gains, and k = 1000 unless given, are as in [`inst`](super::inst),
//! whose user takes note of what was found.
//!
//! Source: Moffat, Scholer, Thomas: Models and metrics, IR evaluation as a user process (ADCS 2012).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 2.0), ("b", 1.0)];
//! let measure: Measure = "INSQ(T=1)@2".parse()?;
//! // 1/2^2 and 1/3^2 are as 9 to 4.
//! assert!((measure.value_of(&list, &[("a", 1)])? - 9.0 / 13.0).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::browsing::{self, MAX_REL, MIN_REL, WANTED};
use crate::measure::Family;

pub(super) const FAMILY: Family = Family {
    name: "INSQ",
    parameters: &[WANTED, MIN_REL, MAX_REL],
    about: "expected gain of a document that is looked at, by a user who wants the gain T",
    browsing: Some(|path, measure| (1..=path.gains.len()).map(|rank| patience(rank, measure.get(0))).collect()),
    ..browsing::FAMILY
};

/// The probability of going on from a rank of a user who wants a gain.
pub(super) fn patience(rank: usize, wanted: f64) -> f64 {
    let beyond = rank as f64 + 2.0 * wanted;
    ((beyond - 1.0) / beyond).powi(2)
}
