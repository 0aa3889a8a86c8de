//! TREC and BEIR files.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;

use crate::qrels::QrelsBuilder;
use crate::run::RunBuilder;
use crate::table::Duplicate;
use crate::{Error, Qrels, Result, Run};

const RUN_ADVICE: &str = "a line of a run is \"query Q0 document rank score tag\"";
const QRELS_ADVICE: &str = "a line of qrels is \"query iteration document grade\"";
const BEIR_ADVICE: &str = "a line of BEIR qrels is query, document and grade, separated by tabs";

/// A line of a file, for errors.
struct Place<'a> {
    path: &'a Path,
    line: usize,
}

impl Place<'_> {
    fn malformed(&self, expected: &'static str, got: impl Into<String>, advice: &'static str) -> Error {
        Error::Malformed { path: self.path.to_owned(), line: self.line, expected, got: got.into(), advice }
    }
}

fn file_error<'a>(path: &'a Path, action: &'static str) -> impl Fn(io::Error) -> Error + 'a {
    move |source| Error::File { path: path.to_owned(), action, source }
}

/// Calls `visit` with each line. Gzip is known by its first two bytes, not by the name of the file.
fn for_each_line(path: &Path, mut visit: impl FnMut(&Place, &str) -> Result<()>) -> Result<()> {
    let failed = file_error(path, "read");
    let mut plain = BufReader::with_capacity(1 << 16, File::open(path).map_err(&failed)?);
    let is_gzip = plain.fill_buf().map_err(&failed)?.starts_with(&[0x1f, 0x8b]);
    let mut reader: Box<dyn BufRead> =
        if is_gzip { Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(plain))) } else { Box::new(plain) };
    let mut bytes = Vec::new();
    let mut place = Place { path, line: 0 };
    loop {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes).map_err(&failed)? == 0 {
            return Ok(());
        }
        place.line += 1;
        let Ok(line) = std::str::from_utf8(&bytes) else {
            return Err(place.malformed("UTF-8", "other bytes", "convert the file to UTF-8"));
        };
        visit(&place, line.trim_end_matches(['\n', '\r']))?;
    }
}

/// Exactly `N` columns.
fn columns<'a, const N: usize>(
    place: &Place,
    parts: impl Iterator<Item = &'a str>,
    expected: &'static str,
    advice: &'static str,
) -> Result<[&'a str; N]> {
    let mut found = [""; N];
    let mut count = 0;
    for part in parts {
        if let Some(slot) = found.get_mut(count) {
            *slot = part;
        }
        count += 1;
    }
    if count == N { Ok(found) } else { Err(place.malformed(expected, count.to_string(), advice)) }
}

/// The error of a document that is there twice for one query; `skipped` lines come before the first row.
fn duplicate_error(path: &Path, duplicate: &Duplicate, names: &(String, String), skipped: usize) -> Error {
    let (query, document) = names;
    let place = Place { path, line: duplicate.again + skipped + 1 };
    place.malformed(
        "each document once per query",
        format!("document {document:?} of query {query:?} of line {} again", duplicate.first + skipped + 1),
        "drop one of the two lines",
    )
}

pub(crate) fn read_run(path: &Path) -> Result<Run> {
    let mut builder = RunBuilder::default();
    for_each_line(path, |place, line| {
        let [query, _, document, _, score, _] = columns(place, line.split_ascii_whitespace(), "6 columns", RUN_ADVICE)?;
        let number = score.parse::<f64>().ok().filter(|score| !score.is_nan());
        let number = number.ok_or_else(|| place.malformed("a score in column 5", format!("{score:?}"), RUN_ADVICE))?;
        builder.query(query);
        builder.push(document, number);
        Ok(())
    })?;
    let rows = builder.rows();
    match rows.duplicate() {
        Some(duplicate) => Err(duplicate_error(path, &duplicate, &rows.names(duplicate.again), 0)),
        None => Ok(builder.build_checked()),
    }
}

pub(crate) fn read_qrels(path: &Path) -> Result<Qrels> {
    let mut builder = QrelsBuilder::default();
    let mut is_beir = false;
    for_each_line(path, |place, line| {
        if place.line == 1 && line.split_ascii_whitespace().eq(["query-id", "corpus-id", "score"]) {
            is_beir = true;
            return Ok(());
        }
        let (query, document, grade, advice) = if is_beir {
            let [query, document, grade] = columns(place, line.split('\t'), "3 columns", BEIR_ADVICE)?;
            (query, document, grade, BEIR_ADVICE)
        } else {
            let [query, _, document, grade] = columns(place, line.split_ascii_whitespace(), "4 columns", QRELS_ADVICE)?;
            (query, document, grade, QRELS_ADVICE)
        };
        let Ok(number) = grade.parse::<i64>() else {
            return Err(place.malformed("a whole number as grade in the last column", format!("{grade:?}"), advice));
        };
        builder.query(query);
        builder.push(document, number);
        Ok(())
    })?;
    let rows = builder.rows();
    match rows.duplicate() {
        Some(duplicate) => Err(duplicate_error(path, &duplicate, &rows.names(duplicate.again), usize::from(is_beir))),
        None => Ok(builder.build_checked()),
    }
}

pub(crate) fn write_run(run: &Run, path: &Path, tag: &str) -> Result<()> {
    let word = |argument, value: &str| {
        if value.is_empty() || value.contains(char::is_whitespace) {
            return Err(Error::NotAWord { argument, value: value.to_owned() });
        }
        Ok(())
    };
    word("tag", tag)?;
    run.queries().try_for_each(|query| word("query id", query))?;
    run.0.documents.names().try_for_each(|document| word("document id", document))?;

    let failed = file_error(path, "write");
    let Some(name) = path.file_name() else {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "not the name of a file")));
    };
    // In the same folder, so that the rename stays within one file system.
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(temporary);
    let is_gzip = path.extension().is_some_and(|extension| extension == "gz");
    let written = File::create(&temporary)
        .and_then(|file| write_lines(run, file, tag, is_gzip))
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // Nothing to add if it was never created.
        let _ = fs::remove_file(&temporary);
        failed(error)
    })
}

fn write_lines(run: &Run, file: File, tag: &str, is_gzip: bool) -> io::Result<()> {
    let lines = |out: &mut dyn Write| -> io::Result<()> {
        for (number, query) in run.queries().enumerate() {
            for (position, (document, score)) in run.0.named_rows(number as u32).enumerate() {
                // The debug form of a float is the shortest that reads back to the same bits.
                writeln!(out, "{query} Q0 {document} {} {score:?} {tag}", position + 1)?;
            }
        }
        Ok(())
    };
    let mut out = BufWriter::new(file);
    if is_gzip {
        let mut encoder = GzEncoder::new(out, Compression::default());
        lines(&mut encoder)?;
        out = encoder.finish()?;
    } else {
        lines(&mut out)?;
    }
    out.into_inner()?.sync_all()
}
