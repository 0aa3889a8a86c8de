//! Many queries in one call against one query at a time.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rank_fusion::{Columns, Error, FusedRun, Fusion, Method, Missing, Normalization, Order, fuse_many, fuse_runs};

type List = Vec<(u8, f64)>;
/// Per query, per run.
type Topics = BTreeMap<i64, Vec<List>>;

fn list() -> impl Strategy<Value = List> {
    prop::collection::vec((any::<u8>(), 0_u8..20), 0..25).prop_map(|entries| {
        let mut seen = BTreeSet::new();
        let mut list: List = entries
            .into_iter()
            .filter(|(id, _)| seen.insert(*id))
            .map(|(id, score)| (id, f64::from(score) / 4.0))
            .collect();
        list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        list
    })
}

fn topics() -> impl Strategy<Value = Topics> {
    prop::collection::btree_map(-5_i64..40, prop::collection::vec(list(), 3), 0..40)
}

fn fusions() -> Vec<Fusion> {
    let mut fusions: Vec<Fusion> =
        Method::all().into_iter().map(|method| Fusion::new(method).order(Order::Sorted)).collect();
    let sum = || Fusion::new(Method::CombSum).order(Order::Sorted);
    fusions.push(sum().weights(vec![0.2, 0.0, 0.8]).limit(3).depth(5));
    fusions.push(sum().normalization(Normalization::Borda).missing(Missing::ListMin));
    fusions.push(sum().limit(0));
    let names = "identity max sum min_sum absolute_sum z_score z_score_sample three_sigma_sample l2 rank sigmoid arctan quantile \
                 percentile";
    fusions.extend(names.split_whitespace().map(|name| sum().normalization(name.parse().unwrap())));
    fusions
}

/// The rows of each run in the order of `key`.
fn rows(topics: &Topics, key: impl Fn(usize, usize) -> u64) -> Vec<(Vec<i64>, Vec<u8>, Vec<f64>)> {
    (0..3)
        .map(|run| {
            let mut rows: Vec<(u64, i64, u8, f64)> = Vec::new();
            for (query, lists) in topics {
                for &(id, score) in &lists[run] {
                    rows.push((key(run, rows.len()), *query, id, score));
                }
            }
            rows.sort_by_key(|row| row.0);
            (
                rows.iter().map(|row| row.1).collect(),
                rows.iter().map(|row| row.2).collect(),
                rows.iter().map(|row| row.3).collect(),
            )
        })
        .collect()
}

fn fuse(rows: &[(Vec<i64>, Vec<u8>, Vec<f64>)], fusion: &Fusion, threads: usize) -> FusedRun<i64, u8> {
    let runs: Vec<Columns<'_, i64, u8>> =
        rows.iter().map(|(queries, documents, scores)| Columns { queries, documents, scores }).collect();
    fuse_runs(&runs, fusion, Some(threads), |_, _| true).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_run_is_its_queries_one_by_one(topics in topics(), salt in any::<u64>()) {
        let sorted = rows(&topics, |_, row| row as u64);
        let shuffled = rows(&topics, |run, row| (row as u64 + 1).wrapping_mul(salt | 1).rotate_left(17 + run as u32));
        for fusion in fusions() {
            let fused = fuse(&sorted, &fusion, 1);
            for (query, documents, scores) in fused.iter() {
                let expected = fusion.fuse(&topics[query]).unwrap();
                let got: List = documents.iter().copied().zip(scores.iter().copied()).collect();
                prop_assert_eq!(got, expected, "{:?}", fusion);
            }
            let with_rows: Vec<i64> =
                topics.iter().filter(|(_, lists)| lists.iter().any(|list| !list.is_empty())).map(|(q, _)| *q).collect();
            prop_assert_eq!(&fused.queries, &with_rows);
            prop_assert_eq!(&fuse(&sorted, &fusion, 3), &fused);
            prop_assert_eq!(&fuse(&shuffled, &fusion, 2), &fused);

            let lists: Vec<Vec<List>> = topics.values().cloned().collect();
            let many = fuse_many(&lists, &fusion, Some(2)).unwrap();
            for (lists, fused) in lists.iter().zip(many) {
                prop_assert_eq!(fused, fusion.fuse(lists).unwrap());
            }
        }
    }
}

#[test]
fn errors_name_the_query() {
    let run = Columns { queries: &["q1", "q2", "q2"], documents: &[1, 1, 1], scores: &[1.0, 1.0, 0.5] };
    let fusion = Fusion::new(Method::Borda);
    let error = fuse_runs(&[run], &fusion, None, |_, _| true).unwrap_err();
    assert_eq!(
        error.to_string(),
        "query \"q2\", lists[0][1]: expected each document once, got one of position 0 again; drop one of the two"
    );
    let error = fuse_many(&[vec![vec![(1, 1.0)]], vec![vec![(1, f64::NAN)]]], &fusion, None).unwrap_err();
    assert!(error.to_string().starts_with("query 1, lists[0][0]: expected a score, got NaN"), "{error}");
    let none: [Columns<'_, i64, i64>; 0] = [];
    assert_eq!(fuse_runs(&none, &fusion, None, |_, _| true).unwrap_err(), Error::NoLists);
    let error = fuse_runs(&[run], &fusion, Some(0), |_, _| true).unwrap_err();
    assert!(error.to_string().starts_with("threads: expected at least 1"), "{error}");
}

#[test]
fn work_that_is_told_to_stop_stops() {
    let queries: Vec<usize> = (0..1000).collect();
    let (documents, scores) = (vec![0; 1000], vec![1.0; 1000]);
    let run = Columns { queries: &queries, documents: &documents, scores: &scores };
    for threads in [1, 2] {
        let fused = fuse_runs(&[run], &Fusion::new(Method::Borda), Some(threads), |_, _| false).unwrap();
        assert!(fused.starts.len() < 1000);
    }
}
