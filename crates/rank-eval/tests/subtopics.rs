//! Measures of diversity: values of ndeval, the reader, and what is refused.

use std::io::Write;
use std::path::Path;

use rank_eval::{Error, Measure, MissingQueries, Options, Order, Run, SubtopicQrels, evaluate_subtopics};

fn measures(names: &str) -> Vec<Measure> {
    Measure::parse_many(names).unwrap()
}

fn qrels() -> SubtopicQrels {
    SubtopicQrels::from_rows([("0", "a", "A", 1), ("0", "b", "B", 1), ("0", "b", "D", 1), ("0", "c", "C", 1)]).unwrap()
}

fn run() -> Run {
    Run::from_nested([("0", vec![("A", 9.3), ("D", 8.4), ("E", 8.1), ("B", 7.6)])]).unwrap()
}

/// `ndeval qrels.txt run.txt > ndeval.csv`, the program of github.com/seanmacavaney/pyndeval at its version 0.0.6.
#[test]
fn values_of_ndeval() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/subtopics");
    let qrels = SubtopicQrels::read(folder.join("qrels.txt")).unwrap();
    let run = Run::read(folder.join("run.txt")).unwrap();
    let golden = std::fs::read_to_string(folder.join("ndeval.csv")).unwrap();
    let mut lines = golden.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names: Vec<String> =
        lines.next().unwrap()[2..].iter().map(|name| name.replace('-', "_").replace("MAP_IA", "AP_IA")).collect();
    let measures = measures(&names.join(" "));
    let evaluation = evaluate_subtopics(&qrels, &run, &measures, Options::default()).unwrap();
    let queries: Vec<&str> = evaluation.queries().iter().map(String::as_str).collect();
    assert_eq!(queries, ["1", "2", "3", "4", "5", "6", "7"]);
    for line in lines.filter(|line| line[1] != "amean") {
        let place = queries.iter().position(|query| *query == line[1]).unwrap();
        for (measure, &value) in measures.iter().zip(&line[2..]) {
            let ours = evaluation.values(measure).unwrap()[place];
            assert_eq!(format!("{ours:.6}"), value, "{measure} of {}", line[1]);
        }
    }
}

#[test]
fn levels_and_condensed_lists() {
    let qrels =
        SubtopicQrels::from_rows([("q", "1", "a", 1), ("q", "1", "b", 2), ("q", "2", "c", 0), ("q", "2", "d", 2)])
            .unwrap();
    let run = Run::from_nested([("q", vec![("x", 5.0), ("a", 4.0), ("c", 3.0), ("b", 2.0)])]).unwrap();
    let value = |name: &str| {
        let measure = measures(name);
        evaluate_subtopics(&qrels, &run, &measure, Options::default()).unwrap().mean(&measure[0]).unwrap()
    };
    assert_eq!(value("StRecall@2"), 0.5);
    assert_eq!(value("StRecall(rel=2)@2"), 0.0);
    assert_eq!(value("StRecall(rel=2)@4"), 0.5);
    assert_eq!(value("StRecall(rel=3)"), 0.0);
    assert_eq!(value("StRecall(judged_only=True)@1"), 0.5);
    assert_eq!(value("P_IA(judged_only=True)@1"), 0.5);
}

#[test]
fn missing_and_unjudged_queries_are_told() {
    let qrels = SubtopicQrels::from_rows([("q1", "1", "a", 1), ("q2", "1", "a", 1)]).unwrap();
    let run = Run::from_nested([("q0", [("a", 1.0)]), ("q1", [("a", 1.0)])]).unwrap();
    let recall = measures("StRecall@1");
    let zero = evaluate_subtopics(&qrels, &run, &recall, Options::default()).unwrap();
    assert_eq!(zero.values(&recall[0]), Some([1.0, 0.0].as_slice()));
    assert_eq!((zero.missing(), zero.unjudged()), (["q2".to_owned()].as_slice(), ["q0".to_owned()].as_slice()));
    let skip =
        evaluate_subtopics(&qrels, &run, &recall, Options::default().missing_queries(MissingQueries::Skip)).unwrap();
    assert_eq!(skip.mean(&recall[0]), Some(1.0));
    let other = Run::from_nested([("q3", [("a", 1.0)])]).unwrap();
    let error = evaluate_subtopics(&qrels, &other, &recall, Options::default()).unwrap_err();
    assert!(matches!(error, Error::NoCommonQuery { .. }));
}

#[test]
fn the_kinds_of_judgments_are_not_mixed() {
    let error = evaluate_subtopics(&qrels(), &run(), &measures("nDCG@10"), Options::default()).unwrap_err().to_string();
    assert_eq!(
        error,
        "measure: expected one over subtopics, such as alpha_nDCG@10, got nDCG@10; evaluate it over Qrels"
    );
    let plain = rank_eval::Qrels::from_nested([("0", [("A", 1)])]).unwrap();
    let error = rank_eval::evaluate(&plain, &run(), &measures("alpha_nDCG@10")).unwrap_err().to_string();
    assert_eq!(
        error,
        "measure: expected one of plain judgments, got alpha_nDCG@10, which needs subtopics; evaluate it over SubtopicQrels"
    );
}

#[test]
fn files_are_read_and_faults_have_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let write = |text: &str| {
        let path = folder.path().join("qrels");
        std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
        SubtopicQrels::read(path).map_err(|error| error.to_string())
    };
    assert_eq!(write("0 a A 1\n0\tb  B 1\r\n\n0 b D 1\n0 c C 1").unwrap(), qrels());
    let query = write("q 2 a 1\nq 1 a 1\n").unwrap();
    assert_eq!((query.len(), query.queries().next(), query.is_empty()), (1, Some("q"), false));
    assert_eq!(query.subtopics("q").unwrap(), ["1", "2"]);
    for (text, message) in [
        ("q 1 a 1\nq 1 a\n", ":2: expected 4 columns, got 3 columns; write query, subtopic, document and grade"),
        ("q 1 a x\n", ":1: expected a whole number as grade, got \"x\"; correct the fourth column"),
        ("q 1 a 1\nq 1 a 2\n", "qrels['q']['1']['a']: expected each document once, got it again; drop one of the two"),
    ] {
        let error = write(text).unwrap_err();
        assert!(error.ends_with(message), "{error}");
    }
    let missing = SubtopicQrels::read(folder.path().join("none")).unwrap_err();
    assert!(matches!(missing, Error::File { .. }));
}

#[test]
fn options_are_those_of_an_evaluation() {
    let qrels = SubtopicQrels::from_rows([("q", "1", "a", 1), ("q", "2", "c", 2)]).unwrap();
    // One score, or one as f32: c, b, a by id, and a, c, b as they came in.
    let run = Run::from_nested([("q", vec![("a", 1.0), ("c", 1.0 + 1e-12), ("b", 1.0)])]).unwrap();
    let value = |name: &str, options: Options| {
        let measure = measures(name);
        evaluate_subtopics(&qrels, &run, &measure, options).map(|evaluation| evaluation.mean(&measure[0]).unwrap())
    };
    let usual = Options::default();
    let v9 = usual.compat(Some(rank_eval::TrecEval::V9));
    assert_eq!(value("P_IA@2", usual).unwrap(), 0.25);
    assert_eq!(value("P_IA@2", usual.order(Order::DocidAsc)).unwrap(), 0.5);
    assert_eq!(value("P_IA@1", v9.order(Order::DocidAsc)).unwrap(), 0.5);
    assert_eq!(value("StRecall(rel=2)@1", v9.order(Order::DocidAsc)).unwrap(), 0.0);
    assert_eq!(value("StRecall(rel=2)@2", v9.order(Order::DocidAsc)).unwrap(), 0.0);
    assert_eq!(value("StRecall(rel=2)@2", v9.order(Order::Stable)).unwrap(), 1.0);
    assert_eq!(value("P_IA", usual).unwrap(), 1.0 / 3.0);
    assert_eq!(value("P_IA", usual.judged_only(true)).unwrap(), 0.5);
    assert_eq!(value("P_IA", usual.depth(Some(1))).unwrap(), 0.5);
    assert_eq!(value("P_IA", usual.depth(Some(0))).unwrap(), 0.0);
    assert_eq!(value("AP_IA@2", usual).unwrap(), 0.5);
    assert_eq!(value("AP_IA", usual).unwrap(), 2.0 / 3.0);
    assert_eq!(value("StRecall", usual.level(2)).unwrap(), 1.0);
    assert_eq!(value("StRecall", usual.level(3)).unwrap(), 0.0);
    for order in [Order::Expected, Order::Best, Order::Worst] {
        assert_eq!(
            value("P_IA", usual.order(order)).unwrap_err().to_string(),
            "order: expected an order by id or stable, got one by grades, which a document has for each subtopic alone; \
             name another"
        );
    }
}
