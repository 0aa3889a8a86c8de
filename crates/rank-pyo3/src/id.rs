//! Document and query ids: `int` or `str`.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString};

use crate::{Package, describe};

/// A document or query id. Integers come before strings, integers by value, strings by code point.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Id {
    /// A Python `int` of 64 bits.
    Int(i64),
    /// A Python `str`.
    Str(Arc<str>),
}

impl Id {
    /// Reads the id that `argument` names in error messages.
    ///
    /// # Errors
    ///
    /// `DtypeError` for anything but `str`, `int` and what has `__index__`; `InvalidInputError` beyond 64 bits, and for a
    /// text with a lone surrogate.
    pub fn extract(package: Package, value: &Bound<'_, PyAny>, argument: impl fmt::Display) -> PyResult<Self> {
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(Self::Str(Arc::from(crate::text::utf8(package, text, argument)?)));
        }
        let refused = || {
            package.dtype(format_args!(
                "{argument}: expected an id of type str or int, got {}; convert it",
                describe(value)
            ))
        };
        // A bool is an int to Python, and a mistake here.
        if value.is_instance_of::<PyBool>() {
            return Err(refused());
        }
        let number = match value.cast::<PyInt>() {
            Ok(number) => number.to_owned().into_any(),
            Err(_) => value.call_method0("__index__").map_err(|_| refused())?,
        };
        number.extract().map(Self::Int).map_err(|_| {
            package
                .invalid(format_args!("{argument}: expected an int of 64 bits, got {number}; use a str for longer ids"))
        })
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => number.fmt(f),
            Self::Str(text) => write!(f, "{text:?}"),
        }
    }
}

impl<'py> IntoPyObject<'py> for &Id {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = Infallible;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> {
        Ok(match self {
            Id::Int(number) => number.into_pyobject(py)?.into_any(),
            Id::Str(text) => PyString::new(py, text).into_any(),
        })
    }
}

impl<'py> IntoPyObject<'py> for Id {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = Infallible;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> {
        (&self).into_pyobject(py)
    }
}
