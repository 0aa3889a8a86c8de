//! The command line: whatever its options are, it ends with one of its codes, and says why if that is not 0.

#![no_main]

use libfuzzer_sys::fuzz_target;

const RUN: &[u8] = b"q1 Q0 a 1 2.0 t\nq1 Q0 b 2 1.0 t\nq2 Q0 a 1 1.0 t\n";

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // Other files are none of its business, and subcommands write some.
    if text.contains('/') {
        return;
    }
    let mut arguments: Vec<&str> = text.split_ascii_whitespace().collect();
    if arguments.first().is_some_and(|first| !first.starts_with('-')) {
        return;
    }
    arguments.extend([concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/qrels/trec"), "-"]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = rank_eval::cli::run(arguments, &mut &RUN[..], &mut out, &mut err);
    assert!(matches!(code, 0 | 1 | 2 | 7), "{code}");
    assert_eq!(code == 0, err.is_empty(), "{}", String::from_utf8_lossy(&err));
    assert!(code == 0 || String::from_utf8(err).unwrap().starts_with("rank-eval: "));
    assert!(String::from_utf8(out).is_ok());
});
