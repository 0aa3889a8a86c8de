//! Numbers of others: TF-Ranking's own examples, the code of `SmoothI` and of black-box ranks, tau-b of `SciPy`.

use rank_soft::{Gain, Input, Loss, LossGradient, LossKind, PairWeight, Preset, Reduction, SmoothRanks};

const SCORES: [f64; 6] = [0.31, -1.22, 0.91, 2.04, -0.42, 0.76];
const LABELS: [f64; 6] = [1.0, 0.0, 3.0, 0.0, 2.0, 1.0];
/// Two lists, the first of them padded.
const PADDED: [bool; 6] = [true, true, false, true, true, true];

fn loss(name: &str) -> Loss {
    name.parse().unwrap()
}

fn evaluate(loss: Loss, scores: &[f64], labels: &[f64]) -> LossGradient<f64> {
    loss.evaluate(&Input::new(scores), labels, Reduction::Mean).unwrap()
}

fn assert_close(got: &[f64], want: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (got, want) in got.iter().zip(want) {
        assert!((got - want).abs() <= tolerance * (1.0 + want.abs()), "{what}: {got} and {want}");
    }
}

/// What the documentation of `tfr.keras.losses` shows, in single precision: one list, and two of different lengths.
#[test]
fn tf_ranking_has_the_numbers_of_its_documentation() {
    let cases = [
        ("pairwise_hinge", 0.6, 0.416_666_66),
        ("rank_net", 0.399_069_43, 0.310_918_2),
        ("pairwise_soft_zero_one", 0.274_917, 0.229_450_64),
        ("pairwise_mse", 1.44, 0.766_666_7),
        ("softmax", 0.798_138_9, 0.839_118_96),
        ("unique_softmax", 0.798_138_9, 0.839_118_96),
        ("approx_mrr", -0.531_689_47, -0.735_146_76),
        ("approx_ndcg", -0.655_107, -0.805_368_66),
        ("pointwise_sigmoid", 0.804_294_3, 0.644_463_54),
        ("pointwise_mse", 0.4, 0.208_333_36),
    ];
    for (name, one, two) in cases {
        let loss = loss(name).preset(Preset::TfRanking);
        assert_close(&evaluate(loss, &[0.6, 0.8], &[1.0, 0.0]).values, &[one], 1e-6, name);
        let input = Input::new(&[0.6, 0.8, 9.0, 0.5, 0.8, 0.4]).columns(3).mask(&PADDED);
        let both = loss.evaluate(&input, &[1.0, 0.0, 5.0, 0.0, 1.0, 0.0], Reduction::Mean).unwrap();
        assert_close(&both.values, &[two], 1e-6, name);
        assert_eq!(both.gradient[2], 0.0);
        // Without reduction each list is meant over its own items.
        let each = loss.evaluate(&input, &[1.0, 0.0, 5.0, 0.0, 1.0, 0.0], Reduction::None).unwrap();
        assert_close(&[each.values.iter().sum::<f64>() / 2.0], &[two], 1e-6, name);
    }
    // Other losses keep their temperature.
    assert_eq!(loss("kendall").preset(Preset::TfRanking), loss("kendall").preset(Preset::TfRanking).temperature(1.0));
}

/// By the formulas of its code: lambda weights over the ideal DCG and times the length, without the items' weights; graded
/// labels in the reciprocal rank and in poly-1; one weight for a list.
#[test]
fn tf_ranking_differs_where_it_does() {
    let (n, d) = (6.0, |rank: f64| 1.0 / (1.0 + rank).log2());
    let weights = [0.5, 2.0, 1.0, 1.5, 0.7, 1.2];
    let ranks: Vec<f64> =
        SCORES.iter().map(|score| 1.0 + SCORES.iter().filter(|other| *other > score).count() as f64).collect();
    let gain = |i: usize| LABELS[i].exp2() - 1.0;
    let ideal = 7.0 + 3.0 * d(2.0) + d(3.0) + d(4.0);
    let softplus = |t: f64| t.exp().ln_1p();
    let pairs = |weight: &dyn Fn(usize, usize) -> f64| -> f64 {
        let all = (0..6).flat_map(|i| (0..6).map(move |j| (i, j))).filter(|&(i, j)| LABELS[i] > LABELS[j]);
        all.map(|(i, j)| weights[i] * weight(i, j) * softplus(SCORES[j] - SCORES[i])).sum()
    };
    let step = |i: usize, j: usize| {
        let step = (ranks[i] - ranks[j]).abs();
        (d(step) - d(step + 1.0)) * (gain(i) - gain(j)).abs() / ideal * n
    };
    let weighted = |loss: Loss| {
        let input = Input::new(&SCORES).weights(&weights);
        loss.evaluate(&input, &LABELS, Reduction::Mean).unwrap().values[0]
    };
    let preset = |name: &str| loss(name).preset(Preset::TfRanking);
    let lambda_rank = pairs(&|i, j| (gain(i) - gain(j)).abs() / ideal * (d(ranks[i]) - d(ranks[j])).abs() * n) / n;
    assert_close(&[weighted(preset("lambda_rank"))], &[lambda_rank], 1e-14, "lambda_rank");
    assert_close(&[weighted(preset("lambda_loss_2"))], &[pairs(&step) / n], 1e-14, "lambda_loss_2");
    let neighbors = pairs(&|i, j| if (ranks[i] - ranks[j]).abs() == 1.0 { step(i, j) } else { 0.0 }) / n;
    assert_close(&[weighted(preset("yeti").gumbel(0, 1.0, 0))], &[neighbors], 1e-14, "yeti");
    let within = |i: usize| ranks[i] <= 3.0;
    let precision = pairs(&|i, j| f64::from(u8::from(LABELS[j] < 1.0 && within(i) != within(j)))) / n;
    let loss = preset("rank_net").pair_weight(PairWeight::Precision).top(Some(3));
    assert_close(&[weighted(loss)], &[precision], 1e-14, "precision");

    let rank = |i: usize| 0.5 + SCORES.iter().map(|other| 1.0 / (1.0 + ((SCORES[i] - other) / 0.1).exp())).sum::<f64>();
    let share = (0..6).map(|i| LABELS[i] * weights[i]).sum::<f64>() / 7.0;
    let reciprocal = (0..6).map(|i| LABELS[i] / rank(i)).sum::<f64>() / 7.0;
    assert_close(&[weighted(preset("approx_mrr"))], &[-reciprocal * share], 1e-14, "approx_mrr");
    let plain = evaluate(preset("list_mle"), &SCORES, &LABELS).values[0];
    assert_close(&[weighted(preset("list_mle"))], &[plain * share], 1e-14, "list_mle");
    let z: f64 = SCORES.iter().map(|score| score.exp()).sum();
    let chosen: f64 = (0..6).map(|i| LABELS[i] / 7.0 * SCORES[i].exp() / z).sum();
    let poly = (0..6).map(|i| LABELS[i] * (z.ln() - SCORES[i])).sum::<f64>() + 7.0 * (1.0 - chosen);
    assert_close(&evaluate(preset("poly1_softmax"), &SCORES, &LABELS).values, &[poly], 1e-14, "poly1");
    let logistic: f64 = (0..6).map(|i| softplus(SCORES[i]) - LABELS[i] * SCORES[i]).sum();
    assert_close(&evaluate(preset("pointwise_sigmoid"), &SCORES, &LABELS).values, &[logistic / n], 1e-14, "sigmoid");
}

#[test]
fn gradients_of_tf_ranking_agree_with_differences() {
    let weights = [0.5, 2.0, 1.0, 1.5, 0.7, 1.2];
    let names = [
        "rank_net",
        "pairwise_mse",
        "lambda_rank",
        "lambda_loss_2",
        "yeti",
        "approx_mrr",
        "approx_ndcg",
        "gumbel_ndcg",
        "poly1_softmax",
        "unique_softmax",
        "list_mle",
        "pointwise_sigmoid",
        "arp_loss_1",
        "arp_loss_2",
    ];
    for name in names {
        for loss in [loss(name), loss(name).preset(Preset::TfRanking)] {
            let evaluate = |scores: &[f64]| {
                let input = Input::new(scores).columns(3).weights(&weights).mask(&PADDED);
                loss.evaluate(&input, &LABELS, Reduction::Mean).unwrap()
            };
            check_by_differences(&SCORES, name, evaluate);
        }
    }
}

fn check_by_differences(scores: &[f64], what: &str, evaluate: impl Fn(&[f64]) -> LossGradient<f64>) {
    let gradient = evaluate(scores).gradient;
    for i in 0..scores.len() {
        let moved = |by: f64| {
            let mut scores = scores.to_vec();
            scores[i] += by;
            evaluate(&scores).values[0]
        };
        let difference = (moved(1e-6) - moved(-1e-6)) / 2e-6;
        assert!(
            (gradient[i] - difference).abs() < 1e-7 * (1.0 + difference.abs()),
            "{what}, {i}: {gradient:?}, {difference}"
        );
    }
}

/// ARP loss 1: over all pairs of the list, `y log(1 + e^-d)`.
#[test]
fn average_relevance_positions() {
    let by_hand: f64 =
        (0..6).flat_map(|i| (0..6).map(move |j| LABELS[i] * (SCORES[j] - SCORES[i]).exp().ln_1p())).sum();
    let got = loss("arp_loss_1").evaluate(&Input::new(&SCORES), &LABELS, Reduction::Sum).unwrap();
    assert_close(&got.values, &[by_hand], 1e-14, "arp_loss_1");
    assert_eq!(loss("arp_loss_2"), loss("rank_net_label_difference"));
}

/// Made with `losses.py` of github.com/ygcinar/SmoothI, commit 20190f9, in double precision, alpha = 1.3, delta = 0.1: 1 less
/// the metric.
#[test]
fn smoothi_has_the_numbers_of_its_authors() {
    let loss = |kind: LossKind, top: usize| {
        let loss = Loss::new(kind).ranks(SmoothRanks::SmoothI).temperature(1.0 / 1.3).top(Some(top));
        if kind == LossKind::Ndcg { loss.gain(Gain::Power) } else { loss }
    };
    let cases = [
        (
            loss(LossKind::Ndcg, 3),
            0.591_684_151_144_322,
            [
                0.013_777_485_754_448_933,
                0.027_894_390_280_289_4,
                -0.105_704_767_307_490_48,
                0.064_396_262_649_544_84,
                -0.015_561_619_235_920_908,
                0.015_198_247_859_128_215,
            ],
        ),
        (
            loss(LossKind::Ndcg, 6),
            0.425_883_119_127_702_5,
            [
                0.015_268_517_277_443_923,
                0.038_064_999_154_077_72,
                -0.107_857_806_128_283_22,
                0.061_606_822_961_736_724,
                -0.023_046_338_892_017_022,
                0.015_963_805_627_041_867,
            ],
        ),
        (
            loss(LossKind::Precision, 3),
            0.336_379_183_849_579,
            [
                -0.040_310_464_697_679_724,
                0.063_109_332_140_569_35,
                -0.064_586_629_381_153_24,
                0.120_334_521_489_337_64,
                -0.021_127_923_870_574_834,
                -0.057_418_835_680_499_19,
            ],
        ),
    ];
    for (loss, value, gradient) in cases {
        let got = evaluate(loss, &SCORES, &LABELS);
        assert_close(&[1.0 + got.values[0]], &[value], 1e-14, "SmoothI");
        assert_close(&got.gradient, &gradient, 1e-14, "SmoothI");
    }
}

/// Made with github.com/martius-lab/blackbox-backprop, commit 0152a6d: six equal rows, whose mean is one of them.
#[test]
fn black_box_losses_have_the_numbers_of_their_authors() {
    let got = evaluate(loss("black_box_recall").margin(0.4).reach(60.0), &SCORES, &LABELS);
    assert_close(&got.values, &[RECALL.0], 1e-14, "recall");
    // It adds 1e-8 to λ.
    assert_close(&got.gradient, &RECALL.1, 1e-12, "recall");
    let got = evaluate(loss("black_box_ap").reach(30.0), &SCORES, &LABELS);
    // It adds 1e-5 to the number of relevant items.
    assert_close(&[1.0 + got.values[0]], &[AP.0], 2e-6, "ap");
    assert_close(&got.gradient, &AP.1, 1e-8, "ap");
}

const RECALL: (f64, [f64; 6]) = (
    0.526_589_034_139_044_5,
    [
        -0.016_666_666_666_666_67,
        0.0,
        -0.016_666_666_666_666_67,
        0.066_666_666_666_666_67,
        -0.016_666_666_666_666_67,
        -0.016_666_666_666_666_67,
    ],
);
const AP: (f64, [f64; 6]) = (
    0.320_835_031_245_755_1,
    [0.0, 0.0, -0.033_333_333_266_666_67, 0.066_666_666_533_333_34, 0.0, -0.033_333_333_266_666_67],
);

#[test]
fn black_box_by_hand() {
    // Ranks 2 and 1; the slope of -1 / rank for the first is 1 / 4, which 8 times over puts it first.
    let got = evaluate(loss("black_box_ap").reach(8.0), &[0.0, 1.0], &[1.0, 0.0]);
    assert_eq!((got.values[0], got.gradient), (-0.5, vec![-0.125, 0.125]));
    // Within the margin the order does not count as right.
    let got = |margin: f64| evaluate(loss("black_box_mrr").margin(margin), &[1.0, 0.9], &[1.0, 0.0]).values[0];
    assert_eq!((got(0.0), got(0.2)), (-1.0, -0.5));
    // One other item above the one relevant.
    let got = evaluate(loss("black_box_recall"), &[0.0, 1.0], &[1.0, 0.0]).values[0];
    assert_close(&[got], &[2_f64.ln().ln_1p()], 1e-15, "recall");
    assert_eq!(evaluate(loss("black_box_ndcg").top(Some(1)), &[0.0, 1.0], &[1.0, 0.0]).values, [-0.0]);
    let error = Loss::new(LossKind::Precision).ranks(SmoothRanks::BlackBox).check().unwrap_err().to_string();
    assert!(error.starts_with("ranks: expected smooth ranks, as only DCG"), "{error}");
    let error = loss("black_box_ap").reach(0.0).check().unwrap_err().to_string();
    assert!(error.starts_with("reach: expected a positive number, got 0"), "{error}");
}

/// Values of `scipy.stats.kendalltau`.
#[test]
fn tau_b_is_that_of_scipy() {
    let hard = |scores: &[f64], labels: &[f64]| {
        1.0 - evaluate(loss("kendall_tau_b").temperature(1e-3), scores, labels).values[0]
    };
    assert_close(&[hard(&SCORES, &LABELS)], &[0.071_611_487_403_943_28], 1e-14, "tau-b");
    assert_close(&[hard(&[1.0, 0.0, 0.0], &[1.0, 0.0, 1.0])], &[0.5], 1e-14, "tau-b");
    assert_close(&[hard(&[1.0, 0.0, 0.0, 2.0], &[1.0, 0.0, 1.0, 2.0])], &[0.8], 1e-14, "tau-b");
    // Undefined: no pair of labels, no pair of scores.
    assert_eq!(evaluate(loss("kendall_tau_b"), &[1.0, 0.0], &[1.0, 1.0]).values, [0.0]);
    assert_eq!(evaluate(loss("kendall_tau_b"), &[1.0, 1.0], &[1.0, 0.0]).values, [1.0]);
    let weights = [0.5, 2.0, 1.0, 1.5, 0.7, 1.2];
    for temperature in [0.3, 2.0] {
        check_by_differences(&SCORES, "tau-b", |scores| {
            let input = Input::new(scores).columns(3).weights(&weights);
            loss("kendall_tau_b").temperature(temperature).evaluate(&input, &LABELS, Reduction::Mean).unwrap()
        });
    }
}
