//! Numbers of things: what is negative is refused by name.

use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use rank_pyo3::describe;

use crate::errors::PACKAGE;

fn number<'a, 'py, T: FromPyObject<'a, 'py, Error = PyErr>>(
    value: &'a Bound<'py, PyAny>,
    argument: &str,
) -> PyResult<T> {
    value.extract::<T>().map_err(|error| {
        if !error.is_instance_of::<PyOverflowError>(value.py()) {
            return PACKAGE
                .dtype(format_args!("{argument}: expected a whole number, got {}; convert it", describe(value)));
        }
        if value.lt(0).unwrap_or(false) {
            PACKAGE.invalid(format_args!("{argument}: expected at least 0, got {value}; pass no negative number"))
        } else {
            PACKAGE.invalid(format_args!("{argument}: expected a number of 64 bits, got {value}; pass a smaller one"))
        }
    })
}

macro_rules! numbers {
    ($($name:ident: $type:ty),* $(,)?) => {$(
        pub(crate) fn $name(value: &Bound<'_, PyAny>) -> PyResult<$type> {
            number(value, stringify!($name))
        }
    )*};
}
numbers!(
    bits: usize,
    candidates: usize,
    centroids: Option<usize>,
    dim: usize,
    expected_tokens: Option<usize>,
    final_dim: Option<usize>,
    head_dims: usize,
    height: usize,
    iterations: usize,
    k: usize,
    nprobe: usize,
    per_side: usize,
    projection_dim: Option<usize>,
    protected: Option<usize>,
    repetitions: usize,
    rescored: usize,
    seed: u64,
    simhash_bits: usize,
    threads: usize,
    tokens_per_centroid: usize,
    width: usize,
);
