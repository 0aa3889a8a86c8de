//! Ids as the Python objects they are: nothing is copied, and what comes out is what went in.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt, PyString};
use rank_pyo3::Id;

use crate::errors::PACKAGE;
#[cfg(plain_objects)]
use crate::texts::Text;

/// An object whose type is exactly `str`, and of UTF-8, or exactly `int` and of 64 bits: to hash and to compare it runs
/// no Python code.
pub(crate) struct Key<'py>(Bound<'py, PyAny>);

impl<'py> Key<'py> {
    /// The object itself, if its type allows that.
    #[inline]
    pub(crate) fn exact(value: Bound<'py, PyAny>) -> Result<Self, Bound<'py, PyAny>> {
        let exact = match value.cast_exact::<PyString>() {
            Ok(text) => text.to_str().is_ok(),
            Err(_) => value.is_exact_instance_of::<PyInt>() && value.extract::<i64>().is_ok(),
        };
        if exact { Ok(Self(value)) } else { Err(value) }
    }

    /// An id of any type that is allowed; `argument` names it in messages.
    pub(crate) fn read(value: Bound<'py, PyAny>, argument: impl fmt::Display) -> PyResult<Self> {
        match Self::exact(value) {
            Ok(key) => Ok(key),
            Err(other) => {
                let py = other.py();
                Ok(Self(Id::extract(PACKAGE, &other, argument)?.into_pyobject(py)?))
            }
        }
    }

    pub(crate) fn object(&self) -> &Bound<'py, PyAny> {
        &self.0
    }

    /// Whether two objects are the same id. Out of the way of the usual case, which is one object.
    #[inline(never)]
    fn reads_as(&self, other: &Bound<'py, PyAny>) -> bool {
        match (self.text(), text(other)) {
            (Some(a), Some(b)) => a == b,
            (None, None) => self.0.eq(other).unwrap_or(false),
            _ => false,
        }
    }

    fn text(&self) -> Option<&str> {
        text(&self.0)
    }

    fn number(&self) -> Option<i64> {
        self.0.cast_exact::<PyInt>().ok()?.extract().ok()
    }
}

fn text<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a str> {
    object.cast_exact::<PyString>().ok()?.to_str().ok()
}

impl Clone for Key<'_> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl PartialEq for Key<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.0.is(&other.0) || self.reads_as(&other.0)
    }
}

#[cfg(plain_objects)]
impl<'py> PartialEq<Text<'_, 'py>> for Key<'py> {
    #[inline]
    fn eq(&self, other: &Text<'_, 'py>) -> bool {
        self.0.is(&*other.object) || self.reads_as(&other.object)
    }
}

#[cfg(plain_objects)]
impl<'py> From<Text<'_, 'py>> for Key<'py> {
    #[inline]
    fn from(text: Text<'_, 'py>) -> Self {
        Self(text.object.to_owned())
    }
}

impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Neither a str nor an int refuses.
        state.write_i64(self.0.hash().unwrap_or(0) as i64);
    }
}

impl Ord for Key<'_> {
    /// Ints before texts, ints by value, texts by code point: as [`Id`].
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.text(), other.text()) {
            (Some(a), Some(b)) => a.cmp(b),
            (Some(_), None) => Ordering::Greater,
            (None, Some(_)) => Ordering::Less,
            (None, None) => self.number().cmp(&other.number()),
        }
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.text(), self.number()) {
            (Some(text), _) => write!(f, "{text:?}"),
            (None, number) => number.unwrap_or_default().fmt(f),
        }
    }
}

/// A score whose type is `float` or `int`, or is derived from `float`: to read it runs no Python code.
#[inline]
pub(crate) fn exact_score(value: &Bound<'_, PyAny>) -> Option<f64> {
    if let Ok(score) = value.cast_exact::<PyFloat>() {
        return Some(score.value());
    }
    if let Ok(score) = value.cast::<PyFloat>() {
        return Some(score.value());
    }
    value.is_exact_instance_of::<PyInt>().then(|| value.extract().ok()).flatten()
}
