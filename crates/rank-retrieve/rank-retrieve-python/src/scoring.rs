//! How documents are scored.

use pyo3::prelude::*;
use rank_retrieve::Scoring as Core;

use crate::errors::to_python;

#[doc = rank_pyo3::stub!("Scoring")]
#[pyclass(module = "rank_retrieve", frozen, eq)]
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Scoring(pub(crate) Core);

/// A getter for each parameter.
macro_rules! parameters {
    ($($name:ident: $type:ty = $stub:literal)*) => {
        #[pymethods]
        impl Scoring {
            #[new]
            #[pyo3(
                signature = (
                    formula = "lucene", *, k1 = 1.5, b = 0.75, delta = 0.5, mu = 1000.0, smoothing = 0.1,
                    numerator = false, byte_lengths = false
                ),
                text_signature = "(formula='lucene', *, k1=1.5, b=0.75, delta=0.5, mu=1000.0, smoothing=0.1, numerator=False, byte_lengths=False)"
            )]
            #[expect(clippy::too_many_arguments, reason = "all but one are keywords")]
            fn new(
                #[pyo3(from_py_with = crate::arguments::formula)] formula: &str,
                $(#[pyo3(from_py_with = crate::arguments::$name)] $name: $type),*
            ) -> PyResult<Self> {
                let scoring = Core::new(formula.parse().map_err(to_python)?)$(.$name($name))*;
                scoring.check().map_err(to_python)?;
                Ok(Self(scoring))
            }

            #[doc = rank_pyo3::stub!("Scoring.compatible")]
            #[staticmethod]
            #[pyo3(signature = (system, formula = "lucene"))]
            fn compatible(
                #[pyo3(from_py_with = crate::arguments::system)] system: &str,
                #[pyo3(from_py_with = crate::arguments::formula)] formula: &str,
            ) -> PyResult<Self> {
                let formula = formula.parse().map_err(to_python)?;
                Core::compatible_by(system, formula).map(Self).map_err(to_python)
            }

            #[doc = rank_pyo3::stub!("Scoring.formula")]
            #[getter]
            fn formula(&self) -> &'static str {
                self.0.formula.name()
            }

            $(
                #[doc = rank_pyo3::stub!($stub)]
                #[getter]
                fn $name(&self) -> $type {
                    self.0.$name
                }
            )*

            fn __repr__(&self) -> String {
                let Core { k1, b, delta, mu, smoothing, numerator, byte_lengths, .. } = self.0;
                let python = |value| if value { "True" } else { "False" };
                format!(
                    "Scoring('{}', k1={k1:?}, b={b:?}, delta={delta:?}, mu={mu:?}, smoothing={smoothing:?}, numerator={}, byte_lengths={})",
                    self.0.formula.name(),
                    python(numerator),
                    python(byte_lengths)
                )
            }
        }
    };
}

parameters! {
    k1: f64 = "Scoring.k1"
    b: f64 = "Scoring.b"
    delta: f64 = "Scoring.delta"
    mu: f64 = "Scoring.mu"
    smoothing: f64 = "Scoring.smoothing"
    numerator: bool = "Scoring.numerator"
    byte_lengths: bool = "Scoring.byte_lengths"
}
