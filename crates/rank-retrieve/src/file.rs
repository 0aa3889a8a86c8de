//! A file of named rows of numbers, written whole and read in place.
//!
//! Numbers are little-endian. `RANKSPRS`, version u32, the CRC-32 of the table u32, where the table is u64, its length
//! u64; rows, each at a multiple of 64; the table, JSON: what the writer says, and of each row the name, the place, the
//! length in bytes and the CRC-32.

mod reader;
mod writer;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

pub(crate) use reader::{Opened, Reader};
use serde_json::Value;
pub(crate) use writer::{Row, Writer};

use crate::{Error, Result};

const MAGIC: &[u8; 8] = b"RANKSPRS";
/// Of the format. Version 1 knew no stored fields and no text fields, version 2 no impacts in a byte, and it had weights
/// twice; a library that knows no more must not read what comes after.
const VERSION: u32 = 3;
const HEADER: usize = 64;
const ALIGNMENT: u64 = 64;

/// The name of a temporary file beside `path`. There is one writer at a time, so the name is always the same, and what a
/// killed one leaves is written over.
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

    /// Gives it another name, under which it stays.
    fn rename(mut self, path: &Path) -> std::io::Result<()> {
        fs::rename(&self.0, path)?;
        // What has its name from now on is another's.
        self.0 = PathBuf::new();
        Ok(())
    }
}

/// Opens a temporary file for one writer. The lock goes with the file, not with its name, and whoever had it may have
/// given the file its final name meanwhile: then there is another to be made.
fn claim(temporary: &Path, path: &Path) -> Result<File> {
    let failed = |source| Error::Io { path: path.to_owned(), source };
    loop {
        let file = File::options().write(true).create(true).truncate(false).open(temporary).map_err(failed)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(Error::Locked { path: path.to_owned() }),
            // Not all file systems have locks.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        if is_at(&file, temporary).map_err(failed)? {
            file.set_len(0).map_err(failed)?;
            return Ok(file);
        }
    }
}

/// Whether a file is still the one of this name.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let of = |data: fs::Metadata| (data.dev(), data.ino());
    match fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        found => Ok(of(found?) == of(file.metadata()?)),
    }
}

#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> std::io::Result<bool> {
    Ok(true)
}

/// Waits until the names in a folder are on the disk.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // It may not have come to be, or have been renamed; an error before is the one to report.
        if !self.0.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.0);
        }
    }
}

/// A row as a table has it, and the name of the file that it is in.
type There = (Value, String);
