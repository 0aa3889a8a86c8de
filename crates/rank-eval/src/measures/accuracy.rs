//! Shares of pairs of documents that the ranking has in the right order.
//!
//! ```text
//! Accuracy@k = 1 - (for each relevant document, the number of others above it, summed) / (relevant x others)
//! OPA@k      = pairs of unlike grade with the higher one ahead / pairs of unlike grade
//! ```
//!
//! Both are of the first `k` documents alone. A document without a judgment, or with a negative one, is not relevant and of
//! grade 0. `Accuracy` is the area under the receiver operating characteristic (AUROC) of the list; it is 0 if no document
//! there is relevant, where `ir_measures` has no value, and 1 if all are. `OPA`, ordered pair accuracy, is 0 if all grades
//! are alike.
//!
//! Source: Fawcett: An introduction to ROC analysis (2006); `ir_measures`; Jagerman et al.: Rax (KDD 2022).
//!
//! ```
//! use rank_eval::Measure;
//!
//! // b, not relevant, is above c, which is above nothing.
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "Accuracy".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 0.5).abs() < 1e-12);
//! let measure: Measure = "OPA".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 1.0 / 3.0).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use std::collections::BTreeMap;

use crate::measure::{Cutoff, Family};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "Accuracy",
    aliases: &["AUROC"],
    cutoff: Cutoff::Optional,
    about: "share of the pairs of a relevant and another document among the first k that have the relevant one ahead",
    value: |topic, measure| accuracy(topic, measure.k()),
    ..Family::BASE
};

pub(super) const PAIRS_FAMILY: Family = Family {
    name: "OPA",
    cutoff: Cutoff::Optional,
    takes_level: false,
    about: "share of the pairs of unlike grade among the first k that have the higher one ahead",
    value: |topic, measure| ordered_pairs(topic, measure.k()),
    ..Family::BASE
};

fn accuracy(topic: View<'_>, k: usize) -> f64 {
    let hits = topic.hit_count(k);
    let others = topic.ranked.min(k) - hits;
    if hits == 0 || others == 0 {
        return if hits == 0 { 0.0 } else { 1.0 };
    }
    let above: usize = topic.hits(k).enumerate().map(|(before, position)| position - before).sum();
    1.0 - above as f64 / (others as f64 * hits as f64)
}

fn ordered_pairs(topic: View<'_>, k: usize) -> f64 {
    let graded = || topic.found(k).iter().filter(|found| found.grade > 0);
    let ranked = topic.ranked.min(k);
    let zeros = ranked - graded().count();
    let mut seen: BTreeMap<i64, usize> = BTreeMap::new();
    let mut right = 0;
    for (before, found) in graded().enumerate() {
        // Higher grades ahead of it, and those without a grade behind it.
        right += seen.range(found.grade + 1..).map(|(_, count)| count).sum::<usize>();
        right += zeros - (found.position as usize - before);
        *seen.entry(found.grade).or_default() += 1;
    }
    let pairs = |count: usize| count * count.saturating_sub(1) / 2;
    let unlike = pairs(ranked) - seen.values().chain([&zeros]).map(|&count| pairs(count)).sum::<usize>();
    if unlike == 0 { 0.0 } else { right as f64 / unlike as f64 }
}
