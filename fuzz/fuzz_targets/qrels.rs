//! Judgments in TREC form: the same rows as a reader line by line finds, or an error of the same line.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use rank_eval::{Error, Qrels};

type Lists = BTreeMap<String, BTreeMap<String, i64>>;

/// The rows, or the number of the first line that is wrong; `Err(None)` for a duplicate.
fn by_line(text: &str) -> Result<Lists, Option<usize>> {
    let mut lists = Lists::new();
    let mut duplicate = false;
    for (number, line) in text.split('\n').enumerate() {
        let blank = |character: char| matches!(character, ' ' | '\t' | '\r' | '\x0b' | '\x0c');
        let words: Vec<&str> = line.split(blank).filter(|word| !word.is_empty()).collect();
        if words.first().is_none_or(|first| first.starts_with('#')) {
            continue;
        }
        let (Some(grade), 4) = (words.get(3).and_then(|grade| grade.parse().ok()), words.len()) else {
            return Err(Some(number + 1));
        };
        duplicate |= lists.entry(words[0].to_owned()).or_default().insert(words[2].to_owned(), grade).is_some();
    }
    if duplicate { Err(None) } else { Ok(lists) }
}

fn lists(qrels: &Qrels) -> Lists {
    let list =
        |query: &str| qrels.judged(query).unwrap().map(|(document, grade)| (document.to_owned(), grade)).collect();
    qrels.queries().map(|query| (query.to_owned(), list(query))).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let read = Qrels::from_reader(bytes, "qrels");
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let is_other_form = bytes.contains(&b'{') || bytes.windows(8).any(|word| word == b"query-id");
    if is_other_form || bytes.starts_with(&[0x1f, 0x8b]) {
        return;
    }
    if matches!(read, Err(Error::NoTextFile { .. })) {
        return;
    }
    match (by_line(text.strip_prefix('\u{feff}').unwrap_or(text)), read) {
        (Ok(expected), Ok(qrels)) => {
            assert_eq!(lists(&qrels), expected);
            let mut written = Vec::new();
            if qrels.write_trec_to(&mut written, "out").is_ok() {
                assert_eq!(lists(&Qrels::from_reader(written.as_slice(), "again").unwrap()), expected);
            }
        }
        (Err(line), Err(error)) => {
            if let Some(line) = line {
                assert!(error.to_string().starts_with(&format!("qrels:{line}: ")), "{error} is not of line {line}");
            }
        }
        (expected, got) => panic!("expected {expected:?}, got {got:?}"),
    }
});
