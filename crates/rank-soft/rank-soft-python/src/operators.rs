//! Soft operators of arrays.

use std::sync::Arc;

use numpy::{Element, PyArray1, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::prelude::*;
use rank_pyo3::ProgressBar;
use rank_soft::{Float, GradientRule, Kind, Rows, half::f16};

use crate::arrays::{Dtype, back, contiguous, dtype_of, front, same_shape};
use crate::errors::{PACKAGE, to_python};
use crate::input::{Extras, with_input};

/// Beyond this many steps of this many numbers, work is watched for Ctrl-C.
const LONG: usize = 1 << 22;

/// Does `work`, which reports its steps to whom it is given; where it is long, with an ear for Ctrl-C.
fn run<T: Send>(
    py: Python<'_>,
    (steps, numbers, progress): (usize, usize, bool),
    work: impl FnOnce(Option<&(dyn Fn(usize) -> bool + Sync)>) -> rank_soft::Result<T> + Send,
) -> PyResult<T> {
    if !progress && numbers <= LONG {
        return py.detach(|| work(None)).map_err(to_python);
    }
    let bar = ProgressBar::new(PACKAGE, py, steps, progress)?;
    rank_pyo3::watched(py, &bar, |watch| {
        watch.expect(steps);
        let advance = |steps| watch.advance(steps);
        work(Some(&advance)).map_err(to_python)
    })
}

/// How many steps an operator takes, and how many numbers these go through.
fn effort(operator: &rank_soft::Operator, rows: &Rows, back: bool) -> (usize, usize) {
    let steps = operator.steps(rows, back);
    let longest = (0..rows.count()).map(|row| rows.range(row).len()).max().unwrap_or(0);
    (steps, steps.saturating_mul(longest))
}

/// An operator on the rows of arrays.
#[doc = rank_pyo3::stub!("Operator")]
#[pyclass(frozen, module = "rank_soft")]
pub(crate) struct Operator(rank_soft::Operator);

/// What the gradient of an operator needs of its forward pass.
#[doc = rank_pyo3::stub!("State")]
#[pyclass(frozen, module = "rank_soft")]
pub(crate) struct State {
    inner: Arc<rank_soft::State>,
    dtype: Dtype,
    axis: isize,
    /// The shape of the values, with their rows in front.
    shape: Vec<usize>,
    /// The shape of the result, with its rows in front.
    result: Vec<usize>,
}

/// What an operator does to rows of numbers.
#[doc = rank_pyo3::stub!("Diagnosis")]
#[pyclass(frozen, module = "rank_soft")]
pub(crate) struct Diagnosis(rank_soft::Diagnosis);

#[pymethods]
impl Diagnosis {
    #[doc = rank_pyo3::stub!("Diagnosis.rows")]
    #[getter]
    fn rows(&self) -> usize {
        self.0.rows
    }

    #[doc = rank_pyo3::stub!("Diagnosis.hard_rows")]
    #[getter]
    fn hard_rows(&self) -> usize {
        self.0.hard_rows
    }

    #[doc = rank_pyo3::stub!("Diagnosis.pooled_rows")]
    #[getter]
    fn pooled_rows(&self) -> usize {
        self.0.pooled_rows
    }

    #[doc = rank_pyo3::stub!("Diagnosis.pooled_share")]
    #[getter]
    fn pooled_share(&self) -> f64 {
        self.0.pooled_share()
    }

    #[doc = rank_pyo3::stub!("Diagnosis.suggested_strength")]
    #[getter]
    fn suggested_strength(&self) -> f64 {
        self.0.suggested_strength
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<Diagnosis: {}>", self.0)
    }
}

fn kind(name: &str, k: Option<usize>, level: Option<f64>) -> PyResult<Kind> {
    let wanted = |argument: &str| {
        PACKAGE.invalid(format_args!("{argument}: expected a number for kind {name:?}, got None; pass one"))
    };
    Ok(match name {
        "rank" => Kind::Rank,
        "sort" => Kind::Sort,
        "top_k_mask" => Kind::TopKMask { k: k.ok_or_else(|| wanted("k"))? },
        "top_k" => Kind::TopK { k: k.ok_or_else(|| wanted("k"))? },
        "quantile" => Kind::Quantile { level: level.ok_or_else(|| wanted("level"))? },
        _ => {
            return Err(PACKAGE.invalid(format_args!(
                "kind: expected \"rank\", \"sort\", \"top_k_mask\", \"top_k\" or \"quantile\", got {name:?}; pass one of \
                 them"
            )));
        }
    })
}

fn rule(name: &str, reach: f64) -> PyResult<GradientRule> {
    match name {
        "exact" => Ok(GradientRule::Exact),
        "straight_through" => Ok(GradientRule::StraightThrough),
        "black_box" => Ok(GradientRule::BlackBox { reach }),
        _ => Err(PACKAGE.invalid(format_args!(
            "gradient: expected \"exact\", \"straight_through\" or \"black_box\", got {name:?}; pass one of them"
        ))),
    }
}

pub(crate) fn build(
    kind: Kind,
    strength: f64,
    method: &str,
    direction: &str,
    scale: &str,
) -> PyResult<rank_soft::Operator> {
    Ok(rank_soft::Operator::new(kind)
        .strength(strength)
        .method(method.parse().map_err(to_python)?)
        .direction(direction.parse().map_err(to_python)?)
        .scale(scale.parse().map_err(to_python)?))
}

fn forward_typed<'py, T: Element + Float>(
    values: &Bound<'py, PyAny>,
    operator: rank_soft::Operator,
    extras: &Extras<'_, 'py>,
    dtype: Dtype,
) -> PyResult<(Bound<'py, PyAny>, State)> {
    let (py, axis) = (values.py(), extras.axis);
    with_input::<T, _>(values, extras, |input, shape, rows| {
        let all = input.rows().map_err(to_python)?;
        let (steps, numbers) = effort(&operator, &all, false);
        operator.check_room::<T>(&all).map_err(to_python)?;
        // NumPy asks the system for large pages.
        let result = PyArray1::<T>::zeros(py, operator.outputs(&all), false);
        let state = {
            let mut out = result.readwrite();
            let out = out.as_slice_mut()?;
            run(py, (steps, numbers, extras.progress), |watch| match watch {
                Some(watch) => operator.forward_into(&input.clone().watch(watch), out),
                None => operator.forward_into(input, out),
            })?
        };
        let result_shape = match operator.kind() {
            Kind::TopK { k } => [rows, vec![k]].concat(),
            Kind::Quantile { .. } => rows,
            _ => shape.clone(),
        };
        let out = result.reshape(result_shape.clone())?.into_any();
        let out = if matches!(operator.kind(), Kind::Quantile { .. }) { out } else { back(&out, axis)? };
        Ok((out, State { inner: Arc::new(state), dtype, axis, shape, result: result_shape }))
    })
}

fn diagnose_typed<T: Element + Float>(
    values: &Bound<'_, PyAny>,
    operator: rank_soft::Operator,
    extras: &Extras<'_, '_>,
) -> PyResult<Diagnosis> {
    let py = values.py();
    with_input::<T, _>(values, extras, |input, _, _| {
        Ok(Diagnosis(py.detach(|| operator.diagnose(input)).map_err(to_python)?))
    })
}

pub(crate) fn forward<'py>(
    values: &Bound<'py, PyAny>,
    operator: rank_soft::Operator,
    extras: &Extras<'_, 'py>,
) -> PyResult<(Bound<'py, PyAny>, State)> {
    match dtype_of(values, "values")? {
        Dtype::F64 => forward_typed::<f64>(values, operator, extras, Dtype::F64),
        Dtype::F32 => forward_typed::<f32>(values, operator, extras, Dtype::F32),
        Dtype::F16 => forward_typed::<f16>(values, operator, extras, Dtype::F16),
    }
}

impl State {
    /// An array of a number for each row.
    fn by_row<'py, T: Element>(&self, py: Python<'py>, numbers: Vec<T>) -> PyResult<Bound<'py, PyAny>> {
        let outer = &self.shape[..self.shape.len() - 1];
        let shape = if outer.iter().product::<usize>() == numbers.len() { outer.to_vec() } else { vec![numbers.len()] };
        Ok(PyArray1::from_vec(py, numbers).reshape(shape)?.into_any())
    }

    fn to_strengths<T: Element + Float>(
        &self,
        values: &Bound<'_, PyAny>,
        cotangent: &Bound<'_, PyAny>,
        each: bool,
    ) -> PyResult<Vec<f64>> {
        let quantile = matches!(self.inner.operator().kind(), Kind::Quantile { .. });
        let values = contiguous::<T>(&front(values, "values", self.axis)?, "values")?;
        same_shape("values", values.shape(), "the forward pass", &self.shape)?;
        let cotangent = if quantile { cotangent.clone() } else { front(cotangent, "cotangent", self.axis)? };
        let cotangent = contiguous::<T>(&cotangent, "cotangent")?;
        same_shape("cotangent", cotangent.shape(), "the result", &self.result)?;
        let (values, cotangent) = (values.as_slice()?, cotangent.as_slice()?);
        let slopes =
            if each { self.inner.strengths_vjp(values, cotangent) } else { self.inner.strength_vjp(values, cotangent) };
        slopes.map_err(to_python)
    }

    fn vjp_typed<'py, T: Element + Float>(
        &self,
        cotangent: &Bound<'py, PyAny>,
        (finite, progress): (bool, bool),
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = cotangent.py();
        let quantile = matches!(self.inner.operator().kind(), Kind::Quantile { .. });
        let cotangent = if quantile { cotangent.clone() } else { front(cotangent, "cotangent", self.axis)? };
        let cotangent = contiguous::<T>(&cotangent, "cotangent")?;
        same_shape("cotangent", cotangent.shape(), "the result", &self.result)?;
        let numbers = cotangent.as_slice()?;
        if finite && let Some(at) = numbers.iter().position(|&number| !Into::<f64>::into(number).is_finite()) {
            let place = match *self.result {
                [_, columns] => format!("[{}][{}]", at / columns, at % columns),
                _ => format!("[{at}]"),
            };
            return Err(PACKAGE.invalid(format_args!(
                "cotangent{place}: expected a finite number, got {}; repair or drop it",
                numbers[at].into()
            )));
        }
        let (steps, effort) = effort(self.inner.operator(), self.inner.rows(), true);
        let gradient = PyArray1::<T>::zeros(py, self.inner.rows().total(), false);
        {
            let mut out = gradient.readwrite();
            let out = out.as_slice_mut()?;
            run(py, (steps, effort, progress), |watch| self.inner.vjp_into(numbers, watch, out))?;
        }
        back(&gradient.reshape(self.shape.clone())?.into_any(), self.axis)
    }

    pub(crate) fn pull<'py>(&self, cotangent: &Bound<'py, PyAny>, how: (bool, bool)) -> PyResult<Bound<'py, PyAny>> {
        match self.dtype {
            Dtype::F64 => self.vjp_typed::<f64>(cotangent, how),
            Dtype::F32 => self.vjp_typed::<f32>(cotangent, how),
            Dtype::F16 => self.vjp_typed::<f16>(cotangent, how),
        }
    }
}

#[pymethods]
impl Operator {
    #[new]
    #[pyo3(signature = (kind, strength = 1.0, *, k = None, level = None, method = "l2", direction = "ascending",
                        scale = "absolute", gradient = "exact", reach = 1.0))]
    #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
    fn new(
        kind: &str,
        strength: f64,
        k: Option<usize>,
        level: Option<f64>,
        method: &str,
        direction: &str,
        scale: &str,
        gradient: &str,
        reach: f64,
    ) -> PyResult<Self> {
        let kind = self::kind(kind, k, level)?;
        let operator = build(kind, strength, method, direction, scale)?.gradient(rule(gradient, reach)?);
        operator.check().map_err(to_python)?;
        Ok(Self(operator))
    }

    #[doc = rank_pyo3::stub!("Operator.__call__")]
    #[pyo3(signature = (values, *, axis = None, mask = None, weights = None, strengths = None, offsets = None, threads = 1,
                        progress = false))]
    #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
    fn __call__<'py>(
        &self,
        values: &Bound<'py, PyAny>,
        axis: Option<isize>,
        mask: Option<&Bound<'py, PyAny>>,
        weights: Option<&Bound<'py, PyAny>>,
        strengths: Option<&Bound<'py, PyAny>>,
        offsets: Option<&Bound<'py, PyAny>>,
        threads: usize,
        progress: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        Ok(forward(
            values,
            self.0,
            &Extras { axis: axis.unwrap_or(-1), mask, weights, strengths, offsets, threads, progress },
        )?
        .0)
    }

    #[doc = rank_pyo3::stub!("Operator.diagnose")]
    #[pyo3(signature = (values, *, axis = None, mask = None, weights = None, strengths = None, offsets = None))]
    fn diagnose<'py>(
        &self,
        values: &Bound<'py, PyAny>,
        axis: Option<isize>,
        mask: Option<&Bound<'py, PyAny>>,
        weights: Option<&Bound<'py, PyAny>>,
        strengths: Option<&Bound<'py, PyAny>>,
        offsets: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Diagnosis> {
        let axis = axis.unwrap_or(-1);
        let extras = Extras { axis, mask, weights, strengths, offsets, threads: 1, progress: false };
        match dtype_of(values, "values")? {
            Dtype::F64 => diagnose_typed::<f64>(values, self.0, &extras),
            Dtype::F32 => diagnose_typed::<f32>(values, self.0, &extras),
            Dtype::F16 => diagnose_typed::<f16>(values, self.0, &extras),
        }
    }

    #[doc = rank_pyo3::stub!("Operator.forward")]
    #[pyo3(signature = (values, *, axis = None, mask = None, weights = None, strengths = None, offsets = None, threads = 1,
                        progress = false))]
    #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
    fn forward<'py>(
        &self,
        values: &Bound<'py, PyAny>,
        axis: Option<isize>,
        mask: Option<&Bound<'py, PyAny>>,
        weights: Option<&Bound<'py, PyAny>>,
        strengths: Option<&Bound<'py, PyAny>>,
        offsets: Option<&Bound<'py, PyAny>>,
        threads: usize,
        progress: bool,
    ) -> PyResult<(Bound<'py, PyAny>, State)> {
        forward(
            values,
            self.0,
            &Extras { axis: axis.unwrap_or(-1), mask, weights, strengths, offsets, threads, progress },
        )
    }
}

#[pymethods]
impl State {
    #[doc = rank_pyo3::stub!("State.vjp")]
    #[pyo3(signature = (cotangent, *, progress = false))]
    fn vjp<'py>(&self, cotangent: &Bound<'py, PyAny>, progress: bool) -> PyResult<Bound<'py, PyAny>> {
        self.pull(cotangent, (false, progress))
    }

    #[doc = rank_pyo3::stub!("State.strength_vjp")]
    fn strength_vjp<'py>(
        &self,
        values: &Bound<'py, PyAny>,
        cotangent: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let slopes = match self.dtype {
            Dtype::F64 => self.to_strengths::<f64>(values, cotangent, false),
            Dtype::F32 => self.to_strengths::<f32>(values, cotangent, false),
            Dtype::F16 => self.to_strengths::<f16>(values, cotangent, false),
        }?;
        self.by_row(values.py(), slopes)
    }

    #[doc = rank_pyo3::stub!("State.strengths_vjp")]
    fn strengths_vjp<'py>(
        &self,
        values: &Bound<'py, PyAny>,
        cotangent: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let slopes = match self.dtype {
            Dtype::F64 => self.to_strengths::<f64>(values, cotangent, true),
            Dtype::F32 => self.to_strengths::<f32>(values, cotangent, true),
            Dtype::F16 => self.to_strengths::<f16>(values, cotangent, true),
        }?;
        back(&PyArray1::from_vec(values.py(), slopes).reshape(self.shape.clone())?.into_any(), self.axis)
    }

    #[doc = rank_pyo3::stub!("State.strengths")]
    fn strengths<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.by_row(py, self.inner.strengths().to_vec())
    }

    #[doc = rank_pyo3::stub!("State.block_counts")]
    fn block_counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let rows = self.inner.rows().count();
        self.by_row(py, (0..rows).map(|row| self.inner.block_lengths(row).len() as i64).collect())
    }
}
