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
use crate::mapped::Mapped;
use crate::{Error, Result};

const MAGIC: &[u8; 8] = b"RANKSPRS";
const VERSION: u32 = 1;
const HEADER: usize = 64;
const ALIGNMENT: u64 = 64;

/// Collects rows and writes them.
pub(crate) struct Writer {
    path: PathBuf,
    temporary: PathBuf,
    out: BufWriter<File>,
    rows: Vec<Value>,
}

impl Writer {
    /// Begins a file beside `path`.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let failed = |source| Error::Io { path: path.to_owned(), source };
        if cfg!(target_endian = "big") {
            return Err(failed(std::io::ErrorKind::Unsupported.into()));
        }
        let name = path.file_name().ok_or_else(|| failed(std::io::ErrorKind::InvalidInput.into()))?;
        // One writer at a time, so the name is always the same, and what a killed one leaves is written over.
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(".tmp");
        let temporary = path.with_file_name(hidden);
        let mut out = BufWriter::new(File::create(&temporary).map_err(failed)?);
        out.write_all(&[0; HEADER]).map_err(failed)?;
        Ok(Self { path: path.to_owned(), temporary, out, rows: Vec::new() })
    }

    pub(crate) fn row<T: Pod>(&mut self, name: &str, values: &[T]) -> Result<()> {
        let bytes: &[u8] = bytemuck::cast_slice(values);
        let mut write = || {
            let end = self.out.stream_position()?;
            let place = end.next_multiple_of(ALIGNMENT);
            self.out.write_all(&[0; ALIGNMENT as usize][..(place - end) as usize])?;
            self.out.write_all(bytes)?;
            Ok(place)
        };
        let place = write().map_err(|source| Error::Io { path: self.path.clone(), source })?;
        self.rows.push(json!([name, place, bytes.len(), crc32fast::hash(bytes)]));
        Ok(())
    }

    /// Puts the file in its place, whole and on the disk, or leaves what was there.
    pub(crate) fn finish(mut self, says: &Value) -> Result<()> {
        let written = self.write_table(says);
        let Self { path, temporary, out, .. } = self;
        let written = written
            .and_then(|()| out.into_inner().map_err(std::io::IntoInnerError::into_error))
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&temporary, &path))
            .and_then(|()| match path.parent() {
                // The new name is on the disk when the folder is.
                Some(folder) if cfg!(unix) => {
                    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                    File::open(folder)?.sync_all()
                }
                _ => Ok(()),
            });
        written.map_err(|source| {
            // It may not have come to be; the first error is the one to report.
            let _ = fs::remove_file(&temporary);
            Error::Io { path, source }
        })
    }

    fn write_table(&mut self, says: &Value) -> std::io::Result<()> {
        let table = json!({ "says": says, "rows": self.rows }).to_string();
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

/// A file that is read in place.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    path: PathBuf,
    file: Arc<Mapped>,
    pub(crate) says: Value,
    /// Place, length, sum.
    rows: FxHashMap<String, (usize, usize, u32)>,
}

impl Reader {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let damaged = |what| Error::DamagedFile { path: path.to_owned(), what };
        let file = Arc::new(Mapped::open(path)?);
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
        if crc32fast::hash(table) != u32_at(12) {
            return Err(damaged("a damaged or truncated file"));
        }
        let broken = || damaged("a file that contradicts itself");
        let mut table: Value = serde_json::from_slice(table).map_err(|_| broken())?;
        let row = |row: &Value| {
            let number = |at: usize| row[at].as_u64();
            let sum = u32::try_from(number(3)?).ok()?;
            Some((row[0].as_str()?.to_owned(), (number(1)? as usize, number(2)? as usize, sum)))
        };
        let rows = table["rows"].as_array().ok_or_else(broken)?.iter().map(row).collect::<Option<_>>();
        Ok(Self { path: path.to_owned(), file, rows: rows.ok_or_else(broken)?, says: table["says"].take() })
    }

    /// A row, in place.
    pub(crate) fn row<T: Pod>(&self, name: &str) -> Result<Column<T>> {
        let found = self
            .rows
            .get(name)
            .and_then(|&(place, length, _)| Column::mapped(&self.file, place..place.checked_add(length)?));
        found.ok_or_else(|| self.broken())
    }

    /// Whether the row of this name is what was written.
    pub(crate) fn is_whole(&self, name: &str) -> bool {
        self.rows.get(name).is_some_and(|&(place, length, sum)| {
            let bytes = place.checked_add(length).and_then(|end| self.file.get(place..end));
            bytes.is_some_and(|bytes| crc32fast::hash(bytes) == sum)
        })
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
