//! BayesFuse.

use super::{Rule, Trained, Training, segment};
use crate::Result;

/// The ranks at which trec_eval reports precision.
const CUTS: [usize; 10] = [0, 5, 10, 15, 20, 30, 100, 200, 500, 1000];
/// Stands in for a probability of 0.
const RARE: f64 = 0.001;

impl Trained {
    /// BayesFuse: a document's score is the sum of the log-odds of relevance at its ranks, `Σ ln(P / (1 - P))`.
    ///
    /// P is the precision of the training queries between the ranks 5, 10, 15, 20, 30, 100, 200, 500 and 1000, with
    /// 0.001 in the place of 0 for P and for 1 - P. A document that a list lacks has the odds 0.001 / 0.999, and so has
    /// one below rank 1000.
    ///
    /// # Errors
    ///
    /// [`Error::NothingToLearn`](crate::Error::NothingToLearn), [`Error::NoLists`](crate::Error::NoLists).
    ///
    /// # Source
    ///
    /// Aslam, Montague: Models for Metasearch (SIGIR 2001).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_fusion::{Fusion, Trained, Training};
    ///
    /// let mut training = Training::new(1);
    /// training.add_hits(vec![vec![true, true, false, true, false]], 3)?;
    /// let fused = Fusion::trained(Trained::bayesfuse(&training)?).fuse(&[vec![("x", 1.0)]])?;
    /// // 3 of 5 are relevant: the odds are 0.6 / 0.4.
    /// assert!((fused[0].1 - 1.5_f64.ln()).abs() < 1e-15);
    /// # Ok::<(), rank_fusion::Error>(())
    /// ```
    pub fn bayesfuse(training: &Training) -> Result<Self> {
        let tables = training.tables(|list| {
            let precision = training.precision_by_segment(list, &CUTS);
            precision.into_iter().map(log_odds).collect()
        })?;
        Ok(Self { rule: Rule::Bayes { cuts: CUTS.to_vec() }, tables })
    }
}

fn log_odds(precision: f64) -> f64 {
    let relevant = if precision == 0.0 { RARE } else { precision };
    let other = if relevant == 1.0 { RARE } else { 1.0 - relevant };
    (relevant / other).ln()
}

pub(super) fn value(table: &[f64], cuts: &[usize], position: usize) -> f64 {
    segment(cuts, position).map_or_else(missing, |segment| table[segment])
}

pub(super) fn missing() -> f64 {
    (RARE / (1.0 - RARE)).ln()
}
