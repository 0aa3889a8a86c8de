//! What can be wrong with the numbers that are to be ranked.

use std::fmt;

/// Why an input was refused. Positions count from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value is NaN, infinite, or so large that differences of two would be infinite.
    #[error("{argument}{place}: expected a number of magnitude at most 1e300, got {value}; repair or drop it")]
    NotFinite {
        /// Which argument.
        argument: &'static str,
        /// Where in it.
        place: Place,
        /// The value.
        value: f64,
    },
    /// A value is NaN, or finite and so large that differences of two would be infinite.
    #[error(
        "{argument}{place}: expected a number of magnitude at most 1e300, or an infinity, got {value}; repair or drop it"
    )]
    NotANumber {
        /// Which argument.
        argument: &'static str,
        /// Where in it.
        place: Place,
        /// The value.
        value: f64,
    },
    /// A number lies outside its range.
    #[error("{argument}: expected {expected}, got {got}; pass another")]
    OutOfRange {
        /// Which argument.
        argument: &'static str,
        /// What is wanted.
        expected: &'static str,
        /// What was passed.
        got: f64,
    },
    /// Offsets do not describe rows.
    #[error("offsets: expected ascending positions from 0 to {total}, got others; offsets[i] is where row i begins")]
    Offsets {
        /// How many numbers there are.
        total: usize,
    },
    /// The strength is negative, not a number, or too large.
    #[error(
        "strength: expected a number from 0 to 1e300, got {strength}; 1.0 is the usual start, 0.0 is the hard operator"
    )]
    InvalidStrength {
        /// The value that was passed.
        strength: f64,
    },
    /// A result that memory has no room for.
    #[error("{argument}: expected a result that fits into memory, got one of {numbers} numbers; pass less at a time")]
    TooLarge {
        /// Which argument makes it so large.
        argument: &'static str,
        /// How many numbers it would have.
        numbers: usize,
    },
    /// Long work was watched, and ended.
    #[error("watch: expected to go on, got the request to stop; start again")]
    Stopped,
    /// Two arguments that belong together differ in length.
    #[error("{argument}: expected {expected} numbers, as many as {other} has, got {got}; pass one for each")]
    LengthMismatch {
        /// The argument that does not fit.
        argument: &'static str,
        /// What it was compared with.
        other: &'static str,
        /// The length of the other.
        expected: usize,
        /// Its own length.
        got: usize,
    },
    /// The name of an option is not known.
    #[error("{argument}: expected {expected}, got {got:?}; pass one of them")]
    UnknownOption {
        /// Which option.
        argument: &'static str,
        /// The names that are known.
        expected: &'static str,
        /// The name that was passed.
        got: String,
    },
    /// An option is passed that changes nothing.
    #[error("{argument}: expected nothing but what it is at the start, as only {of} use it, got {got}; leave it out")]
    NotUsed {
        /// Which option.
        argument: &'static str,
        /// What has it.
        of: &'static str,
        /// What was passed.
        got: String,
    },
    /// A tensor or a batch has a shape that cannot be ranked.
    #[error("{argument}: expected {expected}, got shape {shape:?}; reshape it")]
    Shape {
        /// Which argument.
        argument: &'static str,
        /// The shape that is wanted, in words.
        expected: String,
        /// Its shape.
        shape: Vec<usize>,
    },
    /// A tensor holds numbers of a type that cannot be ranked.
    #[error("{argument}: expected {expected}, got {got}; convert it")]
    Dtype {
        /// Which argument.
        argument: &'static str,
        /// The types that are wanted.
        expected: &'static str,
        /// Its type.
        got: String,
    },
    /// The numbers of a tensor cannot be had.
    #[error("{argument}: expected a tensor that can be read, got {reason}; read it with to_data to see why")]
    Unreadable {
        /// Which argument.
        argument: &'static str,
        /// What its library says.
        reason: String,
    },
}

/// Where a number stands: `[position]`, or `[row][position]` in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The row, in a batch.
    pub row: Option<usize>,
    /// The position in the list or in the row.
    pub position: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(row) = self.row {
            write!(f, "[{row}]")?;
        }
        write!(f, "[{}]", self.position)
    }
}

impl Error {
    /// The same error, of row `row` of a batch whose rows are passed one by one.
    #[must_use]
    pub fn in_row(mut self, row: usize) -> Self {
        if let Self::NotFinite { place, .. } | Self::NotANumber { place, .. } = &mut self {
            place.row = Some(row);
        }
        self
    }
}

impl Error {
    /// The same error of a value whose position is another.
    pub(crate) fn with_position(mut self, position: impl Fn(usize) -> usize) -> Self {
        if let Self::NotFinite { place, .. } | Self::NotANumber { place, .. } = &mut self {
            place.position = position(place.position);
        }
        self
    }
}

/// Refuses as many numbers of this type as there is no room for.
pub(crate) fn check_room<T>(argument: &'static str, numbers: usize) -> Result<()> {
    /// Fewer are not asked for beforehand.
    const FEW: usize = 1 << 24;
    if numbers > FEW && Vec::<T>::new().try_reserve_exact(numbers).is_err() {
        return Err(Error::TooLarge { argument, numbers });
    }
    Ok(())
}

/// The result of a soft operator.
pub type Result<T> = std::result::Result<T, Error>;

/// Beyond this magnitude a difference or a product with a length could overflow.
pub(crate) const LIMIT: f64 = 1e300;
