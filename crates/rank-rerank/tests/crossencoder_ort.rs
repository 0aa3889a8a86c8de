//! ONNX models against the scores of PyTorch. Those tests that run a model need `ORT_DYLIB_PATH`.
#![cfg(feature = "ort")]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rank_rerank::Error;
use rank_rerank::crossencoder::ort::{OrtCrossEncoder, OrtOptions};
use rank_rerank::crossencoder::{CrossEncoder, rerank};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Whether there is an ONNX Runtime to test with.
#[expect(clippy::print_stderr, reason = "a test that does nothing says so")]
fn no_runtime() -> bool {
    let missing = std::env::var_os("ORT_DYLIB_PATH").is_none_or(|path| path.is_empty());
    if missing {
        eprintln!("skipped: set ORT_DYLIB_PATH to ONNX Runtime's library");
    }
    missing
}

struct Expected {
    query: String,
    docs: Vec<String>,
    scores: Vec<f32>,
    max_length: usize,
}

fn expected() -> Expected {
    let text = std::fs::read_to_string(fixture("expected.json")).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let list = |name: &str| value[name].as_array().unwrap().clone();
    Expected {
        query: value["query"].as_str().unwrap().to_owned(),
        docs: list("docs").iter().map(|doc| doc.as_str().unwrap().to_owned()).collect(),
        scores: list("scores").iter().map(|score| score.as_f64().unwrap() as f32).collect(),
        max_length: value["max_length"].as_u64().unwrap() as usize,
    }
}

fn close(got: &[f32], expected: &[f32], bound: f32) {
    assert_eq!(got.len(), expected.len());
    for (got, expected) in got.iter().zip(expected) {
        assert!((got - expected).abs() <= bound, "{got} is not {expected}");
    }
}

fn refused(model: &str) -> String {
    OrtCrossEncoder::from_file(fixture(model), None, 48).expect_err("an error").to_string()
}

#[test]
fn scores_are_those_of_pytorch() {
    if no_runtime() {
        return;
    }
    let Expected { query, docs, scores, max_length } = expected();
    let encoder = OrtCrossEncoder::from_file(fixture("model.onnx"), None, max_length).unwrap();
    close(&encoder.score_batch(&query, &docs).unwrap(), &scores, 1e-5);
    for (doc, &score) in docs.iter().zip(&scores) {
        close(&[encoder.score(&query, doc).unwrap()], &[score], 1e-5);
    }
    let no_docs: [&str; 0] = [];
    assert!(encoder.score_batch(&query, &no_docs).unwrap().is_empty());
}

#[test]
fn scores_do_not_depend_on_the_batch() {
    if no_runtime() {
        return;
    }
    let Expected { query, docs, scores, max_length } = expected();
    let options = OrtOptions::new().with_threads(1);
    let tokenizer = fixture("tokenizer.json");
    let encoder =
        OrtCrossEncoder::from_file_with(fixture("model.onnx"), Some(&tokenizer), max_length, &options).unwrap();
    let many: Vec<&String> = docs.iter().cycle().take(257).collect();
    let wanted: Vec<f32> = scores.iter().copied().cycle().take(257).collect();
    let got = encoder.score_batch(&query, &many).unwrap();
    close(&got, &wanted, 1e-5);
    assert_eq!(got, encoder.score_batch(&query, &many).unwrap());
    let last_only = encoder.score_batch(&query, &many[256..]).unwrap();
    close(&last_only, &wanted[256..], 1e-5);
}

#[test]
fn padding_is_masked_and_results_keep_their_order() {
    if no_runtime() {
        return;
    }
    // This model counts the tokens that are not masked.
    let encoder = OrtCrossEncoder::from_file(fixture("length.onnx"), None, 2000).unwrap();
    let words: Vec<usize> = (0..120).map(|number| (number * 37) % 1500).collect();
    let docs: Vec<String> = words.iter().map(|&words| "sort ".repeat(words)).collect();
    let lengths: Vec<f32> = words.iter().map(|&words| (words + 4) as f32).collect();
    assert_eq!(encoder.score_batch("axis", &docs).unwrap(), lengths);
}

#[test]
fn candidates_are_reranked() {
    if no_runtime() {
        return;
    }
    let encoder = OrtCrossEncoder::from_file(fixture("length.onnx"), None, 512).unwrap();
    let candidates = [("c", "sort"), ("b", "sort"), ("a", "sort an array")];
    assert_eq!(rerank(&encoder, "axis", &candidates).unwrap(), [("a", 7.0), ("b", 5.0), ("c", 5.0)]);
    let model: &dyn CrossEncoder<Error = Error> = &encoder;
    assert_eq!(rerank(model, "axis", &candidates[..1]).unwrap(), [("c", 5.0)]);
}

#[test]
fn progress_counts_documents_and_can_stop() {
    if no_runtime() {
        return;
    }
    let encoder = OrtCrossEncoder::from_file(fixture("length.onnx"), None, 512).unwrap();
    let docs = vec!["sort ".repeat(200); 30];
    let mut reports = Vec::new();
    let whole = encoder.score_batch_with("axis", &docs, |done| {
        reports.push(done);
        ControlFlow::<()>::Continue(())
    });
    assert_eq!(whole.unwrap(), ControlFlow::Continue(vec![204.0; 30]));
    assert_eq!(reports.iter().sum::<usize>(), 30);
    // Five pairs of 204 tokens fit into a batch.
    assert_eq!(reports, [0, 5, 5, 5, 5, 5, 5]);
    let stop = |done| if done == 0 { ControlFlow::Continue(()) } else { ControlFlow::Break("enough") };
    assert_eq!(encoder.score_batch_with("axis", &docs, stop).unwrap(), ControlFlow::Break("enough"));
}

#[test]
fn threads_take_turns() {
    if no_runtime() {
        return;
    }
    let Expected { query, docs, scores, max_length } = expected();
    let encoder = OrtCrossEncoder::from_file(fixture("model.onnx"), None, max_length).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| close(&encoder.score_batch(&query, &docs).unwrap(), &scores, 1e-5));
        }
    });
}

#[test]
fn models_that_are_no_cross_encoders() {
    if no_runtime() {
        return;
    }
    let text = refused("wrong_input.onnx");
    assert!(text.contains("expected int64 inputs input_ids, attention_mask and optionally token_type_ids"), "{text}");
    assert!(text.contains("input_ids: ") && text.contains(", mask: "), "{text}");
    let text = refused("two_labels.onnx");
    assert!(text.contains("expected a float32 output of shape (batch, 1) or (batch,)"), "{text}");
    assert!(text.contains("logits: "), "{text}");
    let nan = OrtCrossEncoder::from_file(fixture("nan.onnx"), None, 48).unwrap();
    let text = nan.score_batch("axis", &["sort", "array"]).expect_err("an error").to_string();
    assert!(text.starts_with("scores[") && text.ends_with("]: expected a number, got NaN; repair the model"), "{text}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.onnx");
    std::fs::write(&path, b"no model").unwrap();
    let tokenizer = fixture("tokenizer.json");
    let text = OrtCrossEncoder::from_file(&path, Some(&tokenizer), 48).expect_err("an error").to_string();
    assert!(text.starts_with(&format!("model_path: expected an ONNX model, got {}: ", path.display())), "{text}");
    assert!(text.ends_with("; export the model again"), "{text}");
}

#[test]
fn pairs_beyond_the_positions_of_the_model() {
    if no_runtime() {
        return;
    }
    let encoder = OrtCrossEncoder::from_file(fixture("model.onnx"), None, 512).unwrap();
    let text = encoder.score("axis", &"sort ".repeat(100)).expect_err("an error").to_string();
    assert!(text.starts_with("docs: expected pairs that the model can read, got "), "{text}");
    assert!(text.ends_with("; check max_length against the model's positions"), "{text}");
    // The session is as good as before.
    assert!(encoder.score("axis", "sort").is_ok());
}

#[test]
fn files_that_are_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.onnx");
    let error = OrtCrossEncoder::from_file(&missing, None, 512).expect_err("an error");
    let text = error.to_string();
    assert!(text.starts_with(&format!("model_path: expected a readable file, got {}: ", missing.display())), "{text}");
    let Error::Unreadable { source, .. } = error else { panic!("{error:?}") };
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);

    let alone = folder.path().join("model.onnx");
    std::fs::copy(fixture("model.onnx"), &alone).unwrap();
    let beside = folder.path().join("tokenizer.json");
    let error = OrtCrossEncoder::from_file(&alone, None, 512).expect_err("an error");
    assert_eq!(
        error.to_string(),
        format!(
            "tokenizer_path: expected a path, or a tokenizer.json beside the model, got no path and no {}; save the \
             model's tokenizer there or pass its path",
            beside.display()
        )
    );
}
