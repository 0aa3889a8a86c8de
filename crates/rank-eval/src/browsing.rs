//! Users who go down a ranking and stop somewhere: what C/W/L measures expect of them.

use std::collections::HashMap;
use std::hash::BuildHasher;

use rustc_hash::FxHashMap;

use crate::measure::{Cutoff, Family, Kind, Parameter};
use crate::topic::View;
use crate::watch::{Watch, tell, unwatched};
use crate::{Error, Measure, Qrels, Result, Run};

/// What a user meets rank by rank.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    /// In [0, 1].
    pub(crate) gains: Vec<f64>,
    /// Above 0.
    pub(crate) costs: Vec<f64>,
}

/// What a user is expected to gain and to spend on a ranking, see [`browse`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Browsing {
    /// The gain per document that is looked at, in [0, 1]: the value of the measure.
    pub utility: f64,
    /// The gain of all documents that are looked at.
    pub total_utility: f64,
    /// The cost per document that is looked at.
    pub cost: f64,
    /// The cost of all documents that are looked at.
    pub total_cost: f64,
    /// The number of documents that are looked at.
    pub items: f64,
}

impl Browsing {
    /// Of a user who goes on with these probabilities, the last of which does not count.
    fn of(path: &Path, goes_on: &[f64]) -> Self {
        let (mut items, mut total_utility, mut total_cost, mut looks) = (0.0, 0.0, 0.0, 1.0);
        for ((gain, cost), goes_on) in path.gains.iter().zip(&path.costs).zip(goes_on) {
            items += looks;
            total_utility += looks * gain;
            total_cost += looks * cost;
            looks *= goes_on;
        }
        Self { utility: total_utility / items, total_utility, cost: total_cost / items, total_cost, items }
    }
}

/// What a user is expected to gain and to spend, with documents that are not judged at their worst and at their best.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct BrowsingBounds {
    /// Documents that are not judged, and ranks without a document, gain 0.
    pub worst: Browsing,
    /// They gain 1. Its difference to `worst` is what `cwl-eval` calls the residual.
    pub best: Browsing,
}

/// Follows the user of a C/W/L measure down one ranking.
///
/// The user goes on from rank i to the next one with probability C(i), which is what measures of this kind differ in; hence
/// a document is looked at with probability C(1) x ... x C(i - 1), and of all looks a share W(i) falls on rank i. The
/// expected utility is the sum of W(i) x gain(i), the total utility that over W(1), and likewise with costs; 1 / W(1)
/// documents are looked at. Measures: [`INST`](crate::measures::inst), [`INSQ`](crate::measures::insq),
/// [`BPM`](crate::measures::bpm), [`NERR8`](crate::measures::n_err) to `NERR11`, [`IFT`](crate::measures::ift),
/// [`NPV`](crate::measures::npv), [`TBG`](crate::measures::tbg), [`UMeasure`](crate::measures::u_measure), `P`, `RBP`,
/// `RR` and `SDCG`, and [`AP`](crate::measures::average_precision), whose user is that of [`TrAP`](crate::measures::context_precision).
///
/// * `measure`: the measure; its cut-off is the most documents that are looked at, 1000 unless given.
/// * `gains`: for each rank a gain in [0, 1], or `None` for a document without a judgment.
/// * `costs`: for each rank a cost above 0, such as seconds or characters; further ranks cost 1 each, and so do all ranks
///   of an empty slice. `BPM`, `IFT`, `TBG` and `UMeasure` look at them.
///
/// # Errors
///
/// [`Error::NoUser`] for a measure without a user, [`Error::InvalidGain`], [`Error::InvalidCost`] and
/// [`Error::UnequalColumns`].
///
/// # Source
///
/// Moffat, Bailey, Scholer, Thomas: Incorporating user expectations and behavior into the measurement of search
/// effectiveness (ACM TOIS 2017); Azzopardi, Thomas, Moffat: `cwl_eval` (SIGIR 2019).
///
/// # Example
///
/// ```
/// use rank_eval::{Measure, browse};
///
/// let measure: Measure = "P@2".parse()?; // looks at two documents, whatever they are
/// let bounds = browse(&measure, &[Some(1.0), None, Some(1.0)], &[3.0, 5.0, 2.0])?;
/// assert_eq!((bounds.worst.utility, bounds.worst.total_utility, bounds.worst.items), (0.5, 1.0, 2.0));
/// assert_eq!((bounds.worst.cost, bounds.worst.total_cost), (4.0, 8.0));
/// assert_eq!(bounds.best.utility, 1.0);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn browse(measure: &Measure, gains: &[Option<f64>], costs: &[f64]) -> Result<BrowsingBounds> {
    let goes_on = measure.family().browsing.ok_or_else(|| Error::NoUser { measure: measure.to_string() })?;
    if let Some(position) = gains.iter().position(|gain| gain.is_some_and(|gain| !(0.0..=1.0).contains(&gain))) {
        return Err(Error::InvalidGain { position, value: gains[position].unwrap_or_default() });
    }
    if let Some(position) = costs.iter().position(|&cost| !(cost > 0.0 && cost.is_finite())) {
        return Err(Error::InvalidCost { position, value: costs[position] });
    }
    if !costs.is_empty() && costs.len() != gains.len() {
        return Err(Error::UnequalColumns { argument: "costs", expected: gains.len(), got: costs.len() });
    }
    let ranks = measure.cutoff().unwrap_or(RANKS).min(MOST_RANKS);
    let path = |unknown: f64| {
        let mut path = Path { gains: vec![unknown; ranks], costs: vec![1.0; ranks] };
        for (to, from) in path.gains.iter_mut().zip(gains) {
            *to = from.unwrap_or(unknown);
        }
        for (to, &from) in path.costs.iter_mut().zip(costs) {
            *to = from;
        }
        path
    };
    let follow = |path: &Path| Browsing::of(path, &goes_on(path, measure));
    Ok(BrowsingBounds { worst: follow(&path(0.0)), best: follow(&path(1.0)) })
}

/// Follows the user of a C/W/L measure down each ranking of a run, see [`browse`].
///
/// * `qrels`, `run`: as for [`evaluate`](crate::evaluate); the queries that are both judged and ranked count.
/// * `measure`: a C/W/L measure. A relevant document gains 1; with `max_rel`, and `min_rel`, its share of that scale.
/// * `costs`: the cost of each document by its id; if it is empty, each costs 1.
///
/// The queries are in ascending order of id.
///
/// # Errors
///
/// Those of [`browse`]; [`Error::NoCost`] for a document without a cost, [`Error::GradeAboveScale`] and
/// [`Error::NoCommonQuery`].
///
/// # Example
///
/// ```
/// use std::collections::HashMap;
///
/// use rank_eval::{Measure, Qrels, Run, browse_run};
///
/// let qrels = Qrels::from_nested([("q", [("b", 1)])])?;
/// let run = Run::from_nested([("q", [("a", 2.0), ("b", 1.0)])])?;
/// let seconds = HashMap::from([("a".to_owned(), 20.0), ("b".to_owned(), 5.0)]);
/// let measure: Measure = "TBG(half_life=10)".parse()?;
/// let users = browse_run(&qrels, &run, &measure, &seconds)?;
/// assert_eq!(users[0].0, "q");
/// assert!((users[0].1.worst.total_utility - 0.25).abs() < 1e-12);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn browse_run<H: BuildHasher>(
    qrels: &Qrels,
    run: &Run,
    measure: &Measure,
    costs: &HashMap<String, f64, H>,
) -> Result<Vec<(String, BrowsingBounds)>> {
    browse_run_watched(qrels, run, measure, costs, &unwatched)
}

/// [`browse_run`], watched: a step is a query that counts.
///
/// # Errors
///
/// As [`browse_run`], and [`Error::Interrupted`].
pub fn browse_run_watched<H: BuildHasher>(
    qrels: &Qrels,
    run: &Run,
    measure: &Measure,
    costs: &HashMap<String, f64, H>,
    watch: &Watch<'_>,
) -> Result<Vec<(String, BrowsingBounds)>> {
    let gain = measure.scale(measure.level().unwrap_or(1));
    let mut users = Vec::new();
    for query in qrels.queries() {
        let (Some(judged), Some(ranked)) = (qrels.judged(query), run.ranked(query)) else { continue };
        let grades: FxHashMap<&str, i64> = judged.collect();
        measure.check(|| grades.values().copied().max())?;
        let (mut gains, mut paid) = (Vec::new(), Vec::new());
        for (document, _) in ranked {
            let grade = grades.get(document).copied().filter(|&grade| grade >= 0);
            gains.push(grade.map(&gain));
            if !costs.is_empty() {
                paid.push(*costs.get(document).ok_or_else(|| Error::NoCost { document: document.to_owned() })?);
            }
        }
        users.push((query.to_owned(), browse(measure, &gains, &paid)?));
        tell(watch, 1)?;
    }
    if users.is_empty() {
        return Err(Error::NoCommonQuery { run: run.len(), qrels: qrels.len() });
    }
    Ok(users)
}

/// What measures of users have in common. To be overridden: `name`, `about`, `browsing`, `parameters`.
pub(crate) const FAMILY: Family =
    Family { cutoff: Cutoff::Usually(RANKS), value: utility, has_residual: |_| true, ..Family::BASE };

/// The ranks that are looked at where no cut-off is given: those of `cwl-eval`.
const RANKS: usize = 1000;

/// The most that a cut-off may be of a measure that looks at ranks without a document as well.
pub(crate) const MOST_RANKS: usize = 1_000_000;

/// The highest grade of the scale, which gains 1; without it a relevant document does.
pub(crate) const MAX_REL: Parameter = Parameter { name: "max_rel", default: None, kind: Kind::Whole(1) };

/// The lowest grade of the scale, which gains nothing, as those below it.
pub(crate) const MIN_REL: Parameter = Parameter { name: "min_rel", default: Some(0.0), kind: Kind::Whole(0) };

/// The gain that a user wants.
pub(crate) const WANTED: Parameter =
    Parameter { name: "T", default: Some(1.0), kind: Kind::Between(0.0, f64::INFINITY) };

/// The expected utility of a user of the measure; each document costs 1.
fn utility(topic: View<'_>, measure: &Measure) -> f64 {
    let Some(goes_on) = measure.family().browsing else { return 0.0 };
    let ranks = measure.k();
    let mut path = Path { gains: vec![0.0; ranks], costs: vec![1.0; ranks] };
    let gain = measure.scale(topic.level);
    for found in topic.found(ranks) {
        path.gains[found.position as usize] = gain(found.grade);
    }
    Browsing::of(&path, &goes_on(&path, measure)).utility
}

/// The probabilities of going on of a user who looks at rank i in proportion to the weight at i, which never rises.
pub(crate) fn of_weights(weights: &[f64]) -> Vec<f64> {
    let next = weights.iter().skip(1).chain([&0.0]);
    weights.iter().zip(next).map(|(&weight, &next)| if weight > 0.0 { next / weight } else { 0.0 }).collect()
}

/// The sums of the first numbers, for each rank.
pub(crate) fn sums(numbers: &[f64]) -> impl Iterator<Item = f64> {
    numbers.iter().scan(0.0, |sum, number| {
        *sum += number;
        Some(*sum)
    })
}
