//! Runs and judgments in TREC's text format, plain or gzipped.

use std::collections::HashMap;
use std::fmt::Display;
use std::fs;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

use crate::rows::Rows;
use crate::{Error, FusedRun, Result};

/// A run as it is in a file: `query Q0 document rank score tag`, one row per line. The rank is not looked at: the order
/// is that of the scores.
///
/// ```
/// use rank_fusion::{Fusion, Method, Order, TrecRun, fuse_runs};
///
/// let a = TrecRun::parse("1 Q0 d1 1 0.9 a\n1 Q0 d2 2 0.8 a\n".to_owned(), "a.run")?;
/// let b = TrecRun::parse("1 Q0 d2 1 31 b\n".to_owned(), "b.run")?;
/// let fusion = Fusion::new(Method::ReciprocalRank { k: 0.0 }).order(Order::Sorted);
/// let fused = fuse_runs(&[&a, &b], &fusion, None, |_, _| true)?;
/// assert_eq!((fused.documents, fused.scores), (vec!["d2", "d1"], vec![1.5, 1.0]));
/// # Ok::<(), rank_fusion::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct TrecRun {
    text: String,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    query: Span,
    document: Span,
    score: f64,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    length: u32,
}

impl TrecRun {
    /// Reads a file, gzipped or not.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], and those of [`TrecRun::parse`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::parse(read_text(path)?, &path.display().to_string())
    }

    /// Reads text; `name` names it in messages.
    ///
    /// # Errors
    ///
    /// [`Error::BadLine`] for a line that has not six fields or whose score is no number.
    pub fn parse(text: String, name: &str) -> Result<Self> {
        let mut rows = Vec::with_capacity(text.len() / 48);
        for (number, line) in (1..).zip(text.lines()) {
            let mut fields = line.split_ascii_whitespace();
            let [Some(query), Some(_), Some(document), Some(_), Some(score), Some(_), None] =
                std::array::from_fn(|_| fields.next())
            else {
                if line.trim_ascii().is_empty() {
                    continue;
                }
                return Err(bad_line(name, number, "six fields (query Q0 document rank score tag)", line));
            };
            let Some(score) = score.parse().ok().filter(|score: &f64| !score.is_nan()) else {
                return Err(bad_line(name, number, "a number as the fifth field", score));
            };
            let span = |field: &str| Span {
                start: field.as_ptr() as usize - text.as_ptr() as usize,
                length: field.len() as u32,
            };
            rows.push(Row { query: span(query), document: span(document), score });
        }
        Ok(Self { text, rows })
    }

    fn field(&self, span: Span) -> &str {
        &self.text[span.start..span.start + span.length as usize]
    }
}

impl<'a> Rows for &'a TrecRun {
    type Query = &'a str;
    type Document = &'a str;

    fn len(&self) -> usize {
        self.rows.len()
    }
    fn query(&self, row: usize) -> &'a str {
        let run: &'a TrecRun = self;
        run.field(run.rows[row].query)
    }
    fn document(&self, row: usize) -> &'a str {
        let run: &'a TrecRun = self;
        run.field(run.rows[row].document)
    }
    fn score(&self, row: usize) -> f64 {
        self.rows[row].score
    }
}

/// Judgments: per query the grades of its documents.
pub type Grades = HashMap<String, HashMap<String, i64>>;

/// Reads judgments: `query 0 document grade`, one per line, gzipped or not.
///
/// # Errors
///
/// [`Error::Io`]; [`Error::BadLine`] for a line that has not four fields, whose grade is no integer, or which judges a
/// document again.
pub fn read_qrels(path: impl AsRef<Path>) -> Result<Grades> {
    let path = path.as_ref();
    let name = path.display().to_string();
    let mut grades = Grades::new();
    for (number, line) in (1..).zip(read_text(path)?.lines()) {
        let mut fields = line.split_ascii_whitespace();
        let [Some(query), Some(_), Some(document), Some(grade), None] = std::array::from_fn(|_| fields.next()) else {
            if line.trim_ascii().is_empty() {
                continue;
            }
            return Err(bad_line(&name, number, "four fields (query 0 document grade)", line));
        };
        let Ok(grade) = grade.parse() else {
            return Err(bad_line(&name, number, "an integer as the fourth field", grade));
        };
        if grades.entry(query.to_owned()).or_default().insert(document.to_owned(), grade).is_some() {
            return Err(bad_line(&name, number, "each document judged once for a query", document));
        }
    }
    Ok(grades)
}

impl<Q: Display, D: Display> FusedRun<Q, D> {
    /// Writes the run to a file, gzipped if its name ends in `.gz`; it appears under its name when it is complete.
    /// Readers that follow `trec_eval` order equal scores by document descending, whatever the rank.
    ///
    /// # Errors
    ///
    /// [`Error::Io`].
    pub fn write(&self, path: impl AsRef<Path>, tag: &str) -> Result<()> {
        let path = path.as_ref();
        replace(path, |file| {
            if path.extension().is_some_and(|extension| extension == "gz") {
                let mut encoder = GzEncoder::new(file, Compression::default());
                self.write_rows(&mut encoder, tag)?;
                encoder.finish().map(drop)
            } else {
                self.write_rows(file, tag)
            }
        })
    }

    /// Writes the rows as text.
    ///
    /// # Errors
    ///
    /// What `out` returns.
    pub fn write_rows(&self, out: &mut dyn Write, tag: &str) -> std::io::Result<()> {
        for (query, documents, scores) in self.iter() {
            for (rank, (document, score)) in (1..).zip(documents.iter().zip(scores)) {
                writeln!(out, "{query} Q0 {document} {rank} {score} {tag}")?;
            }
        }
        Ok(())
    }
}

/// Writes a file under a temporary name that is then changed.
pub(crate) fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let write = || {
        let mut file = BufWriter::new(fs::File::create(&temporary)?);
        write(&mut file)?;
        file.flush()?;
        fs::rename(&temporary, path)
    };
    write().map_err(|error| {
        // The error that is told is the first.
        let _ = fs::remove_file(&temporary);
        io(path, "written", &error)
    })
}

fn read_text(path: &Path) -> Result<String> {
    let fail = |error: std::io::Error| io(path, "read", &error);
    let mut bytes = fs::read(path).map_err(fail)?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::with_capacity(bytes.len() * 4);
        MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).map_err(fail)?;
        bytes = plain;
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let number = before.split(|byte| *byte == b'\n').count();
        bad_line(&path.display().to_string(), number, "UTF-8", "other bytes")
    })
}

fn io(path: &Path, action: &'static str, error: &std::io::Error) -> Error {
    Error::Io { path: path.display().to_string(), action, reason: error.to_string(), kind: error.kind() }
}

fn bad_line(name: &str, line: usize, expected: &'static str, got: &str) -> Error {
    let got = got.chars().take(80).collect();
    Error::BadLine { name: name.to_owned(), line, expected, got }
}
