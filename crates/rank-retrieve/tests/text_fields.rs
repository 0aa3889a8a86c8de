//! BM25F against the formula, document by document and field by field.

use proptest::prelude::*;
use rank_retrieve::{Analyzer, Bm25Index, Error, Formula, Scoring, StoredFields, TextField, field};

type Texts = (Vec<String>, Vec<String>);

const NAMES: [&str; 2] = ["title", "body"];

fn terms() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-d]", 0..6)
}

fn filled(documents: &[Texts], weights: (f64, f64), b: Option<f64>) -> Bm25Index<u32> {
    let mut title = TextField::new("title").weight(weights.0);
    title.b = b;
    let mut index =
        Bm25Index::with_text_fields(Analyzer::default(), [title, TextField::new("body").weight(weights.1)]).unwrap();
    for (id, (title, body)) in documents.iter().enumerate() {
        index.add_document_fields(id as u32, &[("body", body), ("title", title)], &StoredFields::new()).unwrap();
    }
    // What is gone counts no more.
    index.add_document_fields(999, &[("title", ["a", "b", "z"])], &StoredFields::new()).unwrap();
    index.remove(&999).unwrap();
    index
}

/// Of a document and a term, the sum over the fields.
fn saturating(documents: &[Texts], at: usize, term: &String, weights: (f64, f64), b: (f64, f64)) -> f64 {
    let fields: [fn(&Texts) -> &Vec<String>; 2] = [|texts| &texts.0, |texts| &texts.1];
    let mut sum = 0.0;
    for (of, (weight, b)) in fields.iter().zip([(weights.0, b.0), (weights.1, b.1)]) {
        let mean = documents.iter().map(|texts| of(texts).len()).sum::<usize>() as f64 / documents.len() as f64;
        let text = of(&documents[at]);
        let tf = text.iter().filter(|other| *other == term).count() as f64;
        if tf > 0.0 {
            sum += weight * tf / (1.0 - b + b * text.len() as f64 / mean);
        }
    }
    sum
}

proptest! {
    #[test]
    fn scores_are_those_of_the_formula(
        documents in prop::collection::vec((terms(), terms()), 1..12),
        query in terms(),
        weights in (0.0..4.0, 0.1..4.0),
        own in prop::option::of(0.0..=1.0_f64),
        (k1, b) in (0.0..3.0, 0.0..=1.0_f64),
        formula in prop::sample::select(vec![Formula::Lucene, Formula::Atire, Formula::Bm25Plus]),
        later in any::<bool>(),
    ) {
        let mut params = Scoring::new(formula).k1(k1).b(b);
        let index = if later {
            let index = filled(&documents, (1.0, 1.0), own);
            params = index.weighing(params, &[("title", weights.0), ("body", weights.1)]).unwrap();
            index
        } else {
            filled(&documents, weights, own)
        };
        let (n, bs) = (documents.len() as f64, (own.unwrap_or(b), b));
        let hits = index.retrieve(&query, usize::MAX, params).unwrap();
        let mut found = 0;
        for at in 0..documents.len() {
            let (mut score, mut matched) = (0.0, false);
            for term in &query {
                let holding =
                    documents.iter().filter(|texts| texts.0.contains(term) || texts.1.contains(term)).count() as f64;
                if holding == 0.0 {
                    continue;
                }
                let idf = match formula {
                    Formula::Lucene => (1.0 + (n - holding + 0.5) / (holding + 0.5)).ln(),
                    Formula::Atire => (k1 + 1.0) * (n / holding).ln(),
                    _ => ((n + 1.0) / holding).ln(),
                };
                let sum = saturating(&documents, at, term, weights, bs);
                let part = if sum > 0.0 { sum / (k1 + sum) } else { 0.0 };
                matched |= idf * part > 0.0;
                score += if formula == Formula::Bm25Plus { idf * ((k1 + 1.0) * part + 0.5) } else { idf * part };
            }
            let hit = hits.iter().find(|hit| hit.0 == at as u32);
            prop_assert_eq!(hit.is_some(), matched);
            if let Some((_, got)) = hit {
                found += 1;
                prop_assert!((f64::from(*got) - score).abs() <= 2e-6 * score.max(1.0), "{got} {score}");
                let weighted: Vec<(&str, f32)> = query.iter().map(|term| (term.as_str(), 1.0)).collect();
                let why = index.explain(&(at as u32), &weighted, params).unwrap().unwrap();
                prop_assert_eq!(why.score, *got);
                prop_assert_eq!(why.length as usize, documents[at].0.len() + documents[at].1.len());
                for share in &why.terms {
                    let names: Vec<&str> = share.fields.iter().map(|field| field.field.as_str()).collect();
                    prop_assert_eq!(names, NAMES);
                    let sum: f64 = share.fields.iter().map(|field| field.part).sum();
                    let expected = saturating(&documents, at, &share.term, weights, bs);
                    prop_assert!((sum - expected).abs() <= 1e-9 * expected.max(1.0));
                    prop_assert_eq!(share.fields.iter().map(|field| field.frequency).sum::<u32>(), share.frequency);
                    prop_assert_eq!(share.fields[0].length as usize, documents[at].0.len());
                }
            }
        }
        prop_assert_eq!(found, hits.len());
        let folder = tempfile::tempdir().unwrap();
        index.save(folder.path().join("index"), params).unwrap();
        let mut loaded = Bm25Index::<u32>::load(folder.path().join("index")).unwrap();
        prop_assert_eq!((loaded.text_fields(), loaded.params()), (index.text_fields(), params));
        prop_assert_eq!(&loaded.retrieve(&query, usize::MAX, params).unwrap(), &hits);
        loaded.merge().unwrap();
        prop_assert_eq!(&loaded.retrieve(&query, usize::MAX, params).unwrap(), &hits);
    }

    #[test]
    fn one_field_of_weight_1_is_bm25(documents in prop::collection::vec(terms(), 1..12), query in terms()) {
        let mut plain = Bm25Index::new();
        let mut named = Bm25Index::with_text_fields(Analyzer::default(), [TextField::new("text")]).unwrap();
        for (id, terms) in documents.iter().enumerate() {
            plain.add_document(id, terms).unwrap();
            named.add_document_fields(id, &[("text", terms)], &StoredFields::new()).unwrap();
        }
        let (expected, found) =
            (plain.retrieve(&query, 20, Scoring::default()).unwrap(), named.retrieve(&query, 20, Scoring::default()).unwrap());
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn texts_are_updated_with_what_is_stored() {
    let mut index = Bm25Index::with_text_fields(Analyzer::default(), NAMES.map(TextField::new)).unwrap();
    let year = |year: i64| StoredFields::new().with("year", year);
    index.add_text_fields(1, &[("title", "A red fox")], &year(2019).with("city", "Bonn")).unwrap();
    assert!(index.update_text_fields(1, &[("body", "hens")], &year(2021)).unwrap());
    assert!(!index.update_text_fields(2, &[("body", "hens")], &year(2019)).unwrap());
    let recent = index.filtered(&field("year").above(2020)).unwrap();
    assert_eq!(recent.search("hen", 10, Scoring::default()).unwrap().len(), 1);
    assert_eq!(index.fields(&1).unwrap().unwrap(), year(2021).with("city", "Bonn"));
    assert!(index.search("fox", 10, Scoring::default()).unwrap().is_empty());
}

#[test]
fn fields_that_do_not_fit_are_refused() {
    let with = |fields: Vec<TextField>| {
        Bm25Index::<i32>::with_text_fields(Analyzer::default(), fields).unwrap_err().to_string()
    };
    assert_eq!(with(vec![]), "text_fields: expected 1 to 8 fields, got 0; correct it");
    assert!(with(vec![TextField::new("a"), TextField::new("a")]).contains("each name once, got \"a\" twice"));
    assert!(with(vec![TextField::new("a").weight(-1.0)]).contains("finite weights of at least 0, got -1"));
    assert!(with(vec![TextField::new("a").b(2.0)]).starts_with("b: "));
    let mut index = Bm25Index::with_text_fields(Analyzer::default(), NAMES.map(TextField::new)).unwrap();
    let none = StoredFields::new();
    let unknown = index.add_text_fields(1, &[("titel", "fox")], &none).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "text_fields: expected one of [\"title\", \"body\"], got \"titel\"; name it when the index is made"
    );
    let twice = index.add_text_fields(1, &[("title", "fox"), ("title", "hen")], &none);
    assert!(matches!(twice, Err(Error::InvalidTextFields { .. })));
    for error in [
        index.add_text(1, "fox").unwrap_err(),
        index.update_document(1, &["fox"]).unwrap_err(),
        index.add_tokens(&[1], &[0], &[0, 1], &["fox"]).unwrap_err(),
    ] {
        assert_eq!(
            error.to_string(),
            "text_fields: expected a text, or terms, by field, got one without a field; correct it"
        );
    }
    assert!(index.is_empty());
    assert!(matches!(index.weighing(Scoring::default(), &[("x", 1.0)]), Err(Error::UnknownTextField { .. })));
    assert!(matches!(index.weighing(Scoring::default(), &[("body", f64::NAN)]), Err(Error::InvalidTextFields { .. })));
    let error = index.retrieve(&["fox"], 1, Scoring::new(Formula::Dirichlet)).unwrap_err();
    assert!(
        error.to_string().starts_with("text_fields: expected a formula of BM25 for an index with text fields, got dir")
    );
    let mut plain: Bm25Index<i32> = Bm25Index::new();
    assert!(matches!(plain.add_text_fields(1, &[("title", "x")], &none), Err(Error::UnknownTextField { .. })));
}
