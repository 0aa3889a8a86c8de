//! Arguments that several classes take.

use std::collections::HashSet;

use pyo3::prelude::*;
use pyo3::types::PyBool;
use rank_pyo3::{Id, describe};

use crate::errors::PACKAGE;

/// A number of things, as the argument of its name.
macro_rules! counts {
    ($($count:ident $argument:literal)*) => {$(
        #[derive(Clone, Copy)]
        pub(crate) struct $count(pub(crate) usize);

        impl<'a, 'py> FromPyObject<'a, 'py> for $count {
            type Error = PyErr;

            fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
                count(&value, $argument).map(Self)
            }
        }
    )*};
}

counts! {
    K "k"
    NewTerms "new_terms"
    TermCount "terms"
    Dimensions "dimensions"
    Threads "threads"
    MemoryLimit "memory_limit"
    Values "n"
    Dim "dim"
    Connectivity "connectivity"
    ExpansionAdd "expansion_add"
    ExpansionSearch "expansion_search"
}

fn count(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<usize> {
    // A bool is an int to Python, and a mistake here.
    let number = if value.is_instance_of::<PyBool>() { None } else { value.call_method0("__index__").ok() };
    let Some(number) = number else {
        return Err(PACKAGE.dtype(format_args!("{argument}: expected an int, got {}; convert it", describe(value))));
    };
    number.extract().map_err(|_| {
        PACKAGE.invalid(format_args!("{argument}: expected an int of 0 to {}, got {number}; correct it", usize::MAX))
    })
}

/// Refuses an id that `known` holds.
pub(crate) fn new_id(id: &Id, argument: impl std::fmt::Display, known: impl FnOnce(&Id) -> bool) -> PyResult<()> {
    if known(id) {
        return Err(PACKAGE.error(
            "DuplicateIdError",
            format_args!(
                "{argument}: expected a new document id, got {id} again; leave the document out or give it another id"
            ),
        ));
    }
    Ok(())
}

/// Refuses ids that are not as many as what they name, that `known` holds, or that repeat.
pub(crate) fn new_ids(ids: &[Id], named: usize, what: &str, known: impl Fn(&Id) -> bool) -> PyResult<()> {
    if ids.len() != named {
        return Err(PACKAGE.shape(format_args!(
            "ids: expected as many as {what}, got {} for {named}; pass one id per document",
            ids.len()
        )));
    }
    let mut seen = HashSet::with_capacity(ids.len());
    for (position, id) in ids.iter().enumerate() {
        new_id(id, format_args!("ids[{position}]"), |_| known(id) || !seen.insert(id))?;
    }
    Ok(())
}
