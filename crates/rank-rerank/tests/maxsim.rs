//! MaxSim and reranking against an oracle in `f64`, what must hold for any input, and every refusal.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use rank_rerank::colbert::{Document, HasTokens, rank, rank_with_top_k};
use rank_rerank::simd::{
    MaxSim, cosine, dot, maxsim, maxsim_batch, maxsim_cosine, maxsim_cosine_vecs, maxsim_vecs, norm,
};
use rank_rerank::{Error, TokenMatrix, Tokens, TokensRef};

type Nested = Vec<Vec<f32>>;

/// The score, and the sum of the magnitudes of its terms.
fn oracle(query: &Nested, document: &Nested) -> (f64, f64) {
    let dot = |a: &[f32], b: &[f32]| -> (f64, f64) {
        let terms = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b));
        terms.fold((0.0, 0.0), |(sum, size), term| (sum + term, size + term.abs()))
    };
    query.iter().fold((0.0, 0.0), |total, token| {
        let dots = document.iter().map(|other| dot(token, other));
        let best = dots.fold((f64::NEG_INFINITY, 0.0_f64), |best, dot| (best.0.max(dot.0), best.1.max(dot.1)));
        (total.0 + best.0, total.1 + best.1)
    })
}

fn close(got: f32, query: &Nested, document: &Nested) -> bool {
    let (exact, size) = oracle(query, document);
    (f64::from(got) - exact).abs() <= f64::from(f32::EPSILON) * (query[0].len() as f64 + 1.0) * size
}

fn tokens(dim: usize, count: std::ops::Range<usize>) -> impl Strategy<Value = Nested> {
    prop::collection::vec(prop::collection::vec(-10.0_f32..10.0, dim), count)
}

fn case() -> impl Strategy<Value = (Nested, Vec<Nested>)> {
    (1_usize..40).prop_flat_map(|dim| (tokens(dim, 1..40), prop::collection::vec(tokens(dim, 1..20), 1..12)))
}

fn unit(rows: &Nested) -> Nested {
    rows.iter()
        .map(|row| {
            let norm = row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
            row.iter().map(|x| (f64::from(*x) / norm) as f32).collect()
        })
        .collect()
}

proptest! {
    #[test]
    fn all_forms_equal_the_oracle((query, documents) in case()) {
        let packed = MaxSim::new(&query).unwrap();
        prop_assert_eq!((packed.tokens(), packed.dim()), (query.len(), query[0].len()));
        let mut offsets = vec![0];
        for document in &documents {
            offsets.push(offsets[offsets.len() - 1] + document.len());
        }
        let values = documents.concat().concat();
        let batch = maxsim_batch(&query, &values, &offsets).unwrap();
        for (document, together) in documents.iter().zip(batch) {
            let score = maxsim(&query, document).unwrap();
            prop_assert!(close(score, &query, document), "{} against {:?}", score, oracle(&query, document));
            let matrix = TokenMatrix::try_from(document.clone()).unwrap();
            for other in [
                together,
                maxsim_vecs(&query, document),
                packed.score(document).unwrap(),
                packed.score(&matrix).unwrap(),
                packed.score(&matrix.view()).unwrap(),
                maxsim(&Arc::new(query.clone()), &document.as_slice()).unwrap(),
            ] {
                prop_assert_eq!(score.to_bits(), other.to_bits());
            }
        }
    }

    #[test]
    fn reranking_orders_by_score_then_id((query, documents) in case(), k in 0_usize..15) {
        // Every document twice: ties.
        let candidates: Vec<(usize, Nested)> =
            documents.iter().chain(&documents).cloned().enumerate().map(|(at, tokens)| (97 - at, tokens)).collect();
        let mut expected: Vec<(usize, f32)> =
            candidates.iter().map(|(id, tokens)| (*id, maxsim_vecs(&query, tokens))).collect();
        expected.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        prop_assert_eq!(&rank(&query, &candidates).unwrap(), &expected);
        expected.truncate(k);
        prop_assert_eq!(rank_with_top_k(&query, &candidates, k).unwrap(), expected);
    }

    #[test]
    fn cosine_is_the_product_of_directions((query, documents) in case()) {
        let directions = unit(&query);
        for document in &documents {
            // A token that random numbers left at zero has no direction.
            prop_assume!(document.iter().chain(&query).all(|row| row.iter().any(|x| *x != 0.0)));
            let score = maxsim_cosine(&query, document).unwrap();
            let (exact, size) = oracle(&directions, &unit(document));
            prop_assert!((f64::from(score) - exact).abs() <= 1e-5 * size, "{score} against {exact}");
            prop_assert_eq!(score.to_bits(), maxsim_cosine_vecs(&query, document).to_bits());
        }
        let pair = cosine(&query[0], &documents[0][0]).unwrap();
        prop_assert!((-1.0..=1.0).contains(&pair));
    }
}

#[test]
fn vectors() {
    assert_eq!(dot(&[], &[]).unwrap(), 0.0);
    assert_eq!(norm(&[]).unwrap(), 0.0);
    // Squares beyond the range of f32.
    assert_eq!(cosine(&[1e30, 0.0], &[1e30, 0.0]).unwrap(), 1.0);
    assert_eq!(cosine(&[-1e-30], &[1e30]).unwrap(), -1.0);
    assert_eq!(message(dot(&[1.0], &[])), "b: expected dim 1, got 0; encode query and documents with the same model");
    assert_eq!(norm(&[3e30, 4e30]).unwrap(), 5e30);
    assert_eq!(norm(&[3e-30, 4e-30]).unwrap(), 5e-30);
    assert_eq!(norm(&[0.0, -0.0]).unwrap(), 0.0);
    // No direction.
    assert_eq!(cosine(&[1.0, 2.0], &[0.0, 0.0]).unwrap(), 0.0);
    assert_eq!(cosine(&[], &[]).unwrap(), 0.0);
    assert_eq!(
        message(cosine(&[0.0, 0.0], &[1.0, f32::INFINITY])),
        "b: expected finite components, got inf in token 0; repair the encoder's output"
    );
    assert_eq!(
        message(cosine(&[f32::NAN, 2.0], &[0.0, 0.0])),
        "a: expected finite components, got NaN in token 0; repair the encoder's output"
    );
}

/// A handle of someone else's making.
#[derive(Clone)]
struct Page<'a> {
    url: &'a str,
    tokens: &'a [[f32; 2]],
}

impl<'a> HasTokens for Page<'a> {
    type Id = &'a str;
    type Tokens = [[f32; 2]];

    fn id(&self) -> &'a str {
        self.url
    }
    fn tokens(&self) -> &[[f32; 2]] {
        self.tokens
    }
}

#[test]
fn candidates_of_every_form() {
    let query = TokenMatrix::new(vec![1.0, 0.0, 0.0, 1.0], 2).unwrap();
    let expected = [("b", 1.5), ("a", 1.0)];
    let a = vec![vec![1.0, 0.0]];
    let b = vec![vec![1.0, 0.0], vec![0.0, 0.5]];

    let nested = vec![("a", a.clone()), ("b", b.clone())];
    assert_eq!(rank(&query, &nested).unwrap(), expected);
    assert_eq!(rank(&query, nested.as_slice()).unwrap(), expected);
    assert_eq!(rank(&query, &[("a", a.clone()), ("b", b.clone())]).unwrap(), expected);
    assert_eq!(rank(&query, &nested.iter()).unwrap(), expected);
    assert_eq!(rank(&query, &nested.iter().take(1)).unwrap(), expected[1..]);
    assert_eq!(rank(&query, &nested.iter().filter(|pair| pair.0 == "b").take(9)).unwrap(), expected[..1]);
    let chosen: Vec<&(&str, Nested)> = nested.iter().collect();
    assert_eq!(rank(&query, &chosen).unwrap(), expected);

    let matrices: Vec<(&str, TokenMatrix)> =
        nested.iter().map(|(id, tokens)| (*id, TokenMatrix::from_tokens(tokens).unwrap())).collect();
    assert_eq!(rank(&query, &matrices).unwrap(), expected);
    let views: Vec<(&str, TokensRef<'_>)> = matrices.iter().map(|(id, tokens)| (*id, tokens.view())).collect();
    assert_eq!(rank(&query, &views).unwrap(), expected);

    let documents: Vec<(Document<&str>, f32)> =
        matrices.iter().map(|(id, tokens)| (Document::new(*id, tokens.clone()), 0.5)).collect();
    assert_eq!(rank(&query, &documents).unwrap(), expected);
    let top_k = documents.iter().take(20);
    assert_eq!(rank(&query, &top_k).unwrap(), expected);

    let page = |url, tokens| (Arc::new(Page { url, tokens }), 1.0_f32);
    let pages = [page("a", &[[1.0, 0.0]]), page("b", &[[1.0, 0.0], [0.0, 0.5]])];
    assert_eq!(rank(&query, &pages).unwrap(), expected);

    let none: Vec<(&str, Nested)> = vec![];
    assert_eq!(rank(&query, &none).unwrap(), []);
}

#[test]
fn a_document_is_its_id() {
    let one = Document::new("x", TokenMatrix::new(vec![1.0], 1).unwrap());
    let other = Document::new("x", TokenMatrix::new(vec![2.0], 1).unwrap());
    assert_eq!(one, other);
    assert!(one < Document::new("y", Arc::new(TokenMatrix::new(vec![0.0], 1).unwrap())));
    let judged = BTreeMap::from([(one.clone(), 3)]);
    assert_eq!(judged.get(&"x"), Some(&3));
    assert_eq!(std::collections::HashMap::from([(one.clone(), 3)]).get(&"x"), Some(&3));
    assert_eq!((*one.id(), one.tokens().values()), ("x", [1.0].as_slice()));
    assert_eq!(format!("{one:?}"), "Document(\"x\")");
}

#[test]
fn matrices() {
    let matrix = TokenMatrix::new(vec![1.0, 2.0, 3.0, 4.0], 2).unwrap();
    assert_eq!((matrix.tokens(), matrix.dim(), matrix.token(1)), (2, 2, [3.0, 4.0].as_slice()));
    assert_eq!((matrix.view().values(), matrix.view().dim()), (matrix.values(), 2));
    assert_eq!(message(TokenMatrix::new(vec![1.0], 0)), NO_COMPONENTS.replace("{}", "tokens"));
    assert_eq!(
        message(TokensRef::new(&[1.0; 5], 2)),
        "tokens: expected a multiple of dim 2 values, got 5; pass whole tokens, one after the other"
    );
    assert_eq!(message(TokenMatrix::try_from(vec![])), NO_TOKENS.replace("{}", "tokens"));
    assert_eq!(message(TokenMatrix::from_tokens(&[vec![], vec![1.0]])), RAGGED.replace("{}", "tokens"));
}

const NO_TOKENS: &str = "{}: expected at least one token, got none; leave out what has no tokens";
const NO_COMPONENTS: &str = "{}: expected tokens of at least one component, got dim 0; pass the encoder's output";
const RAGGED: &str = "{}: expected 0 components in each token, got 1 in token 1; cut none of them";

fn message<T>(result: Result<T, Error>) -> String {
    result.err().expect("a refusal").to_string()
}

#[test]
fn bad_tokens_are_refused_by_name_and_never_scored() {
    let good = vec![vec![1.0, 2.0]];
    let long = vec![vec![1.0, 2.0, 3.0]];
    let cases: [(Nested, &str); 7] = [
        (vec![], NO_TOKENS),
        (vec![vec![]], NO_COMPONENTS),
        (vec![vec![], vec![1.0]], RAGGED),
        (
            vec![vec![1.0, 2.0], vec![1.0, 2.0, 3.0]],
            "{}: expected 2 components in each token, got 3 in token 1; cut none of them",
        ),
        (
            vec![vec![1.0, 2.0], vec![3.0, f32::NAN]],
            "{}: expected finite components, got NaN in token 1; repair the encoder's output",
        ),
        (
            vec![vec![f32::INFINITY, 2.0]],
            "{}: expected finite components, got inf in token 0; repair the encoder's output",
        ),
        (
            vec![vec![f32::NEG_INFINITY, 2.0], vec![1.0, 1.0]],
            "{}: expected finite components, got -inf in token 0; repair the encoder's output",
        ),
    ];
    for (bad, expected) in cases {
        for cosine in [false, true] {
            let score = |query: &Nested, document: &Nested| {
                if cosine { maxsim_cosine(query, document) } else { maxsim(query, document) }
            };
            assert_eq!(message(score(&bad, &good)), expected.replace("{}", "query_tokens"));
            assert_eq!(message(score(&good, &bad)), expected.replace("{}", "doc_tokens"));
        }
        let candidates = [("a", good.clone()), ("b", bad.clone())];
        assert_eq!(message(rank(&good, &candidates)), expected.replace("{}", "candidates[1]"));
        assert_eq!(message(rank(&bad, &[("a", good.clone())])), expected.replace("{}", "query_tokens"));
        for score in [maxsim_vecs(&good, &bad), maxsim_vecs(&bad, &good), maxsim_vecs(&bad, &bad)] {
            assert!(score.is_nan());
        }
        assert!(maxsim_cosine_vecs(&good, &bad).is_nan() && maxsim_cosine_vecs(&bad, &good).is_nan());
    }
    let dims = "{}: expected dim 2, got 3; encode query and documents with the same model";
    assert_eq!(message(maxsim(&good, &long)), dims.replace("{}", "doc_tokens"));
    assert_eq!(message(rank(&good, &[(1, good.clone()), (2, long.clone())])), dims.replace("{}", "candidates[1]"));
    assert!(maxsim_vecs(&good, &long).is_nan());
    assert_eq!(
        message(maxsim_cosine(&good, &vec![vec![1.0, 1.0], vec![0.0, -0.0]])),
        "doc_tokens: expected tokens with a direction, got all zeros in token 1; leave out padding tokens"
    );
    let huge = vec![vec![1e30, 0.0]];
    assert_eq!(
        message(maxsim(&huge, &huge)),
        "doc_tokens: expected scores within the range of f32, got an overflow; normalize the tokens"
    );
    assert_eq!(maxsim_cosine(&huge, &huge).unwrap(), 1.0);
}

#[test]
fn duplicate_candidates_are_refused() {
    let tokens = [[1.0]];
    assert_eq!(
        message(rank(&tokens, &[("a", tokens), ("b", tokens), ("c", tokens), ("b", tokens), ("a", tokens)])),
        "candidates[3]: expected each id once, got that of candidate 1 again; drop one of the two"
    );
}

#[test]
fn bad_batches_are_refused_by_place() {
    let query = [[1.0, 2.0]];
    let batch = |values: &[f32], offsets: &[usize]| maxsim_batch(&query, values, offsets);
    assert!(batch(&[], &[0]).unwrap().is_empty());
    assert_eq!(
        message(batch(&[1.0; 3], &[0, 1])),
        "values: expected a multiple of dim 2 values, got 3; pass whole tokens, one after the other"
    );
    assert_eq!(
        message(batch(&[1.0; 4], &[])),
        "offsets: expected one more offset than documents, got none; no documents are offsets of [0]"
    );
    for (offsets, position, got) in [(&[1, 2][..], 0, 1), (&[0, 2, 1, 2], 2, 1), (&[0, 1], 1, 1), (&[0, 1, 3], 2, 3)] {
        let error = batch(&[1.0; 4], offsets).unwrap_err();
        assert!(
            error.to_string().starts_with(&format!(
                "offsets: expected ascending row numbers from 0 to 2, got {got} at position {position}; "
            )),
            "{error}"
        );
    }
    assert_eq!(message(batch(&[1.0; 4], &[0, 1, 1, 2])), NO_TOKENS.replace("{}", "values (document 1)"));
    assert_eq!(
        message(batch(&[1.0, 1.0, 1.0, f32::NAN], &[0, 1, 2])),
        "values (document 1): expected finite components, got NaN in token 0; repair the encoder's output"
    );
    assert_eq!(
        message(batch(&[3e38, 3e38], &[0, 1])),
        "values (document 0): expected scores within the range of f32, got an overflow; normalize the tokens"
    );
}
