//! What is said about a fusion by keywords.

use pyo3::prelude::*;
use rank_fusion::{Constant, Duplicates, Fusion, Normalization, Order};

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
        fusion = fusion.missing(self.missing.parse().map_err(to_python)?).duplicates(duplicates(self.duplicates)?);
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
    if let Ok(name) = value.extract::<String>() {
        return name.parse().map_err(to_python);
    }
    let Ok(number) = value.extract::<f64>() else {
        return Err(PACKAGE.dtype(format_args!(
            "constant: expected a name or a number, got {}; pass usual, sign, raw or a number",
            rank_pyo3::describe(value)
        )));
    };
    number.to_string().parse().map_err(to_python)
}

/// A method by name, or a trained one.
fn named(method: &Bound<'_, PyAny>) -> PyResult<Fusion> {
    if let Ok(trained) = method.cast::<Trained>() {
        return Ok(Fusion::trained(trained.get().0.clone()));
    }
    let Ok(name) = method.extract::<String>() else {
        return Err(PACKAGE.dtype(format_args!(
            "method: expected a name or a Trained method, got {}; pass a str such as 'rrf'",
            rank_pyo3::describe(method)
        )));
    };
    Fusion::named(&name).map_err(to_python)
}

pub(crate) fn order(name: &str) -> PyResult<Order> {
    match name {
        "checked" => Ok(Order::Checked),
        "sorted" => Ok(Order::Sorted),
        "given" => Ok(Order::Given),
        _ => Err(PACKAGE
            .invalid(format_args!("order: expected one of checked, sorted, given, got {name:?}; check the spelling"))),
    }
}

fn duplicates(name: &str) -> PyResult<Duplicates> {
    match name {
        "refused" => Ok(Duplicates::Refused),
        "best" => Ok(Duplicates::Best),
        _ => Err(PACKAGE
            .invalid(format_args!("duplicates: expected one of refused, best, got {name:?}; check the spelling"))),
    }
}
