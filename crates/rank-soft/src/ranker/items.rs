//! Judged items of queries.

use super::RankerError;
use crate::float::{check_finite, check_length};
use crate::{Error, Input, Result};

/// Features and labels of the items of queries, borrowed.
///
/// # Example
///
/// ```
/// use rank_soft::ranker::JudgedItems;
///
/// // One query of two items, which have three features each.
/// let items = JudgedItems::new(&[0.1, 0.2, 0.3, 1.1, 1.2, 1.3], 3, &[1.0, 0.0], &[0, 2])?;
/// assert_eq!((items.len(), items.queries()), (2, 1));
/// # Ok::<(), rank_soft::ranker::RankerError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct JudgedItems<'a> {
    pub(super) features: &'a [f32],
    pub(super) columns: usize,
    pub(super) labels: &'a [f32],
    pub(super) offsets: &'a [usize],
}

impl<'a> JudgedItems<'a> {
    /// Items with their features.
    ///
    /// * `features`: row by row, `columns` numbers each.
    /// * `labels`: one for each item.
    /// * `offsets`: where the items of each query begin, and where those of the last one end.
    ///
    /// # Errors
    ///
    /// [`RankerError::Columns`], and in [`RankerError::Input`] [`Error::NotFinite`], [`Error::LengthMismatch`] and
    /// [`Error::Offsets`].
    pub fn new(
        features: &'a [f32],
        columns: usize,
        labels: &'a [f32],
        offsets: &'a [usize],
    ) -> std::result::Result<Self, RankerError> {
        let items = rows(features, columns)?;
        check_length("labels", labels.len(), "features", items)?;
        Input::new(labels).offsets(offsets).rows()?;
        finite("features", features, columns)?;
        check_finite("labels", labels)?;
        Ok(Self { features, columns, labels, offsets })
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// How many queries there are.
    pub fn queries(&self) -> usize {
        self.offsets.len() - 1
    }
}

#[cfg(feature = "letor")]
impl<'a> TryFrom<&'a crate::letor::Letor> for JudgedItems<'a> {
    type Error = RankerError;

    fn try_from(letor: &'a crate::letor::Letor) -> std::result::Result<Self, RankerError> {
        Self::new(&letor.features, letor.columns, &letor.labels, &letor.offsets)
    }
}

/// How many rows of `columns` numbers there are.
pub(super) fn rows(features: &[f32], columns: usize) -> std::result::Result<usize, RankerError> {
    if columns == 0 || !features.len().is_multiple_of(columns) {
        return Err(RankerError::Columns { columns, got: features.len() });
    }
    Ok(features.len() / columns)
}

/// Refuses a number that is not finite, by row and column.
pub(super) fn finite(argument: &'static str, features: &[f32], columns: usize) -> Result<()> {
    match features.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(at) => Err(Error::NotFinite {
            argument,
            place: crate::Place { row: Some(at / columns), position: at % columns },
            value: features[at].into(),
        }),
    }
}
