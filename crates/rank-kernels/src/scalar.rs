//! The reference, and what runs where there is nothing better.

use std::ops::Range;

use half::{bf16, f16};

use crate::binary::signs;
use crate::dispatch::{Isa, Kernels};
use crate::maxsim::{Block, Narrow, Narrowed, Rows, Running, Widen, Widened, documents, refine};
use crate::query::{Lanes, PackedBf16, PackedInt8, PackedQuery, Query};
use crate::residual::ResidualTokens;

pub(crate) static KERNELS: Kernels = Kernels {
    isa: Isa::Scalar,
    dot,
    dots,
    products,
    add: crate::sums::add::<f32>,
    add_bytes: crate::sums::add::<u8>,
    at_least: crate::sums::at_least,
    add_found: crate::lookup::add_found::<f32>,
    add_found_bytes: crate::lookup::add_found::<u8>,
    f32: documents::<F32>,
    f16: documents::<Widened<F32, WidenF16>>,
    bf16: documents::<Widened<F32, WidenBf16>>,
    rounded: documents::<Narrowed<Widened<F32, WidenBf16>, NarrowBf16>>,
    int8: documents::<Int8>,
    signs,
    residual,
};

/// Eight sums, so that the compiler may use what registers the baseline has.
unsafe fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; 8];
    let (a, a_tail) = a.as_chunks::<8>();
    let (b, b_tail) = b.as_chunks::<8>();
    for (a, b) in a.iter().zip(b) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let tail: f32 = a_tail.iter().zip(b_tail).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + tail
}

pub(crate) unsafe fn dots(a: &[f32], values: &[f32], rows: &[usize], out: &mut [f32]) {
    for (&row, out) in rows.iter().zip(out) {
        // SAFETY: nothing is asked for that slices do not check.
        *out = unsafe { dot(a, &values[row * a.len()..][..a.len()]) };
    }
}

pub(crate) unsafe fn products(packed: &PackedQuery, groups: Range<usize>, rows: &[f32], out: &mut [f32]) {
    let mut out = out.as_chunks_mut::<{ Lanes::WIDTH }>().0.iter_mut();
    for row in rows.chunks_exact(packed.dim()) {
        for (group, out) in groups.clone().zip(&mut out) {
            *out = [0.0; Lanes::WIDTH];
            for (&component, vectors) in row.iter().zip(packed.group(group)) {
                for (out, vector) in out.iter_mut().zip(vectors.0) {
                    *out += component * vector;
                }
            }
        }
    }
}

struct F32;

impl Block for F32 {
    type Query = PackedQuery;
    type Value = f32;
    const ROWS: usize = 1;

    fn new(_: usize) -> Self {
        Self
    }

    unsafe fn block(&mut self, query: &PackedQuery, rows: Rows<'_, f32>, _next: *const f32, running: &mut Running) {
        for row in rows.values.chunks_exact(rows.dim) {
            for group in 0..query.groups() {
                let mut dots = [0.0; Lanes::WIDTH];
                for (&component, tokens) in row.iter().zip(query.group(group)) {
                    for (dot, token) in dots.iter_mut().zip(tokens.0) {
                        *dot += component * token;
                    }
                }
                bring(dots, group, running);
            }
        }
    }
}

fn bring(dots: [f32; Lanes::WIDTH], group: usize, running: &mut Running) {
    for (lane, dot) in dots.into_iter().enumerate() {
        let maximum = &mut running.maxima[group].0[lane];
        *maximum = maximum.max(dot);
        running.check.0[lane] += dot * 0.0;
    }
}

/// Eight-bit codes: exact sums, scaled before the maximum.
pub(crate) struct Int8;

impl Block for Int8 {
    type Query = PackedInt8;
    type Value = i8;
    const ROWS: usize = 1;

    fn new(_: usize) -> Self {
        Self
    }

    unsafe fn block(&mut self, query: &PackedInt8, rows: Rows<'_, i8>, _next: *const i8, running: &mut Running) {
        for (number, (row, &scale)) in rows.values.chunks_exact(rows.dim).zip(rows.scales).enumerate() {
            for group in 0..running.maxima.len() {
                let mut sums = [0_i32; Lanes::WIDTH];
                for (codes, tokens) in row.chunks(2).zip(query.pairs(group)) {
                    let (first, second) = (i32::from(codes[0]), i32::from(*codes.get(1).unwrap_or(&0)));
                    for (sum, tokens) in sums.iter_mut().zip(tokens.0.as_chunks::<2>().0) {
                        *sum += first * i32::from(tokens[0]) + second * i32::from(tokens[1]);
                    }
                }
                for (lane, sum) in sums.into_iter().enumerate() {
                    let (product, maximum) = (sum as f32 * scale, &mut running.maxima[group].0[lane]);
                    if product > *maximum {
                        (*maximum, running.rows[group].0[lane]) = (product, (running.row + number) as u32);
                    }
                }
            }
            running.check.0[0] += scale * 0.0;
        }
    }

    unsafe fn finish(query: &PackedInt8, rows: Rows<'_, i8>, running: &mut Running) {
        refine(query, rows, running);
    }
}

pub(crate) unsafe fn residual(
    query: &PackedInt8,
    base: &[f32],
    tokens: ResidualTokens<'_>,
    documents: &[Range<usize>],
    scores: &mut [f32],
) {
    let groups = query.head().groups();
    let mut running = Running::new(groups);
    let (bytes, mask) = (tokens.bytes(), (1 << tokens.bits) - 1);
    for (document, score) in documents.iter().zip(scores) {
        running.clear(groups);
        for token in document.clone() {
            let codes = tokens.row(token);
            let weight = |component: usize| {
                let code = codes[component % bytes] >> (component / bytes * tokens.bits) & mask;
                i32::from(tokens.weights[usize::from(code)])
            };
            let weights: Vec<i32> = (0..tokens.dim).map(weight).collect();
            for group in 0..groups {
                let mut sums = [0_i32; Lanes::WIDTH];
                for (weights, queries) in weights.chunks(2).zip(query.pairs(group)) {
                    let (first, second) = (weights[0], *weights.get(1).unwrap_or(&0));
                    for (sum, queries) in sums.iter_mut().zip(queries.0.as_chunks::<2>().0) {
                        *sum += first * i32::from(queries[0]) + second * i32::from(queries[1]);
                    }
                }
                let at = (tokens.centroids[token] as usize * groups + group) * Lanes::WIDTH;
                for (lane, (sum, product)) in sums.iter().zip(&base[at..]).enumerate() {
                    let maximum = &mut running.maxima[group].0[lane];
                    *maximum = maximum.max((product + *sum as f32) * tokens.scales[token]);
                }
            }
            running.check.0[0] += tokens.scales[token] * 0.0;
        }
        *score = running.score(query.head());
    }
}

pub(crate) struct WidenBf16;

impl Widen for WidenBf16 {
    type Query = PackedBf16;
    type Value = bf16;

    unsafe fn widen(from: &[bf16], to: &mut [f32]) {
        for (from, to) in from.iter().zip(to) {
            *to = from.to_f32();
        }
    }
}

pub(crate) struct NarrowBf16;

impl Narrow for NarrowBf16 {
    unsafe fn narrow(from: &[f32], to: &mut [bf16]) {
        for (from, to) in from.iter().zip(to) {
            *to = bf16::from_f32(*from);
        }
    }
}

pub(crate) struct WidenF16;

impl Widen for WidenF16 {
    type Query = PackedQuery;
    type Value = f16;

    unsafe fn widen(from: &[f16], to: &mut [f32]) {
        for (from, to) in from.iter().zip(to) {
            *to = from.to_f32();
        }
    }
}
