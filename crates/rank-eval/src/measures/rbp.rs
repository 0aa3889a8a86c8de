//! Rank-biased precision, and how much of it the documents without a judgment could add.
//!
//! ```text
//! RBP@k          = (1 - p) x sum over i = 1 .. k of g(i) p^(i - 1)
//! RBPResidual@k  = p^min(k, n) + (1 - p) x sum over the ranks without a judgment of p^(i - 1)
//! ```
//!
//! with p the probability of going on to the next document, and n the number of documents ranked. A relevant document gains
//! 1, whatever its grade; with `max_rel`, the highest grade of the scale, a document of grade g gains g / `max_rel`; with
//! `scale='topic'` it gains its share of the highest grade judged in the topic, if that is above 1, as `rbp` of version 10 of
//! `trec_eval` means to (values of such topics do not compare). The sum of both measures is the most that RBP can be.
//!
//! p is 0.8 unless given, and 0.9 by the names `rbp` and `rbp_resid` of `trec_eval`. In ranx, `rbp.80` multiplies grades as
//! they are, and its values may exceed 1.
//!
//! Source: Moffat, Zobel: Rank-biased precision for measurement of retrieval effectiveness (ACM TOIS 2008).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "RBP(p=0.8)".parse()?;
//! assert!((measure.value_of(&list, &grades)? - (0.2 * (1.0 + 0.64))).abs() < 1e-12);
//! let measure: Measure = "RBP(max_rel=3)".parse()?;
//! assert!((measure.value_of(&list, &grades)? - (0.2 * (1.0 / 3.0 + 0.64))).abs() < 1e-12);
//! let measure: Measure = "RBPResidual(p=0.8)".parse()?;
//! assert!((measure.value_of(&list, &grades)? - (0.8 * 0.8 * 0.8 + 0.2 * 0.8)).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Cutoff, Dialect, Family, Kind, Measure, Numbers, Parameter, Preset, TrecArgument, numbers};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "RBP",
    trec: "rbp",
    ranx: "rbp",
    presets: &[Preset { name: "rbp", dialect: Dialect::TrecEval, numbers: OF_TREC }],
    trec_argument: Some(TrecArgument {
        read: |text, measure| {
            let of_trec = text.strip_prefix("p=");
            // In ranx, the decimals of p.
            let decimals =
                || text.bytes().all(|digit| digit.is_ascii_digit()).then(|| format!("0.{text}").parse().ok());
            let p = of_trec.map_or_else(|| decimals().flatten(), |p| p.parse().ok());
            measure.set(0, p);
            measure.set(2, of_trec.map(|_| 1.0));
            p.is_some()
        },
        write: |measure| {
            (measure.get(2) == 1.0 && measure.number(1).is_none()).then(|| format!("p={}", measure.get(0)))
        },
    }),
    cutoff: Cutoff::Optional,
    parameters: &[
        PERSISTENCE,
        Parameter { name: "max_rel", default: None, kind: Kind::Whole(1) },
        Parameter { name: "scale", default: Some(0.0), kind: Kind::Word(&["given", "topic"]) },
    ],
    about: "expected gain of a document that is looked at, by a user who goes on with probability p",
    value: |topic, measure| {
        let gain = gain(topic, measure);
        let found = topic.found(measure.k()).iter().map(|found| (found.position as usize, gain(found.grade)));
        rbp(measure.get(0), found)
    },
    expected: Some(|topic, measure| {
        rbp(measure.get(0), topic.expected_gains(measure.k(), gain(topic, measure)).into_iter())
    }),
    // The scale of a topic is that of its judgments.
    has_residual: |measure| measure.get(2) != 1.0,
    browsing: Some(|path, measure| vec![measure.get(0); path.gains.len()]),
    ..Family::BASE
};

/// What the name means in `trec_eval`.
const OF_TREC: Numbers = numbers([Some(0.9), None, Some(1.0)]);

const PERSISTENCE: Parameter = Parameter { name: "p", default: Some(0.8), kind: Kind::Between(0.0, 1.0) };

pub(super) const RESIDUAL_FAMILY: Family = Family {
    name: "RBPResidual",
    aliases: &["RBP_residual"],
    trec: "rbp_resid",
    presets: &[Preset { name: "rbp_resid", dialect: Dialect::TrecEval, numbers: numbers([Some(0.9)]) }],
    trec_argument: Some(TrecArgument {
        read: |text, measure| {
            let p = text.strip_prefix("p=").and_then(|p| p.parse().ok());
            measure.set(0, p);
            p.is_some()
        },
        write: |measure| Some(format!("p={}", measure.get(0))),
    }),
    cutoff: Cutoff::Optional,
    parameters: &[PERSISTENCE],
    takes_level: false,
    about: "the most that documents without a judgment, and beyond the end of the list, could add to RBP",
    value: |topic, measure| {
        let found = topic.found(measure.k()).iter().map(|found| (found.position as usize, judged(found.grade)));
        1.0 - rbp(measure.get(0), found)
    },
    expected: Some(|topic, measure| 1.0 - rbp(measure.get(0), topic.expected_gains(measure.k(), judged).into_iter())),
    missing: |_, _| 1.0,
    ..Family::BASE
};

fn judged(grade: i64) -> f64 {
    f64::from(u8::from(grade >= 0))
}

fn rbp(p: f64, gains: impl Iterator<Item = (usize, f64)>) -> f64 {
    (1.0 - p) * gains.fold(0.0, |sum, (position, gain)| sum + gain * p.powf(position as f64))
}

/// What a grade gains, in [0, 1].
fn gain(topic: View<'_>, measure: &Measure) -> impl Fn(i64) -> f64 {
    let highest = topic.judged.first().map_or(1, |&highest| highest.max(1)) as f64;
    let topics_own = (measure.get(2) == 1.0).then_some(highest);
    let (scale, level) = (measure.number(1).or(topics_own), topic.level);
    move |grade| match scale {
        Some(scale) => grade.max(0) as f64 / scale,
        None => f64::from(u8::from(grade >= level)),
    }
}
