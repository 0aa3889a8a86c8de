//! A process that finds no ONNX Runtime, or something else in its place: a test of its own, as what is loaded stays.
#![cfg(feature = "ort")]

use std::path::Path;

use rank_rerank::crossencoder::ort::{OrtCrossEncoder, OrtOptions};

fn load(options: &OrtOptions) -> Result<OrtCrossEncoder, rank_rerank::Error> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    OrtCrossEncoder::from_file_with(fixtures.join("model.onnx"), None, 48, options)
}

#[test]
fn the_error_says_how_to_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("libonnxruntime.so");
    std::fs::write(&library, "no library").unwrap();
    for path in [library, folder.path().join("missing.so")] {
        let text = load(&OrtOptions::new().with_library(&path)).expect_err("an error").to_string();
        assert!(text.starts_with("ORT_DYLIB_PATH: expected the library of ONNX Runtime 1.24 or newer, got "), "{text}");
        assert!(text.contains(&path.display().to_string()) && text.contains("pip install --upgrade onnxruntime"));
    }
    if let Some(path) = std::env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty()) {
        // A failed attempt does not stand in the way of the right one.
        assert!(load(&OrtOptions::new().with_library(path)).is_ok());
    } else {
        let text = load(&OrtOptions::new()).expect_err("an error").to_string();
        assert!(text.starts_with("ORT_DYLIB_PATH: expected the path of ONNX Runtime's library, got none"), "{text}");
        assert!(text.contains("run pip install onnxruntime"), "{text}");
    }
}
