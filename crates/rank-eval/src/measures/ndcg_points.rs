//! nDCG averaged over ranks that depend on the topic.
//!
//! ```text
//! ndcg_rel = mean over the documents that gain of nDCG at their rank
//! Rndcg    = mean of nDCG at the numbers of documents of the highest grade, of the two highest, ... of all that gain
//! ```
//!
//! For `ndcg_rel` a document that was not ranked counts the whole DCG over the whole ideal DCG. `Rndcg` counts the end of the
//! list as a further point if it is two or more ranks beyond the last one, and is 0 if no document is relevant. Both take
//! gains as nDCG does, and are marked experimental in `trec_eval`.
//!
//! Source: Buckley: `trec_eval` (2008).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "ndcg_rel".parse()?;
//! assert!((measure.value_of(&list, &grades)? - (((1.0 / 3.0) + 2.0 * (1.0 + 3.0 / 2.0) / (3.0 + 1.0 / 3.0_f64.log2() + 1.0 / 2.0)) / 3.0)).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use super::ndcg::{Gains, discounted};
use crate::measure::{Family, GAINS_ARGUMENT, Measure};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "ndcg_rel",
    trec: "ndcg_rel",
    trec_argument: Some(GAINS_ARGUMENT),
    takes_level: false,
    takes_gains: true,
    about: "mean of nDCG at the ranks of the documents that gain",
    value: at_relevant,
    ..Family::BASE
};

pub(super) const LEVELS_FAMILY: Family = Family {
    name: "Rndcg",
    trec: "Rndcg",
    trec_argument: Some(GAINS_ARGUMENT),
    takes_gains: true,
    about: "mean of nDCG at the ranks at which the ideal order goes from a grade to the next",
    value: at_levels,
    ..Family::BASE
};

/// The ideal DCG after each rank, up to the last that gains.
fn ideal_dcg(ideal: &[f64]) -> Vec<f64> {
    let add = |sum: &mut f64, (position, gain): (usize, &f64)| {
        *sum += discounted(*gain, position);
        Some(*sum)
    };
    ideal.iter().enumerate().scan(0.0, add).collect()
}

fn at_relevant(topic: View<'_>, measure: &Measure) -> f64 {
    let gains = Gains::of(measure);
    let ideal = ideal_dcg(&gains.ideal(topic.judged));
    let Some(&all) = ideal.last() else { return 0.0 };
    let (mut dcg, mut sum, mut ranked) = (0.0, 0.0, 0);
    for found in topic.found {
        let gain = gains.of_grade(found.grade);
        dcg += discounted(gain, found.position as usize);
        if gain > 0.0 {
            sum += dcg / ideal.get(found.position as usize).unwrap_or(&all);
            ranked += 1;
        }
    }
    sum += (ideal.len() - ranked) as f64 * dcg / all;
    if sum > 0.0 { sum / ideal.len() as f64 } else { 0.0 }
}

fn at_levels(topic: View<'_>, measure: &Measure) -> f64 {
    let gains = Gains::of(measure);
    let ordered = gains.ideal(topic.judged);
    let ideal = ideal_dcg(&ordered);
    if topic.relevant() == 0 || ideal.is_empty() {
        return 0.0;
    }
    // The numbers of documents at which the ideal gain changes.
    let changes = (1..ordered.len()).filter(|&count| ordered[count] != ordered[count - 1]);
    let end = (topic.ranked > ordered.len() + 1).then_some(usize::MAX);
    let points: Vec<usize> = changes.chain([ordered.len()]).chain(end).collect();
    let (mut found, mut dcg, mut sum) = (topic.found.iter().peekable(), 0.0, 0.0);
    for &count in &points {
        while let Some(found) = found.next_if(|found| (found.position as usize) < count) {
            dcg += discounted(gains.of_grade(found.grade), found.position as usize);
        }
        sum += dcg / ideal[count.min(ideal.len()) - 1];
    }
    sum / points.len() as f64
}
