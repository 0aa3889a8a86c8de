//! Which exception each error of the core becomes.

use std::io;

use pyo3::PyErr;
use pyo3::exceptions::PyFileNotFoundError;
use rank_pyo3::Package;
use rank_rerank::Error;

pub(crate) const PACKAGE: Package = Package("rank_rerank");

pub(crate) fn to_python(error: Error) -> PyErr {
    match &error {
        Error::NoTokenizer { .. } => return PyFileNotFoundError::new_err(error.to_string()),
        // An error of the system becomes the class that Python has for it.
        Error::Unreadable { source, .. } | Error::File { source, .. } => {
            return io::Error::new(source.kind(), error.to_string()).into();
        }
        _ => {}
    }
    let class = match error {
        Error::DuplicateId { .. } | Error::KnownId { .. } => "DuplicateIdError",
        Error::NoTokens { .. }
        | Error::NoComponents { .. }
        | Error::DimMismatch { .. }
        | Error::IdCount { .. }
        | Error::PartialByte { .. }
        | Error::SimilarityCount { .. }
        | Error::SimilarityShape { .. } => "ShapeError",
        Error::StoredDtype { .. } => "DtypeError",
        Error::Isa(_) | Error::NoRuntime | Error::Runtime { .. } | Error::Inference { .. } => "BackendError",
        _ => "InvalidInputError",
    };
    PACKAGE.error(class, error)
}
