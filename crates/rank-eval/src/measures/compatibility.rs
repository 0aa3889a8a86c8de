//! Compatibility: how alike the ranking and the ideal order are, most of all at the top.
//!
//! ```text
//! Compat = RBO(ranking, ideal) / RBO(ideal, ideal),   RBO = sum over d of p^(d-1) x overlap(d) / d, over sum of p^(d-1)
//! ```
//!
//! with overlap(d) the number of documents that the first d of both have in common, and d up to the longer of the two. The
//! ideal order has all documents of a grade above 0, highest first, and those of one grade as the ranking has them. With
//! `normalize=False` it is not divided. 0 if no document has a grade above 0.
//!
//! Source: Clarke, Vtyurina, Smucker: Assessing top-k preferences (ACM TOIS 2021).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 3), ("c", 1)];
//! let measure: Measure = "Compat(p=0.5)".parse()?;
//! assert!((measure.value_of(&list, &grades)? - ((1.0 + 0.5 / 2.0 + 0.25 * 2.0 / 3.0) / (1.0 + 0.5 + 0.25 * 2.0 / 3.0))).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use std::cmp::Reverse;

use crate::measure::{Family, Kind, Measure, Parameter};
use crate::topic::{Found, View};

pub(super) const FAMILY: Family = Family {
    name: "Compat",
    parameters: &[
        Parameter { name: "p", default: Some(0.95), kind: Kind::Between(0.0, 1.0) },
        Parameter { name: "normalize", default: Some(1.0), kind: Kind::Flag },
    ],
    takes_level: false,
    about: "rank-biased overlap of the ranking and the ideal order, over that of the ideal order with itself",
    value: compatibility,
    ..Family::BASE
};

fn compatibility(topic: View<'_>, measure: &Measure) -> f64 {
    let p = measure.get(0);
    let mut ideal: Vec<&Found> = topic.found.iter().filter(|found| found.grade > 0).collect();
    ideal.sort_by_key(|found| (Reverse(found.grade), found.position));
    let length = topic.judged.partition_point(|&grade| grade > 0);
    if length == 0 {
        return 0.0;
    }
    // The number of documents of a grade above that of each that were not ranked stand before it.
    let of_grade = |grade: i64| topic.judged.partition_point(|&judged| judged > grade);
    let mut place = 0;
    let mut previous = None;
    let mut common: Vec<usize> = Vec::with_capacity(ideal.len());
    for found in ideal {
        if previous != Some(found.grade) {
            place = of_grade(found.grade);
            previous = Some(found.grade);
        }
        common.push(place.max(found.position as usize));
        place += 1;
    }
    common.sort_unstable();
    let (mut score, mut best, mut all, mut weight, mut overlap) = (0.0, 0.0, 0.0, 1.0, 0);
    for depth in 1..=topic.ranked.max(length) {
        while overlap < common.len() && common[overlap] < depth {
            overlap += 1;
        }
        score += weight * overlap as f64 / depth as f64;
        best += weight * depth.min(length) as f64 / depth as f64;
        all += weight;
        weight *= p;
    }
    if measure.get(1) == 0.0 { score / all } else { score / best }
}
