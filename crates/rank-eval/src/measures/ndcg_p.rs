//! Normalized discounted cumulative gain with the discount of its first paper: the second document loses nothing.
//!
//! ```text
//! DCG_p  = g(1) + sum over i = 2 .. k of g(i) / log2(i)
//! nDCG_p = DCG_p / DCG_p of all judged documents in descending order of gain
//! ```
//!
//! Gains are as in [`ndcg`](super::ndcg), whose discount, 1 / log2(i + 1), came later and is the usual one. `trec_eval` has
//! the file `m_ndcg_p.c` and names it nowhere, so that its command does not know the measure.
//!
//! Source: Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques (ACM TOIS 2002).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("b", 2), ("c", 3)];
//! let measure: Measure = "nDCG_p".parse()?;
//! let (dcg, ideal) = (1.0 + 2.0 + 3.0 / 3.0_f64.log2(), 3.0 + 2.0 + 1.0 / 3.0_f64.log2());
//! assert!((measure.value_of(&list, &grades)? - dcg / ideal).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use super::ndcg::{GAIN_PARAMETERS, Gains};
use crate::measure::{Cutoff, Family, GAINS_ARGUMENT, Measure};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "nDCG_p",
    trec: "ndcg_p",
    trec_argument: Some(GAINS_ARGUMENT),
    cutoff: Cutoff::Optional,
    parameters: GAIN_PARAMETERS,
    takes_level: false,
    takes_gains: true,
    about: "sum of gains, from the second on each over log2(rank), over that of the best possible order",
    value: |topic, measure| {
        let gains = Gains::of(measure);
        let found = topic.found(measure.k()).iter();
        over_ideal(topic, measure, sum(found.map(|found| (found.position as usize, gains.of_grade(found.grade)))))
    },
    expected: Some(|topic, measure| {
        let gains = Gains::of(measure);
        let expected = topic.expected_gains(measure.k(), |grade| gains.of_grade(grade));
        over_ideal(topic, measure, sum(expected.into_iter()))
    }),
    ..Family::BASE
};

fn sum(gains: impl Iterator<Item = (usize, f64)>) -> f64 {
    let discount = |position: usize| ((position + 1).max(2) as f64).log2();
    gains.filter(|&(_, gain)| gain != 0.0).fold(0.0, |sum, (position, gain)| sum + gain / discount(position))
}

fn over_ideal(topic: View<'_>, measure: &Measure, gained: f64) -> f64 {
    let ideal = sum(Gains::of(measure).ideal(topic.judged).into_iter().take(measure.k()).enumerate());
    if ideal == 0.0 { 0.0 } else { gained / ideal }
}
