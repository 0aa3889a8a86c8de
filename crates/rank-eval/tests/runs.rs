//! Runs and qrels: files, orders, missing queries, the names of measures, and a real track.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use rank_eval::{Error, Measure, MissingQueries, Options, Qrels, Run, evaluate, evaluate_with, ndcg_at_k};

type Nested<V> = BTreeMap<String, BTreeMap<String, V>>;

fn nested<V: std::fmt::Debug>(value: impl Strategy<Value = V>) -> impl Strategy<Value = Nested<V>> {
    let documents = prop::collection::btree_map("[a-c]{1,2}", value, 1..12);
    prop::collection::btree_map("q[0-9]{1,2}", documents, 1..6)
}

fn to_nested(run: &Run) -> Vec<(String, Vec<(String, u64)>)> {
    run.queries()
        .map(|query| {
            let ranked = run.ranked(query).unwrap();
            (query.to_owned(), ranked.map(|(id, score)| (id.to_owned(), score.to_bits())).collect())
        })
        .collect()
}

fn measures(names: &[&str]) -> Vec<Measure> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

proptest! {
    #[test]
    fn what_is_written_reads_back_to_the_bit(run in nested(any::<f64>().prop_filter("a score", |s| !s.is_nan()))) {
        let run = Run::from_nested(&run).unwrap();
        let folder = tempfile::tempdir().unwrap();
        for name in ["run.txt", "run.gz"] {
            let path = folder.path().join(name);
            run.write_trec(&path, "tag").unwrap();
            prop_assert_eq!(to_nested(&Run::read(&path).unwrap()), to_nested(&run));
        }
        prop_assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_run_is_its_lists(run in nested(-2_i8..3), qrels in nested(-1_i32..4)) {
        let run: Nested<f64> =
            run.into_iter().map(|(q, docs)| (q, docs.into_iter().map(|(d, s)| (d, f64::from(s))).collect())).collect();
        let ndcg = measures(&["ndcg@3"]);
        let result = evaluate(&Qrels::from_nested(&qrels).unwrap(), &Run::from_nested(&run).unwrap(), &ndcg);
        if !qrels.keys().any(|query| run.contains_key(query)) {
            let refused = matches!(result, Err(Error::NoCommonQuery { .. }));
            prop_assert!(refused);
            return Ok(());
        }
        let evaluation = result.unwrap();
        let queries: Vec<&String> = qrels.keys().collect();
        prop_assert_eq!(evaluation.queries().iter().collect::<Vec<_>>(), queries);
        for (query, value) in evaluation.queries().iter().zip(evaluation.values(&ndcg[0]).unwrap()) {
            let mut list: Vec<(&String, f64)> =
                run.get(query).map_or(Vec::new(), |list| list.iter().map(|(id, score)| (id, *score)).collect());
            list.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(a.0)));
            let judged: HashMap<&String, i32> = qrels[query].iter().map(|(id, grade)| (id, *grade)).collect();
            prop_assert_eq!(*value, ndcg_at_k(&list, &judged, 3).unwrap());
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(run in nested(-2_i8..3)) {
        let forward: Vec<(String, Vec<(String, f32)>)> = run
            .iter()
            .map(|(q, docs)| (q.clone(), docs.iter().map(|(d, s)| (d.clone(), f32::from(*s))).collect()))
            .collect();
        let mut backward = forward.clone();
        backward.reverse();
        for (_, docs) in &mut backward {
            docs.reverse();
        }
        let forward = Run::from_nested(forward).unwrap();
        prop_assert_eq!(to_nested(&forward), to_nested(&Run::from_nested(backward).unwrap()));
    }
}

#[test]
fn ties_are_broken_by_id_descending() {
    let run = Run::from_nested([("q", [("b", 0.0), ("a", -0.0), ("c", 0.0), ("d", -1.0)])]).unwrap();
    assert_eq!(run.ranked("q").unwrap().map(|(id, _)| id).collect::<Vec<_>>(), ["c", "b", "a", "d"]);
    assert!(run.ranked("other").is_none());
    assert_eq!((run.len(), run.document_count(), run.is_empty()), (1, 4, false));
}

#[test]
fn missing_and_unjudged_queries_are_told() {
    let qrels = Qrels::from_nested([("q1", [("a", 1)]), ("q2", [("a", 1)])]).unwrap();
    let run = Run::from_nested([("q0", [("a", 1.0)]), ("q1", [("a", 1.0)])]).unwrap();
    let p = measures(&["P@1"]);

    let zero = evaluate(&qrels, &run, &p).unwrap();
    assert_eq!((zero.mean(&p[0]), zero.values(&p[0])), (Some(0.5), Some([1.0, 0.0].as_slice())));
    assert_eq!((zero.missing(), zero.unjudged()), (["q2".to_owned()].as_slice(), ["q0".to_owned()].as_slice()));
    assert_eq!(zero.mean(&measures(&["P@2"])[0]), None);

    let options = Options::default().missing_queries(MissingQueries::Skip);
    let skip = evaluate_with(&qrels, &run, &p, options).unwrap();
    assert_eq!((skip.mean(&p[0]), skip.queries()), (Some(1.0), ["q1".to_owned()].as_slice()));
    assert_eq!((skip.missing(), skip.unjudged()), (zero.missing(), zero.unjudged()));
}

#[test]
fn an_evaluation_needs_a_common_query() {
    let qrels = Qrels::from_nested([("q1", [("a", 1)])]).unwrap();
    let other = Run::from_nested([("1", [("a", 1.0)])]).unwrap();
    let empty = Run::from_nested(Vec::<(&str, Vec<(&str, f64)>)>::new()).unwrap();
    let p = measures(&["P@1"]);
    let error = evaluate(&qrels, &other, &p).unwrap_err().to_string();
    assert_eq!(
        error,
        "run: expected at least one query that the qrels judge, got 1 query, which is not among the 1 judged; \
         check that both use the same query ids"
    );
    // An empty run found nothing, which is a result.
    assert_eq!(evaluate(&qrels, &empty, &p).unwrap().mean(&p[0]), Some(0.0));
    let options = Options::default().missing_queries(MissingQueries::Skip);
    assert!(matches!(evaluate_with(&qrels, &empty, &p, options), Err(Error::NoCommonQuery { .. })));
    let nothing = Qrels::from_nested(Vec::<(&str, Vec<(&str, i32)>)>::new()).unwrap();
    assert!(matches!(evaluate(&nothing, &empty, &p), Err(Error::NoCommonQuery { .. })));
}

#[test]
fn bad_tables_are_refused_by_place() {
    let error = Run::from_nested([("q1", [("d1", 1.0), ("d3", f64::NAN)])]).unwrap_err();
    assert_eq!(error.to_string(), "run['q1']['d3']: expected a score, got NaN; drop the document or repair its score");
    let error = Run::from_nested([("q1", [("d1", 1.0), ("d1", 0.0)])]).unwrap_err();
    assert_eq!(error.to_string(), "run['q1']['d1']: expected each document once, got it again; drop one of the two");
    let error = Qrels::from_nested([("q1", [("d1", 1), ("d1", 1)])]).unwrap_err();
    assert_eq!(error.to_string(), "qrels['q1']['d1']: expected each document once, got it again; drop one of the two");
}

fn write(folder: &Path, text: impl AsRef<[u8]>) -> std::path::PathBuf {
    let path = folder.join("file");
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn bad_lines_are_refused_by_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let at = |line: usize, text: &str| format!("{}:{line}: {text}", path.display());

    let run = |text: &str| Run::read(write(folder.path(), text)).unwrap_err().to_string();
    let advice = "a line of a run is \"query Q0 document rank score tag\"";
    assert_eq!(run("q Q0 a 1 0.5 t\nq Q0 b 2\n"), at(2, &format!("expected 6 columns, got 4; {advice}")));
    assert_eq!(run("q Q0 a 1 0.5 t u"), at(1, &format!("expected 6 columns, got 7; {advice}")));
    assert_eq!(run("# a comment\n\nq Q0 a 1 0.5\n"), at(3, &format!("expected 6 columns, got 5; {advice}")));
    for bad in ["high", "nan", "NaN", "0,5", "1e"] {
        let expected = format!("expected a score in column 5, got {bad:?}; {advice}");
        assert_eq!(run(&format!("q Q0 a 1 {bad} t\n")), at(1, &expected));
    }
    assert_eq!(
        run("p Q0 a 1 1 t\nq Q0 a 1 1 t\np Q0 b 1 1 t\nq Q0 a 1 1 t\np Q0 a 1 1 t\n"),
        at(
            4,
            "expected each document once per query, got document \"a\" of query \"q\" of line 2 again; drop one of the two lines"
        )
    );
    let error = Run::read(write(folder.path(), b"q Q0 \xff 1 1 t\n")).unwrap_err().to_string();
    assert_eq!(error, at(1, "expected UTF-8, got other bytes; convert the file to UTF-8"));

    let qrels = |text: &str| Qrels::read(write(folder.path(), text)).unwrap_err().to_string();
    let advice = "a line of qrels is \"query iteration document grade\"";
    assert_eq!(qrels("q 0 a 1\nq 0 b"), at(2, &format!("expected 4 columns, got 3; {advice}")));
    assert_eq!(
        qrels("q 0 a 1.0"),
        at(1, &format!("expected a whole number as grade in the last column, got \"1.0\"; {advice}"))
    );
    assert_eq!(
        qrels("query-id\tcorpus-id\tscore\nq\ta\t1\nq\ta\t2\n"),
        at(
            3,
            "expected each document once per query, got document \"a\" of query \"q\" of line 2 again; drop one of the two lines"
        )
    );
    assert_eq!(
        qrels("query-id\tcorpus-id\tscore\nq a 1\n"),
        at(2, "expected 3 columns, got 1; a line of BEIR qrels is query, document and grade, separated by tabs")
    );
}

#[test]
fn files_that_cannot_be_read_or_written() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing").join("run.txt");
    let Err(Error::File { action: "read", source, .. }) = Run::read(&missing) else { panic!("there is no such file") };
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
    assert!(Qrels::read(&missing).unwrap_err().to_string().contains("run.txt: expected a file to read, got the error"));

    let run = Run::from_nested([("q", [("a", 1.0)])]).unwrap();
    assert!(matches!(run.write_trec(&missing, "t"), Err(Error::File { action: "write", .. })));
    assert!(matches!(run.write_trec("/", "t"), Err(Error::File { action: "write", .. })));
    let path = folder.path().join("run.txt");
    assert_eq!(
        run.write_trec(&path, "my run").unwrap_err().to_string(),
        "tag: expected a word without white space, got \"my run\"; rename it"
    );
    let spaced = Run::from_nested([("q", [("a b", 1.0)])]).unwrap();
    assert!(matches!(spaced.write_trec(&path, "t"), Err(Error::NotAWord { argument: "document id", .. })));
    let unnamed = Run::from_nested([("", [("a", 1.0)])]).unwrap();
    assert!(matches!(unnamed.write_trec(&path, "t"), Err(Error::NotAWord { argument: "query id", .. })));
    // Truncated gzip.
    fs::write(&path, [0x1f, 0x8b, 8, 0, 0]).unwrap();
    assert!(matches!(Run::read(&path), Err(Error::DamagedFile { format: "gzip", .. })));
    for (bytes, what) in [
        (b"PAR1\x15\x04\x15".as_slice(), "a Parquet file; read it with pandas, polars or pyarrow, and pass the table"),
        (b"ARROW1\0\0", "a file of Arrow or Feather; read it with pandas, polars or pyarrow, and pass the table"),
        (b"PK\x03\x04", "a zip archive; unpack it"),
        (b"BZh91AY&SY", "a bzip2 file; unpack it"),
        (b"\xfd7zXZ\0\0\x04", "an xz file; unpack it"),
        (b"\x04\"M\x18\x64", "an LZ4 file; unpack it"),
        (b"\xff\xfeq\0", "UTF-16; convert it to UTF-8"),
        (b"\xfe\xff\0q", "UTF-16; convert it to UTF-8"),
    ] {
        let error = Run::from_reader(bytes, "run").unwrap_err();
        assert_eq!(error.to_string(), format!("run: expected lines of text, plain, gzip or zstd, got {what}"));
        assert!(matches!(error, Error::NoTextFile { .. }));
    }
    // Ids that begin as such files do.
    for id in ["PAR1", "ARROW1", "PK", "BZh91AY"] {
        let run = Run::from_reader(format!("{id} Q0 d 1 2 t").as_bytes(), "run").unwrap();
        assert_eq!(run.queries().collect::<Vec<_>>(), [id]);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_byte_order_mark_is_no_part_of_an_id() {
    let run = Run::from_reader("\u{feff}q Q0 d 1 2 t\n".as_bytes(), "run").unwrap();
    assert_eq!(run.queries().collect::<Vec<_>>(), ["q"]);
    let run = Run::from_reader("\u{feff}# runs\nq Q0 d 1 2 t\n".as_bytes(), "run").unwrap();
    assert_eq!(run.queries().collect::<Vec<_>>(), ["q"]);
    let qrels = Qrels::from_reader("\u{feff}query-id\tcorpus-id\tscore\nq\td\t1\n".as_bytes(), "qrels").unwrap();
    assert_eq!(qrels.queries().collect::<Vec<_>>(), ["q"]);
    assert!(Run::from_reader("\u{feff}".as_bytes(), "run").unwrap().is_empty());
}

#[test]
fn files_in_their_forms() {
    let folder = tempfile::tempdir().unwrap();
    let judged = |text: &str| {
        let qrels = Qrels::read(write(folder.path(), text)).unwrap();
        qrels.judged("q1").unwrap().map(|(id, grade)| (id.to_owned(), grade)).collect::<Vec<_>>()
    };
    let expected = [("d 1".to_owned(), 2), ("d2".to_owned(), -1)];
    assert_eq!(judged("query-id\tcorpus-id\tscore\r\nq1\td2\t-1\r\nq1\td 1\t2\r\n"), expected);
    assert_eq!(judged("q1  0\td2 -1\nq1 Q0 d1 2")[1], expected[1]);

    let run = Run::read(write(folder.path(), "q2 Q0 a 7 -1e3 t\nq1 0 b 1 .5 t\r\nq2 Q0 b 1 +2. t")).unwrap();
    assert_eq!(run.queries().collect::<Vec<_>>(), ["q1", "q2"]);
    assert_eq!(run.ranked("q2").unwrap().collect::<Vec<_>>(), [("b", 2.0), ("a", -1000.0)]);
    let path = folder.path().join("out");
    run.write_trec(&path, "tag").unwrap();
    let lines = "q1 Q0 b 1 0.5 tag\nq2 Q0 b 1 2.0 tag\nq2 Q0 a 2 -1000.0 tag\n";
    assert_eq!(fs::read_to_string(path).unwrap(), lines);
}

#[test]
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn the_deep_learning_track_of_2021() {
    let Some(data) = std::env::var_os("RANK_DATA_DIR") else {
        println!("skipped: RANK_DATA_DIR is not set");
        return;
    };
    let folder = Path::new(&data).join("trec-dl21");
    let qrels = Qrels::read(folder.join("qrels.txt")).unwrap();
    assert_eq!((qrels.len(), qrels.judgment_count()), (53, 10_828));
    let run = Run::read(folder.join("runs").join("p_bm25.gz")).unwrap();
    let ndcg = measures(&["nDCG@10"]);
    let evaluation = evaluate(&qrels, &run, &ndcg).unwrap();
    // The official figure.
    assert_eq!(format!("{:.4}", evaluation.mean(&ndcg[0]).unwrap()), "0.4458");
    assert_eq!((evaluation.missing().len(), evaluation.unjudged().len()), (0, run.len() - 53));
}
