//! Weights, extremes, and values that are not finite.

use rank_kernels::half::bf16;
use rank_kernels::{PackedBf16, PackedInt8, PackedQuery, available, quantize};

use crate::oracle::Kind;

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
