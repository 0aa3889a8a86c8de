//! Bytes of a file in chunks of whole lines.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use flate2::bufread::MultiGzDecoder;

use super::file_error;
use super::obstacle::{Decoder, Obstacle};
use crate::Result;

/// So many bytes can be read behind the end of a chunk's text. They are ends of lines.
pub(super) const PADDING: usize = 32;

/// A chunk is read from the second-level cache when it is parsed.
pub(super) const SIZE: usize = 1 << 20;

/// A file, or the standard input for `-`.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read + Send>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin()));
    }
    Ok(Box::new(File::open(path).map_err(file_error(path, "read"))?))
}

/// The text that a file holds: decompressed, and without a byte order mark. Gzip and zstd are known by their first bytes,
/// not by the name of the file.
pub(crate) fn decoded<'a>(mut reader: impl Read + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
    let head = first(&mut reader, 4)?;
    let (is_gzip, is_zstd) = (head.starts_with(&[0x1f, 0x8b]), head == [0x28, 0xb5, 0x2f, 0xfd]);
    let whole = Cursor::new(head).chain(reader);
    let mut reader: Box<dyn Read + Send + 'a> = if is_gzip {
        let reader = MultiGzDecoder::new(BufReader::with_capacity(1 << 16, whole));
        Box::new(Decoder { format: "gzip", reader })
    } else if is_zstd {
        Box::new(Decoder { format: "zstd", reader: zstd::Decoder::new(whole)? })
    } else {
        Box::new(whole)
    };
    let mut head = first(&mut reader, 10)?;
    if let Some(obstacle) = Obstacle::of_no_text(&head) {
        return Err(io::Error::other(obstacle));
    }
    if head.starts_with(b"\xef\xbb\xbf") {
        head.drain(..3);
    }
    Ok(Box::new(Cursor::new(head).chain(reader)))
}

fn first(reader: &mut impl Read, count: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(count).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whole lines of a file.
pub(super) struct Chunk<'a> {
    pub(super) number: usize,
    /// The text and [`PADDING`] bytes.
    pub(super) bytes: &'a [u8],
    /// Where the text ends.
    pub(super) end: usize,
    /// The bytes of the file, which may be compressed, that were read for it.
    pub(super) read: usize,
}

impl<'a> Chunk<'a> {
    pub(super) fn text(&self) -> &'a [u8] {
        &self.bytes[..self.end]
    }
}

/// Counts the bytes that are read.
struct Counted<R> {
    reader: R,
    count: Arc<AtomicUsize>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.count.fetch_add(read, Ordering::Relaxed);
        Ok(read)
    }
}

/// The chunks of a file, the last line of which need not end.
pub(super) struct Chunks<'a> {
    reader: Box<dyn Read + Send + 'a>,
    /// The bytes of the file that were read since the last chunk.
    read: Arc<AtomicUsize>,
    /// The beginning of a line whose end is not read yet.
    rest: Vec<u8>,
    number: usize,
    /// The length of a chunk, unless a line is longer.
    size: usize,
    done: bool,
}

impl<'a> Chunks<'a> {
    pub(super) fn new(reader: Box<dyn Read + Send + 'a>, size: usize) -> io::Result<Self> {
        let read = Arc::default();
        let reader = decoded(Counted { reader, count: Arc::clone(&read) })?;
        Ok(Self { reader, read, rest: Vec::new(), number: 0, size, done: false })
    }

    /// Whether there is no further chunk.
    pub(super) fn is_done(&self) -> bool {
        self.done && self.rest.is_empty()
    }

    /// The next chunk, in a buffer that the caller keeps from chunk to chunk.
    pub(super) fn next<'b>(&mut self, buffer: &'b mut Vec<u8>) -> io::Result<Option<Chunk<'b>>> {
        let mut filled = self.rest.len();
        let mut wanted = self.size.max(filled * 2);
        // The length of a buffer never shrinks, so that its bytes are set to 0 only once.
        let reserve = |buffer: &mut Vec<u8>, wanted: usize| buffer.resize(buffer.len().max(wanted + PADDING), 0);
        reserve(buffer, wanted);
        buffer[..filled].copy_from_slice(&self.rest);
        self.rest.clear();
        let end = loop {
            while filled < wanted && !self.done {
                match self.reader.read(&mut buffer[filled..wanted]) {
                    Ok(0) => self.done = true,
                    Ok(read) => filled += read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => {
                        self.done = true;
                        return Err(error);
                    }
                }
            }
            if self.done {
                break filled;
            }
            if let Some(newline) = memchr::memrchr(b'\n', &buffer[..filled]) {
                break newline + 1;
            }
            wanted *= 2;
            reserve(buffer, wanted);
        };
        if end == 0 {
            return Ok(None);
        }
        self.rest.extend_from_slice(&buffer[end..filled]);
        buffer[end..end + PADDING].fill(b'\n');
        let number = self.number;
        self.number += 1;
        let read = self.read.swap(0, Ordering::Relaxed);
        Ok(Some(Chunk { number, bytes: &buffer[..end + PADDING], end, read }))
    }
}
