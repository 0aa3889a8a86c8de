//! What gradient boosting needs of LambdaMART: gradients and second derivatives of pairs, and the measure.

use crate::float::{check_finite, check_length};
use crate::input::thread_count;
use crate::losses::{descending, discount, ideal_dcg};
use crate::sigmoid::sigmoid;
use crate::threads::in_threads;
use crate::watch::Watch;
use crate::{Error, Float, Input, Result};

/// LambdaMART's gradients (Burges 2010): of each pair of items of which i has the higher label, with d = sᵢ - sⱼ, gains
/// `G = 2^y - 1` and discounts `D = 1 / log₂(1 + rank)` of the scores' ranks (equal scores in the order of appearance),
///
/// `λ = -σ sigmoid(-σd) Δ` and `h = σ² sigmoid(σd) sigmoid(-σd) Δ`, where `Δ = |Gᵢ - Gⱼ| |Dᵢ - Dⱼ| / maxDCG`.
///
/// λ adds to the gradient of i and is taken from that of j, h adds to both second derivatives. The plain one is the
/// gradient of LambdaRank's loss with normalized gains; [`light_gbm`](Self::light_gbm) and [`xg_boost`](Self::xg_boost)
/// are those of the libraries.
///
/// # Example
///
/// ```
/// use rank_soft::{Input, LambdaMart};
///
/// // Two equal scores, the relevant one first: sigmoid(0) = 1/2, and Δ = 1 - 1 / log₂ 3.
/// let (gradients, hessians) = LambdaMart::new().gradients(&Input::new(&[0.0, 0.0]), &[1.0, 0.0])?;
/// let change = 1.0 - 1.0 / 3_f64.log2();
/// assert_eq!(gradients, [-change / 2.0, change / 2.0]);
/// assert_eq!(hessians, [change / 4.0, change / 4.0]);
/// # Ok::<(), rank_soft::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LambdaMart {
    sigma: f64,
    top: Option<usize>,
    by_difference: bool,
    by_sum: bool,
    factor: f64,
    least: f64,
}

impl Default for LambdaMart {
    fn default() -> Self {
        Self::new()
    }
}

impl LambdaMart {
    /// σ = 1, all pairs, nothing else.
    pub fn new() -> Self {
        Self { sigma: 1.0, top: None, by_difference: false, by_sum: false, factor: 1.0, least: 0.0 }
    }

    /// As LightGBM's `lambdarank` has them: pairs of which one is among the best 30, Δ over `0.01 + |d|`, and all of a
    /// query times `log₂(1 + S) / S`, where S is the sum of all |λ|.
    pub fn light_gbm() -> Self {
        Self { top: Some(30), by_difference: true, by_sum: true, ..Self::new() }
    }

    /// As XGBoost's `rank:ndcg` has them with `lambdarank_pair_method = "topk"`: pairs of which one is among the best 32,
    /// Δ over `0.01 + |d|`, all of a query times `log₂(1 + S) / S`, and twice the second derivative, at least 1e-16.
    pub fn xg_boost() -> Self {
        Self { top: Some(32), factor: 2.0, least: 1e-16, ..Self::light_gbm() }
    }

    /// With another slope of the sigmoid.
    #[must_use]
    pub fn sigma(self, sigma: f64) -> Self {
        Self { sigma, ..self }
    }

    /// Of pairs of which one is among the `top` best, of which the ideal DCG counts as many.
    #[must_use]
    pub fn top(self, top: Option<usize>) -> Self {
        Self { top, ..self }
    }

    /// Whether Δ is divided by `0.01 + |d|`, where the scores of a query are not all equal.
    #[must_use]
    pub fn by_difference(self, by_difference: bool) -> Self {
        Self { by_difference, ..self }
    }

    /// Whether gradients of a query are multiplied by `log₂(1 + S) / S`, where S is the sum of all |λ|, twice.
    #[must_use]
    pub fn by_sum(self, by_sum: bool) -> Self {
        Self { by_sum, ..self }
    }

    /// Gradients and second derivatives of the scores in `input`, whose weights, if any, multiply those of their items.
    ///
    /// A query without a pair, or without a relevant item, has zeros. Masked items have zeros. The strengths of the input
    /// are not used.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`], [`Error::LengthMismatch`], [`Error::OutOfRange`], [`Error::Shape`], [`Error::Offsets`],
    /// [`Error::Stopped`].
    ///
    /// # Example
    ///
    /// See [`LambdaMart`].
    pub fn gradients<T: Float>(&self, input: &Input<'_, T>, labels: &[T]) -> Result<(Vec<f64>, Vec<f64>)> {
        if !(self.sigma > 0.0 && self.sigma.is_finite()) {
            return Err(Error::OutOfRange { argument: "sigma", expected: "a positive number", got: self.sigma });
        }
        let mut both = vec![(0.0, 0.0); input.values.len()];
        each_query(input, labels, &mut both, |scores, labels, out| self.query(scores, labels, input.watch, out))?;
        if let Some(weights) = input.weights {
            for (pair, &weight) in both.iter_mut().zip(weights) {
                let weight: f64 = weight.into();
                *pair = (pair.0 * weight, pair.1 * weight);
            }
        }
        Ok(both.into_iter().unzip())
    }

    fn query(&self, scores: &[f64], labels: &[f64], watch: Watch<'_>, out: &mut [(f64, f64)]) -> Result<()> {
        let gains: Vec<f64> = labels.iter().map(|label| label.exp2() - 1.0).collect();
        let ideal = ideal_dcg(&gains, self.top);
        if ideal <= 0.0 {
            return Ok(());
        }
        let order = descending(scores);
        let discounts: Vec<f64> = (1..=scores.len()).map(|rank| discount(rank as f64)).collect();
        let differ = scores[order[0]] != scores[order[order.len() - 1]];
        let mut sum = 0.0;
        for first in 0..order.len().min(self.top.unwrap_or(usize::MAX)) {
            watch.poll()?;
            for second in first + 1..order.len() {
                let (a, b) = (order[first], order[second]);
                if labels[a] == labels[b] {
                    continue;
                }
                let (better, worse) = if labels[a] > labels[b] { (a, b) } else { (b, a) };
                let d = scores[better] - scores[worse];
                let mut change = (gains[better] - gains[worse]) * (discounts[first] - discounts[second]).abs() / ideal;
                if self.by_difference && differ {
                    change /= 0.01 + d.abs();
                }
                let p = sigmoid(-self.sigma * d);
                let lambda = self.sigma * p * change;
                let curvature = self.factor * self.sigma * self.sigma * (p * (1.0 - p)).max(self.least) * change;
                out[better].0 -= lambda;
                out[worse].0 += lambda;
                out[better].1 += curvature;
                out[worse].1 += curvature;
                sum += 2.0 * lambda;
            }
        }
        if self.by_sum && sum > 0.0 {
            let factor = (1.0 + sum).log2() / sum;
            for pair in out {
                *pair = (pair.0 * factor, pair.1 * factor);
            }
        }
        Ok(())
    }
}

/// The mean nDCG of queries by the scores in `input`, with gains `2^y - 1`, cut off after `top` ranks; for early
/// stopping. Equal scores are in the order of appearance; a query without a relevant item counts as 1, as in LightGBM
/// and XGBoost.
///
/// # Errors
///
/// As [`LambdaMart::gradients`].
///
/// # Source
///
/// Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques (2002).
///
/// # Example
///
/// ```
/// use rank_soft::{Input, mean_ndcg};
///
/// // The relevant item is second.
/// let ndcg = mean_ndcg(&Input::new(&[0.5, 0.1]), &[0.0, 1.0], Some(10))?;
/// assert_eq!(ndcg, 1.0 / 3_f64.log2());
/// # Ok::<(), rank_soft::Error>(())
/// ```
pub fn mean_ndcg<T: Float>(input: &Input<'_, T>, labels: &[T], top: Option<usize>) -> Result<f64> {
    let mut parts = vec![(0.0, 0.0); input.values.len()];
    each_query(input, labels, &mut parts, |scores, labels, out| {
        let gains: Vec<f64> = labels.iter().map(|label| label.exp2() - 1.0).collect();
        let ideal = ideal_dcg(&gains, top);
        let ranked = descending(scores).into_iter().take(top.unwrap_or(usize::MAX)).enumerate();
        let dcg: f64 = ranked.map(|(place, item)| gains[item] * discount(place as f64 + 1.0)).sum();
        out[0] = (if ideal > 0.0 { dcg / ideal } else { 1.0 }, 1.0);
        Ok(())
    })?;
    let (sum, count) = parts.into_iter().fold((0.0, 0.0), |(sum, count), part| (sum + part.0, count + part.1));
    Ok(if count > 0.0 { sum / count } else { 0.0 })
}

/// Calls `work` with scores and labels of each query that has any, and with a place for what it finds.
fn each_query<T: Float>(
    input: &Input<'_, T>,
    labels: &[T],
    out: &mut [(f64, f64)],
    work: impl Fn(&[f64], &[f64], &mut [(f64, f64)]) -> Result<()> + Sync,
) -> Result<()> {
    let rows = input.rows()?;
    input.check(&rows)?;
    check_length("labels", labels.len(), "scores", rows.total())?;
    check_finite("scores", input.values)?;
    check_finite("labels", labels)?;
    let mut pieces = Vec::new();
    let mut rest = out;
    for share in rows.shares_of(thread_count(input.threads), 512) {
        let numbers = share.clone().map(|row| rows.range(row).len()).sum();
        let (own, next) = rest.split_at_mut(numbers);
        rest = next;
        pieces.push((share, own));
    }
    in_threads(pieces, |(share, mut own)| {
        for row in share {
            let range = rows.range(row);
            let (here, next) = std::mem::take(&mut own).split_at_mut(range.len());
            own = next;
            let counted: Vec<usize> = range.clone().filter(|&i| input.mask.is_none_or(|mask| mask[i])).collect();
            if counted.is_empty() {
                continue;
            }
            let wide = |numbers: &[T]| counted.iter().map(|&i| numbers[i].into()).collect::<Vec<f64>>();
            if counted.len() == range.len() {
                work(&wide(input.values), &wide(labels), here)?;
            } else {
                let mut found = vec![(0.0, 0.0); counted.len()];
                work(&wide(input.values), &wide(labels), &mut found)?;
                for (&i, found) in counted.iter().zip(found) {
                    here[i - range.start] = found;
                }
            }
            input.watch.advance(range.len())?;
        }
        Ok(())
    })
}
