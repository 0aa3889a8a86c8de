//! Rankers on Candle: what they learn, when they stop, what they are in files, and what is refused.
#![cfg(feature = "candle-nn")]

use std::sync::atomic::{AtomicUsize, Ordering};

use rank_soft::candle::candle_core::{Device, Tensor, safetensors};
use rank_soft::ranker::{JudgedItems, Ranker, RankerError, Training};
use rank_soft::{Error, Input, Loss, LossKind, PairWeight, Reduction, gumbel_noise};

/// Queries of which each has as many items as its number mod 5 says, and four more.
struct Collection {
    features: Vec<f32>,
    labels: Vec<f32>,
    offsets: Vec<usize>,
}

const COLUMNS: usize = 4;

impl Collection {
    fn new(queries: usize, seed: u64, quality: impl Fn(&[f32]) -> f32) -> Self {
        let mut collection = Self { features: Vec::new(), labels: Vec::new(), offsets: vec![0] };
        for query in 0..queries {
            let items = 4 + query % 5;
            let noise = gumbel_noise(items * COLUMNS, seed * 1_000 + query as u64);
            // Columns of very different ranges.
            let row = |row: &[f64]| [row[0] as f32, 1e3 * row[1] as f32, 1e-3 * row[2] as f32 + 5.0, 7.0];
            let rows: Vec<_> = noise.chunks(COLUMNS).map(row).collect();
            for row in &rows {
                collection.features.extend(row);
                collection.labels.push(if quality(row) > 0.5 { 2.0 } else { f32::from(quality(row) > -0.5) });
            }
            collection.offsets.push(collection.labels.len());
        }
        collection
    }

    fn linear(queries: usize, seed: u64) -> Self {
        Self::new(queries, seed, |row| row[0] - 1e-3 * row[1])
    }

    fn product(queries: usize, seed: u64) -> Self {
        Self::new(queries, seed, |row| (row[0] - 0.58) * (1e-3 * row[1] - 0.58))
    }

    fn items(&self) -> JudgedItems<'_> {
        JudgedItems::new(&self.features, COLUMNS, &self.labels, &self.offsets).unwrap()
    }
}

fn lambda_rank() -> Loss {
    Loss::new(LossKind::PairwiseLogistic).pair_weight(PairWeight::LambdaRank).normalize(true)
}

#[test]
fn a_linear_ranker_learns_what_is_linear_and_a_network_the_rest() {
    let (train, unseen) = (Collection::linear(60, 1), Collection::linear(30, 2));
    for loss in [lambda_rank(), Loss::new(LossKind::Softmax), Loss::new(LossKind::Ndcg)] {
        let mut ranker = Ranker::linear(COLUMNS, 3).unwrap();
        let history = Training::new(loss).rate(0.05).epochs(30).fit(&mut ranker, &train.items(), Some(&unseen.items()));
        let history = history.unwrap();
        assert!(history.values[history.best] > 0.99, "{history:?}");
    }
    let (train, unseen) = (Collection::product(80, 1), Collection::product(30, 2));
    let value = |hidden: &[usize]| {
        let mut ranker = Ranker::mlp(COLUMNS, hidden, 3).unwrap();
        let training = Training::new(lambda_rank()).rate(0.02).epochs(60);
        let history = training.fit(&mut ranker, &train.items(), Some(&unseen.items())).unwrap();
        history.values[history.best]
    };
    let (line, network) = (value(&[]), value(&[16]));
    assert!(network > line + 0.1, "{line} {network}");
}

#[test]
fn a_step_goes_down_the_gradient() {
    // AdamW's first step is the rate times the sign of the gradient, here that of differences of the loss.
    let train = Collection::linear(8, 5);
    let mut ranker = Ranker::linear(COLUMNS, 3).unwrap();
    let before = weights(&ranker);
    let loss = lambda_rank();
    let history = Training::new(loss).epochs(1).batch(8).rate(1e-3).fit(&mut ranker, &train.items(), None).unwrap();
    let after = weights(&ranker);

    let count = train.labels.len() as f64;
    let column = |c: usize| train.features.iter().skip(c).step_by(COLUMNS).map(|&x| f64::from(x));
    let mut standardized = vec![0.0; train.features.len()];
    for c in 0..COLUMNS {
        let mean = column(c).sum::<f64>() / count;
        let deviation = (column(c).map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt();
        for (item, x) in column(c).enumerate() {
            standardized[item * COLUMNS + c] = if deviation > 0.0 { (x - mean) / deviation } else { 0.0 };
        }
    }
    let labels: Vec<f64> = train.labels.iter().map(|&y| f64::from(y)).collect();
    let value = |weights: &[f64]| {
        let scores: Vec<f64> =
            standardized.chunks(COLUMNS).map(|row| row.iter().zip(weights).map(|(x, w)| x * w).sum()).collect();
        loss.evaluate(&Input::new(&scores).offsets(&train.offsets), &labels, Reduction::Mean).unwrap().values[0]
    };
    assert!((value(&before) - history.losses[0]).abs() < 1e-5);
    for c in 0..COLUMNS - 1 {
        let (mut above, mut below) = (before.clone(), before.clone());
        above[c] += 1e-6;
        below[c] -= 1e-6;
        let slope = (value(&above) - value(&below)) / 2e-6;
        assert!((after[c] - before[c] + 1e-3 * slope.signum()).abs() < 1e-5, "{c}: {slope}");
    }
    // The last column is constant: nothing is learnt of it.
    assert_eq!(after[COLUMNS - 1], before[COLUMNS - 1]);
}

fn weights(ranker: &Ranker) -> Vec<f64> {
    let weights = ranker.variables()[0].flatten_all().unwrap().to_vec1::<f32>().unwrap();
    weights.into_iter().map(f64::from).collect()
}

#[test]
fn the_same_seed_is_the_same_ranker() {
    let train = Collection::product(40, 1);
    let scores = |seed: u64, order: u64| {
        let mut ranker = Ranker::mlp(COLUMNS, &[8, 4], seed).unwrap();
        let training = Training::new(lambda_rank().gumbel(2, 1.0, 9)).epochs(5).seed(order);
        training.fit(&mut ranker, &train.items(), None).unwrap();
        ranker.score(&train.features).unwrap()
    };
    assert_eq!(scores(3, 4), scores(3, 4));
    assert_ne!(scores(3, 4), scores(4, 4));
    assert_ne!(scores(3, 4), scores(3, 5));
}

#[test]
fn the_start_is_that_of_python() {
    // Numbers of `rank_soft.Ranker(2, [4], seed=7)`, whose test has them too.
    let variables = Ranker::mlp(2, &[4], 7).unwrap().variables();
    let numbers = |layer: usize| variables[layer].flatten_all().unwrap().to_vec1::<f32>().unwrap();
    assert_eq!(numbers(0)[..2], [1.559_404_7, 1.315_274_2]);
    assert_eq!(numbers(2)[..2], [0.109_394_53, -0.090_820_5]);
}

#[test]
fn the_best_epoch_is_kept() {
    let (train, unseen) = (Collection::linear(20, 1), Collection::linear(12, 2));
    let mut ranker = Ranker::mlp(COLUMNS, &[8], 3).unwrap();
    let measure: rank_soft::ranker::rank_eval::Measure = "AP".parse().unwrap();
    let training = Training::new(lambda_rank()).measure(measure).rate(0.1).patience(3).weight_decay(0.01);
    let history = training.fit(&mut ranker, &train.items(), Some(&unseen.items())).unwrap();
    assert!(history.stopped && history.values.len() < 100);
    assert_eq!(history.best + 4, history.values.len());
    assert_eq!(history.losses.len(), history.values.len());
    let first = history.values.iter().position(|&value| value == history.values[history.best]);
    assert_eq!(first, Some(history.best));
    // One epoch at the smallest rate leaves the weights where they are, and they are those of the best epoch.
    let again = training.epochs(1).rate(1e-30).fit(&mut ranker, &train.items(), Some(&unseen.items())).unwrap();
    assert_eq!(again.values[0], history.values[history.best]);
}

#[test]
fn watched_training_ends_where_it_is_told() {
    let train = Collection::linear(10, 1);
    let done = AtomicUsize::new(0);
    let count = |steps| done.fetch_add(steps, Ordering::Relaxed) < usize::MAX;
    let mut ranker = Ranker::linear(COLUMNS, 3).unwrap();
    Training::new(lambda_rank()).epochs(3).batch(4).watch(&count).fit(&mut ranker, &train.items(), None).unwrap();
    assert_eq!(done.load(Ordering::Relaxed), 30);

    let done = AtomicUsize::new(0);
    let stop = |steps| done.fetch_add(steps, Ordering::Relaxed) + steps < 14;
    let (mut stopped, mut whole) = (Ranker::linear(COLUMNS, 3).unwrap(), Ranker::linear(COLUMNS, 3).unwrap());
    let training = Training::new(lambda_rank()).epochs(1).batch(4);
    training.fit(&mut whole, &train.items(), None).unwrap();
    let error = training.epochs(9).watch(&stop).fit(&mut stopped, &train.items(), None).unwrap_err();
    assert!(matches!(error, RankerError::Input(Error::Stopped)), "{error}");
    assert_eq!(stopped.score(&train.features).unwrap(), whole.score(&train.features).unwrap());
}

#[test]
fn files_keep_a_ranker_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ranker.safetensors");
    let train = Collection::linear(10, 1);
    let mut ranker = Ranker::mlp(COLUMNS, &[6, 3], 3).unwrap();
    Training::new(lambda_rank()).epochs(2).fit(&mut ranker, &train.items(), None).unwrap();
    ranker.save(&path).unwrap();
    let mut loaded = Ranker::load(&path).unwrap();
    assert_eq!((loaded.columns(), loaded.hidden()), (COLUMNS, vec![6, 3]));
    assert_eq!(loaded.score(&train.features).unwrap(), ranker.score(&train.features).unwrap());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    // It goes on as the other does.
    let training = Training::new(lambda_rank()).epochs(1);
    training.fit(&mut ranker, &train.items(), None).unwrap();
    training.fit(&mut loaded, &train.items(), None).unwrap();
    assert_eq!(loaded.score(&train.features).unwrap(), ranker.score(&train.features).unwrap());

    let message = |path: &std::path::Path| Ranker::load(path).unwrap_err().to_string();
    let missing = folder.path().join("missing");
    assert!(matches!(Ranker::load(&missing), Err(RankerError::File { .. })), "{}", message(&missing));
    assert!(matches!(ranker.save(folder.path().join("no/folder")), Err(RankerError::File { .. })));
    std::fs::write(&path, b"no tensors").unwrap();
    assert!(message(&path).contains("expected the file of a ranker, got"), "{}", message(&path));

    let tensor = |numbers: &[f32], shape: &[usize]| Tensor::from_slice(numbers, shape, &Device::Cpu).unwrap();
    let whole = || {
        std::collections::HashMap::from([
            ("mean", tensor(&[0.0, 0.0], &[2])),
            ("deviation", tensor(&[1.0, 1.0], &[2])),
            ("layers.0.weight", tensor(&[1.0, 2.0], &[1, 2])),
            ("layers.0.bias", tensor(&[0.5], &[1])),
        ])
    };
    safetensors::save(&whole(), &path).unwrap();
    assert_eq!(Ranker::load(&path).unwrap().score(&[1.0, 10.0]).unwrap(), [21.5]);
    for (name, tensor, expected) in [
        ("mean", tensor(&[f32::NAN, 0.0], &[2]), "mean with a number that is not finite"),
        ("deviation", tensor(&[1.0, 0.0], &[2]), "mean and deviation that do not fit together"),
        ("deviation", tensor(&[1.0], &[1]), "mean and deviation that do not fit together"),
        ("layers.0.weight", tensor(&[1.0], &[1, 1]), "layer 0 in shape [1, 1] after 2 numbers"),
        ("layers.0.bias", tensor(&[1.0], &[1, 1]), "layers.0.bias of f32 in shape [1, 1]"),
        ("layers.1.weight", tensor(&[1.0, 1.0], &[2, 1]), "no tensor layers.1.bias"),
    ] {
        let mut tensors = whole();
        tensors.insert(name, tensor);
        safetensors::save(&tensors, &path).unwrap();
        assert!(message(&path).contains(expected), "{}", message(&path));
    }
    for name in ["mean", "deviation", "layers.0.weight", "layers.0.bias"] {
        let mut tensors = whole();
        tensors.remove(name);
        safetensors::save(&tensors, &path).unwrap();
        assert!(message(&path).contains(&format!("got no tensor {name}")), "{}", message(&path));
    }
    let mut wide = whole();
    wide.insert("layers.0.weight", tensor(&[1.0; 4], &[2, 2]));
    wide.insert("layers.0.bias", tensor(&[1.0; 2], &[2]));
    safetensors::save(&wide, &path).unwrap();
    assert!(message(&path).contains("a last layer of 2 numbers"), "{}", message(&path));
}

#[test]
fn queries_without_items_and_without_judgments_are_passed_over() {
    let items = JudgedItems::new(&[1.0, 2.0, 3.0], 1, &[0.0, 0.0, 1.0], &[0, 0, 2, 2, 3]).unwrap();
    let mut ranker = Ranker::linear(1, 3).unwrap();
    let history = Training::new(lambda_rank()).epochs(2).batch(1).fit(&mut ranker, &items, Some(&items)).unwrap();
    assert!(history.losses.iter().chain(&history.values).all(|value| value.is_finite()));
    let none = JudgedItems::new(&[], 1, &[], &[0]).unwrap();
    assert!(none.is_empty());
    let history = Training::new(lambda_rank()).epochs(2).fit(&mut ranker, &none, Some(&none)).unwrap();
    assert_eq!(history.losses, [0.0, 0.0]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let train = Collection::linear(6, 1);
    let items = train.items();
    let ranker = || Ranker::linear(COLUMNS, 3).unwrap();
    let training = || Training::new(lambda_rank());
    let refused = |training: Training<'_>| training.fit(&mut ranker(), &items, Some(&items)).unwrap_err().to_string();
    assert_eq!(refused(training().batch(0)), "batch: expected at least 1, got 0; pass another");
    assert_eq!(refused(training().patience(0)), "patience: expected at least 1, got 0; pass another");
    assert_eq!(refused(training().rate(0.0)), "rate: expected a positive number, got 0; pass another");
    let decay = refused(training().weight_decay(-1.0));
    assert_eq!(decay, "weight_decay: expected a number of at least 0, got -1; pass another");
    let sigma = refused(Training::new(lambda_rank().sigma(0.0)));
    assert_eq!(sigma, "sigma: expected a positive number, got 0; pass another");
    let mut network = Ranker::mlp(COLUMNS, &[4], 3).unwrap();
    let far = training().rate(1e30).epochs(5).fit(&mut network, &items, None).unwrap_err().to_string();
    assert!(far.starts_with("rate: expected one that keeps scores finite, got other scores in epoch"), "{far}");

    let narrow = JudgedItems::new(&[1.0, 2.0], 1, &[1.0, 0.0], &[0, 2]).unwrap();
    let error = training().fit(&mut ranker(), &narrow, None).unwrap_err().to_string();
    assert_eq!(error, "features: expected rows of 4 numbers, got 1 numbers; pass that many columns");
    let halves = JudgedItems::new(&train.features[..8], 4, &[0.5, 0.0], &[0, 2]).unwrap();
    let error = training().fit(&mut ranker(), &items, Some(&halves)).unwrap_err();
    assert!(matches!(error, RankerError::Measure(_)), "{error}");

    let message = |error: RankerError| error.to_string();
    assert!(message(Ranker::linear(0, 3).unwrap_err()).starts_with("features: expected rows of 0 numbers"));
    let hidden = message(Ranker::mlp(2, &[0], 3).unwrap_err());
    assert_eq!(hidden, "hidden: expected widths of at least 1, got 0; pass another");
    let infinite = message(ranker().score(&[1.0, 2.0, f32::INFINITY, 0.0]).unwrap_err());
    assert!(infinite.starts_with("features[0][2]: expected a number of magnitude"), "{infinite}");
    assert!(matches!(ranker().score(&[1.0]), Err(RankerError::Columns { columns: 4, got: 1 })));
    for (features, labels, offsets) in [
        (&[1.0, 2.0, 3.0][..], &[1.0][..], &[0, 1][..]),
        (&[1.0, 2.0], &[1.0, 2.0], &[0, 1]),
        (&[1.0, 2.0], &[1.0], &[0, 2]),
        (&[1.0, f32::NAN], &[1.0], &[0, 1]),
        (&[1.0, 2.0], &[f32::NAN], &[0, 1]),
        (&[1.0, 2.0], &[1.0], &[]),
    ] {
        assert!(JudgedItems::new(features, 2, labels, offsets).is_err());
    }
}

/// What Rust and Python save, each reads of the other. `RANK_WRITE=1 cargo test -p rank-soft --features candle-nn --test
/// ranker` writes the one file, the command in `tests/soft/test_ranker.py` the other.
#[test]
fn files_of_python_are_read() {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    if std::env::var_os("RANK_WRITE").is_some() {
        let train = Collection::product(40, 1);
        let mut ranker = Ranker::mlp(COLUMNS, &[5, 3], 3).unwrap();
        Training::new(lambda_rank()).epochs(3).fit(&mut ranker, &train.items(), None).unwrap();
        ranker.save(data.join("ranker-rust.safetensors")).unwrap();
    }
    let items = [1.0, -500.0, 5.0, 7.0, 0.0, 250.0, 5.001, 7.0, -1.5, 900.0, 4.999, 7.0];
    for (name, want) in [("ranker-rust.safetensors", RUST), ("ranker-python.safetensors", PYTHON)] {
        let got = Ranker::load(data.join(name)).unwrap().score(&items).unwrap();
        assert!(got.iter().zip(want).all(|(got, want)| (got - want).abs() <= 1e-4 * want.abs()), "{name}: {got:?}");
    }
}

// Those of `tests/soft/test_ranker.py` too.
const RUST: [f32; 3] = [-0.173_953, -0.027_855, 0.205_277];
const PYTHON: [f32; 3] = [-0.057_445, -0.020_981, -0.308_783];
