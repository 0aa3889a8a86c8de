//! ProbFuse.

use super::{Rule, Trained, Training};
use crate::{Error, Result};

impl Trained {
    /// ProbFuse: each list is cut into so many segments of equal size (the last one may be short or missing); a list
    /// gives a document in segment k, from 1, the learned share of relevant documents in that segment, divided by k.
    ///
    /// `segments` is at least 1; up to 100 are usual. The size of a segment follows each list's own length.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`], [`Error::NothingToLearn`], [`Error::NoLists`].
    ///
    /// # Source
    ///
    /// Lillis, Toolan, Collier, Dunnion: ProbFuse: A Probabilistic Approach to Data Fusion (SIGIR 2006).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_fusion::{Fusion, Trained, Training};
    ///
    /// let mut training = Training::new(1);
    /// training.add_hits(vec![vec![true, true, true, false]], 3)?;
    /// let fused = Fusion::trained(Trained::probfuse(&training, 2)?).fuse(&[vec![("x", 2.0), ("y", 1.0)]])?;
    /// // Both of the first half are relevant, one of two of the second, which counts half.
    /// assert_eq!(fused, [("x", 1.0), ("y", 0.25)]);
    /// # Ok::<(), rank_fusion::Error>(())
    /// ```
    pub fn probfuse(training: &Training, segments: usize) -> Result<Self> {
        if segments == 0 {
            return Err(Error::InvalidParameter {
                name: "segments",
                expected: "at least 1",
                value: 0.0,
                usual: "up to 100 are usual",
            });
        }
        let tables = training.tables(|list| {
            let mut shares = vec![0.0; segments];
            for hits in training.hits(list) {
                for (share, segment) in shares.iter_mut().zip(hits.chunks(size(hits.len(), segments))) {
                    *share += segment.iter().filter(|hit| **hit).count() as f64 / segment.len() as f64;
                }
            }
            shares.into_iter().map(|share| share / training.queries.len() as f64).collect()
        })?;
        Ok(Self { rule: Rule::Prob { segments }, tables })
    }
}

fn size(length: usize, segments: usize) -> usize {
    length.div_ceil(segments).max(1)
}

pub(super) fn value(table: &[f64], segments: usize, position: usize, length: usize) -> f64 {
    let segment = position / size(length, segments);
    // The rank after the end of a list may be in no segment.
    table.get(segment).map_or(0.0, |share| share / (segment + 1) as f64)
}
