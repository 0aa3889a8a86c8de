//! Ranking losses, each with its gradient to the scores.

mod listwise;
mod metrics;
mod pairwise;
mod pointwise;

use std::str::FromStr;

use crate::batch::in_threads;
use crate::float::{check_finite, check_length};
use crate::input::thread_count;
use crate::{Error, Float, Input, Method, Result};

/// What a loss is. Names are those of [`Loss::from_str`].
///
/// Scores s, labels y, hard ranks r of the scores (1 is the highest; equal scores in the order of appearance), discounts
/// `D = 1 / log₂(1 + r)`, gains `G = 2^y - 1`, d = sᵢ - sⱼ. Numbers are those of Rax 0.4.0, except that masked items
/// count nowhere, where its AP and its cut-offs count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LossKind {
    /// `(s - y)²`.
    PointwiseMse,
    /// The logistic loss of each score for its label, clipped to \[0, 1\].
    PointwiseSigmoid,
    /// `log(1 + e^(-σd))` over pairs of different labels: RankNet (Burges et al. 2005).
    PairwiseLogistic,
    /// `max(0, margin - d)`: RankSVM's (Joachims 2002), and the triplet loss of scores.
    PairwiseHinge,
    /// Its square.
    PairwiseSquaredHinge,
    /// `sigmoid(-σd)`.
    PairwiseSoftZeroOne,
    /// Quantile regression of differences: `τ(Δy - d)₊ + (1 - τ)(d - Δy)₊`.
    PairwiseQr,
    /// `(d - Δy)²` over all ordered pairs, those of an item with itself included, as in Rax.
    PairwiseMse,
    /// The same over pairs of different labels: margins learnt from a teacher's scores (Hofstätter et al. 2020).
    MarginMse,
    /// `-Σ y log softmax(s)`: ListNet (Cao et al. 2007).
    Softmax,
    /// The same with `ε(1 - Σ ŷ softmax(s))` (Leng et al. 2022).
    Poly1Softmax,
    /// `-Σ G log(e^sᵢ / (e^sᵢ + Σ_{yⱼ < yᵢ} e^sⱼ))` (Zhu, Klabjan 2020).
    UniqueSoftmax,
    /// The likelihood of the labels' order (Xia et al. 2008), equal labels in the order of appearance.
    ListMle,
    /// The same with the discount of each place (Lan et al. 2014).
    PositionListMle,
    /// `KL(softmax(y / T) ‖ softmax(s / T))`: a teacher's distribution.
    KlDistillation,
    /// Minus DCG of smooth ranks (Qin et al. 2010).
    Dcg,
    /// Minus nDCG of smooth ranks.
    Ndcg,
    /// Minus the reciprocal smooth rank of the first relevant item, which is one of label 1 or more.
    Mrr,
    /// Minus the average precision of smooth ranks.
    Ap,
    /// Minus the precision at the cut-off.
    Precision,
    /// Minus the recall at the cut-off.
    Recall,
    /// `1 - Σ tanh(d / T) sign(Δy) / pairs`: Kendall's coefficient over pairs of different labels.
    Kendall,
}

/// By what a pair's loss is multiplied. Weights carry no gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PairWeight {
    /// 1.
    #[default]
    None,
    /// `|yᵢ - yⱼ|`.
    LabelDifference,
    /// LambdaRank (Burges et al. 2006): `|Gᵢ - Gⱼ| |Dᵢ - Dⱼ|`.
    LambdaRank,
    /// LambdaLoss 1 (Wang et al. 2018): `Gᵢ Dᵢ`.
    LambdaLoss1,
    /// LambdaLoss 2: `|Gᵢ - Gⱼ| |1/log₂(1 + δ) - 1/log₂(2 + δ)|`, δ = |rᵢ - rⱼ|.
    LambdaLoss2,
    /// LambdaLoss 2++: ten times that, and LambdaRank's.
    LambdaLoss2PlusPlus,
}

/// How labels become what a softmax is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Labels {
    /// As they are.
    #[default]
    Raw,
    /// Over their sum; all equal where that is 0.
    Normalized,
    /// Their softmax.
    Softmax,
}

/// Where the smooth ranks of a metric come from.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum SmoothRanks {
    /// `1 + Σ sigmoid((sⱼ - sᵢ) / T)`.
    #[default]
    Sigmoid,
    /// `1 + Σ max(0, sⱼ - sᵢ + 1)`, a bound.
    Bound,
    /// Descending soft ranks by a method, with the temperature for a strength.
    Operator(Method),
}

/// How losses of rows become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reduction {
    /// The mean: of all items for pointwise losses, of all valid pairs of the batch for pairwise ones, of lists for others.
    #[default]
    Mean,
    /// The sum.
    Sum,
    /// None: for each row its own mean.
    None,
}

/// A loss with its options.
///
/// # Example
///
/// ```
/// use rank_soft::{Input, Loss, LossKind, Reduction};
///
/// // Two items in the wrong order by 1: log(1 + e).
/// let input = Input::new(&[0.0, 1.0]);
/// let loss = Loss::new(LossKind::PairwiseLogistic).evaluate(&input, &[1.0, 0.0], Reduction::Mean)?;
/// assert!((loss.values[0] - (1.0 + 1_f64.exp()).ln()).abs() < 1e-15);
/// assert!((loss.gradient[0] + 1.0 / (1.0 + (-1_f64).exp())).abs() < 1e-15);
/// # Ok::<(), rank_soft::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loss {
    kind: LossKind,
    pair_weight: PairWeight,
    labels: Labels,
    ranks: SmoothRanks,
    /// T.
    temperature: f64,
    /// σ of logistic pairs.
    sigma: f64,
    margin: f64,
    tau: f64,
    epsilon: f64,
    top: Option<usize>,
    normalize: bool,
    /// Whether lambda weights are multiplied by the length of the row, masked items included.
    times_length: bool,
}

/// A loss and its gradient.
#[derive(Debug, Clone, PartialEq)]
pub struct LossGradient<T> {
    /// One number; without reduction one for each row.
    pub values: Vec<f64>,
    /// The gradient to the scores; without reduction that of each row's own loss.
    pub gradient: Vec<T>,
}

/// One row: what counts of it.
struct Row<'a> {
    scores: &'a [f64],
    labels: &'a [f64],
    weights: Option<&'a [f64]>,
    /// With what is masked.
    padded: usize,
}

impl Row<'_> {
    fn weight(&self, i: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[i])
    }
}

impl Loss {
    /// A loss with the options of Rax: no pair weights, raw labels, T = σ = margin = ε = 1, τ = ½, no cut-off.
    pub fn new(kind: LossKind) -> Self {
        Self {
            kind,
            pair_weight: PairWeight::default(),
            labels: Labels::default(),
            ranks: SmoothRanks::default(),
            temperature: 1.0,
            sigma: 1.0,
            margin: 1.0,
            tau: 0.5,
            epsilon: 1.0,
            top: None,
            normalize: false,
            times_length: true,
        }
    }

    /// With pairs weighted.
    #[must_use]
    pub fn pair_weight(self, pair_weight: PairWeight) -> Self {
        Self { pair_weight, ..self }
    }

    /// With other labels of a softmax.
    #[must_use]
    pub fn labels(self, labels: Labels) -> Self {
        Self { labels, ..self }
    }

    /// With other smooth ranks of a metric.
    #[must_use]
    pub fn ranks(self, ranks: SmoothRanks) -> Self {
        Self { ranks, ..self }
    }

    /// With another temperature: smaller is harder.
    #[must_use]
    pub fn temperature(self, temperature: f64) -> Self {
        Self { temperature, ..self }
    }

    /// With another slope of logistic pairs.
    #[must_use]
    pub fn sigma(self, sigma: f64) -> Self {
        Self { sigma, ..self }
    }

    /// With another margin of the hinge.
    #[must_use]
    pub fn margin(self, margin: f64) -> Self {
        Self { margin, ..self }
    }

    /// With another quantile.
    #[must_use]
    pub fn tau(self, tau: f64) -> Self {
        Self { tau, ..self }
    }

    /// With another factor of the polynomial.
    #[must_use]
    pub fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// Cut off after `top` ranks.
    #[must_use]
    pub fn top(self, top: Option<usize>) -> Self {
        Self { top, ..self }
    }

    /// With gains over the ideal DCG, for lambda weights.
    #[must_use]
    pub fn normalize(self, normalize: bool) -> Self {
        Self { normalize, ..self }
    }

    /// Whether lambda weights are multiplied by the length of the row, masked items included, as in Rax.
    #[must_use]
    pub fn times_length(self, times_length: bool) -> Self {
        Self { times_length, ..self }
    }

    /// What it is.
    pub fn kind(&self) -> LossKind {
        self.kind
    }

    /// Whether the options are in their ranges.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`].
    pub fn check(&self) -> Result<()> {
        let positive = |argument, value: f64| {
            if value > 0.0 && value.is_finite() {
                Ok(())
            } else {
                Err(Error::OutOfRange { argument, expected: "a positive number", got: value })
            }
        };
        positive("temperature", self.temperature)?;
        positive("sigma", self.sigma)?;
        if !(0.0..=1.0).contains(&self.tau) {
            return Err(Error::OutOfRange { argument: "tau", expected: "a number from 0 to 1", got: self.tau });
        }
        for (argument, value) in [("margin", self.margin), ("epsilon", self.epsilon)] {
            if !value.is_finite() {
                return Err(Error::OutOfRange { argument, expected: "a finite number", got: value });
            }
        }
        Ok(())
    }

    /// The loss of the scores in `input` for `labels`, and its gradient to the scores.
    ///
    /// A row without a pair, without a relevant item, or without any item has loss 0 and gradient 0. The strengths of the
    /// input are not used.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`], [`Error::LengthMismatch`], [`Error::OutOfRange`], [`Error::Shape`], [`Error::Offsets`].
    ///
    /// # Example
    ///
    /// See [`Loss`].
    pub fn evaluate<T: Float>(
        &self,
        input: &Input<'_, T>,
        labels: &[T],
        reduction: Reduction,
    ) -> Result<LossGradient<T>> {
        self.check()?;
        let rows = input.rows()?;
        input.check(&rows)?;
        check_length("labels", labels.len(), "scores", rows.total())?;
        check_finite("scores", input.values)?;
        check_finite("labels", labels)?;
        let mut gradient = vec![0.0; rows.total()];
        let mut parts = vec![(0.0, 0.0); rows.count()];
        let mut pieces = Vec::new();
        let (mut rest, mut rest_parts) = (gradient.as_mut_slice(), parts.as_mut_slice());
        for share in rows.shares_of(thread_count(input.threads), 512) {
            let numbers = share.clone().map(|row| rows.range(row).len()).sum();
            let (own, next) = rest.split_at_mut(numbers);
            let (own_parts, next_parts) = rest_parts.split_at_mut(share.len());
            (rest, rest_parts) = (next, next_parts);
            pieces.push((share, own, own_parts));
        }
        in_threads(pieces, |(share, mut gradient, parts)| {
            let (mut scores, mut kept, mut weights, mut slopes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            for (row, part) in share.zip(parts) {
                let range = rows.range(row);
                let (own, rest) = gradient.split_at_mut(range.len());
                gradient = rest;
                let counted = || range.clone().filter(|&i| input.mask.is_none_or(|mask| mask[i]));
                scores.clear();
                scores.extend(counted().map(|i| input.values[i].into()));
                kept.clear();
                kept.extend(counted().map(|i| labels[i].into()));
                weights.clear();
                if let Some(given) = input.weights {
                    weights.extend(counted().map(|i| given[i].into()));
                }
                slopes.clear();
                slopes.resize(scores.len(), 0.0);
                let weights = input.weights.map(|_| weights.as_slice());
                let row = Row { scores: &scores, labels: &kept, weights, padded: range.len() };
                *part = self.row(&row, &mut slopes)?;
                for (slope, i) in slopes.iter().zip(counted()) {
                    own[i - range.start] = *slope;
                }
            }
            Ok(())
        })?;
        let over = |sum: f64, count: f64| if count > 0.0 { sum / count } else { 0.0 };
        let count: f64 = parts.iter().map(|part| part.1).sum();
        let sum: f64 = parts.iter().map(|part| part.0).sum();
        let values = match reduction {
            Reduction::Mean => vec![over(sum, count)],
            Reduction::Sum => vec![sum],
            Reduction::None => parts.iter().map(|&(sum, count)| over(sum, count)).collect(),
        };
        let mut out = vec![T::default(); rows.total()];
        for (row, part) in parts.iter().enumerate() {
            let divisor = match reduction {
                Reduction::Mean => count,
                Reduction::Sum => 1.0,
                Reduction::None => part.1,
            };
            let range = rows.range(row);
            for (out, slope) in out[range.clone()].iter_mut().zip(&gradient[range]) {
                *out = T::from_f64(over(*slope, divisor));
            }
        }
        Ok(LossGradient { values, gradient: out })
    }

    /// The loss of a row and of how many things it is the sum; its gradient is added to `gradient`.
    fn row(&self, row: &Row<'_>, gradient: &mut [f64]) -> Result<(f64, f64)> {
        if row.scores.is_empty() {
            return Ok((0.0, 0.0));
        }
        match self.kind {
            LossKind::PointwiseMse | LossKind::PointwiseSigmoid => Ok(pointwise::row(self, row, gradient)),
            LossKind::Softmax
            | LossKind::Poly1Softmax
            | LossKind::UniqueSoftmax
            | LossKind::ListMle
            | LossKind::PositionListMle
            | LossKind::KlDistillation => Ok((listwise::row(self, row, gradient), 1.0)),
            LossKind::Dcg | LossKind::Ndcg | LossKind::Mrr | LossKind::Ap | LossKind::Precision | LossKind::Recall => {
                Ok((metrics::row(self, row, gradient)?, 1.0))
            }
            _ => Ok(pairwise::row(self, row, gradient)),
        }
    }
}

impl FromStr for Loss {
    type Err = Error;

    /// A loss by its name: `rank_net`, `pairwise_hinge`, `rank_svm`, `triplet`, `pairwise_squared_hinge`,
    /// `pairwise_soft_zero_one`, `pairwise_qr`, `pairwise_mse`, `margin_mse`, `rank_net_label_difference`, `lambda_rank`,
    /// `lambda_loss_1`, `lambda_loss_2`, `lambda_loss_2_plus_plus`, `softmax`, `list_net`, `poly1_softmax`,
    /// `unique_softmax`, `list_mle`, `p_list_mle`, `kl_distillation`, `pointwise_mse`, `pointwise_sigmoid`, `kendall`, and
    /// of each metric (`dcg`, `ndcg`, `mrr`, `ap`, `precision`, `recall`) `approx_`, `bound_` and `soft_`, the last by l2
    /// soft ranks.
    fn from_str(name: &str) -> Result<Self> {
        let pairs = |weight| Self::new(LossKind::PairwiseLogistic).pair_weight(weight);
        let metric = |name: &str| {
            Some(match name {
                "dcg" => LossKind::Dcg,
                "ndcg" => LossKind::Ndcg,
                "mrr" => LossKind::Mrr,
                "ap" => LossKind::Ap,
                "precision" => LossKind::Precision,
                "recall" => LossKind::Recall,
                _ => return None,
            })
        };
        for (prefix, ranks) in [
            ("approx_", SmoothRanks::Sigmoid),
            ("bound_", SmoothRanks::Bound),
            ("soft_", SmoothRanks::Operator(Method::L2)),
        ] {
            if let Some(kind) = name.strip_prefix(prefix).and_then(metric) {
                return Ok(Self::new(kind).ranks(ranks));
            }
        }
        Ok(match name {
            "pointwise_mse" => Self::new(LossKind::PointwiseMse),
            "pointwise_sigmoid" => Self::new(LossKind::PointwiseSigmoid),
            "rank_net" | "pairwise_logistic" => Self::new(LossKind::PairwiseLogistic),
            "pairwise_hinge" | "rank_svm" | "triplet" => Self::new(LossKind::PairwiseHinge),
            "pairwise_squared_hinge" => Self::new(LossKind::PairwiseSquaredHinge),
            "pairwise_soft_zero_one" => Self::new(LossKind::PairwiseSoftZeroOne),
            "pairwise_qr" => Self::new(LossKind::PairwiseQr),
            "pairwise_mse" => Self::new(LossKind::PairwiseMse),
            "margin_mse" => Self::new(LossKind::MarginMse),
            "rank_net_label_difference" => pairs(PairWeight::LabelDifference),
            "lambda_rank" => pairs(PairWeight::LambdaRank),
            "lambda_loss_1" => pairs(PairWeight::LambdaLoss1),
            "lambda_loss_2" => pairs(PairWeight::LambdaLoss2),
            "lambda_loss_2_plus_plus" => pairs(PairWeight::LambdaLoss2PlusPlus),
            "softmax" => Self::new(LossKind::Softmax),
            "list_net" => Self::new(LossKind::Softmax).labels(Labels::Softmax),
            "poly1_softmax" => Self::new(LossKind::Poly1Softmax),
            "unique_softmax" => Self::new(LossKind::UniqueSoftmax),
            "list_mle" => Self::new(LossKind::ListMle),
            "p_list_mle" => Self::new(LossKind::PositionListMle),
            "kl_distillation" => Self::new(LossKind::KlDistillation),
            "kendall" => Self::new(LossKind::Kendall),
            _ => {
                return Err(Error::UnknownOption {
                    argument: "name",
                    expected: "the name of a loss, such as \"lambda_rank\", \"list_net\" or \"approx_ndcg\"",
                    got: name.to_owned(),
                });
            }
        })
    }
}

/// The ranks of the scores, the highest being 1, equal ones in the order of appearance.
fn hard_ranks(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let mut ranks = vec![0; scores.len()];
    for (place, &i) in order.iter().enumerate() {
        ranks[i] = place + 1;
    }
    ranks
}

/// `1 / log₂(1 + rank)`.
fn discount(rank: f64) -> f64 {
    1.0 / (1.0 + rank).log2()
}

/// `2^label - 1`, times the weight.
fn gains(row: &Row<'_>) -> Vec<f64> {
    row.labels.iter().enumerate().map(|(i, label)| (label.exp2() - 1.0) * row.weight(i)).collect()
}

/// The DCG of the gains in their best order, of which `top` count.
fn ideal_dcg(gains: &[f64], top: Option<usize>) -> f64 {
    let mut sorted = gains.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    sorted.iter().take(top.unwrap_or(usize::MAX)).enumerate().map(|(i, gain)| gain * discount(i as f64 + 1.0)).sum()
}
