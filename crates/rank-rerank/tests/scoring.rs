//! Traits over scorers and poolers, alignments that are picked out, and judgments in batches.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rank_rerank::colbert::{
    Alignment, alignment_stats, alignments, alignments_for_doc_tokens, alignments_for_query_tokens,
    extract_snippet_indices, filter_alignments, highlight, highlight_matches, maxsim_alignments,
    maxsim_alignments_cosine, rank, top_k_alignments,
};
use rank_rerank::contextual::{ContextualConfig, rerank_contextual};
use rank_rerank::scoring::{
    ClusteringPooler, DenseScorer, FnPooler, LateInteractionScorer, Pooler, Scorer, SequentialPooler, TokenScorer,
};
use rank_rerank::simd::{cosine, dot, maxsim, maxsim_cosine};
use rank_rerank::{Error, Result, TokenMatrix, Tokens};

type Nested = Vec<Vec<f32>>;

fn tokens(dim: usize) -> impl Strategy<Value = Nested> {
    prop::collection::vec(prop::collection::vec(-3.0_f32..3.0, dim), 1..9)
}

fn message<T: std::fmt::Debug>(result: Result<T>) -> String {
    result.unwrap_err().to_string()
}

/// Similarities by plain loops: of each query token that of each document token.
fn similarities(query: &Nested, document: &Nested, by_cosine: bool) -> Vec<Vec<f64>> {
    let sum = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let scale = |a: &[f32], b: &[f32]| if by_cosine { (sum(a, a) * sum(b, b)).sqrt() } else { 1.0 };
    query.iter().map(|q| document.iter().map(|d| sum(q, d) / scale(q, d)).collect()).collect()
}

proptest! {
    #[test]
    fn alignments_find_the_largest((query, document) in (1_usize..9).prop_flat_map(|dim| (tokens(dim), tokens(dim)))) {
        prop_assume!(query.iter().chain(&document).all(|token| token.iter().any(|x| *x != 0.0)));
        for (by_cosine, found) in [
            (false, maxsim_alignments(&query, &document).unwrap()),
            (true, maxsim_alignments_cosine(&query, &document).unwrap()),
        ] {
            let all = similarities(&query, &document, by_cosine);
            prop_assert_eq!(found.len(), query.len());
            for (place, (query_token, doc_token, similarity)) in found.into_iter().enumerate() {
                let largest = all[place].iter().copied().fold(f64::MIN, f64::max);
                prop_assert_eq!(query_token, place);
                prop_assert!((f64::from(similarity) - largest).abs() < 1e-4);
                prop_assert!((all[place][doc_token] - largest).abs() < 1e-4);
            }
        }
        prop_assert_eq!(highlight_matches(&query, &document, 0.5).unwrap(), highlight(&query, &document, 0.5).unwrap());
    }

    #[test]
    fn selections_of_alignments(
        similarities in prop::collection::vec((0_usize..12, -1.0_f32..1.0), 1..20),
        k in 0_usize..25,
        bar in -1.0_f32..1.0,
        wanted in prop::collection::vec(0_usize..12, 0..5),
        context in 0_usize..4,
    ) {
        let all: Vec<Alignment> = similarities.iter().enumerate().map(|(query_token, &(doc_token, similarity))| Alignment {
            query_token, doc_token, similarity, contribution: f64::from(similarity), share: 0.0,
        }).collect();
        let best = top_k_alignments(&all, k);
        prop_assert_eq!(best.len(), k.min(all.len()));
        prop_assert!(best.windows(2).all(|pair| pair[0].similarity >= pair[1].similarity));
        let worst = best.last().map_or(f32::MAX, |found| found.similarity);
        prop_assert!(all.iter().filter(|found| found.similarity > worst).count() <= k);
        prop_assert_eq!(filter_alignments(&all, bar).len(), all.iter().filter(|found| found.similarity >= bar).count());
        prop_assert!(filter_alignments(&all, bar).iter().all(|found| found.similarity >= bar));
        let of_query = alignments_for_query_tokens(&all, &wanted);
        prop_assert_eq!(of_query.len(), wanted.iter().collect::<BTreeSet<_>>().iter().filter(|&&&token| token < all.len()).count());
        prop_assert!(of_query.iter().all(|found| wanted.contains(&found.query_token)));
        let of_doc = alignments_for_doc_tokens(&all, &wanted);
        prop_assert_eq!(of_doc.len(), all.iter().filter(|found| wanted.contains(&found.doc_token)).count());
        let stats = alignment_stats(&all).unwrap();
        let sum: f64 = all.iter().map(|found| f64::from(found.similarity)).sum();
        prop_assert_eq!((stats.count, stats.sum, stats.mean), (all.len(), sum, sum / all.len() as f64));
        prop_assert!(all.iter().all(|found| stats.min <= found.similarity && found.similarity <= stats.max));
        prop_assert!(all.iter().any(|found| found.similarity == stats.min) && all.iter().any(|found| found.similarity == stats.max));

        let snippet = extract_snippet_indices(&all, 12, context, k);
        prop_assert!(snippet.windows(2).all(|pair| pair[0] < pair[1]) && snippet.len() <= k);
        prop_assert!(k == 0 || snippet.contains(&top_k_alignments(&all, 1)[0].doc_token));
        // All that there is room for: what is near to a token that was found.
        let near = (0..12_usize).filter(|token| all.iter().any(|found| found.doc_token.abs_diff(*token) <= context));
        prop_assert_eq!(extract_snippet_indices(&all, 12, context, 12), near.collect::<Vec<_>>());
    }

    #[test]
    fn poolers_leave_what_they_are_asked_for(tokens in tokens(4), target in 1_usize..12, factor in 1_usize..12) {
        // Of unit norm, as distances want them, and no two alike, which would be one cluster.
        let norms = |token: &Vec<f32>| token.iter().map(|value| value * value).sum::<f32>().sqrt();
        prop_assume!(tokens.iter().all(|token| norms(token) > 0.1));
        let tokens: Nested =
            tokens.iter().map(|token| token.iter().map(|value| value / norms(token)).collect()).collect();
        let all = similarities(&tokens, &tokens, false);
        prop_assume!((0..tokens.len()).all(|a| (0..a).all(|b| all[a][b] < 0.9999)));
        let clustered = ClusteringPooler.pool(&tokens, target).unwrap();
        prop_assert_eq!(clustered.tokens(), target.min(tokens.len()));
        let sequential = SequentialPooler.pool(&tokens, target).unwrap();
        prop_assert!(sequential.tokens() <= target && sequential.tokens() >= target.min(tokens.len()).div_ceil(2));
        let fewer = ClusteringPooler.pool_by_factor(&tokens, factor).unwrap();
        prop_assert_eq!(fewer.tokens(), (tokens.len() / factor).max(1));
        let first = FnPooler(|tokens: &dyn Tokens, target: usize| {
            TokenMatrix::from_tokens(&(0..target).map(|token| tokens.token(token).to_vec()).collect::<Vec<_>>())
        });
        let kept = first.pool(&tokens, target).unwrap();
        prop_assert_eq!(kept.values(), tokens[..target.min(tokens.len())].concat());
    }
}

/// A scorer of someone else's making.
struct Sum;

impl Scorer for Sum {
    fn score(&self, query: &[f32], doc: &[f32]) -> Result<f32> {
        Ok(query.iter().chain(doc).sum())
    }
}

struct Count;

impl TokenScorer for Count {
    fn score_tokens(&self, query_tokens: &dyn Tokens, doc_tokens: &dyn Tokens) -> Result<f32> {
        Ok((query_tokens.tokens() + doc_tokens.tokens()) as f32)
    }
}

#[test]
fn scorers() {
    let docs = [("b", [1.0, 0.0]), ("c", [0.0, 3.0]), ("a", [1.0, 0.0])];
    let scorer: &dyn Scorer = &Sum;
    assert_eq!(Scorer::rank(&scorer, &[1.0], &docs).unwrap(), [("c", 4.0), ("a", 2.0), ("b", 2.0)]);
    let (a, b) = ([3.0, 4.0], [1.0, 2.0]);
    assert_eq!(DenseScorer::Dot.score(&a, &b).unwrap(), dot(&a, &b).unwrap());
    assert_eq!(DenseScorer::Cosine.score(&a, &b).unwrap(), cosine(&a, &b).unwrap());
    assert_eq!(DenseScorer::Cosine.rank(&[2.0, 0.0], &[(1, [0.0, 0.0])]).unwrap(), [(1, 0.0)]);

    let query = vec![vec![1.0, 2.0], vec![-3.0, 0.5]];
    let candidates = vec![("x", vec![vec![1.0, 1.0]]), ("y", vec![vec![0.0, 3.0], vec![-1.0, 0.0]])];
    let scorer: &dyn TokenScorer = &Count;
    assert_eq!(TokenScorer::rank_tokens(&scorer, &query, &candidates).unwrap(), [("y", 4.0), ("x", 3.0)]);
    let by_dot = LateInteractionScorer::MaxSimDot;
    assert_eq!(by_dot.rank_tokens(&query, &candidates).unwrap(), rank(&query, &candidates).unwrap());
    for (_, document) in &candidates {
        assert_eq!(by_dot.score_tokens(&query, document).unwrap(), maxsim(&query, document).unwrap());
        assert_eq!(
            LateInteractionScorer::MaxSimCosine.score_tokens(&query, document).unwrap(),
            maxsim_cosine(&query, document).unwrap()
        );
    }
    assert_eq!(LateInteractionScorer::MaxSimCosine.rank_tokens(&query, &candidates).unwrap()[0].0, "y");
    assert_eq!(by_dot.score_weighted(&query, &candidates[0].1, &[2.0, 0.0]).unwrap(), 6.0);
}

/// No number.
struct Broken;

impl Scorer for Broken {
    fn score(&self, _: &[f32], _: &[f32]) -> Result<f32> {
        Ok(f32::NAN)
    }
}

#[test]
fn refusals() {
    let tokens = vec![vec![1.0, 0.0]];
    let cases = [
        (
            message(Broken.rank(&[1.0], &[("a", [1.0])])),
            "scores: expected numbers, got NaN for candidate 0; repair the scorer",
        ),
        (
            message(Sum.rank(&[1.0], &[("a", [1.0]), ("a", [2.0])])),
            "candidates[1]: expected each id once, got that of candidate 0 again; drop one of the two",
        ),
        (
            message(LateInteractionScorer::MaxSimDot.rank_tokens(&tokens, &[("a", [[1.0]])])),
            "candidates[0]: expected dim 2, got 1; encode query and documents with the same model",
        ),
        (
            message(ClusteringPooler.pool(&tokens, 0)),
            "target: expected at least 1, got 0; 1 keeps all tokens as factor",
        ),
        (
            message(SequentialPooler.pool_by_factor(&tokens, 0)),
            "factor: expected at least 1, got 0; 1 keeps all tokens as factor",
        ),
        (
            message(SequentialPooler.pool(&Nested::new(), 1)),
            "tokens: expected at least one token, got none; leave out what has no tokens",
        ),
        (
            message(maxsim_alignments_cosine(&tokens, &[[0.0, 0.0]])),
            "doc_tokens: expected tokens with a direction, got all zeros in token 0; leave out padding tokens",
        ),
    ];
    for (got, wanted) in cases {
        assert_eq!(got, wanted);
    }
    assert_eq!(alignment_stats(&[]), None);
    assert!(alignments(&tokens, &Nested::new()).is_err());
}

#[test]
fn contextual_reranking() {
    // Of 40 candidates the last are relevant the more often, whatever the company.
    let candidates: Vec<usize> = (0..40).collect();
    let config = ContextualConfig::default();
    let run = |config: ContextualConfig| {
        let (mut calls, mut shown) = (0_usize, vec![0_usize; 40]);
        let ranked = rerank_contextual(&candidates, config, |batch: &[&usize]| {
            calls += 1;
            assert_eq!(batch.iter().collect::<BTreeSet<_>>().len(), config.batch_size.min(40));
            for &&id in batch {
                shown[id] += 1;
            }
            Ok::<_, Error>(batch.iter().map(|&&id| (id * 37 + calls * 61) % 97 < 2 * id).collect())
        });
        (ranked.unwrap(), calls, shown)
    };
    let (ranked, calls, shown) = run(config);
    assert_eq!(calls, 100);
    assert_eq!(shown.iter().sum::<usize>(), 1000);
    assert!(ranked.iter().all(|(id, score)| score.judged == shown[*id]));
    assert!(ranked.iter().all(|(_, s)| s.score == (s.relevant + 1) as f64 / (s.judged + 2) as f64));
    assert!(ranked.windows(2).all(|pair| pair[0].1.score >= pair[1].1.score));
    // Judgments go to those that may be among the best.
    assert!(shown[30..].iter().sum::<usize>() > 2 * shown[..10].iter().sum::<usize>());
    assert!(ranked[..5].iter().all(|(id, _)| *id >= 25), "{ranked:?}");
    assert_eq!(run(config), run(config));
    assert_ne!(run(config).2, run(ContextualConfig { seed: 1, ..config }).2);
    // Evenly, if nothing else is asked for.
    let (_, _, even) = run(ContextualConfig { exploration_rounds: 100, ..config });
    assert!(even.iter().all(|&shown| (10..45).contains(&shown)), "{even:?}");
    // All are in each batch where it has room for them.
    let (_, _, all) = run(ContextualConfig { batch_size: 99, exploration_rounds: 2, total_rounds: 5, seed: 0 });
    assert_eq!(all, [5; 40]);
    // Nothing was judged.
    let none = rerank_contextual(&["a"], ContextualConfig { exploration_rounds: 0, total_rounds: 0, ..config }, |_| {
        Ok::<_, Error>(vec![])
    });
    assert_eq!(none.unwrap()[0].1.score, 0.5);
}

#[test]
fn contextual_refusals() {
    let config = ContextualConfig::default();
    let judge = |batch: &[&&str]| Ok::<_, Error>(vec![true; batch.len()]);
    let cases = [
        (
            message(rerank_contextual(&["a", "a"], config, judge)),
            "candidates[1]: expected each id once, got that of candidate 0 again; drop one of the two",
        ),
        (
            message(rerank_contextual(&["a"], ContextualConfig { batch_size: 0, ..config }, judge)),
            "batch_size: expected at least 1, got 0; 10 is usual",
        ),
        (
            message(rerank_contextual(&["a"], ContextualConfig { total_rounds: 3, ..config }, judge)),
            "exploration_rounds: expected at most 3, that of total_rounds, got 25; a quarter of them is usual",
        ),
        (
            message(rerank_contextual(&["a"], config, |_| Ok::<_, Error>(vec![]))),
            "judge: expected 1 judgments, one for each document, got 0; judge each document of the batch, in its order",
        ),
    ];
    for (got, wanted) in cases {
        assert_eq!(got, wanted);
    }
    assert!(rerank_contextual(&Vec::<u8>::new(), config, |_| Ok::<_, Error>(vec![])).unwrap().is_empty());
}
