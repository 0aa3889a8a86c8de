//! Documents of sign bits.

use proptest::prelude::*;
use rank_kernels::{PackedInt8, PackedSigns, available, pack_signs};

use crate::oracle::{exact_maxsim, exact_refined, map, values};

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
