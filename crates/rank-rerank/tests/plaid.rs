//! The index against scoring every document, and what it keeps when it changes and when it is saved.

use proptest::prelude::*;
use rank_rerank::plaid::{PlaidIndex, SearchConfig};
use rank_rerank::residual::CodecConfig;
use rank_rerank::simd::{Components, MaxSim, Scoring, TokenBatch};
use rank_rerank::store::{TokenDtype, TokenStore};
use rank_rerank::{Error, TokenMatrix};

struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn value(&mut self) -> f32 {
        (0..4).map(|_| self.below(1 << 20) as f32 / (1 << 19) as f32 - 1.0).sum()
    }
}

const DIM: usize = 32;

fn unit(token: &mut [f32]) {
    let norm = token.iter().map(|value| value * value).sum::<f32>().sqrt();
    for value in token.iter_mut() {
        *value /= norm;
    }
}

/// Documents of a few topics each.
struct Collection {
    tokens: Vec<f32>,
    offsets: Vec<usize>,
}

impl Collection {
    fn new(documents: usize, start: u64) -> Self {
        let mut chance = Chance(start);
        let topics: Vec<f32> = (0..60 * DIM).map(|_| chance.value()).collect();
        let (mut tokens, mut offsets) = (Vec::new(), vec![0]);
        for _ in 0..documents {
            let of: Vec<usize> = (0..5).map(|_| chance.below(60)).collect();
            for _ in 0..5 + chance.below(20) {
                let topic = &topics[of[chance.below(5)] * DIM..][..DIM];
                let mut token: Vec<f32> = topic.iter().map(|value| value + 0.4 * chance.value()).collect();
                unit(&mut token);
                tokens.extend(token);
            }
            offsets.push(tokens.len() / DIM);
        }
        Self { tokens, offsets }
    }

    fn batch(&self) -> TokenBatch<'_> {
        TokenBatch::flat(Components::F32(&self.tokens), DIM, &self.offsets).unwrap()
    }

    /// Of tokens near to those of one document.
    fn query(&self, document: usize, start: u64) -> TokenMatrix {
        let mut chance = Chance(start);
        let range = self.offsets[document]..self.offsets[document + 1];
        let mut values = Vec::new();
        for _ in 0..8 {
            let row = range.start + chance.below(range.len());
            let mut token: Vec<f32> =
                self.tokens[row * DIM..][..DIM].iter().map(|value| value + 0.03 * chance.value()).collect();
            unit(&mut token);
            values.extend(token);
        }
        TokenMatrix::new(values, DIM).unwrap()
    }

    fn index(&self, config: CodecConfig) -> PlaidIndex<u32> {
        let ids = 0..(self.offsets.len() - 1) as u32;
        PlaidIndex::build(ids, &self.batch(), config, |_| true).unwrap().unwrap()
    }
}

const ALL: SearchConfig = SearchConfig { nprobe: 1 << 20, candidates: 1 << 20, rescored: 1 << 20 };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// A search that leaves out nothing is a scan: by codes as the codec scores, and rescored as MaxSim does.
    #[test]
    fn a_search_of_everything_is_a_scan(
        documents in 2_usize..40,
        bits in prop::sample::select(vec![1_usize, 2, 4]),
        k in 0_usize..50,
        start in any::<u32>(),
    ) {
        let collection = Collection::new(documents, u64::from(start));
        let index = collection.index(CodecConfig { bits, ..CodecConfig::default() });
        let query = collection.query(start as usize % documents, 9);
        let encoded = index.codec().encode(&collection.tokens, 1).unwrap();
        let mut expected: Vec<(u32, f32)> =
            (0_u32..).zip(index.codec().maxsim(&query, &encoded, &collection.offsets).unwrap()).collect();
        expected.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        expected.truncate(k);
        prop_assert_eq!(index.search(&query, k, ALL).unwrap(), expected);

        let mut store = TokenStore::new(DIM, TokenDtype::F32).unwrap();
        store.extend(0..documents as u32, &collection.batch()).unwrap();
        let exact = store.rank_with_top_k(&MaxSim::new(&query).unwrap(), k, Scoring::default()).unwrap();
        prop_assert_eq!(index.search_rescored(&query, k, ALL, &store).unwrap(), exact);
    }

    /// Documents added and deleted later leave an index that answers as one of what is left.
    #[test]
    fn documents_come_and_go(
        documents in 4_usize..40,
        mut cuts in prop::collection::btree_set(1_usize..40, 0..8),
        gone in prop::collection::btree_set(0_u32..40, 0..6),
        start in any::<u32>(),
    ) {
        let collection = Collection::new(documents, u64::from(start));
        let whole = collection.index(CodecConfig::default());
        let mut grown = PlaidIndex::new(whole.codec().clone());
        cuts.retain(|cut| *cut < documents);
        cuts.extend([0, documents]);
        let cuts: Vec<usize> = cuts.into_iter().collect();
        for pair in cuts.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let tokens = &collection.tokens[collection.offsets[from] * DIM..collection.offsets[to] * DIM];
            let offsets: Vec<usize> =
                collection.offsets[from..=to].iter().map(|offset| offset - collection.offsets[from]).collect();
            let batch = TokenBatch::flat(Components::F32(tokens), DIM, &offsets).unwrap();
            prop_assert!(grown.add(from as u32..to as u32, &batch, 2, |_| true).unwrap());
        }
        let gone: Vec<u32> = gone.into_iter().filter(|id| (*id as usize) < documents).collect();
        grown.delete(&gone).unwrap();
        prop_assert_eq!(grown.len(), documents - gone.len());
        let query = collection.query(start as usize % documents, 3);
        let expected: Vec<(u32, f32)> =
            whole.search(&query, documents, ALL).unwrap().into_iter().filter(|(id, _)| !gone.contains(id)).collect();
        prop_assert_eq!(&grown.search(&query, documents, ALL).unwrap(), &expected);

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index");
        grown.save(&path).unwrap();
        let mut opened: PlaidIndex<u32> = PlaidIndex::open(&path).unwrap();
        prop_assert!(opened.is_mapped() && opened.len() == grown.len());
        prop_assert_eq!(opened.ids().collect::<Vec<_>>(), grown.ids().collect::<Vec<_>>());
        prop_assert_eq!(&opened.search(&query, documents, ALL).unwrap(), &expected);
        // What was deleted may come again, into a mapped index as well.
        if let Some(&id) = gone.first() {
            let range = collection.offsets[id as usize]..collection.offsets[id as usize + 1];
            let tokens = &collection.tokens[range.start * DIM..range.end * DIM];
            let offsets = [0, range.len()];
            let batch = TokenBatch::flat(Components::F32(tokens), DIM, &offsets).unwrap();
            prop_assert!(opened.add([id], &batch, 1, |_| true).unwrap());
            prop_assert!(opened.contains(&id) && !opened.is_mapped());
            let found = opened.search(&query, documents, ALL).unwrap();
            prop_assert_eq!(found.len(), expected.len() + 1);
            prop_assert!(found.iter().any(|(found, _)| *found == id));
        }
    }
}

#[test]
fn little_of_the_work_finds_most_of_the_best() {
    let collection = Collection::new(2000, 1);
    let index = collection.index(CodecConfig::default());
    let mut store = TokenStore::new(DIM, TokenDtype::F32).unwrap();
    store.extend(0..2000, &collection.batch()).unwrap();
    let config = SearchConfig { nprobe: 16, candidates: 400, rescored: 50 };
    let queries: Vec<TokenMatrix> = (0..30).map(|number| collection.query(number * 61, number as u64)).collect();
    let found = index.search_batch(&queries, 10, config, Some(&store), 2, |_| true).unwrap();
    let one_by_one = index.search_batch(&queries, 10, config, Some(&store), 1, |_| true).unwrap();
    assert_eq!(found, one_by_one);
    let mut same = 0;
    for (query, found) in queries.iter().zip(&found) {
        let exact = store.rank_with_top_k(&MaxSim::new(query).unwrap(), 10, Scoring::default()).unwrap();
        same += exact.iter().filter(|(id, _)| found.iter().any(|(found, _)| found == id)).count();
    }
    assert!(same >= 285, "{same} of 300");
}

#[test]
fn an_index_without_documents_finds_none() {
    let collection = Collection::new(3, 1);
    let empty: PlaidIndex<String> = PlaidIndex::new(collection.index(CodecConfig::default()).codec().clone());
    assert!(empty.is_empty() && empty.search(&collection.query(0, 1), 5, SearchConfig::default()).unwrap().is_empty());
    let folder = tempfile::tempdir().unwrap();
    empty.save(folder.path().join("empty")).unwrap();
    assert!(PlaidIndex::<String>::open(folder.path().join("empty")).unwrap().is_empty());
}

#[test]
fn what_cannot_be_is_refused() {
    let collection = Collection::new(5, 1);
    let mut index = collection.index(CodecConfig::default());
    let query = collection.query(0, 1);
    let config = SearchConfig { nprobe: 0, ..ALL };
    let message = index.search(&query, 1, config).unwrap_err().to_string();
    assert_eq!(message, "nprobe: expected at least 1, got 0; 32 is usual");
    assert!(matches!(index.search(&[[1.0]], 1, ALL), Err(Error::DimMismatch { .. })));
    assert!(matches!(
        index.search_batch(&[[[f32::NAN; DIM]]], 1, ALL, None, 1, |_| true),
        Err(Error::NonFinite { .. })
    ));
    assert!(matches!(index.delete(&[9]), Err(Error::UnknownId { position: 0 })));
    assert!(matches!(index.delete(&[1, 1]), Err(Error::UnknownId { position: 1 })));
    assert_eq!(index.len(), 5);
    assert!(matches!(index.add([7, 8], &collection.batch(), 1, |_| true), Err(Error::IdCount { expected: 5, got: 2 })));
    assert!(matches!(
        index.add([7, 8, 2, 9, 10], &collection.batch(), 1, |_| true),
        Err(Error::KnownId { position: 2 })
    ));
    assert!(matches!(
        index.add([7, 8, 7, 9, 10], &collection.batch(), 1, |_| true),
        Err(Error::KnownId { position: 2 })
    ));
    let batch = TokenBatch::flat(Components::F32(&[1.0; DIM]), DIM, &[0, 1, 1]).unwrap();
    assert!(matches!(index.add([7, 8], &batch, 1, |_| true), Err(Error::NoTokens { .. })));
    assert!(matches!(PlaidIndex::build([7, 8], &batch, CodecConfig::default(), |_| true), Err(Error::NoTokens { .. })));
    let batch = TokenBatch::flat(Components::F32(&[1.0; DIM]), DIM / 2, &[0, 1, 2]).unwrap();
    assert!(matches!(index.add([7, 8], &batch, 1, |_| true), Err(Error::DimMismatch { .. })));
    assert!(!index.add(10..15, &collection.batch(), 1, |_| false).unwrap());
    assert_eq!(index.len(), 5);
    assert!(PlaidIndex::build(0..5, &collection.batch(), CodecConfig::default(), |_| false).unwrap().is_none());
    let store = TokenStore::new(DIM, TokenDtype::F32).unwrap();
    assert!(matches!(index.search_rescored(&query, 1, ALL, &store), Err(Error::UnknownId { .. })));
}

#[test]
fn a_file_that_was_changed_anywhere_is_refused() {
    let collection = Collection::new(4, 1);
    let index = collection.index(CodecConfig::default());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    index.save(&path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let refused = |bytes: &[u8]| {
        let path = folder.path().join("changed");
        std::fs::write(&path, bytes).unwrap();
        let error = PlaidIndex::<u32>::open(&path).unwrap_err();
        assert!(matches!(error, Error::DamagedIndex { .. }), "{error}");
        error.to_string()
    };
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        refused(&bytes);
    }
    for length in (0..whole.len()).step_by(97) {
        refused(&whole[..length]);
    }
    assert!(refused(b"something else").contains("a file of another kind"));
    // A file that was made to contradict itself, with a sum that agrees.
    for (at, value) in [(12, 0_u64), (20, 3), (28, 0), (28, 1 << 60), (36, 1 << 61), (44, 1 << 62), (36, 3), (44, 1)] {
        let mut bytes = whole[..whole.len() - 4].to_vec();
        bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        assert!(refused(&bytes).contains("contradicts itself"), "{at} {value}");
    }
    assert!(matches!(PlaidIndex::<u32>::open(folder.path().join("none")), Err(Error::File { .. })));
    assert!(matches!(PlaidIndex::<String>::open(&path), Err(Error::IdType { .. })));
    assert!(matches!(index.save(folder.path().join("no/such")), Err(Error::File { .. })));
}
