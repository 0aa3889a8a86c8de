//! Runs and qrels out of columns and of each other, and the forms they are written in.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use rank_eval::{Column, Duplicates, Error, Offsets, Qrels, QrelsBuilder, Run, RunBuilder, Scores};

type Rows = Vec<(String, String, f64)>;

/// Rows in any order, without duplicates; ids of many lengths, numbers among them.
fn rows() -> impl Strategy<Value = Rows> {
    let query = "q[0-9]|-?[1-9][0-9]{0,2}";
    let document = prop_oneof!["[a-c]{1,2}", "[a-z\u{e9}\u{65e5}]{1,40}", "-?[1-9][0-9]{0,17}|0"];
    prop::collection::btree_map((query, document), -4_i8..4, 0..60).prop_map(rows_of).prop_shuffle()
}

fn rows_of(map: BTreeMap<(String, String), i8>) -> Rows {
    map.into_iter().map(|((query, document), score)| (query, document, f64::from(score) / 4.0)).collect()
}

/// The slow way: sorted by query, score descending, document descending.
fn sorted(rows: &Rows) -> Rows {
    let mut sorted = rows.clone();
    sorted.sort_by(|a, b| a.0.cmp(&b.0).then(b.2.total_cmp(&a.2)).then(b.1.cmp(&a.1)));
    sorted
}

fn rows_in(run: &Run) -> Rows {
    let row = |query: &str, (document, score): (&str, f64)| (query.to_owned(), document.to_owned(), score);
    run.queries().flat_map(|query| run.ranked(query).unwrap().map(move |pair| row(query, pair))).collect()
}

fn judgments_in(qrels: &Qrels) -> Vec<(String, String, i64)> {
    let row = |query: &str, (document, grade): (&str, i64)| (query.to_owned(), document.to_owned(), grade);
    qrels.queries().flat_map(|query| qrels.judged(query).unwrap().map(move |pair| row(query, pair))).collect()
}

fn build(rows: &Rows) -> Run {
    let mut builder = RunBuilder::default();
    for (query, document, score) in rows {
        builder.query(query);
        builder.push(document, *score);
    }
    builder.build().unwrap()
}

fn grades(rows: &Rows) -> Qrels {
    let mut builder = QrelsBuilder::default();
    for (query, document, score) in rows {
        builder.query(query);
        builder.push(document, (*score * 4.0) as i64);
    }
    builder.build().unwrap()
}

/// Texts one after the other, after others that are not meant.
struct Texts {
    text: String,
    offsets: Vec<i32>,
}

impl Texts {
    fn new<'a>(texts: impl Iterator<Item = &'a String>) -> Self {
        let mut all = Self { text: "before".to_owned(), offsets: vec![6] };
        for text in texts {
            all.text.push_str(text);
            all.offsets.push(all.text.len() as i32);
        }
        all
    }
}

proptest! {
    #[test]
    fn columns_are_rows(rows in rows()) {
        let expected = sorted(&rows);
        prop_assert_eq!(&rows_in(&build(&rows)), &expected);

        let (queries, documents) = (Texts::new(rows.iter().map(|row| &row.0)), Texts::new(rows.iter().map(|row| &row.1)));
        let scores: Vec<f64> = rows.iter().map(|row| row.2).collect();
        let narrow: Vec<f32> = scores.iter().map(|&score| score as f32).collect();
        let long: Vec<i64> = documents.offsets.iter().map(|&offset| i64::from(offset)).collect();
        let list: Vec<&str> = rows.iter().map(|row| row.0.as_str()).collect();
        let query_column = Column::Text { text: &queries.text, offsets: Offsets::I32(&queries.offsets) };
        let document_columns = [Offsets::I32(&documents.offsets), Offsets::I64(&long)]
            .map(|offsets| Column::Text { text: &documents.text, offsets });
        for query_column in [query_column, Column::List(&list)] {
            for document_column in document_columns {
                for scores in [Scores::F64(&scores), Scores::F32(&narrow)] {
                    prop_assert_eq!(&rows_in(&Run::from_columns(query_column, document_column, scores).unwrap()), &expected);
                }
            }
        }
        let grade: Vec<i64> = scores.iter().map(|score| (score * 4.0) as i64).collect();
        let qrels = Qrels::from_columns(query_column, document_columns[0], &grade).unwrap();
        prop_assert_eq!(judgments_in(&qrels), judgments_in(&grades(&rows)));
    }

    #[test]
    fn numbers_are_their_digits(rows in prop::collection::btree_set((any::<i64>(), any::<i64>()), 0..40)) {
        let (queries, documents): (Vec<i64>, Vec<i64>) = rows.iter().map(|&(query, document)| (query % 3, document)).unzip();
        let scores: Vec<f64> = documents.iter().map(|&document| (document % 5) as f64).collect();
        let run = Run::from_columns(Column::Int(&queries), Column::Int(&documents), Scores::F64(&scores)).unwrap();
        let rows: Rows = (0..rows.len()).map(|row| (queries[row].to_string(), documents[row].to_string(), scores[row])).collect();
        prop_assert_eq!(rows_in(&run), sorted(&rows));
    }

    #[test]
    fn columns_go_out_and_in(rows in rows(), more in prop::collection::btree_set("z[0-9]", 0..3)) {
        let mut builder = RunBuilder::default();
        for (query, document, score) in &rows {
            builder.query(query);
            builder.push(document, *score);
        }
        for query in &more {
            builder.query(query);
        }
        let run = builder.build().unwrap();
        let columns = run.columns();
        let ids: Vec<&str> = columns.queries.iter().map(String::as_str).collect();
        let queries = Column::Repeated { ids: &Column::List(&ids), offsets: &columns.query_offsets };
        prop_assert_eq!(queries.len(), rows.len());
        let documents = Column::Text { text: &columns.text, offsets: Offsets::I64(&columns.text_offsets) };
        let again = Run::from_columns(queries, documents, Scores::F64(&columns.values)).unwrap();
        prop_assert_eq!(again.columns(), columns);
        prop_assert_eq!(again.depths().collect::<Vec<_>>(), run.depths().collect::<Vec<_>>());
    }

    #[test]
    fn slices_cuts_and_filters_are_those_of_the_rows(rows in rows(), depth in 0..5_usize) {
        let run = build(&rows);
        let mut expected = sorted(&rows);
        expected.retain(|row| row.0.starts_with('q'));
        let slice = run.slice(|query| query.starts_with('q'));
        prop_assert_eq!(rows_in(&slice), expected);
        prop_assert_eq!(slice.len(), slice.queries().count());

        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut expected = sorted(&rows);
        expected.retain(|row| {
            let count = seen.entry(row.0.clone()).or_default();
            *count += 1;
            *count <= depth
        });
        let cut = run.cut(depth);
        prop_assert_eq!((cut.document_count(), rows_in(&cut)), (expected.len(), expected));
        prop_assert_eq!(cut.len(), run.len());

        let mut expected = sorted(&rows);
        expected.retain(|row| row.1.len() > 1 && row.2 > 0.0);
        let filtered = run.filter(|_, document, score| document.len() > 1 && score > 0.0).unwrap();
        prop_assert_eq!((rows_in(&filtered), filtered.len()), (expected, run.len()));

        let qrels = grades(&rows);
        let mut expected = judgments_in(&qrels);
        expected.retain(|row| row.0.starts_with('q') && row.2 > 0);
        let kept = qrels.slice(|query| query.starts_with('q')).filter(|_, _, grade| grade > 0).unwrap();
        prop_assert_eq!(judgments_in(&kept), expected);
    }

    #[test]
    fn merged_tables_have_the_rows_of_both(a in rows(), b in rows()) {
        let (first, second) = (build(&a), build(&b));
        let key = |row: &(String, String, f64)| (row.0.clone(), row.1.clone());
        let map = |rows: &Rows| rows.iter().map(|row| (key(row), (row.2 * 4.0) as i8)).collect::<BTreeMap<_, _>>();
        let (ours, theirs) = (map(&a), map(&b));
        let over = |mut map: BTreeMap<_, _>, other: &BTreeMap<_, _>| {
            map.extend(other.clone());
            sorted(&rows_of(map))
        };
        let merged = |policy| Run::merge([&first, &second], policy).map(|run| rows_in(&run));
        prop_assert_eq!(merged(Duplicates::KeepLast).unwrap(), over(ours.clone(), &theirs));
        prop_assert_eq!(merged(Duplicates::KeepFirst).unwrap(), over(theirs.clone(), &ours));
        if ours.keys().any(|key| theirs.contains_key(key)) {
            let refused = matches!(merged(Duplicates::Refuse), Err(Error::DuplicateInTable { table: "run", .. }));
            prop_assert!(refused);
        } else {
            prop_assert_eq!(merged(Duplicates::Refuse).unwrap(), over(ours, &theirs));
        }
        let qrels = Qrels::merge([&grades(&a), &grades(&b)], Duplicates::KeepLast).unwrap();
        let mut expected: Vec<_> =
            merged(Duplicates::KeepLast).unwrap().into_iter().map(|row| (row.0, row.1, (row.2 * 4.0) as i64)).collect();
        expected.sort();
        prop_assert_eq!(judgments_in(&qrels), expected);
    }
}

proptest! {
    // Each case waits for the disk.
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_form_reads_back(rows in rows()) {
        let folder = tempfile::tempdir().unwrap();
        let (run, qrels) = (build(&rows), grades(&rows));
        for ending in ["", ".gz", ".zst"] {
            let path = folder.path().join(format!("run{ending}"));
            run.write_trec(&path, "mine").unwrap();
            let read = Run::read(&path).unwrap();
            prop_assert_eq!(rows_in(&read), rows_in(&run));
            prop_assert_eq!(read.tag(), (!rows.is_empty()).then_some("mine"));
            run.write_jsonl(&path).unwrap();
            prop_assert_eq!(rows_in(&Run::read_with(&path, 1).unwrap()), rows_in(&run));
            let path = folder.path().join(format!("qrels{ending}"));
            for write in [Qrels::write_trec, Qrels::write_beir, Qrels::write_jsonl] {
                write(&qrels, &path).unwrap();
                prop_assert_eq!(judgments_in(&Qrels::read(&path).unwrap()), judgments_in(&qrels));
            }
        }
        let mut bytes = Vec::new();
        run.write_trec_to(&mut bytes, "out", "mine").unwrap();
        prop_assert_eq!(&bytes, &{ run.write_trec(folder.path().join("run"), "mine").unwrap(); fs::read(folder.path().join("run")).unwrap() });
        prop_assert_eq!(rows_in(&Run::from_reader(bytes.as_slice(), "in").unwrap()), rows_in(&run));
        let mut bytes = Vec::new();
        qrels.write_trec_to(&mut bytes, "out").unwrap();
        prop_assert_eq!(judgments_in(&Qrels::from_reader(bytes.as_slice(), "in").unwrap()), judgments_in(&qrels));
    }
}

#[test]
fn the_order_of_ties_outlives_a_filter() {
    let list = [("b", 1.0), ("c", 1.0), ("a", 1.0)];
    let run = Run::from_nested([("q", list)]).unwrap();
    let qrels = Qrels::from_nested([("q", [("a", 1)])]).unwrap();
    let options = rank_eval::Options::default().order(rank_eval::Order::Stable);
    let rr = ["RR".parse::<rank_eval::Measure>().unwrap()];
    let value = |run: &Run| rank_eval::evaluate_with(&qrels, run, &rr, options).unwrap().mean(&rr[0]).unwrap();
    assert_eq!(value(&run), 1.0 / 3.0);
    assert_eq!(value(&run.filter(|_, document, _| document != "b").unwrap()), 1.0 / 2.0);
    assert_eq!(value(&Run::merge([&run], Duplicates::KeepFirst).unwrap()), 1.0 / 3.0);
}

fn refused(queries: Column<'_>, documents: Column<'_>, scores: &[f64]) -> String {
    Run::from_columns(queries, documents, Scores::F64(scores)).unwrap_err().to_string()
}

fn text(offsets: &[i32]) -> Column<'_> {
    Column::Text { text: "aé", offsets: Offsets::I32(offsets) }
}

#[test]
fn bad_columns_are_refused_by_name() {
    let queries = Column::List(&["q1", "q1"]);
    let documents = Column::List(&["a", "b"]);
    let unequal = |column: &str, expected, got| {
        format!("{column}: expected {expected} values, one for each row, got {got}; pass columns of equal length")
    };
    assert_eq!(refused(queries, documents, &[1.0]), unequal("queries", 1, 2));
    assert_eq!(refused(queries, Column::Int(&[1]), &[1.0, 0.5]), unequal("documents", 2, 1));
    let ids = &Column::List(&["q1", "q2"]);
    assert_eq!(
        refused(Column::Repeated { ids, offsets: &[0, 2] }, documents, &[1.0, 0.5]),
        unequal("query offsets", 3, 2)
    );
    assert_eq!(
        refused(queries, documents, &[1.0, f64::NAN]),
        "run['q1']['b']: expected a score, got NaN; drop the document or repair its score"
    );
    let narrow =
        Run::from_columns(Column::Repeated { ids, offsets: &[0, 1, 2] }, documents, Scores::F32(&[1.0, f32::NAN]));
    assert!(matches!(narrow, Err(Error::NanInRun { query, .. }) if query == "q2"));
    assert_eq!(
        refused(queries, Column::Int(&[7, 7]), &[1.0, 0.5]),
        "run['q1']['7']: expected each document once, got it again; drop one of the two"
    );
    let invalid = |argument: &str, position: usize| {
        format!(
            "{argument}[{position}]: expected offsets that ascend from 0, within the text and between its characters, got \
             others; pass the offsets that belong to the text"
        )
    };
    for (offsets, position) in [([0, 2, 3], 0), ([0, 1, 4], 1), ([1, 0, 3], 0), ([-1, 1, 3], 0), ([0, 3, 1], 1)] {
        assert_eq!(refused(queries, text(&offsets), &[1.0, 0.5]), invalid("documents", position), "{offsets:?}");
        assert_eq!(refused(text(&offsets), documents, &[1.0, 0.5]), invalid("queries", position), "{offsets:?}");
    }
    for (offsets, position) in [([0, 3, 2], 1), ([1, 1, 2], 0), ([-2, 0, 2], 0)] {
        let repeated = Column::Repeated { ids, offsets: &offsets };
        assert_eq!(refused(repeated, documents, &[1.0, 0.5]), invalid("queries", position), "{offsets:?}");
    }
    let nested = Column::Repeated { ids: &Column::Repeated { ids, offsets: &[0, 1, 2] }, offsets: &[0, 1, 2] };
    assert_eq!(refused(nested, documents, &[1.0, 0.5]), invalid("queries", 0));
    let repeated = Column::Repeated { ids, offsets: &[0, 1, 2] };
    assert_eq!(refused(queries, repeated, &[1.0, 0.5]), invalid("documents", 0));
    assert!(Qrels::from_columns(queries, documents, &[1]).is_err());
    assert!(Run::from_columns(Column::Int(&[]), Column::Int(&[]), Scores::F64(&[])).unwrap().is_empty());
}

#[test]
fn queries_without_rows_stay() {
    let ids = &Column::List(&["a", "b", "c", "d"]);
    let queries = Column::Repeated { ids, offsets: &[0, 0, 2, 2, 2] };
    let run = Run::from_columns(queries, Column::List(&["x", "y"]), Scores::F64(&[0.5, 0.25])).unwrap();
    assert_eq!(run.depths().collect::<Vec<_>>(), [("a", 0), ("b", 2), ("c", 0), ("d", 0)]);
}

#[test]
fn a_table_of_many_parts_does_not_depend_on_threads() {
    // More rows than a part has, in pieces of queries that lie far from each other.
    let rows = 300_000_i64;
    let queries: Vec<i64> = (0..rows).map(|row| row / 700 % 100).collect();
    let documents: Vec<i64> = (0..rows).map(|row| row * 7_919 % 1_000_003).collect();
    let scores: Vec<f64> = (0..rows).map(|row| (row * 31 % 997) as f64).collect();
    let build = |threads| {
        let mut builder = RunBuilder::default().threads(threads);
        builder.extend_columns(Column::Int(&queries), Column::Int(&documents), Scores::F64(&scores)).unwrap();
        builder.build().unwrap().columns()
    };
    let one = build(1);
    assert_eq!(one.queries.len(), 100);
    assert_eq!(build(3), one);
    let mut rows = RunBuilder::default();
    for row in 0..queries.len() {
        rows.query(&queries[row].to_string());
        rows.push(&documents[row].to_string(), scores[row]);
    }
    assert_eq!(rows.build().unwrap().columns(), one);
}

#[test]
fn lines_of_json() {
    let read = |text: &str| Run::from_reader(text.as_bytes(), "run");
    let text = "# a comment\n{\"score\": 1, \"doc_id\": 7, \"query_id\": \"q\", \"more\": null}\n\n { \"query_id\": \"q\", \
                \"doc_id\": \"\\u00e9\", \"score\": -0.5}\n";
    assert_eq!(read(text).unwrap().ranked("q").unwrap().collect::<Vec<_>>(), [("7", 1.0), ("é", -0.5)]);
    let advice = "a line is {\"query_id\": \"q1\", \"doc_id\": \"d1\", \"score\": 1}";
    let first = "{\"query_id\": \"q\", \"doc_id\": \"d\", \"score\": 1}\n";
    let error = |line: &str| read(&format!("{first}{line}")).unwrap_err().to_string();
    for (line, message) in [
        ("{\"doc_id\": \"d\", \"score\": 1}", "expected a text or an integer as query_id, got none"),
        ("{\"query_id\": \"q\", \"doc_id\": [1], \"score\": 1}", "expected a text or an integer as doc_id, got [1]"),
        ("{\"query_id\": \"q\", \"doc_id\": \"e\", \"score\": \"1\"}", "expected a number as score, got \"1\""),
        ("{\"query_id\": \"q\", \"doc_id\": \"e\"}", "expected a number as score, got none"),
    ] {
        assert_eq!(error(line), format!("run:2: {message}; {advice}"));
    }
    assert!(error("{\"query_id\"").starts_with("run:2: expected JSON, got "));
    assert_eq!(
        error(first),
        "run:2: expected each document once per query, got document \"d\" of query \"q\" of line 1 again; drop one of the \
         two lines"
    );
    let grade = "{\"query_id\": \"q\", \"doc_id\": \"d\", \"score\": 0.5}";
    assert_eq!(
        Qrels::from_reader(grade.as_bytes(), "qrels").unwrap_err().to_string(),
        format!("qrels:1: expected a whole number as score, got 0.5; {advice}")
    );
}

#[test]
fn what_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let infinite = Run::from_nested([("q", [("a", f64::INFINITY)])]).unwrap();
    assert_eq!(
        infinite.write_jsonl(&path).unwrap_err().to_string(),
        "run['q']['a']: expected a finite score to write as JSON, got inf; write the TREC form"
    );
    infinite.write_trec(&path, "t").unwrap();
    assert_eq!(Run::read(&path).unwrap().ranked("q").unwrap().next(), Some(("a", f64::INFINITY)));
    fs::remove_file(&path).unwrap();
    let comment = "query id: expected a word that does not begin with #, got \"#1\"; rename it";
    let run = Run::from_nested([("#1", [("#a", 1.0)])]).unwrap();
    assert_eq!(run.write_trec(&path, "t").unwrap_err().to_string(), comment);
    let qrels = Qrels::from_nested([("#1", [("#a", 1)])]).unwrap();
    assert_eq!(qrels.write_trec(&path).unwrap_err().to_string(), comment);
    assert_eq!(qrels.write_beir(&path).unwrap_err().to_string(), comment);
    // The first line says what a file is.
    for begin in ["{\"a\"}", "\u{feff}q", "PAR1\u{15}", "BZh91AY&SY-and-more"] {
        let other = format!(
            "query id: expected a word that does not begin as JSON, or as a file that is no text, got {begin:?}; rename it, \
             or write lines of JSON"
        );
        let run = Run::from_nested([(begin, [("a", 1.0)])]).unwrap();
        assert_eq!(run.write_trec(&path, "t").unwrap_err().to_string(), other);
        let qrels = Qrels::from_nested([(begin, [("a", 1)])]).unwrap();
        assert_eq!(qrels.write_trec(&path).unwrap_err().to_string(), other);
        qrels.write_beir(&path).unwrap();
        assert_eq!(Qrels::read(&path).unwrap().queries().collect::<Vec<_>>(), [begin]);
        run.write_jsonl(&path).unwrap();
        assert_eq!(Run::read(&path).unwrap().queries().collect::<Vec<_>>(), [begin]);
        fs::remove_file(&path).unwrap();
    }
    let tab = Qrels::from_nested([("q", [("a\tb", 1)])]).unwrap();
    assert!(matches!(tab.write_beir(&path), Err(Error::NotAWord { argument: "document id", .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn damaged_archives_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zst");
    let rows: Rows = (0..500).map(|row| ("q".to_owned(), format!("d{row}"), f64::from(row))).collect();
    build(&rows).write_trec(&path, "t").unwrap();
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let error = Run::read(&path).unwrap_err().to_string();
    assert!(
        error
            .ends_with("expected whole zstd data, got the error \"incomplete frame\"; copy or download the file again"),
        "{error}"
    );
}
