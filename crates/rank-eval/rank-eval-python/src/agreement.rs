//! Agreement between rankings.

use pyo3::prelude::*;
use rank_eval::Tau;
use rank_pyo3::Id;

use crate::errors::{PACKAGE, to_python};
use crate::lists::depth;
use crate::samples::samples;

#[doc = rank_pyo3::stub!("RankBiasedOverlap")]
#[pyclass(frozen, get_all, module = "rank_eval")]
pub(crate) struct RankBiasedOverlap {
    #[doc = rank_pyo3::stub!("RankBiasedOverlap.extrapolated")]
    extrapolated: f64,
    #[doc = rank_pyo3::stub!("RankBiasedOverlap.min")]
    min: f64,
    #[doc = rank_pyo3::stub!("RankBiasedOverlap.residual")]
    residual: f64,
}

#[pymethods]
impl RankBiasedOverlap {
    fn __repr__(&self) -> String {
        let Self { extrapolated, min, residual } = self;
        format!("RankBiasedOverlap(extrapolated={extrapolated:?}, min={min:?}, residual={residual:?})")
    }
}

fn lists(a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<(Vec<Id>, Vec<Id>)> {
    Ok((rank_pyo3::ids(PACKAGE, a, "a")?, rank_pyo3::ids(PACKAGE, b, "b")?))
}

#[doc = rank_pyo3::stub!("rank_biased_overlap")]
#[pyfunction]
#[pyo3(signature = (a, b, p = 0.9))]
pub(crate) fn rank_biased_overlap(
    py: Python<'_>,
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    p: f64,
) -> PyResult<RankBiasedOverlap> {
    let (a, b) = lists(a, b)?;
    let rank_eval::RankBiasedOverlap { extrapolated, min, residual, .. } =
        py.detach(|| rank_eval::rank_biased_overlap(&a, &b, p)).map_err(to_python)?;
    Ok(RankBiasedOverlap { extrapolated, min, residual })
}

#[doc = rank_pyo3::stub!("overlap")]
#[pyfunction]
#[pyo3(signature = (a, b, k = 10))]
pub(crate) fn overlap(py: Python<'_>, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>, k: i64) -> PyResult<f64> {
    let ((a, b), k) = (lists(a, b)?, depth(k)?);
    py.detach(|| rank_eval::overlap(&a, &b, k)).map_err(to_python)
}

#[doc = rank_pyo3::stub!("kendall_tau_of_lists")]
#[pyfunction]
pub(crate) fn kendall_tau_of_lists(py: Python<'_>, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<f64> {
    let (a, b) = lists(a, b)?;
    py.detach(|| rank_eval::kendall_tau_of_lists(&a, &b)).map_err(to_python)
}

#[doc = rank_pyo3::stub!("kendall_tau")]
#[pyfunction]
#[pyo3(signature = (a, b, variant = "b"))]
pub(crate) fn kendall_tau(py: Python<'_>, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>, variant: &str) -> PyResult<f64> {
    let variant = match variant {
        "a" => Tau::A,
        "b" => Tau::B,
        other => {
            return Err(PACKAGE.invalid(format_args!(
                "variant: expected \"a\" or \"b\", got {other:?}; \"b\" leaves ties out of its divisor"
            )));
        }
    };
    let (a, b) = samples(a, b)?;
    py.detach(|| rank_eval::kendall_tau(&a, &b, variant)).map_err(to_python)
}

#[doc = rank_pyo3::stub!("spearman_rho")]
#[pyfunction]
pub(crate) fn spearman_rho(py: Python<'_>, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<f64> {
    let (a, b) = samples(a, b)?;
    py.detach(|| rank_eval::spearman_rho(&a, &b)).map_err(to_python)
}

#[doc = rank_pyo3::stub!("tau_ap")]
#[pyfunction]
pub(crate) fn tau_ap(py: Python<'_>, reference: &Bound<'_, PyAny>, estimated: &Bound<'_, PyAny>) -> PyResult<f64> {
    let (reference, estimated) = samples(reference, estimated)?;
    py.detach(|| rank_eval::tau_ap(&reference, &estimated)).map_err(to_python)
}
