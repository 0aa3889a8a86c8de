//! Every loss with every option: its gradient against differences in `f64`, or the refusal of an option that it lacks.
//!
//! A gradient that is none of its value's on purpose is compared with differences of what it is of: cut-offs of smooth
//! ranks lie where they lay, products of `SmoothI` are what they were, and straight through is the smooth value. A black
//! box's gradient is no derivative; `conventions.rs` compares it with its authors'.

use rank_soft::{
    Direction, Error, Gain, Input, Kind, Labels, Loss, LossGradient, Method, Operator, PairWeight, Preset, Reduction,
    SmoothRanks, Ties, gumbel_noise,
};

const SCORES: [f64; 8] = [0.3137, -1.2291, 0.9143, 2.0469, -0.4173, 0.7631, 1.0318, 0.1127];
const LABELS: [f64; 8] = [1.0, 0.0, 3.0, 0.0, 2.0, 1.0, 0.0, 0.0];
const WEIGHTS: [f64; 8] = [0.5, 2.0, 1.0, 1.5, 0.7, 1.2, 0.9, 1.1];
const MASK: [bool; 8] = [true, true, true, false, true, true, true, true];
const OFFSETS: [usize; 4] = [0, 3, 3, 8];

/// A change of a loss, by the name of its option.
type Change = (&'static str, fn(Loss) -> Loss);

/// Each with what a refusal names.
const CHANGES: [Change; 40] = [
    ("", |loss| loss),
    ("temperature", |loss| loss.temperature(0.7)),
    ("sigma", |loss| loss.sigma(1.5)),
    ("margin", |loss| loss.margin(0.633)),
    ("tau", |loss| loss.tau(0.3)),
    ("epsilon", |loss| loss.epsilon(0.4)),
    ("delta", |loss| loss.delta(0.3)),
    ("mu", |loss| loss.mu(3.0)),
    ("reach", |loss| loss.reach(5.0)),
    ("smooth_fraction", |loss| loss.smooth_fraction(0.25)),
    ("top", |loss| loss.top(Some(2))),
    ("top", |loss| loss.top(Some(0))),
    ("normalize", |loss| loss.normalize(true)),
    ("times_length", |loss| loss.times_length(false)),
    ("base_2", |loss| loss.base_2(true)),
    ("top_pairs", |loss| loss.top_pairs(true)),
    ("top_pairs", |loss| if loss.top(Some(2)).check().is_ok() { loss } else { loss.top(Some(3)).top_pairs(true) }),
    ("all_pairs", |loss| loss.all_pairs(true)),
    ("labels", |loss| loss.labels(Labels::Normalized)),
    ("labels", |loss| loss.labels(Labels::Softmax)),
    ("gain", |loss| loss.gain(Gain::Linear)),
    ("gain", |loss| loss.gain(Gain::Power)),
    ("ties", |loss| loss.ties(Ties::Average)),
    ("pair_weight", |loss| loss.pair_weight(PairWeight::LabelDifference)),
    ("pair_weight", |loss| loss.pair_weight(PairWeight::LabelSquareDifference)),
    ("pair_weight", |loss| loss.pair_weight(PairWeight::Label)),
    ("pair_weight", |loss| loss.pair_weight(PairWeight::LambdaRank)),
    ("pair_weight", |loss| loss.pair_weight(PairWeight::LambdaLoss1)),
    ("pair_weight", |loss| loss.pair_weight(PairWeight::LambdaLoss2)),
    ("pair_weight", |loss| loss.pair_weight(PairWeight::LambdaLoss2PlusPlus)),
    ("pair_weight", |loss| loss.pair_weight(PairWeight::Precision).top(Some(1))),
    ("pair_weight", |loss| loss.pair_weight(PairWeight::Neighbors)),
    ("pair_weight", |loss| loss.pair_weight(PairWeight::Ndcg).smooth_fraction(0.25).top(Some(1))),
    ("method", |loss| loss.ranks(SmoothRanks::Operator(Method::Kl))),
    ("ranks", |loss| loss.ranks(SmoothRanks::NeuralSort)),
    ("straight_through", |loss| loss.straight_through(true)),
    ("samples", |loss| loss.gumbel(1, 0.4, 11)),
    ("noise", |loss| loss.gumbel(loss.samples(), 0.3, 0)),
    ("preset", |loss| loss.preset(Preset::AllRank)),
    ("preset", |loss| loss.preset(Preset::TfRanking)),
];

/// How rows are given and become one number.
#[derive(Debug, Clone, Copy)]
struct Rows {
    ragged: bool,
    mask: bool,
    weights: bool,
    threads: usize,
    reduction: Reduction,
}

const PLAIN: Rows = Rows { ragged: false, mask: false, weights: false, threads: 1, reduction: Reduction::Mean };

const ROWS: [Rows; 8] = [
    PLAIN,
    Rows { mask: true, ..PLAIN },
    Rows { weights: true, ..PLAIN },
    Rows { mask: true, weights: true, ..PLAIN },
    Rows { ragged: true, threads: 2, ..PLAIN },
    Rows { ragged: true, mask: true, weights: true, reduction: Reduction::None, ..PLAIN },
    Rows { reduction: Reduction::Sum, ..PLAIN },
    Rows { weights: true, reduction: Reduction::None, ..PLAIN },
];

impl Rows {
    fn ranges(self) -> Vec<std::ops::Range<usize>> {
        if self.ragged { vec![0..3, 3..3, 3..8] } else { vec![0..4, 4..8] }
    }

    fn evaluate(self, loss: Loss, scores: &[f64]) -> LossGradient<f64> {
        let mut input = Input::new(scores).threads(self.threads);
        input = if self.ragged { input.offsets(&OFFSETS) } else { input.columns(4) };
        input = if self.mask { input.mask(&MASK) } else { input };
        input = if self.weights { input.weights(&WEIGHTS) } else { input };
        loss.evaluate(&input, &LABELS, self.reduction).unwrap()
    }

    /// The value of rows, each of which is `row` of what counts of it; none for a row that does not count.
    fn together(self, row: impl Fn(&[usize]) -> Option<f64>) -> f64 {
        let counted = |range: std::ops::Range<usize>| range.filter(|&i| !self.mask || MASK[i]).collect::<Vec<usize>>();
        let values: Vec<f64> = self.ranges().into_iter().filter_map(|range| row(&counted(range))).collect();
        let sum = values.iter().sum::<f64>();
        if self.reduction == Reduction::Mean { sum / values.len().max(1) as f64 } else { sum }
    }
}

fn discount(place: usize) -> f64 {
    1.0 / (place as f64 + 2.0).log2()
}

/// Of the two best items the metric by `name`, of smooth ranks, where cut-offs lie between the ranks that `held` have.
fn cut_metric(name: &str, scores: &[f64], held: &[f64], rows: Rows) -> f64 {
    let (prefix, metric) = name.split_once('_').unwrap();
    let noise = if prefix == "gumbel" { gumbel_noise(scores.len(), 0) } else { vec![0.0; scores.len()] };
    let ranks = |scores: &[f64]| -> Vec<f64> {
        if prefix == "soft" {
            let operator = Operator::new(Kind::Rank).direction(Direction::Descending);
            return operator.forward(&Input::new(scores)).unwrap().0;
        }
        let term = |d: f64| if prefix == "bound" { (1.0 + d).max(0.0) } else { 1.0 / (1.0 + (-d).exp()) };
        let rank = |own: &f64| scores.iter().map(|other| term(other - own)).sum::<f64>();
        scores.iter().map(|own| rank(own) + if prefix == "bound" { 0.0 } else { 0.5 }).collect()
    };
    rows.together(|items| {
        if items.is_empty() {
            return None;
        }
        let of = |all: &[f64]| items.iter().map(|&i| all[i]).collect::<Vec<f64>>();
        let noisy = |all: &[f64]| -> Vec<f64> { all.iter().zip(&noise).map(|(score, noise)| score + noise).collect() };
        let (r, labels) = (ranks(&of(&noisy(scores))), of(&LABELS));
        let mut sorted = ranks(&of(&noisy(held)));
        sorted.sort_by(f64::total_cmp);
        let weight = |i: usize| if rows.weights { WEIGHTS[items[i]] } else { 1.0 };
        let inside = |i: usize| {
            if items.len() <= 2 {
                return 1.0;
            }
            let x = f64::midpoint(sorted[1], sorted[2]) - r[i];
            if prefix == "bound" { 1.0 - (1.0 - x).max(0.0) } else { 1.0 / (1.0 + (-x).exp()) }
        };
        let all = 0..items.len();
        let relevant: Vec<usize> = all.clone().filter(|&i| labels[i] >= 1.0).collect();
        let count = relevant.len().max(1) as f64;
        let gain = |i: usize| (labels[i].exp2() - 1.0) * weight(i);
        Some(-match metric {
            "dcg" | "ndcg" => {
                let dcg: f64 = all.clone().map(|i| gain(i) * inside(i) / (1.0 + r[i]).log2()).sum();
                let mut gains: Vec<f64> = all.map(gain).collect();
                gains.sort_by(|a, b| b.total_cmp(a));
                let ideal: f64 = gains.iter().take(2).enumerate().map(|(place, gain)| gain * discount(place)).sum();
                dcg / if metric == "dcg" || ideal == 0.0 { 1.0 } else { ideal }
            }
            "mrr" => relevant.iter().map(|&i| inside(i) / r[i]).fold(0.0, f64::max),
            "ap" => {
                let above = |i: usize| relevant.iter().filter(|&&j| r[i] >= r[j]).count() as f64 / count;
                relevant.iter().map(|&i| inside(i) * above(i) / r[i]).sum()
            }
            _ => {
                let found: f64 = relevant.iter().map(|&i| inside(i)).sum();
                found / if metric == "recall" { count } else { all.map(inside).sum::<f64>() }
            }
        })
    })
}

/// What `SmoothI` is made with.
#[derive(Clone, Copy)]
struct SmoothI {
    temperature: f64,
    delta: f64,
    top: usize,
    gain: Gain,
    noise: f64,
}

impl SmoothI {
    fn of(option: &str, number: usize) -> Self {
        let plain = Self { temperature: 1.0, delta: 0.1, top: usize::MAX, gain: Gain::Exponential, noise: 0.0 };
        match option {
            "temperature" => Self { temperature: 0.7, ..plain },
            "delta" => Self { delta: 0.3, ..plain },
            "top" => Self { top: if CHANGES[number - 1].0 == "top" { 0 } else { 2 }, ..plain },
            "gain" => Self { gain: if CHANGES[number - 1].0 == "gain" { Gain::Power } else { Gain::Linear }, ..plain },
            "samples" => Self { noise: 0.4, ..plain },
            _ => plain,
        }
    }

    /// The metric by `name`, with the products of `held`.
    fn metric(self, name: &str, scores: &[f64], held: &[f64], rows: Rows) -> f64 {
        let noise = gumbel_noise(scores.len(), 11);
        let gain_of = |label: f64| match self.gain {
            Gain::Linear => label,
            Gain::Exponential => label.exp2() - 1.0,
            Gain::Power => label.exp2(),
        };
        rows.together(|items| {
            let of = |all: &[f64]| items.iter().map(|&i| all[i] + self.noise * noise[i]).collect::<Vec<f64>>();
            let (scores, held) = (of(scores), of(held));
            let indicators = |scores: &[f64], factors: &[f64]| -> Vec<f64> {
                let least = scores.iter().copied().fold(f64::INFINITY, f64::min);
                let e: Vec<f64> =
                    scores.iter().zip(factors).map(|(s, c)| ((s - least) * c / self.temperature).exp()).collect();
                let total: f64 = e.iter().sum();
                e.iter().map(|e| e / total).collect()
            };
            let weight = |i: usize| if rows.weights { WEIGHTS[i] } else { 1.0 };
            let graded = name.ends_with("dcg");
            let relevant = |i: usize| f64::from(u8::from(LABELS[i] >= 1.0));
            let mut gains: Vec<f64> =
                items.iter().map(|&i| if graded { gain_of(LABELS[i]) * weight(i) } else { relevant(i) }).collect();
            gains.sort_by(|a, b| b.total_cmp(a));
            let top = self.top.min(items.len());
            let ideal: f64 = gains.iter().take(top).enumerate().map(|(place, gain)| gain * discount(place)).sum();
            let all: f64 = gains.iter().sum();
            if all == 0.0 || (graded && ideal <= 0.0) {
                return None;
            }
            let mut factors = vec![1.0; items.len()];
            let (mut value, mut found) = (0.0, 0.0);
            for place in 0..top {
                let own = indicators(&scores, &factors);
                let other = indicators(&held, &factors);
                factors.iter_mut().zip(&other).for_each(|(factor, p)| *factor *= 1.0 - p - self.delta);
                let mean = |of: &dyn Fn(usize) -> f64| own.iter().zip(items).map(|(p, &i)| p * of(i)).sum::<f64>();
                if graded {
                    let weight = if rows.weights { mean(&weight) } else { 1.0 };
                    value += gain_of(mean(&|i| LABELS[i])) * weight * discount(place);
                } else {
                    let here = mean(&relevant);
                    found += here;
                    value += if name.ends_with("ap") { here * found / (place + 1) as f64 } else { here };
                }
            }
            let whole = match name {
                "smoothi_ndcg" => ideal,
                "smoothi_dcg" => 1.0,
                "smoothi_precision" => top.max(1) as f64,
                _ => all,
            };
            Some(-value / whole)
        })
    }
}

/// Whether gains count by their differences alone.
fn plain_pairs(name: &str) -> bool {
    name == "yeti" || name == "lambda_rank" || name.starts_with("lambda_loss_2")
}

/// The gradient of `value` by differences.
fn differences(value: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let moved = |i: usize, by: f64| {
        let mut scores = SCORES;
        scores[i] += by;
        value(&scores)
    };
    (0..SCORES.len()).map(|i| (moved(i, 1e-6) - moved(i, -1e-6)) / 2e-6).collect()
}

#[test]
fn every_option_of_every_loss_has_its_gradient_or_is_refused() {
    let (mut checked, mut refused, mut same) = (0, 0, Vec::new());
    for name in Loss::NAMES {
        let plain: Loss = name.parse().unwrap();
        for (number, (option, change)) in CHANGES.into_iter().enumerate() {
            let loss = change(plain);
            if let Err(error) = loss.check() {
                match &error {
                    Error::NotUsed { argument, .. } | Error::UnknownOption { argument, .. } => {
                        assert_eq!(*argument, option, "{name}: {error}");
                    }
                    _ => panic!("{name}, {option}: {error}"),
                }
                refused += 1;
                continue;
            }
            if loss != plain && PLAIN.evaluate(loss, &SCORES) == PLAIN.evaluate(plain, &SCORES) {
                same.push((name, option));
            }
            if name.starts_with("black_box") || (name.ends_with("_ap") && option == "straight_through") {
                continue;
            }
            let matrix = option == "ranks";
            // One sample of noise, which the oracle has too.
            let loss = if name.starts_with("gumbel") && option == "top" { loss.gumbel(1, 1.0, 0) } else { loss };
            for rows in if option.is_empty() { &ROWS[..] } else { &ROWS[..4] } {
                let got = rows.evaluate(loss, &SCORES);
                let soft = Some(loss.straight_through(false)).filter(|loss| loss.check().is_ok()).unwrap_or(loss);
                let sum = |scores: &[f64]| rows.evaluate(soft, scores).values.iter().sum::<f64>();
                let ranked = ["approx_", "gumbel_", "bound_", "soft_"].iter().any(|prefix| name.starts_with(prefix));
                let cut = ranked && option == "top" && CHANGES[number - 1].0 != "top";
                let smoothi = name.starts_with("smoothi") && !matrix && option != "method";
                let oracle = |scores: &[f64]| -> f64 {
                    if cut {
                        cut_metric(name, scores, &SCORES, *rows)
                    } else {
                        SmoothI::of(option, number).metric(name, scores, &SCORES, *rows)
                    }
                };
                let found = if cut || smoothi { differences(oracle) } else { differences(sum) };
                if (cut || smoothi) && option != "straight_through" {
                    let (value, wanted) = (sum(&SCORES), oracle(&SCORES));
                    assert!((value - wanted).abs() < 1e-12, "{name}, {option}, {rows:?}: {value} and {wanted}");
                }
                for (i, (slope, difference)) in got.gradient.iter().zip(&found).enumerate() {
                    // Differences of steps of 1e-6 are as exact as that.
                    assert!(
                        (slope - difference).abs() < 1e-7 * (1.0 + difference.abs()),
                        "{name}, {option}, {rows:?}, {i}: {slope} and {difference}"
                    );
                }
                checked += 1;
            }
        }
    }
    assert_eq!((checked, refused), (4_040, 2_044));
    // An option that is not refused does something, but for those that need a cut-off or a tie, a preset that differs in
    // nothing, gains that differ by as much as others, all pairs of what has all, and hard ranks that stay as they are.
    same.retain(|(name, option)| {
        !(["top_pairs", "ties", "preset"].contains(option)
            || name.ends_with("precision")
            || name.ends_with("recall")
            || name.starts_with("black_box")
            || *option == "gain" && plain_pairs(name)
            || (*name, *option) == ("pairwise_mse", "all_pairs"))
    });
    assert!(same.is_empty(), "{same:?}");
}

/// That of other losses divides their scores, as TF-Ranking's `get_logits` does.
#[test]
fn temperatures_divide_scores() {
    let of_both = ["kendall", "kl_distillation", "spearman", "neural", "pirank", "smoothi", "soft_", "black_box"];
    let mut compared = 0;
    for name in Loss::NAMES.into_iter().filter(|name| !of_both.iter().any(|other| name.starts_with(other))) {
        let plain: Loss = name.parse().unwrap();
        // Noise is added first.
        let plain = plain.gumbel(0, 1.0, 0);
        for rows in ROWS {
            let hot = rows.evaluate(plain.temperature(0.4), &SCORES);
            let cold = rows.evaluate(plain, &SCORES.map(|score| score / 0.4));
            let close = |a: f64, b: f64| (a - b).abs() <= 1e-13 * (1.0 + b.abs());
            assert!(hot.values.iter().zip(&cold.values).all(|(&a, &b)| close(a, b)), "{name}, {rows:?}");
            assert!(hot.gradient.iter().zip(&cold.gradient).all(|(&a, &b)| close(a, b / 0.4)), "{name}, {rows:?}");
            compared += 1;
        }
    }
    assert_eq!(compared, 360);
}

/// TF-Ranking's `NDCGLambdaWeight`, by its formula.
#[test]
fn weights_of_ndcg_are_those_of_tf_ranking() {
    let ranks: Vec<usize> = SCORES.iter().map(|score| SCORES.iter().filter(|other| *other >= score).count()).collect();
    let d = |rank: usize| discount(rank - 1);
    let gain = |i: usize| LABELS[i].exp2() - 1.0;
    for (top, smooth) in [(None, 0.0), (None, 0.25), (Some(3), 0.0), (Some(3), 0.6), (Some(2), 1.0)] {
        let most = top.unwrap_or(8);
        let within = |rank: usize| if rank <= most { d(rank) } else { 0.0 };
        let mut gains: Vec<f64> = (0..8).map(gain).collect();
        gains.sort_by(|a, b| b.total_cmp(a));
        let ideal: f64 = gains.iter().take(most).enumerate().map(|(place, gain)| gain * discount(place)).sum();
        let mut sum = 0.0;
        for i in 0..8 {
            for j in (0..8).filter(|&j| LABELS[i] > LABELS[j]) {
                let step = ranks[i].abs_diff(ranks[j]);
                let relative = if ranks[i].min(ranks[j]) <= most { d(step) - d(step + 1) } else { 0.0 };
                let absolute = (within(ranks[i]) - within(ranks[j])).abs();
                let weight = (gain(i) - gain(j)) / ideal * ((1.0 - smooth) * relative + smooth * absolute) * 8.0;
                sum += WEIGHTS[i] * weight * (0.5 * (SCORES[j] - SCORES[i])).exp().ln_1p();
            }
        }
        let loss: Loss = "rank_net".parse().unwrap();
        let loss = loss.pair_weight(PairWeight::Ndcg).preset(Preset::TfRanking).smooth_fraction(smooth).top(top);
        let input = Input::new(&SCORES).weights(&WEIGHTS);
        let got = loss.temperature(2.0).evaluate(&input, &LABELS, Reduction::Sum).unwrap().values[0];
        assert!((got - sum).abs() < 1e-13 * sum, "{top:?}, {smooth}: {got} and {sum}");
    }
}
