//! Every method and kind: gradients against differences, limits, extremes.

use rank_soft::{Direction, Input, Kind, Method, Operator, Scale};

const VALUES: [f64; 7] = [0.3137, -1.2291, 0.9143, 2.0469, -0.4173, 0.7631, 1.5011];
const COTANGENT: [f64; 7] = [0.7, -0.2, 1.5, -1.1, 0.4, 0.9, -0.6];

const KINDS: [Kind; 5] =
    [Kind::Rank, Kind::Sort, Kind::TopKMask { k: 3 }, Kind::TopK { k: 3 }, Kind::Quantile { level: 0.4 }];

fn operators(strength: f64) -> impl Iterator<Item = Operator> {
    Method::NAMES.into_iter().flat_map(move |(_, method)| {
        KINDS.into_iter().flat_map(move |kind| {
            [Direction::Ascending, Direction::Descending].into_iter().filter_map(move |direction| {
                let operator = Operator::new(kind).method(method).direction(direction).strength(strength);
                operator.check().is_ok().then_some(operator)
            })
        })
    })
}

#[test]
fn gradients_agree_with_differences() {
    let mut compared = 0;
    for strength in [0.4, 1.3] {
        for operator in operators(strength) {
            let (result, state) = operator.forward(&Input::new(&VALUES)).unwrap();
            let u = &COTANGENT[..result.len()];
            let gradient = state.vjp(u).unwrap();
            let step = 1e-6;
            for i in 0..VALUES.len() {
                let moved = |by: f64| -> f64 {
                    let mut values = VALUES;
                    values[i] += by;
                    let (result, _) = operator.forward(&Input::new(&values)).unwrap();
                    result.iter().zip(u).map(|(a, b)| a * b).sum()
                };
                let difference = (moved(step) - moved(-step)) / (2.0 * step);
                assert!(
                    (gradient[i] - difference).abs() < 1e-6 * (1.0 + difference.abs()),
                    "{operator:?}, {i}: {} and {difference}",
                    gradient[i]
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 1_500, "{compared}");
}

#[test]
fn directions_are_each_other_turned() {
    let negated = VALUES.map(|value| -value);
    for operator in operators(0.7) {
        let other = operator.direction(Direction::Descending);
        let (down, _) = other.forward(&Input::new(&VALUES)).unwrap();
        let up = operator.direction(Direction::Ascending);
        let expected = match operator.kind() {
            Kind::Rank => up.forward(&Input::new(&negated)).unwrap().0,
            Kind::Sort => up.forward(&Input::new(&negated)).unwrap().0.iter().map(|value| -value).collect(),
            _ => continue,
        };
        for (a, b) in down.iter().zip(&expected) {
            assert!((a - b).abs() < 1e-12, "{operator:?}: {down:?} and {expected:?}");
        }
    }
}

#[test]
fn a_small_strength_is_hard() {
    for operator in operators(0.0) {
        let hard = operator.method(Method::L2).strength(0.0).forward(&Input::new(&VALUES)).unwrap().0;
        let (at_zero, state) = operator.forward(&Input::new(&VALUES)).unwrap();
        let method = format!("{operator:?}");
        if method.contains("Sigmoid") {
            assert!(at_zero.iter().all(|&rank| (rank - 0.5).abs() < 1e-15));
            continue;
        }
        assert_eq!(at_zero, hard, "{method}");
        let gradient = state.vjp(&COTANGENT[..hard.len()]).unwrap();
        if matches!(operator.kind(), Kind::Rank | Kind::TopKMask { .. }) {
            assert_eq!(gradient, [0.0; 7], "{method}");
        }
        let near = operator.strength(1e-7).forward(&Input::new(&VALUES)).unwrap().0;
        // Transport onto a grid does not become a permutation in 50 rounds.
        if !method.contains("Sinkhorn") {
            for (a, b) in near.iter().zip(&hard) {
                assert!((a - b).abs() < 1e-4, "{method}: {near:?} and {hard:?}");
            }
        }
    }
}

#[test]
fn nothing_is_nan_at_any_strength() {
    let mut values: Vec<f64> = (0..60_u32).map(|i| f64::from(i * 37 % 61) / 7.0 - 4.0).collect();
    values[7] = values[8];
    values[20] = 1e4;
    let cotangent: Vec<f64> = (0..60_u32).map(|i| f64::from(i % 7) - 3.0).collect();
    for power in (-6..=6).step_by(3) {
        for operator in operators(10_f64.powi(power)) {
            let (result, state) = operator.forward(&Input::new(&values)).unwrap();
            assert!(result.iter().all(|value| value.is_finite()), "{operator:?}: {result:?}");
            let gradient = state.vjp(&cotangent[..result.len()]).unwrap();
            assert!(gradient.iter().all(|value| value.is_finite()), "{operator:?}: {gradient:?}");
        }
    }
}

#[test]
fn rows_of_none_and_of_one_are_defined() {
    for operator in operators(1.0) {
        let (none, state) = operator.forward(&Input::<f64>::new(&[])).unwrap();
        assert!(state.vjp(&vec![1.0; none.len()]).unwrap().is_empty());
        let (one, state): (Vec<f64>, _) = operator.forward(&Input::new(&[3.0_f64])).unwrap();
        let slope: Vec<f64> = state.vjp(&vec![1.0; one.len()]).unwrap();
        assert!(slope[0].is_finite());
        let expected = match operator.kind() {
            Kind::Rank if format!("{operator:?}").contains("Sigmoid") => 0.5,
            Kind::Rank | Kind::TopKMask { .. } => 1.0,
            _ => 3.0,
        };
        assert!((one[0] - expected).abs() < 1e-12, "{operator:?}: {one:?}");
    }
}

#[test]
fn the_scale_of_the_values_does_not_matter_where_it_is_automatic() {
    let far = VALUES.map(|value| 1e3 * value);
    for operator in operators(0.8) {
        let operator = operator.scale(Scale::Auto);
        if operator.check().is_err() {
            continue;
        }
        let factor = if matches!(operator.kind(), Kind::Rank | Kind::TopKMask { .. }) { 1.0 } else { 1e3 };
        let (near, _) = operator.forward(&Input::new(&VALUES)).unwrap();
        let (far, _) = operator.forward(&Input::new(&far)).unwrap();
        for (a, b) in near.iter().zip(&far) {
            assert!((factor * a - b).abs() < 1e-9 * factor, "{operator:?}: {near:?} and {far:?}");
        }
    }
}

#[test]
fn values_by_hand() {
    let rank = |method, values: &[f64], strength| {
        Operator::new(Kind::Rank).method(method).strength(strength).forward(&Input::new(values)).unwrap().0
    };
    let e = (-1.0_f64).exp();
    let close = |a: &[f64], b: &[f64]| assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12), "{a:?}, {b:?}");
    close(&rank(Method::LapSum, &[0.0, 1.0], 1.0), &[1.0 + e / 2.0, 2.0 - e / 2.0]);
    let p = 1.0 / (1.0 + e);
    close(&rank(Method::SoftSort, &[0.0, 1.0], 1.0), &[2.0 * (1.0 - p) + p, 2.0 * p + (1.0 - p)]);
    close(&rank(Method::OddEven(rank_soft::Swap::Cauchy), &[0.0, 1.0], 1.0), &[1.25, 1.75]);
    close(&rank(Method::Bitonic(rank_soft::Swap::Cauchy), &[0.0, 1.0], 1.0), &[1.25, 1.75]);
    // The predecessor's example.
    let expected = [0.8866, 0.1134, 0.2917, 0.7083, 0.5];
    let sigmoid = rank(Method::Sigmoid, &[5.0, 1.0, 2.0, 4.0, 3.0], 1.0);
    assert!(sigmoid.iter().zip(expected).all(|(a, b)| (a - b).abs() < 5e-5), "{sigmoid:?}");
    let mask = Operator::new(Kind::TopKMask { k: 2 }).method(Method::Subset).forward(&Input::new(&[1.0; 5])).unwrap().0;
    close(&mask, &[0.4; 5]);
}

#[test]
fn gradients_to_the_strength_agree_with_differences() {
    let mut compared = 0;
    for operator in operators(1.3) {
        let rows = [0.7, 1.4];
        let values: Vec<f64> = VALUES.iter().copied().chain(VALUES.iter().map(|value| 1.7 * value - 0.2)).collect();
        let forward = |operator: Operator, rows: &[f64]| {
            operator.forward(&Input::new(&values).columns(7).row_strengths(rows)).unwrap()
        };
        let (result, state) = forward(operator, &rows);
        let u: Vec<f64> = COTANGENT.iter().cycle().copied().take(result.len()).collect();
        let got = state.strength_vjp(&values, &u);
        if operator.method(Method::Sinkhorn) == operator {
            assert!(got.unwrap_err().to_string().starts_with("method: expected another than \"sinkhorn\""));
            continue;
        }
        let got = got.unwrap();
        for row in 0..2 {
            let moved = |by: f64| -> f64 {
                let mut rows = rows;
                rows[row] += by;
                forward(operator, &rows).0.iter().zip(&u).map(|(a, b)| a * b).sum()
            };
            // To the row's strength, which is 1.3 times its factor.
            let difference = (moved(1e-6) - moved(-1e-6)) / 2e-6 / 1.3;
            assert!((state.strengths()[row] - 1.3 * rows[row]).abs() < 1e-15);
            assert!(
                (got[row] - difference).abs() < 1e-6 * (1.0 + difference.abs()),
                "{operator:?}, {row}: {} and {difference}",
                got[row]
            );
            compared += 1;
        }
    }
    assert!(compared > 200, "{compared}");
}

#[test]
fn gradients_to_the_strengths_of_numbers_agree_with_differences() {
    let strengths = [1.0, 0.6, 1.5, 2.0, 0.8, 1.1, 0.9];
    for operator in operators(1.3) {
        let forward = |strengths: &[f64]| operator.forward(&Input::new(&VALUES).strengths(strengths));
        if !matches!(operator.kind(), Kind::Rank | Kind::TopKMask { .. }) {
            assert!(forward(&strengths).is_err());
            let (result, state) = operator.forward(&Input::new(&VALUES)).unwrap();
            let refused = state.strengths_vjp(&VALUES, &COTANGENT[..result.len()]).unwrap_err();
            assert_eq!(refused.to_string(), "strengths: expected none for a sort, got \"some\"; pass one of them");
            continue;
        }
        let (_, state) = forward(&strengths).unwrap();
        let Ok(got) = state.strengths_vjp(&VALUES, &COTANGENT) else { continue };
        for i in 0..7 {
            let moved = |by: f64| -> f64 {
                let mut strengths = strengths;
                strengths[i] += by;
                forward(&strengths).unwrap().0.iter().zip(&COTANGENT).map(|(a, b)| a * b).sum()
            };
            let difference = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            assert!((got[i] - difference).abs() < 1e-6 * (1.0 + difference.abs()), "{operator:?}, {i}");
        }
    }
}

#[test]
fn suggested_strengths_pool_some() {
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for n in [10, 100, 1_000] {
        let values: Vec<f64> = (0..3 * n).map(|_| 40.0 * (next() + next() + next()) - 3.0).collect();
        for method in [Method::L2, Method::Kl] {
            for kind in [Kind::Rank, Kind::Sort] {
                let operator = |strength| Operator::new(kind).method(method).strength(strength);
                let input = Input::new(&values).columns(n);
                let suggested = operator(1.0).diagnose(&input).unwrap().suggested_strength;
                let found = operator(suggested).diagnose(&input).unwrap();
                assert_eq!((found.rows, found.numbers), (3, 3 * n));
                let share = found.pooled_share();
                assert!((0.1..1.0).contains(&share), "{n} {kind:?} {method:?} {suggested}: {found}");
                assert!(found.hard_rows < 3 && found.pooled_rows < 3, "{n} {kind:?} {method:?}: {found}");
                assert!(found.to_string().contains("% of numbers share a block; of 3 rows"), "{found}");
                let hard = operator(suggested * 1e-9).diagnose(&input).unwrap();
                assert_eq!((hard.hard_rows, hard.pooled_numbers), (3, 0));
                assert!(hard.to_string().starts_with("fully hard: in none of 3 rows"), "{hard}");
                let pooled = operator(suggested * 1e9).diagnose(&input).unwrap();
                assert_eq!(pooled.pooled_rows, 3, "{n} {kind:?} {method:?}");
            }
        }
    }
    let none = Operator::new(Kind::Rank).diagnose(&Input::new(&[1.0])).unwrap();
    assert_eq!((none.rows, none.pooled_share(), none.to_string().as_str()), (0, 0.0, "no row has two numbers"));
    // Equal numbers share a block at any strength.
    let equal = Operator::new(Kind::Rank).strength(0.1).diagnose(&Input::new(&[1.0, 1.0, 5.0])).unwrap();
    assert_eq!(equal.hard_rows, 1);
    let refused = Operator::new(Kind::Rank).method(Method::LapSum).diagnose(&Input::new(&[1.0])).unwrap_err();
    assert!(refused.to_string().starts_with("method: expected \"l2\" or \"kl\", whose values lie in blocks"));
}

#[test]
fn long_work_ends_when_its_watch_says_so() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let values: Vec<f64> = (0..120_u32).map(|i| f64::from(i * 7_919 % 601)).collect();
    for operator in operators(1.3) {
        let done = AtomicUsize::new(0);
        let count = |steps: usize| {
            done.fetch_add(steps, Ordering::Relaxed);
            true
        };
        let input = Input::new(&values).columns(20);
        let (result, state) = operator.forward(&input.clone().watch(&count)).unwrap();
        assert_eq!(done.swap(0, Ordering::Relaxed), operator.steps(state.rows(), false), "{operator:?}");
        state.watched_vjp(&result, &count).unwrap();
        assert_eq!(done.load(Ordering::Relaxed), operator.steps(state.rows(), true), "{operator:?}");
        let stop = |_: usize| false;
        let stopped = operator.forward(&input.clone().watch(&stop)).unwrap_err();
        assert_eq!(stopped.to_string(), "watch: expected to go on, got the request to stop; start again");
        assert_eq!(state.watched_vjp(&result, &stop).unwrap_err(), stopped);
    }
}

/// O(n log n), and a few rows of O(n²), at sizes that are long for each.
#[test]
fn nothing_is_nan_for_long_rows() {
    for (method, n) in [
        (Method::LapSum, 100_000),
        (Method::Bitonic(rank_soft::Swap::Cauchy), 10_000),
        (Method::SoftSort, 1_000),
        (Method::NeuralSort, 1_000),
        (Method::Sigmoid, 1_000),
        (Method::OddEven(rank_soft::Swap::Optimal), 300),
        (Method::Sinkhorn, 100),
    ] {
        let values: Vec<f64> = (0..n as u64).map(|i| (i * 7_919 % 10_007) as f64 / 100.0 - 40.0).collect();
        for strength in [1e-6, 1.0, 1e6] {
            let operator = Operator::new(Kind::Rank).method(method).strength(strength);
            let (ranks, state) = operator.forward(&Input::new(&values)).unwrap();
            assert!(ranks.iter().all(|rank| rank.is_finite()), "{operator:?}");
            let cotangent: Vec<f64> = values.iter().map(|value| (value * 7.3).sin()).collect();
            assert!(state.vjp(&cotangent).unwrap().iter().all(|slope| slope.is_finite()), "{operator:?}");
        }
    }
}

#[test]
fn draws_without_replacement_are_those_of_the_softmax() {
    use rank_soft::{gumbel_noise, gumbel_top_k};
    // Two of three with probabilities ½, ⅓, ⅙.
    let scores = [3_f64.ln(), 2_f64.ln(), 0.0];
    let many: Vec<f64> = scores.iter().cycle().copied().take(3 * 60_000).collect();
    let drawn = gumbel_top_k(&Input::new(&many).columns(3), 2, 5).unwrap();
    let share = |pair: [usize; 2]| {
        let count = drawn.positions.chunks(2).filter(|row| *row == pair.map(Some)).count();
        count as f64 / 60_000.0
    };
    for (pair, expected) in [([0, 1], 1.0 / 3.0), ([1, 0], 0.25), ([2, 0], 0.1), ([2, 1], 1.0 / 15.0)] {
        assert!((share(pair) - expected).abs() < 0.01, "{pair:?}: {} and {expected}", share(pair));
    }
    assert!(drawn.perturbed.chunks(2).all(|row| row[0] >= row[1]));
    let noise = gumbel_noise(many.len(), 5);
    let first = drawn.positions[0].unwrap();
    assert_eq!(drawn.perturbed[0], many[first] + noise[first]);
    assert_ne!(drawn, gumbel_top_k(&Input::new(&many).columns(3), 2, 6).unwrap());
    // Masked and impossible ones are not drawn; rows may be short.
    let input = Input::new(&[0.0, 9.0, f64::NEG_INFINITY, 1.0]).offsets(&[0, 3, 4]).mask(&[true, false, true, true]);
    let drawn = gumbel_top_k(&input, 2, 1).unwrap();
    assert_eq!(drawn.positions, [Some(0), None, Some(0), None]);
    assert_eq!(drawn.perturbed[1], f64::NEG_INFINITY);
    assert!(gumbel_top_k(&input, 0, 1).unwrap().positions.is_empty());
    let refused = gumbel_top_k(&Input::new(&[0.0, f64::NAN]), 1, 1).unwrap_err().to_string();
    assert!(refused.starts_with("values[1]: expected a number"), "{refused}");
    let refused = gumbel_top_k(&Input::new(&[f64::INFINITY]), 1, 1).unwrap_err().to_string();
    assert!(refused.starts_with("values[0]: expected a number"), "{refused}");
}

#[test]
fn what_memory_has_no_room_for_is_refused_by_name() {
    let top = Operator::new(Kind::TopK { k: 1 << 50 });
    let refused = top.forward(&Input::new(&VALUES)).unwrap_err().to_string();
    assert_eq!(
        refused,
        format!("k: expected a result that fits into memory, got one of {} numbers; pass less at a time", 1_u64 << 50)
    );
    let all = Operator::new(Kind::TopK { k: usize::MAX }).forward(&Input::new(&VALUES).columns(1)).unwrap_err();
    assert!(matches!(all, rank_soft::Error::TooLarge { argument: "k", numbers: usize::MAX }), "{all}");
    let drawn = rank_soft::gumbel_top_k(&Input::new(&VALUES).columns(1), usize::MAX, 1).unwrap_err().to_string();
    assert!(drawn.starts_with("k: expected a result that fits into memory"), "{drawn}");
}

#[test]
fn threads_change_no_bit() {
    let values: Vec<f32> = (0..60_000_u32).map(|i| (i * 7_919 % 10_007) as f32 / 100.0).collect();
    let cotangent: Vec<f32> = values.iter().map(|value| value.sin()).collect();
    let strengths: Vec<f64> = (0..600_u32).map(|row| f64::from(row % 7)).collect();
    for method in [Method::L2, Method::Kl, Method::LapSum] {
        let operator = Operator::new(Kind::Rank).method(method).strength(0.3);
        let input = Input::new(&values).columns(100).row_strengths(&strengths);
        let (alone, state) = operator.forward(&input).unwrap();
        let gradient = state.vjp(&cotangent).unwrap();
        for threads in [2, 3, 16] {
            let (together, state) = operator.forward(&input.clone().threads(threads)).unwrap();
            assert_eq!(together, alone);
            assert_eq!(state.vjp(&cotangent).unwrap(), gradient);
        }
    }
    // The first row that cannot be ranked is named, whichever thread comes upon one first.
    let mut bad = values.clone();
    for at in [59_999, 40_000, 12_345] {
        bad[at] = f32::NAN;
        let refused = Operator::new(Kind::Rank).forward(&Input::new(&bad).columns(100).threads(3)).unwrap_err();
        let place = format!("values[{}][{}]: expected", at / 100, at % 100);
        assert!(refused.to_string().starts_with(&place), "{refused}");
    }
}
