//! MAPFuse.

use super::{Rule, Trained, Training};
use crate::Result;

impl Trained {
    /// MAPFuse: a list gives a document at rank r its mean average precision over the training queries, divided by r:
    /// `Σ MAP / r`.
    ///
    /// # Errors
    ///
    /// [`Error::NothingToLearn`](crate::Error::NothingToLearn), [`Error::NoLists`](crate::Error::NoLists).
    ///
    /// # Source
    ///
    /// Lillis, Zhang, Toolan, Collier, Leonard, Dunnion: Estimating Probabilities for Effective Data Fusion (SIGIR 2010).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_fusion::{Fusion, Trained, Training};
    ///
    /// let mut training = Training::new(1);
    /// // Relevant at ranks 1 and 4, of two in all: (1/1 + 2/4) / 2.
    /// training.add_hits(vec![vec![true, false, false, true]], 2)?;
    /// let fused = Fusion::trained(Trained::mapfuse(&training)?).fuse(&[vec![("x", 2.0), ("y", 1.0)]])?;
    /// assert_eq!(fused, [("x", 0.75), ("y", 0.375)]);
    /// # Ok::<(), rank_fusion::Error>(())
    /// ```
    pub fn mapfuse(training: &Training) -> Result<Self> {
        let tables = training.tables(|list| {
            let sum: f64 =
                training.queries.iter().map(|query| average_precision(&query.hits[list], query.relevant)).sum();
            vec![sum / training.queries.len() as f64]
        })?;
        Ok(Self { rule: Rule::Map, tables })
    }
}

fn average_precision(hits: &[bool], relevant: usize) -> f64 {
    if relevant == 0 {
        return 0.0;
    }
    let mut found = 0.0;
    let mut sum = 0.0;
    for (position, _) in hits.iter().enumerate().filter(|(_, hit)| **hit) {
        found += 1.0;
        sum += found / (position + 1) as f64;
    }
    sum / relevant as f64
}
