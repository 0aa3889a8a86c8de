//! Each measure against its definition written out slowly, and every error of a ranked list.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use proptest::prelude::*;
use rank_eval::{
    Judgments, Result, average_precision_at_k, ndcg_at_k, precision_at_k, recall_at_k, reciprocal_rank_at_k,
    success_at_k,
};

type List = Vec<(u8, f64)>;
type Grades = BTreeMap<u8, i32>;

fn list() -> impl Strategy<Value = List> {
    prop::collection::vec(0_u8..40, 0..40).prop_map(|ids| {
        let mut seen = BTreeSet::new();
        let unique = ids.into_iter().filter(|id| seen.insert(*id));
        unique.enumerate().map(|(position, id)| (id, -((position / 3) as f64))).collect()
    })
}

fn grades() -> impl Strategy<Value = Grades> {
    prop::collection::btree_map(0_u8..40, -2_i32..4, 0..30)
}

fn is_relevant(grades: &Grades, id: u8) -> bool {
    grades.get(&id).is_some_and(|grade| *grade >= 1)
}

fn hits(list: &List, grades: &Grades, k: usize) -> f64 {
    list.iter().take(k).filter(|(id, _)| is_relevant(grades, *id)).count() as f64
}

fn relevant(grades: &Grades) -> f64 {
    grades.values().filter(|grade| **grade >= 1).count() as f64
}

fn dcg(grades: &[i32], k: usize) -> f64 {
    let mut sum = 0.0;
    for rank in 1..=k.min(grades.len()) {
        sum += f64::from(grades[rank - 1].max(0)) / (rank as f64 + 1.0).ln() * 2.0_f64.ln();
    }
    sum
}

fn share(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

fn oracle_ndcg(list: &List, grades: &Grades, k: usize) -> f64 {
    let ranked: Vec<i32> = list.iter().map(|(id, _)| grades.get(id).copied().unwrap_or(0)).collect();
    let mut ideal: Vec<i32> = grades.values().copied().collect();
    ideal.sort_by_key(|grade| -grade);
    share(dcg(&ranked, k), dcg(&ideal, k))
}

fn oracle_average_precision(list: &List, grades: &Grades, k: usize) -> f64 {
    let mut sum = 0.0;
    for rank in 1..=k.min(list.len()) {
        if is_relevant(grades, list[rank - 1].0) {
            sum += hits(list, grades, rank) / rank as f64;
        }
    }
    share(sum, relevant(grades))
}

fn oracle_reciprocal_rank(list: &List, grades: &Grades, k: usize) -> f64 {
    (1..=k.min(list.len())).find(|rank| hits(list, grades, *rank) > 0.0).map_or(0.0, |rank| 1.0 / rank as f64)
}

proptest! {
    #[test]
    fn equals_the_definition(list in list(), grades in grades(), k in 1_usize..50) {
        let close = |value: Result<f64>, expected: f64| (value.unwrap() - expected).abs() < 1e-12;
        prop_assert!(close(ndcg_at_k(&list, &grades, k), oracle_ndcg(&list, &grades, k)));
        prop_assert!(close(precision_at_k(&list, &grades, k), hits(&list, &grades, k) / k as f64));
        prop_assert!(close(recall_at_k(&list, &grades, k), share(hits(&list, &grades, k), relevant(&grades))));
        prop_assert!(close(success_at_k(&list, &grades, k), hits(&list, &grades, k).min(1.0)));
        prop_assert!(close(reciprocal_rank_at_k(&list, &grades, k), oracle_reciprocal_rank(&list, &grades, k)));
        prop_assert!(close(average_precision_at_k(&list, &grades, k), oracle_average_precision(&list, &grades, k)));
    }

    #[test]
    fn every_collection_of_judgments_is_the_same(list in list(), grades in grades(), k in 1_usize..50) {
        let expected = ndcg_at_k(&list, &grades, k).unwrap();
        let map: HashMap<u8, i64> = grades.iter().map(|(id, grade)| (*id, i64::from(*grade))).collect();
        let pairs: Vec<(u8, i8)> = grades.iter().map(|(id, grade)| (*id, *grade as i8)).collect();
        prop_assert_eq!(ndcg_at_k(&list, &map, k).unwrap(), expected);
        prop_assert_eq!(ndcg_at_k(&list, &pairs, k).unwrap(), expected);
        prop_assert_eq!(ndcg_at_k(&list, pairs.as_slice(), k).unwrap(), expected);

        let binary: BTreeMap<u8, bool> = grades.iter().map(|(id, grade)| (*id, *grade > 0)).collect();
        let sorted: BTreeSet<u8> = grades.keys().copied().filter(|id| is_relevant(&grades, *id)).collect();
        let hashed: HashSet<u8> = sorted.iter().copied().collect();
        let expected = ndcg_at_k(&list, &binary, k).unwrap();
        prop_assert_eq!(ndcg_at_k(&list, &sorted, k).unwrap(), expected);
        prop_assert_eq!(ndcg_at_k(&list, &hashed, k).unwrap(), expected);
    }

    #[test]
    fn the_best_order_has_ndcg_one(grades in grades(), k in 1_usize..50) {
        let mut best: Vec<(u8, f32)> = grades.iter().map(|(id, grade)| (*id, *grade as f32)).collect();
        best.sort_by(|a, b| b.1.total_cmp(&a.1));
        let expected = if relevant(&grades) > 0.0 { 1.0 } else { 0.0 };
        prop_assert_eq!(ndcg_at_k(&best, &grades, k).unwrap(), expected);
    }
}

#[test]
fn owned_and_borrowed_ids_judge_each_other() {
    fn ndcg<J: Judgments<String> + ?Sized, K: for<'a> Judgments<&'a str> + ?Sized>(owned: &J, borrowed: &K) {
        let list = vec![("a".to_owned(), 2.0_f32), ("b".to_owned(), 1.0)];
        assert_eq!(recall_at_k(&list, owned, 10).unwrap(), 1.0);
        assert_eq!(recall_at_k(&[("a", 2.0), ("b", 1.0)], borrowed, 1).unwrap(), 1.0);
    }
    let owned = || "a".to_owned();
    ndcg(&HashMap::from([("a", 1_u32)]), &HashMap::from([(owned(), 1_u32)]));
    ndcg(&BTreeMap::from([("a", 1_u32)]), &BTreeMap::from([(owned(), 1_u32)]));
    ndcg(&HashSet::from(["a"]), &HashSet::from([owned()]));
    ndcg(&BTreeSet::from(["a"]), &BTreeSet::from([owned()]));
    ndcg(&HashMap::from([(owned(), 1_u32)]), &HashMap::from([(owned(), 1_u32)]));
}

/// The values are those of `trec_eval` 9.0.8.
#[test]
fn known_values() {
    let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
    let ndcg = ndcg_at_k(&list, &[("a", 1), ("b", 2), ("c", 3)], 10).unwrap();
    assert!((ndcg - 0.7900).abs() < 5e-5, "{ndcg}");

    let list: Vec<(u32, f64)> = (0..5).map(|id| (id, -f64::from(id))).collect();
    let relevant: HashSet<u32> = (0..20).collect();
    assert_eq!(average_precision_at_k(&list, &relevant, 5).unwrap(), 0.25);
}

#[test]
fn without_a_relevant_document_every_measure_is_zero() {
    let list = [("a", 1.0)];
    let empty: [(&str, i32); 0] = [];
    let none = [("a", 0), ("b", -1)];
    for value in [
        ndcg_at_k(&list, &none, 3),
        ndcg_at_k(&list, &empty, 3),
        precision_at_k(&list, &none, 3),
        recall_at_k(&list, &none, 3),
        success_at_k(&list, &none, 3),
        reciprocal_rank_at_k(&list, &none, 3),
        average_precision_at_k(&list, &none, 3),
        ndcg_at_k(&Vec::<(&str, f32)>::new(), &[("a", 1)], 3),
    ] {
        let value = value.unwrap();
        assert_eq!(value.to_bits(), 0.0_f64.to_bits(), "{value}");
    }
}

#[test]
fn bad_input_is_refused_by_place() {
    let judged = HashMap::from([("a", 1)]);
    let error = |list: &[(&'static str, f64)], k| precision_at_k(list, &judged, k).unwrap_err().to_string();
    assert_eq!(
        error(&[("a", 1.0), ("b", f64::NAN)], 1),
        "reranked[1]: expected a score, got NaN; drop the document or repair its score"
    );
    assert_eq!(
        error(&[("a", 1.0), ("b", 2.0)], 1),
        "reranked[1]: expected scores in descending order, got 2 after 1; sort the list by score, best first"
    );
    assert_eq!(
        error(&[("a", 1.0), ("b", 1.0), ("a", 0.5)], 1),
        "reranked[2]: expected each document once, got the one of position 0 again; drop one of the two"
    );
    assert_eq!(error(&[("a", 1.0)], 0), "k: expected at least 1, got 0; 10 is the usual choice");
    assert_eq!(
        recall_at_k(&[("a", 1.0)], &[("a", 1), ("b", 1), ("a", 0)], 5).unwrap_err().to_string(),
        "ground_truth[2]: expected each document once, got the one of position 0 again; drop one of the two"
    );
}
