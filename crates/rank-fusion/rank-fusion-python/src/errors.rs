//! Which exception each error of the core becomes.

use pyo3::PyErr;
use rank_fusion::Error;
use rank_pyo3::Package;

pub(crate) const PACKAGE: Package = Package("rank_fusion");

pub(crate) fn to_python(error: Error) -> PyErr {
    let class = match error {
        Error::DuplicateDocument { .. } => "DuplicateIdError",
        _ => "InvalidInputError",
    };
    PACKAGE.error(class, error)
}
