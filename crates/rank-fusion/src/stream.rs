//! Lists that arrive one after another, and pages that stay as they were shown.

use std::collections::HashSet;
use std::hash::Hash;

use crate::{Error, Fusion, Result};

/// Fuses lists as they arrive: after each, the fused list of those that are there. The order of arrival does not
/// matter: every list has its place.
///
/// ```
/// use rank_fusion::{Fusion, Method, StreamingFusion};
///
/// let mut stream = StreamingFusion::new(Fusion::new(Method::ReciprocalRank { k: 0.0 }), 2)?;
/// stream.set(1, vec![("b", 0.5)])?;
/// assert_eq!(stream.fused()?, [("b", 1.0)]);
/// stream.set(0, vec![("a", 9.0), ("b", 8.0)])?;
/// assert_eq!(stream.fused()?, [("b", 1.5), ("a", 1.0)]);
/// assert_eq!(stream.waiting(), []);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct StreamingFusion<I> {
    fusion: Fusion,
    lists: Vec<Option<Vec<(I, f64)>>>,
}

impl<I: Clone + Eq + Hash + Ord> StreamingFusion<I> {
    /// Waits for so many lists.
    ///
    /// # Errors
    ///
    /// Those of [`Fusion::check`].
    pub fn new(fusion: Fusion, lists: usize) -> Result<Self> {
        fusion.check(lists)?;
        Ok(Self { fusion, lists: (0..lists).map(|_| None).collect() })
    }

    /// Says what list `place` is, or what it has become.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchList`], and what the list can be refused for; what was there before then stays.
    pub fn set(&mut self, place: usize, list: Vec<(I, f64)>) -> Result<()> {
        let lists = self.lists.len();
        let Some(slot) = self.lists.get_mut(place) else {
            return Err(Error::NoSuchList { list: place, lists });
        };
        // Alone: whether it is a ranked list is seen when it comes, not when it is fused.
        crate::Numbering::new().add_list(&self.fusion, list.iter().map(|(id, score)| (id, *score))).map_err(
            |error| match error {
                Error::NanScore { position, .. } => Error::NanScore { list: place, position },
                Error::NotSorted { position, score, previous, .. } => {
                    Error::NotSorted { list: place, position, score, previous }
                }
                Error::DuplicateDocument { position, first, .. } => {
                    Error::DuplicateDocument { list: place, position, first }
                }
                other => other,
            },
        )?;
        *slot = Some(list);
        Ok(())
    }

    /// The places whose lists have not come yet.
    pub fn waiting(&self) -> Vec<usize> {
        (0..self.lists.len()).filter(|&place| self.lists[place].is_none()).collect()
    }

    /// The fused list of the lists that have come, each with its weight; nothing as long as there is none. Once all have
    /// come, it is to the bit what [`Fusion::fuse`] gives.
    ///
    /// # Errors
    ///
    /// Those of [`Fusion::fuse`].
    pub fn fused(&self) -> Result<Vec<(I, f64)>> {
        let mut fusion = self.fusion.clone();
        for place in self.waiting().into_iter().rev() {
            fusion = fusion.without_list(place);
        }
        let come: Vec<&Vec<(I, f64)>> = self.lists.iter().flatten().collect();
        if come.is_empty() || fusion.is_weightless() {
            return Ok(Vec::new());
        }
        fusion.fuse(&come)
    }
}

/// Pages of a fused list that keep their promise while the lists beneath it grow: a page that was shown stays as it was,
/// and no document is shown twice or skipped.
///
/// The lists of a deep page must be longer than those of the first, and longer lists can move documents that are already
/// shown. Pages are therefore cut from what has not been shown yet: the next page holds the best of it, as the lists are
/// then.
///
/// ```
/// use rank_fusion::{Fusion, Method, Pages};
///
/// let mut pages = Pages::new(Fusion::new(Method::ReciprocalRank { k: 60.0 }), 2)?;
/// let sparse = vec![("a", 9.0), ("b", 8.0), ("c", 7.0), ("d", 6.0)];
/// let dense = vec![("e", 0.9), ("d", 0.8), ("c", 0.7)];
///
/// pages.update(&[&sparse[..1], &dense[..1]])?;
/// assert_eq!(pages.page(0)?.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["a", "e"]);
/// // Of the longer lists, "c" and "d" are the best: they come next, and nothing comes again.
/// pages.update(&[&sparse, &dense])?;
/// assert_eq!(pages.page(1)?.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["d", "c"]);
/// assert_eq!(pages.page(2)?.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["b"]);
/// assert_eq!(pages.page(0)?.len(), 2);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pages<I> {
    fusion: Fusion,
    size: usize,
    /// What was shown, page after page.
    shown: Vec<(I, f64)>,
    /// The fused list as the lists are now, without what was shown.
    rest: std::collections::VecDeque<(I, f64)>,
}

impl<I: Clone + Eq + Hash + Ord> Pages<I> {
    /// Pages of `size` documents, of no lists yet.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyPages`] for a size of 0.
    pub fn new(fusion: Fusion, size: usize) -> Result<Self> {
        if size == 0 {
            return Err(Error::EmptyPages);
        }
        Ok(Self { fusion, size, shown: Vec::new(), rest: std::collections::VecDeque::new() })
    }

    /// Says what the lists are now: the same ones, read deeper, as a rule.
    ///
    /// # Errors
    ///
    /// Those of [`Fusion::fuse`]; nothing has changed then.
    pub fn update<L: AsRef<[(I, f64)]>>(&mut self, lists: &[L]) -> Result<()> {
        let fused = self.fusion.fuse(lists)?;
        let shown: HashSet<&I> = self.shown.iter().map(|(id, _)| id).collect();
        self.rest = fused.into_iter().filter(|(id, _)| !shown.contains(id)).collect();
        Ok(())
    }

    /// Page `number`, from 0. Pages up to it that were not shown yet are shown by this. The last page may be short: it
    /// is filled up, behind what it holds, once the lists are longer.
    ///
    /// Scores are those at the time a document was shown first.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchPage`] for a page beyond the end of the lists as they are now.
    pub fn page(&mut self, number: usize) -> Result<&[(I, f64)]> {
        let beyond = |pages| Error::NoSuchPage { page: number, pages };
        let there = self.shown.len() + self.rest.len();
        let start = number.checked_mul(self.size).filter(|start| *start < there || number == 0);
        let start = start.ok_or_else(|| beyond(there.div_ceil(self.size)))?;
        let end = start.saturating_add(self.size).min(there);
        while self.shown.len() < end
            && let Some(next) = self.rest.pop_front()
        {
            self.shown.push(next);
        }
        Ok(&self.shown[start..end])
    }

    /// How many documents were shown.
    pub fn shown(&self) -> usize {
        self.shown.len()
    }
}
