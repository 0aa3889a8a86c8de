//! Operators and losses against reference values in 50-digit arithmetic. They lie in `soft-ranking/reference.json` of
//! the folder that `RANK_DATA_DIR` names; without it nothing is compared.
#![allow(clippy::print_stdout)]

use std::path::Path;

use rank_soft::{
    Direction, Input, Labels, Loss, LossKind, PairWeight, Reduction, Regularization, SoftOptions, soft_rank,
    soft_rank_vjp, soft_sort, soft_sort_vjp, spearman_loss, spearman_loss_grad,
};
use serde_json::Value;

fn reference() -> Option<Value> {
    let Some(folder) = std::env::var_os("RANK_DATA_DIR") else {
        println!("RANK_DATA_DIR is not set: nothing compared");
        return None;
    };
    // Tests run in the crate's folder; the variable is relative to the workspace.
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(workspace.join(folder).join("soft-ranking/reference.json")).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn options(case: &Value) -> SoftOptions {
    let regularization: Regularization = case["regularization"].as_str().unwrap().parse().unwrap();
    let direction: Direction = case["direction"].as_str().unwrap_or("ascending").to_lowercase().parse().unwrap();
    SoftOptions::new(case["strength"].as_f64().unwrap()).regularization(regularization).direction(direction)
}

fn assert_close(got: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(1.0_f64, |scale, value| scale.max(value.abs()));
    for (got, expected) in got.iter().zip(expected) {
        assert!((got - expected).abs() <= tolerance * scale, "{what}: {got} instead of {expected}");
    }
}

#[test]
fn operators_equal_the_reference() {
    let Some(reference) = reference() else { return };
    let (mut values, mut gradients) = (0, 0);
    for case in reference["operators"].as_array().unwrap() {
        let (x, cotangent, options) = (numbers(&case["x"]), numbers(&case["cotangent"]), options(case));
        let what = format!("{} {} {options:?}", case["input"].as_str().unwrap(), case["op"].as_str().unwrap());
        let (value, vjp) = match case["op"].as_str().unwrap() {
            "soft_rank" => (soft_rank(&x, options), soft_rank_vjp(&x, &cotangent, options)),
            _ => (soft_sort(&x, options), soft_sort_vjp(&x, &cotangent, options)),
        };
        assert_close(&value.unwrap(), &numbers(&case["value"]), 1e-12, &what);
        values += 1;
        if !case["kink"].as_bool().unwrap() {
            assert_close(&vjp.unwrap(), &numbers(&case["vjp"]), 1e-12, &what);
            gradients += 1;
        }
    }
    assert_eq!((values, gradients), (347, 315));
}

#[test]
fn spearman_equals_the_reference() {
    let Some(reference) = reference() else { return };
    let cases = reference["spearman"].as_array().unwrap();
    for case in cases {
        let (predictions, targets) = (numbers(&case["predictions"]), numbers(&case["targets"]));
        let (expected, options) = (&case["both_soft"], options(case));
        let what = format!("{} {options:?}", case["pair"].as_str().unwrap());
        let loss = spearman_loss(&predictions, &targets, options).unwrap();
        assert_close(&[loss], &[expected["loss"].as_f64().unwrap()], 1e-12, &what);
        let (to_predictions, to_targets) = spearman_loss_grad(&predictions, &targets, options).unwrap();
        assert_close(&to_predictions, &numbers(&expected["grad_predictions"]), 1e-9, &what);
        assert_close(&to_targets, &numbers(&expected["grad_targets"]), 1e-9, &what);
        // At strength 0 the loss is that of the hard coefficient, ties getting average ranks.
        let hard = 1.0 - spearman_loss(&predictions, &targets, 0.0).unwrap();
        assert_close(&[hard], &[case["hard_spearman"].as_f64().unwrap()], 1e-12, &what);
    }
    assert_eq!(cases.len(), 21);
}

/// A loss of the reference by its name there, or none where this crate differs or has none.
fn loss_of(name: &str) -> Option<Loss> {
    if let Some((metric, temperature)) = name.strip_prefix("approx_").and_then(|name| name.split_once("_T")) {
        let (metric, top) = metric.split_once('@').map_or((metric, None), |(metric, top)| (metric, top.parse().ok()));
        let loss: Loss = format!("approx_{metric}").parse().unwrap();
        return Some(loss.temperature(temperature.parse().unwrap()).top(top));
    }
    let logistic = Loss::new(LossKind::PairwiseLogistic);
    Some(match name {
        "softmax_loss" => "softmax".parse().unwrap(),
        "softmax_loss_normlabels" => Loss::new(LossKind::Softmax).labels(Labels::Normalized),
        "listnet_softmaxlabels" => "list_net".parse().unwrap(),
        "poly1_softmax_loss" => "poly1_softmax".parse().unwrap(),
        "unique_softmax_loss" => "unique_softmax".parse().unwrap(),
        "listmle_loss" => "list_mle".parse().unwrap(),
        "pointwise_mse_loss" => "pointwise_mse".parse().unwrap(),
        "pointwise_sigmoid_loss" => "pointwise_sigmoid".parse().unwrap(),
        "pairwise_hinge_loss" => "rank_svm".parse().unwrap(),
        "pairwise_logistic_loss" => "rank_net".parse().unwrap(),
        "pairwise_soft_zero_one_loss" => "pairwise_soft_zero_one".parse().unwrap(),
        "pairwise_qr_loss" => "pairwise_qr".parse().unwrap(),
        "pairwise_mse_loss" => "pairwise_mse".parse().unwrap(),
        "pairwise_logistic_loss+lambda_labeldiff" => logistic.pair_weight(PairWeight::LabelDifference),
        "pairwise_logistic_loss+lambda_dcg" => logistic.pair_weight(PairWeight::LambdaRank),
        "pairwise_logistic_loss+lambda_dcg_norm" => logistic.pair_weight(PairWeight::LambdaRank).normalize(true),
        "pairwise_logistic_loss+lambda_dcg_norm_top3" => {
            logistic.pair_weight(PairWeight::LambdaRank).normalize(true).top(Some(3))
        }
        "pairwise_logistic_loss+lambda_dcg2" => logistic.pair_weight(PairWeight::LambdaLoss2),
        "pairwise_logistic_loss+lambda_dcg2_norm" => logistic.pair_weight(PairWeight::LambdaLoss2).normalize(true),
        "pairwise_logistic_loss+lambda_dcg2_norm_top3" => {
            logistic.pair_weight(PairWeight::LambdaLoss2).normalize(true).top(Some(3))
        }
        "bound_ndcg" => "bound_ndcg".parse().unwrap(),
        _ => return None,
    })
}

#[test]
fn losses_equal_rax() {
    let Some(reference) = reference() else { return };
    let (mut compared, mut left) = (0, std::collections::BTreeMap::<String, usize>::new());
    let mut wrong = Vec::new();
    for case in reference["losses_rax"].as_array().unwrap() {
        let name = case["loss"].as_str().unwrap();
        let masked = !case["where"].is_null();
        // Rax counts masked items in average precision, and among those that a cut-off sees.
        let differs = masked && (name.contains("_ap_") || (name.starts_with("approx") && name.contains('@')));
        let Some(loss) = loss_of(name).filter(|_| !differs) else {
            *left.entry(name.to_owned()).or_default() += 1;
            continue;
        };
        let (scores, labels) = (numbers(&case["scores"]), numbers(&case["labels"]));
        let mask: Option<Vec<bool>> =
            case["where"].as_array().map(|mask| mask.iter().map(|value| value.as_bool().unwrap()).collect());
        let weights = case["weights"].as_array().map(|_| numbers(&case["weights"]));
        let mut input = Input::new(&scores);
        if let Some(mask) = &mask {
            input = input.mask(mask);
        }
        if let Some(weights) = &weights {
            input = input.weights(weights);
        }
        let reduction = if case["reduce"] == "mean" { Reduction::Mean } else { Reduction::Sum };
        let got = loss.evaluate(&input, &labels, reduction).unwrap();
        let expected = case["value"].as_f64().unwrap();
        let gradient = if case["grad"].is_null() { vec![0.0; scores.len()] } else { numbers(&case["grad"]) };
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + b.abs());
        if !close(got.values[0], expected) || !got.gradient.iter().zip(&gradient).all(|(&a, &b)| close(a, b)) {
            wrong.push(format!("{case}\n   got {got:?}"));
        }
        compared += 1;
    }
    assert!(wrong.is_empty(), "{} of {compared}: {}", wrong.len(), wrong.join("\n"));
    // What is left is masked, where Rax counts masked items.
    assert_eq!((compared, left.values().sum::<usize>()), (386, 22));
}
