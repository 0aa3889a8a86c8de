//! Binary preference: how often a relevant document is ahead of those judged not relevant.
//!
//! ```text
//! Bpref = 1/R x sum over the relevant documents ranked of (1 - min(n, R) / min(N, R))
//! ```
//!
//! with n the number of documents judged not relevant above it, R and N the numbers judged relevant and judged not relevant;
//! a term is 1 if n is 0. Only judged documents count: those without a judgment, or with a negative one, are passed over. 0
//! if no document is relevant.
//!
//! Source: Buckley, Voorhees: Retrieval evaluation with incomplete information (SIGIR 2004), as `trec_eval` has it.
//!
//! ```
//! use rank_eval::Measure;
//!
//! // min(N, R) = 1, so that c, below b, adds nothing.
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("b", 0), ("c", 1)];
//! let measure: Measure = "Bpref".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 1.0 / 2.0).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::Family;
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "Bpref",
    trec: "bpref",
    ranx: "bpref",
    about: "mean over the relevant documents of the share of documents judged not relevant that are not above them",
    value: |topic, _| bpref(topic),
    ..Family::BASE
};

pub(super) fn bpref(topic: View<'_>) -> f64 {
    let relevant = topic.relevant();
    if relevant == 0 {
        return 0.0;
    }
    let most = topic.nonrelevant().min(relevant) as f64;
    let (mut above, mut sum) = (0_usize, 0.0);
    for found in topic.found {
        if found.grade >= topic.level {
            sum += if above == 0 { 1.0 } else { 1.0 - above.min(relevant) as f64 / most };
        } else if found.grade >= 0 {
            above += 1;
        }
    }
    sum / relevant as f64
}
