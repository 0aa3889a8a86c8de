//! Losses by their names.

use std::str::FromStr;

use super::{Labels, Loss, LossKind, PairWeight, SmoothRanks};
use crate::{Error, Method, Result};

impl Loss {
    /// All names that a loss can be parsed from; some are of one loss.
    pub const NAMES: [&str; 76] = [
        "rank_net",
        "pairwise_logistic",
        "rank_net_label_difference",
        "rank_net_label_square_difference",
        "arp_loss_1",
        "arp_loss_2",
        "yeti",
        "lambda_rank",
        "lambda_loss_1",
        "lambda_loss_2",
        "lambda_loss_2_plus_plus",
        "pairwise_hinge",
        "rank_svm",
        "triplet",
        "pairwise_squared_hinge",
        "pairwise_soft_zero_one",
        "pairwise_qr",
        "pairwise_mse",
        "margin_mse",
        "kendall",
        "kendall_tau_b",
        "softmax",
        "list_net",
        "poly1_softmax",
        "unique_softmax",
        "list_mle",
        "p_list_mle",
        "kl_distillation",
        "pointwise_mse",
        "pointwise_sigmoid",
        "spearman",
        "pirank",
        "approx_dcg",
        "approx_ndcg",
        "approx_mrr",
        "approx_ap",
        "approx_precision",
        "approx_recall",
        "gumbel_dcg",
        "gumbel_ndcg",
        "gumbel_mrr",
        "gumbel_ap",
        "gumbel_precision",
        "gumbel_recall",
        "bound_dcg",
        "bound_ndcg",
        "bound_mrr",
        "bound_ap",
        "bound_precision",
        "bound_recall",
        "soft_dcg",
        "soft_ndcg",
        "soft_mrr",
        "soft_ap",
        "soft_precision",
        "soft_recall",
        "neural_dcg",
        "neural_ndcg",
        "neural_ap",
        "neural_precision",
        "neural_recall",
        "pirank_dcg",
        "pirank_ndcg",
        "pirank_ap",
        "pirank_precision",
        "pirank_recall",
        "smoothi_dcg",
        "smoothi_ndcg",
        "smoothi_ap",
        "smoothi_precision",
        "smoothi_recall",
        "black_box_dcg",
        "black_box_ndcg",
        "black_box_mrr",
        "black_box_ap",
        "black_box_recall",
    ];
}

impl FromStr for Loss {
    type Err = Error;

    /// A loss by its name: `rank_net`, `pairwise_hinge`, `rank_svm`, `triplet`, `pairwise_squared_hinge`,
    /// `pairwise_soft_zero_one`, `pairwise_qr`, `pairwise_mse`, `margin_mse`, `rank_net_label_difference`, `lambda_rank`,
    /// `lambda_loss_1`, `lambda_loss_2`, `lambda_loss_2_plus_plus`, `softmax`, `list_net`, `poly1_softmax`,
    /// `unique_softmax`, `list_mle`, `p_list_mle`, `kl_distillation`, `pointwise_mse`, `pointwise_sigmoid`, `kendall`,
    /// `kendall_tau_b`, `spearman`, `pirank`, `rank_net_label_square_difference`, `arp_loss_1`, `arp_loss_2`, `yeti` (8
    /// samples of noise); of each metric (`dcg`, `ndcg`, `mrr`, `ap`, `precision`, `recall`) `approx_`, `gumbel_` (the same
    /// with 8 samples), `bound_` and `soft_`, the last by l2 soft ranks; of all but `mrr` `neural_` (NeuralNDCG's matrix),
    /// `pirank_` (NeuralSort's) and `smoothi_`; and of all but `precision` `black_box_` (margin 0), of which that of
    /// recall is the mean of `log(1 + log(1 + x))`.
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
        if let Some(kind) = name.strip_prefix("gumbel_").and_then(metric) {
            return Ok(Self::new(kind).gumbel(8, 1.0, 0));
        }
        if let Some(kind) = name.strip_prefix("black_box_").and_then(metric)
            && kind != LossKind::Precision
        {
            let kind = if kind == LossKind::Recall { LossKind::LogRank } else { kind };
            return Ok(Self::new(kind).ranks(SmoothRanks::BlackBox).margin(0.0));
        }
        for (prefix, ranks) in [
            ("pirank_", SmoothRanks::NeuralSort),
            ("neural_", SmoothRanks::NeuralSinkhorn),
            ("smoothi_", SmoothRanks::SmoothI),
        ] {
            if let Some(kind) = name.strip_prefix(prefix).and_then(metric)
                && kind != LossKind::Mrr
            {
                return Ok(Self::new(kind).ranks(ranks));
            }
        }
        Ok(match name {
            "pirank" => Self::new(LossKind::PiRank).ranks(SmoothRanks::NeuralSort),
            "spearman" => Self::new(LossKind::Spearman).ranks(SmoothRanks::Operator(Method::L2)),
            "pointwise_mse" => Self::new(LossKind::PointwiseMse),
            "pointwise_sigmoid" => Self::new(LossKind::PointwiseSigmoid),
            "rank_net" | "pairwise_logistic" => Self::new(LossKind::PairwiseLogistic),
            "pairwise_hinge" | "rank_svm" | "triplet" => Self::new(LossKind::PairwiseHinge),
            "pairwise_squared_hinge" => Self::new(LossKind::PairwiseSquaredHinge),
            "pairwise_soft_zero_one" => Self::new(LossKind::PairwiseSoftZeroOne),
            "pairwise_qr" => Self::new(LossKind::PairwiseQr),
            "pairwise_mse" => Self::new(LossKind::PairwiseMse),
            "margin_mse" => Self::new(LossKind::MarginMse),
            "rank_net_label_difference" | "arp_loss_2" => pairs(PairWeight::LabelDifference),
            "rank_net_label_square_difference" => pairs(PairWeight::LabelSquareDifference),
            "arp_loss_1" => pairs(PairWeight::Label).all_pairs(true),
            "yeti" => pairs(PairWeight::Neighbors).gumbel(8, 1.0, 0),
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
            "kendall_tau_b" => Self::new(LossKind::KendallB),
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
