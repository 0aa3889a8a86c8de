//! Scores and grades of the same documents, as arrays of shape `[queries, docs]`.

use numpy::{PyReadonlyArray2, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyBufferError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use rank_eval::{Accumulator, Arrays, Grades, Scores};
use rank_pyo3::{ProgressBar, describe, in_chunks};

use crate::errors::{PACKAGE, to_python};
use crate::evaluation::Evaluation;
use crate::options::{Asked, measures};

/// An array of NumPy, or a tensor in the memory of the processor as one. No copy.
fn array<'py>(value: &Bound<'py, PyAny>, argument: &str) -> PyResult<Bound<'py, PyUntypedArray>> {
    let refused = |what: &str, cure: &str| {
        PACKAGE.dtype(format_args!("{argument}: expected a numpy array or a CPU tensor, got {what}; {cure}"))
    };
    if let Ok(array) = value.cast::<PyUntypedArray>() {
        return Ok(array.clone());
    }
    if !value.hasattr("__dlpack__")? {
        return Err(refused(&describe(value), &format!("pass numpy.asarray({argument})")));
    }
    let py = value.py();
    // A tensor that needs a gradient is not given away otherwise.
    let detached = if value.hasattr("detach")? { value.call_method0("detach")? } else { value.clone() };
    match py.import("numpy")?.call_method1("from_dlpack", (detached,)) {
        Ok(array) => Ok(array.cast_into()?),
        Err(error)
            if error.is_instance_of::<PyBufferError>(py)
                || error.is_instance_of::<PyRuntimeError>(py)
                || error.is_instance_of::<PyTypeError>(py)
                || error.is_instance_of::<PyValueError>(py) =>
        {
            let what = format!("{} with the error \"{}\"", describe(value), error.value(py));
            Err(refused(&what, &format!("pass {argument}.float().cpu()")))
        }
        Err(error) => Err(error),
    }
}

fn check(array: &Bound<'_, PyUntypedArray>, argument: &str, shape: Option<&[usize]>) -> PyResult<()> {
    let got = array.shape();
    if array.ndim() != 2 {
        return Err(PACKAGE.shape(format_args!(
            "{argument}: expected an array of shape (queries, docs), got shape {got:?}; reshape it"
        )));
    }
    if let Some(shape) = shape.filter(|shape| *shape != got) {
        return Err(PACKAGE.shape(format_args!(
            "{argument}: expected the shape of scores, {shape:?}, got {got:?}; pass an entry for each score"
        )));
    }
    if !array.is_c_contiguous() {
        return Err(PACKAGE.shape(format_args!(
            "{argument}: expected a C-contiguous array, got one with other strides; pass numpy.ascontiguousarray({argument})"
        )));
    }
    Ok(())
}

/// An enum of borrowed arrays, by dtype.
macro_rules! held {
    ($name:ident, $view:ident, $expected:literal, $cure:literal, $($kind:ident $type:ty),*) => {
        enum $name<'py> { $($kind(PyReadonlyArray2<'py, $type>)),* }

        impl<'py> $name<'py> {
            fn new(array: &Bound<'py, PyUntypedArray>, argument: &str) -> PyResult<Self> {
                $(if let Ok(held) = array.as_any().extract() {
                    return Ok(Self::$kind(held));
                })*
                Err(PACKAGE.dtype(format_args!(
                    concat!("{}: expected ", $expected, ", got {}; pass {}.astype(numpy.", $cure, ")"),
                    argument, array.dtype(), argument
                )))
            }

            fn view(&self) -> PyResult<$view<'_>> {
                Ok(match self { $(Self::$kind(held) => $view::$kind(held.as_slice()?)),* })
            }
        }
    };
}
held!(HeldScores, Scores, "float32 or float64", "float32", F32 f32, F64 f64);
held!(
    HeldGrades, Grades, "ints, booleans or floats", "int64",
    Bool bool, I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16, U32 u32, F32 f32, F64 f64
);

/// Adds the queries of arrays, a piece at a time.
pub(crate) fn add(
    accumulator: &mut Accumulator,
    scores: &Bound<'_, PyAny>,
    relevance: &Bound<'_, PyAny>,
    mask: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    const ENTRIES: usize = 1 << 22;
    let py = scores.py();
    let scores = array(scores, "scores")?;
    check(&scores, "scores", None)?;
    let shape = scores.shape().to_vec();
    let relevance = array(relevance, "relevance")?;
    check(&relevance, "relevance", Some(&shape))?;
    let (scores, relevance) = (HeldScores::new(&scores, "scores")?, HeldGrades::new(&relevance, "relevance")?);
    let mask = match mask {
        None => None,
        Some(mask) => {
            let mask = array(mask, "mask")?;
            check(&mask, "mask", Some(&shape))?;
            let HeldGrades::Bool(mask) = HeldGrades::new(&mask, "mask")? else {
                return Err(PACKAGE.dtype(format_args!(
                    "mask: expected bool, got {}; True is for the entries that count",
                    mask.dtype()
                )));
            };
            Some(mask)
        }
    };
    let (queries, docs) = (shape[0], shape[1]);
    let mut arrays = Arrays::new(queries, docs, scores.view()?, relevance.view()?).map_err(to_python)?;
    if let Some(mask) = &mask {
        arrays = arrays.mask(mask.as_slice()?).map_err(to_python)?;
    }
    // All or nothing.
    let mut added = accumulator.clone();
    added.reset();
    in_chunks(py, queries, (ENTRIES / docs.max(1)).max(1), &ProgressBar::hidden(), |rows| {
        added.add_arrays(&arrays.rows(rows)).map_err(to_python)
    })?;
    accumulator.merge(&added).map_err(to_python)
}

#[doc = rank_pyo3::stub!("evaluate_arrays")]
#[pyfunction]
#[pyo3(signature = (
    scores, relevance, measures, mask = None, *, order = "docid_desc", judged_only = false, level = 1, depth = None,
    collection = None, compat = None, threads = 0
))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn evaluate_arrays(
    scores: &Bound<'_, PyAny>,
    relevance: &Bound<'_, PyAny>,
    measures: &Bound<'_, PyAny>,
    mask: Option<&Bound<'_, PyAny>>,
    order: &str,
    judged_only: bool,
    level: i64,
    depth: Option<i64>,
    collection: Option<u64>,
    compat: Option<&str>,
    threads: usize,
) -> PyResult<Evaluation> {
    let names = self::measures(measures)?;
    let measures: Vec<_> = names.iter().map(|(_, measure)| measure.clone()).collect();
    let options = Asked { order, judged_only, level, depth, collection, compat, threads }.options()?;
    let mut accumulator = Accumulator::with_options(&measures, options).map_err(to_python)?;
    add(&mut accumulator, scores, relevance, mask)?;
    Ok(Evaluation::new(accumulator.evaluation(), names))
}
