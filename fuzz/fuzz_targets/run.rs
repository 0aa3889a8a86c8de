//! Runs in TREC form: the same rows as a reader line by line finds, or an error of the same line.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use rank_eval::{Error, Measure, Options, Order, Qrels, Run, TrecEval, evaluate_with};

type Lists = BTreeMap<String, BTreeMap<String, u64>>;

/// Whether JSON or the first line of BEIR qrels is seen.
fn is_other_form(text: &[u8]) -> bool {
    text.windows(1).any(|byte| byte == b"{") || text.windows(8).any(|word| word == b"query-id")
}

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
        let score = words.get(4).and_then(|score| score.parse().ok()).filter(|score: &f64| !score.is_nan());
        let (Some(score), 6) = (score, words.len()) else { return Err(Some(number + 1)) };
        duplicate |=
            lists.entry(words[0].to_owned()).or_default().insert(words[2].to_owned(), score.to_bits()).is_some();
    }
    if duplicate { Err(None) } else { Ok(lists) }
}

fn lists(run: &Run) -> Lists {
    let list = |query: &str| {
        let ranked = run.ranked(query).unwrap();
        ranked.map(|(document, score)| (document.to_owned(), score.to_bits())).collect()
    };
    run.queries().map(|query| (query.to_owned(), list(query))).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let read = Run::from_reader(bytes, "run");
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if is_other_form(bytes) || bytes.starts_with(&[0x1f, 0x8b]) {
        return;
    }
    if matches!(read, Err(Error::NoTextFile { .. })) {
        return;
    }
    match (by_line(text.strip_prefix('\u{feff}').unwrap_or(text)), read) {
        (Ok(expected), Ok(run)) => {
            assert_eq!(lists(&run), expected);
            written_and_evaluated(&run);
        }
        (Err(line), Err(error)) => {
            if let Some(line) = line {
                assert!(error.to_string().starts_with(&format!("run:{line}: ")), "{error} is not of line {line}");
            }
        }
        (expected, got) => panic!("expected {expected:?}, got {got:?}"),
    }
});

fn written_and_evaluated(run: &Run) {
    let mut written = Vec::new();
    if run.write_trec_to(&mut written, "out", "tag").is_ok() {
        assert_eq!(lists(&Run::from_reader(written.as_slice(), "again").unwrap()), lists(run));
    }
    let grades = run.queries().map(|query| {
        let ranked = run.ranked(query).unwrap().enumerate().step_by(2);
        (
            query.to_owned(),
            ranked.map(|(place, (document, _))| (document.to_owned(), place as i64 % 4 - 1)).collect::<Vec<_>>(),
        )
    });
    let qrels = Qrels::from_nested(grades.collect::<Vec<_>>()).unwrap();
    let measures: Vec<Measure> = ["nDCG@3", "AP", "RR", "bpref"].iter().map(|name| name.parse().unwrap()).collect();
    for order in [Order::DocidDesc, Order::DocidAsc, Order::Stable, Order::Best, Order::Worst] {
        for compat in [None, Some(TrecEval::V9)] {
            let options = Options::default().order(order).compat(compat);
            match evaluate_with(&qrels, run, &measures, options) {
                Ok(evaluation) => assert!(measures.iter().all(|measure| evaluation.mean(measure).unwrap().is_finite())),
                Err(_) => assert!(run.is_empty()),
            }
        }
    }
}
