//! Ids as text: files know no other ids, so an int is taken as its digits.

use std::borrow::Cow;
use std::fmt::Write as _;

use pyo3::prelude::*;
use pyo3::types::PyString;
use rank_pyo3::Id;
use rank_pyo3::arrow::IdRef;

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

/// A place to write the digits of ints, one after the other.
#[derive(Default)]
pub(crate) struct Digits(String);

impl Digits {
    pub(crate) fn text<'a>(&'a mut self, id: IdRef<'a>) -> &'a str {
        match id {
            IdRef::Str(text) => text,
            IdRef::Int(number) => {
                self.0.clear();
                // Writing to a string does not fail.
                let _ = write!(self.0, "{number}");
                &self.0
            }
        }
    }
}
