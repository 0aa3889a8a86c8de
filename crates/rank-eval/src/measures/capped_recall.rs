//! Recall, capped: the relevant documents among the first `k` over the most that `k` ranks can hold.
//!
//! ```text
//! RelP@k = hits / min(k, R)
//! ```
//!
//! `relative_P` of `trec_eval`; 0 if no document is relevant. BEIR calls it capped recall and divides by zero there.
//!
//! Source: Thakur, Reimers, Rücklé, Srivastava, Gurevych: BEIR (NeurIPS 2021); `trec_eval`.
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "RelP@2".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 1.0 / 2.0).abs() < 1e-12);
//! let measure: Measure = "relative_P_10".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 2.0 / 3.0).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Cutoff, Family, TREC_CUTOFFS};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "RelP",
    aliases: &["capped_recall", "recall_cap"],
    trec_cut: "relative_P",
    trec_defaults: TREC_CUTOFFS,
    cutoff: Cutoff::Required,
    about: "number of relevant documents among the first k, over min(k, number of relevant documents)",
    value: |topic, measure| capped_recall(topic, measure.k(), topic.hit_count(measure.k()) as f64),
    expected: Some(|topic, measure| capped_recall(topic, measure.k(), topic.expected_hits(measure.k()))),
    ..Family::BASE
};

fn capped_recall(topic: View<'_>, k: usize, hits: f64) -> f64 {
    let relevant = topic.relevant();
    if relevant == 0 { 0.0 } else { hits / k.min(relevant) as f64 }
}
