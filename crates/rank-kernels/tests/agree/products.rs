//! Dot products.

use proptest::prelude::*;
use rank_kernels::{PackedQuery, available};

use crate::oracle::{bound, exact_dot, values};

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
}
