//! Average precision and precision over subtopics: the mean of their values for each subtopic.
//!
//! ```text
//! AP_IA  = mean over the subtopics of AP, with the judgments of the subtopic
//! P_IA@k = mean over the subtopics of P@k
//! ```
//!
//! Subtopics without a relevant document do not count. All subtopics have the same weight, as in `ndeval`.
//!
//! Source: Agrawal, Gollapudi, Halverson, Ieong: Diversifying search results (WSDM 2009).
//!
//! ```
//! use rank_eval::{Measure, MissingQueries, Run, SubtopicQrels, evaluate_subtopics};
//!
//! let qrels = SubtopicQrels::from_rows([("q", "1", "a", 1), ("q", "2", "b", 1), ("q", "2", "d", 1), ("q", "3", "c", 1)])?;
//! let run = Run::from_nested([("q", vec![("a", 4.0), ("d", 3.0), ("e", 2.0), ("b", 1.0)])])?;
//! let measure: Measure = "AP_IA".parse()?;
//! let evaluation = evaluate_subtopics(&qrels, &run, std::slice::from_ref(&measure), MissingQueries::Zero)?;
//! assert!((evaluation.mean(&measure).unwrap() - ((1.0 + (0.5 + 0.5) / 2.0) / 3.0)).abs() < 1e-12);
//! let measure: Measure = "P_IA@4".parse()?;
//! let evaluation = evaluate_subtopics(&qrels, &run, std::slice::from_ref(&measure), MissingQueries::Zero)?;
//! assert!((evaluation.mean(&measure).unwrap() - (3.0 / 12.0)).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Cutoff, Family};

pub(super) const FAMILY: Family = Family {
    name: "AP_IA",
    aliases: &["MAP_IA"],
    about: "mean over the subtopics of average precision",
    diversity: Some(|topic, _| {
        let mut hits = vec![0_u32; topic.relevant.len()];
        let mut sum = 0.0;
        for (position, document) in topic.found(usize::MAX) {
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
    cutoff: Cutoff::Required,
    about: "mean over the subtopics of precision",
    diversity: Some(|topic, measure| {
        let hits: usize = topic.found(measure.k()).map(|(_, document)| topic.covered(document).count()).sum();
        hits as f64 / (measure.k() as f64 * topic.subtopics())
    }),
    ..Family::BASE
};
