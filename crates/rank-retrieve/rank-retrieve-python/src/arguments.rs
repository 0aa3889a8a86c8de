//! Arguments that several classes take.

use std::collections::HashSet;
use std::path::PathBuf;

use pyo3::exceptions::{PyTypeError, PyUnicodeEncodeError};
use pyo3::prelude::*;
use rank_pyo3::{Id, describe, number, pair};

use crate::analyzer::Analyzer;
use crate::errors::PACKAGE;
use crate::scoring::Scoring;

/// A number of things, as the argument of its name.
macro_rules! counts {
    ($($count:ident $argument:literal)*) => {$(
        #[derive(Clone, Copy)]
        pub(crate) struct $count(pub(crate) usize);

        impl<'a, 'py> FromPyObject<'a, 'py> for $count {
            type Error = PyErr;

            fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
                number(PACKAGE, &value, $argument).map(Self)
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

rank_pyo3::numbers!(
    PACKAGE;
    b: f64,
    b_or_none("b"): Option<f64>,
    beta: f64,
    delta: f64,
    k1: f64,
    k1_or_none("k1"): Option<f64>,
    max_weight: Option<f32>,
    mu: f64,
    original: Option<f64>,
    smoothing: f64,
);

rank_pyo3::texts!(
    PACKAGE;
    closed: str,
    field: str,
    formula: str,
    formula_or_none("formula"): Option<str>,
    impacts: str,
    kind: str,
    language: str,
    method: str,
    metric: str,
    name: str,
    name_of_id("id"): str,
    name_of_vector("vector"): str,
    precision: str,
    score_compat: Option<str>,
    settings: str,
    system: str,
    text: str,
);

/// Functions that read the arguments of their names, for `#[pyo3(from_py_with = ...)]`.
macro_rules! readers {
    ($($name:ident: $type:ty = $read:ident;)*) => {$(
        pub(crate) fn $name(value: &Bound<'_, PyAny>) -> PyResult<$type> {
            $read(value, stringify!($name))
        }
    )*};
}

readers! {
    byte_lengths: bool = flag;
    fold_accents: bool = flag;
    folder: PathBuf = path_of;
    lowercase: bool = flag;
    numerator: bool = flag;
    path: PathBuf = path_of;
    progress: bool = flag;
}

fn flag(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<bool> {
    value.extract().map_err(|_| {
        PACKAGE.dtype(format_args!("{argument}: expected True or False, got {}; pass one of them", describe(value)))
    })
}

/// Reads a path that `argument` names in messages. What `os.fsencode` takes is a path, Unicode or not.
pub(crate) fn path_of(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<PathBuf> {
    value.extract().map_err(|error: PyErr| {
        let py = value.py();
        if error.is_instance_of::<PyUnicodeEncodeError>(py) {
            return PACKAGE.invalid(format_args!(
                "{argument}: expected a path that the file system can hold, got one with a lone surrogate; decode it \
                 with os.fsdecode"
            ));
        }
        if !error.is_instance_of::<PyTypeError>(py) {
            return error;
        }
        PACKAGE
            .dtype(format_args!("{argument}: expected a path, got {}; pass a str or a pathlib.Path", describe(value)))
    })
}

/// Reads the least and the most characters of n-grams.
pub(crate) fn ngrams(value: &Bound<'_, PyAny>) -> PyResult<Option<(usize, usize)>> {
    if value.is_none() {
        return Ok(None);
    }
    let Some((least, most)) = pair(value) else {
        return Err(PACKAGE
            .dtype(format_args!("ngrams: expected a tuple of two ints, got {}; pass (least, most)", describe(value))));
    };
    Ok(Some((number(PACKAGE, &least, "ngrams[0]")?, number(PACKAGE, &most, "ngrams[1]")?)))
}

/// Functions that read an object of this package or `None`, as [`readers`].
macro_rules! objects {
    ($($name:ident: $class:ty = $cure:expr;)*) => {$(
        pub(crate) fn $name<'a, 'py>(value: &'a Bound<'py, PyAny>) -> PyResult<Option<&'a Bound<'py, $class>>> {
            if value.is_none() {
                return Ok(None);
            }
            value.cast().map(Some).map_err(|_| {
                let argument = stringify!($name);
                PACKAGE.dtype(format_args!("{argument}: expected {}, got {}; {}", $cure.0, describe(value), $cure.1))
            })
        }
    )*};
}

objects! {
    analyzer: Analyzer = ("an Analyzer", "make one with Analyzer(language)");
    scoring: Scoring = ("a Scoring", "make one with Scoring(formula)");
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
