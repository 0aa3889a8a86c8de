//! Policies that are a name: the order of a list, and documents that are in it twice.

use std::fmt;
use std::str::FromStr;

use crate::names::one_of;
use crate::{Error, Result};

/// What the order of a list is.
///
/// ```
/// use rank_fusion::Order;
///
/// assert_eq!("sorted".parse(), Ok(Order::Sorted));
/// assert_eq!(Order::Given.to_string(), "given");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The rank, and a list that is not sorted by its scores is an error.
    #[default]
    Checked,
    /// Nothing: the list is sorted by score descending, then by id ascending.
    Sorted,
    /// The rank, whatever the scores say.
    Given,
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Checked => "checked",
            Self::Sorted => "sorted",
            Self::Given => "given",
        })
    }
}

impl FromStr for Order {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        one_of("order", text, &[Self::Checked, Self::Sorted, Self::Given])
    }
}

/// What happens to a document that is in a list twice.
///
/// ```
/// use rank_fusion::Duplicates;
///
/// assert_eq!("best".parse(), Ok(Duplicates::Best));
/// assert_eq!(
///     "first".parse::<Duplicates>().unwrap_err().to_string(),
///     "duplicates: expected one of refused, best, got first; check the spelling"
/// );
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// It is an error.
    #[default]
    Refused,
    /// Its best place counts; the documents behind the others move up.
    Best,
}

impl fmt::Display for Duplicates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "refused",
            Self::Best => "best",
        })
    }
}

impl FromStr for Duplicates {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        one_of("duplicates", text, &[Self::Refused, Self::Best])
    }
}
