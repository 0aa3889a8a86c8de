//! Reasons add up, and what is said of removing a list is what happens.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rank_fusion::{Fusion, Method, Normalization};

type List = Vec<(u8, f64)>;

fn list() -> impl Strategy<Value = List> {
    prop::collection::vec((0_u8..40, 1_u8..50), 0..20).prop_map(|entries| {
        let mut seen = BTreeSet::new();
        let mut list: List =
            entries.into_iter().filter(|(id, _)| seen.insert(*id)).map(|(id, score)| (id, f64::from(score))).collect();
        list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        list
    })
}

fn fusions() -> Vec<Fusion> {
    let mut fusions: Vec<Fusion> = Method::all().into_iter().map(|method| Fusion::new(method).floor(0.01)).collect();
    fusions.extend(Method::all().into_iter().map(|method| {
        Fusion::new(method).floor(0.01).normalization(Normalization::Sum).weights(vec![0.5, 1.0, 0.25]).limit(5)
    }));
    fusions
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn contributions_add_up(lists in prop::collection::vec(list(), 3)) {
        for fusion in fusions() {
            let why = fusion.explain(&lists).unwrap();
            let fused: List = why.results.iter().map(|result| (result.id, result.score)).collect();
            prop_assert_eq!(&fused, &fusion.fuse(&lists).unwrap());
            for (position, result) in why.results.iter().enumerate() {
                prop_assert_eq!(result.rank, position + 1);
                let sum: f64 = result.parts.iter().map(|part| part.contribution).sum();
                prop_assert!((sum - result.score).abs() <= 1e-9 * (1.0 + sum.abs()), "{:?} {} {}", fusion, sum, result.score);
                for (list, part) in lists.iter().zip(&result.parts) {
                    let place = list.iter().position(|(id, _)| *id == result.id);
                    prop_assert_eq!(part.rank, place.map(|place| place + 1));
                    prop_assert_eq!(part.score, place.map(|place| list[place].1));
                    prop_assert_eq!(part.value.is_some(), place.is_some());
                }
            }
        }
    }

    #[test]
    fn what_removing_a_list_does(lists in prop::collection::vec(list(), 3)) {
        for method in Method::all() {
            let fusion = Fusion::new(method).limit(5);
            let why = fusion.explain(&lists).unwrap();
            let results: BTreeSet<u8> = why.results.iter().map(|result| result.id).collect();
            for (left_out, report) in why.lists.iter().enumerate() {
                let others: Vec<List> =
                    lists.iter().enumerate().filter(|(place, _)| *place != left_out).map(|(_, list)| list.clone()).collect();
                let without: Vec<u8> = fusion.fuse(&others).unwrap().into_iter().map(|(id, _)| id).collect();
                for result in &why.results {
                    let rank = without.iter().position(|id| *id == result.id).map(|place| place + 1);
                    prop_assert_eq!(result.rank_without[left_out], rank);
                }
                let after: BTreeSet<u8> = without.into_iter().collect();
                prop_assert_eq!(report.lost_without.iter().copied().collect::<BTreeSet<_>>(), &results - &after);
                prop_assert_eq!(report.gained_without.iter().copied().collect::<BTreeSet<_>>(), &after - &results);
                let own: BTreeSet<u8> = lists[left_out].iter().map(|(id, _)| *id).collect();
                let rest: BTreeSet<u8> = others.iter().flatten().map(|(id, _)| *id).collect();
                prop_assert_eq!(report.alone, (&own - &rest).len());
                prop_assert_eq!(report.documents, own.len());
                prop_assert_eq!(report.in_results, (&own & &results).len());
            }
        }
    }
}

#[test]
fn overlap_is_symmetric_and_one_with_itself() {
    let lists = [vec![("a", 2.0), ("b", 1.0)], vec![("b", 3.0), ("c", 2.0), ("d", 1.0)], vec![]];
    let why = Fusion::new(Method::CombMax).explain(&lists).unwrap();
    assert_eq!(why.overlap, [vec![1.0, 0.25, 0.0], vec![0.25, 1.0, 0.0], vec![0.0, 0.0, 1.0]]);
    assert!(!why.is_sum);
    assert!(Fusion::new(Method::Borda).explain(&lists).unwrap().is_sum);
}

#[test]
fn without_the_only_list_nothing_is_left() {
    let why = Fusion::new(Method::CombSum).explain(&[vec![("a", 2.0)]]).unwrap();
    assert_eq!(why.results[0].rank_without, [None]);
    assert_eq!(why.lists[0].lost_without, ["a"]);
    // Nor without the only list that counts.
    let lists = [vec![("a", 2.0)], vec![("b", 2.0)]];
    let why = Fusion::new(Method::CombSum).weights(vec![1.0, 0.0]).explain(&lists).unwrap();
    assert_eq!(why.results[0].rank_without, [None, Some(1)]);
}
