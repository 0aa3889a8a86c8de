//! F measure of the first `k` documents, and of the whole list as a set.
//!
//! ```text
//! F(beta)@k = (1 + beta²) P R / (beta² P + R)
//! ```
//!
//! with P and R the precision and the recall of the first `k` documents, where P is over `k` ranks; `SetF` is of all that
//! was ranked. 0 if nothing relevant was found. `set_F.x` of `trec_eval`, and `SetF(beta=x)` of `ir_measures`, have `x` in the
//! place of `beta²`: the name of `trec_eval` is read so, that of `ir_measures` is read as beta.
//!
//! Source: van Rijsbergen: Information Retrieval (1979).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "F@2".parse()?;
//! assert!((measure.value_of(&list, &grades)? - (2.0 * (0.5 / 3.0) / (0.5 + 1.0 / 3.0))).abs() < 1e-12);
//! let measure: Measure = "SetF".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 2.0 / 3.0).abs() < 1e-12);
//! let measure: Measure = "set_F.4".parse()?;
//! assert!((measure.value_of(&list, &grades)? - (5.0 * 4.0 / 9.0 / (4.0 * 2.0 / 3.0 + 2.0 / 3.0))).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Cutoff, Family, Kind, Measure, Parameter, TrecArgument};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "F",
    aliases: &["f1"],
    ranx: "f1",
    cutoff: Cutoff::Required,
    parameters: &[BETA],
    about: "weighted harmonic mean of precision and recall of the first k documents",
    value: |topic, measure| f_of(topic, measure, measure.k(), topic.hit_count(measure.k()) as f64),
    expected: Some(|topic, measure| f_of(topic, measure, measure.k(), topic.expected_hits(measure.k()))),
    ..Family::BASE
};

pub(super) const SET_FAMILY: Family = Family {
    name: "SetF",
    trec: "set_F",
    trec_argument: Some(TrecArgument {
        read: |text, measure| {
            let squared = text.parse().ok().filter(|squared: &f64| *squared >= 0.0);
            // The square of a root may be another number.
            let root = squared.map(f64::sqrt);
            let is_root = root.map(|root| root * root) == squared;
            measure.set(0, root.filter(|_| is_root));
            measure.set(1, squared.filter(|_| !is_root));
            squared.is_some()
        },
        write: |measure| Some(squared(measure).to_string()),
    }),
    parameters: &[BETA, Parameter { name: "x", default: None, kind: Kind::Within(0.0, f64::INFINITY) }],
    about: "weighted harmonic mean of precision and recall of all that was ranked",
    value: whole,
    expected: Some(whole),
    ..Family::BASE
};

const BETA: Parameter = Parameter { name: "beta", default: Some(1.0), kind: Kind::Within(0.0, f64::INFINITY) };

/// The square of beta, of the measure of all that was ranked.
fn squared(measure: &Measure) -> f64 {
    measure.number(1).unwrap_or_else(|| measure.get(0) * measure.get(0))
}

fn whole(topic: View<'_>, measure: &Measure) -> f64 {
    let hits = topic.hit_count(usize::MAX) as f64;
    if hits == 0.0 {
        return 0.0;
    }
    // In the order of `trec_eval`, which prints four digits: other bits could be another digit.
    let (precision, recall) = (hits / topic.ranked as f64, hits / topic.relevant() as f64);
    let squared = squared(measure);
    (squared + 1.0) * precision * recall / (squared * precision + recall)
}

/// Linear in `hits`, so that it takes their mean as well.
fn f_of(topic: View<'_>, measure: &Measure, ranks: usize, hits: f64) -> f64 {
    let squared = measure.get(0) * measure.get(0);
    let divisor = squared * topic.relevant() as f64 + ranks as f64;
    if hits == 0.0 { 0.0 } else { (1.0 + squared) * hits / divisor }
}
