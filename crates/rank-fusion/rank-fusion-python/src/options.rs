//! What is said about a fusion by keywords.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use rank_fusion::{Constant, Fusion, Normalization};

use crate::errors::{PACKAGE, to_python};
use crate::trained::Trained;

/// The keywords that all functions share.
pub(crate) struct Options<'a, 'py> {
    pub(crate) method: Option<&'a Bound<'py, PyAny>>,
    pub(crate) norm: Option<&'a str>,
    pub(crate) constant: Option<&'a Bound<'py, PyAny>>,
    pub(crate) floor: Option<f64>,
    pub(crate) scale: Option<f64>,
    pub(crate) weights: Option<Vec<f64>>,
    pub(crate) missing: &'a str,
    pub(crate) duplicates: &'a str,
    pub(crate) depth: Option<usize>,
    pub(crate) top_k: Option<usize>,
    pub(crate) compat: Option<&'a str>,
}

impl Options<'_, '_> {
    pub(crate) fn fusion(self) -> PyResult<Fusion> {
        let mut fusion = match (self.method, self.compat) {
            (Some(_), Some(compat)) => {
                return Err(PACKAGE.invalid(format_args!(
                    "compat: expected no method beside it, got compat={compat:?} and a method; leave one of the two out"
                )));
            }
            (None, Some(compat)) => Fusion::preset(compat).map_err(to_python)?,
            (None, None) => Fusion::named("rrf").map_err(to_python)?,
            (Some(method), None) => named(method)?,
        };
        if let Some(norm) = self.norm {
            fusion = fusion.normalization(norm.parse::<Normalization>().map_err(to_python)?);
        }
        if let Some(value) = self.constant {
            fusion = fusion.constant(constant(value)?);
        }
        if let Some(floor) = self.floor {
            fusion = fusion.floor(floor);
        }
        if let Some(scale) = self.scale {
            fusion = fusion.scale(scale);
        }
        if let Some(weights) = self.weights {
            fusion = fusion.weights(weights);
        }
        fusion = fusion
            .missing(self.missing.parse().map_err(to_python)?)
            .duplicates(self.duplicates.parse().map_err(to_python)?);
        if let Some(depth) = self.depth {
            fusion = fusion.depth(depth);
        }
        if let Some(limit) = self.top_k {
            fusion = fusion.limit(limit);
        }
        Ok(fusion)
    }
}

/// A name, or a number.
fn constant(value: &Bound<'_, PyAny>) -> PyResult<Constant> {
    if value.is_instance_of::<PyString>() {
        return rank_pyo3::text(PACKAGE, value, "constant")?.parse().map_err(to_python);
    }
    match rank_pyo3::number::<f64>(PACKAGE, value, "constant") {
        Ok(number) => number.to_string().parse().map_err(to_python),
        Err(error) if error.is_instance_of::<PyTypeError>(value.py()) => Err(PACKAGE.dtype(format_args!(
            "constant: expected a name or a number, got {}; pass usual, sign, raw or a number",
            rank_pyo3::describe(value)
        ))),
        Err(error) => Err(error),
    }
}

/// A method by name, or a trained one.
fn named(method: &Bound<'_, PyAny>) -> PyResult<Fusion> {
    if let Ok(trained) = method.cast::<Trained>() {
        return Ok(Fusion::trained(trained.get().0.clone()));
    }
    if !method.is_instance_of::<PyString>() {
        return Err(PACKAGE.dtype(format_args!(
            "method: expected a name or a Trained method, got {}; pass a str such as 'rrf'",
            rank_pyo3::describe(method)
        )));
    }
    Fusion::named(rank_pyo3::text(PACKAGE, method, "method")?).map_err(to_python)
}
