//! A file of named rows of numbers, written whole and read in place.
//!
//! Numbers are little-endian. `RANKSPRS`, version u32, the CRC-32 of the table u32, where the table is u64, its length
//! u64; rows, each at a multiple of 64; the table, JSON: what the writer says, and of each row the name, the place, the
//! length in bytes and the CRC-32.

use std::fs::{self, File};
use std::io::{BufWriter, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytemuck::Pod;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use crate::engine::Column;
use crate::folder::MANIFEST;
use crate::mapped::Mapped;
use crate::{Error, Result};

const MAGIC: &[u8; 8] = b"RANKSPRS";
const VERSION: u32 = 1;
const HEADER: usize = 64;
const ALIGNMENT: u64 = 64;
/// Whether sums are looked at: what lies behind them is what a fuzzer is to try.
const SUMS: bool = !cfg!(fuzzing);

/// The name of a temporary file beside `path`. One writer at a time, so the name is always the same, and what a killed
/// one leaves is written over.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(path.file_name().unwrap_or_default());
    hidden.push(suffix);
    path.with_file_name(hidden)
}

/// A file that is gone when this is.
#[derive(Debug)]
pub(crate) struct Temporary(PathBuf);

impl Temporary {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // It may not have come to be, or have been renamed; an error before is the one to report.
        let _ = fs::remove_file(&self.0);
    }
}

/// Where a row lies.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Row {
    pub(crate) place: u64,
    /// In bytes.
    pub(crate) length: usize,
}

/// A row as a table has it, and the name of the file that it is in.
type There = (Value, String);

/// Collects rows and writes them.
#[derive(Debug)]
pub(crate) struct Writer {
    path: PathBuf,
    out: BufWriter<File>,
    rows: Vec<Value>,
    places: Vec<Row>,
    /// The files beside this one that rows are in.
    files: Vec<String>,
    /// What was there before: its rows are not written again.
    base: Option<Reader>,
    /// Rows of the base, and the names of their files.
    there: Vec<There>,
    temporary: Temporary,
}

impl Writer {
    /// Begins a file beside `path` of the rows that `base` does not have.
    pub(crate) fn over(path: &Path, base: Option<Reader>) -> Result<Self> {
        Ok(Self { base, ..Self::new(path)? })
    }

    /// Takes rows that are in other files.
    pub(crate) fn refer(&mut self, rows: Vec<Value>, files: Vec<String>) {
        (self.rows, self.files) = (rows, files);
    }

    /// Begins a file beside `path`.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let failed = |source| Error::Io { path: path.to_owned(), source };
        if cfg!(target_endian = "big") {
            return Err(failed(std::io::ErrorKind::Unsupported.into()));
        }
        path.file_name().ok_or_else(|| failed(std::io::ErrorKind::InvalidInput.into()))?;
        let temporary = beside(path, ".tmp");
        let mut out = BufWriter::new(File::create(&temporary).map_err(failed)?);
        let temporary = Temporary(temporary);
        out.write_all(&[0; HEADER]).map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            out,
            rows: Vec::new(),
            places: Vec::new(),
            files: Vec::new(),
            base: None,
            there: Vec::new(),
            temporary,
        })
    }

    pub(crate) fn row<T: Pod>(&mut self, name: &str, values: &[T]) -> Result<()> {
        let bytes = bytemuck::cast_slice(values);
        if let Some(there) = self.base.as_ref().and_then(|base| base.same(name, bytes)) {
            self.there.push(there);
            return Ok(());
        }
        self.stream(name, |write| write(bytes))
    }

    /// A row in pieces, as bytes.
    pub(crate) fn stream(
        &mut self,
        name: &str,
        pieces: impl FnOnce(&mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()>,
    ) -> Result<()> {
        let Self { path, out, .. } = self;
        let failed = |source| Error::Io { path: path.clone(), source };
        let end = out.stream_position().map_err(failed)?;
        let place = end.next_multiple_of(ALIGNMENT);
        out.write_all(&[0; ALIGNMENT as usize][..(place - end) as usize]).map_err(failed)?;
        let mut sum = crc32fast::Hasher::new();
        let mut length = 0;
        pieces(&mut |bytes| {
            sum.update(bytes);
            length += bytes.len();
            out.write_all(bytes).map_err(failed)
        })?;
        self.rows.push(json!([name, place, length, sum.finalize()]));
        self.places.push(Row { place, length });
        Ok(())
    }

    /// The number of rows so far.
    pub(crate) fn rows(&self) -> usize {
        self.places.len()
    }

    /// Where the rows since the `first`-th lie.
    pub(crate) fn rows_from(&self, first: usize) -> Vec<Row> {
        self.places.get(first..).unwrap_or(&[]).to_vec()
    }

    /// What is written so far, to be read, and the path for messages.
    pub(crate) fn reader(&mut self) -> Result<(File, PathBuf)> {
        let Self { path, out, temporary, .. } = self;
        let opened = out.flush().and_then(|()| File::open(&temporary.0));
        Ok((opened.map_err(|source| Error::Io { path: path.clone(), source })?, path.clone()))
    }

    /// Puts the file in its place, if it has rows: these, and those that others have.
    pub(crate) fn finish_rows(mut self) -> Result<(Vec<Value>, Vec<There>)> {
        let (rows, there) = (self.rows.clone(), std::mem::take(&mut self.there));
        if !rows.is_empty() {
            self.finish(&Value::Null)?;
        }
        Ok((rows, there))
    }

    /// Puts the file in its place, whole and on the disk, or leaves what was there.
    pub(crate) fn finish(mut self, says: &Value) -> Result<()> {
        let written = self.write_table(says);
        let Self { path, temporary, out, .. } = self;
        let written = written
            .and_then(|()| out.into_inner().map_err(std::io::IntoInnerError::into_error))
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&temporary.0, &path))
            .and_then(|()| match path.parent() {
                // The new name is on the disk when the folder is.
                Some(folder) if cfg!(unix) => {
                    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                    File::open(folder)?.sync_all()
                }
                _ => Ok(()),
            });
        written.map_err(|source| Error::Io { path, source })
    }

    fn write_table(&mut self, says: &Value) -> std::io::Result<()> {
        let table = if self.files.is_empty() {
            json!({ "says": says, "rows": self.rows })
        } else {
            json!({ "says": says, "rows": self.rows, "files": self.files })
        };
        let table = table.to_string();
        let place = self.out.stream_position()?;
        self.out.write_all(table.as_bytes())?;
        self.out.rewind()?;
        self.out.write_all(MAGIC)?;
        self.out.write_all(&VERSION.to_le_bytes())?;
        self.out.write_all(&crc32fast::hash(table.as_bytes()).to_le_bytes())?;
        self.out.write_all(&place.to_le_bytes())?;
        self.out.write_all(&(table.len() as u64).to_le_bytes())?;
        self.out.flush()
    }
}

/// Where a row lies, and its sum.
#[derive(Debug, Clone, Copy)]
struct Stored {
    file: usize,
    place: usize,
    length: usize,
    sum: u32,
}

/// A file that is read in place, with others that it names.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    path: PathBuf,
    files: Vec<Arc<Mapped>>,
    names: Vec<String>,
    pub(crate) says: Value,
    rows: FxHashMap<String, Stored>,
}

/// How often a folder is looked at again that is being changed.
const AGAIN: usize = 16;

impl Reader {
    /// Opens a file, or the files of a folder.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        if !path.is_dir() {
            return Self::one(path, path);
        }
        let mut tries = 0;
        loop {
            match Self::one(path, &path.join(MANIFEST)) {
                // A file may have been replaced since the manifest named it.
                Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound && tries < AGAIN => {
                    tries += 1;
                }
                opened => return opened,
            }
        }
    }

    fn one(path: &Path, main: &Path) -> Result<Self> {
        let damaged = |what| Error::DamagedFile { path: path.to_owned(), what };
        let file = Arc::new(Mapped::open(main)?);
        if !file.starts_with(MAGIC) {
            return Err(damaged("a file of another kind"));
        }
        let header = file.get(..HEADER).ok_or_else(|| damaged("a truncated file"))?;
        let u32_at = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let u64_at = |at: usize| u64::from(u32_at(at)) | u64::from(u32_at(at + 4)) << 32;
        if u32_at(8) != VERSION {
            return Err(damaged("the format of another version of this library"));
        }
        let (place, length) = (u64_at(16), u64_at(24));
        let table = place.checked_add(length).and_then(|end| file.get(place as usize..end as usize));
        let table = table.ok_or_else(|| damaged("a truncated file"))?;
        if SUMS && crc32fast::hash(table) != u32_at(12) {
            return Err(damaged("a damaged or truncated file"));
        }
        let broken = || damaged("a file that contradicts itself");
        let mut table: Value = serde_json::from_slice(table).map_err(|_| broken())?;
        let mut files = vec![Arc::clone(&file)];
        let mut names = vec![String::new()];
        if let Some(others) = table["files"].as_array() {
            for other in others {
                // A name, and no way out of the folder.
                let name = other.as_str().filter(|name| Path::new(name).file_name().is_some_and(|end| end == *name));
                let name = name.ok_or_else(broken)?;
                files.push(Arc::new(Mapped::open(&main.with_file_name(name))?));
                names.push(name.to_owned());
            }
        }
        let row = |row: &Value| {
            let number = |at: usize| row[at].as_u64();
            let sum = u32::try_from(number(3)?).ok()?;
            let file = number(4).unwrap_or(0) as usize;
            let stored = Stored { file, place: number(1)? as usize, length: number(2)? as usize, sum };
            (file < files.len()).then_some((row[0].as_str()?.to_owned(), stored))
        };
        let rows = table["rows"].as_array().ok_or_else(broken)?.iter().map(row).collect::<Option<_>>();
        let (rows, says) = (rows.ok_or_else(broken)?, table["says"].take());
        Ok(Self { path: path.to_owned(), files, names, says, rows })
    }

    /// A row, in place.
    pub(crate) fn row<T: Pod>(&self, name: &str) -> Result<Column<T>> {
        let found = self.rows.get(name).and_then(|&Stored { file, place, length, .. }| {
            Column::mapped(&self.files[file], place..place.checked_add(length)?)
        });
        found.ok_or_else(|| self.broken())
    }

    fn bytes(&self, stored: Stored) -> Option<&[u8]> {
        let end = stored.place.checked_add(stored.length)?;
        self.files[stored.file].get(stored.place..end)
    }

    /// Whether the row of this name is what was written.
    pub(crate) fn is_whole(&self, name: &str) -> bool {
        let Some(&stored) = self.rows.get(name) else { return false };
        self.bytes(stored).is_some_and(|bytes| !SUMS || crc32fast::hash(bytes) == stored.sum)
    }

    /// The row of this name as a table has it, and the name of its file, if that is another and the row is `bytes`.
    fn same(&self, name: &str, bytes: &[u8]) -> Option<There> {
        let stored = *self.rows.get(name).filter(|stored| stored.file > 0)?;
        if self.bytes(stored)? != bytes {
            return None;
        }
        let Stored { file, place, length, sum } = stored;
        Some((json!([name, place, length, sum]), self.names[file].clone()))
    }

    /// The bytes of all rows.
    pub(crate) fn needed(&self) -> usize {
        self.rows.values().map(|stored| stored.length).sum()
    }

    /// The bytes of all files.
    pub(crate) fn size(&self) -> usize {
        self.files.iter().map(|file| file.len()).sum()
    }

    pub(crate) fn all_whole(&self) -> bool {
        self.rows.keys().all(|name| self.is_whole(name))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.rows.contains_key(name)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn broken(&self) -> Error {
        Error::DamagedFile { path: self.path.clone(), what: "a file that contradicts itself" }
    }

    pub(crate) fn damaged(&self) -> Error {
        Error::DamagedFile { path: self.path.clone(), what: "a damaged or truncated file" }
    }
}
