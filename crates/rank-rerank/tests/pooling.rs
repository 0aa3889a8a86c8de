//! Pooling against a slow Ward, a slow greedy and SciPy's numbers.

use proptest::prelude::*;
use rank_rerank::pooling::{
    PoolConfig, Pooling, pool, pool_tokens, pool_tokens_adaptive, pool_tokens_greedy, pool_tokens_sequential,
    pool_tokens_with_protected,
};
use rank_rerank::{Error, TokenMatrix};

fn unit(values: &[f32], dim: usize) -> Vec<f32> {
    let norm = |token: &[f32]| token.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-6);
    values.chunks_exact(dim).flat_map(|token| token.iter().map(move |value| value / norm(token))).collect()
}

/// The two nearest clusters, over and over, by the update of Lance and Williams: O(n³), and no chain.
fn slow_ward(tokens: &[f32], dim: usize, clusters: usize) -> Vec<usize> {
    let n = tokens.len() / dim;
    let at = |a: usize, b: usize| -> f64 {
        let dot: f32 = (0..dim).map(|k| tokens[a * dim + k] * tokens[b * dim + k]).sum();
        f64::from(1.0 - dot).clamp(0.0, 2.0).powi(2)
    };
    let mut distances: Vec<Vec<f64>> = (0..n).map(|a| (0..n).map(|b| at(a, b)).collect()).collect();
    let mut members: Vec<Vec<usize>> = (0..n).map(|token| vec![token]).collect();
    for _ in clusters..n {
        let mut best = (f64::INFINITY, 0, 0);
        for a in 0..n {
            for b in a + 1..n {
                if !members[a].is_empty() && !members[b].is_empty() && distances[a][b] < best.0 {
                    best = (distances[a][b], a, b);
                }
            }
        }
        let (height, a, b) = best;
        let (na, nb) = (members[a].len() as f64, members[b].len() as f64);
        for other in 0..n {
            let size = members[other].len() as f64;
            let joined = ((size + na) * distances[a][other] + (size + nb) * distances[b][other] - size * height)
                / (size + na + nb);
            distances[a][other] = joined;
            distances[other][a] = joined;
        }
        let moved = std::mem::take(&mut members[b]);
        members[a].extend(moved);
    }
    let mut labels = vec![0; n];
    for (label, tokens) in members.iter().enumerate() {
        for &token in tokens {
            labels[token] = label;
        }
    }
    by_first(&labels)
}

/// Clusters numbered by their first tokens.
fn by_first(labels: &[usize]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    for &label in labels {
        if !order.contains(&label) {
            order.push(label);
        }
    }
    labels.iter().map(|label| order.iter().position(|other| other == label).unwrap()).collect()
}

fn slow_greedy(tokens: &[f32], dim: usize, clusters: usize) -> Vec<usize> {
    let n = tokens.len() / dim;
    let mut members: Vec<Vec<usize>> = (0..n).map(|token| vec![token]).collect();
    let mean = |tokens_of: &[usize]| -> Vec<f64> {
        (0..dim).map(|k| tokens_of.iter().map(|&token| f64::from(tokens[token * dim + k])).sum()).collect()
    };
    let cosine = |a: &[f64], b: &[f64]| {
        let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    };
    while members.len() > clusters {
        let mut best = (f64::NEG_INFINITY, 0, 0);
        for a in 0..members.len() {
            for b in a + 1..members.len() {
                let similarity = cosine(&mean(&members[a]), &mean(&members[b]));
                if similarity > best.0 {
                    best = (similarity, a, b);
                }
            }
        }
        let moved = members.remove(best.2);
        members[best.1].extend(moved);
    }
    let mut labels = vec![0; n];
    for (label, tokens) in members.iter().enumerate() {
        for &token in tokens {
            labels[token] = label;
        }
    }
    by_first(&labels)
}

fn documents() -> impl Strategy<Value = (usize, Vec<f32>)> {
    (2..20_usize, 1..45_usize)
        .prop_flat_map(|(dim, n)| (Just(dim), prop::collection::vec(-1.0..1.0_f32, dim * n)))
        .prop_map(|(dim, values)| (dim, unit(&values, dim)))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(120) })]
    #[test]
    fn clusters_are_those_of_the_plain_way((dim, tokens) in documents(), factor in 1.0..5.0_f64) {
        let n = tokens.len() / dim;
        let clusters = (1..=n).rev().find(|&k| k as f64 * factor <= n as f64).unwrap_or(1);
        let matrix = TokenMatrix::new(tokens.clone(), dim).unwrap();
        let ward = pool(&matrix, PoolConfig::new(Pooling::Hierarchical { factor })).unwrap();
        prop_assert_eq!(by_first(&ward.clusters), slow_ward(&tokens, dim, clusters));
        let greedy = pool(&matrix, PoolConfig::new(Pooling::Greedy { factor })).unwrap();
        prop_assert_eq!(&greedy.clusters, &slow_greedy(&tokens, dim, clusters));
        for pooled in [ward, greedy] {
            prop_assert_eq!(pooled.tokens.values().len(), clusters * dim);
            for cluster in 0..clusters {
                let members: Vec<usize> = (0..n).filter(|&token| pooled.clusters[token] == cluster).collect();
                let mean: Vec<f64> = (0..dim)
                    .map(|k| members.iter().map(|&token| f64::from(tokens[token * dim + k])).sum::<f64>())
                    .collect();
                let norm = mean.iter().map(|value| value * value).sum::<f64>().sqrt();
                // Means of tokens that cancel have no direction to compare.
                if norm > 1e-3 {
                    for (got, wanted) in pooled.tokens.values()[cluster * dim..][..dim].iter().zip(&mean) {
                        prop_assert!((f64::from(*got) - wanted / norm).abs() < 1e-3);
                    }
                }
            }
        }
    }

    #[test]
    fn protected_tokens_stay((dim, tokens) in documents(), protected in 0..5_usize, last: bool, kind in 0..5_usize) {
        let pooling = [
            Pooling::Sequential { window: 3 },
            Pooling::Hierarchical { factor: 2.0 },
            Pooling::HierarchicalSquare { factor: 2.0 },
            Pooling::Greedy { factor: 2.0 },
            Pooling::Adaptive { max_distance: 0.7 },
        ][kind];
        let matrix = TokenMatrix::new(tokens.clone(), dim).unwrap();
        let config = PoolConfig { pooling, protected, protected_last: last, normalize: false };
        let pooled = pool(&matrix, config).unwrap();
        let count = pooled.tokens.values().len() / dim;
        let kept = protected.min(tokens.len() / dim);
        let first = if last { count - kept } else { 0 };
        prop_assert_eq!(&pooled.tokens.values()[first * dim..][..kept * dim], &tokens[..kept * dim]);
        prop_assert_eq!(&pooled.clusters[..kept], &(first..first + kept).collect::<Vec<_>>());
        // The rest is pooled as if it were alone.
        if kept < tokens.len() / dim {
            let rest = TokenMatrix::new(tokens[kept * dim..].to_vec(), dim).unwrap();
            let alone = pool(&rest, PoolConfig { protected: 0, ..config }).unwrap();
            let start = if last { 0 } else { kept * dim };
            prop_assert_eq!(&pooled.tokens.values()[start..][..(count - kept) * dim], alone.tokens.values());
        }
        let mut seen = pooled.clusters.clone();
        seen.sort_unstable();
        seen.dedup();
        prop_assert_eq!(seen, (0..count).collect::<Vec<_>>());
    }
}

/// Documents of which the matrix has many blocks, and shrinks more than once.
#[test]
fn long_documents() {
    let mut state = 7_u32;
    for (n, factor) in [(97, 8.0), (150, 3.0), (161, 40.0)] {
        let values = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(state) / f64::from(u32::MAX) - 0.5) as f32
        });
        let tokens = unit(&values.take(n * 6).collect::<Vec<f32>>(), 6);
        let pooled =
            pool(&TokenMatrix::new(tokens.clone(), 6).unwrap(), PoolConfig::new(Pooling::Hierarchical { factor }))
                .unwrap();
        assert_eq!(by_first(&pooled.clusters), slow_ward(&tokens, 6, (n as f64 / factor) as usize));
    }
}

/// Of eight tokens, whose pairs and distances are plain: `fcluster(linkage(squareform(1 - T @ T.T), "ward"), k,
/// "maxclust")` of `SciPy` 1.17.1 numbers the clusters so.
#[test]
fn numbered_as_by_scipy() {
    let angles = [0.0_f32, 1.2, 0.05, 2.0, 1.31, 0.4, 2.3, 0.13];
    let tokens: Vec<f32> = angles.iter().flat_map(|angle| [angle.cos(), angle.sin()]).collect();
    let matrix = TokenMatrix::new(tokens, 2).unwrap();
    let labels = |factor| pool(&matrix, PoolConfig::new(Pooling::Hierarchical { factor })).unwrap().clusters;
    assert_eq!(labels(8.0), [0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(labels(4.0), [0, 1, 0, 1, 1, 0, 1, 0]);
    assert_eq!(labels(2.6), [0, 1, 0, 2, 1, 0, 2, 0]);
    assert_eq!(labels(2.0), [0, 2, 0, 3, 2, 1, 3, 0]);
    assert_eq!(labels(1.5), [0, 2, 0, 3, 2, 1, 4, 0]);
    assert_eq!(labels(1.3), [0, 3, 0, 4, 3, 2, 5, 1]);
    assert_eq!(labels(1.1), [0, 3, 0, 5, 4, 2, 6, 1]);
    assert_eq!(labels(1.0), [0, 1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn short_names() {
    let tokens = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.6, 0.8]];
    let all: [(TokenMatrix, &[f32]); 5] = [
        (pool_tokens(&tokens, 2.0).unwrap(), &[0.8, 0.6]),
        (pool_tokens_with_protected(&tokens, 2.0, 1).unwrap(), &[1.0, 0.0]),
        (pool_tokens_sequential(&tokens, 2).unwrap(), &[1.0, 0.0]),
        (pool_tokens_greedy(&tokens, 1.6).unwrap(), &[1.0, 0.0]),
        (pool_tokens_adaptive(&tokens, 0.0).unwrap(), &[1.0, 0.0]),
    ];
    assert_eq!(all.each_ref().map(|(pooled, _)| pooled.values().len() / 2), [2, 3, 3, 3, 3]);
    for (pooled, first) in &all[1..] {
        assert_eq!(&pooled.values()[..2], *first);
    }
    assert_eq!(PoolConfig::colpali(2.0).protected, 0);
    assert!(PoolConfig::pylate_1_3_4(2.0).protected_last && !PoolConfig::colbert(2.0).normalize);
    assert!(PoolConfig::sentence_transformers(2.0).normalize && !PoolConfig::pylate(2.0).normalize);
    // Nothing to pool.
    assert_eq!(pool_tokens(&[[2.0]], 3.0).unwrap().values(), [1.0]);
    // A mean of zeros stays.
    assert_eq!(pool_tokens(&[[1.0], [-1.0]], 2.0).unwrap().values(), [0.0]);
}

#[test]
fn errors() {
    let tokens = [[1.0_f32, 0.0], [0.0, 1.0]];
    let say = |pooling| pool(&tokens, PoolConfig::new(pooling)).unwrap_err().to_string();
    assert_eq!(
        say(Pooling::Hierarchical { factor: 0.5 }),
        "factor: expected a finite number of at least 1, got 0.5; 2 is usual for factor and window"
    );
    assert!(say(Pooling::Greedy { factor: f64::NAN }).starts_with("factor: "));
    assert!(say(Pooling::HierarchicalSquare { factor: f64::INFINITY }).starts_with("factor: "));
    assert!(say(Pooling::Sequential { window: 0 }).starts_with("window: expected at least 1, got 0; "));
    assert!(say(Pooling::Adaptive { max_distance: -1.0 }).starts_with("max_distance: expected a finite distance"));
    assert!(matches!(pool_tokens(&[[f32::NAN]], 2.0), Err(Error::NonFinite { .. })));
    assert!(matches!(pool_tokens(&[[0.0; 2]; 0], 2.0), Err(Error::NoTokens { .. })));
    assert!(matches!(pool_tokens(&[[f32::MAX], [f32::MAX]], 2.0), Err(Error::Overflow { .. })));
    // Products that are no numbers.
    let large = [[1e30, 1e30], [1e30, -1e30], [1e30, 0.0], [0.0, 1e30]];
    for pooling in [
        Pooling::Hierarchical { factor: 2.0 },
        Pooling::HierarchicalSquare { factor: 2.0 },
        Pooling::Adaptive { max_distance: 1.0 },
    ] {
        assert!(matches!(pool(&large, PoolConfig::new(pooling)), Err(Error::Overflow { .. })));
    }
}
