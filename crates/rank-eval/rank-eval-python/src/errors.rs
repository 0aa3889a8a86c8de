//! Which exception each error of the core becomes.

use pyo3::PyErr;
use pyo3::exceptions::PyOSError;
use rank_eval::Error;
use rank_pyo3::Package;

pub(crate) const PACKAGE: Package = Package("rank_eval");

pub(crate) fn to_python(error: Error) -> PyErr {
    to_python_at("", error)
}

/// The exception of an error whose message begins with `place`.
pub(crate) fn to_python_at(place: &str, error: Error) -> PyErr {
    let class = match error {
        Error::DuplicateDocument { .. }
        | Error::DuplicateId { .. }
        | Error::DuplicateSubtopic { .. }
        | Error::DuplicateJudgment { .. }
        | Error::DuplicateInTable { .. } => "DuplicateIdError",
        Error::UnequalSamples { .. }
        | Error::UnpairedSamples { .. }
        | Error::UnequalColumns { .. }
        | Error::InvalidShape { .. } => "ShapeError",
        // With the number of the system's error Python chooses the class: FileNotFoundError, PermissionError ...
        Error::File { path, source, .. } if source.raw_os_error().is_some() => {
            let number = source.raw_os_error();
            let text = source.to_string();
            let text = text.split(" (os error").next().unwrap_or_default().to_owned();
            return PyOSError::new_err((number, text, path.into_os_string()));
        }
        _ => "InvalidInputError",
    };
    PACKAGE.error(class, format_args!("{place}{error}"))
}
