//! Which options a loss has, and their ranges.

use super::{Gain, Labels, Loss, LossKind, PairWeight, SmoothRanks, Ties};
use crate::{Error, Result};

impl Loss {
    /// Whether the options are in their ranges, and are those that the loss has.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`]; [`Error::NotUsed`] for an option that would change nothing; and [`Error::UnknownOption`] for
    /// options that do not go together.
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
        positive("reach", self.reach)?;
        for (argument, value) in [("tau", self.tau), ("smooth_fraction", self.smooth_fraction)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(Error::OutOfRange { argument, expected: "a number from 0 to 1", got: value });
            }
        }
        if !(0.0..1.0).contains(&self.delta) {
            return Err(Error::OutOfRange {
                argument: "delta",
                expected: "a number of at least 0 and below 1",
                got: self.delta,
            });
        }
        for (argument, value) in [("mu", self.mu), ("noise", self.noise)] {
            if !(value >= 0.0 && value.is_finite()) {
                return Err(Error::OutOfRange { argument, expected: "a number of at least 0", got: value });
            }
        }
        for (argument, value) in [("margin", self.margin), ("epsilon", self.epsilon)] {
            if !value.is_finite() {
                return Err(Error::OutOfRange { argument, expected: "a finite number", got: value });
            }
        }
        self.check_ranks()?;
        self.check_uses()
    }

    /// Whether it can have its ranks.
    fn check_ranks(&self) -> Result<()> {
        let argument = if matches!(self.ranks, SmoothRanks::Operator(_)) { "method" } else { "ranks" };
        let refused = |expected| Err(Error::UnknownOption { argument, expected, got: format!("{:?}", self.ranks) });
        let whole = matches!(self.kind, LossKind::PiRank);
        let matrix = matches!(
            self.kind,
            LossKind::Dcg | LossKind::Ndcg | LossKind::Precision | LossKind::Recall | LossKind::Ap | LossKind::PiRank
        );
        if (whole && !self.ranks.is_matrix()) || (!matrix && self.ranks.is_matrix()) {
            return refused("a matrix for PiRank, ranks for others than DCG, nDCG, precision, recall and AP");
        }
        let hard = !self.is_metric() || matches!(self.kind, LossKind::Precision | LossKind::Recall);
        if self.ranks == SmoothRanks::BlackBox && hard {
            return refused(
                "smooth ranks, as only DCG, nDCG, MRR, AP and the logarithm of ranks have slopes of hard ones",
            );
        }
        if !self.is_metric() && !whole && self.kind != LossKind::Spearman && self.ranks != SmoothRanks::Sigmoid {
            return refused("none but for a metric of ranks or Spearman's coefficient");
        }
        if self.straight_through && !self.ranks.is_matrix() {
            return Err(Error::UnknownOption {
                argument: "straight_through",
                expected: "false but for metrics of a matrix",
                got: "true".to_owned(),
            });
        }
        Ok(())
    }

    /// Whether all that is not as at the start changes something.
    fn check_uses(&self) -> Result<()> {
        use LossKind::{Dcg, LogRank, Ndcg, PairwiseLogistic, PairwiseSoftZeroOne, PiRank, Poly1Softmax, Softmax};
        let kind = self.kind;
        let gains = self.pair_weight.has_gains();
        let ranked = gains || self.pair_weight == PairWeight::Precision;
        let pairs = self.has_pairs();
        let hinge = matches!(kind, LossKind::PairwiseHinge | LossKind::PairwiseSquaredHinge);
        let black_box = self.ranks == SmoothRanks::BlackBox;
        let metric = (self.is_metric() && kind != LogRank) || kind == PiRank;
        let softmax = matches!(kind, Softmax | Poly1Softmax);
        // Of each option: whether it is as at the start, whether the loss has it, and who does.
        let number = |value: f64, start: f64| (value == start, value.to_string());
        let flag = |value: bool, start: bool| (value == start, value.to_string());
        let options: [(&'static str, (bool, String), bool, &'static str); 19] = [
            ("temperature", number(self.temperature, 1.0), !black_box, "all but black-box ranks"),
            (
                "sigma",
                number(self.sigma, 1.0),
                matches!(kind, PairwiseLogistic | PairwiseSoftZeroOne),
                "logistic and soft 0-1 pairs",
            ),
            (
                "margin",
                (self.margin == 1.0 || (self.margin == 0.0 && self.is_metric()), self.margin.to_string()),
                hinge || black_box,
                "hinges and black-box ranks",
            ),
            ("tau", number(self.tau, 0.5), kind == LossKind::PairwiseQr, "the quantile regression of pairs"),
            ("epsilon", number(self.epsilon, 1.0), kind == Poly1Softmax, "poly-1"),
            ("delta", number(self.delta, 0.1), self.ranks == SmoothRanks::SmoothI, "SmoothI"),
            ("mu", number(self.mu, 10.0), self.pair_weight == PairWeight::LambdaLoss2PlusPlus, "LambdaLoss 2++"),
            (
                "smooth_fraction",
                number(self.smooth_fraction, 0.0),
                self.pair_weight == PairWeight::Ndcg,
                "the pair weight of nDCG",
            ),
            ("reach", number(self.reach, 1.0), black_box, "black-box ranks"),
            (
                "pair_weight",
                (self.pair_weight == PairWeight::None, self.pair_weight.to_string()),
                pairs,
                "pairwise losses",
            ),
            ("normalize", flag(self.normalize, false), gains, "pair weights of gains"),
            ("times_length", flag(self.times_length, true), gains, "pair weights of gains"),
            ("base_2", flag(self.base_2, false), kind == PairwiseLogistic, "logistic pairs"),
            ("top_pairs", flag(self.top_pairs, false), pairs, "pairwise losses"),
            (
                "top",
                (self.top.is_none(), self.top.unwrap_or(0).to_string()),
                metric || (pairs && (ranked || self.top_pairs)),
                "metrics, pair weights of ranks and top_pairs",
            ),
            ("all_pairs", flag(self.all_pairs, false), pairs, "pairwise losses"),
            ("labels", (self.labels == Labels::Raw, format!("{:?}", self.labels)), softmax, "softmax and poly-1"),
            (
                "gain",
                (self.gain == Gain::Exponential, format!("{:?}", self.gain)),
                gains || matches!(kind, Dcg | Ndcg | PiRank | LossKind::UniqueSoftmax),
                "DCG, nDCG, PiRank, unique softmax and pair weights of gains",
            ),
            (
                "ties",
                (self.ties == Ties::First, format!("{:?}", self.ties)),
                pairs && (ranked || self.top_pairs),
                "pair weights of ranks and top_pairs",
            ),
        ];
        for (argument, (as_at_start, got), used, of) in options {
            if !as_at_start && !used {
                return Err(Error::NotUsed { argument, of, got });
            }
        }
        if self.samples == 0 && self.noise != 1.0 {
            let got = self.noise.to_string();
            return Err(Error::NotUsed { argument: "noise", of: "losses with samples of it", got });
        }
        Ok(())
    }

    /// Whether it is a sum over pairs that can be weighted.
    pub(super) fn has_pairs(&self) -> bool {
        use LossKind::{
            Kendall, MarginMse, PairwiseHinge, PairwiseLogistic, PairwiseMse, PairwiseQr, PairwiseSoftZeroOne,
            PairwiseSquaredHinge,
        };
        matches!(
            self.kind,
            PairwiseLogistic
                | PairwiseHinge
                | PairwiseSquaredHinge
                | PairwiseSoftZeroOne
                | PairwiseQr
                | PairwiseMse
                | MarginMse
                | Kendall
        )
    }

    /// Whether the temperature is nothing but a divisor of the scores.
    pub(super) fn divides_scores(&self) -> bool {
        match self.kind {
            LossKind::Kendall | LossKind::KendallB | LossKind::KlDistillation => false,
            LossKind::Spearman | LossKind::PiRank => self.ranks == SmoothRanks::Bound,
            _ => !self.is_metric() || self.ranks == SmoothRanks::Bound,
        }
    }
}
