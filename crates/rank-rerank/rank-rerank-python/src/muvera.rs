//! Fixed-dimensional encodings of NumPy arrays.

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;
use rank_pyo3::{ProgressBar, watched};
use rank_rerank::muvera::{self, FdeConfig};

use crate::documents::Held;
use crate::errors::{PACKAGE, to_python};
use crate::input::in_numpy;
use crate::number;
use crate::tokens::{matrix, view};

#[doc = rank_pyo3::stub!("FixedDimensionalEncoder")]
#[pyclass(frozen, module = "rank_rerank")]
pub(crate) struct FixedDimensionalEncoder(muvera::FixedDimensionalEncoder);

/// `(repetitions, dim, vectors)` as vectors, one after the other.
fn vectors(array: &PyReadonlyArrayDyn<'_, f32>) -> PyResult<Vec<f32>> {
    let (dim, count) = (array.shape()[1], array.shape()[2]);
    let values = array.as_slice()?;
    let mut vectors = Vec::with_capacity(values.len());
    for repetition in values.chunks_exact((dim * count).max(1)) {
        for vector in 0..count {
            vectors.extend((0..dim).map(|component| repetition[component * count + vector]));
        }
    }
    Ok(vectors)
}

#[pymethods]
impl FixedDimensionalEncoder {
    #[new]
    #[pyo3(signature = (dim, *, simhash_bits = 5, projection_dim = Some(16), repetitions = 20, final_dim = None,
                        fill_empty = true, seed = 42),
           text_signature = "(dim, *, simhash_bits=5, projection_dim=16, repetitions=20, final_dim=None, \
                             fill_empty=True, seed=42)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python class")]
    fn new(
        py: Python<'_>,
        #[pyo3(from_py_with = number::dim)] dim: usize,
        #[pyo3(from_py_with = number::simhash_bits)] simhash_bits: usize,
        #[pyo3(from_py_with = number::projection_dim)] projection_dim: Option<usize>,
        #[pyo3(from_py_with = number::repetitions)] repetitions: usize,
        #[pyo3(from_py_with = number::final_dim)] final_dim: Option<usize>,
        fill_empty: bool,
        #[pyo3(from_py_with = number::seed)] seed: u64,
    ) -> PyResult<Self> {
        let config = FdeConfig { simhash_bits, projection_dim, repetitions, final_dim, fill_empty, seed };
        py.detach(|| muvera::FixedDimensionalEncoder::new(dim, config)).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("FixedDimensionalEncoder.from_arrays")]
    #[staticmethod]
    #[pyo3(signature = (hyperplanes, projections = None, *, final_dim = None, fill_empty = true, seed = 42))]
    fn from_arrays(
        hyperplanes: &Bound<'_, PyAny>,
        projections: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = number::final_dim)] final_dim: Option<usize>,
        fill_empty: bool,
        #[pyo3(from_py_with = number::seed)] seed: u64,
    ) -> PyResult<Self> {
        let hyperplanes = rank_pyo3::array::<f32>(
            PACKAGE,
            &in_numpy(hyperplanes, "hyperplanes")?,
            "hyperplanes",
            3,
            "(repetitions, dim, simhash_bits)",
        )?;
        let (repetitions, dim, simhash_bits) = (hyperplanes.shape()[0], hyperplanes.shape()[1], hyperplanes.shape()[2]);
        let projections = projections
            .map(|value| {
                rank_pyo3::array::<f32>(
                    PACKAGE,
                    &in_numpy(value, "projections")?,
                    "projections",
                    3,
                    "(repetitions, dim, projection_dim)",
                )
            })
            .transpose()?;
        if let Some(projections) = &projections
            && projections.shape()[..2] != [repetitions, dim]
        {
            return Err(PACKAGE.shape(format_args!(
                "projections: expected shape ({repetitions}, {dim}, projection_dim), as that of hyperplanes, got {:?}; \
                 pass a matrix for each repetition",
                projections.shape()
            )));
        }
        let projection_dim = projections.as_ref().map(|projections| projections.shape()[2]);
        let config = FdeConfig { simhash_bits, projection_dim, repetitions, final_dim, fill_empty, seed };
        let projections = projections.as_ref().map(vectors).transpose()?;
        // As many as the dimension are none.
        let projections = projections.as_deref().filter(|_| projection_dim.is_some_and(|width| width < dim));
        muvera::FixedDimensionalEncoder::from_vectors(dim, config, &vectors(&hyperplanes)?, projections)
            .map(Self)
            .map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("FixedDimensionalEncoder.dim")]
    #[getter]
    fn dim(&self) -> usize {
        self.0.dim()
    }

    #[doc = rank_pyo3::stub!("FixedDimensionalEncoder.encoded_dim")]
    #[getter]
    fn encoded_dim(&self) -> usize {
        self.0.encoded_dim()
    }

    #[doc = rank_pyo3::stub!("FixedDimensionalEncoder.encode_query")]
    fn encode_query<'py>(
        &self,
        py: Python<'py>,
        query_tokens: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let tokens = matrix(query_tokens, "query_tokens")?;
        let tokens = view(&tokens)?;
        Ok(PyArray1::from_vec(py, py.detach(|| self.0.encode_query(&tokens)).map_err(to_python)?))
    }

    #[doc = rank_pyo3::stub!("FixedDimensionalEncoder.encode_document")]
    fn encode_document<'py>(
        &self,
        py: Python<'py>,
        doc_tokens: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let tokens = matrix(doc_tokens, "doc_tokens")?;
        let tokens = view(&tokens)?;
        Ok(PyArray1::from_vec(py, py.detach(|| self.0.encode_document(&tokens)).map_err(to_python)?))
    }

    #[doc = rank_pyo3::stub!("FixedDimensionalEncoder.encode_queries")]
    #[pyo3(signature = (values, offsets = None, *, scales = None, mask = None, threads = 1, progress = false))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python method")]
    fn encode_queries<'py>(
        &self,
        py: Python<'py>,
        values: &Bound<'py, PyAny>,
        offsets: Option<&Bound<'py, PyAny>>,
        scales: Option<&Bound<'py, PyAny>>,
        mask: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = number::threads)] threads: usize,
        progress: bool,
    ) -> PyResult<Bound<'py, PyArray2<f32>>> {
        self.encode(py, &Held::new(values, offsets, scales, mask)?, threads, progress, false)
    }

    #[doc = rank_pyo3::stub!("FixedDimensionalEncoder.encode_documents")]
    #[pyo3(signature = (values, offsets = None, *, scales = None, mask = None, threads = 1, progress = false))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python method")]
    fn encode_documents<'py>(
        &self,
        py: Python<'py>,
        values: &Bound<'py, PyAny>,
        offsets: Option<&Bound<'py, PyAny>>,
        scales: Option<&Bound<'py, PyAny>>,
        mask: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = number::threads)] threads: usize,
        progress: bool,
    ) -> PyResult<Bound<'py, PyArray2<f32>>> {
        self.encode(py, &Held::new(values, offsets, scales, mask)?, threads, progress, true)
    }

    #[doc = rank_pyo3::stub!("FixedDimensionalEncoder.score")]
    fn score(&self, query_encoding: &Bound<'_, PyAny>, doc_encoding: &Bound<'_, PyAny>) -> PyResult<f32> {
        let query = rank_pyo3::vector::<f32>(
            PACKAGE,
            &in_numpy(query_encoding, "query_encoding")?,
            "query_encoding",
            "(encoded_dim,)",
        )?;
        let document = rank_pyo3::vector::<f32>(
            PACKAGE,
            &in_numpy(doc_encoding, "doc_encoding")?,
            "doc_encoding",
            "(encoded_dim,)",
        )?;
        self.0.score(query.as_slice()?, document.as_slice()?).map_err(to_python)
    }
}

impl FixedDimensionalEncoder {
    fn encode<'py>(
        &self,
        py: Python<'py>,
        held: &Held<'_>,
        threads: usize,
        progress: bool,
        documents: bool,
    ) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let batch = held.batch(self.0.dim())?;
        let shape = [batch.documents(), self.0.encoded_dim()];
        let bar = ProgressBar::new(PACKAGE, py, shape[0], progress)?;
        let encodings = watched(py, &bar, |watch| {
            let report = |done| watch.advance(done);
            let made = if documents {
                self.0.encode_documents(&batch, threads, report)
            } else {
                self.0.encode_queries(&batch, threads, report)
            };
            made.map_err(to_python)
        })?;
        PyArray1::from_vec(py, encodings).reshape(shape)
    }
}
