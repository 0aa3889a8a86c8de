//! What is optimized: the lists of some queries, and how good an answer is.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::{BuildHasher, Hash};

use rayon::prelude::*;

use super::measure::Measure;
use crate::numbering::NumberedLists;
use crate::rows::{Rows, Topics};
use crate::{Error, Fusion, Numbering, Ranking, Result, Scratch};

/// A function of a query and its fused list, best first: the greater, the better.
type Value<'a, Q, D> = Box<dyn Fn(&Q, &[(D, f64)]) -> f64 + Sync + Send + 'a>;

enum Goal<'a, Q, D> {
    Measure(Measure),
    Function(Value<'a, Q, D>),
}

/// The queries to optimize for: their lists, numbered once and used for every trial, and what is to become large.
pub struct Problem<'a, Q, D> {
    base: Fusion,
    lists: usize,
    queries: Vec<Q>,
    topics: Vec<Topic<D>>,
    goal: Goal<'a, Q, D>,
}

impl<Q: Debug, D> Debug for Problem<'_, Q, D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Problem").field("lists", &self.lists).field("queries", &self.queries).finish_non_exhaustive()
    }
}

/// A query: its lists, and the relevant documents.
struct Topic<D> {
    /// In ascending order, so that the lower number wins a tie.
    ids: Vec<D>,
    lists: NumberedLists,
    /// The relevant documents that a list holds, with their grades.
    relevant: Vec<(u32, i64)>,
    /// The grades of all relevant documents, highest first.
    ideal: Vec<i64>,
}

#[derive(Default)]
struct Memory {
    scratch: Scratch,
    totals: Vec<f64>,
    found: Vec<(usize, i64)>,
    ranking: Ranking,
}

/// Above this many relevant documents, sorting everything is cheaper than counting what is before each of them.
const COUNTED: usize = 64;

impl<'a, Q, D> Problem<'a, Q, D>
where
    Q: Clone + Eq + Hash + Ord + Send + Sync + Debug,
    D: Clone + Eq + Hash + Ord + Send + Sync,
{
    /// Makes `measure` large over all judged queries. A judged query that no run has counts with 0.
    ///
    /// * `runs`: one per retriever.
    /// * `base`: what all trials share: depth, limit, order, duplicates, missing documents.
    /// * `qrels`: the judgments: per query the grades of its documents.
    ///
    /// # Errors
    ///
    /// [`Error::NoQueries`] without judgments; what a list can be refused for, within [`Error::InQuery`].
    pub fn new<R, S, T>(
        runs: &[R],
        base: &Fusion,
        measure: Measure,
        qrels: &HashMap<Q, HashMap<D, i64, S>, T>,
    ) -> Result<Self>
    where
        R: Rows<Query = Q, Document = D>,
        S: BuildHasher + Sync,
        T: BuildHasher + Sync,
    {
        let mut queries: Vec<Q> = qrels.keys().cloned().collect();
        queries.sort_unstable();
        let judged = |query: &Q| qrels.get(query);
        let topics = topics(runs, base, &queries, |query, ids: &[D]| {
            let Some(judged) = judged(query) else { return (Vec::new(), Vec::new()) };
            let grade = |id: &D| judged.get(id).copied().filter(|grade| *grade > 0);
            let relevant = ids.iter().zip(0..).filter_map(|(id, number)| Some((number, grade(id)?))).collect();
            let mut ideal: Vec<i64> = judged.values().copied().filter(|grade| *grade > 0).collect();
            ideal.sort_unstable_by(|a, b| b.cmp(a));
            (relevant, ideal)
        })?;
        Self::of(runs.len(), base, queries, topics, Goal::Measure(measure))
    }

    /// Makes `value` large over all queries of the runs: a plain function of the query and its fused list.
    ///
    /// * `runs`: one per retriever.
    /// * `base`: what all trials share: depth, limit, order, duplicates, missing documents.
    ///
    /// # Errors
    ///
    /// [`Error::NoQueries`] for runs without queries; what a list can be refused for, within [`Error::InQuery`].
    pub fn with_function<R>(
        runs: &[R],
        base: &Fusion,
        value: impl Fn(&Q, &[(D, f64)]) -> f64 + Sync + Send + 'a,
    ) -> Result<Self>
    where
        R: Rows<Query = Q, Document = D>,
    {
        let queries = Topics::of(runs).queries;
        let topics = topics(runs, base, &queries, |_, _| (Vec::new(), Vec::new()))?;
        Self::of(runs.len(), base, queries, topics, Goal::Function(Box::new(value)))
    }

    fn of(lists: usize, base: &Fusion, queries: Vec<Q>, topics: Vec<Topic<D>>, goal: Goal<'a, Q, D>) -> Result<Self> {
        if lists == 0 {
            return Err(Error::NoLists);
        }
        if queries.is_empty() {
            return Err(Error::NoQueries);
        }
        Ok(Self { base: base.clone(), lists, queries, topics, goal })
    }

    /// How many lists each query has.
    pub fn lists(&self) -> usize {
        self.lists
    }

    /// The queries, in ascending order.
    pub fn queries(&self) -> &[Q] {
        &self.queries
    }

    pub(crate) fn base(&self) -> &Fusion {
        &self.base
    }

    /// The value of each query under each fusion. Every thread takes some queries of some fusion; the values do not
    /// depend on which.
    ///
    /// # Errors
    ///
    /// Those of [`Fusion::totals`], within [`Error::InQuery`].
    pub fn values(&self, fusions: &[Fusion]) -> Result<Vec<Vec<f64>>> {
        const BLOCK: usize = 64;
        for fusion in fusions {
            fusion.check(self.lists)?;
        }
        let blocks = self.queries.len().div_ceil(BLOCK);
        let done: Vec<Vec<f64>> = (0..fusions.len() * blocks)
            .into_par_iter()
            .map_init(Memory::default, |memory, task| {
                let (fusion, block) = (&fusions[task / blocks], task % blocks);
                (block * BLOCK..self.queries.len().min((block + 1) * BLOCK))
                    .map(|query| {
                        self.value(fusion, query, memory).map_err(|error| error.in_query(&self.queries[query]))
                    })
                    .collect()
            })
            .collect::<Result<_>>()?;
        Ok(done.chunks(blocks).map(<[Vec<f64>]>::concat).collect())
    }

    fn value(&self, fusion: &Fusion, query: usize, memory: &mut Memory) -> Result<f64> {
        let topic = &self.topics[query];
        let Memory { scratch, totals, found, ranking } = memory;
        fusion.totals(&topic.lists.lists()?, scratch, totals)?;
        match &self.goal {
            Goal::Function(value) => {
                ranking.sort(fusion, totals);
                let order = ranking.settle(fusion, &topic.ids);
                let list: Vec<(D, f64)> = order.map(|number| (topic.ids[number].clone(), totals[number])).collect();
                let value = value(&self.queries[query], &list);
                if value.is_nan() {
                    return Err(Error::NanValue);
                }
                Ok(value)
            }
            Goal::Measure(measure) => {
                topic.find(fusion, totals, ranking, found);
                Ok(measure.value(found, &topic.ideal))
            }
        }
    }
}

impl<D: Ord> Topic<D> {
    /// The positions and grades of the relevant documents.
    fn find(&self, fusion: &Fusion, totals: &mut [f64], ranking: &mut Ranking, found: &mut Vec<(usize, i64)>) {
        found.clear();
        if self.relevant.len() > COUNTED {
            ranking.sort(fusion, totals);
            let mut grades = vec![0; totals.len()];
            for &(number, grade) in &self.relevant {
                grades[number as usize] = grade;
            }
            let order = ranking.settle(fusion, &self.ids);
            found.extend(order.map(|number| grades[number]).enumerate().filter(|(_, grade)| *grade > 0));
            return;
        }
        if fusion.is_ascending() {
            for total in totals.iter_mut() {
                *total = -*total;
            }
        }
        for &(number, grade) in &self.relevant {
            let (before, rest) = totals.split_at(number as usize);
            let total = rest[0];
            // Equal scores are ordered by id, and so by number.
            let ahead = before.iter().filter(|other| **other >= total).count()
                + rest.iter().filter(|other| **other > total).count();
            if ahead < fusion.limit.unwrap_or(usize::MAX) {
                found.push((ahead, grade));
            }
        }
        found.sort_unstable_by(|a, b| match a.0.cmp(&b.0) {
            Ordering::Equal => b.1.cmp(&a.1),
            unequal => unequal,
        });
    }
}

/// The lists of `queries`, with what `judge` says of the documents of each.
fn topics<R: Rows>(
    runs: &[R],
    base: &Fusion,
    queries: &[R::Query],
    judge: impl Fn(&R::Query, &[R::Document]) -> (Vec<(u32, i64)>, Vec<i64>) + Sync,
) -> Result<Vec<Topic<R::Document>>>
where
    R::Query: Debug,
{
    let rows = Topics::of(runs);
    queries
        .par_iter()
        .map_init(Numbering::new, |numbering, query| {
            numbering.clear();
            let place = rows.queries.binary_search(query).ok();
            for (run, of_run) in runs.iter().enumerate() {
                let entries = place
                    .into_iter()
                    .flat_map(|place| rows.rows(run, place))
                    .map(|row| (of_run.document(row), of_run.score(row)));
                numbering.add_list(base, entries).map_err(|error| error.in_query(query))?;
            }
            numbering.order_by_id();
            let (relevant, ideal) = judge(query, numbering.ids());
            Ok(Topic { ids: numbering.ids().to_vec(), lists: numbering.plain.clone(), relevant, ideal })
        })
        .collect()
}
