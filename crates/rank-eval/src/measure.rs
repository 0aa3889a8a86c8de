//! The names of measures, in the dialects of `trec_eval`, `ir_measures` and ranx.

use std::fmt;
use std::str::FromStr;

use crate::measures::MEASURES;
use crate::topic::Topic;
use crate::{Error, Result};

/// A measure without its cut-off: how it is written and computed. Letter case is ignored in all names but the first.
pub(crate) struct Family {
    /// The name that is printed.
    pub(crate) name: &'static str,
    /// Names that stand before `@k`.
    pub(crate) at: &'static [&'static str],
    /// Names of `trec_eval`, which stand before `_k` and `.k`.
    pub(crate) cut: &'static [&'static str],
    /// Names without cut-off; none for a measure that needs one.
    pub(crate) whole: &'static [&'static str],
    /// The value at depth `k`, which is `usize::MAX` without cut-off.
    pub(crate) value: fn(&Topic, k: usize) -> f64,
}

/// A measure with its cut-off, such as nDCG@10.
///
/// Parsed from the names of three tools, in any letter case, and printed as `ir_measures` does:
///
/// | printed | `trec_eval` | also |
/// | --- | --- | --- |
/// | `nDCG@10`, `nDCG` | `ndcg_cut_10`, `ndcg_cut.10`, `ndcg` | `ndcg@10` |
/// | `P@10` | `P_10`, `P.10` | `precision@10` |
/// | `R@10` | `recall_10`, `recall.10` | `recall@10` |
/// | `Success@10` | `success_10`, `success.10` | `hit_rate@10` |
/// | `RR@10`, `RR` | `recip_rank` | `MRR@10`, `MRR` |
/// | `AP@10`, `AP` | `map_cut_10`, `map_cut.10`, `map` | `map@10` |
///
/// Without a cut-off the whole ranking counts.
///
/// ```
/// use rank_eval::Measure;
///
/// let measure: Measure = "ndcg_cut_10".parse()?;
/// assert_eq!(measure.to_string(), "nDCG@10");
/// assert_eq!(measure, "ndcg@10".parse()?);
/// assert_eq!(measure.cutoff(), Some(10));
/// # Ok::<(), rank_eval::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Measure {
    family: &'static Family,
    cutoff: Option<usize>,
}

impl Measure {
    /// The number of ranks that count; `None` if all do.
    pub fn cutoff(&self) -> Option<usize> {
        self.cutoff
    }

    /// The number of ranks that count.
    pub(crate) fn depth(&self) -> usize {
        self.cutoff.unwrap_or(usize::MAX)
    }

    pub(crate) fn value(&self, topic: &Topic) -> f64 {
        (self.family.value)(topic, self.depth())
    }
}

impl PartialEq for Measure {
    fn eq(&self, other: &Self) -> bool {
        (self.family.name, self.cutoff) == (other.family.name, other.cutoff)
    }
}

impl Eq for Measure {}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cutoff {
            Some(k) => write!(f, "{}@{k}", self.family.name),
            None => f.write_str(self.family.name),
        }
    }
}

impl fmt::Debug for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Measure({self})")
    }
}

impl FromStr for Measure {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        type Names = fn(&Family) -> &'static [&'static str];
        let find = |names: Names, name: &str| {
            MEASURES.iter().find(|family| names(family).iter().any(|known| known.eq_ignore_ascii_case(name)))
        };
        if let Some(family) = find(|family| family.whole, text) {
            return Ok(Self { family, cutoff: None });
        }
        let (family, cutoff) = if let Some((name, cutoff)) = text.split_once('@') {
            (find(|family| family.at, name), Some(cutoff))
        } else if let Some(family) = find(|family| family.at, text) {
            // Known, but not without a cut-off.
            (Some(family), None)
        } else if let Some((name, cutoff)) = text.rsplit_once(['_', '.']) {
            (find(|family| family.cut, name), Some(cutoff))
        } else {
            (None, None)
        };
        let Some(family) = family else {
            let known: Vec<_> = MEASURES.iter().map(|family| family.name).collect();
            return Err(Error::UnknownMeasure { name: text.to_owned(), known: known.join(", ") });
        };
        match cutoff.and_then(|cutoff| cutoff.parse().ok()).filter(|&k: &usize| k > 0) {
            Some(k) => Ok(Self { family, cutoff: Some(k) }),
            None => Err(Error::InvalidCutoff { name: text.to_owned(), example: format!("{}@10", family.name) }),
        }
    }
}
