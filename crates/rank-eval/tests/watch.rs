//! Whoever watches long work hears of all of it, and can stop it.

use std::collections::HashMap;
use std::fs;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use rank_eval::{
    BootstrapOptions, CompareOptions, Duplicates, Error, Measure, Options, Qrels, QrelsBuilder, ReportOptions, Result,
    Run, RunBuilder, Test, Watch, bootstrap_interval_watched, browse_run_watched, compare_watched, coverage_watched,
    evaluate_watched, randomization_test_watched, randomized_tukey_hsd_watched, report_watched, ties_watched,
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
fn writing_counts_lines_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (run, qrels) = (run(20_000, 1.0), qrels(20_000));
    for name in ["run", "run.gz", "run.zst"] {
        let path = folder.path().join(name);
        assert_eq!(watched(|watch| run.write_trec_watched(&path, "tag", watch)), 40_000);
        assert_eq!(watched(|watch| run.write_jsonl_watched(&path, watch)), 40_000);
        assert_eq!(watched(|watch| qrels.write_trec_watched(&path, watch)), 20_000);
        assert_eq!(watched(|watch| qrels.write_beir_watched(&path, watch)), 20_000);
        assert_eq!(watched(|watch| qrels.write_jsonl_watched(&path, watch)), 20_000);
    }
    // Stopped in the midst of the lines.
    let written = AtomicUsize::new(0);
    let path = folder.path().join("stopped");
    let stopped = run.write_trec_watched(&path, "tag", &|lines| {
        let before = written.fetch_add(lines, Ordering::Relaxed);
        if before + lines > 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(matches!(stopped, Err(Error::Interrupted)));
    assert!((1..40_000).contains(&written.into_inner()));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn rows_are_counted_that_are_brought_together_or_chosen() {
    let (first, second, judged, others) = (run(500, 1.0), run(600, 2.0), qrels(500), qrels(600));
    for duplicates in [Duplicates::KeepFirst, Duplicates::KeepLast] {
        assert_eq!(watched(|watch| Run::merge_watched([&first, &second], duplicates, watch)), 2200);
        assert_eq!(watched(|watch| Qrels::merge_watched([&judged, &others], duplicates, watch)), 1100);
    }
    assert_eq!(watched(|watch| Run::merge_watched([&first], Duplicates::Refuse, watch)), 1000);
    assert_eq!(watched(|watch| first.filter_watched(|_, document, _| document == "a", watch)), 1000);
    assert_eq!(watched(|watch| judged.filter_watched(|_, _, grade| grade > 1, watch)), 500);
    let measure: Measure = "INST".parse().unwrap();
    let costs = HashMap::<String, f64>::new();
    assert_eq!(watched(|watch| browse_run_watched(&judged, &second, &measure, &costs, watch)), 500);
    let measures: [Measure; 3] = ["INST".parse().unwrap(), "P(rel=2)@3".parse().unwrap(), "AP".parse().unwrap()];
    assert_eq!(watched(|watch| coverage_watched(&judged, &first, &measures, Options::default(), watch)), 4 * 500);
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
