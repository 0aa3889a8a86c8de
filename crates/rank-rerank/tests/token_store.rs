//! A store after any history is the store that is built at once; a damaged file is told.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use rank_rerank::simd::half::{bf16, f16};
use rank_rerank::simd::{Components, MaxSim, Precision, Scoring, TokenBatch, best, quantize_int8};
use rank_rerank::store::{TokenDtype, TokenStore};
use rank_rerank::{Error, TokenMatrix};

const DIM: usize = 5;
const DTYPES: [TokenDtype; 4] = [TokenDtype::F32, TokenDtype::F16, TokenDtype::Bf16, TokenDtype::Int8];

fn tokens(start: u32, count: usize) -> TokenMatrix {
    let value = |n: usize| ((start as usize * 7919 + n * 104_729) % 1009) as f32 / 504.5 - 1.0;
    TokenMatrix::new((0..count * DIM).map(value).collect(), DIM).unwrap()
}

fn query() -> MaxSim {
    MaxSim::new(&tokens(1, 3)).unwrap()
}

#[derive(Debug, Clone)]
enum Step {
    Append(u8, u32, usize),
    Replace(u8, u32, usize),
    Delete(u8),
    Compact,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..12_u8, any::<u32>(), 1..4_usize).prop_map(|(id, start, count)| Step::Append(id, start, count)),
        2 => (0..12_u8, any::<u32>(), 1..4_usize).prop_map(|(id, start, count)| Step::Replace(id, start, count)),
        2 => (0..12_u8).prop_map(Step::Delete),
        1 => Just(Step::Compact),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn any_history_is_a_fresh_build(dtype in 0..4_usize, steps in prop::collection::vec(step(), 0..30)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens");
        let mut store = TokenStore::new(DIM, DTYPES[dtype]).unwrap();
        let mut model: Vec<(String, TokenMatrix)> = Vec::new();
        for step in steps {
            match step {
                Step::Append(id, start, count) => {
                    let (id, tokens) = (format!("d{id}"), tokens(start, count));
                    let known = model.iter().any(|(known, _)| *known == id);
                    prop_assert_eq!(store.append(id.clone(), &tokens).is_err(), known);
                    if !known {
                        model.push((id, tokens));
                    }
                }
                Step::Replace(id, start, count) => {
                    let (id, tokens) = (format!("d{id}"), tokens(start, count));
                    let known = model.iter_mut().find(|(known, _)| *known == id);
                    prop_assert_eq!(store.replace(id, &tokens).is_ok(), known.is_some());
                    if let Some((_, old)) = known {
                        *old = tokens;
                    }
                }
                Step::Delete(id) => {
                    let id = format!("d{id}");
                    let before = model.len();
                    model.retain(|(known, _)| *known != id);
                    prop_assert_eq!(store.delete(&[id]).is_ok(), model.len() < before);
                }
                Step::Compact => store.compact(),
                Step::Reopen => {
                    store.save(&path).unwrap();
                    TokenStore::<String>::verify(&path).unwrap();
                    store = TokenStore::open(&path).unwrap();
                }
            }
        }

        let mut fresh = TokenStore::new(DIM, DTYPES[dtype]).unwrap();
        let all: Vec<Components<'_>> = model.iter().map(|(_, tokens)| Components::F32(tokens.values())).collect();
        let ids: Vec<String> = model.iter().map(|(id, _)| id.clone()).collect();
        fresh.extend(ids.clone(), &TokenBatch::each(all, DIM).unwrap()).unwrap();
        prop_assert_eq!(store.ids().cloned().collect::<Vec<_>>(), ids.clone());
        prop_assert_eq!(store.tokens(), fresh.tokens());
        prop_assert_eq!(store.len(), model.len());
        let scoring = Scoring::default();
        let scores = fresh.score(&query(), scoring).unwrap();
        prop_assert_eq!(&store.score(&query(), scoring).unwrap(), &scores);
        prop_assert_eq!(&store.score_of(&query(), &ids, Scoring { threads: 3, ..scoring }).unwrap(), &scores);
        for (id, score) in ids.iter().zip(&scores) {
            prop_assert_eq!(store.get(id), fresh.get(id));
            // As the documents alone are scored, too.
            let alone = TokenBatch::each(vec![store.get(id).unwrap()], DIM).unwrap();
            prop_assert_eq!(query().score_tokens(&alone, scoring).unwrap(), [*score]);
        }
        store.save(&path).unwrap();
        let again = folder.path().join("fresh");
        fresh.save(&again).unwrap();
        prop_assert_eq!(fs::read(&path).unwrap(), fs::read(&again).unwrap());
    }

    #[test]
    fn ranking_is_a_sort(scores in prop::collection::vec(0..4_u8, 0..40), k in 0..45_usize, threads in 1..4_usize) {
        let mut store = TokenStore::new(1, TokenDtype::F32).unwrap();
        for (number, &score) in scores.iter().enumerate() {
            store.append(-(number as i64), &[[f32::from(score)]]).unwrap();
        }
        let mut expected: Vec<(i64, f32)> =
            scores.iter().enumerate().map(|(number, &score)| (-(number as i64), f32::from(score))).collect();
        expected.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let query = MaxSim::new(&[[1.0]]).unwrap();
        let scoring = Scoring { threads, ..Scoring::default() };
        prop_assert_eq!(&store.rank(&query, scoring).unwrap(), &expected);
        let ids: Vec<i64> = store.ids().copied().collect();
        prop_assert_eq!(&store.rank_of(&query, &ids, usize::MAX, scoring).unwrap(), &expected);
        expected.truncate(k);
        prop_assert_eq!(&store.rank_with_top_k(&query, k, scoring).unwrap(), &expected);
    }
}

#[test]
fn tokens_are_rounded_as_the_types_have_it() {
    let values = [0.3_f32, -0.7, 1e-3, 5.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
    for dtype in DTYPES {
        let mut store = TokenStore::new(DIM, dtype).unwrap();
        let matrix = TokenMatrix::new(values.to_vec(), DIM).unwrap();
        store.append(1, &matrix).unwrap();
        let (codes, scales) = quantize_int8(&values, DIM).unwrap();
        let half: Vec<f16> = values.iter().map(|&value| f16::from_f32(value)).collect();
        let upper: Vec<bf16> = values.iter().map(|&value| bf16::from_f32(value)).collect();
        let expected = match dtype {
            TokenDtype::F16 => Components::F16(&half),
            TokenDtype::Bf16 => Components::Bf16(&upper),
            TokenDtype::Int8 => Components::Int8 { codes: &codes, scales: &scales },
            _ => Components::F32(&values),
        };
        assert_eq!(store.get(&1), Some(expected));
        // What has the store's type already is kept as it is.
        store.extend([2], &TokenBatch::each(vec![expected], DIM).unwrap()).unwrap();
        assert_eq!(store.get(&2), Some(expected));
        let wide = store.matrix(&2).unwrap();
        for (wide, value) in wide.values().iter().zip(values) {
            assert!((wide - value).abs() <= 0.02, "{wide} {value} {}", dtype.name());
        }
    }
}

#[test]
fn many_queries_threads_and_reports() {
    let mut store = TokenStore::new(DIM, TokenDtype::Int8).unwrap();
    for id in 0..500_u32 {
        store.append(id, &tokens(id, 1 + id as usize % 7)).unwrap();
    }
    let queries = [query(), MaxSim::new(&tokens(5, 40)).unwrap()];
    for threads in [1, 2, 5] {
        let scoring = Scoring { threads, ..Scoring::default() };
        let ranked = store.rank_batch(&queries, 7, scoring).unwrap();
        for (query, ranked) in queries.iter().zip(&ranked) {
            let scores = store.score(query, Scoring::default()).unwrap();
            let expected: Vec<(u32, f32)> =
                best(scores, 7).into_iter().map(|(position, score)| (position as u32, score)).collect();
            assert_eq!(*ranked, expected);
        }
    }
    let mut reported = Vec::new();
    let stopped = store.rank_with(&queries, None, 3, Scoring::default(), |more| {
        reported.push(more);
        std::ops::ControlFlow::Break(())
    });
    assert!(stopped.unwrap().is_break());
    assert_eq!(reported, [500]);
}

#[test]
fn readers_at_once() {
    let mut store = TokenStore::new(DIM, TokenDtype::F32).unwrap();
    for id in 0..200_u32 {
        store.append(id, &tokens(id, 3)).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    store.save(folder.path().join("tokens")).unwrap();
    let store = TokenStore::<u32>::open(folder.path().join("tokens")).unwrap();
    let expected = store.rank(&query(), Scoring::default()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(store.rank(&query(), Scoring::default()).unwrap(), expected));
        }
    });
}

fn saved() -> (tempfile::TempDir, PathBuf) {
    let mut store = TokenStore::new(DIM, TokenDtype::Int8).unwrap();
    for id in ["a", "longer", "ü"] {
        store.append(id.to_owned(), &tokens(id.len() as u32, id.len())).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens");
    store.save(&path).unwrap();
    (folder, path)
}

/// Whichever byte is changed, and wherever the file is cut: an error, or, where it is a byte between sections, the same
/// store. Opening never panics.
#[test]
fn every_damage_is_told() {
    let (_folder, path) = saved();
    let whole = fs::read(&path).unwrap();
    let scores =
        |path: &PathBuf| TokenStore::<String>::open(path).unwrap().score(&query(), Scoring::default()).unwrap();
    let expected = scores(&path);
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        fs::write(&path, &bytes).unwrap();
        match TokenStore::<String>::verify(&path) {
            Ok(()) => assert_eq!(scores(&path), expected, "byte {at}"),
            Err(error) => assert!(matches!(error, Error::DamagedFile { .. }), "byte {at}: {error}"),
        }
        // What the values rest on is checked even here.
        if let Ok(store) = TokenStore::<String>::open(&path) {
            let _ = store.score(&query(), Scoring::default());
        }
        fs::write(&path, &whole[..at]).unwrap();
        assert!(matches!(TokenStore::<String>::open(&path), Err(Error::DamagedFile { .. })), "cut at {at}");
    }
    let mut more = whole.clone();
    more.push(0);
    fs::write(&path, &more).unwrap();
    let error = TokenStore::<String>::open(&path).unwrap_err().to_string();
    assert!(error.contains("a file with something behind its end; save the store again"), "{error}");
}

#[test]
fn errors_name_the_file() {
    let (folder, path) = saved();
    let missing = folder.path().join("missing");
    let error = TokenStore::<String>::open(&missing).unwrap_err();
    assert!(matches!(&error, Error::File { source, .. } if source.kind() == std::io::ErrorKind::NotFound), "{error}");
    let error = TokenStore::<u32>::open(&path).unwrap_err().to_string();
    assert!(error.starts_with("path: expected ids that u32 holds, got \"a\" in "), "{error}");
    let store = TokenStore::<String>::open(&path).unwrap();
    assert!(store.is_mapped());
    assert!(matches!(store.save(folder.path().join("no/such")), Err(Error::File { .. })));
    assert!(matches!(store.save(""), Err(Error::File { .. })));
    // Onto the file that is open.
    store.save(&path).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    fs::write(&path, "").unwrap();
    let error = TokenStore::<String>::open(&path).unwrap_err().to_string();
    assert!(error.contains(", an empty file; "), "{error}");
}

#[test]
fn nothing_is_done_by_halves() {
    let mut store = TokenStore::new(2, TokenDtype::F16).unwrap();
    store.append("a", &[[1.0, 0.0]]).unwrap();
    let two = [0.5_f32, 0.5, 0.25, 0.75];
    let batch = TokenBatch::flat(Components::F32(&two), 2, &[0, 1, 2]).unwrap();
    let say = |result: rank_rerank::Result<()>| result.unwrap_err().to_string();
    assert_eq!(
        say(store.extend(["b", "a"], &batch)),
        "ids[1]: expected ids that are new and there once, got one again; use replace to change a document"
    );
    assert_eq!(
        say(store.extend(["b", "b"], &batch)),
        "ids[1]: expected ids that are new and there once, got one again; use replace to change a document"
    );
    assert_eq!(say(store.extend(["b"], &batch)), "ids: expected 2, one for each document, got 1; pass one for each");
    let unknown = "ids[0]: expected ids that the store holds, each once, got another; append the document first";
    assert_eq!(say(store.replace("b", &[[1.0, 0.0]])), unknown);
    assert_eq!(say(store.delete(&["b"])), unknown);
    assert!(matches!(store.delete(&["a", "a"]), Err(Error::UnknownId { position: 1 })));
    assert!(matches!(store.documents_of(&["b"]), Err(Error::UnknownId { position: 0 })));
    let twice = store.rank_of(&MaxSim::new(&[[1.0, 0.0]]).unwrap(), &["a", "a"], 1, Scoring::default());
    assert!(matches!(twice, Err(Error::DuplicateId { position: 1, first: 0 })));
    let large = [1.0_f32, 1e30, 1.0, 1.0];
    let large = TokenBatch::flat(Components::F32(&large), 2, &[0, 1, 2]).unwrap();
    assert!(matches!(store.extend(["b", "c"], &large), Err(Error::Overflow { .. })));
    let nan = [1.0_f32, 0.0, f32::NAN, 1.0];
    let nan = TokenBatch::flat(Components::F32(&nan), 2, &[0, 1, 2]).unwrap();
    assert_eq!(
        say(store.extend(["b", "c"], &nan)),
        "values (document 1): expected finite components, got NaN in token 0; repair the encoder's output"
    );
    let empty = TokenBatch::flat(Components::F32(&two), 2, &[0, 2, 2]).unwrap();
    assert!(matches!(store.extend(["b", "c"], &empty), Err(Error::NoTokens { .. })));
    let other = [bf16::ONE; 2];
    let other = TokenBatch::flat(Components::Bf16(&other), 2, &[0, 1]).unwrap();
    assert_eq!(
        say(store.extend(["b"], &other)),
        "values (document 0): expected tokens of f16 or f32, got bf16; convert them to f32"
    );
    assert!(matches!(store.append("b", &[[1.0, 0.0, 0.0]]), Err(Error::DimMismatch { .. })));
    assert_eq!((store.len(), store.tokens(), store.bytes()), (1, 1, 4));

    assert!(matches!(TokenStore::<u32>::new(0, TokenDtype::F32), Err(Error::NoComponents { .. })));
    assert!(matches!(TokenStore::<u32>::new(1 << 20, TokenDtype::Int8), Err(Error::TooManyComponents { .. })));
    let rounded = Scoring { precision: Precision::Bf16, threads: 1 };
    assert!(matches!(store.score(&MaxSim::new(&[[1.0, 0.0]]).unwrap(), rounded), Err(Error::Precision { .. })));
    assert!(matches!(store.score(&MaxSim::new(&[[1.0]]).unwrap(), Scoring::default()), Err(Error::DimMismatch { .. })));
}
