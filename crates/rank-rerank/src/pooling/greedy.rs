//! Clusters by joining the two that are most alike, over and over.

use rank_kernels::Kernels;

/// The cluster of each token, numbered by their first tokens. The two clusters whose means have the largest cosine are
/// joined until `clusters` are left; of equal cosines those of the first tokens.
pub(super) fn greedy(values: &[f32], dim: usize, clusters: usize, kernels: &Kernels) -> Vec<usize> {
    let n = values.len() / dim;
    let mut sums = values.to_vec();
    let mut directions = values.to_vec();
    for direction in directions.chunks_exact_mut(dim) {
        unit(direction);
    }
    let rows: Vec<usize> = (0..n).collect();
    let mut cosines = vec![f32::NEG_INFINITY; n * n];
    for a in 0..n {
        let row = &mut cosines[a * n..][..n];
        kernels.dots(&directions[a * dim..][..dim], &directions, &rows[a + 1..], &mut row[a + 1..]);
    }
    // Of each cluster the most like among those behind it.
    let best_of = |cosines: &[f32], alive: &[bool], a: usize| {
        let mut best = (f32::NEG_INFINITY, a);
        for b in a + 1..n {
            let cosine = cosines[a * n + b];
            if alive[b] && cosine > best.0 {
                best = (cosine, b);
            }
        }
        best
    };
    let mut alive = vec![true; n];
    let mut best: Vec<(f32, usize)> = (0..n).map(|a| best_of(&cosines, &alive, a)).collect();
    let mut cluster: Vec<usize> = (0..n).collect();
    let mut products = vec![0.0; n];
    for _ in clusters..n {
        let mut pair = (f32::NEG_INFINITY, 0);
        for a in 0..n {
            if alive[a] && best[a].0 > pair.0 {
                pair = (best[a].0, a);
            }
        }
        let (a, b) = (pair.1, best[pair.1].1);
        if a == b {
            break;
        }
        for k in 0..dim {
            sums[a * dim + k] += sums[b * dim + k];
            directions[a * dim + k] = sums[a * dim + k];
        }
        unit(&mut directions[a * dim..][..dim]);
        alive[b] = false;
        cluster.iter_mut().filter(|cluster| **cluster == b).for_each(|cluster| *cluster = a);
        kernels.dots(&directions[a * dim..][..dim], &directions, &rows, &mut products);
        for other in (0..n).filter(|&other| alive[other] && other != a) {
            let (low, high) = (other.min(a), other.max(a));
            cosines[low * n + high] = products[other];
        }
        for row in (0..n).filter(|&row| alive[row]) {
            let (cosine, place) = best[row];
            if row == a || place == a || place == b {
                best[row] = best_of(&cosines, &alive, row);
            } else if row < a {
                let new = cosines[row * n + a];
                if new > cosine || (new == cosine && a < place) {
                    best[row] = (new, a);
                }
            }
        }
    }
    let mut numbers = vec![usize::MAX; n];
    let mut count = 0;
    cluster
        .into_iter()
        .map(|cluster| {
            if numbers[cluster] == usize::MAX {
                numbers[cluster] = count;
                count += 1;
            }
            numbers[cluster]
        })
        .collect()
}

/// A vector of zeros stays as it is.
pub(super) fn unit(vector: &mut [f32]) {
    let norm = vector.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt();
    if norm > 0.0 {
        for value in vector {
            *value = (f64::from(*value) / norm) as f32;
        }
    }
}
