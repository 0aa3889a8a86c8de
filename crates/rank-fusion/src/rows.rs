//! Whole runs in columns: row by row a query, a document, a score.

use std::hash::Hash;
use std::ops::Range;

use rustc_hash::FxHashMap;

/// A run, row by row: a query, a document that was retrieved for it, and its score. The rows of a query may lie
/// anywhere; their order matters only where a [`Fusion`](crate::Fusion) trusts it.
pub trait Rows: Sync {
    /// What a query is called.
    type Query: Clone + Eq + Hash + Ord + Send + Sync;
    /// What a document is called.
    type Document: Clone + Eq + Hash + Ord + Send + Sync;

    /// How many rows there are.
    fn len(&self) -> usize;
    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The query of a row.
    fn query(&self, row: usize) -> Self::Query;
    /// The document of a row.
    fn document(&self, row: usize) -> Self::Document;
    /// The score of a row.
    fn score(&self, row: usize) -> f64;
}

/// A run in three slices of equal length.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a, Q, D> {
    /// The query of each row.
    pub queries: &'a [Q],
    /// The document of each row.
    pub documents: &'a [D],
    /// The score of each row.
    pub scores: &'a [f64],
}

impl<Q, D> Rows for Columns<'_, Q, D>
where
    Q: Clone + Eq + Hash + Ord + Send + Sync,
    D: Clone + Eq + Hash + Ord + Send + Sync,
{
    type Query = Q;
    type Document = D;

    fn len(&self) -> usize {
        self.queries.len().min(self.documents.len()).min(self.scores.len())
    }
    fn query(&self, row: usize) -> Q {
        self.queries[row].clone()
    }
    fn document(&self, row: usize) -> D {
        self.documents[row].clone()
    }
    fn score(&self, row: usize) -> f64 {
        self.scores[row]
    }
}

/// Where the rows of each query lie in each of several runs. Queries are in ascending order.
#[derive(Debug)]
pub(crate) struct Topics<Q> {
    pub(crate) queries: Vec<Q>,
    /// Per run: the pieces of consecutive rows of one query, with the query's place, by place and then by row.
    pieces: Vec<Vec<(u32, Range<usize>)>>,
}

impl<Q: Clone + Eq + Hash + Ord> Topics<Q> {
    pub(crate) fn of<R: Rows<Query = Q>>(runs: &[R]) -> Self {
        let mut met: FxHashMap<Q, u32> = FxHashMap::default();
        let mut queries = Vec::new();
        let mut pieces: Vec<Vec<(u32, Range<usize>)>> = Vec::with_capacity(runs.len());
        for run in runs {
            let mut of_run: Vec<(u32, Range<usize>)> = Vec::new();
            let mut last: Option<Q> = None;
            for row in 0..run.len() {
                let query = run.query(row);
                if last.as_ref() == Some(&query)
                    && let Some(piece) = of_run.last_mut()
                {
                    piece.1.end = row + 1;
                    continue;
                }
                let number = *met.entry(query.clone()).or_insert_with(|| {
                    queries.push(query.clone());
                    queries.len() as u32 - 1
                });
                of_run.push((number, row..row + 1));
                last = Some(query);
            }
            pieces.push(of_run);
        }
        let mut order: Vec<u32> = (0..queries.len() as u32).collect();
        order.sort_unstable_by(|a, b| queries[*a as usize].cmp(&queries[*b as usize]));
        let mut place = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            place[old as usize] = new as u32;
        }
        for piece in pieces.iter_mut().flatten() {
            piece.0 = place[piece.0 as usize];
        }
        for of_run in &mut pieces {
            of_run.sort_unstable_by_key(|piece| (piece.0, piece.1.start));
        }
        Self { queries: order.iter().map(|&old| queries[old as usize].clone()).collect(), pieces }
    }

    /// The rows of run `run` that belong to query `place`.
    pub(crate) fn rows(&self, run: usize, place: usize) -> impl Iterator<Item = usize> + '_ {
        let pieces = &self.pieces[run];
        let start = pieces.partition_point(|piece| (piece.0 as usize) < place);
        pieces[start..].iter().take_while(move |piece| piece.0 as usize == place).flat_map(|piece| piece.1.clone())
    }
}
