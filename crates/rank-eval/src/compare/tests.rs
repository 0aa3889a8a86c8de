//! The tests of one measure.

use super::{CompareOptions, ComparedPair, Test};
use crate::watch::{Watch, tell};
use crate::{
    Result, WilcoxonOptions, adjusted_p_values, effect_sizes, paired_t_test, randomization_test_watched,
    randomized_tukey_hsd_watched, sign_test, tukey_hsd, wilcoxon_test,
};

/// Tests the pairs of runs, whose values of one measure are the columns.
pub(super) fn test(
    columns: &[Vec<f64>],
    names: &[String],
    options: &CompareOptions,
    watch: &Watch<'_>,
) -> Result<Vec<ComparedPair>> {
    let baseline = options.baseline.as_ref().and_then(|baseline| names.iter().position(|name| name == baseline));
    let runs = columns.len();
    let pairs: Vec<(usize, usize)> = match baseline {
        Some(baseline) => (0..runs).filter(|&run| run != baseline).map(|run| (run, baseline)).collect(),
        None => (0..runs).flat_map(|first| (first + 1..runs).map(move |second| (first, second))).collect(),
    };
    let of_all = of_all_runs(columns, options, watch)?;
    let mut tested = Vec::with_capacity(pairs.len());
    for (first, second) in pairs {
        let (a, b) = (&columns[first], &columns[second]);
        let p_value = match &of_all {
            Some(of_all) => of_all[first.min(second) * runs + first.max(second)],
            None => of_pair(a, b, options, watch)?,
        };
        let effect = effect_sizes(a, b, 1.0 - options.alpha)?;
        let counts = sign_test(a, b, options.tolerance)?;
        tested.push(ComparedPair {
            first,
            second,
            mean_difference: effect.mean_difference,
            cohen_d_z: effect.cohen_d_z,
            p_value,
            adjusted_p_value: p_value,
            wins: counts.wins,
            ties: counts.ties,
            losses: counts.losses,
        });
        tell(watch, 1)?;
    }
    let p_values: Vec<f64> = tested.iter().map(|pair| pair.p_value).collect();
    for (pair, adjusted) in tested.iter_mut().zip(adjusted_p_values(&p_values, options.applied_correction())?) {
        pair.adjusted_p_value = adjusted;
    }
    Ok(tested)
}

/// The p-value of each pair, at `first * runs + second`, of the tests that look at all runs at once.
fn of_all_runs(columns: &[Vec<f64>], options: &CompareOptions, watch: &Watch<'_>) -> Result<Option<Vec<f64>>> {
    let p_values: Vec<(usize, usize, f64)> = match options.test {
        Test::TukeyHsd => {
            let test = tukey_hsd(columns, 1.0 - options.alpha)?;
            test.pairs.iter().map(|pair| (pair.first, pair.second, pair.p_value)).collect()
        }
        Test::RandomizedTukeyHsd => {
            let test = randomized_tukey_hsd_watched(columns, options.permutations, options.seed, &|_| watch(0))?;
            test.pairs.iter().map(|pair| (pair.first, pair.second, pair.p_value)).collect()
        }
        _ => return Ok(None),
    };
    let mut square = vec![1.0; columns.len() * columns.len()];
    for (first, second, p_value) in p_values {
        square[first * columns.len() + second] = p_value;
    }
    Ok(Some(square))
}

fn of_pair(a: &[f64], b: &[f64], options: &CompareOptions, watch: &Watch<'_>) -> Result<f64> {
    Ok(match options.test {
        Test::Randomization => {
            randomization_test_watched(a, b, options.permutations, options.seed, &|_| watch(0))?.p_value
        }
        Test::Wilcoxon => wilcoxon_test(a, b, WilcoxonOptions::default())?.p_value,
        Test::Sign => sign_test(a, b, options.tolerance)?.p_value,
        _ => paired_t_test(a, b)?.p_value,
    })
}
