//! The writer.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Letor, LetorError};

/// Writes a file that [`read_letor`](super::read_letor) reads to the same bits, features counted from 1 and zeros left
/// out.
///
/// * `path`: compressed where its name ends with `.gz` or `.zst`. It is written beside itself and renamed.
/// * `letor`: what to write.
///
/// # Errors
///
/// [`LetorError::Mismatch`] for parts that do not fit together, a number that is not finite, an id that is empty beside
/// others, is twice, or has blanks; [`LetorError::File`].
///
/// # Example
///
/// ```
/// use rank_soft::letor::{LetorOptions, parse_letor, read_letor, write_letor};
///
/// let folder = std::env::temp_dir().join(format!("letor-{}", std::process::id()));
/// std::fs::create_dir_all(&folder).unwrap();
/// let letor = parse_letor(b"2 qid:7 1:0.5 3:2\n0 qid:7 2:1\n", "train.txt", LetorOptions::default())?;
/// write_letor(folder.join("train.txt.zst"), &letor)?;
/// assert_eq!(read_letor(folder.join("train.txt.zst"), LetorOptions::default())?, letor);
/// std::fs::remove_dir_all(&folder).unwrap();
/// # Ok::<(), rank_soft::letor::LetorError>(())
/// ```
pub fn write_letor(path: impl AsRef<Path>, letor: &Letor) -> Result<(), LetorError> {
    check(letor)?;
    let path = path.as_ref();
    let failed = |source| LetorError::File { path: path.to_owned(), source };
    let Some(name) = path.file_name() else {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "a path without a name")));
    };
    // In the same folder, so that the rename stays within one file system.
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(temporary);
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let written = File::create(&temporary)
        .and_then(|file| compressed(file, extension, letor))
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // Nothing to add if it was never created.
        let _ = fs::remove_file(&temporary);
        failed(error)
    })
}

fn check(letor: &Letor) -> Result<(), LetorError> {
    let wrong = |argument, expected: String, got: String| Err(LetorError::Mismatch { argument, expected, got });
    let (rows, columns) = (letor.labels.len(), letor.columns);
    if letor.features.len() != rows * columns {
        let expected = format!("{rows} rows of {columns} numbers");
        return wrong("features", expected, format!("{} numbers", letor.features.len()));
    }
    let ends = (letor.offsets.first(), letor.offsets.last());
    if ends != (Some(&0), Some(&rows)) || !letor.offsets.windows(2).all(|pair| pair[0] < pair[1]) {
        let expected = format!("ascending positions from 0 to {rows}");
        return wrong("offsets", expected, "others".to_owned());
    }
    if letor.queries.len() + 1 != letor.offsets.len() {
        let expected = format!("{} ids, one for each query", letor.offsets.len() - 1);
        return wrong("queries", expected, letor.queries.len().to_string());
    }
    let mut met = std::collections::HashSet::new();
    for query in &letor.queries {
        let alone = query.is_empty() && letor.queries.len() == 1;
        let plain = !query.is_empty()
            && !query.contains(|letter: char| letter.is_ascii_whitespace() || letter == '#' || letter == '\x0b');
        if !(alone || plain) || !met.insert(query) {
            let expected = "ids that are not empty, have no blank or #, and stand once".to_owned();
            return wrong("queries", expected, format!("{query:?}"));
        }
    }
    for (argument, numbers) in [("labels", &letor.labels), ("features", &letor.features)] {
        if let Some(number) = numbers.iter().find(|number| !number.is_finite()) {
            return wrong(argument, "finite numbers".to_owned(), number.to_string());
        }
    }
    Ok(())
}

fn compressed(file: File, extension: &str, letor: &Letor) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, file);
    match extension {
        "gz" => {
            let mut encoder = BufWriter::with_capacity(1 << 16, GzEncoder::new(out, Compression::default()));
            lines(letor, &mut encoder)?;
            out = encoder.into_inner()?.finish()?;
        }
        "zst" => {
            let mut encoder = zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL)?;
            lines(letor, &mut encoder)?;
            out = encoder.finish()?;
        }
        _ => lines(letor, &mut out)?,
    }
    out.into_inner()?.sync_all()
}

fn lines(letor: &Letor, out: &mut impl Write) -> io::Result<()> {
    for (pair, query) in letor.offsets.windows(2).zip(&letor.queries) {
        for row in pair[0]..pair[1] {
            write!(out, "{}", letor.labels[row])?;
            if !query.is_empty() {
                write!(out, " qid:{query}")?;
            }
            let features = &letor.features[row * letor.columns..(row + 1) * letor.columns];
            for (column, value) in features.iter().enumerate() {
                // The last one is written in any case in the first row, so that no column is lost.
                if value.to_bits() != 0 || (row == 0 && column + 1 == letor.columns) {
                    write!(out, " {}:{value}", column + 1)?;
                }
            }
            writeln!(out)?;
        }
    }
    Ok(())
}
