//! Discounted cumulative gain, not normalized; that of the ideal order; and that over the most a scale allows.
//!
//! ```text
//! DCG@k   = sum over i = 1 .. k of gain(g(i)) / log2(i + 1)
//! IDCG@k  = the same of all judged documents in descending order of gain
//! SDCG@k  = (sum over i = 1 .. k of scaled(g(i)) / log2(i + 1)) / (sum over i = 1 .. k of 1 / log2(i + 1)),
//!           scaled(g) = (g - min_rel) / (max_rel - min_rel)
//! ```
//!
//! Gains are as in nDCG. For `SDCG` the gain is the grade, and `max_rel` the highest of its scale, which must be given, and
//! `min_rel` the lowest, 0 unless given; lower grades gain nothing. It is nDCG as if there were `k` documents of the highest
//! grade.
//!
//! Source: Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques (ACM TOIS 2002); Moffat, Thomas, Scholer:
//! Users versus models (CIKM 2013) for SDCG.
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "DCG".parse()?;
//! assert!((measure.value_of(&list, &grades)? - (1.0 + 3.0 / 2.0)).abs() < 1e-12);
//! let measure: Measure = "IDCG@1".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 3.0).abs() < 1e-12);
//! let measure: Measure = "DCG(dcg='exp-log2')@3".parse()?;
//! assert!((measure.value_of(&list, &grades)? - (1.0 + 7.0 / 2.0)).abs() < 1e-12);
//! let measure: Measure = "SDCG(max_rel=3)@1".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 1.0 / 3.0).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use super::ndcg::{EXPONENTIAL, GAIN_PARAMETERS, dcg, discounted, expected_dcg, ideal_dcg, sum};
use crate::browsing::{MAX_REL, MIN_REL, of_weights};
use crate::measure::{Cutoff, Dialect, Family, GAINS_ARGUMENT, Kind, Measure, Parameter, Preset};

pub(super) const FAMILY: Family = Family {
    name: "DCG",
    trec: "dcg",
    ranx: "dcg",
    presets: &[Preset { name: "dcg_burges", dialect: Dialect::Ranx, numbers: EXPONENTIAL }],
    trec_argument: Some(GAINS_ARGUMENT),
    cutoff: Cutoff::Optional,
    parameters: GAIN_PARAMETERS,
    takes_level: false,
    takes_gains: true,
    about: "sum of gains, each over log2(rank + 1)",
    value: |topic, measure| dcg(topic, measure, measure.k()),
    expected: Some(|topic, measure| expected_dcg(topic, measure, measure.k())),
    has_residual: |_| true,
    ..Family::BASE
};

pub(super) const IDEAL_FAMILY: Family = Family {
    name: "IDCG",
    trec: "ideal_dcg",
    trec_argument: Some(GAINS_ARGUMENT),
    cutoff: Cutoff::Optional,
    parameters: GAIN_PARAMETERS,
    takes_level: false,
    takes_gains: true,
    about: "DCG of the best possible order of all judged documents",
    value: |topic, measure| ideal_dcg(topic, measure, measure.k()),
    expected: Some(|topic, measure| ideal_dcg(topic, measure, measure.k())),
    ..Family::BASE
};

pub(super) const SCALED_FAMILY: Family = Family {
    name: "SDCG",
    cutoff: Cutoff::Required,
    parameters: &[MIN_REL, MAX_REL, Parameter { name: "dcg", default: Some(0.0), kind: Kind::Word(&["log2"]) }],
    needed: "max_rel",
    takes_level: false,
    about: "DCG over that of k documents of the highest grade of the scale",
    value: |topic, measure| {
        let gain = measure.scale(topic.level);
        scaled(measure, topic.found(measure.k()).iter().map(|found| (found.position as usize, gain(found.grade))))
    },
    expected: Some(|topic, measure| {
        scaled(measure, topic.expected_gains(measure.k(), measure.scale(topic.level)).into_iter())
    }),
    has_residual: |_| true,
    browsing: Some(|path, _| {
        let weights: Vec<f64> = (0..path.gains.len()).map(|position| discounted(1.0, position)).collect();
        of_weights(&weights)
    }),
    ..Family::BASE
};

fn scaled(measure: &Measure, gains: impl Iterator<Item = (usize, f64)>) -> f64 {
    let most = (0..measure.k()).fold(0.0, |sum, position| sum + discounted(1.0, position));
    sum(gains) / most
}
