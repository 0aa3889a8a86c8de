//! Rows on their way to a file.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use bytemuck::Pod;
use serde_json::{Value, json};

use super::{ALIGNMENT, HEADER, MAGIC, Reader, Temporary, There, VERSION, beside, claim, sync_folder};
use crate::{Error, Result};

/// Where a row lies.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Row {
    pub(crate) place: u64,
    /// In bytes.
    pub(crate) length: usize,
}

/// Collects rows and writes them.
#[derive(Debug)]
pub(crate) struct Writer {
    path: PathBuf,
    /// Gone before the lock on it is.
    temporary: Temporary,
    out: BufWriter<File>,
    rows: Vec<Value>,
    places: Vec<Row>,
    /// The files beside this one that rows are in.
    files: Vec<String>,
    /// What was there before: its rows are not written again.
    base: Option<Reader>,
    /// Rows of the base, and the names of their files.
    there: Vec<There>,
    /// The greatest number of a file that there was.
    last: u32,
}

impl Writer {
    /// Begins a file beside `path` of the rows that `base` does not have.
    pub(crate) fn over(path: &Path, base: Option<Reader>) -> Result<Self> {
        Ok(Self { base, ..Self::new(path)? })
    }

    /// Takes rows that are in other files, of which `last` is the greatest number that there was.
    pub(crate) fn refer(&mut self, rows: Vec<Value>, files: Vec<String>, last: u32) {
        (self.rows, self.files, self.last) = (rows, files, last);
    }

    /// Begins a file beside `path`.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let failed = |source| Error::Io { path: path.to_owned(), source };
        if cfg!(target_endian = "big") {
            return Err(failed(std::io::ErrorKind::Unsupported.into()));
        }
        path.file_name().ok_or_else(|| failed(std::io::ErrorKind::InvalidInput.into()))?;
        let temporary = beside(path, ".tmp");
        let mut out = BufWriter::new(claim(&temporary, path)?);
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
            last: 0,
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
        let written = written.and_then(|()| {
            let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.sync_all()?;
            temporary.rename(&path)?;
            path.parent().map_or(Ok(()), sync_folder)
        });
        written.map_err(|source| Error::Io { path, source })
    }

    fn write_table(&mut self, says: &Value) -> std::io::Result<()> {
        let table = if self.files.is_empty() {
            json!({ "says": says, "rows": self.rows })
        } else {
            json!({ "says": says, "rows": self.rows, "files": self.files, "last": self.last })
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
