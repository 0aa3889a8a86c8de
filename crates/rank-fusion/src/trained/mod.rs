//! Methods that are trained: on past queries they learn how far each list, or each part of it, can be trusted.

mod bayesfuse;
mod mapfuse;
mod posfuse;
mod probfuse;
mod segfuse;
mod slidefuse;
mod text;

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash};

pub use segfuse::Segments;

use crate::list::{Score, check_scores};
use crate::{Error, Result};

/// Where the relevant documents of past queries were in the lists.
///
/// ```
/// use std::collections::HashSet;
/// use rank_fusion::{Fusion, Trained, Training};
///
/// let mut training = Training::new(2);
/// let relevant = HashSet::from(["x"]);
/// training.add(&[vec![("x", 2.0), ("y", 1.0)], vec![("y", 9.0), ("x", 8.0)]], &relevant)?;
///
/// // The first list has its relevant document first, the second one second: average precisions of 1 and 1/2.
/// let mapfuse = Fusion::trained(Trained::mapfuse(&training)?);
/// let fused = mapfuse.fuse(&[vec![("v", 2.0), ("w", 1.0)], vec![("w", 9.0)]])?;
/// assert_eq!(fused, [("v", 1.0), ("w", 0.5 + 0.5)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Training {
    lists: usize,
    queries: Vec<Query>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Query {
    /// Per list and position: whether the document is relevant.
    hits: Vec<Vec<bool>>,
    /// How many documents are relevant, ranked or not.
    relevant: usize,
}

impl Training {
    /// No query yet, for so many lists.
    pub fn new(lists: usize) -> Self {
        Self { lists, queries: Vec::new() }
    }

    /// How many lists each query has.
    pub fn lists(&self) -> usize {
        self.lists
    }

    /// How many queries there are.
    pub fn queries(&self) -> usize {
        self.queries.len()
    }

    /// Adds a query: its lists, best document first, and all its relevant documents.
    ///
    /// # Errors
    ///
    /// [`Error::CountMismatch`], [`Error::NanScore`], [`Error::NotSorted`].
    pub fn add<I, S, L, H>(&mut self, lists: &[L], relevant: &HashSet<I, H>) -> Result<()>
    where
        I: Eq + Hash,
        S: Score,
        L: AsRef<[(I, S)]>,
        H: BuildHasher,
    {
        for (list, entries) in lists.iter().enumerate() {
            check_scores(list, entries.as_ref().iter().map(|(_, score)| score.to_f64()))?;
        }
        let hits = lists.iter().map(|list| list.as_ref().iter().map(|(id, _)| relevant.contains(id)).collect());
        self.add_hits(hits.collect(), relevant.len())
    }

    /// Adds a query: for each list, which of its positions hold a relevant document, and how many relevant documents
    /// there are in all, ranked or not.
    ///
    /// # Errors
    ///
    /// [`Error::CountMismatch`].
    pub fn add_hits(&mut self, hits: Vec<Vec<bool>>, relevant: usize) -> Result<()> {
        if hits.len() != self.lists {
            return Err(Error::CountMismatch {
                argument: "lists",
                lists: self.lists,
                got: hits.len(),
                advice: "train all queries with the same lists in the same order",
            });
        }
        self.queries.push(Query { hits, relevant });
        Ok(())
    }

    /// The hits of a list, query by query.
    fn hits(&self, list: usize) -> impl Iterator<Item = &[bool]> {
        self.queries.iter().map(move |query| query.hits[list].as_slice())
    }

    /// A table per list, once it is sure that there is something to learn.
    fn tables(&self, table: impl Fn(usize) -> Vec<f64>) -> Result<Vec<Vec<f64>>> {
        if self.lists == 0 {
            return Err(Error::NoLists);
        }
        if self.queries.iter().all(|query| query.relevant == 0) {
            return Err(Error::NothingToLearn {
                queries: self.queries.len(),
                advice: "pass the relevance judgments of queries that the lists answer",
            });
        }
        Ok((0..self.lists).map(table).collect())
    }

    /// The share of relevant documents at each position of a list, among the queries whose list is that long.
    fn precision_by_position(&self, list: usize) -> Vec<f64> {
        let deepest = self.hits(list).map(<[bool]>::len).max().unwrap_or(0);
        (0..deepest)
            .map(|position| {
                let there: Vec<bool> = self.hits(list).filter_map(|hits| hits.get(position).copied()).collect();
                there.iter().filter(|hit| **hit).count() as f64 / there.len() as f64
            })
            .collect()
    }

    /// The share of relevant documents between each cut and the next, the first cut being 0; positions beyond a list's
    /// end count as not relevant. Mean over the queries.
    fn precision_by_segment(&self, list: usize, cuts: &[usize]) -> Vec<f64> {
        cuts.windows(2)
            .map(|cut| {
                let hits = |hits: &[bool]| {
                    let segment = &hits[cut[0].min(hits.len())..cut[1].min(hits.len())];
                    segment.iter().filter(|hit| **hit).count() as f64 / (cut[1] - cut[0]) as f64
                };
                self.hits(list).map(hits).sum::<f64>() / self.queries.len() as f64
            })
            .collect()
    }
}

/// A trained method: what it learned of each list. It works at any depth, also beyond what it was trained on.
///
/// [`Fusion::trained`](crate::Fusion::trained) fuses with it; [`Trained::save`] and [`Trained::load`] keep it.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    rule: Rule,
    /// What was learned, a table per list.
    tables: Vec<Vec<f64>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Rule {
    Bayes { cuts: Vec<usize> },
    Map,
    Pos,
    Prob { segments: usize },
    Seg { cuts: Vec<usize> },
    Slide { window: usize },
}

impl Trained {
    /// The method's name.
    pub fn name(&self) -> &'static str {
        match self.rule {
            Rule::Bayes { .. } => "bayesfuse",
            Rule::Map => "mapfuse",
            Rule::Pos => "posfuse",
            Rule::Prob { .. } => "probfuse",
            Rule::Seg { .. } => "segfuse",
            Rule::Slide { .. } => "slidefuse",
        }
    }

    /// How many lists it was trained on.
    pub fn lists(&self) -> usize {
        self.tables.len()
    }

    /// What was learned, a table per list: probabilities, log-odds or an average precision.
    pub fn tables(&self) -> &[Vec<f64>] {
        &self.tables
    }

    /// Forgets a list; those behind it move up.
    pub(crate) fn remove_list(&mut self, list: usize) {
        self.tables.remove(list);
    }

    /// Whether a document's score counts beside its rank.
    pub(crate) fn uses_scores(&self) -> bool {
        matches!(self.rule, Rule::Seg { .. })
    }

    /// What a document is worth at a position of a list of some length; SegFuse multiplies it by the score plus 1.
    pub(crate) fn value(&self, list: usize, position: usize, length: usize) -> f64 {
        let table = &self.tables[list];
        match &self.rule {
            Rule::Bayes { cuts } => bayesfuse::value(table, cuts, position),
            Rule::Map => table[0] / (position + 1) as f64,
            Rule::Pos => table.get(position).copied().unwrap_or(0.0),
            Rule::Prob { segments } => probfuse::value(table, *segments, position, length),
            Rule::Seg { cuts } => segment(cuts, position).map_or(0.0, |segment| table[segment]),
            Rule::Slide { window } => slidefuse::value(table, *window, position, length),
        }
    }

    /// What a document is worth that a list lacks, if the method says it.
    pub(crate) fn missing(&self) -> Option<f64> {
        matches!(self.rule, Rule::Bayes { .. }).then(bayesfuse::missing)
    }
}

/// Between which cuts a position is.
fn segment(cuts: &[usize], position: usize) -> Option<usize> {
    cuts.windows(2).position(|cut| cut[0] <= position && position < cut[1])
}
