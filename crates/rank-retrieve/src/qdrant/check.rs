//! Checks that are made before anything is sent. `argument` names the value in error messages.

use std::collections::HashMap;
use std::fmt::Display;

use super::{Error, Result};

/// At least one component, all finite.
pub(super) fn dense(argument: impl Display, vector: &[f32]) -> Result<()> {
    if vector.is_empty() {
        return Err(Error::Empty { argument: argument.to_string(), what: "component" });
    }
    finite(&argument, vector)
}

/// At least one component of each vector, all finite, all vectors of the same length.
pub(super) fn multivector(argument: impl Display, vectors: &[Vec<f32>]) -> Result<()> {
    let Some(first) = vectors.first() else {
        return Err(Error::Empty { argument: argument.to_string(), what: "vector" });
    };
    for (row, vector) in vectors.iter().enumerate() {
        let argument = format_args!("{argument}[{row}]");
        dense(argument, vector)?;
        same_length(argument, first.len(), "components", vector.len())?;
    }
    Ok(())
}

/// As many indices as values, no index twice, all values finite. May be empty.
pub(super) fn sparse(prefix: &str, indices: &[u32], values: &[f32]) -> Result<()> {
    same_length(format_args!("{prefix}values"), indices.len(), "values, one for each index", values.len())?;
    finite(format_args!("{prefix}values"), values)?;
    let mut sorted: Vec<(u32, usize)> = indices.iter().copied().zip(0..).collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => {
            Err(Error::DuplicateIndex { argument: format!("{prefix}indices[{}]", pair[1].1), index: pair[1].0 })
        }
        None => Ok(()),
    }
}

/// Each id once.
pub(super) fn unique<'a, I: Eq + std::hash::Hash + 'a>(ids: impl Iterator<Item = &'a I>) -> Option<(usize, usize)> {
    let mut seen = HashMap::new();
    for (position, id) in ids.enumerate() {
        if let Some(first) = seen.insert(id, position) {
            return Some((position, first));
        }
    }
    None
}

pub(super) fn same_length(argument: impl Display, expected: usize, what: &'static str, got: usize) -> Result<()> {
    if expected == got {
        return Ok(());
    }
    Err(Error::Length { argument: argument.to_string(), expected, what, got })
}

fn finite(argument: impl Display, values: &[f32]) -> Result<()> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(position) => {
            Err(Error::NotFinite { argument: format!("{argument}[{position}]"), value: values[position] })
        }
        None => Ok(()),
    }
}
