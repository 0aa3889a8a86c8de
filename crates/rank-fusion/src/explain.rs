//! Why a document is where it is, what each list gave, and what the answer would be without it.

use std::hash::Hash;
use std::sync::Arc;

use crate::{Fusion, Method, Normalization, Numbering, Ranking, Result, Scratch, Weights, methods};

/// A fused list with the reasons for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation<I> {
    /// The fused list, best first.
    pub results: Vec<Explained<I>>,
    /// What each list did.
    pub lists: Vec<ListReport<I>>,
    /// For each pair of lists: the documents that both hold, over those that either holds; 1 for two empty lists.
    pub overlap: Vec<Vec<f64>>,
    /// Whether the score is by its definition a sum over the lists. Where it is not (a maximum, a median, a count of
    /// lists as factor, an order by majorities), contributions still add up to the score, but they share it out: taking
    /// a list away does not take its contribution from the score.
    pub is_sum: bool,
}

/// A document of the fused list.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained<I> {
    /// The document.
    pub id: I,
    /// Its fused score.
    pub score: f64,
    /// Its rank, from 1.
    pub rank: usize,
    /// What each list says of it.
    pub parts: Vec<Part>,
    /// Per list: its rank if that list were not there; `None` if no other list holds it, or if it would fall behind the
    /// limit.
    pub rank_without: Vec<Option<usize>>,
}

/// What one list says of one document.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// The document's rank in the list, from 1; `None` if the list lacks it.
    pub rank: Option<usize>,
    /// Its score in the list.
    pub score: Option<f64>,
    /// The score normalized, or what the rank is worth.
    pub value: Option<f64>,
    /// The weight of the list.
    pub weight: f64,
    /// What the list adds to the fused score. A list that lacks the document adds something where the method, or the
    /// policy for missing documents, says a value.
    pub contribution: f64,
}

/// What a list did for the fused list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListReport<I> {
    /// How many documents it has.
    pub documents: usize,
    /// How many of them no other list has: what it alone brings in.
    pub alone: usize,
    /// How many of the results it holds.
    pub in_results: usize,
    /// The sum of its contributions to the results.
    pub contribution: f64,
    /// Results that would not be among the results without it.
    pub lost_without: Vec<I>,
    /// What would be among the results instead.
    pub gained_without: Vec<I>,
}

impl Fusion {
    /// The fused list, and why it is so: per result and list the rank, the score, the normalized score, the weight and
    /// the contribution; the overlap of the lists; and what the answer would be without each of them.
    ///
    /// [`Fusion::limit`] says how many results there are; what removing a list changes is told of these.
    ///
    /// # Errors
    ///
    /// Those of [`Fusion::fuse`].
    ///
    /// ```
    /// use rank_fusion::{Fusion, Method};
    ///
    /// let sparse = vec![("a", 9.0), ("b", 8.0)];
    /// let dense = vec![("b", 0.5)];
    /// let why = Fusion::new(Method::ReciprocalRank { k: 0.0 }).explain(&[sparse, dense])?;
    ///
    /// assert_eq!((why.results[0].id, why.results[0].score), ("b", 1.5));
    /// let given: Vec<f64> = why.results[0].parts.iter().map(|part| part.contribution).collect();
    /// assert_eq!(given, [0.5, 1.0]);
    /// // Without the second list, b is second.
    /// assert_eq!(why.results[0].rank_without, [Some(1), Some(2)]);
    /// assert_eq!(why.overlap[0][1], 0.5);
    /// # Ok::<(), rank_fusion::Error>(())
    /// ```
    pub fn explain<I, L>(&self, lists: &[L]) -> Result<Explanation<I>>
    where
        I: Clone + Eq + Hash + Ord,
        L: AsRef<[(I, f64)]>,
    {
        self.check(lists.len())?;
        let mut numbering: Numbering<&I> = Numbering::new();
        for list in lists {
            numbering.add_list(self, list.as_ref().iter().map(|(id, score)| (id, *score)))?;
        }
        if self.method.orders_by_number() {
            numbering.order_by_id();
        }
        let (ids, numbered) = (numbering.ids(), numbering.lists()?);
        let (mut scratch, mut totals, mut ranking) = (Scratch::new(), Vec::new(), Ranking::new());
        self.totals(&numbered, &mut scratch, &mut totals)?;
        ranking.sort(self, &totals);
        let order: Vec<usize> = ranking.settle(self, ids).collect();

        let (mut contributions, mut values) = (Vec::new(), Vec::new());
        self.contributions(&numbered, &mut scratch, &mut contributions)?;
        self.values(&numbered, &mut scratch, &mut values)?;
        // Per list and document: where it is among the entries of all lists.
        let mut entry_of = vec![vec![None; ids.len()]; lists.len()];
        for (list, entries) in entry_of.iter_mut().enumerate() {
            for (position, &number) in numbered.numbers(list).iter().enumerate() {
                entries[number as usize] = Some(position);
            }
        }
        let without: Vec<Vec<&I>> =
            (0..lists.len()).map(|list| self.order_without(lists, list)).collect::<Result<_>>()?;

        let results = order
            .iter()
            .enumerate()
            .map(|(position, &number)| Explained {
                id: ids[number].clone(),
                score: totals[number],
                rank: position + 1,
                parts: (0..lists.len())
                    .map(|list| {
                        let place = entry_of[list][number];
                        Part {
                            rank: place.map(|place| place + 1),
                            score: place.map(|place| numbered.scores(list)[place]),
                            value: place.map(|place| values[numbered.range(list).start + place]),
                            weight: self.weight(list, lists.len()),
                            contribution: contributions[list * ids.len() + number],
                        }
                    })
                    .collect(),
                rank_without: without
                    .iter()
                    .map(|order| order.iter().position(|id| *id == ids[number]).map(|place| place + 1))
                    .collect(),
            })
            .collect();

        let held = |number: usize| entry_of.iter().filter(|entries| entries[number].is_some()).count();
        let reports = (0..lists.len())
            .map(|list| {
                let has = |&number: &usize| entry_of[list][number].is_some();
                let kept = |number: &&usize| without[list].contains(&ids[**number]);
                ListReport {
                    documents: numbered.length(list),
                    alone: (0..ids.len()).filter(has).filter(|&number| held(number) == 1).count(),
                    in_results: order.iter().filter(|number| has(number)).count(),
                    contribution: order.iter().map(|&number| contributions[list * ids.len() + number]).sum(),
                    lost_without: order.iter().filter(|number| !kept(number)).map(|&n| ids[n].clone()).collect(),
                    gained_without: without[list]
                        .iter()
                        .filter(|id| !order.iter().any(|&number| ids[number] == **id))
                        .map(|id| (*id).clone())
                        .collect(),
                }
            })
            .collect();
        let overlap = (0..lists.len())
            .map(|a| {
                (0..lists.len())
                    .map(|b| {
                        let both = (0..ids.len()).filter(|&n| entry_of[a][n].is_some() && entry_of[b][n].is_some());
                        let both = both.count();
                        let either = numbered.length(a) + numbered.length(b) - both;
                        if either == 0 { 1.0 } else { both as f64 / either as f64 }
                    })
                    .collect()
            })
            .collect();
        Ok(Explanation { results, lists: reports, overlap, is_sum: methods::is_sum(&self.method) })
    }

    /// The documents of the fused list if list `left_out` were not there; none if no list would be left, or none with a
    /// weight.
    fn order_without<'a, I, L>(&self, lists: &'a [L], left_out: usize) -> Result<Vec<&'a I>>
    where
        I: Clone + Eq + Hash + Ord,
        L: AsRef<[(I, f64)]>,
    {
        let fusion = self.without_list(left_out);
        if lists.len() == 1 || fusion.is_weightless() {
            return Ok(Vec::new());
        }
        let mut numbering: Numbering<&I> = Numbering::new();
        for (_, list) in lists.iter().enumerate().filter(|(list, _)| *list != left_out) {
            numbering.add_list(&fusion, list.as_ref().iter().map(|(id, score)| (id, *score)))?;
        }
        if fusion.method.orders_by_number() {
            numbering.order_by_id();
        }
        let (mut totals, mut ranking) = (Vec::new(), Ranking::new());
        fusion.totals(&numbering.lists()?, &mut Scratch::new(), &mut totals)?;
        ranking.sort(&fusion, &totals);
        Ok(ranking.settle(&fusion, numbering.ids()).map(|number| numbering.ids()[number]).collect())
    }

    /// The normalization, which methods by score use.
    pub fn normalization_used(&self) -> &Normalization {
        &self.normalization
    }

    /// Whether no list has a weight.
    pub(crate) fn is_weightless(&self) -> bool {
        matches!(&self.weights, Weights::Each(weights) if weights.iter().all(|weight| *weight == 0.0))
    }

    /// The same fusion of one list fewer: weights, bounds and what was learned of the others stay.
    pub(crate) fn without_list(&self, left_out: usize) -> Self {
        let mut fusion = self.clone();
        if let Weights::Each(weights) = &mut fusion.weights {
            weights.remove(left_out);
        }
        match &mut fusion.normalization {
            Normalization::Bounds(bounds) if bounds.len() > 1 => drop(bounds.remove(left_out)),
            Normalization::MinMaxOpenSearch(bounds) if bounds.len() > 1 => drop(bounds.remove(left_out)),
            _ => {}
        }
        if let Method::Trained(trained) = &mut fusion.method {
            Arc::make_mut(trained).remove_list(left_out);
        }
        fusion
    }
}
