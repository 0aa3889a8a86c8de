//! Yet another average precision: the logit of average precision, with one added on either side.
//!
//! ```text
//! yaap = ln((1 + s) / (1 + R - s)), s = AP x R
//! ```
//!
//! Its distribution over queries is closer to a normal one than that of AP.
//!
//! Source: Robertson: On smoothing average precision (ECIR 2012).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "yaap".parse()?;
//! assert!((measure.value_of(&list, &grades)? - (((1.0 + 5.0 / 3.0) / (4.0 - 5.0 / 3.0_f64)).ln())).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use super::average_precision::average_precision;
use crate::measure::Family;

pub(super) const FAMILY: Family = Family {
    name: "yaap",
    trec: "yaap",
    about: "ln((1 + s) / (1 + R - s)), where s is average precision times the number R of relevant documents",
    value: |topic, _| {
        let relevant = topic.relevant() as f64;
        let sum = average_precision(topic, usize::MAX) * relevant;
        ((1.0 + sum) / (1.0 + relevant - sum)).ln()
    },
    ..Family::BASE
};
