//! Runs and judgments in lines of JSON, each line its own or all after a first one that is right.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rank_eval::{Qrels, Run};

fuzz_target!(|bytes: &[u8]| {
    let mut text = b"{\"query_id\": \"first\", \"doc_id\": 1, \"score\": 1}\n".to_vec();
    text.extend_from_slice(bytes);
    for text in [bytes, &text] {
        let run = Run::from_reader(text, "run");
        let qrels = Qrels::from_reader(text, "qrels");
        // What is a whole number is a number.
        if let (Ok(qrels), Ok(run)) = (&qrels, &run) {
            if text.len() > bytes.len() {
                assert_eq!(qrels.judgment_count(), run.document_count());
                assert_eq!(qrels.queries().collect::<Vec<_>>(), run.queries().collect::<Vec<_>>());
            }
        }
        if text.len() > bytes.len() {
            assert!(run.is_ok() || qrels.is_err());
        }
    }
});
