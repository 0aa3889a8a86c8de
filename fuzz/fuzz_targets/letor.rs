//! Judged feature vectors: the same items as a reader line by line finds, or an error of the same line; what is written is
//! read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rank_soft::letor::{Letor, LetorError, LetorOptions, parse_letor, read_letor, write_letor};

/// So many features an item has, so that no short line asks for much memory.
const COLUMNS: usize = 64;

type Item = (f32, Option<String>, Vec<f32>);

/// What a line holds; `None` if it is wrong.
fn item(line: &[u8]) -> Option<Option<Item>> {
    let text = line.split(|&byte| byte == b'#').next()?;
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\x0b' | b'\x0c');
    let mut words = text.split(blank).filter(|word| !word.is_empty());
    let Some(label) = words.next() else { return Some(None) };
    let number = |word: &[u8]| std::str::from_utf8(word).ok()?.parse::<f32>().ok().filter(|value| value.is_finite());
    let label = number(label)?;
    let (mut query, mut features, mut next) = (None, vec![0.0; COLUMNS], 1);
    for word in words {
        let colon = word.iter().position(|&byte| byte == b':')?;
        let (name, value) = (std::str::from_utf8(&word[..colon]).ok()?, &word[colon + 1..]);
        if name == "qid" {
            if query.is_some() || next > 1 || value.is_empty() {
                return None;
            }
            query = Some(std::str::from_utf8(value).ok()?.to_owned());
            continue;
        }
        let digits = name.len() <= 10 && name.bytes().all(|byte| byte.is_ascii_digit());
        let feature: usize = name.parse().ok().filter(|_| digits)?;
        if feature < next || feature > COLUMNS {
            return None;
        }
        next = feature + 1;
        features[feature - 1] = number(value)?;
    }
    Some(Some((label, query, features)))
}

/// The file, or the number of the first line that is wrong.
fn by_line(text: &[u8]) -> Result<Letor, usize> {
    let mut letor =
        Letor { features: Vec::new(), columns: COLUMNS, labels: Vec::new(), offsets: vec![0], queries: Vec::new() };
    let mut last: Option<Option<String>> = None;
    for (number, line) in text.split(|&byte| byte == b'\n').enumerate() {
        let Some((label, query, features)) = item(line).ok_or(number + 1)? else { continue };
        if last.as_ref() != Some(&query) {
            let mixed = last.as_ref().is_some_and(|last| last.is_none() || query.is_none());
            let id = query.clone().unwrap_or_default();
            if mixed || letor.queries.contains(&id) {
                return Err(number + 1);
            }
            if last.is_some() {
                letor.offsets.push(letor.labels.len());
            }
            letor.queries.push(id);
            last = Some(query);
        }
        letor.labels.push(label);
        letor.features.extend(features);
    }
    if last.is_some() {
        letor.offsets.push(letor.labels.len());
    }
    Ok(letor)
}

fuzz_target!(|bytes: &[u8]| {
    let options = LetorOptions { columns: Some(COLUMNS), threads: 1, ..LetorOptions::default() };
    match (by_line(bytes), parse_letor(bytes, "file", options)) {
        (Ok(expected), Ok(letor)) => {
            assert_eq!(letor, expected);
            // In memory, so that a disk is not what is waited for.
            let path = std::path::Path::new("/dev/shm").join(format!("letor-{}", std::process::id()));
            if write_letor(&path, &letor).is_ok() {
                assert_eq!(read_letor(&path, options).unwrap(), letor);
            }
        }
        (Err(expected), Err(LetorError::Line { line, .. })) => assert_eq!(line, expected),
        (expected, got) => panic!("{expected:?} {got:?}"),
    }
});
