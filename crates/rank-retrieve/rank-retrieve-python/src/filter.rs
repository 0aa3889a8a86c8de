//! Filters, as Python composes them.

use std::ops::Bound as End;
use std::sync::Arc;

use numpy::{PyArray1, PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyString, PyTuple};
use rank_pyo3::describe;
use rank_retrieve::FieldValue;

use crate::errors::PACKAGE;
use crate::fields::value;
use crate::hnsw::Key;

type Core = rank_retrieve::Filter<Key>;

#[doc = rank_pyo3::stub!("Filter")]
#[pyclass(module = "rank_retrieve", frozen)]
pub(crate) struct Filter(Arc<Core>);

#[doc = rank_pyo3::stub!("Field")]
#[pyclass(module = "rank_retrieve", frozen)]
pub(crate) struct Field(String);

#[doc = rank_pyo3::stub!("field")]
#[pyfunction]
pub(crate) fn field(#[pyo3(from_py_with = crate::arguments::name)] name: &str) -> Field {
    Field(name.to_owned())
}

impl Filter {
    pub(crate) fn new(filter: Core) -> Self {
        Self(Arc::new(filter))
    }
}

/// The filter that an argument of this name stands for; all documents without one.
pub(crate) fn read(argument: Option<&Bound<'_, PyAny>>) -> PyResult<Arc<Core>> {
    let Some(given) = argument else { return Ok(Arc::new(Core::All)) };
    if let Ok(filter) = given.cast::<Filter>() {
        return Ok(Arc::clone(&filter.get().0));
    }
    if given.is_instance_of::<Field>() {
        return Err(PACKAGE.dtype("filter: expected a condition, got a field; compare it, or call its exists()"));
    }
    if let Ok(array) = given.cast::<PyUntypedArray>() {
        if array.dtype().is_equiv_to(&numpy::dtype::<bool>(given.py())) {
            return mask(given).map(Arc::new);
        }
        return Err(PACKAGE.dtype(format_args!(
            "filter: expected an array of bool, got one of {}; pass Filter.positions(array) or Filter.ids(array.tolist())",
            array.dtype()
        )));
    }
    if given.is_instance_of::<PyString>() || given.try_iter().is_err() {
        return Err(PACKAGE.dtype(format_args!(
            "filter: expected a Filter, an array of bool or a list of ids, got {}; make one with field(name)",
            describe(given)
        )));
    }
    rank_pyo3::ids(PACKAGE, given, "filter").map(|ids| Arc::new(Core::Ids(ids.into_iter().map(Key).collect())))
}

fn mask(array: &Bound<'_, PyAny>) -> PyResult<Core> {
    let mask = rank_pyo3::vector::<bool>(PACKAGE, array, "mask", "(documents,)")?;
    Ok(Core::Mask(mask.as_slice()?.to_vec()))
}

#[pymethods]
impl Filter {
    #[doc = rank_pyo3::stub!("Filter.ids")]
    #[staticmethod]
    fn ids(ids: &Bound<'_, PyAny>) -> PyResult<Self> {
        let ids = rank_pyo3::ids(PACKAGE, ids, "ids")?;
        Ok(Self(Arc::new(Core::Ids(ids.into_iter().map(Key).collect()))))
    }

    #[doc = rank_pyo3::stub!("Filter.mask")]
    #[staticmethod]
    #[pyo3(name = "mask")]
    fn of_mask(mask: &Bound<'_, PyAny>) -> PyResult<Self> {
        self::mask(mask).map(|mask| Self(Arc::new(mask)))
    }

    #[doc = rank_pyo3::stub!("Filter.positions")]
    #[staticmethod]
    fn positions(positions: &Bound<'_, PyAny>) -> PyResult<Self> {
        let array = rank_pyo3::vector::<i64>(PACKAGE, positions, "positions", "(n,)")?;
        let position = |&position: &i64| {
            u32::try_from(position).map_err(|_| {
                PACKAGE.invalid(format_args!("positions: expected numbers of at least 0, got {position}; correct it"))
            })
        };
        let positions = array.as_slice()?.iter().map(position).collect::<PyResult<Vec<u32>>>()?;
        Ok(Self(Arc::new(Core::Positions(positions))))
    }

    fn __and__(&self, other: &Self) -> Self {
        Self(Arc::new((*self.0).clone() & (*other.0).clone()))
    }

    fn __or__(&self, other: &Self) -> Self {
        Self(Arc::new((*self.0).clone() | (*other.0).clone()))
    }

    fn __invert__(&self) -> Self {
        Self(Arc::new(!(*self.0).clone()))
    }

    #[expect(clippy::unused_self, reason = "it is a method of Python's")]
    fn __bool__(&self) -> PyResult<bool> {
        Err(PACKAGE.dtype(
            "filter: expected filters combined by &, | and ~, got a truth test; put each comparison in parentheses",
        ))
    }

    fn __repr__(&self) -> String {
        show(&self.0)
    }
}

#[pymethods]
impl Field {
    #[doc = rank_pyo3::stub!("Field.name")]
    #[getter]
    fn name(&self) -> &str {
        &self.0
    }

    fn __richcmp__(&self, other: &Bound<'_, PyAny>, op: CompareOp) -> PyResult<Filter> {
        let value = value(other, format_args!("field({:?})", self.0))?;
        let field = rank_retrieve::field(&*self.0);
        Ok(Filter(Arc::new(match op {
            CompareOp::Eq => field.eq(value),
            CompareOp::Ne => field.ne(value),
            CompareOp::Lt => field.below(value),
            CompareOp::Le => field.at_most(value),
            CompareOp::Gt => field.above(value),
            CompareOp::Ge => field.at_least(value),
        })))
    }

    #[doc = rank_pyo3::stub!("Field.isin")]
    fn isin(&self, values: &Bound<'_, PyAny>) -> PyResult<Filter> {
        let given = rank_pyo3::items(PACKAGE, values, "values", "a list of values")?.enumerate();
        let read = |(at, given): (usize, PyResult<Bound<'_, PyAny>>)| value(&given?, format_args!("values[{at}]"));
        let values = given.map(read).collect::<PyResult<Vec<FieldValue>>>()?;
        Ok(Filter(Arc::new(rank_retrieve::field(&*self.0).is_in(values))))
    }

    #[doc = rank_pyo3::stub!("Field.between")]
    #[pyo3(signature = (low, high, closed = "both"))]
    fn between(
        &self,
        low: &Bound<'_, PyAny>,
        high: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = crate::arguments::closed)] closed: &str,
    ) -> PyResult<Filter> {
        let (low, high) = (value(low, "low")?, value(high, "high")?);
        let (from, to) = match closed {
            "both" => (End::Included(low), End::Included(high)),
            "left" => (End::Included(low), End::Excluded(high)),
            "right" => (End::Excluded(low), End::Included(high)),
            "neither" => (End::Excluded(low), End::Excluded(high)),
            other => {
                return Err(PACKAGE.invalid(format_args!(
                    "closed: expected \"both\", \"left\", \"right\" or \"neither\", got {other:?}; choose one of them"
                )));
            }
        };
        Ok(Filter(Arc::new(Core::Range { field: self.0.clone(), from, to })))
    }

    #[doc = rank_pyo3::stub!("Field.exists")]
    fn exists(&self) -> Filter {
        Filter(Arc::new(rank_retrieve::field(&*self.0).exists()))
    }

    fn __repr__(&self) -> String {
        format!("field({:?})", self.0)
    }
}

/// A filter in a line.
fn show(filter: &Core) -> String {
    let joined = |all: &[Core], by: &str| {
        let parts: Vec<String> = all.iter().map(|filter| format!("({})", show(filter))).collect();
        parts.join(by)
    };
    match filter {
        Core::All => "Filter of all".to_owned(),
        Core::In { field, values } => {
            let values: Vec<String> = values.iter().map(FieldValue::to_string).collect();
            format!("{field} in [{}]", values.join(", "))
        }
        Core::Range { field, from, to } => {
            let low = match from {
                End::Unbounded => String::new(),
                End::Included(value) => format!("{value} <= "),
                End::Excluded(value) => format!("{value} < "),
            };
            let high = match to {
                End::Unbounded => String::new(),
                End::Included(value) => format!(" <= {value}"),
                End::Excluded(value) => format!(" < {value}"),
            };
            format!("{low}{field}{high}")
        }
        Core::Exists(field) => format!("{field} exists"),
        Core::Ids(ids) => format!("{} ids", ids.len()),
        Core::Mask(mask) => format!("a mask of {}", mask.len()),
        Core::Positions(positions) => format!("{} positions", positions.len()),
        Core::Compiled(compiled) => format!("{} documents", compiled.len()),
        Core::And(all) => joined(all, " & "),
        Core::Or(any) => joined(any, " | "),
        Core::Not(filter) => format!("~({})", show(filter)),
        other => format!("{other:?}"),
    }
}

/// Which documents pass, as an array.
pub(crate) fn array(py: Python<'_>, mask: Vec<bool>) -> Bound<'_, PyArray1<bool>> {
    PyArray1::from_vec(py, mask)
}

/// A pair of ends, either of which may be `None`.
pub(crate) fn range(given: &Bound<'_, PyAny>, at: &str) -> PyResult<(End<FieldValue>, End<FieldValue>)> {
    let Ok(pair) = given.cast::<PyTuple>().map_err(PyErr::from).and_then(|pair| {
        let ends: (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
        Ok(ends)
    }) else {
        return Err(
            PACKAGE.dtype(format_args!("{at}: expected a tuple of two, got {}; pass (low, high)", describe(given)))
        );
    };
    let low = if pair.0.is_none() { End::Unbounded } else { End::Included(value(&pair.0, at)?) };
    let high = if pair.1.is_none() { End::Unbounded } else { End::Excluded(value(&pair.1, at)?) };
    Ok((low, high))
}
