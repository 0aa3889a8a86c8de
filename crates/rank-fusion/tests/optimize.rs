//! The search against trying everything by hand.

use std::collections::HashMap;

use rank_fusion::{Columns, Error, Fusion, Measure, Method, Normalization, Order, Problem, Search, Space};

type Judged = HashMap<u32, HashMap<u32, i64>>;
type Run = (Vec<u32>, Vec<u32>, Vec<f64>);

/// A pseudo-random number below `n`.
fn below(state: &mut u64, n: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % n
}

/// Runs of 40 queries, each run better than the one before, and judgments.
fn collection(runs: usize) -> (Vec<Run>, Judged) {
    let mut state = 9;
    let mut qrels = Judged::new();
    let mut all = vec![Run::default(); runs];
    for query in 0..40 {
        let grades: Vec<i64> = (0..30).map(|_| below(&mut state, 6) as i64 - 2).collect();
        for (place, run) in all.iter_mut().enumerate() {
            for document in 0..30_u32 {
                if below(&mut state, 5) > 0 {
                    let noise = below(&mut state, 12) as f64 / (place + 1) as f64;
                    run.0.push(query);
                    run.1.push(document);
                    run.2.push(grades[document as usize] as f64 + noise);
                }
            }
        }
        let judged = grades.into_iter().enumerate().filter(|(document, _)| document % 3 > 0);
        qrels.insert(query, judged.map(|(document, grade)| (document as u32, grade)).collect());
    }
    // A query that no run has.
    qrels.insert(99, HashMap::from([(1, 1)]));
    (all, qrels)
}

fn columns(runs: &[Run]) -> Vec<Columns<'_, u32, u32>> {
    runs.iter().map(|(queries, documents, scores)| Columns { queries, documents, scores }).collect()
}

fn base() -> Fusion {
    Fusion::new(Method::CombSum).order(Order::Sorted)
}

/// A measure, computed from the list as it is.
fn by_hand(measure: Measure, list: &[(u32, f64)], judged: &HashMap<u32, i64>) -> f64 {
    let grade = |id: &u32| judged.get(id).copied().unwrap_or(0).max(0);
    let mut ideal: Vec<i64> = judged.values().map(|grade| (*grade).max(0)).collect();
    ideal.sort_by(|a, b| b.cmp(a));
    let relevant = ideal.iter().filter(|grade| **grade > 0).count() as f64;
    if relevant == 0.0 {
        return 0.0;
    }
    let hits = |k: usize| list.iter().take(k).filter(|(id, _)| grade(id) > 0).count() as f64;
    let dcg = |grades: &mut dyn Iterator<Item = i64>| {
        grades.enumerate().map(|(place, grade)| grade as f64 / (place as f64 + 2.0).log2()).sum::<f64>()
    };
    match measure {
        Measure::Ndcg(k) => {
            dcg(&mut list.iter().take(k).map(|(id, _)| grade(id))) / dcg(&mut ideal.iter().take(k).copied())
        }
        Measure::AveragePrecision(k) => {
            let ranks = (1..=list.len().min(k)).filter(|rank| grade(&list[rank - 1].0) > 0);
            ranks.map(|rank| hits(rank) / rank as f64).sum::<f64>() / relevant
        }
        Measure::ReciprocalRank(k) => {
            (1..=list.len().min(k)).find(|rank| hits(*rank) > 0.0).map_or(0.0, |rank| 1.0 / rank as f64)
        }
        Measure::Recall(k) => hits(k) / relevant,
        Measure::Precision(k) => hits(k) / k as f64,
        Measure::Success(k) => f64::from(u8::from(hits(k) > 0.0)),
        _ => unreachable!(),
    }
}

#[test]
fn values_are_those_of_the_fused_lists() {
    let (runs, qrels) = collection(3);
    let columns = columns(&runs);
    let fusions: Vec<Fusion> = Method::all()
        .into_iter()
        .map(|method| Fusion::new(method).order(Order::Sorted))
        .chain([base().weights(vec![0.1, 0.2, 0.7]).limit(12).depth(15), base().scale(0.5)])
        .collect();
    for name in ["nDCG@5", "nDCG", "AP", "AP@7", "RR", "RR@2", "R@9", "P@4", "Success@1"] {
        let measure: Measure = name.parse().unwrap();
        assert_eq!(measure.to_string(), name);
        for fusion in &fusions {
            let problem = Problem::new(&columns, fusion, measure, &qrels).unwrap();
            let values = problem.values(std::slice::from_ref(fusion)).unwrap().remove(0);
            assert_eq!((problem.queries().len(), values.len(), values[40]), (41, 41, 0.0));
            let by_function = Problem::with_function(&columns, fusion, |query, list: &[(u32, f64)]| {
                by_hand(measure, list, &qrels[query])
            });
            let expected = by_function.unwrap().values(std::slice::from_ref(fusion)).unwrap().remove(0);
            for (value, expected) in values.iter().zip(&expected) {
                assert!((value - expected).abs() < 1e-12, "{name} {fusion:?}: {value} {expected}");
            }
        }
    }
}

#[test]
fn the_grid_finds_what_trying_everything_finds() {
    let (runs, qrels) = collection(3);
    let columns = columns(&runs);
    let problem = Problem::new(&columns, &base(), Measure::Ndcg(10), &qrels).unwrap();
    let space = Space {
        methods: vec![Method::CombSum, Method::Borda, Method::ReciprocalRank { k: 10.0 }],
        normalizations: vec![Normalization::MinMax, Normalization::ZScore],
        parts: Some(10),
    };
    let found = problem.search(&space, Search::Grid, 5, 1, |_| true).unwrap();
    // CombSUM with two normalizations, two methods by rank, and the baseline.
    assert_eq!(found.trials.len(), 1 + 4 * 66);
    let greatest = found.trials.iter().map(|trial| trial.mean).fold(0.0, f64::max);
    assert!(found.trials[found.best].mean >= greatest - 1e-12);
    assert!(found.trials[found.best].weights[2] > found.trials[found.best].weights[0]);
    assert_eq!(found.baseline().weights, [1.0, 1.0, 1.0]);

    let validation = found.validation.as_ref().unwrap();
    assert_eq!(validation.folds.iter().map(|fold| fold.queries.len()).sum::<usize>(), 41);
    for fold in &validation.folds {
        // No trial is better than the chosen one on the queries it was chosen by.
        let train = |trial: usize| {
            let others = (0..41).filter(|query| !fold.queries.contains(query));
            let values: Vec<f64> = others.map(|query| found.trials[trial].values[query]).collect();
            values.iter().sum::<f64>() / values.len() as f64
        };
        let best = (1..found.trials.len()).map(train).fold(0.0, f64::max);
        assert!((fold.train - best).abs() < 1e-12 && (train(fold.trial) - best).abs() < 1e-12);
    }
    assert!(validation.interval.0 < validation.mean && validation.mean < validation.interval.1);

    // The other searches look at less, and find no more.
    for search in [Search::Coordinate, Search::Random { trials: 60, seed: 3 }] {
        let other = problem.search(&space, search, 0, 1, |_| true).unwrap();
        assert!(other.trials.len() < found.trials.len());
        assert!(other.trials[other.best].mean <= greatest + 1e-12);
        assert!(other.trials[other.best].mean >= other.baseline().mean);
        assert_eq!(other, problem.search(&space, search, 0, 1, |_| true).unwrap());
    }
    let climbed = problem.search(&space, Search::Coordinate, 4, 1, |_| true).unwrap();
    assert!(greatest - climbed.trials[climbed.best].mean < 0.01);
}

#[test]
fn equal_trials_go_to_the_most_even_weights() {
    let (runs, qrels) = collection(1);
    let twice = [runs[0].clone(), runs[0].clone()];
    let columns = columns(&twice);
    let problem = Problem::new(&columns, &base(), Measure::Ndcg(10), &qrels).unwrap();
    let space = Space { methods: vec![Method::CombSum], normalizations: vec![], parts: Some(10) };
    for search in [Search::Grid, Search::Coordinate, Search::Random { trials: 100, seed: 1 }] {
        let found = problem.search(&space, search, 3, 0, |_| true).unwrap();
        assert_eq!(found.trials[found.best].weights, [0.5, 0.5]);
        assert_eq!(found.p_value, 1.0);
        let warning = found.warning().unwrap();
        assert!(warning.contains("not significant (p = 1.000)"), "{warning}");
    }
}

#[test]
fn a_gain_is_told_from_chance() {
    let (runs, qrels) = collection(4);
    // The second run ranks upside down.
    let worst: Vec<f64> = runs[3].2.iter().map(|score| -score).collect();
    let two = [runs[3].clone(), (runs[3].0.clone(), runs[3].1.clone(), worst)];
    let columns = columns(&two);
    let problem = Problem::new(&columns, &base(), Measure::Ndcg(10), &qrels).unwrap();
    let space = Space { methods: vec![Method::CombSum], normalizations: vec![], parts: Some(4) };
    let found = problem.search(&space, Search::Grid, 5, 0, |_| true).unwrap();
    assert!(found.p_value < 0.01 && found.warning().is_none(), "{found:?}");
    assert!(found.fusion().weight(0, 2) > 0.5);
}

#[test]
fn what_cannot_be_searched_is_refused() {
    let (runs, qrels) = collection(2);
    let columns = columns(&runs);
    let problem = Problem::new(&columns, &base(), Measure::Ndcg(10), &qrels).unwrap();
    let space = |methods: &[Method], parts| Space { methods: methods.to_vec(), normalizations: vec![], parts };
    let grid = |space: &Space, folds| problem.search(space, Search::Grid, folds, 0, |_| true).unwrap_err();
    assert_eq!(grid(&space(&[], None), 0), Error::EmptySpace);
    assert_eq!(grid(&space(&[Method::Borda], Some(0)), 0), Error::EmptySpace);
    assert_eq!(grid(&space(&[Method::Borda], Some(10)), 1), Error::InvalidFolds { folds: 1, queries: 41 });
    assert_eq!(grid(&space(&[Method::Borda], Some(10)), 42), Error::InvalidFolds { folds: 42, queries: 41 });
    let message = grid(&space(&[Method::Borda], Some(2_000_000)), 0).to_string();
    assert!(
        message.starts_with("search: expected at most 1000000 trials, got 2000001; pass larger steps"),
        "{message}"
    );
    let stopped = problem.search(&space(&[Method::Borda], Some(10)), Search::Grid, 0, 0, |_| false);
    assert_eq!(stopped.unwrap_err(), Error::Stopped);
    assert_eq!(Problem::new(&columns, &base(), Measure::Ndcg(1), &Judged::new()).unwrap_err(), Error::NoQueries);
    let nan = Problem::with_function(&columns, &base(), |_, _: &[(u32, f64)]| f64::NAN).unwrap();
    let error = nan.values(&[base()]).unwrap_err().to_string();
    assert_eq!(error, "query 0, measure: expected a number, got NaN; return a number for every query");
    for name in ["nDCG@0", "R", "P", "", "map@x"] {
        let error = name.parse::<Measure>().unwrap_err().to_string();
        assert!(error.starts_with("measure: expected one of nDCG, nDCG@k"), "{error}");
    }
}
