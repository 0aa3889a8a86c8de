//! The files that a command names; `-` is the standard input.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use crate::cli::failure::Outcome;
use crate::formats::{decoded, file_error};
use crate::{Error, Qrels, Result, Run};

pub(crate) struct Input<'a> {
    pub(crate) stdin: &'a mut (dyn Read + Send),
}

pub(crate) type Reader<'a> = Box<dyn BufRead + Send + 'a>;

impl Input<'_> {
    /// The text that a file holds.
    pub(crate) fn open(&mut self, path: &OsStr) -> Outcome<Reader<'_>> {
        let open = |stdin| -> io::Result<Reader<'_>> {
            let file: Box<dyn Read + Send> = if path == "-" { Box::new(stdin) } else { Box::new(File::open(path)?) };
            Ok(Box::new(BufReader::with_capacity(1 << 16, decoded(file)?)))
        };
        Ok(open(&mut *self.stdin).map_err(failed(path))?)
    }

    pub(crate) fn qrels(&mut self, path: &OsStr) -> Outcome<Qrels> {
        Ok(Qrels::from_reader(self.open(path)?, &path.to_string_lossy())?)
    }

    /// The run and the tag of its last line, which is empty if there is none.
    pub(crate) fn run(&mut self, path: &OsStr) -> Outcome<(Run, String)> {
        Ok(run_and_tag(self.open(path)?, &path.to_string_lossy())?)
    }

    /// Calls `visit` with the number and the text of each line that is no comment and not empty, whatever is wrong with
    /// the others, and with whether it is UTF-8; bytes that are not are replaced.
    pub(crate) fn for_each_line(&mut self, path: &OsStr, mut visit: impl FnMut(usize, &str, bool)) -> Outcome<()> {
        let mut reader = self.open(path)?;
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            if reader.read_until(b'\n', &mut bytes).map_err(failed(path))? == 0 {
                break;
            }
            let text = String::from_utf8_lossy(&bytes);
            if let Some(line) = content(&text) {
                visit(number, line, matches!(text, Cow::Borrowed(_)));
            }
        }
        Ok(())
    }
}

pub(crate) fn failed(path: &OsStr) -> impl Fn(io::Error) -> Error + '_ {
    file_error(Path::new(path), "read")
}

/// A run and the tag of its last line, which is empty if there is none.
pub(crate) fn run_and_tag(reader: Reader<'_>, name: &str) -> Result<(Run, String)> {
    let run = Run::from_reader(reader, name)?;
    let tag = run.tag().unwrap_or_default().to_owned();
    Ok((run, tag))
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
