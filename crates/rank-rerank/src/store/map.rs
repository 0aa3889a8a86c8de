//! A file in memory, read when it is touched.

use std::fs::File;
use std::io;
use std::path::Path;

use memmap2::Mmap;

/// The bytes of a file; an empty one cannot be mapped.
#[derive(Debug)]
pub(crate) struct Map(Option<Mmap>);

impl Map {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.len() == 0 {
            return Ok(Self(None));
        }
        // SAFETY: that nobody changes or cuts the file while it is mapped is for its owner to see to, as the documentation
        // of `TokenStore::open` says; this library replaces files and never writes into one. The bytes are only read as
        // numbers, of which every pattern of bits is one.
        #[expect(unsafe_code, reason = "there is no other way to map a file")]
        let map = unsafe { Mmap::map(&file)? };
        Ok(Self(Some(map)))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}
