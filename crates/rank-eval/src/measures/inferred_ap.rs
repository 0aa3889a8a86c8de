//! Inferred average precision, of a pool of which a random sample was judged.
//!
//! ```text
//! infAP = 1/R x sum over the relevant ranks i of 1/i + (i-1)/i x pooled/(i-1) x (rel + e) / (rel + nonrel + 2e)
//! ```
//!
//! where rel and nonrel are the numbers of documents above rank i judged relevant and not, pooled is the number of those and
//! of the ones pooled but not judged, and e = 0.00001. **A negative grade says that a document is in the pool and was not
//! judged**; a document without a grade was not in the pool. 0 if no document is relevant.
//!
//! Source: Yilmaz, Aslam: Estimating average precision with incomplete and imperfect judgments (CIKM 2006), as `trec_eval`
//! has it.
//!
//! ```
//! use rank_eval::Measure;
//!
//! // 1/2 + 1/2 x 1/1 x e/2e.
//! let list = [("a", 2.0), ("b", 1.0)];
//! let grades = [("a", -1), ("b", 1)];
//! let measure: Measure = "infAP".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 0.75).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::Family;
use crate::topic::View;

pub(super) const FAMILY: Family = Family {
    name: "infAP",
    trec: "infAP",
    about: "average precision as estimated from a judged sample of the pool; a negative grade is pooled and not judged",
    value: |topic, _| inferred_ap(topic),
    ..Family::BASE
};

const EPSILON: f64 = 1e-5;

fn inferred_ap(topic: View<'_>) -> f64 {
    let relevant = topic.relevant();
    if relevant == 0 {
        return 0.0;
    }
    let (mut hits, mut others, mut pooled, mut sum) = (0.0, 0.0, 0.0, 0.0);
    for found in topic.found {
        if found.grade < 0 {
            pooled += 1.0;
        } else if found.grade < topic.level {
            others += 1.0;
        } else if found.position == 0 {
            sum += 1.0;
            hits += 1.0;
        } else {
            let above = f64::from(found.position);
            let share = (hits + others + pooled) / above;
            let precision = (hits + EPSILON) / (hits + others + 2.0 * EPSILON);
            sum += 1.0 / (above + 1.0) + above / (above + 1.0) * share * precision;
            hits += 1.0;
        }
    }
    sum / relevant as f64
}
