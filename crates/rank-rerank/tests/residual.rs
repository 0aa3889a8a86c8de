//! The codec against its definition, and its error against the tokens.

use proptest::prelude::*;
use rank_rerank::residual::{CodecConfig, EncodedTokens, ResidualCodec};
use rank_rerank::simd::{Components, MaxSim, Scoring, TokenBatch};
use rank_rerank::{Error, TokenMatrix};

fn values(count: usize, start: u64) -> Vec<f32> {
    let mut state = start.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..count).map(|_| (0..4).map(|_| next()).sum()).collect()
}

/// Noise about some directions, of norm 1.
fn clustered(count: usize, dim: usize, noise: f32, start: u64) -> Vec<f32> {
    let (topics, mut all) = (values(20 * dim, 3), values(count * dim, start));
    for (row, token) in all.chunks_exact_mut(dim).enumerate() {
        for (value, topic) in token.iter_mut().zip(&topics[row * 7 % 20 * dim..]) {
            *value = topic + noise * *value;
        }
        let norm = token.iter().map(|value| value * value).sum::<f32>().sqrt();
        for value in token.iter_mut() {
            *value /= norm;
        }
    }
    all
}

fn train(tokens: &[f32], dim: usize, config: CodecConfig) -> ResidualCodec {
    ResidualCodec::train(tokens, dim, config, |_| true).unwrap().unwrap()
}

fn mean_cosine(a: &[f32], b: &[f32], dim: usize) -> f64 {
    let cosine = |a: &[f32], b: &[f32]| {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    };
    let all: Vec<f64> = a.chunks_exact(dim).zip(b.chunks_exact(dim)).map(|(a, b)| cosine(a, b)).collect();
    all.iter().sum::<f64>() / all.len() as f64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Code by code: the nearest centroid, the bucket between whose ends the residual lies, the norm that was.
    #[test]
    fn codes_are_what_the_definition_says(
        bits in prop::sample::select(vec![1_usize, 2, 4]),
        dim in 1_usize..40,
        tokens in 8_usize..60,
        threads in 0_usize..4,
        start in any::<u32>(),
    ) {
        let training = values(tokens * dim, u64::from(start));
        let config = CodecConfig { bits, centroids: Some(6), iterations: 2, threads, ..CodecConfig::default() };
        let codec = train(&training, dim, config);
        let alone = train(&training, dim, CodecConfig { threads: 1, ..config });
        prop_assert_eq!(codec.centroids(), alone.centroids());
        prop_assert_eq!(codec.bucket_weights(), alone.bucket_weights());
        prop_assert!(codec.bucket_cutoffs().is_sorted() && codec.bucket_cutoffs().len() == (1 << bits) - 1);

        let fresh = values(7 * dim, u64::from(start) + 1);
        let encoded = codec.encode(&fresh, threads).unwrap();
        prop_assert_eq!(&encoded, &codec.encode(&fresh, 1).unwrap());
        let decoded = codec.decode(&encoded).unwrap();
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
        for (at, token) in fresh.chunks_exact(dim).enumerate() {
            let centroid = |number: usize| &codec.centroids()[number * dim..][..dim];
            let best = (0..6).map(|number| dot(token, centroid(number))).fold(f64::NEG_INFINITY, f64::max);
            let chosen = centroid(encoded.centroids[at] as usize);
            prop_assert!(dot(token, chosen) >= best - 1e-4);
            let norm = dot(token, token).sqrt();
            let bytes = codec.bytes();
            let mut sum = Vec::new();
            for (component, (&value, &center)) in token.iter().zip(chosen).enumerate() {
                let code = encoded.codes[at * bytes + component % bytes] >> (component / bytes * bits) & ((1 << bits) - 1);
                let residual = value / norm as f32 - center;
                let bucket = codec.bucket_cutoffs().iter().filter(|&&cutoff| residual > cutoff).count();
                // On the edge of a bucket the last bit decides.
                let near = codec.bucket_cutoffs().iter().any(|cutoff| (residual - cutoff).abs() < 1e-6);
                prop_assert!(near || bucket == usize::from(code), "{bucket} {code}");
                sum.push(center + codec.bucket_weights()[usize::from(code)]);
            }
            let length = dot(&sum, &sum).sqrt();
            for (sum, got) in sum.iter().zip(&decoded[at * dim..]) {
                prop_assert!((f64::from(*sum) / length * norm - f64::from(*got)).abs() < 1e-4);
            }
        }
    }

    /// Scores by lookup are those of decoded tokens.
    #[test]
    fn scores_are_those_of_decoded_tokens(
        bits in prop::sample::select(vec![1_usize, 2, 4]),
        dim in 2_usize..140,
        lengths in prop::collection::vec(1_usize..30, 1..6),
        queries in 1_usize..40,
        start in any::<u32>(),
    ) {
        let offsets: Vec<usize> = (0..=lengths.len()).map(|end| lengths[..end].iter().sum()).collect();
        let tokens = clustered(offsets[lengths.len()], dim, 0.3, u64::from(start));
        let codec = train(&clustered(100, dim, 0.3, 5), dim, CodecConfig { bits, centroids: Some(16), ..CodecConfig::default() });
        let query = TokenMatrix::new(clustered(queries, dim, 0.3, u64::from(start) + 2), dim).unwrap();
        let encoded = codec.encode(&tokens, 1).unwrap();
        let got = codec.maxsim(&query, &encoded, &offsets).unwrap();
        let decoded = codec.decode(&encoded).unwrap();
        let batch = TokenBatch::flat(Components::F32(&decoded), dim, &offsets).unwrap();
        let expected = MaxSim::new(&query).unwrap().score_tokens(&batch, Scoring::default()).unwrap();
        for (got, expected) in got.iter().zip(&expected) {
            prop_assert!((got - expected).abs() < 4e-3 * queries as f32, "{got} {expected}");
        }
    }
}

#[test]
fn more_bits_are_nearer() {
    let tokens = clustered(4000, 64, 0.25, 1);
    let cosines: Vec<f64> = [1, 2, 4]
        .map(|bits| {
            let codec = train(&tokens, 64, CodecConfig { bits, centroids: Some(64), ..CodecConfig::default() });
            let fresh = clustered(500, 64, 0.25, 2);
            mean_cosine(&fresh, &codec.decode(&codec.encode(&fresh, 1).unwrap()).unwrap(), 64)
        })
        .to_vec();
    assert!(cosines.is_sorted(), "{cosines:?}");
    // Measured: 0.959, 0.988, 0.9991.
    assert!(cosines[0] > 0.93 && cosines[1] > 0.98 && cosines[2] > 0.998, "{cosines:?}");
}

#[test]
fn a_token_of_zeros_stays_one() {
    let mut tokens = values(40 * 4, 1);
    let codec = train(&tokens, 4, CodecConfig { centroids: Some(2), ..CodecConfig::default() });
    tokens[..4].fill(0.0);
    let encoded = codec.encode(&tokens, 1).unwrap();
    assert_eq!(codec.decode(&encoded).unwrap()[..4], [0.0; 4]);
    let scores = codec.maxsim(&[[1.0, 0.0, 0.0, 0.0], [0.0; 4]], &encoded, &[0, 1, 40]).unwrap();
    assert_eq!(scores[0], 0.0);
}

#[test]
fn training_stops_when_it_is_told_to() {
    let tokens = values(400 * 4, 1);
    assert!(ResidualCodec::train(&tokens, 4, CodecConfig::default(), |_| false).unwrap().is_none());
}

#[test]
fn what_cannot_be_is_refused() {
    let tokens = values(40 * 4, 1);
    let refused = |config| ResidualCodec::train(&tokens, 4, config, |_| true).unwrap_err().to_string();
    let base = CodecConfig::default();
    assert_eq!(
        refused(CodecConfig { bits: 3, ..base }),
        "bits: expected 1, 2 or 4, got 3; 4 is near to exact, 2 half as large"
    );
    assert_eq!(refused(CodecConfig { iterations: 0, ..base }), "iterations: expected at least 1, got 0; 8 is usual");
    assert_eq!(
        refused(CodecConfig { tokens_per_centroid: 0, ..base }),
        "tokens_per_centroid: expected at least 1, got 0; 64 is usual"
    );
    assert_eq!(
        refused(CodecConfig { centroids: Some(41), ..base }),
        "centroids: expected from 1 to the 40 tokens that there are to train on, got 41; leave it out, or train on more tokens"
    );
    assert!(matches!(ResidualCodec::train(&[], 4, base, |_| true), Err(Error::NoTokens { .. })));
    assert!(matches!(ResidualCodec::train(&[1.0], 0, base, |_| true), Err(Error::NoComponents { .. })));
    assert!(matches!(ResidualCodec::train(&[1.0; 3], 2, base, |_| true), Err(Error::PartialToken { .. })));
    assert!(matches!(ResidualCodec::train(&[f32::NAN; 8], 2, base, |_| true), Err(Error::NonFinite { .. })));
    assert!(matches!(
        ResidualCodec::train(&vec![1.0; 70_000], 70_000, base, |_| true),
        Err(Error::TooManyComponents { .. })
    ));

    let codec = train(&tokens, 4, base);
    assert!(matches!(codec.encode(&[1.0; 3], 1), Err(Error::PartialToken { .. })));
    assert!(matches!(codec.encode(&[f32::NAN; 4], 1), Err(Error::NonFinite { .. })));
    let good = codec.encode(&tokens, 1).unwrap();
    let wrong = |change: fn(&mut EncodedTokens)| {
        let mut encoded = good.clone();
        change(&mut encoded);
        codec.decode(&encoded).unwrap_err().to_string()
    };
    let message = wrong(|encoded| encoded.codes.truncate(3));
    assert_eq!(message, "codes: expected 2 bytes for each of 40 tokens, got 3; pass what encode returned");
    let message = wrong(|encoded| encoded.scales.truncate(3));
    assert_eq!(message, "scales: expected 40, one for each token, got 3; pass what encode returned");
    let message = wrong(|encoded| encoded.scales[1] = f32::NAN);
    assert_eq!(message, "scales: expected finite numbers, got NaN; pass what encode returned");
    let message = wrong(|encoded| encoded.centroids[0] = 99);
    assert!(message.starts_with("centroids: expected numbers below "), "{message}");
    let query = [[1.0, 0.0, 0.0, 0.0]];
    assert!(matches!(codec.maxsim(&query, &good, &[0, 0, 40]), Err(Error::NoTokens { .. })));
    assert!(matches!(codec.maxsim(&query, &good, &[0, 39]), Err(Error::InvalidOffsets { .. })));
    assert!(matches!(codec.maxsim(&[[1.0]], &good, &[0, 40]), Err(Error::DimMismatch { .. })));
    assert!(matches!(codec.maxsim(&[[f32::NAN; 4]], &good, &[0, 40]), Err(Error::NonFinite { .. })));
}
