//! Nearly expected reciprocal rank: four users who stop where they are satisfied, as that of ERR does, within C/W/L.
//!
//! ```text
//! NERR8@k:  C(i) = 1 - g(i)
//! NERR9@k:  C(i) = i / (i + 1) x (1 - g(i))
//! NERR10:   C(i) = p x (1 - g(i))
//! NERR11:   C(i) = ((i + 2T - 1) / (i + 2T))^2 x (1 - g(i))
//! NERR = sum over i = 1 .. k of W(i) x g(i),   W(i) in proportion to C(1) x ... x C(i - 1), and of sum 1
//! ```
//!
//! by the numbers of their equations. Gains, and k = 1000 unless given, are as in [`inst`](super::inst); `ir_measures`
//! wants k for the first two, and takes none for the others. p is 0.9 and T is 1 unless given.
//!
//! Source: Azzopardi, Mackenzie, Moffat: ERR is not C/W/L, exploring the relationship between expected reciprocal rank and
//! other metrics (ICTIR 2021).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("b", 2)];
//! // Half of the users go on to b, and none beyond it: weights of 1 and 1/2, gains of 1/2 and 1.
//! let measure: Measure = "NERR8(max_rel=2)@10".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 2.0 / 3.0).abs() < 1e-12);
//! // A quarter of them.
//! let measure: Measure = "NERR9(max_rel=2)@10".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 0.75 / 1.25).abs() < 1e-12);
//! let measure: Measure = "NERR10(p=0.5,max_rel=2)".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 0.75 / 1.25).abs() < 1e-12);
//! // 4/9 of the half.
//! let measure: Measure = "NERR11(T=1,max_rel=2)".parse()?;
//! assert!((measure.value_of(&list, &grades)? - (0.5 + 2.0 / 9.0) / (1.0 + 2.0 / 9.0)).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use super::insq::patience;
use crate::browsing::{self, MAX_REL, MIN_REL, Path, WANTED};
use crate::measure::{Family, Kind, Parameter};

pub(super) const FAMILY_8: Family = Family {
    name: "NERR8",
    parameters: &[MIN_REL, MAX_REL],
    about: "expected gain of a document that is looked at, by a user who stops with the probability of the gain",
    browsing: Some(|path, _| goes_on(path, |_| 1.0)),
    ..browsing::FAMILY
};

pub(super) const FAMILY_9: Family = Family {
    name: "NERR9",
    parameters: &[MIN_REL, MAX_REL],
    about: "expected gain of a document that is looked at, by a user who stops with the probability of the gain, and else \
            goes on from rank i with probability i / (i + 1)",
    browsing: Some(|path, _| goes_on(path, |rank| rank as f64 / (rank + 1) as f64)),
    ..browsing::FAMILY
};

pub(super) const FAMILY_10: Family = Family {
    name: "NERR10",
    parameters: &[Parameter { name: "p", default: Some(0.9), kind: Kind::Between(0.0, 1.0) }, MIN_REL, MAX_REL],
    about: "expected gain of a document that is looked at, by a user who stops with the probability of the gain, and else \
            goes on with probability p",
    browsing: Some(|path, measure| goes_on(path, |_| measure.get(0))),
    ..browsing::FAMILY
};

pub(super) const FAMILY_11: Family = Family {
    name: "NERR11",
    parameters: &[WANTED, MIN_REL, MAX_REL],
    about: "expected gain of a document that is looked at, by a user who stops with the probability of the gain, and else \
            goes on as one who wants the gain T",
    browsing: Some(|path, measure| goes_on(path, |rank| patience(rank, measure.get(0)))),
    ..browsing::FAMILY
};

fn goes_on(path: &Path, patience: impl Fn(usize) -> f64) -> Vec<f64> {
    (1..).zip(&path.gains).map(|(rank, gain)| patience(rank) * (1.0 - gain)).collect()
}
