//! The options of an evaluation, against lists that are put in order by hand.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use rank_eval::{
    Error, Measure, MissingQueries, Options, Order, Qrels, Run, TrecEval, average_precision_at_k, evaluate_with,
    ndcg_at_k, precision_at_k, recall_at_k, reciprocal_rank_at_k, ties,
};

/// A list with its scores, in the order of the input.
type List = Vec<(String, f64)>;

fn list(most: usize) -> impl Strategy<Value = List> {
    // Ties, near-ties that f32 does not tell apart, both zeros and both infinities.
    let near = 1.0 + 1e-9;
    let scores =
        prop::sample::select(vec![1.0, near, 0.5, 0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, 1e39, 2e39, -1e-50]);
    prop::collection::btree_map("[a-d]{1,2}", scores, 1..=most)
        .prop_map(|map| map.into_iter().collect::<List>())
        .prop_shuffle()
}

fn judged() -> impl Strategy<Value = BTreeMap<String, i64>> {
    prop::collection::btree_map("[a-d]{1,2}", -1..4_i64, 1..8)
}

fn names() -> Vec<Measure> {
    ["nDCG@3", "P@2", "AP", "RR", "R@4"].iter().map(|name| name.parse().unwrap()).collect()
}

/// The values of a ranking whose order is settled.
fn values<S: AsRef<str>>(ranking: &[S], judged: &BTreeMap<String, i64>, level: i64) -> Vec<f64> {
    let list: Vec<(String, f64)> =
        ranking.iter().enumerate().map(|(place, id)| (id.as_ref().to_owned(), -(place as f64))).collect();
    let graded: HashMap<String, i64> = judged.iter().map(|(id, &grade)| (id.clone(), grade)).collect();
    let binary: HashMap<String, i64> =
        judged.iter().map(|(id, &grade)| (id.clone(), i64::from(grade >= level))).collect();
    vec![
        ndcg_at_k(&list, &graded, 3).unwrap(),
        precision_at_k(&list, &binary, 2).unwrap(),
        average_precision_at_k(&list, &binary, usize::MAX).unwrap(),
        reciprocal_rank_at_k(&list, &binary, usize::MAX).unwrap(),
        recall_at_k(&list, &binary, 4).unwrap(),
    ]
}

fn evaluated(list: &List, judged: &BTreeMap<String, i64>, options: Options) -> Vec<f64> {
    let run = Run::from_nested([("q", list.iter().map(|(id, score)| (id, *score)))]).unwrap();
    let qrels = Qrels::from_nested([("q", judged)]).unwrap();
    let measures = names();
    let evaluation = evaluate_with(&qrels, &run, &measures, options).unwrap();
    measures.iter().map(|measure| evaluation.values(measure).unwrap()[0]).collect()
}

/// The score that orders.
fn rounded(score: f64, compat: Option<TrecEval>) -> f64 {
    // Both zeros are one.
    (if compat == Some(TrecEval::V9) { f64::from(score as f32) } else { score }) + 0.0
}

/// All orders of a list in which scores descend.
fn orders(list: &List, compat: Option<TrecEval>) -> Vec<Vec<String>> {
    let mut done = vec![Vec::new()];
    let mut rest = list.clone();
    while let Some(best) = rest.iter().map(|(_, score)| rounded(*score, compat)).max_by(f64::total_cmp) {
        let (tied, others): (List, List) = rest.into_iter().partition(|(_, score)| rounded(*score, compat) == best);
        rest = others;
        for _ in 0..tied.len() {
            let longer = done.iter().flat_map(|order: &Vec<String>| {
                let open = tied.iter().filter(|(id, _)| !order.contains(id));
                open.map(|(id, _)| order.iter().chain([id]).cloned().collect())
            });
            done = longer.collect();
        }
    }
    done
}

fn compats() -> impl Strategy<Value = Option<TrecEval>> {
    prop::sample::select(vec![None, Some(TrecEval::V9), Some(TrecEval::V10)])
}

proptest! {
    #[test]
    fn documents_of_equal_score_are_in_the_order_asked_for(
        list in list(20), judged in judged(), compat in compats(), judged_only in any::<bool>(), level in 1..4_i64,
        depth in prop::option::of(0..8_usize),
    ) {
        for order in [Order::DocidDesc, Order::DocidAsc, Order::Stable] {
            let mut sorted = list.clone();
            sorted.sort_by(|a, b| {
                let by_score = rounded(b.1, compat).total_cmp(&rounded(a.1, compat));
                by_score.then_with(|| match order {
                    Order::DocidDesc => b.0.cmp(&a.0),
                    Order::DocidAsc => a.0.cmp(&b.0),
                    _ => std::cmp::Ordering::Equal,
                })
            });
            sorted.truncate(depth.unwrap_or(usize::MAX));
            sorted.retain(|(id, _)| !judged_only || judged.get(id).is_some_and(|&grade| grade >= 0));
            let ranking: Vec<&String> = sorted.iter().map(|(id, _)| id).collect();
            let options =
                Options::default().order(order).compat(compat).judged_only(judged_only).level(level).depth(depth);
            prop_assert_eq!(evaluated(&list, &judged, options), values(&ranking, &judged, level), "{:?}", order);
        }
    }

    #[test]
    fn best_and_worst_are_the_bounds_of_all_orders_and_expected_is_their_mean(
        list in list(6), judged in judged(), compat in compats(),
    ) {
        let all: Vec<Vec<f64>> = orders(&list, compat).iter().map(|order| values(order, &judged, 1)).collect();
        let options = Options::default().compat(compat);
        let best = evaluated(&list, &judged, options.order(Order::Best));
        let worst = evaluated(&list, &judged, options.order(Order::Worst));
        let expected = evaluated(&list, &judged, options.order(Order::Expected));
        let run = Run::from_nested([("q", list.iter().map(|(id, score)| (id, *score)))]).unwrap();
        let qrels = Qrels::from_nested([("q", &judged)]).unwrap();
        let report = ties(&qrels, &run, &names(), options).unwrap();
        for (place, measure) in names().iter().enumerate() {
            let column = || all.iter().map(|values| values[place]);
            let bounds = (column().fold(f64::INFINITY, f64::min), column().fold(f64::NEG_INFINITY, f64::max));
            prop_assert_eq!((worst[place], best[place]), bounds, "{}", measure);
            let mean = column().sum::<f64>() / all.len() as f64;
            prop_assert!((expected[place] - mean).abs() < 1e-12, "{}: {} is not {}", measure, expected[place], mean);
            let reported = report.iter().find(|tie| tie.measure == *measure).map(|tie| (tie.least, tie.greatest));
            prop_assert_eq!(reported, (bounds.0 < bounds.1).then_some(bounds), "{}", measure);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn threads_do_not_show(seed in 0..1000_u64) {
        // Enough rows for more threads than one.
        let run = Run::from_nested((0..300_u64).map(|query| {
            let documents = (0..150_u64).map(move |document| {
                (format!("d{document}"), ((query * 31 + document * 17 + seed) % 40) as f64)
            });
            (format!("q{query}"), documents)
        })).unwrap();
        let qrels = Qrels::from_nested((0..350_u64).map(|query| {
            let documents = (0..9_u64).map(move |place| (format!("d{}", (query + place * 20 + seed) % 170), place as i64 % 3));
            (format!("q{query}"), documents)
        })).unwrap();
        let with = |threads| evaluate_with(&qrels, &run, &names(), Options::default().threads(threads)).unwrap();
        let one = with(1);
        prop_assert_eq!(one.queries().len(), 350);
        for threads in [0, 2, 5] {
            prop_assert_eq!(&with(threads), &one);
        }
    }
}

#[test]
fn the_tie_and_the_near_tie_of_trec_eval() {
    let rr: [Measure; 1] = ["RR".parse().unwrap()];
    let value = |run: &[(&str, f64)], judged: &str, options: Options| {
        let qrels = Qrels::from_nested([("q", [(judged, 1)])]).unwrap();
        evaluate_with(&qrels, &Run::from_nested([("q", run.to_vec())]).unwrap(), &rr, options).unwrap().mean(&rr[0])
    };
    let tied = [("d1", 1.0), ("d2", 1.0), ("d3", 1.0)];
    assert_eq!(value(&tied, "d1", Options::default()), Some(1.0 / 3.0));
    // trec_eval 9.0.8 and 10.0-rc3: 0.5 and 1.0.
    let near = [("b", 1.0), ("a", 1.000_000_01)];
    assert_eq!(value(&near, "a", Options::default().compat(Some(TrecEval::V9))), Some(0.5));
    assert_eq!(value(&near, "a", Options::default().compat(Some(TrecEval::V10))), Some(1.0));
    assert_eq!(value(&near, "a", Options::default()), Some(1.0));
}

#[test]
fn counts_count_what_is_judged_of_missing_queries() {
    let qrels = Qrels::from_nested([("q1", [("a", 1)]), ("q2", [("a", 1)])]).unwrap();
    let run = Run::from_nested([("q1", [("a", 1.0)])]).unwrap();
    let measures: Vec<Measure> = ["num_rel", "num_ret"].iter().map(|name| name.parse().unwrap()).collect();
    let means = |policy| {
        let options = Options::default().missing_queries(policy);
        let evaluation = evaluate_with(&qrels, &run, &measures, options).unwrap();
        measures.iter().map(|measure| evaluation.mean(measure).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(means(MissingQueries::Zero), [2.0, 1.0]);
    assert_eq!(means(MissingQueries::Skip), [1.0, 1.0]);
}

#[test]
fn what_has_no_expected_value_is_refused() {
    let qrels = Qrels::from_nested([("q", [("a", 1)])]).unwrap();
    let run = Run::from_nested([("q", [("a", 1.0)])]).unwrap();
    let expected = Options::default().order(Order::Expected);
    let error = |measure: &str, options| {
        let measures: [Measure; 1] = [measure.parse().unwrap()];
        evaluate_with(&qrels, &run, &measures, options).unwrap_err()
    };
    assert!(matches!(error("infAP", expected), Error::NoExpectedValue { .. }));
    assert_eq!(
        error("infAP", expected).to_string(),
        "order: expected a measure whose expected value is known, got infAP; take the order best, worst or docid_desc"
    );
    assert_eq!(
        error("P@1", expected.depth(Some(5))).to_string(),
        "depth: expected none with the order expected, got 5; take measures with a cut-off"
    );
}
