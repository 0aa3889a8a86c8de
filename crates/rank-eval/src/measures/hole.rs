//! The share of the first `k` documents that nobody has looked at: those that are judged for no query at all.
//!
//! ```text
//! Hole@k = documents among the first k that are judged for no query / k
//! ```
//!
//! A document that is judged for another query is none, which is what differs from [`Unjudged`](super::judged). Ranks
//! beyond the end of the list are none either. Of one ranked list alone, with the judgments of its query, all documents
//! without a judgment count. Documents of equal score that are in order `best` stand before those of this kind, in order
//! `worst` behind them.
//!
//! Source: Thakur et al.: BEIR, a heterogeneous benchmark for zero-shot evaluation of information retrieval models (2021);
//! `beir` and MTEB.
//!
//! ```
//! use rank_eval::{Measure, Qrels, Run, evaluate};
//!
//! let qrels = Qrels::from_nested([("q1", vec![("a", 1)]), ("q2", vec![("b", 0)])])?;
//! let run = Run::from_nested([("q1", vec![("a", 4.0), ("b", 3.0), ("c", 2.0), ("d", 1.0)]), ("q2", vec![("b", 1.0)])])?;
//! let measure: Measure = "Hole@4".parse()?;
//! // c and d are judged for nobody, b is for q2.
//! assert_eq!(evaluate(&qrels, &run, std::slice::from_ref(&measure))?.values(&measure).unwrap(), [0.5, 0.0]);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Cutoff, Family};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "Hole",
    cutoff: Cutoff::Required,
    takes_level: false,
    needs_all_judged: true,
    about: "number of documents among the first k that are judged for no query, over k",
    value: |topic, measure| holes(topic, measure.k(), |view, k| view.found(k).len() as f64),
    expected: Some(|topic, measure| {
        holes(topic, measure.k(), |view, k| view.expected_gains(k, |_| 1.0).iter().map(|(_, gain)| gain).sum())
    }),
    ..Family::BASE
};

fn holes(topic: View<'_>, k: usize, count: impl Fn(View<'_>, usize) -> f64) -> f64 {
    let holes = match topic.holes {
        Some(holes) => count(View { found: &holes.found, ties: &holes.ties, ..topic }, k),
        None => k.min(topic.ranked) as f64 - count(topic, k),
    };
    holes / k as f64
}
