//! Files of runs and qrels.

mod jsonl;
mod lines;
mod number;
mod obstacle;
mod rows;
mod source;
mod write;

use std::io::{self, Read};
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use rows::for_each_row;
pub(crate) use source::{decoded, open};
pub(crate) use write::{beir_qrels, check_cells, check_words, jsonl, trec_qrels, trec_run, write_file};

use self::obstacle::Obstacle;
use self::source::{Chunk, Chunks};
use crate::parallel;
use crate::run::fault;
use crate::table::{Cell, Fault, Part, Row, Table, assemble};
use crate::watch::{Watch, tell};
use crate::{Error, Result};

pub(crate) fn file_error<'a>(path: &'a Path, action: &'static str) -> impl Fn(io::Error) -> Error + 'a {
    move |source| match source.downcast() {
        Ok(obstacle) => Obstacle::at(obstacle, path),
        Err(source) => Error::File { path: path.to_owned(), action, source },
    }
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
    /// The last word of the last line, where lines are words.
    last: Option<Box<str>>,
}

/// A table, and the last word of the last line that it was read from.
type Tagged<V> = Result<(Table<V>, Option<Box<str>>)>;

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
        if after_brace.is_some_and(|rest| rest.starts_with(b"\"") || rest.starts_with(b"}")) && first.ends_with(b"}")
            || matches!(first, b"{" | b"[")
        {
            Self::Json
        } else if words.by_ref().eq([b"query-id".as_slice(), b"corpus-id", b"score"]) {
            Self::Beir
        } else {
            Self::Trec
        }
    }
}

pub(crate) fn read_run<'a>(
    reader: Box<dyn Read + Send + 'a>,
    path: &Path,
    threads: usize,
    watch: &Watch<'_>,
) -> Tagged<f64> {
    let reader = Chunks::new(reader, source::SIZE);
    read(reader, path, threads, watch, |form, chunk| match form {
        Form::Json => jsonl::run(chunk),
        Form::Trec | Form::Beir => lines::run(chunk),
    })
}

pub(crate) fn read_qrels<'a>(
    reader: Box<dyn Read + Send + 'a>,
    path: &Path,
    threads: usize,
    watch: &Watch<'_>,
) -> Result<Table<i64>> {
    let reader = Chunks::new(reader, source::SIZE);
    let (table, _) = read(reader, path, threads, watch, |form, chunk| match form {
        Form::Json => jsonl::qrels(chunk),
        Form::Trec => lines::qrels(chunk),
        Form::Beir => lines::beir(chunk),
    })?;
    Ok(table)
}

/// What became of a chunk.
enum Outcome<V> {
    Parsed(Parsed<V>),
    Wrong(Problem),
    Unread(io::Error),
    Stopped,
}

/// Chunks are read one after the other and parsed by whichever thread is free.
fn read<V: Cell>(
    chunks: io::Result<Chunks<'_>>,
    path: &Path,
    threads: usize,
    watch: &Watch<'_>,
    parse: impl Fn(Form, &Chunk<'_>) -> std::result::Result<Parsed<V>, Problem> + Sync,
) -> Tagged<V> {
    let mut chunks = chunks.map_err(file_error(path, "read"))?;
    let mut buffer = Vec::new();
    let first = chunks.next(&mut buffer).map_err(file_error(path, "read"))?;
    let Some(first) = first else { return assemble(Vec::new(), 1, watch).map(|table| (table, None)).map_err(fault) };
    let form = Form::of(&first);
    let parse = |chunk: &Chunk<'_>| match parse(form, chunk) {
        _ if tell(watch, chunk.read).is_err() => Outcome::Stopped,
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
    build(outcomes.into_iter().map(|(_, outcome)| outcome), path, threads, watch)
}

fn build<V: Cell>(
    outcomes: impl Iterator<Item = Outcome<V>>,
    path: &Path,
    threads: usize,
    watch: &Watch<'_>,
) -> Tagged<V> {
    let malformed = |line: usize, problem: Problem| {
        let Problem { expected, got, advice, .. } = problem;
        Error::Malformed { path: path.to_owned(), line: line + 1, expected, got, advice }
    };
    let mut lines = 0;
    let mut last = None;
    let mut parts = Vec::new();
    // The first line of each part, and those of its lines that have no row.
    let mut places = Vec::new();
    for outcome in outcomes {
        match outcome {
            Outcome::Parsed(mut parsed) => {
                parts.push(std::mem::take(&mut parsed.part));
                last = parsed.last.take().or(last);
                let count = parsed.lines;
                places.push((lines, parsed));
                lines += count;
            }
            Outcome::Wrong(problem) => return Err(malformed(lines + problem.line, problem)),
            Outcome::Stopped => return Err(Error::Interrupted),
            Outcome::Unread(error) => return Err(file_error(path, "read")(error)),
        }
    }
    let table = assemble(parts, threads, watch).map_err(|error| {
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
    })?;
    Ok((table, last))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use proptest::prelude::*;

    use super::source::Chunks;
    use super::{Form, Tagged, jsonl, lines, read};
    use crate::table::Table;
    use crate::watch::unwatched;

    fn read_in_chunks(text: &str, size: usize, threads: usize) -> Tagged<f64> {
        let chunks = Chunks::new(Box::new(text.as_bytes()), size);
        read(chunks, Path::new("run"), threads, &unwatched, |form, chunk| match form {
            Form::Json => jsonl::run(chunk),
            _ => lines::run(chunk),
        })
    }

    type Lists = BTreeMap<String, BTreeMap<String, f64>>;

    fn lists(table: &Table<f64>) -> Lists {
        let mut lists = Lists::new();
        for (number, query) in table.queries().iter().enumerate() {
            let list = lists.entry(query.to_string()).or_default();
            list.extend(table.rows(number).iter().map(|(document, score)| (document.to_owned(), score)));
        }
        lists
    }

    /// Line by line, or the number of the first line that is wrong.
    fn oracle(text: &str) -> Result<(Lists, Option<String>), usize> {
        let mut lists = Lists::new();
        let mut tag = None;
        for (number, line) in text.split('\n').enumerate() {
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            if words.first().is_none_or(|first| first.starts_with('#')) {
                continue;
            }
            let score = words.get(4).and_then(|score| score.parse().ok()).filter(|score: &f64| !score.is_nan());
            let (Some(score), 6) = (score, words.len()) else { return Err(number + 1) };
            if lists.entry(words[0].to_owned()).or_default().insert(words[2].to_owned(), score).is_some() {
                // Only known to be wrong when all lines are known to be right.
                return Err(usize::MAX);
            }
            tag = Some(words[5].to_owned());
        }
        Ok((lists, tag))
    }

    fn line() -> impl Strategy<Value = String> {
        let document = "[a-z\u{e9}]{1,30}|D[0-9]{7}";
        prop_oneof![
            20 => ("[pq][0-9]?", document, "-?[0-9]{1,3}(\\.[0-9]{0,20})?", "[ \t]{1,2}", "[ \t\r]?").prop_map(
                |(query, document, score, space, end)| {
                    format!("{query} Q0{space}{document} 1 {score}{space}t{end}")
                }
            ),
            1 => Just(String::new()),
            1 => "#[a-z ]{0,9}",
        ]
    }

    proptest! {
        #[test]
        fn chunks_and_threads_do_not_show(
            lines in prop::collection::vec(line(), 0..40),
            size in 1..300_usize,
            threads in 1..4_usize,
            ends in any::<bool>(),
            wrong in prop::option::weighted(0.2, (any::<prop::sample::Index>(), "[a-z ]{1,9}")),
        ) {
            let mut lines = lines;
            if let (Some((place, text)), false) = (wrong, lines.is_empty()) {
                let place = place.index(lines.len());
                lines[place] = text;
            }
            let mut text = lines.join("\n");
            if ends {
                text.push('\n');
            }
            let got = read_in_chunks(&text, size, threads);
            match oracle(&text) {
                Ok((expected, tag)) => {
                    let (table, got_tag) = got.unwrap();
                    prop_assert_eq!(lists(&table), expected);
                    prop_assert_eq!(got_tag.as_deref(), tag.as_deref());
                }
                Err(usize::MAX) => prop_assert!(got.is_err()),
                Err(line) => {
                    let error = got.unwrap_err().to_string();
                    prop_assert!(error.starts_with(&format!("run:{line}: ")), "{} is not of line {}", error, line);
                }
            }
        }

        #[test]
        fn the_earliest_duplicate_is_named(
            rows in prop::collection::vec((0..3_u8, 0..9_u8), 2..60),
            size in 1..100_usize,
            threads in 1..4_usize,
            blank in any::<prop::sample::Index>(),
        ) {
            let mut lines: Vec<String> = rows.iter().map(|(query, document)| format!("q{query} 0 d{document} 0 1 t")).collect();
            lines.insert(blank.index(lines.len()), "# a comment".to_owned());
            let first_of = |line: &String| lines.iter().position(|other| other == line).unwrap();
            let again = lines.iter().enumerate().find(|(number, line)| first_of(line) < *number);
            match (again, read_in_chunks(&lines.join("\n"), size, threads)) {
                (None, got) => prop_assert!(got.is_ok()),
                (Some((number, line)), got) => {
                    let error = got.unwrap_err().to_string();
                    let words: Vec<&str> = line.split(' ').collect();
                    let expected = format!(
                        "run:{}: expected each document once per query, got document \"{}\" of query \"{}\" of line {} \
                         again; drop one of the two lines",
                        number + 1, words[2], words[0], first_of(line) + 1
                    );
                    prop_assert_eq!(error, expected);
                }
            }
        }
    }
}
