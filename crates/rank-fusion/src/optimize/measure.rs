//! The measures that are quick to optimize for.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// How good a ranked list is, given the judgments of its query. Documents of grade 1 and above are relevant, those
/// without a judgment are not. All values are in `[0, 1]`, 0 for a query without a relevant document. `usize::MAX` is
/// no cut.
///
/// ```
/// use rank_fusion::Measure;
///
/// assert_eq!("nDCG@10".parse::<Measure>()?, Measure::Ndcg(10));
/// assert_eq!(Measure::AveragePrecision(usize::MAX).to_string(), "AP");
/// # Ok::<(), rank_fusion::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Measure {
    /// `nDCG@k`: discounted gain over that of the best order; the gain is the grade.
    Ndcg(usize),
    /// `AP`, `AP@k`: the mean over all relevant documents of the precision at their ranks.
    AveragePrecision(usize),
    /// `RR`, `RR@k`: 1 over the rank of the first relevant document.
    ReciprocalRank(usize),
    /// `R@k`: the share of the relevant documents among the first k.
    Recall(usize),
    /// `P@k`: relevant documents among the first k, over k.
    Precision(usize),
    /// `Success@k`: whether a relevant document is among the first k.
    Success(usize),
}

impl Measure {
    fn depth(self) -> usize {
        let (Self::Ndcg(k)
        | Self::AveragePrecision(k)
        | Self::ReciprocalRank(k)
        | Self::Recall(k)
        | Self::Precision(k)
        | Self::Success(k)) = self;
        k
    }

    /// The value for `found`, the positions (from 0, ascending) and grades of the relevant documents that were ranked,
    /// and `ideal`, the grades of all relevant documents, highest first.
    pub(crate) fn value(self, found: &[(usize, i64)], ideal: &[i64]) -> f64 {
        if ideal.is_empty() {
            return 0.0;
        }
        let k = self.depth();
        let found = &found[..found.partition_point(|&(position, _)| position < k)];
        let discounted = |(position, grade): (usize, i64)| grade as f64 / ((position + 2) as f64).log2();
        let sum = |ranked: &mut dyn Iterator<Item = (usize, i64)>| ranked.fold(0.0, |sum, at| sum + discounted(at));
        match self {
            Self::Ndcg(_) => sum(&mut found.iter().copied()) / sum(&mut ideal.iter().take(k).copied().enumerate()),
            Self::AveragePrecision(_) => {
                let precisions =
                    found.iter().zip(1..).map(|(&(position, _), count)| f64::from(count) / (position + 1) as f64);
                precisions.fold(0.0, |sum, precision| sum + precision) / ideal.len() as f64
            }
            Self::ReciprocalRank(_) => found.first().map_or(0.0, |&(position, _)| 1.0 / (position + 1) as f64),
            Self::Recall(_) => found.len() as f64 / ideal.len() as f64,
            Self::Precision(_) => found.len() as f64 / k as f64,
            Self::Success(_) => f64::from(u8::from(!found.is_empty())),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ndcg(_) => "nDCG",
            Self::AveragePrecision(_) => "AP",
            Self::ReciprocalRank(_) => "RR",
            Self::Recall(_) => "R",
            Self::Precision(_) => "P",
            Self::Success(_) => "Success",
        })?;
        match self.depth() {
            usize::MAX => Ok(()),
            k => write!(f, "@{k}"),
        }
    }
}

impl FromStr for Measure {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let unknown = || Error::UnknownName {
            argument: "measure",
            got: text.to_owned(),
            known: "nDCG, nDCG@k, AP, AP@k, RR, RR@k, R@k, P@k, Success@k, with k at least 1".to_owned(),
        };
        let (name, k) = match text.trim().split_once('@') {
            Some((name, k)) => (name, Some(k.parse().ok().filter(|&k: &usize| k > 0).ok_or_else(unknown)?)),
            None => (text.trim(), None),
        };
        let uncut = k.unwrap_or(usize::MAX);
        match (name.to_ascii_lowercase().as_str(), k) {
            ("ndcg", _) => Ok(Self::Ndcg(uncut)),
            ("ap" | "map", _) => Ok(Self::AveragePrecision(uncut)),
            ("rr" | "mrr", _) => Ok(Self::ReciprocalRank(uncut)),
            ("r" | "recall", Some(k)) => Ok(Self::Recall(k)),
            ("p" | "precision", Some(k)) => Ok(Self::Precision(k)),
            ("success" | "hit_rate", Some(k)) => Ok(Self::Success(k)),
            _ => Err(unknown()),
        }
    }
}
