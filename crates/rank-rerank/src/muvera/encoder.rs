//! Encodings of queries and documents.

use std::sync::Mutex;

use rank_kernels::{Kernels, PackedQuery};

use super::FdeConfig;
use crate::error::{Argument, Error, Result};
use crate::parallel::{for_chunks, threads};
use crate::random::Random;
use crate::simd::TokenBatch;
use crate::tokens::{Tokens, check_finite, gather};

/// Makes vectors of a fixed dimension of queries and documents of many tokens, so that the dot product of a query's and
/// a document's approximates their MaxSim, times the number of repetitions.
///
/// In each repetition hyperplanes divide the space into cells. A query's tokens are added up in each cell, a document's
/// averaged; an empty cell of a document takes the first token of the nearest cell that is not, by the Hamming distance
/// of their numbers, the lowest of equals.
///
/// # Example
///
/// ```
/// use rank_rerank::muvera::{FdeConfig, FixedDimensionalEncoder};
///
/// let config = FdeConfig { simhash_bits: 2, projection_dim: None, repetitions: 10, ..FdeConfig::default() };
/// let encoder = FixedDimensionalEncoder::new(2, config)?;
/// let query = encoder.encode_query(&[[1.0, 0.0], [0.0, 1.0]])?;
/// // Of one token alone all cells are the same, and the product is exact: 0.6 + 0.8.
/// let document = encoder.encode_document(&[[0.6, 0.8]])?;
/// assert!((encoder.score(&query, &document)? - 1.4).abs() < 1e-6);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct FixedDimensionalEncoder {
    kernels: &'static Kernels,
    dim: usize,
    config: FdeConfig,
    /// Those of the first repetition, then those of the next.
    hyperplanes: PackedQuery,
    projections: Option<PackedQuery>,
    /// Of each component where it goes in the end, and its sign.
    sketch: Vec<(u32, f32)>,
}

impl FixedDimensionalEncoder {
    /// For tokens of `dim` components.
    ///
    /// # Errors
    ///
    /// [`Error::NoComponents`], [`Error::Parameter`], [`Error::Isa`].
    pub fn new(dim: usize, config: FdeConfig) -> Result<Self> {
        if dim == 0 {
            return Err(Error::NoComponents { argument: Argument::Tokens });
        }
        config.check(dim)?;
        let mut random = Random::new(config.seed);
        let hyperplanes: Vec<f32> =
            (0..config.repetitions * config.simhash_bits * dim).map(|_| random.normal()).collect();
        let projections: Option<Vec<f32>> = config
            .projection_dim
            .filter(|&width| width < dim)
            .map(|width| (0..config.repetitions * width * dim).map(|_| random.sign()).collect());
        Self::with(dim, config, &hyperplanes, projections.as_deref(), &mut random)
    }

    /// With hyperplanes and projections from elsewhere, such as those of encodings that are stored already.
    ///
    /// * `hyperplanes`: of each repetition its [`simhash_bits`](FdeConfig::simhash_bits) normal vectors.
    /// * `projections`: of each repetition the [`projection_dim`](FdeConfig::projection_dim) vectors, of 1 and -1, whose
    ///   products with a token are left of it; none if there is no projection, or as many as `dim`.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); [`Error::Parameter`] for other numbers of values, and [`Error::NonFinite`].
    pub fn from_vectors(
        dim: usize,
        config: FdeConfig,
        hyperplanes: &[f32],
        projections: Option<&[f32]>,
    ) -> Result<Self> {
        if dim == 0 {
            return Err(Error::NoComponents { argument: Argument::Tokens });
        }
        config.check(dim)?;
        let width = config.projection_dim.filter(|&width| width < dim).unwrap_or(0);
        let advice = "pass the vectors of each repetition, one after the other";
        for (argument, count, values) in
            [("hyperplanes", config.simhash_bits, hyperplanes), ("projections", width, projections.unwrap_or_default())]
        {
            let expected = config.repetitions * count * dim;
            if values.len() != expected {
                let (expected, got) = (format!("{expected} values"), values.len().to_string());
                return Err(Error::Parameter { argument, expected, got, advice });
            }
            check_finite(values, dim, Argument::Tokens)?;
        }
        let projections = projections.filter(|_| width > 0);
        Self::with(dim, config, hyperplanes, projections, &mut Random::new(config.seed))
    }

    fn with(
        dim: usize,
        config: FdeConfig,
        hyperplanes: &[f32],
        projections: Option<&[f32]>,
        random: &mut Random,
    ) -> Result<Self> {
        let whole = config.repetitions * (config.width(dim) << config.simhash_bits);
        let sketch = config
            .final_dim
            .map_or_else(Vec::new, |end| (0..whole).map(|_| (random.below(end) as u32, random.sign())).collect());
        Ok(Self {
            kernels: rank_kernels::try_kernels()?,
            dim,
            config,
            hyperplanes: PackedQuery::new(hyperplanes, dim),
            projections: projections.map(|values| PackedQuery::new(values, dim)),
            sketch,
        })
    }

    /// The components of a token.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// How encodings come about.
    pub fn config(&self) -> &FdeConfig {
        &self.config
    }

    /// The components of an encoding.
    pub fn encoded_dim(&self) -> usize {
        self.config.final_dim.unwrap_or_else(|| self.whole())
    }

    /// Before the sketch.
    fn whole(&self) -> usize {
        self.config.repetitions * (self.config.width(self.dim) << self.config.simhash_bits)
    }

    /// The encoding of a query. O(tokens · dim · repetitions · (bits + projected)).
    ///
    /// # Errors
    ///
    /// [`Error::NoTokens`], [`Error::RaggedTokens`], [`Error::DimMismatch`], [`Error::NonFinite`], [`Error::Overflow`].
    pub fn encode_query<T: Tokens + ?Sized>(&self, tokens: &T) -> Result<Vec<f32>> {
        self.encode_one(tokens, Argument::Query, false)
    }

    /// The encoding of a document.
    ///
    /// # Errors
    ///
    /// As [`encode_query`](Self::encode_query).
    pub fn encode_document<T: Tokens + ?Sized>(&self, tokens: &T) -> Result<Vec<f32>> {
        self.encode_one(tokens, Argument::Document, true)
    }

    fn encode_one<T: Tokens + ?Sized>(&self, tokens: &T, argument: Argument, document: bool) -> Result<Vec<f32>> {
        let (values, got) = gather(tokens, argument)?;
        if got != self.dim {
            return Err(Error::DimMismatch { argument, expected: self.dim, got });
        }
        let mut encoding = vec![0.0; self.encoded_dim()];
        self.encode(&values, argument, document, &mut encoding)?;
        Ok(encoding)
    }

    /// The encodings of many queries, one after the other, whatever the type of their tokens; the same for any number of
    /// threads, 0 of which are as many as the machine has. `report` is told of each that is done, and says whether to go
    /// on; if not, what is returned is of no use.
    ///
    /// # Errors
    ///
    /// As [`encode_query`](Self::encode_query), of the first query that cannot be encoded; [`Error::Parameter`] if there is
    /// no memory for the encodings.
    pub fn encode_queries(
        &self,
        queries: &TokenBatch<'_>,
        threads: usize,
        report: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<f32>> {
        self.encode_many(queries, threads, false, &report)
    }

    /// The encodings of many documents, as [`encode_queries`](Self::encode_queries).
    ///
    /// # Errors
    ///
    /// As [`encode_queries`](Self::encode_queries).
    pub fn encode_documents(
        &self,
        documents: &TokenBatch<'_>,
        threads: usize,
        report: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<f32>> {
        self.encode_many(documents, threads, true, &report)
    }

    fn encode_many(
        &self,
        batch: &TokenBatch<'_>,
        asked: usize,
        document: bool,
        report: &(impl Fn(usize) -> bool + Sync),
    ) -> Result<Vec<f32>> {
        if batch.dim() != self.dim && batch.documents() > 0 {
            return Err(Error::DimMismatch { argument: Argument::Values, expected: self.dim, got: batch.dim() });
        }
        let mut encodings = self.room(batch.documents())?;
        let first_error: Mutex<Option<(usize, Error)>> = Mutex::new(None);
        for_chunks(&mut encodings, self.encoded_dim(), threads(asked), |position, encoding| {
            let argument = Argument::Documents(position);
            let mut scratch = Vec::new();
            let tokens = batch.wide(position, &mut scratch);
            if let Err(error) = self.encode(tokens, argument, document, encoding) {
                let mut first = first_error.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                if first.as_ref().is_none_or(|(before, _)| position < *before) {
                    *first = Some((position, error));
                }
                return false;
            }
            report(1)
        });
        match first_error.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            Some((_, error)) => Err(error),
            None => Ok(encodings),
        }
    }

    /// Zeros for so many encodings.
    fn room(&self, count: usize) -> Result<Vec<f32>> {
        let mut encodings = Vec::new();
        let total = count.checked_mul(self.encoded_dim());
        match total.filter(|&total| encodings.try_reserve_exact(total).is_ok()) {
            Some(total) => {
                encodings.resize(total, 0.0);
                Ok(encodings)
            }
            None => Err(Error::Parameter {
                argument: "values",
                expected: "encodings that fit into memory".to_owned(),
                got: format!(
                    "{count} of {} components, {:.1} GiB",
                    self.encoded_dim(),
                    count as f64 * self.encoded_dim() as f64 * size_of::<f32>() as f64 / f64::from(1 << 30)
                ),
                advice: "encode fewer of them at once, or set final_dim",
            }),
        }
    }

    /// What a query's and a document's encoding say of their MaxSim: their dot product divided by the number of
    /// repetitions.
    ///
    /// # Errors
    ///
    /// [`Error::DimMismatch`].
    pub fn score(&self, query: &[f32], document: &[f32]) -> Result<f32> {
        for (argument, encoding) in [(Argument::Left, query), (Argument::Right, document)] {
            if encoding.len() != self.encoded_dim() {
                return Err(Error::DimMismatch { argument, expected: self.encoded_dim(), got: encoding.len() });
            }
        }
        Ok(self.kernels.dot(query, document) / self.config.repetitions as f32)
    }

    fn encode(&self, tokens: &[f32], argument: Argument, document: bool, encoding: &mut [f32]) -> Result<()> {
        if tokens.is_empty() {
            return Err(Error::NoTokens { argument });
        }
        if self.sketch.is_empty() {
            encoding.fill(0.0);
            self.cells(tokens, document, encoding);
        } else {
            let mut whole = vec![0.0; self.whole()];
            self.cells(tokens, document, &mut whole);
            encoding.fill(0.0);
            for (&value, &(place, sign)) in whole.iter().zip(&self.sketch) {
                encoding[place as usize] += sign * value;
            }
        }
        if encoding.iter().any(|value| !value.is_finite()) || tokens.iter().any(|value| !value.is_finite()) {
            check_finite(tokens, self.dim, argument)?;
            return Err(Error::Overflow { argument });
        }
        Ok(())
    }

    /// All cells of all repetitions, of zeros before.
    fn cells(&self, tokens: &[f32], document: bool, out: &mut [f32]) {
        let hashes = self.products(&self.hyperplanes, tokens);
        let (bits, width) = (self.config.simhash_bits, self.config.width(self.dim));
        let stride = self.hyperplanes.groups() * PackedQuery::WIDTH;
        let projected = self.projections.as_ref().map(|vectors| self.products(vectors, tokens));
        let projected_stride = self.projections.as_ref().map_or(0, |vectors| vectors.groups() * PackedQuery::WIDTH);
        let count = tokens.len() / self.dim;
        let row = |repetition: usize, token: usize| match &projected {
            Some(rows) => &rows[token * projected_stride + repetition * width..][..width],
            None => &tokens[token * self.dim..][..self.dim],
        };
        // Of each cell its first token and how many it has.
        let mut held = vec![(0_u32, 0_u32); 1 << bits];
        for (repetition, cells) in out.chunks_exact_mut(width << bits).enumerate() {
            held.fill((0, 0));
            for token in 0..count {
                let signs = &hashes[token * stride..][repetition * bits..][..bits];
                let cell =
                    signs.iter().enumerate().fold(0, |cell, (bit, &sign)| cell | (usize::from(sign > 0.0) << bit));
                if held[cell].1 == 0 {
                    held[cell].0 = token as u32;
                }
                held[cell].1 += 1;
                for (sum, &value) in cells[cell * width..][..width].iter_mut().zip(row(repetition, token)) {
                    *sum += value;
                }
            }
            if document {
                average(cells, &held, width, self.config.fill_empty, |token| row(repetition, token));
            }
        }
        if self.projections.is_some() {
            let scale = 1.0 / (width as f32).sqrt();
            for value in &mut *out {
                *value *= scale;
            }
        }
    }

    fn products(&self, vectors: &PackedQuery, tokens: &[f32]) -> Vec<f32> {
        let groups = 0..vectors.groups();
        let mut out = vec![0.0; tokens.len() / self.dim * groups.len() * PackedQuery::WIDTH];
        self.kernels.products(vectors, groups, tokens, &mut out);
        out
    }
}

/// Sums become means, and empty cells are filled.
fn average<'a>(
    cells: &mut [f32],
    held: &[(u32, u32)],
    width: usize,
    fill_empty: bool,
    row: impl Fn(usize) -> &'a [f32],
) {
    let occupied: Vec<(usize, u32)> =
        held.iter().enumerate().filter(|(_, held)| held.1 > 0).map(|(cell, held)| (cell, held.0)).collect();
    for (cell, (values, &(_, count))) in cells.chunks_exact_mut(width).zip(held).enumerate() {
        if count > 0 {
            for value in values {
                *value /= count as f32;
            }
        } else if fill_empty
            && let Some((_, token)) = occupied.iter().min_by_key(|(other, _)| (cell ^ other).count_ones())
        {
            values.copy_from_slice(row(*token as usize));
        }
    }
}
