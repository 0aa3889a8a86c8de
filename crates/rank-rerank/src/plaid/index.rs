//! The index: what it holds, and how documents come and go.

use std::collections::HashMap;
use std::hash::Hash;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::file;
use super::lists::Lists;
use crate::error::{Argument, Error, Result};
use crate::random::Random;
use crate::residual::{CodecConfig, EncodedTokens, ResidualCodec, sample};
use crate::simd::TokenBatch;
use crate::store::{IdCodec, Map};

/// Tokens that are encoded together.
const AT_ONCE: usize = 1 << 16;

/// Codes in memory or in a mapped file.
#[derive(Debug, Clone)]
pub(super) enum Codes {
    Owned(Vec<u8>),
    Mapped { map: Arc<Map>, start: usize, length: usize },
}

impl Codes {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            Self::Mapped { map, start, length } => &map.bytes()[*start..][..*length],
        }
    }
}

/// An index of documents of many tokens.
///
/// Tokens are kept as residual codes. A search looks into the nearest centroids of each query token; a document's first
/// score is the sum over query tokens of the best product with one of its centroids there; the best are scored by their
/// codes, without being decoded, and the best of these, if a [`TokenStore`](crate::store::TokenStore) is passed, by their
/// tokens.
///
/// # Example
///
/// ```
/// use rank_rerank::plaid::{PlaidIndex, SearchConfig};
/// use rank_rerank::residual::CodecConfig;
/// use rank_rerank::simd::{Components, TokenBatch};
///
/// // Two documents, of two tokens and of one.
/// let tokens = [1.0, 0.0, 0.0, 1.0, 0.6, -0.8];
/// let batch = TokenBatch::flat(Components::F32(&tokens), 2, &[0, 2, 3])?;
/// let config = CodecConfig { centroids: Some(3), ..CodecConfig::default() };
/// let index = PlaidIndex::build(["a", "b"], &batch, config, |_| true)?.expect("nobody stops it");
/// let found = index.search(&[[0.0, 1.0], [1.0, 0.0]], 2, SearchConfig::default())?;
/// assert_eq!(found.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["a", "b"]);
/// assert!((found[0].1 - 2.0).abs() < 1e-2 && (found[1].1 + 0.2).abs() < 1e-2);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PlaidIndex<I> {
    pub(super) codec: ResidualCodec,
    pub(super) ids: Vec<I>,
    pub(super) deleted: Vec<bool>,
    /// Of each document the number of its first token; then the number of tokens.
    pub(super) offsets: Vec<usize>,
    pub(super) centroids: Vec<u32>,
    pub(super) scales: Vec<f32>,
    pub(super) codes: Codes,
    pub(super) lists: Lists,
    /// Of each document that is not deleted its number.
    places: HashMap<I, u32>,
}

impl<I> PlaidIndex<I> {
    /// The number of documents.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The components of a token.
    pub fn dim(&self) -> usize {
        self.codec.dim()
    }

    /// The codec.
    pub fn codec(&self) -> &ResidualCodec {
        &self.codec
    }

    /// Tokens, those of deleted documents included until the index is saved.
    pub fn tokens(&self) -> usize {
        self.centroids.len()
    }

    /// Whether the codes are in a mapped file.
    pub fn is_mapped(&self) -> bool {
        matches!(self.codes, Codes::Mapped { .. })
    }
}

impl<I: Clone + Eq + Hash> PlaidIndex<I> {
    /// An index without documents.
    pub fn new(codec: ResidualCodec) -> Self {
        Self::with(codec, Vec::new(), vec![0], EncodedTokens::default(), Codes::Owned(Vec::new()))
    }

    /// Of `encoded`, without its codes, and `codes`.
    pub(super) fn with(
        codec: ResidualCodec,
        ids: Vec<I>,
        offsets: Vec<usize>,
        encoded: EncodedTokens,
        codes: Codes,
    ) -> Self {
        let places = ids.iter().enumerate().map(|(number, id)| (id.clone(), number as u32)).collect();
        let mut lists = Lists::new(codec.centroids.tokens());
        lists.add(0, &encoded.centroids, &offsets);
        Self {
            lists,
            deleted: vec![false; ids.len()],
            centroids: encoded.centroids,
            scales: encoded.scales,
            codec,
            ids,
            offsets,
            codes,
            places,
        }
    }

    /// Trains a codec on the documents and adds them. `report` is told of tokens that are assigned, in each round of the
    /// training and when they are added, and says whether to go on; none if not.
    ///
    /// # Errors
    ///
    /// As [`ResidualCodec::train`] and [`add`](Self::add).
    pub fn build(
        ids: impl IntoIterator<Item = I>,
        documents: &TokenBatch<'_>,
        config: CodecConfig,
        report: impl Fn(usize) -> bool + Sync,
    ) -> Result<Option<Self>> {
        let count = documents.documents();
        let mut scratch = Vec::new();
        let total: usize = (0..count).map(|document| documents.tokens(document)).sum();
        let config = CodecConfig { expected_tokens: Some(config.expected_tokens.unwrap_or(0).max(total)), ..config };
        let centroids = config.centroids_for(total)?;
        // Of more documents than the training has a use for, some are enough.
        let wanted = centroids.saturating_mul(config.tokens_per_centroid.max(8));
        let some = (count as f64 * (wanted as f64 / total.max(1) as f64).min(1.0)).ceil() as usize;
        let mut tokens = Vec::new();
        for document in sample(count, some, &mut Random::new(config.seed)) {
            tokens.extend_from_slice(checked(documents, document, &mut scratch)?);
        }
        let config = CodecConfig { centroids: Some(centroids), ..config };
        let Some(codec) = ResidualCodec::train(&tokens, documents.dim(), config, &report)? else { return Ok(None) };
        drop(tokens);
        let mut index = Self::new(codec);
        Ok(index.add(ids, documents, config.threads, report)?.then_some(index))
    }

    /// Adds documents, whatever the type of their tokens. The centroids stay those that the codec was trained with. It
    /// takes O(tokens added + centroids), not counting a token's search for its centroid, and where the index was opened
    /// from a file a copy of all codes, once. `report` is told of tokens that are assigned, and says whether to go on; if
    /// not, nothing is added, and false returned.
    ///
    /// # Errors
    ///
    /// [`Error::IdCount`], [`Error::KnownId`], [`Error::DimMismatch`], [`Error::NoTokens`], [`Error::NonFinite`];
    /// nothing is added then.
    pub fn add(
        &mut self,
        ids: impl IntoIterator<Item = I>,
        documents: &TokenBatch<'_>,
        threads: usize,
        report: impl Fn(usize) -> bool + Sync,
    ) -> Result<bool> {
        let ids: Vec<I> = ids.into_iter().collect();
        if ids.len() != documents.documents() {
            return Err(Error::IdCount { expected: documents.documents(), got: ids.len() });
        }
        if documents.dim() != self.dim() && documents.documents() > 0 {
            let argument = Argument::Values;
            return Err(Error::DimMismatch { argument, expected: self.dim(), got: documents.dim() });
        }
        let mut new = HashMap::with_capacity(ids.len());
        for (position, id) in ids.iter().enumerate() {
            let number = (self.ids.len() + position) as u32;
            if self.places.contains_key(id) || new.insert(id.clone(), number).is_some() {
                return Err(Error::KnownId { position });
            }
        }
        let going = AtomicBool::new(true);
        let report = |done| {
            let on = report(done);
            if !on {
                going.store(false, Ordering::Relaxed);
            }
            on
        };
        let mut encoded = EncodedTokens::default();
        let mut ends = Vec::with_capacity(ids.len());
        let (mut piece, mut scratch) = (Vec::new(), Vec::new());
        for document in 0..ids.len() {
            piece.extend_from_slice(checked(documents, document, &mut scratch)?);
            ends.push(self.centroids.len() + encoded.centroids.len() + piece.len() / self.dim());
            // Not all at once: as f32 they may be many times as large.
            if piece.len() / self.dim() >= AT_ONCE || document + 1 == ids.len() {
                let codes = self.codec.encode_reporting(&piece, threads, &report)?;
                if !going.load(Ordering::Relaxed) {
                    return Ok(false);
                }
                encoded.centroids.extend(codes.centroids);
                encoded.codes.extend(codes.codes);
                encoded.scales.extend(codes.scales);
                piece.clear();
            }
        }
        self.offsets.extend(ends);
        if let Codes::Mapped { .. } = self.codes {
            self.codes = Codes::Owned(self.codes.bytes().to_vec());
        }
        if let Codes::Owned(codes) = &mut self.codes {
            codes.extend_from_slice(&encoded.codes);
        }
        self.centroids.extend_from_slice(&encoded.centroids);
        self.scales.extend_from_slice(&encoded.scales);
        self.lists.add(self.ids.len(), &self.centroids, &self.offsets);
        self.deleted.resize(self.ids.len() + ids.len(), false);
        self.ids.extend(ids);
        self.places.extend(new);
        Ok(true)
    }

    /// Whether there is a document of that id.
    pub fn contains(&self, id: &I) -> bool {
        self.places.contains_key(id)
    }

    /// The ids, in the order in which documents were added.
    pub fn ids(&self) -> impl Iterator<Item = &I> {
        self.ids.iter().zip(&self.deleted).filter(|(_, deleted)| !**deleted).map(|(id, _)| id)
    }

    /// Deletes documents: no search finds them any more. Their tokens take their room until the index is saved and
    /// opened again.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownId`] for an id that there is not, or twice; nothing is deleted then.
    pub fn delete(&mut self, ids: &[I]) -> Result<()> {
        let mut numbers = Vec::with_capacity(ids.len());
        let mut seen = std::collections::HashSet::new();
        for (position, id) in ids.iter().enumerate() {
            match self.places.get(id) {
                Some(&number) if seen.insert(number) => numbers.push(number),
                _ => return Err(Error::UnknownId { position }),
            }
        }
        for (id, number) in ids.iter().zip(numbers) {
            self.places.remove(id);
            self.deleted[number as usize] = true;
        }
        Ok(())
    }
}

impl<I: Clone + Eq + Hash + IdCodec> PlaidIndex<I> {
    /// Saves the index, without deleted documents. The file appears under its name when it is complete.
    ///
    /// # Errors
    ///
    /// [`Error::File`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        file::save(path.as_ref(), self)
    }

    /// Opens a saved index. All of it is read once and checked; then the codes, by far the largest part, are mapped and
    /// stay in the file, which must not be written to, though it may be replaced or removed.
    ///
    /// # Errors
    ///
    /// [`Error::File`], [`Error::DamagedIndex`], [`Error::IdType`], [`Error::Isa`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        file::open(path.as_ref())
    }
}

/// The tokens of a document.
fn checked<'a>(documents: &'a TokenBatch<'_>, document: usize, scratch: &'a mut Vec<f32>) -> Result<&'a [f32]> {
    let tokens = documents.wide(document, scratch);
    let argument = Argument::Documents(document);
    if tokens.is_empty() {
        return Err(Error::NoTokens { argument });
    }
    crate::tokens::check_finite(tokens, documents.dim(), argument)?;
    Ok(tokens)
}
