//! Arrays of other libraries, seen as NumPy arrays without a copy; tokens in Arrow arrays.

use std::fmt::Display;

use numpy::{PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::buffer::PyUntypedBuffer;
use pyo3::intern;
use pyo3::prelude::*;
use rank_pyo3::arrow::arrow_array::cast::AsArray;
use rank_pyo3::arrow::arrow_array::types::{
    ArrowPrimitiveType, Float16Type, Float32Type, Int8Type, UInt8Type, UInt16Type,
};
use rank_pyo3::arrow::arrow_array::{Array as _, ArrayRef};
use rank_pyo3::arrow::arrow_schema::DataType;
use rank_pyo3::arrow::{ArrowTable, arrow_chunks};
use rank_rerank::simd::Components;
use rank_rerank::simd::half::bf16;
use rank_rerank::simd::half::slice::HalfBitsSliceExt;
use rank_rerank::store::TokenDtype;

use crate::errors::PACKAGE;

/// Types beyond those of NumPy itself.
const REGISTERED: i32 = 256;

/// A NumPy array as it is, or a view of a torch tensor on the CPU, of what speaks `DLPack`, of what has
/// `__array_interface__` or a buffer; `bfloat16` as its bits, uint16. Everything else as it is, for others to refuse.
/// Nothing is copied.
pub(crate) fn in_numpy<'py>(value: &Bound<'py, PyAny>, argument: impl Display + Copy) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    if let Ok(array) = value.cast::<PyUntypedArray>() {
        let dtype = array.dtype();
        if dtype.num() >= REGISTERED && dtype.to_string() == "bfloat16" {
            return value.call_method1(intern!(py, "view"), (intern!(py, "uint16"),));
        }
        return Ok(value.clone());
    }
    let module = value.get_type().module()?.to_string();
    if module == "torch" || module.starts_with("torch.") {
        return torch(value, argument);
    }
    let numpy = || py.import(intern!(py, "numpy"));
    let view = if value.hasattr(intern!(py, "__dlpack__"))? {
        numpy()?.call_method1(intern!(py, "from_dlpack"), (value,))
    } else if value.hasattr(intern!(py, "__array_interface__"))? || PyUntypedBuffer::get(value).is_ok() {
        numpy()?.call_method1(intern!(py, "asarray"), (value,))
    } else {
        return Ok(value.clone());
    };
    view.map_err(|error| {
        PACKAGE.dtype(format_args!(
            "{argument}: expected an array in memory that NumPy can view, got the error \"{error}\"; pass it as a NumPy array"
        ))
    })
}

fn torch<'py>(value: &Bound<'py, PyAny>, argument: impl Display + Copy) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    let (Ok(device), Ok(dtype)) = (value.getattr(intern!(py, "device")), value.getattr(intern!(py, "dtype"))) else {
        return Ok(value.clone());
    };
    if device.getattr(intern!(py, "type"))?.to_string() != "cpu" {
        return Err(PACKAGE.dtype(format_args!(
            "{argument}: expected a tensor on the CPU, got one on {device}; pass {argument}.cpu()"
        )));
    }
    let detached = value.call_method0(intern!(py, "detach"))?;
    let view = if dtype.to_string() == "torch.bfloat16" {
        let bits = py.import(intern!(py, "torch"))?.getattr(intern!(py, "int16"))?;
        let bits = detached.call_method1(intern!(py, "view"), (bits,))?.call_method0(intern!(py, "numpy"));
        bits.and_then(|bits| bits.call_method1(intern!(py, "view"), (intern!(py, "uint16"),)))
    } else {
        detached.call_method0(intern!(py, "numpy"))
    };
    view.map_err(|error| {
        PACKAGE.dtype(format_args!(
            "{argument}: expected a dense tensor of float32, float16, bfloat16 or int8, got {dtype}, of which torch says \
             \"{error}\"; pass {argument}.float().contiguous()"
        ))
    })
}

/// Whether a value is an Arrow array; NumPy arrays and tensors are none.
pub(crate) fn is_arrow(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(value.cast::<PyUntypedArray>().is_err() && ArrowTable::accepts(value)?)
}

/// Token vectors of an Arrow array: `values` are those of `rows` tokens of `dim`.
pub(crate) struct ArrowTokens {
    values: ArrayRef,
    pub(crate) shape: [usize; 2],
}

impl ArrowTokens {
    pub(crate) fn is_int8(&self) -> bool {
        *self.values.data_type() == DataType::Int8
    }

    /// The components of a token, of which eight bits are in a byte.
    pub(crate) fn dim(&self) -> usize {
        if self.dtype() == TokenDtype::Binary { 8 * self.shape[1] } else { self.shape[1] }
    }

    pub(crate) fn dtype(&self) -> TokenDtype {
        match self.values.data_type() {
            DataType::Float16 => TokenDtype::F16,
            DataType::UInt16 => TokenDtype::Bf16,
            DataType::Int8 => TokenDtype::Int8,
            DataType::UInt8 => TokenDtype::Binary,
            _ => TokenDtype::F32,
        }
    }

    pub(crate) fn components<'a>(&'a self, scales: Option<&'a [f32]>) -> Components<'a> {
        fn slice<T: ArrowPrimitiveType>(values: &ArrayRef) -> &[T::Native] {
            values.as_primitive::<T>().values()
        }
        match self.values.data_type() {
            DataType::Float16 => Components::F16(slice::<Float16Type>(&self.values)),
            DataType::UInt16 => Components::Bf16(slice::<UInt16Type>(&self.values).reinterpret_cast::<bf16>()),
            DataType::Int8 => {
                Components::Int8 { codes: slice::<Int8Type>(&self.values), scales: scales.unwrap_or_default() }
            }
            DataType::UInt8 => Components::Binary(slice::<UInt8Type>(&self.values)),
            // Checked when it was read.
            _ => Components::F32(slice::<Float32Type>(&self.values)),
        }
    }

    /// The rows from `start` to `end`.
    fn rows(&self, start: usize, end: usize) -> Self {
        let dim = self.shape[1];
        Self { values: self.values.slice(start * dim, (end - start) * dim), shape: [end - start, dim] }
    }

    /// A list of tokens: a `FixedSizeList`, or a list of lists of one length.
    fn read(array: &ArrayRef, argument: &str) -> PyResult<Self> {
        let refused = || {
            PACKAGE.dtype(format_args!(
                "{argument}: expected tokens as FixedSizeList of float32, float16, uint16 (bfloat16 bits), int8 or uint8 \
                 (sign bits), got {}; cast the array",
                array.data_type()
            ))
        };
        no_nulls(array, argument)?;
        let (values, rows, dim) = match array.data_type() {
            DataType::FixedSizeList(_, dim) => {
                let list = array.as_fixed_size_list();
                let dim = *dim as usize;
                // Those of a slice begin further on.
                let first = list.value_offset(0) as usize;
                (list.values().slice(first, list.len() * dim), list.len(), dim)
            }
            DataType::List(_) | DataType::LargeList(_) => {
                let (values, offsets) = parts(array).ok_or_else(refused)?;
                let rows = offsets.len() - 1;
                let dim = if rows == 0 { 0 } else { offsets[1] - offsets[0] };
                if let Some(token) = offsets.windows(2).position(|pair| pair[1] - pair[0] != dim) {
                    let got = offsets[token + 1] - offsets[token];
                    return Err(PACKAGE.shape(format_args!(
                        "{argument}: expected {dim} components in each token, got {got} in token {token}; cut none of them"
                    )));
                }
                (values.slice(offsets[0], rows * dim), rows, dim)
            }
            _ => return Err(refused()),
        };
        match values.data_type() {
            DataType::Float32 | DataType::Float16 | DataType::UInt16 | DataType::Int8 | DataType::UInt8 => {}
            _ => return Err(refused()),
        }
        no_nulls(&values, argument)?;
        Ok(Self { values, shape: [rows, dim] })
    }
}

fn no_nulls(array: &ArrayRef, argument: &str) -> PyResult<()> {
    match array.logical_nulls().filter(|nulls| nulls.null_count() > 0) {
        Some(nulls) => {
            let row = (0..nulls.len()).find(|&row| nulls.is_null(row)).unwrap_or_default();
            Err(PACKAGE.invalid(format_args!(
                "{argument}: expected a value everywhere, got null at position {row}; drop it or fill it in"
            )))
        }
        None => Ok(()),
    }
}

/// The values of lists and where each begins.
fn parts(array: &ArrayRef) -> Option<(ArrayRef, Vec<usize>)> {
    if let Some(list) = array.as_list_opt::<i32>() {
        return Some((list.values().clone(), list.offsets().iter().map(|&offset| offset as usize).collect()));
    }
    let list = array.as_list_opt::<i64>()?;
    Some((list.values().clone(), list.offsets().iter().map(|&offset| offset as usize).collect()))
}

/// The tokens of one document or query: an array of tokens.
pub(crate) fn arrow_matrix(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<ArrowTokens> {
    let chunks = arrow_chunks(PACKAGE, value, argument)?;
    match <[ArrayRef; 1]>::try_from(chunks) {
        Ok([chunk]) => ArrowTokens::read(&chunk, argument),
        Err(chunks) => Err(PACKAGE.shape(format_args!(
            "{argument}: expected an array in one piece, got {} chunks; pass {argument}.combine_chunks()",
            chunks.len()
        ))),
    }
}

/// The tokens of many documents: an array of lists of tokens.
pub(crate) fn arrow_documents(chunks: &[ArrayRef], argument: &str) -> PyResult<Vec<ArrowTokens>> {
    let mut documents = Vec::new();
    for chunk in chunks {
        no_nulls(chunk, argument)?;
        let fixed = chunk.as_fixed_size_list_opt().map(|list| {
            let length = list.value_length() as usize;
            let first = list.value_offset(0) as usize;
            (list.values().clone(), (0..=list.len()).map(|row| first + row * length).collect())
        });
        let Some((values, offsets)) = fixed.or_else(|| parts(chunk)) else {
            return Err(PACKAGE.dtype(format_args!(
                "{argument}: expected a list of tokens for each document, List of FixedSizeList, got {}; cast the array",
                chunk.data_type()
            )));
        };
        if chunk.is_empty() {
            continue;
        }
        let start = offsets[0];
        let tokens = ArrowTokens::read(&values.slice(start, offsets[offsets.len() - 1] - start), argument)?;
        documents.extend(offsets.windows(2).map(|pair| tokens.rows(pair[0] - start, pair[1] - start)));
    }
    Ok(documents)
}

/// The scales of many documents: an array of lists of float32.
pub(crate) fn arrow_scales(array: &ArrayRef, argument: &str) -> PyResult<Vec<Vec<f32>>> {
    let found = parts(array).filter(|(values, _)| *values.data_type() == DataType::Float32);
    let Some((values, offsets)) = found else {
        return Err(PACKAGE.dtype(format_args!(
            "{argument}: expected a list of float32 for each document, got {}; cast the column",
            array.data_type()
        )));
    };
    no_nulls(&values, argument)?;
    let values = values.as_primitive::<Float32Type>().values();
    Ok(offsets.windows(2).map(|pair| values[pair[0]..pair[1]].to_vec()).collect())
}
