//! Lists of lists of str, flat: no allocation for each word.

use pyo3::prelude::*;
use pyo3::types::PyString;
use rank_pyo3::{At, describe, items};

use crate::errors::PACKAGE;

/// Words, one after the other, and where each and each list ends.
#[derive(Default)]
pub(crate) struct Tokens {
    text: String,
    words: Vec<usize>,
    lists: Vec<usize>,
}

impl Tokens {
    /// Adds a list of str, which `argument` and `position` name in messages.
    pub(crate) fn push(&mut self, list: &Bound<'_, PyAny>, argument: &str, position: usize) -> PyResult<()> {
        let name = || format!("{argument}[{position}]");
        let is_text = list.is_instance_of::<PyString>();
        let words = if is_text { None } else { list.try_iter().ok() };
        let Some(words) = words else {
            return Err(PACKAGE.dtype(format_args!(
                "{}: expected a list of str, got {}; split it into words, or pass texts to the function for texts",
                name(),
                describe(list)
            )));
        };
        for word in words {
            let word = word?;
            let Ok(word) = word.cast::<PyString>() else {
                return Err(PACKAGE.dtype(format_args!(
                    "{}: expected words of type str, got {}; convert it",
                    name(),
                    describe(&word)
                )));
            };
            self.text.push_str(rank_pyo3::text(PACKAGE, word, At { argument, position })?);
            self.words.push(self.text.len());
        }
        self.lists.push(self.words.len());
        Ok(())
    }

    /// Adds a list of words.
    pub(crate) fn extend(&mut self, words: &[String]) {
        for word in words {
            self.text.push_str(word);
            self.words.push(self.text.len());
        }
        self.lists.push(self.words.len());
    }

    /// All of an iterable of lists.
    pub(crate) fn all(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Self> {
        let mut tokens = Self::default();
        for (position, list) in items(PACKAGE, value, argument, "a list of lists of str")?.enumerate() {
            tokens.push(&list?, argument, position)?;
        }
        Ok(tokens)
    }

    pub(crate) fn len(&self) -> usize {
        self.lists.len()
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.words.clear();
        self.lists.clear();
    }

    /// The words of a list.
    pub(crate) fn list(&self, at: usize) -> Vec<&str> {
        let start = if at == 0 { 0 } else { self.lists[at - 1] };
        let mut from = if start == 0 { 0 } else { self.words[start - 1] };
        let mut words = Vec::with_capacity(self.lists[at] - start);
        for &to in &self.words[start..self.lists[at]] {
            words.push(&self.text[from..to]);
            from = to;
        }
        words
    }
}
