//! What must hold of every method, or of those that promise it.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use proptest::prelude::*;
use rank_fusion::{Fusion, Method, Missing, Normalization, Order};

type List = Vec<(u8, f64)>;

/// Sorted, without duplicates, with ties.
fn list() -> impl Strategy<Value = List> {
    prop::collection::vec((0_u8..30, -6_i32..20), 0..20).prop_map(|entries| {
        let mut seen = BTreeSet::new();
        let mut list: List = entries
            .into_iter()
            .filter(|entry| seen.insert(entry.0))
            .map(|(id, score)| (id, f64::from(score) / 4.0))
            .collect();
        list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        list
    })
}

fn lists() -> impl Strategy<Value = Vec<List>> {
    prop::collection::vec(list(), 1..5)
}

/// Scores whose sums are rounded.
fn uneven() -> impl Strategy<Value = List> {
    list().prop_map(|list| list.into_iter().map(|(id, score)| (id, score / 3.7)).collect())
}

/// Something, and the same in another order.
fn permuted<T: Clone + std::fmt::Debug>(all: impl Strategy<Value = Vec<T>>) -> impl Strategy<Value = (Vec<T>, Vec<T>)> {
    all.prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
}

fn bits(fused: List) -> Vec<(u8, u64)> {
    fused.into_iter().map(|(id, score)| (id, score.to_bits())).collect()
}

fn ids(list: &List) -> Vec<u8> {
    list.iter().map(|entry| entry.0).collect()
}

fn close(a: &List, b: &List) -> bool {
    let score = |list: &List, id: u8| list.iter().find(|entry| entry.0 == id).map(|entry| entry.1);
    a.len() == b.len()
        && a.iter()
            .all(|(id, left)| score(b, *id).is_some_and(|right| (left - right).abs() <= 1e-9 * (1.0 + left.abs())))
}

/// Not invariant under an order of lists of equal scores: ranks are positions.
fn normalizations() -> Vec<Normalization> {
    let names = "identity min_max max sum min_sum absolute_sum z_score z_score_sample z_score(-3,3) three_sigma \
                 three_sigma_sample l2 rank borda sigmoid arctan quantile percentile bounds(-9,9)";
    names.split_whitespace().map(|name| name.parse().unwrap()).collect()
}

/// Every method, those by score with every normalization.
fn all() -> impl Iterator<Item = Fusion> {
    Method::all().into_iter().flat_map(|method| {
        let normalizations = if method.uses_scores() { normalizations() } else { vec![Normalization::MinMax] };
        normalizations.into_iter().map(move |normalization| Fusion::new(method.clone()).normalization(normalization))
    })
}

/// An id whose hash depends on a seed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Seeded(u8, u64);

impl Hash for Seeded {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Few values: many ids share theirs.
        state.write_u64(u64::from(self.0).wrapping_mul(self.1) % 7);
    }
}

proptest! {
    #[test]
    fn the_seed_of_the_hash_does_not_matter(lists in lists(), seed in 1_u64..1_000_000) {
        let seeded: Vec<Vec<(Seeded, f64)>> = lists
            .iter()
            .map(|list| list.iter().map(|(id, score)| (Seeded(*id, seed), *score)).collect())
            .collect();
        for fusion in all() {
            let fused: List = fusion.fuse(&seeded).unwrap().into_iter().map(|(id, score)| (id.0, score)).collect();
            prop_assert_eq!(fused, fusion.fuse(&lists).unwrap(), "{:?}", fusion);
        }
    }

    #[test]
    fn the_order_of_the_lists_changes_no_bit((lists, permuted) in permuted(prop::collection::vec(uneven(), 1..6))) {
        for fusion in all() {
            let fused = bits(fusion.fuse(&lists).unwrap());
            prop_assert_eq!(fused, bits(fusion.fuse(&permuted).unwrap()), "{:?}", fusion);
        }
    }

    #[test]
    fn weights_and_bounds_move_with_their_lists(
        (weighted, permuted) in permuted(
            prop::collection::vec((uneven(), 0_u8..12, 1_u8..9), 1..6).prop_map(|lists| {
                // The first list again, with a weight and bounds of its own.
                let again = (lists[0].0.clone(), 7, 3);
                lists.into_iter().chain([again]).collect()
            }),
        ),
    ) {
        let parts = |lists: &[(List, u8, u8)]| {
            let weights: Vec<f64> = lists.iter().map(|list| f64::from(list.1) / 10.0).collect();
            let bounds: Vec<String> = lists.iter().map(|list| format!("-{}.7, {}.3", list.2, list.2)).collect();
            let lists: Vec<List> = lists.iter().map(|list| list.0.clone()).collect();
            (lists, weights, format!("bounds({})", bounds.join(",")))
        };
        let (lists, weights, bounds) = parts(&weighted);
        let (again, their_weights, their_bounds) = parts(&permuted);
        let presets = ["haystack", "llamaindex_relative_score", "opensearch_z_score", "qdrant"];
        let presets = presets.map(|name| Fusion::preset(name).unwrap());
        for fusion in all().chain(presets) {
            let fused = fusion.clone().weights(weights.clone()).fuse(&lists).unwrap();
            let moved = fusion.clone().weights(their_weights.clone()).fuse(&again).unwrap();
            prop_assert_eq!(bits(fused), bits(moved), "{:?}", fusion);
        }
        for method in Method::all().into_iter().filter(Method::uses_scores) {
            let fuse = |lists: &[List], weights: &[f64], bounds: &str| {
                let fusion = Fusion::new(method.clone()).weights(weights.to_vec());
                bits(fusion.normalization(bounds.parse().unwrap()).missing(Missing::Skip).fuse(lists).unwrap())
            };
            prop_assert_eq!(fuse(&lists, &weights, &bounds), fuse(&again, &their_weights, &their_bounds), "{}", method);
        }
    }

    #[test]
    fn no_normalization_turns_a_list_that_is_fused_with_itself(list in list(), copies in 1_usize..4) {
        for fusion in all().filter(|fusion| fusion.method().uses_scores()) {
            let fused = fusion.fuse(&vec![list.clone(); copies]).unwrap();
            let score = |id: u8| fused.iter().find(|entry| entry.0 == id).unwrap().1;
            for pair in list.windows(2) {
                prop_assert!(score(pair[0].0) >= score(pair[1].0), "{:?}", fusion);
            }
        }
    }

    #[test]
    fn bounds_and_distances_move_with_the_scores(lists in lists(), factor in 1_u8..9, shift in -8_i8..8) {
        let (factor, shift) = (f64::from(factor) / 2.0, f64::from(shift));
        let moved: Vec<List> = lists
            .iter()
            .map(|list| list.iter().map(|(id, score)| (*id, score * factor + shift)).collect())
            .collect();
        let fuse = |lists: &[List], norm: String| {
            let fusion = Fusion::new(Method::CombSum).normalization(norm.parse().unwrap()).order(Order::Given);
            fusion.fuse(lists).unwrap()
        };
        let (low, high) = (-9.0, 9.0);
        let bounds = format!("bounds({}, {})", low * factor + shift, high * factor + shift);
        prop_assert!(close(&fuse(&moved, bounds), &fuse(&lists, "bounds(-9, 9)".to_owned())));
        let inverted = || "min_max_inverted".to_owned();
        prop_assert!(close(&fuse(&moved, inverted()), &fuse(&lists, inverted())));
        // The best of distances is the least.
        for list in lists.iter().filter(|list| list.len() > 1 && list[0].1 > list[list.len() - 1].1) {
            let fused = fuse(std::slice::from_ref(list), inverted());
            prop_assert_eq!(fused[0].1, 1.0);
            prop_assert_eq!(fused[fused.len() - 1].1, 0.0);
        }
    }

    #[test]
    fn the_order_of_the_entries_does_not_matter_where_lists_are_sorted(
        (lists, mixed) in lists().prop_flat_map(|lists| {
            let mixed: Vec<_> = lists.iter().map(|list| Just(list.clone()).prop_shuffle()).collect();
            (Just(lists), mixed)
        }),
    ) {
        for method in Method::all() {
            let fusion = Fusion::new(method).order(Order::Sorted);
            prop_assert_eq!(fusion.fuse(&mixed).unwrap(), fusion.fuse(&lists).unwrap());
        }
    }

    #[test]
    fn a_list_fused_with_itself_keeps_its_order(list in list(), copies in 1_usize..4) {
        let lists = vec![list.clone(); copies];
        for method in Method::all() {
            // Places beyond the bounds of normalized scores are ties there, hence the order is the ids'.
            let strict: List =
                list.iter().enumerate().map(|(place, entry)| (entry.0, 100.0 - place as f64)).collect();
            let mut lists = lists.clone();
            for copy in &mut lists {
                copy.clone_from(&strict);
            }
            let fused = Fusion::new(method.clone()).fuse(&lists).unwrap();
            let flat = match method {
                // log 1 = 0 for one list; phi^r is not exact far down, but descends here.
                Method::LogIsr => copies == 1,
                _ => false,
            };
            if !flat {
                prop_assert_eq!(ids(&fused), ids(&strict), "{}", method);
            }
        }
    }

    #[test]
    fn an_order_that_all_lists_share_is_kept(
        orders in prop::collection::vec(Just((0_u8..12).collect::<Vec<u8>>()).prop_shuffle(), 1..5),
    ) {
        // All lists hold all documents: whoever is before another in every list is so in the fused list.
        let lists: Vec<List> = orders
            .iter()
            .map(|order| order.iter().enumerate().map(|(place, id)| (*id, 50.0 - place as f64)).collect())
            .collect();
        let place = |list: &List, id: u8| list.iter().position(|entry| entry.0 == id).unwrap();
        for method in Method::all() {
            // One list gives every document log 1 = 0.
            if method == Method::LogIsr && lists.len() == 1 {
                continue;
            }
            let fused = Fusion::new(method.clone()).fuse(&lists).unwrap();
            // A product and a harmonic mean are 0 for whoever is last in one list: there only the tie rule speaks.
            let score = |id: u8| fused[place(&fused, id)].1;
            for a in 0..12 {
                for b in 0..12 {
                    let unanimous = a != b && lists.iter().all(|list| place(list, a) < place(list, b));
                    let median = matches!(method, Method::CombMed | Method::MedianRank);
                    let killed = score(a) == 0.0 && score(b) == 0.0;
                    if unanimous && !(median && score(a) == score(b)) && !killed {
                        prop_assert!(place(&fused, a) < place(&fused, b), "{}: {} {}", method, a, b);
                    }
                }
            }
        }
    }

    #[test]
    fn a_better_rank_never_hurts(list in list(), other in list(), at in any::<prop::sample::Index>()) {
        // The document at a place of the first list changes places with the one before it.
        prop_assume!(list.len() > 1);
        let at = at.index(list.len() - 1) + 1;
        let mut better = list.clone();
        let (id, _) = list[at];
        better[at].0 = list[at - 1].0;
        better[at - 1].0 = id;
        for method in Method::all() {
            let before = Fusion::new(method.clone()).fuse(&[list.clone(), other.clone()]).unwrap();
            let after = Fusion::new(method.clone()).fuse(&[better.clone(), other.clone()]).unwrap();
            let place = |fused: &List| fused.iter().position(|entry| entry.0 == id).unwrap();
            prop_assert!(place(&after) <= place(&before), "{}", method);
        }
    }

    #[test]
    fn normalizations_do_not_see_the_scale_of_scores(lists in lists(), factor in 1_u8..9, shift in -8_i8..8) {
        let moved = |factor: f64, shift: f64| -> Vec<List> {
            lists.iter().map(|list| list.iter().map(|(id, score)| (*id, score * factor + shift)).collect()).collect()
        };
        let (factor, shift) = (f64::from(factor) / 2.0, f64::from(shift));
        for normalization in normalizations() {
            let fuse = |lists: &[List]| {
                Fusion::new(Method::CombSum).normalization(normalization.clone()).fuse(lists).unwrap()
            };
            let affine = matches!(
                normalization,
                Normalization::MinMax
                    | Normalization::Sum
                    | Normalization::ZScore
                    | Normalization::ZScoreSample
                    | Normalization::ClippedZScore { .. }
                    | Normalization::ThreeSigma { .. }
                    | Normalization::Rank
                    | Normalization::Borda
                    | Normalization::Quantile
                    | Normalization::Percentile { .. }
            );
            let scale = affine
                || matches!(normalization, Normalization::Max | Normalization::AbsoluteSum | Normalization::L2);
            if affine {
                prop_assert!(close(&fuse(&moved(factor, shift)), &fuse(&lists)), "{}", normalization);
            }
            if scale {
                prop_assert!(close(&fuse(&moved(factor, 0.0)), &fuse(&lists)), "{}", normalization);
            }
        }
    }

    #[test]
    fn normalized_scores_are_in_their_range_and_keep_the_order(list in list()) {
        for normalization in normalizations() {
            let fusion = Fusion::new(Method::CombSum).normalization(normalization.clone());
            let fused = fusion.fuse(std::slice::from_ref(&list)).unwrap();
            for pair in list.windows(2) {
                let score = |id: u8| fused.iter().find(|entry| entry.0 == id).unwrap().1;
                prop_assert!(score(pair[0].0) >= score(pair[1].0), "{}", normalization);
            }
            let bounded = !matches!(
                normalization,
                Normalization::Identity
                    | Normalization::ZScore
                    | Normalization::ZScoreSample
                    | Normalization::ClippedZScore { .. }
                    | Normalization::Max
                    | Normalization::MinSum
                    | Normalization::AbsoluteSum
                    | Normalization::L2
                    | Normalization::ThreeSigma { .. }
            );
            if bounded {
                prop_assert!(fused.iter().all(|(_, score)| (0.0..=1.0).contains(score)), "{}", normalization);
            }
        }
    }

    #[test]
    fn weights_of_one_and_a_weight_of_zero(lists in lists(), extra in list()) {
        // A list of weight 0 changes nothing but that its documents are there. Where all documents of all lists are
        // counted (Borda, median rank), or lists without the document are (kNN), it can.
        for method in Method::all() {
            if matches!(method, Method::Borda | Method::MedianRank | Method::ReciprocalWeightedRank { .. }) {
                continue;
            }
            let without = Fusion::new(method.clone()).fuse(&lists).unwrap();
            let mut with = lists.clone();
            with.push(extra.clone());
            let mut weights = vec![1.0; lists.len()];
            prop_assert_eq!(&Fusion::new(method.clone()).weights(weights.clone()).fuse(&lists).unwrap(), &without);
            weights.push(0.0);
            let fused = Fusion::new(method.clone()).weights(weights).fuse(&with).unwrap();
            if !matches!(method, Method::Condorcet | Method::Copeland | Method::Kemeny) {
                for (id, score) in &without {
                    let again = fused.iter().find(|entry| entry.0 == *id).unwrap().1;
                    prop_assert!((again - score).abs() < 1e-12, "{}: {} {}", method, again, score);
                }
            }
        }
    }

    #[test]
    fn policies_for_missing_documents(lists in lists(), value in -2_i8..3) {
        let value = f64::from(value);
        let sum = |missing: Missing| Fusion::new(Method::CombSum).missing(missing).fuse(&lists).unwrap();
        prop_assert!(close(&sum(Missing::Zero), &sum(Missing::Published)));
        prop_assert!(close(&sum(Missing::Value(0.0)), &sum(Missing::Zero)));
        let m = lists.len() as f64;
        let published = sum(Missing::Published);
        for (id, score) in sum(Missing::Value(value)) {
            let holders = lists.iter().filter(|list| list.iter().any(|entry| entry.0 == id)).count() as f64;
            let plain = published.iter().find(|entry| entry.0 == id).unwrap().1;
            prop_assert!((score - plain - value * (m - holders)).abs() < 1e-12);
        }
        // Skipped lists scale up: m times the mean over the lists that hold it.
        let mean = Fusion::new(Method::CombAnz).fuse(&lists).unwrap();
        let scaled: List = mean.into_iter().map(|(id, score)| (id, score * m)).collect();
        prop_assert!(close(&sum(Missing::Skip), &scaled));
        // The rank after the last.
        for (id, score) in Fusion::new(Method::ReciprocalRank { k: 60.0 }).missing(Missing::WorstRank).fuse(&lists).unwrap() {
            let rank = |list: &List| list.iter().position(|entry| entry.0 == id).unwrap_or(list.len()) + 1;
            let expected: f64 = lists.iter().map(|list| 1.0 / (60.0 + rank(list) as f64)).sum();
            prop_assert!((score - expected).abs() < 1e-12);
        }
        // Below the least.
        let below = sum(Missing::BelowMin(0.5));
        let least = sum(Missing::ListMin);
        for (id, score) in &below {
            let holders = lists.iter().filter(|list| list.iter().any(|entry| entry.0 == *id)).count() as f64;
            let at_least = least.iter().find(|entry| entry.0 == *id).unwrap().1;
            prop_assert!((at_least - 0.5 * (m - holders) - score).abs() < 1e-12);
        }
    }
}
