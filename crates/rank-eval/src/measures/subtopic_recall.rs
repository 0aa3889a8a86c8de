//! Subtopic recall: the share of the subtopics that the first `k` documents cover.
//!
//! ```text
//! StRecall@k = subtopics covered / subtopics
//! ```
//!
//! Subtopics without a relevant document do not count.
//!
//! Source: Zhai, Cohen, Lafferty: Beyond independent relevance (SIGIR 2003).
//!
//! ```
//! use rank_eval::{Measure, Options, Run, SubtopicQrels, evaluate_subtopics};
//!
//! let qrels = SubtopicQrels::from_rows([("q", "1", "a", 1), ("q", "2", "b", 1), ("q", "2", "d", 1), ("q", "3", "c", 1)])?;
//! let run = Run::from_nested([("q", vec![("a", 4.0), ("d", 3.0), ("e", 2.0), ("b", 1.0)])])?;
//! let measure: Measure = "StRecall@1".parse()?;
//! let evaluation = evaluate_subtopics(&qrels, &run, std::slice::from_ref(&measure), Options::default())?;
//! assert!((evaluation.mean(&measure).unwrap() - (1.0 / 3.0)).abs() < 1e-12);
//! let measure: Measure = "StRecall".parse()?;
//! let evaluation = evaluate_subtopics(&qrels, &run, std::slice::from_ref(&measure), Options::default())?;
//! assert!((evaluation.mean(&measure).unwrap() - (2.0 / 3.0)).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Cutoff, Family};

pub(super) const FAMILY: Family = Family {
    name: "StRecall",
    aliases: &["strec"],
    cutoff: Cutoff::Optional,
    about: "share of the subtopics that are covered",
    diversity: Some(|topic, measure| {
        let mut covered = vec![false; topic.relevant.len()];
        for (_, document) in topic.found(measure.k()) {
            topic.covered(document).for_each(|subtopic| covered[subtopic] = true);
        }
        covered.iter().filter(|&&covered| covered).count() as f64 / topic.subtopics()
    }),
    ..Family::BASE
};
