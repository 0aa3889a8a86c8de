//! MaxSim on Candle tensors, on whatever device they are.
//!
//! The operations are Candle's own, so the same code serves the CPU, CUDA (feature `cuda`) and Metal (feature `metal`).
//! It is tested on the CPU; on the other two it has not been run. The number type of the tensors may be `f32`, `f16`,
//! `bf16` or `f64`; products and sums are `f32`.

pub use candle_core;

use candle_core::{D, DType, Device, Tensor};

use crate::error::{Argument, Error, Result};
use crate::tokens::check_finite;

/// MaxSim of a query and a document: the sum over the query's tokens of the largest dot product with any token of the
/// document.
///
/// * `query_tokens`: `[query tokens, dim]`.
/// * `doc_tokens`: `[document tokens, dim]`.
/// * `device`: where to compute; tensors that are elsewhere are copied there.
///
/// # Errors
///
/// [`Error::TensorShape`] for a tensor that is not two-dimensional or has no tokens or components;
/// [`Error::DimMismatch`], [`Error::NonFinite`], [`Error::Overflow`]; [`Error::Candle`] for what Candle reports.
///
/// # Source
///
/// Khattab, Zaharia: `ColBERT`: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT
/// (SIGIR 2020), equation 3.
///
/// # Example
///
/// ```
/// use candle_core::{Device, Tensor};
/// use rank_rerank::candle::maxsim_candle;
///
/// let device = Device::Cpu;
/// let query = Tensor::new(&[[1.0_f32, 0.0], [0.0, 1.0]], &device)?;
/// let document = Tensor::new(&[[0.8_f32, 0.6], [0.0, -1.0]], &device)?;
/// assert_eq!(maxsim_candle(&query, &document, &device)?, 0.8 + 0.6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn maxsim_candle(query_tokens: &Tensor, doc_tokens: &Tensor, device: &Device) -> Result<f32> {
    let (query, document) = query_and_document(query_tokens, doc_tokens, device)?;
    score(&query, &document)
}

/// MaxSim by cosine: as [`maxsim_candle`], each token being divided by its Euclidean norm first.
///
/// # Errors
///
/// As [`maxsim_candle`], and [`Error::ZeroToken`] for a token that is all zeros: it has no direction.
///
/// # Example
///
/// ```
/// use candle_core::{Device, Tensor};
/// use rank_rerank::candle::maxsim_cosine_candle;
///
/// let device = Device::Cpu;
/// let query = Tensor::new(&[[0.0_f32, 7.0]], &device)?;
/// let document = Tensor::new(&[[3.0_f32, 4.0], [5.0, 0.0]], &device)?;
/// assert_eq!(maxsim_cosine_candle(&query, &document, &device)?, 0.8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn maxsim_cosine_candle(query_tokens: &Tensor, doc_tokens: &Tensor, device: &Device) -> Result<f32> {
    let (query, document) = query_and_document(query_tokens, doc_tokens, device)?;
    score(&normalized(&query, Argument::Query)?, &normalized(&document, Argument::Document)?)
}

/// [`maxsim_candle`] of a query and many documents of one padded length.
///
/// * `query_tokens`: `[query tokens, dim]`.
/// * `doc_tokens`: `[documents, document tokens, dim]`.
/// * `mask`: `[documents, document tokens]`, of any number type: 0 where there is padding instead of a token, anything
///   else where there is a token. `None`: all are tokens.
///
/// Returns one score for each document. Padding never wins, also against negative products; its components must be
/// finite nevertheless.
///
/// # Errors
///
/// As [`maxsim_candle`], and [`Error::NoTokens`] for a document that is all padding.
///
/// # Example
///
/// ```
/// use candle_core::{Device, Tensor};
/// use rank_rerank::candle::maxsim_batch_candle;
///
/// let device = Device::Cpu;
/// let query = Tensor::new(&[[1.0_f32, 0.0]], &device)?;
/// let documents = Tensor::new(&[[[0.5_f32, 0.0], [0.9, 0.0]], [[-0.5, 0.0], [0.0, 0.0]]], &device)?;
/// let mask = Tensor::new(&[[1_u8, 1], [1, 0]], &device)?;
/// assert_eq!(maxsim_batch_candle(&query, &documents, Some(&mask), &device)?, [0.9, -0.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn maxsim_batch_candle(
    query_tokens: &Tensor,
    doc_tokens: &Tensor,
    mask: Option<&Tensor>,
    device: &Device,
) -> Result<Vec<f32>> {
    let query = tensor(query_tokens, Argument::Query, "[query tokens, dim]", 2, device)?;
    let documents = tensor(doc_tokens, Argument::Document, "[documents, document tokens, dim]", 3, device)?;
    check_dims(&query, &documents)?;
    let (count, tokens, dim) = documents.dims3()?;
    let products = documents.reshape((count * tokens, dim))?.matmul(&query.t()?)?;
    if !is_finite(&products)? {
        check_components(&query, Argument::Query)?;
        for position in 0..count {
            check_components(&documents.get(position)?, Argument::Documents(position))?;
        }
        return Err(Error::Overflow { argument: Argument::Document });
    }
    // [documents, document tokens, query tokens]
    let mut products = products.reshape((count, tokens, query.dim(0)?))?;
    if let Some(mask) = mask {
        if mask.dims() != [count, tokens] {
            let expected = "[documents, document tokens], as doc_tokens";
            return Err(Error::TensorShape { argument: Argument::Mask, expected, got: mask.dims().to_vec() });
        }
        let mask = mask.to_device(device)?.ne(0.0)?;
        let lengths = mask.to_dtype(DType::F32)?.sum(1)?.to_vec1::<f32>()?;
        if let Some(position) = lengths.iter().position(|&length| length == 0.0) {
            return Err(Error::NoTokens { argument: Argument::Documents(position) });
        }
        let padding = Tensor::full(f32::NEG_INFINITY, products.shape(), device)?;
        products = mask.unsqueeze(2)?.broadcast_as(products.shape())?.where_cond(&products, &padding)?;
    }
    Ok(products.max(1)?.sum(1)?.to_vec1()?)
}

/// Moves to the device and to `f32`.
fn tensor(tokens: &Tensor, argument: Argument, expected: &'static str, rank: usize, device: &Device) -> Result<Tensor> {
    if tokens.rank() != rank || tokens.elem_count() == 0 {
        return Err(Error::TensorShape { argument, expected, got: tokens.dims().to_vec() });
    }
    Ok(tokens.to_device(device)?.to_dtype(DType::F32)?.contiguous()?)
}

fn query_and_document(query_tokens: &Tensor, doc_tokens: &Tensor, device: &Device) -> Result<(Tensor, Tensor)> {
    let query = tensor(query_tokens, Argument::Query, "[query tokens, dim]", 2, device)?;
    let document = tensor(doc_tokens, Argument::Document, "[document tokens, dim]", 2, device)?;
    check_dims(&query, &document)?;
    Ok((query, document))
}

fn check_dims(query: &Tensor, documents: &Tensor) -> Result<()> {
    let (expected, got) = (query.dim(D::Minus1)?, documents.dim(D::Minus1)?);
    if got == expected { Ok(()) } else { Err(Error::DimMismatch { argument: Argument::Document, expected, got }) }
}

/// Zero times every value, added up, is zero unless one of them is NaN or infinite. A maximum would not tell: it may
/// drop a NaN.
fn is_finite(values: &Tensor) -> Result<bool> {
    Ok((values * 0.0)?.sum_all()?.to_scalar::<f32>()? == 0.0)
}

/// Says which component it was. Only where it is known that something is not finite: it fetches the tensor.
fn check_components(tokens: &Tensor, argument: Argument) -> Result<()> {
    check_finite(&tokens.flatten_all()?.to_vec1::<f32>()?, tokens.dim(D::Minus1)?, argument)
}

fn score(query: &Tensor, document: &Tensor) -> Result<f32> {
    let products = query.matmul(&document.t()?)?;
    if !is_finite(&products)? {
        check_components(query, Argument::Query)?;
        check_components(document, Argument::Document)?;
        return Err(Error::Overflow { argument: Argument::Document });
    }
    Ok(products.max(1)?.sum_all()?.to_scalar()?)
}

fn normalized(tokens: &Tensor, argument: Argument) -> Result<Tensor> {
    if !is_finite(tokens)? {
        check_components(tokens, argument)?;
    }
    // By the largest component first: then no square overflows, and no token but zero has norm zero.
    let largest = tokens.abs()?.max_keepdim(1)?;
    if let Some(token) = largest.flatten_all()?.to_vec1::<f32>()?.iter().position(|&largest| largest == 0.0) {
        return Err(Error::ZeroToken { argument, token });
    }
    let scaled = tokens.broadcast_div(&largest)?;
    let norms = scaled.sqr()?.sum_keepdim(1)?.sqrt()?;
    Ok(scaled.broadcast_div(&norms)?)
}
