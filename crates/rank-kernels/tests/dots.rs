//! Dot products of one vector with many rows, on every level, against sums in f64.

use proptest::prelude::*;
use rank_kernels::available;

fn input() -> impl Strategy<Value = (Vec<f32>, Vec<f32>, Vec<usize>)> {
    // All tails of 8 and 16 lanes, all tails of the rows that are multiplied at once.
    (0_usize..70, 1_usize..6).prop_flat_map(|(dim, rows)| {
        let number = -1.0_f32..1.0;
        (
            prop::collection::vec(number.clone(), dim),
            prop::collection::vec(number, dim * rows),
            prop::collection::vec(0..rows, 0..20),
        )
    })
}

proptest! {
    #[test]
    fn every_level_agrees_with_f64((a, values, rows) in input()) {
        for kernels in available() {
            let mut out = vec![f32::NAN; rows.len()];
            kernels.dots(&a, &values, &rows, &mut out);
            for (&row, &product) in rows.iter().zip(&out) {
                let row = &values[row * a.len()..][..a.len()];
                let exact: f64 = a.iter().zip(row).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
                prop_assert!((f64::from(product) - exact).abs() < 1e-6 * (1.0 + a.len() as f64), "{}", kernels.isa().name());
                // Neither the order of the two nor the other rows change a bit.
                let mut alone = [f32::NAN];
                kernels.dots(row, &a, &[0], &mut alone);
                prop_assert_eq!(alone[0].to_bits(), product.to_bits());
            }
        }
    }
}

#[test]
#[should_panic(expected = "a row beyond the end")]
fn a_row_beyond_the_end_panics() {
    rank_kernels::kernels().dots(&[1.0, 2.0], &[1.0, 2.0, 3.0], &[1], &mut [0.0]);
}
