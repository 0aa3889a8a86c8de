//! Files of an index, whole and changed: opened, searched, changed, saved. Sums are not looked at in this build.
//!
//! The first byte says which saved index the rest changes, the last of them a folder by its manifest, or that the rest
//! is a file. A change is a place, how many
//! bytes, and the bytes; the table, which is short and has the most to get wrong, is met as often as the rows.

#![no_main]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rank_retrieve::{
    Bm25Index, Feedback, FieldValue, Impacts, Interval, Result, Scoring, SparseIndex, SparseRows, StoredFields,
    TextField, field,
};

struct Base {
    folder: tempfile::TempDir,
    files: Vec<Vec<u8>>,
    /// The files of rows of a folder, whose manifest is the last of `files`.
    rows: Vec<(&'static str, Vec<u8>)>,
}

static BASE: LazyLock<Base> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a folder");
    let path = folder.path().join("base");
    let mut files = Vec::new();
    let mut keep = || files.push(std::fs::read(&path).expect("what was saved"));
    let mut counts = Bm25Index::<i64>::new();
    for id in 0..40_i64 {
        let terms: Vec<String> = (1..6).map(|prime| format!("t{}", id % (prime * 3 + 1))).collect();
        counts.add_document(id, &terms).expect("a new document");
    }
    counts.add_document(40, &vec!["t1"; 300]).expect("a new document");
    counts.remove(&7).expect("a sound index");
    counts.save(&path, Scoring::compatible("tantivy").expect("a name")).expect("a file");
    keep();
    let stored =
        Bm25Index::with_text_fields(Default::default(), [TextField::new("a").weight(2.0), TextField::new("b")]);
    let mut stored: Bm25Index<i64> = stored.expect("fields");
    for id in 0..9_i64 {
        let fields = StoredFields::new()
            .with("int", id)
            .with("float", id as f64 / 2.0)
            .with("word", vec![format!("w{}", id % 3), "all".to_owned()])
            .with("date", FieldValue::date("2020-02-03").expect("a date"));
        stored.add_text_fields(id, &[("a", "t0 red"), ("b", "t1 t1")], &fields).expect("a new document");
    }
    stored.save(&path, Scoring::default()).expect("a file");
    keep();
    let mut texts = Bm25Index::<String>::new();
    texts.add_text("d1".to_owned(), "A red fox").expect("a new document");
    texts.add_text("d2".to_owned(), "Red hens").expect("a new document");
    texts.save(&path, Scoring::default()).expect("a file");
    keep();
    let mut weights = SparseIndex::<i64>::new();
    for id in 0..20 {
        weights.add_named(id, &[(format!("t{}", id % 3), 1.5), (format!("u{}", id % 5), 0.5)]).expect("weights");
    }
    weights.save(&path).expect("a file");
    keep();
    let mut numbers = SparseIndex::<i64>::new();
    let rows = SparseRows { offsets: &[0, 2, 3], dimensions: &[7, 900, 9], values: &[2.0, 0.5, 3.0] };
    numbers.add(&[1, 2], rows).expect("rows");
    numbers.remove(&1).expect("a sound index");
    numbers.save(&path).expect("a file");
    keep();
    counts.clone().with_impacts(Impacts::U8).save(&path, Scoring::default()).expect("a file");
    keep();
    let mut steps = SparseIndex::with_impacts(Impacts::U8, Some(4.0)).expect("a weight");
    for id in 0..20_i64 {
        steps.add_named(id, &[(format!("t{}", id % 3), 1.5), (format!("u{}", id % 5), 0.5)]).expect("weights");
    }
    steps.remove(&3).expect("a sound index");
    steps.save(&path).expect("a file");
    keep();
    let committed = folder.path().join("committed");
    counts.add_document(50, &["t1", "t9"]).expect("a new document");
    counts.commit(&committed, Scoring::default()).expect("a folder");
    counts.set_fields(&3, &StoredFields::new().with("int", 3_i64)).expect("a value");
    counts.commit(&committed, Scoring::default()).expect("a folder");
    files.push(std::fs::read(committed.join("manifest")).expect("what was committed"));
    let rows = ["1.rows", "2.rows"].map(|name| (name, std::fs::read(committed.join(name)).expect("rows")));
    Base { folder, files, rows: rows.into() }
});

/// A base with the changes that `input` says.
fn changed(base: &[u8], mut input: &[u8]) -> Vec<u8> {
    let mut file = base.to_vec();
    let number = |at: usize| u64::from_le_bytes(base[at..at + 8].try_into().expect("eight bytes")) as usize;
    let table = number(16);
    while let [place, high, length, rest @ ..] = input {
        let place = usize::from(u16::from_le_bytes([*place, *high]));
        // The upper half of places is the table.
        let place = if place >> 15 == 1 { table + (place & 0x7fff) % number(24) } else { place % table };
        let length = usize::from(length % 16).min(rest.len()).min(file.len() - place);
        file[place..place + length].copy_from_slice(&rest[..length]);
        input = &rest[length.max(1).min(rest.len())..];
    }
    file
}

fn counts(path: &Path) -> Result<()> {
    let mut index = Bm25Index::<i64>::load(path)?;
    let scoring = index.params();
    let terms = ["t0", "t1", "t1", "t9"];
    for k in [1, 10, 1000] {
        index.retrieve(&terms, k, scoring)?;
        index.retrieve(&terms, k, Scoring::default())?;
    }
    let hits = index.retrieve(&terms, 5, scoring)?;
    for (id, _) in &hits {
        index.terms(id)?;
        index.key_terms(id, 5)?;
        index.explain(id, &[("t0", 1.0), ("t1", 2.0)], scoring)?;
    }
    for filter in
        [field("int").at_least(3), field("word").eq("w1") | field("float").within(0.5..2.0), !field("date").exists()]
    {
        let Ok(found) = index.filtered(&filter) else { continue };
        found.retrieve(&terms, 5, scoring)?;
        let matches = found.matches(&terms);
        for name in ["int", "float", "word", "date"] {
            let _ = matches.facets(name, 3);
            let _ = matches.histogram(name, Interval::Month);
        }
    }
    for (id, _) in &hits {
        index.fields(id)?;
    }
    index.expand(&terms, &hits, Feedback::Rm3 { terms: 10, original: 0.5 }, scoring)?;
    index.prepare(Scoring::default())?;
    index.retrieve(&terms, 10, Scoring::default())?;
    if !index.contains(&-1) {
        index.add_document(-1, &["t0", "new"])?;
    }
    index.remove(&3)?;
    index.retrieve(&terms, 10, scoring)?;
    index.merge()?;
    index.retrieve(&terms, 10, scoring)?;
    index.save(path.with_extension("again"), scoring)?;
    Ok(())
}

/// Commits another index over what there is.
fn onto(path: &Path) -> Result<()> {
    let mut index = Bm25Index::<i64>::new();
    for id in 0..20_i64 {
        index.add_document(id, &[format!("t{}", id % 4)])?;
    }
    index.commit(path, Scoring::default())?;
    assert_eq!(Bm25Index::<i64>::load(path)?.retrieve(&["t0"], 10, Scoring::default())?.len(), 5);
    Ok(())
}

fn texts(path: &Path) -> Result<()> {
    let mut index = Bm25Index::<String>::load(path)?;
    index.search("the red foxes", 10, index.params())?;
    index.update_text("d1".to_owned(), "a hen")?;
    index.search("the red foxes", 10, index.params())?;
    Ok(())
}

fn weights(path: &Path) -> Result<()> {
    let mut index = SparseIndex::<i64>::load(path)?;
    let rows = SparseRows { offsets: &[0, 3], dimensions: &[1, 9, 900], values: &[1.0, 2.0, 1.0] };
    // Of names and numbers an index has one.
    let _ = index.search_named(&[("t0", 1.0), ("u1", 2.0)], 10);
    let _ = index.search(rows, 10);
    index.remove(&1)?;
    let _ = index.search_named(&[("t0", 1.0), ("u1", 2.0)], 10);
    let _ = index.search(rows, 10);
    index.save(path.with_extension("again"))?;
    Ok(())
}

fuzz_target!(|input: &[u8]| {
    let Some((&which, rest)) = input.split_first() else { return };
    let base: &Base = &BASE;
    let file = base.files.get(usize::from(which)).map_or_else(|| rest.to_vec(), |file| changed(file, rest));
    // A new name each time: a file that is mapped is never written to.
    let path: PathBuf = base.folder.path().join("index");
    let _ = std::fs::remove_file(&path);
    std::fs::write(&path, file).expect("room for a file");
    let _ = counts(&path);
    let _ = texts(&path);
    let _ = weights(&path);
    if usize::from(which) == base.files.len() - 1 {
        let committed = base.folder.path().join("committed");
        std::fs::remove_dir_all(&committed).expect("a folder");
        std::fs::create_dir(&committed).expect("a folder");
        for (name, rows) in &base.rows {
            std::fs::write(committed.join(name), rows).expect("room for a file");
        }
        std::fs::rename(&path, committed.join("manifest")).expect("a manifest");
        let _ = counts(&committed);
        let _ = onto(&committed);
    }
});
