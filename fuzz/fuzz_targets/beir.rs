//! Judgments in BEIR form.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rank_eval::Qrels;

fuzz_target!(|bytes: &[u8]| {
    let mut text = b"query-id\tcorpus-id\tscore\n".to_vec();
    text.extend_from_slice(bytes);
    let Ok(qrels) = Qrels::from_reader(text.as_slice(), "qrels") else { return };
    let lines = std::str::from_utf8(bytes).unwrap().lines().map(str::trim_ascii);
    assert_eq!(qrels.judgment_count(), lines.filter(|line| !line.is_empty() && !line.starts_with('#')).count());
});
