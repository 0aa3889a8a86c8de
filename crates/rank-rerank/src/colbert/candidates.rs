//! What can be reranked: pairs of an id and tokens, or the answer of a first stage whose ids carry their tokens.

use std::iter::Take;
use std::rc::Rc;
use std::slice;
use std::sync::Arc;

use crate::Tokens;

/// A document handle that knows its tokens; see [`Document`](super::Document) for one that is ready.
///
/// A ranked list of such handles, `(handle, score)`, can be reranked as it is.
pub trait HasTokens {
    /// The id of the document.
    type Id;
    /// Its tokens.
    type Tokens: Tokens + ?Sized;

    /// The id that reranking returns.
    fn id(&self) -> Self::Id;

    /// The token vectors.
    fn tokens(&self) -> &Self::Tokens;
}

macro_rules! pointer {
    ($($type:ty),*) => {$(
        impl<D: HasTokens + ?Sized> HasTokens for $type {
            type Id = D::Id;
            type Tokens = D::Tokens;

            fn id(&self) -> D::Id {
                (**self).id()
            }
            fn tokens(&self) -> &D::Tokens {
                (**self).tokens()
            }
        }
    )*};
}
pointer!(&D, Arc<D>, Rc<D>, Box<D>);

/// One candidate: `(id, tokens)`, or `(handle, score)` with a [handle](HasTokens) that knows its tokens.
pub trait Candidate {
    /// The id of the document.
    type Id;
    /// Its tokens.
    type Tokens: Tokens + ?Sized;

    /// The id that reranking returns.
    fn id(&self) -> Self::Id;

    /// The token vectors.
    fn tokens(&self) -> &Self::Tokens;
}

impl<I: Clone, T: Tokens> Candidate for (I, T) {
    type Id = I;
    type Tokens = T;

    fn id(&self) -> I {
        self.0.clone()
    }
    fn tokens(&self) -> &T {
        &self.1
    }
}

/// The score of the first stage has had its say: it chose the candidate.
impl<D: HasTokens> Candidate for (D, f32) {
    type Id = D::Id;
    type Tokens = D::Tokens;

    fn id(&self) -> D::Id {
        self.0.id()
    }
    fn tokens(&self) -> &D::Tokens {
        self.0.tokens()
    }
}

impl<C: Candidate + ?Sized> Candidate for &C {
    type Id = C::Id;
    type Tokens = C::Tokens;

    fn id(&self) -> C::Id {
        (**self).id()
    }
    fn tokens(&self) -> &C::Tokens {
        (**self).tokens()
    }
}

/// Several candidates: a vector, array or slice of them, a slice's iterator, or the first of those that another
/// iterator yields, as in `fused.iter().take(20)`.
pub trait Candidates {
    /// The ids of the documents.
    type Id;

    /// All of them, in order. Can be called again.
    fn candidates(&self) -> impl Iterator<Item = impl Candidate<Id = Self::Id>>;
}

impl<C: Candidate> Candidates for [C] {
    type Id = C::Id;

    fn candidates(&self) -> impl Iterator<Item = impl Candidate<Id = C::Id>> {
        self.iter()
    }
}

impl<C: Candidate> Candidates for Vec<C> {
    type Id = C::Id;

    fn candidates(&self) -> impl Iterator<Item = impl Candidate<Id = C::Id>> {
        self.iter()
    }
}

impl<C: Candidate, const N: usize> Candidates for [C; N] {
    type Id = C::Id;

    fn candidates(&self) -> impl Iterator<Item = impl Candidate<Id = C::Id>> {
        self.iter()
    }
}

impl<C: Candidate> Candidates for slice::Iter<'_, C> {
    type Id = C::Id;

    fn candidates(&self) -> impl Iterator<Item = impl Candidate<Id = C::Id>> {
        self.clone()
    }
}

impl<'a, C: Candidate + 'a, T: Iterator<Item = &'a C> + Clone> Candidates for Take<T> {
    type Id = C::Id;

    fn candidates(&self) -> impl Iterator<Item = impl Candidate<Id = C::Id>> {
        self.clone()
    }
}
