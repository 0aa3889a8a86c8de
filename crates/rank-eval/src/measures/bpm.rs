//! The Bejeweled player model: a user who stops when the gain or the cost reaches what was set, and its dynamic form, where
//! both move with what is met.
//!
//! ```text
//! C(i)  = 1 if the gain of the first i documents is below T(i) and their cost below K(i), else 0
//! BPM   : T(i) = T, K(i) = K
//! BPMD  : T(i + 1) = T(i) + hb x (g(i) - med),   K(i + 1) = K(i) + hc x (g(i) - med),   T(1) = T, K(1) = K
//! BPM@k = sum over i = 1 .. k of W(i) x g(i),    W(i) in proportion to C(1) x ... x C(i - 1), and of sum 1
//! ```
//!
//! so that the value is the mean gain of the documents that are looked at. Gains are as in [`inst`](super::inst). Without
//! `K`, and with documents that cost 1 each, the cut-off is the limit of the cost: `BPM(T=1)@10` is that of `ir_measures`.
//! A user who has stopped does not start again. `cwl-eval` computes the dynamic form with `hc` moving T where K is meant;
//! with `hc=0` both agree.
//!
//! Source: Zhang, Liu, Li, Zhang, Xu, Ma: Evaluating web search with a bejeweled player model (SIGIR 2017).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("b", 1), ("c", 1)];
//! // Stops at b, with a gain of 1.
//! let measure: Measure = "BPM(T=1)@10".parse()?;
//! assert_eq!(measure.value_of(&list, &grades)?, 0.5);
//! // a makes the user want 0.5 only, b 1 more: stops at b all the same.
//! let measure: Measure = "BPMD(T=1,hb=1)@10".parse()?;
//! assert_eq!(measure.value_of(&list, &grades)?, 0.5);
//! // The budget is spent at the third document, and then moved.
//! let measure: Measure = "BPM(T=9,K=3)".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 2.0 / 3.0).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::browsing::{self, MAX_REL, MIN_REL, Path, WANTED};
use crate::measure::{Family, Kind, Measure, Parameter};

pub(super) const FAMILY: Family = Family {
    name: "BPM",
    parameters: &[WANTED, BUDGET, MIN_REL, MAX_REL],
    about: "mean gain of the documents that are looked at, by a user who stops at the gain T or the cost K",
    browsing: Some(|path, measure| goes_on(path, measure, 0.0, 0.0, 0.0)),
    ..browsing::FAMILY
};

pub(super) const DYNAMIC_FAMILY: Family = Family {
    name: "BPMD",
    aliases: &["BPM_D"],
    parameters: &[
        WANTED,
        BUDGET,
        Parameter { name: "hb", default: Some(1.0), kind: Kind::Within(0.0, f64::INFINITY) },
        Parameter { name: "hc", default: Some(1.0), kind: Kind::Within(0.0, f64::INFINITY) },
        Parameter { name: "med", default: Some(0.5), kind: Kind::Within(0.0, 1.0) },
        MIN_REL,
        MAX_REL,
    ],
    about: "mean gain of the documents that are looked at, by a user who stops at the gain T or the cost K, which move \
            by hb and hc times what a document gains above med",
    browsing: Some(|path, measure| goes_on(path, measure, measure.get(2), measure.get(3), measure.get(4))),
    ..browsing::FAMILY
};

const BUDGET: Parameter = Parameter { name: "K", default: None, kind: Kind::Between(0.0, f64::INFINITY) };

fn goes_on(path: &Path, measure: &Measure, by_gain: f64, by_cost: f64, medium: f64) -> Vec<f64> {
    let mut wanted = measure.get(0);
    let mut budget = measure.number(1).unwrap_or(f64::INFINITY);
    let (mut gained, mut spent) = (0.0, 0.0);
    let step = |(gain, cost): (&f64, &f64)| {
        gained += gain;
        spent += cost;
        let goes_on = gained < wanted && spent < budget;
        wanted += by_gain * (gain - medium);
        budget += by_cost * (gain - medium);
        f64::from(u8::from(goes_on))
    };
    path.gains.iter().zip(&path.costs).map(step).collect()
}
