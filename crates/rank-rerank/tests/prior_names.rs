//! Weights of query tokens, scores made comparable, vectors and what quantization left: against plain `f64`, and every
//! refusal.

use proptest::prelude::*;
use rank_rerank::embedding::{normalize, normalize_or_zero};
use rank_rerank::scores::{normalize_maxsim, normalize_maxsim_batch, normalize_scores, softmax_scores, top_k_indices};
use rank_rerank::simd::{
    MaxSim, cosine, dequantize_int8, dot, from_bf16, from_f16, norm, quantize_int8, to_bf16, to_f16,
};
use rank_rerank::weights::{attention_weights, bm25_weights, idf_weights};

fn message<T: std::fmt::Debug>(result: rank_rerank::Result<T>) -> String {
    result.unwrap_err().to_string()
}

fn close(got: &[f32], wanted: &[f64]) -> bool {
    got.len() == wanted.len() && got.iter().zip(wanted).all(|(got, wanted)| (f64::from(*got) - wanted).abs() < 1e-6)
}

/// Divided by their mean.
fn scaled(values: &[f64]) -> Vec<f64> {
    let total: f64 = values.iter().sum();
    values.iter().map(|value| value * values.len() as f64 / total).collect()
}

proptest! {
    #[test]
    fn weights_are_the_formulas(
        terms in prop::collection::vec((0_u64..1000, 1_u64..9), 1..20),
        k3 in 0.0_f64..10.0,
    ) {
        let (frequencies, counts): (Vec<u64>, Vec<u64>) = terms.into_iter().unzip();
        let idf: Vec<f64> =
            frequencies.iter().map(|&df| (1.0 + (1000.0 - df as f64 + 0.5) / (df as f64 + 0.5)).ln()).collect();
        prop_assert!(close(&idf_weights(&frequencies, 1000).unwrap(), &scaled(&idf)));
        let bm25: Vec<f64> =
            idf.iter().zip(&counts).map(|(idf, &tf)| idf * tf as f64 * (k3 + 1.0) / (tf as f64 + k3)).collect();
        let weights = bm25_weights(&frequencies, &counts, 1000, k3).unwrap();
        prop_assert!(close(&weights, &scaled(&bm25)));
        // Without a say of the counts.
        prop_assert_eq!(bm25_weights(&frequencies, &counts, 1000, 0.0).unwrap(), idf_weights(&frequencies, 1000).unwrap());
        // As a query takes them.
        prop_assert!(MaxSim::new(&vec![[1.0]; weights.len()]).unwrap().with_weights(&weights).is_ok());
    }

    #[test]
    fn attention_is_a_mean_of_columns(tokens in 1_usize..9, rows in 1_usize..9, seed in prop::collection::vec(0.001_f32..1.0, 81)) {
        let attention = &seed[..tokens * rows];
        let received: Vec<f64> =
            (0..tokens).map(|token| (0..rows).map(|row| f64::from(attention[row * tokens + token])).sum()).collect();
        prop_assert!(close(&attention_weights(attention, tokens).unwrap(), &scaled(&received)));
    }

    #[test]
    fn scores_keep_their_order(scores in prop::collection::vec(-50.0_f32..50.0, 1..40), temperature in 0.1_f64..10.0, k in 0_usize..50) {
        let powers: Vec<f64> = scores.iter().map(|&score| (f64::from(score) / temperature).exp()).collect();
        let total: f64 = powers.iter().sum();
        let wanted: Vec<f64> = powers.iter().map(|power| power / total).collect();
        prop_assert!(close(&softmax_scores(&scores, temperature).unwrap(), &wanted));

        let (low, high) = scores.iter().fold((f64::MAX, f64::MIN), |(low, high), &score| {
            (low.min(f64::from(score)), high.max(f64::from(score)))
        });
        let wanted: Vec<f64> =
            scores.iter().map(|&score| if high > low { (f64::from(score) - low) / (high - low) } else { 1.0 }).collect();
        prop_assert!(close(&normalize_scores(&scores).unwrap(), &wanted));

        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|&a, &b| scores[b].partial_cmp(&scores[a]).unwrap());
        order.truncate(k);
        prop_assert_eq!(top_k_indices(&scores, k).unwrap(), order);

        let each: Vec<f32> = scores.iter().map(|&score| normalize_maxsim(score, 32.0).unwrap()).collect();
        prop_assert!(close(&each, &scores.iter().map(|&score| f64::from(score) / 32.0).collect::<Vec<_>>()));
        prop_assert_eq!(each, normalize_maxsim_batch(&scores, 32.0).unwrap());
    }

    #[test]
    fn vectors_equal_the_oracle(pairs in prop::collection::vec((-9.0_f32..9.0, -9.0_f32..9.0), 1..200)) {
        let (a, b): (Vec<f32>, Vec<f32>) = pairs.into_iter().unzip();
        let sum = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
        let size: f64 = a.iter().zip(&b).map(|(a, b)| f64::from(a * b).abs()).sum();
        prop_assert!((f64::from(dot(&a, &b).unwrap()) - sum(&a, &b)).abs() <= 1e-5 * size);
        let (of_a, of_b) = (sum(&a, &a).sqrt(), sum(&b, &b).sqrt());
        prop_assert!((f64::from(norm(&a).unwrap()) - of_a).abs() <= 1e-5 * of_a);
        prop_assert!((f64::from(cosine(&a, &b).unwrap()) - sum(&a, &b) / (of_a * of_b)).abs() <= 1e-5);
        let unit: Vec<f64> = a.iter().map(|&component| f64::from(component) / of_a).collect();
        prop_assert!(close(&normalize(&a).unwrap(), &unit));
        prop_assert_eq!(normalize(&a).unwrap(), normalize_or_zero(&a).unwrap());
    }

    #[test]
    fn what_was_made_smaller_is_near(values in prop::collection::vec(-4.0_f32..4.0, 24)) {
        let (codes, scales) = quantize_int8(&values, 8).unwrap();
        let back = dequantize_int8(&codes, &scales, 8).unwrap();
        for (position, (&back, &code)) in back.iter().zip(&codes).enumerate() {
            prop_assert_eq!(back, f32::from(code) * scales[position / 8]);
        }
        for (back, token) in back.chunks(8).zip(values.chunks(8)) {
            let distance: f32 = back.iter().zip(token).map(|(back, value)| (back - value).powi(2)).sum();
            prop_assert!(distance <= 0.0004 * token.iter().map(|value| value.powi(2)).sum::<f32>());
        }
        for (back, value) in from_bf16(&to_bf16(&values).unwrap()).iter().zip(&values) {
            prop_assert!((back - value).abs() <= value.abs() / 256.0);
        }
        for (back, value) in from_f16(&to_f16(&values).unwrap()).iter().zip(&values) {
            prop_assert!((back - value).abs() <= value.abs() / 2048.0 + 1e-7);
        }
    }
}

#[test]
fn no_tokens_and_no_scores() {
    assert!(idf_weights(&[], 10).unwrap().is_empty());
    assert!(bm25_weights(&[], &[], 10, 1.2).unwrap().is_empty());
    assert!(softmax_scores(&[], 1.0).unwrap().is_empty());
    assert!(normalize_scores(&[]).unwrap().is_empty());
    assert!(top_k_indices(&[], 3).unwrap().is_empty());
    // Zeros are equal, and infinity is a place in an order.
    assert_eq!(top_k_indices(&[-0.0, 0.0, f32::NEG_INFINITY, f32::INFINITY], 9).unwrap(), [3, 0, 1, 2]);
    assert_eq!(normalize_or_zero(&[]).unwrap(), [0.0; 0]);
    assert_eq!(softmax_scores(&[f32::MAX, f32::MIN], 1e-9).unwrap(), [1.0, 0.0]);
}

#[test]
fn refusals() {
    let cases = [
        (
            message(idf_weights(&[1, 11], 10)),
            "document_frequencies: expected numbers of at most 10, that of documents, got 11 at position 1; count \
             documents, not occurrences",
        ),
        (message(idf_weights(&[], 0)), "documents: expected at least 1, got 0; pass the size of the collection"),
        (
            message(bm25_weights(&[1], &[1], 10, f64::NAN)),
            "k3: expected a finite number of at least 0, got NaN; 1.2 is usual",
        ),
        (
            message(bm25_weights(&[1], &[1, 2], 10, 1.2)),
            "query_frequencies: expected 1, one for each document frequency, got 2; pass one for each token",
        ),
        (
            message(bm25_weights(&[1, 1], &[1, 0], 10, 1.2)),
            "query_frequencies: expected at least 1, got 0 at position 1; leave out terms that the query does not have",
        ),
        (
            message(attention_weights(&[0.5; 3], 2)),
            "attention: expected rows of 2 numbers, at least one, got 3 numbers for 2 tokens; pass a row for each position \
             that attends",
        ),
        (
            message(attention_weights(&[0.5, 0.5, 0.5, -0.5], 2)),
            "attention: expected finite numbers of at least 0, got -0.5 for token 1 in row 1; pass attention after its \
             softmax",
        ),
        (
            message(attention_weights(&[0.0, 0.0], 2)),
            "attention: expected attention to a token, got all 0; pass attention after its softmax",
        ),
        (
            message(normalize_maxsim(1.0, 0.0)),
            "query_length: expected a finite number above 0, got 0; pass the number of the query's tokens, or the sum of \
             their weights",
        ),
        (
            message(normalize_scores(&[1.0, f32::INFINITY])),
            "scores: expected finite numbers, got inf at position 1; drop the document or repair its score",
        ),
        (
            message(softmax_scores(&[1.0], 0.0)),
            "temperature: expected a finite number above 0, got 0; 1 is plain softmax",
        ),
        (
            message(top_k_indices(&[1.0, f32::NAN], 1)),
            "scores: expected numbers, got NaN at position 1; drop the document or repair its score",
        ),
        (
            message(normalize(&[0.0])),
            "vector: expected tokens with a direction, got all zeros in token 0; leave out padding tokens",
        ),
        (
            message(normalize_or_zero(&[f32::NAN])),
            "vector: expected finite components, got NaN in token 0; repair the encoder's output",
        ),
        (
            message(dequantize_int8(&[1, 2], &[1.0, f32::NAN], 1)),
            "scales: expected finite numbers, got NaN at position 1; pass those that the codes were made with",
        ),
        (
            message(dequantize_int8(&[1, 2], &[1.0], 1)),
            "scales: expected 2, one for each token, got 1; pass those that the codes were made with",
        ),
        (
            message(dequantize_int8(&[1, 2, 3], &[1.0], 2)),
            "values: expected a multiple of dim 2 values, got 3; pass whole tokens, one after the other",
        ),
        (
            message(dequantize_int8(&[], &[], 0)),
            "values: expected tokens of at least one component, got dim 0; pass the encoder's output",
        ),
        (
            message(to_f16(&[1e6])),
            "tokens: expected components below 65520, got 1000000 at position 0; normalize the tokens, or store them as bf16",
        ),
    ];
    for (got, wanted) in cases {
        assert_eq!(got, wanted);
    }
}
