//! Ids on their way to a file: none stays in memory.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::engine::hash;
use crate::file::{Temporary, Writer, beside};
use crate::{Error, IdCodec, Result, StoredId};

/// Hashes that are sorted together at least.
const LEAST: usize = 1 << 12;

/// A file of which only the end is in memory.
#[derive(Debug)]
struct Spill {
    out: BufWriter<File>,
    _temporary: Temporary,
    path: PathBuf,
}

impl Spill {
    fn new(path: PathBuf) -> Result<Self> {
        let file = File::create(&path).map_err(|source| Error::Io { path: path.clone(), source })?;
        Ok(Self { out: BufWriter::new(file), _temporary: Temporary::new(path.clone()), path })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).map_err(|source| Error::Io { path: self.path.clone(), source })
    }

    fn read(&mut self, from: u64) -> Result<BufReader<File>> {
        let Self { out, path, .. } = self;
        let opened = out.flush().and_then(|()| File::open(&*path)).and_then(|mut file| {
            file.seek(SeekFrom::Start(from))?;
            Ok(BufReader::new(file))
        });
        opened.map_err(|source| Error::Io { path: path.clone(), source })
    }
}

/// The ids of documents in the order of adding.
#[derive(Debug)]
pub(crate) struct IdRows {
    /// Of each id a length and its bytes: `i` and the digits, or `s` and the text.
    ids: Spill,
    /// Runs of hashes and documents, sorted.
    sorted: Spill,
    runs: Vec<u64>,
    hashes: Vec<(u64, u32)>,
    count: usize,
    integers: bool,
    room: usize,
    buffer: Vec<u8>,
}

impl IdRows {
    /// Ids that lie beside `path`; `bytes` of memory may be used.
    pub(crate) fn new(path: &Path, bytes: usize) -> Result<Self> {
        Ok(Self {
            ids: Spill::new(beside(path, ".ids"))?,
            sorted: Spill::new(beside(path, ".hashes"))?,
            runs: Vec::new(),
            hashes: Vec::new(),
            count: 0,
            integers: true,
            room: (bytes / 16).max(LEAST),
            buffer: Vec::new(),
        })
    }

    pub(crate) fn push<I: IdCodec>(&mut self, id: &I) -> Result<()> {
        self.buffer.clear();
        match id.encode() {
            StoredId::Int(number) => {
                self.integers &= i64::try_from(number).is_ok();
                self.buffer.push(b'i');
                self.buffer.extend(number.to_string().bytes());
            }
            StoredId::Str(text) => {
                self.integers = false;
                self.buffer.push(b's');
                self.buffer.extend(text.bytes());
            }
        }
        let length = u32::try_from(self.buffer.len()).map_err(|_| Error::TooLarge)?;
        self.ids.write(&length.to_le_bytes())?;
        self.ids.write(&self.buffer)?;
        if self.hashes.len() == self.room {
            self.sort()?;
        }
        self.hashes.push((hash(&self.buffer), self.count as u32));
        self.count += 1;
        Ok(())
    }

    fn sort(&mut self) -> Result<()> {
        self.hashes.sort_unstable();
        for (hash, document) in self.hashes.drain(..) {
            self.sorted.write(&hash.to_le_bytes())?;
            self.sorted.write(&document.to_le_bytes())?;
        }
        self.runs.push(self.count as u64 * 12);
        Ok(())
    }

    /// Hands over each id.
    fn each(&mut self, mut visit: impl FnMut(usize, &[u8]) -> Result<()>) -> Result<()> {
        let mut file = self.ids.read(0)?;
        let mut id = Vec::new();
        for document in 0..self.count {
            let mut length = [0; 4];
            let read = file.read_exact(&mut length).and_then(|()| {
                id.resize(u32::from_le_bytes(length) as usize, 0);
                file.read_exact(&mut id)
            });
            read.map_err(|source| Error::Io { path: self.ids.path.clone(), source })?;
            visit(document, &id)?;
        }
        Ok(())
    }

    /// Pairs of documents whose ids have the same hash, the earlier first.
    fn alike(&mut self) -> Result<Vec<(u32, u32)>> {
        if self.runs.is_empty() {
            self.hashes.sort_unstable();
            let pairs = self.hashes.windows(2).filter(|pair| pair[0].0 == pair[1].0);
            return Ok(pairs.map(|pair| (pair[0].1, pair[1].1)).collect());
        }
        self.sort()?;
        let mut cursors = Vec::new();
        let mut start = 0;
        for end in self.runs.clone() {
            cursors.push(self.sorted.read(start)?.take(end - start));
            start = end;
        }
        let failed = |source| Error::Io { path: self.sorted.path.clone(), source };
        let next = |file: &mut dyn Read| {
            let mut bytes = [0; 12];
            match file.read_exact(&mut bytes) {
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
                Err(error) => Err(failed(error)),
                Ok(()) => {
                    let (hash, document) = bytes.split_at(8);
                    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
                    Ok(Some((number(hash), number(document) as u32)))
                }
            }
        };
        let mut heads = std::collections::BinaryHeap::new();
        for (at, file) in cursors.iter_mut().enumerate() {
            heads.extend(next(file)?.map(|head| std::cmp::Reverse((head, at))));
        }
        let mut pairs = Vec::new();
        let mut last: Option<(u64, u32)> = None;
        while let Some(std::cmp::Reverse((head, at))) = heads.pop() {
            if let Some(last) = last.filter(|last| last.0 == head.0) {
                pairs.push((last.1, head.1));
            }
            last = Some(head);
            heads.extend(next(&mut cursors[at])?.map(|head| std::cmp::Reverse((head, at))));
        }
        Ok(pairs)
    }

    /// Refuses an id that is there twice.
    fn check(&mut self) -> Result<()> {
        let pairs = self.alike()?;
        if pairs.is_empty() {
            return Ok(());
        }
        let mut ids: FxHashMap<u32, Vec<u8>> =
            pairs.iter().flat_map(|&(a, b)| [a, b]).map(|document| (document, Vec::new())).collect();
        self.each(|document, id| {
            if let Some(kept) = ids.get_mut(&(document as u32)) {
                kept.extend(id);
            }
            Ok(())
        })?;
        match pairs.iter().filter(|(a, b)| ids.get(a) == ids.get(b)).min_by_key(|pair| pair.1) {
            Some(&(document, row)) => {
                let source = Box::new(Error::DuplicateDocument { document: document as usize });
                Err(Error::Row { row: row as usize, source })
            }
            None => Ok(()),
        }
    }

    /// Writes the rows that ids in memory would.
    pub(crate) fn save(mut self, writer: &mut Writer) -> Result<()> {
        self.check()?;
        self.hashes = Vec::new();
        if self.integers {
            return writer.stream("integer ids", |write| {
                self.each(|_, id| {
                    let number: i64 =
                        std::str::from_utf8(&id[1..]).ok().and_then(|text| text.parse().ok()).unwrap_or_default();
                    write(&number.to_le_bytes())
                })
            });
        }
        writer.stream("ids", |write| self.each(|_, id| write(id)))?;
        let mut end = 0_u64;
        writer.stream("id ends", |write| {
            self.each(|_, id| {
                end += id.len() as u64;
                write(&end.to_le_bytes())
            })
        })
    }
}
