//! Novelty- and rank-biased precision.
//!
//! ```text
//! NRBP  = (1 - (1 - alpha) beta) / subtopics x sum over all ranks i of gain(i) beta^(i - 1)
//! nNRBP = the same sum, over that of the ideal order
//! ```
//!
//! with the gains, the ideal order and the conventions of [`alpha_dcg`](crate::measures::alpha_dcg); beta is the probability of
//! going on to the next document. Both parameters are 0.5 unless given.
//!
//! Source: Clarke, Kolla, Vechtomova: An effectiveness measure for ambiguous and underspecified queries (ICTIR 2009).
//!
//! ```
//! use rank_eval::{Measure, Options, Run, SubtopicQrels, evaluate_subtopics};
//!
//! let qrels = SubtopicQrels::from_rows([("q", "1", "a", 1), ("q", "2", "b", 1), ("q", "2", "d", 1), ("q", "3", "c", 1)])?;
//! let run = Run::from_nested([("q", vec![("a", 4.0), ("d", 3.0), ("e", 2.0), ("b", 1.0)])])?;
//! let measure: Measure = "NRBP".parse()?;
//! let evaluation = evaluate_subtopics(&qrels, &run, std::slice::from_ref(&measure), Options::default())?;
//! assert!((evaluation.mean(&measure).unwrap() - (0.75 / 3.0 * (1.0 + 0.5 + 0.5 / 8.0))).abs() < 1e-12);
//! let measure: Measure = "nNRBP".parse()?;
//! let evaluation = evaluate_subtopics(&qrels, &run, std::slice::from_ref(&measure), Options::default())?;
//! assert!((evaluation.mean(&measure).unwrap() - ((1.0 + 0.5 + 0.5 / 8.0) / (1.0 + 0.5 + 0.25 + 0.5 / 8.0))).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use super::alpha_dcg::{ALPHA, share};
use crate::measure::{Family, Kind, Parameter};

pub(super) const FAMILY: Family = Family {
    name: "NRBP",
    parameters: PARAMETERS,
    about: "gain of subtopics, discounted by beta to the number of documents above",
    diversity: Some(|topic, measure| {
        let (alpha, beta) = (measure.get(0), measure.get(1));
        let all = topic.gains(alpha, usize::MAX);
        (1.0 - (1.0 - alpha) * beta) * sum(&all, beta) / topic.subtopics()
    }),
    ..Family::BASE
};

pub(super) const NORMALIZED_FAMILY: Family = Family {
    name: "nNRBP",
    parameters: PARAMETERS,
    about: "gain of subtopics, discounted by beta to the number of documents above, over that of the ideal order",
    diversity: Some(|topic, measure| {
        let (alpha, beta) = (measure.get(0), measure.get(1));
        share(sum(&topic.gains(alpha, usize::MAX), beta), sum(&topic.ideal_gains(alpha, usize::MAX), beta))
    }),
    ..Family::BASE
};

const PARAMETERS: &[Parameter] =
    &[ALPHA, Parameter { name: "beta", default: Some(0.5), kind: Kind::Between(0.0, 1.0) }];

fn sum(gains: &[(usize, f64)], beta: f64) -> f64 {
    gains.iter().fold(0.0, |sum, &(position, gain)| sum + gain * beta.powf(position as f64))
}
