//! A store after any history is the store that is built at once; a damaged file is told.

use std::fs;
use std::hash::Hash;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use proptest::prelude::*;
use rank_rerank::residual::{CodecConfig, Encoded, ResidualCodec};
use rank_rerank::simd::half::{bf16, f16};
use rank_rerank::simd::{Components, MaxSim, Precision, Scoring, TokenBatch, best, quantize_binary, quantize_int8};
use rank_rerank::store::{TokenDtype, TokenStore};
use rank_rerank::{Error, TokenMatrix};

const DIM: usize = 8;
const DTYPES: [TokenDtype; 5] =
    [TokenDtype::F32, TokenDtype::F16, TokenDtype::Bf16, TokenDtype::Int8, TokenDtype::Binary];

fn codec(bits: usize) -> Arc<ResidualCodec> {
    static CODECS: [OnceLock<Arc<ResidualCodec>>; 3] = [const { OnceLock::new() }; 3];
    let trained = || {
        let config = CodecConfig { bits, centroids: Some(6), ..CodecConfig::default() };
        Arc::new(ResidualCodec::train(tokens(3, 200).values(), DIM, config, |_| true).unwrap().unwrap())
    };
    Arc::clone(CODECS[bits / 2].get_or_init(trained))
}

/// Of each type; behind these, of residual codes.
fn empty<I: Clone + Eq + Hash>(kind: usize) -> TokenStore<I> {
    match DTYPES.get(kind) {
        Some(&dtype) => TokenStore::new(DIM, dtype).unwrap(),
        None => TokenStore::with_codec(codec(1 << (kind - DTYPES.len()))),
    }
}

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
    fn any_history_is_a_fresh_build(kind in 0..8_usize, steps in prop::collection::vec(step(), 0..30)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens");
        let mut store = empty(kind);
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

        let mut fresh = empty(kind);
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
    let values = [0.3_f32, -0.7, 1e-3, 5.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, -0.7, 0.8, -0.9, 1.0, 1.1, 0.0];
    for dtype in &DTYPES[..4] {
        let dtype = *dtype;
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

#[test]
fn sign_bits_are_scored_as_they_are() {
    let (document, mut store) = (tokens(7, 9), empty(4));
    store.append("a", &document).unwrap();
    let signs: Vec<f32> = document.values().iter().map(|&value| if value > 0.0 { 1.0 } else { -1.0 }).collect();
    assert_eq!(store.matrix(&"a").unwrap().values(), signs);
    assert_eq!((store.dtype(), store.bytes()), (TokenDtype::Binary, 9));
    let bits = quantize_binary(document.values(), DIM).unwrap();
    let alone = TokenBatch::flat(Components::Binary(&bits), DIM, &[0, 9]).unwrap();
    for precision in [Precision::Stored, Precision::Signs] {
        let scoring = Scoring { precision, ..Scoring::default() };
        assert_eq!(store.score(&query(), scoring).unwrap(), query().score_tokens(&alone, scoring).unwrap());
    }
    let cosine = MaxSim::cosine(&tokens(1, 3)).unwrap();
    let exact: f64 = cosine
        .values()
        .chunks_exact(DIM)
        .map(|token| {
            let dots = signs.chunks_exact(DIM).map(|row| {
                row.iter().zip(token).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>() / (DIM as f64).sqrt()
            });
            dots.fold(f64::NEG_INFINITY, f64::max)
        })
        .sum();
    assert!((f64::from(store.score(&cosine, Scoring::default()).unwrap()[0]) - exact).abs() < 0.02);
    assert_eq!(store.prefix(8).unwrap().get(&"a"), store.get(&"a"));
    let narrow = TokenStore::<&str>::new(12, TokenDtype::Binary).unwrap_err();
    assert_eq!(
        narrow.to_string(),
        "tokens: expected a dim that is a multiple of 8 for sign bits, got 12; append zeros to query and tokens"
    );
    let mut wide = TokenStore::<&str>::new(16, TokenDtype::Binary).unwrap();
    wide.append("b", &[[1.0; 16]]).unwrap();
    assert_eq!(wide.prefix(8).unwrap().matrix(&"b").unwrap().values(), [1.0; 8]);
    assert_eq!(
        wide.prefix(12).unwrap_err().to_string(),
        "head_dims: expected a multiple of 8 components of 16, got 12; pass a dimension that the model was trained for"
    );
}

#[test]
fn residual_codes_are_scored_as_the_codec_scores_them() {
    for (kind, bits) in [(5, 1), (6, 2), (7, 4)] {
        let codec = codec(bits);
        let mut store = empty(kind);
        let (first, second) = (tokens(5, 40), tokens(6, 3));
        store.append("a", &first).unwrap();
        store.append("b", &second).unwrap();
        assert_eq!(store.codec().map(ResidualCodec::bits), Some(bits));
        assert_eq!(store.bytes(), 43 * (DIM * bits / 8 + 8));
        let all: Vec<f32> = first.values().iter().chain(second.values()).copied().collect();
        let encoded = codec.encode(&all, 1).unwrap();
        let scores = codec.maxsim(&tokens(1, 3), &encoded, &[0, 40, 43]).unwrap();
        assert_eq!(store.score(&query(), Scoring::default()).unwrap(), scores);
        // What is decoded scores as the codes do, but for the rounding of the query's codes.
        assert_eq!(store.matrix(&"b").unwrap().values(), &codec.decode(&encoded).unwrap()[40 * DIM..]);
        let decoded = query().score(&store.matrix(&"b").unwrap()).unwrap();
        assert!((scores[1] - decoded).abs() < 0.02 * decoded.abs().max(1.0), "{} {decoded}", scores[1]);
        // Weights, explanations and cosines.
        let weighted = query().with_weights(&[2.0, 0.0, -1.0]).unwrap();
        let explained = store.explain(&weighted, &"b", Scoring::default()).unwrap();
        let sum: f64 = explained.alignments.iter().map(|alignment| alignment.contribution).sum();
        assert!((sum - f64::from(explained.score)).abs() < 1e-5);
        assert_eq!(explained.score, store.score_of(&weighted, &["b"], Scoring::default()).unwrap()[0]);
        let cosine = MaxSim::cosine(&tokens(1, 3)).unwrap();
        let by_hand = cosine.score(&store.matrix(&"b").unwrap()).unwrap();
        assert_eq!(store.score_of(&cosine, &["b"], Scoring::default()).unwrap(), [by_hand]);

        // Codes of this codec are kept as they are, others are refused, and so is what they have not.
        let mut other = empty(kind);
        let batch = TokenBatch::flat(Components::Residual(Encoded::new(&codec, &encoded).unwrap()), DIM, &[0, 40, 43]);
        other.extend(["a", "b"], &batch.unwrap()).unwrap();
        assert_eq!(other.get(&"a"), store.get(&"a"));
        let mut plain = TokenStore::new(DIM, TokenDtype::F32).unwrap();
        let error = plain.extend(["a", "b"], &other.documents()).unwrap_err();
        assert!(matches!(error, Error::StoredDtype { expected: "f32", got: "residual codes", .. }), "{error}");
        assert!(matches!(store.prefix(4).unwrap_err(), Error::HeadDims { .. }));
        let scoring = Scoring { precision: Precision::Bf16, ..Scoring::default() };
        assert!(matches!(store.score(&query(), scoring).unwrap_err(), Error::Precision { .. }));
    }
    let error = TokenStore::<i64>::new(DIM, TokenDtype::Residual2).unwrap_err();
    assert_eq!(
        error.to_string(),
        "dtype: expected one of components or sign bits, got residual2; make the store with its codec"
    );
}

#[test]
fn a_file_of_codes_that_is_damaged_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("codes");
    let mut store = empty(6);
    store.append(1_i64, &tokens(5, 40)).unwrap();
    store.save(&path).unwrap();
    let whole = fs::read(&path).unwrap();
    TokenStore::<i64>::verify(&path).unwrap();
    // Of each section a byte; that of the codes, which are not read when a file is opened, is told when all is.
    for at in (0..whole.len()).step_by(16) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x40;
        fs::write(&path, &damaged).unwrap();
        if TokenStore::<i64>::open(&path).is_ok() {
            let verified = TokenStore::<i64>::verify(&path);
            // Up to where the next section begins.
            let padding = whole[at..at / 64 * 64 + 64].iter().all(|&byte| byte == 0);
            assert!(verified.is_err() || padding, "byte {at}");
        }
    }
}
