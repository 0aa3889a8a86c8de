//! Abstention by confidence.

use pyo3::prelude::*;
use rank_eval::Confidence;

use crate::errors::{PACKAGE, to_python};
use crate::samples::{named, sequence};

#[doc = rank_pyo3::stub!("confidence")]
#[pyfunction]
#[pyo3(signature = (scores, kind = "max"))]
pub(crate) fn confidence(py: Python<'_>, scores: &Bound<'_, PyAny>, kind: &str) -> PyResult<f64> {
    let kind = match kind {
        "max" => Confidence::Max,
        "deviation" => Confidence::Deviation,
        "lead" => Confidence::Lead,
        other => {
            return Err(PACKAGE.invalid(format_args!(
                "kind: expected \"max\", \"deviation\" or \"lead\", got {other:?}; \"max\" is the highest score"
            )));
        }
    };
    let scores = sequence(scores, "scores")?;
    py.detach(|| rank_eval::confidence(&scores, kind)).map_err(to_python)
}

#[doc = rank_pyo3::stub!("abstention_nauc")]
#[pyfunction]
#[pyo3(signature = (confidences, values, rates = None))]
pub(crate) fn abstention_nauc(
    py: Python<'_>,
    confidences: &Bound<'_, PyAny>,
    values: &Bound<'_, PyAny>,
    rates: Option<&Bound<'_, PyAny>>,
) -> PyResult<f64> {
    let (confidences, values) = named(confidences, "confidences", values, "values")?;
    let usual = || Ok(rank_eval::ABSTENTION_RATES.to_vec());
    let rates = rates.map_or_else(usual, |rates| sequence(rates, "rates"))?;
    py.detach(|| rank_eval::abstention_nauc(&confidences, &values, &rates)).map_err(to_python)
}
