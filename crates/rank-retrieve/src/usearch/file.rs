//! The file of a saved graph index.
//!
//! Numbers are little-endian: `RANKHNSW`, version u32, dim u64, metric u8, precision u8, connectivity u64,
//! `expansion_add` u64, `expansion_search` u64, number of documents u64; each id as a tag u8 and either an i128 or a
//! length u64 with UTF-8; the length u64 of usearch's own bytes, and these; the CRC-32 of all before as u32.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use super::{HnswOptions, Precision};
use crate::{Error, IdCodec, Metric, Result, StoredId};

const MAGIC: &[u8; 8] = b"RANKHNSW";
const VERSION: u32 = 1;
const INT: u8 = 0;
const STR: u8 = 1;

/// What is in a file.
pub(super) struct Saved<'a, I> {
    pub(super) dim: usize,
    pub(super) metric: Metric,
    pub(super) options: HnswOptions,
    pub(super) ids: Vec<I>,
    /// The library's own bytes, empty for an index without documents.
    pub(super) graph: &'a [u8],
}

pub(super) fn encode<I: IdCodec>(
    dim: usize,
    metric: Metric,
    options: &HnswOptions,
    ids: &[I],
    graph: &[u8],
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(graph.len() + 32 * ids.len() + 100);
    bytes.extend(MAGIC);
    bytes.extend(VERSION.to_le_bytes());
    put_size(&mut bytes, dim);
    bytes.push(match metric {
        Metric::Cosine => 0,
        Metric::Dot => 1,
    });
    bytes.push(match options.precision {
        Precision::F32 => 0,
        Precision::F16 => 1,
    });
    for size in [options.connectivity, options.expansion_add, options.expansion_search, ids.len()] {
        put_size(&mut bytes, size);
    }
    for id in ids {
        match id.encode() {
            StoredId::Int(number) => {
                bytes.push(INT);
                bytes.extend(number.to_le_bytes());
            }
            StoredId::Str(text) => {
                bytes.push(STR);
                put_size(&mut bytes, text.len());
                bytes.extend(text.as_bytes());
            }
        }
    }
    put_size(&mut bytes, graph.len());
    bytes.extend(graph);
    let sum = crc32fast::hash(&bytes);
    bytes.extend(sum.to_le_bytes());
    bytes
}

fn put_size(bytes: &mut Vec<u8>, size: usize) {
    bytes.extend((size as u64).to_le_bytes());
}

pub(super) fn decode<'a, I: IdCodec>(path: &Path, bytes: &'a [u8]) -> Result<Saved<'a, I>> {
    let damaged = |what| Error::DamagedFile { path: path.to_owned(), what };
    if !bytes.starts_with(MAGIC) {
        return Err(damaged("a file of another kind"));
    }
    // The library trusts its bytes, so nothing that was changed may reach it.
    let (bytes, sum) = bytes.split_last_chunk::<4>().ok_or_else(|| damaged("a truncated file"))?;
    if crc32fast::hash(bytes) != u32::from_le_bytes(*sum) {
        return Err(damaged("a damaged or truncated file"));
    }
    let mut rest = Reader(&bytes[MAGIC.len()..]);
    let broken = || damaged("a file that contradicts itself");
    if rest.take().map(u32::from_le_bytes).ok_or_else(broken)? != VERSION {
        return Err(damaged("the format of another version of this library"));
    }
    let header = rest.header().ok_or_else(broken)?;
    let mut ids = Vec::new();
    for _ in 0..header.documents {
        let stored = rest.id().ok_or_else(broken)?;
        ids.push(I::decode(stored).ok_or_else(|| Error::IdType {
            path: path.to_owned(),
            wanted: I::NAME,
            got: match stored {
                StoredId::Int(number) => number.to_string(),
                StoredId::Str(text) => format!("{text:?}"),
            },
        })?);
    }
    let graph = rest.size().and_then(|length| rest.bytes(length)).filter(|_| rest.0.is_empty()).ok_or_else(broken)?;
    Ok(Saved { dim: header.dim, metric: header.metric, options: header.options, ids, graph })
}

struct Header {
    dim: usize,
    metric: Metric,
    options: HnswOptions,
    documents: usize,
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    fn size(&mut self) -> Option<usize> {
        u64::from_le_bytes(self.take()?).try_into().ok()
    }

    fn header(&mut self) -> Option<Header> {
        let dim = self.size()?;
        let metric = match self.take()? {
            [0] => Metric::Cosine,
            [1] => Metric::Dot,
            _ => return None,
        };
        let precision = match self.take()? {
            [0] => Precision::F32,
            [1] => Precision::F16,
            _ => return None,
        };
        let options = HnswOptions {
            connectivity: self.size()?,
            expansion_add: self.size()?,
            expansion_search: self.size()?,
            precision,
        };
        Some(Header { dim, metric, options, documents: self.size()? })
    }

    fn id(&mut self) -> Option<StoredId<'a>> {
        match self.take()? {
            [INT] => Some(StoredId::Int(i128::from_le_bytes(self.take()?))),
            [STR] => {
                let length = self.size()?;
                Some(StoredId::Str(std::str::from_utf8(self.bytes(length)?).ok()?))
            }
            _ => None,
        }
    }
}

/// Writes beside `path` and renames, so that `path` is the old file or the whole new one.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |source| Error::Io { path: path.to_owned(), source };
    let mut name =
        path.file_name().map(OsString::from).ok_or_else(|| failed(std::io::ErrorKind::InvalidInput.into()))?;
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = File::create(&temporary)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|source| {
        // It may not have come to be; the first error is the one to report.
        let _ = fs::remove_file(&temporary);
        failed(source)
    })
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|source| Error::Io { path: path.to_owned(), source })
}
