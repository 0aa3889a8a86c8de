//! The methods by name, with their parameters.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::names::Call;
use crate::trained::Trained;
use crate::{Error, Result};

/// A fusion method with its parameters. Each is documented, with its source, at the function of its name.
///
/// Methods by rank look only at the order of the lists; methods by score need a
/// [`Normalization`](crate::Normalization); the others order documents by how the lists order pairs of them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Method {
    /// [`reciprocal_rank_fusion`](crate::reciprocal_rank_fusion): `Σ w / (k + r)`.
    ReciprocalRank {
        /// At least 0; 60 is usual.
        k: f64,
    },
    /// Reciprocal ranks as Qdrant weighs them, `Σ 1 / (k + r / w - 1)`: a weight divides the rank.
    ReciprocalWeightedRank {
        /// At least 0; 2 is Qdrant's default, which gives the best document 1 / 2.
        k: f64,
    },
    /// [`inverse_root_rank`](crate::inverse_root_rank): `Σ w / √(k + r)`.
    InverseRootRank {
        /// At least 0; 0 is usual.
        k: f64,
    },
    /// [`isr`](crate::isr): `n Σ w / r²`.
    InverseSquareRank,
    /// [`log_isr`](crate::log_isr): `log n Σ w / r²`.
    LogIsr,
    /// [`logn_isr`](crate::logn_isr): `log(n + σ) Σ w / r²`.
    LogNIsr {
        /// At least 0, at most 1; 0.01 is usual.
        sigma: f64,
    },
    /// [`rbc`](crate::rbc): `(1 - φ) Σ w φ^(r - 1)`.
    RankBiasedCentroid {
        /// At least 0 and below 1; 0.8 is usual.
        phi: f64,
    },
    /// [`borda`](crate::borda): `Σ w (N - r + 1)`.
    Borda,
    /// [`borda_of_list`](crate::borda_of_list): `Σ w (L - r + 1)` for lists of length L.
    BordaOfList,
    /// [`median_rank`](crate::median_rank): minus the median of the ranks.
    MedianRank,
    /// [`condorcet`](crate::condorcet): the order of pairwise majorities.
    Condorcet,
    /// [`copeland`](crate::copeland): pairwise wins minus losses.
    Copeland,
    /// [`kemeny`](crate::kemeny): the order that contradicts the lists in the fewest pairs.
    Kemeny,
    /// [`combsum`](crate::combsum): `Σ w s`.
    CombSum,
    /// [`combmnz`](crate::combmnz): `n Σ w s`.
    CombMnz,
    /// [`combgmnz`](crate::combgmnz): `n^γ Σ w s`.
    CombGmnz {
        /// At least 0: 0 is CombSUM, 1 is CombMNZ.
        gamma: f64,
    },
    /// [`combanz`](crate::combanz): the mean of `s`.
    CombAnz,
    /// [`combmax`](crate::combmax): the greatest `w s`.
    CombMax,
    /// [`combmin`](crate::combmin): the least `w s`.
    CombMin,
    /// [`combmed`](crate::combmed): the median of `w s`.
    CombMed,
    /// [`weighted_mnz`](crate::weighted_mnz): `(Σ w) (Σ s)`.
    WeightedMnz,
    /// [`mixed`](crate::mixed): `√n Σ w s`.
    Mixed,
    /// [`geometric_mean`](crate::geometric_mean): `Π s^(w / Σ w)`.
    GeometricMean,
    /// [`harmonic_mean`](crate::harmonic_mean): `Σ w / Σ (w / s)`.
    HarmonicMean,
    /// [`nearest_to_best`](crate::nearest_to_best): minus the distance to the vector of the best scores.
    NearestToBest,
    /// A method that was trained: BayesFuse, MAPFuse, PosFuse, ProbFuse, SegFuse, SlideFuse.
    Trained(Arc<Trained>),
}

/// What a method looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looks {
    /// Ranks, each worth the same in every list.
    Ranks,
    /// Ranks, worth what the list says.
    RanksOfList,
    /// Scores.
    Scores,
    /// Pairs of documents.
    Pairs,
}

pub(crate) const KNOWN: &str = "rrf, rrf(k=60), qdrant_rrf(k=2), inverse_root_rank(k=0), isr, log_isr, logn_isr(sigma=0.01), rbc(phi=0.8), borda, \
                                borda_of_list, median_rank, condorcet, copeland, kemeny, combsum, combmnz, combgmnz(gamma=1), combanz, \
                                combmax, combmin, combmed, weighted_sum, weighted_mnz, mixed, geometric_mean, \
                                harmonic_mean, nearest_to_best";

impl Method {
    /// Every method that needs no training, with usual parameters.
    pub fn all() -> Vec<Self> {
        vec![
            Self::ReciprocalRank { k: 60.0 },
            Self::ReciprocalWeightedRank { k: 2.0 },
            Self::InverseRootRank { k: 0.0 },
            Self::InverseSquareRank,
            Self::LogIsr,
            Self::LogNIsr { sigma: 0.01 },
            Self::RankBiasedCentroid { phi: 0.8 },
            Self::Borda,
            Self::BordaOfList,
            Self::MedianRank,
            Self::Condorcet,
            Self::Copeland,
            Self::Kemeny,
            Self::CombSum,
            Self::CombMnz,
            Self::CombGmnz { gamma: 1.0 },
            Self::CombAnz,
            Self::CombMax,
            Self::CombMin,
            Self::CombMed,
            Self::WeightedMnz,
            Self::Mixed,
            Self::GeometricMean,
            Self::HarmonicMean,
            Self::NearestToBest,
        ]
    }

    /// The method's name, without parameters.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ReciprocalRank { .. } => "rrf",
            Self::ReciprocalWeightedRank { .. } => "qdrant_rrf",
            Self::InverseRootRank { .. } => "inverse_root_rank",
            Self::InverseSquareRank => "isr",
            Self::LogIsr => "log_isr",
            Self::LogNIsr { .. } => "logn_isr",
            Self::RankBiasedCentroid { .. } => "rbc",
            Self::Borda => "borda",
            Self::BordaOfList => "borda_of_list",
            Self::MedianRank => "median_rank",
            Self::Condorcet => "condorcet",
            Self::Copeland => "copeland",
            Self::Kemeny => "kemeny",
            Self::CombSum => "combsum",
            Self::CombMnz => "combmnz",
            Self::CombGmnz { .. } => "combgmnz",
            Self::CombAnz => "combanz",
            Self::CombMax => "combmax",
            Self::CombMin => "combmin",
            Self::CombMed => "combmed",
            Self::WeightedMnz => "weighted_mnz",
            Self::Mixed => "mixed",
            Self::GeometricMean => "geometric_mean",
            Self::HarmonicMean => "harmonic_mean",
            Self::NearestToBest => "nearest_to_best",
            Self::Trained(trained) => trained.name(),
        }
    }

    /// Whether the method computes with scores, and so with a normalization.
    pub fn uses_scores(&self) -> bool {
        self.looks() == Looks::Scores
    }

    /// Whether documents that the lists cannot tell apart are ordered by their numbers. They must then be numbered in
    /// the order of their ids, or the answer depends on the order of the lists.
    pub fn orders_by_number(&self) -> bool {
        matches!(self, Self::Condorcet | Self::Kemeny)
    }

    pub(crate) fn looks(&self) -> Looks {
        match self {
            Self::ReciprocalRank { .. }
            | Self::InverseRootRank { .. }
            | Self::InverseSquareRank
            | Self::LogIsr
            | Self::LogNIsr { .. }
            | Self::RankBiasedCentroid { .. }
            | Self::Borda
            | Self::MedianRank => Looks::Ranks,
            Self::Condorcet | Self::Copeland | Self::Kemeny => Looks::Pairs,
            Self::CombSum
            | Self::CombMnz
            | Self::CombGmnz { .. }
            | Self::CombAnz
            | Self::CombMax
            | Self::CombMin
            | Self::CombMed
            | Self::WeightedMnz
            | Self::Mixed
            | Self::GeometricMean
            | Self::HarmonicMean
            | Self::NearestToBest => Looks::Scores,
            Self::Trained(trained) if trained.uses_scores() => Looks::Scores,
            Self::ReciprocalWeightedRank { .. } | Self::BordaOfList | Self::Trained(_) => Looks::RanksOfList,
        }
    }

    /// Whether the parameters are usable.
    pub(crate) fn check(&self) -> Result<()> {
        let within = |value: f64, usable: bool, name, expected, usual| {
            if value.is_finite() && usable {
                return Ok(());
            }
            Err(Error::InvalidParameter { name, expected, value, usual })
        };
        match *self {
            // Zero is legal: the score is then 1 / rank.
            Self::ReciprocalRank { k } | Self::ReciprocalWeightedRank { k } | Self::InverseRootRank { k }
                if !(k.is_finite() && k >= 0.0) =>
            {
                Err(Error::InvalidK { k })
            }
            Self::ReciprocalWeightedRank { k } => {
                within(k, k > 0.0, "k", "a finite number above 0, for a weight divides the rank", "2 is usual")
            }
            Self::LogNIsr { sigma } => {
                within(sigma, (0.0..=1.0).contains(&sigma), "sigma", "a number from 0 to 1", "0.01 is usual")
            }
            Self::RankBiasedCentroid { phi } => {
                within(phi, (0.0..1.0).contains(&phi), "phi", "a number of at least 0 and below 1", "0.8 is usual")
            }
            Self::CombGmnz { gamma } => {
                within(gamma, gamma >= 0.0, "gamma", "a finite number of at least 0", "1 is CombMNZ")
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self {
            Self::ReciprocalRank { k } | Self::ReciprocalWeightedRank { k } | Self::InverseRootRank { k } => {
                write!(f, "{name}(k={k})")
            }
            Self::LogNIsr { sigma } => write!(f, "{name}(sigma={sigma})"),
            Self::RankBiasedCentroid { phi } => write!(f, "{name}(phi={phi})"),
            Self::CombGmnz { gamma } => write!(f, "{name}(gamma={gamma})"),
            _ => f.write_str(name),
        }
    }
}

impl FromStr for Method {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let unknown = || Error::UnknownName { argument: "method", got: text.to_owned(), known: KNOWN.to_owned() };
        let call = Call::parse(text).ok_or_else(unknown)?;
        let method = match call.name {
            "rrf" => Self::ReciprocalRank { k: call.one_or(60.0).ok_or_else(unknown)? },
            "qdrant_rrf" => Self::ReciprocalWeightedRank { k: call.one_or(2.0).ok_or_else(unknown)? },
            "inverse_root_rank" => Self::InverseRootRank { k: call.one_or(0.0).ok_or_else(unknown)? },
            "logn_isr" => Self::LogNIsr { sigma: call.one_or(0.01).ok_or_else(unknown)? },
            "rbc" => Self::RankBiasedCentroid { phi: call.one_or(0.8).ok_or_else(unknown)? },
            "combgmnz" => Self::CombGmnz { gamma: call.one_or(1.0).ok_or_else(unknown)? },
            _ if !call.numbers.is_empty() => return Err(unknown()),
            "isr" => Self::InverseSquareRank,
            "log_isr" => Self::LogIsr,
            "borda" => Self::Borda,
            "borda_of_list" => Self::BordaOfList,
            "median_rank" => Self::MedianRank,
            "condorcet" => Self::Condorcet,
            "copeland" => Self::Copeland,
            "kemeny" => Self::Kemeny,
            // CombSUM with weights is the weighted sum.
            "combsum" | "weighted_sum" => Self::CombSum,
            "combmnz" => Self::CombMnz,
            "combanz" => Self::CombAnz,
            "combmax" => Self::CombMax,
            "combmin" => Self::CombMin,
            "combmed" => Self::CombMed,
            "weighted_mnz" => Self::WeightedMnz,
            "mixed" => Self::Mixed,
            "geometric_mean" => Self::GeometricMean,
            "harmonic_mean" => Self::HarmonicMean,
            "nearest_to_best" => Self::NearestToBest,
            _ => return Err(unknown()),
        };
        method.check()?;
        Ok(method)
    }
}
