//! LambdaMART's gradients against LambdaRank's loss, against a slow form of each pair, and what is refused.
#![allow(clippy::doc_markdown)]

use proptest::prelude::*;
use rank_soft::{Input, LambdaMart, Loss, LossKind, PairWeight, Reduction, mean_ndcg};

fn sigmoid(t: f64) -> f64 {
    1.0 / (1.0 + (-t).exp())
}

/// Pair by pair, as LightGBM has it.
fn slow(scores: &[f64], labels: &[f64], top: usize, sigma: f64) -> (Vec<f64>, Vec<f64>) {
    let n = scores.len();
    let rank = |i: usize| 1 + (0..n).filter(|&j| scores[j] > scores[i] || (scores[j] == scores[i] && j < i)).count();
    let discount = |rank: usize| 1.0 / (1.0 + rank as f64).log2();
    let mut sorted = labels.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let ideal: f64 = sorted.iter().take(top).enumerate().map(|(i, y)| (y.exp2() - 1.0) * discount(i + 1)).sum();
    let (mut gradient, mut hessian, mut sum) = (vec![0.0; n], vec![0.0; n], 0.0);
    let differ = scores.iter().any(|&score| score != scores[0]);
    for i in 0..n {
        for j in 0..n {
            if labels[i] > labels[j] && rank(i).min(rank(j)) <= top {
                let d = scores[i] - scores[j];
                let gap = (labels[i].exp2() - labels[j].exp2()) * (discount(rank(i)) - discount(rank(j))).abs() / ideal;
                let change = if differ { gap / (0.01 + d.abs()) } else { gap };
                let (p, q) = (sigmoid(-sigma * d), sigmoid(sigma * d));
                gradient[i] -= sigma * p * change;
                gradient[j] += sigma * p * change;
                hessian[i] += sigma * sigma * p * q * change;
                hessian[j] += sigma * sigma * p * q * change;
                sum += 2.0 * sigma * p * change;
            }
        }
    }
    let factor = if sum > 0.0 { (1.0 + sum).log2() / sum } else { 1.0 };
    (gradient.iter().map(|g| g * factor).collect(), hessian.iter().map(|h| h * factor).collect())
}

fn close(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-12 * b.abs().max(1.0))
}

prop_compose! {
    fn query()(items in prop::collection::vec((-3_i8..4, 0_u8..4), 1..20)) -> (Vec<f64>, Vec<f64>) {
        items.into_iter().map(|(score, label)| (f64::from(score) * 0.7, f64::from(label))).unzip()
    }
}

proptest! {
    #[test]
    fn the_plain_one_is_the_gradient_of_lambda_rank((scores, labels) in query()) {
        let input = Input::new(&scores);
        let (gradient, _) = LambdaMart::new().sigma(1.3).gradients(&input, &labels).unwrap();
        let loss = Loss::new(LossKind::PairwiseLogistic).pair_weight(PairWeight::LambdaRank);
        let loss = loss.normalize(true).times_length(false).sigma(1.3);
        prop_assert!(close(&gradient, &loss.evaluate(&input, &labels, Reduction::Sum).unwrap().gradient));
    }

    #[test]
    fn presets_are_what_the_libraries_do((scores, labels) in query(), top in 1_usize..25) {
        let (gradient, hessian) = slow(&scores, &labels, top, 0.8);
        let light = LambdaMart::light_gbm().top(Some(top)).sigma(0.8).gradients(&Input::new(&scores), &labels).unwrap();
        prop_assert!(close(&light.0, &gradient) && close(&light.1, &hessian));
        let xg = LambdaMart::xg_boost().top(Some(top)).sigma(0.8).gradients(&Input::new(&scores), &labels).unwrap();
        let twice: Vec<f64> = hessian.iter().map(|h| 2.0 * h).collect();
        prop_assert!(close(&xg.0, &gradient) && close(&xg.1, &twice));
    }

    #[test]
    fn queries_masks_weights_and_threads(queries in prop::collection::vec(query(), 1..6)) {
        let (mut scores, mut labels, mut offsets) = (vec![], vec![], vec![0]);
        let (mut mask, mut want, mut ndcg) = (vec![], (vec![], vec![]), 0.0);
        let lambda = LambdaMart::light_gbm();
        for (own, relevance) in &queries {
            let (gradient, hessian) = lambda.gradients(&Input::new(own), relevance).unwrap();
            // One that does not count is put in front.
            want.0.push(0.0);
            want.0.extend(gradient.iter().map(|g| 2.0 * g));
            want.1.push(0.0);
            want.1.extend(hessian.iter().map(|h| 2.0 * h));
            scores.push(9.0);
            scores.extend(own);
            labels.push(3.0);
            labels.extend(relevance);
            mask.push(false);
            mask.extend(own.iter().map(|_| true));
            offsets.push(scores.len());
            ndcg += mean_ndcg(&Input::new(own), relevance, Some(3)).unwrap() / queries.len() as f64;
        }
        let weights = vec![2.0; scores.len()];
        let input = Input::new(&scores).offsets(&offsets).mask(&mask).weights(&weights);
        for threads in [1, 3] {
            prop_assert_eq!(&lambda.gradients(&input.clone().threads(threads), &labels).unwrap(), &want);
        }
        prop_assert!((mean_ndcg(&input, &labels, Some(3)).unwrap() - ndcg).abs() < 1e-12);
    }
}

#[test]
fn nothing_to_learn_is_zero() {
    let lambda = LambdaMart::xg_boost();
    for labels in [[0.0, 0.0], [2.0, 2.0]] {
        assert_eq!(lambda.gradients(&Input::new(&[0.1, 0.2]), &labels).unwrap(), (vec![0.0; 2], vec![0.0; 2]));
    }
    assert_eq!(lambda.gradients(&Input::<f64>::new(&[]), &[]).unwrap(), (vec![], vec![]));
    assert_eq!(mean_ndcg(&Input::new(&[0.1, 0.2]), &[0.0, 0.0], None).unwrap(), 1.0);
    assert_eq!(mean_ndcg(&Input::<f64>::new(&[]), &[], None).unwrap(), 0.0);
}

#[test]
fn bad_numbers_are_refused() {
    let refused = |scores: [f64; 2], labels: &[f64], sigma: f64| {
        LambdaMart::new().sigma(sigma).gradients(&Input::new(&scores), labels).unwrap_err().to_string()
    };
    assert!(refused([0.0, f64::NAN], &[0.0, 1.0], 1.0).starts_with("scores[1]: expected a number"));
    assert!(refused([0.0, 1.0], &[0.0, f64::INFINITY], 1.0).starts_with("labels[1]: expected a number"));
    assert!(refused([0.0, 1.0], &[0.0], 1.0).starts_with("labels: expected 2 numbers"));
    assert_eq!(refused([0.0, 1.0], &[0.0, 1.0], 0.0), "sigma: expected a positive number, got 0; pass another");
}
