//! BM25 against an oracle that is slow and obvious, and what must hold for any input.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rank_retrieve::{Analyzer, Bm25Index, Bm25Params, Error, Formula, Scoring};

type Collection = BTreeMap<u8, Vec<String>>;

fn terms(greatest: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-f]", 0..greatest)
}

fn collection() -> impl Strategy<Value = Collection> {
    prop::collection::btree_map(any::<u8>(), terms(12), 0..30)
}

fn params() -> impl Strategy<Value = Bm25Params> {
    (0.0..4.0, 0.0..=1.0).prop_map(|(k1, b)| Bm25Params::default().k1(k1).b(b))
}

fn index<'a>(documents: impl IntoIterator<Item = (&'a u8, &'a Vec<String>)>) -> Bm25Index<u8> {
    let mut index = Bm25Index::new();
    for (id, terms) in documents {
        index.add_document(*id, terms).unwrap();
    }
    index
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
    let numbers = (0.0..2.0, 0.1..2000.0, 0.01..=1.0);
    (params(), formula, numbers, any::<bool>()).prop_map(|(params, formula, (delta, mu, smoothing), numerator)| {
        params.formula(formula).delta(delta).mu(mu).smoothing(smoothing).numerator(numerator)
    })
}

/// The formula, document by document and query term by query term; only documents that hold a term which counts.
fn oracle(documents: &Collection, query: &[String], params: Bm25Params) -> Vec<(u8, f64)> {
    let count = |terms: &[String], term: &String| terms.iter().filter(|t| *t == term).count() as f64;
    let Bm25Params { k1, b, delta, mu, smoothing, .. } = params;
    let factor = if params.numerator { k1 + 1.0 } else { 1.0 };
    let n = documents.len() as f64;
    let tokens = documents.values().map(Vec::len).sum::<usize>() as f64;
    let mut scored = Vec::new();
    for (id, terms) in documents {
        let length = terms.len() as f64;
        let long = 1.0 - b + b * length / (tokens / n);
        let (mut score, mut holds) = (0.0, false);
        for term in query {
            let tf = count(terms, term);
            let df = documents.values().filter(|terms| terms.contains(term)).count() as f64;
            if df == 0.0 {
                continue;
            }
            let occurrences = documents.values().map(|terms| count(terms, term)).sum::<f64>();
            let share = occurrences / tokens;
            let counted = (occurrences + 1.0) / (tokens + 1.0);
            let saturated = if tf > 0.0 { tf / (tf + k1 * long) } else { 0.0 };
            let part = match params.formula {
                Formula::Lucene => factor * (1.0 + (n - df + 0.5) / (df + 0.5)).ln() * saturated,
                Formula::Robertson => factor * ((n - df + 0.5) / (df + 0.5)).ln().max(0.0) * saturated,
                Formula::Atire => (n / df).ln() * (k1 + 1.0) * saturated,
                Formula::Bm25L => {
                    let c = if tf > 0.0 { tf / long } else { 0.0 };
                    ((n + 1.0) / (df + 0.5)).ln() * (k1 + 1.0) * (c + delta) / (k1 + c + delta)
                }
                Formula::Bm25Plus => ((n + 1.0) / df).ln() * ((k1 + 1.0) * saturated + delta),
                Formula::TfIdf if tf > 0.0 => (1.0 + tf.ln()) * (n / df).ln(),
                Formula::Dirichlet => (1.0 + tf / (mu * share)).ln() + (mu / (length + mu)).ln(),
                Formula::JelinekMercer if tf > 0.0 => {
                    (1.0 + (1.0 - smoothing) * tf / (smoothing * length * share)).ln()
                }
                Formula::LuceneTfIdf if tf > 0.0 => (1.0 + ((n + 1.0) / (df + 1.0)).ln()) * (tf / length).sqrt(),
                Formula::LuceneDirichlet if tf > 0.0 => {
                    // The sum of ln(1 + tf / (mu counted)) and ln(mu / (length + mu)), above 0 where tf / counted > length.
                    ((tf / counted - length) / (length + mu)).ln_1p().max(0.0)
                }
                Formula::LuceneJelinekMercer if tf > 0.0 => {
                    (1.0 + (1.0 - smoothing) * tf / (smoothing * length * counted)).ln()
                }
                _ => 0.0,
            };
            // A term of all documents is worth nothing to some; it does not make a document match.
            let worth = match params.formula {
                Formula::Robertson => n - df > df,
                Formula::Atire | Formula::TfIdf => df < n,
                Formula::JelinekMercer | Formula::LuceneJelinekMercer => smoothing < 1.0,
                Formula::LuceneDirichlet => part > 0.0,
                _ => true,
            };
            holds |= tf > 0.0 && worth;
            score += part;
        }
        if holds {
            scored.push((*id, score));
        }
    }
    scored
}

proptest! {
    #[test]
    fn scores_are_those_of_the_oracle(documents in collection(), query in terms(6), params in params()) {
        let hits = index(&documents).retrieve(&query, usize::MAX, params).unwrap();
        let expected: BTreeMap<u8, f64> = oracle(&documents, &query, params).into_iter().collect();
        prop_assert_eq!(hits.len(), expected.len());
        for (id, score) in hits {
            let expected = expected[&id];
            prop_assert!((f64::from(score) - expected).abs() <= 1e-6 * expected, "{} {} {}", id, score, expected);
        }
    }

    #[test]
    fn all_formulas_are_those_of_the_oracle(documents in collection(), query in terms(6), scoring in scoring()) {
        let expected: BTreeMap<u8, f64> = oracle(&documents, &query, scoring).into_iter().collect();
        let index = index(&documents);
        for ready in [false, true] {
            if ready {
                index.prepare(scoring).unwrap();
            }
            let hits = index.retrieve(&query, usize::MAX, scoring).unwrap();
            prop_assert_eq!(hits.len(), expected.len());
            for (id, score) in hits {
                let expected = expected[&id];
                let tolerance = 2e-6 * expected.abs().max(1.0);
                prop_assert!((f64::from(score) - expected).abs() <= tolerance, "{} {} {}", id, score, expected);
            }
        }
    }

    #[test]
    fn the_order_is_score_descending_then_id(documents in collection(), query in terms(6), k in 0..40_usize) {
        let index = index(&documents);
        let all = index.retrieve(&query, usize::MAX, Bm25Params::default()).unwrap();
        for pair in all.windows(2) {
            prop_assert!(pair[0].1 > pair[1].1 || (pair[0].1 == pair[1].1 && pair[0].0 < pair[1].0));
        }
        let best = index.retrieve(&query, k, Bm25Params::default()).unwrap();
        prop_assert_eq!(&best[..], &all[..k.min(all.len())]);
    }

    #[test]
    fn no_order_changes_a_bit(documents in collection(), query in terms(6), keys in any::<[u8; 32]>()) {
        let shuffled = |length: usize| {
            let mut order: Vec<usize> = (0..length).collect();
            order.sort_by_key(|&i| (keys[i % 32], i));
            order
        };
        let listed: Vec<_> = documents.iter().collect();
        let other = index(shuffled(listed.len()).into_iter().map(|i| listed[i]));
        let words: Vec<&String> = shuffled(query.len()).into_iter().map(|i| &query[i]).collect();
        prop_assert_eq!(
            index(&documents).retrieve(&query, 100, Bm25Params::default()).unwrap(),
            other.retrieve(&words, 100, Bm25Params::default()).unwrap()
        );
    }

    #[test]
    fn a_batch_is_its_queries(documents in collection(), queries in prop::collection::vec(terms(6), 0..6)) {
        let index = index(&documents);
        let batch = index.retrieve_batch(&queries, 5, Bm25Params::default()).unwrap();
        let single: Vec<_> =
            queries.iter().map(|query| index.retrieve(query, 5, Bm25Params::default()).unwrap()).collect();
        prop_assert_eq!(batch, single);
    }

    #[test]
    fn any_text_is_a_query(texts in prop::collection::vec(any::<String>(), 0..8), query in any::<String>()) {
        let mut index = Bm25Index::new();
        for (id, text) in texts.iter().enumerate() {
            index.add_text(id, text).unwrap();
        }
        let hits = index.search(&query, 10, Bm25Params::default()).unwrap();
        prop_assert!(hits.iter().all(|hit| hit.1 > 0.0));
        prop_assert_eq!(index.search_batch(&[&query], 10, Bm25Params::default()).unwrap(), [hits]);
    }
}

#[test]
fn the_query_is_taken_in_every_form_of_a_list_of_words() {
    let mut bm25 = Bm25Index::new();
    bm25.add_document("d1".to_owned(), &["fox"]).unwrap();
    bm25.add_document("d2".to_owned(), &["hen".to_owned()]).unwrap();
    let query_terms: Vec<String> = vec!["fox".to_owned()];
    let hits = bm25.retrieve(&query_terms, 100, Bm25Params::default()).unwrap();
    assert_eq!(bm25.retrieve(&["fox"], 100, Bm25Params::default()).unwrap(), hits);
    let words = vec!["fox"];
    assert_eq!(bm25.retrieve(&words, 100, Bm25Params::default()).unwrap(), hits);
    assert_eq!(hits, [("d1".to_owned(), (2.0_f64.ln() / 2.5) as f32)]);
}

#[test]
fn a_repeated_query_term_counts_each_time() {
    let mut bm25 = Bm25Index::new();
    bm25.add_document(1, &["fox", "hen"]).unwrap();
    let once = bm25.retrieve(&["fox"], 1, Bm25Params::default()).unwrap()[0].1;
    let twice = bm25.retrieve(&["fox", "fox"], 1, Bm25Params::default()).unwrap()[0].1;
    assert_eq!(twice, 2.0 * once);
}

#[test]
fn ties_go_to_the_smaller_id_at_the_last_place_too() {
    let mut bm25 = Bm25Index::new();
    for id in [5, 3, 9, 1, 7] {
        bm25.add_document(id, &["fox"]).unwrap();
    }
    let ids: Vec<i32> =
        bm25.retrieve(&["fox"], 3, Bm25Params::default()).unwrap().into_iter().map(|hit| hit.0).collect();
    assert_eq!(ids, [1, 3, 5]);
}

#[test]
fn nothing_is_found_where_nothing_is() {
    let empty: Bm25Index<u32> = Bm25Index::default();
    assert!(empty.is_empty());
    assert_eq!(empty.retrieve(&["fox"], 10, Bm25Params::default()).unwrap(), []);
    let mut bm25 = Bm25Index::new();
    bm25.add_document(1, &["fox"]).unwrap();
    bm25.add_document::<&str>(2, &[]).unwrap();
    assert_eq!(bm25.len(), 2);
    assert_eq!(bm25.retrieve::<&str>(&[], 10, Bm25Params::default()).unwrap(), []);
    assert_eq!(bm25.retrieve(&["hen"], 10, Bm25Params::default()).unwrap(), []);
    assert_eq!(bm25.retrieve(&["fox"], 0, Bm25Params::default()).unwrap(), []);
    let mut blank = Bm25Index::new();
    blank.add_text(1, "the of").unwrap();
    assert_eq!(blank.search("the of", 10, Bm25Params::default()).unwrap(), []);
}

#[test]
fn a_duplicate_id_is_refused_and_changes_nothing() {
    let mut bm25 = Bm25Index::new();
    bm25.add_document("a", &["fox", "hen"]).unwrap();
    bm25.add_document("b", &["hen"]).unwrap();
    let before = bm25.retrieve(&["fox", "hen", "cow"], 10, Bm25Params::default()).unwrap();
    let error = bm25.add_document("b", &["cow", "fox"]).unwrap_err();
    assert!(matches!(error, Error::DuplicateDocument { document: 1 }));
    assert_eq!(
        error.to_string(),
        "id: expected a new document id, got that of document 1 again; leave the second out or give it another id"
    );
    assert_eq!(bm25.len(), 2);
    assert!(bm25.contains(&"b") && !bm25.contains(&"c"));
    assert_eq!(bm25.retrieve(&["fox", "hen", "cow"], 10, Bm25Params::default()).unwrap(), before);
}

#[test]
fn parameters_out_of_range_are_refused_even_by_an_empty_index() {
    let bm25: Bm25Index<u32> = Bm25Index::new();
    for k1 in [-0.1, f64::NAN, f64::INFINITY] {
        let error = bm25.retrieve(&["fox"], 10, Bm25Params::default().k1(k1)).unwrap_err();
        assert!(error.to_string().starts_with("k1: expected a finite number of at least 0, got "), "{error}");
    }
    for b in [-0.1, 1.1, f64::NAN] {
        let error = bm25.search_batch(&["fox"], 10, Bm25Params::default().b(b)).unwrap_err();
        assert!(error.to_string().starts_with("b: expected a number from 0 to 1, got "), "{error}");
    }
}

#[test]
fn extreme_parameters_give_no_zero_and_no_nan() {
    let mut bm25 = Bm25Index::new();
    bm25.add_document(1, &["fox"]).unwrap();
    bm25.add_document(2, &["fox", "hen"]).unwrap();
    for k1 in [0.0, 1e-300, 1e30, f64::MAX] {
        for b in [0.0, 1.0] {
            let hits = bm25.retrieve(&["fox", "hen"], 10, Bm25Params::default().k1(k1).b(b)).unwrap();
            assert!(hits.iter().all(|hit| hit.1 > 0.0 && hit.1.is_finite()), "{k1} {b} {hits:?}");
        }
    }
}

#[test]
fn texts_and_queries_go_through_the_analyzer() {
    let mut bm25 = Bm25Index::with_analyzer(Analyzer::default());
    bm25.add_text(1, "The foxes were jumping").unwrap();
    bm25.add_text(2, "A hen sat").unwrap();
    let found =
        |text| bm25.search(text, 10, Bm25Params::default()).unwrap().into_iter().map(|hit| hit.0).collect::<Vec<_>>();
    assert_eq!(found("JUMPED!"), [1]);
    assert!(found("the").is_empty());
    assert_eq!(bm25.retrieve(&["foxes"], 10, Bm25Params::default()).unwrap(), []);
}
