//! SegFuse.

use std::fmt;
use std::str::FromStr;

use super::{Rule, Trained, Training};
use crate::names::one_of;
use crate::{Error, Result};

/// Where the segments of SegFuse end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Segments {
    /// As published: segment k, from 1, has `10 · 2^(k-1) - 5` ranks, so that they end at 5, 20, 55, 130, 285, …
    #[default]
    Published,
    /// As in ranx, which reads that series as the ends themselves: 5, 15, 35, 75, 155, …
    Ranx,
}

impl fmt::Display for Segments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Published => "published",
            Self::Ranx => "ranx",
        })
    }
}

impl FromStr for Segments {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        one_of("cuts", text, &[Self::Published, Self::Ranx])
    }
}

const COUNT: usize = 10;

impl Trained {
    /// SegFuse: lists are cut into segments that grow with the rank; a list gives a document its normalized score plus
    /// 1, times the learned share of relevant documents in its segment: `Σ P (s + 1)`. There are ten segments; what lies
    /// below them gets 0.
    ///
    /// Scores are min-max normalized unless the fusion says otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::NothingToLearn`](crate::Error::NothingToLearn), [`Error::NoLists`](crate::Error::NoLists).
    ///
    /// # Source
    ///
    /// Shokouhi: Segmentation of Search Engine Results for Effective Data-Fusion (ECIR 2007).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_fusion::{Fusion, Segments, Trained, Training};
    ///
    /// let mut training = Training::new(1);
    /// training.add_hits(vec![vec![true, true, false, true, false]], 3)?;
    /// let segfuse = Trained::segfuse(&training, Segments::Published)?;
    /// let fused = Fusion::trained(segfuse).fuse(&[vec![("x", 2.0), ("y", 1.0)]])?;
    /// // 3 of the first 5 are relevant; the normalized scores are 1 and 0.
    /// assert_eq!(fused, [("x", 1.2), ("y", 0.6)]);
    /// # Ok::<(), rank_fusion::Error>(())
    /// ```
    pub fn segfuse(training: &Training, segments: Segments) -> Result<Self> {
        let sizes = (0..COUNT).map(|k| (10 << k) - 5);
        let cuts: Vec<usize> = match segments {
            Segments::Ranx => std::iter::once(0).chain(sizes).collect(),
            Segments::Published => std::iter::once(0)
                .chain(sizes.scan(0, |end, size| {
                    *end += size;
                    Some(*end)
                }))
                .collect(),
        };
        let tables = training.tables(|list| training.precision_by_segment(list, &cuts))?;
        Ok(Self { rule: Rule::Seg { cuts }, tables })
    }
}
