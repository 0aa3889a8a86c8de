//! The part of `docs/guide.md` on ONNX Runtime. Needs `ORT_DYLIB_PATH`.

use std::path::Path;

#[test]
#[expect(clippy::print_stderr, reason = "a test that does nothing says so")]
fn cross_encoder() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::var_os("ORT_DYLIB_PATH").is_none() {
        eprintln!("skipped: set ORT_DYLIB_PATH to ONNX Runtime's library");
        return Ok(());
    }
    // The block names files of the working folder; this test has a process of its own.
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/rank-rerank/tests/fixtures");
    std::env::set_current_dir(fixtures)?;
    block()
}

#[rustfmt::skip]
fn block() -> Result<(), Box<dyn std::error::Error>> {
    use rank_rerank::crossencoder::ort::OrtCrossEncoder;

    // Load model
    let encoder = OrtCrossEncoder::from_file("model.onnx", None, 512)?;

    // Score single pair
    let score = encoder.score("query", "document");

    // Batch scoring
    let scores = encoder.score_batch("query", &["doc1", "doc2", "doc3"]);

    assert!(score?.is_finite());
    let scores = scores?;
    assert_eq!(scores.len(), 3);
    assert!((scores[1] - encoder.score("query", "doc2")?).abs() <= 1e-5);
    Ok(())
}
