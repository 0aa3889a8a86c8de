//! What can be wrong with the lists that are to be fused, and with what is asked of them.

/// Why a fusion was refused. Positions count from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No list was given.
    #[error("lists: expected at least one ranked list, got none; pass the lists to fuse, best document first in each")]
    NoLists,
    /// A score is not a number.
    #[error("lists[{list}][{position}]: expected a score, got NaN; drop the document or repair its score")]
    NanScore {
        /// Which list.
        list: usize,
        /// Where in it.
        position: usize,
    },
    /// A score is infinite, and the method computes with scores.
    #[error(
        "lists[{list}][{position}]: expected a finite score, got {score}; drop the document, or fuse by ranks, which \
         need no arithmetic on scores"
    )]
    InfiniteScore {
        /// Which list.
        list: usize,
        /// Where in it.
        position: usize,
        /// The score.
        score: f64,
    },
    /// The order of a list contradicts its scores.
    #[error(
        "lists[{list}][{position}]: expected scores in descending order, got {score} after {previous}; \
         sort the list by score, best first"
    )]
    NotSorted {
        /// Which list.
        list: usize,
        /// Where in it.
        position: usize,
        /// The score that is too high for its place.
        score: f64,
        /// The score before it.
        previous: f64,
    },
    /// A document is in one list twice, and would be counted twice.
    #[error(
        "lists[{list}][{position}]: expected each document once, got one of position {first} again; drop one of the two"
    )]
    DuplicateDocument {
        /// Which list.
        list: usize,
        /// Where the document is met again.
        position: usize,
        /// Where it was met first.
        first: usize,
    },
    /// Numbered lists whose parts do not fit each other.
    #[error("{argument}: expected {expected}, got {got}; number the documents of a query from 0, list after list")]
    BadNumbering {
        /// The part that does not fit.
        argument: &'static str,
        /// What it should be.
        expected: String,
        /// What it is.
        got: String,
    },
    /// The rank constant is negative or not finite.
    #[error("k: expected a finite number of at least 0, got {k}; 60 is the usual choice")]
    InvalidK {
        /// The value that was passed.
        k: f64,
    },
    /// A parameter is outside its range.
    #[error("{name}: expected {expected}, got {value}; {usual}")]
    InvalidParameter {
        /// The parameter's name.
        name: &'static str,
        /// Its range, in words.
        expected: &'static str,
        /// The value that was passed.
        value: f64,
        /// What is usually passed.
        usual: &'static str,
    },
    /// There are more or fewer weights, bounds or learned lists than lists.
    #[error("{argument}: expected one for each of {lists} lists, got {got}; {advice}")]
    CountMismatch {
        /// What is counted.
        argument: &'static str,
        /// How many lists there are.
        lists: usize,
        /// How many were passed.
        got: usize,
        /// What to do.
        advice: &'static str,
    },
    /// A weight is negative or not finite.
    #[error("weights[{list}]: expected a finite number of at least 0, got {weight}; 0 takes a list out")]
    InvalidWeight {
        /// Which list.
        list: usize,
        /// Its weight.
        weight: f64,
    },
    /// All weights are zero.
    #[error("weights: expected at least one above 0, got zeros; give weight to a list that should count")]
    ZeroWeights,
    /// A method cannot follow a policy for missing documents.
    #[error("missing: expected a policy that {method} can follow, got {policy}; {advice}")]
    UnusableMissing {
        /// The method.
        method: &'static str,
        /// The policy.
        policy: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// A name that stands for nothing.
    #[error("{argument}: expected one of {known}, got {got}; check the spelling")]
    UnknownName {
        /// The argument.
        argument: &'static str,
        /// The name that was passed.
        got: String,
        /// The names that there are.
        known: String,
    },
    /// Training without a query that has a relevant document.
    #[error("training: expected at least one query with a relevant document, got {queries} queries without; {advice}")]
    NothingToLearn {
        /// How many queries there were.
        queries: usize,
        /// What to do.
        advice: &'static str,
    },
    /// A file or a text that is not a trained method.
    #[error("{argument}: expected a trained method as `save` writes it, got {got}; train and save it again")]
    BadModel {
        /// The text or the file's name.
        argument: String,
        /// What is wrong with it.
        got: String,
    },
    /// A file cannot be read or written.
    #[error("{path}: expected a file that can be {action}, got an error: {reason}; check the path and its permissions")]
    Io {
        /// The file.
        path: String,
        /// Read or written.
        action: &'static str,
        /// The system's error.
        reason: String,
        /// What kind of error, so that a missing file can be told from others.
        kind: std::io::ErrorKind,
    },
    /// What is wrong in one of many queries.
    #[error("query {query}, {error}")]
    InQuery {
        /// The query.
        query: String,
        /// What is wrong there.
        error: Box<Self>,
    },
    /// A number of threads that cannot be had.
    #[error(
        "threads: expected at least 1, and no more than the system gives, got {threads} ({reason}); leave it out for one per core"
    )]
    InvalidThreads {
        /// The number that was passed.
        threads: usize,
        /// Why not.
        reason: String,
    },
    /// A function that is to be optimized returned NaN.
    #[error("measure: expected a number, got NaN; return a number for every query")]
    NanValue,
    /// Nothing to optimize for.
    #[error("qrels: expected at least one query, got none; pass judgments, or runs with queries")]
    NoQueries,
    /// Nothing to try.
    #[error(
        "methods: expected something to try, got nothing; pass at least one method, and at least one part of weight"
    )]
    EmptySpace,
    /// A grid that is too large.
    #[error(
        "search: expected at most {largest} trials, got {}; pass larger steps, fewer methods, or search by coordinates \
         or at random", trials.map_or_else(|| "more than can be counted".to_owned(), |trials| trials.to_string())
    )]
    TooManyTrials {
        /// How many there would be, if that can be counted.
        trials: Option<usize>,
        /// How many there can be.
        largest: usize,
    },
    /// More parts than queries, or a single one.
    #[error("folds: expected 0, or from 2 to the number of queries ({queries}), got {folds}; 5 is usual")]
    InvalidFolds {
        /// The number that was passed.
        folds: usize,
        /// How many queries there are.
        queries: usize,
    },
    /// A place that no list has.
    #[error("place: expected a number below {lists}, got {list}; places count from 0")]
    NoSuchList {
        /// The place that was passed.
        list: usize,
        /// How many lists there are.
        lists: usize,
    },
    /// Pages without documents.
    #[error("size: expected at least 1 document per page, got 0; 10 is usual")]
    EmptyPages,
    /// A page behind the last.
    #[error(
        "page: expected a number below {pages}, got {page}; pages count from 0, and deeper lists make more of them"
    )]
    NoSuchPage {
        /// The page that was asked for.
        page: usize,
        /// How many there are.
        pages: usize,
    },
    /// A line of a file that is not what its format asks for. Lines count from 1.
    #[error("{name}:{line}: expected {expected}, got {got:?}; correct the line")]
    BadLine {
        /// The file.
        name: String,
        /// The line.
        line: usize,
        /// What it should have.
        expected: &'static str,
        /// What it has.
        got: String,
    },
    /// A search was told to stop.
    #[error("search: expected to go on, got a request to stop; start it again")]
    Stopped,
}

impl Error {
    /// The same, with the query it is about.
    pub(crate) fn in_query(self, query: &impl std::fmt::Debug) -> Self {
        match self {
            error @ Self::InQuery { .. } => error,
            error => Self::InQuery { query: format!("{query:?}"), error: Box::new(error) },
        }
    }
}

/// The result of a fusion.
pub type Result<T> = std::result::Result<T, Error>;
