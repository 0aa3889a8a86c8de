//! An index that documents came to and went from is, to the bit, a new one of those that are left.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rank_retrieve::{Bm25Index, Formula, Impacts, Scoring, SparseIndex};

#[derive(Debug, Clone)]
enum Change {
    Add(u32, Vec<String>),
    Update(u32, Vec<String>),
    Remove(u32),
    Merge,
    Reopen,
    Query(Vec<String>),
}

fn terms() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-e]", 0..8)
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (0..20_u32, terms()).prop_map(|(id, terms)| Change::Add(id, terms)),
        2 => (0..20_u32, terms()).prop_map(|(id, terms)| Change::Update(id, terms)),
        3 => (0..20_u32).prop_map(Change::Remove),
        1 => Just(Change::Merge),
        1 => Just(Change::Reopen),
        2 => terms().prop_map(Change::Query),
    ]
}

fn scoring() -> impl Strategy<Value = Scoring> {
    let formula = prop::sample::select(vec![
        Formula::Lucene,
        Formula::Robertson,
        Formula::Atire,
        Formula::Bm25L,
        Formula::Bm25Plus,
        Formula::TfIdf,
        Formula::Dirichlet,
        Formula::JelinekMercer,
        Formula::LuceneTfIdf,
        Formula::LuceneDirichlet,
        Formula::LuceneJelinekMercer,
    ]);
    (formula, any::<bool>()).prop_map(|(formula, bytes)| Scoring::new(formula).byte_lengths(bytes))
}

fn fresh(documents: &BTreeMap<u32, Vec<String>>, impacts: Impacts) -> Bm25Index<u32> {
    let mut index = Bm25Index::new().with_impacts(impacts);
    for (id, terms) in documents {
        index.add_document(*id, terms).unwrap();
    }
    index
}

proptest! {
    #[test]
    fn any_changes_make_a_fresh_index(
        changes in prop::collection::vec(change(), 0..40),
        query in terms(),
        scoring in scoring(),
        k in 0..25_usize,
        impacts in prop::sample::select(vec![Impacts::F32, Impacts::U8]),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut documents = BTreeMap::new();
        let mut index = Bm25Index::new().with_impacts(impacts);
        for change in changes {
            match change {
                Change::Add(id, terms) => {
                    let new = !documents.contains_key(&id);
                    prop_assert_eq!(index.add_document(id, &terms).is_ok(), new);
                    if new {
                        documents.insert(id, terms);
                    }
                }
                Change::Update(id, terms) => {
                    let there = documents.insert(id, terms.clone()).is_some();
                    prop_assert_eq!(index.update_document(id, &terms).unwrap(), there);
                }
                Change::Remove(id) => {
                    let there = documents.remove(&id).is_some();
                    prop_assert_eq!(index.remove(&id).unwrap(), there);
                }
                Change::Merge => index.merge().unwrap(),
                Change::Reopen => {
                    index.save(folder.path().join("index"), scoring).unwrap();
                    index = Bm25Index::load(folder.path().join("index")).unwrap();
                }
                Change::Query(terms) => {
                    let hits = index.retrieve(&terms, k, scoring).unwrap();
                    prop_assert_eq!(hits, fresh(&documents, impacts).retrieve(&terms, k, scoring).unwrap());
                }
            }
            prop_assert_eq!(index.len(), documents.len());
        }
        let fresh = fresh(&documents, impacts);
        prop_assert_eq!(index.impacts(), impacts);
        let expected = fresh.retrieve(&query, k, scoring).unwrap();
        prop_assert_eq!(&index.retrieve(&query, k, scoring).unwrap(), &expected);
        // What is kept has the same bits as what is made for a query.
        index.prepare(scoring).unwrap();
        prop_assert_eq!(&index.retrieve(&query, k, scoring).unwrap(), &expected);
        fresh.prepare(scoring).unwrap();
        prop_assert_eq!(&fresh.retrieve(&query, k, scoring).unwrap(), &expected);
    }
}

proptest! {
    #[test]
    fn vectors_may_come_and_go_too(changes in prop::collection::vec(change(), 0..40), query in terms(), k in 0..25_usize) {
        let vector = |terms: &[String]| {
            let mut weights: BTreeMap<String, f32> = BTreeMap::new();
            for (at, term) in terms.iter().enumerate() {
                *weights.entry(term.clone()).or_default() += 0.1 + at as f32;
            }
            weights.into_iter().collect::<Vec<_>>()
        };
        let folder = tempfile::tempdir().unwrap();
        let mut documents = BTreeMap::new();
        let mut index = SparseIndex::new();
        for change in changes {
            match change {
                Change::Add(id, terms) => {
                    let new = !documents.contains_key(&id);
                    prop_assert_eq!(index.add_named(id, &vector(&terms)).is_ok(), new);
                    if new {
                        documents.insert(id, terms);
                    }
                }
                Change::Update(id, terms) => {
                    let there = documents.insert(id, terms.clone()).is_some();
                    prop_assert_eq!(index.update_named(id, &vector(&terms)).unwrap(), there);
                }
                Change::Remove(id) => prop_assert_eq!(index.remove(&id).unwrap(), documents.remove(&id).is_some()),
                Change::Merge => index.merge().unwrap(),
                Change::Reopen => {
                    index.save(folder.path().join("index")).unwrap();
                    index = SparseIndex::load(folder.path().join("index")).unwrap();
                }
                Change::Query(terms) => drop(index.search_named(&vector(&terms), k).unwrap()),
            }
        }
        let mut fresh = SparseIndex::new();
        for (id, terms) in &documents {
            fresh.add_named(*id, &vector(terms)).unwrap();
        }
        let query = vector(&query);
        prop_assert_eq!(index.search_named(&query, k).unwrap(), fresh.search_named(&query, k).unwrap());
    }
}

/// Numbers that look random, the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// Small numbers often, large ones rarely.
    fn term(&mut self) -> String {
        let end = 1 + self.below(2_000);
        format!("t{}", self.below(end) * self.below(3))
    }
}

/// Scores of all documents, summed up as the index says: what can add most first.
#[test]
fn several_windows_with_many_ties_find_what_all_documents_would() {
    let mut random = Random(7);
    let mut index = Bm25Index::new();
    let mut documents: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for step in 0..45_000_u64 {
        // Ids neither ascend nor descend.
        let id = step * 7_919 % 50_021;
        let length = 1 + random.below(6);
        let terms: Vec<String> = (0..length).map(|_| random.term()).collect();
        index.add_document(id, &terms).unwrap();
        documents.insert(id, terms);
        if step % 5 == 0 {
            let gone = random.below(step + 1) * 7_919 % 50_021;
            assert_eq!(index.remove(&gone).unwrap(), documents.remove(&gone).is_some());
        }
    }
    let mut fresh = Bm25Index::new();
    for (id, terms) in &documents {
        fresh.add_document(*id, terms).unwrap();
    }
    assert_eq!(index.len(), documents.len());
    let queries: Vec<Vec<String>> = (0..30).map(|_| (0..=random.below(7)).map(|_| random.term()).collect()).collect();
    agree(
        &index,
        &fresh,
        &queries,
        &[Scoring::default(), Scoring::new(Formula::Bm25Plus), Scoring::new(Formula::Dirichlet)],
    );
    let [narrow, other] = [&index, &fresh].map(|index| index.clone().with_impacts(Impacts::U8));
    agree(&narrow, &other, &queries, &[Scoring::default()]);
    index.merge().unwrap();
    let query = &queries[0];
    let params = Scoring::default();
    assert_eq!(index.retrieve(query, 50, params).unwrap(), fresh.retrieve(query, 50, params).unwrap());
}

fn agree(index: &Bm25Index<u64>, fresh: &Bm25Index<u64>, queries: &[Vec<String>], scorings: &[Scoring]) {
    for &scoring in scorings {
        for k in [1, 10, 1_000, usize::MAX] {
            // All that match, without any pruning: the list that every other is the beginning of.
            let cold: Vec<_> = queries.iter().map(|query| index.retrieve(query, k, scoring).unwrap()).collect();
            fresh.prepare(scoring).unwrap();
            assert_eq!(fresh.retrieve_batch(queries, k, scoring).unwrap(), cold);
            for (query, cold) in queries.iter().zip(&cold) {
                assert_eq!(&fresh.retrieve(query, k, scoring).unwrap(), cold);
            }
            assert_eq!(fresh.retrieve_batch_on(queries, k, scoring, 3, |_| true).unwrap(), cold);
            index.prepare(scoring).unwrap();
            assert_eq!(index.retrieve_batch(queries, k, scoring).unwrap(), cold);
            let all = fresh.retrieve_batch(queries, usize::MAX, scoring).unwrap();
            for (list, all) in cold.iter().zip(&all) {
                assert_eq!(list[..], all[..k.min(all.len())]);
                assert!(all.is_sorted_by(|a, b| a.1 > b.1 || (a.1 == b.1 && a.0 < b.0)));
            }
        }
    }
}
