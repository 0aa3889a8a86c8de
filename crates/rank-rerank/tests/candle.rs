//! Candle's MaxSim against the SIMD kernels, and its refusals.

#![cfg(feature = "candle")]

use proptest::prelude::*;
use rank_rerank::Error;
use rank_rerank::candle::candle_core::{DType, Device, Tensor};
use rank_rerank::candle::{maxsim_batch_candle, maxsim_candle, maxsim_cosine_candle};
use rank_rerank::simd::{maxsim, maxsim_cosine};

const CPU: Device = Device::Cpu;

fn close(candle: f32, simd: f32) -> bool {
    (candle - simd).abs() <= 1e-4 * simd.abs().max(1.0)
}

fn tokens(dim: usize, count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Vec<f32>>> {
    prop::collection::vec(prop::collection::vec(-1.0_f32..1.0, dim), count)
}

fn case() -> impl Strategy<Value = (Vec<Vec<f32>>, Vec<Vec<Vec<f32>>>)> {
    (1_usize..20).prop_flat_map(|dim| (tokens(dim, 1..9), prop::collection::vec(tokens(dim, 1..9), 1..6)))
}

proptest! {
    #[test]
    fn equals_simd((query, documents) in case()) {
        let dim = query[0].len();
        let queries = Tensor::new(query.clone(), &CPU).unwrap();
        let longest = documents.iter().map(Vec::len).max().unwrap();
        let mut padded = vec![-9.0; documents.len() * longest * dim];
        let mut mask = vec![0_u32; documents.len() * longest];
        for (position, document) in documents.iter().enumerate() {
            let tensor = Tensor::new(document.clone(), &CPU).unwrap();
            prop_assert!(close(maxsim_candle(&queries, &tensor, &CPU).unwrap(), maxsim(&query, document).unwrap()));
            if let Ok(expected) = maxsim_cosine(&query, document) {
                prop_assert!(close(maxsim_cosine_candle(&queries, &tensor, &CPU).unwrap(), expected));
            }
            let flat = document.concat();
            padded[position * longest * dim..][..flat.len()].copy_from_slice(&flat);
            mask[position * longest..][..document.len()].fill(1);
        }
        let shape = (documents.len(), longest, dim);
        let padded = Tensor::from_vec(padded, shape, &CPU).unwrap();
        let mask = Tensor::from_vec(mask, (shape.0, shape.1), &CPU).unwrap();
        let scores = maxsim_batch_candle(&queries, &padded, Some(&mask), &CPU).unwrap();
        for (document, score) in documents.iter().zip(scores) {
            prop_assert!(close(score, maxsim(&query, document).unwrap()));
        }
        let without = maxsim_batch_candle(&queries, &padded, None, &CPU).unwrap();
        for (position, score) in without.into_iter().enumerate() {
            let all = padded.get(position).unwrap().to_vec2::<f32>().unwrap();
            prop_assert!(close(score, maxsim(&query, &all).unwrap()));
        }
    }
}

#[test]
fn other_number_types_and_layouts() {
    let query = Tensor::new(&[[0.5_f32, 1.0], [2.0, -0.25]], &CPU).unwrap();
    for dtype in [DType::F16, DType::BF16, DType::F64, DType::F32] {
        // All of these values are exact in each type.
        let narrow = query.to_dtype(dtype).unwrap();
        assert_eq!(maxsim_candle(&narrow, &query, &CPU).unwrap(), 1.25 + 4.0625);
        assert_eq!(maxsim_candle(&query, &narrow.t().unwrap(), &CPU).unwrap(), 2.25 + 2.0625);
    }
    let mask = Tensor::new(&[[1.0_f32, 0.0]], &CPU).unwrap();
    let documents = query.unsqueeze(0).unwrap();
    assert_eq!(maxsim_batch_candle(&query, &documents, Some(&mask), &CPU).unwrap(), [1.25 + 0.75]);
}

fn message<T>(result: Result<T, Error>) -> String {
    result.err().expect("a refusal").to_string()
}

#[test]
fn bad_tensors_are_refused_by_name() {
    let good = Tensor::new(&[[1.0_f32, 2.0]], &CPU).unwrap();
    let flat = Tensor::new(&[1.0_f32, 2.0], &CPU).unwrap();
    let none = Tensor::zeros((0, 2), DType::F32, &CPU).unwrap();
    for score in [maxsim_candle, maxsim_cosine_candle] {
        let refusal = |query: &Tensor, document: &Tensor| message(score(query, document, &CPU));
        assert_eq!(
            refusal(&flat, &good),
            "query_tokens: expected a tensor of shape [query tokens, dim], got shape [2]; reshape it"
        );
        assert_eq!(
            refusal(&good, &none),
            "doc_tokens: expected a tensor of shape [document tokens, dim], got shape [0, 2]; reshape it"
        );
        assert_eq!(
            refusal(&good, &Tensor::new(&[[1.0_f32]], &CPU).unwrap()),
            "doc_tokens: expected dim 2, got 1; encode query and documents with the same model"
        );
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let bad = Tensor::new(&[[0.0, 1.0], [bad, 0.0]], &CPU).unwrap();
            assert!(refusal(&bad, &good).starts_with("query_tokens: expected finite components, got "));
            assert!(refusal(&good, &bad).starts_with("doc_tokens: expected finite components, got "));
            assert!(refusal(&good, &bad).ends_with(" in token 1; repair the encoder's output"));
        }
    }
    let huge = Tensor::new(&[[1e30_f32, 0.0]], &CPU).unwrap();
    assert_eq!(
        message(maxsim_candle(&huge, &huge, &CPU)),
        "doc_tokens: expected scores within the range of f32, got an overflow; normalize the tokens"
    );
    assert_eq!(maxsim_cosine_candle(&huge, &huge, &CPU).unwrap(), 1.0);
    assert_eq!(
        message(maxsim_cosine_candle(&good, &Tensor::new(&[[1.0_f32, 1.0], [0.0, 0.0]], &CPU).unwrap(), &CPU)),
        "doc_tokens: expected tokens with a direction, got all zeros in token 1; leave out padding tokens"
    );
}

#[test]
fn bad_batches_are_refused_by_place() {
    let query = Tensor::new(&[[1.0_f32, 2.0]], &CPU).unwrap();
    let documents = |last: f32| Tensor::new(&[[[1.0_f32, 2.0]], [[0.0, last]]], &CPU).unwrap();
    let refusal =
        |documents: &Tensor, mask: Option<&Tensor>| message(maxsim_batch_candle(&query, documents, mask, &CPU));
    assert_eq!(
        refusal(&query, None),
        "doc_tokens: expected a tensor of shape [documents, document tokens, dim], got shape [1, 2]; reshape it"
    );
    let short = Tensor::new(&[[1_u8]], &CPU).unwrap();
    assert_eq!(
        refusal(&documents(0.0), Some(&short)),
        "mask: expected a tensor of shape [documents, document tokens], as doc_tokens, got shape [1, 1]; reshape it"
    );
    let empty = Tensor::new(&[[1_u8], [0]], &CPU).unwrap();
    assert_eq!(
        refusal(&documents(0.0), Some(&empty)),
        "values (document 1): expected at least one token, got none; leave out what has no tokens"
    );
    assert_eq!(
        refusal(&documents(f32::NAN), None),
        "values (document 1): expected finite components, got NaN in token 0; repair the encoder's output"
    );
}
