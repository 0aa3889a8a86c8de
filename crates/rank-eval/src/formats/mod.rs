//! Files of runs and qrels.

mod jsonl;
mod lines;
mod number;
mod source;
mod write;

use std::io::{self, Read};
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use source::open;
pub(crate) use write::{beir_qrels, check_cells, check_words, jsonl, trec_qrels, trec_run, write_file};

use self::source::{Chunk, Chunks};
use crate::parallel;
use crate::run::fault;
use crate::table::{Cell, Fault, Part, Row, Table, assemble};
use crate::{Error, Result};

pub(crate) fn file_error<'a>(path: &'a Path, action: &'static str) -> impl Fn(io::Error) -> Error + 'a {
    move |source| Error::File { path: path.to_owned(), action, source }
}

/// What is wrong with a line, which is counted from the first of its chunk, from 0.
#[derive(Debug)]
struct Problem {
    line: usize,
    expected: &'static str,
    got: String,
    advice: &'static str,
}

/// The rows of a chunk.
struct Parsed<V> {
    part: Part<V>,
    lines: usize,
    /// The lines without a row.
    skipped: Vec<u32>,
}

impl<V> Parsed<V> {
    /// The line of a row, both from 0.
    fn line(&self, row: usize) -> usize {
        self.skipped.iter().fold(row, |line, &skipped| line + usize::from(skipped as usize <= line))
    }
}

/// How the lines of a file are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Trec,
    Beir,
    Json,
}

impl Form {
    fn of(chunk: &Chunk<'_>) -> Self {
        let mut lines = chunk.text().split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
        let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"#")).unwrap_or_default();
        let mut words = first.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let after_brace = first.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
        if after_brace.is_some_and(|rest| rest.starts_with(b"\"") || rest.starts_with(b"}")) && first.ends_with(b"}") {
            Self::Json
        } else if words.by_ref().eq([b"query-id".as_slice(), b"corpus-id", b"score"]) {
            Self::Beir
        } else {
            Self::Trec
        }
    }
}

pub(crate) fn read_run<'a>(reader: Box<dyn Read + Send + 'a>, path: &Path, threads: usize) -> Result<Table<f64>> {
    read(reader, path, threads, |form, chunk| match form {
        Form::Json => jsonl::run(chunk),
        Form::Trec | Form::Beir => lines::run(chunk),
    })
}

pub(crate) fn read_qrels<'a>(reader: Box<dyn Read + Send + 'a>, path: &Path, threads: usize) -> Result<Table<i64>> {
    read(reader, path, threads, |form, chunk| match form {
        Form::Json => jsonl::qrels(chunk),
        Form::Trec => lines::qrels(chunk),
        Form::Beir => lines::beir(chunk),
    })
}

/// What became of a chunk.
enum Outcome<V> {
    Parsed(Parsed<V>),
    Wrong(Problem),
    Unread(io::Error),
}

/// Chunks are read one after the other and parsed by whichever thread is free.
fn read<V: Cell>(
    reader: Box<dyn Read + Send + '_>,
    path: &Path,
    threads: usize,
    parse: impl Fn(Form, &Chunk<'_>) -> std::result::Result<Parsed<V>, Problem> + Sync,
) -> Result<Table<V>> {
    let mut chunks = Chunks::new(reader).map_err(file_error(path, "read"))?;
    let mut buffer = Vec::new();
    let first = chunks.next(&mut buffer).map_err(file_error(path, "read"))?;
    let Some(first) = first else { return assemble(Vec::new(), 1).map_err(fault) };
    let form = Form::of(&first);
    let parse = |chunk: &Chunk<'_>| match parse(form, chunk) {
        Ok(parsed) => Outcome::Parsed(parsed),
        Err(problem) => Outcome::Wrong(problem),
    };
    let mut outcomes = vec![(first.number, parse(&first))];
    let workers = if chunks.is_done() { 1 } else { parallel::threads(threads, usize::MAX) };
    let chunks = Mutex::new(chunks);
    let failed = AtomicBool::new(!matches!(outcomes[0].1, Outcome::Parsed(_)));
    let work = |mut buffer: Vec<u8>| {
        let mut done = Vec::new();
        while !failed.load(Ordering::Relaxed) {
            let next = chunks.lock().unwrap_or_else(PoisonError::into_inner).next(&mut buffer);
            let (number, outcome) = match next {
                Ok(None) => break,
                Ok(Some(chunk)) => (chunk.number, parse(&chunk)),
                Err(error) => (usize::MAX, Outcome::Unread(error)),
            };
            if !matches!(outcome, Outcome::Parsed(_)) {
                failed.store(true, Ordering::Relaxed);
            }
            done.push((number, outcome));
        }
        done
    };
    let mut buffers = vec![Vec::new(); workers - 1];
    buffers.push(buffer);
    outcomes.extend(parallel::map(buffers, workers, work).into_iter().flatten());
    outcomes.sort_unstable_by_key(|&(number, _)| number);
    build(outcomes.into_iter().map(|(_, outcome)| outcome), path, threads)
}

fn build<V: Cell>(outcomes: impl Iterator<Item = Outcome<V>>, path: &Path, threads: usize) -> Result<Table<V>> {
    let malformed = |line: usize, problem: Problem| {
        let Problem { expected, got, advice, .. } = problem;
        Error::Malformed { path: path.to_owned(), line: line + 1, expected, got, advice }
    };
    let mut lines = 0;
    let mut parts = Vec::new();
    // The first line of each part, and those of its lines that have no row.
    let mut places = Vec::new();
    for outcome in outcomes {
        match outcome {
            Outcome::Parsed(mut parsed) => {
                parts.push(std::mem::take(&mut parsed.part));
                let count = parsed.lines;
                places.push((lines, parsed));
                lines += count;
            }
            Outcome::Wrong(problem) => return Err(malformed(lines + problem.line, problem)),
            Outcome::Unread(error) => return Err(file_error(path, "read")(error)),
        }
    }
    assemble(parts, threads).map_err(|error| {
        let Fault::Duplicate { query, document, first, again, .. } = error else { return fault(error) };
        let line = |row: Row| places[row.part].0 + places[row.part].1.line(row.row);
        malformed(
            line(again),
            Problem {
                line: 0,
                expected: "each document once per query",
                got: format!("document {document:?} of query {query:?} of line {} again", line(first) + 1),
                advice: "drop one of the two lines",
            },
        )
    })
}
