//! Lists in any order of arrival, and pages that hold.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rank_fusion::{Error, Fusion, Method, Pages, StreamingFusion};

type List = Vec<(u8, f64)>;

fn list() -> impl Strategy<Value = List> {
    prop::collection::vec(any::<u8>(), 0..40).prop_map(|ids| {
        let mut seen = BTreeSet::new();
        let unique = ids.into_iter().filter(|id| seen.insert(*id));
        unique.enumerate().map(|(position, id)| (id, -((position / 2) as f64))).collect()
    })
}

proptest! {
    #[test]
    fn arrival_does_not_matter(lists in prop::collection::vec(list(), 3), first in 0_usize..3) {
        for method in Method::all() {
            let fusion = Fusion::new(method).weights(vec![0.5, 1.0, 2.0]);
            let mut stream = StreamingFusion::new(fusion.clone(), 3).unwrap();
            for place in [first, (first + 2) % 3, (first + 1) % 3] {
                stream.set(place, lists[place].clone()).unwrap();
            }
            prop_assert_eq!(stream.fused().unwrap(), fusion.fuse(&lists).unwrap());
        }
    }

    #[test]
    fn pages_repeat_and_skip_nothing(
        lists in prop::collection::vec(list(), 2..4),
        size in 1_usize..7,
        depths in prop::collection::vec(1_usize..15, 1..8),
    ) {
        let fusion = Fusion::new(Method::ReciprocalRank { k: 1.0 });
        let mut pages = Pages::new(fusion, size).unwrap();
        let mut depth = 0;
        let mut shown: Vec<List> = Vec::new();
        for more in depths.into_iter().chain([1000]) {
            depth += more;
            let cut: Vec<&[(u8, f64)]> = lists.iter().map(|list| &list[..depth.min(list.len())]).collect();
            pages.update(&cut).unwrap();
            for (number, before) in shown.iter().enumerate() {
                prop_assert!(pages.page(number).unwrap().starts_with(before));
            }
            shown = (0..=shown.len()).filter_map(|number| pages.page(number).ok().map(<[_]>::to_vec)).collect();
        }
        while let Ok(page) = pages.page(shown.len()) {
            if page.is_empty() { break; }
            shown.push(page.to_vec());
        }
        // The last pages may have been filled up since.
        let all: Vec<u8> = (0..shown.len()).flat_map(|n| pages.page(n).unwrap().to_vec()).map(|(id, _)| id).collect();
        let union: BTreeSet<u8> = lists.iter().flatten().map(|(id, _)| *id).collect();
        prop_assert_eq!(all.len(), union.len());
        prop_assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), union);
    }
}

#[test]
fn a_stream_gives_what_is_there() {
    let mut stream = StreamingFusion::new(Fusion::new(Method::CombSum).weights(vec![0.0, 1.0]), 2).unwrap();
    assert_eq!(stream.fused().unwrap(), []);
    stream.set(0, vec![("a", 1.0)]).unwrap();
    // The only list that has come does not count.
    assert_eq!(stream.fused().unwrap(), []);
    assert_eq!(stream.waiting(), [1]);
    let bad = |list: Vec<(&'static str, f64)>| {
        StreamingFusion::new(Fusion::new(Method::CombSum), 2).unwrap().set(1, list).unwrap_err()
    };
    assert_eq!(bad(vec![("a", f64::NAN)]), Error::NanScore { list: 1, position: 0 });
    assert_eq!(bad(vec![("a", 1.0), ("a", 1.0)]), Error::DuplicateDocument { list: 1, position: 1, first: 0 });
    assert_eq!(bad(vec![("a", 1.0), ("b", 2.0)]), Error::NotSorted { list: 1, position: 1, score: 2.0, previous: 1.0 });
    let error = stream.set(2, vec![]).unwrap_err();
    assert_eq!(error.to_string(), "place: expected a number below 2, got 2; places count from 0");
    assert_eq!(StreamingFusion::<u8>::new(Fusion::new(Method::CombSum), 0).unwrap_err(), Error::NoLists);
}

#[test]
fn pages_end() {
    let fusion = || Fusion::new(Method::Borda);
    let error = Pages::<u8>::new(fusion(), 0).unwrap_err();
    assert_eq!(error.to_string(), "size: expected at least 1 document per page, got 0; 10 is usual");
    let mut pages = Pages::new(fusion(), 2).unwrap();
    assert_eq!(pages.page(0).unwrap(), []);
    pages.update(&[vec![(1, 3.0), (2, 2.0), (3, 1.0)]]).unwrap();
    let error = pages.page(2).unwrap_err();
    assert_eq!(
        error.to_string(),
        "page: expected a number below 2, got 2; pages count from 0, and deeper lists make more of them"
    );
    assert_eq!((pages.page(1).unwrap().len(), pages.shown()), (1, 3));
}
