//! Which exception each error of the core becomes.

use pyo3::PyErr;
use rank_pyo3::Package;
use rank_soft::Error;

pub(crate) const PACKAGE: Package = Package("rank_soft");

pub(crate) fn to_python(error: Error) -> PyErr {
    let class = match error {
        Error::LengthMismatch { .. } | Error::Shape { .. } => "ShapeError",
        Error::Dtype { .. } => "DtypeError",
        _ => "InvalidInputError",
    };
    PACKAGE.error(class, error)
}
