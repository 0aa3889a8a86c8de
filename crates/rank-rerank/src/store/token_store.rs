//! A collection's tokens under the ids of its documents.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::path::Path;
use std::sync::Arc;

use super::dtype::{Converted, convert, prefix, widen};
use super::file;
use super::part::{Data, Part};
use super::{IdCodec, TokenDtype};
use crate::error::{Argument, Error, Result};
use crate::residual::ResidualCodec;
use crate::simd::{Components, TokenBatch};
use crate::tokens::{TokenMatrix, Tokens, gather};

/// Where a document lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Whether in the mapped file.
    mapped: bool,
    /// Its number there.
    number: usize,
}

/// The token vectors of a collection under the ids of its documents: added, replaced and deleted one by one or many at
/// once, saved, and opened by mapping the file, which takes no memory for tokens that are not read.
///
/// Tokens are stored as `f32`, `f16`, `bf16`, `int8` with a scale for each, sign bits or residual codes, and scored as they
/// are stored. Documents have an order, that in which they were added; a document that is replaced keeps its place. Whatever was done to a
/// store, it scores to the same bits, and saves to the same bytes, as one that was built of its documents at once.
///
/// Any number of threads may read a store at once.
///
/// # Example
///
/// ```
/// use rank_rerank::simd::{MaxSim, Scoring};
/// use rank_rerank::store::{TokenDtype, TokenStore};
///
/// let mut store = TokenStore::new(2, TokenDtype::F32)?;
/// store.append("d1", &[[1.0, 0.0]])?;
/// store.append("d2", &[[0.8, 0.6], [0.0, 1.0]])?;
///
/// let query = MaxSim::new(&[[1.0, 0.0], [0.0, 1.0]])?;
/// assert_eq!(store.rank(&query, Scoring::default())?, [("d2", 1.8), ("d1", 1.0)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
#[derive(Clone)]
pub struct TokenStore<I> {
    dim: usize,
    dtype: TokenDtype,
    /// Of residual codes.
    codec: Option<Arc<ResidualCodec>>,
    /// In order; none where a document was deleted.
    slots: Vec<Option<(I, Place)>>,
    positions: HashMap<I, usize>,
    mapped: Option<Part>,
    owned: Part,
}

impl<I> fmt::Debug for TokenStore<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenStore")
            .field("documents", &self.positions.len())
            .field("dim", &self.dim)
            .field("dtype", &self.dtype)
            .field("mapped", &self.mapped.is_some())
            .finish_non_exhaustive()
    }
}

impl<I> TokenStore<I> {
    /// The number of components of each token.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// As what components are stored.
    pub fn dtype(&self) -> TokenDtype {
        self.dtype
    }

    /// The codec of residual codes.
    pub fn codec(&self) -> Option<&ResidualCodec> {
        self.codec.as_deref()
    }

    /// The number of documents.
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// Whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    /// The ids of the documents, in their order.
    pub fn ids(&self) -> impl Iterator<Item = &I> {
        self.slots.iter().flatten().map(|(id, _)| id)
    }

    fn part(&self, place: Place) -> &Part {
        match &self.mapped {
            Some(mapped) if place.mapped => mapped,
            _ => &self.owned,
        }
    }

    fn at(&self, place: Place) -> Components<'_> {
        self.part(place).document(place.number, self.dim)
    }

    /// The number of tokens of all documents.
    pub fn tokens(&self) -> usize {
        self.slots.iter().flatten().map(|(_, place)| self.part(*place).tokens(place.number)).sum()
    }

    /// The bytes that components and scales take, in memory or in the mapped file, those of deleted documents included.
    pub fn bytes(&self) -> usize {
        let parts = self.mapped.iter().chain([&self.owned]);
        let beside = if self.codec.is_some() { 8 } else { 4 * usize::from(self.dtype.scaled()) };
        let token = self.dtype.token_bytes(self.dim) + beside;
        parts.map(|part| part.offsets.last().copied().unwrap_or(0) * token).sum()
    }

    /// Whether tokens are read from a mapped file.
    pub fn is_mapped(&self) -> bool {
        self.mapped.is_some()
    }

    /// All documents, in their order.
    pub fn documents(&self) -> TokenBatch<'_> {
        let part = self.mapped.as_ref().filter(|part| part.documents() > 0).unwrap_or(&self.owned);
        let in_place = part.documents() == self.slots.len()
            && self.slots.iter().enumerate().all(|(position, slot)| {
                slot.as_ref()
                    .is_some_and(|(_, place)| place.number == position && std::ptr::eq(self.part(*place), part))
            });
        if in_place && let Ok(batch) = TokenBatch::flat(part.components(), self.dim, &part.offsets) {
            return batch;
        }
        TokenBatch::unchecked(self.slots.iter().flatten().map(|(_, place)| self.at(*place)).collect(), self.dim)
    }
}

impl<I: Clone + Eq + Hash> TokenStore<I> {
    /// A store without documents, for tokens of `dim` components that are stored as `dtype`.
    ///
    /// # Errors
    ///
    /// [`Error::NoComponents`] if `dim` is 0; [`Error::TooManyComponents`] for `int8` and `binary` beyond what sums of
    /// products hold; [`Error::PartialByte`] for `binary` unless `dim` is a multiple of 8; [`Error::NoCodec`] for residual
    /// codes, which need [`with_codec`](Self::with_codec).
    pub fn new(dim: usize, dtype: TokenDtype) -> Result<Self> {
        let argument = Argument::Tokens;
        if dim == 0 {
            return Err(Error::NoComponents { argument });
        }
        let expected = rank_kernels::PackedInt8::MAX_DIM;
        if matches!(dtype, TokenDtype::Int8 | TokenDtype::Binary) && dim > expected {
            return Err(Error::TooManyComponents { argument, expected, got: dim });
        }
        if dtype == TokenDtype::Binary && !dim.is_multiple_of(8) {
            return Err(Error::PartialByte { argument, got: dim });
        }
        if dtype.residual_bits().is_some() {
            return Err(Error::NoCodec { got: dtype.name() });
        }
        Ok(Self::empty(dim, dtype, None))
    }

    /// A store without documents, whose tokens are kept as the codes of `codec`.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_rerank::residual::{CodecConfig, ResidualCodec};
    /// use rank_rerank::simd::{MaxSim, Scoring};
    /// use rank_rerank::store::{TokenDtype, TokenStore};
    ///
    /// let tokens = [1.0, 0.0, 0.0, 1.0, 0.6, 0.8];
    /// let config = CodecConfig { centroids: Some(3), ..CodecConfig::default() };
    /// let codec = ResidualCodec::train(&tokens, 2, config, |_| true)?.expect("nobody stops it");
    /// let mut store = TokenStore::with_codec(codec);
    /// store.append("d1", &[[1.0, 0.0], [0.0, 1.0]])?;
    /// store.append("d2", &[[0.6, 0.8]])?;
    /// assert_eq!(store.dtype(), TokenDtype::Residual4);
    /// let ranked = store.rank(&MaxSim::new(&[[1.0, 0.0]])?, Scoring::default())?;
    /// assert!((ranked[0].1 - 1.0).abs() < 1e-2 && (ranked[1].1 - 0.6).abs() < 1e-2);
    /// # Ok::<(), rank_rerank::Error>(())
    /// ```
    pub fn with_codec(codec: impl Into<Arc<ResidualCodec>>) -> Self {
        let codec = codec.into();
        Self::empty(codec.dim(), TokenDtype::of_codec(&codec), Some(codec))
    }

    fn empty(dim: usize, dtype: TokenDtype, codec: Option<Arc<ResidualCodec>>) -> Self {
        let owned = Part::new(dtype, codec.as_ref());
        Self { dim, dtype, codec, slots: Vec::new(), positions: HashMap::new(), mapped: None, owned }
    }

    /// Whether there is such a document.
    pub fn contains(&self, id: &I) -> bool {
        self.positions.contains_key(id)
    }

    fn place(&self, id: &I) -> Option<Place> {
        let slot = self.slots[*self.positions.get(id)?].as_ref();
        slot.map(|(_, place)| *place)
    }

    /// The tokens of a document, as they are stored.
    pub fn get(&self, id: &I) -> Option<Components<'_>> {
        self.place(id).map(|place| self.at(place))
    }

    /// The tokens of a document as `f32`.
    pub fn matrix(&self, id: &I) -> Option<TokenMatrix> {
        let components = self.get(id)?;
        TokenMatrix::new(widen(components, self.dim).into_owned(), self.dim).ok()
    }

    /// Some of the documents, in the order of `ids`; one may be there several times.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownId`].
    pub fn documents_of<'a>(&'a self, ids: impl IntoIterator<Item = &'a I>) -> Result<TokenBatch<'a>> {
        let documents =
            ids.into_iter().enumerate().map(|(position, id)| self.get(id).ok_or(Error::UnknownId { position }));
        Ok(TokenBatch::unchecked(documents.collect::<Result<_>>()?, self.dim))
    }

    /// Adds a document at the end, its tokens rounded to the type of the store.
    ///
    /// # Errors
    ///
    /// [`Error::KnownId`], [`Error::NoTokens`], [`Error::RaggedTokens`], [`Error::DimMismatch`], [`Error::NonFinite`];
    /// [`Error::Overflow`] for a component beyond the range of the store's type.
    pub fn append<T: Tokens + ?Sized>(&mut self, id: I, tokens: &T) -> Result<()> {
        let argument = Argument::Tokens;
        let (values, dim) = gather(tokens, argument)?;
        self.check_dim(dim, argument)?;
        self.put(vec![id], &TokenBatch::unchecked(vec![Components::F32(&values)], dim), argument_of_one, Put::New)
    }

    /// Adds documents at the end: all of them, or, if one is wrong, none. Tokens are of the type of the store and kept as
    /// they are, or of `f32` and rounded to it.
    ///
    /// # Errors
    ///
    /// [`Error::IdCount`], [`Error::KnownId`], [`Error::NoTokens`], [`Error::DimMismatch`], [`Error::StoredDtype`],
    /// [`Error::NonFinite`], [`Error::Overflow`].
    ///
    /// # Example
    ///
    /// ```
    /// use rank_rerank::simd::{Components, TokenBatch};
    /// use rank_rerank::store::{TokenDtype, TokenStore};
    ///
    /// let mut store = TokenStore::new(2, TokenDtype::Bf16)?;
    /// store.extend([7, 9], &TokenBatch::flat(Components::F32(&[0.5, 0.0, 1.0, 0.0, 0.0, 1.0]), 2, &[0, 1, 3])?)?;
    /// assert_eq!(store.tokens(), 3);
    /// assert_eq!(store.matrix(&7).unwrap().values(), [0.5, 0.0]);
    /// # Ok::<(), rank_rerank::Error>(())
    /// ```
    pub fn extend(&mut self, ids: impl IntoIterator<Item = I>, documents: &TokenBatch<'_>) -> Result<()> {
        self.put(ids.into_iter().collect(), documents, Argument::Documents, Put::New)
    }

    /// Gives a document other tokens; it keeps its place in the order.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownId`], and as [`append`](Self::append).
    pub fn replace<T: Tokens + ?Sized>(&mut self, id: I, tokens: &T) -> Result<()> {
        let argument = Argument::Tokens;
        let (values, dim) = gather(tokens, argument)?;
        self.check_dim(dim, argument)?;
        self.put(vec![id], &TokenBatch::unchecked(vec![Components::F32(&values)], dim), argument_of_one, Put::Known)
    }

    /// Gives documents other tokens: all of them, or, if one is wrong, none.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownId`], [`Error::KnownId`] for an id twice, and as [`extend`](Self::extend).
    pub fn replace_all(&mut self, ids: impl IntoIterator<Item = I>, documents: &TokenBatch<'_>) -> Result<()> {
        self.put(ids.into_iter().collect(), documents, Argument::Documents, Put::Known)
    }

    fn check_dim(&self, got: usize, argument: Argument) -> Result<()> {
        let expected = self.dim;
        if got == expected { Ok(()) } else { Err(Error::DimMismatch { argument, expected, got }) }
    }

    fn put(
        &mut self,
        ids: Vec<I>,
        documents: &TokenBatch<'_>,
        argument: impl Fn(usize) -> Argument,
        put: Put,
    ) -> Result<()> {
        let (expected, got) = (documents.documents(), ids.len());
        if got != expected {
            return Err(Error::IdCount { expected, got });
        }
        if expected > 0 {
            self.check_dim(documents.dim(), Argument::Values)?;
        }
        let mut met = std::collections::HashSet::with_capacity(ids.len());
        for (position, id) in ids.iter().enumerate() {
            match put {
                Put::New if self.contains(id) => return Err(Error::KnownId { position }),
                Put::Known if !self.contains(id) => return Err(Error::UnknownId { position }),
                _ if !met.insert(id) => return Err(Error::KnownId { position }),
                _ => {}
            }
        }
        drop(met);
        // Before anything is changed.
        let mut converted = Vec::with_capacity(expected);
        for position in 0..expected {
            let tokens = documents.document(position);
            if tokens.len() == 0 {
                return Err(Error::NoTokens { argument: argument(position) });
            }
            converted.push(convert(tokens, self.dim, self.dtype, self.codec.as_ref(), argument(position))?);
        }
        for (id, document) in ids.into_iter().zip(converted) {
            let place = self.lay(&document);
            let known = self.positions.get(&id).copied();
            let position = known.unwrap_or(self.slots.len());
            let slot = Some((id.clone(), place));
            if known.is_some() {
                self.slots[position] = slot;
            } else {
                self.slots.push(slot);
                self.positions.insert(id, position);
            }
        }
        Ok(())
    }

    fn lay(&mut self, document: &Converted<'_>) -> Place {
        let components = document.components();
        if let Data::Owned(values) = &mut self.owned.data {
            values.extend(components);
        }
        let end = self.owned.offsets.last().copied().unwrap_or(0) + components.len() / self.dim;
        self.owned.offsets.push(end);
        Place { mapped: false, number: self.owned.documents() - 1 }
    }

    /// A store of the first `head_dims` components of each token, under the same ids and in the same type: what a model
    /// trained for it (a matryoshka) ranks by before all components are looked at; see
    /// [`matryoshka`](crate::matryoshka). Codes of `int8` keep their scales.
    ///
    /// # Errors
    ///
    /// [`Error::HeadDims`] unless `head_dims` is 1 to [`dim`](Self::dim), for sign bits a multiple of 8; for residual codes,
    /// which are of whole tokens.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_rerank::store::{TokenDtype, TokenStore};
    ///
    /// let mut store = TokenStore::new(3, TokenDtype::F32)?;
    /// store.append("a", &[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])?;
    /// assert_eq!(store.prefix(2)?.matrix(&"a").unwrap().values(), [1.0, 2.0, 4.0, 5.0]);
    /// # Ok::<(), rank_rerank::Error>(())
    /// ```
    pub fn prefix(&self, head_dims: usize) -> Result<Self> {
        if head_dims == 0 || head_dims > self.dim {
            return Err(Error::HeadDims { expected: "1 or more, up to all", dim: self.dim, got: head_dims });
        }
        if self.codec.is_some() {
            let expected = "no prefix of residual codes, which are of all";
            return Err(Error::HeadDims { expected, dim: self.dim, got: head_dims });
        }
        if self.dtype == TokenDtype::Binary && !head_dims.is_multiple_of(8) {
            return Err(Error::HeadDims { expected: "a multiple of 8", dim: self.dim, got: head_dims });
        }
        let mut store = Self::new(head_dims, self.dtype)?;
        for (id, place) in self.slots.iter().flatten() {
            let head = Converted::Made(prefix(self.at(*place), self.dim, head_dims));
            let place = store.lay(&head);
            store.slots.push(Some((id.clone(), place)));
        }
        store.index();
        Ok(store)
    }

    /// Takes documents out: all of them, or, if one is not there, none. Their tokens keep their memory until
    /// [`compact`](Self::compact).
    ///
    /// # Errors
    ///
    /// [`Error::UnknownId`], also for an id twice.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_rerank::store::{TokenDtype, TokenStore};
    ///
    /// let mut store = TokenStore::new(1, TokenDtype::F16)?;
    /// store.append("a", &[[1.0]])?;
    /// store.append("b", &[[2.0]])?;
    /// store.delete(&["a"])?;
    /// assert_eq!(store.ids().collect::<Vec<_>>(), [&"b"]);
    /// # Ok::<(), rank_rerank::Error>(())
    /// ```
    pub fn delete(&mut self, ids: &[I]) -> Result<()> {
        let mut met = std::collections::HashSet::with_capacity(ids.len());
        for (position, id) in ids.iter().enumerate() {
            if !self.contains(id) || !met.insert(id) {
                return Err(Error::UnknownId { position });
            }
        }
        for id in ids {
            if let Some(position) = self.positions.remove(id) {
                self.slots[position] = None;
            }
        }
        Ok(())
    }

    /// Brings all documents into memory, one after the other, and gives back what deleted and replaced ones held; a mapped
    /// file is let go.
    pub fn compact(&mut self) {
        let mut owned = Part::new(self.dtype, self.codec.as_ref());
        if let Data::Owned(values) = &mut owned.data {
            for (_, place) in self.slots.iter().flatten() {
                values.extend(self.at(*place));
                let end = owned.offsets.last().copied().unwrap_or(0) + self.part(*place).tokens(place.number);
                owned.offsets.push(end);
            }
        }
        self.owned = owned;
        self.mapped = None;
        let ids = std::mem::take(&mut self.slots).into_iter().flatten().map(|(id, _)| id);
        self.slots = ids.enumerate().map(|(number, id)| Some((id, Place { mapped: false, number }))).collect();
        self.index();
    }

    fn index(&mut self) {
        let places = self.slots.iter().enumerate();
        self.positions = places.filter_map(|(position, slot)| Some((slot.as_ref()?.0.clone(), position))).collect();
    }
}

impl<I: Clone + Eq + Hash + IdCodec> TokenStore<I> {
    /// Writes the store to a file, under a temporary name that is then changed: `path` is the old file or the whole new
    /// one. What was deleted is not written.
    ///
    /// # Errors
    ///
    /// [`Error::File`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let ids: Vec<&I> = self.ids().collect();
        let kind = file::Kind { dim: self.dim, dtype: self.dtype, codec: self.codec() };
        file::save(path.as_ref(), kind, &ids, &self.documents())
    }

    /// Opens a file that [`save`](Self::save) wrote. Tokens are mapped, and read from the file when they are scored.
    ///
    /// All that the tokens' places rest on is checked here, the tokens themselves by [`verify`](Self::verify), which reads
    /// the whole file. Nobody may write into the file or cut it while it is open; to save a store to the path that
    /// it was opened from is allowed where the system lets open files be replaced.
    ///
    /// # Errors
    ///
    /// [`Error::File`], [`Error::DamagedFile`], [`Error::IdType`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let opened = file::open::<I>(path.as_ref())?;
        let mut store = Self::empty(opened.dim, opened.mapped.dtype, opened.mapped.codec.clone());
        let ids = opened.ids.into_iter().enumerate();
        store.slots = ids.map(|(number, id)| Some((id, Place { mapped: true, number }))).collect();
        store.mapped = Some(Part { data: Data::Mapped(opened.mapped), offsets: opened.offsets });
        store.index();
        if store.positions.len() == store.slots.len() {
            Ok(store)
        } else {
            Err(Error::DamagedFile { path: path.as_ref().to_owned(), what: "an id twice" })
        }
    }

    /// Reads a whole file and compares all of it with its checksums. O(bytes).
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn verify(path: impl AsRef<Path>) -> Result<()> {
        file::verify::<I>(path.as_ref())
    }
}

/// What `put` expects of the ids.
#[derive(Clone, Copy)]
enum Put {
    New,
    Known,
}

fn argument_of_one(_: usize) -> Argument {
    Argument::Tokens
}
