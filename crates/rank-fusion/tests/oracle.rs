//! Every method and every normalization against one that is slow and obvious: maps, loops, formulas as they are written.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rank_fusion::{Fusion, Lists, Method, Missing, Normalization, Scratch};

type List = Vec<(u8, f64)>;

fn list() -> impl Strategy<Value = List> {
    // Scores of few values, so that there are ties and lists of equal scores.
    prop::collection::vec((0_u8..24, -4_i32..9), 0..16).prop_map(|entries| {
        let mut seen = BTreeSet::new();
        let mut scores: Vec<i32> = entries.iter().map(|entry| entry.1).collect();
        scores.sort_unstable_by(|a, b| b.cmp(a));
        let ids = entries.iter().map(|entry| entry.0).filter(|id| seen.insert(*id)).collect::<Vec<_>>();
        ids.into_iter().zip(scores).map(|(id, score)| (id, f64::from(score) / 2.0)).collect()
    })
}

fn lists() -> impl Strategy<Value = Vec<List>> {
    prop::collection::vec(list(), 1..5)
}

/// Normalized scores by document.
fn normalized(normalization: &Normalization, list: &List, documents: usize) -> BTreeMap<u8, f64> {
    let scores: Vec<f64> = list.iter().map(|entry| entry.1).collect();
    let n = scores.len() as f64;
    let min = scores.iter().copied().fold(f64::INFINITY, f64::min);
    let max = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mean = scores.iter().sum::<f64>() / n;
    let deviation = |by: f64| (scores.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / by).sqrt();
    let or = |value: f64, otherwise: f64| if min == max { otherwise } else { value };
    let nonzero = |by: f64| if by == 0.0 { 1.0 } else { by };
    list.iter()
        .enumerate()
        .map(|(r, &(id, s))| {
            let value = match normalization {
                Normalization::Identity => s,
                Normalization::MinMax => or((s - min) / (max - min), 1.0),
                Normalization::MinMaxInverted => or((max - s) / (max - min), 1.0),
                Normalization::Max => s / nonzero(if max == 0.0 { min.abs() } else { max.abs() }),
                Normalization::Sum => or((s - min) / (scores.iter().sum::<f64>() - n * min), 1.0 / n),
                Normalization::MinSum => or((s - min) / nonzero((scores.iter().sum::<f64>() - min).abs()), 1.0 / n),
                Normalization::AbsoluteSum => s / nonzero(scores.iter().map(|s| s.abs()).sum()),
                Normalization::ZScore => or((s - mean) / deviation(n), 0.0),
                Normalization::ClippedZScore { low, high } => or(((s - mean) / deviation(n)).max(*low).min(*high), 0.0),
                Normalization::ThreeSigma { sample } => {
                    let sigma = deviation(if *sample { n - 1.0 } else { n });
                    or((s - mean + 3.0 * sigma) / (6.0 * sigma), 0.5)
                }
                Normalization::L2 => s / nonzero(scores.iter().map(|s| s * s).sum::<f64>().sqrt()),
                Normalization::Rank => 1.0 - r as f64 / n,
                Normalization::Borda => 1.0 - r as f64 / documents as f64,
                Normalization::Sigmoid => 1.0 / (1.0 + (-s).exp()),
                Normalization::Arctan => 0.5 + s.atan() / std::f64::consts::PI,
                Normalization::Quantile if n == 1.0 => 0.5,
                Normalization::Quantile => {
                    let worse = scores.iter().filter(|other| **other < s).count() as f64;
                    let equal = scores.iter().filter(|other| **other == s).count() as f64 - 1.0;
                    (worse + equal / 2.0) / (n - 1.0)
                }
                other => panic!("no oracle for {other}"),
            };
            (id, value)
        })
        .collect()
}

/// The value of each document in each list, before weights, and what a missing one has, if anything.
fn values(method: &Method, normalization: &Normalization, lists: &[List]) -> Vec<(BTreeMap<u8, f64>, Option<f64>)> {
    let documents = lists.iter().flatten().map(|entry| entry.0).collect::<BTreeSet<_>>().len();
    let longest = lists.iter().map(Vec::len).max().unwrap();
    let ranked = |list: &List, value: &dyn Fn(f64) -> f64| {
        list.iter().enumerate().map(|(position, entry)| (entry.0, value(position as f64 + 1.0))).collect()
    };
    let n = documents as f64;
    lists
        .iter()
        .map(|list| match method {
            Method::ReciprocalRank { k } => (ranked(list, &|r| 1.0 / (k + r)), None),
            Method::InverseRootRank { k } => (ranked(list, &|r| (k + r).powf(-0.5)), None),
            Method::BordaOfList => (ranked(list, &|r| list.len() as f64 - r + 1.0), None),
            Method::InverseSquareRank | Method::LogIsr | Method::LogNIsr { .. } => {
                (ranked(list, &|r| 1.0 / (r * r)), None)
            }
            Method::RankBiasedCentroid { phi } => (ranked(list, &|r| (1.0 - phi) * phi.powf(r - 1.0)), None),
            Method::Borda => (ranked(list, &|r| n - r + 1.0), Some(f64::midpoint(n - list.len() as f64, 1.0))),
            Method::MedianRank => (ranked(list, &|r| r), Some(longest as f64 + 1.0)),
            _ => {
                let missing = match normalization {
                    Normalization::Borda => Some(0.5 - (list.len() as f64 - 1.0) / (2.0 * n)),
                    _ if *method == Method::NearestToBest => Some(0.0),
                    _ => None,
                };
                (normalized(normalization, list, documents), missing)
            }
        })
        .collect()
}

fn oracle(method: &Method, normalization: &Normalization, weights: &[f64], lists: &[List]) -> BTreeMap<u8, f64> {
    let ids: BTreeSet<u8> = lists.iter().flatten().map(|entry| entry.0).collect();
    if matches!(method, Method::Copeland) {
        return copeland(&ids, weights, lists);
    }
    let values = values(method, normalization, lists);
    ids.into_iter()
        .map(|id| {
            let holders: Vec<f64> =
                values.iter().zip(weights).filter(|(list, _)| list.0.contains_key(&id)).map(|(_, w)| *w).collect();
            let n = holders.len() as f64;
            // (value, weight) of the lists that say something.
            let said: Vec<(f64, f64)> = values
                .iter()
                .zip(weights)
                .filter_map(|(list, w)| list.0.get(&id).copied().or(list.1).map(|value| (value, *w)))
                .collect();
            let sum: f64 = said.iter().map(|(v, w)| v * w).sum();
            let whole: f64 = said.iter().map(|(_, w)| w).sum();
            let total = match method {
                Method::InverseSquareRank | Method::CombMnz => n * sum,
                Method::LogIsr => n.ln() * sum,
                Method::LogNIsr { sigma } => (n + sigma).ln() * sum,
                Method::CombGmnz { gamma } => n.powf(*gamma) * sum,
                Method::CombAnz => sum / whole,
                Method::CombMax => said.iter().map(|(v, w)| v * w).fold(f64::NEG_INFINITY, f64::max),
                Method::CombMin => said.iter().map(|(v, w)| v * w).fold(f64::INFINITY, f64::min),
                // Without weights.
                Method::CombMed => median(&said),
                Method::MedianRank => -median(&said),
                Method::WeightedMnz => holders.iter().sum::<f64>() * said.iter().map(|(v, _)| v).sum::<f64>(),
                Method::Mixed => n.sqrt() * sum,
                Method::GeometricMean | Method::HarmonicMean if said.iter().any(|(v, _)| *v <= 0.0) => 0.0,
                Method::GeometricMean => said.iter().map(|(v, w)| v.powf(w / whole)).product(),
                Method::HarmonicMean => whole / said.iter().map(|(v, w)| w / v).sum::<f64>(),
                Method::NearestToBest => {
                    let square = |list: &BTreeMap<u8, f64>, w: f64| {
                        let best = list.values().copied().fold(f64::NEG_INFINITY, f64::max);
                        w * (best - list.get(&id).copied().unwrap_or(0.0)).powi(2)
                    };
                    let lists = values.iter().zip(weights).filter(|(list, _)| !list.0.is_empty());
                    -lists.map(|(list, w)| square(&list.0, *w)).sum::<f64>().sqrt()
                }
                _ => sum,
            };
            (id, total)
        })
        .collect()
}

fn median(said: &[(f64, f64)]) -> f64 {
    let mut values: Vec<f64> = said.iter().map(|(v, _)| *v).collect();
    values.sort_by(f64::total_cmp);
    let n = values.len();
    f64::midpoint(values[(n - 1) / 2], values[n / 2])
}

/// The weight of the lists that prefer `a` to `b`.
fn votes(a: u8, b: u8, weights: &[f64], lists: &[List]) -> f64 {
    let rank = |list: &List, id: u8| list.iter().position(|entry| entry.0 == id).unwrap_or(usize::MAX);
    lists.iter().zip(weights).filter(|(list, _)| rank(list, a) < rank(list, b)).map(|(_, w)| w).sum()
}

fn copeland(ids: &BTreeSet<u8>, weights: &[f64], lists: &[List]) -> BTreeMap<u8, f64> {
    let outcome = |a: u8, b: u8| {
        let margin = votes(a, b, weights, lists) - votes(b, a, weights, lists);
        if margin.abs() < 1e-9 { 0.0 } else { margin.signum() }
    };
    ids.iter().map(|&a| (a, ids.iter().map(|&b| outcome(a, b)).sum())).collect()
}

/// Weight of the pairs that an order contradicts.
fn contradicted(order: &[u8], weights: &[f64], lists: &[List]) -> f64 {
    let mut sum = 0.0;
    for (place, &above) in order.iter().enumerate() {
        for &below in &order[place + 1..] {
            sum += votes(below, above, weights, lists);
        }
    }
    sum
}

fn normalizations() -> Vec<Normalization> {
    let names = "identity min_max min_max_inverted max sum min_sum absolute_sum z_score z_score(-1,1) three_sigma \
                 three_sigma_sample l2 rank borda sigmoid arctan quantile";
    names.split_whitespace().map(|name| name.parse().unwrap()).collect()
}

fn weighable(method: &Method) -> bool {
    !matches!(method, Method::CombMed | Method::MedianRank)
}

fn covered(method: &Method) -> bool {
    !matches!(method, Method::Condorcet | Method::Kemeny | Method::ReciprocalWeightedRank { .. })
}

proptest! {
    #[test]
    fn every_method_and_normalization(lists in lists(), weights in prop::collection::vec(1_u8..5, 4)) {
        let even = vec![1.0; lists.len()];
        let weights: Vec<f64> = weights.iter().take(lists.len()).map(|w| f64::from(*w) / 4.0).collect();
        for method in Method::all().into_iter().filter(covered) {
            for normalization in normalizations() {
                for weights in [&even, &weights] {
                    if weights != &even && !weighable(&method) {
                        continue;
                    }
                    let fusion = Fusion::new(method.clone()).normalization(normalization.clone());
                    let fused = fusion.weights(weights.clone()).fuse(&lists).unwrap();
                    let expected = oracle(&method, &normalization, weights, &lists);
                    prop_assert_eq!(fused.len(), expected.len());
                    for (id, score) in &fused {
                        let expected = expected[id];
                        prop_assert!(
                            (score - expected).abs() <= 1e-12 * (1.0 + expected.abs()),
                            "{} {}: {} {} {}", method, normalization, id, score, expected
                        );
                    }
                    for pair in fused.windows(2) {
                        prop_assert!(pair[0].1 > pair[1].1 || (pair[0].1 == pair[1].1 && pair[0].0 < pair[1].0));
                    }
                }
                if !method.uses_scores() {
                    break;
                }
            }
        }
    }

    #[test]
    fn contributions_add_up_to_the_score(lists in lists(), weights in prop::collection::vec(0_u8..5, 4), policy in 0..5) {
        let mut weights: Vec<f64> = weights.iter().take(lists.len()).map(|w| f64::from(*w) / 4.0).collect();
        weights[0] += 0.5;
        let (documents, starts, numbers, scores) = numbered(&lists);
        let lists = Lists::new(documents, &starts, &numbers, &scores).unwrap();
        let mut scratch = Scratch::new();
        let (mut totals, mut parts) = (Vec::new(), Vec::new());
        for method in Method::all() {
            let mut fusion = Fusion::new(method.clone()).weights(weights.clone()).scale(1.5);
            let pairs = matches!(method, Method::Condorcet | Method::Kemeny | Method::Copeland);
            if !pairs {
                let policies =
                    [Missing::Published, Missing::Zero, Missing::Skip, Missing::ListMin, Missing::BelowMin(0.25)];
                fusion = fusion.missing(policies[policy as usize]);
            }
            fusion.totals(&lists, &mut scratch, &mut totals).unwrap();
            fusion.contributions(&lists, &mut scratch, &mut parts).unwrap();
            for (document, &total) in totals.iter().enumerate() {
                let sum: f64 = (0..lists.len()).map(|list| parts[list * documents + document]).sum();
                prop_assert!((sum - total).abs() <= 1e-9 * (1.0 + total.abs()), "{method}: {sum} {total}");
            }
        }
    }

    #[test]
    fn condorcet_keeps_to_the_majorities(lists in lists()) {
        let weights = vec![1.0; lists.len()];
        let order: Vec<u8> = rank_fusion::condorcet(&lists).unwrap().iter().map(|entry| entry.0).collect();
        let ids: BTreeSet<u8> = order.iter().copied().collect();
        let beats = |a: u8, b: u8| votes(a, b, &weights, &lists) > votes(b, a, &weights, &lists);
        for pair in order.windows(2) {
            prop_assert!(!beats(pair[1], pair[0]), "{:?}", pair);
        }
        // Whoever beats all others is first, and whoever loses to all is last.
        for &id in &ids {
            if ids.iter().all(|&other| other == id || beats(id, other)) {
                prop_assert_eq!(order[0], id);
            }
            if ids.iter().all(|&other| other == id || beats(other, id)) {
                prop_assert_eq!(order[order.len() - 1], id);
            }
        }
        // Components in the order in which they beat each other: who is reached by beating or being even, and cannot
        // reach back, comes later.
        let reaches = |from: u8| {
            let mut reached = BTreeSet::from([from]);
            let mut open = vec![from];
            while let Some(at) = open.pop() {
                for &to in &ids {
                    if !beats(to, at) && reached.insert(to) {
                        open.push(to);
                    }
                }
            }
            reached
        };
        let reached: BTreeMap<u8, BTreeSet<u8>> = ids.iter().map(|&id| (id, reaches(id))).collect();
        for (place, above) in order.iter().enumerate() {
            for below in &order[place + 1..] {
                prop_assert!(reached[above].contains(below));
            }
        }
    }

    #[test]
    fn kemeny_is_the_best_of_all_orders(
        lists in prop::collection::vec(prop::sample::subsequence(vec![1_u8, 2, 3, 4, 5, 6], 0..=6).prop_shuffle(), 1..5),
        weights in prop::collection::vec(1_u8..4, 4),
    ) {
        let weights: Vec<f64> = weights.iter().take(lists.len()).map(|w| f64::from(*w)).collect();
        let lists: Vec<List> = lists
            .iter()
            .map(|ids| ids.iter().enumerate().map(|(place, id)| (*id, -(place as f64))).collect())
            .collect();
        let fusion = Fusion::new(Method::Kemeny).weights(weights.clone());
        let order: Vec<u8> = fusion.fuse(&lists).unwrap().iter().map(|entry| entry.0).collect();
        let best = permutations(&order)
            .into_iter()
            .map(|order| contradicted(&order, &weights, &lists))
            .fold(f64::INFINITY, f64::min);
        prop_assert_eq!(contradicted(&order, &weights, &lists), best);
    }

    #[test]
    fn kemeny_of_many_documents_is_no_worse_than_condorcet(
        lists in prop::collection::vec(Just((0_u8..40).collect::<Vec<u8>>()).prop_shuffle(), 3..6),
    ) {
        let weights = vec![1.0; lists.len()];
        let lists: Vec<List> = lists
            .iter()
            .map(|ids| ids.iter().enumerate().map(|(place, id)| (*id, -(place as f64))).collect())
            .collect();
        let order = |fused: List| fused.iter().map(|entry| entry.0).collect::<Vec<u8>>();
        let kemeny = contradicted(&order(rank_fusion::kemeny(&lists).unwrap()), &weights, &lists);
        let condorcet = contradicted(&order(rank_fusion::condorcet(&lists).unwrap()), &weights, &lists);
        prop_assert!(kemeny <= condorcet);
    }
}

fn permutations(ids: &[u8]) -> Vec<Vec<u8>> {
    if ids.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (at, &first) in ids.iter().enumerate() {
        let rest: Vec<u8> = ids.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, id)| *id).collect();
        all.extend(permutations(&rest).into_iter().map(|mut tail| {
            tail.insert(0, first);
            tail
        }));
    }
    all
}

/// The parts of numbered lists, documents numbered in the order of their ids.
fn numbered(lists: &[List]) -> (usize, Vec<usize>, Vec<u32>, Vec<f64>) {
    let ids: BTreeSet<u8> = lists.iter().flatten().map(|entry| entry.0).collect();
    let number: BTreeMap<u8, u32> = ids.iter().enumerate().map(|(number, id)| (*id, number as u32)).collect();
    let mut starts = vec![0];
    let (mut numbers, mut scores) = (Vec::new(), Vec::new());
    for list in lists {
        numbers.extend(list.iter().map(|entry| number[&entry.0]));
        scores.extend(list.iter().map(|entry| entry.1));
        starts.push(numbers.len());
    }
    (ids.len(), starts, numbers, scores)
}
