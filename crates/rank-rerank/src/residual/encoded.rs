//! Codes with what they are codes of, borrowed.

use super::{EncodedTokens, ResidualCodec};
use crate::error::Result;

/// Residual codes of tokens, token after token, and their codec: documents to be scored.
///
/// # Example
///
/// ```
/// use rank_rerank::residual::{CodecConfig, Encoded, ResidualCodec};
/// use rank_rerank::simd::{Components, MaxSim, Scoring, TokenBatch};
///
/// let tokens = [1.0, 0.0, 0.0, 1.0, 0.6, 0.8];
/// let config = CodecConfig { centroids: Some(3), ..CodecConfig::default() };
/// let codec = ResidualCodec::train(&tokens, 2, config, |_| true)?.expect("nobody stops it");
/// let encoded = codec.encode(&tokens, 1)?;
/// let documents = TokenBatch::flat(Components::Residual(Encoded::new(&codec, &encoded)?), 2, &[0, 1, 3])?;
/// let scores = MaxSim::new(&[[1.0, 0.0]])?.score_tokens(&documents, Scoring::default())?;
/// assert!((scores[0] - 1.0).abs() < 1e-2 && (scores[1] - 0.6).abs() < 1e-2);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Encoded<'a> {
    codec: &'a ResidualCodec,
    centroids: &'a [u32],
    codes: &'a [u8],
    scales: &'a [f32],
}

impl PartialEq for Encoded<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.codec.is_same(other.codec)
            && self.centroids == other.centroids
            && self.codes == other.codes
            && self.scales == other.scales
    }
}

impl<'a> Encoded<'a> {
    /// Of tokens that this codec has encoded.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`](crate::Error::Parameter) if lengths do not agree, or there is no such centroid.
    pub fn new(codec: &'a ResidualCodec, tokens: &'a EncodedTokens) -> Result<Self> {
        codec.check(tokens)?;
        Ok(Self::unchecked(codec, &tokens.centroids, &tokens.codes, &tokens.scales))
    }

    /// Of what is known to agree.
    pub(crate) fn unchecked(
        codec: &'a ResidualCodec,
        centroids: &'a [u32],
        codes: &'a [u8],
        scales: &'a [f32],
    ) -> Self {
        Self { codec, centroids, codes, scales }
    }

    /// The codec.
    pub fn codec(self) -> &'a ResidualCodec {
        self.codec
    }

    /// The number of tokens.
    pub fn tokens(self) -> usize {
        self.centroids.len()
    }

    /// Of each token the number of its centroid.
    pub fn centroids(self) -> &'a [u32] {
        self.centroids
    }

    /// The codes, token after token; see [`EncodedTokens::codes`].
    pub fn codes(self) -> &'a [u8] {
        self.codes
    }

    /// Of each token by what it is multiplied.
    pub fn scales(self) -> &'a [f32] {
        self.scales
    }

    /// The tokens that the codes stand for.
    pub fn decode(self) -> Vec<f32> {
        self.codec.decode_parts(self.centroids, self.codes, self.scales)
    }

    /// The tokens from `start` to `end`.
    pub(crate) fn rows(self, start: usize, end: usize) -> Self {
        let bytes = self.codec.bytes();
        Self {
            codec: self.codec,
            centroids: &self.centroids[start..end],
            codes: &self.codes[start * bytes..end * bytes],
            scales: &self.scales[start..end],
        }
    }
}
