//! Agreement between rankings against the definitions, and what is refused.

use std::collections::HashSet;

use proptest::prelude::*;
use rank_eval::{Error, Tau, kendall_tau, kendall_tau_of_lists, overlap, rank_biased_overlap, spearman_rho, tau_ap};

fn list() -> impl Strategy<Value = Vec<u8>> {
    (prop::collection::hash_set(0_u8..14, 1..9))
        .prop_flat_map(|ids| Just(ids.into_iter().collect::<Vec<_>>()).prop_shuffle())
}

/// The definition, over lists that go on for so long that what follows weighs nothing.
fn rbo(a: &[u16], b: &[u16], p: f64) -> f64 {
    let (mut seen_a, mut seen_b) = (HashSet::new(), HashSet::new());
    let (mut sum, mut weight, mut common) = (0.0, 1.0 - p, 0_u32);
    for depth in 0..a.len().min(b.len()) {
        seen_a.insert(a[depth]);
        seen_b.insert(b[depth]);
        common += u32::from(seen_b.contains(&a[depth])) + u32::from(seen_a.contains(&b[depth]));
        common -= u32::from(a[depth] == b[depth]);
        sum += weight * f64::from(common) / (depth + 1) as f64;
        weight *= p;
    }
    sum
}

/// Both lists, gone on without a further common id.
fn apart(list: &[u8], from: u16) -> Vec<u16> {
    list.iter().map(|&id| u16::from(id)).chain(from..).take(2000).collect()
}

/// The lists, gone on by what only the other has, in the order of the other, and then by the same.
fn together(list: &[u8], other: &[u8]) -> Vec<u16> {
    let own: HashSet<u8> = list.iter().copied().collect();
    let lacking = other.iter().copied().filter(|id| !own.contains(id));
    list.iter().copied().chain(lacking).map(u16::from).chain(1000..).take(2000).collect()
}

proptest! {
    #[test]
    fn rbo_is_between_what_can_follow(a in list(), b in list(), p in 0.05_f64..0.95) {
        let value = rank_biased_overlap(&a, &b, p).unwrap();
        prop_assert!((value.min - rbo(&apart(&a, 1000), &apart(&b, 5000), p)).abs() < 1e-9);
        let most = rbo(&together(&a, &b), &together(&b, &a), p);
        prop_assert!(value.min + value.residual >= most - 1e-9, "{} {}", value.min + value.residual, most);
        prop_assert!(value.min - 1e-12 <= value.extrapolated && value.extrapolated <= value.min + value.residual + 1e-12);
        let turned = rank_biased_overlap(&b, &a, p).unwrap();
        prop_assert!((value.extrapolated - turned.extrapolated).abs() < 1e-12);
        prop_assert!((rank_biased_overlap(&a, &a, p).unwrap().extrapolated - 1.0).abs() < 1e-12);
    }

    #[test]
    fn of_lists_of_one_length_the_extrapolation_is_that_of_the_last_agreement(a in list(), b in list(), p in 0.05_f64..0.9) {
        let length = a.len().min(b.len());
        let (a, b) = (&a[..length], &b[..length]);
        let (mut sum, mut weight, mut agreement) = (0.0, 1.0 - p, 0.0);
        for depth in 1..=2000 {
            if depth <= length {
                let other: HashSet<&u8> = b[..depth].iter().collect();
                agreement = a[..depth].iter().filter(|id| other.contains(id)).count() as f64 / depth as f64;
            }
            sum += weight * agreement;
            weight *= p;
        }
        prop_assert!((rank_biased_overlap(a, b, p).unwrap().extrapolated - sum).abs() < 1e-9);
    }

    #[test]
    fn correlations_turn_round(values in prop::collection::vec((0_i32..6, 0_i32..6), 2..12)) {
        let (a, b): (Vec<f64>, Vec<f64>) = values.iter().map(|&(a, b)| (f64::from(a), f64::from(b))).unzip();
        let negative: Vec<f64> = b.iter().map(|value| -value).collect();
        for tau in [Tau::A, Tau::B] {
            let value = kendall_tau(&a, &b, tau).unwrap();
            let turned = kendall_tau(&a, &negative, tau).unwrap();
            prop_assert!((value.is_nan() && turned.is_nan()) || (value + turned).abs() < 1e-12);
        }
        let (value, turned) = (spearman_rho(&a, &b).unwrap(), spearman_rho(&a, &negative).unwrap());
        prop_assert!((value.is_nan() && turned.is_nan()) || (value + turned).abs() < 1e-12);
    }
}

#[test]
fn known_values() {
    // scipy 1.17: kendalltau([1, 2, 2, 3], [1, 3, 2, 2]), spearmanr of the same.
    let (a, b) = ([1.0, 2.0, 2.0, 3.0], [1.0, 3.0, 2.0, 2.0]);
    assert!((kendall_tau(&a, &b, Tau::B).unwrap() - 0.4).abs() < 1e-12);
    assert!((kendall_tau(&a, &b, Tau::A).unwrap() - 2.0 / 6.0).abs() < 1e-12);
    assert!((spearman_rho(&a, &b).unwrap() - 0.5).abs() < 1e-12);
    assert_eq!(tau_ap(&[4.0, 3.0, 2.0, 1.0], &[4.0, 3.0, 2.0, 1.0]).unwrap(), 1.0);
    assert_eq!(tau_ap(&[4.0, 3.0, 2.0, 1.0], &[1.0, 2.0, 3.0, 4.0]).unwrap(), -1.0);
    assert_eq!(kendall_tau_of_lists(&[1, 2, 3], &[3, 2, 1]).unwrap(), -1.0);
    assert_eq!(kendall_tau_of_lists(&[1, 2], &[3, 4]).unwrap(), -0.8);
    assert_eq!(kendall_tau_of_lists(&[1, 2, 3], &[1, 2, 3]).unwrap(), 1.0);
    assert_eq!(overlap(&[1, 2], &[3, 4], 10).unwrap(), 0.0);
    assert_eq!(overlap(&[1, 2], &[2, 1], 10).unwrap(), 1.0);
    assert_eq!(overlap::<u8>(&[], &[], 10).unwrap(), 0.0);
    let empty = rank_biased_overlap::<u8>(&[], &[], 0.9).unwrap();
    assert_eq!((empty.extrapolated, empty.min, empty.residual), (0.0, 0.0, 1.0));
    assert_eq!(rank_biased_overlap(&[1], &[], 0.9).unwrap().extrapolated, 0.0);
}

#[test]
fn refusals() {
    let text = |error: Error| error.to_string();
    assert_eq!(
        text(rank_biased_overlap(&[1], &[1], 1.0).unwrap_err()),
        "p: expected a number between 0 and 1, got 1; 0.9 is the usual choice"
    );
    for error in [
        rank_biased_overlap(&[2, 1, 2], &[1], 0.9).unwrap_err(),
        overlap(&[2, 1, 2], &[1], 9).unwrap_err(),
        kendall_tau_of_lists(&[2, 1, 2], &[1]).unwrap_err(),
    ] {
        assert_eq!(text(error), "a[2]: expected each id once, got the one of position 0 again; drop one of the two");
    }
    assert!(matches!(overlap(&[1], &[1], 0), Err(Error::InvalidK)));
    assert!(matches!(kendall_tau(&[1.0], &[1.0, 2.0], Tau::B), Err(Error::UnpairedSamples { .. })));
    assert!(matches!(spearman_rho(&[1.0], &[1.0]), Err(Error::TooFewSamples { .. })));
    assert!(matches!(tau_ap(&[1.0, f64::NAN], &[1.0, 2.0]), Err(Error::NotFinite { .. })));
    assert_eq!(
        text(tau_ap(&[1.0, 2.0, 1.0], &[1.0, 2.0, 3.0]).unwrap_err()),
        "reference[2]: expected values of which no two are equal, got the one of position 0 again; \
         break the tie, or take kendall_tau"
    );
}
