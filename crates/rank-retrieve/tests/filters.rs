//! Filtered search against the search of all, stored fields through any history, and counts against an oracle.

use std::collections::BTreeMap;
use std::ops::Bound;

use proptest::prelude::*;
use rank_retrieve::{
    Bm25Index, Error, FieldType, FieldValue, Filter, Formula, Interval, Scoring, SparseIndex, SparseRows, StoredFields,
    field,
};

/// A document of the oracle.
#[derive(Debug, Clone, Default, PartialEq)]
struct Document {
    terms: Vec<String>,
    year: Option<i64>,
    price: Option<f64>,
    tags: Vec<String>,
}

impl Document {
    fn fields(&self) -> StoredFields {
        let mut fields = StoredFields::new();
        if let Some(year) = self.year {
            fields = fields.with("year", year);
        }
        if let Some(price) = self.price {
            fields = fields.with("price", price);
        }
        if !self.tags.is_empty() {
            fields = fields.with("tags", self.tags.clone());
        }
        fields
    }
}

fn document() -> impl Strategy<Value = Document> {
    let price = prop::sample::select(vec![-1.5, -0.0, 0.0, 2.0, f64::INFINITY]);
    let tags = prop::collection::btree_set("[p-s]", 0..3).prop_map(|tags| tags.into_iter().collect());
    let terms = prop::collection::vec("[a-e]", 0..6);
    (terms, prop::option::of(-3..3_i64), prop::option::of(price), tags)
        .prop_map(|(terms, year, price, tags)| Document { terms, year, price, tags })
}

/// All fields declared, so that a filter may name any of them.
fn empty() -> Bm25Index<u32> {
    let mut index = Bm25Index::new();
    index.declare_field("year", FieldType::Int).unwrap();
    index.declare_field("price", FieldType::Float).unwrap();
    index.declare_field("tags", FieldType::Keyword).unwrap();
    index
}

fn fresh(documents: &BTreeMap<u32, Document>) -> Bm25Index<u32> {
    let mut index = empty();
    for (id, document) in documents {
        index.add_document_with(*id, &document.terms, &document.fields()).unwrap();
    }
    index
}

fn bound<T: Clone + std::fmt::Debug>(values: impl Strategy<Value = T>) -> impl Strategy<Value = Bound<T>> {
    (values, 0..3).prop_map(|(value, kind)| match kind {
        0 => Bound::Unbounded,
        1 => Bound::Included(value),
        _ => Bound::Excluded(value),
    })
}

fn filter() -> impl Strategy<Value = Filter<u32>> {
    let year = || (-3..3_i64).prop_map(FieldValue::Int);
    let price = || {
        let some = vec![
            FieldValue::Float(0.0),
            FieldValue::Float(2.0),
            FieldValue::Int(-1),
            FieldValue::Float(f64::NEG_INFINITY),
        ];
        prop::sample::select(some)
    };
    let tag = || "[p-s]".prop_map(FieldValue::Keyword);
    let named = |name: &'static str| move |values| Filter::In { field: name.to_owned(), values };
    let ranged = |name: &'static str| move |(from, to)| Filter::Range { field: name.to_owned(), from, to };
    let leaf = prop_oneof![
        Just(Filter::All),
        prop::collection::vec(year(), 0..3).prop_map(named("year")),
        prop::collection::vec(price(), 0..3).prop_map(named("price")),
        prop::collection::vec(tag(), 0..3).prop_map(named("tags")),
        (bound(year()), bound(year())).prop_map(ranged("year")),
        (bound(price()), bound(price())).prop_map(ranged("price")),
        (bound(tag()), bound(tag())).prop_map(ranged("tags")),
        prop::sample::select(vec!["year", "price", "tags"]).prop_map(|name| Filter::Exists(name.to_owned())),
        prop::collection::vec(0..25_u32, 0..6).prop_map(Filter::Ids),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::Or),
            inner.prop_map(|filter| !filter),
        ]
    })
}

fn within<T: PartialOrd>(value: &T, from: Bound<T>, to: Bound<T>) -> bool {
    (match from {
        Bound::Unbounded => true,
        Bound::Included(from) => *value >= from,
        Bound::Excluded(from) => *value > from,
    }) && match to {
        Bound::Unbounded => true,
        Bound::Included(to) => *value <= to,
        Bound::Excluded(to) => *value < to,
    }
}

/// The predicate, one document at a time.
fn passes(filter: &Filter<u32>, id: u32, document: &Document) -> bool {
    let number = |value: &FieldValue| match value {
        FieldValue::Int(value) => *value as f64,
        FieldValue::Float(value) => *value,
        other => panic!("{other}"),
    };
    let text = |value: &FieldValue| match value {
        FieldValue::Keyword(text) => text.clone(),
        other => panic!("{other}"),
    };
    match filter {
        Filter::All => true,
        Filter::In { field, values } => match field.as_str() {
            "year" => document.year.is_some_and(|year| values.iter().any(|value| number(value) == year as f64)),
            "price" => document.price.is_some_and(|price| values.iter().any(|value| number(value) == price)),
            _ => document.tags.iter().any(|tag| values.iter().any(|value| text(value) == *tag)),
        },
        Filter::Range { field, from, to } => {
            let (low, high) = (from.as_ref(), to.as_ref());
            match field.as_str() {
                "year" => document.year.is_some_and(|year| within(&(year as f64), low.map(number), high.map(number))),
                "price" => document.price.is_some_and(|price| within(&price, low.map(number), high.map(number))),
                _ => document.tags.iter().any(|tag| within(tag, low.map(text), high.map(text))),
            }
        }
        Filter::Exists(field) => match field.as_str() {
            "year" => document.year.is_some(),
            "price" => document.price.is_some(),
            _ => !document.tags.is_empty(),
        },
        Filter::Ids(ids) => ids.contains(&id),
        Filter::And(all) => all.iter().all(|filter| passes(filter, id, document)),
        Filter::Or(any) => any.iter().any(|filter| passes(filter, id, document)),
        Filter::Not(filter) => !passes(filter, id, document),
        other => panic!("{other:?}"),
    }
}

#[derive(Debug, Clone)]
enum Change {
    Add(u32, Document),
    Update(u32, Vec<String>),
    Set(u32, Document),
    Remove(u32),
    Merge,
    Reopen,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        5 => (0..20_u32, document()).prop_map(|(id, document)| Change::Add(id, document)),
        1 => (0..20_u32, prop::collection::vec("[a-e]", 0..6)).prop_map(|(id, terms)| Change::Update(id, terms)),
        2 => (0..20_u32, document()).prop_map(|(id, document)| Change::Set(id, document)),
        2 => (0..20_u32).prop_map(Change::Remove),
        1 => Just(Change::Merge),
        1 => Just(Change::Reopen),
    ]
}

fn scoring() -> impl Strategy<Value = Scoring> {
    let all = vec![Formula::Lucene, Formula::Robertson, Formula::Bm25Plus, Formula::Dirichlet];
    prop::sample::select(all).prop_map(Scoring::new)
}

proptest! {
    #[test]
    fn any_history_filters_as_the_documents_that_are_left(
        changes in prop::collection::vec(change(), 0..40),
        filters in prop::collection::vec(filter(), 3),
        query in prop::collection::vec("[a-e]", 0..5),
        scoring in scoring(),
        k in 0..25_usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut documents: BTreeMap<u32, Document> = BTreeMap::new();
        let mut index = empty();
        for change in changes {
            match change {
                Change::Add(id, document) => {
                    let new = !documents.contains_key(&id);
                    prop_assert_eq!(index.add_document_with(id, &document.terms, &document.fields()).is_ok(), new);
                    if new {
                        documents.insert(id, document);
                    }
                }
                Change::Update(id, terms) => {
                    prop_assert_eq!(index.update_document(id, &terms).unwrap(), documents.contains_key(&id));
                    documents.entry(id).or_default().terms = terms;
                }
                Change::Set(id, document) => {
                    let mut fields = document.fields();
                    for name in ["year", "price", "tags"] {
                        if fields.get(name).is_none() {
                            fields = fields.without(name);
                        }
                    }
                    prop_assert_eq!(index.set_fields(&id, &fields).unwrap(), documents.contains_key(&id));
                    if let Some(there) = documents.get_mut(&id) {
                        *there = Document { terms: there.terms.clone(), ..document };
                    }
                }
                Change::Remove(id) => {
                    prop_assert_eq!(index.remove(&id).unwrap(), documents.remove(&id).is_some());
                }
                Change::Merge => index.merge().unwrap(),
                Change::Reopen => {
                    index.save(folder.path().join("index"), scoring).unwrap();
                    index = Bm25Index::load(folder.path().join("index")).unwrap();
                }
            }
        }
        let fresh = fresh(&documents);
        prop_assert_eq!(index.field_types(), fresh.field_types());
        for id in documents.keys() {
            prop_assert_eq!(index.fields(id).unwrap(), fresh.fields(id).unwrap());
        }
        for filter in &filters {
            let expected: Vec<u32> =
                documents.iter().filter(|(id, document)| passes(filter, **id, document)).map(|(id, _)| *id).collect();
            let (found, fresh) = (index.filtered(filter).unwrap(), fresh.filtered(filter).unwrap());
            let mut ids = found.ids();
            ids.sort_unstable();
            prop_assert_eq!(&ids, &expected);
            prop_assert_eq!(found.len(), expected.len());
            let order = index.ids();
            let masked: Vec<u32> =
                order.iter().zip(found.mask()).filter(|(_, passes)| *passes).map(|(id, _)| *id).collect();
            prop_assert_eq!(&masked, &found.ids());
            let again = index.filtered(&Filter::Mask(found.mask())).unwrap();
            prop_assert_eq!(again.ids(), found.ids());
            let places = (0..).zip(found.mask()).filter(|(_, passes)| *passes).map(|(place, _)| place).collect();
            prop_assert_eq!(index.filtered(&Filter::Positions(places)).unwrap().ids(), found.ids());

            // The best of what passes, with the scores of the whole index.
            let all = index.retrieve(&query, usize::MAX, scoring).unwrap();
            let mut best: Vec<(u32, f32)> = all.into_iter().filter(|hit| expected.contains(&hit.0)).collect();
            best.truncate(k);
            prop_assert_eq!(&found.retrieve(&query, k, scoring).unwrap(), &best);
            prop_assert_eq!(&fresh.retrieve(&query, k, scoring).unwrap(), &best);
            index.prepare(scoring).unwrap();
            prop_assert_eq!(&found.retrieve(&query, k, scoring).unwrap(), &best);
            prop_assert_eq!(&found.retrieve_batch(&[&query], k, scoring).unwrap()[0], &best);

            let matching: Vec<&Document> = documents
                .iter()
                .filter(|(id, document)| expected.contains(id) && document.terms.iter().any(|term| query.contains(term)))
                .map(|(_, document)| document)
                .collect();
            let matches = found.matches(&query);
            prop_assert_eq!(matches.len(), matching.len());
            let mut tags: BTreeMap<&str, usize> = BTreeMap::new();
            let mut decades: BTreeMap<i64, usize> = BTreeMap::new();
            for document in &matching {
                for tag in &document.tags {
                    *tags.entry(tag).or_insert(0) += 1;
                }
                if let Some(year) = document.year {
                    *decades.entry(year.div_euclid(2) * 2).or_insert(0) += 1;
                }
            }
            let mut tags: Vec<(FieldValue, usize)> = tags.into_iter().map(|(tag, count)| (tag.into(), count)).collect();
            tags.sort_by_key(|tag| std::cmp::Reverse(tag.1));
            tags.truncate(2);
            prop_assert_eq!(matches.facets("tags", 2).unwrap(), tags);
            let decades: Vec<(FieldValue, usize)> =
                decades.into_iter().map(|(start, count)| (start.into(), count)).collect();
            prop_assert_eq!(matches.histogram("year", Interval::Int(2)).unwrap(), decades);
            let below = matching.iter().filter(|document| document.price.is_some_and(|price| price < 2.0)).count();
            prop_assert_eq!(matches.ranges("price", &[..2.0]).unwrap(), [below]);
        }
    }
}

/// Numbers that look random, the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Several windows, so that all ways of searching are taken: few candidates, guessed thresholds, guesses that fail.
#[test]
fn filters_of_any_share_find_the_best_of_what_passes() {
    let mut random = Random(7);
    let mut index = Bm25Index::new();
    let mut weights = SparseIndex::new();
    let mut words: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for id in 0..40_000_u64 {
        let terms: Vec<String> = (0..=random.below(8))
            .map(|_| {
                let end = 1 + random.below(300);
                format!("t{}", random.below(end))
            })
            .collect();
        let share = random.below(10_000) as i64;
        // The excluded outrank the kept: "adverse" is what has few words.
        let adverse = if terms.len() > 4 { "long" } else { "short" };
        let fields = StoredFields::new().with("share", share).with("adverse", adverse);
        index.add_document_with(id, &terms, &fields).unwrap();
        let mut named: Vec<(String, f32)> = terms.iter().map(|term| (term.clone(), terms.len() as f32 / 8.0)).collect();
        named.sort_by(|a, b| a.0.cmp(&b.0));
        named.dedup_by(|a, b| a.0 == b.0);
        weights.add_named(id, &named).unwrap();
        weights.set_fields(&id, &fields).unwrap();
        words.insert(id, terms);
    }
    let queries: Vec<Vec<String>> =
        (0..12).map(|_| (0..=random.below(6)).map(|_| format!("t{}", random.below(60))).collect()).collect();
    let mut filters: Vec<Filter<u64>> =
        [1, 10, 100, 1000, 5000, 9900].into_iter().map(|share| field("share").below(share)).collect();
    filters.push(field("adverse").eq("long"));
    filters.push(field("adverse").eq("long") & field("share").below(300));
    for (scoring, ready) in [
        (Scoring::default(), false),
        (Scoring::default(), true),
        (Scoring::new(Formula::Bm25Plus), true),
        (Scoring::new(Formula::Dirichlet), true),
    ] {
        if ready {
            index.prepare(scoring).unwrap();
        }
        let all = index.retrieve_batch(&queries, usize::MAX, scoring).unwrap();
        for filter in &filters {
            let found = index.filtered(filter).unwrap();
            let passing: std::collections::BTreeSet<u64> = found.ids().into_iter().collect();
            for k in [1, 10, 1000, usize::MAX] {
                let lists = found.retrieve_batch_on(&queries, k, scoring, 2, |_| true).unwrap();
                for (list, all) in lists.iter().zip(&all) {
                    let best: Vec<_> = all.iter().filter(|hit| passing.contains(&hit.0)).take(k).copied().collect();
                    assert_eq!(*list, best, "{filter:?} {k}");
                }
            }
        }
    }
    for filter in &filters {
        let found = weights.filtered(filter).unwrap();
        let passing: std::collections::BTreeSet<u64> = found.ids().into_iter().collect();
        for query in &queries {
            let mut query: Vec<(&str, f32)> = query.iter().map(|term| (term.as_str(), 1.5)).collect();
            query.sort_by(|a, b| a.0.cmp(b.0));
            query.dedup_by(|a, b| a.0 == b.0);
            let all = weights.search_named(&query, usize::MAX).unwrap();
            let best: Vec<_> = all.iter().filter(|hit| passing.contains(&hit.0)).take(10).copied().collect();
            assert_eq!(found.search_named(&query, 10).unwrap(), best);
            assert_eq!(
                found.matches_named(&query).unwrap().len(),
                all.iter().filter(|hit| passing.contains(&hit.0)).count()
            );
        }
    }
}

#[test]
fn a_missing_value_fulfils_no_comparison() {
    let mut index: Bm25Index<i32> = Bm25Index::new();
    index.add_document_with(1, &["a"], &StoredFields::new().with("year", 2019)).unwrap();
    index.add_document_with(2, &["a"], &StoredFields::new().with("year", 2021)).unwrap();
    index.add_document(3, &["a"]).unwrap();
    let ids = |filter: Filter<i32>| index.filtered(&filter).unwrap().ids();
    assert_eq!(ids(field("year").eq(2019)), [1]);
    assert_eq!(ids(!field("year").eq(2019)), [2, 3]);
    assert_eq!(ids(field("year").ne(2019)), [2]);
    assert_eq!(ids(field("year").within(2019..2021)), [1]);
    assert_eq!(ids(field("year").within(2019..=2021)), [1, 2]);
    assert_eq!(ids(field("year").above(2019)), [2]);
    assert_eq!(ids(field("year").at_most(2019)), [1]);
    assert_eq!(ids(!(field("year").at_most(2019) | field("year").above(2019))), [3]);
    assert_eq!(ids(field("year").is_in([1, 2021])), [2]);
    assert_eq!(ids(Filter::Ids(vec![3, 99])), [3]);
    assert_eq!(ids(Filter::And(vec![])), [1, 2, 3]);
    assert_eq!(ids(Filter::Or(vec![])), [] as [i32; 0]);
    // No integer is above the greatest.
    assert_eq!(ids(field("year").above(i64::MAX)), [] as [i32; 0]);
    assert_eq!(ids(field("year").below(i64::MIN)), [] as [i32; 0]);
}

#[test]
fn dates_are_compared_as_times() {
    let mut index: Bm25Index<i32> = Bm25Index::new();
    index.declare_field("on", FieldType::Date).unwrap();
    for (id, on) in [(1, "2023-12-31T23:59:59.999999Z"), (2, "2024-01-01"), (3, "2024-02-29T12:00:00+02:00")] {
        index.add_document_with(id, &["a"], &StoredFields::new().with("on", on)).unwrap();
    }
    let recent = index.filtered(&field("on").at_least("2024-01-01")).unwrap();
    assert_eq!(recent.ids(), [2, 3]);
    let at = |text| FieldValue::date(text).unwrap();
    assert_eq!(index.fields(&3).unwrap().unwrap().get("on"), Some(&at("2024-02-29T10:00")));
    let all = index.filtered(&Filter::All).unwrap().all();
    assert_eq!(all.histogram("on", Interval::Year).unwrap(), [(at("2023-01-01"), 1), (at("2024-01-01"), 2)]);
    let months = all.histogram("on", Interval::Month).unwrap();
    assert_eq!(months, [(at("2023-12-01"), 1), (at("2024-01-01"), 1), (at("2024-02-01"), 1)]);
    let days = all.histogram("on", Interval::Microseconds(24 * 3_600_000_000)).unwrap();
    assert_eq!(days[2], (at("2024-02-29"), 1));
}

#[test]
fn what_does_not_fit_a_field_is_refused_and_changes_nothing() {
    let mut index: Bm25Index<i32> = Bm25Index::new();
    index.add_document_with(1, &["a"], &StoredFields::new().with("year", 2019).with("price", 1.5)).unwrap();
    let wrong = StoredFields::new().with("new", 1).with("year", "2019");
    let error = index.add_document_with(2, &["a"], &wrong).unwrap_err();
    assert_eq!(
        error.to_string(),
        "fields[\"year\"]: expected a value of type int, got keyword \"2019\"; convert it or use another field"
    );
    assert!(matches!(index.set_fields(&1, &wrong), Err(Error::FieldType { .. })));
    assert_eq!((index.len(), index.field_types().len()), (1, 2));
    let refused = |field: StoredFields| index.clone().set_fields(&1, &field).unwrap_err().to_string();
    assert!(
        refused(StoredFields::new().with("price", f64::NAN)).contains("expected a value of type float, got float NaN")
    );
    assert!(refused(StoredFields::new().with("price", i64::MAX)).contains("got int 9223372036854775807"));
    assert!(refused(StoredFields::new().with("year", 2.0)).contains("got float 2"));
    assert!(refused(StoredFields::new().with("on", FieldValue::Date(i64::MAX))).contains("got date of"));
    assert!(!index.set_fields(&9, &StoredFields::new().with("year", 1)).unwrap());
    let error = index.declare_field("year", FieldType::Date).unwrap_err();
    assert!(matches!(error, Error::FieldType { expected: "int", .. }), "{error}");
    assert!(
        "text".parse::<FieldType>().unwrap_err().to_string().starts_with("fields: expected one of the types int, ")
    );
    assert_eq!("date".parse::<FieldType>().unwrap().name(), "date");

    let refused = |filter: Filter<i32>| index.filtered(&filter).unwrap_err().to_string();
    assert_eq!(
        refused(field("yaer").eq(1)),
        "filter: expected a stored field, one of [\"price\", \"year\"], got \"yaer\"; store it with documents or declare it"
    );
    assert!(refused(field("year").eq(2019.0)).starts_with("fields[\"year\"]: expected a value of type int, got float"));
    assert!(refused(!field("year").at_least("x")).contains("got keyword \"x\""));
    assert!(
        refused(Filter::Mask(vec![true, true])).starts_with("mask: expected 1 booleans, one for each document, got 2")
    );
    assert!(refused(Filter::Positions(vec![1])).starts_with("positions: expected numbers of 0 to 1, exclusive, got 1"));
    let all = index.filtered(&Filter::All).unwrap().all();
    assert!(matches!(all.facets("yaer", 1), Err(Error::UnknownField { .. })));
    assert!(matches!(all.histogram("year", Interval::Month), Err(Error::FieldType { .. })));
    assert!(matches!(all.histogram("year", Interval::Int(0)), Err(Error::InvalidScoring { .. })));
    assert!(matches!(all.histogram("price", Interval::Float(f64::NAN)), Err(Error::InvalidScoring { .. })));
    assert!(matches!(all.ranges("year", &[..2.5]), Err(Error::FieldType { .. })));
    // What no document has any more is as if it had never been.
    index.remove(&1).unwrap();
    assert_eq!(index.field_types(), []);
    index.add_document_with(2, &["a"], &StoredFields::new().with("year", "MMXIX")).unwrap();
    assert_eq!(index.field_types(), [("year".to_owned(), FieldType::Keyword)]);
}

#[test]
fn damaged_fields_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let mut index: Bm25Index<u32> = Bm25Index::new();
    for id in 0..200 {
        let fields = StoredFields::new()
            .with("year", i64::from(id))
            .with("price", f64::from(id))
            .with("tags", vec![format!("t{id}"), "all".to_owned()]);
        index.add_document_with(id, &["a"], &fields).unwrap();
    }
    index.save(&path, Scoring::default()).unwrap();
    let filter = field("year").below(100) & field("tags").eq("all") & field("price").at_least(50);
    let whole = std::fs::read(&path).unwrap();
    let load = || Bm25Index::<u32>::load(&path).and_then(|index| Ok(index.filtered(&filter)?.len()));
    assert_eq!(load().unwrap(), 50);
    for at in (0..whole.len()).step_by(whole.len() / 300) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, &bytes).unwrap();
        match load() {
            Ok(found) => assert_eq!(found, 50, "a byte that nothing depends on, at {at}"),
            Err(error) => assert!(matches!(error, Error::DamagedFile { .. }), "{at}: {error}"),
        }
    }
}

#[test]
fn rows_of_a_sparse_index_are_filtered() {
    let folder = tempfile::tempdir().unwrap();
    let mut index = SparseIndex::new();
    let rows = SparseRows { offsets: &[0, 1, 2, 3], dimensions: &[7, 7, 9], values: &[1.0, 2.0, 3.0] };
    index.add(&[1_i64, 2, 3], rows).unwrap();
    for id in [1, 2, 3] {
        index.set_fields(&id, &StoredFields::new().with("odd", id % 2)).unwrap();
    }
    index.save(folder.path().join("index")).unwrap();
    let index = SparseIndex::<i64>::load(folder.path().join("index")).unwrap();
    let query = SparseRows { offsets: &[0, 2], dimensions: &[7, 9], values: &[1.0, 1.0] };
    let odd = index.filtered(&field("odd").eq(1)).unwrap();
    assert_eq!(odd.search(query, 10).unwrap(), [[(3, 3.0), (1, 1.0)]]);
    let none = SparseRows { offsets: &[0], dimensions: &[], values: &[] };
    assert_eq!((odd.matches(query).unwrap().len(), odd.matches(none).unwrap().len()), (2, 0));
    assert_eq!(odd.all().facets("odd", 1).unwrap(), [(1.into(), 2)]);
}

#[test]
fn compiled_filters_are_as_good_as_new_until_the_index_changes() {
    let mut index = empty();
    for id in 0..5 {
        index.add_document_with(id, &["a"], &StoredFields::new().with("number", i64::from(id))).unwrap();
    }
    let condition = field("number").at_least(3);
    let compiled = index.compile(&condition).unwrap();
    assert_eq!(compiled, index.compile(&compiled).unwrap());
    assert_eq!(index.compile(&Filter::All).unwrap(), Filter::All);
    let clone = index.clone();
    for same in [&index, &clone] {
        assert_eq!(same.filtered(&compiled).unwrap().ids(), [3, 4]);
        assert_eq!(same.filtered(&(!compiled.clone() & Filter::Ids(vec![1, 3]))).unwrap().ids(), [1]);
        // Nothing passes, nothing is asked for.
        let none = same.filtered(&Filter::Ids(vec![])).unwrap();
        assert_eq!(none.retrieve_batch(&[["a"], ["b"]], 0, Scoring::default()).unwrap(), [[], []]);
    }
    let like = index.filtered(&compiled).unwrap().more_like_this(&0, 10, 25, Scoring::default()).unwrap().unwrap();
    // A term of all documents tells none apart.
    assert_eq!(like, []);
    index.set_fields(&0, &StoredFields::new().with("number", 9)).unwrap();
    assert_eq!(index.filtered(&condition).unwrap().ids(), [0, 3, 4]);
    assert_eq!(clone.filtered(&condition).unwrap().ids(), [3, 4]);
    for stale in [compiled.clone(), !compiled.clone()] {
        assert!(matches!(index.filtered(&stale), Err(Error::StaleFilter)));
    }
    let mut other = SparseIndex::new();
    other.add_named(3, &[("a", 1.0)]).unwrap();
    assert!(matches!(other.compile(&compiled), Err(Error::StaleFilter)));
    let compiled = other.compile(&Filter::Ids(vec![3, 4])).unwrap();
    assert_eq!(other.filtered(&compiled).unwrap().len(), 1);
}
