//! Rows of small files: columns that white space separates.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::file_error;
use super::source::decoded;
use crate::{Error, Result};

/// Calls `visit` with the number, the text and the columns of each line that is neither empty nor a comment.
pub(crate) fn for_each_row<'a>(
    reader: Box<dyn Read + Send + 'a>,
    path: &Path,
    mut visit: impl FnMut(usize, &str, &[&str]) -> Result<()>,
) -> Result<()> {
    let mut reader = BufReader::with_capacity(1 << 16, decoded(reader).map_err(file_error(path, "read"))?);
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes).map_err(file_error(path, "read"))? == 0 {
            break;
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| Error::Malformed {
            path: path.to_owned(),
            line,
            expected: "UTF-8",
            got: "other bytes".to_owned(),
            advice: "convert the file",
        })?;
        let text = text.trim_end_matches(['\n', '\r']);
        let columns: Vec<&str> = text.split_ascii_whitespace().collect();
        if columns.first().is_some_and(|first| !first.starts_with('#')) {
            visit(line, text, &columns)?;
        }
    }
    Ok(())
}
