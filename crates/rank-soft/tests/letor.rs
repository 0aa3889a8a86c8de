//! The reader of LETOR files against one that reads line by line, the writer, and what is refused.
#![cfg(feature = "letor")]
#![allow(clippy::format_push_string, clippy::type_complexity, clippy::assigning_clones, clippy::needless_for_each)]

use std::io::Write as _;

use proptest::prelude::*;
use rank_soft::letor::{Letor, LetorError, LetorOptions, parse_letor, read_letor, write_letor};

/// Line by line, word by word, with what the library has.
fn by_line(text: &str) -> Letor {
    let mut rows: Vec<(f32, String, Vec<(usize, f32)>)> = Vec::new();
    for line in text.lines() {
        let mut words = line.split('#').next().unwrap().split_ascii_whitespace();
        let Some(label) = words.next() else { continue };
        let (mut query, mut features) = (String::new(), Vec::new());
        for word in words {
            let (name, value) = word.split_once(':').unwrap();
            if name == "qid" {
                query = value.to_owned();
            } else {
                features.push((name.parse::<usize>().unwrap() - 1, value.parse().unwrap()));
            }
        }
        rows.push((label.parse().unwrap(), query, features));
    }
    let columns = rows.iter().flat_map(|row| &row.2).map(|&(column, _)| column + 1).max().unwrap_or(0);
    let mut letor = Letor { features: vec![], columns, labels: vec![], offsets: vec![0], queries: vec![] };
    for (label, query, features) in rows {
        if letor.queries.last() != Some(&query) {
            if !letor.queries.is_empty() {
                letor.offsets.push(letor.labels.len());
            }
            letor.queries.push(query);
        }
        letor.labels.push(label);
        let mut row = vec![0.0; columns];
        features.into_iter().for_each(|(column, value)| row[column] = value);
        letor.features.extend(row);
    }
    if !letor.labels.is_empty() {
        letor.offsets.push(letor.labels.len());
    }
    letor
}

prop_compose! {
    fn text()(
        queries in prop::collection::vec(
            prop::collection::vec(
                (0_u8..5, prop::collection::btree_map(1_usize..12, "-?[0-9]{1,4}(\\.[0-9]{0,9})?(e-?[0-9])?", 0..6),
                 "( # ?[a-z: ]{0,6})?\r?\n( *(#x)?\n)?"),
                1..5,
            ),
            0..6,
        ),
        named in any::<bool>(),
    ) -> String {
        let mut text = String::new();
        for (number, items) in queries.iter().enumerate() {
            for (label, features, end) in items {
                text += &label.to_string();
                if named {
                    text += &format!("  qid:q{number}");
                }
                for (feature, value) in features {
                    text += &format!("\t{feature}:{value}");
                }
                text += end;
            }
        }
        text
    }
}

proptest! {
    #[test]
    fn it_reads_what_a_slow_reader_reads(text in text()) {
        let want = by_line(&text);
        for threads in [1, 3] {
            // Long enough to be cut into pieces.
            let options = LetorOptions { threads, ..LetorOptions::default() };
            prop_assert_eq!(&parse_letor(text.as_bytes(), "text", options).unwrap(), &want);
        }
    }

    #[test]
    fn what_is_written_is_read(text in text(), suffix in prop::sample::select(vec!["txt", "gz", "zst"])) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("file.{suffix}"));
        let letor = parse_letor(text.as_bytes(), "text", LetorOptions::default()).unwrap();
        if letor.labels.is_empty() {
            return Ok(());
        }
        write_letor(&path, &letor).unwrap();
        prop_assert_eq!(read_letor(&path, LetorOptions::default()).unwrap(), letor);
        prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn pieces_of_threads_are_one_file() {
    let mut text = String::new();
    for item in 0..20_000 {
        text += &format!("{} qid:{} 1:{} 7:{}.25 # {item}\n", item % 3, item / 11, item % 100, item % 17);
    }
    let want = by_line(&text);
    for threads in [1, 2, 5] {
        let options = LetorOptions { threads, ..LetorOptions::default() };
        assert_eq!(parse_letor(text.as_bytes(), "text", options).unwrap(), want);
    }
    let wrong = text.replacen("2 qid:1500 ", "2 qid:1500 0:1 ", 1);
    let line = wrong.lines().position(|line| line.contains("0:1 1:")).unwrap() + 1;
    for threads in [1, 2, 5] {
        let options = LetorOptions { threads, ..LetorOptions::default() };
        let error = parse_letor(wrong.as_bytes(), "text", options).unwrap_err().to_string();
        assert!(error.starts_with(&format!("text:{line}: expected features counted from 1")), "{error}");
    }
}

#[test]
fn compressed_files_are_known_by_their_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let text = b"1 qid:a 1:2\n0 qid:a 2:3\n";
    let want = parse_letor(text, "text", LetorOptions::default()).unwrap();
    let path = folder.path().join("file");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text).unwrap();
    for bytes in [text.to_vec(), gzip.finish().unwrap(), zstd::encode_all(&text[..], 1).unwrap()] {
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(read_letor(&path, LetorOptions::default()).unwrap(), want);
    }
    std::fs::write(&path, [0x1f, 0x8b, 1, 2]).unwrap();
    assert!(matches!(read_letor(&path, LetorOptions::default()), Err(LetorError::File { .. })));
}

#[test]
fn options_are_kept() {
    let read = |text: &str, columns, zero_based| {
        parse_letor(text.as_bytes(), "text", LetorOptions { columns, zero_based, threads: 1 })
    };
    assert_eq!(read("1 0:5 2:6", None, true).unwrap().features, [5.0, 0.0, 6.0]);
    assert_eq!(read("1 1:5", Some(3), false).unwrap().features, [5.0, 0.0, 0.0]);
    let empty = read("# nothing\n\n", None, false).unwrap();
    assert_eq!((empty.offsets, empty.queries.len(), empty.columns), (vec![0], 0, 0));
}

#[test]
fn every_error_names_its_line() {
    for (text, message) in [
        ("1 1:2\nx 1:2", "file:2: expected a label, which is a finite number, got \"x\"; repair the line"),
        ("nan 1:2", "file:1: expected a label, which is a finite number, got \"nan\""),
        ("1 qid:1 1:inf", "file:1: expected a value that is a finite number, got \"1:inf\""),
        ("1 qid:1 1:", "file:1: expected a value that is a finite number, got \"1:\""),
        ("\n1 qid:1 1", "file:2: expected a feature as number:value, got \"1\""),
        ("1 qid:1 a:1", "file:1: expected a feature as number:value, got \"a:1\""),
        ("1 qid:1 99999999999:1", "file:1: expected a feature as number:value, got \"99999999999:1\""),
        ("1 qid:1 0:1", "file:1: expected features counted from 1, unless zero_based is set, got \"0:1\""),
        ("1 qid:1 2:1 2:1", "file:1: expected features by ascending number, got \"2:1\""),
        ("1 qid:1 9:1", "file:1: expected at most 8 features, got \"9:1\""),
        ("1 qid:1 qid:1", "file:1: expected one qid, before the features, got \"qid:1\""),
        ("1 1:1 qid:1", "file:1: expected one qid, before the features, got \"qid:1\""),
        ("1 qid:1\n1 qid:2\n1 qid:1", "file:3: expected the items of a query together, got \"1\""),
        ("1 qid:1\n1 1:1", "file:2: expected a qid in every line or in none, got \"\""),
        ("1 1:1\n1 qid:1", "file:2: expected a qid in every line or in none, got \"1\""),
    ] {
        let options = LetorOptions { columns: Some(8), ..LetorOptions::default() };
        let error = parse_letor(text.as_bytes(), "file", options).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
    let error = parse_letor(b"1 4000000000:1\n".repeat(1000).as_slice(), "file", LetorOptions::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "features: expected at most 2^40 numbers and memory for them, got 1000 rows of 4000000000; number features from 1 on"
    );
    assert!(
        read_letor("/no/such/file", LetorOptions::default()).unwrap_err().to_string().starts_with("/no/such/file: ")
    );
}

#[test]
fn what_does_not_fit_is_not_written() {
    let good = parse_letor(b"1 qid:1 1:1\n1 qid:2 1:1\n", "text", LetorOptions::default()).unwrap();
    let refused = |change: &dyn Fn(&mut Letor)| {
        let mut letor = good.clone();
        change(&mut letor);
        write_letor("/no/such/folder/file", &letor).unwrap_err().to_string()
    };
    assert!(refused(&|letor| letor.columns = 2).starts_with("features: expected 2 rows of 2 numbers, got 2 numbers"));
    assert!(refused(&|letor| letor.offsets[1] = 0).starts_with("offsets: expected ascending positions from 0 to 2"));
    assert!(
        refused(&|letor| letor.queries.truncate(1)).starts_with("queries: expected 2 ids, one for each query, got 1")
    );
    for id in ["", "a b", "#", "2"] {
        assert!(refused(&|letor| letor.queries[0] = id.to_owned()).starts_with("queries: expected ids"), "{id}");
    }
    assert!(refused(&|letor| letor.labels[0] = f32::NAN).starts_with("labels: expected finite numbers, got NaN"));
    assert!(
        refused(&|letor| letor.features[0] = f32::INFINITY).starts_with("features: expected finite numbers, got inf")
    );
    assert!(refused(&|_| ()).starts_with("/no/such/folder/file: expected a file"));
}
