//! The file of a saved store.
//!
//! Numbers are in the byte order of the machine that wrote them. A header: `RANKTOKS`; the number 0x01020304 as u32, by
//! which another byte order is told; version u32; type u32; number of sections u32; dim, documents, tokens u64; of each
//! section its kind u32, CRC-32 u32, start u64 and length u64; the CRC-32 of all before as u32. Then the sections, each
//! from a multiple of 64 on, so that a mapped one is aligned: components (1); scales f32 (2), of int8 and of residual codes;
//! of these alone centroids u32 (5) and the codec (6), the number of its centroids u64 and then as in the file of an index,
//! little-endian; offsets u64 (3), one more than documents; ids (4), each a tag u8 and either an i128 or a length u32 with
//! UTF-8.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rank_kernels::half::slice::HalfFloatSliceExt;

use super::map::Map;
use super::part::Mapped;
use super::{IdCodec, StoredId, TokenDtype};
use crate::error::{Error, Result};
use crate::residual::ResidualCodec;
use crate::simd::{Components, TokenBatch};

const MAGIC: &[u8; 8] = b"RANKTOKS";
const ORDER: u32 = 0x0102_0304;
const VERSION: u32 = 1;
const ALIGNMENT: u64 = 64;
/// The bytes of a header without sections, and of one section in it.
const HEAD: usize = 48;
const ENTRY: usize = 24;
/// More sections than any version has.
const MOST_SECTIONS: u32 = 64;

const VALUES: u32 = 1;
const SCALES: u32 = 2;
const OFFSETS: u32 = 3;
const IDS: u32 = 4;
const CENTROIDS: u32 = 5;
const CODEC: u32 = 6;

const INT: u8 = 0;
const STR: u8 = 1;

fn code(dtype: TokenDtype) -> u32 {
    match dtype {
        TokenDtype::F32 => 0,
        TokenDtype::F16 => 1,
        TokenDtype::Bf16 => 2,
        TokenDtype::Int8 => 3,
        TokenDtype::Binary => 4,
        TokenDtype::Residual1 => 5,
        TokenDtype::Residual2 => 6,
        TokenDtype::Residual4 => 7,
    }
}

/// What a store is of.
#[derive(Clone, Copy)]
pub(super) struct Kind<'a> {
    pub(super) dim: usize,
    pub(super) dtype: TokenDtype,
    pub(super) codec: Option<&'a ResidualCodec>,
}

/// The sections that there are, in their order.
fn sections(dtype: TokenDtype) -> &'static [u32] {
    match dtype {
        TokenDtype::Int8 => &[VALUES, SCALES, OFFSETS, IDS],
        TokenDtype::Residual1 | TokenDtype::Residual2 | TokenDtype::Residual4 => {
            &[VALUES, SCALES, CENTROIDS, CODEC, OFFSETS, IDS]
        }
        _ => &[VALUES, OFFSETS, IDS],
    }
}

fn dtype(code: u32) -> Option<TokenDtype> {
    use TokenDtype::{Bf16, Binary, F16, F32, Int8, Residual1, Residual2, Residual4};
    [F32, F16, Bf16, Int8, Binary, Residual1, Residual2, Residual4].into_iter().find(|&dtype| self::code(dtype) == code)
}

#[derive(Debug, Clone, Copy)]
struct Section {
    kind: u32,
    crc: u32,
    start: u64,
    length: u64,
}

/// Puts sections behind one another.
struct Writer {
    file: BufWriter<File>,
    at: u64,
    sections: Vec<Section>,
    sum: crc32fast::Hasher,
}

impl Writer {
    fn begin(&mut self, kind: u32) -> io::Result<()> {
        let start = self.at.next_multiple_of(ALIGNMENT);
        self.file.write_all(&[0; ALIGNMENT as usize][..(start - self.at) as usize])?;
        self.at = start;
        self.sum = crc32fast::Hasher::new();
        self.sections.push(Section { kind, crc: 0, start, length: 0 });
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.at += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    fn end(&mut self) {
        if let Some(section) = self.sections.last_mut() {
            section.crc = std::mem::take(&mut self.sum).finalize();
            section.length = self.at - section.start;
        }
    }
}

fn header(dim: usize, dtype: TokenDtype, documents: usize, tokens: usize, sections: &[Section]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for number in [ORDER, VERSION, code(dtype), sections.len() as u32] {
        bytes.extend(number.to_ne_bytes());
    }
    for number in [dim, documents, tokens] {
        bytes.extend((number as u64).to_ne_bytes());
    }
    for section in sections {
        bytes.extend(section.kind.to_ne_bytes());
        bytes.extend(section.crc.to_ne_bytes());
        bytes.extend(section.start.to_ne_bytes());
        bytes.extend(section.length.to_ne_bytes());
    }
    bytes.extend(crc32fast::hash(&bytes).to_ne_bytes());
    bytes
}

fn encode<I: IdCodec>(id: &I, bytes: &mut Vec<u8>) {
    bytes.clear();
    match id.encode() {
        StoredId::Int(number) => {
            bytes.push(INT);
            bytes.extend(number.to_ne_bytes());
        }
        StoredId::Str(text) => {
            bytes.push(STR);
            bytes.extend((text.len() as u32).to_ne_bytes());
            bytes.extend(text.as_bytes());
        }
    }
}

/// The components and the scales of a document, as bytes.
fn bytes<'a>(components: &Components<'a>) -> (&'a [u8], &'a [u8]) {
    match components {
        Components::F32(values) => (bytemuck::cast_slice(values), &[]),
        Components::F16(values) => (bytemuck::cast_slice(values.reinterpret_cast()), &[]),
        Components::Bf16(values) => (bytemuck::cast_slice(values.reinterpret_cast()), &[]),
        Components::Int8 { codes, scales } => (bytemuck::cast_slice(codes), bytemuck::cast_slice(scales)),
        Components::Binary(bits) => (bits, &[]),
        Components::Residual(encoded) => (encoded.codes(), bytemuck::cast_slice(encoded.scales())),
    }
}

fn write<I: IdCodec>(
    file: File,
    Kind { dim, dtype, codec }: Kind<'_>,
    ids: &[&I],
    documents: &TokenBatch<'_>,
) -> io::Result<()> {
    let empty = vec![0; HEAD + ENTRY * sections(dtype).len() + 4];
    let mut writer = Writer {
        file: BufWriter::new(file),
        at: empty.len() as u64,
        sections: Vec::new(),
        sum: crc32fast::Hasher::new(),
    };
    writer.file.write_all(&empty)?;
    let each = || (0..documents.documents()).map(|position| documents.document(position));

    writer.begin(VALUES)?;
    for document in each() {
        writer.put(bytes(&document).0)?;
    }
    writer.end();
    if dtype.scaled() {
        writer.begin(SCALES)?;
        for document in each() {
            writer.put(bytes(&document).1)?;
        }
        writer.end();
    }
    if let Some(codec) = codec {
        writer.begin(CENTROIDS)?;
        for document in each() {
            if let Components::Residual(encoded) = document {
                writer.put(bytemuck::cast_slice(encoded.centroids()))?;
            }
        }
        writer.end();
        writer.begin(CODEC)?;
        writer.put(&((codec.centroids().len() / dim) as u64).to_le_bytes())?;
        writer.put(&codec.to_bytes())?;
        writer.end();
    }
    writer.begin(OFFSETS)?;
    let mut tokens = 0;
    writer.put(&0_u64.to_ne_bytes())?;
    for document in each() {
        tokens += document.len() / dim;
        writer.put(&(tokens as u64).to_ne_bytes())?;
    }
    writer.end();
    writer.begin(IDS)?;
    let mut encoded = Vec::new();
    for id in ids {
        encode(*id, &mut encoded);
        writer.put(&encoded)?;
    }
    writer.end();

    let Writer { mut file, sections, .. } = writer;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header(dim, dtype, ids.len(), tokens, &sections))?;
    file.into_inner()?.sync_all()
}

/// Writes beside `path` and renames.
pub(super) fn save<I: IdCodec>(path: &Path, kind: Kind<'_>, ids: &[&I], documents: &TokenBatch<'_>) -> Result<()> {
    static SAVES: AtomicU32 = AtomicU32::new(0);
    let failed = |source| Error::File { path: path.to_owned(), source };
    let mut name = path.file_name().map(OsString::from).ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
    // Two threads may save to one path.
    name.push(format!(".{}.{}.tmp", std::process::id(), SAVES.fetch_add(1, Ordering::Relaxed)));
    let temporary = path.with_file_name(name);
    let written = File::create(&temporary)
        .and_then(|file| write(file, kind, ids, documents))
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|source| {
        // It may not have come to be; the first error is the one to report.
        let _ = fs::remove_file(&temporary);
        failed(source)
    })
}

/// What is in a file.
pub(super) struct Opened<I> {
    pub(super) dim: usize,
    pub(super) ids: Vec<I>,
    pub(super) offsets: Vec<usize>,
    pub(super) mapped: Mapped,
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_ne_bytes)
    }

    fn size(&mut self) -> Option<usize> {
        u64::from_ne_bytes(self.take()?).try_into().ok()
    }

    fn section(&mut self) -> Option<Section> {
        Some(Section {
            kind: self.number()?,
            crc: self.number()?,
            start: self.size()? as u64,
            length: self.size()? as u64,
        })
    }

    fn id(&mut self) -> Option<StoredId<'a>> {
        match self.take()? {
            [INT] => Some(StoredId::Int(i128::from_ne_bytes(self.take()?))),
            [STR] => {
                let length = usize::try_from(self.number()?).ok()?;
                let (text, rest) = self.0.split_at_checked(length)?;
                self.0 = rest;
                Some(StoredId::Str(std::str::from_utf8(text).ok()?))
            }
            _ => None,
        }
    }
}

/// The header of a file, all of whose sections lie in it.
struct Layout {
    dim: usize,
    dtype: TokenDtype,
    documents: usize,
    tokens: usize,
    sections: Vec<Section>,
}

impl Layout {
    fn read(bytes: &[u8]) -> std::result::Result<Self, &'static str> {
        const CUT: &str = "a truncated file";
        const CONTRADICTION: &str = "a file that contradicts itself";
        if !bytes.starts_with(MAGIC) {
            return Err(if bytes.is_empty() { "an empty file" } else { "a file of another kind" });
        }
        let mut rest = Reader(&bytes[MAGIC.len()..]);
        match rest.number().ok_or(CUT)? {
            ORDER => {}
            order if order == ORDER.swap_bytes() => return Err("a file from a machine of the other byte order"),
            _ => return Err("a damaged file"),
        }
        if rest.number().ok_or(CUT)? != VERSION {
            return Err("the format of another version of this library");
        }
        let (code, count) = (rest.number().ok_or(CUT)?, rest.number().ok_or(CUT)?);
        if count > MOST_SECTIONS {
            return Err("a damaged file");
        }
        let length = HEAD + ENTRY * count as usize;
        let (head, mut sum) = (bytes.get(..length).ok_or(CUT)?, Reader(&bytes[length..]));
        if crc32fast::hash(head) != sum.number().ok_or(CUT)? {
            return Err("a damaged file");
        }
        let mut sizes = || rest.size().ok_or(CONTRADICTION);
        let (dim, documents, tokens) = (sizes()?, sizes()?, sizes()?);
        let sections: Vec<Section> = (0..count).map_while(|_| rest.section()).collect();
        let dtype = dtype(code).ok_or("tokens of a type that this version does not know")?;
        let mut end = 0;
        for section in &sections {
            let after = section.start.checked_add(section.length).ok_or(CONTRADICTION)?;
            if after > bytes.len() as u64 {
                return Err(CUT);
            }
            if !section.start.is_multiple_of(ALIGNMENT) || section.start < length as u64 {
                return Err(CONTRADICTION);
            }
            end = end.max(after);
        }
        if end != bytes.len() as u64 {
            return Err("a file with something behind its end");
        }
        let layout = Self { dim, dtype, documents, tokens, sections };
        layout.consistent().ok_or(CONTRADICTION)?;
        Ok(layout)
    }

    /// Whether there are just the sections that there must be, of the lengths that they must have.
    fn consistent(&self) -> Option<()> {
        // So that a token's bytes can be counted.
        self.dim.checked_mul(8)?;
        let values = self.tokens.checked_mul(self.dtype.token_bytes(self.dim))?;
        let offsets = self.documents.checked_add(1)?.checked_mul(8)?;
        let kinds: Vec<u32> = self.sections.iter().map(|section| section.kind).collect();
        let exact = self.dtype == TokenDtype::Int8 || self.dtype == TokenDtype::Binary;
        let fits = kinds == sections(self.dtype)
            && self.dim > 0
            && (!exact || self.dim <= rank_kernels::PackedInt8::MAX_DIM)
            && (self.dtype != TokenDtype::Binary || self.dim.is_multiple_of(8))
            && self.range(VALUES).len() == values
            && self.range(OFFSETS).len() == offsets
            && (!self.dtype.scaled() || self.range(SCALES).len() == self.tokens.checked_mul(4)?)
            && (self.dtype.residual_bits().is_none() || self.range(CENTROIDS).len() == self.tokens.checked_mul(4)?);
        fits.then_some(())
    }

    /// The codec, and all centroids known to it.
    fn codec(&self, bytes: &[u8]) -> Option<ResidualCodec> {
        let mut rest = Reader(&bytes[self.range(CODEC)]);
        let count = u64::from_le_bytes(rest.take()?).try_into().ok()?;
        let codec = ResidualCodec::from_bytes(rest.0, self.dim, self.dtype.residual_bits()?, count)?;
        let mut centroids = bytes[self.range(CENTROIDS)].as_chunks::<4>().0.iter();
        centroids.all(|&four| (u32::from_ne_bytes(four) as usize) < count).then_some(codec)
    }

    fn range(&self, kind: u32) -> Range<usize> {
        let section = self.sections.iter().find(|section| section.kind == kind);
        section.map_or(0..0, |section| section.start as usize..(section.start + section.length) as usize)
    }

    fn whole(&self, bytes: &[u8], kinds: &[u32]) -> bool {
        let mut sections = self.sections.iter().filter(|section| kinds.contains(&section.kind));
        sections.all(|section| crc32fast::hash(&bytes[self.range(section.kind)]) == section.crc)
    }
}

pub(super) fn open<I: IdCodec>(path: &Path) -> Result<Opened<I>> {
    // So that what is wrong with RANK_ISA is said before anything is read.
    rank_kernels::try_kernels()?;
    let damaged = |what| Error::DamagedFile { path: path.to_owned(), what };
    let map = Map::open(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
    let bytes = map.bytes();
    let layout = Layout::read(bytes).map_err(damaged)?;
    if !layout.whole(bytes, &[CENTROIDS, CODEC, OFFSETS, IDS]) {
        return Err(damaged("a damaged file"));
    }
    let contradiction = || damaged("a file that contradicts itself");
    let mut rest = Reader(&bytes[layout.range(OFFSETS)]);
    let offsets: Vec<usize> = (0..=layout.documents).map_while(|_| rest.size()).collect();
    if offsets.first() != Some(&0)
        || offsets.last() != Some(&layout.tokens)
        || offsets.len() != layout.documents + 1
        || offsets.windows(2).any(|pair| pair[0] >= pair[1])
    {
        return Err(contradiction());
    }
    let mut rest = Reader(&bytes[layout.range(IDS)]);
    let mut ids = Vec::with_capacity(layout.documents);
    for _ in 0..layout.documents {
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
    if !rest.0.is_empty() {
        return Err(contradiction());
    }
    let codec = match layout.dtype.residual_bits() {
        Some(_) => Some(Arc::new(layout.codec(bytes).ok_or_else(contradiction)?)),
        None => None,
    };
    let [values, scales, centroids] = [VALUES, SCALES, CENTROIDS].map(|kind| layout.range(kind));
    let dtype = layout.dtype;
    Ok(Opened {
        dim: layout.dim,
        ids,
        offsets,
        mapped: Mapped { map: Arc::new(map), dtype, values, scales, centroids, codec },
    })
}

pub(super) fn verify<I: IdCodec>(path: &Path) -> Result<()> {
    let opened = open::<I>(path)?;
    let bytes = opened.mapped.map.bytes();
    let damaged = |what| Error::DamagedFile { path: path.to_owned(), what };
    if Layout::read(bytes).map_err(damaged)?.whole(bytes, &[VALUES, SCALES]) {
        Ok(())
    } else {
        Err(damaged("a damaged file"))
    }
}
