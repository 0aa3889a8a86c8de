//! Files of judged feature vectors, in the form of LETOR and of SVMlight: `label qid:7 1:0.5 3:2 # a comment`.
//!
//! A line is an item: its label, the query that it belongs to, and its features by ascending number, those that are 0
//! left out. Files are plain, gzip or zstd, known by their first bytes. The items of a query stand together. Where no
//! line has a `qid`, the file is one query, whose id is empty.

mod line;
mod write;

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use line::Piece;
pub use write::write_letor;

use crate::input::thread_count;

/// Items of queries: features, labels, and where each query begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Letor {
    /// Row by row, [`columns`](Self::columns) numbers each.
    pub features: Vec<f32>,
    /// How many features an item has.
    pub columns: usize,
    /// One for each item.
    pub labels: Vec<f32>,
    /// Where the items of each query begin, and where those of the last one end.
    pub offsets: Vec<usize>,
    /// The id of each query.
    pub queries: Vec<String>,
}

/// How a file is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LetorOptions {
    /// How many features an item has: as many as the highest number says, or this many.
    pub columns: Option<usize>,
    /// Whether features are counted from 0; else from 1.
    pub zero_based: bool,
    /// How many threads parse; results do not depend on it. 0 is as many as the machine has.
    pub threads: usize,
}

/// Why a file was not read or written. Lines count from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LetorError {
    /// A line is not of the form.
    #[error("{file}:{line}: expected {expected}, got {got:?}; repair the line")]
    Line {
        /// The name of the file.
        file: String,
        /// The number of the line.
        line: usize,
        /// What should stand there.
        expected: String,
        /// What does.
        got: String,
    },
    /// The system does not read or write the file.
    #[error("{path}: expected a file that can be read or written, got {source}; look at the path", path = .path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The matrix would not fit into the memory.
    #[error(
        "features: expected at most 2^40 numbers and memory for them, got {rows} rows of {columns}; number features from 1 on"
    )]
    TooLarge {
        /// How many items there are.
        rows: usize,
        /// How many features each has.
        columns: usize,
    },
    /// What is to be written does not fit together.
    #[error("{argument}: expected {expected}, got {got}; pass what belongs together")]
    Mismatch {
        /// Which part.
        argument: &'static str,
        /// What would fit.
        expected: String,
        /// What it is.
        got: String,
    },
}

/// Reads a file.
///
/// * `path`: plain, gzip or zstd.
/// * `options`: how many features, whether counted from 0, how many threads.
///
/// Returns the items in the order of the file.
///
/// # Errors
///
/// [`LetorError::Line`] for the first line that is not of the form: no label, a number that is not finite, features that
/// do not ascend or go beyond `columns`, a query that was met before, lines with and without `qid`.
/// [`LetorError::File`], [`LetorError::TooLarge`].
///
/// # Source
///
/// Joachims: Making large-scale SVM learning practical (1999); Qin, Liu, Xu, Li: LETOR (2010).
///
/// # Example
///
/// See [`parse_letor`].
pub fn read_letor(path: impl AsRef<Path>, options: LetorOptions) -> Result<Letor, LetorError> {
    let path = path.as_ref();
    let failed = |source| LetorError::File { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let text = decompressed(file).map_err(failed)?;
    parse_letor(&text, &path.display().to_string(), options)
}

/// Reads the text of a file, which is not compressed.
///
/// * `text`: its bytes.
/// * `name`: what errors call it.
/// * `options`: as for [`read_letor`].
///
/// # Errors
///
/// As [`read_letor`].
///
/// # Example
///
/// ```
/// use rank_soft::letor::{LetorOptions, parse_letor};
///
/// let text = b"2 qid:7 1:0.5 3:2 # the best\n0 qid:7 2:1\n1 qid:8 1:-1e3\n";
/// let letor = parse_letor(text, "train.txt", LetorOptions::default())?;
/// assert_eq!(letor.features, [0.5, 0.0, 2.0, 0.0, 1.0, 0.0, -1000.0, 0.0, 0.0]);
/// assert_eq!((letor.labels, letor.offsets), (vec![2.0, 0.0, 1.0], vec![0, 2, 3]));
/// assert_eq!(letor.queries, ["7", "8"]);
/// # Ok::<(), rank_soft::letor::LetorError>(())
/// ```
pub fn parse_letor(text: &[u8], name: &str, options: LetorOptions) -> Result<Letor, LetorError> {
    let pieces = pieces(text, thread_count(options.threads));
    let parsed: Vec<Piece<'_>> = if let [piece] = pieces.as_slice() {
        vec![line::parse(piece, options)]
    } else {
        std::thread::scope(|scope| {
            let threads: Vec<_> = pieces.iter().map(|piece| scope.spawn(move || line::parse(piece, options))).collect();
            let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
            joined.map(|piece| piece.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        })
    };
    gather(&parsed, name, options)
}

fn decompressed(mut file: impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.by_ref().take(4).read_to_end(&mut head)?;
    let (is_gzip, is_zstd) = (head.starts_with(&[0x1f, 0x8b]), head == [0x28, 0xb5, 0x2f, 0xfd]);
    let mut whole = Cursor::new(head).chain(file);
    let mut text = Vec::new();
    if is_gzip {
        MultiGzDecoder::new(BufReader::with_capacity(1 << 16, whole)).read_to_end(&mut text)?;
    } else if is_zstd {
        zstd::Decoder::new(whole)?.read_to_end(&mut text)?;
    } else {
        whole.read_to_end(&mut text)?;
    }
    Ok(text)
}

/// Whole lines, cut into about as many bytes for each thread.
fn pieces(text: &[u8], threads: usize) -> Vec<&[u8]> {
    let count = threads.min(text.len() / (1 << 16) + 1).max(1);
    let mut pieces = Vec::with_capacity(count);
    let mut start = 0;
    for piece in 1..=count {
        let goal = (text.len() * piece / count).max(start);
        let end = memchr::memchr(b'\n', &text[goal..]).map_or(text.len(), |at| goal + at + 1);
        let end = if piece == count { text.len() } else { end };
        pieces.push(&text[start..end]);
        start = end;
    }
    pieces
}

fn gather(pieces: &[Piece<'_>], name: &str, options: LetorOptions) -> Result<Letor, LetorError> {
    let wrong = |line: usize, expected: &str, got: &[u8]| LetorError::Line {
        file: name.to_owned(),
        line,
        expected: expected.to_owned(),
        got: String::from_utf8_lossy(got).into_owned(),
    };
    let mut met = std::collections::HashSet::new();
    let mut letor = Letor {
        features: Vec::new(),
        columns: options.columns.unwrap_or_default(),
        labels: Vec::new(),
        offsets: vec![0],
        queries: Vec::new(),
    };
    let (mut lines, mut last): (usize, Option<Option<&[u8]>>) = (0, None);
    for piece in pieces {
        for (item, &(query, line)) in piece.queries.iter().enumerate() {
            if last != Some(query) {
                if last.is_some_and(|last| last.is_none() || query.is_none()) {
                    return Err(wrong(lines + line, "a qid in every line or in none", query.unwrap_or_default()));
                }
                let id = query.unwrap_or_default();
                if !met.insert(id) {
                    return Err(wrong(lines + line, "the items of a query together", id));
                }
                if last.is_some() {
                    letor.offsets.push(letor.labels.len() + item);
                }
                letor.queries.push(String::from_utf8_lossy(id).into_owned());
                last = Some(query);
            }
        }
        if let Some((line, expected, got)) = &piece.error {
            return Err(wrong(lines + line, expected, got));
        }
        lines += piece.lines;
        letor.labels.extend_from_slice(&piece.labels);
        if options.columns.is_none() {
            letor.columns = letor.columns.max(piece.columns);
        }
    }
    if last.is_some() {
        letor.offsets.push(letor.labels.len());
    }
    let (rows, columns) = (letor.labels.len(), letor.columns);
    let total = rows.checked_mul(columns).filter(|&total| total <= 1 << 40);
    let total = total.ok_or(LetorError::TooLarge { rows, columns })?;
    letor.features.try_reserve_exact(total).map_err(|_| LetorError::TooLarge { rows, columns })?;
    letor.features.resize(total, 0.0);
    let mut first = 0;
    for piece in pieces {
        let mut start = 0;
        for (row, &end) in piece.ends.iter().enumerate() {
            let into = &mut letor.features[(first + row) * columns..(first + row + 1) * columns];
            for &(column, value) in &piece.entries[start..end] {
                into[column as usize] = value;
            }
            start = end;
        }
        first += piece.ends.len();
    }
    Ok(letor)
}
