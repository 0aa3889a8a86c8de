//! Exact dense search against an oracle in `f64`.

use proptest::prelude::*;
use rank_retrieve::{Error, ExactDenseIndex, Metric};

const DIM: usize = 3;

fn vector() -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(-4_i8..4, DIM).prop_map(|v| v.into_iter().map(f32::from).collect())
}

fn nonzero() -> impl Strategy<Value = Vec<f32>> {
    vector().prop_filter("zero", |v| v.iter().any(|x| *x != 0.0))
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum()
}

fn index(metric: Metric, vectors: &[Vec<f32>]) -> ExactDenseIndex<usize> {
    let mut index = ExactDenseIndex::new(DIM, metric).unwrap();
    for (id, vector) in vectors.iter().enumerate() {
        index.add(id, vector).unwrap();
    }
    index
}

proptest! {
    #[test]
    fn inner_products_are_exact(vectors in prop::collection::vec(vector(), 0..20), query in vector(), k in 0..25_usize) {
        // Small integers: every sum is exact, so ties are true ties.
        let mut expected: Vec<(usize, f32)> =
            vectors.iter().map(|v| dot(v, &query) as f32).enumerate().collect();
        expected.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap());
        expected.truncate(k);
        prop_assert_eq!(index(Metric::Dot, &vectors).search(&query, k).unwrap(), expected);
    }

    #[test]
    fn cosines_are_those_of_the_oracle(vectors in prop::collection::vec(nonzero(), 0..20), query in nonzero()) {
        let hits = index(Metric::Cosine, &vectors).search(&query, 100).unwrap();
        prop_assert_eq!(hits.len(), vectors.len());
        for pair in hits.windows(2) {
            prop_assert!(pair[0].1 > pair[1].1 || (pair[0].1 == pair[1].1 && pair[0].0 < pair[1].0));
        }
        for (id, score) in hits {
            let v = &vectors[id];
            let cosine = dot(v, &query) / (dot(v, v) * dot(&query, &query)).sqrt();
            prop_assert!((f64::from(score) - cosine).abs() < 1e-6);
        }
    }
}

#[test]
fn negative_similarities_are_found_for_every_k() {
    let index = index(Metric::Dot, &[vec![-1.0, 0.0, 0.0], vec![-2.0, 0.0, 0.0], vec![-3.0, 0.0, 0.0]]);
    assert_eq!(index.search(&[1.0, 0.0, 0.0], 1).unwrap(), [(0, -1.0)]);
    assert_eq!(index.search(&[1.0, 0.0, 0.0], 9).unwrap(), [(0, -1.0), (1, -2.0), (2, -3.0)]);
}

#[test]
fn zero_and_minus_zero_are_a_tie() {
    let index = index(Metric::Dot, &[vec![-0.0, -0.0, -0.0], vec![0.0, 0.0, 0.0]]);
    let ids: Vec<usize> = index.search(&[1.0, 1.0, 1.0], 2).unwrap().into_iter().map(|hit| hit.0).collect();
    assert_eq!(ids, [0, 1]);
}

#[test]
fn huge_and_tiny_vectors_have_an_angle() {
    let mut index = ExactDenseIndex::new(2, Metric::Cosine).unwrap();
    index.add("huge", &[f32::MAX, f32::MAX]).unwrap();
    index.add("tiny", &[1e-45, 0.0]).unwrap();
    let hits = index.search(&[1e-40, 0.0], 2).unwrap();
    assert_eq!(hits[0], ("tiny", 1.0));
    assert!((hits[1].1 - 0.5_f32.sqrt()).abs() < 1e-6);
}

#[test]
fn bad_vectors_are_refused_and_change_nothing() {
    let mut cosine = ExactDenseIndex::new(2, Metric::Cosine).unwrap();
    cosine.add(7, &[1.0, 0.0]).unwrap();
    for (vector, message) in [
        (&[1.0][..], "vector: expected 2 components, got 1; use the model that the index was made with"),
        (&[0.0, f32::NAN], "vector[1]: expected a finite number, got NaN; repair or drop the vector"),
        (&[f32::INFINITY, 0.0], "vector[0]: expected a finite number, got inf; repair or drop the vector"),
        (&[0.0, -0.0], "vector: expected a direction, got only zeros; drop the vector or choose the metric \"dot\""),
    ] {
        assert_eq!(cosine.search(vector, 1).unwrap_err().to_string(), message);
        assert_eq!(cosine.add(8, vector).unwrap_err().to_string(), message);
    }
    assert!(matches!(cosine.add(7, &[1.0, 1.0]), Err(Error::DuplicateDocument { document: 0 })));
    assert_eq!((cosine.len(), cosine.is_empty(), cosine.dim(), cosine.metric()), (1, false, 2, Metric::Cosine));
    assert!(cosine.contains(&7) && !cosine.contains(&8));
    assert_eq!(cosine.search(&[2.0, 0.0], 5).unwrap(), [(7, 1.0)]);

    let mut dot = ExactDenseIndex::<u32>::new(4, Metric::Dot).unwrap();
    assert_eq!(
        dot.add(1, &[0.0, 0.0, 1e30, 0.0]).unwrap_err().to_string(),
        "vector[2]: expected a magnitude of at most 5e18, got 1e30; scale the vectors down together"
    );
    dot.add(1, &[5e18; 4]).unwrap();
    assert!(dot.search(&[-5e18; 4], 1).unwrap()[0].1.is_finite());
    assert_eq!(
        ExactDenseIndex::<u32>::new(0, Metric::Dot).unwrap_err().to_string(),
        "dim: expected at least 1, got 0; pass the length of the vectors"
    );
}

#[test]
fn metrics_have_names() {
    for metric in [Metric::Cosine, Metric::Dot] {
        assert_eq!(metric.to_string().parse::<Metric>().unwrap(), metric);
    }
    assert_eq!(
        "l2".parse::<Metric>().unwrap_err().to_string(),
        "metric: expected \"cosine\" or \"dot\", got \"l2\"; choose the one that the vectors were trained for"
    );
}

#[test]
fn instructions_that_cannot_be_had_are_an_error() {
    const INNER: &str = "RANK_RETRIEVE_TEST_INNER";
    if std::env::var_os(INNER).is_some() {
        let error = ExactDenseIndex::<u32>::new(2, Metric::Dot).unwrap_err();
        assert!(matches!(error, Error::Isa(_)));
        assert!(error.to_string().starts_with("RANK_ISA: expected one of "), "{error}");
        return;
    }
    // The choice is made once per process.
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "instructions_that_cannot_be_had_are_an_error"])
        .env(INNER, "1")
        .env("RANK_ISA", "abacus")
        .status()
        .unwrap();
    assert!(status.success());
}
