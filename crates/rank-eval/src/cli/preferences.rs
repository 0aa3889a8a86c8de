//! Judgments that say which of two documents is better: `trec_eval -R prefs` and `-R qrels_prefs`.

mod counts;
mod measures;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(crate) use self::measures::{Among, Preference};

use self::counts::Relation;
use crate::cli::failure::{Failure, Outcome};

/// Lists of documents with levels, by name.
type Lists = BTreeMap<String, Vec<(String, f64)>>;

/// What was said of a query's documents: groups of judges, of which each can have judged several lists.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    groups: BTreeMap<String, Lists>,
}

/// The preferences of all queries.
#[derive(Debug, Default)]
pub(crate) struct Preferences(pub(crate) BTreeMap<String, Judged>);

impl Preferences {
    /// Adds a line: query, group, list within the group, document, level.
    fn add(&mut self, [query, group, list, document]: [&str; 4], level: f64) {
        let groups = &mut self.0.entry(query.to_owned()).or_default().groups;
        let lists = groups.entry(group.to_owned()).or_default();
        lists.entry(list.to_owned()).or_default().push((document.to_owned(), level));
    }

    /// Reads lines of `query group list document level`, or without `list`.
    pub(crate) fn parse(name: &str, lines: &[(usize, String)], has_lists: bool) -> Outcome<Self> {
        let mut preferences = Self::default();
        for (number, line) in lines {
            let columns: Vec<&str> = line.split_ascii_whitespace().collect();
            let row = match (has_lists, &columns[..]) {
                (true, [query, group, list, document, level]) => Some(([*query, *group, *list, *document], level)),
                (false, [query, group, document, level]) => Some(([*query, *group, "", *document], level)),
                _ => None,
            };
            let row =
                row.and_then(|(words, level)| Some((words, level.parse().ok().filter(|&level: &f64| level >= 0.0)?)));
            let (words, level) = row.ok_or_else(|| {
                let expected = if has_lists { "query group list document level" } else { "query group document level" };
                Failure::input(format!(
                    "{name}:{number}: expected \"{expected}\", the level from 0, got {line:?}; repair it"
                ))
            })?;
            preferences.add(words, level);
        }
        Ok(preferences)
    }
}

/// The preferences of one query, over documents that are numbered by their rank.
#[derive(Debug)]
pub(crate) struct Ranked {
    /// How many of the judged documents are ranked; the others have the higher numbers.
    retrieved: usize,
    /// How many are judged.
    judged: usize,
    groups: Vec<Relation>,
}

impl Ranked {
    /// `ranked` is best first.
    pub(crate) fn new(query: &str, judged: &Judged, ranked: &[&str]) -> Outcome<Self> {
        let lists = || judged.groups.values().flat_map(BTreeMap::values).flatten();
        let names: BTreeSet<&str> = lists().map(|(document, _)| document.as_str()).collect();
        let mut numbers: HashMap<&str, usize> = HashMap::new();
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
            Relation::new(numbers.len(), retrieved, &lists).ok_or_else(|| {
                Failure::input(format!(
                    "query {query:?}, group {group:?}: expected preferences that agree, got a document both better and not \
                     better than another, or twice in a list; give them to two groups"
                ))
            })
        };
        let groups = judged.groups.iter().map(relation).collect::<Outcome<_>>()?;
        Ok(Self { retrieved, judged: numbers.len(), groups })
    }
}
