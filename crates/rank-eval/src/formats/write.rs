//! Runs and qrels into files.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Obstacle, file_error};
use crate::table::{Cell, Table};
use crate::watch::{Steps, Watch, tell};
use crate::{Error, Result};

/// Whether lines of words can hold all ids.
pub(crate) fn check_words<V: Cell>(table: &Table<V>, tag: Option<&str>, watch: &Watch<'_>) -> Result<()> {
    let word = |argument, value: &str| {
        if value.is_empty() || value.contains(|character: char| character.is_whitespace()) {
            return Err(Error::NotAWord { argument, value: value.to_owned() });
        }
        Ok(())
    };
    tag.map_or(Ok(()), |tag| word("tag", tag))?;
    each_id(table, watch, |argument, value| {
        word(argument, value)?;
        if argument == "query id" && value.starts_with('#') {
            return Err(Error::ReadsAsComment { value: value.to_owned() });
        }
        // The first line says what a file is.
        let begins_otherwise = value.starts_with(['\u{feff}', '{'])
            || Obstacle::of_no_text(&value.as_bytes()[..value.len().min(10)]).is_some();
        if argument == "query id" && begins_otherwise {
            return Err(Error::ReadsAsOtherFormat { value: value.to_owned() });
        }
        Ok(())
    })
}

/// Whether lines of cells that tabs separate can hold all ids.
pub(crate) fn check_cells<V: Cell>(table: &Table<V>, watch: &Watch<'_>) -> Result<()> {
    each_id(table, watch, |argument, value| {
        if value.contains(['\t', '\n', '\r']) || value.trim_ascii().is_empty() {
            return Err(Error::NotAWord { argument, value: value.to_owned() });
        }
        if argument == "query id" && value.trim_ascii().starts_with('#') {
            return Err(Error::ReadsAsComment { value: value.to_owned() });
        }
        Ok(())
    })
}

fn each_id<V: Cell>(
    table: &Table<V>,
    watch: &Watch<'_>,
    mut check: impl FnMut(&'static str, &str) -> Result<()>,
) -> Result<()> {
    for (number, query) in table.queries().iter().enumerate() {
        tell(watch, 0)?;
        check("query id", query)?;
        table.rows(number).iter().try_for_each(|(document, _)| check("document id", document))?;
    }
    Ok(())
}

/// Calls `write` with a file that appears under its name only when it is complete.
pub(crate) fn write_file(path: &Path, write: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let failed = file_error(path, "write");
    let Some(name) = path.file_name() else {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "not the name of a file")));
    };
    // In the same folder, so that the rename stays within one file system.
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(temporary);
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let written = File::create(&temporary)
        .and_then(|file| write_compressed(file, extension, write))
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // Nothing to add if it was never created.
        let _ = fs::remove_file(&temporary);
        failed(error)
    })
}

fn write_compressed(file: File, extension: &str, write: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, file);
    match extension {
        "gz" => {
            let mut encoder = BufWriter::with_capacity(1 << 16, GzEncoder::new(out, Compression::default()));
            write(&mut encoder)?;
            out = encoder.into_inner()?.finish()?;
        }
        "zst" => {
            let mut encoder = zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL)?;
            write(&mut encoder)?;
            out = encoder.finish()?;
        }
        _ => write(&mut out)?,
    }
    out.into_inner()?.sync_all()
}

pub(crate) fn trec_run(run: &Table<f64>, out: &mut dyn Write, tag: &str, watch: &Watch<'_>) -> io::Result<()> {
    lines(run, watch, |query, position, document, score| {
        // The debug form of a float is the shortest that reads back to the same bits.
        writeln!(out, "{query} Q0 {document} {} {score:?} {tag}", position + 1)
    })
}

pub(crate) fn trec_qrels(qrels: &Table<i64>, out: &mut dyn Write, watch: &Watch<'_>) -> io::Result<()> {
    lines(qrels, watch, |query, _, document, grade| writeln!(out, "{query} 0 {document} {grade}"))
}

pub(crate) fn beir_qrels(qrels: &Table<i64>, out: &mut dyn Write, watch: &Watch<'_>) -> io::Result<()> {
    writeln!(out, "query-id\tcorpus-id\tscore")?;
    lines(qrels, watch, |query, _, document, grade| writeln!(out, "{query}\t{document}\t{grade}"))
}

pub(crate) fn jsonl<V: Cell + std::fmt::Debug>(
    table: &Table<V>,
    out: &mut dyn Write,
    watch: &Watch<'_>,
) -> io::Result<()> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    lines(table, watch, |query, _, document, value| {
        let (query, document) = (quoted(query), quoted(document));
        writeln!(out, "{{\"query_id\": {query}, \"doc_id\": {document}, \"score\": {value:?}}}")
    })
}

/// Calls `line` with the query, the position, the document and the value of each row.
fn lines<V: Cell>(
    table: &Table<V>,
    watch: &Watch<'_>,
    mut line: impl FnMut(&str, usize, &str, V) -> io::Result<()>,
) -> io::Result<()> {
    let stopped = |_| io::Error::other(Obstacle::Stopped);
    let mut steps = Steps::new(watch);
    for (number, query) in table.queries().iter().enumerate() {
        for (position, (document, value)) in table.rows(number).iter().enumerate() {
            line(query, position, document, value)?;
            steps.one().map_err(stopped)?;
        }
    }
    steps.report().map_err(stopped)
}
