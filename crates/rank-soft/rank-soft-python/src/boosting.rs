//! What gradient boosting needs.

use numpy::{Element, PyArray1, PyUntypedArrayMethods};
use pyo3::prelude::*;
use rank_pyo3::ProgressBar;
use rank_soft::half::f16;
use rank_soft::{Float, Input, LambdaMart};

use crate::arrays::{Dtype, contiguous, dtype_of, same_shape};
use crate::errors::{PACKAGE, to_python};
use crate::losses::LONG;

/// Calls `work` with the items of queries: flat scores, labels and weights of one dtype.
fn with_items<T: Element + Float, R: Send>(
    scores: &Bound<'_, PyAny>,
    labels: &Bound<'_, PyAny>,
    offsets: &Bound<'_, PyAny>,
    weights: Option<&Bound<'_, PyAny>>,
    threads: usize,
    work: impl FnOnce(&Input<'_, T>, &[T]) -> rank_soft::Result<R> + Send,
) -> PyResult<R> {
    let py = scores.py();
    let array = contiguous::<T>(scores, "scores")?;
    if array.shape().len() != 1 {
        return Err(
            PACKAGE.shape(format_args!("scores: expected shape (items,), got shape {:?}; flatten it", array.shape()))
        );
    }
    let labels = contiguous::<T>(labels, "labels")?;
    same_shape("labels", labels.shape(), "scores", array.shape())?;
    let weights = weights.map(|weights| contiguous::<T>(weights, "weights")).transpose()?;
    let offsets = rank_pyo3::token_offsets(PACKAGE, offsets, array.len())?;
    let mut input = Input::new(array.as_slice()?).offsets(&offsets).threads(threads);
    if let Some(weights) = &weights {
        same_shape("weights", weights.shape(), "scores", array.shape())?;
        input = input.weights(weights.as_slice()?);
    }
    let labels = labels.as_slice()?;
    let rows = input.rows().map_err(to_python)?;
    let pairs = (0..rows.count()).map(|row| rows.range(row).len().saturating_pow(2));
    if pairs.fold(0, usize::saturating_add) <= LONG {
        return py.detach(|| work(&input, labels)).map_err(to_python);
    }
    rank_pyo3::watched(py, &ProgressBar::hidden(), |watch| {
        let advance = |steps| watch.advance(steps);
        work(&input.watch(&advance), labels).map_err(to_python)
    })
}

type Doubles<'py> = Bound<'py, PyArray1<f64>>;

#[doc = rank_pyo3::stub!("lambda_gradients")]
#[pyfunction]
#[pyo3(signature = (scores, labels, offsets, *, weights = None, like = None, sigma = 1.0, top = None, threads = 1))]
#[expect(clippy::too_many_arguments, reason = "keywords of Python")]
pub(crate) fn lambda_gradients<'py>(
    scores: &Bound<'py, PyAny>,
    labels: &Bound<'py, PyAny>,
    offsets: &Bound<'py, PyAny>,
    weights: Option<&Bound<'py, PyAny>>,
    like: Option<&str>,
    sigma: f64,
    top: Option<usize>,
    threads: usize,
) -> PyResult<(Doubles<'py>, Doubles<'py>)> {
    let lambda = match like {
        None => LambdaMart::new(),
        Some("lightgbm") => LambdaMart::light_gbm(),
        Some("xgboost") => LambdaMart::xg_boost(),
        Some(other) => {
            return Err(PACKAGE.invalid(format_args!(
                "like: expected \"lightgbm\", \"xgboost\" or None, got {other:?}; pass one of them"
            )));
        }
    };
    let lambda = lambda.sigma(sigma);
    let lambda = if top.is_some() { lambda.top(top) } else { lambda };
    macro_rules! of {
        ($type:ty) => {
            with_items::<$type, _>(scores, labels, offsets, weights, threads, |input, labels| {
                lambda.gradients(input, labels)
            })
        };
    }
    let (gradients, hessians) = match dtype_of(scores, "scores")? {
        Dtype::F64 => of!(f64),
        Dtype::F32 => of!(f32),
        Dtype::F16 => of!(f16),
    }?;
    let py = scores.py();
    Ok((PyArray1::from_vec(py, gradients), PyArray1::from_vec(py, hessians)))
}

#[doc = rank_pyo3::stub!("mean_ndcg")]
#[pyfunction]
#[pyo3(signature = (scores, labels, offsets, *, top = None, threads = 1))]
pub(crate) fn mean_ndcg(
    scores: &Bound<'_, PyAny>,
    labels: &Bound<'_, PyAny>,
    offsets: &Bound<'_, PyAny>,
    top: Option<usize>,
    threads: usize,
) -> PyResult<f64> {
    macro_rules! of {
        ($type:ty) => {
            with_items::<$type, _>(scores, labels, offsets, None, threads, |input, labels| {
                rank_soft::mean_ndcg(input, labels, top)
            })
        };
    }
    match dtype_of(scores, "scores")? {
        Dtype::F64 => of!(f64),
        Dtype::F32 => of!(f32),
        Dtype::F16 => of!(f16),
    }
}
