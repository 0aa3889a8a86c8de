//! The operators against an oracle that is slow and obvious, and what must hold for any input.

use proptest::prelude::*;
use rank_soft::{
    Direction, Error, Place, Regularization, SoftOptions, soft_rank, soft_rank_vjp, soft_sort, soft_sort_vjp,
    spearman_loss, spearman_loss_grad,
};

const KINDS: [Regularization; 2] = [Regularization::L2, Regularization::Kl];

/// Quarters, so that ties are frequent, or reals.
fn values(most: usize) -> impl Strategy<Value = Vec<f64>> {
    let quarters = prop::collection::vec((-12_i32..12).prop_map(|value| f64::from(value) / 4.0), 0..most);
    prop_oneof![quarters, prop::collection::vec(-3.0..3.0, 0..most)]
}

fn strength() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.25), Just(1.0), (-2.0..2.0).prop_map(|power| 10_f64.powf(power))]
}

fn regularization() -> impl Strategy<Value = Regularization> {
    prop::sample::select(KINDS.to_vec())
}

fn direction() -> impl Strategy<Value = Direction> {
    prop::sample::select(vec![Direction::Ascending, Direction::Descending])
}

fn log_sum_exp(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    largest + values.iter().map(|value| (value - largest).exp()).sum::<f64>().ln()
}

/// The projection of `z` onto the permutahedron of `w`, both descending: `z` less the isotonic fit, by its min-max
/// formula over all runs.
fn project(z: &[f64], w: &[f64], regularization: Regularization) -> Vec<f64> {
    let level = |first: usize, last: usize| match regularization {
        Regularization::L2 => (first..=last).map(|i| z[i] - w[i]).sum::<f64>() / (last - first + 1) as f64,
        _ => log_sum_exp(&z[first..=last]) - log_sum_exp(&w[first..=last]),
    };
    let fit = |i: usize| {
        let above = |first| (i..z.len()).map(|last| level(first, last)).fold(f64::NEG_INFINITY, f64::max);
        (0..=i).map(above).fold(f64::INFINITY, f64::min)
    };
    (0..z.len()).map(|i| z[i] - fit(i)).collect()
}

fn rank_oracle(values: &[f64], strength: f64, regularization: Regularization) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let z: Vec<f64> = order.iter().map(|&i| values[i] / strength).collect();
    let ranks = (1..=values.len()).rev().map(|rank| rank as f64);
    let projected = match regularization {
        Regularization::L2 => project(&z, &ranks.collect::<Vec<_>>(), regularization),
        _ => project(&z, &ranks.map(f64::ln).collect::<Vec<_>>(), regularization).iter().map(|r| r.exp()).collect(),
    };
    let mut result = vec![0.0; values.len()];
    for (&position, rank) in order.iter().zip(projected) {
        result[position] = rank;
    }
    result
}

/// Descending.
fn sort_oracle(values: &[f64], strength: f64, regularization: Regularization) -> Vec<f64> {
    let mut w = values.to_vec();
    w.sort_by(|a, b| b.total_cmp(a));
    let z: Vec<f64> = (1..=values.len()).rev().map(|rank| rank as f64 / strength).collect();
    project(&z, &w, regularization)
}

fn close(a: &[f64], b: &[f64], tolerance: f64) -> Result<(), TestCaseError> {
    prop_assert_eq!(a.len(), b.len());
    for (x, y) in a.iter().zip(b) {
        prop_assert!((x - y).abs() <= tolerance * (1.0 + x.abs().max(y.abs())), "{:?} and {:?}", a, b);
    }
    Ok(())
}

/// The gradient of `⟨cotangent, operator(values)⟩` by central differences, or none next to a kink, where the
/// differences to both sides disagree.
fn differences(values: &[f64], objective: impl Fn(&[f64]) -> f64) -> Option<Vec<f64>> {
    let (step, here) = (1e-6, objective(values));
    let mut gradient = Vec::new();
    for i in 0..values.len() {
        let moved = |by: f64| {
            let mut moved = values.to_vec();
            moved[i] += by;
            objective(&moved)
        };
        let (up, down) = (moved(step), moved(-step));
        if (up - 2.0 * here + down).abs() > 1e-9 {
            return None;
        }
        gradient.push((up - down) / (2.0 * step));
    }
    Some(gradient)
}

fn inner(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

proptest! {
    #[test]
    fn ranks_equal_the_oracle(values in values(24), strength in strength(), kind in regularization()) {
        let ranks = soft_rank(&values, SoftOptions::new(strength).regularization(kind)).unwrap();
        close(&ranks, &rank_oracle(&values, strength, kind), 1e-9)?;
    }

    #[test]
    fn sorted_values_equal_the_oracle(values in values(24), strength in strength(), kind in regularization()) {
        let options = SoftOptions::new(strength).regularization(kind).direction(Direction::Descending);
        close(&soft_sort(&values, options).unwrap(), &sort_oracle(&values, strength, kind), 1e-9)?;
    }

    #[test]
    fn the_other_direction_negates(values in values(24), strength in strength(), kind in regularization()) {
        let ascending = SoftOptions::new(strength).regularization(kind);
        let descending = ascending.direction(Direction::Descending);
        let negated: Vec<f64> = values.iter().map(|value| -value).collect();
        prop_assert_eq!(soft_rank(&values, descending).unwrap(), soft_rank(&negated, ascending).unwrap());
        let sorted: Vec<f64> = soft_sort(&negated, descending).unwrap().iter().map(|value| -value).collect();
        prop_assert_eq!(soft_sort(&values, ascending).unwrap(), sorted);
    }

    #[test]
    fn ranks_keep_their_sum_and_the_order(values in values(60), strength in strength(), kind in regularization()) {
        let ranks = soft_rank(&values, SoftOptions::new(strength).regularization(kind)).unwrap();
        let n = values.len() as f64;
        prop_assert!((ranks.iter().sum::<f64>() - n * (n + 1.0) / 2.0).abs() <= 1e-9 * (1.0 + n * n));
        for (i, a) in values.iter().enumerate() {
            for (j, b) in values.iter().enumerate() {
                if a == b {
                    prop_assert_eq!(ranks[i], ranks[j]);
                }
                if a < b {
                    prop_assert!(ranks[i] <= ranks[j] + 1e-12 * n);
                }
            }
        }
    }

    #[test]
    fn the_limits_are_hard_ranks_and_the_mean(values in values(40), kind in regularization()) {
        let hard = soft_rank(&values, 0.0).unwrap();
        let average: Vec<f64> = values.iter().map(|value| {
            let below = values.iter().filter(|other| *other < value).count() as f64;
            let equal = values.iter().filter(|other| *other == value).count() as f64;
            below + f64::midpoint(equal, 1.0)
        }).collect();
        prop_assert_eq!(&hard, &average);
        let soft = |strength| soft_rank(&values, SoftOptions::new(strength).regularization(kind)).unwrap();
        close(&soft(0.0), &average, 0.0)?;
        close(&soft(1e-300), &average, 1e-12)?;
        close(&soft(1e12), &vec![(values.len() + 1) as f64 / 2.0; values.len()], 1e-9)?;
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let soft = |strength| soft_sort(&values, SoftOptions::new(strength).regularization(kind)).unwrap();
        close(&soft(0.0), &sorted, 0.0)?;
        close(&soft(1e-300), &sorted, 1e-12)?;
    }

    #[test]
    fn an_offset_changes_no_rank(values in values(40), strength in strength(), kind in regularization()) {
        // Sums of multiples of 1 / 1024 with the offset are exact, and the rest must be.
        let grid: Vec<f64> = values.iter().map(|value| (value * 1024.0).round() / 1024.0).collect();
        let far: Vec<f64> = grid.iter().map(|value| value + 4_294_967_296.0).collect();
        let options = SoftOptions::new(strength).regularization(kind);
        prop_assert_eq!(soft_rank(&grid, options).unwrap(), soft_rank(&far, options).unwrap());
    }

    #[test]
    fn products_with_the_jacobian_agree_with_differences(
        pairs in prop::collection::vec((-3.0..3.0, -1.0..1.0), 1..12),
        strength in 0.3..5.0,
        kind in regularization(),
        direction in direction(),
    ) {
        let (values, cotangent): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let options = SoftOptions::new(strength).regularization(kind).direction(direction);
        if let Some(gradient) = differences(&values, |x| inner(&cotangent, &soft_rank(x, options).unwrap())) {
            close(&soft_rank_vjp(&values, &cotangent, options).unwrap(), &gradient, 2e-3)?;
        }
        if let Some(gradient) = differences(&values, |x| inner(&cotangent, &soft_sort(x, options).unwrap())) {
            close(&soft_sort_vjp(&values, &cotangent, options).unwrap(), &gradient, 2e-3)?;
        }
    }

    #[test]
    fn gradients_of_the_loss_agree_with_differences(
        pairs in prop::collection::vec((-3.0..3.0, -3.0..3.0), 3..12),
        strength in 0.3..5.0,
        kind in regularization(),
    ) {
        let (predictions, targets): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let options = SoftOptions::new(strength).regularization(kind);
        let (to_predictions, to_targets) = spearman_loss_grad(&predictions, &targets, options).unwrap();
        if let Some(gradient) = differences(&predictions, |x| spearman_loss(x, &targets, options).unwrap()) {
            close(&to_predictions, &gradient, 2e-3)?;
        }
        if let Some(gradient) = differences(&targets, |x| spearman_loss(&predictions, x, options).unwrap()) {
            close(&to_targets, &gradient, 2e-3)?;
        }
    }

    #[test]
    fn finite_in_finite_out(
        values in prop::collection::vec((-1.0..1.0, -300_i32..300), 2..30),
        power in -300_i32..300,
        kind in regularization(),
    ) {
        let values: Vec<f64> = values.into_iter().map(|(value, power): (f64, i32)| value * 10_f64.powi(power)).collect();
        let options = SoftOptions::new(10_f64.powi(power)).regularization(kind);
        prop_assert!(soft_rank(&values, options).unwrap().iter().all(|rank| rank.is_finite()));
        prop_assert!(soft_sort(&values, options).unwrap().iter().all(|value| value.is_finite()));
        let targets: Vec<f64> = values.iter().rev().copied().collect();
        prop_assert!((0.0..=2.0).contains(&spearman_loss(&values, &targets, options).unwrap()));
    }
}

#[test]
fn differences_are_not_always_skipped() {
    let values = [0.3, -1.2, 0.9, 2.0, -0.4];
    for kind in KINDS {
        let options = SoftOptions::new(2.0).regularization(kind);
        let gradient = differences(&values, |x| soft_rank(x, options).unwrap()[0]).unwrap();
        assert!(gradient.iter().any(|value| value.abs() > 0.1));
        assert!(differences(&values, |x| soft_sort(x, options).unwrap()[0]).is_some());
        assert!(differences(&values, |x| spearman_loss(x, &[1.0, 2.0, 4.0, 3.0, 0.0], options).unwrap()).is_some());
    }
}

#[test]
fn single_precision_is_rounded_once() {
    // 10,000 values in one block: sums in single precision would be off by hundredths of a rank.
    let values: Vec<f32> = (0..10_000_u64).map(|i| (i * 7_919 % 10_007) as f32 / 10_007.0).collect();
    let wide: Vec<f64> = values.iter().map(|&value| f64::from(value)).collect();
    for strength in [1e-4, 1.0] {
        let narrow = soft_rank(&values, strength).unwrap();
        let exact: Vec<f32> = soft_rank(&wide, strength).unwrap().iter().map(|&rank| rank as f32).collect();
        assert_eq!(narrow, exact);
    }
}

#[test]
fn a_large_block_keeps_its_digits_in_the_loss() {
    // Fully pooled, the loss is 1 less the correlation of the raw numbers, whatever the strength.
    let predictions: Vec<f64> = (0..1_000_u32).map(|i| f64::from(i * 7_919 % 1_009) / 1_009.0).collect();
    let targets: Vec<f64> = (0..1_000_u32).map(|i| f64::from(i * 104_729 % 1_013) / 1_013.0).collect();
    let loss = |strength| spearman_loss(&predictions, &targets, strength).unwrap();
    assert!((loss(1.0) - loss(1e9)).abs() < 1e-12, "{} and {}", loss(1.0), loss(1e9));
}

#[test]
fn what_is_empty_or_constant_is_defined() {
    let none: [f64; 0] = [];
    assert_eq!(soft_rank(&none, 1.0).unwrap(), none);
    assert_eq!(soft_sort(&none, 1.0).unwrap(), none);
    assert_eq!(soft_rank_vjp(&none, &none, 1.0).unwrap(), none);
    assert_eq!(soft_sort_vjp(&none, &none, 1.0).unwrap(), none);
    assert_eq!(spearman_loss(&none, &none, 1.0).unwrap(), 1.0);
    assert_eq!(spearman_loss_grad(&none, &none, 1.0).unwrap(), (vec![], vec![]));
    for kind in KINDS {
        let options = SoftOptions::new(1.0).regularization(kind);
        assert_eq!(soft_rank(&[7.0], options).unwrap(), [1.0]);
        assert_eq!(soft_sort(&[7.0], options).unwrap(), [7.0]);
        assert_eq!(spearman_loss(&[7.0], &[3.0], options).unwrap(), 1.0);
        assert_eq!(spearman_loss(&[2.0, 2.0], &[3.0, 4.0], options).unwrap(), 1.0);
        let (to_predictions, to_targets) = spearman_loss_grad(&[2.0, 2.0], &[3.0, 4.0], options).unwrap();
        assert_eq!((to_predictions, to_targets), (vec![0.0; 2], vec![0.0; 2]));
    }
    // At strength 0 nothing moves, ties included.
    assert_eq!(soft_rank_vjp(&[1.0, 1.0, 2.0], &[1.0, 2.0, 3.0], 0.0).unwrap(), [0.0; 3]);
}

#[test]
fn bad_input_is_refused_by_place() {
    for bad in [f64::NAN, 1.1e300, -1.1e300] {
        let error = soft_rank(&[0.0, bad], 1.0).unwrap_err();
        let message = format!(
            "values[1]: expected a number of magnitude at most 1e300, or an infinity, got {bad}; repair or drop it"
        );
        assert_eq!(error.to_string(), message);
        assert_eq!(
            error.in_row(3).to_string().split_once(':').unwrap().0,
            "values[3][1]",
            "a batch says the row as well"
        );
        for error in [
            soft_sort(&[0.0, bad], 1.0).unwrap_err(),
            soft_rank_vjp(&[0.0, bad], &[0.0; 2], 1.0).unwrap_err(),
            soft_sort_vjp(&[0.0, bad], &[0.0; 2], 1.0).unwrap_err(),
        ] {
            assert!(error.to_string().starts_with("values[1]: "), "{error}");
        }
    }
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.1e300] {
        for error in [
            soft_rank_vjp(&[0.0; 2], &[0.0, bad], 1.0).unwrap_err(),
            soft_sort_vjp(&[0.0; 2], &[0.0, bad], 1.0).unwrap_err(),
        ] {
            assert!(error.to_string().starts_with("cotangent[1]: "), "{error}");
        }
        for error in [
            spearman_loss(&[0.0; 2], &[0.0, bad], 1.0).unwrap_err(),
            spearman_loss_grad(&[0.0; 2], &[0.0, bad], 1.0).unwrap_err(),
        ] {
            assert!(error.to_string().starts_with("targets[1]: "), "{error}");
        }
        let error = spearman_loss(&[bad, 0.0], &[0.0; 2], 1.0).unwrap_err();
        let Error::NotFinite { argument, place, .. } = error else { panic!("{error}") };
        assert_eq!((argument, place), ("predictions", Place { row: None, position: 0 }));
    }
    for strength in [-1.0, f64::NAN, f64::INFINITY, 1.1e300] {
        let error = soft_rank(&[0.0], strength).unwrap_err();
        let message = format!(
            "strength: expected a number from 0 to 1e300, got {strength}; 1.0 is the usual start, 0.0 is the hard operator"
        );
        assert_eq!(error.to_string(), message);
    }
    assert_eq!(
        soft_rank_vjp(&[0.0, 1.0], &[0.0], 1.0).unwrap_err().to_string(),
        "cotangent: expected 2 numbers, as many as values has, got 1; pass one for each"
    );
    assert_eq!(
        soft_sort_vjp(&[0.0], &[0.0; 2], 1.0).unwrap_err(),
        Error::LengthMismatch { argument: "cotangent", other: "values", expected: 1, got: 2 }
    );
    assert_eq!(
        spearman_loss(&[0.0, 1.0], &[0.0], 1.0).unwrap_err(),
        Error::LengthMismatch { argument: "targets", other: "predictions", expected: 2, got: 1 }
    );
    assert_eq!(
        "up".parse::<Direction>().unwrap_err().to_string(),
        "direction: expected \"ascending\" or \"descending\", got \"up\"; pass one of them"
    );
    assert_eq!(
        "l1".parse::<Regularization>().unwrap_err().to_string(),
        "regularization: expected \"l2\" or \"kl\", got \"l1\"; pass one of them"
    );
}
