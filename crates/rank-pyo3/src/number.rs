//! Numbers that are arguments: what cannot be used is refused by the argument's name.

use std::fmt;

use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt};

use crate::{Package, describe, items};

/// A type that arguments are read as: whole numbers, floats, and either as an option or in a list.
///
/// Whole numbers are `int` and what has `__index__` (NumPy's integers); floats are those too, `float` and what has
/// `__float__`. A `bool` is neither, although Python counts it among the ints.
pub trait Number: Sized {
    /// Reads the value that `argument` names in messages.
    ///
    /// # Errors
    ///
    /// `DtypeError` for another type; `InvalidInputError` for a number that is outside the range of this one.
    fn read(package: Package, value: &Bound<'_, PyAny>, argument: impl fmt::Display) -> PyResult<Self>;
}

/// Reads the value that `argument` names in messages.
///
/// # Errors
///
/// As [`Number::read`].
pub fn number<T: Number>(package: Package, value: &Bound<'_, PyAny>, argument: impl fmt::Display) -> PyResult<T> {
    T::read(package, value, argument)
}

/// Functions that read the arguments of their names, for `#[pyo3(from_py_with = ...)]`; an argument whose name is taken
/// by another type is put behind the function's name.
///
/// ```ignore
/// rank_pyo3::numbers!(PACKAGE; k: usize, seed: u64, limit("k"): Option<usize>);
/// ```
#[macro_export]
macro_rules! numbers {
    ($package:expr; $($name:ident $(($argument:literal))?: $type:ty),+ $(,)?) => {$(
        pub(crate) fn $name(value: &::pyo3::Bound<'_, ::pyo3::PyAny>) -> ::pyo3::PyResult<$type> {
            // The last of the two is the name.
            let names: &[&str] = &[stringify!($name) $(, $argument)?];
            $crate::number($package, value, names[names.len() - 1])
        }
    )+};
}

/// A `bool`, NumPy's included.
fn is_bool(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyBool>() || matches!(describe(value).as_str(), "numpy.bool" | "numpy.bool_")
}

/// The number as it is written, if that is not too long.
fn written(number: &Bound<'_, PyAny>) -> String {
    let text = number.str().map(|text| text.to_string()).ok().filter(|text| text.len() <= 40);
    let bits = || number.call_method0("bit_length").map_or_else(|_| "a longer one".to_owned(), |n| format!("{n} bits"));
    text.unwrap_or_else(bits)
}

/// An int, by what it or its type says.
fn whole<'py>(package: Package, value: &Bound<'py, PyAny>, argument: &dyn fmt::Display) -> PyResult<Bound<'py, PyAny>> {
    if value.is_exact_instance_of::<PyInt>() {
        return Ok(value.clone());
    }
    let refused =
        || package.dtype(format_args!("{argument}: expected a whole number, got {}; convert it", describe(value)));
    if is_bool(value) {
        return Err(refused());
    }
    if value.is_instance_of::<PyInt>() {
        return Ok(value.clone());
    }
    value.call_method0("__index__").map_err(|_| refused())
}

macro_rules! whole_numbers {
    ($($type:ty),+) => {$(
        impl Number for $type {
            fn read(package: Package, value: &Bound<'_, PyAny>, argument: impl fmt::Display) -> PyResult<Self> {
                let number = whole(package, value, &argument)?;
                number.extract().map_err(|_| {
                    if <$type>::MIN == 0 && number.lt(0).unwrap_or(false) {
                        return package.invalid(format_args!(
                            "{argument}: expected at least 0, got {}; pass no negative number", written(&number)
                        ));
                    }
                    let nearer = if number.lt(0).unwrap_or(false) { "one nearer to 0" } else { "a smaller one" };
                    package.invalid(format_args!(
                        "{argument}: expected a number of {} bits, got {}; pass {nearer}",
                        <$type>::BITS,
                        written(&number)
                    ))
                })
            }
        }
    )+};
}
whole_numbers!(usize, u64, i64, u32);

impl Number for f64 {
    fn read(package: Package, value: &Bound<'_, PyAny>, argument: impl fmt::Display) -> PyResult<Self> {
        if let Ok(number) = value.cast_exact::<PyFloat>() {
            return Ok(number.value());
        }
        let refused =
            || package.dtype(format_args!("{argument}: expected a number, got {}; convert it", describe(value)));
        if is_bool(value) {
            return Err(refused());
        }
        value.extract().map_err(|error: PyErr| {
            if !error.is_instance_of::<PyOverflowError>(value.py()) {
                return refused();
            }
            package.invalid(format_args!(
                "{argument}: expected a number that a float holds, got {}; pass one nearer to 0",
                written(value)
            ))
        })
    }
}

impl Number for f32 {
    fn read(package: Package, value: &Bound<'_, PyAny>, argument: impl fmt::Display) -> PyResult<Self> {
        let number = f64::read(package, value, &argument)?;
        if number.is_finite() && !(number as Self).is_finite() {
            return Err(package.invalid(format_args!(
                "{argument}: expected a number that 32 bits hold, got {number:e}; pass one nearer to 0"
            )));
        }
        Ok(number as Self)
    }
}

impl<T: Number> Number for Option<T> {
    fn read(package: Package, value: &Bound<'_, PyAny>, argument: impl fmt::Display) -> PyResult<Self> {
        if value.is_none() { Ok(None) } else { T::read(package, value, argument).map(Some) }
    }
}

impl<T: Number> Number for Vec<T> {
    fn read(package: Package, value: &Bound<'_, PyAny>, argument: impl fmt::Display) -> PyResult<Self> {
        items(package, value, &argument.to_string(), "a list of numbers")?
            .enumerate()
            .map(|(place, entry)| T::read(package, &entry?, format_args!("{argument}[{place}]")))
            .collect()
    }
}
