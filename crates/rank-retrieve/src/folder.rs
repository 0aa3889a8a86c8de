//! An index in a folder, of which only what changed is written.
//!
//! Rows lie in files `1.rows`, `2.rows`, …, each written once and never changed. The file `manifest` says in which of them
//! each row of the index is, and is replaced as a whole when all of them are on the disk: whatever happens meanwhile, the
//! folder is the index before or after. Files that no row needs any more are deleted then; whoever has them mapped keeps
//! them. When the files hold twice what is needed, all rows are written anew.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::file::{Reader, Writer, sync_folder};
use crate::{Error, Result};

/// The file that says where rows are.
pub(crate) const MANIFEST: &str = "manifest";
const SUFFIX: &str = ".rows";

/// A change of the index of a folder, in the making.
pub(crate) struct Commit {
    folder: PathBuf,
    /// The number of the file of new rows, and its name.
    last: u32,
    name: String,
    /// Takes the rows; those that the folder has already are not written.
    pub(crate) writer: Writer,
    /// Held as long as this is.
    _lock: File,
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { path: path.clone(), source }
}

/// The number of a file of rows.
fn number(name: &str) -> Option<u32> {
    name.strip_suffix(SUFFIX)?.parse().ok()
}

/// The files of rows in a folder.
fn files(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).map_err(failed(folder))?;
    let names = entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
    let names = names.collect::<std::io::Result<Vec<_>>>().map_err(failed(folder))?;
    Ok(names.into_iter().filter(|name| number(name).is_some()).collect())
}

impl Commit {
    /// Begins to write into a folder, which is made if it is not there. One writer at a time.
    pub(crate) fn begin(folder: &Path) -> Result<Self> {
        match fs::create_dir(folder) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            made => made.and_then(|()| folder.parent().map_or(Ok(()), sync_folder)).map_err(failed(folder))?,
        }
        let lock = File::create(folder.join("lock")).map_err(failed(folder))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => Error::Locked { path: folder.to_owned() },
            TryLockError::Error(source) => Error::Io { path: folder.to_owned(), source },
        })?;
        let base = if folder.join(MANIFEST).exists() { Some(Reader::open(folder)?) } else { None };
        // No name is ever given twice: whoever read an old manifest is not to find a new file.
        let known = base.as_ref().map_or(0, |base| base.last);
        let last = files(folder)?.iter().filter_map(|name| number(name)).fold(known, u32::max).saturating_add(1);
        let base = base.filter(|base| base.needed() * 2 >= base.size());
        let name = format!("{last}{SUFFIX}");
        let writer = Writer::over(&folder.join(&name), base)?;
        Ok(Self { folder: folder.to_owned(), last, name, writer, _lock: lock })
    }

    /// Makes the rows the index of the folder.
    pub(crate) fn finish(self, says: &Value) -> Result<()> {
        let Self { folder, last, name, writer, _lock } = self;
        let (own, there) = writer.finish_rows()?;
        let last = if own.is_empty() { last - 1 } else { last };
        let mut names: BTreeSet<&str> = there.iter().map(|(_, name)| name.as_str()).collect();
        if !own.is_empty() {
            names.insert(&name);
        }
        let names: Vec<&str> = names.into_iter().collect();
        let row = |row: &Value, name: &str| {
            let mut row = row.clone();
            if let Value::Array(parts) = &mut row {
                parts.push(json!(names.iter().position(|other| *other == name).map_or(0, |at| at + 1)));
            }
            row
        };
        let rows: Vec<Value> =
            own.iter().map(|own| row(own, &name)).chain(there.iter().map(|(there, name)| row(there, name))).collect();
        let mut manifest = Writer::new(&folder.join(MANIFEST))?;
        manifest.refer(rows, names.iter().map(|&name| name.to_owned()).collect(), last);
        manifest.finish(says)?;
        for old in files(&folder)?.iter().filter(|file| !names.contains(&file.as_str())) {
            // Where a mapped file cannot be deleted, the next change tries again.
            let _ = fs::remove_file(folder.join(old));
        }
        Ok(())
    }
}
