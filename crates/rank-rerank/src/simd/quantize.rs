//! Tokens made smaller.

use rank_kernels::half::{bf16, f16};

use crate::error::{Argument, Error, Result};
use crate::tokens::{TokensRef, check_finite};

/// Tokens in eight bits, each by its own largest magnitude: codes, and a scale for each token. Codes lie within ±127,
/// rounded to the nearest, ties to even. A component is its code times the scale, to within half a scale or little more:
/// the scale is that for which the dot product of the codes with the token itself is exact.
///
/// A token of zeros has scale 0. For unit tokens of 128 components, scores change by about 10⁻³ of their value.
///
/// # Errors
///
/// [`Error::NoComponents`], [`Error::PartialToken`], [`Error::NonFinite`]; [`Error::Isa`].
///
/// # Example
///
/// ```
/// use rank_rerank::simd::quantize_int8;
///
/// let (codes, scales) = quantize_int8(&[0.5, -1.0, 0.0, 0.0], 2)?;
/// assert_eq!(codes, [64, -127, 0, 0]); // 63.5 lies midway, and 64 is even
/// assert_eq!(scales, [1.25 / (0.5 * 64.0 + 127.0), 0.0]); // 0.5² + 1²
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn quantize_int8(values: &[f32], dim: usize) -> Result<(Vec<i8>, Vec<f32>)> {
    TokensRef::new(values, dim)?;
    let (mut codes, mut scales) = (vec![0; values.len()], vec![0.0; values.len() / dim]);
    rank_kernels::try_kernels()?;
    rank_kernels::quantize(values, dim, &mut codes, &mut scales);
    if scales.iter().any(|scale| !scale.is_finite()) {
        check_finite(values, dim, Argument::Tokens)?;
    }
    Ok((codes, scales))
}

/// What [`quantize_int8`] left of tokens: each code times the scale of its token.
///
/// # Errors
///
/// [`Error::NoComponents`], [`Error::PartialToken`]; [`Error::Scales`] if there is not one for each token;
/// [`Error::Parameter`] for one that is not finite.
///
/// # Example
///
/// ```
/// use rank_rerank::simd::{dequantize_int8, quantize_int8};
///
/// let (codes, scales) = quantize_int8(&[64.0, -127.0, 0.0, 0.0], 2)?;
/// assert_eq!(dequantize_int8(&codes, &scales, 2)?, [64.0, -127.0, 0.0, 0.0]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn dequantize_int8(codes: &[i8], scales: &[f32], dim: usize) -> Result<Vec<f32>> {
    let argument = Argument::Values;
    if dim == 0 {
        return Err(Error::NoComponents { argument });
    }
    if !codes.len().is_multiple_of(dim) {
        return Err(Error::PartialToken { argument, dim, got: codes.len() });
    }
    if scales.len() != codes.len() / dim {
        return Err(Error::Scales { expected: codes.len() / dim, got: scales.len() });
    }
    if let Some(position) = scales.iter().position(|scale| !scale.is_finite()) {
        return Err(Error::Parameter {
            argument: "scales",
            expected: "finite numbers".into(),
            got: format!("{} at position {position}", scales[position]),
            advice: "pass those that the codes were made with",
        });
    }
    let tokens = codes.chunks_exact(dim).zip(scales);
    Ok(tokens.flat_map(|(codes, scale)| codes.iter().map(move |&code| f32::from(code) * scale)).collect())
}

/// Components in `bf16`, rounded to the nearest, ties to even.
///
/// For unit tokens of 128 components, scores change by about 5 · 10⁻⁴ of their value.
///
/// # Errors
///
/// [`Error::NonFinite`]; [`Error::Overflow`] for a component that would round to infinity.
///
/// # Example
///
/// ```
/// use rank_rerank::simd::to_bf16;
///
/// // 1 + 2⁻⁸ lies midway between 1 and 1 + 2⁻⁷, and 1 is even.
/// assert_eq!(to_bf16(&[1.0, 1.0 + 2.0_f32.powi(-8)])?[1].to_f32(), 1.0);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn to_bf16(values: &[f32]) -> Result<Vec<bf16>> {
    let rounded: Vec<bf16> = values.iter().map(|&value| bf16::from_f32(value)).collect();
    if rounded.iter().any(|value| !value.is_finite()) {
        check_finite(values, values.len().max(1), Argument::Tokens)?;
        return Err(Error::Overflow { argument: Argument::Tokens });
    }
    Ok(rounded)
}

/// The components that `bf16` stands for, exactly.
///
/// # Example
///
/// ```
/// use rank_rerank::simd::{from_bf16, to_bf16};
///
/// assert_eq!(from_bf16(&to_bf16(&[0.5, -3.0])?), [0.5, -3.0]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn from_bf16(values: &[bf16]) -> Vec<f32> {
    values.iter().map(|value| value.to_f32()).collect()
}

/// Components in half precision, rounded to the nearest, ties to even.
///
/// # Errors
///
/// [`Error::NonFinite`]; [`Error::Parameter`] for a component that would round to infinity, from 65,520 on.
///
/// # Example
///
/// ```
/// use rank_rerank::simd::{from_f16, to_f16};
///
/// // 1 + 2⁻¹¹ lies midway between 1 and 1 + 2⁻¹⁰, and 1 is even.
/// assert_eq!(from_f16(&to_f16(&[1.0 + 2.0_f32.powi(-11)])?), [1.0]);
/// assert!(to_f16(&[65_520.0]).is_err());
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn to_f16(values: &[f32]) -> Result<Vec<f16>> {
    let rounded: Vec<f16> = values.iter().map(|&value| f16::from_f32(value)).collect();
    if let Some(position) = rounded.iter().position(|value| !value.is_finite()) {
        check_finite(values, values.len().max(1), Argument::Tokens)?;
        return Err(Error::Parameter {
            argument: "tokens",
            expected: "components below 65520".into(),
            got: format!("{} at position {position}", values[position]),
            advice: "normalize the tokens, or store them as bf16",
        });
    }
    Ok(rounded)
}

/// The components that half precision stands for, exactly.
pub fn from_f16(values: &[f16]) -> Vec<f32> {
    values.iter().map(|value| value.to_f32()).collect()
}

/// The signs of tokens, a bit each: 1 for what is above zero, the first in the uppermost bit of a byte, as
/// `numpy.packbits` has it. `dim` is a multiple of 8.
///
/// What is left of a token ranks roughly: score the best again by what they were. A query keeps its magnitudes, unless
/// [`Precision::Signs`](super::Precision::Signs) takes them as well.
///
/// # Errors
///
/// [`Error::NoComponents`], [`Error::PartialToken`], [`Error::PartialByte`], [`Error::NonFinite`].
///
/// # Example
///
/// ```
/// use rank_rerank::simd::{Components, MaxSim, Scoring, TokenBatch, quantize_binary};
///
/// let bits = quantize_binary(&[0.5, -1.0, 0.0, 2.0, 0.1, -0.1, -0.2, 3.0], 8)?;
/// assert_eq!(bits, [0b1001_1001]);
/// let document = TokenBatch::flat(Components::Binary(&bits), 8, &[0, 1])?;
/// let query = MaxSim::new(&[[127.0, 0.0, 5.0, 0.0, 0.0, 0.0, 0.0, 0.0]])?;
/// assert_eq!(query.score_tokens(&document, Scoring::default())?, [127.0 - 5.0]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn quantize_binary(values: &[f32], dim: usize) -> Result<Vec<u8>> {
    let argument = Argument::Tokens;
    TokensRef::new(values, dim)?;
    if !dim.is_multiple_of(8) {
        return Err(Error::PartialByte { argument, got: dim });
    }
    check_finite(values, dim, argument)?;
    let mut bits = vec![0; values.len() / 8];
    rank_kernels::pack_signs(values, dim, &mut bits);
    Ok(bits)
}
