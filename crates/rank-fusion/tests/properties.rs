//! Fusion against an oracle that is slow and obvious, and what must hold for any input.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rank_fusion::{Error, reciprocal_rank_fusion};

type List = Vec<(u8, f64)>;

fn list() -> impl Strategy<Value = List> {
    prop::collection::vec(any::<u8>(), 0..40).prop_map(|ids| {
        let mut seen = BTreeSet::new();
        let unique = ids.into_iter().filter(|id| seen.insert(*id));
        unique.enumerate().map(|(position, id)| (id, -((position / 2) as f64))).collect()
    })
}

fn oracle(lists: &[List], k: f64) -> List {
    let mut totals: BTreeMap<u8, f64> = BTreeMap::new();
    // Lists are added up in the order of what they hold, not in that in which they are given.
    let mut lists = lists.to_vec();
    lists.sort_by_key(|list| {
        let scores: Vec<u64> = list.iter().map(|(_, score)| score.to_bits()).collect();
        (scores, list.iter().map(|(id, _)| *id).collect::<Vec<_>>())
    });
    for list in &lists {
        for (position, (id, _)) in list.iter().enumerate() {
            *totals.entry(*id).or_default() += 1.0 / (k + (position + 1) as f64);
        }
    }
    let mut fused: List = totals.into_iter().collect();
    // Stable, over ids in ascending order.
    fused.sort_by(|a, b| b.1.total_cmp(&a.1));
    fused
}

proptest! {
    #[test]
    fn equals_the_oracle_to_the_bit(lists in prop::collection::vec(list(), 1..6), k in 0.0..200.0) {
        prop_assert_eq!(reciprocal_rank_fusion(&lists, k).unwrap(), oracle(&lists, k));
    }

    #[test]
    fn one_list_keeps_its_order(list in list()) {
        let fused = reciprocal_rank_fusion(std::slice::from_ref(&list), 60).unwrap();
        let ids = |l: &List| l.iter().map(|(id, _)| *id).collect::<Vec<_>>();
        prop_assert_eq!(ids(&fused), ids(&list));
    }

    #[test]
    fn ties_of_the_returned_type_are_broken_by_id(lists in prop::collection::vec(list(), 1..6)) {
        let narrow: Vec<Vec<(u8, f32)>> =
            lists.iter().map(|list| list.iter().map(|(id, score)| (*id, *score as f32)).collect()).collect();
        let fused = reciprocal_rank_fusion(&narrow, 60).unwrap();
        for pair in fused.windows(2) {
            prop_assert!(pair[0].1 > pair[1].1 || (pair[0].1 == pair[1].1 && pair[0].0 < pair[1].0));
        }
    }
}

#[test]
fn rank_starts_at_one() {
    let fused = reciprocal_rank_fusion(&[vec![("only", 3.0)]], 60).unwrap();
    assert_eq!(fused, [("only", 1.0 / 61.0)]);
    let fused = reciprocal_rank_fusion(&[vec![("first", 3.0), ("second", 2.0)]], 0).unwrap();
    assert_eq!(fused, [("first", 1.0), ("second", 0.5)]);
}

#[test]
fn an_empty_list_gives_nothing_and_takes_nothing() {
    let fused = reciprocal_rank_fusion(&[vec![], vec![("a", 1.0)]], 60).unwrap();
    assert_eq!(fused, [("a", 1.0 / 61.0)]);
    assert_eq!(reciprocal_rank_fusion::<u8, f64, List>(&[vec![]], 60).unwrap(), []);
}

#[test]
fn bad_lists_are_refused_by_place() {
    let good = vec![("a", 2.0), ("b", 1.0)];
    let fuse = |bad: Vec<(&'static str, f64)>| reciprocal_rank_fusion(&[good.clone(), bad], 60).unwrap_err();
    assert_eq!(fuse(vec![("a", 1.0), ("b", f64::NAN)]), Error::NanScore { list: 1, position: 1 });
    assert_eq!(
        fuse(vec![("a", 1.0), ("b", 2.0)]),
        Error::NotSorted { list: 1, position: 1, score: 2.0, previous: 1.0 }
    );
    assert_eq!(
        fuse(vec![("a", 1.0), ("b", 1.0), ("a", 0.5)]),
        Error::DuplicateDocument { list: 1, position: 2, first: 0 }
    );
    assert_eq!(reciprocal_rank_fusion::<u8, f64, List>(&[], 60).unwrap_err(), Error::NoLists);
    for k in [-1.0, f64::NAN, f64::INFINITY] {
        let error = reciprocal_rank_fusion(std::slice::from_ref(&good), k).unwrap_err();
        assert!(error.to_string().starts_with("k: expected a finite number of at least 0, got "), "{error}");
    }
}
