//! Scores of documents of all lengths, dimensions and types.

use proptest::prelude::*;
use rank_kernels::half::{bf16, f16};
use rank_kernels::{Isa, PackedBf16, PackedQuery, available};

use crate::oracle::{KINDS, Kind, bound, exact_maxsim, exact_refined, values};

/// On all levels, which are held to the same sums.
fn check_maxsim(tokens: usize, lengths: &[usize], dim: usize, start: u32) {
    let query = values(tokens * dim, start);
    let mut offsets = vec![0];
    for length in lengths {
        offsets.push(offsets[offsets.len() - 1] + length);
    }
    let documents = values(offsets[lengths.len()] * dim, start + 1);
    for kind in KINDS {
        let (asked, stored) = (kind.query(&query, dim), kind.stored(&documents, dim));
        let exact = offsets.windows(2).map(|document| {
            let rows = &stored[document[0] * dim..document[1] * dim];
            if kind == Kind::Int8 {
                return exact_refined(&query, rows, dim);
            }
            let (exact, size) = exact_maxsim(&asked, rows, dim);
            ((exact, exact), size)
        });
        let exact: Vec<((f64, f64), f64)> = exact.collect();
        for kernels in available() {
            let scores = kind.scores(kernels, &query, &documents, dim, &offsets);
            for ((&got, ((low, high), size)), length) in scores.iter().zip(&exact).zip(lengths) {
                let (got, bound) = (f64::from(got), bound(dim, *size));
                assert!(
                    got >= low - bound && got <= high + bound,
                    "{} {kind:?}: {tokens} x {length} x {dim}: {got} against {low} to {high}",
                    kernels.isa(),
                );
            }
        }
    }
}

const DIMS: [usize; 15] = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 64, 96, 100, 128];

#[test]
fn maxsim_at_every_document_length() {
    let lengths: Vec<usize> = (1..=40).collect();
    for dim in DIMS {
        for tokens in [1, 16, 17, 33] {
            check_maxsim(tokens, &lengths, dim, tokens as u32 + 1);
        }
    }
}

#[test]
fn maxsim_at_every_query_length() {
    for tokens in 1..=70 {
        for dim in [3, 128] {
            check_maxsim(tokens, &[1, 4, 6, 11, 12, 13, 30], dim, tokens as u32 + 9);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn maxsim_of_ragged_documents(
        tokens in 1_usize..70,
        lengths in prop::collection::vec(1_usize..50, 1..8),
        dim in 1_usize..140,
        start in any::<u16>(),
    ) {
        check_maxsim(tokens, &lengths, dim, u32::from(start));
    }

    /// One document alone scores as it does among others, to the bit.
    #[test]
    fn a_score_does_not_depend_on_its_neighbors(
        lengths in prop::collection::vec(1_usize..40, 1..6),
        dim in 1_usize..70,
        start in any::<u16>(),
    ) {
        let query = values(9 * dim, u32::from(start));
        let mut offsets = vec![0];
        for length in &lengths {
            offsets.push(offsets[offsets.len() - 1] + length);
        }
        let documents = values(offsets[lengths.len()] * dim, 7);
        for (kernels, kind) in available().flat_map(|kernels| KINDS.map(|kind| (kernels, kind))) {
            let together = kind.scores(kernels, &query, &documents, dim, &offsets);
            for (document, score) in offsets.windows(2).zip(&together) {
                let alone = kind.scores(kernels, &query, &documents, dim, document);
                prop_assert_eq!(alone[0].to_bits(), score.to_bits());
            }
        }
    }

    /// Many queries at once score as they do alone, to the bit.
    #[test]
    fn a_score_does_not_depend_on_other_queries(
        tokens in prop::collection::vec(1_usize..40, 1..5),
        dim in prop::sample::select(vec![3_usize, 33, 64, 100, 128]),
        start in any::<u16>(),
    ) {
        let values: Vec<Vec<f32>> = tokens.iter().map(|tokens| values(tokens * dim, u32::from(start))).collect();
        let documents = self::values(440 * dim, 7);
        let offsets = [0, 17, 17, 440];
        let half: Vec<f16> = documents.iter().map(|&value| f16::from_f32(value)).collect();
        let brain: Vec<bf16> = documents.iter().map(|&value| bf16::from_f32(value)).collect();
        let queries: Vec<PackedQuery> = values.iter().map(|values| PackedQuery::new(values, dim)).collect();
        let rounded: Vec<PackedBf16> = values.iter().map(|values| PackedBf16::new(values, dim)).collect();
        for kernels in available() {
            let all = |numbers: std::ops::Range<usize>| {
                let (queries, rounded): (Vec<_>, Vec<_>) =
                    (queries[numbers.clone()].iter().collect(), rounded[numbers.clone()].iter().collect());
                let mut scores = vec![0.0; 4 * 3 * numbers.len()];
                let (wide, narrow) = scores.split_at_mut(2 * 3 * numbers.len());
                let ((f32, f16), (bf16, f32_as_bf16)) =
                    (wide.split_at_mut(3 * numbers.len()), narrow.split_at_mut(3 * numbers.len()));
                kernels.maxsim(&queries, &documents, &offsets, f32);
                kernels.maxsim_f16(&queries, &half, &offsets, f16);
                kernels.maxsim_bf16(&rounded, &brain, &offsets, bf16);
                kernels.maxsim_rounded(&rounded, &documents, &offsets, f32_as_bf16);
                scores.into_iter().map(f32::to_bits).collect::<Vec<_>>()
            };
            let together = all(0..queries.len());
            for number in 0..queries.len() {
                let alone = all(number..number + 1);
                for (kind, alone) in alone.chunks_exact(3).enumerate() {
                    let at = 3 * (kind * queries.len() + number);
                    prop_assert_eq!(alone, &together[at..at + 3], "{}, type {}", kernels.isa(), kind);
                }
            }
        }
    }

    /// However alike tokens are and however their sizes differ, no maximum is missed: a score is, to the bit, the sum of
    /// the largest of all dot products, as the plain kernel or the dot product rounds them.
    #[test]
    fn no_maximum_is_missed(
        tokens in 1_usize..40,
        lengths in prop::collection::vec(1_usize..60, 1..4),
        long in 0_usize..900,
        dim in prop::sample::select(vec![64_usize, 65, 100, 128, 200, 1024]),
        noise in prop::sample::select(vec![0.0_f32, 1e-6, 1e-3, 0.05, 0.5, 3.0]),
        spread in prop::sample::select(vec![0_i32, 1, 8]),
        start in any::<u16>(),
    ) {
        let lengths: Vec<usize> = lengths.into_iter().chain([long]).collect();
        let offsets: Vec<usize> = (0..=lengths.len()).map(|count| lengths[..count].iter().sum()).collect();
        let rows = tokens + offsets[lengths.len()];
        // A few directions, noise upon them, and sizes by powers of ten; some tokens are zeros.
        let (topics, mut all) = (values(5 * dim, u32::from(start)), values(rows * dim, u32::from(start) + 1));
        for (row, token) in all.chunks_exact_mut(dim).enumerate() {
            let size = 10.0_f32.powi(row as i32 % (spread + 1) - spread / 2);
            let size = if row % 23 == 22 && row >= tokens { 0.0 } else { size };
            for (value, topic) in token.iter_mut().zip(&topics[row * 7 % 5 * dim..]) {
                *value = size * (topic + noise * *value);
            }
        }
        let (query, documents) = all.split_at(tokens * dim);
        let packed = PackedQuery::new(query, dim);
        // The best level is screened if any is.
        let best = available().last().unwrap();
        for kind in [Kind::F16, Kind::Bf16, Kind::Rounded] {
            let scores = kind.scores(best, query, documents, dim, &offsets);
            let (query, documents) = (kind.query(query, dim), kind.stored(documents, dim));
            for (document, score) in offsets.windows(2).zip(scores) {
                let rows = &documents[document[0] * dim..document[1] * dim];
                let (exact, size) = exact_maxsim(&query, rows, dim);
                prop_assert!(
                    rows.is_empty() || (f64::from(score) - exact).abs() <= bound(dim, size),
                    "{} {kind:?}: {score} against {exact}", best.isa()
                );
            }
        }
        for kernels in available() {
            let mut scores = vec![0.0; lengths.len()];
            kernels.maxsim(&[&packed], documents, &offsets, &mut scores);
            let plain = available().find(|kernels| kernels.isa() == Isa::Avx512);
            for (document, score) in offsets.windows(2).zip(&scores) {
                let rows = &documents[document[0] * dim..document[1] * dim];
                let by_dot: f64 = query
                    .chunks_exact(dim)
                    .map(|token| {
                        let dots = rows.chunks_exact(dim).map(|row| kernels.dot(token, row));
                        f64::from(dots.fold(f32::NEG_INFINITY, f32::max))
                    })
                    .sum();
                let same = plain.is_some_and(|plain| {
                    let mut other = [0.0];
                    plain.maxsim(&[&packed], rows, &[0, rows.len() / dim], &mut other);
                    other[0].to_bits() == score.to_bits()
                });
                if [Isa::Avx512Vnni, Isa::Avx512Bf16, Isa::Amx].contains(&kernels.isa()) {
                    prop_assert!(same || (by_dot as f32).to_bits() == score.to_bits(), "{}: {score} {by_dot}", kernels.isa());
                }
            }
        }
    }

    /// Sums of eight-bit codes are exact.
    #[test]
    fn int8_is_the_same_on_all_levels(
        tokens in 1_usize..50,
        lengths in prop::collection::vec(1_usize..40, 1..4),
        dim in 1_usize..140,
        start in any::<u16>(),
    ) {
        let offsets: Vec<usize> = (0..=lengths.len()).map(|count| lengths[..count].iter().sum()).collect();
        let query = values(tokens * dim, u32::from(start));
        let documents = values(offsets[lengths.len()] * dim, u32::from(start) + 5);
        let mut levels = available().map(|kernels| Kind::Int8.scores(kernels, &query, &documents, dim, &offsets));
        let first = levels.next().unwrap();
        for other in levels {
            prop_assert_eq!(&first, &other);
        }
    }
}
