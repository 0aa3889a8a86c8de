//! The number types of the slices.

use half::{bf16, f16};
use rank_kernels::{Work, vectorized_work};

use crate::error::{LIMIT, Place};
use crate::sorting::Key;
use crate::state::Shelved;
use crate::{Error, Result};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
    impl Sealed for super::f16 {}
    impl Sealed for super::bf16 {}
}

/// `f32`, `f64`, or in halves `f16`, `bf16`. Whatever goes in and comes out, every sum and every quotient is made in
/// `f64`, and a result is rounded once.
///
/// Halves hold few ranks exactly: `f16` to 2,048, `bf16` to 256. Turn them into `f32`, which is exact, to get `f32` out.
pub trait Float: Copy + Default + PartialEq + Into<f64> + Send + Sync + sealed::Sealed + 'static {
    /// The type in which a row of these is worked on.
    #[doc(hidden)]
    type Row: Real;
    /// The nearest value of this type.
    fn from_f64(value: f64) -> Self;
    /// The row itself, where no conversion is needed.
    #[doc(hidden)]
    fn as_row(values: &[Self]) -> Option<&[Self::Row]>;
    /// The row itself, where no conversion is needed.
    #[doc(hidden)]
    fn as_row_mut(values: &mut [Self]) -> Option<&mut [Self::Row]>;
}

/// `f32` or `f64`.
#[doc(hidden)]
pub trait Real: Float + Shelved {
    /// An integer of the same order.
    type Key: Key;
    /// The key of a number; both zeros have the same.
    fn key(self) -> Self::Key;
    /// The number of a key.
    fn from_key(key: Self::Key) -> f64;
}

macro_rules! float {
    ($type:ty, $row:ty, $from:expr, $whole:expr, $whole_mut:expr) => {
        impl Float for $type {
            type Row = $row;
            #[inline]
            fn from_f64(value: f64) -> Self {
                $from(value)
            }
            #[inline]
            fn as_row(values: &[Self]) -> Option<&[$row]> {
                $whole(values)
            }
            #[inline]
            fn as_row_mut(values: &mut [Self]) -> Option<&mut [$row]> {
                $whole_mut(values)
            }
        }
    };
}

float!(f32, f32, |value| value as f32, Some, Some);
float!(f64, f64, |value| value, Some, Some);
float!(f16, f32, f16::from_f64, |_| None, |_| None);
float!(bf16, f32, bf16::from_f64, |_| None, |_| None);

impl Real for f32 {
    type Key = u32;
    #[inline]
    fn key(self) -> u32 {
        let bits = (self + 0.0).to_bits();
        bits ^ (((bits as i32 >> 31) as u32) | 1 << 31)
    }
    #[inline]
    fn from_key(key: u32) -> f64 {
        f64::from(Self::from_bits(key ^ (((!key as i32 >> 31) as u32) | 1 << 31)))
    }
}

impl Real for f64 {
    type Key = u64;
    #[inline]
    fn key(self) -> u64 {
        let bits = (self + 0.0).to_bits();
        bits ^ (((bits as i64 >> 63) as u64) | 1 << 63)
    }
    #[inline]
    fn from_key(key: u64) -> f64 {
        Self::from_bits(key ^ (((!key as i64 >> 63) as u64) | 1 << 63))
    }
}

struct Finite<'a>(&'a [f64]);

impl Work for Finite<'_> {
    type Output = bool;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
    fn run(self) -> bool {
        self.0.iter().fold(true, |all, value| all & (value.abs() <= LIMIT))
    }
}

/// Whether all are numbers within the limit.
pub(crate) fn finite(values: &[f64]) -> bool {
    vectorized_work(Finite(values))
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

/// Refuses the first NaN, and the first finite value beyond the limit.
#[cold]
pub(crate) fn refuse<T: Float>(argument: &'static str, values: &[T]) -> Error {
    let bad = |value: &T| {
        let value: f64 = (*value).into();
        value.is_nan() || (value.is_finite() && value.abs() > LIMIT)
    };
    let position = values.iter().position(bad).unwrap_or(0);
    Error::NotANumber { argument, place: Place { row: None, position }, value: values[position].into() }
}

pub(crate) fn check_length(argument: &'static str, got: usize, other: &'static str, expected: usize) -> Result<()> {
    if got == expected { Ok(()) } else { Err(Error::LengthMismatch { argument, other, expected, got }) }
}
