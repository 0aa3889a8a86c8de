//! Values stored with documents, and texts by field.

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyList, PyMapping, PySet, PyString, PyTuple};
use rank_pyo3::{Id, describe, for_each_entry, items};
use rank_retrieve::{FieldType, FieldValue, Result, StoredFields, TextField};

use crate::errors::{PACKAGE, to_python};
use crate::hnsw::Key;

/// Reads a value to be stored or compared, which `at` names in messages.
pub(crate) fn value(value: &Bound<'_, PyAny>, at: impl std::fmt::Display) -> PyResult<FieldValue> {
    let refused = || {
        PACKAGE.dtype(format_args!(
            "{at}: expected an int, float, str, list of str, date or datetime, got {}; convert it",
            describe(value)
        ))
    };
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(rank_pyo3::text(PACKAGE, text, &at)?.into());
    }
    // A bool is an int to Python, and a mistake here.
    if value.is_instance_of::<PyBool>() {
        return Err(refused());
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        return Ok(number.extract::<f64>()?.into());
    }
    if value.hasattr("isoformat")? {
        let text: String = value.call_method0("isoformat")?.extract()?;
        return FieldValue::date(&text).map_err(to_python);
    }
    match describe(value).as_str() {
        "numpy.datetime64" => return FieldValue::date(&value.str()?.to_cow()?).map_err(to_python),
        "numpy.float32" | "numpy.float16" => return Ok(value.extract::<f64>()?.into()),
        _ => {}
    }
    if let Ok(number) = value.call_method0("__index__") {
        let got =
            |_| PACKAGE.invalid(format_args!("{at}: expected an int of 64 bits, got {number}; store it as a str"));
        return Ok(number.extract::<i64>().map_err(got)?.into());
    }
    let is_set = value.is_instance_of::<PySet>();
    if !(is_set || value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>()) {
        return Err(refused());
    }
    let mut texts = Vec::new();
    for text in value.try_iter()? {
        let text = text?;
        let text = text.cast::<PyString>().map_err(|_| refused())?;
        texts.push(rank_pyo3::text(PACKAGE, text, &at)?.to_owned());
    }
    if is_set {
        texts.sort_unstable();
    }
    Ok(texts.into())
}

/// A value as Python has it.
pub(crate) fn to_object<'py>(py: Python<'py>, value: &FieldValue) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        FieldValue::Int(value) => value.into_bound_py_any(py)?,
        FieldValue::Float(value) => value.into_bound_py_any(py)?,
        FieldValue::Keyword(text) => text.into_bound_py_any(py)?,
        FieldValue::Keywords(texts) => texts.into_bound_py_any(py)?,
        FieldValue::Date(micros) => {
            let datetime = py.import("datetime")?;
            let utc = datetime.getattr("timezone")?.getattr("utc")?;
            let start = datetime.getattr("datetime")?.call1((1970, 1, 1, 0, 0, 0, 0, utc))?;
            start.add(datetime.getattr("timedelta")?.call1((0, 0, *micros))?)?
        }
        other => {
            return Err(PACKAGE.invalid(format_args!("fields: expected a known type, got {other}; update the package")));
        }
    })
}

/// A dict of field to value; `None` is no value.
pub(crate) fn stored(fields: Option<&Bound<'_, PyAny>>) -> PyResult<StoredFields> {
    let mut found = StoredFields::new();
    let Some(fields) = fields else { return Ok(found) };
    for_each_entry(PACKAGE, fields, "fields", "a dict of field to value", |name, given| {
        let name = name_of(name, "fields")?;
        found = if given.is_none() {
            std::mem::take(&mut found).without(name)
        } else {
            let value = value(given, format_args!("fields[{name:?}]"))?;
            std::mem::take(&mut found).with(name, value)
        };
        Ok(())
    })?;
    Ok(found)
}

pub(crate) fn name_of(name: &Bound<'_, PyAny>, argument: &str) -> PyResult<String> {
    if !name.is_instance_of::<PyString>() {
        return Err(
            PACKAGE.dtype(format_args!("{argument}: expected names of type str, got {}; convert it", describe(name)))
        );
    }
    rank_pyo3::text(PACKAGE, name, format_args!("{argument}: names")).map(str::to_owned)
}

/// A dict of name to number.
pub(crate) fn numbers(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<(String, f64)>> {
    let mut found = Vec::new();
    for_each_entry(PACKAGE, value, argument, "a dict of text field to number", |name, number| {
        let name = name_of(name, argument)?;
        let number = rank_pyo3::number(PACKAGE, number, format_args!("{argument}[{name:?}]"))?;
        found.push((name, number));
        Ok(())
    })?;
    Ok(found)
}

/// Something, or something for each text field.
pub(crate) enum Parts<T> {
    One(T),
    Fields(Vec<(String, T)>),
}

impl<T> Parts<T> {
    /// Reads what may be a mapping by text field.
    pub(crate) fn read(
        value: &Bound<'_, PyAny>,
        argument: &str,
        read: impl Fn(&Bound<'_, PyAny>, &str) -> PyResult<T>,
    ) -> PyResult<Self> {
        if value.cast::<PyMapping>().is_err() {
            return read(value, argument).map(Self::One);
        }
        let mut found = Vec::new();
        for_each_entry(PACKAGE, value, argument, "a dict by text field", |name, part| {
            let name = name_of(name, argument)?;
            let part = read(part, &format!("{argument}[{name:?}]"))?;
            found.push((name, part));
            Ok(())
        })?;
        Ok(Self::Fields(found))
    }
}

/// The fields as the core takes them.
pub(crate) fn borrowed<T>(fields: &[(String, T)]) -> Vec<(&str, &T)> {
    fields.iter().map(|(name, part)| (name.as_str(), part)).collect()
}

/// A text, which `argument` names in messages.
pub(crate) fn text(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<String> {
    rank_pyo3::text(PACKAGE, value, argument).map(str::to_owned)
}

/// An index with stored fields.
pub(crate) trait Stored {
    fn declare_field(&mut self, field: &str, kind: FieldType) -> Result<()>;
    fn set_fields(&mut self, id: &Key, fields: &StoredFields) -> Result<bool>;
}

macro_rules! stored {
    ($index:ident) => {
        impl Stored for rank_retrieve::$index<Key> {
            fn declare_field(&mut self, field: &str, kind: FieldType) -> Result<()> {
                self.declare_field(field, kind)
            }

            fn set_fields(&mut self, id: &Key, fields: &StoredFields) -> Result<bool> {
                self.set_fields(id, fields)
            }
        }
    };
}

stored! { Bm25Index }
stored! { SparseIndex }

/// Declares the types of a dict of field to type.
pub(crate) fn declare(index: &mut impl Stored, types: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    let Some(types) = types else { return Ok(()) };
    for_each_entry(PACKAGE, types, "fields", "a dict of field to type", |name, kind| {
        let kind: FieldType = text(kind, "fields")?.parse().map_err(to_python)?;
        index.declare_field(&name_of(name, "fields")?, kind).map_err(to_python)
    })
}

/// A value of one field for each of many documents.
pub(crate) struct FieldColumn(Vec<(Key, StoredFields)>);

impl FieldColumn {
    pub(crate) fn read(field: &str, ids: &Bound<'_, PyAny>, values: &Bound<'_, PyAny>) -> PyResult<Self> {
        let ids = rank_pyo3::ids(PACKAGE, ids, "ids")?;
        let mut found = Vec::with_capacity(ids.len());
        let mut left = ids.into_iter();
        for (position, given) in items(PACKAGE, values, "values", "a list of values")?.enumerate() {
            let given = given?;
            let Some(id) = left.next() else {
                return Err(PACKAGE.shape("values: expected as many as ids, got more; pass one value per id"));
            };
            let fields = if given.is_none() {
                StoredFields::new().without(field)
            } else {
                StoredFields::new().with(field, value(&given, format_args!("values[{position}]"))?)
            };
            found.push((Key(id), fields));
        }
        if left.next().is_some() {
            return Err(PACKAGE.shape("values: expected as many as ids, got fewer; pass one value per id"));
        }
        Ok(Self(found))
    }

    /// Stores them; an id that the index does not hold is an error, those before it stay.
    pub(crate) fn store(&self, index: &mut impl Stored) -> PyResult<()> {
        for (position, (id, fields)) in self.0.iter().enumerate() {
            if !index.set_fields(id, fields).map_err(to_python)? {
                return Err(PACKAGE.invalid(format_args!(
                    "ids[{position}]: expected a document of the index, got {}; add it first",
                    id.0
                )));
            }
        }
        Ok(())
    }
}

/// What is stored with a document, as a dict, or `None`.
pub(crate) fn dict(py: Python<'_>, fields: Option<StoredFields>) -> PyResult<Option<Bound<'_, PyDict>>> {
    let Some(fields) = fields else { return Ok(None) };
    let found = PyDict::new(py);
    for (name, value) in fields.iter() {
        if let Some(value) = value {
            found.set_item(name, to_object(py, value)?)?;
        }
    }
    Ok(Some(found))
}

/// The types as a dict.
pub(crate) fn types(py: Python<'_>, types: Vec<(String, FieldType)>) -> PyResult<Bound<'_, PyDict>> {
    let found = PyDict::new(py);
    for (name, kind) in types {
        found.set_item(name, kind.name())?;
    }
    Ok(found)
}

/// Ids as a list.
pub(crate) fn list(py: Python<'_>, ids: Vec<Key>) -> PyResult<Bound<'_, PyList>> {
    let ids: Vec<Id> = ids.into_iter().map(|Key(id)| id).collect();
    PyList::new(py, ids.iter())
}

/// Text fields of a dict of name to weight, with what a dict of name to b says of them.
pub(crate) fn text_fields(weights: &Bound<'_, PyAny>, field_b: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<TextField>> {
    let weights = numbers(weights, "text_fields")?;
    let mut found: Vec<TextField> =
        weights.into_iter().map(|(name, weight)| TextField::new(name).weight(weight)).collect();
    for (name, b) in field_b.map(|all| numbers(all, "field_b")).transpose()?.unwrap_or_default() {
        let Some(field) = found.iter_mut().find(|field| field.name == name) else {
            return Err(
                PACKAGE.invalid(format_args!("field_b: expected one of the text_fields, got {name:?}; correct it"))
            );
        };
        field.b = Some(b);
    }
    Ok(found)
}
