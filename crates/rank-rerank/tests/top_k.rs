//! The best documents are those of the full ranking, to the bit, though most documents are left early.

use proptest::prelude::*;
use rank_rerank::Error;
use rank_rerank::colbert::rank_batch;
use rank_rerank::simd::half::f16;
use rank_rerank::simd::{
    Components, MaxSim, Precision, Scoring, TokenBatch, best, maxsim_matrix, quantize_int8, to_bf16,
};
use rank_rerank::store::{TokenDtype, TokenStore};

/// Tokens about a few directions, the nearer the less noise; some are the same, so that scores tie.
fn tokens(count: usize, dim: usize, noise: f32, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (f64::from(state) / f64::from(u32::MAX) - 0.5) as f32
    };
    let topics: Vec<f32> = (0..6 * dim).map(|_| next()).collect();
    let mut all: Vec<f32> = Vec::new();
    for token in 0..count {
        if token > 40 && token % 11 < 4 {
            all.extend_from_within((token - 40) * dim..(token - 39) * dim);
        } else {
            let topic = (next().abs() * 12.0) as usize % 6 * dim;
            all.extend((0..dim).map(|at| topics[topic + at] + noise * next()));
        }
    }
    all
}

fn query(values: &[f32], dim: usize, cosine: bool, weight: f32) -> MaxSim {
    let tokens: Vec<&[f32]> = values.chunks_exact(dim).collect();
    let weights: Vec<f32> = (0..tokens.len()).map(|at| if at % 5 == 1 { weight } else { 1.0 }).collect();
    let query = if cosine { MaxSim::cosine(&tokens) } else { MaxSim::new(&tokens) };
    query.unwrap().with_weights(&weights).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_best_are_the_first_of_all(
        lengths in prop::collection::vec(1_usize..60, 1..40),
        queries in prop::collection::vec(1_usize..50, 1..4),
        k in 0_usize..8,
        threads in 1_usize..4,
        dim in prop::sample::select(vec![8_usize, 64, 96, 128]),
        noise in prop::sample::select(vec![0.1_f32, 1.0]),
        cosine in any::<bool>(),
        weight in prop::sample::select(vec![1.0_f32, 0.0, -0.5]),
        seed in any::<u16>(),
    ) {
        let offsets: Vec<usize> = (0..=lengths.len()).map(|count| lengths[..count].iter().sum()).collect();
        let seed = u32::from(seed);
        let values = tokens(offsets[lengths.len()], dim, noise, seed);
        let queries: Vec<MaxSim> = queries
            .into_iter()
            .map(|count| query(&tokens(count, dim, noise, seed), dim, cosine, weight))
            .collect();
        let half: Vec<f16> = values.iter().map(|&value| f16::from_f32(value)).collect();
        let brain = to_bf16(&values).unwrap();
        let (codes, scales) = quantize_int8(&values, dim).unwrap();
        // Ids in another order than that of the documents.
        let ids: Vec<usize> = (0..lengths.len()).map(|document| (document * 7 + 3) % 41).collect();
        for (components, precision) in [
            (Components::F32(&values), Precision::Stored),
            (Components::F32(&values), Precision::Bf16),
            (Components::F16(&half), Precision::Stored),
            (Components::Bf16(&brain), Precision::Stored),
            (Components::Int8 { codes: &codes, scales: &scales }, Precision::Stored),
        ] {
            let batch = TokenBatch::flat(components, dim, &offsets).unwrap();
            let all = maxsim_matrix(&queries, &batch, Scoring { precision, threads: 1 }).unwrap();
            let each = (0..batch.documents()).map(|document| batch.document(document)).collect();
            for batch in [batch, TokenBatch::each(each, dim).unwrap()] {
                let scoring = Scoring { precision, threads };
                let ranked = rank_batch(&queries, &ids, &batch, k, scoring).unwrap();
                for (number, (ranked, scores)) in ranked.iter().zip(all.chunks_exact(lengths.len())).enumerate() {
                    let mut expected: Vec<(usize, f32)> = ids.iter().copied().zip(scores.iter().copied()).collect();
                    expected.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                    expected.truncate(k);
                    prop_assert_eq!(ranked, &expected);
                    let top = queries[number].top_k(&batch, k, scoring).unwrap();
                    prop_assert_eq!(top, best(scores.iter().copied(), k));
                }
            }
        }
    }
}

/// Long work goes in pieces, of which each knows what came before.
#[test]
fn a_store_of_many_documents() {
    const DIM: usize = 64;
    for dtype in [TokenDtype::F32, TokenDtype::Bf16] {
        let mut store = TokenStore::new(DIM, dtype).unwrap();
        for id in 0..2_500_u32 {
            let values = tokens(16 + id as usize % 5, DIM, 1.0, id % 2_000);
            store.append(id, &values.chunks_exact(DIM).collect::<Vec<_>>()).unwrap();
        }
        let queries: Vec<MaxSim> = (0..3).map(|seed| query(&tokens(20, DIM, 1.0, 9 + seed), DIM, false, 1.0)).collect();
        for threads in [1, 3] {
            let scoring = Scoring { threads, ..Scoring::default() };
            let all = store.rank_batch(&queries, usize::MAX, scoring).unwrap();
            let best = store.rank_batch(&queries, 10, scoring).unwrap();
            for (all, best) in all.iter().zip(best) {
                assert_eq!(all[..10], best);
            }
        }
    }
}

/// A document that has no score is an error, however good the others are.
#[test]
fn what_has_no_score_is_found() {
    const DIM: usize = 64;
    let good = tokens(40, DIM, 1.0, 3);
    let query = query(&good[..20 * DIM], DIM, false, 1.0);
    for (k, threads) in [(0, 1), (1, 1), (1, 2)] {
        let scoring = Scoring { threads, ..Scoring::default() };
        let mut values = good.repeat(9);
        let offsets = [0, 40, 80, 120, 160, 200, 240, 280, 320, 360];
        values[8 * 40 * DIM + 77] = f32::NAN;
        let batch = TokenBatch::flat(Components::F32(&values), DIM, &offsets).unwrap();
        assert!(matches!(query.top_k(&batch, k, scoring), Err(Error::NonFinite { .. })));
        values[8 * 40 * DIM + 77] = 3e38;
        values[8 * 40 * DIM + 78] = 3e38;
        let batch = TokenBatch::flat(Components::F32(&values), DIM, &offsets).unwrap();
        let full = query.score_tokens(&batch, scoring);
        assert_eq!(query.top_k(&batch, k, scoring).is_err(), full.is_err());
        let offsets = [0, 40, 80, 120, 160, 200, 240, 280, 360, 360];
        let values = good.repeat(9);
        let batch = TokenBatch::flat(Components::F32(&values), DIM, &offsets).unwrap();
        assert!(matches!(query.top_k(&batch, k, scoring), Err(Error::NoTokens { .. })));
    }
}
