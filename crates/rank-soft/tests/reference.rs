//! Operators and losses against reference values in 50-digit arithmetic. They lie in `soft-ranking/reference.json` of
//! the folder that `RANK_DATA_DIR` names; without it nothing is compared.
#![allow(clippy::print_stdout)]

use std::path::Path;

use rank_soft::{
    Direction, Regularization, SoftOptions, soft_rank, soft_rank_vjp, soft_sort, soft_sort_vjp, spearman_loss,
    spearman_loss_grad,
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
