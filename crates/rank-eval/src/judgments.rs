//! The judgments of one query, in whatever collection the caller has them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, Hash};

use rustc_hash::FxHashMap;

use crate::{Error, Result};

/// A relevance grade: an integer type of at most 64 bits signed. Grades above 0 are relevant, others are not.
pub trait Grade: Copy + private::Sealed {
    /// The grade as `i64`.
    fn to_i64(self) -> i64;
}

mod private {
    pub trait Sealed {}
}

macro_rules! grades {
    ($($grade:ty),*) => {$(
        impl private::Sealed for $grade {}
        impl Grade for $grade {
            fn to_i64(self) -> i64 {
                i64::from(self)
            }
        }
    )*};
}
impl<G: private::Sealed> private::Sealed for &G {}
impl<G: Grade> Grade for &G {
    fn to_i64(self) -> i64 {
        (*self).to_i64()
    }
}
grades!(bool, i8, u8, i16, u16, i32, u32, i64);

/// What is known of the relevance of documents to one query.
///
/// Maps of document to [`Grade`], sets of relevant documents (grade 1), and slices, arrays and vectors of
/// `(document, grade)`. A document that is not there is unjudged. Maps and sets of `&str` judge lists of `String`, and
/// the other way round.
pub trait Judgments<I> {
    /// The grades of all judged documents, in any order.
    fn grades(&self) -> impl Iterator<Item = i64>;

    /// The way to a document's grade; `None` for an unjudged one.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateJudgment`].
    fn lookup(&self) -> Result<impl Fn(&I) -> Option<i64>>;
}

/// The two methods over a collection that finds by key.
macro_rules! map {
    ($id:ty, $key:expr) => {
        fn grades(&self) -> impl Iterator<Item = i64> {
            self.values().map(|grade| grade.to_i64())
        }
        fn lookup(&self) -> Result<impl Fn(&$id) -> Option<i64>> {
            Ok(|id: &$id| self.get($key(id)).map(|grade| grade.to_i64()))
        }
    };
}

macro_rules! set {
    ($id:ty, $key:expr) => {
        fn grades(&self) -> impl Iterator<Item = i64> {
            std::iter::repeat_n(1, self.len())
        }
        fn lookup(&self) -> Result<impl Fn(&$id) -> Option<i64>> {
            Ok(|id: &$id| self.contains($key(id)).then_some(1))
        }
    };
}

fn same<T: ?Sized>(id: &T) -> &T {
    id
}

impl<I: Eq + Hash, G: Grade, H: BuildHasher> Judgments<I> for HashMap<I, G, H> {
    map!(I, same);
}
impl<G: Grade, H: BuildHasher> Judgments<String> for HashMap<&str, G, H> {
    map!(String, String::as_str);
}
impl<'a, G: Grade, H: BuildHasher> Judgments<&'a str> for HashMap<String, G, H> {
    map!(&'a str, |id: &&'a str| *id);
}
impl<I: Ord, G: Grade> Judgments<I> for BTreeMap<I, G> {
    map!(I, same);
}
impl<G: Grade> Judgments<String> for BTreeMap<&str, G> {
    map!(String, String::as_str);
}
impl<'a, G: Grade> Judgments<&'a str> for BTreeMap<String, G> {
    map!(&'a str, |id: &&'a str| *id);
}
impl<I: Eq + Hash, H: BuildHasher> Judgments<I> for HashSet<I, H> {
    set!(I, same);
}
impl<H: BuildHasher> Judgments<String> for HashSet<&str, H> {
    set!(String, String::as_str);
}
impl<'a, H: BuildHasher> Judgments<&'a str> for HashSet<String, H> {
    set!(&'a str, |id: &&'a str| *id);
}
impl<I: Ord> Judgments<I> for BTreeSet<I> {
    set!(I, same);
}
impl Judgments<String> for BTreeSet<&str> {
    set!(String, String::as_str);
}
impl<'a> Judgments<&'a str> for BTreeSet<String> {
    set!(&'a str, |id: &&'a str| *id);
}

impl<I: Eq + Hash, G: Grade> Judgments<I> for [(I, G)] {
    fn grades(&self) -> impl Iterator<Item = i64> {
        self.iter().map(|(_, grade)| grade.to_i64())
    }
    fn lookup(&self) -> Result<impl Fn(&I) -> Option<i64>> {
        let mut positions: FxHashMap<&I, usize> = FxHashMap::default();
        positions.reserve(self.len());
        for (position, (id, _)) in self.iter().enumerate() {
            if let Some(first) = positions.insert(id, position) {
                return Err(Error::DuplicateJudgment { position, first });
            }
        }
        Ok(move |id: &I| positions.get(id).map(|&position| self[position].1.to_i64()))
    }
}
impl<I: Eq + Hash, G: Grade> Judgments<I> for Vec<(I, G)> {
    fn grades(&self) -> impl Iterator<Item = i64> {
        <[(I, G)] as Judgments<I>>::grades(self)
    }
    fn lookup(&self) -> Result<impl Fn(&I) -> Option<i64>> {
        self.as_slice().lookup()
    }
}
impl<I: Eq + Hash, G: Grade, const N: usize> Judgments<I> for [(I, G); N] {
    fn grades(&self) -> impl Iterator<Item = i64> {
        <[(I, G)] as Judgments<I>>::grades(self)
    }
    fn lookup(&self) -> Result<impl Fn(&I) -> Option<i64>> {
        self.as_slice().lookup()
    }
}
