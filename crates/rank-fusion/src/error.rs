//! What can be wrong with the lists that are to be fused.

/// Why a fusion was refused. Positions count from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No list was given.
    #[error("lists: expected at least one ranked list, got none; pass the lists to fuse, best document first in each")]
    NoLists,
    /// A score is not a number.
    #[error("lists[{list}][{position}]: expected a score, got NaN; drop the document or repair its score")]
    NanScore {
        /// Which list.
        list: usize,
        /// Where in it.
        position: usize,
    },
    /// The order of a list contradicts its scores.
    #[error(
        "lists[{list}][{position}]: expected scores in descending order, got {score} after {previous}; \
         sort the list by score, best first"
    )]
    NotSorted {
        /// Which list.
        list: usize,
        /// Where in it.
        position: usize,
        /// The score that is too high for its place.
        score: f64,
        /// The score before it.
        previous: f64,
    },
    /// A document is in one list twice, and would be counted twice.
    #[error(
        "lists[{list}][{position}]: expected each document once, got one of position {first} again; drop one of the two"
    )]
    DuplicateDocument {
        /// Which list.
        list: usize,
        /// Where the document is met again.
        position: usize,
        /// Where it was met first.
        first: usize,
    },
    /// The rank constant is negative or not finite.
    #[error("k: expected a finite number of at least 0, got {k}; 60 is the usual choice")]
    InvalidK {
        /// The value that was passed.
        k: f64,
    },
}

/// The result of a fusion.
pub type Result<T> = std::result::Result<T, Error>;
