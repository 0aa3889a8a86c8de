//! Indexes in files: as they were saved, changed afterwards as if they had never been away, and refused when damaged.

use std::fs;

use proptest::prelude::*;
use rank_retrieve::{Analyzer, Bm25Index, Error, Formula, Impacts, Scoring, SparseIndex, SparseRows};

fn index(documents: u32) -> Bm25Index<u32> {
    let mut index = Bm25Index::new();
    for id in 0..documents {
        let terms: Vec<String> = (1..5).map(|prime| format!("t{}", id % (prime * 7 + 1))).collect();
        index.add_document(id * 7 % 40_009, &terms).unwrap();
    }
    index
}

#[test]
fn an_index_is_saved_changed_and_saved_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let params = Scoring::new(Formula::Bm25Plus).k1(0.9);
    let query = ["t0", "t3", "t11", "new"];
    let mut live = index(20_000);
    for id in (0..9_000).step_by(3) {
        live.remove(&(id * 7 % 40_009)).unwrap();
    }
    live.save(&path, params).unwrap();
    let mut loaded = Bm25Index::<u32>::load(&path).unwrap();
    assert_eq!((loaded.len(), loaded.params()), (live.len(), params));
    assert_eq!(loaded.retrieve(&query, 100, params).unwrap(), live.retrieve(&query, 100, params).unwrap());
    let other = Scoring::default();
    assert_eq!(loaded.retrieve(&query, 100, other).unwrap(), live.retrieve(&query, 100, other).unwrap());
    for index in [&mut live, &mut loaded] {
        index.add_document(40_000, &["t3", "new"]).unwrap();
        assert!(index.update_document(7, &["t0"]).unwrap());
        assert!(!index.remove(&0).unwrap());
        assert!(matches!(index.add_document(7, &["t0"]), Err(Error::DuplicateDocument { .. })));
    }
    assert_eq!(loaded.retrieve(&query, 100, params).unwrap(), live.retrieve(&query, 100, params).unwrap());
    loaded.save(&path, params).unwrap();
    let again = Bm25Index::<u32>::load(&path).unwrap();
    assert_eq!(again.retrieve(&query, 100, params).unwrap(), live.retrieve(&query, 100, params).unwrap());
}

#[test]
fn what_is_not_an_index_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let load = || Bm25Index::<u32>::load(&path).and_then(|index| index.retrieve(&["t1"], 5, Scoring::default()));
    assert!(matches!(load(), Err(Error::Io { .. })));
    index(300).save(&path, Scoring::default()).unwrap();
    let expected = load().unwrap();
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 400).chain(0..64) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        fs::remove_file(&path).unwrap();
        fs::write(&path, &bytes).unwrap();
        match load() {
            Ok(hits) => assert_eq!(hits, expected, "a byte that nothing depends on, at {at}"),
            Err(error) => {
                assert!(matches!(error, Error::DamagedFile { .. } | Error::FileVersion { .. }), "{at}: {error}");
            }
        }
        let short = folder.path().join(format!("short {at}"));
        fs::write(&short, &whole[..at]).unwrap();
        let short = Bm25Index::<u32>::load(&short);
        assert!(matches!(short, Err(Error::DamagedFile { .. } | Error::Io { .. })), "{at}");
    }
    fs::remove_file(&path).unwrap();
    fs::write(&path, &whole).unwrap();
    assert_eq!(load().unwrap(), expected);
    assert!(matches!(Bm25Index::<String>::load(&path), Err(Error::IdType { .. })));
    assert!(matches!(SparseIndex::<u32>::load(&path), Err(Error::DamagedFile { .. })));
    assert!(matches!(index(1).save(folder.path().join("no/index"), Scoring::default()), Err(Error::Io { .. })));
}

/// Changes what a file says of its rows, and mends the sum.
fn edit(path: &std::path::Path, from: &str, to: &str) {
    let mut bytes = fs::read(path).unwrap();
    let place = u64::from_le_bytes(bytes[16..24].try_into().unwrap()) as usize;
    let table = String::from_utf8(bytes.split_off(place)).unwrap();
    assert!(table.contains(from), "{table}");
    let table = table.replacen(from, to, 1);
    bytes[12..16].copy_from_slice(&crc32fast::hash(table.as_bytes()).to_le_bytes());
    bytes[24..32].copy_from_slice(&(table.len() as u64).to_le_bytes());
    bytes.extend(table.bytes());
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_table_that_contradicts_its_rows_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    for (from, to) in [("\"lengths\":[1200]", "\"lengths\":[3]"), ("\"terms\":29", "\"terms\":1099511627776")] {
        index(300).save(&path, Scoring::default()).unwrap();
        edit(&path, from, to);
        let changed = Bm25Index::<u32>::load(&path).and_then(|mut index| index.remove(&0));
        assert!(matches!(changed, Err(Error::DamagedFile { .. })), "{changed:?}");
    }
    let mut vectors = SparseIndex::<u32>::new();
    vectors.add(&[1], SparseRows { offsets: &[0, 1], dimensions: &[28], values: &[1.0] }).unwrap();
    vectors.save(&path).unwrap();
    edit(&path, "\"terms\":29", "\"terms\":1099511627776");
    assert!(matches!(SparseIndex::<u32>::load(&path), Err(Error::DamagedFile { .. })));
}

#[test]
fn whoever_has_the_old_file_loaded_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    index(300).save(&path, Scoring::default()).unwrap();
    let old = Bm25Index::<u32>::load(&path).unwrap();
    let other = index(200);
    other.save(&path, Scoring::default()).unwrap();
    assert_eq!(old.len(), 300);
    let hits = |index: &Bm25Index<u32>| index.retrieve(&["t1", "t2"], 50, Scoring::default()).unwrap();
    assert_eq!(hits(&old), hits(&index(300)));
    assert_eq!(hits(&Bm25Index::load(&path).unwrap()), hits(&other));
}

#[test]
fn the_analyzer_and_ids_of_all_kinds_are_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let mut index = Bm25Index::with_analyzer(Analyzer::default().stemmer(None));
    index.add_text("ö".to_owned(), "foxes").unwrap();
    index.add_text(String::new(), "hens").unwrap();
    index.save(&path, Scoring::default()).unwrap();
    let loaded = Bm25Index::<String>::load(&path).unwrap();
    assert_eq!(loaded.analyzer(), index.analyzer());
    assert_eq!(loaded.search("foxes hens", 5, Scoring::default()).unwrap().len(), 2);
    assert!(loaded.search("fox", 5, Scoring::default()).unwrap().is_empty());
    assert!(loaded.contains(&"ö".to_owned()) && loaded.contains(&String::new()));
    assert!(matches!(Bm25Index::<u32>::load(&path), Err(Error::IdType { .. })));
    Bm25Index::<u32>::new().save(&path, Scoring::default()).unwrap();
    assert!(Bm25Index::<u32>::load(&path).unwrap().is_empty());
}

type Vectors = Vec<Vec<(i32, u8)>>;

fn rows(vectors: &Vectors) -> (Vec<usize>, Vec<i32>, Vec<f32>) {
    let mut offsets = vec![0];
    let (mut dimensions, mut values) = (Vec::new(), Vec::new());
    for vector in vectors {
        dimensions.extend(vector.iter().map(|pair| pair.0));
        values.extend(vector.iter().map(|pair| f32::from(pair.1) / 4.0));
        offsets.push(values.len());
    }
    (offsets, dimensions, values)
}

fn vectors() -> impl Strategy<Value = Vectors> {
    let vector = prop::collection::btree_map(0..12_i32, any::<u8>(), 0..8);
    prop::collection::vec(vector.prop_map(|pairs| pairs.into_iter().collect()), 0..12)
}

proptest! {
    #[test]
    fn inner_products_are_those_of_the_oracle(documents in vectors(), queries in vectors(), k in 0..14_usize) {
        let (offsets, dimensions, values) = rows(&documents);
        let mut index = SparseIndex::new();
        let ids: Vec<i64> = (0..documents.len() as i64).rev().collect();
        index.add(&ids, SparseRows { offsets: &offsets, dimensions: &dimensions, values: &values }).unwrap();
        let (offsets, dimensions, values) = rows(&queries);
        let queried = SparseRows { offsets: &offsets, dimensions: &dimensions, values: &values };
        let found = index.search(queried, k).unwrap();
        for (query, hits) in queries.iter().zip(&found) {
            let mut expected = Vec::new();
            for (document, id) in documents.iter().zip(&ids) {
                // Quarters: exact in f32.
                let part = |(d, w): &(i32, u8)| {
                    let other = query.iter().find(|pair| pair.0 == *d).map_or(0, |pair| pair.1);
                    f32::from(*w) / 4.0 * (f32::from(other) / 4.0)
                };
                let score: f32 = document.iter().map(part).sum();
                if score > 0.0 {
                    expected.push((*id, score));
                }
            }
            expected.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            expected.truncate(k);
            prop_assert_eq!(hits, &expected);
        }
        let folder = tempfile::tempdir().unwrap();
        index.save(folder.path().join("index")).unwrap();
        let mut loaded = SparseIndex::<i64>::load(folder.path().join("index")).unwrap();
        prop_assert_eq!(loaded.search(queried, k).unwrap(), found);
        if let Some(id) = ids.first() {
            prop_assert!(loaded.remove(id).unwrap() && index.remove(id).unwrap());
            prop_assert_eq!(loaded.search(queried, k).unwrap(), index.search(queried, k).unwrap());
        }
    }
}

#[test]
fn bad_vectors_are_refused() {
    let mut index = SparseIndex::new();
    let mut add = |offsets: &[usize], dimensions: &[i32], values: &[f32]| {
        index.add(&[1], SparseRows { offsets, dimensions, values }).unwrap_err().to_string()
    };
    assert!(add(&[0, 1], &[1], &[-1.0]).starts_with("values: expected finite numbers of at least 0, got -1 at 0; "));
    assert!(add(&[0, 1], &[1], &[f32::NAN]).starts_with("values: expected finite"));
    assert!(add(&[0, 1], &[1], &[]).starts_with("values: expected as many as dimensions, 1, got 0; "));
    assert!(add(&[0, 2], &[1], &[1.0]).starts_with("offsets: expected ascending numbers from 0 to 1, got "));
    assert!(
        add(&[0, 1], &[-1], &[1.0]).starts_with("dimensions: expected numbers of 0 to 16777216, exclusive, got -1")
    );
    assert!(add(&[0, 2], &[3, 3], &[1.0, 1.0]).starts_with("dimensions: expected each dimension once in a row, got 3"));
    assert!(add(&[0], &[], &[]).starts_with("ids: expected as many as rows, 0, got 1; "));
    assert!(index.add_named(1, &[("a", -1.0)]).unwrap_err().to_string().starts_with("weights: expected finite"));
    assert!(index.is_empty());
}

/// A file of another version: its table is changed by `edit`.
fn rewritten(path: &std::path::Path, version: u32, edit: impl FnOnce(&mut serde_json::Value)) {
    let mut bytes = fs::read(path).unwrap();
    let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize;
    let place = number(16);
    let mut table = serde_json::from_slice(&bytes[place..place + number(24)]).unwrap();
    edit(&mut table);
    let table = table.to_string();
    bytes.truncate(place);
    bytes.extend(table.as_bytes());
    bytes[8..12].copy_from_slice(&version.to_le_bytes());
    bytes[12..16].copy_from_slice(&crc32fast::hash(table.as_bytes()).to_le_bytes());
    bytes[24..32].copy_from_slice(&(table.len() as u64).to_le_bytes());
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn the_first_version_is_read_and_a_later_one_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let live = index(300);
    live.save(&path, Scoring::default()).unwrap();
    assert_eq!(fs::read(&path).unwrap()[8..12], 3_u32.to_le_bytes());
    // The first knew neither stored fields nor text fields.
    rewritten(&path, 1, |table| {
        let says = table["says"].as_object_mut().unwrap();
        assert!(says.remove("fields").is_some() && says.remove("text fields").is_some());
    });
    let mut old = Bm25Index::<u32>::load(&path).unwrap();
    let hits = |index: &Bm25Index<u32>| index.retrieve(&["t1", "t3"], 50, Scoring::default()).unwrap();
    assert_eq!(hits(&old), hits(&live));
    old.add_document(70_000, &["t1"]).unwrap();
    old.save(&path, Scoring::default()).unwrap();
    assert_eq!(hits(&Bm25Index::load(&path).unwrap()), hits(&old));
    rewritten(&path, 4, |_| ());
    let error = Bm25Index::<u32>::load(&path).unwrap_err();
    assert!(matches!(error, Error::FileVersion { newest: 3, got: 4, .. }));
    let expected = "expected a format of version 3 or before, got version 4; install a newer rank-retrieve";
    assert!(error.to_string().ends_with(expected), "{error}");
}

/// A file of version 2, which had weights twice: `{"fox": 1.5 + d, f"t{d % 3}": 0.25 * (d + 1)}` for d of 0 to 5.
#[test]
fn weights_of_the_second_version_are_read() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/versions/sparse-2");
    assert_eq!(fs::read(&path).unwrap()[8..12], 2_u32.to_le_bytes());
    let mut index = SparseIndex::<i64>::load(&path).unwrap();
    let expected = [(4, 8.0), (5, 6.5), (3, 4.5), (1, 3.5), (2, 3.5), (0, 1.5)];
    let hits = |index: &SparseIndex<i64>| index.search_named(&[("fox", 1.0), ("t1", 2.0)], 10).unwrap();
    assert_eq!(hits(&index), expected);
    let folder = tempfile::tempdir().unwrap();
    index.save(folder.path().join("index")).unwrap();
    assert_eq!(hits(&SparseIndex::load(folder.path().join("index")).unwrap()), expected);
    index.remove(&4).unwrap();
    assert_eq!(hits(&index), expected[1..]);
}

#[test]
fn files_that_contradict_themselves_on_impacts_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let refused = |edit: &dyn Fn(&mut serde_json::Value)| {
        index(300).with_impacts(Impacts::U8).save(&path, Scoring::default()).unwrap();
        rewritten(&path, 3, |table| edit(&mut table["says"]["engine"]));
        let loaded = Bm25Index::<u32>::load(&path).and_then(|index| index.retrieve(&["t1"], 5, Scoring::default()));
        assert!(matches!(loaded, Err(Error::DamagedFile { .. })), "{loaded:?}");
    };
    refused(&|says| says["impacts"] = "u16".into());
    refused(&|says| says["impacts"] = serde_json::Value::Null);
    refused(&|says| says["step"] = 1.into());
    let refused = |edit: &dyn Fn(&mut serde_json::Value)| {
        let mut index = SparseIndex::with_impacts(Impacts::U8, Some(4.0)).unwrap();
        index.add_named(1_i64, &[("a", 1.0)]).unwrap();
        index.save(&path).unwrap();
        rewritten(&path, 3, |table| edit(&mut table["says"]));
        assert!(matches!(SparseIndex::<i64>::load(&path), Err(Error::DamagedFile { .. })));
    };
    refused(&|says| says["engine"]["step"] = 0.into());
    refused(&|says| says["engine"]["step"] = f32::NAN.to_bits().into());
    refused(&|says| says["max weight"] = 5.0_f32.to_bits().into());
    refused(&|says| says["max weight"] = serde_json::Value::Null);
}

#[test]
fn a_file_has_one_writer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let live = index(300);
    // What a killed writer left is no harm.
    fs::write(folder.path().join(".index.tmp"), vec![7; 1 << 20]).unwrap();
    live.save(&path, Scoring::default()).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let temporary = fs::File::create(folder.path().join(".index.tmp")).unwrap();
    temporary.lock().unwrap();
    assert!(matches!(live.save(&path, Scoring::default()), Err(Error::Locked { .. })));
    drop(temporary);
    // Many at once: some may be refused, and the file is always whole.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    match live.save(&path, Scoring::default()) {
                        Ok(()) | Err(Error::Locked { .. }) => {}
                        Err(error) => panic!("{error}"),
                    }
                    let loaded = Bm25Index::<u32>::load(&path).unwrap();
                    assert_eq!(loaded.retrieve(&["t1"], 5, Scoring::default()).unwrap().len(), 5);
                }
            });
        }
    });
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
