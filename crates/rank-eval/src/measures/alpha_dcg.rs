//! Discounted cumulative gain over subtopics, where what is covered again is worth less.
//!
//! ```text
//! gain(i)      = sum over the subtopics of document i of (1 - alpha)^(documents before it that cover the subtopic)
//! alpha_DCG@k  = sum over i = 1 .. k of gain(i) / log2(i + 1), over that of a list whose every document covers all subtopics
//! alpha_nDCG@k = the same sum, over that of the ideal order
//! ```
//!
//! The ideal order takes at each rank the document that gains most, of several the one with the highest id; the best of all
//! orders is too costly to find. Subtopics without a relevant document do not count. `ndeval` and `ir_measures` (`pyndeval`)
//! have the same values from the second rank on; at `k` = 1 they leave out the division. `alpha_DCG` without a cut-off is
//! divided by that of as many documents as are ranked.
//!
//! Source: Clarke et al.: Novelty and diversity in information retrieval evaluation (SIGIR 2008).
//!
//! ```
//! use rank_eval::{Measure, Options, Run, SubtopicQrels, evaluate_subtopics};
//!
//! let qrels = SubtopicQrels::from_rows([("q", "1", "a", 1), ("q", "2", "b", 1), ("q", "2", "d", 1), ("q", "3", "c", 1)])?;
//! let run = Run::from_nested([("q", vec![("a", 4.0), ("d", 3.0), ("e", 2.0), ("b", 1.0)])])?;
//! let measure: Measure = "alpha_nDCG@5".parse()?;
//! let evaluation = evaluate_subtopics(&qrels, &run, std::slice::from_ref(&measure), Options::default())?;
//! assert!((evaluation.mean(&measure).unwrap() - ((1.0 + 1.0 / 3.0_f64.log2() + 0.5 / 5.0_f64.log2()) / (1.0 + 1.0 / 3.0_f64.log2() + 0.5 + 0.5 / 5.0_f64.log2()))).abs() < 1e-12);
//! let measure: Measure = "alpha_DCG@2".parse()?;
//! let evaluation = evaluate_subtopics(&qrels, &run, std::slice::from_ref(&measure), Options::default())?;
//! assert!((evaluation.mean(&measure).unwrap() - ((1.0 + 1.0 / 3.0_f64.log2()) / (3.0 + 1.5 / 3.0_f64.log2()))).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use super::ndcg::discounted;
use crate::measure::{Cutoff, Family, Kind, Parameter};
use crate::subtopics::SubtopicView;

pub(super) const FAMILY: Family = Family {
    name: "alpha_DCG",
    aliases: &["α_DCG"],
    cutoff: Cutoff::Optional,
    parameters: &[ALPHA],
    about: "discounted gain of subtopics, over that of documents that cover all of them",
    diversity: Some(|topic, measure| {
        let best = every_subtopic(topic, measure.get(0), measure.cutoff().unwrap_or(topic.ranked), discounted);
        share(sum(topic.gains(measure.get(0), measure.k()), discounted), best)
    }),
    ..Family::BASE
};

pub(super) const NORMALIZED_FAMILY: Family = Family {
    name: "alpha_nDCG",
    aliases: &["α_nDCG"],
    cutoff: Cutoff::Optional,
    parameters: &[ALPHA],
    about: "discounted gain of subtopics, over that of the ideal order",
    diversity: Some(|topic, measure| {
        let ideal = sum(topic.ideal_gains(measure.get(0), measure.k()), discounted);
        share(sum(topic.gains(measure.get(0), measure.k()), discounted), ideal)
    }),
    ..Family::BASE
};

/// By how much a document that covers a subtopic lessens what the next one gains of it.
pub(super) const ALPHA: Parameter = Parameter { name: "alpha", default: Some(0.5), kind: Kind::Within(0.0, 1.0) };

pub(super) fn sum(gains: Vec<(usize, f64)>, discounted: fn(f64, usize) -> f64) -> f64 {
    gains.into_iter().fold(0.0, |sum, (position, gain)| sum + discounted(gain, position))
}

/// The sum for `k` documents that cover all subtopics.
pub(super) fn every_subtopic(topic: SubtopicView<'_>, alpha: f64, k: usize, discounted: fn(f64, usize) -> f64) -> f64 {
    let mut gain = topic.subtopics();
    (0..k).fold(0.0, |sum, position| {
        let here = discounted(gain, position);
        gain *= 1.0 - alpha;
        sum + here
    })
}

pub(super) fn share(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}
