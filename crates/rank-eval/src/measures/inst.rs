//! INST: a user who wants a gain of T, and is the less patient the less of it is left to find.
//!
//! ```text
//! C(i) = ((i + T + T(i) - 1) / (i + T + T(i)))^2,   T(i) = T - the gain of the first i documents
//! INST = sum over i = 1 .. k of W(i) x g(i),        W(i) in proportion to C(1) x ... x C(i - 1), and of sum 1
//! ```
//!
//! A relevant document gains 1, whatever its grade; with `max_rel`, the highest grade of the scale, a document of grade g
//! gains g / `max_rel`, and with `min_rel`, the lowest, (g - `min_rel`) / (`max_rel` - `min_rel`). Ranks beyond the end of the list gain nothing. The user stops at rank k = 1000 at the latest,
//! unless another is given, as in `cwl-eval` and hence `ir_measures`; the paper's user never stops for good. T is at least
//! 0.5, or C(i) would be no probability. [`browse`](crate::browse) tells of total gain, cost and number of documents.
//!
//! Source: Bailey, Moffat, Scholer, Thomas: User variability and IR system evaluation (SIGIR 2015); Moffat, Bailey,
//! Scholer, Thomas: INST, an adaptive metric for information retrieval evaluation (ADCS 2015).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 2.0), ("b", 1.0)];
//! let measure: Measure = "INST(T=1)@2".parse()?;
//! // After a, T(1) = 0 and C(1) = (1/2)^2: four looks at the first rank for each at the second.
//! assert!((measure.value_of(&list, &[("a", 1)])? - 0.8).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::browsing::{self, MAX_REL, MIN_REL, sums};
use crate::measure::{Family, Kind, Parameter};

pub(super) const FAMILY: Family = Family {
    name: "INST",
    parameters: &[
        Parameter { name: "T", default: Some(1.0), kind: Kind::Within(0.5, f64::INFINITY) },
        MIN_REL,
        MAX_REL,
    ],
    about: "expected gain of a document that is looked at, by a user who wants the gain T and knows what is still missing",
    browsing: Some(|path, measure| {
        let wanted = measure.get(0);
        let goes_on = |(rank, gained): (usize, f64)| {
            let beyond = rank as f64 + wanted + (wanted - gained);
            ((beyond - 1.0) / beyond).powi(2)
        };
        (1..).zip(sums(&path.gains)).map(goes_on).collect()
    }),
    ..browsing::FAMILY
};
