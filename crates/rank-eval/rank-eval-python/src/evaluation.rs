//! Whole runs against whole qrels.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use rank_eval::{Measure, MissingQueries, Options};

use crate::errors::{PACKAGE, to_python};
use crate::tables::{qrels_argument, run_argument};

#[doc = rank_pyo3::stub!("Evaluation")]
#[pyclass(frozen, module = "rank_eval")]
pub(crate) struct Evaluation {
    inner: rank_eval::Evaluation,
    /// The measures as the caller wrote them.
    names: Vec<(String, Measure)>,
}

#[pymethods]
impl Evaluation {
    #[doc = rank_pyo3::stub!("Evaluation.means")]
    #[getter]
    fn means<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let means = PyDict::new(py);
        for (name, measure) in &self.names {
            means.set_item(name, self.inner.mean(measure))?;
        }
        Ok(means)
    }

    #[doc = rank_pyo3::stub!("Evaluation.per_query")]
    #[getter]
    fn per_query<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let per_query = PyDict::new(py);
        for (name, measure) in &self.names {
            let values = PyDict::new(py);
            for (query, value) in self.inner.queries().iter().zip(self.inner.values(measure).unwrap_or_default()) {
                values.set_item(query, value)?;
            }
            per_query.set_item(name, values)?;
        }
        Ok(per_query)
    }

    #[doc = rank_pyo3::stub!("Evaluation.queries")]
    #[getter]
    fn queries(&self) -> Vec<String> {
        self.inner.queries().to_vec()
    }

    #[doc = rank_pyo3::stub!("Evaluation.missing")]
    #[getter]
    fn missing(&self) -> Vec<String> {
        self.inner.missing().to_vec()
    }

    #[doc = rank_pyo3::stub!("Evaluation.unjudged")]
    #[getter]
    fn unjudged(&self) -> Vec<String> {
        self.inner.unjudged().to_vec()
    }

    fn __repr__(&self) -> String {
        let means = self
            .names
            .iter()
            .map(|(name, measure)| format!("{name}={:.4}", self.inner.mean(measure).unwrap_or(f64::NAN)));
        format!(
            "Evaluation({}; {} queries, {} missing, {} unjudged)",
            means.collect::<Vec<_>>().join(", "),
            self.inner.queries().len(),
            self.inner.missing().len(),
            self.inner.unjudged().len()
        )
    }
}

#[doc = rank_pyo3::stub!("evaluate")]
#[pyfunction]
#[pyo3(signature = (qrels, run, measures, missing = "zero"))]
pub(crate) fn evaluate(
    py: Python<'_>,
    qrels: &Bound<'_, PyAny>,
    run: &Bound<'_, PyAny>,
    measures: &Bound<'_, PyAny>,
    missing: &str,
) -> PyResult<Evaluation> {
    let policy = match missing {
        "zero" => MissingQueries::Zero,
        "skip" => MissingQueries::Skip,
        other => {
            return Err(PACKAGE.invalid(format_args!(
                "missing: expected \"zero\" or \"skip\", got {other:?}; \"zero\" counts judged queries that the run lacks as 0"
            )));
        }
    };
    let names = rank_pyo3::strings(PACKAGE, measures, "measures")?
        .into_iter()
        .map(|name| name.parse::<Measure>().map(|measure| (name, measure)))
        .collect::<Result<Vec<_>, _>>()
        .map_err(to_python)?;
    let measures: Vec<Measure> = names.iter().map(|(_, measure)| measure.clone()).collect();
    let (qrels, run) = (qrels_argument(qrels)?, run_argument(run)?);
    let (qrels, run) = (&qrels.get().0, &run.get().0);
    let options = Options::default().missing_queries(policy);
    let inner = py.detach(|| rank_eval::evaluate_with(qrels, run, &measures, options)).map_err(to_python)?;
    Ok(Evaluation { inner, names })
}
