//! Pooling of tokens.

use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use rank_pyo3::{ProgressBar, in_chunks};
use rank_rerank::pooling::{PoolConfig, Pooled, Pooling, pool};
use rank_rerank::simd::Components;
use rank_rerank::{Argument, Error, TokensRef};

use crate::documents::Held;
use crate::errors::{PACKAGE, to_python};
use crate::number;
use crate::tokens::{matrix, view};

/// Documents between two looks at the signals.
const CHUNK: usize = 16;

/// The options of a call.
struct Options<'a> {
    factor: f64,
    method: &'a str,
    protected: Option<usize>,
    normalize: Option<bool>,
    max_distance: Option<f64>,
}

impl Options<'_> {
    fn config(&self) -> PyResult<PoolConfig> {
        let factor = self.factor;
        let mut config = match self.method {
            "hierarchical" => PoolConfig::new(Pooling::Hierarchical { factor }),
            "greedy" => PoolConfig::new(Pooling::Greedy { factor }),
            "sequential" if factor >= 1.0 && factor.fract() == 0.0 => {
                PoolConfig::new(Pooling::Sequential { window: factor as usize })
            }
            "sequential" => {
                return Err(PACKAGE.invalid(format_args!(
                    "factor: expected a whole number of at least 1 for method \"sequential\", got {factor}; 2 is usual"
                )));
            }
            "adaptive" => {
                let Some(max_distance) = self.max_distance else {
                    return Err(PACKAGE.invalid(
                        "max_distance: expected a distance for method \"adaptive\", got None; 0.5 joins two tokens of a \
                         cosine of 0.5",
                    ));
                };
                PoolConfig::new(Pooling::Adaptive { max_distance })
            }
            "sentence_transformers" => PoolConfig::sentence_transformers(factor),
            "pylate" => PoolConfig::pylate(factor),
            "pylate_1_3_4" => PoolConfig::pylate_1_3_4(factor),
            "colbert" => PoolConfig::colbert(factor),
            "colpali" => PoolConfig::colpali(factor),
            other => {
                return Err(PACKAGE.invalid(format_args!(
                    "method: expected \"hierarchical\", \"greedy\", \"sequential\", \"adaptive\", \"sentence_transformers\", \
                     \"pylate\", \"pylate_1_3_4\", \"colbert\" or \"colpali\", got {other:?}; pass one of them"
                )));
            }
        };
        if self.max_distance.is_some() && self.method != "adaptive" {
            return Err(PACKAGE.invalid(format_args!(
                "max_distance: expected None for method {:?}, got a distance; it is for \"adaptive\"",
                self.method
            )));
        }
        config.protected = self.protected.unwrap_or(config.protected);
        config.normalize = self.normalize.unwrap_or(config.normalize);
        Ok(config)
    }
}

fn pooled(py: Python<'_>, tokens: &Bound<'_, PyAny>, options: &Options<'_>) -> PyResult<Pooled> {
    let config = options.config()?;
    let tokens = matrix(tokens, "tokens")?;
    let tokens = view(&tokens)?;
    py.detach(|| pool(&tokens, config)).map_err(to_python)
}

#[doc = rank_pyo3::stub!("pool_tokens")]
#[pyfunction]
#[pyo3(signature = (tokens, factor = 2.0, *, method = "hierarchical", protected = None, normalize = None,
                    max_distance = None))]
pub(crate) fn pool_tokens<'py>(
    py: Python<'py>,
    tokens: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = number::factor)] factor: f64,
    method: &str,
    #[pyo3(from_py_with = number::protected)] protected: Option<usize>,
    normalize: Option<bool>,
    #[pyo3(from_py_with = number::max_distance)] max_distance: Option<f64>,
) -> PyResult<Bound<'py, PyArray2<f32>>> {
    let pooled = pooled(py, tokens, &Options { factor, method, protected, normalize, max_distance })?;
    let shape = [pooled.tokens.values().len() / pooled.tokens.dim(), pooled.tokens.dim()];
    PyArray1::from_slice(py, pooled.tokens.values()).reshape(shape)
}

#[doc = rank_pyo3::stub!("token_clusters")]
#[pyfunction]
#[pyo3(signature = (tokens, factor = 2.0, *, method = "hierarchical", protected = None, max_distance = None))]
pub(crate) fn token_clusters<'py>(
    py: Python<'py>,
    tokens: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = number::factor)] factor: f64,
    method: &str,
    #[pyo3(from_py_with = number::protected)] protected: Option<usize>,
    #[pyo3(from_py_with = number::max_distance)] max_distance: Option<f64>,
) -> PyResult<Bound<'py, PyArray1<i64>>> {
    let pooled = pooled(py, tokens, &Options { factor, method, protected, normalize: None, max_distance })?;
    Ok(PyArray1::from_vec(py, pooled.clusters.into_iter().map(|cluster| cluster as i64).collect()))
}

#[doc = rank_pyo3::stub!("pool_tokens_batch")]
#[pyfunction]
#[pyo3(signature = (values, offsets = None, factor = 2.0, *, mask = None, method = "hierarchical", protected = None,
                    normalize = None, max_distance = None, progress = false))]
#[expect(clippy::too_many_arguments, clippy::type_complexity, reason = "the arguments of the Python function")]
pub(crate) fn pool_tokens_batch<'py>(
    py: Python<'py>,
    values: &Bound<'py, PyAny>,
    offsets: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = number::factor)] factor: f64,
    mask: Option<&Bound<'py, PyAny>>,
    method: &str,
    #[pyo3(from_py_with = number::protected)] protected: Option<usize>,
    normalize: Option<bool>,
    #[pyo3(from_py_with = number::max_distance)] max_distance: Option<f64>,
    progress: bool,
) -> PyResult<(Bound<'py, PyArray2<f32>>, Bound<'py, PyArray1<i64>>)> {
    let config = Options { factor, method, protected, normalize, max_distance }.config()?;
    let held = Held::new(values, offsets, None, mask)?;
    let (batch, dim) = (held.batch(held.dim())?, held.dim());
    let bar = ProgressBar::new(PACKAGE, py, batch.documents(), progress)?;
    let (mut tokens, mut ends) = (Vec::new(), vec![0_i64]);
    in_chunks(py, batch.documents(), CHUNK, &bar, |range| {
        for position in range {
            let Components::F32(document) = batch.document(position) else {
                return Err(PACKAGE.dtype("values: expected float32, got another dtype; pool before you round"));
            };
            let pooled = TokensRef::new(document, dim).and_then(|document| pool(&document, config));
            let argument = Argument::Documents(position);
            let pooled = pooled.map_err(|error| match error {
                Error::NonFinite { token, value, .. } => Error::NonFinite { argument, token, value },
                Error::NoTokens { .. } => Error::NoTokens { argument },
                Error::Overflow { .. } => Error::Overflow { argument },
                other => other,
            });
            let pooled = pooled.map_err(to_python)?;
            tokens.extend_from_slice(pooled.tokens.values());
            ends.push((tokens.len() / dim) as i64);
        }
        Ok::<(), PyErr>(())
    })?;
    let shape = [tokens.len() / dim, dim];
    Ok((PyArray1::from_vec(py, tokens).reshape(shape)?, PyArray1::from_vec(py, ends)))
}
