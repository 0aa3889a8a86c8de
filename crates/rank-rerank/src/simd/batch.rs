//! Documents of a call: where their tokens lie, and as what.

use rank_kernels::half::{bf16, f16};
use rank_kernels::prefetch;

use crate::error::{Argument, Error, Result};
use crate::residual::Encoded;

/// The components of tokens, token after token, as they are stored.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Components<'a> {
    /// Single precision.
    F32(&'a [f32]),
    /// Half precision.
    F16(&'a [f16]),
    /// The upper half of single precision.
    Bf16(&'a [bf16]),
    /// Eight bits: a component is its code times the scale of its token.
    Int8 {
        /// The codes, as [`quantize_int8`](super::quantize_int8) makes them.
        codes: &'a [i8],
        /// One for each token.
        scales: &'a [f32],
    },
    /// Sign bits, as [`quantize_binary`](super::quantize_binary) makes them, eight a byte: a component is 1 where its bit
    /// is set, else -1. The dimension is a multiple of 8.
    Binary(&'a [u8]),
    /// Residual codes: a centroid, what is left to it in one, two or four bits a component, and a scale.
    Residual(Encoded<'a>),
}

/// Lines that are prefetched.
const LINES: usize = 64;

impl Components<'_> {
    pub(crate) fn len(self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::F16(values) => values.len(),
            Self::Bf16(values) => values.len(),
            Self::Int8 { codes, .. } => codes.len(),
            Self::Binary(bits) => 8 * bits.len(),
            Self::Residual(encoded) => encoded.tokens() * encoded.codec().dim(),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::F32(_) => "f32",
            Self::F16(_) => "f16",
            Self::Bf16(_) => "bf16",
            Self::Int8 { .. } => "int8",
            Self::Binary(_) => "sign bits",
            Self::Residual(_) => "residual codes",
        }
    }

    /// The tokens from `start` to `end`.
    pub(crate) fn rows(self, start: usize, end: usize, dim: usize) -> Self {
        if let Self::Residual(encoded) = self {
            return Self::Residual(encoded.rows(start, end));
        }
        let range = start * dim..end * dim;
        match self {
            Self::F32(values) => Self::F32(&values[range]),
            Self::F16(values) => Self::F16(&values[range]),
            Self::Bf16(values) => Self::Bf16(&values[range]),
            Self::Int8 { codes, scales } => Self::Int8 { codes: &codes[range], scales: &scales[start..end] },
            Self::Binary(bits) => Self::Binary(&bits[range.start / 8..range.end / 8]),
            Self::Residual(_) => self,
        }
    }

    /// Asks for its beginning; what reads it in order finds the rest.
    pub(crate) fn prefetch(self) {
        match self {
            Self::F32(values) => prefetch(values, LINES),
            Self::F16(values) => prefetch(values, LINES),
            Self::Bf16(values) => prefetch(values, LINES),
            Self::Int8 { codes, .. } => prefetch(codes, LINES),
            Self::Binary(bits) => prefetch(bits, LINES),
            Self::Residual(encoded) => prefetch(encoded.codes(), LINES),
        }
    }

    /// Checks lengths, and returns the number of tokens.
    fn check(self, dim: usize, argument: Argument) -> Result<usize> {
        if dim == 0 {
            return Err(Error::NoComponents { argument });
        }
        if matches!(self, Self::Binary(_)) && !dim.is_multiple_of(8) {
            return Err(Error::PartialByte { argument, got: dim });
        }
        if let Self::Residual(encoded) = self
            && encoded.codec().dim() != dim
        {
            return Err(Error::DimMismatch { argument, expected: encoded.codec().dim(), got: dim });
        }
        let got = self.len();
        if !got.is_multiple_of(dim) {
            return Err(Error::PartialToken { argument, dim, got });
        }
        if let Self::Int8 { scales, .. } = self
            && scales.len() != got / dim
        {
            return Err(Error::Scales { expected: got / dim, got: scales.len() });
        }
        Ok(got / dim)
    }
}

/// The tokens of many documents, read where they lie: flat with offsets, padded, or each in a place of its own.
///
/// # Example
///
/// ```
/// use rank_rerank::simd::{Components, MaxSim, Scoring, TokenBatch, quantize_int8};
///
/// let query = MaxSim::new(&[[1.0, 0.0], [0.0, 1.0]])?;
/// // A document of two tokens, and one of one; in eight bits.
/// let (codes, scales) = quantize_int8(&[0.8, 0.6, 0.0, 1.0, -1.0, 0.0], 2)?;
/// let documents = TokenBatch::flat(Components::Int8 { codes: &codes, scales: &scales }, 2, &[0, 2, 3])?;
/// let scores = query.score_tokens(&documents, Scoring::default())?;
/// assert!((scores[0] - 1.8).abs() < 0.01 && (scores[1] + 1.0).abs() < 0.01);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TokenBatch<'a> {
    pub(super) dim: usize,
    pub(super) documents: Documents<'a>,
}

#[derive(Debug, Clone)]
pub(super) enum Documents<'a> {
    Flat { components: Components<'a>, offsets: &'a [usize] },
    Each(Vec<Components<'a>>),
}

impl<'a> TokenBatch<'a> {
    /// Documents that lie one after the other.
    ///
    /// * `offsets`: of each document, the number of the token at which it begins; then the number of tokens: one offset
    ///   more than documents.
    ///
    /// # Errors
    ///
    /// [`Error::NoComponents`], [`Error::PartialToken`], [`Error::Scales`], [`Error::NoOffsets`],
    /// [`Error::InvalidOffsets`].
    pub fn flat(components: Components<'a>, dim: usize, offsets: &'a [usize]) -> Result<Self> {
        let tokens = components.check(dim, Argument::Values)?;
        check_offsets(offsets, tokens)?;
        Ok(Self { dim, documents: Documents::Flat { components, offsets } })
    }

    /// Documents that lie each in a place of its own.
    ///
    /// # Errors
    ///
    /// By document [`Error::NoComponents`], [`Error::PartialToken`], [`Error::Scales`].
    pub fn each(documents: Vec<Components<'a>>, dim: usize) -> Result<Self> {
        for (position, document) in documents.iter().enumerate() {
            document.check(dim, Argument::Documents(position))?;
        }
        Ok(Self { dim, documents: Documents::Each(documents) })
    }

    /// Documents that are known to be whole.
    pub(crate) fn unchecked(documents: Vec<Components<'a>>, dim: usize) -> Self {
        Self { dim, documents: Documents::Each(documents) }
    }

    /// Documents of one padded length.
    ///
    /// * `tokens`: the number of tokens of each, padding included.
    /// * `mask`: for each of them whether it is a token. The tokens of a document must lie together, with padding before
    ///   or behind; for others see [`compact`].
    ///
    /// Returns none if a document's tokens do not lie together.
    ///
    /// # Errors
    ///
    /// [`Error::NoTokens`] if `tokens` is 0, [`Error::NoComponents`], [`Error::PartialToken`], [`Error::Scales`],
    /// [`Error::MaskLength`].
    ///
    /// # Example
    ///
    /// ```
    /// use rank_rerank::simd::{Components, MaxSim, Scoring, TokenBatch};
    ///
    /// let values = [0.5, 0.0, 0.9, 0.0, -0.5, 0.0, 0.0, 0.0];
    /// let mask = [true, true, true, false];
    /// let documents = TokenBatch::padded(Components::F32(&values), 2, 2, &mask)?.expect("tokens lie together");
    /// let query = MaxSim::new(&[[1.0, 0.0]])?;
    /// assert_eq!(query.score_tokens(&documents, Scoring::default())?, [0.9, -0.5]);
    /// # Ok::<(), rank_rerank::Error>(())
    /// ```
    pub fn padded(components: Components<'a>, tokens: usize, dim: usize, mask: &[bool]) -> Result<Option<Self>> {
        let total = components.check(dim, Argument::Values)?;
        check_mask(total, tokens, mask)?;
        let mut documents = Vec::with_capacity(total / tokens);
        for (position, mask) in mask.chunks_exact(tokens).enumerate() {
            let start = mask.iter().position(|&token| token).unwrap_or(0);
            let count = mask.iter().filter(|&&token| token).count();
            if !mask[start..start + count].iter().all(|&token| token) {
                return Ok(None);
            }
            let start = position * tokens + start;
            documents.push(components.rows(start, start + count, dim));
        }
        Ok(Some(Self { dim, documents: Documents::Each(documents) }))
    }

    /// The number of documents.
    pub fn documents(&self) -> usize {
        match &self.documents {
            Documents::Flat { offsets, .. } => offsets.len() - 1,
            Documents::Each(documents) => documents.len(),
        }
    }

    /// The number of components of each token.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The tokens of one document.
    ///
    /// # Panics
    ///
    /// If there is no such document.
    pub fn document(&self, position: usize) -> Components<'a> {
        match &self.documents {
            Documents::Flat { components, offsets } => {
                components.rows(offsets[position], offsets[position + 1], self.dim)
            }
            Documents::Each(documents) => documents[position],
        }
    }

    /// The number of tokens of each document.
    pub fn lengths(&self) -> impl Iterator<Item = usize> {
        (0..self.documents()).map(|position| self.tokens(position))
    }

    /// The number of tokens of one document.
    pub(crate) fn tokens(&self, position: usize) -> usize {
        self.document(position).len() / self.dim
    }

    /// The components of one document as `f32`: in place where they are, else in `scratch`.
    pub(crate) fn wide<'s>(&'s self, position: usize, scratch: &'s mut Vec<f32>) -> &'s [f32] {
        scratch.clear();
        match self.document(position) {
            Components::F32(values) => return values,
            Components::F16(values) => scratch.extend(values.iter().map(|value| value.to_f32())),
            Components::Bf16(values) => scratch.extend(values.iter().map(|value| value.to_f32())),
            Components::Int8 { codes, scales } => {
                for (codes, scale) in codes.chunks_exact(self.dim).zip(scales) {
                    scratch.extend(codes.iter().map(|&code| f32::from(code) * scale));
                }
            }
            Components::Binary(bits) => scratch.extend(signs(bits)),
            Components::Residual(encoded) => scratch.extend(encoded.decode()),
        }
        scratch
    }
}

/// The components that sign bits stand for.
pub(crate) fn signs(bits: &[u8]) -> impl Iterator<Item = f32> + '_ {
    bits.iter().flat_map(|byte| (0..8).rev().map(move |bit| if (byte >> bit) & 1 == 1 { 1.0 } else { -1.0 }))
}

fn check_mask(total: usize, tokens: usize, mask: &[bool]) -> Result<()> {
    if tokens == 0 {
        return Err(Error::NoTokens { argument: Argument::Values });
    }
    if mask.len() == total && total.is_multiple_of(tokens) {
        Ok(())
    } else {
        Err(Error::MaskLength { expected: total, got: mask.len() })
    }
}

/// Padded documents without their padding: a copy, and offsets for [`TokenBatch::flat`].
///
/// * `values`: what there is of each token and padding, `width` values: components, codes, or a scale.
/// * `tokens`: the number of tokens of each document, padding included.
/// * `mask`: for each of them whether it is a token.
///
/// # Errors
///
/// [`Error::NoTokens`] if `tokens` is 0, [`Error::NoComponents`] if `width` is 0, [`Error::PartialToken`],
/// [`Error::MaskLength`].
///
/// # Example
///
/// ```
/// use rank_rerank::simd::compact;
///
/// let (values, offsets) = compact(&[1.0, 0.0, 3.0, 4.0, 5.0, 0.0], 3, 1, &[true, false, true, true, true, false])?;
/// assert_eq!(values, [1.0, 3.0, 4.0, 5.0]);
/// assert_eq!(offsets, [0, 2, 4]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn compact<T: Copy>(values: &[T], tokens: usize, width: usize, mask: &[bool]) -> Result<(Vec<T>, Vec<usize>)> {
    let argument = Argument::Values;
    if width == 0 {
        return Err(Error::NoComponents { argument });
    }
    if !values.len().is_multiple_of(width) {
        return Err(Error::PartialToken { argument, dim: width, got: values.len() });
    }
    check_mask(values.len() / width, tokens, mask)?;
    let mut kept = Vec::with_capacity(values.len());
    let mut offsets = vec![0];
    for (document, mask) in values.chunks_exact(tokens * width).zip(mask.chunks_exact(tokens)) {
        for (token, _) in document.chunks_exact(width).zip(mask).filter(|(_, is_token)| **is_token) {
            kept.extend_from_slice(token);
        }
        offsets.push(kept.len() / width);
    }
    Ok((kept, offsets))
}

pub(crate) fn check_offsets(offsets: &[usize], tokens: usize) -> Result<()> {
    let (Some(&first), Some(&last)) = (offsets.first(), offsets.last()) else {
        return Err(Error::NoOffsets);
    };
    let wrong = |position: usize, got: usize| Error::InvalidOffsets { tokens, position, got };
    if first != 0 {
        return Err(wrong(0, first));
    }
    if let Some(position) = offsets.windows(2).position(|pair| pair[0] > pair[1]) {
        return Err(wrong(position + 1, offsets[position + 1]));
    }
    if last == tokens { Ok(()) } else { Err(wrong(offsets.len() - 1, last)) }
}
