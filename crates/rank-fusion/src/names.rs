//! Names with numbers, such as `rrf(k=10)` and `standardized(-3, 3)`.

use std::fmt::Display;

use crate::{Error, Result};

/// A name and the numbers in its parentheses.
pub(crate) struct Call<'a> {
    pub(crate) name: &'a str,
    pub(crate) numbers: Vec<f64>,
}

impl<'a> Call<'a> {
    /// Reads `name`, `name(1, 2)` or `name(parameter=1)`; the parameters' names are for readers. `_`, a number that is not
    /// known, is NaN.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let Some((name, rest)) = text.split_once('(') else {
            return Some(Self { name: text, numbers: Vec::new() });
        };
        let inside = rest.strip_suffix(')')?;
        let numbers = inside
            .split(',')
            .map(|part| match part.rsplit_once('=').map_or(part, |(_, value)| value).trim() {
                "_" => Some(f64::NAN),
                number => number.parse().ok(),
            })
            .collect::<Option<Vec<f64>>>()?;
        Some(Self { name: name.trim(), numbers })
    }

    /// The only number, or what is usual if there is none; `None` if there are more.
    pub(crate) fn one_or(&self, usual: f64) -> Option<f64> {
        match self.numbers.as_slice() {
            [] => Some(usual),
            [number] => Some(*number),
            _ => None,
        }
    }
}

/// The one of `all` that is called `text`.
pub(crate) fn one_of<T: Copy + Display>(argument: &'static str, text: &str, all: &[T]) -> Result<T> {
    all.iter().copied().find(|one| one.to_string() == text.trim()).ok_or_else(|| Error::UnknownName {
        argument,
        got: text.to_owned(),
        known: all.iter().map(T::to_string).collect::<Vec<_>>().join(", "),
    })
}
