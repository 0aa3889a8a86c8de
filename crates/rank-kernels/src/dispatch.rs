//! The choice of an instruction set: once, by what the machine has.

use std::fmt;
use std::sync::OnceLock;

use crate::{PackedQuery, scalar};

/// The environment variable that forces an instruction set.
const VARIABLE: &str = "RANK_ISA";

/// An instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Isa {
    /// Plain Rust.
    Scalar,
    /// x86-64 with AVX2 and FMA.
    Avx2,
    /// x86-64 with AVX-512 F.
    Avx512,
    /// `AArch64` with NEON.
    Neon,
}

impl Isa {
    /// Its name, as `RANK_ISA` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
        }
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `RANK_ISA` asks for an instruction set that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsaError {
    asked: String,
}

impl fmt::Display for IsaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = available().map(|kernels| kernels.isa.name()).collect();
        write!(f, "{VARIABLE}: expected one of {} on this machine, got {:?}; unset it", names.join(", "), self.asked)
    }
}

impl std::error::Error for IsaError {}

type Dot = unsafe fn(&[f32], &[f32]) -> f32;
type MaxSim = unsafe fn(&PackedQuery, &[f32], &[usize], &mut [f32]);

/// The kernels of one instruction set, which this machine has: no other value can be obtained.
#[derive(Debug, Clone, Copy)]
pub struct Kernels {
    isa: Isa,
    dot: Dot,
    maxsim: MaxSim,
}

impl Kernels {
    pub(crate) const fn new(isa: Isa, dot: Dot, maxsim: MaxSim) -> Self {
        Self { isa, dot, maxsim }
    }

    /// The instruction set.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// The dot product of `a` and `b`. Instruction sets add in different orders, hence differ in the last bits.
    ///
    /// # Panics
    ///
    /// If the lengths differ: whoever takes vectors from outside checks them first.
    ///
    /// # Example
    ///
    /// ```
    /// assert_eq!(rank_kernels::kernels().dot(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 32.0);
    /// ```
    pub fn dot(&self, a: &[f32], b: &[f32]) -> f32 {
        assert_eq!(a.len(), b.len(), "a dot product of vectors of different lengths");
        // SAFETY: the machine has the instruction set, and the lengths are equal.
        unsafe { (self.dot)(a, b) }
    }

    /// MaxSim: for each document, the sum over the query's tokens of the largest dot product with any token of the
    /// document.
    ///
    /// * `values`: the tokens of all documents, token after token, each of `query.dim()` components.
    /// * `offsets`: of each document, the number of the token at which it begins; then that at which the last one ends.
    /// * `scores`: one for each document.
    ///
    /// Each product is accumulated in the order of the components in `f32`, each score in the order of the query's
    /// tokens in `f64`: a score does not depend on the other documents of the call. A document without tokens scores
    /// negative infinity; a document of which any dot product is NaN or infinite scores NaN.
    ///
    /// # Panics
    ///
    /// If `offsets` are not one more than `scores`, descend, or reach beyond `values`.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_kernels::{PackedQuery, kernels};
    ///
    /// let query = PackedQuery::new(&[1.0, 0.0, 0.0, 1.0], 2);
    /// let mut scores = [0.0; 2];
    /// kernels().maxsim(&query, &[3.0, 1.0, 2.0, 5.0, -1.0, -2.0], &[0, 2, 3], &mut scores);
    /// assert_eq!(scores, [3.0 + 5.0, -1.0 - 2.0]);
    /// ```
    pub fn maxsim(&self, query: &PackedQuery, values: &[f32], offsets: &[usize], scores: &mut [f32]) {
        assert_eq!(offsets.len(), scores.len() + 1, "offsets are one more than scores");
        assert!(offsets.is_sorted(), "offsets ascend");
        let tokens = offsets[offsets.len() - 1];
        assert!(tokens <= values.len() / query.dim(), "offsets stay within the values");
        // SAFETY: the machine has the instruction set.
        unsafe { (self.maxsim)(query, values, offsets, scores) }
    }
}

/// The kernels that this machine can run, the best last. For tests and benchmarks, which loop over them.
pub fn available() -> impl Iterator<Item = &'static Kernels> {
    let found = [Some(&scalar::KERNELS), detected_avx2(), detected_avx512(), detected_neon()];
    found.into_iter().flatten()
}

#[cfg(target_arch = "x86_64")]
fn detected_avx2() -> Option<&'static Kernels> {
    (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(&crate::avx2::KERNELS)
}

#[cfg(target_arch = "x86_64")]
fn detected_avx512() -> Option<&'static Kernels> {
    is_x86_feature_detected!("avx512f").then_some(&crate::avx512::KERNELS)
}

#[cfg(target_arch = "aarch64")]
fn detected_neon() -> Option<&'static Kernels> {
    std::arch::is_aarch64_feature_detected!("neon").then_some(&crate::neon::KERNELS)
}

#[cfg(not(target_arch = "x86_64"))]
fn detected_avx2() -> Option<&'static Kernels> {
    None
}

#[cfg(not(target_arch = "x86_64"))]
fn detected_avx512() -> Option<&'static Kernels> {
    None
}

#[cfg(not(target_arch = "aarch64"))]
fn detected_neon() -> Option<&'static Kernels> {
    None
}

/// The kernels to use: the best that the machine has, or those that `RANK_ISA` names. Chosen at the first call.
///
/// # Errors
///
/// [`IsaError`] if `RANK_ISA` names an instruction set that this machine or this build lacks.
pub fn try_kernels() -> Result<&'static Kernels, IsaError> {
    static CHOICE: OnceLock<Result<&'static Kernels, IsaError>> = OnceLock::new();
    CHOICE.get_or_init(|| choose(std::env::var_os(VARIABLE).map(|asked| asked.to_string_lossy().into_owned()))).clone()
}

fn choose(asked: Option<String>) -> Result<&'static Kernels, IsaError> {
    match asked.filter(|asked| !asked.is_empty()) {
        Some(asked) => available().find(|kernels| kernels.isa.name() == asked).ok_or(IsaError { asked }),
        None => Ok(available().last().unwrap_or(&scalar::KERNELS)),
    }
}

/// [`try_kernels`], for functions that have no other error.
///
/// # Panics
///
/// If `RANK_ISA` names an instruction set that this machine or this build lacks: whoever forces one wants to know.
pub fn kernels() -> &'static Kernels {
    match try_kernels() {
        Ok(kernels) => kernels,
        Err(error) => panic!("{error}"),
    }
}
