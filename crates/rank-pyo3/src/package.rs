//! Exceptions: the classes are written in Python, in each wheel's `_errors.py`, and raised from here by name.

use pyo3::prelude::*;
use pyo3::types::PyType;

/// A wheel, by the name of its Python package.
///
/// Its `_errors` module defines at least `InvalidInputError` (a `ValueError`), `ShapeError` (a kind of it),
/// `DtypeError` (a `TypeError`) and `MissingPackageError` (an `ImportError`).
#[derive(Debug, Clone, Copy)]
pub struct Package(pub &'static str);

impl Package {
    /// An exception of the class `class` of this wheel's `_errors` module.
    pub fn error(self, class: &str, message: impl std::fmt::Display) -> PyErr {
        Python::attach(|py| {
            let found = py
                .import(format!("{}._errors", self.0))
                .and_then(|module| module.getattr(class))
                .and_then(|class| Ok(class.cast_into::<PyType>()?));
            match found {
                Ok(class) => PyErr::from_type(class, message.to_string()),
                Err(missing) => missing,
            }
        })
    }

    /// A value that cannot be used.
    pub fn invalid(self, message: impl std::fmt::Display) -> PyErr {
        self.error("InvalidInputError", message)
    }

    /// An array or a list of the wrong dimensions or length.
    pub fn shape(self, message: impl std::fmt::Display) -> PyErr {
        self.error("ShapeError", message)
    }

    /// A value of the wrong Python type, or an array of the wrong dtype.
    pub fn dtype(self, message: impl std::fmt::Display) -> PyErr {
        self.error("DtypeError", message)
    }

    /// A Python package that is not installed.
    pub fn missing(self, message: impl std::fmt::Display) -> PyErr {
        self.error("MissingPackageError", message)
    }
}

/// The type of a value as its user would name it: `str`, `numpy.ndarray`.
pub fn describe(value: &Bound<'_, PyAny>) -> String {
    let class = value.get_type();
    let name = class.qualname().map_or_else(|_| "a value".to_owned(), |name| name.to_string());
    match class.module().map(|module| module.to_string()) {
        Ok(module) if module != "builtins" => format!("{module}.{name}"),
        _ => name,
    }
}
