//! A token store as Arrow record batches.

use std::sync::{Arc, PoisonError, RwLock};

use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use rank_pyo3::Id;
use rank_pyo3::arrow::arrow_array::builder::OffsetBufferBuilder;
use rank_pyo3::arrow::arrow_array::{
    ArrayRef, FixedSizeListArray, Float16Array, Float32Array, Int8Array, Int64Array, ListArray, RecordBatch,
    StringArray, UInt8Array, UInt16Array,
};
use rank_pyo3::arrow::arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
use rank_pyo3::arrow::arrow_stream;
use rank_rerank::simd::Components;
use rank_rerank::simd::half::slice::HalfFloatSliceExt;
use rank_rerank::store::TokenDtype;

use crate::errors::PACKAGE;
use crate::store::{Key, Store};

/// Documents of a record batch.
const DOCUMENTS: usize = 1024;

fn item(data_type: DataType) -> FieldRef {
    Arc::new(Field::new("item", data_type, false))
}

/// Batches are made when they are asked for, of the documents that there were when the stream was.
pub(crate) fn stream<'py>(
    py: Python<'py>,
    store: &Arc<RwLock<Store>>,
    requested_schema: Option<Bound<'py, PyCapsule>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let (keys, dim, dtype) = py.detach(|| {
        let store = store.read().unwrap_or_else(PoisonError::into_inner);
        (store.ids().cloned().collect::<Vec<Key>>(), store.dim(), store.dtype())
    });
    let strings = keys.iter().filter(|key| matches!(key.0, Id::Str(_))).count();
    if strings != 0 && strings != keys.len() {
        return Err(
            PACKAGE.invalid("ids: expected all str or all int, got both, which no Arrow column holds; convert the ids")
        );
    }
    let value = match dtype {
        TokenDtype::F16 => DataType::Float16,
        TokenDtype::Bf16 => DataType::UInt16,
        TokenDtype::Int8 => DataType::Int8,
        TokenDtype::Binary => DataType::UInt8,
        TokenDtype::F32 => DataType::Float32,
        other => {
            return Err(PACKAGE.invalid(format_args!(
                "dtype: expected components or sign bits, for which Arrow has a type, got {:?}; save the store to a file, or \
                 decode documents with get",
                other.name()
            )));
        }
    };
    let Ok(size) = i32::try_from(if dtype == TokenDtype::Binary { dim / 8 } else { dim }) else {
        return Err(PACKAGE.invalid(format_args!("dim: expected at most {}, got {dim}; save to a file", i32::MAX)));
    };
    let token = DataType::FixedSizeList(item(value), size);
    let mut fields = vec![
        Field::new("id", if strings > 0 { DataType::Utf8 } else { DataType::Int64 }, false),
        Field::new("tokens", DataType::List(item(token)), false),
    ];
    if dtype == TokenDtype::Int8 {
        fields.push(Field::new("scales", DataType::List(item(DataType::Float32)), false));
    }
    let schema = Arc::new(Schema::new(fields));
    let (shared, made) = (Arc::clone(store), Arc::clone(&schema));
    let starts = (0..keys.len()).step_by(DOCUMENTS);
    let batches = starts.map(move |start| {
        let keys = &keys[start..keys.len().min(start + DOCUMENTS)];
        batch(&shared.read().unwrap_or_else(PoisonError::into_inner), keys, &made, size)
    });
    arrow_stream(py, &schema, batches, requested_schema)
}

fn batch(store: &Store, keys: &[Key], schema: &SchemaRef, size: i32) -> Result<RecordBatch, ArrowError> {
    let (mut lengths, mut tokens) = (Vec::with_capacity(keys.len()), 0);
    let (mut wide, mut half, mut bits, mut codes, mut factors) = (vec![], vec![], vec![], vec![], vec![]);
    let mut signs = vec![];
    for key in keys {
        let document = store.get(key).ok_or_else(|| {
            ArrowError::ComputeError(format!("the document {} was deleted while the store was read", key.0))
        })?;
        let length = match document {
            Components::F16(values) => {
                half.extend_from_slice(values);
                values.len()
            }
            Components::Bf16(values) => {
                bits.extend_from_slice(values.reinterpret_cast());
                values.len()
            }
            Components::Int8 { codes: more, scales } => {
                codes.extend_from_slice(more);
                factors.extend_from_slice(scales);
                more.len()
            }
            Components::F32(values) => {
                wide.extend_from_slice(values);
                values.len()
            }
            Components::Binary(bits) => {
                signs.extend_from_slice(bits);
                8 * bits.len()
            }
            _ => 0,
        };
        lengths.push(length / store.dim());
        tokens += length / store.dim();
        if i32::try_from(tokens).is_err() {
            return Err(ArrowError::OffsetOverflowError(tokens));
        }
    }
    let ids: ArrayRef = if matches!(schema.field(0).data_type(), DataType::Utf8) {
        Arc::new(
            keys.iter()
                .map(|key| if let Id::Str(text) = &key.0 { Some(text.as_ref()) } else { None })
                .collect::<StringArray>(),
        )
    } else {
        Arc::new(keys.iter().map(|key| if let Id::Int(number) = key.0 { number } else { 0 }).collect::<Int64Array>())
    };
    let values: ArrayRef = match store.dtype() {
        TokenDtype::F16 => Arc::new(Float16Array::from(half)),
        TokenDtype::Bf16 => Arc::new(UInt16Array::from(bits)),
        TokenDtype::Int8 => Arc::new(Int8Array::from(codes)),
        TokenDtype::Binary => Arc::new(UInt8Array::from(signs)),
        _ => Arc::new(Float32Array::from(wide)),
    };
    let list = |values: ArrayRef| -> Result<ArrayRef, ArrowError> {
        let mut builder = OffsetBufferBuilder::<i32>::new(lengths.len());
        for &length in &lengths {
            builder.push_length(length);
        }
        let field = item(values.data_type().clone());
        Ok(Arc::new(ListArray::try_new(field, builder.into(), values, None)?))
    };
    let each = FixedSizeListArray::try_new(item(values.data_type().clone()), size, values, None)?;
    let mut columns = vec![ids, list(Arc::new(each))?];
    if store.dtype() == TokenDtype::Int8 {
        columns.push(list(Arc::new(Float32Array::from(factors)))?);
    }
    RecordBatch::try_new(Arc::clone(schema), columns)
}
