//! Measures of all that was ranked, as a set: the order does not matter.
//!
//! ```text
//! SetP = h / n    SetP(relative=True) = h / min(n, R)    SetR = h / R    SetAP = h² / (n R)
//! ```
//!
//! with h the number of relevant documents ranked, n of all ranked, R of all relevant. 0 where a divisor is 0. In
//! `trec_eval`: `set_P`, `set_relative_P`, `set_recall`, `set_map`. `SetF` is with the F measure.
//!
//! Source: `trec_eval`, National Institute of Standards and Technology.
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "SetP".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 2.0 / 3.0).abs() < 1e-12);
//! let measure: Measure = "set_relative_P".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 2.0 / 3.0).abs() < 1e-12);
//! let measure: Measure = "SetR".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 2.0 / 3.0).abs() < 1e-12);
//! let measure: Measure = "SetAP".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 4.0 / 9.0).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Dialect, Family, Kind, Measure, Numbers, Parameter, Preset, numbers};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "SetP",
    trec: "set_P",
    presets: &[
        Preset { name: "SetRelP", dialect: Dialect::IrMeasures, numbers: RELATIVE },
        Preset { name: "set_relative_P", dialect: Dialect::TrecEval, numbers: RELATIVE },
    ],
    parameters: &[Parameter { name: "relative", default: Some(0.0), kind: Kind::Flag }],
    about: "share of the documents ranked that are relevant; relative, over the most that may be",
    value: precision,
    expected: Some(precision),
    has_residual: |measure| measure.get(0) == 0.0,
    ..Family::BASE
};

const RELATIVE: Numbers = numbers([Some(1.0)]);

pub(super) const RECALL_FAMILY: Family = Family {
    name: "SetR",
    aliases: &["ContextRecall", "context_recall"],
    trec: "set_recall",
    about: "share of the relevant documents that were ranked",
    value: recall,
    expected: Some(recall),
    ..Family::BASE
};

pub(super) const AVERAGE_PRECISION_FAMILY: Family = Family {
    name: "SetAP",
    trec: "set_map",
    about: "precision times recall of all that was ranked",
    value: average_precision,
    expected: Some(average_precision),
    ..Family::BASE
};

fn share(hits: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { hits as f64 / all as f64 }
}

fn precision(topic: View<'_>, measure: &Measure) -> f64 {
    let most = if measure.get(0) == 0.0 { topic.ranked } else { topic.ranked.min(topic.relevant()) };
    share(topic.hit_count(usize::MAX), most)
}

fn recall(topic: View<'_>, _: &Measure) -> f64 {
    share(topic.hit_count(usize::MAX), topic.relevant())
}

fn average_precision(topic: View<'_>, _: &Measure) -> f64 {
    // One division, as in `trec_eval`, which prints four digits: other bits could be another digit.
    let hits = topic.hit_count(usize::MAX);
    share(hits * hits, topic.ranked * topic.relevant())
}
