//! What can go wrong with a ranker.

use std::io;
use std::path::PathBuf;

/// Why a ranker was not made, trained, saved or loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RankerError {
    /// Numbers or options are refused.
    #[error(transparent)]
    Input(#[from] crate::Error),
    /// The measure is not defined on the labels.
    #[error(transparent)]
    Measure(#[from] rank_eval::Error),
    /// Features do not fill rows, or rows of another length than the ranker knows.
    #[error("features: expected rows of {columns} numbers, got {got} numbers; pass that many columns")]
    Columns {
        /// How many features an item has.
        columns: usize,
        /// How many numbers there are.
        got: usize,
    },
    /// Scores grew beyond all bounds.
    #[error("rate: expected one that keeps scores finite, got other scores in epoch {epoch}; pass a smaller one")]
    Diverged {
        /// The epoch, from 0.
        epoch: usize,
    },
    /// The system does not read or write the file.
    #[error("{path}: expected a file that can be read or written, got {source}; look at the path", path = .path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file holds no ranker.
    #[error("{path}: expected the file of a ranker, got {got}; save one with Ranker::save", path = .path.display())]
    Model {
        /// Its path.
        path: PathBuf,
        /// What it holds.
        got: String,
    },
    /// Candle refuses a computation.
    #[error("candle: expected tensors that it can compute with, got {0}; look at its message")]
    Candle(#[from] candle_core::Error),
}
