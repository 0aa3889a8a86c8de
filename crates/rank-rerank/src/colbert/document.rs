//! A document handle that carries its tokens.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::HasTokens;
use crate::TokenMatrix;

/// An id together with the document's tokens, which all clones share.
///
/// It is compared, ordered and hashed by its id alone, so it can be the id of an index and of rank fusion: what comes
/// out of the first stages then goes into [`rank`](super::rank) without a table of tokens beside it.
///
/// # Example
///
/// ```
/// use rank_rerank::TokenMatrix;
/// use rank_rerank::colbert::{Document, rank};
///
/// let first = Document::new("first", TokenMatrix::new(vec![1.0, 0.0], 2)?);
/// let second = Document::new("second", TokenMatrix::new(vec![0.6, 0.8], 2)?);
/// let fused = vec![(first, 0.9_f32), (second, 0.8)];
///
/// let reranked = rank(&[[0.0, 1.0]], &fused.iter().take(20))?;
/// assert_eq!(reranked, [("second", 0.8), ("first", 0.0)]);
/// # Ok::<(), rank_rerank::Error>(())
/// ```
#[derive(Clone)]
pub struct Document<I> {
    id: I,
    tokens: Arc<TokenMatrix>,
}

impl<I> Document<I> {
    /// Joins an id and tokens.
    pub fn new(id: I, tokens: impl Into<Arc<TokenMatrix>>) -> Self {
        Self { id, tokens: tokens.into() }
    }

    /// The id.
    pub fn id(&self) -> &I {
        &self.id
    }

    /// The tokens.
    pub fn tokens(&self) -> &TokenMatrix {
        &self.tokens
    }
}

impl<I: Clone> HasTokens for Document<I> {
    type Id = I;
    type Tokens = TokenMatrix;

    fn id(&self) -> I {
        self.id.clone()
    }
    fn tokens(&self) -> &TokenMatrix {
        &self.tokens
    }
}

impl<I: PartialEq> PartialEq for Document<I> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<I: Eq> Eq for Document<I> {}

impl<I: PartialOrd> PartialOrd for Document<I> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.id.partial_cmp(&other.id)
    }
}

impl<I: Ord> Ord for Document<I> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.id.cmp(&other.id)
    }
}

impl<I: Hash> Hash for Document<I> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// A map from documents can be asked by id.
impl<I> Borrow<I> for Document<I> {
    fn borrow(&self) -> &I {
        &self.id
    }
}

impl<I: fmt::Debug> fmt::Debug for Document<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Document").field(&self.id).finish()
    }
}
