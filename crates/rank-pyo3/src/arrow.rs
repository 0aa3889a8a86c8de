//! Tables of other libraries, through the Arrow `PyCapsule` protocol: read in place, or refused by name; and given back.

mod values;
mod vectors;

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float16Array, Float32Array, Float64Array, Int8Array, Int16Array, Int32Array,
    Int64Array, LargeStringArray, RecordBatch, RecordBatchIterator, RecordBatchReader, StringArray, StringViewArray,
    StructArray, UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use pyo3_arrow::ffi::{ArrayIterator, to_stream_pycapsule};
use pyo3_arrow::{PyArray, PyChunkedArray, PyRecordBatch, PyRecordBatchReader};

use crate::{Package, describe};

pub use values::{ValueColumn, ValueRef};
pub use vectors::{VectorColumn, VectorRef};
pub use {arrow_array, arrow_schema};

/// A table in the memory of whoever made it: `pyarrow.Table`, `polars.DataFrame`, `pandas.DataFrame` and whatever else
/// has `__arrow_c_stream__` or `__arrow_c_array__`. Nothing of it is copied.
#[derive(Debug)]
pub struct ArrowTable {
    package: Package,
    argument: String,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    /// Rows of the stream before the first here, for messages.
    before: usize,
}

/// A table of any length, a part at a time: what [`ArrowTable`] takes, and streams whose parts are made when they are
/// asked for, such as a `pyarrow.RecordBatchReader`.
pub struct ArrowStream {
    package: Package,
    argument: String,
    reader: Box<dyn RecordBatchReader + Send>,
    before: usize,
}

impl ArrowStream {
    /// Begins to read; `argument` names the table in messages.
    ///
    /// # Errors
    ///
    /// As [`ArrowTable::read`].
    pub fn open(package: Package, value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Self> {
        let py = value.py();
        let refused = || {
            package.dtype(format_args!(
                "{argument}: expected an Arrow table, got {}; pass a table, a data frame or a record batch",
                describe(value)
            ))
        };
        let reader: Box<dyn RecordBatchReader + Send> = if value.hasattr(intern!(py, "__arrow_c_stream__"))? {
            let capsule = value.call_method0(intern!(py, "__arrow_c_stream__"))?.cast_into::<PyCapsule>()?;
            PyRecordBatchReader::from_arrow_pycapsule(&capsule).map_err(|_| refused())?.into_reader()?
        } else if value.hasattr(intern!(py, "__arrow_c_array__"))? {
            let pair = value.call_method0(intern!(py, "__arrow_c_array__"))?.cast_into::<PyTuple>()?;
            let (schema, array) = pair.extract::<(Bound<'_, PyCapsule>, Bound<'_, PyCapsule>)>()?;
            let batch = PyRecordBatch::from_arrow_pycapsule(&schema, &array).map_err(|_| refused())?.into_inner();
            let schema = batch.schema();
            Box::new(RecordBatchIterator::new([Ok(batch)], schema))
        } else {
            return Err(refused());
        };
        Ok(Self { package, argument: argument.to_owned(), reader, before: 0 })
    }

    /// The next part, with the GIL free while it is made.
    ///
    /// # Errors
    ///
    /// `InvalidInputError` for a stream that fails, and what a signal asks for.
    pub fn next(&mut self, py: Python<'_>) -> PyResult<Option<ArrowTable>> {
        let Self { package, argument, reader, before } = self;
        let Some(batch) = py.detach(|| reader.next()) else { return Ok(None) };
        py.check_signals()?;
        let batch = batch.map_err(|error| failed(*package, argument, &error))?;
        let table = ArrowTable {
            package: *package,
            argument: argument.clone(),
            schema: reader.schema(),
            before: *before,
            batches: vec![batch],
        };
        *before += table.chunks().sum::<usize>();
        Ok(Some(table))
    }
}

fn failed(package: Package, argument: &str, error: &ArrowError) -> PyErr {
    package.invalid(format_args!("{argument}: expected an Arrow stream, got the error \"{error}\"; repair it"))
}

impl ArrowTable {
    /// Whether a value speaks the protocol.
    ///
    /// # Errors
    ///
    /// What the value raises when it is asked.
    pub fn accepts(value: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = value.py();
        Ok(value.hasattr(intern!(py, "__arrow_c_stream__"))? || value.hasattr(intern!(py, "__arrow_c_array__"))?)
    }

    /// All chunks of a table; `argument` names it in messages.
    ///
    /// # Errors
    ///
    /// `DtypeError` for what is no table, `InvalidInputError` for a stream that fails, and what the value raises.
    pub fn read(package: Package, value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Self> {
        let py = value.py();
        let mut stream = ArrowStream::open(package, value, argument)?;
        let mut table = Self {
            package,
            argument: argument.to_owned(),
            schema: stream.reader.schema(),
            batches: Vec::new(),
            before: 0,
        };
        while let Some(part) = stream.next(py)? {
            table.batches.extend(part.batches);
        }
        Ok(table)
    }

    /// The number of rows of each chunk.
    pub fn chunks(&self) -> impl ExactSizeIterator<Item = usize> {
        self.batches.iter().map(RecordBatch::num_rows)
    }

    /// Whether there is a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.schema.fields().iter().any(|field| field.name() == name)
    }

    /// The chunks of a column without nulls.
    fn column<T>(&self, name: &str, expected: &str, read: impl Fn(&ArrayRef) -> Result<T, Unread>) -> PyResult<Vec<T>> {
        self.nullable(name, expected, false, read)
    }

    /// The chunks of a column.
    fn nullable<T>(
        &self,
        name: &str,
        expected: &str,
        nulls: bool,
        read: impl Fn(&ArrayRef) -> Result<T, Unread>,
    ) -> PyResult<Vec<T>> {
        let Self { package, argument, schema, batches, before } = self;
        let mut found = schema.fields().iter().enumerate().filter(|(_, field)| field.name() == name);
        let Some((position, field)) = found.next() else {
            let names: Vec<String> = schema.fields().iter().map(|field| format!("{:?}", field.name())).collect();
            return Err(package.invalid(format_args!(
                "{argument}: expected a column named {name:?}, got [{}]; rename the column or pass its name",
                names.join(", ")
            )));
        };
        if found.next().is_some() {
            return Err(package.invalid(format_args!(
                "{argument}: expected one column named {name:?}, got several; drop all but one"
            )));
        }
        let mut start = *before;
        let mut chunks = Vec::with_capacity(batches.len());
        for batch in batches {
            let array = batch.column(position);
            if array.is_empty() {
                continue;
            }
            if let Some(nulls) = array.logical_nulls().filter(|found| !nulls && found.null_count() > 0) {
                let row = start + (0..nulls.len()).find(|&row| nulls.is_null(row)).unwrap_or_default();
                return Err(package.invalid(format_args!(
                    "{argument}[{name:?}][{row}]: expected a value, got null; drop the row or fill it in"
                )));
            }
            chunks.push(read(array).map_err(|unread| match unread {
                Unread::Type => package.dtype(format_args!(
                    "{argument}[{name:?}]: expected {expected}, got {}; cast the column",
                    field.data_type()
                )),
                Unread::Value { row, expected, got } => package.invalid(format_args!(
                    "{argument}[{name:?}][{}]: expected {expected}, got {got}; cast the column",
                    start + row
                )),
            })?);
            start += array.len();
        }
        Ok(chunks)
    }

    /// The chunks of a column of whatever type, without nulls on the outside.
    ///
    /// # Errors
    ///
    /// `InvalidInputError` if the column is missing, there twice, or has a null.
    pub fn arrays(&self, name: &str) -> PyResult<Vec<ArrayRef>> {
        self.column(name, "a column", |array| Ok(array.clone()))
    }

    /// The chunks of a column of ids. Chunks without rows are left out, here and in the other columns.
    ///
    /// # Errors
    ///
    /// `InvalidInputError` if the column is missing, there twice, or has a null; `DtypeError` for another type.
    pub fn ids(&self, name: &str) -> PyResult<Vec<IdColumn>> {
        self.column(name, "a column of strings or ints", IdColumn::new)
    }

    /// The chunks of a column of texts, which may have nulls.
    ///
    /// # Errors
    ///
    /// As [`ids`](Self::ids).
    pub fn texts(&self, name: &str) -> PyResult<Vec<TextColumn>> {
        self.nullable(name, "a column of strings", true, |array| match IdColumn::new(array)? {
            IdColumn::Int(_) => Err(Unread::Type),
            IdColumn::Dictionary { values, .. } if matches!(*values, IdColumn::Int(_)) => Err(Unread::Type),
            texts => {
                let nulls = array.logical_nulls().map(|nulls| nulls.iter().map(|there| !there).collect());
                Ok(TextColumn { texts, nulls })
            }
        })
    }

    /// The chunks of a column of scores: floats, or ints that `f64` holds.
    ///
    /// # Errors
    ///
    /// As [`ids`](Self::ids).
    pub fn scores(&self, name: &str) -> PyResult<Vec<ScoreColumn>> {
        self.column(name, "a column of floats or ints", ScoreColumn::new)
    }

    /// The chunks of a column of ints, such as grades; booleans count as 0 and 1.
    ///
    /// # Errors
    ///
    /// As [`ids`](Self::ids).
    pub fn ints(&self, name: &str) -> PyResult<Vec<IntColumn>> {
        self.column(name, "a column of ints", IntColumn::new)
    }
}

/// The chunks of an array in the memory of whoever made it: `pyarrow.Array`, `pyarrow.ChunkedArray`, `polars.Series` and
/// whatever else has `__arrow_c_stream__` or `__arrow_c_array__`. Nothing of it is copied.
///
/// # Errors
///
/// `DtypeError` for what is no array, `InvalidInputError` for a stream that fails, and what the value raises.
pub fn arrow_chunks(package: Package, value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<ArrayRef>> {
    let py = value.py();
    let refused =
        || package.dtype(format_args!("{argument}: expected an Arrow array, got {}; pass an array", describe(value)));
    if value.hasattr(intern!(py, "__arrow_c_array__"))? {
        let pair = value.call_method0(intern!(py, "__arrow_c_array__"))?.cast_into::<PyTuple>()?;
        let (schema, array) = pair.extract::<(Bound<'_, PyCapsule>, Bound<'_, PyCapsule>)>()?;
        let array = PyArray::from_arrow_pycapsule(&schema, &array).map_err(|_| refused())?;
        return Ok(vec![array.into_inner().0]);
    }
    let capsule = value.call_method0(intern!(py, "__arrow_c_stream__")).map_err(|_| refused())?;
    let chunks = PyChunkedArray::from_arrow_pycapsule(&capsule.cast_into::<PyCapsule>()?);
    chunks.map(|chunks| chunks.into_inner().0).map_err(|error| {
        package.invalid(format_args!("{argument}: expected an Arrow stream, got the error \"{error}\"; repair it"))
    })
}

/// Why a chunk cannot be read.
enum Unread {
    Type,
    Value { row: usize, expected: &'static str, got: String },
}

/// A chunk of ints of any width, or of booleans.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the names say it")]
pub enum IntColumn {
    I8(Int8Array),
    I16(Int16Array),
    I32(Int32Array),
    I64(Int64Array),
    U8(UInt8Array),
    U16(UInt16Array),
    U32(UInt32Array),
    U64(UInt64Array),
    Bool(BooleanArray),
}

impl IntColumn {
    fn new(array: &ArrayRef) -> Result<Self, Unread> {
        Ok(match array.data_type() {
            DataType::Int8 => Self::I8(array.as_primitive::<Int8Type>().clone()),
            DataType::Int16 => Self::I16(array.as_primitive::<Int16Type>().clone()),
            DataType::Int32 => Self::I32(array.as_primitive::<Int32Type>().clone()),
            DataType::Int64 => Self::I64(array.as_primitive::<Int64Type>().clone()),
            DataType::UInt8 => Self::U8(array.as_primitive::<UInt8Type>().clone()),
            DataType::UInt16 => Self::U16(array.as_primitive::<UInt16Type>().clone()),
            DataType::UInt32 => Self::U32(array.as_primitive::<UInt32Type>().clone()),
            DataType::UInt64 => {
                let array = array.as_primitive::<UInt64Type>();
                if let Some(row) = array.values().iter().position(|&value| i64::try_from(value).is_err()) {
                    let got = array.value(row).to_string();
                    return Err(Unread::Value { row, expected: "an int of 64 bits with sign", got });
                }
                Self::U64(array.clone())
            }
            DataType::Boolean => Self::Bool(array.as_boolean().clone()),
            _ => return Err(Unread::Type),
        })
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::I8(array) => array.len(),
            Self::I16(array) => array.len(),
            Self::I32(array) => array.len(),
            Self::I64(array) => array.len(),
            Self::U8(array) => array.len(),
            Self::U16(array) => array.len(),
            Self::U32(array) => array.len(),
            Self::U64(array) => array.len(),
            Self::Bool(array) => array.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a row.
    #[inline]
    pub fn get(&self, row: usize) -> i64 {
        match self {
            Self::I8(array) => i64::from(array.values()[row]),
            Self::I16(array) => i64::from(array.values()[row]),
            Self::I32(array) => i64::from(array.values()[row]),
            Self::I64(array) => array.values()[row],
            Self::U8(array) => i64::from(array.values()[row]),
            Self::U16(array) => i64::from(array.values()[row]),
            Self::U32(array) => i64::from(array.values()[row]),
            // Checked to fit when the column was read.
            Self::U64(array) => array.values()[row] as i64,
            Self::Bool(array) => i64::from(array.value(row)),
        }
    }
}

/// A chunk of scores.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ScoreColumn {
    F16(Float16Array),
    F32(Float32Array),
    F64(Float64Array),
    /// All of which `f64` holds.
    Int(IntColumn),
}

impl ScoreColumn {
    fn new(array: &ArrayRef) -> Result<Self, Unread> {
        Ok(match array.data_type() {
            DataType::Float16 => Self::F16(array.as_primitive::<Float16Type>().clone()),
            DataType::Float32 => Self::F32(array.as_primitive::<Float32Type>().clone()),
            DataType::Float64 => Self::F64(array.as_primitive::<Float64Type>().clone()),
            // A boolean is no score.
            DataType::Boolean => return Err(Unread::Type),
            _ => {
                let ints = IntColumn::new(array)?;
                let rounded = |&row: &usize| ints.get(row).unsigned_abs() > 1 << 53;
                if let Some(row) = (0..ints.len()).find(rounded) {
                    let got = ints.get(row).to_string();
                    return Err(Unread::Value { row, expected: "an int that float64 holds", got });
                }
                Self::Int(ints)
            }
        })
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::F16(array) => array.len(),
            Self::F32(array) => array.len(),
            Self::F64(array) => array.len(),
            Self::Int(array) => array.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a row.
    #[inline]
    pub fn get(&self, row: usize) -> f64 {
        match self {
            Self::F16(array) => array.values()[row].to_f64(),
            Self::F32(array) => f64::from(array.values()[row]),
            Self::F64(array) => array.values()[row],
            Self::Int(array) => array.get(row) as f64,
        }
    }
}

/// An id in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdRef<'a> {
    /// An int of 64 bits.
    Int(i64),
    /// A text.
    Str(&'a str),
}

/// A chunk of ids: texts in any of Arrow's forms, ints, or numbers into a dictionary of these.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the names say it")]
pub enum IdColumn {
    Utf8(StringArray),
    LargeUtf8(LargeStringArray),
    Utf8View(StringViewArray),
    Int(IntColumn),
    Dictionary { keys: IntColumn, values: Box<IdColumn> },
}

impl IdColumn {
    fn new(array: &ArrayRef) -> Result<Self, Unread> {
        Ok(match array.data_type() {
            DataType::Utf8 => Self::Utf8(array.as_string().clone()),
            DataType::LargeUtf8 => Self::LargeUtf8(array.as_string().clone()),
            DataType::Utf8View => Self::Utf8View(array.as_string_view().clone()),
            // A boolean is no id.
            DataType::Boolean => return Err(Unread::Type),
            DataType::Dictionary(key, _) => match **key {
                DataType::Int8 => Self::dictionary::<Int8Type>(array)?,
                DataType::Int16 => Self::dictionary::<Int16Type>(array)?,
                DataType::Int32 => Self::dictionary::<Int32Type>(array)?,
                DataType::Int64 => Self::dictionary::<Int64Type>(array)?,
                DataType::UInt8 => Self::dictionary::<UInt8Type>(array)?,
                DataType::UInt16 => Self::dictionary::<UInt16Type>(array)?,
                DataType::UInt32 => Self::dictionary::<UInt32Type>(array)?,
                DataType::UInt64 => Self::dictionary::<UInt64Type>(array)?,
                _ => return Err(Unread::Type),
            },
            _ => Self::Int(IntColumn::new(array)?),
        })
    }

    fn dictionary<K: ArrowDictionaryKeyType>(array: &ArrayRef) -> Result<Self, Unread> {
        let array = array.as_dictionary::<K>();
        let keys: ArrayRef = Arc::new(array.keys().clone());
        Ok(Self::Dictionary { keys: IntColumn::new(&keys)?, values: Box::new(Self::new(array.values())?) })
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Utf8(array) => array.len(),
            Self::LargeUtf8(array) => array.len(),
            Self::Utf8View(array) => array.len(),
            Self::Int(array) => array.len(),
            Self::Dictionary { keys, .. } => keys.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id of a row.
    #[inline]
    pub fn get(&self, row: usize) -> IdRef<'_> {
        match self {
            Self::Utf8(array) => IdRef::Str(array.value(row)),
            Self::LargeUtf8(array) => IdRef::Str(array.value(row)),
            Self::Utf8View(array) => IdRef::Str(array.value(row)),
            Self::Int(array) => IdRef::Int(array.get(row)),
            Self::Dictionary { keys, values } => values.get(keys.get(row) as usize),
        }
    }
}

/// A chunk of texts.
#[derive(Debug, Clone)]
pub struct TextColumn {
    texts: IdColumn,
    /// Whether each row is one, if any is.
    nulls: Option<Vec<bool>>,
}

impl TextColumn {
    /// The text of a row, `None` for null.
    pub fn get(&self, row: usize) -> Option<&str> {
        if self.nulls.as_ref().is_some_and(|nulls| nulls[row]) {
            return None;
        }
        match self.texts.get(row) {
            IdRef::Str(text) => Some(text),
            IdRef::Int(_) => None,
        }
    }
}

/// What `__arrow_c_stream__` returns: a capsule of record batches, which are made as they are asked for.
///
/// # Errors
///
/// Only when Python is out of memory, or for a requested schema that is none.
pub fn arrow_stream<'py>(
    py: Python<'py>,
    schema: &SchemaRef,
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>> + Send + 'static,
    requested_schema: Option<Bound<'py, PyCapsule>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let field = Arc::new(Field::new_struct("", schema.fields().clone(), false));
    let arrays = batches.map(|batch| Ok(Arc::new(StructArray::from(batch?)) as ArrayRef));
    Ok(to_stream_pycapsule(py, Box::new(ArrayIterator::new(arrays, field)), requested_schema)?)
}
