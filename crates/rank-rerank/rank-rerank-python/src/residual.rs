//! The residual codec on NumPy arrays.

use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use rank_pyo3::{ProgressBar, in_chunks, watched};
use rank_rerank::residual::{self, CodecConfig, EncodedTokens};
use rank_rerank::simd::Components;
use rank_rerank::{Argument, Error};

use crate::errors::{PACKAGE, to_python};
use crate::input::in_numpy;
use crate::number;
use crate::tokens::{floats, matrix, no_floats, view};

#[doc = rank_pyo3::stub!("ResidualCodec")]
#[pyclass(frozen, module = "rank_rerank")]
pub(crate) struct ResidualCodec(pub(crate) residual::ResidualCodec);

/// Work that was stopped: what a signal raised comes before this.
pub(crate) fn stopped() -> PyErr {
    PyKeyboardInterrupt::new_err(())
}

type Encoded<'py> = (Bound<'py, PyArray1<u32>>, Bound<'py, PyArray2<u8>>, Bound<'py, PyArray1<f32>>);

/// Tokens between two looks at the signals, for each thread.
const CHUNK: usize = 1 << 14;

fn encoded(
    centroids: &Bound<'_, PyAny>,
    codes: &Bound<'_, PyAny>,
    scales: &Bound<'_, PyAny>,
) -> PyResult<EncodedTokens> {
    let centroids = rank_pyo3::vector::<u32>(PACKAGE, &in_numpy(centroids, "centroids")?, "centroids", "(tokens,)")?;
    let codes = rank_pyo3::matrix::<u8>(PACKAGE, &in_numpy(codes, "codes")?, "codes", "(tokens, bytes)")?;
    let scales = rank_pyo3::vector::<f32>(PACKAGE, &in_numpy(scales, "scales")?, "scales", "(tokens,)")?;
    Ok(EncodedTokens {
        centroids: centroids.as_slice()?.to_vec(),
        codes: codes.as_slice()?.to_vec(),
        scales: scales.as_slice()?.to_vec(),
    })
}

#[pymethods]
impl ResidualCodec {
    #[doc = rank_pyo3::stub!("ResidualCodec.train")]
    #[staticmethod]
    #[pyo3(signature = (tokens, *, bits = 4, centroids = None, expected_tokens = None, iterations = 8,
                        tokens_per_centroid = 64, seed = 42, threads = 1, progress = false))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python function")]
    fn train(
        py: Python<'_>,
        tokens: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = number::bits)] bits: usize,
        #[pyo3(from_py_with = number::centroids)] centroids: Option<usize>,
        #[pyo3(from_py_with = number::expected_tokens)] expected_tokens: Option<usize>,
        #[pyo3(from_py_with = number::iterations)] iterations: usize,
        #[pyo3(from_py_with = number::tokens_per_centroid)] tokens_per_centroid: usize,
        #[pyo3(from_py_with = number::seed)] seed: u64,
        #[pyo3(from_py_with = number::threads)] threads: usize,
        progress: bool,
    ) -> PyResult<Self> {
        let config = CodecConfig { bits, centroids, expected_tokens, iterations, tokens_per_centroid, seed, threads };
        let tokens = matrix(tokens, "tokens")?;
        let tokens = view(&tokens)?;
        let (values, dim) = (tokens.values(), tokens.dim());
        let steps = config.training_steps(values.len() / dim).map_err(to_python)?;
        let bar = ProgressBar::new(PACKAGE, py, steps, progress)?;
        let codec = watched(py, &bar, |watch| {
            residual::ResidualCodec::train(values, dim, config, |done| watch.advance(done)).map_err(to_python)
        })?;
        codec.map(Self).ok_or_else(stopped)
    }

    #[doc = rank_pyo3::stub!("ResidualCodec.dim")]
    #[getter]
    fn dim(&self) -> usize {
        self.0.dim()
    }

    #[doc = rank_pyo3::stub!("ResidualCodec.bits")]
    #[getter]
    fn bits(&self) -> usize {
        self.0.bits()
    }

    #[doc = rank_pyo3::stub!("ResidualCodec.centroids")]
    #[getter]
    fn centroids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let centroids = self.0.centroids();
        PyArray1::from_slice(py, centroids).reshape([centroids.len() / self.0.dim(), self.0.dim()])
    }

    #[doc = rank_pyo3::stub!("ResidualCodec.bucket_weights")]
    #[getter]
    fn bucket_weights<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        PyArray1::from_vec(py, self.0.bucket_weights())
    }

    #[doc = rank_pyo3::stub!("ResidualCodec.bucket_cutoffs")]
    #[getter]
    fn bucket_cutoffs<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        PyArray1::from_slice(py, self.0.bucket_cutoffs())
    }

    #[doc = rank_pyo3::stub!("ResidualCodec.encode")]
    #[pyo3(signature = (tokens, *, threads = 1))]
    fn encode<'py>(
        &self,
        py: Python<'py>,
        tokens: &Bound<'py, PyAny>,
        #[pyo3(from_py_with = number::threads)] threads: usize,
    ) -> PyResult<Encoded<'py>> {
        let tokens = floats(tokens, "tokens", "(tokens, dim)")?;
        let (count, got) = (tokens.shape()[0], tokens.shape()[1]);
        if got != self.0.dim() {
            let (argument, expected) = (Argument::Tokens, self.0.dim());
            return Err(to_python(Error::DimMismatch { argument, expected, got }));
        }
        let Components::F32(values) = tokens.components(None)? else { return Err(no_floats()) };
        let mut encoded = EncodedTokens::default();
        in_chunks(py, count, CHUNK * threads.clamp(1, 256), &ProgressBar::hidden(), |range| {
            let part =
                self.0.encode(&values[range.start * got..range.end * got], threads).map_err(|error| match error {
                    Error::NonFinite { argument, token, value } => {
                        to_python(Error::NonFinite { argument, token: range.start + token, value })
                    }
                    other => to_python(other),
                })?;
            encoded.centroids.extend(part.centroids);
            encoded.codes.extend(part.codes);
            encoded.scales.extend(part.scales);
            Ok::<(), PyErr>(())
        })?;
        Ok((
            PyArray1::from_vec(py, encoded.centroids),
            PyArray1::from_vec(py, encoded.codes).reshape([count, self.0.bytes()])?,
            PyArray1::from_vec(py, encoded.scales),
        ))
    }

    #[doc = rank_pyo3::stub!("ResidualCodec.decode")]
    fn decode<'py>(
        &self,
        py: Python<'py>,
        centroids: &Bound<'py, PyAny>,
        codes: &Bound<'py, PyAny>,
        scales: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let encoded = encoded(centroids, codes, scales)?;
        let decoded = py.detach(|| self.0.decode(&encoded)).map_err(to_python)?;
        PyArray1::from_vec(py, decoded).reshape([encoded.centroids.len(), self.0.dim()])
    }

    #[doc = rank_pyo3::stub!("ResidualCodec.maxsim")]
    fn maxsim<'py>(
        &self,
        py: Python<'py>,
        query_tokens: &Bound<'py, PyAny>,
        centroids: &Bound<'py, PyAny>,
        codes: &Bound<'py, PyAny>,
        scales: &Bound<'py, PyAny>,
        offsets: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let query = matrix(query_tokens, "query_tokens")?;
        let query = view(&query)?;
        let encoded = encoded(centroids, codes, scales)?;
        let offsets = rank_pyo3::token_offsets(PACKAGE, &in_numpy(offsets, "offsets")?, encoded.centroids.len())?;
        let scores = py.detach(|| self.0.maxsim(&query, &encoded, &offsets)).map_err(to_python)?;
        Ok(PyArray1::from_vec(py, scores))
    }

    fn __repr__(&self) -> String {
        let (dim, bits) = (self.0.dim(), self.0.bits());
        format!("ResidualCodec(dim={dim}, bits={bits}, centroids={})", self.0.centroids().len() / dim)
    }
}
