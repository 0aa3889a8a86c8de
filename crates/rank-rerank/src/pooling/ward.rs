//! Ward's clustering of tokens by a chain of nearest neighbors.

use rank_kernels::Kernels;

/// Two clusters that become one, each by a token in it, and how far apart they were.
#[derive(Debug, Clone, Copy)]
pub(super) struct Merge {
    pub(super) a: usize,
    pub(super) b: usize,
    pub(super) height: f64,
}

/// Squared distances of each to each.
pub(super) struct Distances {
    squared: Vec<f64>,
    n: usize,
}

impl Distances {
    /// Of one less the dot product, within 0 and 2: the distance is that number itself.
    pub(super) fn cosine(values: &[f32], dim: usize, kernels: &Kernels) -> Self {
        let mut distances = Self::one_less_product(values, dim, kernels);
        for distance in &mut distances.squared {
            *distance = distance.clamp(0.0, 2.0).powi(2);
        }
        distances
    }

    /// Of tokens by their rows in the matrix of one less the dot product: the distance is Euclid's between such rows.
    pub(super) fn square(values: &[f32], dim: usize, kernels: &Kernels) -> Self {
        let Self { squared: rows, n } = Self::one_less_product(values, dim, kernels);
        let mut squared = vec![0.0; n * n];
        for a in 0..n {
            for b in a + 1..n {
                let (left, right) = (&rows[a * n..][..n], &rows[b * n..][..n]);
                let distance = left.iter().zip(right).map(|(a, b)| (a - b) * (a - b)).sum();
                squared[a * n + b] = distance;
                squared[b * n + a] = distance;
            }
        }
        Self { squared, n }
    }

    fn one_less_product(values: &[f32], dim: usize, kernels: &Kernels) -> Self {
        let n = values.len() / dim;
        let rows: Vec<usize> = (0..n).collect();
        let mut products = vec![0.0; n];
        let mut distances = vec![0.0; n * n];
        for (a, token) in values.chunks_exact(dim).enumerate() {
            let products = &mut products[a..];
            kernels.dots(token, values, &rows[a..], products);
            for (b, &product) in (a..).zip(&*products) {
                let distance = f64::from(1.0 - product);
                distances[a * n + b] = distance;
                distances[b * n + a] = distance;
            }
        }
        Self { squared: distances, n }
    }
}

/// The first of the least sums, and its place; four at a time, so that the compiler may use wide registers.
fn least(row: &[f64], barred: &[f64]) -> (f64, usize) {
    let mut lanes = [f64::INFINITY; 4];
    let (fours, tail) = row.as_chunks::<4>();
    let (bars, bars_tail) = barred.as_chunks::<4>();
    for (row, barred) in fours.iter().zip(bars) {
        for lane in 0..4 {
            let distance = row[lane] + barred[lane];
            lanes[lane] = if distance < lanes[lane] { distance } else { lanes[lane] };
        }
    }
    let least =
        tail.iter().zip(bars_tail).map(|(distance, bar)| distance + bar).chain(lanes).fold(f64::INFINITY, f64::min);
    let place = row.iter().zip(barred).position(|(distance, bar)| distance + bar == least);
    (least, place.unwrap_or(0))
}

/// All merges by height ascending; equal heights in the order in which the chain found them.
///
/// # Source
///
/// Ward: Hierarchical grouping to optimize an objective function (1963); Murtagh: A survey of recent advances in
/// hierarchical clustering algorithms (1983), of the chain; Lance, Williams: A general theory of classificatory sorting
/// strategies (1967), of the update.
pub(super) fn ward(distances: Distances) -> Vec<Merge> {
    let Distances { mut squared, mut n } = distances;
    // Which token stands for each row; rows without one are barred.
    let mut token: Vec<usize> = (0..n).collect();
    let mut sizes = vec![1.0_f64; n];
    let mut barred = vec![0.0_f64; n];
    let mut left = n;
    let mut merges = Vec::with_capacity(n.saturating_sub(1));
    let mut chain: Vec<usize> = Vec::with_capacity(n);
    while left > 1 {
        if chain.is_empty() {
            chain.extend(barred.iter().position(|&bar| bar == 0.0));
        }
        let (x, y, distance) = loop {
            let Some(&x) = chain.last() else { return merges };
            barred[x] = f64::INFINITY;
            let (nearest, place) = least(&squared[x * n..][..n], &barred);
            barred[x] = 0.0;
            // Of equally near ones the one that the chain came from, so that it ends.
            match chain.len().checked_sub(2).map(|before| chain[before]) {
                Some(before) if squared[x * n + before] <= nearest => break (x, before, squared[x * n + before]),
                _ => chain.push(place),
            }
        };
        chain.truncate(chain.len() - 2);
        let (x, y) = (x.min(y), x.max(y));
        merges.push(Merge { a: token[x], b: token[y], height: distance.sqrt() });
        join(&mut squared, n, (x, y), distance, &sizes);
        sizes[y] += sizes[x];
        sizes[x] = 0.0;
        barred[x] = f64::INFINITY;
        left -= 1;
        if left * 3 < n * 2 && chain.is_empty() {
            // Fewer rows, fewer reads.
            let kept: Vec<usize> = (0..n).filter(|&row| barred[row] == 0.0).collect();
            let mut smaller = Vec::with_capacity(left * left);
            for &row in &kept {
                smaller.extend(kept.iter().map(|&column| squared[row * n + column]));
            }
            squared = smaller;
            token = kept.iter().map(|&row| token[row]).collect();
            sizes = kept.iter().map(|&row| sizes[row]).collect();
            barred = vec![0.0; left];
            n = left;
        }
    }
    merges.sort_by(|a, b| a.height.total_cmp(&b.height));
    merges
}

/// Puts the distances of x and y together into the row and the column of y.
fn join(squared: &mut [f64], n: usize, (x, y): (usize, usize), distance: f64, sizes: &[f64]) {
    let (head, tail) = squared.split_at_mut(y * n);
    let (of_x, of_y) = (&head[x * n..][..n], &mut tail[..n]);
    let (size_x, size_y) = (sizes[x], sizes[y]);
    for ((to_y, &to_x), &size) in of_y.iter_mut().zip(of_x).zip(&sizes[..n]) {
        let sum = (size + size_x) * to_x + (size + size_y) * *to_y - size * distance;
        *to_y = sum / (size + size_x + size_y);
    }
    for row in 0..n {
        squared[row * n + y] = squared[y * n + row];
    }
}
