//! The residual codec on NumPy arrays.

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use rank_pyo3::{ProgressBar, watched};
use rank_rerank::residual::{self, CodecConfig, EncodedTokens};

use crate::errors::{PACKAGE, to_python};
use crate::tokens::{matrix, view};

#[doc = rank_pyo3::stub!("ResidualCodec")]
#[pyclass(frozen, module = "rank_rerank")]
pub(crate) struct ResidualCodec(pub(crate) residual::ResidualCodec);

/// Work that was stopped: what a signal raised comes before this.
pub(crate) fn stopped() -> PyErr {
    PyKeyboardInterrupt::new_err(())
}

type Encoded<'py> = (Bound<'py, PyArray1<u32>>, Bound<'py, PyArray2<u8>>, Bound<'py, PyArray1<f32>>);

fn encoded(
    centroids: &Bound<'_, PyAny>,
    codes: &Bound<'_, PyAny>,
    scales: &Bound<'_, PyAny>,
) -> PyResult<EncodedTokens> {
    let centroids = rank_pyo3::vector::<u32>(PACKAGE, centroids, "centroids", "(tokens,)")?;
    let codes = rank_pyo3::matrix::<u8>(PACKAGE, codes, "codes", "(tokens, bytes)")?;
    let scales = rank_pyo3::vector::<f32>(PACKAGE, scales, "scales", "(tokens,)")?;
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
        bits: usize,
        centroids: Option<usize>,
        expected_tokens: Option<usize>,
        iterations: usize,
        tokens_per_centroid: usize,
        seed: u64,
        threads: usize,
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
    fn encode<'py>(&self, py: Python<'py>, tokens: &Bound<'py, PyAny>, threads: usize) -> PyResult<Encoded<'py>> {
        let tokens = rank_pyo3::matrix::<f32>(PACKAGE, tokens, "tokens", "(tokens, dim)")?;
        let (values, got) = (tokens.as_slice()?, tokens.shape()[1]);
        if got != self.0.dim() {
            let (argument, expected) = (rank_rerank::Argument::Tokens, self.0.dim());
            return Err(to_python(rank_rerank::Error::DimMismatch { argument, expected, got }));
        }
        let encoded = py.detach(|| self.0.encode(values, threads)).map_err(to_python)?;
        Ok((
            PyArray1::from_vec(py, encoded.centroids),
            PyArray1::from_vec(py, encoded.codes).reshape([tokens.shape()[0], self.0.bytes()])?,
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
        let offsets = rank_pyo3::token_offsets(PACKAGE, offsets, encoded.centroids.len())?;
        let scores = py.detach(|| self.0.maxsim(&query, &encoded, &offsets)).map_err(to_python)?;
        Ok(PyArray1::from_vec(py, scores))
    }
}
