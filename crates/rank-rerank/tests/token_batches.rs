//! Documents of all types and layouts: against scores of the tokens that they stand for, on any number of threads, and
//! every refusal.

use proptest::prelude::*;
use rank_rerank::simd::half::{bf16, f16};
use rank_rerank::simd::{
    Components, MaxSim, Precision, Scoring, TokenBatch, best, compact, maxsim_cosine, maxsim_matrix, quantize_binary,
    quantize_int8, to_bf16,
};
use rank_rerank::{Error, TokensRef};

fn oracle(query: &[f32], weights: &[f32], document: &[f32], dim: usize) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum() };
    let tokens = query.chunks_exact(dim).zip(weights);
    tokens
        .map(|(token, weight)| {
            let dots = document.chunks_exact(dim).map(|other| dot(token, other));
            f64::from(*weight) * dots.fold(f64::NEG_INFINITY, f64::max)
        })
        .sum()
}

fn query(values: &[f32], dim: usize) -> MaxSim {
    MaxSim::new(&TokensRef::new(values, dim).unwrap()).unwrap()
}

#[derive(Debug, Clone)]
struct Case {
    dim: usize,
    query: Vec<f32>,
    weights: Vec<f32>,
    values: Vec<f32>,
    offsets: Vec<usize>,
}

fn case() -> impl Strategy<Value = Case> {
    (1_usize..40, 1_usize..20, prop::collection::vec(1_usize..30, 1..40)).prop_flat_map(|(dim, tokens, lengths)| {
        let offsets: Vec<usize> = (0..=lengths.len()).map(|count| lengths[..count].iter().sum()).collect();
        let component = -1.0_f32..1.0;
        (
            prop::collection::vec(component.clone(), tokens * dim),
            prop::collection::vec(component.clone(), tokens),
            prop::collection::vec(component, offsets[lengths.len()] * dim),
        )
            .prop_map(move |(query, weights, values)| Case {
                dim,
                query,
                weights,
                values,
                offsets: offsets.clone(),
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_type_scores_what_it_stands_for(case in case()) {
        let Case { dim, query: tokens, weights, values, offsets } = case;
        let half: Vec<f16> = values.iter().map(|&value| f16::from_f32(value)).collect();
        let brain = to_bf16(&values).unwrap();
        let (codes, scales) = quantize_int8(&values, dim).unwrap();
        let packed = query(&tokens, dim).with_weights(&weights).unwrap();
        // What rounding of both sides can do to a dot product of components within ±1.
        let rounding = |unit: f64| 2.5 * unit * (dim * tokens.len() / dim) as f64 * dim as f64 + 1e-4;
        for (components, precision, tolerance) in [
            (Components::F32(&values), Precision::Stored, rounding(0.0)),
            (Components::F32(&values), Precision::Bf16, rounding(2.0_f64.powi(-9))),
            (Components::F16(&half), Precision::Stored, rounding(2.0_f64.powi(-12))),
            (Components::Bf16(&brain), Precision::Stored, rounding(2.0_f64.powi(-9))),
            (Components::Int8 { codes: &codes, scales: &scales }, Precision::Stored, rounding(0.55 / 127.0)),
        ] {
            let batch = TokenBatch::flat(components, dim, &offsets).unwrap();
            let scores = packed.score_tokens(&batch, Scoring { precision, ..Scoring::default() }).unwrap();
            for (document, score) in offsets.windows(2).zip(&scores) {
                let exact = oracle(&tokens, &weights, &values[document[0] * dim..document[1] * dim], dim);
                prop_assert!((f64::from(*score) - exact).abs() <= tolerance, "{components:?}: {score} {exact}");
            }
            for threads in [0, 2, 3, 7] {
                let again = packed.score_tokens(&batch, Scoring { precision, threads }).unwrap();
                prop_assert_eq!(&again, &scores);
            }
            let k = offsets.len() / 2;
            let mut ranked: Vec<(usize, f32)> = scores.iter().copied().enumerate().collect();
            ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            ranked.truncate(k);
            let top = packed.top_k(&batch, k, Scoring { precision, threads: 2 }).unwrap();
            prop_assert_eq!(top, ranked);
        }
    }

    #[test]
    fn a_matrix_is_its_queries(case in case(), threads in 1_usize..4) {
        let Case { dim, query: tokens, values, offsets, .. } = case;
        let queries: Vec<MaxSim> = tokens.chunks(3 * dim).map(|tokens| query(tokens, dim)).collect();
        let batch = TokenBatch::flat(Components::F32(&values), dim, &offsets).unwrap();
        let scoring = Scoring { threads, ..Scoring::default() };
        let matrix = maxsim_matrix(&queries, &batch, scoring).unwrap();
        for (query, row) in queries.iter().zip(matrix.chunks_exact(offsets.len() - 1)) {
            prop_assert_eq!(query.score_tokens(&batch, Scoring::default()).unwrap(), row);
        }
    }

    #[test]
    fn layouts_agree(case in case(), holes in prop::collection::vec(any::<bool>(), 400)) {
        let Case { dim, query: tokens, values, offsets, .. } = case;
        let packed = query(&tokens, dim);
        let flat = TokenBatch::flat(Components::F32(&values), dim, &offsets).unwrap();
        let scores = packed.score_tokens(&flat, Scoring::default()).unwrap();
        let document = |document: &[usize]| &values[document[0] * dim..document[1] * dim];
        let each: Vec<Components<'_>> = offsets.windows(2).map(|pair| Components::F32(document(pair))).collect();
        let each = TokenBatch::each(each, dim).unwrap();
        prop_assert_eq!(packed.score_tokens(&each, Scoring { threads: 2, ..Scoring::default() }).unwrap(), &scores[..]);

        // Padded behind, padded before, and with holes; padding would win.
        let longest = 30;
        for layout in 0..3 {
            let (mut padded, mut mask) = (Vec::new(), Vec::new());
            for (position, pair) in offsets.windows(2).enumerate() {
                let rows: Vec<&[f32]> = document(pair).chunks_exact(dim).collect();
                let mut left = rows.len();
                let mut next = 0;
                for slot in 0..longest {
                    let is_token = match layout {
                        0 => slot < rows.len(),
                        1 => slot >= longest - rows.len(),
                        _ => left > 0 && (longest - slot == left || holes[(31 * position + slot) % 400]),
                    };
                    mask.push(is_token);
                    if is_token {
                        padded.extend_from_slice(rows[next]);
                        next += 1;
                        left -= 1;
                    } else {
                        padded.extend(std::iter::repeat_n(f32::NAN, dim));
                    }
                }
            }
            if let Some(batch) = TokenBatch::padded(Components::F32(&padded), longest, dim, &mask).unwrap() {
                prop_assert_eq!(packed.score_tokens(&batch, Scoring::default()).unwrap(), &scores[..]);
            } else {
                prop_assert_eq!(layout, 2);
            }
            let compacted = compact(&padded, longest, dim, &mask).unwrap();
            prop_assert_eq!(&compacted.0, &values);
            prop_assert_eq!(&compacted.1, &offsets);
        }
    }
}

#[test]
fn cosine_divides_by_norms() {
    let (tokens, values) = ([0.0, 7.0, 1.0, 1.0], [3.0, 4.0, 5.0, 0.0, -2.0, 1.0]);
    let exact = [
        maxsim_cosine(&[[0.0, 7.0], [1.0, 1.0]], &[[3.0, 4.0], [5.0, 0.0]]).unwrap(),
        maxsim_cosine(&[[0.0, 7.0], [1.0, 1.0]], &[[-2.0, 1.0]]).unwrap(),
    ];
    let packed = MaxSim::cosine(&TokensRef::new(&tokens, 2).unwrap()).unwrap();
    let half = values.map(f16::from_f32);
    let brain = values.map(bf16::from_f32);
    let (codes, scales) = quantize_int8(&values, 2).unwrap();
    for components in [
        Components::F32(&values),
        Components::F16(&half),
        Components::Bf16(&brain),
        Components::Int8 { codes: &codes, scales: &scales },
    ] {
        let batch = TokenBatch::flat(components, 2, &[0, 2, 3]).unwrap();
        let scores = packed.score_tokens(&batch, Scoring::default()).unwrap();
        for (score, exact) in scores.iter().zip(exact) {
            assert!((score - exact).abs() < 0.02, "{components:?}: {score} against {exact}");
        }
    }
    let exact = packed.score(&[[3.0, 4.0], [5.0, 0.0]]).unwrap();
    let batch = TokenBatch::flat(Components::F32(&values), 2, &[0, 2, 3]).unwrap();
    assert_eq!(packed.score_tokens(&batch, Scoring::default()).unwrap()[0], exact);
}

#[test]
fn the_best_are_ranked_and_ties_go_by_position() {
    assert_eq!(best([], 3), []);
    assert_eq!(best([1.0, 2.0], 0), []);
    assert_eq!(best([1.0, 2.0], usize::MAX), [(1, 2.0), (0, 1.0)]);
    assert_eq!(best([1.0, 1.0, 1.0, 2.0], 2), [(3, 2.0), (0, 1.0)]);
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn what_is_wrong_is_said() {
    let values = [1.0, 0.0, 0.0, 1.0];
    let packed = query(&[1.0, 0.0], 2);
    let flat = |components| TokenBatch::flat(components, 2, &[0, 1, 2]).unwrap();
    let score = |components| packed.score_tokens(&flat(components), Scoring::default());
    let codes = [1, 0, 0, 1];
    assert_eq!(
        refusal(TokenBatch::flat(Components::Int8 { codes: &codes, scales: &[1.0] }, 2, &[0, 2])),
        "scales: expected 2, one for each token, got 1; pass those that the codes were made with"
    );
    assert!(
        refusal(score(Components::Int8 { codes: &codes, scales: &[1.0, f32::NAN] }))
            .starts_with("values (document 1): expected finite components, got NaN in token 0")
    );
    let mut half = values.map(f16::from_f32);
    half[2] = f16::INFINITY;
    assert!(
        refusal(score(Components::F16(&half))).starts_with("values (document 1): expected finite components, got inf")
    );
    let whole = values.map(bf16::from_f32);
    let mut brain = whole;
    brain[1] = bf16::NAN;
    assert!(refusal(score(Components::Bf16(&brain))).starts_with("values (document 0): expected finite components"));
    assert!(
        refusal(packed.score_tokens(&TokenBatch::each(vec![Components::F32(&[])], 2).unwrap(), Scoring::default()))
            .starts_with("values (document 0): expected at least one token")
    );
    assert_eq!(
        refusal(packed.score_tokens(
            &flat(Components::Bf16(&whole)),
            Scoring { precision: Precision::Bf16, ..Scoring::default() }
        )),
        "precision: expected none for documents stored as bf16, got bf16; bf16 is for float32, signs for sign bits"
    );
    assert!(
        refusal(query(&[1.0], 1).score_tokens(&flat(Components::F32(&values)), Scoring::default()))
            .starts_with("values: expected dim 1, got 2")
    );
    assert_eq!(
        refusal(TokenBatch::padded(Components::F32(&values), 2, 2, &[true])),
        "mask: expected 2 entries, one for each token and padding, got 1; pass the tokenizer's mask"
    );
    assert!(
        refusal(TokenBatch::padded(Components::F32(&values), 0, 2, &[])).starts_with("values: expected at least one")
    );
    assert!(refusal(compact(&values, 1, 0, &[])).starts_with("values: expected tokens of at least one component"));
    assert!(refusal(compact(&values, 1, 3, &[])).starts_with("values: expected a multiple of dim 3"));
    assert_eq!(
        refusal(query(&[1.0, 0.0], 2).with_weights(&[1.0, 2.0])),
        "weights: expected 1 finite numbers, one for each query token, got 2; pass one for each"
    );
    assert!(refusal(query(&[1.0, 0.0], 2).with_weights(&[f32::NAN])).contains("got NaN"));
    let cosine = MaxSim::cosine(&[[1.0, 0.0]]).unwrap();
    assert_eq!(
        refusal(maxsim_matrix(&[query(&[1.0, 0.0], 2), cosine], &flat(Components::F32(&values)), Scoring::default())),
        "queries[1]: expected all by dot product or all by cosine, got the other; make two calls"
    );
    assert!(refusal(MaxSim::cosine(&[[0.0, 0.0]])).starts_with("query_tokens: expected tokens with a direction"));
    let cosine = MaxSim::cosine(&[[1.0, 0.0]]).unwrap();
    for components in [Components::F32(&[0.0; 4]), Components::Int8 { codes: &[0; 4], scales: &[0.0; 2] }] {
        assert!(
            refusal(cosine.score_tokens(&flat(components), Scoring::default()))
                .starts_with("values (document 0): expected tokens with a direction")
        );
    }
    let dim = 70_000;
    let (codes, scales) = quantize_int8(&vec![1.0; dim], dim).unwrap();
    let batch = TokenBatch::flat(Components::Int8 { codes: &codes, scales: &scales }, dim, &[0, 1]).unwrap();
    assert!(
        refusal(query(&vec![1.0; dim], dim).score_tokens(&batch, Scoring::default()))
            .starts_with("values: expected at most 65536 components as int8, got dim 70000")
    );
    assert!(refusal(quantize_int8(&[f32::NAN, 1.0], 2)).starts_with("tokens: expected finite components, got NaN"));
    assert!(refusal(to_bf16(&[f32::INFINITY])).starts_with("tokens: expected finite components, got inf"));
    assert!(refusal(to_bf16(&[f32::MAX])).starts_with("tokens: expected scores within the range"));
}

#[test]
fn no_documents_and_no_queries_are_no_scores() {
    let batch = TokenBatch::flat(Components::F32(&[]), 2, &[0]).unwrap();
    assert_eq!(batch.documents(), 0);
    let scoring = Scoring { threads: 3, ..Scoring::default() };
    assert!(query(&[1.0, 0.0], 2).score_tokens(&batch, scoring).unwrap().is_empty());
    assert!(maxsim_matrix(&[], &batch, scoring).unwrap().is_empty());
}

#[test]
fn sign_bits_are_scored_with_the_query_s_magnitudes_or_its_signs() {
    let query = MaxSim::new(&[[127.0, -3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]]).unwrap();
    let values = [0.5, -1.0, 0.0, 2.0, 0.1, -0.1, -0.2, 3.0];
    let bits = quantize_binary(&values, 8).unwrap();
    let batch = TokenBatch::flat(Components::Binary(&bits), 8, &[0, 1]).unwrap();
    let score = |query: &MaxSim, precision| {
        query.score_tokens(&batch, Scoring { precision, ..Scoring::default() }).map(|scores| scores[0])
    };
    assert_eq!(score(&query, Precision::Stored).unwrap(), 131.0);
    // Signs + - - - - - - + and + - - + + - - +.
    assert_eq!(score(&query, Precision::Signs).unwrap(), 8.0 - 2.0 * 2.0);
    let cosine = MaxSim::cosine(&[[127.0, -3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]]).unwrap();
    assert_eq!(score(&cosine, Precision::Signs).unwrap(), 4.0 / 8.0);
    let explained = rank_rerank::colbert::explain(&query, batch.document(0), 8, Scoring::default()).unwrap();
    assert_eq!((explained.score, explained.alignments[0].doc_token), (131.0, 0));
    assert_eq!(
        refusal(score(&query, Precision::Bf16)),
        "precision: expected none for documents stored as sign bits, got bf16; bf16 is for float32, signs for sign bits"
    );
    assert_eq!(
        refusal(TokenBatch::flat(Components::Binary(&[0; 3]), 12, &[0, 2])),
        "values: expected a dim that is a multiple of 8 for sign bits, got 12; append zeros to query and tokens"
    );
    assert!(refusal(quantize_binary(&[f32::NAN; 8], 8)).starts_with("tokens: expected finite components, got NaN"));
}
