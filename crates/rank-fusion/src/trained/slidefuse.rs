//! SlideFuse.

use super::{Rule, Trained, Training};
use crate::Result;

impl Trained {
    /// SlideFuse: a list gives a document at rank r the mean of the learned shares of relevant documents at the ranks
    /// r - window to r + window, as far as the list has them.
    ///
    /// A rank below the deepest one of the training counts as 0 in the mean. `window` 0 is
    /// [`posfuse`](Trained::posfuse).
    ///
    /// # Errors
    ///
    /// [`Error::NothingToLearn`](crate::Error::NothingToLearn), [`Error::NoLists`](crate::Error::NoLists).
    ///
    /// # Source
    ///
    /// Lillis, Toolan, Collier, Dunnion: Extending Probabilistic Data Fusion Using Sliding Windows (ECIR 2008).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_fusion::{Fusion, Trained, Training};
    ///
    /// let mut training = Training::new(1);
    /// training.add_hits(vec![vec![true, false, false]], 1)?;
    /// let list = vec![("x", 3.0), ("y", 2.0), ("z", 1.0)];
    /// let fused = Fusion::trained(Trained::slidefuse(&training, 1)?).fuse(&[list])?;
    /// assert_eq!(fused, [("x", 1.0 / 2.0), ("y", 1.0 / 3.0), ("z", 0.0)]);
    /// # Ok::<(), rank_fusion::Error>(())
    /// ```
    pub fn slidefuse(training: &Training, window: usize) -> Result<Self> {
        let tables = training.tables(|list| training.precision_by_position(list))?;
        Ok(Self { rule: Rule::Slide { window }, tables })
    }
}

pub(super) fn value(table: &[f64], window: usize, position: usize, length: usize) -> f64 {
    let first = position.saturating_sub(window);
    // The rank after the end of a list has a window as well, the list's last ranks.
    let last = position.saturating_add(window).min(length.saturating_sub(1)).max(first);
    let learned = &table[first.min(table.len())..(last + 1).min(table.len())];
    learned.iter().sum::<f64>() / (last - first + 1) as f64
}
