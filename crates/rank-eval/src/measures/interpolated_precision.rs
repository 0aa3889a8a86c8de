//! Interpolated precision at a level of recall, and its mean over eleven levels.
//!
//! ```text
//! IPrec@r   = max of P@j over all ranks j >= the rank of relevant document number floor(r R + 0.9)
//! 11pt_avg  = mean of IPrec@r over r = 0, 0.1, ... 1
//! ```
//!
//! 0 where that many relevant documents were not found. Version 10 of `trec_eval` rounds `r R` to the nearest number; version
//! 9, which is the default, adds 0.9 and cuts off. For a topic of which no document is ranked the value is 0, where
//! `trec_eval` has no number.
//!
//! Source: Salton, McGill: Introduction to Modern Information Retrieval (1983).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "IPrec@0.0".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 1.0).abs() < 1e-12);
//! let measure: Measure = "iprec_at_recall_0.50".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 2.0 / 3.0).abs() < 1e-12);
//! let measure: Measure = "IPrec@1".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 0.0).abs() < 1e-12);
//! let measure: Measure = "11pt_avg".parse()?;
//! assert!((measure.value_of(&list, &grades)? - ((4.0 * 1.0 + 4.0 * 2.0 / 3.0) / 11.0)).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Cutoff, Family, Kind, Parameter};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "IPrec",
    trec_cut: "iprec_at_recall",
    trec_defaults: LEVELS,
    cutoff: Cutoff::Number,
    parameters: &[Parameter { name: "recall", default: None, kind: Kind::Within(0.0, 1.0) }],
    about: "highest precision at any rank from that on at which the share of the relevant documents is found",
    value: |topic, measure| interpolated(topic, &[measure.get(0)]),
    ..Family::BASE
};

pub(super) const AVERAGE_FAMILY: Family = Family {
    name: "11pt_avg",
    aliases: &["IPrecAvg"],
    trec: "11pt_avg",
    about: "mean of interpolated precision at recall 0, 0.1, ... 1",
    value: |topic, _| interpolated(topic, LEVELS) / LEVELS.len() as f64,
    ..Family::BASE
};

const LEVELS: &[f64] = &[0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];

/// The sum over levels of recall, which ascend.
fn interpolated(topic: View<'_>, levels: &[f64]) -> f64 {
    let relevant = topic.relevant() as f64;
    let found: Vec<usize> = topic.hits(usize::MAX).collect();
    let mut levels = levels
        .iter()
        .map(|level| if topic.rounds_to_nearest { (level * relevant).round() } else { (level * relevant + 0.9).floor() } as usize)
        .rev()
        .skip_while(|&count| count > found.len())
        .peekable();
    let (mut sum, mut best) = (0.0, 0.0_f64);
    for (before, position) in found.iter().enumerate().rev() {
        best = best.max((before + 1) as f64 / (position + 1) as f64);
        while levels.next_if_eq(&(before + 1)).is_some() {
            sum += best;
        }
    }
    sum + levels.count() as f64 * best
}
