//! Documents one after the other, in memory or in a mapped file.

use std::ops::Range;
use std::sync::Arc;

use rank_kernels::half::slice::HalfBitsSliceExt;

use super::dtype::{TokenDtype, Values};
use super::map::Map;
use crate::residual::{Encoded, ResidualCodec};
use crate::simd::Components;

/// Where components lie in a mapped file, as bytes; checked when the file was opened.
#[derive(Debug, Clone)]
pub(super) struct Mapped {
    pub(super) map: Arc<Map>,
    pub(super) dtype: TokenDtype,
    pub(super) values: Range<usize>,
    pub(super) scales: Range<usize>,
    pub(super) centroids: Range<usize>,
    /// Of residual codes.
    pub(super) codec: Option<Arc<ResidualCodec>>,
}

impl Mapped {
    /// Of bytes that are not aligned to their type there are none: sections begin at multiples of 64.
    pub(super) fn components(&self) -> Components<'_> {
        fn cast<T: bytemuck::AnyBitPattern>(bytes: &[u8]) -> &[T] {
            bytemuck::try_cast_slice(bytes).unwrap_or_default()
        }
        let all = self.map.bytes();
        let (values, scales) = (&all[self.values.clone()], &all[self.scales.clone()]);
        if let Some(codec) = &self.codec {
            return Components::Residual(Encoded::unchecked(
                codec,
                cast(&all[self.centroids.clone()]),
                values,
                cast(scales),
            ));
        }
        match self.dtype {
            TokenDtype::F32 => Components::F32(cast(values)),
            TokenDtype::F16 => Components::F16(cast::<u16>(values).reinterpret_cast()),
            TokenDtype::Bf16 => Components::Bf16(cast::<u16>(values).reinterpret_cast()),
            TokenDtype::Int8 => Components::Int8 { codes: cast(values), scales: cast(scales) },
            TokenDtype::Binary | TokenDtype::Residual1 | TokenDtype::Residual2 | TokenDtype::Residual4 => {
                Components::Binary(values)
            }
        }
    }
}

#[derive(Debug, Clone)]
pub(super) enum Data {
    Owned(Values),
    Mapped(Mapped),
}

/// Documents one after the other.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) data: Data,
    /// Of each document the number of its first token; then the number of tokens.
    pub(super) offsets: Vec<usize>,
}

impl Part {
    pub(super) fn new(dtype: TokenDtype, codec: Option<&Arc<ResidualCodec>>) -> Self {
        Self { data: Data::Owned(Values::new(dtype, codec)), offsets: vec![0] }
    }

    pub(super) fn documents(&self) -> usize {
        self.offsets.len() - 1
    }

    pub(super) fn components(&self) -> Components<'_> {
        match &self.data {
            Data::Owned(values) => values.components(),
            Data::Mapped(mapped) => mapped.components(),
        }
    }

    pub(super) fn tokens(&self, document: usize) -> usize {
        self.offsets[document + 1] - self.offsets[document]
    }

    pub(super) fn document(&self, document: usize, dim: usize) -> Components<'_> {
        self.components().rows(self.offsets[document], self.offsets[document + 1], dim)
    }
}
