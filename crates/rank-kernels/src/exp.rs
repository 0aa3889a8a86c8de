//! The exponential function without a branch, so that loops over it are vectorized.

/// 1.5 · 2^52: adding it rounds to an integer, which then lies in the last bits.
const SHIFT: f64 = 6_755_399_441_055_744.0;
/// log 2 in two parts, the first of few bits, so that its multiples are exact.
const LN_2: [f64; 2] = [0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10];

/// `e^x` within 4e-16 relative for `x` from -708 to 709; 0 below, and `e^709` above.
///
/// # Example
///
/// ```
/// assert_eq!(rank_kernels::exp(0.0), 1.0);
/// assert!((rank_kernels::exp(1.0) - std::f64::consts::E).abs() < 1e-15);
/// assert_eq!(rank_kernels::exp(-1e300), 0.0);
/// ```
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
pub fn exp(x: f64) -> f64 {
    // Taylor's series: |r| is at most log 2 / 2, where the next term is below 4e-18. Two chains, for half the waiting.
    by_parts(x, |r| {
        let q = r * r;
        let mut even = 1.0 / 479_001_600.0;
        let mut odd = 1.0 / 6_227_020_800.0;
        even = even * q + 1.0 / 3_628_800.0;
        odd = odd * q + 1.0 / 39_916_800.0;
        even = even * q + 1.0 / 40_320.0;
        odd = odd * q + 1.0 / 362_880.0;
        even = even * q + 1.0 / 720.0;
        odd = odd * q + 1.0 / 5_040.0;
        even = even * q + 1.0 / 24.0;
        odd = odd * q + 1.0 / 120.0;
        even = even * q + 0.5;
        odd = odd * q + 1.0 / 6.0;
        (even + r * odd) * q + r
    })
}

/// [`exp`] within 4e-10 relative, in two thirds of the operations: for numbers that come from `f32` or become one.
///
/// # Example
///
/// ```
/// assert_eq!(rank_kernels::short_exp(0.0), 1.0);
/// assert!((rank_kernels::short_exp(1.0) - std::f64::consts::E).abs() < 1e-9);
/// ```
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
pub fn short_exp(x: f64) -> f64 {
    // The next term is below 2e-10.
    by_parts(x, |r| {
        let q = r * r;
        let mut even = 1.0 / 40_320.0;
        let mut odd = 1.0 / 5_040.0;
        even = even * q + 1.0 / 720.0;
        odd = odd * q + 1.0 / 120.0;
        even = even * q + 1.0 / 24.0;
        odd = odd * q + 1.0 / 6.0;
        even = even * q + 0.5;
        (even + r * odd) * q + r
    })
}

/// `e^x` of `e^r - 1` for the rest `r` from the next multiple of log 2.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
fn by_parts(x: f64, of_rest: impl Fn(f64) -> f64) -> f64 {
    let inside = if x < -708.0 { -708.0 } else { x };
    let inside = if inside > 709.0 { 709.0 } else { inside };
    let shifted = inside * std::f64::consts::LOG2_E + SHIFT;
    let whole = shifted - SHIFT;
    let r = (inside - whole * LN_2[0]) - whole * LN_2[1];
    let sum = of_rest(r) + 1.0;
    let scaled = f64::from_bits(sum.to_bits().wrapping_add(shifted.to_bits() << 52));
    if x < -708.0 { 0.0 } else { scaled }
}
