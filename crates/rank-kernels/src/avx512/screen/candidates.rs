//! The rows that may hold a maximum: found among products of codes, then scored.

use std::arch::x86_64::{__m512i, _mm512_cmpge_epi16_mask, _mm512_load_si512};

use super::dots::{AT_ONCE, Dots};
use super::products::{Best, Both, ORDER};
use crate::maxsim::Rows;
use crate::query::{Lanes, Line};

/// A row and a query token.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    row: u32,
    token: u8,
}

/// Of two groups of query tokens, for a document.
pub(super) struct Pair {
    pub(super) best: Best,
    /// So many more candidates may be scored.
    pub(super) left: usize,
}

/// What is found of a document for a query.
#[derive(Default)]
pub(super) struct Found {
    /// Dot products of codes, without their lowest bits: of each pair of groups those of a segment's rows.
    pub(super) products: Vec<Both>,
    pub(super) pairs: Vec<Pair>,
    /// The rows that may hold a maximum, and for which query tokens.
    rows: Vec<(u32, u32)>,
    candidates: Vec<Candidate>,
}

/// The lanes of products that belong to the first `count` of 32 tokens.
pub(super) fn valid(count: usize) -> u32 {
    if count >= 32 {
        return u32::MAX;
    }
    ORDER.iter().rev().fold(0, |valid, &token| valid << 1 | u32::from(usize::from(token) < count))
}

impl Found {
    /// For as many pairs of groups, each of which may leave so many candidates, and so many rows at a time.
    pub(super) fn begin(&mut self, pairs: usize, left: usize, rows: usize) {
        self.pairs.clear();
        self.pairs.extend((0..pairs).map(|_| Pair { best: Best::NONE, left }));
        if self.products.len() < pairs * rows {
            self.products.resize(pairs * rows, Line([0; 32]));
        }
        if self.rows.len() < rows {
            self.rows.resize(rows, (0, 0));
        }
    }

    /// The candidates whose products are the largest, which are not found again. `start` is the first row; products are
    /// those from line `at` on.
    pub(super) fn take_best(&mut self, pair: usize, at: usize, start: usize, valid: u32) {
        let products = &mut self.products[at..];
        self.candidates.clear();
        for (lane, (&row, &token)) in self.pairs[pair].best.rows.0.iter().zip(&ORDER).enumerate() {
            if row >= 0 && valid >> lane & 1 == 1 {
                products[row as usize].0[lane] = i16::MIN;
                self.candidates.push(Candidate { row: start as u32 + row as u32, token });
            }
        }
    }

    /// The candidates among `count` rows: those whose products are large enough. Returns whether they are not too many.
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) fn collect(
        &mut self,
        pair: usize,
        (at, start, count): (usize, usize, usize),
        enough: __m512i,
        valid: u32,
    ) -> bool {
        let Self { products, rows, candidates, pairs } = self;
        // First the rows that have any, without branches that nobody can predict.
        let mut few = 0;
        for (row, products) in products[at..][..count].iter().enumerate() {
            // SAFETY: `Line` is 64 bytes, aligned to 64.
            let products = unsafe { _mm512_load_si512(products.0.as_ptr().cast()) };
            let mask = _mm512_cmpge_epi16_mask(products, enough) & valid;
            rows[few] = (row as u32, mask);
            few += usize::from(mask != 0);
        }
        candidates.clear();
        for &(row, mut mask) in &rows[..few] {
            while mask != 0 {
                let token = ORDER[mask.trailing_zeros() as usize];
                candidates.push(Candidate { row: start as u32 + row, token });
                mask &= mask - 1;
            }
        }
        let left = &mut pairs[pair].left;
        let enough = *left >= candidates.len();
        *left = left.saturating_sub(candidates.len());
        enough
    }

    /// Brings the dot products of candidates into `maxima`, whose first group is `first`.
    ///
    /// # Safety
    ///
    /// The machine has AVX-512 F, BW and VL, and what `D` needs; rows have as many values as the query has components;
    /// the candidates are rows of them and tokens of these groups.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    pub(super) unsafe fn score<D: Dots>(
        &self,
        query: &D::Query,
        first: usize,
        rows: Rows<'_, D::Value>,
        maxima: &mut [Lanes],
    ) {
        for candidates in self.candidates.chunks(AT_ONCE) {
            // Those that are missing to a whole number are done again.
            let last = candidates.len() - 1;
            let them = [candidates[0], candidates[last.min(1)], candidates[last.min(2)], candidates[last.min(3)]];
            let mut pairs = [(0, std::ptr::null()); AT_ONCE];
            for (pair, Candidate { row, token }) in pairs.iter_mut().zip(them) {
                let row = &rows.values[row as usize * rows.dim..][..rows.dim];
                *pair = (first * Lanes::WIDTH + usize::from(token), row.as_ptr());
            }
            // SAFETY: the caller vouches for the instruction set; rows have `dim` values, and the query these tokens.
            let dots = unsafe {
                if rows.dim == 128 { D::dots::<128>(query, pairs, 128) } else { D::dots::<0>(query, pairs, rows.dim) }
            };
            for (Candidate { token, .. }, dot) in them.into_iter().zip(dots) {
                let token = usize::from(token);
                let maximum = &mut maxima[token / Lanes::WIDTH].0[token % Lanes::WIDTH];
                *maximum = maximum.max(dot);
            }
        }
    }
}
