//! One query as a measure sees it: the grades of what was ranked, and the grades of what was judged.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::{Error, Judgments, Result};

/// The number type of a ranking's scores, `f32` or `f64`.
pub trait Score: Copy + private::Sealed {
    /// The score as `f64`.
    fn to_f64(self) -> f64;
}

mod private {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
    impl<S: Sealed> Sealed for &S {}
}

impl Score for f32 {
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Score for f64 {
    fn to_f64(self) -> f64 {
        self
    }
}

impl<S: Score> Score for &S {
    fn to_f64(self) -> f64 {
        (*self).to_f64()
    }
}

/// What every measure is computed from.
#[derive(Debug, Default)]
pub(crate) struct Topic {
    /// The grade at each rank, best first; `None` if the document is unjudged.
    pub(crate) ranked: Vec<Option<i64>>,
    /// The grades of all judged documents, highest first.
    pub(crate) judged: Vec<i64>,
}

impl Topic {
    /// The topic of one ranked list, checked to its end and kept to depth `k`.
    pub(crate) fn new<I, S, L, J>(reranked: &L, ground_truth: &J, k: usize) -> Result<Self>
    where
        I: Eq + Hash,
        S: Score,
        L: AsRef<[(I, S)]> + ?Sized,
        J: Judgments<I> + ?Sized,
    {
        if k == 0 {
            return Err(Error::InvalidK);
        }
        let reranked = reranked.as_ref();
        check(reranked)?;
        let grade = ground_truth.lookup()?;
        let ranked = reranked.iter().take(k).map(|(id, _)| grade(id)).collect();
        let mut topic = Self { ranked, judged: ground_truth.grades().collect() };
        topic.sort_judged();
        Ok(topic)
    }

    pub(crate) fn sort_judged(&mut self) {
        self.judged.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// Whether each of the first `k` ranks holds a relevant document.
    pub(crate) fn relevance(&self, k: usize) -> impl Iterator<Item = bool> {
        self.ranked.iter().take(k).map(|grade| grade.is_some_and(|grade| grade > 0))
    }

    /// The gain at each of the first `k` ranks: the grade if it is positive, else 0.
    pub(crate) fn gains(&self, k: usize) -> impl Iterator<Item = f64> {
        self.ranked.iter().take(k).map(|grade| grade.map_or(0.0, |grade| grade.max(0) as f64))
    }

    /// The number of relevant documents among the first `k`.
    pub(crate) fn hits(&self, k: usize) -> usize {
        self.relevance(k).filter(|&relevant| relevant).count()
    }

    /// The grades of the relevant documents, highest first.
    pub(crate) fn relevant(&self) -> &[i64] {
        &self.judged[..self.judged.partition_point(|&grade| grade > 0)]
    }
}

/// Sorted by score, free of NaN and of duplicates.
fn check<I: Eq + Hash, S: Score>(reranked: &[(I, S)]) -> Result<()> {
    let mut previous = f64::INFINITY;
    let mut seen: FxHashMap<&I, usize> = FxHashMap::default();
    seen.reserve(reranked.len());
    for (position, (id, score)) in reranked.iter().enumerate() {
        let score = score.to_f64();
        if score.is_nan() {
            return Err(Error::NanScore { position });
        }
        if score > previous {
            return Err(Error::NotSorted { position, score, previous });
        }
        previous = score;
        if let Some(first) = seen.insert(id, position) {
            return Err(Error::DuplicateDocument { position, first });
        }
    }
    Ok(())
}
