//! Rows of a file in place.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bytemuck::Pod;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::{HEADER, MAGIC, There, VERSION};
use crate::engine::Column;
use crate::folder::MANIFEST;
use crate::mapped::Mapped;
use crate::{Error, Result};

/// Whether sums are looked at: what lies behind them is what a fuzzer is to try.
const SUMS: bool = !cfg!(fuzzing);

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
    /// The greatest number that a file of the folder had.
    pub(crate) last: u32,
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
        let damaged = |what| Error::DamagedFile { path: main.to_owned(), what };
        let file = Arc::new(Mapped::open(main)?);
        if !file.starts_with(MAGIC) {
            return Err(damaged("a file of another kind"));
        }
        let header = file.get(..HEADER).ok_or_else(|| damaged("a truncated file"))?;
        let u32_at = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let u64_at = |at: usize| u64::from(u32_at(at)) | u64::from(u32_at(at + 4)) << 32;
        let version = u32_at(8);
        if !(1..=VERSION).contains(&version) {
            return Err(Error::FileVersion { path: main.to_owned(), newest: VERSION, got: version });
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
        let last = table["last"].as_u64().and_then(|last| u32::try_from(last).ok()).unwrap_or(0);
        Ok(Self { path: path.to_owned(), files, names, says, last, rows })
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

    /// Refuses rows that are not what was written.
    pub(crate) fn check(&self, names: &[&str]) -> Result<()> {
        for name in names {
            let stored = *self.rows.get(*name).ok_or_else(|| self.broken())?;
            if !self.is_whole(stored) {
                return Err(damaged(self.place(stored.file)));
            }
        }
        Ok(())
    }

    fn is_whole(&self, stored: Stored) -> bool {
        self.bytes(stored).is_some_and(|bytes| !SUMS || crc32fast::hash(bytes) == stored.sum)
    }

    /// The path of a file.
    fn place(&self, file: usize) -> PathBuf {
        if file == 0 { self.path.clone() } else { self.path.join(&self.names[file]) }
    }

    /// The row of this name as a table has it, and the name of its file, if that is another and the row is `bytes`.
    pub(super) fn same(&self, name: &str, bytes: &[u8]) -> Option<There> {
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

    /// The first file with a row that is not what was written.
    pub(crate) fn first_damaged(&self) -> Option<PathBuf> {
        let mut rows: Vec<Stored> = self.rows.values().copied().collect();
        rows.sort_unstable_by_key(|stored| (stored.file, stored.place));
        rows.into_iter().find(|&stored| !self.is_whole(stored)).map(|stored| self.place(stored.file))
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
}

/// What is wrong with a file whose sums are not those of its rows.
fn damaged(path: PathBuf) -> Error {
    Error::DamagedFile { path, what: "a damaged or truncated file" }
}

/// The file of an index, and whether it was found to be whole.
#[derive(Debug)]
pub(crate) struct Opened {
    reader: Reader,
    /// Where the damage is, once that is known.
    damage: OnceLock<Option<PathBuf>>,
}

impl Opened {
    pub(crate) fn new(reader: Reader) -> Self {
        Self { reader, damage: OnceLock::new() }
    }

    /// Looks all files through, once; then whether the rows agree with each other.
    pub(crate) fn verify(&self, is_sound: impl FnOnce() -> bool) -> Result<()> {
        let damage = self.damage.get_or_init(|| {
            self.reader.first_damaged().or_else(|| (!is_sound()).then(|| self.reader.path().to_owned()))
        });
        damage.as_ref().map_or(Ok(()), |path| Err(damaged(path.clone())))
    }
}
