//! As what tokens are stored, and how they come to be that.

use std::borrow::Cow;
use std::sync::Arc;

use rank_kernels::half::slice::HalfFloatSliceExt;
use rank_kernels::half::{bf16, f16};

use crate::error::{Argument, Error, Result};
use crate::residual::{Encoded, EncodedTokens, ResidualCodec};
use crate::simd::{Components, quantize_binary, quantize_int8, signs};
use crate::tokens::check_finite;

/// As what a [`TokenStore`](super::TokenStore) holds components.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenDtype {
    /// Single precision: 4 bytes.
    F32,
    /// Half precision: 2 bytes; scores of unit tokens change by about 2 · 10⁻⁴ of their value.
    F16,
    /// The upper half of single precision: 2 bytes; scores change by about 5 · 10⁻⁴ of their value.
    Bf16,
    /// Eight bits, and a scale for each token: 1 byte and 4 a token; scores change by about 10⁻³ of their value.
    Int8,
    /// The sign of each component, a bit; the dimension is a multiple of 8. Queries keep their magnitudes. Ranks less well:
    /// to find candidates.
    Binary,
    /// Residual codes, 1 bit a component, with a centroid and a scale for each token, 8 bytes; see
    /// [`TokenStore::with_codec`](super::TokenStore::with_codec).
    Residual1,
    /// The same with 2 bits.
    Residual2,
    /// The same with 4 bits.
    Residual4,
}

impl TokenDtype {
    /// Its name: `f32`, `f16`, `bf16`, `int8`, `binary`, `residual1`, `residual2` or `residual4`.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::Int8 => "int8",
            Self::Binary => "binary",
            Self::Residual1 => "residual1",
            Self::Residual2 => "residual2",
            Self::Residual4 => "residual4",
        }
    }

    /// Of the codes of such a codec.
    pub(super) fn of_codec(codec: &ResidualCodec) -> Self {
        match codec.bits() {
            1 => Self::Residual1,
            2 => Self::Residual2,
            _ => Self::Residual4,
        }
    }

    /// The bits of a residual's component.
    pub(super) fn residual_bits(self) -> Option<usize> {
        match self {
            Self::Residual1 => Some(1),
            Self::Residual2 => Some(2),
            Self::Residual4 => Some(4),
            _ => None,
        }
    }

    /// The bytes of a token's components, without scales and the like.
    pub(super) fn token_bytes(self, dim: usize) -> usize {
        match self {
            Self::F32 => 4 * dim,
            Self::F16 | Self::Bf16 => 2 * dim,
            Self::Int8 => dim,
            Self::Binary | Self::Residual1 => dim.div_ceil(8),
            Self::Residual2 => dim.div_ceil(4),
            Self::Residual4 => dim.div_ceil(2),
        }
    }

    /// Whether a token has a scale.
    pub(super) fn scaled(self) -> bool {
        self == Self::Int8 || self.residual_bits().is_some()
    }
}

/// Components of their own, token after token.
#[derive(Debug, Clone)]
pub(super) enum Values {
    F32(Vec<f32>),
    F16(Vec<f16>),
    Bf16(Vec<bf16>),
    Int8 { codes: Vec<i8>, scales: Vec<f32> },
    Binary(Vec<u8>),
    Residual(Arc<ResidualCodec>, EncodedTokens),
}

impl Values {
    /// `codec` is that of residual codes.
    pub(super) fn new(dtype: TokenDtype, codec: Option<&Arc<ResidualCodec>>) -> Self {
        if let Some(codec) = codec {
            return Self::Residual(Arc::clone(codec), EncodedTokens::default());
        }
        match dtype {
            TokenDtype::F32 => Self::F32(Vec::new()),
            TokenDtype::F16 => Self::F16(Vec::new()),
            TokenDtype::Bf16 => Self::Bf16(Vec::new()),
            TokenDtype::Int8 => Self::Int8 { codes: Vec::new(), scales: Vec::new() },
            // There are no residual codes without a codec.
            TokenDtype::Binary | TokenDtype::Residual1 | TokenDtype::Residual2 | TokenDtype::Residual4 => {
                Self::Binary(Vec::new())
            }
        }
    }

    pub(super) fn components(&self) -> Components<'_> {
        match self {
            Self::F32(values) => Components::F32(values),
            Self::F16(values) => Components::F16(values),
            Self::Bf16(values) => Components::Bf16(values),
            Self::Int8 { codes, scales } => Components::Int8 { codes, scales },
            Self::Binary(bits) => Components::Binary(bits),
            Self::Residual(codec, tokens) => {
                Components::Residual(Encoded::unchecked(codec, &tokens.centroids, &tokens.codes, &tokens.scales))
            }
        }
    }

    /// Adds tokens, which must be of the same type.
    pub(super) fn extend(&mut self, more: Components<'_>) {
        fn add<T: Copy>(values: &mut Vec<T>, more: &[T]) {
            if values.capacity() - values.len() < more.len() {
                values.reserve(more.len());
                rank_kernels::ask_for_large_pages(values.spare_capacity_mut());
            }
            values.extend_from_slice(more);
        }
        match (self, more) {
            (Self::F32(values), Components::F32(more)) => add(values, more),
            (Self::F16(values), Components::F16(more)) => add(values, more),
            (Self::Bf16(values), Components::Bf16(more)) => add(values, more),
            (Self::Int8 { codes, scales }, Components::Int8 { codes: more, scales: more_scales }) => {
                add(codes, more);
                add(scales, more_scales);
            }
            (Self::Binary(bits), Components::Binary(more)) => add(bits, more),
            (Self::Residual(_, tokens), Components::Residual(more)) => {
                add(&mut tokens.centroids, more.centroids());
                add(&mut tokens.codes, more.codes());
                add(&mut tokens.scales, more.scales());
            }
            // What is added went through `convert`.
            _ => debug_assert!(false, "components of another type"),
        }
    }
}

/// A document on its way into a store.
pub(super) enum Converted<'a> {
    As(Components<'a>),
    Made(Values),
}

impl Converted<'_> {
    pub(super) fn components(&self) -> Components<'_> {
        match self {
            Self::As(components) => *components,
            Self::Made(values) => values.components(),
        }
    }
}

/// Tokens of the store's type as they are, tokens of `f32` rounded to it; checked to be finite.
pub(super) fn convert<'a>(
    tokens: Components<'a>,
    dim: usize,
    dtype: TokenDtype,
    codec: Option<&Arc<ResidualCodec>>,
    argument: Argument,
) -> Result<Converted<'a>> {
    match tokens {
        Components::F32(values) => {
            check_finite(values, dim, argument)?;
            if let Some(codec) = codec {
                return Ok(Converted::Made(Values::Residual(Arc::clone(codec), codec.encode(values, 1)?)));
            }
            Ok(match dtype {
                TokenDtype::F32 => Converted::As(tokens),
                TokenDtype::F16 => {
                    let mut rounded = vec![f16::ZERO; values.len()];
                    rounded.convert_from_f32_slice(values);
                    in_range(rounded.iter().all(|value| value.is_finite()), argument)?;
                    Converted::Made(Values::F16(rounded))
                }
                TokenDtype::Bf16 => {
                    let mut rounded = vec![bf16::ZERO; values.len()];
                    rounded.convert_from_f32_slice(values);
                    in_range(rounded.iter().all(|value| value.is_finite()), argument)?;
                    Converted::Made(Values::Bf16(rounded))
                }
                TokenDtype::Int8 => {
                    let (codes, scales) = quantize_int8(values, dim)?;
                    Converted::Made(Values::Int8 { codes, scales })
                }
                TokenDtype::Binary | TokenDtype::Residual1 | TokenDtype::Residual2 | TokenDtype::Residual4 => {
                    Converted::Made(Values::Binary(quantize_binary(values, dim)?))
                }
            })
        }
        Components::F16(values) if dtype == TokenDtype::F16 => {
            check_wide(values.iter().map(|value| value.to_f32()), dim, argument)?;
            Ok(Converted::As(tokens))
        }
        Components::Bf16(values) if dtype == TokenDtype::Bf16 => {
            check_wide(values.iter().map(|value| value.to_f32()), dim, argument)?;
            Ok(Converted::As(tokens))
        }
        Components::Int8 { scales, .. } if dtype == TokenDtype::Int8 => {
            check_finite(scales, 1, argument)?;
            Ok(Converted::As(tokens))
        }
        Components::Binary(_) if dtype == TokenDtype::Binary => Ok(Converted::As(tokens)),
        Components::Residual(encoded) if codec.is_some_and(|codec| codec.is_same(encoded.codec())) => {
            check_finite(encoded.scales(), 1, argument)?;
            Ok(Converted::As(tokens))
        }
        other => Err(Error::StoredDtype { argument, expected: dtype.name(), got: other.name() }),
    }
}

fn in_range(finite: bool, argument: Argument) -> Result<()> {
    if finite { Ok(()) } else { Err(Error::Overflow { argument }) }
}

fn check_wide(values: impl Iterator<Item = f32>, dim: usize, argument: Argument) -> Result<()> {
    match values.enumerate().find(|(_, value)| !value.is_finite()) {
        Some((position, value)) => Err(Error::NonFinite { argument, token: position / dim, value }),
        None => Ok(()),
    }
}

/// Components as `f32`.
pub(crate) fn widen(components: Components<'_>, dim: usize) -> Cow<'_, [f32]> {
    match components {
        Components::F32(values) => Cow::Borrowed(values),
        Components::F16(values) => Cow::Owned(values.to_f32_vec()),
        Components::Bf16(values) => Cow::Owned(values.to_f32_vec()),
        Components::Int8 { codes, scales } => Cow::Owned(
            codes
                .chunks_exact(dim)
                .zip(scales)
                .flat_map(|(codes, scale)| codes.iter().map(move |&code| f32::from(code) * scale))
                .collect(),
        ),
        Components::Binary(bits) => Cow::Owned(signs(bits).collect()),
        Components::Residual(encoded) => Cow::Owned(encoded.decode()),
    }
}

/// The first components of each token.
pub(super) fn prefix(tokens: Components<'_>, dim: usize, head_dims: usize) -> Values {
    fn heads<T: Copy>(values: &[T], dim: usize, head_dims: usize) -> Vec<T> {
        values.chunks_exact(dim).flat_map(|token| &token[..head_dims]).copied().collect()
    }
    match tokens {
        Components::F32(values) => Values::F32(heads(values, dim, head_dims)),
        Components::F16(values) => Values::F16(heads(values, dim, head_dims)),
        Components::Bf16(values) => Values::Bf16(heads(values, dim, head_dims)),
        Components::Int8 { codes, scales } => {
            Values::Int8 { codes: heads(codes, dim, head_dims), scales: scales.to_vec() }
        }
        Components::Binary(bits) => Values::Binary(heads(bits, dim / 8, head_dims / 8)),
        // All there is: a prefix has no centroids.
        Components::Residual(encoded) => Values::F32(heads(&encoded.decode(), dim, head_dims)),
    }
}
