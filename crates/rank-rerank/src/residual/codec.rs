//! Tokens made codes, and codes made tokens.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use rank_kernels::{Kernels, PackedQuery};

use super::CodecConfig;
use super::kmeans::{centroids, nearest, sample, unit};
use crate::error::{Argument, Error, Result};
use crate::parallel::{for_chunks, threads};
use crate::random::Random;
use crate::tokens::{TokensRef, check_finite};

/// Centroids, and what the codes of residuals stand for.
///
/// A token is scaled to norm 1; its residual to the nearest centroid falls, component by component, into one of the
/// buckets, which hold as many residuals each, and of which each stands for the mean of its residuals. What is decoded is
/// scaled to the norm that the token had: for tokens of norm 1 that is the normalization that `ColBERTv2` does when it
/// decodes. The scale is kept beside the codes.
///
/// # Example
///
/// ```
/// use rank_rerank::residual::{CodecConfig, ResidualCodec};
///
/// let tokens = [1.0, 0.0, 0.0, 1.0, 0.6, 0.8, 0.8, 0.6];
/// let config = CodecConfig { centroids: Some(2), bits: 4, ..CodecConfig::default() };
/// let codec = ResidualCodec::train(&tokens, 2, config, |_| true)?.expect("nobody stops it");
/// let decoded = codec.decode(&codec.encode(&tokens, 1)?)?;
/// assert!(decoded.iter().zip(tokens).all(|(decoded, token)| (decoded - token).abs() < 0.05));
/// # Ok::<(), rank_rerank::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ResidualCodec {
    /// Tells codecs apart: copies of one are equal.
    pub(crate) id: u64,
    pub(crate) kernels: &'static Kernels,
    pub(crate) bits: usize,
    pub(crate) centroids: PackedQuery,
    /// Where buckets end, ascending.
    pub(crate) cutoffs: Vec<f32>,
    /// What each code stands for, in units of `unit`.
    pub(crate) weights: [i8; 16],
    pub(crate) unit: f32,
}

/// Tokens as codes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EncodedTokens {
    /// Of each token the number of its centroid.
    pub centroids: Vec<u32>,
    /// The codes, token after token, each as many bytes as [`ResidualCodec::bytes`]. Component `plane * bytes + at` lies in
    /// byte `at`, from bit `plane * bits` on.
    pub codes: Vec<u8>,
    /// Of each token by what the sum of its centroid and its residual is multiplied.
    pub scales: Vec<f32>,
}

/// Residuals of so many tokens say where buckets end.
const HELD_OUT: usize = 1 << 14;

impl ResidualCodec {
    /// Trains centroids and buckets on `tokens` of `dim` components, or on a sample of them. `report` is told of tokens
    /// that are assigned, in each round, and says whether to go on; none if not.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`], [`Error::NoTokens`], [`Error::NoComponents`], [`Error::PartialToken`],
    /// [`Error::TooManyComponents`], [`Error::NonFinite`], [`Error::Isa`].
    pub fn train(
        tokens: &[f32],
        dim: usize,
        config: CodecConfig,
        report: impl Fn(usize) -> bool + Sync,
    ) -> Result<Option<Self>> {
        let argument = Argument::Tokens;
        TokensRef::new(tokens, dim)?;
        if tokens.is_empty() {
            return Err(Error::NoTokens { argument });
        }
        let expected = rank_kernels::PackedInt8::MAX_DIM;
        if dim > expected {
            return Err(Error::TooManyComponents { argument, expected, got: dim });
        }
        let kernels = rank_kernels::try_kernels()?;
        let total = tokens.len() / dim;
        let count = config.centroids_for(total)?;
        check_finite(tokens, dim, argument)?;
        let mut random = Random::new(config.seed);
        let most = count.saturating_mul(config.tokens_per_centroid).min(total);
        let mut rows = Vec::with_capacity(most * dim);
        for row in sample(total, most, &mut random) {
            rows.extend_from_slice(&tokens[row * dim..][..dim]);
        }
        for row in rows.chunks_exact_mut(dim) {
            unit(row);
        }
        let threads = threads(config.threads);
        let found = centroids(kernels, &rows, dim, count, config.iterations, &mut random, threads, &report);
        let Some(centroids) = found else { return Ok(None) };
        let mut codec = Self {
            id: Self::new_id(),
            kernels,
            bits: config.bits,
            centroids: PackedQuery::new(&centroids, dim),
            cutoffs: Vec::new(),
            weights: [0; 16],
            unit: 1.0,
        };
        let held: Vec<f32> = sample(most, most.min(HELD_OUT), &mut random)
            .into_iter()
            .flat_map(|row| rows[row * dim..][..dim].iter().copied())
            .collect();
        let found = nearest(kernels, &codec.centroids, &held, threads, &|_| true);
        let mut residuals: Vec<f32> = held
            .chunks_exact(dim)
            .zip(&found)
            .flat_map(|(row, &centroid)| row.iter().zip(codec.centroid(centroid)).map(|(value, center)| value - center))
            .collect();
        residuals.sort_unstable_by(f32::total_cmp);
        codec.set_buckets(&residuals);
        Ok(Some(codec))
    }

    /// Whether codes of one are codes of the other.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let parts = |codec: &Self| (codec.dim(), codec.bits, codec.weights, codec.unit);
        self.id == other.id || (parts(self) == parts(other) && self.centroids() == other.centroids())
    }

    fn new_id() -> u64 {
        static IDS: AtomicU64 = AtomicU64::new(0);
        IDS.fetch_add(1, Ordering::Relaxed)
    }

    /// Cutoffs, one less than codes, f32; 16 weights i8; the unit of the weights f32; the centroids f32; little-endian.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes =
            Vec::with_capacity(Self::saved_bytes(self.dim(), self.bits, self.centroids.tokens()).unwrap_or(0));
        bytes.extend(self.cutoffs.iter().flat_map(|value| value.to_le_bytes()));
        bytes.extend(self.weights.map(i8::cast_unsigned));
        bytes.extend([self.unit].iter().chain(self.centroids()).flat_map(|value| value.to_le_bytes()));
        bytes
    }

    /// As how many bytes a codec is saved; none if there is no such codec.
    pub(crate) fn saved_bytes(dim: usize, bits: usize, centroids: usize) -> Option<usize> {
        let there =
            [1, 2, 4].contains(&bits) && (1..=rank_kernels::PackedInt8::MAX_DIM).contains(&dim) && centroids > 0;
        let values = there.then(|| centroids.checked_mul(dim))??;
        values.checked_mul(4)?.checked_add(4 * (1 << bits) + 16)
    }

    /// What [`to_bytes`](Self::to_bytes) made; none if it is no codec.
    pub(crate) fn from_bytes(bytes: &[u8], dim: usize, bits: usize, centroids: usize) -> Option<Self> {
        if Self::saved_bytes(dim, bits, centroids)? != bytes.len() {
            return None;
        }
        let floats = |bytes: &[u8]| -> Option<Vec<f32>> {
            let values: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
            values.iter().all(|value| value.is_finite()).then_some(values)
        };
        let (cutoffs, rest) = bytes.split_at(4 * ((1 << bits) - 1));
        let (weights, rest) = rest.split_first_chunk::<16>()?;
        let (unit, values) = rest.split_at(4);
        let unit = floats(unit)?[0];
        let codec = Self {
            id: Self::new_id(),
            kernels: rank_kernels::try_kernels().ok()?,
            bits,
            centroids: PackedQuery::new(&floats(values)?, dim),
            cutoffs: floats(cutoffs)?,
            weights: weights.map(u8::cast_signed),
            unit,
        };
        (unit > 0.0).then_some(codec)
    }

    /// Buckets of as many of the sorted residuals each.
    fn set_buckets(&mut self, residuals: &[f32]) {
        let buckets = 1 << self.bits;
        let edge = |bucket: usize| residuals.len() * bucket / buckets;
        let cutoff = |bucket: usize| match edge(bucket) {
            0 => residuals[0],
            // Between the last of one bucket and the first of the next.
            edge => residuals[edge - 1].midpoint(residuals[edge.min(residuals.len() - 1)]),
        };
        self.cutoffs = (1..buckets).map(cutoff).collect();
        let mean = |bucket: usize| {
            let part = &residuals[edge(bucket)..edge(bucket + 1)];
            match part.len() {
                // There are fewer residuals than buckets.
                0 => f64::from(residuals[edge(bucket).min(residuals.len() - 1)]),
                count => part.iter().map(|&value| f64::from(value)).sum::<f64>() / count as f64,
            }
        };
        let means: Vec<f64> = (0..buckets).map(mean).collect();
        let largest = means.iter().fold(0.0_f64, |largest, mean| largest.max(mean.abs()));
        // Where all tokens are centroids there is nothing left.
        self.unit = if largest > 0.0 { (largest / 127.0) as f32 } else { 1.0 };
        for (weight, mean) in self.weights.iter_mut().zip(means) {
            *weight = (mean / f64::from(self.unit)).round() as i8;
        }
    }

    /// The components of a token.
    pub fn dim(&self) -> usize {
        self.centroids.dim()
    }

    /// The bits of a component.
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// The bytes of a token's codes.
    pub fn bytes(&self) -> usize {
        self.dim().div_ceil(8 / self.bits)
    }

    /// The centroids, of norm 1, one after the other.
    pub fn centroids(&self) -> &[f32] {
        self.centroids.values()
    }

    /// What each code stands for.
    pub fn bucket_weights(&self) -> Vec<f32> {
        self.weights[..1 << self.bits].iter().map(|&weight| f32::from(weight) * self.unit).collect()
    }

    /// Where buckets end, ascending: one less than codes.
    pub fn bucket_cutoffs(&self) -> &[f32] {
        &self.cutoffs
    }

    fn centroid(&self, number: u32) -> &[f32] {
        &self.centroids()[number as usize * self.dim()..][..self.dim()]
    }

    /// The codes of tokens; the same for any number of threads, 0 of which are as many as the machine has.
    ///
    /// # Errors
    ///
    /// [`Error::PartialToken`], [`Error::NonFinite`].
    pub fn encode(&self, tokens: &[f32], threads: usize) -> Result<EncodedTokens> {
        self.encode_reporting(tokens, threads, &|_| true)
    }

    /// [`encode`](Self::encode), which tells `report` of tokens that are done, and stops if that says so; what is returned
    /// is of no use then.
    pub(crate) fn encode_reporting(
        &self,
        tokens: &[f32],
        asked: usize,
        report: &(impl Fn(usize) -> bool + Sync),
    ) -> Result<EncodedTokens> {
        let (dim, bytes) = (self.dim(), self.bytes());
        TokensRef::new(tokens, dim)?;
        check_finite(tokens, dim, Argument::Tokens)?;
        let threads = threads(asked);
        let centroids = nearest(self.kernels, &self.centroids, tokens, threads, report);
        let count = tokens.len() / dim;
        let scales = Mutex::new(vec![0.0; count]);
        let mut codes = vec![0; count * bytes];
        let at_once = 1024;
        for_chunks(&mut codes, at_once * bytes, threads, |number, codes| {
            let first = number * at_once;
            let mut made = Vec::with_capacity(at_once);
            let mut token = vec![0.0; dim];
            for (at, codes) in codes.chunks_exact_mut(bytes).enumerate() {
                token.copy_from_slice(&tokens[(first + at) * dim..][..dim]);
                made.push(self.encode_token(&mut token, centroids[first + at], codes));
            }
            let mut scales = scales.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            scales[first..first + made.len()].copy_from_slice(&made);
            true
        });
        let scales = scales.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(EncodedTokens { centroids, codes, scales })
    }

    /// Returns the scale.
    fn encode_token(&self, token: &mut [f32], centroid: u32, codes: &mut [u8]) -> f32 {
        let norm = token.iter().map(|&value| f64::from(value) * f64::from(value)).sum::<f64>().sqrt();
        unit(token);
        let mut squares = 0.0;
        let bytes = codes.len();
        for (plane, part) in token.chunks(bytes).enumerate() {
            let centers = &self.centroid(centroid)[plane * bytes..];
            for ((&value, &center), code) in part.iter().zip(centers).zip(codes.iter_mut()) {
                let residual = value - center;
                let bucket: u8 = self.cutoffs.iter().map(|&cutoff| u8::from(residual > cutoff)).sum();
                *code |= bucket << (plane * self.bits);
                let decoded = f64::from(center) + f64::from(self.weights[usize::from(bucket)]) * f64::from(self.unit);
                squares += decoded * decoded;
            }
        }
        if squares > 0.0 { (norm / squares.sqrt()) as f32 } else { 0.0 }
    }

    /// The tokens that codes stand for.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if lengths do not agree, or there is no such centroid.
    pub fn decode(&self, encoded: &EncodedTokens) -> Result<Vec<f32>> {
        self.check(encoded)?;
        Ok(self.decode_parts(&encoded.centroids, &encoded.codes, &encoded.scales))
    }

    /// Of parts that are known to agree.
    pub(crate) fn decode_parts(&self, centroids: &[u32], codes: &[u8], scales: &[f32]) -> Vec<f32> {
        let bytes = self.bytes();
        let weights = self.bucket_weights();
        let mask = (1_u8 << self.bits) - 1;
        let mut tokens = Vec::with_capacity(centroids.len() * self.dim());
        for ((&centroid, codes), scale) in centroids.iter().zip(codes.chunks_exact(bytes)).zip(scales) {
            tokens.extend(self.centroid(centroid).iter().enumerate().map(|(component, center)| {
                let code = codes[component % bytes] >> (component / bytes * self.bits) & mask;
                (center + weights[usize::from(code)]) * scale
            }));
        }
        tokens
    }

    pub(crate) fn check(&self, encoded: &EncodedTokens) -> Result<()> {
        let tokens = encoded.centroids.len();
        let most = self.centroids.tokens();
        let advice = "pass what encode returned";
        let wrong = |argument, expected: String, got: String| Err(Error::Parameter { argument, expected, got, advice });
        if encoded.codes.len() != tokens * self.bytes() {
            let expected = format!("{} bytes for each of {tokens} tokens", self.bytes());
            return wrong("codes", expected, encoded.codes.len().to_string());
        }
        if encoded.scales.len() != tokens {
            return wrong("scales", format!("{tokens}, one for each token"), encoded.scales.len().to_string());
        }
        if let Some(scale) = encoded.scales.iter().find(|scale| !scale.is_finite()) {
            return wrong("scales", "finite numbers".to_owned(), scale.to_string());
        }
        match encoded.centroids.iter().find(|&&centroid| centroid as usize >= most) {
            Some(got) => wrong("centroids", format!("numbers below {most}"), got.to_string()),
            None => Ok(()),
        }
    }
}
