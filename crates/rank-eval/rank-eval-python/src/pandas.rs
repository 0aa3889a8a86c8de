//! Data frames of pandas where pyarrow is not installed: their columns as arrays of NumPy.

use pyo3::basic::CompareOp;
use pyo3::prelude::*;
use rank_pyo3::describe;

use crate::columns::NumpyRows;
use crate::errors::PACKAGE;

/// A `pandas.DataFrame`.
pub(crate) struct Frame<'a, 'py> {
    frame: &'a Bound<'py, PyAny>,
    argument: &'a str,
}

/// The columns of ids, and what to call all three in errors.
pub(crate) struct FrameRows<'py> {
    query_ids: Bound<'py, PyAny>,
    doc_ids: Bound<'py, PyAny>,
    names: [String; 3],
}

impl<'py> FrameRows<'py> {
    pub(crate) fn as_numpy(&self) -> NumpyRows<'_, 'py> {
        let names = self.names.each_ref().map(String::as_str);
        NumpyRows { query_ids: &self.query_ids, offsets: None, doc_ids: &self.doc_ids, names }
    }
}

impl<'a, 'py> Frame<'a, 'py> {
    pub(crate) fn is_one(value: &Bound<'_, PyAny>) -> bool {
        describe(value).starts_with("pandas.") && value.hasattr("columns").unwrap_or(false)
    }

    pub(crate) fn new(frame: &'a Bound<'py, PyAny>, argument: &'a str) -> Self {
        Self { frame, argument }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.frame.getattr("columns").and_then(|columns| columns.contains(name)).unwrap_or(false)
    }

    fn named(&self, name: &str) -> String {
        format!("{}[{name:?}]", self.argument)
    }

    /// A column as a contiguous array.
    pub(crate) fn column(&self, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let (frame, argument) = (self.frame, self.argument);
        if !self.has(name) {
            let names: Vec<String> = frame.getattr("columns")?.call_method0("tolist")?.extract().unwrap_or_default();
            return Err(PACKAGE.invalid(format_args!(
                "{argument}: expected a column named {name:?}, got {names:?}; rename the column or pass its name"
            )));
        }
        let column = frame.get_item(name)?;
        if column.hasattr("columns")? {
            return Err(PACKAGE.invalid(format_args!(
                "{argument}: expected one column named {name:?}, got several; drop all but one"
            )));
        }
        let nulls = column.call_method0("isna")?.call_method0("to_numpy")?;
        if nulls.call_method0("any")?.is_truthy()? {
            let row = nulls.call_method0("argmax")?;
            return Err(PACKAGE.invalid(format_args!(
                "{}[{row}]: expected a value, got null; drop the row or fill it in",
                self.named(name)
            )));
        }
        let numpy = frame.py().import("numpy")?;
        numpy.call_method1("ascontiguousarray", (column.call_method0("to_numpy")?,))
    }

    pub(crate) fn rows(&self, query_id: &str, doc_id: &str, value: &str) -> PyResult<FrameRows<'py>> {
        Ok(FrameRows {
            query_ids: self.column(query_id)?,
            doc_ids: self.column(doc_id)?,
            names: [query_id, doc_id, value].map(|name| self.named(name)),
        })
    }

    /// A column of floats, or of ints that float64 holds.
    pub(crate) fn scores(&self, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let column = self.column(name)?;
        let kind: String = column.getattr("dtype")?.getattr("kind")?.extract()?;
        if !matches!(kind.as_str(), "i" | "u") {
            return Ok(column);
        }
        let floats = column.call_method1("astype", ("float64",))?;
        let held = floats.call_method0("__abs__")?.rich_compare(2.0_f64.powi(53), CompareOp::Le)?;
        if held.call_method0("all")?.is_truthy()? {
            return Ok(floats);
        }
        Err(PACKAGE.invalid(format_args!(
            "{}: expected ints that float64 holds, got larger ones; cast the column",
            self.named(name)
        )))
    }
}
