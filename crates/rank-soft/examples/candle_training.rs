//! Trains rankers on Candle: by the soft Spearman loss through Candle's autograd, and by LambdaRank with early stopping.
//!
//! `cargo run --release -p rank-soft --features candle-nn --example candle_training`
//!
//! Without data the queries are made up: the quality of an item is a curved function of its features, and what is
//! observed of it is distorted by a steep monotone function, so a squared error would look at a few large targets; ranks
//! do not mind. With `RANK_DATA_DIR`, the folder of collections in the layout of BEIR, rankers learn to rerank SciFact's
//! hundred best by BM25: from the judgments of its training queries, of which a fifth are held out to stop by; judged on
//! the test queries.
#![allow(clippy::print_stdout, clippy::doc_markdown)]

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::path::Path;

use rank_retrieve::{Analyzer, Bm25Index, Bm25Params};
use rank_soft::candle::candle_core::{Device, Tensor};
use rank_soft::candle::spearman_loss_candle;
use rank_soft::ranker::candle_nn::{AdamW, Optimizer, ParamsAdamW};
use rank_soft::ranker::{JudgedItems, Ranker, Training};
use rank_soft::{Input, Loss, LossKind, PairWeight, gumbel_noise, mean_ndcg};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    match std::env::var_os("RANK_DATA_DIR") {
        Some(folder) => rerank(&Path::new(&folder).join("scifact")),
        None => made_up(),
    }
}

/// Items of queries.
#[derive(Default)]
struct Collection {
    features: Vec<f32>,
    labels: Vec<f32>,
    offsets: Vec<usize>,
}

impl Collection {
    fn items(&self) -> Outcome<JudgedItems<'_>> {
        let columns = self.features.len() / self.labels.len();
        Ok(JudgedItems::new(&self.features, columns, &self.labels, &self.offsets)?)
    }

    fn ndcg(&self, scores: &[f32]) -> Outcome<f64> {
        Ok(mean_ndcg(&Input::new(scores).offsets(&self.offsets), &self.labels, Some(10))?)
    }
}

/// Both rankers, trained by LambdaRank, with the epoch that was kept.
fn trained(train: &Collection, held_out: &Collection) -> Outcome<Vec<(&'static str, Ranker, usize)>> {
    let columns = train.features.len() / train.labels.len();
    let loss = Loss::new(LossKind::PairwiseLogistic).pair_weight(PairWeight::LambdaRank).normalize(true);
    let rankers = [("linear", Ranker::linear(columns, 1)?), ("network", Ranker::mlp(columns, &[16], 1)?)];
    let fit = |(name, mut ranker): (&'static str, Ranker)| {
        let training = Training::new(loss).epochs(40).rate(0.01);
        let history = training.fit(&mut ranker, &train.items()?, Some(&held_out.items()?))?;
        Ok((name, ranker, history.best))
    };
    rankers.into_iter().map(fit).collect()
}

const ITEMS: usize = 24;
const FEATURES: usize = 6;

/// Queries of items whose observed quality is the label, from 0 to 4.
fn queries(count: usize, seed: u64) -> Collection {
    let noise = gumbel_noise(count * ITEMS * (FEATURES + 1), seed);
    let mut collection =
        Collection { offsets: (0..=count).map(|query| query * ITEMS).collect(), ..Collection::default() };
    for item in noise.chunks(FEATURES + 1) {
        // From -1 to 1, uniformly.
        let x: Vec<f64> = item.iter().map(|number| 2.0 * (-(-number).exp()).exp() - 1.0).collect();
        let quality = x[0] - x[1] + 1.5 * x[2] * x[3] + x[4] * x[4] + 0.1 * x[6];
        collection.features.extend(x[..FEATURES].iter().map(|&number| number as f32));
        collection.labels.push((2.0 * quality).exp().ln_1p().round().min(4.0) as f32);
    }
    collection
}

fn made_up() -> Outcome<()> {
    let (train, held_out, unseen) = (queries(64, 1), queries(32, 2), queries(32, 3));

    // A loop of one's own: any operator or loss of rank_soft::candle on what the ranker says.
    let device = Device::Cpu;
    let ranker = Ranker::mlp(FEATURES, &[16], 1)?;
    let features = Tensor::from_slice(&train.features, (64 * ITEMS, FEATURES), &device)?;
    let labels = Tensor::from_slice(&train.labels, (64, ITEMS), &device)?;
    let mut optimizer = AdamW::new(ranker.variables(), ParamsAdamW { lr: 0.02, ..ParamsAdamW::default() })?;
    let mut losses = Vec::new();
    for _ in 0..60 {
        let scores = ranker.forward(&features)?.reshape((64, ITEMS))?;
        // In the units of the scores: about range / items is where neighbors begin to pool.
        let loss = spearman_loss_candle(&scores, &labels, 0.05, &device)?.mean_all()?;
        optimizer.backward_step(&loss)?;
        losses.push(loss.to_scalar::<f32>()?);
    }
    let value = unseen.ndcg(&ranker.score(&unseen.features)?)?;
    println!("soft Spearman loss {:.4}, then {:.4}; nDCG@10 on unseen queries {value:.4}", losses[0], losses[59]);
    if losses[59] > losses[0] / 2.0 {
        return Err("the loss did not halve".into());
    }

    let first = unseen.ndcg(&Ranker::linear(FEATURES, 1)?.score(&unseen.features)?)?;
    println!("untrained                                nDCG@10 {first:.4}");
    for (name, ranker, epoch) in trained(&train, &held_out)? {
        let path = std::env::temp_dir().join(format!("rank-soft-{name}-{}.safetensors", std::process::id()));
        ranker.save(&path)?;
        let loaded = Ranker::load(&path)?;
        std::fs::remove_file(&path)?;
        let value = unseen.ndcg(&loaded.score(&unseen.features)?)?;
        println!("{name:8} by LambdaRank, best epoch {epoch:3}     nDCG@10 {value:.4}");
        if value < first + 0.1 {
            return Err("training did not help".into());
        }
    }
    Ok(())
}

/// What the rows of a file hold under these names.
fn rows(path: &Path, names: &[&str]) -> Outcome<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    for line in std::fs::read_to_string(path)?.lines() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        rows.push(names.iter().map(|name| row[name].as_str().unwrap_or_default().to_owned()).collect());
    }
    Ok(rows)
}

/// A collection, indexed twice, with what features need.
struct Index {
    analyzer: Analyzer,
    whole: Bm25Index<String>,
    titles: Bm25Index<String>,
    words: HashMap<String, (HashSet<String>, f32)>,
}

impl Index {
    fn new(folder: &Path) -> Outcome<Self> {
        let mut index = Self {
            analyzer: Analyzer::default(),
            whole: Bm25Index::new(),
            titles: Bm25Index::new(),
            words: HashMap::new(),
        };
        for row in rows(&folder.join("corpus.jsonl"), &["_id", "title", "text"])? {
            let title = index.analyzer.analyze(&row[1])?;
            let terms = [title.clone(), index.analyzer.analyze(&row[2])?].concat();
            index.whole.add_document(row[0].clone(), &terms)?;
            index.titles.add_document(row[0].clone(), &title)?;
            let length = terms.len() as f32;
            index.words.insert(row[0].clone(), (terms.into_iter().collect(), length));
        }
        Ok(index)
    }

    /// Features of the best documents by BM25 for each judged query: the score, that of the titles, the share of the
    /// query's words that are there, the logarithms of both lengths, and the reciprocal rank.
    fn candidates(&self, folder: &Path, judgments: &str) -> Outcome<Collection> {
        let mut judged: HashMap<String, HashMap<String, f32>> = HashMap::new();
        for line in std::fs::read_to_string(folder.join(judgments))?.lines() {
            let [query, _, document, grade] = line.split_whitespace().collect::<Vec<_>>()[..] else { continue };
            judged.entry(query.to_owned()).or_default().insert(document.to_owned(), grade.parse()?);
        }
        let mut found = Collection { offsets: vec![0], ..Collection::default() };
        for row in rows(&folder.join("queries.jsonl"), &["_id", "text"])? {
            let Some(grades) = judged.get(&row[0]) else { continue };
            let terms = self.analyzer.analyze(&row[1])?;
            let distinct: HashSet<&String> = terms.iter().collect();
            let titles: HashMap<String, f32> =
                self.titles.retrieve(&terms, 1_000, Bm25Params::default())?.into_iter().collect();
            for (rank, (document, score)) in
                self.whole.retrieve(&terms, 100, Bm25Params::default())?.into_iter().enumerate()
            {
                let (words, length) = &self.words[&document];
                let shared = distinct.iter().filter(|&&word| words.contains(word)).count();
                found.features.extend([
                    score,
                    titles.get(&document).copied().unwrap_or(0.0),
                    shared as f32 / distinct.len().max(1) as f32,
                    length.ln_1p(),
                    (distinct.len() as f32).ln_1p(),
                    1.0 / (rank as f32 + 1.0),
                ]);
                found.labels.push(grades.get(&document).copied().unwrap_or(0.0));
            }
            found.offsets.push(found.labels.len());
        }
        Ok(found)
    }
}

fn rerank(folder: &Path) -> Outcome<()> {
    let index = Index::new(folder)?;
    let (judged, unseen) = (index.candidates(folder, "qrels.train.txt")?, index.candidates(folder, "qrels.txt")?);
    let held = (judged.offsets.len() - 1) / 5;
    let cut = judged.offsets[held];
    let columns = judged.features.len() / judged.labels.len();
    let part = |from: usize, to: usize, offsets: &[usize]| Collection {
        features: judged.features[from * columns..to * columns].to_vec(),
        labels: judged.labels[from..to].to_vec(),
        offsets: offsets.iter().map(|offset| offset - from).collect(),
    };
    let held_out = part(0, cut, &judged.offsets[..=held]);
    let train = part(cut, judged.labels.len(), &judged.offsets[held..]);
    let bm25: Vec<f32> = unseen.features.iter().step_by(columns).copied().collect();
    println!(
        "{} queries to learn from, {} held out, {} unseen",
        train.offsets.len() - 1,
        held,
        unseen.offsets.len() - 1
    );
    println!("BM25                             nDCG@10 {:.4} of the candidates", unseen.ndcg(&bm25)?);
    for (name, ranker, epoch) in trained(&train, &held_out)? {
        let value = unseen.ndcg(&ranker.score(&unseen.features)?)?;
        println!("{name:8} best epoch {epoch:3}          nDCG@10 {value:.4}");
    }
    Ok(())
}
