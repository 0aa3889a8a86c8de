//! Every loss: gradient against differences, extremes, rows without anything to order, masks, threads, refusals.

use rank_soft::{Input, Labels, Loss, LossKind, Method, PairWeight, Reduction, SmoothRanks};

const NAMES: [&str; 33] = [
    "rank_net",
    "pairwise_hinge",
    "pairwise_squared_hinge",
    "pairwise_soft_zero_one",
    "pairwise_qr",
    "pairwise_mse",
    "margin_mse",
    "rank_net_label_difference",
    "lambda_rank",
    "lambda_loss_1",
    "lambda_loss_2",
    "lambda_loss_2_plus_plus",
    "softmax",
    "list_net",
    "poly1_softmax",
    "unique_softmax",
    "list_mle",
    "p_list_mle",
    "kl_distillation",
    "pointwise_mse",
    "pointwise_sigmoid",
    "kendall",
    "approx_dcg",
    "approx_ndcg",
    "approx_mrr",
    "approx_ap",
    "approx_precision",
    "approx_recall",
    "bound_ndcg",
    "soft_ndcg",
    "soft_mrr",
    "soft_ap",
    "soft_recall",
];
const SCORES: [f64; 6] = [0.31, -1.22, 0.91, 2.04, -0.42, 0.76];
const LABELS: [f64; 6] = [1.0, 0.0, 3.0, 0.0, 2.0, 1.0];

/// Each loss with options of which some concern it.
fn losses() -> Vec<(String, Loss)> {
    let mut losses = Vec::new();
    for name in NAMES {
        let loss: Loss = name.parse().unwrap();
        losses.push((name.to_owned(), loss));
        let other = loss.temperature(0.7).sigma(1.5).margin(0.633).tau(0.3).epsilon(0.4).top(Some(3)).normalize(true);
        losses.push((format!("{name}, other options"), other));
    }
    for (_, method) in Method::NAMES {
        if !matches!(method, Method::Subset | Method::Sigmoid) {
            let loss = Loss::new(LossKind::Ndcg).ranks(SmoothRanks::Operator(method)).temperature(0.8);
            losses.push((format!("ndcg of {}", method.name()), loss));
        }
    }
    losses.push(("normalized labels".to_owned(), Loss::new(LossKind::Softmax).labels(Labels::Normalized)));
    let hinge = Loss::new(LossKind::PairwiseHinge).pair_weight(PairWeight::LambdaRank).times_length(false);
    losses.push(("hinge of LambdaRank".to_owned(), hinge));
    losses
}

#[test]
fn gradients_agree_with_differences() {
    let weights = [0.5, 2.0, 1.0, 1.5, 0.7, 1.2];
    for (name, loss) in losses() {
        for reduction in [Reduction::Mean, Reduction::Sum, Reduction::None] {
            for weighted in [false, true] {
                let evaluate = |scores: &[f64]| {
                    let input = Input::new(scores).columns(3);
                    let input = if weighted { input.weights(&weights) } else { input };
                    let loss = loss.evaluate(&input, &LABELS, reduction).unwrap();
                    (loss.values.iter().sum::<f64>(), loss.gradient)
                };
                let gradient = evaluate(&SCORES).1;
                for i in 0..SCORES.len() {
                    let step = 1e-6;
                    let moved = |by: f64| {
                        let mut scores = SCORES;
                        scores[i] += by;
                        evaluate(&scores).0
                    };
                    let difference = (moved(step) - moved(-step)) / (2.0 * step);
                    // The cut-off lies between smooth ranks, and carries no gradient on purpose.
                    let cut = name.contains("options") && loss_is_cut(&name);
                    assert!(
                        cut || (gradient[i] - difference).abs() < 1e-6 * (1.0 + difference.abs()),
                        "{name}, {reduction:?}, {i}: {} and {difference}",
                        gradient[i]
                    );
                }
            }
        }
    }
}

fn loss_is_cut(name: &str) -> bool {
    ["approx_", "bound_", "soft_"].iter().any(|prefix| name.starts_with(prefix))
}

#[test]
fn nothing_is_nan() {
    let scores: Vec<f64> = (0..50_u32).map(|i| f64::from(i * 37 % 61) - 30.0).collect();
    let labels: Vec<f64> = (0..50_u32).map(|i| f64::from(i % 5)).collect();
    for scale in [1e-6, 1.0, 1e3, 1e6] {
        let scaled: Vec<f64> = scores.iter().map(|score| score * scale).collect();
        for (name, loss) in losses() {
            for temperature in [1e-6, 1.0, 1e6] {
                let loss = loss.temperature(temperature);
                let result = loss.evaluate(&Input::new(&scaled), &labels, Reduction::Mean).unwrap();
                assert!(result.values[0].is_finite(), "{name}, {scale}, {temperature}");
                assert!(result.gradient.iter().all(|slope| slope.is_finite()), "{name}, {scale}, {temperature}");
            }
        }
    }
}

#[test]
fn nothing_to_order_is_no_loss() {
    for (name, loss) in losses() {
        for (scores, labels) in [(vec![], vec![]), (vec![1.0, 2.0], vec![0.0, 0.0])] {
            let result = loss.evaluate(&Input::new(&scores), &labels, Reduction::Mean).unwrap();
            assert!(result.values[0].is_finite() && result.gradient.iter().all(|slope: &f64| slope.is_finite()));
            let pairs_of_labels = loss.kind() != LossKind::PairwiseMse && name.contains("rank_net");
            if labels.is_empty() || pairs_of_labels || name.contains("ndcg") || name.starts_with("softmax") {
                assert_eq!(result.values, [0.0], "{name}");
                assert!(result.gradient.iter().all(|&slope| slope == 0.0), "{name}");
            }
        }
    }
}

#[test]
fn masked_items_count_nowhere_and_threads_change_nothing() {
    let mask = [true, false, true, true, true, false];
    let kept = |values: &[f64]| -> Vec<f64> {
        values.iter().zip(mask).filter(|(_, counted)| *counted).map(|(value, _)| *value).collect()
    };
    for (name, loss) in losses() {
        let loss = loss.times_length(false);
        let masked = loss.evaluate(&Input::new(&SCORES).mask(&mask), &LABELS, Reduction::Sum).unwrap();
        let short = loss.evaluate(&Input::new(&kept(&SCORES)), &kept(&LABELS), Reduction::Sum).unwrap();
        assert_eq!((masked.values, kept(&masked.gradient)), (short.values, short.gradient), "{name}");
        assert_eq!((masked.gradient[1], masked.gradient[5]), (0.0, 0.0));
        let scores: Vec<f64> = (0..4_000_u32).map(|i| f64::from(i * 7_919 % 4_001) / 1_000.0).collect();
        let labels: Vec<f64> = (0..4_000_u32).map(|i| f64::from(i % 4)).collect();
        let input = Input::new(&scores).columns(40);
        let one = loss.evaluate(&input, &labels, Reduction::Mean).unwrap();
        assert_eq!(one, loss.evaluate(&input.clone().threads(3), &labels, Reduction::Mean).unwrap(), "{name}");
    }
}

#[test]
fn values_by_hand() {
    let value = |name: &str, scores: &[f64], labels: &[f64]| {
        let loss: Loss = name.parse().unwrap();
        loss.evaluate(&Input::new(scores), labels, Reduction::Mean).unwrap().values[0]
    };
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-14, "{a} and {b}");
    let log_2 = 2_f64.ln();
    for name in ["rank_net", "softmax", "unique_softmax", "list_mle", "pointwise_sigmoid"] {
        close(value(name, &[0.0, 0.0], &[1.0, 0.0]), log_2);
    }
    close(value("rank_svm", &[1.0, 0.0], &[1.0, 0.0]), 0.0);
    close(value("triplet", &[0.0, 1.0], &[1.0, 0.0]), 2.0);
    close(value("margin_mse", &[1.0, 0.0], &[3.0, 0.0]), 4.0);
    close(value("kl_distillation", &[1.0, 2.0], &[1.0, 2.0]), 0.0);
    // Hard ranks: the one relevant item stands second.
    close(value("soft_mrr", &[0.0, 9.0], &[1.0, 0.0]), -0.5);
    close(value("soft_ndcg", &[0.0, 9.0], &[1.0, 0.0]), -1.0 / 3_f64.log2());
    close(value("approx_ndcg", &[0.0, 0.0], &[1.0, 0.0]), -1.0 / 2.5_f64.log2());
    close(value("kendall", &[0.0, 0.0, 0.0], &[1.0, 0.0, 2.0]), 1.0);
    // LambdaRank of two items: n = 2, gain 1, discounts 1 and 1 / log₂ 3.
    close(value("lambda_rank", &[0.0, 0.0], &[1.0, 0.0]), 2.0 * (1.0 - 1.0 / 3_f64.log2()) * log_2);
}

#[test]
fn bad_input_is_refused() {
    let loss: Loss = "rank_net".parse().unwrap();
    let refused = |loss: Loss, scores: &[f64], labels: &[f64]| {
        loss.evaluate(&Input::new(scores), labels, Reduction::Mean).unwrap_err().to_string()
    };
    assert_eq!(
        refused(loss, &[0.0, 1.0], &[0.0]),
        "labels: expected 2 numbers, as many as scores has, got 1; pass one for each"
    );
    assert!(refused(loss, &[f64::NAN], &[0.0]).starts_with("scores[0]: expected a number"));
    assert!(refused(loss, &[0.0], &[f64::INFINITY]).starts_with("labels[0]: expected a number"));
    for (loss, argument) in [
        (loss.temperature(0.0), "temperature: expected a positive number, got 0"),
        (loss.sigma(-1.0), "sigma: expected a positive number, got -1"),
        (loss.tau(1.5), "tau: expected a number from 0 to 1, got 1.5"),
        (loss.margin(f64::NAN), "margin: expected a finite number, got NaN"),
        (loss.epsilon(f64::INFINITY), "epsilon: expected a finite number, got inf"),
    ] {
        assert!(refused(loss, &[0.0], &[0.0]).starts_with(argument));
    }
    let error = "best".parse::<Loss>().unwrap_err().to_string();
    assert!(error.starts_with("name: expected the name of a loss"), "{error}");
}
