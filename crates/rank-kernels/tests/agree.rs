//! Every level that this machine has, against sums in `f64` over the unpacked tokens, within a stated bound.

use proptest::prelude::*;
use rank_kernels::half::{bf16, f16};
use rank_kernels::{
    Isa, Kernels, Keys, PackedBf16, PackedInt8, PackedQuery, PackedSigns, TopScores, available, kernels, pack_signs,
    quantize, try_kernels,
};

/// Deterministic, of both signs, and of unequal size.
fn values(count: usize, start: u32) -> Vec<f32> {
    let mut state = start.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        f64::from(state) / f64::from(u32::MAX) - 0.5
    };
    (0..count).map(|_| (next() * (1.0 + 4.0 * next().abs())) as f32).collect()
}

/// A dot product and the sum of the magnitudes of its terms.
fn exact_dot(a: &[f32], b: &[f32]) -> (f64, f64) {
    let terms = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b));
    terms.fold((0.0, 0.0), |(sum, size), term| (sum + term, size + term.abs()))
}

/// The error that n products and n sums in `f32` may make, twice over.
fn bound(dim: usize, size: f64) -> f64 {
    f64::from(f32::EPSILON) * (dim as f64 + 1.0) * size
}

fn exact_maxsim(query: &[f32], document: &[f32], dim: usize) -> (f64, f64) {
    let mut score = (0.0, 0.0);
    for token in query.chunks_exact(dim) {
        let dots = document.chunks_exact(dim).map(|other| exact_dot(token, other));
        let (best, size) =
            dots.fold((f64::NEG_INFINITY, 0.0_f64), |(best, size), dot| (best.max(dot.0), size.max(dot.1)));
        score = (score.0 + best, score.1 + size);
    }
    score
}

/// Of a query in eight bits: its codes choose a row, and what they lack is added, but for 1/127 of it. Between which
/// scores that is, as `f32` may see two rows as one, and how large terms are.
fn exact_refined(query: &[f32], document: &[f32], dim: usize) -> ((f64, f64), f64) {
    let codes = dequantized(query, dim);
    let (mut between, mut all) = ((0.0, 0.0), 0.0);
    for (token, codes) in query.chunks_exact(dim).zip(codes.chunks_exact(dim)) {
        let rows: Vec<&[f32]> = document.chunks_exact(dim).collect();
        let dots: Vec<(f64, f64)> = rows.iter().map(|row| exact_dot(codes, row)).collect();
        let best = dots.iter().fold(f64::NEG_INFINITY, |best, dot| best.max(dot.0));
        let size = dots.iter().fold(0.0_f64, |size, dot| size.max(dot.1));
        let largest = token.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let near = rows.iter().zip(&dots).filter(|(_, dot)| dot.0 >= best - bound(dim, size));
        let (low, high) = near.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (row, _)| {
            let slack = 4e-5 * f64::from(largest) * row.iter().map(|value| f64::from(value.abs())).sum::<f64>();
            let dot = exact_dot(token, row).0;
            (low.min(dot - slack), high.max(dot + slack))
        });
        between = (between.0 + low, between.1 + high);
        all += size;
    }
    (between, all)
}

/// What a kernel reads, as `f64` sums see it, and how it is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    F32,
    F16,
    Bf16,
    Rounded,
    Int8,
}

const KINDS: [Kind; 5] = [Kind::F32, Kind::F16, Kind::Bf16, Kind::Rounded, Kind::Int8];

fn map(values: &[f32], change: impl Fn(f32) -> f32) -> Vec<f32> {
    values.iter().map(|&value| change(value)).collect()
}

fn dequantized(values: &[f32], dim: usize) -> Vec<f32> {
    let (mut codes, mut scales) = (vec![0; values.len()], vec![0.0; values.len() / dim]);
    quantize(values, dim, &mut codes, &mut scales);
    codes.iter().enumerate().map(|(at, &code)| f32::from(code) * scales[at / dim]).collect()
}

impl Kind {
    /// What the documents, and the query, come to.
    fn stored(self, values: &[f32], dim: usize) -> Vec<f32> {
        match self {
            Self::F32 => values.to_vec(),
            Self::F16 => map(values, |value| f16::from_f32(value).to_f32()),
            Self::Bf16 | Self::Rounded => map(values, |value| bf16::from_f32(value).to_f32()),
            Self::Int8 => dequantized(values, dim),
        }
    }

    fn query(self, values: &[f32], dim: usize) -> Vec<f32> {
        if self == Self::F16 { values.to_vec() } else { self.stored(values, dim) }
    }

    fn scores(self, kernels: &Kernels, query: &[f32], documents: &[f32], dim: usize, offsets: &[usize]) -> Vec<f32> {
        let mut scores = vec![f32::NAN; offsets.len() - 1];
        match self {
            Self::F32 => kernels.maxsim(&[&PackedQuery::new(query, dim)], documents, offsets, &mut scores),
            Self::F16 => {
                let documents: Vec<f16> = documents.iter().map(|&value| f16::from_f32(value)).collect();
                kernels.maxsim_f16(&[&PackedQuery::new(query, dim)], &documents, offsets, &mut scores);
            }
            Self::Bf16 => {
                let documents: Vec<bf16> = documents.iter().map(|&value| bf16::from_f32(value)).collect();
                kernels.maxsim_bf16(&[&PackedBf16::new(query, dim)], &documents, offsets, &mut scores);
            }
            Self::Rounded => {
                kernels.maxsim_rounded(&[&PackedBf16::new(query, dim)], documents, offsets, &mut scores);
            }
            Self::Int8 => {
                let (mut codes, mut factors) = (vec![0; documents.len()], vec![0.0; documents.len() / dim]);
                quantize(documents, dim, &mut codes, &mut factors);
                kernels.maxsim_int8(&[&PackedInt8::new(query, dim)], &codes, &factors, offsets, &mut scores);
            }
        }
        scores
    }
}

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
fn the_scalar_reference_is_always_there() {
    assert_eq!(available().next().unwrap().isa(), Isa::Scalar);
}

#[test]
fn the_choice_is_one_of_those_available() {
    let chosen = kernels().isa();
    assert!(available().any(|kernels| kernels.isa() == chosen));
    assert_eq!(try_kernels().unwrap().isa(), chosen);
}

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

#[test]
fn dot_at_every_length() {
    for kernels in available() {
        for length in 0..300 {
            let (a, b) = (values(length, 3), values(length, 4));
            let (exact, size) = exact_dot(&a, &b);
            let got = kernels.dot(&a, &b);
            assert!((f64::from(got) - exact).abs() <= bound(length, size), "{}: {length}", kernels.isa());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn products_of_rows_and_groups(
        vectors in 1_usize..70,
        rows in 0_usize..30,
        dim in 1_usize..140,
        start in any::<u16>(),
    ) {
        let (packed, all) = (values(vectors * dim, u32::from(start)), values(rows * dim, u32::from(start) + 3));
        let query = PackedQuery::new(&packed, dim);
        let from = usize::from(start) % (query.groups() + 1);
        let (first, width) = (from * PackedQuery::WIDTH, (query.groups() - from) * PackedQuery::WIDTH);
        for kernels in available() {
            let mut out = vec![f32::NAN; rows * width];
            kernels.products(&query, from..query.groups(), &all, &mut out);
            for (row, out) in all.chunks_exact(dim).zip(out.chunks(width.max(1))) {
                for (at, &got) in out.iter().enumerate() {
                    let Some(vector) = packed.chunks_exact(dim).nth(first + at) else {
                        prop_assert_eq!(got, 0.0);
                        continue;
                    };
                    let (exact, size) = exact_dot(vector, row);
                    prop_assert!((f64::from(got) - exact).abs() <= bound(dim, size), "{}: {got} {exact}", kernels.isa());
                }
            }
        }
    }

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

#[test]
#[should_panic(expected = "best scores of each query, or of none")]
fn best_scores_of_another_number_of_queries_are_refused() {
    let mut top = [TopScores::new(1), TopScores::new(1)];
    kernels().maxsim_top(&[&PackedQuery::new(&[1.0], 1)], &[1.0], &[0, 1], &mut top, &mut [0.0]);
}

fn signs_of(values: &[f32]) -> Vec<f32> {
    map(values, |value| if value > 0.0 { 1.0 } else { -1.0 })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Numbers of bits are exact, and so are sums of eight-bit codes.
    #[test]
    fn sign_bits_are_those_of_the_unpacked_signs(
        tokens in 1_usize..50,
        lengths in prop::collection::vec(0_usize..600, 1..5),
        dim in prop::sample::select(vec![8_usize, 16, 56, 64, 72, 128, 136, 256]),
        start in any::<u16>(),
    ) {
        let offsets: Vec<usize> = (0..=lengths.len()).map(|count| lengths[..count].iter().sum()).collect();
        let query = values(tokens * dim, u32::from(start));
        let documents = values(offsets[lengths.len()] * dim, u32::from(start) + 5);
        let mut bits = vec![0; documents.len() / 8];
        pack_signs(&documents, dim, &mut bits);
        let documents = signs_of(&documents);
        let weights = values(tokens, 3);
        for symmetric in [true, false] {
            for kernels in available() {
                // The second query is another, and is weighted.
                let mut scores = vec![0.0; 2 * lengths.len()];
                if symmetric {
                    let packed = PackedSigns::new(&query, dim);
                    let other = PackedSigns::new(&query, dim).with_weights(&weights);
                    kernels.maxsim_signs(&[&packed, &other], &bits, &offsets, &mut scores);
                } else {
                    let packed = PackedInt8::new(&query, dim);
                    let other = PackedInt8::new(&query, dim).with_weights(&weights);
                    kernels.maxsim_binary(&[&packed, &other], &bits, &offsets, &mut scores);
                }
                for (number, document) in offsets.windows(2).enumerate() {
                    let rows = &documents[document[0] * dim..document[1] * dim];
                    if rows.is_empty() {
                        prop_assert_eq!(scores[number], f32::NEG_INFINITY);
                        continue;
                    }
                    let (mut alone, mut weighted) = ((0.0, 0.0), (0.0, 0.0));
                    let mut size = 0.0;
                    for (token, &weight) in query.chunks_exact(dim).zip(&weights) {
                        let ((low, high), _) = if symmetric {
                            let (exact, size) = exact_maxsim(&signs_of(token), rows, dim);
                            ((exact, exact), size)
                        } else {
                            exact_refined(token, rows, dim)
                        };
                        let weight = f64::from(weight);
                        alone = (alone.0 + low, alone.1 + high);
                        weighted.0 += (weight * low).min(weight * high);
                        weighted.1 += (weight * low).max(weight * high);
                        size += low.abs().max(high.abs());
                    }
                    for (got, (low, high)) in [(number, alone), (lengths.len() + number, weighted)] {
                        let got = f64::from(scores[got]);
                        let fits = got >= low - 1e-6 * size && got <= high + 1e-6 * size;
                        prop_assert!(fits, "{}: {got} against {low} to {high}", kernels.isa());
                    }
                }
            }
        }
    }
}

#[test]
#[should_panic(expected = "tokens of whole bytes")]
fn sign_bits_of_partial_bytes_are_refused() {
    kernels().maxsim_binary(&[&PackedInt8::new(&[1.0; 9], 9)], &[0; 2], &[0, 1], &mut [0.0]);
}

#[test]
fn weights_multiply_the_maxima() {
    let query = [1.0, 0.0, 0.0, 1.0];
    let documents = [3.0, 1.0, 2.0, 5.0];
    let weights = [0.5, -2.0];
    for kernels in available() {
        let mut score = [0.0];
        kernels.maxsim(&[&PackedQuery::new(&query, 2).with_weights(&weights)], &documents, &[0, 2], &mut score);
        assert_eq!(score, [0.5 * 3.0 - 2.0 * 5.0]);
        let halves = documents.map(bf16::from_f32);
        kernels.maxsim_bf16(&[&PackedBf16::new(&query, 2).with_weights(&weights)], &halves, &[0, 2], &mut score);
        assert_eq!(score, [0.5 * 3.0 - 2.0 * 5.0]);
        let query = PackedInt8::new(&query, 2).with_weights(&weights);
        kernels.maxsim_int8(&[&query], &[3, 1, 2, 5], &[1.0, 1.0], &[0, 2], &mut score);
        assert_eq!(score, [0.5 * 3.0 - 2.0 * 5.0]);
    }
}

#[test]
fn a_scale_that_is_not_finite_makes_its_document_nan() {
    for kernels in available() {
        for rows in [1, 3, 4, 13, 30] {
            for bad in [f32::NAN, f32::INFINITY] {
                let query = PackedInt8::new(&[1.0; 17 * 3], 3);
                let mut scales = vec![1.0; 2 * rows];
                scales[rows - 1] = bad;
                let mut scores = [0.0; 2];
                kernels.maxsim_int8(&[&query], &vec![1; 6 * rows], &scales, &[0, rows, 2 * rows], &mut scores);
                assert!(scores[0].is_nan(), "{}: {rows}", kernels.isa());
                assert!((scores[1] - 51.0).abs() < 1e-4, "{}: {rows}: {}", kernels.isa(), scores[1]);
            }
        }
    }
}

#[test]
fn the_extremes_of_eight_bits() {
    for kernels in available() {
        for dim in [1, 127, 128, PackedInt8::MAX_DIM] {
            let query = PackedInt8::new(&vec![-1.0; dim], dim);
            let mut score = [0.0];
            kernels.maxsim_int8(&[&query], &vec![i8::MIN; dim], &[1.0], &[0, 1], &mut score);
            let exact = 128.0 * dim as f32;
            assert!((score[0] / exact - 1.0).abs() < 1e-6, "{}: {dim}: {}", kernels.isa(), score[0]);
        }
    }
}

#[test]
fn quantization_rounds_to_nearest_and_ties_to_even() {
    let token = [127.0, 0.5, 1.5, 2.5, -0.5, -1.5, 2.4, -126.6];
    let (mut codes, mut scales) = ([0; 8], [0.0]);
    quantize(&token, 8, &mut codes, &mut scales);
    assert_eq!(codes, [127, 0, 2, 2, 0, -2, 2, -127]);
    // The codes' product with the token is that of the token with itself.
    let square: f64 = token.iter().map(|&value: &f32| f64::from(value).powi(2)).sum();
    let product: f64 = token.iter().zip(codes).map(|(&value, code)| f64::from(value) * f64::from(code)).sum();
    assert!((f64::from(scales[0]) * product / square - 1.0).abs() < 1e-7, "{scales:?}");
    for bad in [f32::NAN, f32::INFINITY] {
        quantize(&[1.0, bad], 2, &mut codes[..2], &mut scales);
        assert!(!scales[0].is_finite());
    }
}

#[test]
fn negative_maxima_stay_negative() {
    for kernels in available() {
        for rows in 1..30 {
            // 17 tokens: the second group is almost all surplus lanes.
            let query = PackedQuery::new(&[1.0; 17 * 3], 3);
            let mut scores = [0.0];
            kernels.maxsim(&[&query], &vec![-0.5; rows * 3], &[0, rows], &mut scores);
            assert_eq!(scores, [17.0 * -1.5], "{}: {rows}", kernels.isa());
        }
    }
}

#[test]
fn a_value_that_is_not_finite_makes_its_document_nan_and_no_other() {
    for kernels in available() {
        for dim in [1, 5, 128] {
            for rows in [1, 3, 4, 7, 12, 25] {
                for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e38] {
                    for at in [0, rows * dim / 2, rows * dim - 1] {
                        let mut documents = vec![1.0; 3 * rows * dim];
                        documents[rows * dim + at] = bad;
                        let query = PackedQuery::new(&vec![9.0; 40 * dim], dim);
                        let mut scores = [0.0; 3];
                        kernels.maxsim(&[&query], &documents, &[0, rows, 2 * rows, 3 * rows], &mut scores);
                        assert_eq!(scores[0], 360.0 * dim as f32);
                        assert!(scores[1].is_nan(), "{}: {bad} at {at} of {rows} x {dim}", kernels.isa());
                        assert_eq!(scores[2], 360.0 * dim as f32);
                    }
                }
            }
        }
    }
}

#[test]
fn a_half_that_is_not_finite_makes_its_document_nan_and_no_other() {
    for kernels in available() {
        for kind in [Kind::F16, Kind::Bf16, Kind::Rounded] {
            for (dim, rows) in [(1, 1), (5, 4), (128, 13), (129, 30)] {
                for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                    let mut documents = vec![1.0; 2 * rows * dim];
                    documents[rows * dim - 1] = bad;
                    let scores = kind.scores(kernels, &vec![9.0; 40 * dim], &documents, dim, &[0, rows, 2 * rows]);
                    assert!(scores[0].is_nan(), "{} {kind:?}: {bad} in {rows} x {dim}", kernels.isa());
                    assert_eq!(scores[1], 360.0 * dim as f32);
                }
            }
        }
    }
}

#[test]
fn a_document_without_tokens_scores_negative_infinity() {
    for kernels in available() {
        let mut scores = [0.0; 3];
        kernels.maxsim(&[&PackedQuery::new(&[1.0, 2.0], 2)], &[1.0, 1.0], &[0, 0, 1, 1], &mut scores);
        assert_eq!(scores, [f32::NEG_INFINITY, 3.0, f32::NEG_INFINITY]);
    }
}

#[test]
#[should_panic(expected = "a dot product of vectors of different lengths")]
fn dot_refuses_different_lengths() {
    let _ = kernels().dot(&[1.0], &[1.0, 2.0]);
}

#[test]
#[should_panic(expected = "offsets stay within the values")]
fn maxsim_refuses_offsets_beyond_the_values() {
    kernels().maxsim(&[&PackedQuery::new(&[1.0, 2.0], 2)], &[1.0, 1.0, 1.0], &[0, 2], &mut [0.0]);
}

#[test]
#[should_panic(expected = "queries are of one dimension")]
fn maxsim_refuses_queries_of_different_dimensions() {
    let (one, two) = (PackedQuery::new(&[1.0, 2.0], 1), PackedQuery::new(&[1.0, 2.0], 2));
    kernels().maxsim(&[&one, &two], &[1.0, 1.0], &[0, 1], &mut [0.0; 2]);
}

#[test]
#[should_panic(expected = "a score for each query and document")]
fn maxsim_refuses_too_few_scores() {
    kernels().maxsim(&[&PackedQuery::new(&[1.0], 1)], &[1.0, 1.0], &[0, 1, 2], &mut [0.0]);
}

#[test]
#[should_panic(expected = "a scale for each token")]
fn maxsim_refuses_too_few_scales() {
    kernels().maxsim_int8(&[&PackedInt8::new(&[1.0], 1)], &[1, 1], &[1.0], &[0, 2], &mut [0.0]);
}

#[test]
#[should_panic(expected = "offsets ascend")]
fn maxsim_refuses_offsets_that_descend() {
    kernels().maxsim(&[&PackedQuery::new(&[1.0], 1)], &[1.0, 1.0], &[2, 1], &mut [0.0]);
}

#[test]
#[should_panic(expected = "is not made of tokens of 2")]
fn a_query_of_partial_tokens_is_refused() {
    let _ = PackedQuery::new(&[1.0; 3], 2);
}

/// Bytes of all sizes, the least and the greatest among them.
fn bytes_of(values: &[f32]) -> Vec<u8> {
    values.iter().enumerate().map(|(at, value)| if at % 7 == 0 { 255 } else { (value.to_bits() >> 11) as u8 }).collect()
}

proptest! {
    #[test]
    fn sums_and_masks_have_the_same_bits_on_all_levels(count in 0..5_usize, tail in 0..64_usize, weight in -2.0..2.0_f32) {
        let (row, start) = (values(64 * count + tail, 3), values(64 * count + tail, 4));
        let whole = &row[..64 * count];
        for kernels in available() {
            let mut sums = start.clone();
            kernels.add(&mut sums, &row, weight);
            for ((sum, value), start) in sums.iter().zip(&row).zip(&start) {
                prop_assert_eq!(sum.to_bits(), (start + weight * value).to_bits());
            }
            let bytes = bytes_of(&row);
            sums.clone_from(&start);
            kernels.add_bytes(&mut sums, &bytes, weight);
            for ((sum, byte), start) in sums.iter().zip(&bytes).zip(&start) {
                prop_assert_eq!(sum.to_bits(), (start + weight * f32::from(*byte)).to_bits());
            }
            let bar = whole.first().copied().unwrap_or(0.0);
            let mut masks = vec![0; count];
            kernels.at_least(whole, bar, &mut masks);
            for (at, value) in whole.iter().enumerate() {
                prop_assert_eq!(masks[at / 64] >> (at % 64) & 1 == 1, *value >= bar);
            }
        }
    }

    #[test]
    fn keys_are_found_on_all_levels(
        held in prop::collection::btree_set(0..16384_u16, 0..600),
        near in any::<bool>(),
        asked in prop::collection::vec(0..16384_u16, 0..200),
        weight in -2.0..2.0_f32,
    ) {
        // Close to each other, so that a bucket holds many.
        let held: Vec<u16> = if near { held.iter().map(|key| key % 700).collect() } else { held.into_iter().collect() };
        let mut held = held;
        held.sort_unstable();
        held.dedup();
        let asked: Vec<u16> = asked.iter().chain(held.iter().step_by(3)).copied().collect();
        let (impacts, start) = (values(held.len(), 5), values(asked.len(), 6));
        let mut starts = vec![0; Keys::starts(held.len())];
        Keys::fill(&held, &mut starts);
        for kernels in available() {
            for starts in [&starts[..], &[]] {
                let mut sums = start.clone();
                kernels.add_found(Keys::new(&held, starts), &impacts, weight, &asked, &mut sums);
                for ((key, sum), start) in asked.iter().zip(&sums).zip(&start) {
                    let part = held.binary_search(key).ok().map(|at| weight * impacts[at]);
                    prop_assert_eq!(sum.to_bits(), part.map_or(*start, |part| start + part).to_bits());
                }
                let bytes = bytes_of(&impacts);
                sums.clone_from(&start);
                kernels.add_found_bytes(Keys::new(&held, starts), &bytes, weight, &asked, &mut sums);
                for ((key, sum), start) in asked.iter().zip(&sums).zip(&start) {
                    let part = held.binary_search(key).ok().map(|at| weight * f32::from(bytes[at]));
                    prop_assert_eq!(sum.to_bits(), part.map_or(*start, |part| start + part).to_bits());
                }
            }
        }
    }
}
