//! What a list says of a document that it lacks.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// What a list says of a document that it lacks.
///
/// A method works on one value per document and list: the normalized score, or, for methods by rank, what the rank is
/// worth (`1 / (k + rank)` for reciprocal rank fusion). The policy says which value a missing document has. It never
/// changes in how many lists a document is counted to be (`CombMNZ` and its kin).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Missing {
    /// As the method was published: nothing, but for Borda, median rank and Borda normalization, which say a value.
    #[default]
    Published,
    /// The value 0.
    Zero,
    /// The list does not take part; what the others say is scaled up to the weight of all lists.
    Skip,
    /// The least value of the list; 0 if the list is empty.
    ListMin,
    /// A margin below the least value of the list; minus the margin if the list is empty.
    BelowMin(f64),
    /// The value of the rank after the list's last. Only for methods by rank.
    WorstRank,
    /// A value that is known from elsewhere.
    Value(f64),
}

const KNOWN: &str = "published, zero, skip, list_min, below_min(margin), worst_rank, value(number)";

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BelowMin(margin) => write!(f, "below_min({margin})"),
            Self::Value(value) => write!(f, "value({value})"),
            other => f.write_str(other.name()),
        }
    }
}

impl Missing {
    /// The policy's name, without its number.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Zero => "zero",
            Self::Skip => "skip",
            Self::ListMin => "list_min",
            Self::BelowMin(_) => "below_min",
            Self::WorstRank => "worst_rank",
            Self::Value(_) => "value",
        }
    }

    pub(crate) fn check(self) -> Result<()> {
        match self {
            Self::BelowMin(margin) if !(margin.is_finite() && margin >= 0.0) => Err(Error::InvalidParameter {
                name: "missing",
                expected: "a margin that is finite and at least 0",
                value: margin,
                usual: "a small margin is usual",
            }),
            Self::Value(value) if !value.is_finite() => {
                Err(Error::InvalidParameter { name: "missing", expected: "a finite value", value, usual: "0 is usual" })
            }
            _ => Ok(()),
        }
    }
}

impl FromStr for Missing {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let unknown = || Error::UnknownName { argument: "missing", got: text.to_owned(), known: KNOWN.to_owned() };
        let call = crate::names::Call::parse(text).ok_or_else(unknown)?;
        match (call.name, call.numbers.as_slice()) {
            ("published", []) => Ok(Self::Published),
            ("zero", []) => Ok(Self::Zero),
            ("skip", []) => Ok(Self::Skip),
            ("list_min", []) => Ok(Self::ListMin),
            ("below_min", [margin]) => Ok(Self::BelowMin(*margin)),
            ("worst_rank", []) => Ok(Self::WorstRank),
            ("value", [value]) => Ok(Self::Value(*value)),
            _ => Err(unknown()),
        }
    }
}
