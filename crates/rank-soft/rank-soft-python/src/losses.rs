//! Ranking losses of arrays.

use numpy::{Element, PyArray1, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::prelude::*;
use rank_soft::half::f16;
use rank_soft::{Float, Input, Labels, Method, PairWeight, Reduction, SmoothRanks};

use crate::arrays::{Dtype, contiguous, dtype_of, same_shape};
use crate::errors::{PACKAGE, to_python};

/// A ranking loss.
#[doc = rank_pyo3::stub!("Loss")]
#[pyclass(frozen, module = "rank_soft")]
pub(crate) struct Loss(rank_soft::Loss);

/// One of the names, or what they are.
fn choose<T: Copy>(argument: &str, name: &str, known: &[(&str, T)]) -> PyResult<T> {
    known.iter().find(|(known, _)| *known == name).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<String> = known.iter().map(|(name, _)| format!("{name:?}")).collect();
        PACKAGE.invalid(format_args!("{argument}: expected one of {}, got {name:?}; pass one", names.join(", ")))
    })
}

struct Extras<'a, 'py> {
    mask: Option<&'a Bound<'py, PyAny>>,
    weights: Option<&'a Bound<'py, PyAny>>,
    offsets: Option<&'a Bound<'py, PyAny>>,
    reduction: Reduction,
    threads: usize,
}

fn evaluate<'py, T: Element + Float>(
    loss: rank_soft::Loss,
    scores: &Bound<'py, PyAny>,
    labels: &Bound<'py, PyAny>,
    extras: &Extras<'_, 'py>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let py = scores.py();
    let array = contiguous::<T>(scores, "scores")?;
    let shape = array.shape().to_vec();
    let Some((&columns, outer)) = shape.split_last() else {
        return Err(PACKAGE.shape(format_args!(
            "scores: expected an array of at least one dimension, got shape []; pass numpy.atleast_1d(scores)"
        )));
    };
    let labels = contiguous::<T>(labels, "labels")?;
    same_shape("labels", labels.shape(), "scores", &shape)?;
    let mask = extras.mask.map(|mask| contiguous::<bool>(mask, "mask")).transpose()?;
    let weights = extras.weights.map(|weights| contiguous::<T>(weights, "weights")).transpose()?;
    let offsets = match extras.offsets {
        Some(_) if shape.len() != 1 => {
            return Err(PACKAGE.shape(format_args!(
                "scores: expected an array of shape (numbers,) beside offsets, got shape {shape:?}; flatten it"
            )));
        }
        Some(offsets) => Some(rank_pyo3::token_offsets(PACKAGE, offsets, columns)?),
        None => None,
    };
    let mut input = Input::new(array.as_slice()?).threads(extras.threads);
    let mut rows = outer.to_vec();
    if let Some(offsets) = &offsets {
        input = input.offsets(offsets);
        rows = vec![offsets.len() - 1];
    } else if shape.len() > 1 {
        input = input.shape(outer.iter().product(), columns);
    }
    if let Some(mask) = &mask {
        same_shape("mask", mask.shape(), "scores", &shape)?;
        input = input.mask(mask.as_slice()?);
    }
    if let Some(weights) = &weights {
        same_shape("weights", weights.shape(), "scores", &shape)?;
        input = input.weights(weights.as_slice()?);
    }
    let (labels, reduction) = (labels.as_slice()?, extras.reduction);
    let result = py.detach(|| loss.evaluate(&input, labels, reduction)).map_err(to_python)?;
    let gradient = PyArray1::from_vec(py, result.gradient).reshape(shape)?.into_any();
    let value = if extras.reduction == Reduction::None {
        PyArray1::from_vec(py, result.values).reshape(rows)?.into_any()
    } else {
        result.values[0].into_pyobject(py)?.into_any()
    };
    Ok((value, gradient))
}

#[pymethods]
impl Loss {
    #[new]
    #[pyo3(signature = (name, *, temperature = 1.0, sigma = 1.0, margin = 1.0, tau = 0.5, epsilon = 1.0, top = None,
                        pair_weight = None, normalize = false, times_length = true, labels = None, method = None))]
    #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
    fn new(
        name: &str,
        temperature: f64,
        sigma: f64,
        margin: f64,
        tau: f64,
        epsilon: f64,
        top: Option<usize>,
        pair_weight: Option<&str>,
        normalize: bool,
        times_length: bool,
        labels: Option<&str>,
        method: Option<&str>,
    ) -> PyResult<Self> {
        let mut loss: rank_soft::Loss = name.parse().map_err(to_python)?;
        loss = loss.temperature(temperature).sigma(sigma).margin(margin).tau(tau).epsilon(epsilon).top(top);
        loss = loss.normalize(normalize).times_length(times_length);
        if let Some(name) = pair_weight {
            loss = loss.pair_weight(choose(
                "pair_weight",
                name,
                &[
                    ("none", PairWeight::None),
                    ("label_difference", PairWeight::LabelDifference),
                    ("lambda_rank", PairWeight::LambdaRank),
                    ("lambda_loss_1", PairWeight::LambdaLoss1),
                    ("lambda_loss_2", PairWeight::LambdaLoss2),
                    ("lambda_loss_2_plus_plus", PairWeight::LambdaLoss2PlusPlus),
                ],
            )?);
        }
        if let Some(name) = labels {
            let known = [("raw", Labels::Raw), ("normalized", Labels::Normalized), ("softmax", Labels::Softmax)];
            loss = loss.labels(choose("labels", name, &known)?);
        }
        if let Some(name) = method {
            let method: Method = name.parse().map_err(to_python)?;
            loss = loss.ranks(SmoothRanks::Operator(method));
        }
        loss.check().map_err(to_python)?;
        Ok(Self(loss))
    }

    #[doc = rank_pyo3::stub!("Loss.__call__")]
    #[pyo3(signature = (scores, labels, *, mask = None, weights = None, offsets = None, reduction = "mean", threads = 1))]
    #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
    fn __call__<'py>(
        &self,
        scores: &Bound<'py, PyAny>,
        labels: &Bound<'py, PyAny>,
        mask: Option<&Bound<'py, PyAny>>,
        weights: Option<&Bound<'py, PyAny>>,
        offsets: Option<&Bound<'py, PyAny>>,
        reduction: &str,
        threads: usize,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let known = [("mean", Reduction::Mean), ("sum", Reduction::Sum), ("none", Reduction::None)];
        let extras = Extras { mask, weights, offsets, reduction: choose("reduction", reduction, &known)?, threads };
        match dtype_of(scores, "scores")? {
            Dtype::F64 => evaluate::<f64>(self.0, scores, labels, &extras),
            Dtype::F32 => evaluate::<f32>(self.0, scores, labels, &extras),
            Dtype::F16 => evaluate::<f16>(self.0, scores, labels, &extras),
        }
    }
}
