//! Nothing is allocated per document once the memory has grown.

use allocation_counter::measure;
use rank_fusion::{Columns, Fusion, Method, Normalization, Numbering, Order, Ranking, Scratch, fuse_runs};

/// Three lists of many documents, of which some are shared.
fn lists(query: u64, depth: u64) -> Vec<Vec<(u64, f64)>> {
    (0..3)
        .map(|list| (0..depth).map(|place| (query * 7 + place * (list + 1), -(place as f64) / 3.0)).collect())
        .collect()
}

fn fusions() -> Vec<Fusion> {
    let methods = Method::all().into_iter().map(Fusion::new);
    let names = "identity max sum z_score three_sigma l2 rank borda sigmoid quantile percentile";
    let sums = names.split_whitespace().map(|name| {
        let normalization: Normalization = name.parse().unwrap();
        Fusion::new(Method::CombMnz).normalization(normalization)
    });
    methods.chain(sums).collect()
}

#[test]
fn a_query_after_the_first_allocates_nothing() {
    for fusion in fusions() {
        let slow = fusion.method().name();
        let slow = matches!(slow, "condorcet" | "copeland" | "kemeny");
        let queries: Vec<_> = (0..3).map(|query| lists(query, if slow { 200 } else { 2000 })).collect();
        let (mut numbering, mut scratch, mut totals, mut ranking) =
            (Numbering::new(), Scratch::new(), Vec::new(), Ranking::new());
        let mut fuse = |lists: &[Vec<(u64, f64)>]| {
            numbering.clear();
            for list in lists {
                numbering.add_list(&fusion, list.iter().copied()).unwrap();
            }
            if fusion.method().orders_by_number() {
                numbering.order_by_id();
            }
            fusion.totals(&numbering.lists().unwrap(), &mut scratch, &mut totals).unwrap();
            ranking.sort(&fusion, &totals);
            ranking.settle(&fusion, numbering.ids()).sum::<usize>()
        };
        for lists in &queries {
            fuse(lists);
        }
        for lists in &queries {
            let counted = measure(|| {
                fuse(lists);
            });
            assert_eq!(counted.count_total, 0, "{fusion:?}");
        }
    }
}

#[test]
fn a_batch_allocates_no_more_for_longer_lists() {
    // Ten times the documents: the buffers grow a few times more, by doubling.
    let allocations = |depth: i64| {
        let queries: Vec<i64> = (0..64).flat_map(|query| vec![query; depth as usize]).collect();
        let documents: Vec<i64> = (0..64 * depth).collect();
        let scores: Vec<f64> = (0..64 * depth).map(|row| -(row as f64)).collect();
        let run = Columns { queries: &queries, documents: &documents, scores: &scores };
        let fusion = Fusion::new(Method::ReciprocalRank { k: 60.0 }).order(Order::Sorted);
        measure(|| {
            fuse_runs(&[run, run], &fusion, Some(1), |_, _| true).unwrap();
        })
        .count_total
    };
    let (short, long) = (allocations(100), allocations(1000));
    assert!(long < short + 64, "{short} allocations for 6,400 rows, {long} for 64,000");
}
