//! Prefixes first, everything after: against the plain way.

use proptest::prelude::*;
use rank_rerank::matryoshka::{query_prefix, rank, refine, refine_tail_only};
use rank_rerank::simd::{MaxSim, Scoring};
use rank_rerank::store::{TokenDtype, TokenStore};
use rank_rerank::{Error, TokenMatrix};

const DTYPES: [TokenDtype; 4] = [TokenDtype::F32, TokenDtype::F16, TokenDtype::Bf16, TokenDtype::Int8];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]
    #[test]
    fn two_stages(
        documents in prop::collection::vec(prop::collection::vec(0.1..1.0_f32, 6..=6), 1..20),
        query in prop::collection::vec(0.1..1.0_f32, 12),
        weights in prop::collection::vec(-1.0..1.0_f32, 2),
        (head_dims, keep, k) in (1..=6_usize, 0..22_usize, 0..22_usize),
        cosine: bool,
        dtype in 0..4_usize,
    ) {
        let mut store = TokenStore::new(6, DTYPES[dtype]).unwrap();
        for (id, document) in documents.iter().enumerate() {
            store.append(id as u32, &TokenMatrix::new(document.clone(), 6).unwrap()).unwrap();
        }
        let query = TokenMatrix::new(query, 6).unwrap();
        let query = if cosine { MaxSim::cosine(&query) } else { MaxSim::new(&query) }.unwrap();
        let query = query.with_weights(&weights).unwrap();
        let heads = store.prefix(head_dims).unwrap();
        for id in 0..documents.len() as u32 {
            let (head, whole) = (heads.matrix(&id).unwrap(), store.matrix(&id).unwrap());
            let cut: Vec<f32> = whole.values().chunks(6).flat_map(|token| &token[..head_dims]).copied().collect();
            prop_assert_eq!(head.values(), &cut);
        }
        let scoring = Scoring::default();
        let mut first = heads.rank(&query_prefix(&query, head_dims).unwrap(), scoring).unwrap();
        first.truncate(keep);
        let mut all = store.rank(&query, scoring).unwrap();
        all.retain(|(id, _)| first.iter().any(|(kept, _)| kept == id));
        all.truncate(k);
        prop_assert_eq!(rank(&heads, &store, &query, keep, k, scoring).unwrap(), all);
        if head_dims == 6 && !cosine {
            prop_assert_eq!(
                heads.score(&query, scoring).unwrap(),
                store.score(&query, scoring).unwrap()
            );
        }
    }
}

#[test]
fn errors() {
    let mut store = TokenStore::new(2, TokenDtype::F32).unwrap();
    store.append(1, &[[0.0, 1.0]]).unwrap();
    assert_eq!(
        store.prefix(3).unwrap_err().to_string(),
        "head_dims: expected 1 or more, up to all components of 2, got 3; pass a dimension that the model was trained for"
    );
    assert!(matches!(store.prefix(0), Err(Error::HeadDims { .. })));
    let query = MaxSim::cosine(&[[0.0, 1.0]]).unwrap();
    assert!(matches!(query_prefix(&query, 3), Err(Error::HeadDims { .. })));
    assert!(matches!(query_prefix(&query, 1), Err(Error::ZeroToken { .. })));

    let docs = [("a", vec![1.0, 2.0]), ("short", vec![1.0]), ("zero", vec![1.0, 0.0]), ("nan", vec![1.0, f32::NAN])];
    let one = |id| refine(&[(id, 1.0)], &[1.0, 1.0], &docs, 1, 0.5).unwrap_err();
    assert_eq!(
        refine(&[("a", 1.0)], &[1.0, 1.0], &docs, 2, 0.5).unwrap_err().to_string(),
        "head_dims: expected fewer than all components of 2, got 2; pass a dimension that the model was trained for"
    );
    assert!(matches!(one("missing"), Error::MissingTokens { position: 0 }));
    assert!(matches!(one("short"), Error::DimMismatch { expected: 2, got: 1, .. }));
    assert!(one("zero").to_string().starts_with("candidates[0]: expected tokens with a direction"));
    assert!(one("nan").to_string().starts_with("candidates[0]: expected finite components"));
    let error = refine(&[("a", 1.0)], &[1.0, 0.0], &docs, 1, 0.5).unwrap_err().to_string();
    assert!(error.starts_with("query_tokens: "), "{error}");
    assert_eq!(refine_tail_only(&[("a", 0.25)], &[1.0, -3.0], &docs, 1).unwrap(), [("a", -1.0)]);
    assert_eq!(refine(&[("a", 0.25)], &[1.0, 3.0], &docs, 0, 1.0).unwrap(), [("a", 0.25)]);
}
