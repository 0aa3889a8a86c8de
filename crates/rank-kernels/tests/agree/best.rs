//! Scores of the best documents alone.

use proptest::prelude::*;
use rank_kernels::half::{bf16, f16};
use rank_kernels::{PackedBf16, PackedQuery, TopScores, available};

use crate::oracle::values;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    /// Of the best documents alone all scores are those of all documents, to the bit, and no other is as good: whatever
    /// came before, with documents that are the same, and with weights of both signs.
    #[test]
    fn the_best_scores_are_those_of_all(
        tokens in prop::collection::vec(1_usize..70, 1..3),
        lengths in prop::collection::vec(1_usize..80, 1..16),
        long in 0_usize..1_100,
        k in 0_usize..6,
        dim in prop::sample::select(vec![3_usize, 64, 100, 128]),
        noise in prop::sample::select(vec![0.0_f32, 0.05, 0.5, 3.0]),
        weighted in prop::sample::select(vec![None, Some(0.5_f32), Some(-0.5)]),
        start in any::<u16>(),
    ) {
        let lengths: Vec<usize> = lengths.into_iter().chain([long]).collect();
        let offsets: Vec<usize> = (0..=lengths.len()).map(|count| lengths[..count].iter().sum()).collect();
        let start = u32::from(start);
        let (topics, mut documents) = (values(5 * dim, start), values(offsets[lengths.len()] * dim, start + 1));
        for (row, token) in documents.chunks_exact_mut(dim).enumerate() {
            for (value, topic) in token.iter_mut().zip(&topics[row * 7 % 5 * dim..]) {
                *value = topic + noise * *value;
            }
        }
        let queries: Vec<Vec<f32>> = tokens.iter().map(|tokens| values(tokens * dim, start + 2)).collect();
        let weights = |query: &[f32]| match weighted {
            None => vec![1.0; query.len() / dim],
            Some(other) => (0..query.len() / dim).map(|at| if at % 3 == 1 { other } else { 1.0 }).collect::<Vec<_>>(),
        };
        let half: Vec<f16> = documents.iter().map(|&value| f16::from_f32(value)).collect();
        let brain: Vec<bf16> = documents.iter().map(|&value| bf16::from_f32(value)).collect();
        let wide: Vec<_> = queries.iter().map(|query| PackedQuery::new(query, dim).with_weights(&weights(query))).collect();
        let rounded: Vec<_> =
            queries.iter().map(|query| PackedBf16::new(query, dim).with_weights(&weights(query))).collect();
        let (wide, rounded): (Vec<_>, Vec<_>) = (wide.iter().collect(), rounded.iter().collect());
        let (count, middle) = (lengths.len(), lengths.len() / 2);
        for kernels in available() {
            for kind in 0..4 {
                let run = |offsets: &[usize], top: &mut [TopScores]| {
                    let mut scores = vec![f32::NAN; queries.len() * (offsets.len() - 1)];
                    match kind {
                        0 => kernels.maxsim_top(&wide, &documents, offsets, top, &mut scores),
                        1 => kernels.maxsim_f16_top(&wide, &half, offsets, top, &mut scores),
                        2 => kernels.maxsim_bf16_top(&rounded, &brain, offsets, top, &mut scores),
                        _ => kernels.maxsim_rounded_top(&rounded, &documents, offsets, top, &mut scores),
                    }
                    scores
                };
                let all = run(&offsets, &mut []);
                let mut top = vec![TopScores::new(k); queries.len()];
                // What came before counts.
                let parts = [run(&offsets[..=middle], &mut top), run(&offsets[middle..], &mut top)];
                for (number, top) in top.iter().enumerate() {
                    let mut best = all[number * count..][..count].to_vec();
                    best.sort_by(|a, b| b.total_cmp(a));
                    let bar = if k == 0 { f32::INFINITY } else { *best.get(k - 1).unwrap_or(&f32::NEG_INFINITY) };
                    prop_assert_eq!(top.bar(), bar, "{}", kernels.isa());
                    let first = &parts[0][number * middle..][..middle];
                    let got = first.iter().chain(&parts[1][number * (count - middle)..][..count - middle]);
                    for (got, score) in got.zip(&all[number * count..]) {
                        let same = got.to_bits() == score.to_bits();
                        prop_assert!(same || *got < bar && score <= got, "{}: {got} {score} {bar}", kernels.isa());
                    }
                }
            }
        }
    }
}
