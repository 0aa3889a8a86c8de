//! Fall-out: the share of the documents that are not relevant that are among the first `k`.
//!
//! ```text
//! FallOut@k = (min(k, n) - hits) / (N - R)
//! ```
//!
//! with n the number of documents ranked and N that of the collection, if the evaluation is told; else N is n and R the
//! number of relevant documents ranked. Lower is better; 0 if there is no other document.
//!
//! Source: Salton, McGill: Introduction to Modern Information Retrieval (1983).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "FallOut@1".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 0.0).abs() < 1e-12);
//! let measure: Measure = "FallOut@2".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 1.0).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Cutoff, Family};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "FallOut",
    aliases: &["fall-out", "fall_out"],
    cutoff: Cutoff::Required,
    about: "share of the documents that are not relevant that are among the first k; lower is better",
    value: |topic, measure| fallout(topic, measure.k(), topic.hit_count(measure.k()) as f64),
    expected: Some(|topic, measure| fallout(topic, measure.k(), topic.expected_hits(measure.k()))),
    ..Family::BASE
};

fn fallout(topic: View<'_>, k: usize, hits: f64) -> f64 {
    let others = match topic.collection {
        Some(collection) => collection as f64 - topic.relevant() as f64,
        None => (topic.ranked - topic.hit_count(usize::MAX)) as f64,
    };
    if others <= 0.0 { 0.0 } else { (k.min(topic.ranked) as f64 - hits) / others }
}
