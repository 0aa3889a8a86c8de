//! Plain loops, compiled once for each instruction set.

use crate::{Isa, kernels};

/// Loops to be compiled for an instruction set. `run` is to be `#[inline(always)]`, as is what it calls.
pub trait Work {
    /// What comes out.
    type Output;
    /// Does it.
    fn run(self) -> Self::Output;
}

struct Closure<F>(F);

impl<R, F: FnOnce() -> R> Work for Closure<F> {
    type Output = R;
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
    fn run(self) -> R {
        self.0()
    }
}

/// [`vectorized`] of work that is too large to be inlined unasked.
///
/// # Panics
///
/// As [`vectorized`].
///
/// # Example
///
/// ```
/// struct Double<'a>(&'a mut [f32]);
/// impl rank_kernels::Work for Double<'_> {
///     type Output = ();
///     #[inline(always)]
///     fn run(self) {
///         self.0.iter_mut().for_each(|value| *value *= 2.0);
///     }
/// }
/// let mut values = [1.0, 2.0];
/// rank_kernels::vectorized_work(Double(&mut values));
/// assert_eq!(values, [2.0, 4.0]);
/// ```
#[inline]
pub fn vectorized_work<W: Work>(work: W) -> W::Output {
    vectorized_for(kernels().isa(), work)
}

/// Does `work` with the loops in it compiled for the instruction set of [`kernels`](crate::kernels).
///
/// What `work` calls must be inlined into it (`#[inline(always)]`); the rest runs as it is. Nothing is contracted or
/// reordered, so that every instruction set gives the same bits.
///
/// # Panics
///
/// As [`kernels`](crate::kernels), and if `work` does.
///
/// # Example
///
/// ```
/// let mut values = [1.0_f32, 2.0, 3.0];
/// rank_kernels::vectorized(|| values.iter_mut().for_each(|value| *value *= 2.0));
/// assert_eq!(values, [2.0, 4.0, 6.0]);
/// ```
#[inline]
pub fn vectorized<R>(work: impl FnOnce() -> R) -> R {
    vectorized_for(kernels().isa(), Closure(work))
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn vectorized_for<W: Work>(isa: Isa, work: W) -> W::Output {
    match isa {
        // SAFETY: the level is one that this machine has, and every one of these holds AVX-512 F, BW and VL.
        Isa::Avx512 | Isa::Avx512Vnni | Isa::Avx512Bf16 | Isa::Amx => unsafe { wide(work) },
        // SAFETY: the level is one that this machine has.
        Isa::Avx2 => unsafe { narrow(work) },
        _ => work.run(),
    }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn vectorized_for<W: Work>(_: Isa, work: W) -> W::Output {
    work.run()
}

/// # Safety
///
/// The machine has AVX-512 F, BW and VL, and POPCNT.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,popcnt")]
unsafe fn wide<W: Work>(work: W) -> W::Output {
    work.run()
}

/// # Safety
///
/// The machine has AVX2 and POPCNT.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn narrow<W: Work>(work: W) -> W::Output {
    work.run()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::order_for;
    use crate::{available, exp, short_exp};

    /// Deterministic, with ties.
    fn keys(count: usize) -> Vec<u32> {
        (0..count as u32).map(|i| i.wrapping_mul(2_654_435_761) >> (i % 30)).collect()
    }

    #[test]
    fn every_level_orders_as_a_stable_sort_does() {
        for count in 0..200 {
            let keys = keys(count);
            let mut expected: Vec<u32> = (0..count as u32).collect();
            expected.sort_by_key(|&i| keys[i as usize]);
            for level in available() {
                let mut order = vec![0; count];
                order_for(level.isa(), &keys, &mut order);
                assert_eq!(order, expected, "{} keys, {}", count, level.isa());
            }
        }
    }

    #[test]
    fn every_level_has_the_same_exponentials() {
        let values: Vec<f64> = (-71_000..71_000).map(|i| f64::from(i) * 0.009_98).collect();
        let mut scalar = values.clone();
        for (value, &x) in scalar.iter_mut().zip(&values) {
            *value = exp(*value);
            let reference = x.exp();
            if x >= -708.0 {
                assert!((*value - reference).abs() <= 4e-16 * reference, "exp({x}) = {reference}, got {value}");
                let short = short_exp(x);
                assert!((short - reference).abs() <= 4e-10 * reference, "short_exp({x}) = {reference}, got {short}");
            } else {
                assert_eq!((*value, short_exp(x)), (0.0, 0.0));
            }
        }
        for level in available() {
            let mut got = values.clone();
            vectorized_for(level.isa(), Closure(|| got.iter_mut().for_each(|value| *value = exp(*value))));
            assert!(got == scalar, "{}", level.isa());
        }
    }
}
