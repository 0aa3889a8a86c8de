//! Many ranked lists as two arrays.

use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyList;
use rank_pyo3::Id;

use crate::errors::PACKAGE;
use crate::hnsw::Key;

/// Ranked lists, one after the other.
#[derive(Default)]
pub(crate) struct Hits {
    /// Of all hits, as long as no id was a `str`.
    numbers: Vec<i64>,
    /// Of all hits, since one was.
    texts: Option<Vec<Id>>,
    scores: Vec<f32>,
    ends: Vec<usize>,
}

impl Hits {
    /// Adds a list.
    pub(crate) fn push<'a>(&mut self, list: impl Iterator<Item = (&'a Key, f32)>) {
        for (Key(id), score) in list {
            self.scores.push(score);
            match (&mut self.texts, id) {
                (None, Id::Int(number)) => self.numbers.push(*number),
                (Some(texts), id) => texts.push(id.clone()),
                (None, text) => {
                    let before = std::mem::take(&mut self.numbers).into_iter().map(Id::Int);
                    self.texts = Some(before.chain([text.clone()]).collect());
                }
            }
        }
        self.ends.push(self.scores.len());
    }

    /// The longest list.
    pub(crate) fn width(&self) -> usize {
        let mut start = 0;
        self.ends.iter().map(|&end| end - std::mem::replace(&mut start, end)).max().unwrap_or(0)
    }

    /// Ids and scores of shape `(queries, width)`: ids `int64` padded with -1, or objects padded with None if the index
    /// may hold a `str`; scores `float32` padded with negative infinity.
    pub(crate) fn arrays<'py>(
        self,
        py: Python<'py>,
        width: usize,
        texts: bool,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let shape = [self.ends.len(), width];
        let scores = padded(self.scores, &self.ends, width, || f32::NEG_INFINITY);
        let scores = PyArray1::from_vec(py, scores).reshape(shape)?.into_any();
        if !texts && self.texts.is_none() {
            let ids = padded(self.numbers, &self.ends, width, || -1);
            let ids: Bound<'py, PyArray2<i64>> = PyArray1::from_vec(py, ids).reshape(shape)?;
            return Ok((ids.into_any(), scores));
        }
        let ids = self.texts.unwrap_or_else(|| self.numbers.into_iter().map(Id::Int).collect());
        let objects = ids.iter().map(|id| Ok(id.into_pyobject(py)?.unbind())).collect::<PyResult<Vec<Py<PyAny>>>>()?;
        let objects = padded(objects, &self.ends, width, || py.None());
        Ok((PyArray1::from_vec(py, objects).reshape(shape)?.into_any(), scores))
    }
}

/// Rows of `width` values.
fn padded<T>(values: Vec<T>, ends: &[usize], width: usize, padding: impl Fn() -> T) -> Vec<T> {
    if values.len() == ends.len() * width {
        return values;
    }
    let mut padded = Vec::with_capacity(ends.len() * width);
    let mut values = values.into_iter();
    let mut start = 0;
    for (row, &end) in (1..).zip(ends) {
        padded.extend(values.by_ref().take(end - start));
        padded.resize_with(row * width, &padding);
        start = end;
    }
    padded
}

/// One ranked list.
pub(crate) fn ranked(py: Python<'_>, hits: Vec<(Key, f32)>) -> PyResult<Bound<'_, PyList>> {
    PACKAGE.ranked(py, &hits.into_iter().map(|(Key(id), score)| (id, score)).collect::<Vec<_>>())
}
