//! Utility of all that was ranked, as a set: a weighted sum of the four cells of the table of ranked and relevant.
//!
//! ```text
//! utility(a, b, c, d) = a h + b (n - h) + c (R - h) + d (N + h - n - R)
//! ```
//!
//! with h the number of relevant documents ranked, n of all ranked, R of all relevant and N of all documents of the
//! collection, which is 0 unless the evaluation is told. By default a = 1, b = -1, c = d = 0.
//!
//! Source: `trec_eval`, National Institute of Standards and Technology.
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "utility".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 1.0).abs() < 1e-12);
//! let measure: Measure = "utility.2,-1,-0.5,0".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 2.5).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Family, Kind, Measure, Parameter, TrecArgument};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "utility",
    trec: "utility",
    trec_argument: Some(TrecArgument {
        read: |text, measure| {
            let weights: Vec<f64> = text.split(',').filter_map(|weight| weight.parse().ok()).collect();
            let complete = weights.len() == 4 && text.split(',').count() == 4;
            if complete {
                weights.iter().enumerate().for_each(|(place, &weight)| measure.set(place, Some(weight)));
            }
            complete
        },
        write: |measure| Some((0..4).map(|place| measure.get(place).to_string()).collect::<Vec<_>>().join(",")),
    }),
    parameters: &[weight("a", 1.0), weight("b", -1.0), weight("c", 0.0), weight("d", 0.0)],
    about: "a x relevant ranked + b x others ranked + c x relevant not ranked + d x others of the collection",
    value: utility,
    expected: Some(utility),
    ..Family::BASE
};

const fn weight(name: &'static str, default: f64) -> Parameter {
    Parameter { name, default: Some(default), kind: Kind::Within(f64::NEG_INFINITY, f64::INFINITY) }
}

fn utility(topic: View<'_>, measure: &Measure) -> f64 {
    let hits = topic.hit_count(usize::MAX) as f64;
    let (ranked, relevant) = (topic.ranked as f64, topic.relevant() as f64);
    let collection = topic.collection.unwrap_or(0) as f64;
    measure.get(0) * hits
        + measure.get(1) * (ranked - hits)
        + measure.get(2) * (relevant - hits)
        + measure.get(3) * (collection + hits - ranked - relevant)
}
