//! Average precision and precision over subtopics: the mean of their values for each subtopic.
//!
//! ```text
//! AP_IA  = mean over the subtopics of AP, with the judgments of the subtopic
//! P_IA@k = mean over the subtopics of P@k
//! ```
//!
//! Subtopics without a relevant document do not count. All subtopics have the same weight, as in `ndeval`. Without a cut-off
//! all ranked documents count, and `P_IA` is 0 if there are none.
//!
//! Source: Agrawal, Gollapudi, Halverson, Ieong: Diversifying search results (WSDM 2009).
//!
//! ```
//! use rank_eval::{Measure, Options, Run, SubtopicQrels, evaluate_subtopics};
//!
//! let qrels = SubtopicQrels::from_rows([("q", "1", "a", 1), ("q", "2", "b", 1), ("q", "2", "d", 1), ("q", "3", "c", 1)])?;
//! let run = Run::from_nested([("q", vec![("a", 4.0), ("d", 3.0), ("e", 2.0), ("b", 1.0)])])?;
//! let measure: Measure = "AP_IA".parse()?;
//! let evaluation = evaluate_subtopics(&qrels, &run, std::slice::from_ref(&measure), Options::default())?;
//! assert!((evaluation.mean(&measure).unwrap() - ((1.0 + (0.5 + 0.5) / 2.0) / 3.0)).abs() < 1e-12);
//! let measure: Measure = "P_IA@4".parse()?;
//! let evaluation = evaluate_subtopics(&qrels, &run, std::slice::from_ref(&measure), Options::default())?;
//! assert!((evaluation.mean(&measure).unwrap() - (3.0 / 12.0)).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Cutoff, Family};

pub(super) const FAMILY: Family = Family {
    name: "AP_IA",
    aliases: &["MAP_IA"],
    cutoff: Cutoff::Optional,
    about: "mean over the subtopics of average precision",
    diversity: Some(|topic, measure| {
        let mut hits = vec![0_u32; topic.relevant.len()];
        let mut sum = 0.0;
        for (position, document) in topic.found(measure.k()) {
            for subtopic in topic.covered(document) {
                hits[subtopic] += 1;
                sum += f64::from(hits[subtopic]) / (position + 1) as f64 / topic.relevant[subtopic] as f64;
            }
        }
        sum / topic.subtopics()
    }),
    ..Family::BASE
};

pub(super) const PRECISION_FAMILY: Family = Family {
    name: "P_IA",
    cutoff: Cutoff::Optional,
    about: "mean over the subtopics of precision",
    diversity: Some(|topic, measure| {
        let hits: usize = topic.found(measure.k()).map(|(_, document)| topic.covered(document).count()).sum();
        let looked_at = measure.cutoff().unwrap_or(topic.ranked);
        if looked_at == 0 { 0.0 } else { hits as f64 / (looked_at as f64 * topic.subtopics()) }
    }),
    ..Family::BASE
};
