//! The lines of a file, for a reader that goes on after an error.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;

use flate2::bufread::MultiGzDecoder;

use crate::Error;
use crate::cli::failure::Outcome;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Calls `visit` with the number and the text of each line that is no comment and not empty; bytes that are not UTF-8
/// are replaced. Compression is known by the first bytes. `-` is the standard input.
pub(crate) fn for_each_line(path: &OsStr, stdin: &mut dyn Read, mut visit: impl FnMut(usize, &str)) -> Outcome<()> {
    let failed = |source: io::Error| Error::File { path: PathBuf::from(path), action: "read", source };
    let file: Box<dyn Read> = if path == "-" { Box::new(stdin) } else { Box::new(File::open(path).map_err(failed)?) };
    let mut plain = BufReader::with_capacity(1 << 16, file);
    let start = plain.fill_buf().map_err(failed)?;
    let (is_gzip, is_zstd) = (start.starts_with(&GZIP), start.starts_with(&ZSTD));
    let mut reader: Box<dyn BufRead> = if is_gzip {
        Box::new(BufReader::new(MultiGzDecoder::new(plain)))
    } else if is_zstd {
        Box::new(BufReader::new(zstd::Decoder::with_buffer(plain).map_err(failed)?))
    } else {
        Box::new(plain)
    };
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes).map_err(failed)? == 0 {
            break;
        }
        let line = String::from_utf8_lossy(&bytes);
        let line = line.trim_end_matches(['\n', '\r']);
        if !line.starts_with('#') && !line.trim_ascii().is_empty() {
            visit(number, line);
        }
    }
    Ok(())
}
