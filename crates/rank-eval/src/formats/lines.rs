//! Lines of columns: TREC and BEIR.

use std::ops::Range;

use super::source::Chunk;
use super::{Parsed, Problem, number};
use crate::table::Part;

const RUN_ADVICE: &str = "a line of a run is \"query Q0 document rank score tag\"";
const QRELS_ADVICE: &str = "a line of qrels is \"query iteration document grade\"";
const BEIR_ADVICE: &str = "a line of BEIR qrels is query, document and grade, separated by tabs";

/// White space within a line.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c)
}

/// The next word of a line, from `at` on, which is moved to its end; empty at the end of the line.
#[inline(always)]
#[allow(clippy::inline_always, reason = "six calls for each line of a file of millions")]
fn word(bytes: &[u8], at: &mut usize) -> Range<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    while is_blank(bytes[*at]) {
        *at += 1;
    }
    let start = *at;
    while let Some(&eight) = bytes[*at..].first_chunk::<8>() {
        // Eight bytes at once: the lowest bit set is in the first byte that is at most a space.
        let eight = u64::from_le_bytes(eight);
        let low = eight.wrapping_sub(ONES * 0x21) & !eight & (ONES * 0x80);
        if low == 0 {
            *at += 8;
            continue;
        }
        *at += low.trailing_zeros() as usize / 8;
        let byte = bytes[*at];
        if is_blank(byte) || byte == b'\n' {
            break;
        }
        // Another control character.
        *at += 1;
    }
    start..*at
}

/// The number of the line that a position is in.
fn line_of(bytes: &[u8], position: usize) -> usize {
    memchr::memchr_iter(b'\n', &bytes[..position]).count()
}

/// A chunk as text.
pub(super) fn check_utf8<'a>(chunk: &Chunk<'a>) -> Result<&'a str, Problem> {
    std::str::from_utf8(chunk.text()).map_err(|error| Problem {
        line: line_of(chunk.bytes, error.valid_up_to()),
        expected: "UTF-8",
        got: "other bytes".to_owned(),
        advice: "convert the file to UTF-8",
    })
}

/// The rows of a chunk of lines of `N` words, of which `query` and `document` are the places of two.
fn words<const N: usize, V: Copy>(
    chunk: &Chunk<'_>,
    [query, document]: [usize; 2],
    [expected, advice]: [&'static str; 2],
    value: impl Fn(&[Range<usize>; N]) -> Result<V, &'static str>,
) -> Result<Parsed<V>, Problem> {
    check_utf8(chunk)?;
    let &Chunk { bytes, end, .. } = chunk;
    let mut part = part_for(bytes, end);
    let mut skipped = Vec::new();
    let mut last = 0..0;
    let mut line = 0;
    let mut at = 0;
    while at < end {
        let first = word(bytes, &mut at);
        if first.is_empty() || bytes[first.start] == b'#' {
            skipped.push(line as u32);
            at = memchr::memchr(b'\n', &bytes[at..]).map_or(end, |length| at + length) + 1;
            line += 1;
            continue;
        }
        let mut found: [Range<usize>; N] = [const { 0..0 }; N];
        for place in &mut found[1..] {
            *place = word(bytes, &mut at);
        }
        found[0] = first;
        while is_blank(bytes[at]) {
            at += 1;
        }
        if found[N - 1].is_empty() || bytes[at] != b'\n' {
            let mut count = found.iter().filter(|word| !word.is_empty()).count();
            while !word(bytes, &mut at).is_empty() {
                count += 1;
            }
            return Err(Problem { line, expected, got: count.to_string(), advice });
        }
        let value = value(&found).map_err(|expected| {
            let wrong = if N == 6 { 4 } else { N - 1 };
            let got = String::from_utf8_lossy(&bytes[found[wrong].clone()]);
            Problem { line, expected, got: format!("{got:?}"), advice }
        })?;
        part.query_bytes(&bytes[found[query].clone()]);
        part.push_bytes(bytes, found[document].clone(), value);
        last = found[N - 1].clone();
        at += 1;
        line += 1;
    }
    let last = std::str::from_utf8(&bytes[last]).ok().filter(|last| !last.is_empty()).map(Box::from);
    Ok(Parsed { part, lines: line, skipped, last })
}

/// An empty part, with room for as many rows as there are lines if all are as long as the first.
fn part_for<V: Copy>(bytes: &[u8], end: usize) -> Part<V> {
    let first = memchr::memchr(b'\n', &bytes[..end]).unwrap_or(end);
    let rows = end / first.max(8) + 1;
    Part::with_capacity(rows + rows / 16, rows * 10)
}

pub(super) fn run(chunk: &Chunk<'_>) -> Result<Parsed<f64>, Problem> {
    words::<6, f64>(chunk, [0, 2], ["6 columns", RUN_ADVICE], |words| {
        number::float(&chunk.bytes[words[4].clone()]).ok_or("a score in column 5")
    })
}

fn grade(bytes: &[u8]) -> Result<i64, &'static str> {
    let number = std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
    number.ok_or("a whole number as grade in the last column")
}

pub(super) fn qrels(chunk: &Chunk<'_>) -> Result<Parsed<i64>, Problem> {
    words::<4, i64>(chunk, [0, 2], ["4 columns", QRELS_ADVICE], |words| grade(&chunk.bytes[words[3].clone()]))
}

/// The lines of a chunk that are not empty and no comments, with their numbers, and the number of all.
pub(super) fn content(
    text: &str,
    mut visit: impl FnMut(usize, &str) -> Result<bool, Problem>,
) -> Result<(usize, Vec<u32>), Problem> {
    let mut skipped = Vec::new();
    let mut lines = 0;
    for line in text.lines() {
        let blank = line.trim_ascii();
        if blank.is_empty() || blank.starts_with('#') || !visit(lines, line)? {
            skipped.push(lines as u32);
        }
        lines += 1;
    }
    Ok((lines, skipped))
}

pub(super) fn beir(chunk: &Chunk<'_>) -> Result<Parsed<i64>, Problem> {
    let mut part: Part<i64> = Part::default();
    let mut is_first = chunk.number == 0;
    let (lines, skipped) = content(check_utf8(chunk)?, |line, text| {
        if std::mem::take(&mut is_first) {
            return Ok(false);
        }
        let mut cells = text.split('\t');
        let (Some(query), Some(document), Some(value), None) = (cells.next(), cells.next(), cells.next(), cells.next())
        else {
            let count = text.split('\t').count();
            return Err(Problem { line, expected: "3 columns", got: count.to_string(), advice: BEIR_ADVICE });
        };
        let value = grade(value.as_bytes()).map_err(|expected| Problem {
            line,
            expected,
            got: format!("{value:?}"),
            advice: BEIR_ADVICE,
        })?;
        part.query(query);
        part.push(document, value);
        Ok(true)
    })?;
    Ok(Parsed { part, lines, skipped, last: None })
}
