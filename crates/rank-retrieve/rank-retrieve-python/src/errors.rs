//! Which exception each error of the core becomes.

use pyo3::PyErr;
use pyo3::exceptions::{PyBlockingIOError, PyOSError};
use rank_pyo3::Package;
use rank_retrieve::Error;

pub(crate) const PACKAGE: Package = Package("rank_retrieve");

pub(crate) fn to_python(error: Error) -> PyErr {
    let message = error.to_string();
    raise(error, message)
}

/// An error about one row of an array of vectors.
pub(crate) fn in_row(row: usize, error: Error) -> PyErr {
    let message = error.to_string();
    match message.strip_prefix("vector") {
        Some(rest) => raise(error, format!("vectors[{row}]{rest}")),
        None => raise(error, message),
    }
}

fn raise(error: Error, message: String) -> PyErr {
    let class = match error {
        // The class is that of what is wrong, the message says where.
        Error::Row { source, .. } | Error::Line { source, .. } => return raise(*source, message),
        Error::DuplicateDocument { .. } => "DuplicateIdError",
        Error::Dimension { .. } => "ShapeError",
        Error::Usearch { .. } => "BackendError",
        Error::Locked { .. } => return PyBlockingIOError::new_err(message),
        // What the caller's own function raises is the caller's to see.
        Error::Tokenizer { source, .. } => {
            return match source.downcast::<PyErr>() {
                Ok(raised) => *raised,
                Err(_) => PACKAGE.invalid(message),
            };
        }
        Error::Io { path, source } => {
            // With a number, Python picks the class: FileNotFoundError, PermissionError, ...
            return match source.raw_os_error() {
                Some(number) => PyOSError::new_err((number, source.kind().to_string(), path)),
                None => PyOSError::new_err(message),
            };
        }
        _ => "InvalidInputError",
    };
    PACKAGE.error(class, message)
}
