//! The command line, from arguments to files.

use std::fmt::Write as _;
use std::path::Path;

use rank_fusion::cli::run;

/// Exit code, standard output, standard error.
fn call(arguments: &[&str]) -> (u8, String, String) {
    let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run(&arguments, &mut out, &mut err);
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn runs_are_fused() {
    let folder = tempfile::tempdir().unwrap();
    let a = file(folder.path(), "a.run", "q1 Q0 x 1 2.0 a\nq1 Q0 y 2 1.0 a\n");
    let b = file(folder.path(), "b.run", "q1 Q0 y 1 0.5 b\nq2 Q0 z 1 0.5 b\n");
    let (code, out, err) = call(&["rrf", &a, &b, "--k", "0"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, "q1 Q0 y 1 1.5 rank-fusion\nq1 Q0 x 2 1 rank-fusion\nq2 Q0 z 1 1 rank-fusion\n");

    let fused = folder.path().join("fused.run.gz");
    let fused = fused.to_str().unwrap();
    let options = ["--norm=max", "--weights", "1,2", "--top-k", "1", "--tag", "t", "--threads", "1", "-o", fused];
    let (code, out, _) = call(&[&["weighted_sum", &a, &b], options.as_slice()].concat());
    assert_eq!((code, out.as_str()), (0, ""));
    let (_, out, _) = call(&["combsum", fused, "--norm", "identity"]);
    assert_eq!(out, "q1 Q0 y 1 2.5 rank-fusion\nq2 Q0 z 1 2 rank-fusion\n");

    let twice = file(folder.path(), "twice.run", "q1 Q0 x 1 2.0 a\nq1 Q0 x 2 1.0 a\n");
    let (code, _, err) = call(&["rrf", &twice]);
    assert!(code == 2 && err.contains("got one of position 0 again"), "{err}");
    let (code, out, _) = call(&["rrf", &twice, "--k", "0", "--duplicates", "best"]);
    assert_eq!((code, out.as_str()), (0, "q1 Q0 x 1 1 rank-fusion\n"));
    let (code, _, err) = call(&["rrf", &twice, "--duplicates", "worst"]);
    assert!(code == 1 && err.contains("duplicates: expected one of refused, best, got worst"), "{err}");

    let (code, preset, _) = call(&["fuse", "--compat", "elastic", &a, &b]);
    let (_, same, _) = call(&["rrf", &a, &b, "--depth", "10", "--missing", "published"]);
    assert_eq!((code, preset), (0, same));
}

#[test]
fn a_query_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let a = file(folder.path(), "a.run", "q1 Q0 x 1 2.0 a\nq1 Q0 y 2 1.0 a\n");
    let b = file(folder.path(), "b.run", "q1 Q0 y 1 0.5 b\n");
    let (code, out, err) = call(&["explain", "rrf(k=0)", &a, &b, "--query", "q1", "--top-k", "1"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[1], format!("1\ty\t1.5\t{a}\t2\t1\t0.5\t1\t0.5\t1"));
    assert_eq!(lines[2], format!("1\ty\t1.5\t{b}\t1\t0.5\t1\t1\t1\t-"));
    assert_eq!(lines[5], format!("{a}\t2\t1\t1\t0.5\t-\t-"));
    assert_eq!(lines[6], format!("{b}\t1\t0\t1\t1\ty\tx"));
    let (_, out, _) = call(&["explain", "combmax", &a, &b, "--query", "q1"]);
    assert!(out.ends_with("is not a sum: contributions share it out among the runs.\n"), "{out}");
    let (code, _, err) = call(&["explain", "rrf", &a, "--query", "q9"]);
    assert_eq!(
        (code, err.as_str()),
        (1, "rank-fusion: query: expected a query that a run has, got q9; check the id\n")
    );
}

#[test]
fn weights_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let (mut good, mut bad, mut qrels) = (String::new(), String::new(), String::new());
    for query in 0..12 {
        writeln!(good, "q{query} Q0 a 1 3 g\nq{query} Q0 b 2 1 g\nq{query} Q0 c 3 0 g").unwrap();
        writeln!(bad, "q{query} Q0 b 1 3 b\nq{query} Q0 c 2 2 b\nq{query} Q0 a 3 0 b").unwrap();
        writeln!(qrels, "q{query} 0 a 1").unwrap();
    }
    let (good, bad) = (file(folder.path(), "good.run", &good), file(folder.path(), "bad.run", &bad));
    let qrels = file(folder.path(), "qrels.txt", &qrels);
    let (fused, table) = (folder.path().join("fused.run"), folder.path().join("trials.tsv"));
    let (code, out, err) = call(&[
        "optimize",
        &good,
        &bad,
        "--qrels",
        &qrels,
        "--measure",
        "RR",
        "--methods",
        "combsum,rrf(k=1)",
        "--norms",
        "min_max,z_score(-3, 3)",
        "--folds",
        "3",
        "-o",
        fused.to_str().unwrap(),
        "--table",
        table.to_str().unwrap(),
    ]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.starts_with("trials\t34\nmethod\tcombsum\n"), "{out}");
    assert!(out.contains("RR\t1.0000\nRR of the baseline\t0.5000\nRR on held-out queries\t1.0000"), "{out}");
    assert!(std::fs::read_to_string(fused).unwrap().starts_with("q0 Q0 a 1 "));
    assert_eq!(std::fs::read_to_string(table).unwrap().lines().count(), 35);
    let (code, out, _) = call(&["optimize", &good, &good, "--qrels", &qrels, "--search", "coordinate", "--step", "0"]);
    assert_eq!(code, 0);
    assert!(out.contains("\nwarning\tthe gain over the baseline"), "{out}");
}

#[test]
fn what_is_wrong_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let a = file(folder.path(), "a.run", "q1 Q0 x 1 2.0 a\n");
    let bad = file(folder.path(), "bad.run", "q1 Q0 x 1 high a\n");
    let twice = file(folder.path(), "twice.run", "q1 Q0 x 1 2 a\nq1 Q0 x 2 1 a\n");
    let qrels = file(folder.path(), "qrels.txt", "q1 0 x\n");
    let again = file(folder.path(), "again.txt", "q1 0 x 1\nq1 0 x 1\n");
    let grade = file(folder.path(), "grade.txt", "q1 0 x y\n");
    let bytes = folder.path().join("bytes.run");
    std::fs::write(&bytes, b"q1 Q0 x 1 2.0 a\nq1 Q0 \xff 1 2.0 a\n").unwrap();
    let cases: &[(&[&str], u8, &str)] = &[
        (&["rrf"], 1, "runs: expected at least one file, got none"),
        (&["nonsense", &a], 1, "method: expected one of rrf"),
        (&["--nonsense"], 1, "command: expected a method, fuse, explain"),
        (&["rrf", &a, "--nonsense", "1"], 1, "--nonsense: expected one of --output"),
        (&["rrf", &a, "-x"], 1, "-x: expected a known option"),
        (&["rrf", &a, "--k"], 1, "--k: expected a value, got none"),
        (&["rrf", &a, "--k", "1", "--k", "2"], 1, "--k: expected once, got it twice"),
        (&["rrf", &a, "--k", "x"], 1, "k: expected a number, got x"),
        (&["rrf", &a, "--k=-1"], 1, "k: expected a finite number of at least 0, got -1"),
        (&["borda", &a, "--k", "1"], 1, "k: expected a method that has one"),
        (&["rrf", &a, "--weights", "1,x"], 1, "weights: expected numbers, got x"),
        (&["rrf", &a, "--weights", "1,2"], 1, "weights: expected one for each of 1 lists, got 2"),
        (&["rrf", &a, "--compat", "elastic"], 1, "compat: expected no method beside it"),
        (&["fuse", &a], 1, "compat: expected the name of a preset"),
        (&["fuse", &a, "--compat", "x"], 1, "compat: expected one of"),
        (&["explain", "rrf", &a], 1, "query: expected the id of a query, got none"),
        (&["optimize", &a], 1, "qrels: expected a file of judgments, got none"),
        (&["optimize", &a, "--step", "0.3"], 1, "step: expected a number of which some make 1"),
        (&["optimize", &a, "--search", "x"], 1, "search: expected one of grid, coordinate, random, got x"),
        (&["optimize", &a, "--qrels", &qrels], 2, ":1: expected four fields"),
        (&["optimize", &a, "--qrels", &again], 2, ":2: expected each document judged once for a query"),
        (&["optimize", &a, "--qrels", &grade], 2, ":1: expected an integer as the fourth field, got \"y\""),
        (&["rrf", "/nowhere/none.run"], 2, "/nowhere/none.run: expected a file that can be read"),
        (&["rrf", &a, "-o", "/nowhere/none.run"], 2, "/nowhere/none.run: expected a file that can be written"),
        (&["rrf", &bad], 2, ":1: expected a number as the fifth field, got \"high\""),
        (&["rrf", &qrels], 2, ":1: expected six fields"),
        (&["rrf", bytes.to_str().unwrap()], 2, ":2: expected UTF-8"),
        (&["rrf", &twice], 2, "query \"q1\", lists[0][1]: expected each document once"),
    ];
    for (arguments, expected, message) in cases {
        let (code, _, err) = call(arguments);
        assert!(err.starts_with("rank-fusion: ") && err.contains(message), "{arguments:?}: {err}");
        assert_eq!(code, *expected, "{arguments:?}: {err}");
    }
}

#[test]
fn help_is_there() {
    for arguments in [&[][..], &["--help"], &["help"]] {
        let (code, out, _) = call(arguments);
        assert!(code == 0 && out.contains("rank-fusion optimize RUN... --qrels FILE"));
    }
    assert!(call(&["presets"]).1.contains("elastic"));
    assert_eq!(call(&["rrf", "--", "-x"]).0, 2);
}

#[test]
fn a_preset_is_optimized_and_values_are_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let a = file(folder.path(), "a.run", "q1 Q0 x 1 2.0 a\nq1 Q0 y 2 1.0 a\n");
    let b = file(folder.path(), "b.run", "q1 Q0 y 1 0.5 b\n");
    let qrels = file(folder.path(), "qrels", "q1 0 y 1\n");
    let options = ["--qrels", &qrels, "--folds", "0", "--step", "0.5", "--threads", "1"];
    let (code, out, err) = call(&[&["optimize", &a, &b, "--compat", "qdrant_dbsf"], options.as_slice()].concat());
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("method\tcombsum\nnorm\tthree_sigma_sample\n"), "{out}");
    let (code, _, err) = call(&[&["optimize", &a, &b, "--compat", "nobody"], options.as_slice()].concat());
    assert_eq!(code, 1);
    assert!(err.starts_with("rank-fusion: compat: expected one of "), "{err}");
    let (code, _, err) = call(&["optimize", &a, "--qrels", &qrels, "--folds", "0", "--threads", "0"]);
    assert_eq!(code, 1);
    assert!(err.starts_with("rank-fusion: threads: "), "{err}");

    let options = ["--constant", "0.25", "--floor", "0.125", "--scale", "2"];
    let (code, out, _) = call(&[&["combsum", &a, &b], options.as_slice()].concat());
    assert_eq!((code, out.as_str()), (0, "q1 Q0 x 1 2 rank-fusion\nq1 Q0 y 2 0.75 rank-fusion\n"));
    let (code, _, err) = call(&["combsum", &a, &b, "--constant", "one"]);
    assert_eq!(code, 1);
    assert!(err.starts_with("rank-fusion: constant: expected one of usual"), "{err}");
}
