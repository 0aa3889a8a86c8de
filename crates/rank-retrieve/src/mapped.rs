//! A file in the address space.

use std::fs::File;
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;

use crate::{Error, Result};

/// The bytes of a file that nobody changes in place: this library writes new files and renames them.
#[derive(Debug)]
pub(crate) struct Mapped(Mmap);

impl Mapped {
    /// Opens a file. Nothing is read before it is looked at.
    #[expect(unsafe_code, reason = "the operating system cannot promise that a mapped file stays as it is")]
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let failed = |source| Error::Io { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        // SAFETY: the obligation is that no process writes to or truncates the file while it is mapped. Files of an
        // index are written once, under a name of their own, and only ever unlinked. All uses check ranges, and any
        // bit pattern is a value of the numbers that are read.
        let map = unsafe { Mmap::map(&file) }.map_err(failed)?;
        Ok(Self(map))
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
