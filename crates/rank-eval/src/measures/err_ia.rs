//! Expected reciprocal rank over subtopics.
//!
//! ```text
//! ERR_IA@k  = sum over i = 1 .. k of gain(i) / i, over that of a list whose every document covers all subtopics
//! nERR_IA@k = the same sum, over that of the ideal order
//! ```
//!
//! with the gains, the ideal order and the conventions of [`alpha_dcg`](crate::measures::alpha_dcg), alpha being 0.5 unless
//! given: a user whose subtopic is covered is satisfied with probability alpha.
//!
//! Source: Chapelle, Metzler, Zhang, Grinspan: Expected reciprocal rank for graded relevance (CIKM 2009); Chapelle et al.:
//! Intent-based diversification of web search results (2011).
//!
//! ```
//! use rank_eval::{Measure, Options, Run, SubtopicQrels, evaluate_subtopics};
//!
//! let qrels = SubtopicQrels::from_rows([("q", "1", "a", 1), ("q", "2", "b", 1), ("q", "2", "d", 1), ("q", "3", "c", 1)])?;
//! let run = Run::from_nested([("q", vec![("a", 4.0), ("d", 3.0), ("e", 2.0), ("b", 1.0)])])?;
//! let measure: Measure = "nERR_IA@5".parse()?;
//! let evaluation = evaluate_subtopics(&qrels, &run, std::slice::from_ref(&measure), Options::default())?;
//! assert!((evaluation.mean(&measure).unwrap() - ((1.0 + 0.5 + 0.5 / 4.0) / (1.0 + 0.5 + 1.0 / 3.0 + 0.5 / 4.0))).abs() < 1e-12);
//! let measure: Measure = "ERR_IA@2".parse()?;
//! let evaluation = evaluate_subtopics(&qrels, &run, std::slice::from_ref(&measure), Options::default())?;
//! assert!((evaluation.mean(&measure).unwrap() - (1.5 / (3.0 + 1.5 / 2.0))).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use super::alpha_dcg::{ALPHA, every_subtopic, share, sum};
use crate::measure::{Cutoff, Family};

pub(super) const FAMILY: Family = Family {
    name: "ERR_IA",
    cutoff: Cutoff::Optional,
    parameters: &[ALPHA],
    about: "gain of subtopics over the rank, over that of documents that cover all of them",
    diversity: Some(|topic, measure| {
        let best = every_subtopic(topic, measure.get(0), measure.cutoff().unwrap_or(topic.ranked), reciprocal);
        share(sum(topic.gains(measure.get(0), measure.k()), reciprocal), best)
    }),
    ..Family::BASE
};

pub(super) const NORMALIZED_FAMILY: Family = Family {
    name: "nERR_IA",
    cutoff: Cutoff::Optional,
    parameters: &[ALPHA],
    about: "gain of subtopics over the rank, over that of the ideal order",
    diversity: Some(|topic, measure| {
        let ideal = sum(topic.ideal_gains(measure.get(0), measure.k()), reciprocal);
        share(sum(topic.gains(measure.get(0), measure.k()), reciprocal), ideal)
    }),
    ..Family::BASE
};

fn reciprocal(gain: f64, position: usize) -> f64 {
    gain / (position + 1) as f64
}
