//! Expected reciprocal rank: the reciprocal of the rank at which a user who goes down the list is satisfied.
//!
//! ```text
//! ERR@k = sum over i = 1 .. k of 1/i x r(i) x product over j < i of (1 - r(j)),   r = (2^g - 1) / 2^max_rel
//! ```
//!
//! `max_rel`, the highest grade of the scale, is 4 unless given, as in `gdeval`; a higher grade in the judgments is an error.
//! Two values with different scales do not compare. Documents without a judgment satisfy nobody.
//!
//! Source: Chapelle, Metzler, Zhang, Grinspan: Expected reciprocal rank for graded relevance (CIKM 2009).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "ERR(max_rel=3)@10".parse()?;
//! assert!((measure.value_of(&list, &grades)? - (1.0 / 8.0 + 7.0 / 8.0 * 7.0 / 8.0 / 3.0)).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Cutoff, Family, Kind, Measure, Parameter};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "ERR",
    cutoff: Cutoff::Optional,
    parameters: &[Parameter { name: "max_rel", default: Some(4.0), kind: Kind::Whole(1) }],
    takes_level: false,
    about: "expected reciprocal of the rank at which a user is satisfied, who is by a grade g with (2^g - 1) / 2^max_rel",
    value: err,
    has_residual: |_| true,
    ..Family::BASE
};

fn err(topic: View<'_>, measure: &Measure) -> f64 {
    let scale = measure.get(0).exp2();
    let (mut sum, mut unsatisfied) = (0.0, 1.0);
    for found in topic.found(measure.k()).iter().filter(|found| found.grade > 0) {
        let satisfied = ((found.grade as f64).exp2() - 1.0) / scale;
        sum += unsatisfied * satisfied / f64::from(found.position + 1);
        unsatisfied *= 1.0 - satisfied;
    }
    sum
}
