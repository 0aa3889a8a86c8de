//! One query as a measure sees it: the grades of what was ranked, and the grades of what was judged.

use std::hash::Hash;
use std::ops::Range;

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

/// A judged document that was ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its position in the ranking, from 0.
    pub(crate) position: u32,
    /// Its grade; negative if it was pooled and not judged.
    pub(crate) grade: i64,
}

/// The ranked documents that are judged for no query. Their grade says nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holes {
    /// Best rank first.
    pub(crate) found: Vec<Found>,
    /// The positions of each group of equal scores that holds two documents or more, one of these among them.
    pub(crate) ties: Vec<Range<u32>>,
}

/// One query: what was ranked and what was judged. Sparse: of the ranked documents, only judged ones are there.
#[derive(Debug, Clone)]
pub(crate) struct Topic {
    /// The number of documents ranked, whatever the depth of the measures is.
    pub(crate) ranked: usize,
    /// The judged documents among those ranked, best rank first.
    pub(crate) found: Vec<Found>,
    /// The grades of all judged documents, highest first.
    pub(crate) judged: Vec<i64>,
    /// The positions of each group of equal scores that holds two documents or more, a judged one among them.
    pub(crate) ties: Vec<Range<u32>>,
    /// The documents that are judged for no query, and their ties; `None` if all that are not judged for this one are such.
    pub(crate) holes: Option<Holes>,
    /// The least grade that is relevant, unless a measure says otherwise.
    pub(crate) level: i64,
    /// The number of documents in the collection.
    pub(crate) collection: Option<u64>,
    /// Whether a share of the relevant documents is rounded to the nearest number of them, as version 10 of `trec_eval`
    /// does, in place of adding 0.9 and cutting off, as version 9 does.
    pub(crate) rounds_to_nearest: bool,
}

impl Default for Topic {
    fn default() -> Self {
        Self {
            ranked: 0,
            found: Vec::new(),
            judged: Vec::new(),
            ties: Vec::new(),
            holes: None,
            level: 1,
            collection: None,
            rounds_to_nearest: false,
        }
    }
}

impl Topic {
    /// The topic of one ranked list, checked to its end.
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
        let found =
            (0_u32..).zip(reranked).filter_map(|(position, (id, _))| Some(Found { position, grade: grade(id)? }));
        let mut topic = Self {
            ranked: reranked.len(),
            found: found.collect(),
            judged: ground_truth.grades().collect(),
            ..Self::default()
        };
        topic.sort_judged();
        Ok(topic)
    }

    pub(crate) fn sort_judged(&mut self) {
        self.judged.sort_unstable_by(|a, b| b.cmp(a));
    }

    pub(crate) fn view(&self) -> View<'_> {
        View {
            ranked: self.ranked,
            found: &self.found,
            judged: &self.judged,
            ties: &self.ties,
            holes: self.holes.as_ref(),
            level: self.level,
            collection: self.collection,
            rounds_to_nearest: self.rounds_to_nearest,
        }
    }

    /// The topic without the ranked documents that are not judged, those of negative grade among them: `trec_eval -J`.
    pub(crate) fn condensed(&self) -> Self {
        // The new position of an old one is the number of judged documents before it.
        let judged: Vec<Found> = self.found.iter().copied().filter(|found| found.grade >= 0).collect();
        let moved = |position: u32| judged.partition_point(|found| found.position < position) as u32;
        let ties = self.ties.iter().map(|tie| moved(tie.start)..moved(tie.end)).filter(|tie| tie.len() > 1).collect();
        let found = (0..).zip(&judged).map(|(position, found)| Found { position, grade: found.grade }).collect();
        Self { ranked: judged.len(), found, judged: self.judged.clone(), ties, holes: Some(Holes::default()), ..*self }
    }
}

/// Positions whose documents may stand in any order, and how many of them are relevant.
pub(crate) struct Group {
    pub(crate) positions: Range<usize>,
    pub(crate) hits: usize,
}

/// What every measure is computed from: a [`Topic`] at the level of relevance of the measure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) ranked: usize,
    pub(crate) found: &'a [Found],
    pub(crate) judged: &'a [i64],
    pub(crate) ties: &'a [Range<u32>],
    pub(crate) holes: Option<&'a Holes>,
    pub(crate) level: i64,
    pub(crate) collection: Option<u64>,
    pub(crate) rounds_to_nearest: bool,
}

impl<'a> View<'a> {
    /// The judged documents among the first `k`.
    pub(crate) fn found(&self, k: usize) -> &'a [Found] {
        if k >= self.ranked {
            return self.found;
        }
        &self.found[..self.found.partition_point(|found| (found.position as usize) < k)]
    }

    /// The positions of the relevant documents among the first `k`, best first.
    pub(crate) fn hits(&self, k: usize) -> impl Iterator<Item = usize> + use<'a> {
        let level = self.level;
        self.found(k).iter().filter(move |found| found.grade >= level).map(|found| found.position as usize)
    }

    /// The number of relevant documents among the first `k`.
    pub(crate) fn hit_count(&self, k: usize) -> usize {
        self.hits(k).count()
    }

    /// The judged documents among the first `k` positions with what each adds, where a document of a tied group counts at
    /// every position of the group with equal weight: the mean over all orders of the group.
    pub(crate) fn expected_gains(&self, k: usize, gain: impl Fn(i64) -> f64) -> Vec<(usize, f64)> {
        let mut gains = Vec::with_capacity(self.found.len());
        let mut found = self.found.iter().peekable();
        let mut ties = self.ties.iter().peekable();
        while let Some(first) = found.next_if(|found| (found.position as usize) < k || !self.ties.is_empty()) {
            while ties.next_if(|tie| tie.end <= first.position).is_some() {}
            match ties.next_if(|tie| tie.start <= first.position) {
                Some(tie) => {
                    let mut sum = gain(first.grade);
                    while let Some(next) = found.next_if(|found| found.position < tie.end) {
                        sum += gain(next.grade);
                    }
                    let share = sum / tie.len() as f64;
                    let end = (tie.end as usize).min(k);
                    gains.extend((tie.start as usize..end).map(|position| (position, share)));
                }
                None if (first.position as usize) < k => gains.push((first.position as usize, gain(first.grade))),
                None => {}
            }
        }
        gains
    }

    /// The groups of positions among the first `k` whose order is open, and single positions, that hold a relevant document.
    pub(crate) fn groups(&self, k: usize) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let mut ties = self.ties.iter().peekable();
        for position in self.hits(usize::MAX) {
            match groups.last_mut() {
                Some(group) if position < group.positions.end => group.hits += 1,
                _ => {
                    while ties.next_if(|tie| tie.end as usize <= position).is_some() {}
                    let tie = ties.peek().filter(|tie| tie.start as usize <= position);
                    let positions = tie.map_or(position..position + 1, |tie| tie.start as usize..tie.end as usize);
                    if positions.start >= k {
                        break;
                    }
                    groups.push(Group { positions, hits: 1 });
                }
            }
        }
        groups
    }

    /// The positions among the first `k` that may hold the first relevant document, with the probability that they do, over
    /// all orders of tied documents.
    pub(crate) fn first_hits(&self, k: usize) -> Vec<(usize, f64)> {
        let Some(group) = self.groups(k).into_iter().next() else { return Vec::new() };
        let mut none_before = 1.0;
        let mut first = Vec::new();
        for (place, position) in group.positions.clone().enumerate().take_while(|&(_, position)| position < k) {
            let here = (group.hits as f64 / (group.positions.len() - place) as f64).min(1.0);
            first.push((position, none_before * here));
            none_before *= 1.0 - here;
        }
        first
    }

    /// The mean number of relevant documents among the first `k`, over all orders of tied documents.
    pub(crate) fn expected_hits(&self, k: usize) -> f64 {
        self.expected_gains(k, |grade| self.is_hit(grade)).iter().map(|(_, gain)| gain).sum()
    }

    /// 1 for a relevant grade, else 0.
    pub(crate) fn is_hit(&self, grade: i64) -> f64 {
        f64::from(u8::from(grade >= self.level))
    }

    /// The number of documents judged relevant.
    pub(crate) fn relevant(&self) -> usize {
        self.judged.partition_point(|&grade| grade >= self.level)
    }

    /// The number of documents judged, and not relevant.
    pub(crate) fn nonrelevant(&self) -> usize {
        self.judged.partition_point(|&grade| grade >= 0).saturating_sub(self.relevant())
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
