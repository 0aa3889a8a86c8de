//! Why a document has its score for a vector.

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;

#[doc = rank_pyo3::stub!("SparseExplanation")]
#[pyclass(module = "rank_retrieve", frozen, get_all)]
pub(crate) struct SparseExplanation {
    /// The score that a search gives.
    score: f32,
    /// A `DimensionShare` for each dimension.
    dimensions: Vec<Py<DimensionShare>>,
}

#[doc = rank_pyo3::stub!("DimensionShare")]
#[pyclass(module = "rank_retrieve", frozen, get_all)]
pub(crate) struct DimensionShare {
    /// The number or the name.
    dimension: Py<PyAny>,
    /// Its weight in the query.
    weight: f32,
    /// Its weight in the document.
    value: f32,
    /// How many documents have it.
    documents: usize,
    /// What it adds to the score.
    contribution: f64,
}

impl SparseExplanation {
    pub(crate) fn new<'py, D: IntoPyObject<'py>>(
        py: Python<'py>,
        why: rank_retrieve::SparseExplanation<D>,
    ) -> PyResult<Self> {
        let share = |share: rank_retrieve::DimensionShare<D>| {
            let rank_retrieve::DimensionShare { dimension, weight, value, documents, contribution, .. } = share;
            let dimension = dimension.into_py_any(py)?;
            Py::new(py, DimensionShare { dimension, weight, value, documents, contribution })
        };
        let dimensions = why.dimensions.into_iter().map(share).collect::<PyResult<_>>()?;
        Ok(Self { score: why.score, dimensions })
    }
}

#[pymethods]
impl SparseExplanation {
    fn __repr__(&self) -> String {
        format!("SparseExplanation(score={}, {} dimensions)", self.score, self.dimensions.len())
    }
}

#[pymethods]
impl DimensionShare {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let Self { dimension, weight, value, documents, contribution } = self;
        let dimension = dimension.bind(py).repr()?;
        Ok(format!(
            "DimensionShare({dimension}, weight={weight}, value={value}, documents={documents}, contribution={contribution})"
        ))
    }
}
