//! Buckley's G, gain that is discounted by what the ranking has missed so far, and its form for binary judgments.
//!
//! ```text
//! binG = 1/R x sum over the relevant ranks of 1 / log2(2 + documents above that are not relevant)
//! G    = sum over the ranks i of g(i) / log2(2 + c(i) - s(i)), over the sum of all gains
//! ```
//!
//! with s(i) the gain of the first i documents, and c(i) that of the first i documents of the ideal order, where a document
//! counts at least 1. `G` takes gains as nDCG does. Both are marked experimental in `trec_eval`.
//!
//! Source: Buckley: `trec_eval` (2008).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "binG".parse()?;
//! assert!((measure.value_of(&list, &grades)? - ((1.0 + 1.0 / 3.0_f64.log2()) / 3.0)).abs() < 1e-12);
//! let measure: Measure = "G".parse()?;
//! assert!((measure.value_of(&list, &grades)? - ((1.0 / 4.0_f64.log2() + 3.0 / 3.0_f64.log2()) / 5.0)).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use super::ndcg::Gains;
use crate::measure::{Family, GAINS_ARGUMENT, Measure};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "G",
    trec: "G",
    trec_argument: Some(GAINS_ARGUMENT),
    takes_level: false,
    takes_gains: true,
    about: "gain discounted by the gain missed so far, over all gain",
    value: gain,
    ..Family::BASE
};

pub(super) const BINARY_FAMILY: Family = Family {
    name: "binG",
    trec: "binG",
    about: "mean over the relevant documents of 1 / log2(2 + documents above that are not relevant)",
    value: |topic, _| {
        let hits = (0..).zip(topic.hits(usize::MAX));
        let sum = hits.fold(0.0, |sum, (before, position)| sum + 1.0 / ((2 + position - before) as f64).log2());
        if sum == 0.0 { 0.0 } else { sum / topic.relevant() as f64 }
    },
    ..Family::BASE
};

fn gain(topic: View<'_>, measure: &Measure) -> f64 {
    let ideal = Gains::of(measure).ideal(topic.judged);
    let all: f64 = ideal.iter().sum();
    if all <= 0.0 {
        return 0.0;
    }
    let (mut sum, mut reached, mut cost, mut ranks) = (0.0, 0.0, 0.0, 0);
    for found in topic.found {
        let gain = Gains::of(measure).of_grade(found.grade);
        reached += gain;
        while ranks <= found.position as usize {
            cost += ideal.get(ranks).map_or(1.0, |&ideal| ideal.max(1.0));
            ranks += 1;
        }
        if gain != 0.0 {
            sum += gain / (2.0 + cost - reached).log2();
        }
    }
    sum / all
}
