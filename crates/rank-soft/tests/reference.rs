//! Operators and losses against reference values in 50-digit arithmetic. They lie in `soft-ranking/reference.json` of
//! the folder that `RANK_DATA_DIR` names; without it nothing is compared.
#![allow(clippy::print_stdout)]

use std::path::Path;

use rank_soft::{
    Direction, Gain, Input, Labels, Loss, LossKind, Method, PairWeight, Preset, Reduction, Regularization, SmoothRanks,
    SoftOptions, soft_rank, soft_rank_vjp, soft_sort, soft_sort_vjp, spearman_loss, spearman_loss_grad,
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
        // Against hard ranks of the targets.
        let hard = &case["target_hard_average_rank"];
        let method = if case["regularization"] == "l2" { Method::L2 } else { Method::Kl };
        let loss = Loss::new(LossKind::Spearman)
            .ranks(SmoothRanks::Operator(method))
            .temperature(case["strength"].as_f64().unwrap())
            .evaluate(&Input::new(&predictions), &targets, Reduction::Mean)
            .unwrap();
        assert_close(&loss.values, &[hard["loss"].as_f64().unwrap()], 1e-12, &what);
        assert_close(&loss.gradient, &numbers(&hard["grad_predictions"]), 1e-9, &what);
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

/// A loss of allRank by its name in the reference, with its reduction and the tolerance: its own 1e-10 inside logarithms, and
/// for `NeuralNDCG` the rule by which its iteration stops, which there looks at the whole batch.
fn allrank_loss(name: &str) -> (Loss, Reduction, f64) {
    let parse = |name: &str| name.parse::<Loss>().unwrap();
    let mean = |loss: Loss| (loss, Reduction::Mean, 1e-8);
    if let Some(inner) = name.strip_prefix("lambdaLoss[").and_then(|name| name.strip_suffix(']')) {
        let parts: Vec<&str> = inner.split(',').collect();
        let kind = match parts[0] {
            "ndcgLoss1_scheme" => "lambda_loss_1",
            "ndcgLoss2_scheme" => "lambda_loss_2",
            "ndcgLoss2PP_scheme" => "lambda_loss_2_plus_plus",
            "lambdaRank_scheme" => "lambda_rank",
            "rankNetWeightedByGTDiff_scheme" => "rank_net_label_difference",
            _ => "rank_net",
        };
        let loss = parse(kind).preset(Preset::AllRank).top_pairs(true).top(parts[1][2..].parse().ok());
        let reduction = if parts[3] == "sum" { Reduction::Sum } else { Reduction::Mean };
        return (loss.base_2(parts[2] == "log=binary"), reduction, 1e-7);
    }
    if let Some((_, inner)) = name.split_once('[') {
        let parts: Vec<&str> = inner[..inner.len() - 1].split(',').collect();
        let loss = parse("neural_ndcg").temperature(parts[0][2..].parse().unwrap());
        let loss = match parts[1] {
            "linear gain" => loss.gain(Gain::Linear),
            top => loss.top(top[2..].parse().ok()),
        };
        return (loss, Reduction::Mean, 1e-5);
    }
    match name {
        "rankNet" => mean(parse("rank_net").preset(Preset::AllRank)),
        "rankNet_weightByGTDiff" => mean(parse("rank_net_label_difference").preset(Preset::AllRank)),
        "approxNDCG_alpha1" => mean(parse("approx_ndcg").preset(Preset::AllRank)),
        "approxNDCG_alpha10" => mean(parse("approx_ndcg").temperature(0.1)),
        "listNet" => mean(parse("list_net")),
        "listMLE" => mean(parse("list_mle")),
        _ => panic!("{name}"),
    }
}

#[test]
fn losses_equal_allrank() {
    let Some(reference) = reference() else { return };
    let (mut compared, mut undefined) = (0, 0);
    let mut wrong = Vec::new();
    for case in reference["losses_allrank"].as_array().unwrap() {
        let (loss, reduction, tolerance) = allrank_loss(case["loss"].as_str().unwrap());
        let rows = |name: &str| case[name].as_array().unwrap().iter().map(numbers).collect::<Vec<_>>();
        let (scores, labels) = (rows("scores"), rows("labels"));
        let columns = scores[0].len();
        let (scores, labels) = (scores.concat(), labels.concat());
        let mask: Vec<bool> = labels.iter().map(|&label| label != case["padded_value"].as_f64().unwrap()).collect();
        let input = Input::new(&scores).columns(columns).mask(&mask);
        let got = loss.evaluate(&input, &labels, reduction).unwrap();
        // Not a number for a batch without a pair, which is 0 here.
        let Some(expected) = case["value"].as_f64() else {
            assert_eq!(got.values, [0.0], "{case}");
            undefined += 1;
            continue;
        };
        let gradient = if case["grad"].is_null() { vec![0.0; scores.len()] } else { rows_of(&case["grad"]) };
        let close = |a: f64, b: f64| (a - b).abs() <= tolerance * (1.0 + b.abs());
        if !close(got.values[0], expected) || !got.gradient.iter().zip(&gradient).all(|(&a, &b)| close(a, b)) {
            wrong.push(format!("{case}\n   got {got:?}"));
        }
        compared += 1;
    }
    assert!(wrong.is_empty(), "{} of {compared}: {}", wrong.len(), wrong.join("\n"));
    println!("{compared} compared, {undefined} undefined");
    assert_eq!(compared + undefined, 147);
}

fn rows_of(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().flat_map(numbers).collect()
}
