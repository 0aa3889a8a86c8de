//! R-precision: precision at the rank that is the number of relevant documents, or a multiple of it.
//!
//! ```text
//! Rprec        = hits of the first R ranks / R
//! Rprec_mult@c = hits of the first r ranks / r, r = floor(c R + 0.9)
//! ```
//!
//! 0 if no document is relevant.
//!
//! Source: Buckley, Voorhees: Evaluating evaluation measure stability (SIGIR 2000).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "Rprec".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 2.0 / 3.0).abs() < 1e-12);
//! let measure: Measure = "Rprec_mult_0.20".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 1.0).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Cutoff, Family, Kind, Measure, Parameter};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "Rprec",
    aliases: &["r-precision", "r_precision"],
    trec: "Rprec",
    ranx: "r-precision",
    about: "precision at rank R, where R is the number of relevant documents",
    value: |topic, _| share(topic.hit_count(topic.relevant()) as f64, topic.relevant()),
    expected: Some(|topic, _| share(topic.expected_hits(topic.relevant()), topic.relevant())),
    ..Family::BASE
};

pub(super) const MULTIPLE_FAMILY: Family = Family {
    name: "Rprec_mult",
    trec_cut: "Rprec_mult",
    trec_defaults: &[0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0],
    cutoff: Cutoff::Number,
    parameters: &[Parameter { name: "multiple", default: None, kind: Kind::Within(0.0, f64::INFINITY) }],
    about: "precision at rank floor(multiple x R + 0.9), where R is the number of relevant documents",
    value: |topic, measure| share(topic.hit_count(ranks(topic, measure)) as f64, ranks(topic, measure)),
    expected: Some(|topic, measure| share(topic.expected_hits(ranks(topic, measure)), ranks(topic, measure))),
    ..Family::BASE
};

fn ranks(topic: View<'_>, measure: &Measure) -> usize {
    (measure.get(0) * topic.relevant() as f64 + 0.9) as usize
}

fn share(hits: f64, ranks: usize) -> f64 {
    if ranks == 0 { 0.0 } else { hits / ranks as f64 }
}
