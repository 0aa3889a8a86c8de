//! Judgments that say which of two documents is better, and runs against them.

mod counts;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::{Error, Evaluation, Measure, MissingQueries, Options, Result, Run, TrecEval};

pub(crate) use counts::{Among, Counts, Relation};
pub use read::PreferenceFormat;

/// Lists of documents with levels, by name.
type Lists = BTreeMap<String, Vec<(String, f64)>>;

/// Judgments that say which of two documents is better: a document is preferred to those of a lower level in its list.
///
/// What was said of a query comes from groups of judges, of which each can have judged several lists. The preferences of a
/// group agree, and what follows from them counts as well: if one list of it has a before b, and another one b before c, then
/// a is before c. Groups may contradict each other.
///
/// ```
/// use rank_eval::{Measure, Options, Preferences, Run, evaluate_preferences};
///
/// let preferences = Preferences::from_rows([("q", "ann", "1", "a", 2.0), ("q", "ann", "1", "b", 1.0), ("q", "ann", "1", "c", 0.0)])?;
/// let run = Run::from_nested([("q", vec![("a", 3.0), ("c", 2.0), ("b", 1.0)])])?;
/// let measure: Measure = "prefs_simp".parse()?;
///
/// // a before b and a before c are fulfilled, b before c is not.
/// let evaluation = evaluate_preferences(&preferences, &run, std::slice::from_ref(&measure), Options::default())?;
/// assert_eq!(evaluation.mean(&measure), Some(2.0 / 3.0));
/// # Ok::<(), rank_eval::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Preferences {
    /// The groups of each query.
    queries: BTreeMap<String, BTreeMap<String, Lists>>,
}

impl Preferences {
    /// Preferences out of rows of query, group of judges, list within the group, document and level, in any order.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidLevel`] for a level that is negative or not finite, [`Error::ContradictoryPreferences`].
    pub fn from_rows<Q, G, L, D>(rows: impl IntoIterator<Item = (Q, G, L, D, f64)>) -> Result<Self>
    where
        Q: Into<String>,
        G: Into<String>,
        L: Into<String>,
        D: Into<String>,
    {
        let mut preferences = Self::default();
        for (position, (query, group, list, document, level)) in rows.into_iter().enumerate() {
            if !(level >= 0.0 && level.is_finite()) {
                return Err(Error::InvalidLevel { position, value: level });
            }
            let groups = preferences.queries.entry(query.into()).or_default();
            let list = groups.entry(group.into()).or_default().entry(list.into()).or_default();
            list.push((document.into(), level));
        }
        preferences.check()
    }

    /// Refuses preferences of one group that contradict each other.
    fn check(self) -> Result<Self> {
        for (query, groups) in &self.queries {
            Ranked::new(query, groups, &[])?;
        }
        Ok(self)
    }

    /// The number of queries.
    pub fn len(&self) -> usize {
        self.queries.len()
    }

    /// Whether there is no query.
    pub fn is_empty(&self) -> bool {
        self.queries.is_empty()
    }

    /// The queries, ascending by id.
    pub fn queries(&self) -> impl ExactSizeIterator<Item = &str> {
        self.queries.keys().map(String::as_str)
    }

    /// The groups of judges of a query, ascending by name; `None` for a query that nobody judged.
    pub fn groups(&self, query: &str) -> Option<impl ExactSizeIterator<Item = &str>> {
        self.queries.get(query).map(|groups| groups.keys().map(String::as_str))
    }
}

/// Evaluates a run by preferences.
///
/// Documents of equal score stand by id *ascending* here, which is what `trec_eval` does with preferences. Of the options
/// count [`missing_queries`](Options::missing_queries), [`depth`](Options::depth) and [`compat`](Options::compat), which rounds
/// scores to `f32`; a query that the run lacks has an empty ranking, which fulfills nothing.
///
/// # Errors
///
/// [`Error::NotOfPreferences`] for a measure that is not one of preferences; [`Error::NoCommonQuery`].
///
/// # Source
///
/// Carterette, Bennett, Chickering, Dumais: Here or there, preference judgments for relevance (ECIR 2008); `trec_eval`.
pub fn evaluate_preferences(
    preferences: &Preferences,
    run: &Run,
    measures: &[Measure],
    options: Options,
) -> Result<Evaluation> {
    if let Some(measure) = measures.iter().find(|measure| !measure.needs_preferences()) {
        return Err(Error::NotOfPreferences { measure: measure.to_string() });
    }
    let (mut queries, mut missing) = (Vec::new(), Vec::new());
    let mut columns = vec![Vec::new(); measures.len()];
    for (query, groups) in &preferences.queries {
        if run.ranked(query).is_none() {
            missing.push(query.clone());
            if options.missing_queries == MissingQueries::Skip {
                continue;
            }
        }
        let ranked = Ranked::new(query, groups, &ranking(run, query, options))?;
        for (measure, column) in measures.iter().zip(&mut columns) {
            column.push(measure.family().preferences.map_or(0.0, |value| value(&ranked)));
        }
        queries.push(query.clone());
    }
    if queries.is_empty() || (missing.len() == preferences.len() && !run.is_empty()) {
        return Err(Error::NoCommonQuery { run: run.len(), qrels: preferences.len() });
    }
    let unjudged = run.queries().filter(|query| !preferences.queries.contains_key(*query)).map(str::to_owned).collect();
    Ok(Evaluation::of_columns(measures.to_vec(), queries, columns, missing, unjudged))
}

/// The documents of a query, best first; by id among equal scores.
fn ranking<'a>(run: &'a Run, query: &str, options: Options) -> Vec<&'a str> {
    let mut documents: Vec<(&str, f64)> = run.ranked(query).into_iter().flatten().collect();
    if options.compat == Some(TrecEval::V9) {
        for (_, score) in &mut documents {
            *score = f64::from(*score as f32);
        }
    }
    // No score is NaN; 0.0 and -0.0 are equal.
    let by_score = |a: f64, b: f64| b.partial_cmp(&a).unwrap_or(std::cmp::Ordering::Equal);
    documents.sort_by(|a, b| by_score(a.1, b.1).then_with(|| a.0.cmp(b.0)));
    documents.truncate(options.depth.unwrap_or(usize::MAX));
    documents.into_iter().map(|(document, _)| document).collect()
}

/// The preferences of one query, over documents that are numbered by their rank.
#[derive(Debug)]
pub(crate) struct Ranked {
    /// How many of the judged documents are ranked; the others have the higher numbers.
    pub(crate) retrieved: usize,
    /// How many are judged.
    pub(crate) judged: usize,
    pub(crate) groups: Vec<Relation>,
}

impl Ranked {
    /// `ranked` is best first.
    fn new(query: &str, groups: &BTreeMap<String, Lists>, ranked: &[&str]) -> Result<Self> {
        let documents = || groups.values().flat_map(BTreeMap::values).flatten();
        let names: BTreeSet<&str> = documents().map(|(document, _)| document.as_str()).collect();
        let mut numbers: FxHashMap<&str, usize> = FxHashMap::default();
        for document in ranked.iter().copied().filter(|document| names.contains(document)) {
            let next = numbers.len();
            numbers.entry(document).or_insert(next);
        }
        let retrieved = numbers.len();
        for document in names {
            let next = numbers.len();
            numbers.entry(document).or_insert(next);
        }
        let relation = |(group, lists): (&String, &Lists)| {
            let lists: Vec<Vec<(usize, f64)>> = lists
                .values()
                .map(|list| list.iter().map(|(document, level)| (numbers[document.as_str()], *level)).collect())
                .collect();
            let relation = Relation::new(numbers.len(), retrieved, &lists);
            relation.ok_or_else(|| Error::ContradictoryPreferences { query: query.to_owned(), group: group.clone() })
        };
        let groups = groups.iter().map(relation).collect::<Result<_>>()?;
        Ok(Self { retrieved, judged: numbers.len(), groups })
    }
}
