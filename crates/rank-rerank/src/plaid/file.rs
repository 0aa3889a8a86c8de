//! The file of a saved index.
//!
//! Numbers are little-endian: `RANKPLAD`, version u32; dim, bits, centroids, documents, tokens u64; cutoffs, one less than
//! codes, f32; 16 weights i8; the unit of the weights f32; the centroids f32; of each document its number of tokens u32;
//! of each token its centroid u32; of each token its scale f32; each id as a tag u8 and either an i128 or a length u32
//! with UTF-8; the codes; the CRC-32 of all before u32.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::PlaidIndex;
use super::index::Codes;
use crate::error::{Error, Result};
use crate::residual::{EncodedTokens, ResidualCodec};
use crate::store::{IdCodec, Map, StoredId};

const MAGIC: &[u8; 8] = b"RANKPLAD";
const VERSION: u32 = 1;
const INT: u8 = 0;
const STR: u8 = 1;

/// Writes and sums up.
struct Summing<W> {
    out: W,
    sum: crc32fast::Hasher,
}

impl<W: Write> Summing<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.out.write_all(bytes)
    }

    fn sizes(&mut self, sizes: &[usize]) -> io::Result<()> {
        sizes.iter().try_for_each(|&size| self.put(&(size as u64).to_le_bytes()))
    }

    fn numbers(&mut self, values: impl IntoIterator<Item = u32>) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(1 << 16);
        for value in values {
            bytes.extend(value.to_le_bytes());
            if bytes.len() == 1 << 16 {
                self.put(&bytes)?;
                bytes.clear();
            }
        }
        self.put(&bytes)
    }
}

fn write<I: IdCodec>(file: File, index: &PlaidIndex<I>) -> io::Result<()> {
    let mut out = Summing { out: BufWriter::with_capacity(1 << 18, file), sum: crc32fast::Hasher::new() };
    let codec = &index.codec;
    // Runs of documents that are not deleted, one after the other.
    let kept: Vec<usize> = (0..index.ids.len()).filter(|&document| !index.deleted[document]).collect();
    let range = |document: usize| index.offsets[document]..index.offsets[document + 1];
    let tokens = kept.iter().map(|&document| range(document).len()).sum();
    out.put(MAGIC)?;
    out.put(&VERSION.to_le_bytes())?;
    out.sizes(&[codec.dim(), codec.bits, codec.centroids.tokens(), kept.len(), tokens])?;
    out.put(&codec.to_bytes())?;
    out.numbers(kept.iter().map(|&document| range(document).len() as u32))?;
    out.numbers(kept.iter().flat_map(|&document| index.centroids[range(document)].iter().copied()))?;
    out.numbers(kept.iter().flat_map(|&document| index.scales[range(document)].iter().map(|scale| scale.to_bits())))?;
    for &document in &kept {
        match index.ids[document].encode() {
            StoredId::Int(number) => {
                out.put(&[INT])?;
                out.put(&number.to_le_bytes())?;
            }
            StoredId::Str(text) => {
                out.put(&[STR])?;
                out.put(&(text.len() as u32).to_le_bytes())?;
                out.put(text.as_bytes())?;
            }
        }
    }
    let (codes, bytes) = (index.codes.bytes(), codec.bytes());
    for &document in &kept {
        let range = range(document);
        out.put(&codes[range.start * bytes..range.end * bytes])?;
    }
    let Summing { mut out, sum } = out;
    out.write_all(&sum.finalize().to_le_bytes())?;
    out.into_inner()?.sync_all()
}

/// Writes beside `path` and renames, so that `path` is the old file or the whole new one.
pub(super) fn save<I: IdCodec>(path: &Path, index: &PlaidIndex<I>) -> Result<()> {
    static SAVES: AtomicU32 = AtomicU32::new(0);
    let failed = |source| Error::File { path: path.to_owned(), source };
    let mut name = path.file_name().map(OsString::from).ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
    // Two threads may save to one path.
    name.push(format!(".{}.{}.tmp", std::process::id(), SAVES.fetch_add(1, Ordering::Relaxed)));
    let temporary = path.with_file_name(name);
    let written =
        File::create(&temporary).and_then(|file| write(file, index)).and_then(|()| fs::rename(&temporary, path));
    written.map_err(|source| {
        // It may not have come to be; the first error is the one to report.
        let _ = fs::remove_file(&temporary);
        failed(source)
    })
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    fn size(&mut self) -> Option<usize> {
        u64::from_le_bytes(self.take()?).try_into().ok()
    }

    fn numbers(&mut self, count: usize) -> Option<Vec<u32>> {
        Some(
            self.bytes(count.checked_mul(4)?)?
                .as_chunks::<4>()
                .0
                .iter()
                .map(|four| u32::from_le_bytes(*four))
                .collect(),
        )
    }

    fn floats(&mut self, count: usize) -> Option<Vec<f32>> {
        let values: Vec<f32> = self.numbers(count)?.into_iter().map(f32::from_bits).collect();
        values.iter().all(|value| value.is_finite()).then_some(values)
    }

    fn id(&mut self) -> Option<StoredId<'a>> {
        match self.take()? {
            [INT] => Some(StoredId::Int(i128::from_le_bytes(self.take()?))),
            [STR] => {
                let length = u32::from_le_bytes(self.take()?);
                Some(StoredId::Str(std::str::from_utf8(self.bytes(length as usize)?).ok()?))
            }
            _ => None,
        }
    }

    fn codec(&mut self, dim: usize, bits: usize, centroids: usize) -> Option<ResidualCodec> {
        let bytes = self.bytes(ResidualCodec::saved_bytes(dim, bits, centroids)?)?;
        ResidualCodec::from_bytes(bytes, dim, bits, centroids)
    }
}

pub(super) fn open<I: IdCodec + Clone + Eq + std::hash::Hash>(path: &Path) -> Result<PlaidIndex<I>> {
    // So that what is wrong with RANK_ISA is said before anything is read.
    rank_kernels::try_kernels()?;
    let damaged = |what| Error::DamagedIndex { path: path.to_owned(), what };
    let map = Map::open(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
    let all = map.bytes();
    if !all.starts_with(MAGIC) {
        return Err(damaged("a file of another kind"));
    }
    let Some((body, sum)) = all.split_last_chunk::<4>() else { return Err(damaged("a truncated file")) };
    let mut rest = Reader(body.get(MAGIC.len()..).ok_or_else(|| damaged("a truncated file"))?);
    if rest.take().map(u32::from_le_bytes) != Some(VERSION) {
        return Err(damaged("the format of another version of this library, or a truncated file"));
    }
    if crc32fast::hash(body) != u32::from_le_bytes(*sum) {
        return Err(damaged("a damaged or truncated file"));
    }
    let contradiction = || damaged("a file that contradicts itself");
    let read = |rest: &mut Reader<'_>| {
        let [dim, bits, centroids, documents, tokens] = [(); 5].map(|()| rest.size());
        let (documents, tokens, count) = (documents?, tokens?, centroids?);
        let codec = rest.codec(dim?, bits?, count)?;
        let lengths = rest.numbers(documents)?;
        let centroids = rest.numbers(tokens)?;
        let scales = rest.floats(tokens)?;
        let mut offsets = Vec::with_capacity(documents + 1);
        offsets.push(0_usize);
        let mut end = 0;
        for length in lengths {
            end += length as usize;
            offsets.push(end);
        }
        let fits = end == tokens && centroids.iter().all(|&centroid| (centroid as usize) < count);
        fits.then_some((codec, offsets, EncodedTokens { centroids, codes: Vec::new(), scales }))
    };
    let (codec, offsets, encoded) = read(&mut rest).ok_or_else(contradiction)?;
    let mut ids: Vec<I> = Vec::with_capacity(offsets.len() - 1);
    for _ in 1..offsets.len() {
        let stored = rest.id().ok_or_else(contradiction)?;
        ids.push(I::decode(stored).ok_or_else(|| Error::IdType {
            path: path.to_owned(),
            wanted: I::NAME,
            got: match stored {
                StoredId::Int(number) => number.to_string(),
                StoredId::Str(text) => format!("{text:?}"),
            },
        })?);
    }
    let length = rest.0.len();
    if encoded.centroids.len().checked_mul(codec.bytes()) != Some(length) {
        return Err(contradiction());
    }
    let start = body.len() - length;
    let index = PlaidIndex::with(codec, ids, offsets, encoded, Codes::Mapped { map: Arc::new(map), start, length });
    if index.len() == index.ids.len() { Ok(index) } else { Err(contradiction()) }
}
