//! Net present value: a user to whom each further document is worth less, by a rate of interest.
//!
//! ```text
//! C(i) = 1 / (1 + rate)
//! NPV  = sum over i = 1 .. k of W(i) x g(i),   W(i) in proportion to C(1) x ... x C(i - 1), and of sum 1
//! ```
//!
//! which is rank-biased precision with p = 1 / (1 + rate), see [`rbp`](super::rbp), but for the user stopping at rank k,
//! 1000 unless given. Gains are as in [`inst`](super::inst).
//!
//! Source: Azzopardi, Thomas, Moffat: `cwl_eval`, an evaluation tool for information retrieval (SIGIR 2019).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 2.0), ("b", 1.0)];
//! let measure: Measure = "NPV(rate=0.25)@2".parse()?;
//! assert!((measure.value_of(&list, &[("a", 1)])? - 1.0 / 1.8).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::browsing::{self, MAX_REL, MIN_REL};
use crate::measure::{Family, Kind, Parameter};

pub(super) const FAMILY: Family = Family {
    name: "NPV",
    parameters: &[
        Parameter { name: "rate", default: Some(0.1), kind: Kind::Between(0.0, f64::INFINITY) },
        MIN_REL,
        MAX_REL,
    ],
    about: "expected gain of a document that is looked at, by a user who discounts what is to come at a rate of interest",
    browsing: Some(|path, measure| vec![1.0 / (1.0 + measure.get(0)); path.gains.len()]),
    ..browsing::FAMILY
};
