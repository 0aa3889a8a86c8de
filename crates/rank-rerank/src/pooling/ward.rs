//! Ward's clustering of tokens by a chain of nearest neighbors.

use rank_kernels::{Work, vectorized_work};

use super::distances::Distances;

/// Two clusters that become one, each by a token in it, and how far apart they were.
#[derive(Debug, Clone, Copy)]
pub(super) struct Merge {
    pub(super) a: usize,
    pub(super) b: usize,
    pub(super) height: f64,
}

/// All merges by height ascending; equal heights in the order in which the chain found them.
///
/// # Source
///
/// Ward: Hierarchical grouping to optimize an objective function (1963); Murtagh: A survey of recent advances in
/// hierarchical clustering algorithms (1983), of the chain; Lance, Williams: A general theory of classificatory sorting
/// strategies (1967), of the update.
pub(super) fn ward(distances: Distances) -> Vec<Merge> {
    let mut merges = vectorized_work(Chain(Clusters::new(distances)));
    merges.sort_by(|a, b| a.height.total_cmp(&b.height));
    merges
}

struct Chain(Clusters);

impl Work for Chain {
    type Output = Vec<Merge>;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled for the instructions of its callers")]
    fn run(self) -> Vec<Merge> {
        let Self(mut clusters) = self;
        let mut left = clusters.n;
        let mut merges = Vec::with_capacity(left.saturating_sub(1));
        let mut chain: Vec<usize> = Vec::with_capacity(left);
        while left > 1 {
            if chain.is_empty() {
                chain.extend(clusters.sizes.iter().position(|&size| size > 0.0));
            }
            let (x, y, distance) = loop {
                let Some(&x) = chain.last() else { return merges };
                clusters.refresh(x);
                let row = clusters.row(x);
                let (nearest, place) = least(row);
                // Of equally near ones the one that the chain came from, so that it ends.
                match chain.len().checked_sub(2).map(|before| chain[before]) {
                    Some(before) if row[before] <= nearest => break (x, before, row[before]),
                    _ => chain.push(place),
                }
            };
            chain.truncate(chain.len() - 2);
            let (x, y) = (x.min(y), x.max(y));
            merges.push(Merge { a: clusters.token[x], b: clusters.token[y], height: distance.sqrt() });
            clusters.join(x, y, distance);
            left -= 1;
            if left * 2 < clusters.n && chain.is_empty() {
                clusters.shrink(left);
            }
        }
        merges
    }
}

/// Clusters in rows; those that became part of another have size 0.
struct Clusters {
    /// Of a row to each other, infinite to itself and to those that are gone. A row is brought up to date before it is
    /// read: to write a column with every merge would touch as many lines of the cache as there are rows.
    squared: Vec<f64>,
    n: usize,
    stride: usize,
    /// Which token stands for each.
    token: Vec<usize>,
    sizes: Vec<f64>,
    /// All merges: what is gone, and where it went.
    joined: Vec<(usize, usize)>,
    /// How many of the merges each row has seen.
    seen: Vec<usize>,
}

impl Clusters {
    fn new(Distances { mut squared, n, stride }: Distances) -> Self {
        for row in 0..n {
            squared[row * stride + row] = f64::INFINITY;
        }
        let (token, sizes, seen) = ((0..n).collect(), vec![1.0; n], vec![0; n]);
        Self { squared, n, stride, token, sizes, joined: Vec::with_capacity(n), seen }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled for the instructions of its callers")]
    fn row(&self, row: usize) -> &[f64] {
        &self.squared[row * self.stride..][..self.stride]
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled for the instructions of its callers")]
    fn refresh(&mut self, row: usize) {
        let start = row * self.stride;
        for &(gone, into) in &self.joined[self.seen[row]..] {
            self.squared[start + gone] = f64::INFINITY;
            self.squared[start + into] = self.squared[into * self.stride + row];
        }
        self.seen[row] = self.joined.len();
    }

    /// Puts the distances of `x` and `y` together into the row of `y`, which is below that of `x`. Both are up to date.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled for the instructions of its callers")]
    fn join(&mut self, x: usize, y: usize, distance: f64) {
        self.refresh(x);
        self.refresh(y);
        let (head, tail) = self.squared.split_at_mut(y * self.stride);
        let (of_x, of_y) = (&head[x * self.stride..][..self.n], &mut tail[..self.n]);
        let (size_x, size_y) = (self.sizes[x], self.sizes[y]);
        for ((to_y, &to_x), &size) in of_y.iter_mut().zip(of_x).zip(&self.sizes) {
            let sum = (size + size_x) * to_x + (size + size_y) * *to_y - size * distance;
            *to_y = sum / (size + size_x + size_y);
        }
        self.sizes[y] += size_x;
        self.sizes[x] = 0.0;
        self.joined.push((x, y));
        self.seen[y] = self.joined.len();
    }

    /// Leaves the rows and columns of what is gone away.
    fn shrink(&mut self, left: usize) {
        let kept: Vec<usize> = (0..self.n).filter(|&row| self.sizes[row] > 0.0).collect();
        let stride = left.next_multiple_of(Distances::LANES);
        let mut smaller = Vec::with_capacity(left * stride);
        for &row in &kept {
            self.refresh(row);
            let row = self.row(row);
            smaller.extend(kept.iter().map(|&column| row[column]));
            smaller.resize(smaller.len().next_multiple_of(Distances::LANES), f64::INFINITY);
        }
        self.squared = smaller;
        self.token = kept.iter().map(|&row| self.token[row]).collect();
        self.sizes = kept.iter().map(|&row| self.sizes[row]).collect();
        self.joined.clear();
        self.seen = vec![0; left];
        (self.n, self.stride) = (left, stride);
    }
}

/// The first of the least of a row, and its place.
#[inline(always)]
fn least(row: &[f64]) -> (f64, usize) {
    const LANES: usize = Distances::LANES;
    let steps = row.as_chunks::<LANES>().0;
    let mut lanes = [f64::INFINITY; LANES];
    for distances in steps {
        for lane in 0..LANES {
            lanes[lane] = if distances[lane] < lanes[lane] { distances[lane] } else { lanes[lane] };
        }
    }
    let least = lanes.into_iter().fold(f64::INFINITY, f64::min);
    for (step, distances) in steps.iter().enumerate() {
        let mut found = false;
        for &distance in distances {
            found |= distance == least;
        }
        if found {
            let lane = distances.iter().position(|&distance| distance == least);
            return (least, step * LANES + lane.unwrap_or(0));
        }
    }
    (least, 0)
}
