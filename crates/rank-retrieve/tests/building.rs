//! Indexes of streams, and such as are built in a file: the same as of documents one by one, to the byte.

use std::fs;
use std::io::Write;
use std::path::Path;

use proptest::prelude::*;
use rank_retrieve::{
    Analyzer, Bm25Builder, Bm25Index, Error, FieldType, Formula, IdCodec, Impacts, JsonFields, JsonVectors, Scoring,
    SparseBuilder, SparseIndex, SparseRows, StoredFields, TextField, field,
};

/// Numbers that look random, the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Ids and terms; some documents are empty, some repeat a term very often.
fn documents(count: usize, terms: u64) -> Vec<(i64, Vec<String>)> {
    let mut random = Random(count as u64);
    let document = |id: usize| {
        let length = random.below(14);
        let mut words: Vec<String> = (0..length)
            .map(|_| {
                let end = 1 + random.below(terms);
                format!("t{}", random.below(end))
            })
            .collect();
        if id % 97 == 3 {
            words.extend(vec![format!("t{}", id % 5); 200 + id % 200]);
        }
        ((id * 7 % 50_021) as i64, words)
    };
    (0..count).map(document).collect()
}

/// Only `index` and `other` may be in the folder: no temporary file.
fn only(folder: &Path, names: &[&str]) {
    let mut found: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    assert_eq!(found, names);
}

fn same<I: Clone + Eq + std::hash::Hash + Ord + Send + Sync + std::fmt::Debug + IdCodec>(
    documents: &[(I, Vec<String>)],
    params: Scoring,
    limit: usize,
) {
    same_in(documents, params, limit, Impacts::F32);
}

fn same_in<I: Clone + Eq + std::hash::Hash + Ord + Send + Sync + std::fmt::Debug + IdCodec>(
    documents: &[(I, Vec<String>)],
    params: Scoring,
    limit: usize,
    impacts: Impacts,
) {
    let folder = tempfile::tempdir().unwrap();
    let (saved, built) = (folder.path().join("saved"), folder.path().join("built"));
    let mut index = Bm25Index::new().with_impacts(impacts);
    let mut builder = Bm25Builder::of(index.clone(), &built, params, limit).unwrap();
    for (id, terms) in documents {
        index.add_document(id.clone(), terms).unwrap();
        builder.add_document(id.clone(), terms).unwrap();
    }
    index.save(&saved, params).unwrap();
    assert_eq!(builder.len(), documents.len());
    let built_index = builder.finish(|_| true).unwrap();
    assert_eq!(built_index.impacts(), impacts);
    assert_eq!(
        built_index.retrieve(&["t0", "t3"], 50, params).unwrap(),
        index.retrieve(&["t0", "t3"], 50, params).unwrap()
    );
    assert!(fs::read(&saved).unwrap() == fs::read(&built).unwrap(), "{} documents, {limit} bytes", documents.len());
    only(folder.path(), &["built", "saved"]);
}

#[test]
fn a_built_file_has_the_bytes_of_a_saved_one() {
    let many = documents(36_000, 3_000);
    same(&many, Scoring::default(), 0);
    same(&many, Scoring::new(Formula::Bm25Plus), 1 << 20);
    same_in(&many, Scoring::new(Formula::Bm25Plus), 1 << 20, Impacts::U8);
    same(&many[..16_384], Scoring::new(Formula::Dirichlet), usize::MAX);
    let named: Vec<(String, Vec<String>)> =
        many[..16_385].iter().map(|(id, terms)| (format!("d{id}"), terms.clone())).collect();
    same(&named, Scoring::default(), 1 << 20);
    // Beyond what a signed integer holds, ids are kept as text.
    same(&[(u64::MAX, vec!["t0".to_owned()]), (3, Vec::new())], Scoring::default(), 0);
}

proptest! {
    #[test]
    fn few_documents_too(terms in prop::collection::vec(prop::collection::vec("[a-e]", 0..8), 0..12)) {
        let documents: Vec<(i64, Vec<String>)> = (0..).zip(terms).collect();
        same(&documents, Scoring::new(Formula::Bm25L), 0);
        same_in(&documents, Scoring::default(), 0, Impacts::U8);
    }
}

#[test]
fn vectors_too() {
    same_vectors(Impacts::F32, None, 4.0);
    same_vectors(Impacts::U8, None, 1.0);
    same_vectors(Impacts::U8, Some(2.0), 4.0);
}

fn same_vectors(impacts: Impacts, max: Option<f32>, unit: f32) {
    let folder = tempfile::tempdir().unwrap();
    let (saved, built) = (folder.path().join("saved"), folder.path().join("built"));
    let mut random = Random(3);
    let mut index = SparseIndex::with_impacts(impacts, max).unwrap();
    let mut builder = SparseBuilder::of(&index, &built, 0).unwrap();
    for id in 0..17_000_i64 {
        let start = random.below(900) as i32;
        let dimensions: Vec<i32> = (start..start + random.below(6) as i32).map(|d| d * 3).collect();
        let values: Vec<f32> = dimensions.iter().map(|_| random.below(8) as f32 / unit).collect();
        let rows = SparseRows { offsets: &[0, values.len()], dimensions: &dimensions, values: &values };
        index.add(&[id], rows).unwrap();
        builder.add(&[id], rows).unwrap();
    }
    index.save(&saved).unwrap();
    builder.finish(|_| true).unwrap();
    assert!(fs::read(&saved).unwrap() == fs::read(&built).unwrap());
    only(folder.path(), &["built", "saved"]);
}

#[test]
fn an_id_twice_is_found_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    fs::write(&path, "what was there").unwrap();
    for (limit, count) in [(0, 20_000_i64), (usize::MAX, 1_000)] {
        let mut builder = Bm25Builder::create(&path, Analyzer::default(), Scoring::default(), limit).unwrap();
        for id in 0..count {
            builder.add_document(if id == count - 5 { 17 } else { id }, &["fox"]).unwrap();
        }
        let error = builder.finish(|_| true).unwrap_err();
        let expected =
            format!("documents[{}]: id: expected a new document id, got that of document 17 again; ", count - 5);
        assert!(error.to_string().starts_with(&expected), "{error}");
        only(folder.path(), &["index"]);
    }
    let mut builder = Bm25Builder::create(&path, Analyzer::default(), Scoring::default(), 0).unwrap();
    builder.extend_texts((0..9_000_i64).map(|id| Ok::<_, Error>((id, "fox"))), 2, |_| true).unwrap();
    assert!(matches!(builder.finish(|_| false), Err(Error::Stopped)));
    only(folder.path(), &["index"]);
    assert_eq!(fs::read(&path).unwrap(), b"what was there");
    let missing = folder.path().join("no/index");
    let error = Bm25Builder::<i64>::create(missing, Analyzer::default(), Scoring::default(), 0).unwrap_err();
    assert!(matches!(error, Error::Io { .. }));
    assert!(matches!(SparseBuilder::<i64>::create("/", 0), Err(Error::Io { .. })));
}

#[test]
fn threads_change_no_bit() {
    let folder = tempfile::tempdir().unwrap();
    let texts =
        || (0..10_000_i64).map(|id| Ok::<_, Error>((id, format!("The foxes {} ran {}", id % 91, id * id % 4_001))));
    let mut plain = Bm25Index::new();
    for row in texts() {
        let (id, text) = row.unwrap();
        plain.add_text(id, &text).unwrap();
    }
    plain.save(folder.path().join("plain"), Scoring::default()).unwrap();
    let expected = fs::read(folder.path().join("plain")).unwrap();
    for threads in [0, 1, 3] {
        let path = folder.path().join("threads");
        let mut index = Bm25Index::new();
        let mut steps = 0;
        let added = index.extend_texts(texts(), threads, |more| {
            steps += more;
            true
        });
        assert_eq!((added.unwrap(), steps), (10_000, 10_000));
        index.save(&path, Scoring::default()).unwrap();
        assert!(fs::read(&path).unwrap() == expected, "{threads} threads");
        let mut builder = Bm25Builder::create(&path, Analyzer::default(), Scoring::default(), 1 << 20).unwrap();
        builder.extend_texts(texts(), threads, |_| true).unwrap();
        builder.finish(|_| true).unwrap();
        assert!(fs::read(&path).unwrap() == expected, "{threads} threads in a file");
    }
}

#[test]
fn what_came_before_a_bad_text_stays() {
    let mut index = Bm25Index::new();
    index.add_text(2_000_i64, "fox").unwrap();
    let texts = (0..9_000_i64).map(|id| Ok::<_, Error>((id, "a hen")));
    let error = index.extend_texts(texts, 2, |_| true).unwrap_err();
    assert!(error.to_string().starts_with("documents[2000]: id: expected a new document id, got"), "{error}");
    assert_eq!(index.len(), 2_001);
    assert!(index.contains(&1_999) && !index.contains(&2_001));
    let texts = [Ok((5_000, "hen")), Err(Error::Stopped), Ok((5_001, "hen"))];
    assert!(matches!(index.extend_texts(texts, 1, |_| true), Err(Error::Stopped)));
    assert!(index.contains(&5_000) && !index.contains(&5_001));
}

#[test]
fn streams_bring_text_fields_and_what_is_stored() {
    let fields = || Bm25Index::with_text_fields(Analyzer::default(), [TextField::new("title"), TextField::new("body")]);
    let row =
        |id: i64| (id, [format!("Fox {}", id % 7), format!("Hens {}", id % 5)], StoredFields::new().with("n", id));
    let folder = tempfile::tempdir().unwrap();
    let mut plain = fields().unwrap();
    for (id, [title, body], stored) in (0..5_000).map(row) {
        plain.add_text_fields(id, &[("title", title), ("body", body)], &stored).unwrap();
    }
    plain.save(folder.path().join("plain"), Scoring::default()).unwrap();
    for threads in [1, 3] {
        let path = folder.path().join("streamed");
        let mut index = fields().unwrap();
        assert_eq!(
            index.extend_texts_with((0..5_000).map(|id| Ok::<_, Error>(row(id))), threads, |_| true).unwrap(),
            5_000
        );
        index.save(&path, Scoring::default()).unwrap();
        assert!(fs::read(&path).unwrap() == fs::read(folder.path().join("plain")).unwrap());
        let mut builder = Bm25Builder::of(fields().unwrap(), &path, Scoring::default(), 1 << 20).unwrap();
        builder.extend_texts_with((0..5_000).map(|id| Ok::<_, Error>(row(id))), threads, |_| true).unwrap();
        builder.finish(|_| true).unwrap();
        assert!(fs::read(&path).unwrap() == fs::read(folder.path().join("plain")).unwrap());
    }
    let mut index = fields().unwrap();
    let rows = [(1_i64, vec!["Fox", "Hens"]), (2, vec!["Fox"]), (3, vec!["Fox", "Hens"])];
    let rows = rows.map(|(id, texts)| Ok::<_, Error>((id, texts, StoredFields::new())));
    let error = index.extend_texts_with(rows, 1, |_| true).unwrap_err().to_string();
    assert!(error.starts_with("documents[1]: texts: expected 2 of each document, got 1; "), "{error}");
    assert_eq!(index.ids(), [1]);
}

fn gzip(text: &str) -> Vec<u8> {
    // Two members, as of files that were put together.
    let half = text.len() / 2;
    let member = |part: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(part.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    [member(&text[..half]), member(&text[half..])].concat()
}

#[test]
fn json_lines_are_read_plain_and_compressed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("corpus.jsonl");
    let text = "\u{feff}{\"_id\": \"d1\", \"title\": \"Foxes\", \"text\": \"Red ones.\", \"more\": [1]}\r\n\n  \n\
                {\"_id\": \"ö\", \"title\": null, \"text\": \"Hens\"}\n{\"_id\": \"\", \"text\": \"\"}";
    let mut plain = Bm25Index::<String>::new();
    plain.add_text("d1".to_owned(), "Foxes Red ones.").unwrap();
    plain.add_text("ö".to_owned(), "Hens").unwrap();
    plain.add_text(String::new(), "").unwrap();
    plain.save(folder.path().join("plain"), Scoring::default()).unwrap();
    let expected = fs::read(folder.path().join("plain")).unwrap();
    for bytes in [text.as_bytes().to_vec(), gzip(text), zstd::encode_all(text.as_bytes(), 1).unwrap()] {
        fs::write(&path, bytes).unwrap();
        let mut index = Bm25Index::<String>::new();
        assert_eq!(index.add_json_lines(&path, &JsonFields::default(), 2, |_| true).unwrap(), 3);
        index.save(folder.path().join("index"), Scoring::default()).unwrap();
        assert_eq!(fs::read(folder.path().join("index")).unwrap(), expected);
        let builder = Bm25Builder::create(folder.path().join("index"), Analyzer::default(), Scoring::default(), 0);
        let mut builder: Bm25Builder<String> = builder.unwrap();
        builder.add_json_lines(&path, &JsonFields::default(), 1, |_| true).unwrap();
        builder.finish(|_| true).unwrap();
        assert_eq!(fs::read(folder.path().join("index")).unwrap(), expected);
    }
    let fields = JsonFields { id: "n".to_owned(), text: vec!["a".to_owned()], ..JsonFields::default() };
    fs::write(&path, "{\"n\": 7, \"a\": \"fox\"}").unwrap();
    let mut numbers = Bm25Index::<u64>::new();
    numbers.add_json_lines(&path, &fields, 1, |_| true).unwrap();
    assert!(numbers.contains(&7));
    let mut whole = gzip(text);
    whole.truncate(whole.len() - 9);
    fs::write(&path, whole).unwrap();
    let error = Bm25Index::<String>::new().add_json_lines(&path, &JsonFields::default(), 1, |_| true).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
}

#[test]
fn a_bad_line_is_named_and_the_lines_before_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("corpus.jsonl");
    for (line, wrong) in [
        ("{\"_id\": \"b\"", "document: expected a JSON object, got the error \"EOF"),
        ("[]", "document: expected a JSON object, got an array; repair the line"),
        ("{\"text\": \"fox\"}", "_id: expected an id of the index's type, got null; "),
        ("{\"_id\": 3, \"text\": \"fox\"}", "_id: expected an id of the index's type, got the number 3; "),
        ("{\"_id\": \"b\"}", "title or text: expected a text, got none; "),
        ("{\"_id\": \"b\", \"text\": 1.5}", "text: expected a text, got the number 1.5; "),
        ("{\"_id\": \"a\", \"text\": \"fox\"}", "id: expected a new document id, got that of document 0 again; "),
    ] {
        fs::write(
            &path,
            format!("{{\"_id\": \"a\", \"text\": \"fox\"}}\n\n{line}\n{{\"_id\": \"c\", \"text\": \"\"}}\n"),
        )
        .unwrap();
        let mut index = Bm25Index::<String>::new();
        let error = index.add_json_lines(&path, &JsonFields::default(), 2, |_| true).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}, line 3: {wrong}", path.display())), "{error}");
        assert!(index.len() == 1 && index.contains(&"a".to_owned()));
    }
    let mut index = Bm25Index::<String>::new();
    let missing = index.add_json_lines(folder.path().join("no"), &JsonFields::default(), 1, |_| true);
    assert!(matches!(missing, Err(Error::Io { .. })));
    fs::write(&path, "{\"_id\": \"a\", \"text\": \"fox\"}").unwrap();
    let stopped = index.add_json_lines(&path, &JsonFields::default(), 1, |_| false);
    assert!(matches!(stopped, Err(Error::Stopped)) && index.len() == 1);
}

#[test]
fn vectors_in_json_lines_are_read_or_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vectors.jsonl");
    let first = "{\"id\": \"a\", \"contents\": \"A fox\", \"vector\": {\"fox\": 120, \"##es\": 0.5, \"no\": 0}}\n";
    for (line, wrong) in [
        ("{\"id\": \"b\"}", "vector: expected an object of weights or a text of pieces, got none; "),
        (
            "{\"id\": \"b\", \"vector\": [1]}",
            "vector: expected an object of weights or a text of pieces, got another value; ",
        ),
        ("{\"id\": \"b\", \"vector\": {\"x\": \"1\"}}", "vector[\"x\"]: expected a number, got \"1\"; "),
        ("{\"id\": \"b\", \"vector\": {\"x\": -1}}", "weights: expected finite numbers of at least 0, got -1; "),
        ("{\"id\": \"a\", \"vector\": {}}", "id: expected a new document id, got that of document 0 again; "),
    ] {
        fs::write(&path, format!("{first}{line}\n")).unwrap();
        let mut index = SparseIndex::<String>::new();
        let error = index.add_json_lines(&path, &JsonVectors::default(), 2, |_| true).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}, line 2: {wrong}", path.display())), "{error}");
        assert_eq!(index.search_named(&[("fox", 1.0), ("##es", 2.0)], 5).unwrap(), [("a".to_owned(), 121.0)]);
    }
    fs::write(&path, first).unwrap();
    let mut builder = SparseBuilder::<String>::create(folder.path().join("index"), 0).unwrap();
    assert!(builder.is_empty());
    builder.add_json_lines(&path, &JsonVectors::default(), 1, |_| true).unwrap();
    assert_eq!(builder.finish(|_| true).unwrap().search_named(&[("fox", 1.0)], 5).unwrap(), [("a".to_owned(), 120.0)]);
}

#[test]
fn vectors_have_fields_and_may_be_texts_of_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let (path, saved, built) =
        (folder.path().join("v.jsonl"), folder.path().join("saved"), folder.path().join("built"));
    let line = |n: i64| {
        let (piece, year) = (n % 40, 1990 + n % 30);
        format!("{{\"n\": {n}, \"v\": \"fox fox t{piece}\", \"year\": {year}}}\n")
    };
    fs::write(&path, (0..20_000).map(line).collect::<String>()).unwrap();
    let fields = JsonVectors { id: "n".to_owned(), vector: "v".to_owned(), stored: vec!["year".to_owned()] };
    let mut index = SparseIndex::<i64>::new();
    assert_eq!(index.add_json_lines(&path, &fields, 2, |_| true).unwrap(), 20_000);
    index.save(&saved).unwrap();
    let mut builder = SparseBuilder::create(&built, 0).unwrap();
    builder.add_json_lines(&path, &fields, 1, |_| true).unwrap();
    let built_index = builder.finish(|_| true).unwrap();
    assert!(fs::read(&saved).unwrap() == fs::read(&built).unwrap());
    let late = built_index.filtered(&field("year").eq(2019)).unwrap();
    assert_eq!(late.search_named(&[("fox", 1.0)], 2).unwrap(), [(29, 2.0), (59, 2.0)]);
    let error = SparseBuilder::create(&built, 0).and_then(|mut builder: SparseBuilder<i64>| {
        builder.add_named_with(1, &[("fox", 1.0)], &StoredFields::new().with("year", 1))?;
        builder.add_named_with(2, &[("fox", 1.0)], &StoredFields::new().with("year", "1"))
    });
    assert!(matches!(error, Err(Error::FieldType { .. })));
}

#[test]
fn names_and_numbers_do_not_go_together() {
    let rows = SparseRows { offsets: &[0, 1], dimensions: &[3], values: &[1.0] };
    let wrong = |error: Error, expected: &str, got: &str| {
        let message = format!("dimensions: expected {expected}, as the index has, got {got}; ");
        assert!(error.to_string().starts_with(&message), "{error}");
    };
    let mut index = SparseIndex::new();
    // What fails leaves an index that takes either.
    index.add_named(1, &[("fox", 1.0), ("fox", 1.0)]).unwrap_err();
    index.add(&[1], rows).unwrap();
    wrong(index.add_named(2, &[("fox", 1.0)]).unwrap_err(), "numbers", "names");
    wrong(index.update_named(2, &[("fox", 1.0)]).unwrap_err(), "numbers", "names");
    wrong(index.search_named(&[("fox", 1.0)], 1).unwrap_err(), "numbers", "names");
    let mut index = SparseIndex::new();
    index.add_named(1, &[("fox", 1.0)]).unwrap();
    wrong(index.add(&[2], rows).unwrap_err(), "names", "numbers");
    wrong(index.update(&[2], rows).unwrap_err(), "names", "numbers");
    wrong(index.search(rows, 1).unwrap_err(), "names", "numbers");
    wrong(index.filtered(&rank_retrieve::Filter::All).unwrap().matches(rows).unwrap_err(), "names", "numbers");
    let folder = tempfile::tempdir().unwrap();
    let mut builder = SparseBuilder::create(folder.path().join("index"), 0).unwrap();
    builder.add(&[1_i64], rows).unwrap();
    wrong(builder.add_named(2, &[("fox", 1.0)]).unwrap_err(), "numbers", "names");
    let mut builder = SparseBuilder::create(folder.path().join("other"), 0).unwrap();
    builder.add_named(1_i64, &[("fox", 1.0)]).unwrap();
    wrong(builder.add(&[2], rows).unwrap_err(), "names", "numbers");
}

#[test]
fn an_index_of_fields_is_built_as_one_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (built, saved) = (folder.path().join("built"), folder.path().join("saved"));
    let fields = || [TextField::new("title").weight(2.0).b(0.3), TextField::new("body")];
    let settings = || {
        let mut index = Bm25Index::<String>::with_text_fields(Analyzer::default(), fields()).unwrap();
        index.declare_field("day", FieldType::Date).unwrap();
        index
    };
    let path = folder.path().join("corpus.jsonl");
    let line = |n: u32| {
        let title = if n.is_multiple_of(3) { "null".to_owned() } else { format!("\"fox {}\"", n % 50) };
        let day = if n.is_multiple_of(2) { "null" } else { "\"2020-02-03\"" };
        format!(
            "{{\"_id\": \"d{n}\", \"title\": {title}, \"body\": \"hen {} {}\", \"n\": {n}, \"day\": {day}}}\n",
            n % 9,
            n % 7
        )
    };
    std::fs::write(&path, (0..20_000).map(line).collect::<String>()).unwrap();
    let json = JsonFields { stored: vec!["n".to_owned(), "day".to_owned()], ..JsonFields::default() };
    let mut live = settings();
    assert_eq!(live.add_json_lines(&path, &json, 2, |_| true).unwrap(), 20_000);
    live.save(&saved, Scoring::default()).unwrap();
    let mut builder = Bm25Builder::of(settings(), &built, Scoring::default(), 0).unwrap();
    assert_eq!(builder.add_json_lines(&path, &json, 1, |_| true).unwrap(), 20_000);
    let index = builder.finish(|_| true).unwrap();
    assert_eq!(std::fs::read(&built).unwrap(), std::fs::read(&saved).unwrap());
    let filter = field("n").at_least(19_000) & field("day").exists();
    let hits = index.filtered(&filter).unwrap().search("foxes 3", 10, Scoring::default()).unwrap();
    assert_eq!(hits, live.filtered(&filter).unwrap().search("foxes 3", 10, Scoring::default()).unwrap());
    assert_eq!(hits.len(), 10);
    // A document at a time is the same.
    let mut builder = Bm25Builder::of(settings(), &built, Scoring::default(), 1 << 20).unwrap();
    let stored = StoredFields::new().with("day", "2020-02-03");
    builder.add_document_fields("a".to_owned(), &[("body", vec!["fox"]), ("title", vec!["hen"])], &stored).unwrap();
    let unknown = builder.add_document_fields("b".to_owned(), &[("no", vec!["fox"])], &stored);
    assert!(matches!(unknown, Err(Error::UnknownTextField { .. })));
    let date =
        builder.add_document_fields("b".to_owned(), &[("body", vec!["fox"])], &StoredFields::new().with("day", 7_i64));
    assert!(matches!(date, Err(Error::FieldType { .. })));
    assert!(matches!(builder.add_text("b".to_owned(), "fox"), Err(Error::InvalidTextFields { .. })));
    let index = builder.finish(|_| true).unwrap();
    assert_eq!((index.len(), index.search("fox", 9, Scoring::default()).unwrap().len()), (1, 1));
    assert!(matches!(Bm25Builder::of(index, &built, Scoring::default(), 0), Err(Error::NotEmpty { documents: 1 })));
    let few = settings().add_texts(&["a".to_owned()], &["fox"], 1);
    assert!(matches!(few, Err(Error::InvalidTokens { argument: "texts", .. })));
}
