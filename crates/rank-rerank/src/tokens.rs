//! Token vectors: what a query or a document is to MaxSim.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use rank_kernels::{try_kernels, vectorized};

use crate::error::{Argument, Error, Result};

/// The token vectors of a query or a document.
///
/// Nested vectors (`Vec<Vec<f32>>`, arrays and slices of such) are read token by token; a [`TokenMatrix`] or a
/// [`TokensRef`] lies flat in memory, and is read in place.
pub trait Tokens {
    /// The number of tokens.
    fn tokens(&self) -> usize;

    /// The components of one token, counted from 0.
    fn token(&self, index: usize) -> &[f32];

    /// All tokens, one after the other, if they lie so, and the number of components of each.
    fn flat(&self) -> Option<(&[f32], usize)> {
        None
    }
}

macro_rules! nested {
    ($($(#[$docs:meta])* [$($generics:tt)*] $type:ty),*) => {$(
        impl<$($generics)*> Tokens for $type {
            fn tokens(&self) -> usize {
                self.len()
            }
            fn token(&self, index: usize) -> &[f32] {
                self[index].as_ref()
            }
        }
    )*};
}
nested!([R: AsRef<[f32]>] [R], [R: AsRef<[f32]>] Vec<R>, [R: AsRef<[f32]>, const N: usize] [R; N]);

macro_rules! pointer {
    ($($type:ty),*) => {$(
        impl<T: Tokens + ?Sized> Tokens for $type {
            fn tokens(&self) -> usize {
                (**self).tokens()
            }
            fn token(&self, index: usize) -> &[f32] {
                (**self).token(index)
            }
            fn flat(&self) -> Option<(&[f32], usize)> {
                (**self).flat()
            }
        }
    )*};
}
pointer!(&T, Arc<T>, Rc<T>, Box<T>);

/// Token vectors that lie flat in memory, one after the other, and are owned.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenMatrix {
    values: Vec<f32>,
    dim: usize,
}

impl TokenMatrix {
    /// Takes `values`, token after token, each of `dim` components.
    ///
    /// # Errors
    ///
    /// [`Error::NoComponents`] if `dim` is 0, [`Error::PartialToken`] if it does not divide the number of values.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_rerank::{TokenMatrix, Tokens};
    ///
    /// let tokens = TokenMatrix::new(vec![1.0, 0.0, 0.6, 0.8], 2)?;
    /// assert_eq!(tokens.tokens(), 2);
    /// assert_eq!(tokens.token(1), [0.6, 0.8]);
    /// # Ok::<(), rank_rerank::Error>(())
    /// ```
    pub fn new(values: Vec<f32>, dim: usize) -> Result<Self> {
        TokensRef::new(&values, dim)?;
        Ok(Self { values, dim })
    }

    /// Copies tokens, one vector each.
    ///
    /// # Errors
    ///
    /// [`Error::NoTokens`] if there are none, [`Error::NoComponents`] if the first is empty, [`Error::RaggedTokens`] if
    /// another has a different length.
    pub fn from_tokens<T: Tokens + ?Sized>(tokens: &T) -> Result<Self> {
        let (values, dim) = gather(tokens, Argument::Tokens)?;
        Ok(Self { values: values.into_owned(), dim })
    }

    /// A view of all tokens.
    pub fn view(&self) -> TokensRef<'_> {
        TokensRef { values: &self.values, dim: self.dim }
    }

    /// The components of all tokens, one after the other.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The number of components of each token.
    pub fn dim(&self) -> usize {
        self.dim
    }
}

impl TryFrom<Vec<Vec<f32>>> for TokenMatrix {
    type Error = Error;

    fn try_from(tokens: Vec<Vec<f32>>) -> Result<Self> {
        Self::from_tokens(&tokens)
    }
}

impl Tokens for TokenMatrix {
    fn tokens(&self) -> usize {
        self.view().tokens()
    }
    fn token(&self, index: usize) -> &[f32] {
        &self.values[index * self.dim..][..self.dim]
    }
    fn flat(&self) -> Option<(&[f32], usize)> {
        Some((&self.values, self.dim))
    }
}

/// Token vectors that lie flat in someone else's memory: a NumPy array, a mapped file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TokensRef<'a> {
    values: &'a [f32],
    dim: usize,
}

impl<'a> TokensRef<'a> {
    /// Views `values`, token after token, each of `dim` components.
    ///
    /// # Errors
    ///
    /// As [`TokenMatrix::new`].
    pub fn new(values: &'a [f32], dim: usize) -> Result<Self> {
        let argument = Argument::Tokens;
        if dim == 0 {
            return Err(Error::NoComponents { argument });
        }
        if !values.len().is_multiple_of(dim) {
            return Err(Error::PartialToken { argument, dim, got: values.len() });
        }
        Ok(Self { values, dim })
    }

    /// The components of all tokens, one after the other.
    pub fn values(&self) -> &'a [f32] {
        self.values
    }

    /// The number of components of each token.
    pub fn dim(&self) -> usize {
        self.dim
    }
}

impl Tokens for TokensRef<'_> {
    fn tokens(&self) -> usize {
        self.values.len() / self.dim
    }
    fn token(&self, index: usize) -> &[f32] {
        &self.values[index * self.dim..][..self.dim]
    }
    fn flat(&self) -> Option<(&[f32], usize)> {
        Some((self.values, self.dim))
    }
}

/// All components of `tokens`, which must be of one dimension, and that dimension. Copies what does not lie flat.
pub(crate) fn gather<T: Tokens + ?Sized>(tokens: &T, argument: Argument) -> Result<(Cow<'_, [f32]>, usize)> {
    let (values, dim) = match tokens.flat() {
        Some((values, dim)) => (Cow::Borrowed(values), dim),
        None if tokens.tokens() == 0 => return Err(Error::NoTokens { argument }),
        None => {
            let expected = tokens.token(0).len();
            let mut values = Vec::with_capacity(tokens.tokens() * expected);
            for index in 0..tokens.tokens() {
                let token = tokens.token(index);
                if token.len() != expected {
                    return Err(Error::RaggedTokens { argument, token: index, expected, got: token.len() });
                }
                values.extend_from_slice(token);
            }
            (Cow::Owned(values), expected)
        }
    };
    if dim == 0 {
        return Err(Error::NoComponents { argument });
    }
    if values.is_empty() {
        return Err(Error::NoTokens { argument });
    }
    if !values.len().is_multiple_of(dim) {
        return Err(Error::PartialToken { argument, dim, got: values.len() });
    }
    Ok((values, dim))
}

/// The first component that is NaN or infinite, as an error; so is a `RANK_ISA` that cannot be had.
pub(crate) fn check_finite(values: &[f32], dim: usize, argument: Argument) -> Result<()> {
    // The exponent of what is not finite is all ones. Without a way out, so that many are looked at in one instruction.
    const EXPONENT: u32 = 0x7f80_0000;
    try_kernels()?;
    let found =
        vectorized(|| values.iter().fold(false, |found, value| found | (value.to_bits() & EXPONENT == EXPONENT)));
    if !found {
        return Ok(());
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(position) => Err(Error::NonFinite { argument, token: position / dim, value: values[position] }),
        None => Ok(()),
    }
}
