//! The preferences of one group of judges, counted.

/// Who is preferred to whom.
#[derive(Debug)]
pub(super) struct Relation {
    /// `[better][worse]`.
    prefers: Vec<Vec<bool>>,
    pub(super) counts: Counts,
}

/// Preferences by where their two documents are, and whether the ranking agrees.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    /// Both ranked, the better one first.
    pub(super) fulfilled: usize,
    /// Both ranked.
    pub(super) both: usize,
    /// The better one ranked, the other not.
    pub(super) implied: usize,
    /// One of them ranked.
    pub(super) one: usize,
    /// Neither ranked.
    pub(super) neither: usize,
}

impl Relation {
    /// Of the lists of a group, of document numbers with levels; ranked documents have the numbers below `retrieved`.
    /// `None` if they contradict each other.
    pub(super) fn new(judged: usize, retrieved: usize, lists: &[Vec<(usize, f64)>]) -> Option<Self> {
        let mut prefers = vec![vec![false; judged]; judged];
        for list in lists {
            for (place, &(a, a_level)) in list.iter().enumerate() {
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
        Some(Self { prefers, counts })
    }

    pub(super) fn prefers(&self, better: usize, worse: usize) -> bool {
        self.prefers[better][worse]
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
