//! Counts: of queries, of documents ranked, of documents judged relevant, and of both.
//!
//! | name | of a query | `trec_eval` |
//! | --- | --- | --- |
//! | `NumQ` | 1 | `num_q` |
//! | `NumRet` | documents ranked | `num_ret` |
//! | `NumRel` | documents judged relevant | `num_rel` |
//! | `NumRelRet` | relevant documents ranked | `num_rel_ret` |
//! | `num_nonrel_judged_ret` | judged documents ranked that are not relevant | the same |
//!
//! Over all queries they are summed. `NumRet` and `NumRelRet` take a cut-off; `NumRet(rel=2)` counts documents of at least
//! that grade, as in `ir_measures`.
//!
//! Source: `trec_eval`, National Institute of Standards and Technology.
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "NumRet".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 3.0).abs() < 1e-12);
//! let measure: Measure = "NumRel".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 3.0).abs() < 1e-12);
//! let measure: Measure = "num_rel_ret".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 2.0).abs() < 1e-12);
//! let measure: Measure = "NumRelRet@2".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 1.0).abs() < 1e-12);
//! let measure: Measure = "NumRet(rel=3)".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 1.0).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Aggregate, Cutoff, Family, Measure};
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "NumQ",
    trec: "num_q",
    takes_level: false,
    about: "1 for each query",
    aggregate: Aggregate::Sum,
    value: |_, _| 1.0,
    expected: Some(|_, _| 1.0),
    missing: |_, _| 1.0,
    ..Family::BASE
};

pub(super) const RANKED_FAMILY: Family = Family {
    name: "NumRet",
    trec: "num_ret",
    cutoff: Cutoff::Optional,
    about: "number of documents among the first k; with rel, of those of at least that grade",
    aggregate: Aggregate::Sum,
    value: |topic, measure| match measure.level() {
        Some(_) => topic.hit_count(measure.k()) as f64,
        None => topic.ranked.min(measure.k()) as f64,
    },
    expected: Some(|topic, measure| match measure.level() {
        Some(_) => topic.expected_hits(measure.k()),
        None => topic.ranked.min(measure.k()) as f64,
    }),
    ..Family::BASE
};

pub(super) const RELEVANT_FAMILY: Family = Family {
    name: "NumRel",
    trec: "num_rel",
    about: "number of documents judged relevant",
    aggregate: Aggregate::Sum,
    value: |topic, _| topic.relevant() as f64,
    expected: Some(|topic, _| topic.relevant() as f64),
    missing: |topic, _| topic.relevant() as f64,
    ..Family::BASE
};

pub(super) const HITS_FAMILY: Family = Family {
    name: "NumRelRet",
    aliases: &["hits"],
    trec: "num_rel_ret",
    ranx: "hits",
    cutoff: Cutoff::Optional,
    about: "number of relevant documents among the first k",
    aggregate: Aggregate::Sum,
    value: |topic, measure| topic.hit_count(measure.k()) as f64,
    expected: Some(|topic, measure| topic.expected_hits(measure.k())),
    has_residual: |_| true,
    ..Family::BASE
};

pub(super) const NONRELEVANT_FAMILY: Family = Family {
    name: "num_nonrel_judged_ret",
    trec: "num_nonrel_judged_ret",
    about: "number of documents ranked that are judged not relevant",
    aggregate: Aggregate::Sum,
    value: nonrelevant,
    expected: Some(nonrelevant),
    ..Family::BASE
};

fn nonrelevant(topic: View<'_>, _: &Measure) -> f64 {
    topic.found.iter().filter(|found| found.grade >= 0 && found.grade < topic.level).count() as f64
}
