//! The logarithms of average precision and of bpref, for geometric means.
//!
//! ```text
//! gm_map = ln max(AP, 0.00001), over all queries exp of the mean
//! ```
//!
//! and `gm_bpref` likewise. The value of a query is the logarithm, as in `trec_eval`, so that differences between runs are
//! those that the geometric mean is made of. A judged query that a run lacks has ln 0.00001.
//!
//! Source: Robertson: On GMAP and other transformations (CIKM 2006).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "gm_map".parse()?;
//! assert!((measure.value_of(&list, &grades)? - (((1.0 + 2.0 / 3.0) / 3.0_f64).ln())).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use super::average_precision::average_precision;
use super::bpref::bpref;
use crate::measure::{Aggregate, Family};

pub(super) const FAMILY: Family = Family {
    name: "gm_map",
    aliases: &["GMAP"],
    trec: "gm_map",
    about: "logarithm of max(AP, 0.00001); the exponential of its mean is the geometric mean of AP",
    aggregate: Aggregate::GeometricMean,
    value: |topic, _| logarithm(average_precision(topic, usize::MAX)),
    missing: |_, _| logarithm(0.0),
    ..Family::BASE
};

pub(super) const BPREF_FAMILY: Family = Family {
    name: "gm_bpref",
    trec: "gm_bpref",
    about: "logarithm of max(bpref, 0.00001); the exponential of its mean is the geometric mean of bpref",
    aggregate: Aggregate::GeometricMean,
    value: |topic, _| logarithm(bpref(topic)),
    missing: |_, _| logarithm(0.0),
    ..Family::BASE
};

fn logarithm(value: f64) -> f64 {
    value.max(1e-5).ln()
}
