//! Impacts in a byte each: the nearest steps, of whose scores an index promises what it promises of others.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rank_retrieve::{
    Analyzer, Bm25Index, Error, Filter, Formula, Impacts, Scoring, SparseBuilder, SparseIndex, SparseRows,
    StoredFields, TextField,
};

/// Steps of a width, as the documentation has them.
fn steps(impact: f32, width: f32) -> f32 {
    (impact / width).round().clamp(1.0, 255.0)
}

/// Of each document that scores, what it does; best first.
fn ranked(scores: BTreeMap<u32, f32>, k: usize) -> Vec<(u32, f32)> {
    let mut ranked: Vec<(u32, f32)> = scores.into_iter().filter(|hit| hit.1 > 0.0).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked.truncate(k);
    ranked
}

/// The scores of all documents in whole steps, term after term, what can add most first.
fn oracle(index: &Bm25Index<u32>, query: &[String], scoring: Scoring, k: usize) -> Vec<(u32, f32)> {
    let mut terms: BTreeMap<&String, f32> = BTreeMap::new();
    for term in query {
        *terms.entry(term).or_default() += 1.0;
    }
    let mut parts = Vec::new();
    for (term, weight) in terms {
        // Of one term, the impacts are the scores.
        let impacts = index.retrieve(&[term], usize::MAX, scoring).unwrap();
        let Some(&(_, best)) = impacts.first() else { continue };
        parts.push((weight * (best / 255.0), best / 255.0, impacts));
    }
    parts.sort_by(|a, b| (b.0 * 255.0).total_cmp(&(a.0 * 255.0)));
    let mut scores = BTreeMap::new();
    for (weight, width, impacts) in parts {
        for (id, impact) in impacts {
            *scores.entry(id).or_default() += weight * steps(impact, width);
        }
    }
    ranked(scores, k)
}

fn terms() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-e]", 0..10)
}

/// Formulas without what documents score that lack a term.
fn formula() -> impl Strategy<Value = Formula> {
    prop::sample::select(vec![
        Formula::Lucene,
        Formula::Robertson,
        Formula::Atire,
        Formula::TfIdf,
        Formula::JelinekMercer,
    ])
}

proptest! {
    #[test]
    fn scores_are_sums_of_whole_steps(
        documents in prop::collection::vec(terms(), 0..30),
        query in terms(),
        formula in formula(),
        k in 0..40_usize,
        some in any::<u32>(),
    ) {
        let scoring = Scoring::new(formula);
        let mut plain = Bm25Index::new();
        for (id, terms) in (0..).zip(&documents) {
            plain.add_document(id, terms).unwrap();
        }
        let index = plain.clone().with_impacts(Impacts::U8);
        let expected = oracle(&plain, &query, scoring, k);
        prop_assert_eq!(&index.retrieve(&query, k, scoring).unwrap(), &expected);
        index.prepare(scoring).unwrap();
        prop_assert_eq!(&index.retrieve(&query, k, scoring).unwrap(), &expected);
        let twice = index.retrieve_batch_on(&[&query, &query], k, scoring, 2, |_| true).unwrap();
        prop_assert_eq!(&twice[0], &expected);
        prop_assert_eq!(&twice[1], &expected);
        // As a filter leaves them, and term by term.
        let passes = |id: u32| some >> (id % 32) & 1 == 1;
        let filter = Filter::Ids((0..30).filter(|&id| passes(id)).collect());
        let mut left = oracle(&plain, &query, scoring, usize::MAX);
        left.retain(|hit| passes(hit.0));
        left.truncate(k);
        prop_assert_eq!(index.filtered(&filter).unwrap().retrieve(&query, k, scoring).unwrap(), left);
        let weighted: Vec<(&String, f32)> = query.iter().map(|term| (term, 1.0)).collect();
        for (id, score) in expected {
            let why = index.explain(&id, &weighted, scoring).unwrap().unwrap();
            prop_assert_eq!(why.score, score);
            let sum: f64 = why.terms.iter().map(|term| term.contribution).sum();
            prop_assert!((sum - f64::from(score)).abs() <= 1e-5 * sum);
        }
        prop_assert_eq!(index.with_impacts(Impacts::F32).retrieve(&query, k, scoring).unwrap(),
                        plain.retrieve(&query, k, scoring).unwrap());
    }

    #[test]
    fn a_score_is_off_by_half_a_step_of_each_term(
        documents in prop::collection::vec(terms(), 1..30),
        query in terms(),
        formula in prop_oneof![formula(), Just(Formula::Bm25L), Just(Formula::Bm25Plus), Just(Formula::Dirichlet)],
        fields in any::<bool>(),
    ) {
        let scoring = Scoring::new(formula);
        let fields = fields && !matches!(formula, Formula::TfIdf | Formula::Dirichlet | Formula::JelinekMercer);
        let mut plain = Bm25Index::new();
        if fields {
            let named = [TextField::new("title").weight(3.0), TextField::new("body")];
            plain = Bm25Index::with_text_fields(Analyzer::default(), named).unwrap();
        }
        for (id, terms) in (0..30).zip(&documents) {
            if fields {
                let (title, body) = terms.split_at(terms.len() / 3);
                plain.add_document_fields(id, &[("title", title), ("body", body)], &StoredFields::default()).unwrap();
            } else {
                plain.add_document(id, terms).unwrap();
            }
        }
        let index = plain.clone().with_impacts(Impacts::U8);
        // What each term adds beyond what a document has without it.
        let weighted: Vec<(&String, f32)> = query.iter().map(|term| (term, 1.0)).collect();
        let why: Vec<_> = (0..documents.len() as u32)
            .map(|id| (plain.explain(&id, &weighted, scoring).unwrap().unwrap(),
                       index.explain(&id, &weighted, scoring).unwrap().unwrap()))
            .collect();
        let mut slack = vec![1e-5; why.len()];
        for term in 0..why[0].0.terms.len() {
            let added: Vec<f64> = why.iter().map(|(plain, _)| plain.terms[term].contribution).collect();
            let absent = why.iter().zip(&added).find(|(why, _)| why.0.terms[term].frequency == 0);
            let absent = absent.map_or(0.0, |(_, &added)| added);
            let best = added.iter().map(|added| added - absent).fold(0.0, f64::max);
            let least = if matches!(formula, Formula::Bm25L | Formula::Bm25Plus) { 255.0 } else { 510.0 };
            for (slack, &added) in slack.iter_mut().zip(&added) {
                *slack += best / if added - absent < best / 510.0 { 255.0 } else { least };
            }
        }
        let scored: BTreeMap<u32, f32> =
            index.retrieve(&query, usize::MAX, scoring).unwrap().into_iter().collect();
        for (id, score) in plain.retrieve(&query, usize::MAX, scoring).unwrap() {
            // Nothing is lost: a term adds a step at least.
            let other = scored.get(&id).copied();
            prop_assert!(other.is_some());
            let off = (f64::from(score) - f64::from(other.unwrap_or_default())).abs();
            prop_assert!(off <= slack[id as usize], "{} is off by {}", id, off);
        }
        prop_assert_eq!(scored.len(), plain.retrieve(&query, usize::MAX, scoring).unwrap().len());
    }
}

#[derive(Debug, Clone)]
enum Change {
    Add(u32, BTreeMap<u8, u8>),
    Remove(u32),
    Reopen,
    Commit,
}

fn change() -> impl Strategy<Value = Change> {
    let vector = prop::collection::btree_map(0..9_u8, any::<u8>(), 0..6);
    prop_oneof![
        4 => (0..20_u32, vector).prop_map(|(id, vector)| Change::Add(id, vector)),
        2 => (0..20_u32).prop_map(Change::Remove),
        1 => Just(Change::Reopen),
        1 => Just(Change::Commit),
    ]
}

proptest! {
    // Each commit waits for the disk.
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn vectors_that_come_and_go_are_those_of_the_oracle(
        changes in prop::collection::vec(change(), 0..20),
        query in prop::collection::btree_map(0..9_u8, 0.0..3.0_f32, 0..9),
        k in 0..20_usize,
        max in prop_oneof![Just(None), (64.0..700.0_f32).prop_map(Some)],
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (file, commits) = (folder.path().join("file"), folder.path().join("commits"));
        let mut index = SparseIndex::<u32>::with_impacts(Impacts::U8, max).unwrap();
        let mut documents: BTreeMap<u32, BTreeMap<u8, f32>> = BTreeMap::new();
        for change in changes {
            match change {
                Change::Add(id, vector) => {
                    let vector: BTreeMap<u8, f32> =
                        vector.into_iter().map(|(name, weight)| (name, max.map_or(weight.into(), |max| f32::from(weight) / 255.5 * max))).collect();
                    let named: Vec<(String, f32)> = vector.iter().map(|(name, weight)| (format!("t{name}"), *weight)).collect();
                    if index.add_named(id, &named).is_ok() {
                        prop_assert!(documents.insert(id, vector).is_none());
                    }
                }
                Change::Remove(id) => prop_assert_eq!(index.remove(&id).unwrap(), documents.remove(&id).is_some()),
                Change::Reopen => {
                    index.save(&file).unwrap();
                    index = SparseIndex::load(&file).unwrap();
                }
                Change::Commit => {
                    index.commit(&commits).unwrap();
                    index = SparseIndex::load(&commits).unwrap();
                }
            }
            prop_assert_eq!((index.len(), index.impacts(), index.max_weight()), (documents.len(), Impacts::U8, max));
        }
        let width = max.map_or(1.0, |max| max / 255.0);
        let kept = |name: &u8, vector: &BTreeMap<u8, f32>| {
            vector.get(name).filter(|weight| **weight > 0.0).map_or(0.0, |&weight| steps(weight, width))
        };
        let mut parts: Vec<(f32, f32, u8)> = query.iter().filter(|part| *part.1 > 0.0).map(|(&name, &weight)| {
            let best = documents.values().map(|vector| kept(&name, vector)).fold(0.0, f32::max);
            (weight * width * best, weight * width, name)
        }).collect();
        parts.sort_by(|a, b| b.0.total_cmp(&a.0));
        let scores = documents.iter().map(|(&id, vector)| {
            (id, parts.iter().fold(0.0, |sum, (_, weight, name)| sum + weight * kept(name, vector)))
        });
        let query: Vec<(String, f32)> = query.iter().map(|(name, weight)| (format!("t{name}"), *weight)).collect();
        prop_assert_eq!(index.search_named(&query, k).unwrap(), ranked(scores.collect(), k));
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

#[test]
fn whole_weights_are_as_exact_as_f32() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let mut random = Random(5);
    let mut plain = SparseIndex::new();
    let mut whole = SparseIndex::with_impacts(Impacts::U8, None).unwrap();
    let mut builder = SparseBuilder::of(&whole, folder.path().join("built"), 1 << 20).unwrap();
    // Long lists and short ones, in two windows.
    for id in 0..20_000_i64 {
        let dimensions: Vec<i32> = (0..40).filter(|&d| random.below(d + 1) == 0).map(|d| d as i32).collect();
        let values: Vec<f32> = dimensions.iter().map(|_| random.below(256) as f32).collect();
        let rows = SparseRows { offsets: &[0, values.len()], dimensions: &dimensions, values: &values };
        plain.add(&[id], rows).unwrap();
        whole.add(&[id], rows).unwrap();
        builder.add(&[id], rows).unwrap();
    }
    for id in (0..9_000).step_by(7) {
        assert!(plain.remove(&id).unwrap() && whole.remove(&id).unwrap());
    }
    whole.save(&path).unwrap();
    let loaded = SparseIndex::<i64>::load(&path).unwrap();
    for terms in 1..12 {
        let dimensions: Vec<i32> = (0..40).filter(|_| random.below(12) < terms).collect();
        let values: Vec<f32> = dimensions.iter().map(|_| 1.0 + random.below(7) as f32).collect();
        let query = SparseRows { offsets: &[0, values.len()], dimensions: &dimensions, values: &values };
        for k in [1, 10, 1_000] {
            let expected = plain.search(query, k).unwrap();
            assert_eq!(whole.search(query, k).unwrap(), expected);
            assert_eq!(loaded.search(query, k).unwrap(), expected);
        }
    }
    let built = builder.finish(|_| true).unwrap();
    assert_eq!((built.len(), built.impacts()), (20_000, Impacts::U8));
    plain.save(folder.path().join("plain")).unwrap();
    let size = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().len();
    assert!(size("index") < size("plain") * 7 / 10, "{} and {}", size("index"), size("plain"));
}

#[test]
fn a_file_of_counts_is_smaller_and_keeps_the_form() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(9);
    let mut plain = Bm25Index::new();
    for id in 0..3_000_i64 {
        let terms: Vec<String> = (0..30).map(|_| format!("t{}", random.below(300))).collect();
        plain.add_document(id, &terms).unwrap();
    }
    let index = plain.clone().with_impacts(Impacts::U8);
    let params = Scoring::default();
    let [wide, narrow] = [(&plain, "wide"), (&index, "narrow")].map(|(index, name)| {
        let path = folder.path().join(name);
        index.save(&path, params).unwrap();
        std::fs::metadata(path).unwrap().len()
    });
    assert!(narrow * 10 < wide * 7, "{narrow} and {wide}");
    let loaded = Bm25Index::<i64>::load(folder.path().join("narrow")).unwrap();
    assert_eq!(loaded.impacts(), Impacts::U8);
    for params in [params, Scoring::new(Formula::Bm25Plus).k1(0.7)] {
        assert_eq!(
            loaded.retrieve(&["t1", "t7"], 50, params).unwrap(),
            index.retrieve(&["t1", "t7"], 50, params).unwrap()
        );
    }
    let wide = loaded.with_impacts(Impacts::F32);
    assert_eq!(wide.retrieve(&["t1", "t7"], 50, params).unwrap(), plain.retrieve(&["t1", "t7"], 50, params).unwrap());
}

#[test]
fn weights_that_a_byte_cannot_hold_are_refused() {
    let refused = |max, weight: f32| {
        let mut index = SparseIndex::with_impacts(Impacts::U8, max).unwrap();
        let rows = SparseRows { offsets: &[0, 2], dimensions: &[1, 2], values: &[1.0, weight] };
        let error = index.add(&[1], rows).unwrap_err();
        assert!(matches!(error, Error::UnfitWeight { .. }) && index.is_empty());
        assert!(index.add_named(1, &[("a", 1.0), ("b", weight)]).unwrap_err().to_string().starts_with("weights: "));
        let folder = tempfile::tempdir().unwrap();
        let mut builder = SparseBuilder::of(&index, folder.path().join("index"), 0).unwrap();
        assert_eq!(builder.add(&[1], rows).unwrap_err().to_string(), error.to_string());
        assert!(matches!(builder.add_named(1, &[("b", weight)]), Err(Error::UnfitWeight { .. })));
        error.to_string()
    };
    let whole =
        "values: expected whole numbers of at most 255, got 0.5 at 1; choose a max_weight, so that they are rounded";
    assert_eq!(refused(None, 0.5), whole);
    assert!(refused(None, 256.0).contains("got 256 at 1"));
    assert_eq!(
        refused(Some(4.0), 4.25),
        "values: expected numbers of at most 4, got 4.25 at 1; choose a greater max_weight"
    );
    let made = |impacts, max| SparseIndex::<u32>::with_impacts(impacts, max).unwrap_err().to_string();
    for max in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert!(made(Impacts::U8, Some(max)).starts_with("max_weight: expected a number from 1e-30 to 1e30, got "));
    }
    let unasked = "max_weight: expected none for impacts in f32, got 4; leave it out or choose impacts in u8";
    assert_eq!(made(Impacts::F32, Some(4.0)), unasked);
    let error = "u16".parse::<Impacts>().unwrap_err();
    assert_eq!(error.to_string(), "impacts: expected f32 or u8, got \"u16\"; choose one of them");
    let mut index = SparseIndex::new();
    index.add_named(1, &[("a", 1.0)]).unwrap();
    assert!(matches!(SparseBuilder::of(&index, "index", 0), Err(Error::NotEmpty { documents: 1 })));
}
