//! Residual-compressed tokens on every level, against sums in `f64` over decoded tokens.

use proptest::prelude::*;
use rank_kernels::{PackedInt8, PackedQuery, ResidualTokens, available, kernels, quantize};

struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn value(&mut self) -> f32 {
        self.next() as f32 / (1_u64 << 30) as f32 - 1.0
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_level_scores_what_decoded_tokens_score(
        bits in prop::sample::select(vec![1_usize, 2, 4]),
        queries in 1_usize..50,
        lengths in prop::collection::vec(0_usize..40, 1..5),
        dim in prop_oneof![1_usize..150, Just(128)],
        start in any::<u32>(),
    ) {
        let mut chance = Chance(u64::from(start));
        let (centroids, unit) = (5, 0.02_f32);
        let query: Vec<f32> = (0..queries * dim).map(|_| chance.value()).collect();
        let centers: Vec<f32> = (0..centroids * dim).map(|_| chance.value()).collect();
        let count: usize = lengths.iter().sum();
        let ids: Vec<u32> = (0..count).map(|_| (chance.next() % centroids as u64) as u32).collect();
        let scales: Vec<f32> = (0..count).map(|_| 0.5 + chance.value().abs()).collect();
        let mut weights = [0_i8; 16];
        weights.fill_with(|| (chance.next() % 256) as u8 as i8);
        let bytes = dim.div_ceil(8 / bits);
        let codes: Vec<u8> = (0..count * bytes).map(|_| chance.next() as u8).collect();
        let tokens = ResidualTokens { centroids: &ids, codes: &codes, scales: &scales, weights, bits, dim };
        prop_assert_eq!(tokens.bytes(), bytes);

        // What the query's codes stand for.
        let (mut query_codes, mut query_scales) = (vec![0; query.len()], vec![0.0; queries]);
        quantize(&query, dim, &mut query_codes, &mut query_scales);
        let rounded: Vec<f64> =
            query_codes.iter().enumerate().map(|(at, &c)| f64::from(c) * f64::from(query_scales[at / dim])).collect();
        let width = queries.div_ceil(PackedQuery::WIDTH) * PackedQuery::WIDTH;
        let mut base = vec![0.0; centroids * width];
        for (center, base) in centers.chunks_exact(dim).zip(base.chunks_exact_mut(width)) {
            for (token, base) in base.iter_mut().enumerate().take(queries) {
                let product: f64 =
                    center.iter().zip(&rounded[token * dim..]).map(|(a, b)| f64::from(*a) * b).sum();
                *base = (product / f64::from(query_scales[token]) / f64::from(unit)) as f32;
            }
        }
        let packed = PackedInt8::new(&query, dim).with_weights(&vec![unit; queries]);
        // In reverse: documents may lie anywhere.
        let mut end = count;
        let documents: Vec<_> = lengths.iter().map(|length| { end -= length; end..end + length }).collect();

        let decoded = |token: usize| -> Vec<f64> {
            (0..dim).map(|component| {
                let code = codes[token * bytes + component % bytes] >> (component / bytes * bits) & ((1 << bits) - 1);
                let center = f64::from(centers[ids[token] as usize * dim + component]);
                (center + f64::from(weights[usize::from(code)]) * f64::from(unit)) * f64::from(scales[token])
            }).collect()
        };
        let mut first = None;
        for kernels in available() {
            let mut scores = vec![0.0; documents.len()];
            kernels.maxsim_residual(&packed, &base, tokens, &documents, &mut scores);
            for (document, &score) in documents.iter().zip(&scores) {
                if document.is_empty() {
                    prop_assert_eq!(score, f32::NEG_INFINITY);
                    continue;
                }
                let exact: f64 = rounded.chunks_exact(dim).map(|query| {
                    document.clone().map(|token| decoded(token).iter().zip(query).map(|(a, b)| a * b).sum::<f64>())
                        .fold(f64::NEG_INFINITY, f64::max)
                }).sum();
                let bound = 1e-5 * (queries * dim) as f64;
                prop_assert!((f64::from(score) - exact).abs() < bound, "{}: {score} {exact}", kernels.isa());
            }
            let bits: Vec<u32> = scores.iter().map(|score| score.to_bits()).collect();
            prop_assert_eq!(first.get_or_insert(bits.clone()), &bits);
        }
    }
}

fn one<'a>(centroids: &'a [u32], codes: &'a [u8], scales: &'a [f32], bits: usize) -> ResidualTokens<'a> {
    ResidualTokens { centroids, codes, scales, weights: [1; 16], bits, dim: 4 }
}

#[test]
fn a_scale_that_is_not_finite_makes_its_document_nan() {
    let query = PackedInt8::new(&[1.0; 4], 4);
    for kernels in available() {
        for rows in [1, 3, 5, 13] {
            let mut scales = vec![1.0; 2 * rows];
            scales[rows - 1] = f32::INFINITY;
            let (ids, codes) = (vec![0; 2 * rows], vec![0; 4 * rows]);
            let mut scores = [0.0; 2];
            let documents = [0..rows, rows..2 * rows];
            kernels.maxsim_residual(&query, &[0.0; 16], one(&ids, &codes, &scales, 4), &documents, &mut scores);
            assert!(scores[0].is_nan() && scores[1].is_finite(), "{}: {scores:?}", kernels.isa());
        }
    }
}

#[test]
#[should_panic(expected = "codes of 1, 2 or 4 bits")]
fn other_bits_are_refused() {
    kernels().maxsim_residual(
        &PackedInt8::new(&[1.0; 4], 4),
        &[0.0; 16],
        one(&[0], &[0], &[1.0], 3),
        std::slice::from_ref(&(0..1)),
        &mut [0.0],
    );
}

#[test]
#[should_panic(expected = "products of each centroid")]
fn centroids_beyond_the_products_are_refused() {
    let tokens = one(&[1], &[0, 0], &[1.0], 4);
    kernels().maxsim_residual(
        &PackedInt8::new(&[1.0; 4], 4),
        &[0.0; 16],
        tokens,
        std::slice::from_ref(&(0..1)),
        &mut [0.0],
    );
}

#[test]
#[should_panic(expected = "documents stay within the tokens")]
fn documents_beyond_the_tokens_are_refused() {
    let tokens = one(&[0], &[0, 0], &[1.0], 4);
    kernels().maxsim_residual(
        &PackedInt8::new(&[1.0; 4], 4),
        &[0.0; 16],
        tokens,
        std::slice::from_ref(&(0..2)),
        &mut [0.0],
    );
}
