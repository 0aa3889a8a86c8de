//! The kernels as they are, on tiles in software, against the level without: also on machines that have tiles.

use half::{bf16, f16};
use proptest::prelude::*;

use super::{KERNELS, emulation, granted};
use crate::dispatch::{Kernels, available};
use crate::{Isa, PackedBf16, PackedInt8, PackedQuery, quantize};

/// The level below, and tiles, if the rest of the instructions are there.
fn levels() -> Option<[&'static Kernels; 2]> {
    let below = available().find(|kernels| kernels.isa() == Isa::Avx512Bf16)?;
    if !granted() {
        emulation::install();
    }
    Some([below, &KERNELS])
}

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

struct Case {
    dim: usize,
    queries: Vec<Vec<f32>>,
    documents: Vec<f32>,
    offsets: Vec<usize>,
}

impl Case {
    fn new(dim: usize, tokens: &[usize], lengths: &[usize], start: u32) -> Self {
        let offsets: Vec<usize> = (0..=lengths.len()).map(|count| lengths[..count].iter().sum()).collect();
        let queries = tokens.iter().zip(start..).map(|(tokens, start)| values(tokens * dim, start)).collect();
        Self { dim, queries, documents: values(offsets[lengths.len()] * dim, start + 1000), offsets }
    }

    fn scores(&self) -> Vec<f32> {
        vec![f32::NAN; self.queries.len() * (self.offsets.len() - 1)]
    }

    fn f32(&self, kernels: &Kernels) -> Vec<f32> {
        let queries: Vec<_> = self.queries.iter().map(|query| PackedQuery::new(query, self.dim)).collect();
        let mut scores = self.scores();
        kernels.maxsim(&queries.iter().collect::<Vec<_>>(), &self.documents, &self.offsets, &mut scores);
        scores
    }

    fn f16(&self, kernels: &Kernels) -> Vec<f32> {
        let queries: Vec<_> = self.queries.iter().map(|query| PackedQuery::new(query, self.dim)).collect();
        let documents: Vec<f16> = self.documents.iter().map(|&value| f16::from_f32(value)).collect();
        let mut scores = self.scores();
        kernels.maxsim_f16(&queries.iter().collect::<Vec<_>>(), &documents, &self.offsets, &mut scores);
        scores
    }

    fn bf16(&self, kernels: &Kernels, rounded: bool) -> Vec<f32> {
        let queries: Vec<_> = self.queries.iter().map(|query| PackedBf16::new(query, self.dim)).collect();
        let queries: Vec<_> = queries.iter().collect();
        let mut scores = self.scores();
        if rounded {
            kernels.maxsim_rounded(&queries, &self.documents, &self.offsets, &mut scores);
        } else {
            let documents: Vec<bf16> = self.documents.iter().map(|&value| bf16::from_f32(value)).collect();
            kernels.maxsim_bf16(&queries, &documents, &self.offsets, &mut scores);
        }
        scores
    }

    fn int8(&self, kernels: &Kernels) -> Vec<f32> {
        let queries: Vec<_> = self.queries.iter().map(|query| PackedInt8::new(query, self.dim)).collect();
        let (mut codes, mut scales) = (vec![0; self.documents.len()], vec![0.0; self.documents.len() / self.dim]);
        quantize(&self.documents, self.dim, &mut codes, &mut scales);
        let mut scores = self.scores();
        kernels.maxsim_int8(&queries.iter().collect::<Vec<_>>(), &codes, &scales, &self.offsets, &mut scores);
        scores
    }

    /// Where sums are exact, or only candidates are found by tiles, bits are those of the level below.
    fn check(&self) {
        let Some(levels) = levels() else { return };
        let bits = |scores: Vec<f32>| scores.into_iter().map(f32::to_bits).collect::<Vec<_>>();
        for scores in [Self::f32, Self::f16, Self::int8] {
            let [below, tiles] = levels.map(|kernels| bits(scores(self, kernels)));
            assert_eq!(below, tiles);
        }
        let [below, tiles] = levels.map(|kernels| self.bf16(kernels, false));
        for (below, tiles) in below.iter().zip(&tiles) {
            assert!(below == tiles || (below - tiles).abs() <= 1e-6 * (self.dim * 40) as f32, "{below} {tiles}");
        }
        assert_eq!(bits(self.bf16(levels[1], true)), bits(tiles.clone()), "as if they had been stored so");
        // Each score is the one that the query and the document have alone.
        let count = self.offsets.len() - 1;
        for (number, query) in self.queries.iter().enumerate() {
            for (document, ends) in self.offsets.windows(2).enumerate() {
                let documents = self.documents[ends[0] * self.dim..ends[1] * self.dim].to_vec();
                let alone = Self {
                    dim: self.dim,
                    queries: vec![query.clone()],
                    documents,
                    offsets: vec![0, ends[1] - ends[0]],
                };
                let score = alone.bf16(levels[1], false)[0];
                assert_eq!(score.to_bits(), tiles[number * count + document].to_bits());
            }
        }
        assert!(!emulation::configured(), "tiles are released");
        assert!(granted() || emulation::count() > 0, "tiles were used");
    }
}

#[test]
fn one_query_and_documents_of_every_length() {
    let lengths: Vec<usize> = (0..=70).collect();
    Case::new(128, &[32], &lengths, 1).check();
}

#[test]
fn queries_of_every_number_of_groups_and_documents_of_several_panels() {
    Case::new(128, &[1, 16, 17, 32, 33, 49], &[130, 1, 33], 2).check();
    Case::new(128, &[32, 5], &[390, 250], 3).check();
}

#[test]
fn documents_that_are_not_finite() {
    let Some([_, tiles]) = levels() else { return };
    for dim in [64, 100, 128] {
        for rows in [1, 15, 16, 31, 32, 40] {
            for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                let mut documents = vec![1.0; 3 * rows * dim];
                documents[2 * rows * dim - 1] = bad;
                let queries = vec![vec![1.0; 20 * dim]];
                let case = Case { dim, queries, documents, offsets: vec![0, rows, 2 * rows, 3 * rows] };
                for scores in [case.f32(tiles), case.bf16(tiles, false), case.bf16(tiles, true), case.int8(tiles)] {
                    let sum = (20 * dim) as f32;
                    assert!((scores[0] - sum).abs() < 1e-3 && (scores[2] - sum).abs() < 1e-3, "{scores:?}");
                    assert!(scores[1].is_nan(), "{bad} in {rows} x {dim}: {scores:?}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn queries_and_documents_of_any_shape(
        tokens in prop::collection::vec(1_usize..50, 1..4),
        lengths in prop::collection::vec(0_usize..100, 1..5),
        dim in prop::sample::select(vec![1_usize, 3, 32, 33, 64, 96, 100, 128, 192]),
        start in any::<u16>(),
    ) {
        Case::new(dim, &tokens, &lengths, u32::from(start)).check();
    }
}
