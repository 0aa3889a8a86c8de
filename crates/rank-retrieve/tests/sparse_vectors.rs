//! Vectors of a sparse index given back, explained and made queries.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rank_retrieve::{Error, Filter, Impacts, SparseBuilder, SparseIndex, SparseRows, StoredFields, field};

type Vectors = Vec<BTreeMap<u8, f32>>;

fn vectors() -> impl Strategy<Value = Vectors> {
    let weight = (1..40_u8).prop_map(|weight| f32::from(weight) / 4.0);
    prop::collection::vec(prop::collection::btree_map(0..12_u8, weight, 0..6), 1..20)
}

/// The same vectors by number and by name.
fn both(vectors: &Vectors) -> (SparseIndex<usize>, SparseIndex<usize>) {
    let (mut numbers, mut names) = (SparseIndex::new(), SparseIndex::new());
    for (id, vector) in vectors.iter().enumerate() {
        let dimensions: Vec<i32> = vector.keys().map(|&dimension| dimension.into()).collect();
        let values: Vec<f32> = vector.values().copied().collect();
        let rows = SparseRows { offsets: &[0, values.len()], dimensions: &dimensions, values: &values };
        numbers.add(&[id], rows).unwrap();
        names.add_named(id, &named(vector)).unwrap();
    }
    (numbers, names)
}

/// Names in the order of the numbers.
fn named(vector: &BTreeMap<u8, f32>) -> Vec<(String, f32)> {
    vector.iter().map(|(dimension, weight)| (format!("d{dimension:02}"), *weight)).collect()
}

proptest! {
    #[test]
    fn vectors_are_kept_explained_and_searched_with(
        vectors in vectors(), query in vectors(), gone in any::<u32>(), most in 0..7_usize, k in 0..25_usize,
    ) {
        let (mut numbers, mut names) = both(&vectors);
        for id in (0..vectors.len()).filter(|id| gone >> id & 3 == 3) {
            prop_assert!(numbers.remove(&id).unwrap() && names.remove(&id).unwrap());
        }
        let query = &query[0];
        let dimensions: Vec<i32> = query.keys().map(|&dimension| dimension.into()).collect();
        let values: Vec<f32> = query.values().copied().collect();
        let row = SparseRows { offsets: &[0, values.len()], dimensions: &dimensions, values: &values };
        let hits: BTreeMap<usize, f32> = numbers.search(row, 100).unwrap().remove(0).into_iter().collect();
        let filter = Filter::Ids((0..vectors.len()).step_by(2).collect());
        for (id, vector) in vectors.iter().enumerate() {
            if !numbers.contains(&id) {
                prop_assert!(numbers.vector(&id).unwrap().is_none() && names.vector_named(&id).unwrap().is_none());
                prop_assert!(numbers.explain(&id, row).unwrap().is_none());
                prop_assert!(names.more_like_this(&id, k, most).unwrap().is_none());
                continue;
            }
            let expected: Vec<(u32, f32)> = vector.iter().map(|(&number, &weight)| (number.into(), weight)).collect();
            prop_assert_eq!(numbers.vector(&id).unwrap().unwrap(), expected);
            if names.has_names() {
                prop_assert_eq!(names.vector_named(&id).unwrap().unwrap(), named(vector));
            }
            let why = numbers.explain(&id, row).unwrap().unwrap();
            prop_assert_eq!(why.score, hits.get(&id).copied().unwrap_or(0.0));
            let sum: f64 = why.dimensions.iter().map(|share| share.contribution).sum();
            prop_assert!((sum - f64::from(why.score)).abs() <= 1e-5 * sum);
            for share in &why.dimensions {
                let dimension = share.dimension as u8;
                prop_assert_eq!(share.weight, query[&dimension]);
                prop_assert_eq!(share.value, vector.get(&dimension).copied().unwrap_or(0.0));
                let holding = (0..vectors.len()).filter(|id| numbers.contains(id) && vectors[*id].contains_key(&dimension));
                prop_assert_eq!(share.documents, holding.count());
            }
            if names.has_names() {
                let same = names.explain_named(&id, &named(query)).unwrap().unwrap();
                prop_assert_eq!((same.score, same.dimensions.len()), (why.score, why.dimensions.len()));
            }
            // The vector itself as a query, cut to the greatest weights, of equals the first.
            let mut own: Vec<(u8, f32)> = vector.iter().map(|(&dimension, &weight)| (dimension, weight)).collect();
            own.sort_by(|a, b| b.1.total_cmp(&a.1));
            own.truncate(most);
            own.sort_by_key(|pair| pair.0);
            let dimensions: Vec<i32> = own.iter().map(|pair| pair.0.into()).collect();
            let values: Vec<f32> = own.iter().map(|pair| pair.1).collect();
            let cut = SparseRows { offsets: &[0, values.len()], dimensions: &dimensions, values: &values };
            let mut like = numbers.search(cut, 100).unwrap().remove(0);
            like.retain(|hit| hit.0 != id);
            let mut even = like.clone();
            even.retain(|hit| hit.0 % 2 == 0);
            like.truncate(k);
            even.truncate(k);
            prop_assert_eq!(&numbers.more_like_this(&id, k, most).unwrap().unwrap(), &like);
            prop_assert_eq!(&names.more_like_this(&id, k, most).unwrap().unwrap(), &like);
            prop_assert_eq!(numbers.filtered(&filter).unwrap().more_like_this(&id, k, most).unwrap().unwrap(), even);
        }
        if names.has_names() {
            let queries = [named(query), Vec::new(), named(&vectors[0])];
            let one_by_one: Vec<_> = queries.iter().map(|query| names.search_named(query, k).unwrap()).collect();
            prop_assert_eq!(&names.search_named_on(&queries, k, 2, |_| true).unwrap(), &one_by_one);
            let all = names.filtered(&Filter::All).unwrap();
            prop_assert_eq!(&all.search_named_on(&queries, k, 1, |_| true).unwrap(), &one_by_one);
            names.prepare().unwrap();
            prop_assert_eq!(&names.search_named_on(&queries, k, 1, |_| true).unwrap(), &one_by_one);
        }
    }
}

/// An id that cannot be saved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Pair(u8, u8);

#[test]
fn any_id_has_a_number() {
    let mut index = SparseIndex::new();
    index.add_named(Pair(1, 2), &[("fox", 2.0)]).unwrap();
    assert_eq!((index.numbered(), index.id(0)), (1, &Pair(1, 2)));
}

#[test]
fn rows_bring_what_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let rows = SparseRows { offsets: &[0, 1, 2], dimensions: &[7, 7], values: &[2.0, 1.0] };
    let stored = [StoredFields::new().with("year", 2019), StoredFields::new()];
    let mut index = SparseIndex::new();
    index.add_with(&[1_i64, 2], rows, &stored).unwrap();
    let mut builder = SparseBuilder::create(folder.path().join("index"), 1 << 20).unwrap();
    builder.add_with(&[1_i64, 2], rows, &stored).unwrap();
    for index in [&index, &builder.finish(|_| true).unwrap()] {
        assert_eq!(index.filtered(&field("year").exists()).unwrap().ids(), [1]);
    }
    let error = index.add_with(&[3], rows, &stored[..1]).unwrap_err().to_string();
    assert!(error.starts_with("ids: expected as many as rows, 2, got 1; "), "{error}");
    let error = index.add_with(&[3, 4], rows, &stored[..1]).unwrap_err().to_string();
    assert!(error.starts_with("stored: expected as many as ids, 2, got 1; "), "{error}");
    let wrong = [StoredFields::new(), StoredFields::new().with("year", "one")];
    assert!(matches!(index.add_with(&[3, 4], rows, &wrong), Err(Error::FieldType { .. })));
    assert_eq!(index.len(), 3);
}

#[test]
fn a_vector_is_given_back_as_it_is_kept() {
    let mut index = SparseIndex::with_impacts(Impacts::U8, Some(2.55)).unwrap();
    index.add_named(1, &[("fox", 1.2345), ("den", 0.0001)]).unwrap();
    let kept = index.vector_named(&1).unwrap().unwrap();
    assert_eq!(kept[0], ("den".to_owned(), 2.55 / 255.0));
    assert_eq!(kept[1], ("fox".to_owned(), 123.0 * (2.55 / 255.0)));
    assert!(matches!(index.vector(&1), Err(Error::MixedDimensions { .. })));
    let row = SparseRows { offsets: &[0, 1], dimensions: &[1], values: &[1.0] };
    assert!(matches!(index.explain(&1, row), Err(Error::MixedDimensions { .. })));
    let mut numbers = SparseIndex::new();
    numbers.add(&[1], row).unwrap();
    assert!(matches!(numbers.vector_named(&1), Err(Error::MixedDimensions { .. })));
    assert!(matches!(numbers.explain_named(&1, &[("fox", 1.0)]), Err(Error::MixedDimensions { .. })));
}
