//! Ranking losses of arrays.

use numpy::{Element, PyArray1, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use rank_pyo3::ProgressBar;
use rank_soft::half::f16;
use rank_soft::{Float, Gain, Input, Labels, Method, PairWeight, Preset, Reduction, SmoothRanks, Ties};

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

const REDUCTIONS: [(&str, Reduction); 3] =
    [("mean", Reduction::Mean), ("sum", Reduction::Sum), ("none", Reduction::None)];

struct Extras<'a, 'py> {
    mask: Option<&'a Bound<'py, PyAny>>,
    weights: Option<&'a Bound<'py, PyAny>>,
    offsets: Option<&'a Bound<'py, PyAny>>,
    reduction: Reduction,
    threads: usize,
    progress: bool,
}

/// Beyond this many operations a loss is watched for Ctrl-C.
pub(crate) const LONG: usize = 1 << 22;

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
    let input_len = array.len();
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
    let effort = loss.effort(&input.rows().map_err(to_python)?);
    let result = if extras.progress || effort > LONG {
        let bar = ProgressBar::new(PACKAGE, py, input_len, extras.progress)?;
        rank_pyo3::watched(py, &bar, |watch| {
            watch.expect(input_len);
            let advance = |steps| watch.advance(steps);
            loss.evaluate(&input.watch(&advance), labels, reduction).map_err(to_python)
        })?
    } else {
        py.detach(|| loss.evaluate(&input, labels, reduction)).map_err(to_python)?
    };
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
    /// All names, some of one loss.
    #[classattr]
    #[pyo3(name = "NAMES")]
    fn names(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, rank_soft::Loss::NAMES)
    }

    #[new]
    #[pyo3(signature = (name, *, temperature = None, sigma = 1.0, margin = None, tau = 0.5, epsilon = 1.0, delta = 0.1,
                        mu = 10.0, smooth_fraction = 0.0, reach = 1.0, top = None, pair_weight = None, normalize = None, times_length = None, base_2 = None,
                        top_pairs = None, all_pairs = None, labels = None, gain = "exponential", ties = "first",
                        method = None, straight_through = false, samples = None, noise = 1.0, seed = 0, preset = "rax"))]
    #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
    fn new(
        name: &str,
        temperature: Option<f64>,
        sigma: f64,
        margin: Option<f64>,
        tau: f64,
        epsilon: f64,
        delta: f64,
        mu: f64,
        smooth_fraction: f64,
        reach: f64,
        top: Option<usize>,
        pair_weight: Option<&str>,
        normalize: Option<bool>,
        times_length: Option<bool>,
        base_2: Option<bool>,
        top_pairs: Option<bool>,
        all_pairs: Option<bool>,
        labels: Option<&str>,
        gain: &str,
        ties: &str,
        method: Option<&str>,
        straight_through: bool,
        samples: Option<usize>,
        noise: f64,
        seed: u64,
        preset: &str,
    ) -> PyResult<Self> {
        let mut loss: rank_soft::Loss = name.parse().map_err(to_python)?;
        loss = loss.sigma(sigma).tau(tau).epsilon(epsilon).delta(delta).mu(mu);
        loss = loss.smooth_fraction(smooth_fraction).reach(reach).top(top);
        loss = margin.map_or(loss, |value| loss.margin(value));
        loss = loss.straight_through(straight_through);
        loss = loss.gumbel(samples.unwrap_or(loss.samples()), noise, seed);
        let gains = [("exponential", Gain::Exponential), ("linear", Gain::Linear), ("power", Gain::Power)];
        loss = loss.gain(choose("gain", gain, &gains)?);
        loss = loss.ties(choose("ties", ties, &[("first", Ties::First), ("average", Ties::Average)])?);
        if let Some(name) = pair_weight {
            loss = loss.pair_weight(choose("pair_weight", name, &PairWeight::NAMES)?);
        }
        if let Some(name) = labels {
            let known = [("raw", Labels::Raw), ("normalized", Labels::Normalized), ("softmax", Labels::Softmax)];
            loss = loss.labels(choose("labels", name, &known)?);
        }
        if let Some(name) = method {
            let method: Method = name.parse().map_err(to_python)?;
            loss = loss.ranks(SmoothRanks::Operator(method));
        }
        let presets = [("rax", Preset::Rax), ("allrank", Preset::AllRank), ("tf_ranking", Preset::TfRanking)];
        loss = loss.preset(choose("preset", preset, &presets)?);
        // What is asked for by name stands above the preset.
        loss = temperature.map_or(loss, |value| loss.temperature(value));
        loss = normalize.map_or(loss, |value| loss.normalize(value));
        loss = times_length.map_or(loss, |value| loss.times_length(value));
        loss = base_2.map_or(loss, |value| loss.base_2(value));
        loss = top_pairs.map_or(loss, |value| loss.top_pairs(value));
        loss = all_pairs.map_or(loss, |value| loss.all_pairs(value));
        loss.check().map_err(to_python)?;
        Ok(Self(loss))
    }

    #[doc = rank_pyo3::stub!("Loss.__call__")]
    #[pyo3(signature = (scores, labels, *, mask = None, weights = None, offsets = None, reduction = "mean", threads = 1,
                        progress = false))]
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
        progress: bool,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let extras = Extras {
            mask,
            weights,
            offsets,
            reduction: choose("reduction", reduction, &REDUCTIONS)?,
            threads,
            progress,
        };
        match dtype_of(scores, "scores")? {
            Dtype::F64 => evaluate::<f64>(self.0, scores, labels, &extras),
            Dtype::F32 => evaluate::<f32>(self.0, scores, labels, &extras),
            Dtype::F16 => evaluate::<f16>(self.0, scores, labels, &extras),
        }
    }
}

fn ordinal<'py, T: Element + Float>(
    logits: &Bound<'py, PyAny>,
    labels: &Bound<'py, PyAny>,
    mask: Option<&Bound<'py, PyAny>>,
    reduction: Reduction,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let py = logits.py();
    let logits = contiguous::<T>(logits, "logits")?;
    let shape = logits.shape().to_vec();
    let Some((&grades, items)) = shape.split_last() else {
        return Err(PACKAGE.shape(format_args!(
            "logits: expected an array of at least one dimension, got shape []; its last axis are the grades"
        )));
    };
    let labels = contiguous::<T>(labels, "labels")?;
    same_shape("labels", labels.shape(), "logits without its last axis", items)?;
    let mask = mask.map(|mask| contiguous::<bool>(mask, "mask")).transpose()?;
    if let Some(mask) = &mask {
        same_shape("mask", mask.shape(), "labels", items)?;
    }
    let marks = mask.as_ref().map(|mask| mask.as_slice()).transpose()?;
    let (numbers, grades_of) = (logits.as_slice()?, labels.as_slice()?);
    let loss =
        py.detach(|| rank_soft::ordinal_loss(numbers, grades_of, grades, marks, reduction)).map_err(to_python)?;
    let value = if reduction == Reduction::None {
        PyArray1::from_vec(py, loss.values).reshape(items.to_vec())?.into_any()
    } else {
        loss.values[0].into_pyobject(py)?.into_any()
    };
    Ok((value, PyArray1::from_vec(py, loss.gradient).reshape(shape)?.into_any()))
}

#[doc = rank_pyo3::stub!("ordinal_loss")]
#[pyfunction]
#[pyo3(signature = (logits, labels, *, mask = None, reduction = "mean"))]
pub(crate) fn ordinal_loss<'py>(
    logits: &Bound<'py, PyAny>,
    labels: &Bound<'py, PyAny>,
    mask: Option<&Bound<'py, PyAny>>,
    reduction: &str,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let reduction = choose("reduction", reduction, &REDUCTIONS)?;
    match dtype_of(logits, "logits")? {
        Dtype::F64 => ordinal::<f64>(logits, labels, mask, reduction),
        Dtype::F32 => ordinal::<f32>(logits, labels, mask, reduction),
        Dtype::F16 => ordinal::<f16>(logits, labels, mask, reduction),
    }
}
