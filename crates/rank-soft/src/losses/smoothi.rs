//! SmoothI: for each place a softmax of the scores, from which the items of the places before are pushed back.
//!
//! Thonet, Cinar, Gaussier, Li, Renders: Listwise learning to rank based on approximate rank indicators (AAAI 2022).
//! `Iʳ = softmax(s' c / T)` with `s' = s - min s` and `c = Π (1 - I - δ)` over the places before, which carries no
//! gradient. O(k n) for k places.
//!
//! By hand: two equal scores have s' = 0, and stand half at each place.

use super::Loss;
use crate::Result;
use crate::permutation::softmax;
use crate::watch::Watch;

/// Calls `work` with each place, its indicators, and what the scores were multiplied with.
fn each_place(
    loss: &Loss,
    scores: &[f64],
    watch: Watch<'_>,
    mut work: impl FnMut(usize, &[f64], &[f64]),
) -> Result<()> {
    let least = scores.iter().copied().fold(f64::INFINITY, f64::min);
    let (mut factors, mut place) = (vec![1.0; scores.len()], vec![0.0; scores.len()]);
    for number in 0..loss.top.unwrap_or(usize::MAX).min(scores.len()) {
        watch.poll()?;
        for ((p, score), factor) in place.iter_mut().zip(scores).zip(&factors) {
            *p = (score - least) * factor / loss.temperature;
        }
        softmax(&mut place);
        work(number, &place, &factors);
        for (factor, p) in factors.iter_mut().zip(&place) {
            *factor *= 1.0 - p - loss.delta;
        }
    }
    Ok(())
}

/// What each place gains.
pub(super) fn places(loss: &Loss, scores: &[f64], gains: &[f64], watch: Watch<'_>, places: &mut [f64]) -> Result<()> {
    each_place(loss, scores, watch, |number, place, _| {
        places[number] = place.iter().zip(gains).map(|(p, gain)| p * gain).sum();
    })
}

/// The gradient to the scores for `slopes` of what each place gains.
pub(super) fn vjp(
    loss: &Loss,
    scores: &[f64],
    gains: &[f64],
    watch: Watch<'_>,
    slopes: &[f64],
    gradient: &mut [f64],
) -> Result<()> {
    each_place(loss, scores, watch, |number, place, factors| {
        let slope = slopes[number] / loss.temperature;
        if slope == 0.0 {
            return;
        }
        let mean: f64 = place.iter().zip(gains).map(|(p, gain)| p * gain).sum();
        for (((to, p), gain), factor) in gradient.iter_mut().zip(place).zip(gains).zip(factors) {
            *to += slope * p * (gain - mean) * factor;
        }
    })?;
    // All move against the least score.
    let moved: f64 = gradient.iter().sum();
    let least = (0..scores.len()).min_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    if let Some(least) = least {
        gradient[least] -= moved;
    }
    Ok(())
}
