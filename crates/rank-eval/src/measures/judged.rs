//! How much of the first `k` documents is judged.
//!
//! ```text
//! Judged@k   = judged documents among the first k / min(k, documents ranked)
//! Unjudged@k = other documents among the first k / k
//! ```
//!
//! A negative grade, which says that a document was pooled and not judged, is no judgment here; `ir_measures` counts it as
//! one. Ranks beyond the end of the list are neither judged nor unjudged. `Unjudged` is `unj` of version 10 of `trec_eval`,
//! which keeps `k` as the divisor.
//!
//! Source: Sakai: Alternatives to bpref (SIGIR 2007) for the use of condensed lists; `ir_measures`; `trec_eval` 10.
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "Judged@10".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 2.0 / 3.0).abs() < 1e-12);
//! let measure: Measure = "Unjudged@10".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 0.1).abs() < 1e-12);
//! let measure: Measure = "unj_2".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 0.5).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Cutoff, Family, TREC_CUTOFFS};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "Judged",
    cutoff: Cutoff::Optional,
    takes_level: false,
    about: "share of the first k documents that are judged",
    value: |topic, measure| judged(topic, measure.k(), known(topic, measure.k())),
    expected: Some(|topic, measure| judged(topic, measure.k(), expected(topic, measure.k()))),
    ..Family::BASE
};

pub(super) const UNJUDGED_FAMILY: Family = Family {
    name: "Unjudged",
    trec_cut: "unj",
    trec_defaults: TREC_CUTOFFS,
    cutoff: Cutoff::Required,
    takes_level: false,
    about: "number of documents among the first k that are not judged, over k",
    value: |topic, measure| unjudged(topic, measure.k(), known(topic, measure.k())),
    expected: Some(|topic, measure| unjudged(topic, measure.k(), expected(topic, measure.k()))),
    ..Family::BASE
};

fn is_judged(grade: i64) -> f64 {
    f64::from(u8::from(grade >= 0))
}

fn known(topic: View<'_>, k: usize) -> f64 {
    topic.found(k).iter().fold(0.0, |sum, found| sum + is_judged(found.grade))
}

fn expected(topic: View<'_>, k: usize) -> f64 {
    topic.expected_gains(k, is_judged).iter().fold(0.0, |sum, (_, gain)| sum + gain)
}

fn judged(topic: View<'_>, k: usize, known: f64) -> f64 {
    if topic.ranked == 0 { 0.0 } else { known / k.min(topic.ranked) as f64 }
}

fn unjudged(topic: View<'_>, k: usize, known: f64) -> f64 {
    (k.min(topic.ranked) as f64 - known) / k as f64
}
