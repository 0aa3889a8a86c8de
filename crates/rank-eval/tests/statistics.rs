//! The tests of significance against sums written out, and their errors.

use proptest::prelude::*;
use rank_eval::{paired_t_test, randomization_test};

/// All arrangements, one at a time.
fn oracle(differences: &[f64]) -> f64 {
    let n = differences.len();
    let observed: f64 = differences.iter().sum();
    let mut extreme = 0;
    for arrangement in 0..1_u32 << n {
        let mut sum = 0.0;
        for (position, difference) in differences.iter().enumerate() {
            sum += if (arrangement >> position) & 1 == 1 { *difference } else { -difference };
        }
        extreme += i32::from(sum.abs() >= observed.abs() - 1e-9);
    }
    f64::from(extreme) / f64::from(1_u32 << n)
}

proptest! {
    #[test]
    fn few_pairs_are_counted_exactly(differences in prop::collection::vec(-5_i8..6, 1..11)) {
        // Tenths, so that sums that are equal on paper differ in their last bits.
        let a: Vec<f64> = differences.iter().map(|d| f64::from(*d) / 10.0).collect();
        let test = randomization_test(&a, &vec![0.0; a.len()], 1, 0).unwrap();
        prop_assert!(test.exact);
        prop_assert_eq!(test.permutations, 1 << a.len());
        prop_assert_eq!(test.p_value, oracle(&a));
    }

    #[test]
    fn swapping_the_samples_changes_only_signs(pairs in prop::collection::vec((0.0..1.0, 0.0..1.0), 2..60)) {
        let (a, b): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let (forward, backward) = (paired_t_test(&a, &b).unwrap(), paired_t_test(&b, &a).unwrap());
        prop_assert_eq!(forward.statistic, -backward.statistic);
        prop_assert_eq!(forward.p_value, backward.p_value);
        prop_assert!((0.0..=1.0).contains(&forward.p_value));
        let (forward, backward) =
            (randomization_test(&a, &b, 200, 3).unwrap(), randomization_test(&b, &a, 200, 3).unwrap());
        prop_assert_eq!(forward.p_value, backward.p_value);
        prop_assert!(forward.p_value > 0.0 && forward.p_value <= 1.0);
    }

    #[test]
    fn the_scale_of_the_values_does_not_matter(
        values in prop::collection::vec(-1.0..1.0, 3..30), exponent in -900_i32..900,
    ) {
        let zeros = vec![0.0; values.len()];
        let scaled: Vec<f64> = values.iter().map(|value: &f64| value * 2.0_f64.powi(exponent)).collect();
        let (plain, wide) = (paired_t_test(&values, &zeros).unwrap(), paired_t_test(&scaled, &zeros).unwrap());
        prop_assert_eq!((plain.statistic, plain.p_value), (wide.statistic, wide.p_value));
        let plain = randomization_test(&values, &zeros, 100, 1).unwrap();
        prop_assert_eq!(plain.p_value, randomization_test(&scaled, &zeros, 100, 1).unwrap().p_value);
    }
}

/// Expected values from `SciPy`: `scipy.stats.ttest_rel(a, b)`.
#[test]
fn t_test_equals_scipy() {
    let a = [0.50, 0.75, 0.20, 0.90, 0.30, 0.65];
    let b = [0.40, 0.80, 0.10, 0.60, 0.25, 0.30];
    let test = paired_t_test(&a, &b).unwrap();
    assert!((test.statistic - 2.267_674_746_176_884).abs() < 1e-12, "{test:?}");
    assert!((test.p_value - 0.072_649_990_238_498).abs() < 1e-12, "{test:?}");
    assert_eq!(test.degrees_of_freedom, 5);
    assert!((test.mean_difference - 0.141_666_666_666_666_66).abs() < 1e-15);
}

#[test]
fn samples_without_variance() {
    let same = paired_t_test(&[0.1, 0.2, 0.3], &[0.1, 0.2, 0.3]).unwrap();
    assert_eq!((same.statistic, same.p_value, same.mean_difference), (0.0, 1.0, 0.0));
    let worse = paired_t_test(&[0.0, 0.0], &[0.1, 0.1]).unwrap();
    assert_eq!((worse.statistic, worse.p_value), (f64::NEG_INFINITY, 0.0));
    for n in [3, 30] {
        assert_eq!(randomization_test(&vec![0.5; n], &vec![0.5; n], 100, 1).unwrap().p_value, 1.0);
    }
}

#[test]
fn a_seed_gives_one_answer() {
    let a: Vec<f64> = (0..200_u32).map(|i| f64::from(i * 37 % 101) / 101.0).collect();
    let b: Vec<f64> = (0..200_u32).map(|i| f64::from(i * 53 % 97) / 97.0).collect();
    let p = |seed| randomization_test(&a, &b, 2000, seed).unwrap().p_value;
    assert_eq!(p(1), p(1));
    assert_ne!(p(1), p(2));
    assert!((p(1) - p(2)).abs() < 0.05);
    assert!((p(1) - paired_t_test(&a, &b).unwrap().p_value).abs() < 0.05);
}

#[test]
fn bad_samples_are_refused() {
    let t = |a: &[f64], b: &[f64]| paired_t_test(a, b).unwrap_err().to_string();
    assert_eq!(t(&[1.0, 2.0], &[1.0]), "b: expected 2 values, one for each of a, got 1; pair the values by query");
    assert_eq!(t(&[1.0], &[1.0]), "a: expected 2 or more values, got 1; evaluate more queries");
    assert_eq!(
        t(&[1.0, 2.0], &[1.0, f64::NAN]),
        "b[1]: expected a finite value, got NaN; drop the query from both samples"
    );
    assert_eq!(
        t(&[f64::INFINITY, 2.0], &[1.0, 1.0]),
        "a[0]: expected a finite value, got inf; drop the query from both samples"
    );
    assert_eq!(
        t(&[1.0, 1e308], &[1.0, -1e308]),
        "a - b[1]: expected a finite value, got inf; drop the query from both samples"
    );
    let r = |a: &[f64], permutations| randomization_test(a, a, permutations, 1).unwrap_err().to_string();
    assert_eq!(r(&[1.0], 0), "permutations: expected at least 1, got 0; 10000 is the usual choice");
    assert_eq!(r(&[], 10), "a: expected 1 or more values, got 0; evaluate more queries");
}
