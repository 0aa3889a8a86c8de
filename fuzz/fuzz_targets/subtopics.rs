//! Judgments of subtopics: the queries that a reader line by line finds, or an error of the same line.

#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use rank_eval::{Error, SubtopicQrels};

/// The queries, or the number of the first line that is wrong; `Err(None)` for a duplicate.
fn by_line(text: &str) -> Result<BTreeSet<String>, Option<usize>> {
    let (mut queries, mut rows, mut duplicate) = (BTreeSet::new(), BTreeSet::new(), false);
    for (number, line) in text.split('\n').enumerate() {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        if words.first().is_none_or(|first| first.starts_with('#')) {
            continue;
        }
        if words.len() != 4 || words[3].parse::<i64>().is_err() {
            return Err(Some(number + 1));
        }
        duplicate |= !rows.insert((words[0], words[1], words[2]));
        queries.insert(words[0].to_owned());
    }
    if duplicate { Err(None) } else { Ok(queries) }
}

fuzz_target!(|bytes: &[u8]| {
    let read = SubtopicQrels::from_reader(bytes, "qrels");
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if matches!(read, Err(Error::NoTextFile { .. })) {
        return;
    }
    match (by_line(text.strip_prefix('\u{feff}').unwrap_or(text)), read) {
        (Ok(expected), Ok(qrels)) => {
            assert_eq!(qrels.queries().collect::<Vec<_>>(), expected.iter().map(String::as_str).collect::<Vec<_>>());
        }
        (Err(Some(line)), Err(error)) => {
            assert!(error.to_string().starts_with(&format!("qrels:{line}: ")), "{error} is not of line {line}");
        }
        (Err(None), Err(_)) => {}
        (expected, got) => panic!("expected {expected:?}, got {got:?}"),
    }
});
