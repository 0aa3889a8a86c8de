//! The files that a command names; `-` is the standard input.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::PathBuf;

use flate2::bufread::MultiGzDecoder;

use crate::cli::failure::Outcome;
use crate::{Error, Qrels, Result, Run};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// So much of the end of a file is kept to find its last line.
const TAIL: usize = 1 << 12;

pub(crate) struct Input<'a> {
    pub(crate) stdin: &'a mut (dyn Read + Send),
}

pub(crate) type Reader<'a> = Box<dyn BufRead + Send + 'a>;

impl Input<'_> {
    /// What a file holds; compression is known by the first bytes.
    pub(crate) fn open(&mut self, path: &OsStr) -> Outcome<Reader<'_>> {
        Ok(self.decoded(path).map_err(failed(path))?)
    }

    fn decoded(&mut self, path: &OsStr) -> io::Result<Reader<'_>> {
        let file: Box<dyn Read + Send> =
            if path == "-" { Box::new(&mut *self.stdin) } else { Box::new(File::open(path)?) };
        let mut plain = BufReader::with_capacity(1 << 16, file);
        let start = plain.fill_buf()?;
        let (is_gzip, is_zstd) = (start.starts_with(&GZIP), start.starts_with(&ZSTD));
        Ok(if is_gzip {
            Box::new(BufReader::new(MultiGzDecoder::new(plain)))
        } else if is_zstd {
            Box::new(BufReader::new(zstd::Decoder::with_buffer(plain)?))
        } else {
            Box::new(plain)
        })
    }

    pub(crate) fn qrels(&mut self, path: &OsStr) -> Outcome<Qrels> {
        Ok(Qrels::from_reader(self.open(path)?, &path.to_string_lossy())?)
    }

    /// The run and the tag of its last line, which is empty if there is none.
    pub(crate) fn run(&mut self, path: &OsStr) -> Outcome<(Run, String)> {
        Ok(run_and_tag(self.open(path)?, &path.to_string_lossy())?)
    }

    /// Calls `visit` with the number and the text of each line that is no comment and not empty, whatever is wrong with
    /// the others; bytes that are not UTF-8 are replaced.
    pub(crate) fn for_each_line(&mut self, path: &OsStr, mut visit: impl FnMut(usize, &str)) -> Outcome<()> {
        let mut reader = self.open(path)?;
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            if reader.read_until(b'\n', &mut bytes).map_err(failed(path))? == 0 {
                break;
            }
            if let Some(line) = content(&String::from_utf8_lossy(&bytes)) {
                visit(number, line);
            }
        }
        Ok(())
    }
}

pub(crate) fn failed(path: &OsStr) -> impl Fn(io::Error) -> Error {
    move |source| Error::File { path: PathBuf::from(path), action: "read", source }
}

/// A run and the tag of its last line, which is empty if there is none.
pub(crate) fn run_and_tag(reader: Reader<'_>, name: &str) -> Result<(Run, String)> {
    let mut reader = Tail { reader, kept: Vec::new() };
    let run = Run::from_reader(&mut reader, name)?;
    Ok((run, reader.tag()))
}

/// The first line that is no comment and not empty, and a reader that still begins where the given one did.
pub(crate) fn first_line(mut reader: Reader<'_>) -> io::Result<(Option<String>, Reader<'_>)> {
    let mut seen = Vec::new();
    let mut line = None;
    while line.is_none() {
        let before = seen.len();
        if reader.read_until(b'\n', &mut seen)? == 0 {
            break;
        }
        line = content(&String::from_utf8_lossy(&seen[before..])).map(str::to_owned);
    }
    Ok((line, Box::new(Cursor::new(seen).chain(reader))))
}

/// A line without its end, unless it is empty or a comment.
pub(crate) fn content(line: &str) -> Option<&str> {
    let line = line.trim_end_matches(['\n', '\r']);
    (!line.trim_ascii_start().starts_with('#') && !line.trim_ascii().is_empty()).then_some(line)
}

/// A reader that knows what it read last.
struct Tail<R> {
    reader: R,
    kept: Vec<u8>,
}

impl<R: Read> Read for Tail<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        let new = &buffer[count.saturating_sub(TAIL)..count];
        let old = (self.kept.len() + new.len()).saturating_sub(TAIL);
        self.kept.drain(..old);
        self.kept.extend_from_slice(new);
        Ok(count)
    }
}

impl<R> Tail<R> {
    /// The sixth column of the last line.
    fn tag(&self) -> String {
        let text = String::from_utf8_lossy(&self.kept);
        let last = text.rsplit('\n').find_map(content).filter(|line| !line.starts_with('{'));
        last.and_then(|line| line.split_ascii_whitespace().nth(5)).unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_is_that_of_the_last_line() {
        for (text, tag) in [
            ("q Q0 a 1 0.5 first\nq Q0 b 2 0.25 last\n\n# a comment\n", "last"),
            ("q Q0 a 1 0.5 only", "only"),
            ("{ \"query_id\": \"q\", \"doc_id\": \"d\", \"score\": 1 }\n", ""),
            ("", ""),
        ] {
            for size in [1, 7, 1000] {
                let mut reader = Tail { reader: text.as_bytes(), kept: Vec::new() };
                let mut buffer = vec![0; size];
                while reader.read(&mut buffer).unwrap() > 0 {}
                assert_eq!(reader.tag(), tag);
            }
        }
    }
}
