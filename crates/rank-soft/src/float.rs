//! The number types of the slices.

use crate::error::{LIMIT, Place};
use crate::{Error, Result};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`. Whatever goes in and comes out, every sum and every quotient is made in `f64`.
pub trait Float: Copy + Into<f64> + sealed::Sealed {
    /// The nearest value of this type.
    fn from_f64(value: f64) -> Self;
}

impl Float for f32 {
    fn from_f64(value: f64) -> Self {
        value as f32
    }
}

impl Float for f64 {
    fn from_f64(value: f64) -> Self {
        value
    }
}

/// Refuses the first value that is not finite.
pub(crate) fn check_finite<T: Float>(argument: &'static str, values: &[T]) -> Result<()> {
    let bad = |value: &T| {
        let value: f64 = (*value).into();
        // A NaN compares false, and is refused.
        !matches!(value.abs().partial_cmp(&LIMIT), Some(std::cmp::Ordering::Less | std::cmp::Ordering::Equal))
    };
    match values.iter().position(bad) {
        None => Ok(()),
        Some(position) => {
            Err(Error::NotFinite { argument, place: Place { row: None, position }, value: values[position].into() })
        }
    }
}

pub(crate) fn check_length(argument: &'static str, got: usize, other: &'static str, expected: usize) -> Result<()> {
    if got == expected { Ok(()) } else { Err(Error::LengthMismatch { argument, other, expected, got }) }
}
