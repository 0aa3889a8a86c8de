//! Diverse selections over embeddings or similarities, which are read in place.

use pyo3::prelude::*;
use pyo3::types::PyMapping;
use rank_pyo3::{Id, describe, ranked_list};
use rank_rerank::diversity::{self, Cosine, DppConfig, MmrConfig, Similarity, SimilarityMatrix};
use rank_rerank::simd::Components;
use rank_rerank::{Result, TokensRef};

use crate::array::Array;
use crate::errors::{PACKAGE, to_python};
use crate::number;
use crate::tokens::{floats, no_floats};

type Candidates = Vec<(Id, f64)>;
type Selected = Vec<(Id, f64)>;

/// The candidates with what tells how alike they are.
struct Input<'py> {
    candidates: Candidates,
    array: Array<'py>,
    precomputed: bool,
}

impl<'py> Input<'py> {
    fn read(candidates: &Bound<'py, PyAny>, embeddings: &Bound<'py, PyAny>, metric: &str) -> PyResult<Self> {
        let precomputed = match metric {
            "cosine" => false,
            "precomputed" => true,
            other => {
                return Err(PACKAGE.invalid(format_args!(
                    "metric: expected \"cosine\" or \"precomputed\", got {other:?}; \"precomputed\" takes the \
                     similarity of each candidate to each"
                )));
            }
        };
        if candidates.cast::<PyMapping>().is_ok() {
            return Err(PACKAGE.dtype(format_args!(
                "candidates: expected a list of (id, score) pairs in the order of the rows, got {}; \
                 pass list(candidates.items())",
                describe(candidates)
            )));
        }
        let candidates = ranked_list(PACKAGE, candidates, "candidates")?;
        let array = floats(embeddings, "embeddings", "(candidates, dim)")?;
        let (rows, columns) = (array.shape()[0], array.shape()[1]);
        let wanted = if precomputed { candidates.len() } else { columns };
        if rows != candidates.len() || columns != wanted || (columns == 0 && rows > 0) {
            let shape = if precomputed { "(candidates, candidates)" } else { "(candidates, dim)" };
            return Err(PACKAGE.shape(format_args!(
                "embeddings: expected an array of shape {shape} for {} candidates, got ({rows}, {columns}); \
                 pass a row for each candidate, in their order",
                candidates.len()
            )));
        }
        Ok(Self { candidates, array, precomputed })
    }

    /// Does `work` with the GIL released.
    fn select<T: Send>(
        &self,
        py: Python<'py>,
        work: impl FnOnce(&Candidates, &Either<'_>) -> Result<T> + Send,
    ) -> PyResult<T> {
        let Components::F32(values) = self.array.components(None)? else { return Err(no_floats()) };
        let (n, columns) = (self.candidates.len(), self.array.shape()[1]);
        let candidates = &self.candidates;
        let precomputed = self.precomputed;
        py.detach(|| {
            let similarity = if precomputed || n == 0 {
                Either::Known(SimilarityMatrix::new(values, n)?)
            } else {
                Either::Cosine(Cosine::new(TokensRef::new(values, columns)?)?)
            };
            work(candidates, &similarity)
        })
        .map_err(to_python)
    }
}

enum Either<'a> {
    Cosine(Cosine<'a>),
    Known(SimilarityMatrix<'a>),
}

impl Similarity for Either<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Cosine(cosine) => cosine.len(),
            Self::Known(known) => known.len(),
        }
    }

    fn similarity(&self, a: usize, b: usize) -> f64 {
        match self {
            Self::Cosine(cosine) => cosine.similarity(a, b),
            Self::Known(known) => known.similarity(a, b),
        }
    }

    fn guess(&self, candidate: usize, others: &[usize]) -> Option<usize> {
        match self {
            Self::Cosine(cosine) => cosine.guess(candidate, others),
            Self::Known(known) => known.guess(candidate, others),
        }
    }

    fn prefetch(&self, candidate: usize) {
        match self {
            Self::Cosine(cosine) => cosine.prefetch(candidate),
            Self::Known(known) => known.prefetch(candidate),
        }
    }

    fn similarities(&self, candidate: usize, others: &[usize], out: &mut [f64]) {
        match self {
            Self::Cosine(cosine) => cosine.similarities(candidate, others, out),
            Self::Known(known) => known.similarities(candidate, others, out),
        }
    }
}

#[doc = rank_pyo3::stub!("mmr")]
#[pyfunction]
#[pyo3(signature = (candidates, embeddings, lambda_mult = 0.5, k = 10, *, metric = "cosine"))]
pub(crate) fn mmr(
    py: Python<'_>,
    candidates: &Bound<'_, PyAny>,
    embeddings: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = number::lambda_mult)] lambda_mult: f64,
    #[pyo3(from_py_with = number::k)] k: usize,
    metric: &str,
) -> PyResult<Selected> {
    let config = MmrConfig { lambda_mult, k };
    let input = Input::read(candidates, embeddings, metric)?;
    input.select(py, |candidates, similarity| diversity::mmr(candidates, similarity, config))
}

#[doc = rank_pyo3::stub!("mmr_adaptive")]
#[pyfunction]
#[pyo3(signature = (candidates, embeddings, lambda_start = 1.0, lambda_end = 0.0, k = 10, *, metric = "cosine"))]
pub(crate) fn mmr_adaptive(
    py: Python<'_>,
    candidates: &Bound<'_, PyAny>,
    embeddings: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = number::lambda_start)] lambda_start: f64,
    #[pyo3(from_py_with = number::lambda_end)] lambda_end: f64,
    #[pyo3(from_py_with = number::k)] k: usize,
    metric: &str,
) -> PyResult<Selected> {
    let input = Input::read(candidates, embeddings, metric)?;
    input.select(py, |candidates, similarity| {
        diversity::mmr_adaptive(candidates, similarity, lambda_start, lambda_end, k)
    })
}

#[doc = rank_pyo3::stub!("mmr_curve")]
#[pyfunction]
#[pyo3(signature = (candidates, embeddings, lambdas, k = 10, *, metric = "cosine"))]
pub(crate) fn mmr_curve(
    py: Python<'_>,
    candidates: &Bound<'_, PyAny>,
    embeddings: &Bound<'_, PyAny>,
    lambdas: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = number::k)] k: usize,
    metric: &str,
) -> PyResult<Vec<(f64, f64, f64)>> {
    let lambdas: Vec<f64> = lambdas.extract().map_err(|_| {
        PACKAGE.dtype(format_args!("lambdas: expected a sequence of numbers, got {}; pass a list", describe(lambdas)))
    })?;
    let input = Input::read(candidates, embeddings, metric)?;
    let curve = input.select(py, |candidates, similarity| diversity::mmr_curve(candidates, similarity, &lambdas, k))?;
    Ok(curve.into_iter().map(|point| (point.lambda_mult, point.relevance, point.diversity)).collect())
}

#[doc = rank_pyo3::stub!("dpp")]
#[pyfunction]
#[pyo3(signature = (candidates, embeddings, alpha = 1.0, k = 10, *, metric = "cosine"))]
pub(crate) fn dpp(
    py: Python<'_>,
    candidates: &Bound<'_, PyAny>,
    embeddings: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = number::alpha)] alpha: f64,
    #[pyo3(from_py_with = number::k)] k: usize,
    metric: &str,
) -> PyResult<Selected> {
    let config = DppConfig { alpha, k };
    let input = Input::read(candidates, embeddings, metric)?;
    input.select(py, |candidates, similarity| diversity::dpp(candidates, similarity, config))
}

macro_rules! weighted {
    ($($name:ident),*) => {$(
        #[doc = rank_pyo3::stub!(stringify!($name))]
        #[pyfunction]
        #[pyo3(signature = (candidates, embeddings, lambda_mult = 0.5, k = 10, *, metric = "cosine"))]
        pub(crate) fn $name(
            py: Python<'_>,
            candidates: &Bound<'_, PyAny>,
            embeddings: &Bound<'_, PyAny>,
            #[pyo3(from_py_with = number::lambda_mult)] lambda_mult: f64,
            #[pyo3(from_py_with = number::k)] k: usize,
            metric: &str,
        ) -> PyResult<Selected> {
                    let input = Input::read(candidates, embeddings, metric)?;
            input.select(py, |candidates, similarity| diversity::$name(candidates, similarity, lambda_mult, k))
        }
    )*};
}
weighted!(max_sum, facility_location);
