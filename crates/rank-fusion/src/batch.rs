//! Thousands of queries in one call.

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::method::Looks;
use crate::rows::{Rows, Topics};
use crate::{Error, Fusion, Numbering, Ranking, Result, Scratch};

/// Runs that were fused, in columns: the documents and scores of query `i` are those at `starts[i]..starts[i + 1]`,
/// best first. Queries are in ascending order.
#[derive(Debug, Clone, PartialEq)]
pub struct FusedRun<Q, D> {
    /// The queries of all runs, in ascending order.
    pub queries: Vec<Q>,
    /// Where each query begins, and at last where the last one ends.
    pub starts: Vec<usize>,
    /// The documents.
    pub documents: Vec<D>,
    /// Their scores.
    pub scores: Vec<f64>,
}

impl<Q, D> FusedRun<Q, D> {
    /// The queries, each with its documents and their scores.
    pub fn iter(&self) -> impl Iterator<Item = (&Q, &[D], &[f64])> {
        self.queries
            .iter()
            .zip(self.starts.windows(2))
            .map(|(query, ends)| (query, &self.documents[ends[0]..ends[1]], &self.scores[ends[0]..ends[1]]))
    }
}

/// What one thread needs to fuse query after query.
struct Worker<I> {
    numbering: Numbering<I>,
    scratch: Scratch,
    totals: Vec<f64>,
    ranking: Ranking,
}

impl<I> Worker<I> {
    fn new() -> Self {
        Self { numbering: Numbering::new(), scratch: Scratch::new(), totals: Vec::new(), ranking: Ranking::new() }
    }
}

/// Part of a fused run.
struct Piece<D> {
    lengths: Vec<usize>,
    documents: Vec<D>,
    scores: Vec<f64>,
}

/// How many queries a thread does at a time: one where it takes long, so that it is soon told to stop.
fn piece(fusion: &Fusion) -> usize {
    if fusion.method().looks() == Looks::Pairs { 1 } else { 16 }
}

/// Fuses runs query by query. A query that a run lacks is an empty list there.
///
/// * `runs`: one per retriever.
/// * `fusion`: the method and its choices, of which [`Fusion::order`] says whether rows are in order.
/// * `threads`: how many threads to use; `None` for as many as the machine has. The answer is the same bits for any.
/// * `advance`: is told how many more queries are done, and of how many, and says whether to go on; if not, the answer is
///   incomplete and is to be thrown away.
///
/// # Errors
///
/// Those of [`Fusion::fuse`], within [`Error::InQuery`].
///
/// ```
/// use rank_fusion::{Columns, Fusion, Method, fuse_runs};
///
/// let sparse = Columns { queries: &[1, 1, 2], documents: &["a", "b", "c"], scores: &[9.0, 8.0, 7.0] };
/// let dense = Columns { queries: &[1], documents: &["b"], scores: &[0.5] };
/// let fusion = Fusion::new(Method::ReciprocalRank { k: 0.0 });
///
/// let fused = fuse_runs(&[sparse, dense], &fusion, Some(1), |_, _| true)?;
/// assert_eq!(fused.queries, [1, 2]);
/// assert_eq!(fused.starts, [0, 2, 3]);
/// assert_eq!(fused.documents, ["b", "a", "c"]);
/// assert_eq!(fused.scores, [1.5, 1.0, 1.0]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn fuse_runs<R: Rows>(
    runs: &[R],
    fusion: &Fusion,
    threads: Option<usize>,
    advance: impl Fn(usize, usize) -> bool + Sync,
) -> Result<FusedRun<R::Query, R::Document>>
where
    R::Query: Debug,
{
    fusion.check(runs.len())?;
    let topics = Topics::of(runs);
    let count = topics.queries.len();
    let pieces = spread(threads, count, piece(fusion), |worker: &mut Worker<R::Document>, range| {
        let mut piece = Piece { lengths: Vec::with_capacity(range.len()), documents: Vec::new(), scores: Vec::new() };
        let length = range.len();
        for query in range {
            let Worker { numbering, scratch, totals, ranking } = worker;
            numbering.clear();
            for (run, rows) in runs.iter().enumerate() {
                let entries = topics.rows(run, query).map(|row| (rows.document(row), rows.score(row)));
                numbering.add_list(fusion, entries).map_err(|error| error.in_query(&topics.queries[query]))?;
            }
            if fusion.method().orders_by_number() {
                numbering.order_by_id();
            }
            fusion
                .totals(&numbering.lists()?, scratch, totals)
                .map_err(|error| error.in_query(&topics.queries[query]))?;
            ranking.sort(fusion, totals);
            let order = ranking.settle(fusion, numbering.ids());
            piece.lengths.push(order.len());
            piece.documents.reserve(order.len());
            piece.scores.reserve(order.len());
            for number in order {
                piece.documents.push(numbering.ids()[number].clone());
                piece.scores.push(totals[number]);
            }
        }
        Ok((piece, advance(length, count)))
    })?;
    let entries = pieces.iter().map(|piece| piece.documents.len()).sum();
    let mut fused = FusedRun {
        queries: topics.queries,
        starts: Vec::with_capacity(count + 1),
        documents: Vec::with_capacity(entries),
        scores: Vec::with_capacity(entries),
    };
    fused.starts.push(0);
    for piece in pieces {
        for length in piece.lengths {
            fused.starts.push(fused.starts[fused.starts.len() - 1] + length);
        }
        fused.documents.extend(piece.documents);
        fused.scores.extend(piece.scores);
    }
    Ok(fused)
}

/// Does `work` on `0..count` in pieces, on several threads, each with its own worker; the results are in order. The
/// first error in that order is returned. If a result says stop, those that are missing are left out.
fn spread<W, T: Send + Sync>(
    threads: Option<usize>,
    count: usize,
    piece: usize,
    work: impl Fn(&mut Worker<W>, std::ops::Range<usize>) -> Result<(T, bool)> + Sync,
) -> Result<Vec<T>> {
    let pieces = count.div_ceil(piece);
    let range = |place: usize| place * piece..count.min((place + 1) * piece);
    if threads == Some(1) || (pieces <= 1 && threads != Some(0)) {
        let mut worker = Worker::new();
        let mut results = Vec::with_capacity(pieces);
        for piece in 0..pieces {
            let (result, go_on) = work(&mut worker, range(piece))?;
            results.push(result);
            if !go_on {
                break;
            }
        }
        return Ok(results);
    }
    let stopped = OnceLock::new();
    let results: Vec<Result<Option<T>>> = in_pool(threads, || {
        (0..pieces)
            .into_par_iter()
            .map_init(Worker::new, |worker, piece| {
                if stopped.get().is_some() {
                    return Ok(None);
                }
                let (result, go_on) = work(worker, range(piece))?;
                if !go_on {
                    let _ = stopped.set(());
                }
                Ok(Some(result))
            })
            .collect()
    })?;
    results.into_iter().filter_map(Result::transpose).collect()
}

/// Runs `work` with that many threads, or with as many as all of the program shares: what decides how many threads
/// [`Problem::search`](crate::Problem::search) uses.
///
/// ```
/// assert_eq!(rank_fusion::in_pool(Some(2), || 6 * 7)?, 42);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::InvalidThreads`] for 0 threads, and if the system has no more threads to give.
pub fn in_pool<T: Send>(threads: Option<usize>, work: impl FnOnce() -> T + Send) -> Result<T> {
    let Some(threads) = threads else {
        return Ok(work());
    };
    let refused = |reason: String| Error::InvalidThreads { threads, reason };
    if threads == 0 {
        return Err(refused("none would work".to_owned()));
    }
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| refused(error.to_string()))?;
    Ok(pool.install(work))
}

/// Fuses the lists of many queries: `queries[q][i]` is the list that retriever `i` gives for query `q`. Queries may
/// have different numbers of lists, unless weights are given.
///
/// * `threads`: how many threads to use; `None` for as many as the machine has. The answer is the same bits for any.
///
/// # Errors
///
/// Those of [`Fusion::fuse`], within [`Error::InQuery`], which names the query by its position.
///
/// ```
/// use rank_fusion::{Fusion, Method, fuse_many};
///
/// let queries = [
///     vec![vec![("a", 2.0), ("b", 1.0)], vec![("b", 0.5)]],
///     vec![vec![("c", 4.0)]],
/// ];
/// let fused = fuse_many(&queries, &Fusion::new(Method::ReciprocalRank { k: 0.0 }), None)?;
/// assert_eq!(fused, [vec![("b", 1.5), ("a", 1.0)], vec![("c", 1.0)]]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn fuse_many<I, S, L, Q>(queries: &[Q], fusion: &Fusion, threads: Option<usize>) -> Result<Vec<Vec<(I, S)>>>
where
    I: Clone + Eq + Hash + Ord + Send + Sync,
    S: crate::Score + Send + Sync,
    L: AsRef<[(I, S)]>,
    Q: AsRef<[L]> + Sync,
{
    let work = || {
        queries
            .par_iter()
            .enumerate()
            .map(|(query, lists)| fusion.fuse(lists.as_ref()).map_err(|error| error.in_query(&query)))
            .collect::<Vec<_>>()
    };
    in_pool(threads, work)?.into_iter().collect()
}
