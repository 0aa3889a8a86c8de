//! Many documents, many queries, many threads.

use std::collections::BinaryHeap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use rank_kernels::TopScores;
use rank_kernels::half::{bf16, f16};

use super::MaxSim;
use super::batch::{Components, Documents, TokenBatch};
use super::vectors::normalize;
use crate::error::{Argument, Error, Result};
use crate::tokens::check_finite;

/// In what precision documents are scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Precision {
    /// As they are stored.
    #[default]
    Stored,
    /// Rounded to `bf16` on the way, for speed: scores of unit tokens change by about 5 · 10⁻⁴ of their value.
    Bf16,
    /// For documents of sign bits: of the query, as well, the signs alone count. Faster, and ranks less well.
    Signs,
}

impl Precision {
    fn name(self) -> &'static str {
        match self {
            Self::Stored => "none",
            Self::Bf16 => "bf16",
            Self::Signs => "signs",
        }
    }
}

/// How a call is to go about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scoring {
    /// The precision.
    pub precision: Precision,
    /// How many threads share the documents, the caller's among them; 0: as many as the machine has. They end with the
    /// call. A score is the same bits for any number.
    pub threads: usize,
}

impl Default for Scoring {
    fn default() -> Self {
        Self { precision: Precision::Stored, threads: 1 }
    }
}

/// Documents that a thread takes at once are of so many tokens, together, or one.
const TOKENS_AT_ONCE: usize = 4096;

/// MaxSim of all queries and all documents.
///
/// Returns the scores of the first query for each document, then those of the next. A document meets all queries while
/// it is in the cache.
///
/// # Errors
///
/// As [`MaxSim::score_tokens`]; [`Error::MixedQueries`].
///
/// # Example
///
/// ```
/// use rank_rerank::simd::{Components, MaxSim, Scoring, TokenBatch, maxsim_matrix};
///
/// let queries = [MaxSim::new(&[[1.0, 0.0]])?, MaxSim::new(&[[0.0, 1.0], [1.0, 1.0]])?];
/// let documents = TokenBatch::flat(Components::F32(&[3.0, 1.0, 2.0, 5.0, -1.0, 0.0]), 2, &[0, 2, 3])?;
/// let scores = maxsim_matrix(&queries, &documents, Scoring::default())?;
/// assert_eq!(scores, [3.0, -1.0, 5.0 + 7.0, 0.0 - 1.0]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn maxsim_matrix(queries: &[MaxSim], documents: &TokenBatch<'_>, scoring: Scoring) -> Result<Vec<f32>> {
    maxsim_matrix_range(queries, documents, 0..documents.documents(), scoring)
}

/// [`maxsim_matrix`] of some of the documents, so that long work can be done a piece at a time.
///
/// # Errors
///
/// As [`maxsim_matrix`].
///
/// # Panics
///
/// If the range reaches beyond the documents.
pub fn maxsim_matrix_range(
    queries: &[MaxSim],
    documents: &TokenBatch<'_>,
    range: Range<usize>,
    scoring: Scoring,
) -> Result<Vec<f32>> {
    assert!(range.start <= range.end && range.end <= documents.documents(), "a range of the documents");
    matrix_top(queries, documents, range, scoring, &mut [])
}

/// [`maxsim_matrix_range`] for the best documents alone: `top` are the best scores of each query so far, or none at all.
/// A score that is below the bar there may be another that is below it.
pub(crate) fn matrix_top(
    queries: &[MaxSim],
    documents: &TokenBatch<'_>,
    range: Range<usize>,
    scoring: Scoring,
    top: &mut [TopScores],
) -> Result<Vec<f32>> {
    let queries: Vec<&MaxSim> = queries.iter().collect();
    scores(&queries, documents, (range.start, range.end), scoring, top)
}

/// Of the documents from `start` to `end`.
fn scores(
    queries: &[&MaxSim],
    batch: &TokenBatch<'_>,
    (start, end): (usize, usize),
    scoring: Scoring,
    top: &mut [TopScores],
) -> Result<Vec<f32>> {
    check(queries, batch, scoring.precision)?;
    let count = end - start;
    let mut scores = vec![0.0; queries.len() * count];
    let threads = match scoring.threads {
        0 => thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    if threads == 1 {
        part(queries, batch, (start, end), scoring.precision, top, &mut scores)?;
    } else {
        shared(queries, batch, (start, end), scoring.precision, threads, top, &mut scores)?;
        for (top, scores) in top.iter_mut().zip(scores.chunks_exact(count.max(1))) {
            for &score in scores {
                top.meet(score);
            }
        }
    }
    // Unlikely, and only now worth a look at the document.
    if let Some(place) = scores.iter().position(|score| !score.is_finite()) {
        return Err(reason(batch, start + place % count));
    }
    Ok(scores)
}

fn check(queries: &[&MaxSim], batch: &TokenBatch<'_>, precision: Precision) -> Result<()> {
    for (position, query) in queries.iter().enumerate() {
        query.check_dim(batch.dim, Argument::Values)?;
        if query.cosine != queries[0].cosine {
            return Err(Error::MixedQueries { position });
        }
    }
    let each: &[Components<'_>] = match &batch.documents {
        Documents::Flat { components, .. } => std::slice::from_ref(components),
        Documents::Each(documents) => documents,
    };
    for components in each {
        let fits = match precision {
            Precision::Stored => true,
            Precision::Bf16 => matches!(components, Components::F32(_)),
            Precision::Signs => matches!(components, Components::Binary(_)),
        };
        if !fits {
            return Err(Error::Precision { stored: components.name(), got: precision.name() });
        }
        let expected = rank_kernels::PackedInt8::MAX_DIM;
        if matches!(components, Components::Int8 { .. } | Components::Binary(_)) && batch.dim > expected {
            return Err(Error::TooManyComponents { argument: Argument::Values, expected, got: batch.dim });
        }
    }
    Ok(())
}

/// Threads take documents, some at a time, as they are ready for more.
fn shared(
    queries: &[&MaxSim],
    batch: &TokenBatch<'_>,
    (start, end): (usize, usize),
    precision: Precision,
    threads: usize,
    top: &[TopScores],
    scores: &mut [f32],
) -> Result<()> {
    let total: usize = match &batch.documents {
        Documents::Flat { offsets, .. } => offsets[end] - offsets[start],
        Documents::Each(documents) => documents[start..end].iter().map(|document| document.len() / batch.dim).sum(),
    };
    let at_once = (TOKENS_AT_ONCE * (end - start) / total.max(1)).max(1);
    let next = AtomicUsize::new(start);
    let done = Mutex::new(Vec::new());
    let work = || {
        // Each thread has its own: what it leaves has met enough that are better.
        let mut top = top.to_vec();
        loop {
            let from = next.fetch_add(at_once, Ordering::Relaxed);
            if from >= end {
                break;
            }
            let to = end.min(from + at_once);
            let mut scores = vec![0.0; queries.len() * (to - from)];
            let result = part(queries, batch, (from, to), precision, &mut top, &mut scores);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((from, to, result.map(|()| scores)));
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.min((end - start).div_ceil(at_once)) {
            // Where the system gives no more threads, those that there are do the work.
            if thread::Builder::new().spawn_scoped(scope, work).is_err() {
                break;
            }
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    // So that of several errors the first document's is told.
    done.sort_unstable_by_key(|(from, ..)| *from);
    for (from, to, part) in done {
        let part = part?;
        for (number, part) in part.chunks_exact(to - from).enumerate() {
            scores[number * (end - start) + from - start..][..to - from].copy_from_slice(part);
        }
    }
    Ok(())
}

/// Documents from `start` to `end`, on this thread: query by query into `scores`.
fn part(
    queries: &[&MaxSim],
    batch: &TokenBatch<'_>,
    (start, end): (usize, usize),
    precision: Precision,
    top: &mut [TopScores],
    scores: &mut [f32],
) -> Result<()> {
    let cosine = queries.first().is_some_and(|query| query.cosine);
    match &batch.documents {
        Documents::Flat { components, offsets } if !cosine => {
            kernel(queries, *components, &offsets[start..=end], precision, top, scores)?;
        }
        _ => {
            let mut one = vec![0.0; queries.len()];
            for position in start..end {
                let document = batch.document(position);
                let offsets = [0, document.len() / batch.dim];
                if position + 1 < end {
                    batch.document(position + 1).prefetch();
                }
                if cosine {
                    unit_document(queries, document, (batch.dim, position), precision, top, &mut one)?;
                } else {
                    kernel(queries, document, &offsets, precision, top, &mut one)?;
                }
                for (number, &score) in one.iter().enumerate() {
                    scores[number * (end - start) + position - start] = score;
                }
            }
        }
    }
    Ok(())
}

fn kernel(
    queries: &[&MaxSim],
    components: Components<'_>,
    offsets: &[usize],
    precision: Precision,
    top: &mut [TopScores],
    scores: &mut [f32],
) -> Result<()> {
    let Some(kernels) = queries.first().map(|query| query.kernels) else { return Ok(()) };
    let wide = || queries.iter().map(|query| &query.query).collect::<Vec<_>>();
    let half = || queries.iter().map(|query| query.bf16()).collect::<Vec<_>>();
    match components {
        Components::F32(values) if precision == Precision::Bf16 => {
            kernels.maxsim_rounded_top(&half(), values, offsets, top, scores);
        }
        Components::F32(values) => kernels.maxsim_top(&wide(), values, offsets, top, scores),
        Components::F16(values) => kernels.maxsim_f16_top(&wide(), values, offsets, top, scores),
        Components::Bf16(values) => kernels.maxsim_bf16_top(&half(), values, offsets, top, scores),
        Components::Int8 { codes, scales } => {
            let queries: Vec<_> = queries.iter().map(|query| query.int8()).collect();
            kernels.maxsim_int8(&queries, codes, scales, offsets, scores);
        }
        Components::Binary(bits) if precision == Precision::Signs => {
            let queries: Vec<_> = queries.iter().map(|query| query.signs()).collect();
            kernels.maxsim_signs(&queries, bits, offsets, scores);
        }
        Components::Binary(bits) => {
            let queries: Vec<_> = queries.iter().map(|query| query.int8()).collect();
            kernels.maxsim_binary(&queries, bits, offsets, scores);
        }
        Components::Residual(encoded) => {
            let documents: Vec<Range<usize>> = offsets.windows(2).map(|pair| pair[0]..pair[1]).collect();
            for (query, scores) in queries.iter().zip(scores.chunks_mut(documents.len().max(1))) {
                let query = query.compressed(encoded.codec())?;
                let (centroids, codes, scales) = (encoded.centroids(), encoded.codes(), encoded.scales());
                scores.copy_from_slice(&query.scores(encoded.codec(), centroids, codes, scales, &documents));
            }
        }
    }
    Ok(())
}

/// One document whose tokens are divided by their norms first.
fn unit_document(
    queries: &[&MaxSim],
    document: Components<'_>,
    (dim, position): (usize, usize),
    precision: Precision,
    top: &mut [TopScores],
    scores: &mut [f32],
) -> Result<()> {
    let argument = Argument::Documents(position);
    let offsets = [0, document.len() / dim];
    if let Components::Int8 { codes, .. } = document {
        // A code's scale is the same for all components of a token, so that it falls out.
        let scales = codes.chunks_exact(dim).enumerate().map(|(token, codes)| {
            let squares: u64 = codes.iter().map(|&code| u64::from(code.unsigned_abs()).pow(2)).sum();
            if squares == 0 { Err(Error::ZeroToken { argument, token }) } else { Ok(1.0 / (squares as f64).sqrt()) }
        });
        let scales: Vec<f32> = scales.map(|scale| scale.map(|scale| scale as f32)).collect::<Result<_>>()?;
        kernel(queries, Components::Int8 { codes, scales: &scales }, &offsets, Precision::Stored, top, scores)?;
        return Ok(());
    }
    if let Components::Binary(_) = document {
        kernel(queries, document, &offsets, precision, top, scores)?;
        // The norm of a document's token, and that of a query's if it is of signs too.
        let norm = if precision == Precision::Signs { dim as f32 } else { (dim as f32).sqrt() };
        for score in scores {
            *score /= norm;
        }
        return Ok(());
    }
    let mut values: Vec<f32> = match document {
        Components::F32(values) => values.to_vec(),
        Components::F16(values) => values.iter().map(|value| value.to_f32()).collect(),
        Components::Bf16(values) => values.iter().map(|value| value.to_f32()).collect(),
        // The norm of what is decoded is known to little more than its scale: it is taken of what it is.
        Components::Residual(encoded) => encoded.decode(),
        Components::Int8 { .. } | Components::Binary(_) => Vec::new(),
    };
    for (token, components) in values.chunks_exact_mut(dim).enumerate() {
        normalize(components, argument, token)?;
    }
    kernel(queries, Components::F32(&values), &offsets, Precision::Stored, top, scores)
}

/// Why a document has no finite score.
fn reason(batch: &TokenBatch<'_>, position: usize) -> Error {
    let argument = Argument::Documents(position);
    let document = batch.document(position);
    if document.len() == 0 {
        return Error::NoTokens { argument };
    }
    let finite = match document {
        Components::F32(values) => check_finite(values, batch.dim, argument),
        Components::F16(values) => check_half(values, f16::to_f32, batch.dim, argument),
        Components::Bf16(values) => check_half(values, bf16::to_f32, batch.dim, argument),
        Components::Int8 { scales, .. } => check_finite(scales, 1, argument),
        Components::Residual(encoded) => check_finite(encoded.scales(), 1, argument),
        Components::Binary(_) => Ok(()),
    };
    finite.err().unwrap_or(Error::Overflow { argument })
}

fn check_half<T: Copy>(values: &[T], wide: impl Fn(T) -> f32, dim: usize, argument: Argument) -> Result<()> {
    let wide: Vec<f32> = values.iter().map(|&value| wide(value)).collect();
    check_finite(&wide, dim, argument)
}

/// A score and its document, ordered as a ranked list is: score descending, then position ascending.
#[derive(PartialEq)]
struct Ranked(f32, usize);

impl Eq for Ranked {}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.total_cmp(&self.0).then(self.1.cmp(&other.1))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The best `k` scores and their positions, best first; equal scores by position. O(n log k).
///
/// # Example
///
/// ```
/// assert_eq!(rank_rerank::simd::best([0.5, 2.0, 1.0, 2.0], 3), [(1, 2.0), (3, 2.0), (2, 1.0)]);
/// ```
pub fn best(scores: impl IntoIterator<Item = f32>, k: usize) -> Vec<(usize, f32)> {
    // The worst of the best on top.
    let mut kept = BinaryHeap::with_capacity(k.min(1 << 16) + 1);
    for (position, score) in scores.into_iter().enumerate() {
        let entry = Ranked(score, position);
        if kept.len() < k {
            kept.push(entry);
        } else if kept.peek().is_some_and(|worst| entry < *worst) {
            kept.pop();
            kept.push(entry);
        }
    }
    kept.into_sorted_vec().into_iter().map(|Ranked(score, position)| (position, score)).collect()
}

impl MaxSim {
    /// The scores of many documents, whatever their type and wherever they lie.
    ///
    /// # Errors
    ///
    /// [`Error::DimMismatch`], [`Error::Precision`], [`Error::TooManyComponents`]; by document [`Error::NoTokens`],
    /// [`Error::NonFinite`], [`Error::Overflow`], and with [`cosine`](Self::cosine) [`Error::ZeroToken`].
    pub fn score_tokens(&self, documents: &TokenBatch<'_>, scoring: Scoring) -> Result<Vec<f32>> {
        self.score_range(documents, 0..documents.documents(), scoring)
    }

    /// [`score_tokens`](Self::score_tokens) of some of the documents, so that long work can be done a piece at a time.
    ///
    /// # Errors
    ///
    /// As [`score_tokens`](Self::score_tokens).
    ///
    /// # Panics
    ///
    /// If the range reaches beyond the documents.
    pub fn score_range(&self, documents: &TokenBatch<'_>, range: Range<usize>, scoring: Scoring) -> Result<Vec<f32>> {
        assert!(range.start <= range.end && range.end <= documents.documents(), "a range of the documents");
        scores(&[self], documents, (range.start, range.end), scoring, &mut [])
    }

    /// The `k` best documents by their position, and their scores, best first; equal scores by position. All documents
    /// if there are no more than `k`. A document that certainly is none of them is left early.
    ///
    /// # Errors
    ///
    /// As [`score_tokens`](Self::score_tokens).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_rerank::simd::{Components, MaxSim, Scoring, TokenBatch};
    ///
    /// let query = MaxSim::new(&[[1.0, 0.0]])?;
    /// let documents = TokenBatch::flat(Components::F32(&[0.6, 0.8, 1.0, 0.0, 0.6, -0.8]), 2, &[0, 1, 2, 3])?;
    /// assert_eq!(query.top_k(&documents, 2, Scoring::default())?, [(1, 1.0), (0, 0.6)]);
    /// # Ok::<(), rank_rerank::Error>(())
    /// ```
    pub fn top_k(&self, documents: &TokenBatch<'_>, k: usize, scoring: Scoring) -> Result<Vec<(usize, f32)>> {
        let mut top = [TopScores::new(k)];
        let top = if k < documents.documents() { &mut top[..] } else { &mut [] };
        Ok(best(scores(&[self], documents, (0, documents.documents()), scoring, top)?, k))
    }
}
