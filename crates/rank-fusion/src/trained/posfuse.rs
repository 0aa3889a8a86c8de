//! PosFuse.

use super::{Rule, Trained, Training};
use crate::Result;

impl Trained {
    /// PosFuse: a list gives a document at a rank the share of training queries that had a relevant document at that
    /// very rank (among those whose list was that long). Below the deepest rank of the training it gives 0.
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
    /// training.add_hits(vec![vec![true, false]], 1)?;
    /// training.add_hits(vec![vec![true, true]], 2)?;
    /// let list = vec![("x", 3.0), ("y", 2.0), ("z", 1.0)];
    /// let fused = Fusion::trained(Trained::posfuse(&training)?).fuse(&[list])?;
    /// assert_eq!(fused, [("x", 1.0), ("y", 0.5), ("z", 0.0)]);
    /// # Ok::<(), rank_fusion::Error>(())
    /// ```
    pub fn posfuse(training: &Training) -> Result<Self> {
        let tables = training.tables(|list| training.precision_by_position(list))?;
        Ok(Self { rule: Rule::Pos, tables })
    }
}
