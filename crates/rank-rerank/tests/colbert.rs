//! Refinement, batches, alignments: against the plain formulas, and against the score to the bit.

use proptest::prelude::*;
use rank_rerank::colbert::{
    Highlight, RefineConfig, Scale, alignments, blend, explain, highlight, highlight_spans, highlights,
    patches_to_regions, rank, rank_batch, rank_batch_with, refine, refine_with_config,
};
use rank_rerank::simd::half::{bf16, f16};
use rank_rerank::simd::{Components, MaxSim, Precision, Scoring, TokenBatch, quantize_int8};
use rank_rerank::store::{TokenDtype, TokenStore};
use rank_rerank::{Error, TokenMatrix};

fn values(count: usize) -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(
        prop_oneof![3 => 0.05..1.0_f32, 2 => -1.0..-0.05_f32, 1 => Just(0.5_f32), 1 => Just(-0.25_f32)],
        count,
    )
}

fn shapes() -> impl Strategy<Value = (usize, Vec<f32>, Vec<f32>, Vec<f32>)> {
    (1..90_usize, 1..20_usize, 1..40_usize)
        .prop_flat_map(|(dim, query, document)| (Just(dim), values(dim * query), values(dim * document), values(query)))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]
    /// In every type, by dot product and cosine, with weights and without: the contributions are the score.
    #[test]
    fn an_explanation_is_the_score(
        (dim, query, document, weights) in shapes(),
        cosine: bool,
        weighted: bool,
        kind in 0..5_usize,
    ) {
        let query = TokenMatrix::new(query, dim).unwrap();
        let mut query = if cosine { MaxSim::cosine(&query) } else { MaxSim::new(&query) }.unwrap();
        if weighted {
            query = query.with_weights(&weights).unwrap();
        }
        let (codes, scales) = quantize_int8(&document, dim).unwrap();
        let half: Vec<f16> = document.iter().map(|&value| f16::from_f32(value)).collect();
        let upper: Vec<bf16> = document.iter().map(|&value| bf16::from_f32(value)).collect();
        let (components, precision) = match kind {
            0 => (Components::F16(&half), Precision::Stored),
            1 => (Components::Bf16(&upper), Precision::Stored),
            2 => (Components::Int8 { codes: &codes, scales: &scales }, Precision::Stored),
            3 => (Components::F32(&document), Precision::Bf16),
            _ => (Components::F32(&document), Precision::Stored),
        };
        let scoring = Scoring { precision, threads: 1 };
        let score = query.score_tokens(&TokenBatch::each(vec![components], dim).unwrap(), scoring).unwrap()[0];
        let explanation = explain(&query, components, dim, scoring).unwrap();
        prop_assert_eq!(explanation.score.to_bits(), score.to_bits());
        prop_assert_eq!(explanation.alignments.len(), query.tokens());
        let total: f64 = explanation.alignments.iter().map(|alignment| alignment.contribution).sum();
        prop_assert_eq!((total as f32).to_bits(), score.to_bits());
        if total != 0.0 {
            let shares: f64 = explanation.alignments.iter().map(|alignment| alignment.share).sum();
            let size: f64 = explanation.alignments.iter().map(|alignment| alignment.share.abs()).sum();
            prop_assert!((shares - 1.0).abs() <= 1e-12 * size);
        }
        for (token, alignment) in explanation.alignments.iter().enumerate() {
            prop_assert_eq!(alignment.query_token, token);
            // In f64: no token is closer than the one that was found, but for rounding.
            let query = &query.values()[token * dim..][..dim];
            let similarity = |document: &[f32]| {
                let dot: f64 = query.iter().zip(document).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
                let norm = document.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
                if cosine { dot / norm } else { dot }
            };
            let each: Vec<f64> = document.chunks_exact(dim).map(similarity).collect();
            let best = each.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let bound = 0.05 * (dim as f64).sqrt();
            prop_assert!((f64::from(alignment.similarity) - best).abs() < bound);
            prop_assert!(each[alignment.doc_token] > best - bound);
        }
    }

    #[test]
    fn refinement_is_its_formula(
        scores in prop::collection::vec((-9.0..9.0_f32, prop_oneof![Just(1.0_f32), -9.0..9.0_f32]), 0..20),
        alpha in 0.0..=1.0_f32,
        k in 0..25_usize,
        scaled: bool,
    ) {
        let scale = if scaled { Scale::MinMax } else { Scale::Identity };
        let candidates: Vec<(usize, f32)> = scores.iter().enumerate().map(|(id, (score, _))| (id, *score)).collect();
        let refined: Vec<f32> = scores.iter().map(|(_, score)| *score).collect();
        let normal = |scores: &[f32], at: usize| {
            let low = scores.iter().copied().fold(f32::INFINITY, f32::min);
            let high = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            match scale {
                Scale::Identity => f64::from(scores[at]),
                _ if low == high => 1.0,
                _ => (f64::from(scores[at]) - f64::from(low)) / (f64::from(high) - f64::from(low)),
            }
        };
        let original: Vec<f32> = scores.iter().map(|(score, _)| *score).collect();
        let alpha64 = f64::from(alpha);
        let mut expected: Vec<(usize, f32)> = (0..scores.len())
            .map(|at| (at, (alpha64 * normal(&original, at) + (1.0 - alpha64) * normal(&refined, at)) as f32))
            .collect();
        expected.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        expected.truncate(k);
        prop_assert_eq!(blend(&candidates, &refined, RefineConfig { alpha, scale, k }).unwrap(), expected);
    }
}

#[test]
fn a_batch_is_each_query_alone_and_a_store_is_the_same() {
    let document = |start: usize| -> Vec<f32> {
        (0..(1 + start % 5) * 6).map(|n| ((start * 31 + n * 17) % 23) as f32 / 11.0 - 1.0).collect()
    };
    let documents: Vec<TokenMatrix> = (0..60).map(|start| TokenMatrix::new(document(start), 6).unwrap()).collect();
    let pairs: Vec<(usize, TokenMatrix)> = documents.iter().cloned().enumerate().collect();
    let ids: Vec<usize> = (0..60).collect();
    let each = documents.iter().map(|tokens| Components::F32(tokens.values())).collect();
    let batch = TokenBatch::each(each, 6).unwrap();
    let tokens = [&documents[3], &documents[4]];
    let queries = tokens.map(|tokens| MaxSim::new(tokens).unwrap());
    let mut store = TokenStore::new(6, TokenDtype::F32).unwrap();
    store.extend(0..60_u32, &batch).unwrap();
    for threads in [1, 3] {
        let scoring = Scoring { threads, ..Scoring::default() };
        let ranked = rank_batch(&queries, &ids, &batch, usize::MAX, scoring).unwrap();
        for (tokens, ranked) in tokens.iter().zip(&ranked) {
            assert_eq!(*ranked, rank(*tokens, &pairs).unwrap());
        }
        let stored = store.rank_batch(&queries, 60, scoring).unwrap();
        for (ranked, stored) in ranked.iter().zip(stored) {
            let stored: Vec<(usize, f32)> = stored.into_iter().map(|(id, score)| (id as usize, score)).collect();
            assert_eq!(*ranked, stored);
        }
    }
    let candidates: Vec<(usize, f32)> = vec![(9, 1.0), (2, 3.0), (5, 2.0)];
    let config = RefineConfig { k: 2, ..RefineConfig::default() };
    let refined = refine_with_config(&candidates, tokens[0], &pairs, config).unwrap();
    let narrow: Vec<(u32, f32)> = candidates.iter().map(|(id, score)| (*id as u32, *score)).collect();
    let stored = store.refine(&queries[0], &narrow, config, Scoring::default()).unwrap();
    assert_eq!(refined.len(), 2);
    assert_eq!(refined, stored.into_iter().map(|(id, score)| (id as usize, score)).collect::<Vec<_>>());
    let alone = refine_with_config(&candidates, tokens[0], &pairs, RefineConfig::refinement_only()).unwrap();
    let order: Vec<usize> = rank(tokens[0], &[(9, &documents[9]), (2, &documents[2]), (5, &documents[5])])
        .unwrap()
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    assert_eq!(alone.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), order);
    let original = refine_with_config(&candidates, tokens[0], &pairs, RefineConfig::original_only()).unwrap();
    assert_eq!(original, [(2, 1.0), (5, 0.5), (9, 0.0)]);

    let explanation = store.explain(&queries[0], &7, Scoring::default()).unwrap();
    assert_eq!(explanation.alignments, alignments(tokens[0], &documents[7]).unwrap());
    let stopped = rank_batch_with(&queries, &ids, &batch, 1, Scoring::default(), std::ops::ControlFlow::Break);
    assert_eq!(stopped.unwrap(), std::ops::ControlFlow::Break(60));
    // Nothing to rank.
    let none = TokenBatch::each(Vec::new(), 6).unwrap();
    assert_eq!(rank_batch::<u32>(&queries, &[], &none, 3, Scoring::default()).unwrap(), [[], []]);
}

#[test]
fn pieces_of_text() {
    let query = [[1.0, 0.0], [0.0, 1.0], [0.9, 0.1]];
    let document = [[0.0, 0.0], [1.0, 0.0], [0.0, 0.7], [0.0, 0.1], [0.95, 0.5]];
    let found = alignments(&query, &document).unwrap();
    assert_eq!(found.iter().map(|alignment| alignment.doc_token).collect::<Vec<_>>(), [1, 2, 4]);
    assert_eq!(highlights(&found, 0.9), [1, 4]);
    assert_eq!(highlight(&query, &document, 0.0).unwrap(), [1, 2, 4]);
    let offsets = [(0, 0), (0, 5), (6, 9), (9, 12), (13, 20)];
    let spans = highlight_spans(&found, &offsets, 0.0).unwrap();
    assert_eq!(
        spans,
        [
            Highlight { start: 0, end: 9, similarity: 1.0 },
            Highlight { start: 13, end: 20, similarity: found[2].similarity }
        ]
    );
    assert_eq!(highlight_spans(&found, &offsets, 2.0).unwrap(), []);
    // A token without text is not highlighted.
    assert_eq!(highlight_spans(&found, &[(0, 0); 5], 0.0).unwrap(), []);
    assert_eq!(
        highlight_spans(&found, &offsets[..2], 0.0).unwrap_err().to_string(),
        "offsets: expected one for each token of the document, got other in token 2; pass the tokenizer's offsets"
    );
    assert_eq!(
        highlight_spans(&found, &[(3, 1)], 0.0).unwrap_err().to_string(),
        "offsets: expected start <= end, got other in token 0; pass the tokenizer's offsets"
    );
    // Of equals the first.
    assert_eq!(alignments(&[[1.0]], &[[0.5], [2.0], [2.0]]).unwrap()[0].doc_token, 1);
    assert!(alignments(&[[1.0]], &[[0.0]]).unwrap()[0].share.is_nan());

    assert_eq!(patches_to_regions(&[0, 8], 100, 50, 3).unwrap(), [(0, 0, 33, 16), (66, 33, 34, 17)]);
    assert_eq!(
        patches_to_regions(&[9], 100, 50, 3).unwrap_err().to_string(),
        "patches: expected numbers below 9, got 9; leave out tokens that are no patches"
    );
    assert!(patches_to_regions(&[0], 1, 1, 0).is_err());
}

#[test]
fn errors() {
    let docs = [("a", [[1.0]]), ("b", [[2.0]])];
    let query = [[1.0]];
    let say = |result: rank_rerank::Result<_>| result.map(|_: Vec<(&str, f32)>| ()).unwrap_err().to_string();
    assert_eq!(
        say(refine(&[("a", 1.0), ("c", 1.0)], &query, &docs, 0.5)),
        "candidates[1]: expected tokens for each candidate, got none; pass them or drop the candidate"
    );
    assert_eq!(
        say(refine(&[("a", 1.0)], &query, &docs, 1.5)),
        "alpha: expected a weight from 0 (the refinement alone) to 1 (the first stage alone), got 1.5; 0.5 is usual"
    );
    assert!(matches!(refine(&[("a", 1.0)], &query, &docs, f32::NAN), Err(Error::InvalidBlend { .. })));
    assert!(matches!(
        refine(&[("a", 1.0), ("b", f32::NAN)], &query, &docs, 0.5),
        Err(Error::NonFiniteRelevance { position: 1, .. })
    ));
    assert!(matches!(
        refine(&[("a", 1.0), ("a", 2.0)], &query, &docs, 0.5),
        Err(Error::DuplicateId { position: 1, first: 0 })
    ));
    assert!(matches!(blend(&[(1, 1.0)], &[], RefineConfig::default()), Err(Error::IdCount { .. })));
    let batch = TokenBatch::each(vec![Components::F32(&[1.0]); 2], 1).unwrap();
    let queries = [MaxSim::new(&query).unwrap()];
    assert!(matches!(
        rank_batch(&queries, &[1, 1], &batch, 1, Scoring::default()),
        Err(Error::DuplicateId { position: 1, first: 0 })
    ));
    assert!(matches!(
        rank_batch(&queries, &[1], &batch, 1, Scoring::default()),
        Err(Error::IdCount { expected: 2, got: 1 })
    ));
    assert!(matches!(explain(&queries[0], Components::F32(&[]), 1, Scoring::default()), Err(Error::NoTokens { .. })));
    let store = TokenStore::<u32>::new(1, TokenDtype::F32).unwrap();
    assert!(matches!(store.explain(&queries[0], &1, Scoring::default()), Err(Error::UnknownId { position: 0 })));
    let missing = store.refine(&queries[0], &[(1, 1.0)], RefineConfig::default(), Scoring::default());
    assert!(matches!(missing, Err(Error::MissingTokens { position: 0 })));
}
