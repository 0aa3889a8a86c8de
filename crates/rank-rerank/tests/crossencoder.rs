//! Reranking by a caller's own model, and pairs as the reference tokenizer makes them.
#![cfg(feature = "crossencoder")]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rank_rerank::Error;
use rank_rerank::colbert::{RefineConfig, Scale};
use rank_rerank::crossencoder::{CrossEncoder, PairTokenizer, refine, refine_with_config, rerank};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn message<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.expect_err("an error").to_string()
}

/// Gives the scores that it holds, whatever it is asked.
struct Fixed(Vec<f32>);

impl CrossEncoder for Fixed {
    type Error = Error;

    fn score_batch(&self, _query: &str, _docs: &[&str]) -> Result<Vec<f32>, Error> {
        Ok(self.0.clone())
    }
}

#[test]
fn ties_are_broken_by_id() {
    let candidates = [("c", ""), ("b", ""), ("a", ""), ("d", "")];
    let ranked = rerank(&Fixed(vec![0.0, -0.0, 0.0, 1.0]), "q", &candidates).unwrap();
    assert_eq!(ranked, [("d", 1.0), ("a", 0.0), ("b", -0.0), ("c", 0.0)]);
    assert!(rerank::<_, u32, String>(&Fixed(vec![]), "q", &[]).unwrap().is_empty());
}

#[test]
fn a_model_must_score_each_candidate_once() {
    let candidates = [(1, "x"), (2, "y")];
    assert_eq!(
        message(rerank(&Fixed(vec![1.0]), "q", &candidates)),
        "scores: expected 2, got 1; the model must give each document one score, in order"
    );
    assert_eq!(
        message(rerank(&Fixed(vec![1.0, f32::NAN]), "q", &candidates)),
        "scores[1]: expected a number, got NaN; repair the model"
    );
    assert_eq!(
        message(rerank(&Fixed(vec![1.0, 2.0, 3.0]), "q", &[(1, "x"), (2, "y"), (1, "z")])),
        "candidates[2]: expected each id once, got that of candidate 0 again; drop one of the two"
    );
    assert_eq!(
        message(Fixed(vec![]).score("q", "x")),
        "scores: expected 1, got 0; the model must give each document one score, in order"
    );
}

#[test]
fn both_scores_are_brought_to_one_scale() {
    // Logits of -4 to 4 and scores of thousands say the same.
    let model = Fixed(vec![4.0, 0.0, -4.0]);
    let candidates = [("a", "x", 1000.0), ("b", "y", 3000.0), ("c", "z", 2000.0)];
    assert_eq!(refine(&model, "q", &candidates, 0.5).unwrap(), [("b", 0.75), ("a", 0.5), ("c", 0.25)]);
    assert_eq!(refine(&model, "q", &candidates, 1.0).unwrap()[0], ("b", 1.0));
    assert_eq!(refine(&model, "q", &candidates, 0.0).unwrap()[0], ("a", 1.0));
    let config = RefineConfig { scale: Scale::Identity, k: 1, ..RefineConfig::refinement_only() };
    assert_eq!(refine_with_config(&model, "q", &candidates, config).unwrap(), [("a", 4.0)]);
    assert!(refine::<_, u32, String>(&Fixed(vec![]), "q", &[], 0.5).unwrap().is_empty());
}

#[test]
fn what_cannot_be_refined() {
    let model = Fixed(vec![1.0, 2.0]);
    let cases = [
        (
            message(refine(&model, "q", &[(1, "x", 0.0), (2, "y", 0.0)], 1.5)),
            "alpha: expected a weight from 0 (the refinement alone) to 1 (the first stage alone), got 1.5; 0.5 is usual",
        ),
        (
            message(refine(&model, "q", &[(1, "x", 0.0), (1, "y", 0.0)], 0.5)),
            "candidates[1]: expected each id once, got that of candidate 0 again; drop one of the two",
        ),
        (
            message(refine(&model, "q", &[(1, "x", 0.0), (2, "y", f32::NAN)], 0.5)),
            "candidates[1]: expected a finite score, got NaN; drop the candidate or repair its score",
        ),
        (
            message(refine(&model, "q", &[(1, "x", 0.0)], 0.5)),
            "scores: expected 1, got 2; the model must give each document one score, in order",
        ),
    ];
    for (got, wanted) in cases {
        assert_eq!(got, wanted);
    }
}

proptest! {
    #[test]
    fn all_candidates_come_back_in_order(scores in prop::collection::vec(-3i8..3, 0..30)) {
        let scores: Vec<f32> = scores.into_iter().map(f32::from).collect();
        let candidates: Vec<(usize, &str)> = (0..scores.len()).rev().map(|id| (id, "text")).collect();
        let ranked = rerank(&Fixed(scores.clone()), "q", &candidates).unwrap();
        let mut expected: Vec<(usize, f32)> = candidates.iter().map(|&(id, _)| id).zip(scores).collect();
        expected.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap().then(a.0.cmp(&b.0)));
        prop_assert_eq!(ranked, expected);
    }
}

#[test]
fn a_pair_is_joined_by_the_template() {
    let tokenizer = PairTokenizer::from_file(fixture("tokenizer.json"), 48).unwrap();
    assert_eq!((tokenizer.max_length(), tokenizer.pad_id()), (48, 0));
    let pair = tokenizer.pair(&tokenizer.query("how do i").unwrap(), "sort arrays").unwrap();
    // [CLS] how do i [SEP] sort arrays [SEP], by their lines in the vocabulary.
    assert_eq!(pair.ids, [2, 6, 7, 8, 3, 18, 10, 3]);
    assert_eq!(pair.type_ids, [0, 0, 0, 0, 0, 1, 1, 1]);
}

#[test]
fn the_longer_text_is_cut() {
    let room = 10;
    let tokenizer = PairTokenizer::from_file(fixture("tokenizer.json"), room + 3).unwrap();
    let kept = |query: usize, doc: usize| {
        let pair = tokenizer.pair(&tokenizer.query(&"sort ".repeat(query)).unwrap(), &"array ".repeat(doc)).unwrap();
        let doc = pair.type_ids.iter().filter(|&&kind| kind == 1).count();
        (pair.ids.len() - doc - 2, doc - 1)
    };
    assert_eq!(kept(3, 7), (3, 7));
    assert_eq!(kept(3, 5000), (3, 7));
    assert_eq!(kept(5000, 3), (7, 3));
    assert_eq!(kept(5000, 5000), (5, 5));
    assert_eq!(kept(0, 0), (0, 0));
}

#[test]
fn tokenizers_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let missing = folder.path().join("missing.json");
    let text = message(PairTokenizer::from_file(&missing, 512));
    assert!(text.starts_with(&format!("tokenizer_path: expected a readable file, got {}: ", missing.display())));
    assert!(text.ends_with("; check the path"));

    let text = message(PairTokenizer::from_file(write("broken.json", "{"), 512));
    assert!(text.contains("expected a tokenizer.json, got ") && text.contains("broken.json: "), "{text}");

    let whole = std::fs::read_to_string(fixture("tokenizer.json")).unwrap();
    let at = whole.find("\"post_processor\": {").unwrap();
    let end = at + whole[at..].find("\n  },").unwrap();
    let bare = format!("{}\"post_processor\": null{}", &whole[..at], &whole[end + "\n  }".len()..]);
    let text = message(PairTokenizer::from_file(write("bare.json", &bare), 512));
    assert!(text.contains("expected a template that joins two texts with special tokens, got one of 0"), "{text}");

    let unknown = whole.replace("\"unk_token\": \"[UNK]\"", "\"unk_token\": \"[none]\"");
    let tokenizer = PairTokenizer::from_file(write("unknown.json", &unknown), 512).unwrap();
    let text = message(tokenizer.query("zebra").map(|_| ()));
    assert!(text.starts_with("query: expected text that the tokenizer knows, got "), "{text}");
    let query = tokenizer.query("sort").unwrap();
    assert!(message(tokenizer.pair(&query, "zebra")).starts_with("doc: "));
    assert!(message(tokenizer.pairs(&query, &["sort", "zebra"], 4)).starts_with("docs[5]: "));

    assert_eq!(
        message(PairTokenizer::from_file(fixture("tokenizer.json"), 7)),
        "max_length: expected at least 8 tokens, got 7; 512 is usual"
    );
}
