//! The HNSW index: against exact search, through files, and from many threads.
#![cfg(feature = "usearch")]

use std::fs;

use rank_retrieve::{DenseIndex, Error, ExactDenseIndex, Filter, HnswOptions, Metric, Precision};

const DIM: usize = 16;

/// Vectors around a few centers, from a generator of its own so that they never change.
fn vectors(number: usize) -> Vec<Vec<f32>> {
    let mut state = 1_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 24) as f32 - 0.5
    };
    let centers: Vec<Vec<f32>> = (0..20).map(|_| (0..DIM).map(|_| uniform()).collect()).collect();
    (0..number).map(|i| centers[i % 20].iter().map(|center| center + 0.3 * uniform()).collect()).collect()
}

fn build(vectors: &[Vec<f32>], metric: Metric, options: HnswOptions) -> DenseIndex<u32> {
    let mut index = DenseIndex::with_options(DIM, metric, options).unwrap();
    for (id, vector) in (0..).zip(vectors) {
        index.add(id, vector).unwrap();
    }
    index
}

#[test]
fn nearly_all_true_neighbors_are_found_with_their_similarities() {
    let all = vectors(2_050);
    let (documents, queries) = all.split_at(2_000);
    for (metric, precision, tolerance) in [
        (Metric::Cosine, Precision::F32, 1e-5),
        (Metric::Dot, Precision::F32, 1e-5),
        (Metric::Cosine, Precision::F16, 3e-3),
    ] {
        let index = build(documents, metric, HnswOptions::default().precision(precision));
        let mut exact = ExactDenseIndex::new(DIM, metric).unwrap();
        for (id, vector) in (0..).zip(documents) {
            exact.add(id, vector).unwrap();
        }
        let mut found = 0;
        for query in queries {
            let truth = exact.search(query, 2_000).unwrap();
            let hits = index.search(query, 10).unwrap();
            assert_eq!(hits.len(), 10);
            for pair in hits.windows(2) {
                assert!(pair[0].1 > pair[1].1 || (pair[0].1 == pair[1].1 && pair[0].0 < pair[1].0));
            }
            for hit in hits {
                let rank = truth.iter().position(|other| other.0 == hit.0).unwrap();
                assert!((truth[rank].1 - hit.1).abs() < tolerance, "{metric} {precision:?} {hit:?} {:?}", truth[rank]);
                found += usize::from(rank < 10);
            }
        }
        assert!(found >= 475, "{metric} {precision:?}: {found} of 500");
    }
}

#[test]
fn the_same_calls_build_the_same_graph_whatever_is_searched_between() {
    let all = vectors(600);
    let quiet = build(&all, Metric::Cosine, HnswOptions::default());
    let mut searched = DenseIndex::new(DIM, Metric::Cosine).unwrap();
    for (id, vector) in (0..).zip(&all) {
        searched.add(id, vector).unwrap();
        for _ in 0..id % 3 {
            searched.search(vector, 3).unwrap();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    quiet.save(&one).unwrap();
    searched.save(&two).unwrap();
    assert!(fs::read(one).unwrap() == fs::read(two).unwrap());
}

#[test]
fn saving_keeps_ids_options_and_answers() {
    let all = vectors(300);
    let options =
        HnswOptions::default().connectivity(8).expansion_add(40).expansion_search(200).precision(Precision::F16);
    let index = build(&all, Metric::Dot, options);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.hnsw");
    fs::write(&path, "what was there before").unwrap();
    index.save(&path).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays");

    let mut loaded = DenseIndex::<u32>::load(&path).unwrap();
    assert_eq!(loaded.options(), options);
    assert_eq!((loaded.dim(), loaded.metric(), loaded.len(), loaded.is_empty()), (DIM, Metric::Dot, 300, false));
    for query in &all[..20] {
        assert_eq!(loaded.search(query, 10).unwrap(), index.search(query, 10).unwrap());
    }
    assert!(matches!(loaded.add(7, &all[0]), Err(Error::DuplicateDocument { document: 7 })));
    loaded.add(300, &[9.0; DIM]).unwrap();
    assert_eq!(loaded.search(&[1.0; DIM], 1).unwrap(), [(300, 9.0 * DIM as f32)]);
    loaded.save(&path).unwrap();
    assert_eq!(DenseIndex::<i64>::load(&path).unwrap().search(&[1.0; DIM], 1).unwrap(), [(300, 144.0)]);
}

#[test]
fn ids_of_every_kind_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");

    let mut texts = DenseIndex::new(1, Metric::Dot).unwrap();
    for (id, value) in [("", 1.0), ("b/ü", 2.0)] {
        texts.add(id.to_owned(), &[value]).unwrap();
    }
    texts.save(&path).unwrap();
    let loaded = DenseIndex::<String>::load(&path).unwrap();
    assert_eq!(loaded.search(&[1.0], 9).unwrap(), [("b/ü".to_owned(), 2.0), (String::new(), 1.0)]);
    let error = DenseIndex::<u32>::load(&path).unwrap_err().to_string();
    assert!(error.ends_with("expected ids of type u32, got \"\"; load it with the type it was saved with"), "{error}");

    let mut large = DenseIndex::new(1, Metric::Dot).unwrap();
    large.add(u64::MAX, &[1.0]).unwrap();
    large.save(&path).unwrap();
    assert!(DenseIndex::<u64>::load(&path).unwrap().contains(&u64::MAX));
    let error = DenseIndex::<String>::load(&path).unwrap_err().to_string();
    assert!(error.contains("expected ids of type String, got 18446744073709551615;"), "{error}");
    assert!(matches!(DenseIndex::<i64>::load(&path), Err(Error::IdType { .. })));

    let mut negative = DenseIndex::new(1, Metric::Dot).unwrap();
    negative.add(i64::MIN, &[1.0]).unwrap();
    negative.save(&path).unwrap();
    assert!(DenseIndex::<i64>::load(&path).unwrap().contains(&i64::MIN));
}

#[test]
fn an_empty_index_can_be_searched_and_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let index = DenseIndex::<String>::new(2, Metric::Cosine).unwrap();
    assert_eq!(index.search(&[1.0, 0.0], 5).unwrap(), []);
    index.save(&path).unwrap();
    let mut loaded = DenseIndex::<String>::load(&path).unwrap();
    assert!(loaded.is_empty());
    loaded.add("a".to_owned(), &[0.0, 3.0]).unwrap();
    assert_eq!(loaded.search(&[0.0, 1.0], usize::MAX).unwrap(), [("a".to_owned(), 1.0)]);
    assert_eq!(loaded.search(&[0.0, 1.0], 0).unwrap(), []);
}

#[test]
fn every_damage_to_a_file_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.hnsw");
    build(&vectors(40), Metric::Cosine, HnswOptions::default()).save(&path).unwrap();
    let whole = fs::read(&path).unwrap();
    let load = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        DenseIndex::<u32>::load(&path).unwrap_err()
    };
    for length in (0..whole.len()).step_by(97) {
        assert!(matches!(load(&whole[..length]), Error::DamagedFile { .. }), "cut at {length}");
    }
    for position in (0..whole.len()).step_by(89) {
        let mut flipped = whole.clone();
        flipped[position] ^= 4;
        let error = load(&flipped);
        assert!(matches!(error, Error::DamagedFile { .. }), "flipped at {position}");
        assert!(error.to_string().contains("index.hnsw: expected a saved index, got "), "{error}");
    }
    // Another version, and more bytes than it says, both with a right checksum.
    let resealed = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole[..whole.len() - 4].to_vec();
        edit(&mut bytes);
        let sum = crc32fast::hash(&bytes);
        bytes.extend(sum.to_le_bytes());
        load(&bytes).to_string()
    };
    assert!(resealed(&|bytes| bytes[8] = 2).contains("got the format of another version of this library;"));
    assert!(resealed(&|bytes| bytes.push(0)).contains("got a file that contradicts itself;"));
    let refused = resealed(&|bytes| {
        let magic = bytes.windows(7).position(|window| window == b"usearch").unwrap();
        bytes[magic..magic + 7].fill(b'x');
    });
    assert!(refused.starts_with("usearch: expected success, got: "), "{refused}");
    let first_id = 8 + 4 + 8 + 2 + 4 * 8 + 1;
    assert!(resealed(&|bytes| bytes[first_id] = 1).contains("got a file that contradicts itself;"));
}

#[test]
fn a_path_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing/index.hnsw");
    let index = build(&[], Metric::Cosine, HnswOptions::default());
    for error in [index.save(&missing).unwrap_err(), DenseIndex::<u32>::load(&missing).unwrap_err()] {
        assert!(matches!(&error, Error::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound));
        assert!(
            error.to_string().contains("missing/index.hnsw: expected a file that can be read or written"),
            "{error}"
        );
    }
    assert!(matches!(index.save("/"), Err(Error::Io { .. })));
}

#[test]
fn many_threads_search_at_once() {
    let all = vectors(500);
    let index = build(&all, Metric::Cosine, HnswOptions::default());
    let expected: Vec<_> = all.iter().map(|query| index.search(query, 5).unwrap()).collect();
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                for (query, expected) in all.iter().zip(&expected) {
                    assert_eq!(&index.search(query, 5).unwrap(), expected);
                }
            });
        }
    });
}

#[test]
fn bad_vectors_and_options_are_refused() {
    let mut index = DenseIndex::with_options(2, Metric::Dot, HnswOptions::default().precision(Precision::F16)).unwrap();
    index.add(1, &[65_504.0, 0.0]).unwrap();
    assert_eq!(
        index.add(2, &[0.0, -65_536.0]).unwrap_err().to_string(),
        "vector[1]: expected a magnitude of at most 6.5504e4, got -6.5536e4; scale the vectors down together"
    );
    assert!(matches!(index.search(&[1.0], 1), Err(Error::Dimension { expected: 2, got: 1 })));
    assert!(matches!(index.search(&[f32::NAN, 0.0], 1), Err(Error::NotFinite { position: 0, .. })));
    assert!(matches!(index.add(1, &[1.0, 0.0]), Err(Error::DuplicateDocument { document: 0 })));
    assert_eq!(index.len(), 1);
    let mut cosine = DenseIndex::<u32>::new(2, Metric::Cosine).unwrap();
    assert!(matches!(cosine.add(1, &[0.0, 0.0]), Err(Error::ZeroVector)));
    assert!(matches!(DenseIndex::<u32>::new(0, Metric::Cosine), Err(Error::ZeroDim)));
    let error = |options| DenseIndex::<u32>::with_options(2, Metric::Cosine, options).unwrap_err().to_string();
    let usual = HnswOptions::default();
    assert_eq!(error(usual.connectivity(1)), "connectivity: expected 2 to 1024, got 1; 16 is the default");
    assert_eq!(error(usual.expansion_add(0)), "expansion_add: expected 1 to 1000000, got 0; 128 is the default");
    assert!(matches!(cosine.set_expansion_search(0), Err(Error::InvalidOption { option: "expansion_search", .. })));
    cosine.set_expansion_search(99).unwrap();
    assert_eq!(cosine.options().expansion_search, 99);
    for precision in [Precision::F32, Precision::F16] {
        assert_eq!(precision.name().parse::<Precision>().unwrap(), precision);
    }
    assert_eq!(
        "i8".parse::<Precision>().unwrap_err().to_string(),
        "precision: expected \"f32\" or \"f16\", got \"i8\"; f16 halves the memory of the vectors"
    );
    assert!(format!("{cosine:?}").starts_with("DenseIndex { dim: 2, metric: Cosine,"));
}

#[test]
fn filters_let_nothing_else_through_and_few_are_compared_exactly() {
    let all = vectors(2_020);
    let (documents, queries) = all.split_at(2_000);
    for (metric, precision) in [(Metric::Cosine, Precision::F32), (Metric::Dot, Precision::F16)] {
        let index = build(documents, metric, HnswOptions::default().precision(precision));
        let tolerance = if precision == Precision::F32 { 1e-5 } else { 3e-3 };
        let mut exact = ExactDenseIndex::new(DIM, metric).unwrap();
        for (id, vector) in (0..).zip(documents) {
            exact.add(id, vector).unwrap();
        }
        for step in [1, 2, 20, 500, 4_000] {
            // With one that is not there.
            let ids: Vec<u32> = (1..=2_000).step_by(step).collect();
            let filter = Filter::Ids(ids.clone());
            let compiled = index.compile(&filter).unwrap();
            let (mut common, mut size) = (0, 0);
            for query in queries {
                let truth = exact.search_filtered(query, 10, &filter).unwrap();
                let hits = index.search_filtered(query, 10, &filter).unwrap();
                assert_eq!(hits, index.search_filtered(query, 10, &compiled).unwrap());
                assert_eq!(hits.len(), truth.len());
                for hit in &hits {
                    assert!(ids.contains(&hit.0));
                    let all = exact.search(query, 2_000).unwrap();
                    assert!(all.iter().any(|other| other.0 == hit.0 && (other.1 - hit.1).abs() < tolerance));
                }
                size += truth.len();
                common += truth.iter().filter(|one| hits.iter().any(|other| other.0 == one.0)).count();
            }
            assert!(common * 20 >= size * 19, "{metric} {precision:?} {step}: {common} of {size}");
        }
        assert_eq!(
            index.search_filtered(&queries[0], 10, &Filter::All).unwrap(),
            index.search(&queries[0], 10).unwrap()
        );
        assert_eq!(index.search_filtered(&queries[0], 10, &!Filter::All).unwrap(), []);
        let mut more = build(documents, metric, HnswOptions::default());
        let compiled = more.compile(&Filter::Ids(vec![3])).unwrap();
        more.add(9_999, &documents[0]).unwrap();
        assert!(matches!(more.search_filtered(&queries[0], 10, &compiled), Err(Error::StaleFilter)));
    }
}
