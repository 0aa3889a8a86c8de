//! Weights of a query's tokens, for [`MaxSim::with_weights`](crate::simd::MaxSim::with_weights): what is rare, or what a
//! model attends to, counts more.
//!
//! All of these have mean 1, so that a score of unit tokens stays within ± the number of query tokens and tokens that are
//! alike weigh 1. Tokens that are no terms (`[CLS]`, markers, `[MASK]`) have no document frequency: leave them out here,
//! and give them 1.

use crate::error::{Error, Result};

fn refused(argument: &'static str, expected: String, got: String, advice: &'static str) -> Error {
    Error::Parameter { argument, expected, got, advice }
}

/// What is not negative and not all 0, divided by its mean.
fn of_mean_one(values: &[f64]) -> Vec<f32> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|value| (value / mean) as f32).collect()
}

fn idf(document_frequencies: &[u64], documents: u64) -> Result<Vec<f64>> {
    if documents == 0 {
        return Err(refused("documents", "at least 1".into(), "0".into(), "pass the size of the collection"));
    }
    let each = document_frequencies.iter().enumerate().map(|(position, &frequency)| {
        if frequency > documents {
            return Err(refused(
                "document_frequencies",
                format!("numbers of at most {documents}, that of documents"),
                format!("{frequency} at position {position}"),
                "count documents, not occurrences",
            ));
        }
        Ok((((documents - frequency) as f64 + 0.5) / (frequency as f64 + 0.5)).ln_1p())
    });
    each.collect()
}

/// Inverse document frequencies as weights: `ln(1 + (N - df + 0.5) / (df + 0.5))`, divided by their mean.
///
/// * `document_frequencies`: of each query token, in how many documents its term is; 0 for a term that is in none.
/// * `documents`: the number of documents, N, at least 1.
///
/// # Errors
///
/// [`Error::Parameter`] for a frequency above `documents`, or no documents.
///
/// # Source
///
/// The formula: Robertson, Zaragoza: The probabilistic relevance framework: BM25 and beyond (2009), with 1 added under the
/// logarithm as Lucene has it, so that no weight is negative. For MaxSim: Archish S et al.: Incorporating token importance
/// in multi-vector retrieval (2025).
///
/// # Example
///
/// ```
/// use rank_rerank::weights::idf_weights;
///
/// // "the" is in 90 of 100 documents, "zebra" in one.
/// let weights = idf_weights(&[90, 1], 100)?;
/// assert!(weights[0] < 0.1 && weights[1] > 1.9);
/// assert_eq!(idf_weights(&[7, 7], 100)?, [1.0, 1.0]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn idf_weights(document_frequencies: &[u64], documents: u64) -> Result<Vec<f32>> {
    Ok(of_mean_one(&idf(document_frequencies, documents)?))
}

/// The query's side of BM25 as weights: the inverse document frequency times `(k3 + 1) · tf / (k3 + tf)`, divided by their
/// mean. For a query whose repeated terms were made one token; tokens that stand each for themselves count without it.
///
/// * `document_frequencies`, `documents`: as for [`idf_weights`].
/// * `query_frequencies`: how often each term is in the query, at least once.
/// * `k3`: how soon repetition stops to count, at least 0; at 0 it does not count at all. 1.2 to 2 is usual.
///
/// # Errors
///
/// As [`idf_weights`]; [`Error::Parameter`] for another number of query frequencies, one of 0, or a `k3` out of range.
///
/// # Source
///
/// Robertson et al.: Okapi at TREC-3 (1994), which names it k3.
///
/// # Example
///
/// ```
/// use rank_rerank::weights::bm25_weights;
///
/// // Equally rare; the first is there three times: 2.2 · 3 / 4.2 = 1.571 to 1.
/// let weights = bm25_weights(&[5, 5], &[3, 1], 100, 1.2)?;
/// assert!((weights[0] / weights[1] - 1.571).abs() < 0.001);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn bm25_weights(
    document_frequencies: &[u64],
    query_frequencies: &[u64],
    documents: u64,
    k3: f64,
) -> Result<Vec<f32>> {
    if !(k3.is_finite() && k3 >= 0.0) {
        return Err(refused("k3", "a finite number of at least 0".into(), k3.to_string(), "1.2 is usual"));
    }
    let mut weights = idf(document_frequencies, documents)?;
    if query_frequencies.len() != weights.len() {
        return Err(refused(
            "query_frequencies",
            format!("{}, one for each document frequency", weights.len()),
            query_frequencies.len().to_string(),
            "pass one for each token",
        ));
    }
    for (position, (weight, &frequency)) in weights.iter_mut().zip(query_frequencies).enumerate() {
        if frequency == 0 {
            return Err(refused(
                "query_frequencies",
                "at least 1".into(),
                format!("0 at position {position}"),
                "leave out terms that the query does not have",
            ));
        }
        *weight *= (k3 + 1.0) * frequency as f64 / (k3 + frequency as f64);
    }
    Ok(of_mean_one(&weights))
}

/// The attention that each token of a query receives, as its weight: the mean over all rows, divided by its mean over the
/// tokens.
///
/// * `attention`: rows of `tokens` numbers, at least 0: what each position of each head attends to. All rows of all heads
///   of a layer, or only those of `[CLS]`.
///
/// # Errors
///
/// [`Error::Parameter`] for no tokens or rows, values that are no whole rows, that are negative or not finite, or all 0.
///
/// # Source
///
/// Attention received as importance: Clark, Khandelwal, Levy, Manning: What does BERT look at? (2019); as weights of query
/// tokens there is no evaluation that this crate knows of: measure it.
///
/// # Example
///
/// ```
/// use rank_rerank::weights::attention_weights;
///
/// // Two rows of three tokens: means 0.5, 0.125 and 0.375.
/// assert_eq!(attention_weights(&[0.75, 0.0, 0.25, 0.25, 0.25, 0.5], 3)?, [1.5, 0.375, 1.125]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
pub fn attention_weights(attention: &[f32], tokens: usize) -> Result<Vec<f32>> {
    let wrong = |expected: String, got: String, advice| Err(refused("attention", expected, got, advice));
    if tokens == 0 || attention.is_empty() || !attention.len().is_multiple_of(tokens) {
        return wrong(
            format!("rows of {} numbers, at least one", tokens.max(1)),
            format!("{} numbers for {tokens} tokens", attention.len()),
            "pass a row for each position that attends",
        );
    }
    let mut received = vec![0.0_f64; tokens];
    for (row, values) in attention.chunks_exact(tokens).enumerate() {
        for (token, (&value, received)) in values.iter().zip(&mut received).enumerate() {
            if !(value.is_finite() && value >= 0.0) {
                return wrong(
                    "finite numbers of at least 0".into(),
                    format!("{value} for token {token} in row {row}"),
                    "pass attention after its softmax",
                );
            }
            *received += f64::from(value);
        }
    }
    if received.iter().all(|&received| received == 0.0) {
        return wrong("attention to a token".into(), "all 0".into(), "pass attention after its softmax");
    }
    Ok(of_mean_one(&received))
}
