//! A loss and its options.

use super::{Gain, Labels, LossKind, PairWeight, Preset, SmoothRanks, Ties};

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
#[expect(clippy::struct_excessive_bools, reason = "they are switches of their own")]
pub struct Loss {
    pub(super) kind: LossKind,
    pub(super) pair_weight: PairWeight,
    pub(super) labels: Labels,
    pub(super) ranks: SmoothRanks,
    /// T.
    pub(super) temperature: f64,
    /// σ of logistic pairs.
    pub(super) sigma: f64,
    pub(super) margin: f64,
    pub(super) tau: f64,
    pub(super) epsilon: f64,
    /// δ of SmoothI.
    pub(super) delta: f64,
    /// μ of LambdaLoss 2++.
    pub(super) mu: f64,
    /// The share of LambdaRank in the weights of nDCG.
    pub(super) smooth_fraction: f64,
    /// λ of black-box ranks.
    pub(super) reach: f64,
    pub(super) top: Option<usize>,
    pub(super) gain: Gain,
    pub(super) ties: Ties,
    pub(super) normalize: bool,
    /// Whether lambda weights are multiplied by the length of the row, masked items included.
    pub(super) times_length: bool,
    /// Whether logarithms of logistic pairs have base 2.
    pub(super) base_2: bool,
    /// Whether a cut-off drops pairs, and not discounts.
    pub(super) top_pairs: bool,
    /// Whether pairs of equal labels count, and each item with itself.
    pub(super) all_pairs: bool,
    /// Whether the value is that of the hard order.
    pub(super) straight_through: bool,
    /// What of TF-Ranking's conventions has no option of its own.
    pub(super) tf_ranking: bool,
    pub(super) samples: usize,
    pub(super) noise: f64,
    pub(super) seed: u64,
}

impl Loss {
    /// A loss with the options of Rax: no pair weights, raw labels, T = σ = margin = ε = λ = 1, τ = ½, δ = 0.1,
    /// μ = 10, no smooth fraction, no cut-off, no noise.
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
            delta: 0.1,
            mu: 10.0,
            smooth_fraction: 0.0,
            reach: 1.0,
            top: None,
            gain: Gain::default(),
            ties: Ties::default(),
            normalize: false,
            times_length: true,
            base_2: false,
            top_pairs: false,
            all_pairs: false,
            straight_through: false,
            tf_ranking: false,
            samples: 0,
            noise: 1.0,
            seed: 0,
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

    /// With another temperature: smaller is harder. It is that of smooth ranks, of matrices, of Kendall's coefficients (a
    /// strength where ranks are an operator's) and, of distillation, of both sides; other losses divide their scores by
    /// it, as in TF-Ranking.
    #[must_use]
    pub fn temperature(self, temperature: f64) -> Self {
        Self { temperature, ..self }
    }

    /// With another slope of logistic pairs.
    #[must_use]
    pub fn sigma(self, sigma: f64) -> Self {
        Self { sigma, ..self }
    }

    /// With another margin of the hinge, or between relevant and other items in black-box ranks.
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

    /// Of whom the conventions are: sets what the preset differs in from Rax, for this kind of loss.
    #[must_use]
    pub fn preset(self, preset: Preset) -> Self {
        let lambda = self.pair_weight.has_gains();
        match preset {
            Preset::TfRanking => {
                let own = Self { tf_ranking: true, normalize: self.normalize || lambda, ..self };
                if self.is_metric() && self.ranks == SmoothRanks::Sigmoid { own.temperature(0.1) } else { own }
            }
            Preset::AllRank if lambda => {
                let all = self.pair_weight == PairWeight::LambdaLoss1;
                self.normalize(true).times_length(false).base_2(true).top_pairs(true).all_pairs(all)
            }
            Preset::Rax | Preset::AllRank => self,
        }
    }

    /// Whether it is a metric of ranks.
    pub(super) fn is_metric(&self) -> bool {
        use LossKind::{Ap, Dcg, LogRank, Mrr, Ndcg, Precision, Recall};
        matches!(self.kind, Dcg | Ndcg | Mrr | Ap | Precision | Recall | LogRank)
    }

    /// With other gains of labels.
    #[must_use]
    pub fn gain(self, gain: Gain) -> Self {
        Self { gain, ..self }
    }

    /// With other ranks of equal scores, in lambda weights.
    #[must_use]
    pub fn ties(self, ties: Ties) -> Self {
        Self { ties, ..self }
    }

    /// With another δ of SmoothI: how far an item that was placed is pushed back.
    #[must_use]
    pub fn delta(self, delta: f64) -> Self {
        Self { delta, ..self }
    }

    /// With another μ of LambdaLoss 2++.
    #[must_use]
    pub fn mu(self, mu: f64) -> Self {
        Self { mu, ..self }
    }

    /// With another share of LambdaRank's weights in those of [`PairWeight::Ndcg`], TF-Ranking's `smooth_fraction`.
    #[must_use]
    pub fn smooth_fraction(self, smooth_fraction: f64) -> Self {
        Self { smooth_fraction, ..self }
    }

    /// With another λ of black-box ranks: how far they look. The authors' λ is of ranks over n: pass theirs times n.
    #[must_use]
    pub fn reach(self, reach: f64) -> Self {
        Self { reach, ..self }
    }

    /// Whether logarithms of logistic pairs have base 2, as in allRank.
    #[must_use]
    pub fn base_2(self, base_2: bool) -> Self {
        Self { base_2, ..self }
    }

    /// Whether the cut-off drops pairs of which an item ranks behind it, as in allRank, and not their discounts.
    #[must_use]
    pub fn top_pairs(self, top_pairs: bool) -> Self {
        Self { top_pairs, ..self }
    }

    /// Whether pairs of equal labels count, in both orders, and each item with itself, as in allRank's LambdaLoss 1.
    #[must_use]
    pub fn all_pairs(self, all_pairs: bool) -> Self {
        Self { all_pairs, ..self }
    }

    /// Whether the value is that of the hard order and the gradient the smooth one, for metrics of a matrix.
    #[must_use]
    pub fn straight_through(self, straight_through: bool) -> Self {
        Self { straight_through, ..self }
    }

    /// As the mean over `samples` of scores to which `noise` times [`gumbel_noise`](crate::gumbel_noise) is added (Bruch
    /// et al. 2020). 0 samples are none. The noise of a number depends on the seed and on its place alone.
    #[must_use]
    pub fn gumbel(self, samples: usize, noise: f64, seed: u64) -> Self {
        Self { samples, noise, seed, ..self }
    }

    /// With the noise of another seed, that many further on.
    #[cfg(feature = "candle-nn")]
    pub(crate) fn later(self, steps: u64) -> Self {
        Self { seed: self.seed.wrapping_add(steps), ..self }
    }

    /// Over how many draws of noise it is meant; 0 without noise.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// What it is.
    pub fn kind(&self) -> LossKind {
        self.kind
    }
}
