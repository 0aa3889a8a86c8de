//! Numbers that all backends have: of slices here; Candle's and Burn's tests compare theirs with those of slices, and
//! Python's compare NumPy's, torch's and JAX's with this file. `RANK_WRITE=1 cargo test -p rank-soft --test golden` writes it.

use rank_soft::{Gain, Input, Kind, Labels, Loss, Method, Operator, PairWeight, Preset, Reduction, SmoothRanks, Ties};
use serde_json::{Value, json};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/golden.json");
const VALUES: [f64; 8] = [0.3137, -1.2291, 0.9143, 2.0469, -0.4173, 0.7631, 1.0318, 0.1127];
const LABELS: [f64; 8] = [1.0, 0.0, 3.0, 0.0, 2.0, 1.0, 0.0, 0.0];
const WEIGHTS: [f64; 8] = [0.5, 2.0, 1.0, 1.5, 0.7, 1.2, 0.9, 1.1];
const MASK: [bool; 8] = [true, true, true, false, true, true, true, true];
const COTANGENT: [f64; 8] = [0.7137, 0.2291, -0.9143, 1.0469, 0.4173, -0.7631, 0.0318, 1.1127];
const KINDS: [(&str, Kind); 5] = [
    ("rank", Kind::Rank),
    ("sort", Kind::Sort),
    ("top_k_mask", Kind::TopKMask { k: 2 }),
    ("top_k", Kind::TopK { k: 2 }),
    ("quantile", Kind::Quantile { level: 0.3 }),
];

fn operators() -> Vec<Value> {
    let mut all = Vec::new();
    for (kind_name, kind) in KINDS {
        for (method_name, method) in Method::NAMES {
            let operator = Operator::new(kind).method(method).strength(0.7);
            if operator.check().is_err() {
                continue;
            }
            let (values, state) = operator.forward(&Input::new(&VALUES).columns(4)).unwrap();
            let gradient = state.vjp(&COTANGENT[..values.len()]).unwrap();
            all.push(json!({"kind": kind_name, "method": method_name, "value": values, "gradient": gradient}));
        }
    }
    all
}

fn losses() -> Vec<Value> {
    let mut all = Vec::new();
    for name in Loss::NAMES {
        for (preset_name, preset) in
            [("rax", Preset::Rax), ("allrank", Preset::AllRank), ("tf_ranking", Preset::TfRanking)]
        {
            let loss = name.parse::<Loss>().unwrap().preset(preset);
            let input = Input::new(&VALUES).columns(4).mask(&MASK).weights(&WEIGHTS);
            let result = loss.evaluate(&input, &LABELS, Reduction::Mean).unwrap();
            all.push(json!({
                "name": name, "preset": preset_name, "value": result.values[0], "gradient": result.gradient,
            }));
        }
    }
    all
}

/// Options as keywords of Python, each of a few losses that have it.
fn options() -> Vec<Value> {
    let smooth = |loss: Loss| loss.pair_weight(PairWeight::Ndcg).smooth_fraction(0.3).top(Some(2));
    let options: [(Value, &dyn Fn(Loss) -> Loss); 27] = [
        (json!({"temperature": 0.7}), &|loss| loss.temperature(0.7)),
        (json!({"sigma": 1.5}), &|loss| loss.sigma(1.5)),
        (json!({"margin": 0.63}), &|loss| loss.margin(0.63)),
        (json!({"tau": 0.3}), &|loss| loss.tau(0.3)),
        (json!({"epsilon": 0.4}), &|loss| loss.epsilon(0.4)),
        (json!({"delta": 0.3}), &|loss| loss.delta(0.3)),
        (json!({"mu": 3.0}), &|loss| loss.mu(3.0)),
        (json!({"reach": 5.0}), &|loss| loss.reach(5.0)),
        (json!({"pair_weight": "ndcg", "smooth_fraction": 0.3, "top": 2}), &smooth),
        (json!({"top": 2}), &|loss| loss.top(Some(2))),
        (json!({"normalize": true}), &|loss| loss.normalize(true)),
        (json!({"times_length": false}), &|loss| loss.times_length(false)),
        (json!({"base_2": true}), &|loss| loss.base_2(true)),
        (json!({"top_pairs": true, "top": 3}), &|loss| loss.top_pairs(true).top(Some(3))),
        (json!({"all_pairs": true}), &|loss| loss.all_pairs(true)),
        (json!({"labels": "normalized"}), &|loss| loss.labels(Labels::Normalized)),
        (json!({"labels": "softmax"}), &|loss| loss.labels(Labels::Softmax)),
        (json!({"gain": "linear"}), &|loss| loss.gain(Gain::Linear)),
        (json!({"gain": "power"}), &|loss| loss.gain(Gain::Power)),
        (json!({"ties": "average"}), &|loss| loss.ties(Ties::Average)),
        (json!({"pair_weight": "lambda_loss_1"}), &|loss| loss.pair_weight(PairWeight::LambdaLoss1)),
        (json!({"pair_weight": "neighbors"}), &|loss| loss.pair_weight(PairWeight::Neighbors)),
        (json!({"method": "kl"}), &|loss| loss.ranks(SmoothRanks::Operator(Method::Kl))),
        (json!({"method": "neuralsort"}), &|loss| loss.ranks(SmoothRanks::Operator(Method::NeuralSort))),
        (json!({"straight_through": true}), &|loss| loss.straight_through(true)),
        (json!({"samples": 2, "noise": 0.4, "seed": 11}), &|loss| loss.gumbel(2, 0.4, 11)),
        (json!({"samples": 0}), &|loss| loss.gumbel(0, 1.0, 0)),
    ];
    let mut all = Vec::new();
    for (keywords, option) in options {
        let of = |name: &&str| option(name.parse().unwrap()).check().is_ok();
        let names: Vec<&str> = Loss::NAMES.into_iter().filter(of).collect();
        for name in names.iter().step_by(names.len().div_ceil(6)) {
            let loss = option(name.parse().unwrap());
            let input = Input::new(&VALUES).columns(4).mask(&MASK).weights(&WEIGHTS);
            let result = loss.evaluate(&input, &LABELS, Reduction::Sum).unwrap();
            all.push(json!({
                "name": name, "keywords": keywords, "value": result.values[0], "gradient": result.gradient,
            }));
        }
    }
    all
}

/// Rows that Sinkhorn's rounds made differ in the last digits from machine to machine.
fn close(got: &Value, want: &Value) -> bool {
    match (got, want) {
        (Value::Array(got), Value::Array(want)) => {
            got.len() == want.len() && got.iter().zip(want).all(|(got, want)| close(got, want))
        }
        (Value::Object(got), Value::Object(want)) => {
            got.len() == want.len() && got.iter().all(|(name, got)| close(got, &want[name]))
        }
        (Value::Number(got), Value::Number(want)) => {
            let (got, want) = (got.as_f64().unwrap(), want.as_f64().unwrap());
            (got - want).abs() <= 1e-10 * (1.0 + want.abs())
        }
        _ => got == want,
    }
}

#[test]
fn slices_have_the_numbers_of_the_file() {
    let got = json!({
        "values": VALUES, "labels": LABELS, "weights": WEIGHTS, "mask": MASK, "cotangent": COTANGENT,
        "operators": operators(), "losses": losses(), "options": options(),
    });
    if std::env::var_os("RANK_WRITE").is_some() {
        std::fs::write(FILE, format!("{got}\n")).unwrap();
    }
    let want: Value = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    for list in ["operators", "losses", "options"] {
        for (got, want) in got[list].as_array().unwrap().iter().zip(want[list].as_array().unwrap()) {
            assert!(close(got, want), "got {got}\nwant {want}");
        }
    }
    assert!(close(&got, &want));
}
