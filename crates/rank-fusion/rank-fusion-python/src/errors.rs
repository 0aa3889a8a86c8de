//! Which exception each error of the core becomes.

use pyo3::PyErr;
use pyo3::exceptions::{PyFileNotFoundError, PyOSError};
use rank_fusion::Error;
use rank_pyo3::Package;

pub(crate) const PACKAGE: Package = Package("rank_fusion");

pub(crate) fn to_python(error: Error) -> PyErr {
    let mut root = &error;
    while let Error::InQuery { error, .. } = root {
        root = error;
    }
    let class = match root {
        Error::DuplicateDocument { .. } => "DuplicateIdError",
        Error::CountMismatch { .. } => "ShapeError",
        Error::Io { kind: std::io::ErrorKind::NotFound, .. } => {
            return PyFileNotFoundError::new_err(error.to_string());
        }
        Error::Io { .. } => return PyOSError::new_err(error.to_string()),
        _ => "InvalidInputError",
    };
    PACKAGE.error(class, error)
}
