//! Documents as Python passes them: arrays of several dtypes, flat, padded, or one for each document; of NumPy, torch,
//! Arrow.

use numpy::{PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;
use rank_pyo3::arrow::arrow_chunks;
use rank_pyo3::{At, items};
use rank_rerank::simd::half::{bf16, f16};
use rank_rerank::simd::{Components, TokenBatch, compact};
use rank_rerank::{Argument, Error};

use crate::array::{Array, Borrowed, Reader};
use crate::errors::{PACKAGE, to_python};
use crate::input::{arrow_documents, in_numpy, is_arrow};

/// What padded documents come to without their padding, where their tokens do not lie together.
enum Compacted {
    F32(Vec<f32>),
    F16(Vec<f16>),
    Bf16(Vec<bf16>),
    Int8(Vec<i8>, Vec<f32>),
    Binary(Vec<u8>),
}

enum Layout<'py> {
    Flat { array: Array<'py>, scales: Option<PyReadonlyArrayDyn<'py, f32>>, offsets: Vec<usize> },
    Padded { array: Array<'py>, scales: Option<PyReadonlyArrayDyn<'py, f32>>, mask: Vec<bool> },
    Compacted { values: Compacted, offsets: Vec<usize> },
    Each { arrays: Vec<Array<'py>>, scales: Vec<Borrowed<'py, f32>> },
}

/// The arrays of a call, borrowed while it lasts.
pub(crate) struct Held<'py> {
    layout: Layout<'py>,
    dim: usize,
}

impl<'py> Held<'py> {
    pub(crate) fn new(
        values: &Bound<'py, PyAny>,
        offsets: Option<&Bound<'py, PyAny>>,
        scales: Option<&Bound<'py, PyAny>>,
        mask: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        if mask.is_some() && offsets.is_some() {
            return Err(PACKAGE.invalid("mask: expected no offsets beside it, got both; padded documents have none"));
        }
        let held = match (offsets, mask) {
            (Some(offsets), _) => Self::flat(values, offsets, scales),
            (None, Some(mask)) => Self::padded(values, mask, scales),
            (None, None) => Self::each(values, scales),
        }?;
        if held.dim == 0 {
            return Err(PACKAGE
                .shape("values: expected tokens of at least one component, got dim 0; pass the encoder's output"));
        }
        Ok(held)
    }

    fn flat(
        values: &Bound<'py, PyAny>,
        offsets: &Bound<'py, PyAny>,
        scales: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let array = Array::new(values, "values", 2, "(tokens, dim)")?;
        array.check_scales(scales.is_some())?;
        let (tokens, dim) = (array.shape()[0], array.dim());
        let scales = scales
            .map(|scales| rank_pyo3::array(PACKAGE, &in_numpy(scales, "scales")?, "scales", 1, "(tokens,)"))
            .transpose()?;
        let offsets = rank_pyo3::token_offsets(PACKAGE, &in_numpy(offsets, "offsets")?, tokens)?;
        Ok(Self { layout: Layout::Flat { array, scales, offsets }, dim })
    }

    fn padded(
        values: &Bound<'py, PyAny>,
        mask: &Bound<'py, PyAny>,
        scales: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let array = Array::new(values, "values", 3, "(documents, tokens, dim)")?;
        array.check_scales(scales.is_some())?;
        let (tokens, dim) = (array.shape()[1], array.dim());
        let scales = scales
            .map(|scales| rank_pyo3::array(PACKAGE, &in_numpy(scales, "scales")?, "scales", 2, "(documents, tokens)"))
            .transpose()?;
        let mask = rank_pyo3::array::<bool>(PACKAGE, &in_numpy(mask, "mask")?, "mask", 2, "(documents, tokens)")?;
        if mask.shape() != &array.shape()[..2] {
            return Err(PACKAGE.shape(format_args!(
                "mask: expected shape {:?}, that of values without dim, got {:?}; pass the tokenizer's mask",
                &array.shape()[..2],
                mask.shape()
            )));
        }
        let mask = mask.as_slice()?;
        let factors = scales.as_ref().map(PyReadonlyArrayDyn::as_slice).transpose()?;
        if dim == 0 || tokens == 0 {
            return Ok(Self { layout: Layout::Padded { array, scales, mask: mask.to_vec() }, dim });
        }
        let together = TokenBatch::padded(array.components(factors)?, tokens, dim, mask).map_err(to_python)?.is_some();
        let layout =
            if together {
                Layout::Padded { mask: mask.to_vec(), array, scales }
            } else {
                let (values, offsets) =
                    match array.components(factors)? {
                        Components::F16(values) => compact(values, tokens, dim, mask)
                            .map(|(values, offsets)| (Compacted::F16(values), offsets)),
                        Components::Bf16(values) => compact(values, tokens, dim, mask)
                            .map(|(values, offsets)| (Compacted::Bf16(values), offsets)),
                        Components::Int8 { codes, scales } => {
                            let (scales, _) = compact(scales, tokens, 1, mask).map_err(to_python)?;
                            compact(codes, tokens, dim, mask)
                                .map(|(codes, offsets)| (Compacted::Int8(codes, scales), offsets))
                        }
                        Components::Binary(bits) => compact(bits, tokens, dim / 8, mask)
                            .map(|(bits, offsets)| (Compacted::Binary(bits), offsets)),
                        Components::F32(values) => compact(values, tokens, dim, mask)
                            .map(|(values, offsets)| (Compacted::F32(values), offsets)),
                        _ => return Err(PACKAGE.dtype("values: expected a dtype that can be compacted, got another")),
                    }
                    .map_err(to_python)?;
                Layout::Compacted { values, offsets }
            };
        Ok(Self { layout, dim })
    }

    fn each(values: &Bound<'py, PyAny>, scales: Option<&Bound<'py, PyAny>>) -> PyResult<Self> {
        let mut arrays = Vec::new();
        if is_arrow(values)? {
            let chunks = arrow_chunks(PACKAGE, values, "values")?;
            arrays = arrow_documents(&chunks, "values")?.into_iter().map(Array::Arrow).collect();
            return Self::listed(arrays, scales);
        }
        let mut reader = Reader::new(values.py());
        for (position, document) in
            items(PACKAGE, values, "values", "a list of arrays, or an array with offsets")?.enumerate()
        {
            arrays.push(reader.array(&document?, At { argument: "values", position }, "(tokens, dim)")?);
        }
        Self::listed(arrays, scales)
    }

    /// Documents each in an array of its own.
    pub(crate) fn listed(arrays: Vec<Array<'py>>, scales: Option<&Bound<'py, PyAny>>) -> PyResult<Self> {
        for (position, array) in arrays.iter().enumerate() {
            array.check_scales(scales.is_some())?;
            if array.shape()[1] == 0 {
                return Err(PACKAGE.shape(format_args!(
                    "values[{position}]: expected tokens of at least one component, got dim 0; pass the encoder's output"
                )));
            }
        }
        let mut factors = Vec::new();
        if let Some(scales) = scales {
            let mut reader = Reader::new(scales.py());
            for (position, scales) in items(PACKAGE, scales, "scales", "a list of arrays, as values")?.enumerate() {
                let argument = At { argument: "scales", position };
                factors.push(reader.vector(&scales?, argument, "(tokens,)")?);
            }
            if factors.len() != arrays.len() {
                return Err(PACKAGE.shape(format_args!(
                    "scales: expected {} arrays, one for each document, got {}; pass those that quantize_int8 returned",
                    arrays.len(),
                    factors.len()
                )));
            }
        }
        let dim = arrays.first().map_or(1, Array::dim);
        Ok(Self { layout: Layout::Each { arrays, scales: factors }, dim })
    }

    pub(crate) fn dim(&self) -> usize {
        self.dim
    }

    /// The documents, for queries of so many components; no documents are of any dimension.
    pub(crate) fn batch(&self, dim: usize) -> PyResult<TokenBatch<'_>> {
        match &self.layout {
            Layout::Flat { array, scales, offsets } => {
                let scales = scales.as_ref().map(PyReadonlyArrayDyn::as_slice).transpose()?;
                TokenBatch::flat(array.components(scales)?, self.dim, offsets)
            }
            Layout::Padded { array, scales, mask } => {
                let scales = scales.as_ref().map(PyReadonlyArrayDyn::as_slice).transpose()?;
                match TokenBatch::padded(array.components(scales)?, array.shape()[1], self.dim, mask) {
                    Ok(Some(batch)) => Ok(batch),
                    Ok(None) => TokenBatch::each(Vec::new(), self.dim),
                    Err(error) => Err(error),
                }
            }
            Layout::Compacted { values, offsets } => {
                let components = match values {
                    Compacted::F32(values) => Components::F32(values),
                    Compacted::F16(values) => Components::F16(values),
                    Compacted::Bf16(values) => Components::Bf16(values),
                    Compacted::Int8(codes, scales) => Components::Int8 { codes, scales },
                    Compacted::Binary(bits) => Components::Binary(bits),
                };
                TokenBatch::flat(components, self.dim, offsets)
            }
            Layout::Each { arrays, scales } => {
                let documents = arrays
                    .iter()
                    .enumerate()
                    .map(|(position, array)| {
                        let (got, argument) = (array.dim(), Argument::Documents(position));
                        if got != dim {
                            return Err(to_python(Error::DimMismatch { argument, expected: dim, got }));
                        }
                        let scales = scales.get(position).map(Borrowed::as_slice).transpose()?;
                        array.components(scales)
                    })
                    .collect::<PyResult<Vec<_>>>()?;
                TokenBatch::each(documents, dim)
            }
        }
        .map_err(to_python)
    }
}
