//! Measures that count what is seldom labeled for more, since its absence says little.

use std::collections::HashMap;
use std::hash::BuildHasher;

use crate::{Error, Qrels, Result, Run};

/// How probable it is that an item that is relevant is labeled so, by how many labels it has.
///
/// ```text
/// p = 1 / (1 + C (n + B)^(-A)),   C = (ln N - 1) (B + 1)^A
/// ```
///
/// with n the number of labels of an item, and N that of labeled instances. A = 0.55 and B = 1.5 are usual, and the
/// default; of Wikipedia they are 0.5 and 0.4, of Amazon 0.6 and 2.6.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Propensity {
    /// N, at least 3.
    pub instances: u64,
    /// A.
    pub a: f64,
    /// B.
    pub b: f64,
}

impl Propensity {
    /// Of so many labeled instances, with the usual A and B.
    pub fn new(instances: u64) -> Self {
        Self { instances, a: 0.55, b: 1.5 }
    }

    /// With other numbers.
    #[must_use]
    pub fn with(self, a: f64, b: f64) -> Self {
        Self { a, b, ..self }
    }

    fn check(self) -> Result<Self> {
        let is_number = |value: f64| value.is_finite() && value >= 0.0;
        if self.instances < 3 || !is_number(self.a) || !is_number(self.b) {
            return Err(Error::InvalidPropensity { instances: self.instances, a: self.a, b: self.b });
        }
        Ok(self)
    }

    /// The propensity of an item with so many labels, in (0, 1].
    pub fn of(&self, labels: u64) -> f64 {
        let scale = ((self.instances as f64).ln() - 1.0) * (self.b + 1.0).powf(self.a);
        1.0 / (1.0 + scale * (labels as f64 + self.b).powf(-self.a))
    }
}

/// The propensity-scored values of a user.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PropensityScored {
    /// Which user.
    pub query: String,
    /// PSP@k: the relevant items among the first `k`, each over its propensity, over the most that k items can have.
    pub precision: f64,
    /// PSnDCG@k: the same, each over log2(rank + 1) as well.
    pub ndcg: f64,
}

/// Propensity-scored precision and nDCG at `k`.
///
/// ```text
/// PSP@k    = sum over i = 1 .. k of rel(i) / p(i),                 over that of the best possible list
/// PSnDCG@k = sum over i = 1 .. k of rel(i) / (p(i) log2(i + 1)),   over that of the best possible list
/// ```
///
/// * `qrels`: what is relevant: grades of at least 1.
/// * `labels`: for each item the number of its labels; one that is not there has none.
///
/// The values of each user that is in both the qrels and the run, in ascending order of id; 0 for one without a relevant
/// item.
///
/// # Errors
///
/// [`Error::InvalidK`], [`Error::InvalidPropensity`], [`Error::NoCommonQuery`].
///
/// # Source
///
/// Jain, Prabhu, Varma: Extreme multi-label loss functions for recommendation, tagging, ranking and other missing label
/// applications (KDD 2016).
///
/// # Example
///
/// ```
/// use std::collections::HashMap;
///
/// use rank_eval::{Propensity, Qrels, Run, propensity_scored};
///
/// let qrels = Qrels::from_nested([("u", vec![("hit", 1), ("rare", 1)])])?;
/// let run = Run::from_nested([("u", vec![("hit", 2.0), ("rare", 1.0)])])?;
/// let labels = HashMap::from([("hit".to_owned(), 500), ("rare".to_owned(), 1)]);
/// let propensity = Propensity::new(1000);
/// let values = propensity_scored(&qrels, &run, &labels, propensity, 1)?;
/// // The first item is worth less than the one that would be the best.
/// assert!((values[0].precision - propensity.of(1) / propensity.of(500)).abs() < 1e-12);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn propensity_scored<H: BuildHasher>(
    qrels: &Qrels,
    run: &Run,
    labels: &HashMap<String, u64, H>,
    propensity: Propensity,
    k: usize,
) -> Result<Vec<PropensityScored>> {
    if k == 0 {
        return Err(Error::InvalidK);
    }
    let propensity = propensity.check()?;
    let worth = |item: &str| 1.0 / propensity.of(labels.get(item).copied().unwrap_or(0));
    let mut values = Vec::new();
    for query in run.queries() {
        let (Some(judged), Some(ranked)) = (qrels.judged(query), run.ranked(query)) else { continue };
        let relevant: HashMap<&str, f64> =
            judged.filter(|&(_, grade)| grade > 0).map(|(item, _)| (item, worth(item))).collect();
        let found = ranked.take(k).map(|(item, _)| relevant.get(item).copied().unwrap_or(0.0)).collect::<Vec<f64>>();
        let mut best: Vec<f64> = relevant.into_values().collect();
        best.sort_unstable_by(|a, b| b.total_cmp(a));
        best.truncate(k);
        let share = |sum: fn(&[f64]) -> f64| if best.is_empty() { 0.0 } else { sum(&found) / sum(&best) };
        values.push(PropensityScored { query: query.to_owned(), precision: share(plain), ndcg: share(discounted) });
    }
    if values.is_empty() {
        return Err(Error::NoCommonQuery { run: run.len(), qrels: qrels.len() });
    }
    Ok(values)
}

fn plain(worths: &[f64]) -> f64 {
    worths.iter().fold(0.0, |sum, worth| sum + worth)
}

fn discounted(worths: &[f64]) -> f64 {
    (2_u32..).zip(worths).fold(0.0, |sum, (place, worth)| sum + worth / f64::from(place).log2())
}
