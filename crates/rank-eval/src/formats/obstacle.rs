//! What keeps a file from being read or written, beside the system: it travels within an [`io::Error`].

use std::fmt;
use std::io::{self, Read};
use std::path::Path;

use crate::Error;

#[derive(Debug)]
pub(super) enum Obstacle {
    /// Who watches has stopped the work.
    Stopped,
    /// It is not the format that its first bytes say, or ends too early.
    Damaged { format: &'static str, source: io::Error },
    /// It is of a format that is not read.
    NoText { got: &'static str, advice: &'static str },
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped => write!(f, "stopped"),
            Self::Damaged { source, .. } => write!(f, "{source}"),
            Self::NoText { got, .. } => write!(f, "{got}"),
        }
    }
}

impl std::error::Error for Obstacle {}

impl Obstacle {
    /// The error of a file.
    pub(super) fn at(self, path: &Path) -> Error {
        let path = path.to_owned();
        match self {
            Self::Stopped => Error::Interrupted,
            Self::Damaged { format, source } => Error::DamagedFile { path, format, source },
            Self::NoText { got, advice } => Error::NoTextFile { path, got, advice },
        }
    }

    /// The format that a file begins as, if it is known to be none that is read.
    pub(super) fn of_no_text(head: &[u8]) -> Option<Self> {
        const TABLE: &str = "read it with pandas, polars or pyarrow, and pass the table";
        const UNPACK: &str = "unpack it";
        // No text goes on like this.
        let binary = |at: usize| head.get(at).is_some_and(|&byte| byte < b'\t');
        let known: [(bool, &str, &str); 8] = [
            (head.starts_with(b"PAR1") && head.get(4).is_some_and(u8::is_ascii_control), "a Parquet file", TABLE),
            (head.starts_with(b"ARROW1") && binary(6), "a file of Arrow or Feather", TABLE),
            (head.starts_with(b"PK") && binary(2), "a zip archive", UNPACK),
            (head.starts_with(b"BZh") && head.get(4..) == Some(b"1AY&SY".as_slice()), "a bzip2 file", UNPACK),
            (head.starts_with(b"\xfd7zXZ\0"), "an xz file", UNPACK),
            (head.starts_with(b"\x04\"M\x18"), "an LZ4 file", UNPACK),
            (head.starts_with(b"\xff\xfe"), "UTF-16", "convert it to UTF-8"),
            (head.starts_with(b"\xfe\xff"), "UTF-16", "convert it to UTF-8"),
        ];
        let (_, got, advice) = known.into_iter().find(|(is_it, ..)| *is_it)?;
        Some(Self::NoText { got, advice })
    }
}

/// A decoder whose complaints are those of the file.
pub(super) struct Decoder<R> {
    pub(super) format: &'static str,
    pub(super) reader: R,
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer).map_err(|source| {
            // What the system says is another matter.
            if source.raw_os_error().is_some() || source.kind() == io::ErrorKind::Interrupted {
                return source;
            }
            io::Error::other(Obstacle::Damaged { format: self.format, source })
        })
    }
}
