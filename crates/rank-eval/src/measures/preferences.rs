//! Which preferences the ranking fulfills, over judgments that say which of two documents is better.
//!
//! ```text
//! prefs_num_prefs_poss     preferences
//! prefs_num_prefs_ful      fulfilled ones: the better document is ranked above the other, or alone ranked
//! prefs_num_prefs_ful_ret  fulfilled ones of which both documents are ranked
//! prefs_simp               fulfilled / all
//! prefs_pair               for each pair of documents the share of its preferences that is fulfilled, and the mean over pairs
//! prefs_avgjg              for each group of judges fulfilled / all, and the mean over groups
//! prefs_avgjg_Rnonrel      the same, with as many documents of level 0 as of higher levels in each group
//! ```
//!
//! and, but for the counts, with `_ret` of preferences both of whose documents are ranked; with `_imp`, which
//! `prefs_avgjg_Rnonrel` does not have, of those one of whose documents is. A share of nothing is 0.
//!
//! `prefs_avgjg_Rnonrel` is what `trec_eval` computes. A group with R documents above level 0 and N <= R of level 0 is taken to
//! have R - N further ones behind all others. If N is larger, the first R of them in the ranking count; in a group that has one
//! list, each of the N is then compared with these R as well, itself included. If a group has none above level 0, the query has 0.
//!
//! Documents of equal score stand by id ascending. See [`Preferences`](crate::Preferences) and
//! [`evaluate_preferences`](crate::evaluate_preferences).
//!
//! Source: Carterette, Bennett, Chickering, Dumais: Here or there, preference judgments for relevance (ECIR 2008); `trec_eval`.
//!
//! ```
//! use rank_eval::{Measure, Options, Preferences, Run, evaluate_preferences};
//!
//! // ann has a before b before c, bob has b before a.
//! let rows = [("q", "ann", "", "a", 2.0), ("q", "ann", "", "b", 1.0), ("q", "ann", "", "c", 0.0)];
//! let rows = rows.into_iter().chain([("q", "bob", "", "b", 1.0), ("q", "bob", "", "a", 0.0)]);
//! let preferences = Preferences::from_rows(rows)?;
//! let run = Run::from_nested([("q", vec![("a", 2.0), ("b", 1.0)])])?;
//! let measures = Measure::parse_many("prefs_num_prefs_poss prefs_simp prefs_pair prefs_avgjg prefs_avgjg_ret")?;
//! let evaluation = evaluate_preferences(&preferences, &run, &measures, Options::default())?;
//! let values: Vec<f64> = measures.iter().map(|measure| evaluation.mean(measure).unwrap()).collect();
//! // ann's three are fulfilled, c not being ranked; bob's is not. Of a and b, one of two is.
//! assert_eq!(values, [4.0, 3.0 / 4.0, (0.5 + 1.0 + 1.0) / 3.0, (1.0 + 0.0) / 2.0, (1.0 + 0.0) / 2.0]);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::measure::{Aggregate, Family};
use crate::preferences::{Among, Counts, Ranked, Relation};

pub(super) const POSSIBLE: Family = count("prefs_num_prefs_poss", "number of preferences", |ranked| {
    total(ranked, |counts| possible(counts, Among::All))
});
pub(super) const FULFILLED: Family =
    count("prefs_num_prefs_ful", "number of preferences that are fulfilled", |ranked| {
        total(ranked, |counts| fulfilled(counts, Among::All))
    });
pub(super) const FULFILLED_RANKED: Family =
    count("prefs_num_prefs_ful_ret", "number of preferences between ranked documents that are fulfilled", |ranked| {
        total(ranked, |counts| fulfilled(counts, Among::Ranked))
    });
pub(super) const SIMPLE: Family =
    mean("prefs_simp", "share of preferences that are fulfilled", |ranked| simple(ranked, Among::All));
pub(super) const PAIRS: Family =
    mean("prefs_pair", "mean over pairs of documents of the share of preferences that are fulfilled", |ranked| {
        pairs(ranked, Among::All)
    });
pub(super) const GROUPS: Family =
    mean("prefs_avgjg", "mean over groups of judges of the share of preferences that are fulfilled", |ranked| {
        groups(ranked, Among::All)
    });
pub(super) const BALANCED: Family =
    mean("prefs_avgjg_Rnonrel", "prefs_avgjg with as many documents of level 0 as of higher ones", |ranked| {
        balanced(ranked, false)
    });
pub(super) const SIMPLE_RANKED: Family =
    mean("prefs_simp_ret", "prefs_simp of preferences between ranked documents", |ranked| {
        simple(ranked, Among::Ranked)
    });
pub(super) const PAIRS_RANKED: Family =
    mean("prefs_pair_ret", "prefs_pair of pairs of ranked documents", |ranked| pairs(ranked, Among::Ranked));
pub(super) const GROUPS_RANKED: Family =
    mean("prefs_avgjg_ret", "prefs_avgjg of preferences between ranked documents", |ranked| {
        groups(ranked, Among::Ranked)
    });
pub(super) const BALANCED_RANKED: Family =
    mean("prefs_avgjg_Rnonrel_ret", "prefs_avgjg_Rnonrel of ranked documents", |ranked| balanced(ranked, true));
pub(super) const SIMPLE_IMPLIED: Family =
    mean("prefs_simp_imp", "prefs_simp of preferences with a ranked document", |ranked| simple(ranked, Among::Implied));
pub(super) const PAIRS_IMPLIED: Family =
    mean("prefs_pair_imp", "prefs_pair of pairs with a ranked document", |ranked| pairs(ranked, Among::Implied));
pub(super) const GROUPS_IMPLIED: Family =
    mean("prefs_avgjg_imp", "prefs_avgjg of preferences with a ranked document", |ranked| {
        groups(ranked, Among::Implied)
    });

const fn mean(name: &'static str, about: &'static str, value: fn(&Ranked) -> f64) -> Family {
    Family { name, trec: name, about, takes_level: false, preferences: Some(value), ..Family::BASE }
}

const fn count(name: &'static str, about: &'static str, value: fn(&Ranked) -> f64) -> Family {
    Family { aggregate: Aggregate::Sum, ..mean(name, about, value) }
}

fn total(ranked: &Ranked, count: fn(&Counts) -> usize) -> f64 {
    ranked.groups.iter().map(|group| count(&group.counts)).sum::<usize>() as f64
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn fulfilled(counts: &Counts, among: Among) -> usize {
    counts.fulfilled + if among == Among::Ranked { 0 } else { counts.implied }
}

fn possible(counts: &Counts, among: Among) -> usize {
    match among {
        Among::Ranked => counts.both,
        Among::Implied => counts.both + counts.one,
        Among::All => counts.both + counts.one + counts.neither,
    }
}

fn simple(ranked: &Ranked, among: Among) -> f64 {
    let sum = |count: fn(&Counts, Among) -> usize| {
        ranked.groups.iter().map(|group| count(&group.counts, among)).sum::<usize>()
    };
    share(sum(fulfilled), sum(possible))
}

fn groups(ranked: &Ranked, among: Among) -> f64 {
    let of = |group: &Relation| share(fulfilled(&group.counts, among), possible(&group.counts, among));
    ranked.groups.iter().map(of).sum::<f64>() / ranked.groups.len().max(1) as f64
}

fn pairs(ranked: &Ranked, among: Among) -> f64 {
    let (mut sum, mut count) = (0.0, 0);
    let how_many = |better, worse| ranked.groups.iter().filter(|group| group.prefers(better, worse)).count();
    let rows = if among == Among::All { ranked.judged } else { ranked.retrieved };
    let columns = if among == Among::Ranked { ranked.retrieved } else { ranked.judged };
    for first in 0..rows {
        for second in first + 1..columns {
            let (agreeing, contrary) = (how_many(first, second), how_many(second, first));
            if agreeing + contrary > 0 {
                count += 1;
                if first < ranked.retrieved {
                    sum += share(agreeing, agreeing + contrary);
                }
            }
        }
    }
    if count == 0 { 0.0 } else { sum / f64::from(count) }
}

/// With as many documents of level 0 as of higher ones; `retrieved_only` of ranked documents.
fn balanced(ranked: &Ranked, retrieved_only: bool) -> f64 {
    let of = |group: &Relation| {
        let (good, bad) = group.levels(ranked.retrieved);
        let (good, bad) = if retrieved_only { (good.ranked, bad.ranked) } else { (good.judged, bad.judged) };
        if good < bad {
            return group.cut(ranked.retrieved, retrieved_only);
        }
        let among = if retrieved_only { Among::Ranked } else { Among::All };
        let (all, _) = group.levels(ranked.retrieved);
        let further = good - bad;
        (fulfilled(&group.counts, among) + all.ranked * further, possible(&group.counts, among) + all.judged * further)
    };
    // Not a share: nothing of nothing is no number, and the sum is then none either.
    let shares = ranked.groups.iter().map(of).map(|(part, whole)| part as f64 / whole as f64);
    let sum = shares.fold(0.0, |sum, share| sum + share);
    if sum > 0.0 { sum / ranked.groups.len() as f64 } else { 0.0 }
}
