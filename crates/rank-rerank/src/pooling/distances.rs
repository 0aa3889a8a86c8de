//! Distances of tokens, each to each.

use std::ops::Range;

use rank_kernels::{Kernels, PackedQuery, Work, vectorized_work};

/// Rows that are multiplied at once.
const BLOCK: usize = 24;

/// Squared distances of each to each, a row of `stride` for each of `n`. What is beyond `n` is infinite.
pub(super) struct Distances {
    pub(super) squared: Vec<f64>,
    pub(super) n: usize,
    pub(super) stride: usize,
}

impl Distances {
    /// Rows are as long as a multiple of this.
    pub(super) const LANES: usize = 16;

    /// Of one less the dot product, within 0 and 2: the distance is that number itself. None if a product overflows.
    pub(super) fn cosine(values: &[f32], dim: usize, kernels: &Kernels) -> Option<Self> {
        Self::of_products(values, dim, kernels, |product| {
            let distance = f64::from(1.0 - product).clamp(0.0, 2.0);
            distance * distance
        })
    }

    /// Of tokens by their rows in the matrix of one less the dot product: the distance is Euclid's between such rows.
    /// None if a product overflows.
    pub(super) fn square(values: &[f32], dim: usize, kernels: &Kernels) -> Option<Self> {
        let Self { squared: rows, n, stride } =
            Self::of_products(values, dim, kernels, |product| f64::from(1.0 - product))?;
        let mut squared = vec![f64::INFINITY; n * stride];
        for a in 0..n {
            for b in a..n {
                let (left, right) = (&rows[a * stride..][..n], &rows[b * stride..][..n]);
                let distance = left.iter().zip(right).map(|(a, b)| (a - b) * (a - b)).sum();
                squared[a * stride + b] = distance;
                squared[b * stride + a] = distance;
            }
        }
        Some(Self { squared, n, stride })
    }

    /// What `distance` makes of each dot product. Those above the diagonal are multiplied, the others are the same.
    fn of_products(
        values: &[f32],
        dim: usize,
        kernels: &Kernels,
        distance: impl Fn(f32) -> f64 + Copy,
    ) -> Option<Self> {
        let n = values.len() / dim;
        let stride = n.next_multiple_of(Self::LANES);
        let packed = PackedQuery::new(values, dim);
        let mut squared = vec![f64::INFINITY; n * stride];
        let mut products = vec![0.0; BLOCK.min(n) * packed.groups() * PackedQuery::WIDTH];
        for start in (0..n).step_by(BLOCK) {
            let end = n.min(start + BLOCK);
            let first = start / PackedQuery::WIDTH;
            let width = (packed.groups() - first) * PackedQuery::WIDTH;
            let products = &mut products[..(end - start) * width];
            kernels.products(&packed, first..packed.groups(), &values[start * dim..end * dim], products);
            let rows = Rows { squared: &mut squared, products, distance, n, stride, range: start..end, width };
            let finite = vectorized_work(rows);
            if !finite {
                return None;
            }
        }
        Some(Self { squared, n, stride })
    }
}

/// Distances of the rows of a range to all from the first of these on, and those of the others to them.
struct Rows<'a, F> {
    squared: &'a mut [f64],
    products: &'a [f32],
    distance: F,
    n: usize,
    stride: usize,
    range: Range<usize>,
    width: usize,
}

impl<F: Fn(f32) -> f64> Work for Rows<'_, F> {
    /// Whether all products are finite.
    type Output = bool;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled for the instructions of its callers")]
    fn run(self) -> bool {
        let Self { squared, products, distance, n, stride, range, width } = self;
        let (above, below) = squared.split_at_mut(range.end * stride);
        let above = &mut above[range.start * stride..];
        let mut finite = true;
        for (row, products) in above.chunks_exact_mut(stride).zip(products.chunks_exact(width)) {
            let products = &products[range.start % PackedQuery::WIDTH..];
            for (to, &product) in row[range.start..n].iter_mut().zip(products) {
                finite &= product.is_finite();
                *to = distance(product);
            }
        }
        for (column, row) in (range.end..n).zip(below.chunks_exact_mut(stride)) {
            for (to, from) in row[range.clone()].iter_mut().zip(above.chunks_exact(stride)) {
                *to = from[column];
            }
        }
        finite
    }
}
