//! Ids as text: files know no other ids, so an int is taken as its digits.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::PyString;
use rank_pyo3::Id;

use crate::errors::PACKAGE;

/// Reads an id as text.
pub(crate) fn id<'a>(value: &'a Bound<'_, PyAny>, argument: &str) -> PyResult<Cow<'a, str>> {
    if let Ok(text) = value.cast::<PyString>() {
        return text.to_cow();
    }
    Ok(match Id::extract(PACKAGE, value, argument)? {
        Id::Int(number) => Cow::Owned(number.to_string()),
        Id::Str(text) => Cow::Owned(text.to_string()),
    })
}
