//! Long work in blocks: in parallel, with the same result for any number of threads, and with a word to its caller.

use std::ops::Range;

use crate::watch::{Watch, tell};
use crate::{Result, parallel};

/// Below this many elementary operations, waking other threads costs more than it brings.
const PARALLEL: usize = if cfg!(test) { 1 << 10 } else { 1 << 26 };
/// Elementary operations between two calls of the watch: some tens of milliseconds.
const PIECE: usize = if cfg!(test) { 1 << 14 } else { 1 << 26 };

/// Does `0..total` in blocks of `block` steps, each of about `cost` elementary operations, and returns what each block
/// gave, in their order.
pub(super) fn in_blocks<T: Send>(
    total: usize,
    block: usize,
    cost: usize,
    watch: &Watch<'_>,
    work: impl Fn(Range<usize>) -> T + Sync,
) -> Result<Vec<T>> {
    let blocks = total.div_ceil(block);
    let piece = (PIECE / cost.max(1).saturating_mul(block)).max(1);
    let threads = usize::from(total.saturating_mul(cost) < PARALLEL);
    // As many blocks at a time as there are threads, at least.
    let piece = if threads == 0 { piece.max(parallel::threads(0, blocks)) } else { piece };
    let range = |number: usize| number * block..total.min((number + 1) * block);
    let mut results = Vec::with_capacity(blocks);
    let mut first = 0;
    while first < blocks {
        let last = blocks.min(first + piece);
        results.extend(parallel::map((first..last).collect(), threads, |number| work(range(number))));
        tell(watch, range(last - 1).end - first * block)?;
        first = last;
    }
    Ok(results)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::parallel::PRETENDED;
    use crate::{BootstrapMethod, BootstrapOptions, bootstrap_interval, randomization_test, randomized_tukey_hsd};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn threads_do_not_show(
            samples in prop::collection::vec(prop::collection::vec(0.0..1.0_f64, 60), 3),
            drawn in 1..9000_usize,
            seed: u64,
        ) {
            let [a, b] = [&samples[0], &samples[1]];
            let results = |threads: usize| {
                PRETENDED.set(Some(threads));
                let options = BootstrapOptions::default().resamples(drawn).seed(seed);
                let results = (
                    randomization_test(a, b, drawn, seed).unwrap(),
                    bootstrap_interval(a, Some(b), options).unwrap(),
                    bootstrap_interval(a, None, options.method(BootstrapMethod::Percentile)).unwrap(),
                    randomized_tukey_hsd(&samples, drawn, seed).unwrap(),
                );
                PRETENDED.set(None);
                results
            };
            let one = results(1);
            for threads in [2, 3, 5, 16] {
                prop_assert_eq!(&results(threads), &one);
            }
        }
    }
}
