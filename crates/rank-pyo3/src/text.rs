//! Texts: what UTF-8 cannot hold is refused by name.

use std::fmt;

use pyo3::exceptions::PyUnicodeEncodeError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::{Package, describe};

/// Reads a text that `argument` names in messages, in place.
///
/// # Errors
///
/// `DtypeError` for anything but a `str`; `InvalidInputError` for one with a lone surrogate, which is no Unicode text.
pub fn text<'a>(package: Package, value: &'a Bound<'_, PyAny>, argument: impl fmt::Display) -> PyResult<&'a str> {
    let Ok(text) = value.cast::<PyString>() else {
        return Err(package.dtype(format_args!("{argument}: expected a str, got {}; convert it", describe(value))));
    };
    utf8(package, text, argument)
}

/// The same of what is known to be a `str`.
pub(crate) fn utf8<'a>(
    package: Package,
    text: &'a Bound<'_, PyString>,
    argument: impl fmt::Display,
) -> PyResult<&'a str> {
    text.to_str().map_err(|error| {
        let py = text.py();
        if !error.is_instance_of::<PyUnicodeEncodeError>(py) {
            return error;
        }
        let place = error.value(py).getattr("start").map_or_else(|_| String::new(), |start| format!(" at {start}"));
        package.invalid(format_args!(
            "{argument}: expected a text of Unicode characters, got one with a lone surrogate{place}; decode it anew, \
             with errors='replace' or from another encoding"
        ))
    })
}

/// Functions that read the arguments of their names, for `#[pyo3(from_py_with = ...)]`: `name: str` or
/// `name: Option<str>`; an argument whose name is taken is put behind the function's name, as in
/// [`numbers`](crate::numbers).
#[macro_export]
macro_rules! texts {
    ($package:expr; $($name:ident $(($argument:literal))?: $type:ident $(<$inner:ident>)?),+ $(,)?) => {
        $($crate::texts!(@ $package, $name, [$($argument)?], $type $($inner)?);)+
    };
    (@ $package:expr, $name:ident, [], $($type:ident)+) => {
        $crate::texts!(@@ $package, $name, stringify!($name), $($type)+);
    };
    (@ $package:expr, $name:ident, [$argument:literal], $($type:ident)+) => {
        $crate::texts!(@@ $package, $name, $argument, $($type)+);
    };
    (@@ $package:expr, $name:ident, $argument:expr, str) => {
        pub(crate) fn $name<'a>(value: &'a ::pyo3::Bound<'_, ::pyo3::PyAny>) -> ::pyo3::PyResult<&'a str> {
            $crate::text($package, value, $argument)
        }
    };
    (@@ $package:expr, $name:ident, $argument:expr, Option str) => {
        pub(crate) fn $name<'a>(value: &'a ::pyo3::Bound<'_, ::pyo3::PyAny>) -> ::pyo3::PyResult<Option<&'a str>> {
            if ::pyo3::types::PyAnyMethods::is_none(value) {
                return Ok(None);
            }
            $crate::text($package, value, $argument).map(Some)
        }
    };
}
