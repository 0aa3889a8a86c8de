//! Centroids of unit vectors by Lloyd's algorithm: nearest is what has the largest dot product.

use rank_kernels::{Kernels, PackedQuery};

use crate::parallel::for_chunks;
use crate::random::Random;

/// Rows, and groups of centroids, whose products are in the second-level cache together.
const ROWS: usize = 96;
const GROUPS: usize = 32;

/// The nearest of the packed centroids for each row, the first of equals. `report` is told of rows that are done, and says
/// whether to go on.
pub(super) fn nearest(
    kernels: &Kernels,
    centroids: &PackedQuery,
    rows: &[f32],
    threads: usize,
    report: &(impl Fn(usize) -> bool + Sync),
) -> Vec<u32> {
    let dim = centroids.dim();
    let mut found = vec![0; rows.len() / dim];
    for_chunks(&mut found, ROWS, threads, |number, found| {
        let rows = &rows[number * ROWS * dim..][..found.len() * dim];
        let mut best = vec![f32::NEG_INFINITY; found.len()];
        let mut products = vec![0.0; ROWS * GROUPS * PackedQuery::WIDTH];
        for start in (0..centroids.groups()).step_by(GROUPS) {
            let groups = start..centroids.groups().min(start + GROUPS);
            let width = groups.len() * PackedQuery::WIDTH;
            let products = &mut products[..found.len() * width];
            kernels.products(centroids, groups, rows, products);
            let first = start * PackedQuery::WIDTH;
            let count = width.min(centroids.tokens() - first);
            for ((products, best), found) in products.chunks_exact(width).zip(&mut best).zip(found.iter_mut()) {
                let products = &products[..count];
                let largest = largest(products);
                if largest > *best {
                    *best = largest;
                    let place = products.iter().position(|&product| product == largest).unwrap_or(0);
                    *found = (first + place) as u32;
                }
            }
        }
        report(found.len())
    });
    found
}

/// Sixteen maxima side by side, as the baseline has registers for.
fn largest(values: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; 16];
    let (whole, rest) = values.as_chunks::<16>();
    for values in whole {
        for (lane, &value) in lanes.iter_mut().zip(values) {
            *lane = if value > *lane { value } else { *lane };
        }
    }
    lanes.into_iter().chain(rest.iter().copied()).fold(f32::NEG_INFINITY, f32::max)
}

/// `count` centroids of unit rows, of norm 1; none if `report` says to stop. The sums are made in the order of the rows.
#[expect(clippy::too_many_arguments, reason = "what an algorithm needs")]
pub(super) fn centroids(
    kernels: &Kernels,
    rows: &[f32],
    dim: usize,
    count: usize,
    iterations: usize,
    random: &mut Random,
    threads: usize,
    report: &(impl Fn(usize) -> bool + Sync),
) -> Option<Vec<f32>> {
    let total = rows.len() / dim;
    let mut centroids = Vec::with_capacity(count * dim);
    for row in sample(total, count, random) {
        centroids.extend_from_slice(&rows[row * dim..][..dim]);
    }
    for _ in 0..iterations {
        let packed = PackedQuery::new(&centroids, dim);
        let going = std::sync::atomic::AtomicBool::new(true);
        let found = nearest(kernels, &packed, rows, threads, &|done| {
            let on = report(done);
            if !on {
                going.store(false, std::sync::atomic::Ordering::Relaxed);
            }
            on
        });
        if !going.into_inner() {
            return None;
        }
        let mut counts = vec![0_usize; count];
        centroids.fill(0.0);
        for (row, &centroid) in rows.chunks_exact(dim).zip(&found) {
            counts[centroid as usize] += 1;
            for (sum, &value) in centroids[centroid as usize * dim..][..dim].iter_mut().zip(row) {
                *sum += value;
            }
        }
        for (centroid, count) in centroids.chunks_exact_mut(dim).zip(counts) {
            // One that is nearest to no row begins anew at any.
            if count == 0 || !unit(centroid) {
                let row = random.below(total);
                centroid.copy_from_slice(&rows[row * dim..][..dim]);
            }
        }
    }
    Some(centroids)
}

/// Different numbers below `total`, in ascending order (Knuth, volume 2, algorithm 3.4.2 S).
pub(crate) fn sample(total: usize, count: usize, random: &mut Random) -> Vec<usize> {
    let mut taken = Vec::with_capacity(count);
    for number in 0..total {
        if random.below(total - number) < count - taken.len() {
            taken.push(number);
        }
    }
    taken
}

/// Divides by the norm; whether there is one.
pub(super) fn unit(vector: &mut [f32]) -> bool {
    let norm = vector.iter().map(|&value| f64::from(value) * f64::from(value)).sum::<f64>().sqrt();
    if norm > 0.0 {
        for value in vector.iter_mut() {
            *value = (f64::from(*value) / norm) as f32;
        }
    }
    norm > 0.0
}
