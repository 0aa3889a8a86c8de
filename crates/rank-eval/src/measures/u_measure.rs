//! U-measure: a user whose attention falls with the amount of text read, to nothing at length L.
//!
//! ```text
//! U = sum over i = 1 .. k of W(i) x g(i),   W(i) in proportion to max(0, 1 - pos(i) / L), and of sum 1
//! ```
//!
//! with pos(i) the length of the documents above rank i. Weights are scaled to sum 1, as in `cwl-eval`; the sum without
//! that, which is the measure of the paper but for its divisor, is the `total_utility` of [`browse`](crate::browse), which
//! takes the length of each document as its cost. Here a document has the length 1. Gains, and k = 1000 unless given, are
//! as in [`inst`](super::inst). L is 1000 unless given; the paper has 132,000 characters.
//!
//! Source: Sakai, Dou: Summaries, ranked retrieval and sessions, a unified framework for information access evaluation
//! (SIGIR 2013).
//!
//! ```
//! use rank_eval::{Measure, browse};
//!
//! let measure: Measure = "UMeasure(L=100)@2".parse()?;
//! // The second document begins at 40.
//! let user = browse(&measure, &[Some(0.0), Some(1.0)], &[40.0, 30.0])?.worst;
//! assert!((user.total_utility - 0.6).abs() < 1e-12);
//! assert!((user.utility - 0.6 / 1.6).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::browsing::{self, MAX_REL, MIN_REL, of_weights, sums};
use crate::measure::{Family, Kind, Parameter};

pub(super) const FAMILY: Family = Family {
    name: "UMeasure",
    aliases: &["U"],
    parameters: &[
        Parameter { name: "L", default: Some(1000.0), kind: Kind::Between(0.0, f64::INFINITY) },
        MIN_REL,
        MAX_REL,
    ],
    about: "expected gain of a document that is looked at, by a user whose attention falls to nothing at the length L",
    browsing: Some(|path, measure| {
        let starts = [0.0].into_iter().chain(sums(&path.costs)).take(path.costs.len());
        let weights: Vec<f64> = starts.map(|start| (1.0 - start / measure.get(0)).max(0.0)).collect();
        of_weights(&weights)
    }),
    ..browsing::FAMILY
};
