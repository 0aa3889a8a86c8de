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
