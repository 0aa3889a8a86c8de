//! What can be chosen of a soft operator.

use std::str::FromStr;

use crate::{Error, Result};

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// The smallest value has rank 1 and stands first.
    #[default]
    Ascending,
    /// The largest value has rank 1 and stands first.
    Descending,
}

impl FromStr for Direction {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "ascending" => Ok(Self::Ascending),
            "descending" => Ok(Self::Descending),
            _ => Err(Error::UnknownOption {
                argument: "direction",
                expected: "\"ascending\" or \"descending\"",
                got: name.to_owned(),
            }),
        }
    }
}

/// What makes the operator smooth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Regularization {
    /// Half the squared Euclidean norm: piecewise linear, hard where values lie further apart than the strength.
    #[default]
    L2,
    /// Entropy: smooth inside each block, ranks positive. The sort operator is the log-KL projection.
    Kl,
}

impl FromStr for Regularization {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "l2" => Ok(Self::L2),
            "kl" => Ok(Self::Kl),
            _ => Err(Error::UnknownOption {
                argument: "regularization",
                expected: "\"l2\" or \"kl\"",
                got: name.to_owned(),
            }),
        }
    }
}

/// How soft, in which direction, by which regularization. A bare `f64` is the strength, with the other options at
/// their defaults: ascending, l2.
///
/// # Example
///
/// ```
/// use rank_soft::{Direction, SoftOptions, soft_rank};
///
/// let values = [2.9, 0.1, 1.2];
/// assert_eq!(soft_rank(&values, 1e-3)?, [3.0, 1.0, 2.0]);
/// let options = SoftOptions::new(1e-3).direction(Direction::Descending);
/// assert_eq!(soft_rank(&values, options)?, [1.0, 3.0, 2.0]);
/// # Ok::<(), rank_soft::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoftOptions {
    pub(crate) strength: f64,
    pub(crate) direction: Direction,
    pub(crate) regularization: Regularization,
}

impl SoftOptions {
    /// Options of this strength, ascending, l2.
    ///
    /// The strength is the paper's epsilon, 0 to 1e300: larger is softer, 0 is the hard operator. It is in the units
    /// of the values for ranks; for `n` values that span `R`, about `R / n` is where neighbors begin to pool, and
    /// `2 * R / n` pools all (l2). For sorted values it is in the inverse of their units.
    pub fn new(strength: f64) -> Self {
        Self { strength, direction: Direction::default(), regularization: Regularization::default() }
    }

    /// These options in another direction.
    #[must_use]
    pub fn direction(self, direction: Direction) -> Self {
        Self { direction, ..self }
    }

    /// These options with another regularization.
    #[must_use]
    pub fn regularization(self, regularization: Regularization) -> Self {
        Self { regularization, ..self }
    }
}

impl From<f64> for SoftOptions {
    fn from(strength: f64) -> Self {
        Self::new(strength)
    }
}
