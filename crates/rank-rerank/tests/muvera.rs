//! Fixed-dimensional encodings against their definition in `f64`, cell by cell.

use proptest::prelude::*;
use rank_rerank::Error;
use rank_rerank::muvera::{FdeConfig, FixedDimensionalEncoder};
use rank_rerank::simd::{Components, TokenBatch};

fn values(count: usize, start: u64) -> Vec<f32> {
    let mut state = start.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1 << 24) as f32 - 0.5
    };
    (0..count).map(|_| next()).collect()
}

/// The definition: sums or means of cells, empty ones filled, projected afterwards.
fn oracle(config: &FdeConfig, dim: usize, planes: &[f32], signs: &[f32], tokens: &[f32], document: bool) -> Vec<f64> {
    let cells = 1_usize << config.simhash_bits;
    let width = config.projection_dim.unwrap_or(dim);
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let mut out = Vec::new();
    for repetition in 0..config.repetitions {
        let planes = &planes[repetition * config.simhash_bits * dim..][..config.simhash_bits * dim];
        let cell_of = |token: &[f32]| {
            planes.chunks_exact(dim).enumerate().map(|(bit, plane)| usize::from(dot(plane, token) > 0.0) << bit).sum()
        };
        let all: Vec<(usize, &[f32])> = tokens.chunks_exact(dim).map(|token| (cell_of(token), token)).collect();
        for cell in 0..cells {
            let inside: Vec<&[f32]> = all.iter().filter(|(other, _)| *other == cell).map(|(_, token)| *token).collect();
            let mut center = vec![0.0; dim];
            for token in &inside {
                for (sum, &value) in center.iter_mut().zip(*token) {
                    *sum += f64::from(value) / if document { inside.len() as f64 } else { 1.0 };
                }
            }
            if document && inside.is_empty() && config.fill_empty {
                let near = all.iter().min_by_key(|(other, _)| ((cell ^ other).count_ones(), *other)).unwrap();
                center = near.1.iter().map(|&value| f64::from(value)).collect();
            }
            if width < dim {
                let signs = &signs[repetition * width * dim..][..width * dim];
                out.extend(signs.chunks_exact(dim).map(|signs| {
                    signs.iter().zip(&center).map(|(s, c)| f64::from(*s) * c).sum::<f64>() / (width as f64).sqrt()
                }));
            } else {
                out.extend(center);
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn encodings_are_what_the_definition_says(
        dim in 2_usize..40,
        tokens in 1_usize..30,
        bits in 0_usize..5,
        repetitions in 1_usize..4,
        narrow in any::<bool>(),
        fill_empty in any::<bool>(),
        document in any::<bool>(),
        start in any::<u32>(),
    ) {
        let config = FdeConfig {
            simhash_bits: bits,
            projection_dim: narrow.then_some(dim / 2),
            repetitions,
            fill_empty,
            ..FdeConfig::default()
        };
        let planes = values(repetitions * bits * dim, u64::from(start));
        let width = if narrow { dim / 2 } else { 0 };
        let signs: Vec<f32> = values(repetitions * width * dim, 7).iter().map(|value| value.signum()).collect();
        let encoder =
            FixedDimensionalEncoder::from_vectors(dim, config, &planes, narrow.then_some(&signs)).unwrap();
        let matrix = rank_rerank::TokenMatrix::new(values(tokens * dim, 9 + u64::from(start)), dim).unwrap();
        // On which side of a plane a token is, rounding must not say.
        let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
        let clear = |token| planes.chunks_exact(dim).all(|plane| product(plane, token).abs() > 1e-5);
        prop_assume!(matrix.values().chunks_exact(dim).all(clear));
        let got = if document { encoder.encode_document(&matrix) } else { encoder.encode_query(&matrix) }.unwrap();
        let expected = oracle(&config, dim, &planes, &signs, matrix.values(), document);
        prop_assert_eq!(got.len(), encoder.encoded_dim());
        prop_assert_eq!(got.len(), expected.len());
        for (got, expected) in got.iter().zip(&expected) {
            prop_assert!((f64::from(*got) - expected).abs() < 1e-4, "{got} {expected}");
        }
    }

    #[test]
    fn many_are_encoded_as_one_is_on_any_threads(
        lengths in prop::collection::vec(1_usize..12, 0..9),
        threads in 0_usize..4,
        start in any::<u32>(),
    ) {
        let dim = 16;
        let config = FdeConfig { simhash_bits: 3, projection_dim: Some(4), repetitions: 3, ..FdeConfig::default() };
        let encoder = FixedDimensionalEncoder::new(dim, config).unwrap();
        let offsets: Vec<usize> = (0..=lengths.len()).map(|end| lengths[..end].iter().sum()).collect();
        let tokens = values(offsets[lengths.len()] * dim, u64::from(start));
        let batch = TokenBatch::flat(Components::F32(&tokens), dim, &offsets).unwrap();
        let size = encoder.encoded_dim();
        let documents = encoder.encode_documents(&batch, threads, |_| true).unwrap();
        let queries = encoder.encode_queries(&batch, threads, |_| true).unwrap();
        prop_assert_eq!(documents.len(), lengths.len() * size);
        for (position, range) in offsets.windows(2).enumerate() {
            let one = rank_rerank::TokensRef::new(&tokens[range[0] * dim..range[1] * dim], dim).unwrap();
            prop_assert_eq!(&documents[position * size..][..size], encoder.encode_document(&one).unwrap());
            prop_assert_eq!(&queries[position * size..][..size], encoder.encode_query(&one).unwrap());
        }
    }
}

#[test]
fn the_sketch_keeps_products_on_average() {
    let dim = 32;
    let base = FdeConfig { simhash_bits: 3, projection_dim: None, repetitions: 2, ..FdeConfig::default() };
    let (query, document) = (values(5 * dim, 1), values(20 * dim, 2));
    let tokens = |values: &[f32]| rank_rerank::TokenMatrix::new(values.to_vec(), dim).unwrap();
    let score = |config: FdeConfig| {
        let encoder = FixedDimensionalEncoder::new(dim, config).unwrap();
        let query = encoder.encode_query(&tokens(&query)).unwrap();
        let document = encoder.encode_document(&tokens(&document)).unwrap();
        assert_eq!(query.len(), config.final_dim.unwrap_or(2 * 8 * dim));
        f64::from(encoder.score(&query, &document).unwrap())
    };
    // Hyperplanes come of the seed before the sketch does: both are of the same cells.
    let difference =
        |seed: u64| score(FdeConfig { seed, final_dim: Some(64), ..base }) - score(FdeConfig { seed, ..base });
    let differences: Vec<f64> = (0..400).map(difference).collect();
    let mean = differences.iter().sum::<f64>() / 400.0;
    let deviation = (differences.iter().map(|value| value * value).sum::<f64>() / 400.0).sqrt();
    assert!(deviation > 0.0 && mean.abs() < 4.0 * deviation / 20.0, "{mean} {deviation}");
}

#[test]
fn a_seed_says_all() {
    let encode = |seed| {
        let config =
            FdeConfig { seed, simhash_bits: 4, projection_dim: Some(3), final_dim: Some(50), ..FdeConfig::default() };
        FixedDimensionalEncoder::new(4, config)
            .unwrap()
            .encode_document(&[[0.1, -0.2, 0.3, 0.4], [0.5, 0.1, -0.4, 0.2]])
            .unwrap()
    };
    assert_eq!(encode(1), encode(1));
    assert_ne!(encode(1), encode(2));
}

#[test]
fn what_cannot_be_is_refused() {
    let base = FdeConfig::default();
    let refused = |dim: usize, config: FdeConfig| FixedDimensionalEncoder::new(dim, config).unwrap_err().to_string();
    assert!(matches!(FixedDimensionalEncoder::new(0, base), Err(Error::NoComponents { .. })));
    assert!(matches!(FixedDimensionalEncoder::from_vectors(0, base, &[], None), Err(Error::NoComponents { .. })));
    assert_eq!(
        refused(128, FdeConfig { simhash_bits: 17, ..base }),
        "simhash_bits: expected at most 16, got 17; a power of two cells is made of so many hyperplanes; 5 is usual"
    );
    assert_eq!(
        refused(128, FdeConfig { repetitions: 0, ..base }),
        "repetitions: expected at least 1, got 0; 20 is usual"
    );
    assert_eq!(
        refused(8, base),
        "projection_dim: expected from 1 to the tokens' dim 8, got 16; leave it out to keep all components"
    );
    assert_eq!(
        refused(128, FdeConfig { final_dim: Some(20_000), ..base }),
        "final_dim: expected from 1 to the encoding's 10240 components, got 20000; leave it out to keep all components"
    );
    assert_eq!(
        refused(128, FdeConfig { simhash_bits: 16, repetitions: 1000, ..base }),
        "repetitions: expected encodings of at most 268435456 components, got 1048576000; lower simhash_bits, \
         repetitions or projection_dim"
    );
    assert_eq!(
        refused(128, FdeConfig { simhash_bits: 0, projection_dim: Some(1), repetitions: 1 << 28, ..base }),
        "repetitions: expected hyperplanes and projections of at most 268435456 components, got 34359738368; lower \
         simhash_bits, repetitions or projection_dim"
    );
    let config = FdeConfig { simhash_bits: 1, projection_dim: None, repetitions: 1, ..base };
    let wrong = FixedDimensionalEncoder::from_vectors(2, config, &[1.0], None).unwrap_err().to_string();
    assert_eq!(
        wrong,
        "hyperplanes: expected 2 values, got 1; pass the vectors of each repetition, one after the other"
    );
    let wrong = FixedDimensionalEncoder::from_vectors(2, config, &[1.0, f32::NAN], None);
    assert!(matches!(wrong, Err(Error::NonFinite { .. })));

    let encoder = FixedDimensionalEncoder::new(2, config).unwrap();
    let none: [[f32; 2]; 0] = [];
    assert!(matches!(encoder.encode_query(&none), Err(Error::NoTokens { .. })));
    assert!(matches!(encoder.encode_query(&[[1.0; 3]]), Err(Error::DimMismatch { expected: 2, got: 3, .. })));
    assert!(matches!(encoder.encode_document(&[[1.0, f32::INFINITY]]), Err(Error::NonFinite { token: 0, .. })));
    assert!(matches!(encoder.encode_query(&[[f32::MAX; 2], [f32::MAX; 2]]), Err(Error::Overflow { .. })));
    assert!(matches!(encoder.score(&[0.0; 4], &[0.0; 3]), Err(Error::DimMismatch { expected: 4, got: 3, .. })));
    let tokens = [1.0, 2.0, f32::NAN, 1.0];
    let batch = TokenBatch::flat(Components::F32(&tokens), 2, &[0, 1, 2]).unwrap();
    let error = encoder.encode_documents(&batch, 1, |_| true).unwrap_err().to_string();
    assert!(error.starts_with("values (document 1): expected finite"), "{error}");
    let batch = TokenBatch::flat(Components::F32(&tokens), 1, &[0, 4]).unwrap();
    assert!(matches!(encoder.encode_queries(&batch, 1, |_| true), Err(Error::DimMismatch { .. })));
}

#[test]
fn encodings_beyond_all_memory_are_refused() {
    let config = FdeConfig { simhash_bits: 16, projection_dim: None, repetitions: 1 << 11, ..FdeConfig::default() };
    let encoder = FixedDimensionalEncoder::new(2, config).unwrap();
    // More than 2 to the power of 47 bytes, which no address space of today has.
    let tokens = vec![1.0; 2 * 200_000];
    let offsets: Vec<usize> = (0..=200_000).collect();
    let batch = TokenBatch::flat(Components::F32(&tokens), 2, &offsets).unwrap();
    assert_eq!(
        encoder.encode_documents(&batch, 1, |_| true).unwrap_err().to_string(),
        "values: expected encodings that fit into memory, got 200000 of 268435456 components, 200000.0 GiB; encode fewer \
         of them at once, or set final_dim"
    );
}
