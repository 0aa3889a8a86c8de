//! Every level that this machine has, against sums in `f64` over the unpacked tokens, within a stated bound.

use proptest::prelude::*;
use rank_kernels::{Isa, Kernels, PackedQuery, available, kernels, try_kernels};

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

fn check_maxsim(kernels: &Kernels, tokens: usize, lengths: &[usize], dim: usize, start: u32) {
    let query = values(tokens * dim, start);
    let mut offsets = vec![0];
    for length in lengths {
        offsets.push(offsets[offsets.len() - 1] + length);
    }
    let documents = values(offsets[lengths.len()] * dim, start + 1);
    let mut scores = vec![f32::NAN; lengths.len()];
    kernels.maxsim(&PackedQuery::new(&query, dim), &documents, &offsets, &mut scores);
    for (document, got) in offsets.windows(2).zip(&scores) {
        let rows = &documents[document[0] * dim..document[1] * dim];
        let (exact, size) = exact_maxsim(&query, rows, dim);
        let error = (f64::from(*got) - exact).abs();
        assert!(
            error <= bound(dim, size),
            "{}: {tokens} x {} x {dim}: {got} against {exact}",
            kernels.isa(),
            document[1] - document[0]
        );
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
    for kernels in available() {
        for dim in DIMS {
            for tokens in [1, 15, 16, 17, 32, 33, 48] {
                check_maxsim(kernels, tokens, &lengths, dim, tokens as u32 + 1);
            }
        }
    }
}

#[test]
fn maxsim_at_every_query_length() {
    for kernels in available() {
        for tokens in 1..=70 {
            for dim in [3, 16, 128] {
                check_maxsim(kernels, tokens, &[1, 4, 6, 11, 12, 13, 30], dim, tokens as u32 + 9);
            }
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
    fn maxsim_of_ragged_documents(
        tokens in 1_usize..70,
        lengths in prop::collection::vec(1_usize..50, 1..8),
        dim in 1_usize..140,
        start in any::<u16>(),
    ) {
        for kernels in available() {
            check_maxsim(kernels, tokens, &lengths, dim, u32::from(start));
        }
    }

    /// One document alone scores as it does among others, to the bit.
    #[test]
    fn a_score_does_not_depend_on_its_neighbors(
        lengths in prop::collection::vec(1_usize..40, 1..6),
        dim in 1_usize..70,
        start in any::<u16>(),
    ) {
        let query = PackedQuery::new(&values(9 * dim, u32::from(start)), dim);
        let mut offsets = vec![0];
        for length in &lengths {
            offsets.push(offsets[offsets.len() - 1] + length);
        }
        let documents = values(offsets[lengths.len()] * dim, 7);
        for kernels in available() {
            let mut together = vec![0.0; lengths.len()];
            kernels.maxsim(&query, &documents, &offsets, &mut together);
            for (document, score) in offsets.windows(2).zip(&together) {
                let mut alone = [0.0];
                kernels.maxsim(&query, &documents, document, &mut alone);
                prop_assert_eq!(alone[0].to_bits(), score.to_bits());
            }
        }
    }
}

#[test]
fn negative_maxima_stay_negative() {
    for kernels in available() {
        for rows in 1..30 {
            // 17 tokens: the second group is almost all surplus lanes.
            let query = PackedQuery::new(&[1.0; 17 * 3], 3);
            let mut scores = [0.0];
            kernels.maxsim(&query, &vec![-0.5; rows * 3], &[0, rows], &mut scores);
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
                        kernels.maxsim(&query, &documents, &[0, rows, 2 * rows, 3 * rows], &mut scores);
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
fn a_document_without_tokens_scores_negative_infinity() {
    for kernels in available() {
        let mut scores = [0.0; 3];
        kernels.maxsim(&PackedQuery::new(&[1.0, 2.0], 2), &[1.0, 1.0], &[0, 0, 1, 1], &mut scores);
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
    kernels().maxsim(&PackedQuery::new(&[1.0, 2.0], 2), &[1.0, 1.0, 1.0], &[0, 2], &mut [0.0]);
}

#[test]
#[should_panic(expected = "offsets ascend")]
fn maxsim_refuses_offsets_that_descend() {
    kernels().maxsim(&PackedQuery::new(&[1.0], 1), &[1.0, 1.0], &[2, 1], &mut [0.0]);
}

#[test]
#[should_panic(expected = "is not made of tokens of 2")]
fn a_query_of_partial_tokens_is_refused() {
    let _ = PackedQuery::new(&[1.0; 3], 2);
}
