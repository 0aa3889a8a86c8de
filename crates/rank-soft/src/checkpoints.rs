//! Backwards through steps of which each changes a state in place, without keeping all states.
//!
//! Some states are kept on the way forward, evenly apart, and from the last of them the way is gone again, for which
//! others are kept in between, and so on: with w states on each of k levels, w^k steps need k w states, and each step is
//! done k times (Griewank: Achieving logarithmic growth of temporal and spatial complexity, 1992).

use std::cell::Cell;

use crate::Result;
use crate::watch::Watch;

/// How many numbers are kept at a time, 128 MiB; more only where two states on each level are more.
const MOST: usize = 1 << 24;

/// How many steps are reported for so many: those of the first way forward, whose last one is not gone, and the way back.
pub(crate) fn reported(steps: usize) -> usize {
    (2 * steps).saturating_sub(1)
}

/// Calls `visit` with the number of each step, the last one first, and the state before it.
///
/// * `state`: before the first step.
/// * `step`: does the step of a number.
pub(crate) fn backwards(
    state: Vec<f64>,
    steps: usize,
    watch: Watch<'_>,
    step: impl Fn(usize, &mut [f64]),
    visit: impl FnMut(usize, &[f64]),
) -> Result<()> {
    let width = width(steps, MOST / state.len().max(1));
    with_width(width, state, steps, watch, step, visit)
}

fn with_width(
    width: usize,
    state: Vec<f64>,
    steps: usize,
    watch: Watch<'_>,
    step: impl Fn(usize, &mut [f64]),
    mut visit: impl FnMut(usize, &[f64]),
) -> Result<()> {
    let reached = Cell::new(0);
    let step = |number: usize, state: &mut [f64]| {
        step(number, state);
        let first = number >= reached.get();
        reached.set(reached.get().max(number + 1));
        watch.advance(usize::from(first))
    };
    // States with the range of steps that begins with each; the last range is gone back first.
    let mut kept = vec![(0..steps, state)];
    while let Some((range, mut state)) = kept.pop() {
        if range.len() <= 1 {
            if let Some(number) = range.into_iter().next() {
                visit(number, &state);
                watch.advance(1)?;
            }
            continue;
        }
        let stride = range.len().div_ceil(width);
        for start in range.clone().step_by(stride) {
            let end = (start + stride).min(range.end);
            if end == range.end {
                kept.push((start..end, std::mem::take(&mut state)));
            } else {
                kept.push((start..end, state.clone()));
                (start..end).try_for_each(|number| step(number, &mut state))?;
            }
        }
    }
    Ok(())
}

/// How many states are kept on each level, so that there are at most `most`: on as few levels as can be.
fn width(steps: usize, most: usize) -> usize {
    let of = |levels: u32| {
        let mut width = (steps as f64).powf(1.0 / f64::from(levels)).floor() as usize;
        while width.checked_pow(levels).is_some_and(|reach| reach < steps) {
            width += 1;
        }
        width.max(2)
    };
    (1..usize::BITS).find(|&levels| levels as usize * of(levels) <= most).map_or(2, of)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn every_step_is_visited_with_its_state() {
        for steps in [0, 1, 2, 3, 10, 100, 1_000] {
            for most in [2, 3, 7, 30, 200, 1_000] {
                let (width, told, gone) = (width(steps, most), AtomicUsize::new(0), Cell::new(0));
                let levels = (0..64).find(|&levels| width.pow(levels) >= steps).unwrap() as usize;
                assert!(width == 2 || levels * width <= most, "{steps}, {most}: {width} on {levels} levels");
                let watch = |steps| told.fetch_add(steps, Ordering::Relaxed) < usize::MAX;
                let mut left = steps;
                // The state is how many steps it has seen.
                let step = |number, state: &mut [f64]| {
                    assert_eq!(state, [number as f64]);
                    state[0] += 1.0;
                    gone.set(gone.get() + 1);
                };
                with_width(width, vec![0.0], steps, Watch(Some(&watch)), step, |number, state| {
                    left -= 1;
                    assert_eq!((number, state), (left, &[left as f64][..]));
                })
                .unwrap();
                assert_eq!((left, told.into_inner()), (0, reported(steps)));
                assert!(gone.get() <= levels * steps, "{steps}, {most}: {}", gone.get());
            }
        }
    }

    #[test]
    fn who_watches_can_end_it() {
        let watch = |_| false;
        let ended = backwards(vec![0.0], 3, Watch(Some(&watch)), |_, _| (), |_, _| ());
        assert_eq!(ended, Err(crate::Error::Stopped));
    }
}
