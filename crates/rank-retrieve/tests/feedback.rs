//! Weighted queries, explanations and feedback, against what they are defined to be.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rank_retrieve::{Bm25Index, Bm25Params, Error, Feedback, Formula, Scoring};

const WORDS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

fn words(most: usize) -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..=most)
}

fn scoring() -> impl Strategy<Value = Scoring> {
    let all = ["lucene", "robertson", "atire", "bm25l", "bm25+", "tfidf", "dirichlet", "jelinek-mercer"];
    prop::sample::select(all.to_vec()).prop_map(|name| Scoring::new(name.parse().unwrap()))
}

fn filled(documents: &[Vec<&'static str>]) -> Bm25Index<usize> {
    let mut index = Bm25Index::new();
    for (id, terms) in documents.iter().enumerate() {
        index.add_document(id, terms).unwrap();
    }
    // What is gone counts no more.
    index.add_document(999, &WORDS).unwrap();
    index.remove(&999).unwrap();
    index
}

fn shares(counts: &[&'static str]) -> BTreeMap<&'static str, f64> {
    let mut shares = BTreeMap::new();
    for term in counts {
        *shares.entry(*term).or_insert(0.0) += 1.0 / counts.len() as f64;
    }
    shares
}

proptest! {
    #[test]
    fn weights_count_as_repetitions(
        documents in prop::collection::vec(words(8), 1..12), counts in prop::collection::vec(0..4_usize, 6), scoring in scoring(),
    ) {
        let index = filled(&documents);
        let weighted: Vec<(&str, f32)> = WORDS.iter().zip(&counts).map(|(word, &count)| (*word, count as f32)).collect();
        let repeated: Vec<&str> = WORDS.iter().zip(&counts).flat_map(|(word, &count)| vec![*word; count]).collect();
        prop_assert_eq!(
            index.retrieve_weighted(&weighted, 5, scoring).unwrap(), index.retrieve(&repeated, 5, scoring).unwrap()
        );
    }

    #[test]
    fn an_explanation_adds_up_to_the_score(
        documents in prop::collection::vec(words(8), 1..12), query in words(5), scoring in scoring(),
    ) {
        let index = filled(&documents);
        let found: BTreeMap<usize, f32> = index.retrieve(&query, 100, scoring).unwrap().into_iter().collect();
        let weighted: Vec<(&str, f32)> = query.iter().map(|term| (*term, 1.0)).collect();
        for (id, terms) in documents.iter().enumerate() {
            let why = index.explain(&id, &weighted, scoring).unwrap().unwrap();
            prop_assert_eq!(why.score.to_bits(), found.get(&id).copied().unwrap_or(0.0).to_bits());
            prop_assert_eq!(why.length as usize, terms.len());
            for share in &why.terms {
                let holds = |terms: &Vec<&str>| terms.contains(&share.term.as_str());
                prop_assert_eq!(share.documents as usize, documents.iter().filter(|terms| holds(terms)).count());
                prop_assert_eq!(share.frequency as usize, terms.iter().filter(|term| **term == share.term).count());
                prop_assert_eq!(share.weight, query.iter().filter(|term| **term == share.term).count() as f32);
            }
            if found.contains_key(&id) {
                let sum: f64 = why.terms.iter().map(|share| share.contribution).sum::<f64>() + why.offset;
                prop_assert!((sum - f64::from(why.score)).abs() < 1e-5, "{sum} {}", why.score);
            }
        }
        prop_assert_eq!(index.explain(&999, &weighted, scoring).unwrap(), None);
    }

    #[test]
    fn rm3_is_the_mean_of_the_documents_and_the_query(
        documents in prop::collection::vec(words(8), 1..8), query in words(4), original in 0.0..=1.0_f64,
    ) {
        let index = filled(&documents);
        let hits = index.retrieve(&query, 3, Bm25Params::default()).unwrap();
        prop_assume!(!hits.is_empty());
        let expanded = index.expand(&query, &hits, Feedback::Rm3 { terms: 6, original }, Bm25Params::default()).unwrap();
        let known: Vec<&str> = query.iter().copied().filter(|term| documents.iter().any(|terms| terms.contains(term))).collect();
        let mut expected: BTreeMap<&str, f64> = shares(&known).into_iter().map(|(term, share)| (term, original * share)).collect();
        let total: f64 = hits.iter().map(|hit| f64::from(hit.1)).sum();
        for (id, score) in &hits {
            for (term, share) in shares(&documents[*id]) {
                *expected.entry(term).or_insert(0.0) += (1.0 - original) * share * f64::from(*score) / total;
            }
        }
        expected.retain(|_, weight| *weight > 0.0);
        prop_assert_eq!(expanded.len(), expected.len());
        for (term, weight) in &expanded {
            prop_assert!((f64::from(*weight) - expected[term.as_str()]).abs() < 1e-6);
        }
        prop_assert!(expanded.is_sorted_by(|a, b| a.1 > b.1 || a.1 == b.1 && a.0 < b.0));
    }
}

fn small() -> Bm25Index<&'static str> {
    let mut index = Bm25Index::new();
    index.add_document("d1", &["fox", "fox", "den"]).unwrap();
    index.add_document("d2", &["fox", "cub", "cub", "cub"]).unwrap();
    index.add_document("d3", &["hen"]).unwrap();
    index.add_document("d4", &["hen", "den"]).unwrap();
    index
}

fn assert_close(query: &[(String, f32)], expected: &[(&str, f64)]) {
    assert_eq!(
        query.iter().map(|term| term.0.as_str()).collect::<Vec<_>>(),
        expected.iter().map(|term| term.0).collect::<Vec<_>>()
    );
    for (found, expected) in query.iter().zip(expected) {
        assert!((f64::from(found.1) - expected.1).abs() < 1e-6, "{found:?} {expected:?}");
    }
}

#[test]
fn rocchio_is_a_sum_of_unit_vectors() {
    let rocchio = |terms| Feedback::Rocchio { terms, alpha: 1.0, beta: 0.75 };
    let query = small().expand(&["fox"], &[("d1", 1.0), ("d2", 1.0)], rocchio(2), Bm25Params::default()).unwrap();
    // fox: (2/√5 + 1/√10) / 2, cub: 3/√10 / 2, den: 1/√5 / 2 is the third
    let (five, ten) = (5.0_f64.sqrt(), 10.0_f64.sqrt());
    assert_close(&query, &[("fox", 1.0 + 0.75 * (2.0 / five + 1.0 / ten) / 2.0), ("cub", 0.75 * 3.0 / ten / 2.0)]);
}

#[test]
fn bo1_weighs_by_randomness() {
    let query = small()
        .expand(&["fox"], &[("d1", 0.0), ("d2", 0.0)], Feedback::Bo1 { terms: 9 }, Bm25Params::default())
        .unwrap();
    let bo1 = |tf: f64, occurrences: f64| {
        let p = occurrences / 4.0;
        tf * ((1.0 + p) / p).log2() + (1.0 + p).log2()
    };
    let (fox, cub, den) = (bo1(3.0, 3.0), bo1(3.0, 3.0), bo1(1.0, 2.0));
    assert_close(&query, &[("fox", 1.0 + fox / fox), ("cub", cub / fox), ("den", den / fox)]);
}

#[test]
fn likelihoods_weigh_documents_by_their_exponential() {
    let dirichlet = Scoring::new(Formula::Dirichlet);
    let hits = [("d1", -1.0), ("d3", -2.0)];
    let query = small().expand(&["cub"], &hits, Feedback::Rm3 { terms: 9, original: 0.0 }, dirichlet).unwrap();
    let (one, three) = (1.0 / (1.0 + (-1.0_f64).exp()), 1.0 / (1.0 + 1.0_f64.exp()));
    assert_close(&query, &[("fox", one * 2.0 / 3.0), ("hen", three), ("den", one / 3.0)]);
    let error =
        small().expand(&["cub"], &hits, Feedback::Rm3 { terms: 9, original: 0.5 }, Bm25Params::default()).unwrap_err();
    assert!(error.to_string().starts_with("relevant: expected finite scores above 0"), "{error}");
}

#[test]
fn without_documents_the_query_stays() {
    for feedback in [Feedback::Rm3 { terms: 9, original: 0.5 }, Feedback::Bo1 { terms: 9 }] {
        let query = small().expand(&["fox", "hen"], &[], feedback, Bm25Params::default()).unwrap();
        assert_eq!(query[0].1, query[1].1);
        assert_eq!(query.iter().map(|term| term.0.as_str()).collect::<Vec<_>>(), ["fox", "hen"]);
    }
    assert_eq!(small().expand(&["wolf"], &[], Feedback::Bo1 { terms: 9 }, Bm25Params::default()).unwrap(), []);
}

#[test]
fn documents_like_another_are_found() {
    let index = small();
    assert_close(&index.key_terms(&"d2", 1).unwrap().unwrap(), &[("cub", 3.0 * 4.0_f64.ln())]);
    let like = index.more_like_this(&"d1", 10, 25, Bm25Params::default()).unwrap().unwrap();
    assert_eq!(like.iter().map(|hit| hit.0).collect::<Vec<_>>(), ["d2", "d4"]);
    assert_eq!(index.more_like_this(&"d1", 1, 25, Bm25Params::default()).unwrap().unwrap(), like[..1]);
    assert_eq!(index.more_like_this(&"d9", 1, 25, Bm25Params::default()).unwrap(), None);
    assert_eq!(index.key_terms(&"d9", 1).unwrap(), None);
}

#[test]
fn what_cannot_be_used_is_refused() {
    let index = small();
    for weight in [-1.0, f32::NAN, f32::INFINITY] {
        let error = index.retrieve_weighted(&[("fox", 1.0), ("hen", weight)], 10, Bm25Params::default()).unwrap_err();
        assert!(matches!(error, Error::InvalidWeight { position: 1, .. }), "{error}");
    }
    let expand =
        |feedback| index.expand(&["fox"], &[("d9", 1.0)], feedback, Bm25Params::default()).unwrap_err().to_string();
    assert!(expand(Feedback::Bo1 { terms: 1 }).starts_with("relevant[0]: expected a document of the index"));
    assert!(
        expand(Feedback::Rm3 { terms: 1, original: 1.5 })
            .starts_with("original: expected a number from 0 to 1, got 1.5")
    );
    assert!(expand(Feedback::Rocchio { terms: 1, alpha: -1.0, beta: 0.0 }).starts_with("alpha: "));
    assert!(expand(Feedback::Rocchio { terms: 1, alpha: 1.0, beta: f64::NAN }).starts_with("beta: "));
}
