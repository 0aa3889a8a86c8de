//! Time-biased gain: a user of whom half have left when the half-life of time is over.
//!
//! ```text
//! TBG = sum over i = 1 .. k of W(i) x g(i),   W(i) in proportion to 2^(-t(i) / half_life), and of sum 1
//! ```
//!
//! with t(i) the time that the documents above rank i take. Weights are scaled to sum 1, as in `cwl-eval`, so that the value
//! is the gain per document that is looked at; the sum without that, which is the measure of the paper, is the `total_utility`
//! of [`browse`](crate::browse), which takes the time of each document as its cost. Here a document takes 1. Gains, and the
//! usual k of 1000, are as in [`inst`](super::inst). The half-life is 224 unless given, seconds in the paper.
//!
//! Source: Smucker, Clarke: Time-based calibration of effectiveness measures (SIGIR 2012).
//!
//! ```
//! use rank_eval::{Measure, browse};
//!
//! let measure: Measure = "TBG(half_life=10)@2".parse()?;
//! // The second document is met at time 20, after two half-lives.
//! let user = browse(&measure, &[Some(0.0), Some(1.0)], &[20.0, 5.0])?.worst;
//! assert!((user.total_utility - 0.25).abs() < 1e-12);
//! assert!((user.utility - 0.25 / 1.25).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::browsing::{self, MAX_REL, MIN_REL};
use crate::measure::{Family, Kind, Parameter};

pub(super) const FAMILY: Family = Family {
    name: "TBG",
    parameters: &[
        Parameter { name: "half_life", default: Some(224.0), kind: Kind::Between(0.0, f64::INFINITY) },
        MIN_REL,
        MAX_REL,
    ],
    about: "expected gain of a document that is looked at, by users of whom half leave in each half-life",
    browsing: Some(|path, measure| path.costs.iter().map(|cost| (-cost / measure.get(0)).exp2()).collect()),
    ..browsing::FAMILY
};
