//! Indexes in folders: only what changed is written, and what is there is always an index.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use rank_retrieve::{Bm25Index, Error, Impacts, Scoring, SparseIndex, StoredFields};

fn index(documents: u32) -> Bm25Index<u32> {
    let mut index = Bm25Index::new();
    for id in 0..documents {
        let terms: Vec<String> = (1..5).map(|prime| format!("t{}", id % (prime * 7 + 1))).collect();
        index.add_document(id, &terms).unwrap();
    }
    index
}

/// Names and sizes of the files of rows.
fn rows(folder: &Path) -> BTreeMap<String, u64> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let entries = entries.map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().len()));
    entries.filter(|(name, _)| name != "manifest" && name != "lock").collect()
}

fn hits(index: &Bm25Index<u32>) -> Vec<(u32, f32)> {
    index.retrieve(&["t0", "t3", "new"], 100, Scoring::default()).unwrap()
}

#[test]
fn only_what_changed_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let mut live = index(34_000);
    live.commit(&path, Scoring::default()).unwrap();
    let first = rows(&path);
    assert_eq!(first.len(), 1);
    // Nothing changed, nothing is written.
    live.commit(&path, Scoring::default()).unwrap();
    assert_eq!(rows(&path), first);
    let reader = Bm25Index::<u32>::load(&path).unwrap();
    live.add_document(50_000, &["t3", "new"]).unwrap();
    live.remove(&7).unwrap();
    live.commit(&path, Scoring::default()).unwrap();
    let second = rows(&path);
    assert_eq!(second.keys().collect::<Vec<_>>(), ["1.rows", "2.rows"]);
    // Two of three windows are not written again.
    assert!(second["2.rows"] * 2 < second["1.rows"], "{second:?}");
    // Whoever had it open goes on with it.
    assert_eq!(reader.len(), 34_000);
    assert_eq!(hits(&reader), hits(&index(34_000)));
    let mut loaded = Bm25Index::<u32>::load(&path).unwrap();
    assert_eq!(hits(&loaded), hits(&live));
    for index in [&mut live, &mut loaded] {
        index.add_document(50_001, &["new"]).unwrap();
        index.merge().unwrap();
    }
    loaded.commit(&path, Scoring::default()).unwrap();
    assert_eq!(hits(&Bm25Index::load(&path).unwrap()), hits(&live));
    // Files do not grow without end.
    for id in 60_000..60_005 {
        live.remove(&(id - 60_000)).unwrap();
        live.add_document(id, &["t0"; 3]).unwrap();
        live.commit(&path, Scoring::default()).unwrap();
        let size: u64 = rows(&path).values().sum();
        assert!(size < 3 * first["1.rows"] && rows(&path).len() < 8, "{:?}", rows(&path));
    }
    assert_eq!(hits(&Bm25Index::load(&path).unwrap()), hits(&live));
}

proptest! {
    // Each commit waits for the disk.
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_changes_are_what_is_loaded(
        changes in prop::collection::vec((0..12_u32, "[a-c]{0,4}", any::<bool>()), 0..12),
        impacts in prop::sample::select(vec![Impacts::F32, Impacts::U8]),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index");
        let mut live = Bm25Index::<u32>::new().with_impacts(impacts);
        let mut documents: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for (id, text, commit) in changes {
            let terms: Vec<String> = text.chars().map(String::from).collect();
            if documents.get(&id) == Some(&terms) {
                live.remove(&id).unwrap();
                documents.remove(&id);
            } else {
                live.update_document(id, &terms).unwrap();
                documents.insert(id, terms);
            }
            if commit {
                live.commit(&path, Scoring::default()).unwrap();
                live = Bm25Index::load(&path).unwrap();
            }
        }
        live.commit(&path, Scoring::default()).unwrap();
        let loaded = Bm25Index::<u32>::load(&path).unwrap();
        let mut fresh = Bm25Index::new().with_impacts(impacts);
        for (id, terms) in &documents {
            fresh.add_document(*id, terms).unwrap();
        }
        let query = ["a", "b", "c"];
        let expected = fresh.retrieve(&query, 20, Scoring::default()).unwrap();
        prop_assert_eq!(loaded.retrieve(&query, 20, Scoring::default()).unwrap(), expected);
        prop_assert_eq!(loaded.len(), documents.len());
    }
}

#[test]
fn what_is_no_folder_of_an_index_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let live = index(300);
    assert!(matches!(live.commit(folder.path().join("no/index"), Scoring::default()), Err(Error::Io { .. })));
    live.commit(&path, Scoring::default()).unwrap();
    // Somebody else is at work.
    let lock = fs::File::create(path.join("lock")).unwrap();
    lock.lock().unwrap();
    let locked = live.commit(&path, Scoring::default()).unwrap_err();
    assert!(locked.to_string().contains("expected a place that nobody else writes to, got one that is locked"));
    drop(lock);
    live.commit(&path, Scoring::default()).unwrap();
    // What a killed writer leaves is no harm, and gone after the next commit.
    fs::write(path.join("7.rows"), "half").unwrap();
    assert_eq!(hits(&Bm25Index::load(&path).unwrap()), hits(&live));
    live.commit(&path, Scoring::default()).unwrap();
    assert_eq!(rows(&path).len(), 1);
    let load = || Bm25Index::<u32>::load(&path).and_then(|index| index.retrieve(&["t1"], 5, Scoring::default()));
    for name in ["manifest", "1.rows"] {
        let whole = fs::read(path.join(name)).unwrap();
        for at in (64..whole.len()).step_by(whole.len() / 60) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            fs::remove_file(path.join(name)).unwrap();
            fs::write(path.join(name), &bytes).unwrap();
            match load() {
                Ok(found) => assert_eq!(found, live.retrieve(&["t1"], 5, Scoring::default()).unwrap(), "{name} {at}"),
                Err(error) => assert!(matches!(error, Error::DamagedFile { .. }), "{name} {at}: {error}"),
            }
        }
        fs::remove_file(path.join(name)).unwrap();
        assert!(matches!(load(), Err(Error::Io { .. })), "{name}");
        fs::write(path.join(name), &whole).unwrap();
    }
    assert!(load().is_ok());
    fs::write(path.join("manifest"), "something else").unwrap();
    assert!(matches!(live.commit(&path, Scoring::default()), Err(Error::DamagedFile { .. })));
}

#[test]
fn vectors_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let mut live = SparseIndex::<i64>::new();
    for id in 0..30 {
        live.add_named(id, &[(format!("t{}", id % 4), 1.5)]).unwrap();
        live.commit(&path).unwrap();
    }
    live.remove(&4).unwrap();
    live.commit(&path).unwrap();
    let loaded = SparseIndex::<i64>::load(&path).unwrap();
    let found = loaded.search_named(&[("t0", 2.0)], 50).unwrap();
    assert_eq!(found, live.search_named(&[("t0", 2.0)], 50).unwrap());
    assert_eq!(found.len(), 7);
}

/// Whether an index is of the documents `0..n` for some n, and which.
fn prefix(index: &Bm25Index<u32>) -> Option<u32> {
    let documents = index.len() as u32;
    let found = index.retrieve(&["all"], usize::MAX, Scoring::default()).unwrap();
    let mut ids: Vec<u32> = found.into_iter().map(|hit| hit.0).collect();
    ids.sort_unstable();
    (ids == (0..documents).collect::<Vec<_>>()).then_some(documents)
}

#[test]
fn readers_see_one_commit_or_another_while_a_writer_is_at_work() {
    const COMMITS: u32 = 40;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let mut live = Bm25Index::<u32>::new();
    live.add_document(0, &["all"]).unwrap();
    live.commit(&path, Scoring::default()).unwrap();
    let read = || {
        let mut seen = vec![1];
        while *seen.last().unwrap() < COMMITS {
            let index = Bm25Index::load(&path).unwrap();
            let now = prefix(&index).expect("documents of one commit");
            assert!(now >= *seen.last().unwrap(), "an older commit came after a newer one");
            seen.push(now);
        }
        seen.dedup();
        seen.len()
    };
    std::thread::scope(|scope| {
        let readers = [scope.spawn(read), scope.spawn(read)];
        for id in 1..COMMITS {
            // Every seventh time the files are written anew, and old ones deleted.
            live.add_document(id, &["all".to_owned(), format!("t{id}")]).unwrap();
            if id % 7 == 0 {
                live.update_document(0, &["all"; 3]).unwrap();
                live.merge().unwrap();
            }
            live.commit(&path, Scoring::default()).unwrap();
        }
        for reader in readers {
            assert!(reader.join().unwrap() > 1);
        }
    });
}

#[test]
fn a_name_is_never_given_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let mut live = index(300);
    let commit = |live: &Bm25Index<u32>| {
        live.commit(&path, Scoring::default()).unwrap();
        rows(&path).keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(commit(&live), ["1.rows"]);
    live.set_fields(&7, &StoredFields::new().with("year", 2021_i64)).unwrap();
    assert_eq!(commit(&live), ["1.rows", "2.rows"]);
    live.set_fields(&7, &StoredFields::new().without("year")).unwrap();
    assert_eq!(commit(&live), ["1.rows"]);
    live.set_fields(&7, &StoredFields::new().with("year", 2022_i64)).unwrap();
    assert_eq!(commit(&live), ["1.rows", "3.rows"]);
}

#[test]
fn damage_is_said_to_be_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let mut live = index(300);
    live.commit(&path, Scoring::default()).unwrap();
    live.set_fields(&7, &StoredFields::new().with("year", 2021_i64)).unwrap();
    live.commit(&path, Scoring::default()).unwrap();
    for name in ["1.rows", "2.rows", "manifest"] {
        let whole = fs::read(path.join(name)).unwrap();
        let mut bytes = whole.clone();
        let at = if name == "manifest" { whole.len() - 9 } else { 64 };
        bytes[at] ^= 1;
        fs::remove_file(path.join(name)).unwrap();
        fs::write(path.join(name), &bytes).unwrap();
        let found =
            Bm25Index::<u32>::load(&path).and_then(|index| index.retrieve(&["t1"], 5, Scoring::default())).unwrap_err();
        let expected =
            format!("{}: expected a saved index, got a damaged or truncated file", path.join(name).display());
        assert!(found.to_string().starts_with(&expected), "{found}");
        fs::write(path.join(name), &whole).unwrap();
    }
}
