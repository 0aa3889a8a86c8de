//! What can be chosen of a loss.

use std::fmt;

use crate::Method;

/// What a loss is. Names are those of [`Loss::from_str`](std::str::FromStr::from_str).
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
    /// Of relevant items the mean of `log(1 + log(1 + x))`, where x is how many others stand above it: the loss for recall
    /// at all cut-offs of Rolínek et al. (2020).
    LogRank,
    /// `1 - Σ tanh(d / T) sign(Δy) / pairs`: Kendall's coefficient over pairs of different labels.
    Kendall,
    /// 1 less Kendall's tau-b: `1 - Σ t sign(Δy) / √(Σ t² Σ sign(Δy)²)` over all pairs, with `t = tanh(d / T)`. 1 where
    /// all scores are equal.
    KendallB,
    /// 1 less the Pearson correlation of soft ranks of the scores and hard ranks of the labels, ties getting their average.
    Spearman,
    /// 1 less the sum of all rows' DCG over the sum of their ideal DCG (Swezey et al. 2021), by one matrix of
    /// [`SmoothRanks`] that has one.
    PiRank,
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
    /// LambdaLoss 2++: μ times that, and LambdaRank's.
    LambdaLoss2PlusPlus,
    /// `|yᵢ² - yⱼ²|`.
    LabelSquareDifference,
    /// `yᵢ`: of ARP loss 1 (Wang et al. 2018), whose second is [`LabelDifference`](Self::LabelDifference).
    Label,
    /// 1 for a relevant item and another of which one stands within the cut-off and one behind it, 0 for others: what
    /// precision changes by (TF-Ranking).
    Precision,
    /// That of LambdaLoss 2 for neighbors in the ranking, 0 for others: YetiRank's (Gulin et al. 2011), as in TF-Ranking.
    Neighbors,
    /// TF-Ranking's for nDCG, before its second version: `|Gᵢ - Gⱼ|` times a mean of the steps of LambdaLoss 2 and of
    /// LambdaRank's `|Dᵢ - Dⱼ|`, in which the latter have the smooth fraction; 0 where both items rank behind the
    /// cut-off.
    Ndcg,
}

impl PairWeight {
    /// Their names.
    pub const NAMES: [(&str, Self); 11] = [
        ("none", Self::None),
        ("label_difference", Self::LabelDifference),
        ("lambda_rank", Self::LambdaRank),
        ("lambda_loss_1", Self::LambdaLoss1),
        ("lambda_loss_2", Self::LambdaLoss2),
        ("lambda_loss_2_plus_plus", Self::LambdaLoss2PlusPlus),
        ("label_square_difference", Self::LabelSquareDifference),
        ("label", Self::Label),
        ("precision", Self::Precision),
        ("neighbors", Self::Neighbors),
        ("ndcg", Self::Ndcg),
    ];

    /// Whether gains and discounts are in it.
    pub(super) fn has_gains(self) -> bool {
        use PairWeight::{LambdaLoss1, LambdaLoss2, LambdaLoss2PlusPlus, LambdaRank, Ndcg, Neighbors};
        matches!(self, LambdaRank | LambdaLoss1 | LambdaLoss2 | LambdaLoss2PlusPlus | Neighbors | Ndcg)
    }
}

impl fmt::Display for PairWeight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(_, weight)| weight == self).map_or("another", |(name, _)| name);
        f.write_str(name)
    }
}

/// What the gain of a label is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Gain {
    /// `2^y - 1`.
    #[default]
    Exponential,
    /// `y`.
    Linear,
    /// `2^y`, as in the code of SmoothI's authors.
    Power,
}

impl Gain {
    /// That of a label.
    pub(super) fn of(self, label: f64) -> f64 {
        match self {
            Self::Exponential => label.exp2() - 1.0,
            Self::Linear => label,
            Self::Power => label.exp2(),
        }
    }

    /// Its derivative.
    pub(super) fn slope(self, label: f64) -> f64 {
        if self == Self::Linear { 1.0 } else { label.exp2() * std::f64::consts::LN_2 }
    }
}

/// Which ranks equal scores have, in the weights of pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ties {
    /// In the order of appearance.
    #[default]
    First,
    /// Their average, so that the order of appearance does not matter.
    Average,
}

/// Whose conventions a loss has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Preset {
    /// Of Rax 0.4.0.
    #[default]
    Rax,
    /// Of allRank: lambda weights with gains over the ideal DCG, not times the length, logarithms of base 2; a cut-off
    /// drops the pairs of which an item ranks behind it; LambdaLoss 1 counts equal labels and each item with itself.
    AllRank,
    /// Of TF-Ranking's Keras losses: sigmoid ranks of temperature 0.1; lambda weights with gains over the ideal DCG, without
    /// the items' weights; pairwise and pointwise means over all items, masked ones included; reciprocal ranks of all
    /// items, weighted by their labels; labels of the pointwise logistic loss as they are; ε of poly-1 times the sum of
    /// labels; weights of items as one of the list, their mean by labels, but for softmax losses.
    TfRanking,
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
    /// No ranks, but the matrix of NeuralSort: how far each item stands at each place (Swezey et al. 2021).
    NeuralSort,
    /// The same made doubly stochastic by Sinkhorn's iteration (Pobrotyn, Białobrzeski 2021): 50 rounds, fewer where sums
    /// are 1 to 1e-6.
    NeuralSinkhorn,
    /// The matrix of SmoothI (Thonet et al. 2022): for each place the softmax of `(s - min s) / T`, times `Π (1 - I - δ)`
    /// over the places before, which carries no gradient. A place gains by the expected label there.
    SmoothI,
    /// Hard ranks, whose gradient is a difference of two hard ones (Rolínek et al. 2020), of scores that the margin moves
    /// against their labels: half of it down for relevant items, half up for others. Equal scores have their average.
    BlackBox,
}

impl SmoothRanks {
    /// Whether it is a matrix of places and items.
    pub(super) fn is_matrix(self) -> bool {
        matches!(self, Self::NeuralSort | Self::NeuralSinkhorn | Self::SmoothI)
    }
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
