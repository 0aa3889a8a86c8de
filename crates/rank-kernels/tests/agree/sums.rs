//! Rows of sums and looked-up keys: the same bits on all levels.

use proptest::prelude::*;
use rank_kernels::{Keys, available};

use crate::oracle::values;

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
