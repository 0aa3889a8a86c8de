//! Numbers that all backends have: of slices here; Candle's and Burn's tests compare theirs with those of slices, and
//! Python's compare NumPy's, torch's and JAX's with this file. `RANK_WRITE=1 cargo test -p rank-soft --test golden` writes it.

use rank_soft::{Input, Kind, Loss, Method, Operator, Preset, Reduction};
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
const LOSSES: [&str; 45] = [
    "rank_net",
    "rank_net_label_difference",
    "rank_net_label_square_difference",
    "lambda_rank",
    "lambda_loss_1",
    "lambda_loss_2",
    "lambda_loss_2_plus_plus",
    "arp_loss_1",
    "yeti",
    "pairwise_hinge",
    "pairwise_squared_hinge",
    "pairwise_soft_zero_one",
    "pairwise_qr",
    "pairwise_mse",
    "margin_mse",
    "kendall",
    "kendall_tau_b",
    "softmax",
    "list_net",
    "poly1_softmax",
    "unique_softmax",
    "list_mle",
    "p_list_mle",
    "kl_distillation",
    "pointwise_mse",
    "pointwise_sigmoid",
    "spearman",
    "pirank",
    "approx_dcg",
    "approx_ndcg",
    "approx_mrr",
    "approx_ap",
    "approx_precision",
    "approx_recall",
    "gumbel_ndcg",
    "bound_ndcg",
    "soft_ndcg",
    "soft_ap",
    "neural_ndcg",
    "pirank_ap",
    "smoothi_ndcg",
    "smoothi_precision",
    "black_box_ap",
    "black_box_recall",
    "black_box_ndcg",
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
    for name in LOSSES {
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
        "operators": operators(), "losses": losses(),
    });
    if std::env::var_os("RANK_WRITE").is_some() {
        std::fs::write(FILE, format!("{got}\n")).unwrap();
    }
    let want: Value = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    for list in ["operators", "losses"] {
        for (got, want) in got[list].as_array().unwrap().iter().zip(want[list].as_array().unwrap()) {
            assert!(close(got, want), "got {got}\nwant {want}");
        }
    }
    assert!(close(&got, &want));
}
