//! The preferences of one group of judges, counted.

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

/// Who is preferred to whom. Documents are numbered by their rank; those that are not ranked have the higher numbers.
#[derive(Debug)]
pub(crate) struct Relation {
    /// `[better][worse]`.
    prefers: Vec<Vec<bool>>,
    /// For each document whether its level is above 0; `None` if the group says nothing of it.
    is_good: Vec<Option<bool>>,
    /// Whether the group has several lists.
    is_partial: bool,
    pub(crate) counts: Counts,
}

/// Preferences by where their two documents are, and whether the ranking agrees.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    /// Both ranked, the better one first.
    pub(crate) fulfilled: usize,
    /// Both ranked.
    pub(crate) both: usize,
    /// The better one ranked, the other not.
    pub(crate) implied: usize,
    /// One of them ranked.
    pub(crate) one: usize,
    /// Neither ranked.
    pub(crate) neither: usize,
}

/// How many documents of a kind there are.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) judged: usize,
    pub(crate) ranked: usize,
}

impl Relation {
    /// Of the lists of a group, of document numbers with levels; ranked documents have the numbers below `retrieved`.
    /// `None` if they contradict each other.
    pub(super) fn new(judged: usize, retrieved: usize, lists: &[Vec<(usize, f64)>]) -> Option<Self> {
        let mut prefers = vec![vec![false; judged]; judged];
        let mut is_good = vec![None; judged];
        for list in lists {
            for (place, &(a, a_level)) in list.iter().enumerate() {
                if is_good[a].replace(a_level > 0.0).is_some_and(|before| before != (a_level > 0.0)) {
                    return None;
                }
                for &(b, b_level) in &list[place + 1..] {
                    if a == b {
                        return None;
                    }
                    prefers[a][b] |= a_level > b_level;
                    prefers[b][a] |= b_level > a_level;
                }
            }
        }
        if lists.len() > 1 {
            close(&mut prefers);
        }
        let mut counts = Counts::default();
        for (better, row) in prefers.iter().enumerate() {
            for worse in (0..judged).filter(|&worse| row[worse]) {
                if prefers[worse][better] {
                    return None;
                }
                match (better < retrieved, worse < retrieved) {
                    (true, true) => {
                        counts.both += 1;
                        counts.fulfilled += usize::from(better < worse);
                    }
                    (false, false) => counts.neither += 1,
                    (is_implied, _) => {
                        counts.one += 1;
                        counts.implied += usize::from(is_implied);
                    }
                }
            }
        }
        Some(Self { prefers, is_good, is_partial: lists.len() > 1, counts })
    }

    pub(crate) fn prefers(&self, better: usize, worse: usize) -> bool {
        self.prefers[better][worse]
    }

    /// How many documents are above level 0, and how many at it.
    pub(crate) fn levels(&self, retrieved: usize) -> (Kind, Kind) {
        let count = |kind: bool| {
            let of = |range: &[Option<bool>]| range.iter().filter(|level| **level == Some(kind)).count();
            Kind { judged: of(&self.is_good), ranked: of(&self.is_good[..retrieved]) }
        };
        (count(true), count(false))
    }

    /// The preferences that are fulfilled, and all, if of the documents at level 0 only the first ones count, as many as are above
    /// it: as `trec_eval` has it, which compares each document at level 0 with the first ones where there is one list.
    pub(crate) fn cut(&self, retrieved: usize, retrieved_only: bool) -> (usize, usize) {
        let (good, _) = self.levels(retrieved);
        // Of several lists, those ranked are as many as are judged above 0.
        let kept = if retrieved_only && !self.is_partial { good.ranked } else { good.judged };
        let documents = if retrieved_only { retrieved } else { self.prefers.len() };
        let bad = (0..documents).filter(|&document| self.is_good[document] == Some(false));
        let (first, others): (Vec<usize>, Vec<usize>) = {
            let bad: Vec<usize> = bad.collect();
            let at = kept.min(bad.len());
            (bad[..at].to_vec(), bad[at..].to_vec())
        };
        let counts = |document: usize| document < documents && !others.contains(&document);
        let (mut fulfilled, mut possible) = (0, 0);
        let mut add = |better: usize, worse: usize| {
            possible += 1;
            fulfilled += usize::from(better < worse && better < retrieved);
        };
        for better in (0..documents).filter(|&better| counts(better)) {
            for worse in (0..documents).filter(|&worse| counts(worse) && self.prefers[better][worse]) {
                add(better, worse);
            }
        }
        if !self.is_partial {
            for &better in first.iter().chain(&others) {
                for &worse in &first {
                    add(better, worse);
                }
            }
        }
        (fulfilled, possible)
    }
}
/// Adds what follows: better than one that is better (Warshall 1962).
fn close(prefers: &mut [Vec<bool>]) {
    for middle in 0..prefers.len() {
        let worse = prefers[middle].clone();
        for row in prefers.iter_mut().filter(|row| row[middle]) {
            for (known, &new) in row.iter_mut().zip(&worse) {
                *known |= new;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_are_counted_by_where_the_documents_are() {
        // 0 and 1 are ranked, 2 and 3 are not; 1 is better than 0, 0 than 2, and 2 than 3.
        let relation = Relation::new(4, 2, &[vec![(1, 4.0), (0, 3.0), (2, 2.0), (3, 0.0)]]).unwrap();
        let Counts { fulfilled, both, implied, one, neither } = relation.counts;
        assert_eq!((fulfilled, both, implied, one, neither), (0, 1, 4, 4, 1));
    }

    #[test]
    fn what_follows_counts_across_lists_only() {
        let chain = Relation::new(3, 3, &[vec![(0, 2.0), (1, 1.0)], vec![(1, 5.0), (2, 4.0)]]).unwrap();
        assert!(chain.prefers(0, 2));
        assert_eq!(chain.counts.fulfilled, 3);
    }

    #[test]
    fn contradictions_are_refused() {
        assert!(Relation::new(2, 2, &[vec![(0, 2.0), (1, 1.0)], vec![(1, 2.0), (0, 1.0)]]).is_none());
        assert!(Relation::new(2, 2, &[vec![(0, 2.0), (0, 1.0)]]).is_none());
    }
}
