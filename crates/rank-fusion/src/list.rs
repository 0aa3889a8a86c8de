//! The scores of a list.

use crate::{Error, Result};

/// The number type of a list's scores, `f32` or `f64`. Sums are made in `f64` for both.
pub trait Score: Copy + private::Sealed {
    /// The score as `f64`.
    fn to_f64(self) -> f64;
    /// The nearest score to an `f64`.
    fn from_f64(value: f64) -> Self;
}

mod private {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

impl Score for f32 {
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    fn from_f64(value: f64) -> Self {
        value as f32
    }
}

impl Score for f64 {
    fn to_f64(self) -> f64 {
        self
    }
    fn from_f64(value: f64) -> Self {
        value
    }
}

/// Refuses NaN and scores that do not descend.
pub(crate) fn check_scores(list: usize, scores: impl Iterator<Item = f64>) -> Result<()> {
    let mut previous = f64::INFINITY;
    for (position, score) in scores.enumerate() {
        if score.is_nan() {
            return Err(Error::NanScore { list, position });
        }
        if score > previous {
            return Err(Error::NotSorted { list, position, score, previous });
        }
        previous = score;
    }
    Ok(())
}
