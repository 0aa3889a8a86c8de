//! Every loss: gradient against differences, extremes, rows without anything to order, masks, threads, refusals.

use rank_soft::{
    Error, Gain, Input, Labels, Loss, LossKind, Method, PairWeight, Preset, Reduction, SmoothRanks, Ties, gumbel_noise,
    ordinal_loss,
};

const SCORES: [f64; 6] = [0.31, -1.22, 0.91, 2.04, -0.42, 0.76];
const LABELS: [f64; 6] = [1.0, 0.0, 3.0, 0.0, 2.0, 1.0];

/// With an option, where the loss has it.
fn with(loss: Loss, option: impl Fn(Loss) -> Loss) -> Loss {
    Some(option(loss)).filter(|changed| changed.check().is_ok()).unwrap_or(loss)
}

/// Each loss with options of which some concern it.
fn losses() -> Vec<(String, Loss)> {
    let mut losses = Vec::new();
    // A black box's gradient is no derivative.
    for name in Loss::NAMES.into_iter().filter(|name| !name.starts_with("black_box")) {
        let loss: Loss = name.parse().unwrap();
        losses.push((name.to_owned(), loss));
        let options: [fn(Loss) -> Loss; 7] = [
            |loss| loss.temperature(0.7),
            |loss| loss.sigma(1.5),
            |loss| loss.margin(0.633),
            |loss| loss.tau(0.3),
            |loss| loss.epsilon(0.4),
            |loss| loss.top(Some(3)),
            |loss| loss.normalize(true),
        ];
        losses.push((format!("{name}, other options"), options.into_iter().fold(loss, with)));
    }
    for (_, method) in Method::NAMES {
        if !matches!(method, Method::Subset | Method::Sigmoid) {
            let loss = Loss::new(LossKind::Ndcg).ranks(SmoothRanks::Operator(method)).temperature(0.8);
            losses.push((format!("ndcg of {}", method.name()), loss));
        }
    }
    for name in ["lambda_rank", "lambda_loss_1", "lambda_loss_2", "lambda_loss_2_plus_plus"] {
        let loss: Loss = name.parse().unwrap();
        losses.push((format!("{name} of allRank"), loss.preset(Preset::AllRank)));
        losses.push((
            format!("{name} of allRank, 2"),
            with(loss.preset(Preset::AllRank).top(Some(2)), |loss| loss.mu(3.0)),
        ));
        losses.push((format!("{name}, linear, average"), loss.gain(Gain::Linear).ties(Ties::Average)));
    }
    for name in ["approx_ndcg", "neural_ndcg", "rank_net"] {
        losses.push((format!("{name} with noise"), name.parse::<Loss>().unwrap().gumbel(3, 0.4, 11)));
    }
    for (_, method) in Method::NAMES {
        if !matches!(method, Method::Subset | Method::Sigmoid) {
            let loss = Loss::new(LossKind::Spearman).ranks(SmoothRanks::Operator(method)).temperature(1.3);
            losses.push((format!("spearman of {}", method.name()), loss));
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
    // SmoothI's product carries no gradient.
    for (name, loss) in losses().into_iter().filter(|(name, _)| !name.starts_with("smoothi")) {
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
    ["approx_", "gumbel_", "bound_", "soft_"].iter().any(|prefix| name.starts_with(prefix))
}

/// The product of `SmoothI` carries no gradient: differences are taken with it held.
#[test]
fn gradients_of_smoothi_agree_with_differences_of_a_held_product() {
    let (temperature, delta) = (0.6, 0.2);
    // What each place gains by its label, with the products of other scores.
    let places = |scores: &[f64], held: &[f64]| -> Vec<f64> {
        let indicators = |scores: &[f64], factors: &[f64]| -> Vec<f64> {
            let least = scores.iter().copied().fold(f64::INFINITY, f64::min);
            let e: Vec<f64> = scores.iter().zip(factors).map(|(s, c)| ((s - least) * c / temperature).exp()).collect();
            let total: f64 = e.iter().sum();
            e.iter().map(|e| e / total).collect()
        };
        let mut factors = vec![1.0; scores.len()];
        (0..scores.len())
            .map(|_| {
                let place = indicators(scores, &factors);
                let other = indicators(held, &factors);
                factors.iter_mut().zip(&other).for_each(|(factor, p)| *factor *= 1.0 - p - delta);
                place.iter().zip(LABELS).map(|(p, label)| p * label).sum::<f64>().exp2() - 1.0
            })
            .collect()
    };
    let gains = LABELS.map(|label| label.exp2() - 1.0);
    let discount = |place: usize| 1.0 / (place as f64 + 2.0).log2();
    for top in [1, 3, 6] {
        let mut sorted = gains;
        sorted.sort_by(|a, b| b.total_cmp(a));
        let ideal: f64 = (0..top).map(|place| sorted[place] * discount(place)).sum();
        let value = |scores: &[f64]| {
            let places = places(scores, &SCORES);
            -(0..top).map(|place| places[place] * discount(place)).sum::<f64>() / ideal
        };
        let loss: Loss = "smoothi_ndcg".parse().unwrap();
        let loss = loss.temperature(temperature).delta(delta).top(Some(top));
        let result = loss.evaluate(&Input::new(&SCORES), &LABELS, Reduction::Mean).unwrap();
        assert!((result.values[0] - value(&SCORES)).abs() < 1e-14);
        for i in 0..SCORES.len() {
            let moved = |by: f64| {
                let mut scores = SCORES;
                scores[i] += by;
                value(&scores)
            };
            let difference = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            assert!((result.gradient[i] - difference).abs() < 1e-8, "{i}: {} and {difference}", result.gradient[i]);
        }
    }
}

#[test]
fn straight_through_has_the_hard_value_and_the_smooth_gradient() {
    for name in ["pirank", "neural_ndcg", "smoothi_precision", "pirank_ap"] {
        let loss: Loss = name.parse().unwrap();
        let loss = loss.top(Some(3));
        let evaluate = |loss: Loss| loss.evaluate(&Input::new(&SCORES), &LABELS, Reduction::Mean).unwrap();
        let (soft, hard) = (evaluate(loss), evaluate(loss.straight_through(true)));
        assert_ne!(soft.values, hard.values, "{name}");
        if name != "pirank_ap" {
            assert_eq!(soft.gradient, hard.gradient, "{name}");
        }
        let harder = evaluate(loss.temperature(1e-4)).values[0];
        // SmoothI pushes items back by 1 - δ of their score alone.
        assert!(name.starts_with("smoothi") || (hard.values[0] - harder).abs() < 1e-9, "{name}: {hard:?}, {harder}");
    }
    // The ratio of the sums of all rows, not the mean of ratios.
    let loss: Loss = "pirank".parse().unwrap();
    let loss = loss.straight_through(true);
    let input = Input::new(&SCORES).columns(3);
    let sum = loss.evaluate(&input, &LABELS, Reduction::Sum).unwrap().values[0];
    let ideal = 7.0 + 1.0 / 3_f64.log2() + 3.0 + 1.0 / 3_f64.log2();
    let mean = loss.evaluate(&input, &LABELS, Reduction::Mean).unwrap().values[0];
    assert!((mean - sum / ideal).abs() < 1e-15);
}

#[test]
fn ties_have_the_average_rank_where_that_is_asked_for() {
    let loss: Loss = "lambda_rank".parse().unwrap();
    let value = |loss: Loss, labels: &[f64]| {
        loss.evaluate(&Input::new(&[1.0, 1.0, 0.0]), labels, Reduction::Mean).unwrap().values[0]
    };
    assert_ne!(value(loss, &[2.0, 0.0, 1.0]), value(loss, &[0.0, 2.0, 1.0]));
    let loss = loss.ties(Ties::Average);
    let (one, other) = (value(loss, &[2.0, 0.0, 1.0]), value(loss, &[0.0, 2.0, 1.0]));
    assert!((one - other).abs() < 1e-14);
}

#[test]
fn noise_is_that_of_the_seed() {
    let loss: Loss = "approx_ndcg".parse().unwrap();
    let noise = gumbel_noise(6, 3);
    let noisy: Vec<f64> = SCORES.iter().zip(noise).map(|(score, noise)| score + 0.5 * noise).collect();
    let plain = loss.evaluate(&Input::new(&noisy), &LABELS, Reduction::Mean).unwrap();
    let drawn = loss.gumbel(1, 0.5, 3).evaluate(&Input::new(&SCORES), &LABELS, Reduction::Mean).unwrap();
    assert_eq!(plain, drawn);
    let more = loss.gumbel(8, 0.5, 3).evaluate(&Input::new(&SCORES), &LABELS, Reduction::Mean).unwrap();
    assert_ne!(more.values, drawn.values);
}

#[test]
fn the_ordinal_loss_agrees_with_differences() {
    let (logits, labels) = ([0.3, -1.0, 2.0, 0.4, -0.2, -3.0, 1.1, 0.9, -0.6], [2.0, 0.0, 3.0]);
    let mask = [true, false, true];
    for mask in [None, Some(&mask[..])] {
        for reduction in [Reduction::Mean, Reduction::Sum] {
            let value = |logits: &[f64]| ordinal_loss(logits, &labels, 3, mask, reduction).unwrap();
            let gradient = value(&logits).gradient;
            for i in 0..logits.len() {
                let moved = |by: f64| {
                    let mut logits = logits;
                    logits[i] += by;
                    value(&logits).values[0]
                };
                let difference = (moved(1e-6) - moved(-1e-6)) / 2e-6;
                assert!((gradient[i] - difference).abs() < 1e-9);
            }
        }
        let each = ordinal_loss(&logits, &labels, 3, mask, Reduction::None).unwrap().values;
        let sum = ordinal_loss(&logits, &labels, 3, mask, Reduction::Sum).unwrap().values[0];
        assert!((each.iter().sum::<f64>() - sum).abs() < 1e-15);
    }
    // allRank's numbers: binary cross-entropies of the sigmoids, summed over grades, meant over items.
    let p = logits.map(|logit: f64| 1.0 / (1.0 + (-logit).exp()));
    let by_hand: f64 =
        (0..9).map(|at| if labels[at / 3] >= (at % 3 + 1) as f64 { -p[at].ln() } else { -(1.0 - p[at]).ln() }).sum();
    let mean = ordinal_loss(&logits, &labels, 3, None, Reduction::Mean).unwrap().values[0];
    assert!((mean - by_hand / 3.0).abs() < 1e-14);
    let refused =
        |grades, labels: &[f64]| ordinal_loss(&logits, labels, grades, None, Reduction::Mean).unwrap_err().to_string();
    assert_eq!(refused(0, &labels), "grades: expected at least 1, got 0; pass another");
    assert!(refused(2, &labels).starts_with("logits: expected 6 numbers"));
    assert!(refused(3, &[0.0, f64::NAN, 1.0]).starts_with("labels[1]: expected a number"));
    assert_eq!(ordinal_loss::<f64>(&[], &[], 3, None, Reduction::Mean).unwrap().values, [0.0]);
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
            if labels.is_empty()
                || pairs_of_labels
                || (name.contains("ndcg") && !name.contains("noise"))
                || name.starts_with("softmax")
            {
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
    let black_boxes = ["black_box_ndcg", "black_box_mrr", "black_box_ap", "black_box_recall"];
    let black_boxes = black_boxes.map(|name| (name.to_owned(), name.parse::<Loss>().unwrap().reach(5.0)));
    for (name, loss) in losses().into_iter().chain(black_boxes) {
        let loss = with(loss, |loss| loss.times_length(false));
        let masked = loss.evaluate(&Input::new(&SCORES).mask(&mask), &LABELS, Reduction::Sum).unwrap();
        let short = loss.evaluate(&Input::new(&kept(&SCORES)), &kept(&LABELS), Reduction::Sum).unwrap();
        // Noise is that of the position.
        if loss.samples() == 0 {
            assert_eq!((masked.values, kept(&masked.gradient)), (short.values, short.gradient), "{name}");
        }
        assert_eq!((masked.gradient[1], masked.gradient[5]), (0.0, 0.0));
        let scores: Vec<f64> = (0..1_600_u32).map(|i| f64::from(i * 7_919 % 4_001) / 1_000.0).collect();
        let labels: Vec<f64> = (0..1_600_u32).map(|i| f64::from(i % 4)).collect();
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
    // Soft ranks are hard where values lie far apart: ranks 3, 1, 2 against 2, 1, 3.
    close(value("spearman", &[50.0, 10.0, 30.0], &[1.0, 0.0, 2.0]), 0.5);
    // Two equal scores stand half at either place.
    let half = f64::midpoint(1.0, 1.0 / 3_f64.log2());
    for name in ["neural_ndcg", "pirank_ndcg"] {
        close(value(name, &[0.0, 0.0], &[1.0, 0.0]), -half);
    }
    // An expected label of ½ at each place.
    close(value("smoothi_ndcg", &[0.0, 0.0], &[1.0, 0.0]), -2.0 * half * (0.5_f64.exp2() - 1.0));
    close(value("pirank", &[0.0, 0.0], &[1.0, 0.0]), 1.0 - half);
    close(value("pirank_recall", &[0.0, 0.0], &[1.0, 0.0]), -1.0);
    // Gains of ½ at each place: ½ of ½, and of ½ of 1.
    close(value("smoothi_ap", &[0.0, 0.0], &[1.0, 0.0]), -0.5);
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
        (loss.delta(1.0), "delta: expected a number of at least 0 and below 1, got 1"),
        (loss.mu(-1.0), "mu: expected a number of at least 0, got -1"),
        (loss.gumbel(1, f64::NAN, 0), "noise: expected a number of at least 0, got NaN"),
        (loss.ranks(SmoothRanks::NeuralSort), "ranks: expected a matrix for PiRank, ranks for others than DCG"),
        (Loss::new(LossKind::PiRank), "ranks: expected a matrix for PiRank"),
        (loss.straight_through(true), "straight_through: expected false but for metrics of a matrix, got \"true\""),
        (loss.smooth_fraction(1.5), "smooth_fraction: expected a number from 0 to 1, got 1.5"),
    ] {
        assert!(refused(loss, &[0.0], &[0.0]).starts_with(argument));
    }
    let hinge: Loss = "pairwise_hinge".parse().unwrap();
    assert_eq!(
        refused(hinge.sigma(2.0), &[0.0], &[0.0]),
        "sigma: expected nothing but what it is at the start, as only logistic and soft 0-1 pairs use it, got 2; \
         leave it out"
    );
    let error = "best".parse::<Loss>().unwrap_err().to_string();
    assert!(error.starts_with("name: expected the name of a loss"), "{error}");
}

#[test]
fn softmaxes_of_f32_are_those_of_f64_rounded_and_say_what_is_not_finite() {
    let count = 1_003;
    let scores: Vec<f32> = (0..count).map(|i| ((i * 7_919) % 4_001) as f32 / 311.0 - 90.0).collect();
    let labels: Vec<f32> = (0..count).map(|i| (i % 5) as f32).collect();
    let wide = |numbers: &[f32]| numbers.iter().map(|&number| f64::from(number)).collect::<Vec<f64>>();
    for name in ["softmax", "list_net", "poly1_softmax", "kl_distillation"] {
        let loss: Loss = name.parse().unwrap();
        for loss in [loss, loss.temperature(0.3)] {
            let narrow = loss.evaluate(&Input::new(&scores), &labels, Reduction::Mean).unwrap();
            let exact = loss.evaluate(&Input::new(&wide(&scores)), &wide(&labels), Reduction::Mean).unwrap();
            let (value, reference) = (narrow.values[0], exact.values[0]);
            assert!((value - reference).abs() <= 1e-9 * reference.abs(), "{name}: {value} and {reference}");
            for (slope, reference) in narrow.gradient.iter().zip(&exact.gradient) {
                let error = (f64::from(*slope) - reference).abs();
                assert!(error <= 6.1e-8 * reference.abs() + 1e-12, "{name}: {slope} and {reference}");
            }
        }
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            for place in [0, 500, count - 1] {
                let with_bad = |numbers: &[f32]| {
                    let mut numbers = numbers.to_vec();
                    numbers[place] = bad;
                    numbers
                };
                let of_scores = loss.evaluate(&Input::new(&with_bad(&scores)), &labels, Reduction::Mean);
                let of_labels = loss.evaluate(&Input::new(&scores), &with_bad(&labels), Reduction::Mean);
                for (result, name) in [(of_scores, "scores"), (of_labels, "labels")] {
                    assert!(matches!(result, Err(Error::NotFinite { argument, .. }) if argument == name), "{result:?}");
                }
            }
        }
    }
}

/// The unique softmax as its formula has it.
#[test]
fn unique_softmax_is_that_of_each_item_with_the_lower_ones() {
    let scores: Vec<f64> = (0..60_u32).map(|i| f64::from(i * 7_919 % 401) / 10.0 - 20.0).collect();
    let labels: Vec<f64> = (0..60_u32).map(|i| f64::from(i * 31 % 7) / 2.0).collect();
    for scale in [1e-3, 1.0, 40.0] {
        let s: Vec<f64> = scores.iter().map(|score| score * scale).collect();
        let (mut value, mut gradient) = (0.0, vec![0.0; s.len()]);
        for i in 0..s.len() {
            let gain = labels[i].exp2() - 1.0;
            let with: Vec<usize> = (0..s.len()).filter(|&j| j == i || labels[j] < labels[i]).collect();
            let most = with.iter().fold(f64::NEG_INFINITY, |most, &j| most.max(s[j]));
            let sum: f64 = with.iter().map(|&j| (s[j] - most).exp()).sum();
            value += gain * (most + sum.ln() - s[i]);
            for &j in &with {
                gradient[j] += gain * (s[j] - most).exp() / sum;
            }
            gradient[i] -= gain;
        }
        let loss: Loss = "unique_softmax".parse().unwrap();
        let got = loss.evaluate(&Input::new(&s), &labels, Reduction::Sum).unwrap();
        assert!((got.values[0] - value).abs() <= 1e-12 * value, "{} and {value}", got.values[0]);
        for (slope, reference) in got.gradient.iter().zip(&gradient) {
            assert!((slope - reference).abs() <= 1e-11, "{slope} and {reference}");
        }
    }
}
