//! The methods by their names: each is [`Fusion`] with what its name says.

use pyo3::prelude::*;
use pyo3::types::PyList;
use rank_fusion::{Fusion, Method, Normalization, Numbering, Scratch};

use crate::argument;
use crate::errors::{PACKAGE, to_python};

/// Fuses one query.
pub(crate) fn fuse<'py>(py: Python<'py>, lists: &Bound<'py, PyAny>, fusion: &Fusion) -> PyResult<Bound<'py, PyList>> {
    let lists = rank_pyo3::ranked_lists(PACKAGE, lists, "lists")?;
    let fused = py.detach(|| fusion.fuse(&lists)).map_err(to_python)?;
    PACKAGE.ranked(py, &fused)
}

/// What the functions of single methods are told beside their parameters.
fn with(mut fusion: Fusion, norm: Option<&str>, weights: Option<Vec<f64>>, top_k: Option<usize>) -> PyResult<Fusion> {
    if let Some(norm) = norm {
        fusion = fusion.normalization(norm.parse::<Normalization>().map_err(to_python)?);
    }
    if let Some(weights) = weights {
        fusion = fusion.weights(weights);
    }
    if let Some(limit) = top_k {
        fusion = fusion.limit(limit);
    }
    Ok(fusion)
}

/// A function of a method by rank or by pairs, without parameters.
macro_rules! by_rank {
    ($($name:ident => $method:ident),+ $(,)?) => {$(
        #[doc = rank_pyo3::stub!(stringify!($name))]
        #[pyfunction]
        #[pyo3(signature = (lists, *, weights = None, top_k = None))]
        pub(crate) fn $name<'py>(
            py: Python<'py>,
            lists: &Bound<'py, PyAny>,
            #[pyo3(from_py_with = argument::weights)] weights: Option<Vec<f64>>,
            #[pyo3(from_py_with = argument::top_k)] top_k: Option<usize>,
        ) -> PyResult<Bound<'py, PyList>> {
            fuse(py, lists, &with(Fusion::new(Method::$method), None, weights, top_k)?)
        }
    )+};
}

/// A function of a method by score, without parameters but the normalization.
macro_rules! by_score {
    ($($name:ident => $method:ident),+ $(,)?) => {$(
        #[doc = rank_pyo3::stub!(stringify!($name))]
        #[pyfunction]
        #[pyo3(signature = (lists, norm = "min_max", *, weights = None, top_k = None))]
        pub(crate) fn $name<'py>(
            py: Python<'py>,
            lists: &Bound<'py, PyAny>,
            #[pyo3(from_py_with = argument::norm_of_all)] norm: &str,
            #[pyo3(from_py_with = argument::weights)] weights: Option<Vec<f64>>,
            #[pyo3(from_py_with = argument::top_k)] top_k: Option<usize>,
        ) -> PyResult<Bound<'py, PyList>> {
            fuse(py, lists, &with(Fusion::new(Method::$method), Some(norm), weights, top_k)?)
        }
    )+};
}

by_rank! {
    isr => InverseSquareRank, log_isr => LogIsr, borda => Borda, borda_of_list => BordaOfList, median_rank => MedianRank, condorcet => Condorcet,
    copeland => Copeland, kemeny => Kemeny,
}

by_score! {
    combsum => CombSum, combmnz => CombMnz, combanz => CombAnz, combmax => CombMax, combmin => CombMin,
    combmed => CombMed, weighted_mnz => WeightedMnz, mixed => Mixed, geometric_mean => GeometricMean,
    harmonic_mean => HarmonicMean, nearest_to_best => NearestToBest,
}

#[doc = rank_pyo3::stub!("reciprocal_rank_fusion")]
#[pyfunction]
#[pyo3(signature = (lists, k = 60.0, *, weights = None, top_k = None))]
pub(crate) fn reciprocal_rank_fusion<'py>(
    py: Python<'py>,
    lists: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = argument::k)] k: f64,
    #[pyo3(from_py_with = argument::weights)] weights: Option<Vec<f64>>,
    #[pyo3(from_py_with = argument::top_k)] top_k: Option<usize>,
) -> PyResult<Bound<'py, PyList>> {
    fuse(py, lists, &with(Fusion::new(Method::ReciprocalRank { k }), None, weights, top_k)?)
}

#[doc = rank_pyo3::stub!("inverse_root_rank")]
#[pyfunction]
#[pyo3(signature = (lists, k = 0.0, *, weights = None, top_k = None))]
pub(crate) fn inverse_root_rank<'py>(
    py: Python<'py>,
    lists: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = argument::k)] k: f64,
    #[pyo3(from_py_with = argument::weights)] weights: Option<Vec<f64>>,
    #[pyo3(from_py_with = argument::top_k)] top_k: Option<usize>,
) -> PyResult<Bound<'py, PyList>> {
    fuse(py, lists, &with(Fusion::new(Method::InverseRootRank { k }), None, weights, top_k)?)
}

#[doc = rank_pyo3::stub!("logn_isr")]
#[pyfunction]
#[pyo3(signature = (lists, sigma = 0.01, *, weights = None, top_k = None))]
pub(crate) fn logn_isr<'py>(
    py: Python<'py>,
    lists: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = argument::sigma)] sigma: f64,
    #[pyo3(from_py_with = argument::weights)] weights: Option<Vec<f64>>,
    #[pyo3(from_py_with = argument::top_k)] top_k: Option<usize>,
) -> PyResult<Bound<'py, PyList>> {
    fuse(py, lists, &with(Fusion::new(Method::LogNIsr { sigma }), None, weights, top_k)?)
}

#[doc = rank_pyo3::stub!("rbc")]
#[pyfunction]
#[pyo3(signature = (lists, phi = 0.8, *, weights = None, top_k = None))]
pub(crate) fn rbc<'py>(
    py: Python<'py>,
    lists: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = argument::phi)] phi: f64,
    #[pyo3(from_py_with = argument::weights)] weights: Option<Vec<f64>>,
    #[pyo3(from_py_with = argument::top_k)] top_k: Option<usize>,
) -> PyResult<Bound<'py, PyList>> {
    fuse(py, lists, &with(Fusion::new(Method::RankBiasedCentroid { phi }), None, weights, top_k)?)
}

#[doc = rank_pyo3::stub!("combgmnz")]
#[pyfunction]
#[pyo3(signature = (lists, gamma = 1.0, norm = "min_max", *, weights = None, top_k = None))]
pub(crate) fn combgmnz<'py>(
    py: Python<'py>,
    lists: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = argument::gamma)] gamma: f64,
    #[pyo3(from_py_with = argument::norm_of_all)] norm: &str,
    #[pyo3(from_py_with = argument::weights)] weights: Option<Vec<f64>>,
    #[pyo3(from_py_with = argument::top_k)] top_k: Option<usize>,
) -> PyResult<Bound<'py, PyList>> {
    fuse(py, lists, &with(Fusion::new(Method::CombGmnz { gamma }), Some(norm), weights, top_k)?)
}

#[doc = rank_pyo3::stub!("dbsf")]
#[pyfunction]
#[pyo3(signature = (lists, *, weights = None, top_k = None))]
pub(crate) fn dbsf<'py>(
    py: Python<'py>,
    lists: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = argument::weights)] weights: Option<Vec<f64>>,
    #[pyo3(from_py_with = argument::top_k)] top_k: Option<usize>,
) -> PyResult<Bound<'py, PyList>> {
    fuse(py, lists, &with(Fusion::named("dbsf").map_err(to_python)?, None, weights, top_k)?)
}

#[doc = rank_pyo3::stub!("standardized")]
#[pyfunction]
#[pyo3(
    signature = (lists, low = -3.0, high = 3.0, *, weights = None, top_k = None),
    text_signature = "(lists, low=-3.0, high=3.0, *, weights=None, top_k=None)"
)]
pub(crate) fn standardized<'py>(
    py: Python<'py>,
    lists: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = argument::low)] low: f64,
    #[pyo3(from_py_with = argument::high)] high: f64,
    #[pyo3(from_py_with = argument::weights)] weights: Option<Vec<f64>>,
    #[pyo3(from_py_with = argument::top_k)] top_k: Option<usize>,
) -> PyResult<Bound<'py, PyList>> {
    fuse(py, lists, &with(standardized_by(low, high)?, None, weights, top_k)?)
}

/// Which of the two is the lower is checked where the name is read.
fn standardized_by(low: f64, high: f64) -> PyResult<Fusion> {
    for (name, value) in [("low", low), ("high", high)] {
        if !value.is_finite() {
            return Err(
                PACKAGE.invalid(format_args!("{name}: expected a finite number, got {value}; -3 and 3 are usual"))
            );
        }
    }
    Fusion::named(&format!("standardized({low}, {high})")).map_err(to_python)
}

#[doc = rank_pyo3::stub!("relative_score")]
#[pyfunction]
#[pyo3(signature = (lists, alpha = 0.75, *, top_k = None))]
pub(crate) fn relative_score<'py>(
    py: Python<'py>,
    lists: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = argument::alpha)] alpha: f64,
    #[pyo3(from_py_with = argument::top_k)] top_k: Option<usize>,
) -> PyResult<Bound<'py, PyList>> {
    let fusion = Fusion::named(&format!("relative_score({alpha})")).map_err(to_python)?;
    fuse(py, lists, &with(fusion, None, None, top_k)?)
}

#[doc = rank_pyo3::stub!("weighted_sum")]
#[pyfunction]
#[pyo3(signature = (lists, weights, norm = "min_max", *, top_k = None))]
pub(crate) fn weighted_sum<'py>(
    py: Python<'py>,
    lists: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = argument::weights_of_all)] weights: Vec<f64>,
    #[pyo3(from_py_with = argument::norm_of_all)] norm: &str,
    #[pyo3(from_py_with = argument::top_k)] top_k: Option<usize>,
) -> PyResult<Bound<'py, PyList>> {
    fuse(py, lists, &with(Fusion::new(Method::CombSum), Some(norm), Some(weights), top_k)?)
}

#[doc = rank_pyo3::stub!("additive_multi_task")]
#[pyfunction]
#[pyo3(signature = (lists, weights, norm = "min_max", *, top_k = None))]
pub(crate) fn additive_multi_task<'py>(
    py: Python<'py>,
    lists: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = argument::weights_of_all)] weights: Vec<f64>,
    #[pyo3(from_py_with = argument::norm_of_all)] norm: &str,
    #[pyo3(from_py_with = argument::top_k)] top_k: Option<usize>,
) -> PyResult<Bound<'py, PyList>> {
    weighted_sum(py, lists, weights, norm, top_k)
}

/// The normalized scores of one list, in its order.
pub(crate) fn normalize<'py>(py: Python<'py>, ranking: &Bound<'py, PyAny>, norm: &str) -> PyResult<Bound<'py, PyList>> {
    let list = rank_pyo3::ranked_list(PACKAGE, ranking, "ranking")?;
    let fusion = Fusion::new(Method::CombSum).normalization(norm.parse::<Normalization>().map_err(to_python)?);
    let values = py.detach(|| {
        let mut numbering = Numbering::new();
        numbering.add_list(&fusion, list.iter().map(|(id, score)| (id, *score)))?;
        let mut values = Vec::new();
        fusion.values(&numbering.lists()?, &mut Scratch::new(), &mut values)?;
        Ok(values)
    });
    let values = values.map_err(to_python)?;
    let normalized: Vec<_> = list.into_iter().map(|(id, _)| id).zip(values).collect();
    PACKAGE.ranked(py, &normalized)
}
