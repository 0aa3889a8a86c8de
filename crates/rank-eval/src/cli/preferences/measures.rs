//! What is computed from preferences (Carterette, Bennett, Chickering, Dumais 2008; `trec_eval`).

use super::Ranked;
use super::counts::{Counts, Relation};

/// Which preferences count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Among {
    /// Those between documents of which both are ranked.
    Ranked,
    /// Those, and the ones between a document that is ranked and one that is not.
    Implied,
    /// All.
    All,
}

/// A measure of preferences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Preference {
    /// How many there are.
    Possible,
    /// How many are fulfilled.
    Fulfilled(Among),
    /// The share that is fulfilled, over all groups.
    Simple(Among),
    /// The share that is fulfilled, of each pair of documents, and the mean over pairs.
    Pair(Among),
    /// The share that is fulfilled, of each group, and the mean over groups.
    Groups(Among),
}

impl Preference {
    pub(crate) fn value(self, ranked: &Ranked) -> f64 {
        let sum =
            |count: &dyn Fn(&Counts) -> usize| ranked.groups.iter().map(|group| count(&group.counts)).sum::<usize>();
        match self {
            Self::Possible => sum(&|counts| possible(counts, Among::All)) as f64,
            Self::Fulfilled(among) => sum(&|counts| fulfilled(counts, among)) as f64,
            Self::Simple(among) => {
                share(sum(&|counts| fulfilled(counts, among)), sum(&|counts| possible(counts, among)))
            }
            Self::Pair(among) => pairs(ranked, among),
            Self::Groups(among) => {
                let of = |group: &Relation| share(fulfilled(&group.counts, among), possible(&group.counts, among));
                ranked.groups.iter().map(of).sum::<f64>() / ranked.groups.len().max(1) as f64
            }
        }
    }
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
