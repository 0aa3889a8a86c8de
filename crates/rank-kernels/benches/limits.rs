//! What one thread of this machine can do at most, and what share of it the kernels reach: arithmetic out of registers,
//! reads in order out of memory; and what the smallest calls take. Least of many runs. `cargo bench -p rank-kernels`; with `-- --limits` the limits alone.

#![allow(unsafe_code, reason = "instructions are named to be counted")]
#![allow(clippy::print_stdout, reason = "its purpose")]

use std::hint::black_box;
use std::time::Instant;

use rank_kernels::half::{bf16, f16};
use rank_kernels::{PackedBf16, PackedInt8, PackedQuery, available, quantize};

const QUERY_TOKENS: usize = 32;
const DOC_TOKENS: usize = 300;
const DIM: usize = 128;

/// The least time of `runs` calls, in seconds.
fn least(runs: usize, mut call: impl FnMut()) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..runs {
        let start = Instant::now();
        call();
        least = least.min(start.elapsed().as_secs_f64());
    }
    least
}

#[cfg(target_arch = "x86_64")]
mod instructions {
    use std::arch::asm;

    /// Operands stay in registers, and no instruction waits for one of the 11 before it.
    macro_rules! twelve {
        ($name:ident, $instruction:literal, $register:literal) => {
            fn $name() {
                // SAFETY: `rates` asks whether the machine knows the instruction; only the registers that are named are
                // touched.
                unsafe {
                    asm!(
                        "2:",
                        concat!($instruction, " ", $register, "0, ", $register, "0, ", $register, "15"),
                        concat!($instruction, " ", $register, "1, ", $register, "1, ", $register, "15"),
                        concat!($instruction, " ", $register, "2, ", $register, "2, ", $register, "15"),
                        concat!($instruction, " ", $register, "3, ", $register, "3, ", $register, "15"),
                        concat!($instruction, " ", $register, "4, ", $register, "4, ", $register, "15"),
                        concat!($instruction, " ", $register, "5, ", $register, "5, ", $register, "15"),
                        concat!($instruction, " ", $register, "6, ", $register, "6, ", $register, "15"),
                        concat!($instruction, " ", $register, "7, ", $register, "7, ", $register, "15"),
                        concat!($instruction, " ", $register, "8, ", $register, "8, ", $register, "15"),
                        concat!($instruction, " ", $register, "9, ", $register, "9, ", $register, "15"),
                        concat!($instruction, " ", $register, "10, ", $register, "10, ", $register, "15"),
                        concat!($instruction, " ", $register, "11, ", $register, "11, ", $register, "15"),
                        "sub {times}, 1",
                        "jnz 2b",
                        times = inout(reg) TIMES => _,
                        out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _, out("xmm4") _, out("xmm5") _,
                        out("xmm6") _, out("xmm7") _, out("xmm8") _, out("xmm9") _, out("xmm10") _, out("xmm11") _,
                        out("xmm15") _,
                    );
                }
            }
        };
    }

    const TIMES: usize = 200_000;
    twelve!(fma_256, "vfmadd231ps", "ymm");
    twelve!(fma_512, "vfmadd231ps", "zmm");
    twelve!(dpbf16_512, "vdpbf16ps", "zmm");
    twelve!(dpbusd_512, "vpdpbusd", "zmm");

    /// Of what this machine has: the instruction, and 10⁹ operations a second, a product and a sum being two.
    pub(super) fn rates() -> Vec<(&'static str, f64)> {
        let wide = is_x86_feature_detected!("avx512f");
        let mut rates = Vec::new();
        let mut rate = |name, there, call: fn(), operations: f64| {
            if there {
                rates.push((name, (12 * TIMES) as f64 * operations / super::least(60, call) / 1e9));
            }
        };
        rate("f32 FMA, 256 bits", is_x86_feature_detected!("fma"), fma_256, 16.0);
        rate("f32 FMA, 512 bits", wide, fma_512, 32.0);
        rate("VDPBF16PS, 512 bits", wide && is_x86_feature_detected!("avx512bf16"), dpbf16_512, 64.0);
        rate("VPDPBUSD, 512 bits", wide && is_x86_feature_detected!("avx512vnni"), dpbusd_512, 128.0);
        rates
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod instructions {
    pub(super) fn rates() -> Vec<(&'static str, f64)> {
        Vec::new()
    }
}

/// Bytes a second, read in order, out of so many bytes: in 64 sums, so that none waits for another.
fn read(bytes: usize) -> f64 {
    let values = vec![1_u32; bytes / 4];
    let seconds = least(2 + (1 << 28) / bytes, || {
        let mut sums = [0_u32; 64];
        for chunk in black_box(&values).as_chunks::<64>().0 {
            for (sum, value) in sums.iter_mut().zip(chunk) {
                *sum |= value;
            }
        }
        black_box(sums);
    });
    bytes as f64 / seconds
}

fn random(count: usize) -> Vec<f32> {
    let mut state = 1_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        f64::from(state) / f64::from(u32::MAX) - 0.5
    };
    (0..count).map(|_| next() as f32).collect()
}

/// Milliseconds and rate of one query and so many documents, in each type, on each level.
fn kernels(documents: usize, runs: usize) {
    let query = random(QUERY_TOKENS * DIM);
    let values = random(documents * DOC_TOKENS * DIM);
    let offsets: Vec<usize> = (0..=documents).map(|document| document * DOC_TOKENS).collect();
    let half: Vec<f16> = values.iter().map(|&value| f16::from_f32(value)).collect();
    let brain: Vec<bf16> = values.iter().map(|&value| bf16::from_f32(value)).collect();
    let (mut codes, mut scales) = (vec![0; values.len()], vec![0.0; values.len() / DIM]);
    quantize(&values, DIM, &mut codes, &mut scales);
    let mut scores = vec![0.0; documents];
    let operations = (2 * QUERY_TOKENS * values.len()) as f64;
    for kernels in available() {
        let mut show = |kind: &str, bytes: usize, call: &mut dyn FnMut(&mut [f32])| {
            let seconds = least(runs, || call(&mut scores));
            println!(
                "{documents:5} documents, {kind:4} {:12} {:9.3} ms {:8.1} G/s {:6.1} GB/s",
                kernels.isa().name(),
                1e3 * seconds,
                operations / seconds / 1e9,
                bytes as f64 / seconds / 1e9
            );
        };
        let packed = PackedQuery::new(&query, DIM);
        show("f32", 4 * values.len(), &mut |scores| kernels.maxsim(&[&packed], &values, &offsets, scores));
        show("f16", 2 * values.len(), &mut |scores| kernels.maxsim_f16(&[&packed], &half, &offsets, scores));
        let packed = PackedBf16::new(&query, DIM);
        show("bf16", 2 * values.len(), &mut |scores| kernels.maxsim_bf16(&[&packed], &brain, &offsets, scores));
        let packed = PackedInt8::new(&query, DIM);
        show("int8", values.len(), &mut |scores| kernels.maxsim_int8(&[&packed], &codes, &scales, &offsets, scores));
    }
}

/// Microseconds of scoring one document, and of packing the query as well: what a call from elsewhere adds to.
fn calls() {
    for (name, tokens, rows, dim) in [
        ("next to nothing", 1, 1, 4),
        ("one token", QUERY_TOKENS, 1, DIM),
        ("one document", QUERY_TOKENS, DOC_TOKENS, DIM),
    ] {
        let (query, document) = (random(tokens * dim), random(rows * dim));
        let (kernels, mut score) = (rank_kernels::kernels(), [0.0]);
        let packed = PackedQuery::new(&query, dim);
        let mut microseconds = |call: &mut dyn FnMut(&mut [f32])| {
            let hundred = least(50, || (0..100).for_each(|_| call(&mut score)));
            1e6 * hundred / 100.0
        };
        let scored = microseconds(&mut |score| kernels.maxsim(&[&packed], black_box(&document), &[0, rows], score));
        let both = microseconds(&mut |score| {
            kernels.maxsim(&[&PackedQuery::new(black_box(&query), dim)], &document, &[0, rows], score);
        });
        println!("scoring {name:24} {scored:8.2} us");
        println!("packing and scoring {name:12} {both:8.2} us");
    }
}

fn main() {
    for (name, rate) in instructions::rates() {
        println!("{name:32} {rate:8.1} G/s");
    }
    for kilobytes in [16, 512, 8_192, 38_400, 76_800, 153_600] {
        println!("read of {kilobytes:7} KB {:24.1} GB/s", read(kilobytes << 10) / 1e9);
    }
    calls();
    if std::env::args().any(|argument| argument == "--limits") {
        return;
    }
    // In the second-level cache, and out of memory.
    kernels(1, 300);
    kernels(1_000, 7);
}
