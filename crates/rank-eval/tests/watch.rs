//! Whoever watches long work hears of all of it, and can stop it.

use std::fs;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use rank_eval::{
    BootstrapOptions, CompareOptions, Error, Measure, Options, Qrels, QrelsBuilder, ReportOptions, Result, Run,
    RunBuilder, Test, Watch, bootstrap_interval_watched, compare_watched, evaluate_watched, randomization_test_watched,
    randomized_tukey_hsd_watched, report_watched, ties_watched,
};

/// What work says of itself: whether it finishes, in how many steps, and what becomes of it when it is stopped at once.
fn watched<T>(work: impl Fn(&Watch<'_>) -> Result<T>) -> usize {
    let done = AtomicUsize::new(0);
    work(&|steps| {
        done.fetch_add(steps, Ordering::Relaxed);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(matches!(work(&|_| ControlFlow::Break(())), Err(Error::Interrupted)));
    done.into_inner()
}

fn names(queries: usize) -> Vec<String> {
    (0..queries).map(|query| format!("q{query}")).collect()
}

fn qrels(queries: usize) -> Qrels {
    Qrels::from_nested(names(queries).iter().map(|query| (query, [("a", 1)]))).unwrap()
}

fn run(queries: usize, best: f64) -> Run {
    let names = names(queries);
    let lists = names.iter().enumerate().map(|(query, name)| (name, [("a", best), ("b", (query % 3) as f64)]));
    Run::from_nested(lists).unwrap()
}

#[test]
fn reading_counts_the_bytes_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    // More than a chunk.
    let run = run(30_000, 1.0);
    let qrels = qrels(30_000);
    for name in ["run", "run.gz", "run.zst", "run.jsonl"] {
        let path = folder.path().join(name);
        let write = if name.ends_with("jsonl") { run.write_jsonl(&path) } else { run.write_trec(&path, "tag") };
        write.unwrap();
        let size = fs::metadata(&path).unwrap().len() as usize;
        assert_eq!(watched(|watch| Run::read_watched(&path, 2, watch)), size, "{name}");
        qrels.write_trec(&path).unwrap();
        let size = fs::metadata(&path).unwrap().len() as usize;
        assert_eq!(watched(|watch| Qrels::read_watched(&path, 2, watch)), size, "{name}");
    }
}

#[test]
fn building_can_be_stopped() {
    let mut run = RunBuilder::default();
    run.query("q");
    run.push("a", 1.0);
    assert_eq!(watched(|watch| run.clone().build_watched(watch)), 0);
    let mut qrels = QrelsBuilder::default();
    qrels.query("q");
    qrels.push("a", 1);
    assert_eq!(watched(|watch| qrels.clone().build_watched(watch)), 0);
}

#[test]
fn evaluations_count_judged_queries() {
    let (qrels, run) = (qrels(700), run(600, 1.0));
    let measures: [Measure; 2] = ["nDCG@10".parse().unwrap(), "RR".parse().unwrap()];
    assert_eq!(watched(|watch| evaluate_watched(&qrels, &run, &measures, Options::default(), watch)), 700);
    assert_eq!(watched(|watch| ties_watched(&qrels, &run, &measures, Options::default(), watch)), 5 * 700);
}

#[test]
fn comparisons_count_pairs() {
    let folder = tempfile::tempdir().unwrap();
    let qrels = qrels(40);
    let (first, second, third) = (run(40, 1.0), run(40, 0.5), run(40, 1.5));
    let runs = [("first", &first), ("second", &second), ("third", &third)];
    let measures: [Measure; 2] = ["nDCG@10".parse().unwrap(), "RR".parse().unwrap()];
    for test in [Test::PairedT, Test::Randomization, Test::RandomizedTukeyHsd] {
        let options = CompareOptions::default().test(test).permutations(100);
        assert_eq!(watched(|watch| compare_watched(&qrels, &runs, &measures, options.clone(), watch)), 6);
        let options = ReportOptions::default().compare(options);
        let path = folder.path().join("report.html");
        assert_eq!(watched(|watch| report_watched(&path, &qrels, &runs, &measures, options.clone(), watch)), 6);
    }
}

#[test]
fn statistics_count_what_they_draw() {
    let a: Vec<f64> = (0..50).map(f64::from).collect();
    let b: Vec<f64> = a.iter().map(|value| (value * 7.0) % 50.0).collect();
    assert_eq!(watched(|watch| randomization_test_watched(&a, &b, 5000, 1, watch)), 5000);
    let options = BootstrapOptions::default().resamples(777);
    assert_eq!(watched(|watch| bootstrap_interval_watched(&a, Some(&b), options, watch)), 777);
    assert_eq!(watched(|watch| randomized_tukey_hsd_watched(&[&a, &b], 333, 1, watch)), 333);
}
