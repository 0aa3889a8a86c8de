//! MaxSim of codes, which are never decoded.

use std::ops::Range;

use rank_kernels::{PackedInt8, PackedQuery, ResidualTokens, quantize};

use super::{EncodedTokens, ResidualCodec};
use crate::error::{Argument, Error, Result};
use crate::tokens::{Tokens, check_finite, gather};

/// A query with its products with all centroids.
#[derive(Debug)]
pub(crate) struct CompressedQuery {
    packed: PackedInt8,
    /// Of each centroid the products with the query's tokens, as many as fill whole groups.
    pub(crate) products: Vec<f32>,
    /// The same in the unit of the kernel.
    base: Vec<f32>,
    pub(crate) tokens: usize,
    pub(crate) width: usize,
}

impl CompressedQuery {
    pub(crate) fn new<T: Tokens + ?Sized>(codec: &ResidualCodec, query: &T) -> Result<Self> {
        let argument = Argument::Query;
        let (values, got) = gather(query, argument)?;
        let dim = codec.dim();
        if got != dim {
            return Err(Error::DimMismatch { argument, expected: dim, got });
        }
        check_finite(&values, dim, argument)?;
        Self::of_values(codec, &values, &[])
    }

    /// Of a query of the codec's dimension, whose tokens weigh 1 if there are no weights.
    pub(crate) fn of_values(codec: &ResidualCodec, values: &[f32], weights: &[f32]) -> Result<Self> {
        let (argument, dim) = (Argument::Query, codec.dim());
        let tokens = values.len() / dim;
        let wide = PackedQuery::new(values, dim);
        let width = wide.groups() * PackedQuery::WIDTH;
        let mut products = vec![0.0; codec.centroids.tokens() * width];
        codec.kernels.products(&wide, 0..wide.groups(), codec.centroids(), &mut products);
        if products.iter().any(|product| !product.is_finite()) {
            return Err(Error::Overflow { argument });
        }
        let (mut codes, mut scales) = (vec![0; values.len()], vec![0.0; tokens]);
        quantize(values, dim, &mut codes, &mut scales);
        let mut factors = vec![0.0; width];
        for (factor, &scale) in factors.iter_mut().zip(&scales) {
            // A token of zeros has no products.
            *factor = if scale > 0.0 { 1.0 / (scale * codec.unit) } else { 0.0 };
        }
        let mut base = products.clone();
        for base in base.chunks_exact_mut(width) {
            for (base, factor) in base.iter_mut().zip(&factors) {
                *base *= factor;
            }
        }
        let mut packed = PackedInt8::new(values, dim).with_weights(&vec![codec.unit; tokens]);
        if !weights.is_empty() {
            packed = packed.with_weights(weights);
        }
        Ok(Self { packed, products, base, tokens, width })
    }

    /// The scores of documents, whose tokens are ranges of these.
    pub(crate) fn scores(
        &self,
        codec: &ResidualCodec,
        centroids: &[u32],
        codes: &[u8],
        scales: &[f32],
        documents: &[Range<usize>],
    ) -> Vec<f32> {
        let tokens =
            ResidualTokens { centroids, codes, scales, weights: codec.weights, bits: codec.bits, dim: codec.dim() };
        let mut scores = vec![0.0; documents.len()];
        codec.kernels.maxsim_residual(&self.packed, &self.base, tokens, documents, &mut scores);
        scores
    }
}

impl ResidualCodec {
    /// MaxSim of a query and documents of codes, by lookup: the products of the query with the centroids are made once,
    /// and those with residuals out of eight-bit codes of the query and the buckets. A score is that of the decoded tokens
    /// but for the rounding of the query's codes, about 10⁻³ of the residual's part.
    ///
    /// * `offsets`: of each document, the number of the token at which it begins; then the number of tokens.
    ///
    /// # Errors
    ///
    /// As [`decode`](Self::decode); [`Error::NoTokens`], [`Error::DimMismatch`], [`Error::NonFinite`],
    /// [`Error::Overflow`] for the query, [`Error::NoTokens`] for a document; [`Error::NoOffsets`] and
    /// [`Error::InvalidOffsets`].
    pub fn maxsim<T: Tokens + ?Sized>(
        &self,
        query: &T,
        encoded: &EncodedTokens,
        offsets: &[usize],
    ) -> Result<Vec<f32>> {
        self.check(encoded)?;
        crate::simd::check_offsets(offsets, encoded.centroids.len())?;
        let query = CompressedQuery::new(self, query)?;
        let documents: Vec<Range<usize>> = offsets.windows(2).map(|pair| pair[0]..pair[1]).collect();
        if let Some(empty) = documents.iter().position(Range::is_empty) {
            return Err(Error::NoTokens { argument: Argument::Documents(empty) });
        }
        let scores = query.scores(self, &encoded.centroids, &encoded.codes, &encoded.scales, &documents);
        match scores.iter().position(|score| !score.is_finite()) {
            Some(position) => Err(Error::Overflow { argument: Argument::Documents(position) }),
            None => Ok(scores),
        }
    }
}
