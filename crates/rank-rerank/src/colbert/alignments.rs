//! Which token of a document each token of a query found, and what that was worth.

use std::borrow::Cow;

use rank_kernels::half::bf16;
use rank_kernels::{quantize, try_kernels};

use crate::error::{Argument, Error, Result};
use crate::simd::{Components, MaxSim, Precision, Scoring, TokenBatch, normalize, quantize_int8};
use crate::store::widen;
use crate::tokens::{Tokens, gather};

/// A token of the query and the token of the document that it found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alignment {
    /// The token of the query.
    pub query_token: usize,
    /// The token of the document with the largest similarity; of equals, to rounding, the first.
    pub doc_token: usize,
    /// That similarity: the dot product or cosine that the score adds up.
    pub similarity: f32,
    /// What it adds to the score: the similarity times the weight of the query token. All of a query's, added up in their
    /// order and rounded to `f32`, are the score, to the bit.
    pub contribution: f64,
    /// The contribution divided by the score: all add up to 1. NaN for a score of 0.
    pub share: f64,
}

/// A score, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The score of the document.
    pub score: f32,
    /// One for each token of the query, in their order.
    pub alignments: Vec<Alignment>,
}

/// For each token of the query the token of the document that it found.
///
/// # Errors
///
/// As [`maxsim`](crate::simd::maxsim).
///
/// # Example
///
/// ```
/// use rank_rerank::colbert::alignments;
///
/// let found = alignments(&[[1.0, 0.0], [0.0, 1.0]], &[[0.0, 0.5], [3.0, -1.0]])?;
/// assert_eq!((found[0].doc_token, found[0].similarity), (1, 3.0));
/// assert_eq!((found[1].doc_token, found[1].similarity), (0, 0.5));
/// assert_eq!(found[1].share, 0.5 / 3.5);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn alignments<Q: Tokens + ?Sized, D: Tokens + ?Sized>(query_tokens: &Q, doc_tokens: &D) -> Result<Vec<Alignment>> {
    let (values, dim) = gather(doc_tokens, Argument::Document)?;
    let query = MaxSim::new(query_tokens)?;
    Ok(explain(&query, Components::F32(&values), dim, Scoring::default())?.alignments)
}

/// The score of a document, taken apart: by dot product or cosine and with the weights that `query` has, in the type and
/// the precision that the document is scored in.
///
/// * `dim`: the number of components of each token of the document.
///
/// # Errors
///
/// As [`MaxSim::score_tokens`].
///
/// # Example
///
/// ```
/// use rank_rerank::colbert::explain;
/// use rank_rerank::simd::{Components, MaxSim, Scoring};
///
/// let query = MaxSim::new(&[[1.0, 0.0], [0.0, 1.0]])?.with_weights(&[2.0, 1.0])?;
/// let explanation = explain(&query, Components::F32(&[1.0, 0.0, 0.0, 0.5]), 2, Scoring::default())?;
/// assert_eq!(explanation.score, 2.5);
/// assert_eq!(explanation.alignments[0].contribution, 2.0);
/// assert_eq!(explanation.alignments[0].share, 0.8);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn explain(query: &MaxSim, document: Components<'_>, dim: usize, scoring: Scoring) -> Result<Explanation> {
    // Says also what is wrong.
    let batch = TokenBatch::each(vec![document], dim)?;
    let score = query.score_tokens(&batch, scoring).map_err(of_document)?.first().copied().unwrap_or_default();
    let (similarities, maxima, factors) = if let Components::Int8 { codes, scales } = document {
        products_of_codes(query, codes, scales, dim)
    } else {
        (products(query, document, dim, scoring)?, maxima(query, &batch, scoring)?, vec![1.0; query.tokens()])
    };
    let tokens = document.len() / dim;
    let weight = |token: usize| query.weights().get(token).map_or(1.0, |&weight| f64::from(weight));
    let mut found: Vec<Alignment> = similarities
        .chunks_exact(tokens)
        .enumerate()
        .map(|(query_token, similarities)| {
            let (doc_token, maximum) = (first_largest(similarities).0, maxima[query_token]);
            Alignment {
                query_token,
                doc_token,
                similarity: (f64::from(maximum) * factors[query_token]) as f32,
                contribution: f64::from(maximum) * (factors[query_token] * weight(query_token)),
                share: 0.0,
            }
        })
        .collect();
    let total: f64 = found.iter().map(|alignment| alignment.contribution).sum();
    for alignment in &mut found {
        alignment.share = if total == 0.0 { f64::NAN } else { alignment.contribution / total };
    }
    Ok(Explanation { score, alignments: found })
}

/// An error in the only document of a batch, by its own name.
fn of_document(error: Error) -> Error {
    let name = |argument| if argument == Argument::Documents(0) { Argument::Document } else { argument };
    match error {
        Error::NoTokens { argument } => Error::NoTokens { argument: name(argument) },
        Error::NonFinite { argument, token, value } => Error::NonFinite { argument: name(argument), token, value },
        Error::ZeroToken { argument, token } => Error::ZeroToken { argument: name(argument), token },
        Error::Overflow { argument } => Error::Overflow { argument: name(argument) },
        Error::DimMismatch { argument: Argument::Values, expected, got } => {
            Error::DimMismatch { argument: Argument::Document, expected, got }
        }
        other => other,
    }
}

fn first_largest(similarities: &[f32]) -> (usize, f32) {
    let mut best = (0, f32::NEG_INFINITY);
    for (token, &similarity) in similarities.iter().enumerate() {
        if similarity > best.1 {
            best = (token, similarity);
        }
    }
    best
}

/// The maximum of each token of the query, as the kernels come to it: the score of the query in which all others weigh
/// nothing.
fn maxima(query: &MaxSim, document: &TokenBatch<'_>, scoring: Scoring) -> Result<Vec<f32>> {
    let mut weights = vec![0.0; query.tokens()];
    let mut maxima = Vec::with_capacity(weights.len());
    for token in 0..weights.len() {
        weights[token] = 1.0;
        maxima.extend(query.clone().with_weights(&weights)?.score_tokens(document, scoring)?);
        weights[token] = 0.0;
    }
    Ok(maxima)
}

/// All products of a token of the query and one of the document, rounded as they are for the score: to tell which is the
/// largest.
fn products(query: &MaxSim, document: Components<'_>, dim: usize, scoring: Scoring) -> Result<Vec<f32>> {
    let rounded = |values: &[f32]| values.iter().map(|&value| bf16::from_f32(value).to_f32()).collect();
    let mut query_values = Cow::Borrowed(query.values());
    let mut values = widen(document, dim);
    if matches!(document, Components::Binary(_)) {
        // Signs are of one norm.
        query_values = Cow::Owned(if scoring.precision == Precision::Signs {
            query_values.iter().map(|&value| if value > 0.0 { 1.0 } else { -1.0 }).collect()
        } else {
            widen_query(query.values(), dim)?
        });
    } else if query.is_cosine() {
        for (token, components) in values.to_mut().chunks_exact_mut(dim).enumerate() {
            normalize(components, Argument::Document, token)?;
        }
    } else if matches!(document, Components::Bf16(_)) || scoring.precision == Precision::Bf16 {
        query_values = Cow::Owned(rounded(&query_values));
        values = Cow::Owned(rounded(&values));
    }
    let rows: Vec<usize> = (0..values.len() / dim).collect();
    let mut products = vec![0.0; query.tokens() * rows.len()];
    for (token, products) in query_values.chunks_exact(dim).zip(products.chunks_exact_mut(rows.len())) {
        try_kernels()?.dots(token, &values, &rows, products);
    }
    Ok(products)
}

/// The same for codes, whose sums are exact: of each pair the sum times the scale of the document's token; the largest
/// with what the query's codes lack; and the scales of the query's tokens, which the kernels multiply with after that.
fn products_of_codes(query: &MaxSim, codes: &[i8], scales: &[f32], dim: usize) -> (Vec<f32>, Vec<f32>, Vec<f64>) {
    let mut query_codes = vec![0; query.values().len()];
    let mut factors = vec![0.0; query.tokens()];
    quantize(query.values(), dim, &mut query_codes, &mut factors);
    let unit = |codes: &[i8]| {
        let squares: u64 = codes.iter().map(|&code| u64::from(code.unsigned_abs()).pow(2)).sum();
        (1.0 / (squares as f64).sqrt()) as f32
    };
    let rows: Vec<(&[i8], f32)> = codes
        .chunks_exact(dim)
        .zip(scales)
        .map(|(codes, &scale)| (codes, if query.is_cosine() { unit(codes) } else { scale }))
        .collect();
    let mut products = Vec::with_capacity(factors.len() * scales.len());
    let mut maxima = Vec::with_capacity(factors.len());
    for (token, query_codes) in query_codes.chunks_exact(dim).enumerate() {
        let from = products.len();
        for (codes, scale) in &rows {
            let sum: i32 = query_codes.iter().zip(*codes).map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
            products.push(sum as f32 * scale);
        }
        let (row, product) = first_largest(&products[from..]);
        maxima.push(query.int8().refined(token, product, rows[row].0, rows[row].1));
    }
    (products, maxima, factors.into_iter().map(f64::from).collect())
}

/// The tokens of the document that were found with a similarity of at least `min_similarity`, ascending, each once: what
/// to highlight.
pub fn highlights(alignments: &[Alignment], min_similarity: f32) -> Vec<usize> {
    let found = alignments.iter().filter(|alignment| alignment.similarity >= min_similarity);
    let mut tokens: Vec<usize> = found.map(|alignment| alignment.doc_token).collect();
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

/// The tokens of a document that a query found with a similarity of at least `min_similarity`, ascending, each once.
///
/// # Errors
///
/// As [`alignments`].
///
/// # Example
///
/// ```
/// use rank_rerank::colbert::highlight;
///
/// let doc_tokens = [[0.0, 0.5], [0.6, 0.8], [1.0, 0.0]];
/// assert_eq!(highlight(&[[1.0, 0.0], [0.0, 1.0]], &doc_tokens, 0.9)?, [2]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn highlight<Q: Tokens + ?Sized, D: Tokens + ?Sized>(
    query_tokens: &Q,
    doc_tokens: &D,
    min_similarity: f32,
) -> Result<Vec<usize>> {
    Ok(highlights(&alignments(query_tokens, doc_tokens)?, min_similarity))
}

/// A piece of a text that a query found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Highlight {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The largest similarity of its tokens.
    pub similarity: f32,
}

/// The pieces of the document's text whose tokens were found with a similarity of at least `min_similarity`, ascending.
/// Tokens that follow one another, or whose pieces overlap, make one piece.
///
/// * `offsets`: of each token of the document where its piece of the text begins and ends, in bytes or characters as the
///   tokenizer has it; empty for a token without text, such as `[CLS]`, which is never highlighted.
///
/// # Errors
///
/// [`Error::TokenOffsets`] if there are fewer offsets than tokens, or one ends before it begins.
///
/// # Example
///
/// ```
/// use rank_rerank::colbert::{Highlight, alignments, highlight_spans};
///
/// let found = alignments(&[[1.0, 0.0], [0.0, 1.0]], &[[0.1, 0.0], [0.9, 0.0], [0.0, 0.8]])?;
/// // "[CLS] New York"
/// let spans = highlight_spans(&found, &[(0, 0), (0, 3), (4, 8)], 0.5)?;
/// assert_eq!(spans, [Highlight { start: 0, end: 8, similarity: 0.9 }]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn highlight_spans(
    alignments: &[Alignment],
    offsets: &[(usize, usize)],
    min_similarity: f32,
) -> Result<Vec<Highlight>> {
    if let Some(token) = offsets.iter().position(|(start, end)| start > end) {
        return Err(Error::TokenOffsets { expected: "start <= end", token });
    }
    let mut spans: Vec<(usize, Highlight)> = Vec::new();
    for token in highlights(alignments, min_similarity) {
        let &(start, end) =
            offsets.get(token).ok_or(Error::TokenOffsets { expected: "one for each token of the document", token })?;
        let of_token = alignments.iter().filter(|alignment| alignment.doc_token == token);
        let similarity = of_token.map(|alignment| alignment.similarity).fold(f32::NEG_INFINITY, f32::max);
        if start == end {
            continue;
        }
        match spans.last_mut() {
            Some((last, span)) if *last + 1 == token || start < span.end => {
                *last = token;
                span.start = span.start.min(start);
                span.end = span.end.max(end);
                span.similarity = span.similarity.max(similarity);
            }
            _ => spans.push((token, Highlight { start, end, similarity })),
        }
    }
    Ok(spans.into_iter().map(|(_, span)| span).collect())
}

/// Where the patches of an image lie that is cut into `per_side` by `per_side` of them, row by row, as vision models cut
/// it: x, y, width and height of each in pixels.
///
/// # Errors
///
/// [`Error::Patch`] if a patch is beyond the image.
///
/// # Example
///
/// ```
/// use rank_rerank::colbert::patches_to_regions;
///
/// // Patch 5 of 4 by 4 is the second of the second row.
/// assert_eq!(patches_to_regions(&[5], 640, 480, 4)?, [(160, 120, 160, 120)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn patches_to_regions(
    patches: &[usize],
    width: usize,
    height: usize,
    per_side: usize,
) -> Result<Vec<(usize, usize, usize, usize)>> {
    // The pixels of an image that does not divide evenly are spread, so that regions cover it all.
    let edges = |length: usize, at: usize| (length * at / per_side, length * (at + 1) / per_side);
    patches
        .iter()
        .map(|&patch| {
            if patch >= per_side * per_side {
                return Err(Error::Patch { patches: per_side * per_side, got: patch });
            }
            let ((left, right), (top, bottom)) = (edges(width, patch % per_side), edges(height, patch / per_side));
            Ok((left, top, right - left, bottom - top))
        })
        .collect()
}

/// A query's components as documents of eight bits, or one, meet them.
fn widen_query(values: &[f32], dim: usize) -> Result<Vec<f32>> {
    let (codes, scales) = quantize_int8(values, dim)?;
    Ok(widen(Components::Int8 { codes: &codes, scales: &scales }, dim).into_owned())
}
