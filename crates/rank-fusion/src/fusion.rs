//! A method with everything that must be said before lists can be fused.

use std::hash::Hash;
use std::sync::Arc;

use crate::list::Score;
use crate::lists::Lists;
use crate::method::{Looks, Method};
use crate::methods::{self, Input, Values};
use crate::missing::Missing;
use crate::normalization::{Constant, Normalization, Options};
use crate::numbering::{Numbering, Ranking};
use crate::policies::{Duplicates, Order};
use crate::scratch::Scratch;
use crate::trained::Trained;
use crate::{Error, Result};

/// A fusion method with all its choices: normalization, weights, what a missing document is worth, how deep lists are
/// read, what happens to lists that are not sorted and to documents that are there twice.
///
/// ```
/// use rank_fusion::{Fusion, Method, Normalization};
///
/// let sparse = vec![("a", 12.0), ("b", 9.0), ("c", 6.0)];
/// let dense = vec![("c", 0.9), ("b", 0.8), ("d", 0.5)];
/// let fused = Fusion::new(Method::CombSum)
///     .normalization(Normalization::MinMax)
///     .weights(vec![0.25, 0.75])
///     .limit(2)
///     .fuse(&[sparse, dense])?;
///
/// // c: 0.25 · 0 + 0.75 · 1. b: 0.25 · (9 - 6) / (12 - 6) + 0.75 · (0.8 - 0.5) / (0.9 - 0.5).
/// assert_eq!(fused[0], ("c", 0.75));
/// assert_eq!(fused[1].0, "b");
/// assert!((fused[1].1 - 0.6875_f64).abs() < 1e-15);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "choices that do not depend on each other")]
pub struct Fusion {
    pub(crate) method: Method,
    pub(crate) normalization: Normalization,
    pub(crate) constant: Constant,
    pub(crate) floor: Option<f64>,
    pub(crate) weights: Weights,
    /// Whether a negative weight turns its list around.
    pub(crate) reverses: bool,
    /// Whether weights are divided by their sum.
    pub(crate) shares: bool,
    /// Whether scores are divided by the number of lists.
    pub(crate) averaged: bool,
    pub(crate) scale: f64,
    pub(crate) missing: Missing,
    pub(crate) depth: Option<usize>,
    pub(crate) limit: Option<usize>,
    pub(crate) order: Order,
    pub(crate) duplicates: Duplicates,
    pub(crate) ascending: bool,
}

/// How much each list counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Weights {
    /// 1 each.
    #[default]
    Ones,
    /// 1 / m each, for m lists.
    Mean,
    /// As given, one per list.
    Each(Vec<f64>),
}

impl Fusion {
    /// A method, and of everything else the usual.
    pub fn new(method: Method) -> Self {
        Self {
            method,
            normalization: Normalization::default(),
            constant: Constant::default(),
            floor: None,
            weights: Weights::default(),
            reverses: false,
            shares: false,
            averaged: false,
            scale: 1.0,
            missing: Missing::default(),
            depth: None,
            limit: None,
            order: Order::default(),
            duplicates: Duplicates::default(),
            ascending: false,
        }
    }

    /// A method that was trained.
    pub fn trained(trained: Trained) -> Self {
        Self::new(Method::Trained(Arc::new(trained)))
    }

    /// How scores become comparable; min-max by default. Methods by rank do not ask.
    #[must_use]
    pub fn normalization(mut self, normalization: Normalization) -> Self {
        self.normalization = normalization;
        self
    }

    /// What documents of a list are worth whose scores are all equal.
    #[must_use]
    pub fn constant(mut self, constant: Constant) -> Self {
        self.constant = constant;
        self
    }

    /// What a normalized score of 0 or less becomes, so that a product or a harmonic mean survives the last of a list.
    #[must_use]
    pub fn floor(mut self, floor: f64) -> Self {
        self.floor = Some(floor);
        self
    }

    /// A weight per list, each at least 0.
    #[must_use]
    pub fn weights(mut self, weights: Vec<f64>) -> Self {
        self.weights = Weights::Each(weights);
        self
    }

    /// Lets a weight below 0 turn its list around, its last document being the best, with the weight's magnitude. Only
    /// for [`Method::ReciprocalRank`].
    #[must_use]
    pub fn negative_weights_reverse(mut self) -> Self {
        self.reverses = true;
        self
    }

    /// 1 / m for each of m lists.
    #[must_use]
    pub fn mean_weights(mut self) -> Self {
        self.weights = Weights::Mean;
        self
    }

    /// Divides the weights by their sum.
    #[must_use]
    pub fn weights_add_up_to_one(mut self) -> Self {
        self.shares = true;
        self
    }

    /// A number that all scores are multiplied by; 1 by default.
    #[must_use]
    pub fn scale(mut self, scale: f64) -> Self {
        self.scale = scale;
        self
    }

    /// What a list says of a document that it lacks.
    #[must_use]
    pub fn missing(mut self, missing: Missing) -> Self {
        self.missing = missing;
        self
    }

    /// Reads no more than this many documents of each list.
    #[must_use]
    pub fn depth(mut self, depth: usize) -> Self {
        self.depth = Some(depth);
        self
    }

    /// Returns no more than this many documents.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// What the order of a list is.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// What happens to a document that is in a list twice.
    #[must_use]
    pub fn duplicates(mut self, duplicates: Duplicates) -> Self {
        self.duplicates = duplicates;
        self
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Whether the best document is the one with the least score, as in Chroma.
    pub fn is_ascending(&self) -> bool {
        self.ascending
    }

    /// Whether everything that was said fits together, for that many lists.
    ///
    /// # Errors
    ///
    /// [`Error::NoLists`], [`Error::InvalidK`], [`Error::InvalidParameter`], [`Error::CountMismatch`],
    /// [`Error::InvalidWeight`], [`Error::ZeroWeights`], [`Error::UnusableMissing`].
    pub fn check(&self, lists: usize) -> Result<()> {
        if lists == 0 {
            return Err(Error::NoLists);
        }
        self.method.check()?;
        if let Method::Trained(trained) = &self.method
            && trained.lists() != lists
        {
            return Err(Error::CountMismatch {
                argument: "lists",
                lists: trained.lists(),
                got: lists,
                advice: "fuse the lists that the method was trained on, in the same order",
            });
        }
        self.normalization.check(Some(lists))?;
        self.missing.check()?;
        for (name, value) in [("floor", self.floor.unwrap_or(0.0)), ("scale", self.scale)] {
            if !value.is_finite() {
                return Err(Error::InvalidParameter {
                    name,
                    expected: "a finite number",
                    value,
                    usual: "leave it out",
                });
            }
        }
        if let Weights::Each(weights) = &self.weights {
            if weights.len() != lists {
                return Err(Error::CountMismatch {
                    argument: "weights",
                    lists,
                    got: weights.len(),
                    advice: "pass one weight per list",
                });
            }
            for (list, &weight) in weights.iter().enumerate() {
                if !(weight.is_finite() && (weight >= 0.0 || self.turns())) {
                    return Err(Error::InvalidWeight { list, weight });
                }
            }
            if weights.iter().all(|weight| *weight == 0.0) {
                return Err(Error::ZeroWeights);
            }
        }
        let unusable =
            |advice| Err(Error::UnusableMissing { method: self.method.name(), policy: self.missing.name(), advice });
        match (self.method.looks(), self.missing) {
            (_, Missing::Published) => Ok(()),
            (Looks::Pairs, _) => unusable("leave it out, for the method says how a missing document is compared"),
            (Looks::Scores, Missing::WorstRank) => unusable("pass list_min, below_min or a value"),
            _ => Ok(()),
        }
    }

    /// The fused list: every document of every list, by score descending, then by id ascending. Scores are rounded to
    /// the type of the input's scores before they are compared.
    ///
    /// # Errors
    ///
    /// Those of [`Fusion::check`], and [`Error::NanScore`], [`Error::NotSorted`], [`Error::DuplicateDocument`]; methods
    /// by score refuse infinite scores with [`Error::InfiniteScore`].
    pub fn fuse<I, S, L>(&self, lists: &[L]) -> Result<Vec<(I, S)>>
    where
        I: Clone + Eq + Hash + Ord,
        S: Score,
        L: AsRef<[(I, S)]>,
    {
        self.check(lists.len())?;
        let mut numbering = Numbering::new();
        for list in lists {
            numbering.add_list(self, list.as_ref().iter().map(|(id, score)| (id, score.to_f64())))?;
        }
        if self.method.orders_by_number() {
            numbering.order_by_id();
        }
        let mut totals = Vec::new();
        self.totals(&numbering.lists()?, &mut Scratch::new(), &mut totals)?;
        // Rounded before they are compared, so that what the caller sees as a tie is broken as a tie.
        for total in &mut totals {
            *total = S::from_f64(*total).to_f64();
        }
        let mut ranking = Ranking::new();
        ranking.sort(self, &totals);
        let order = ranking.settle(self, numbering.ids());
        Ok(order.map(|number| (numbering.ids()[number].clone(), S::from_f64(totals[number]))).collect())
    }

    /// The score of each document, by its number. Nothing is allocated once `scratch` and `totals` have grown.
    ///
    /// Depth, order and duplicates are the business of who numbers the documents. If the method
    /// [orders by number](Method::orders_by_number), numbers must ascend with ids.
    ///
    /// # Errors
    ///
    /// Those of [`Fusion::check`], and [`Error::InfiniteScore`].
    pub fn totals(&self, lists: &Lists<'_>, scratch: &mut Scratch, totals: &mut Vec<f64>) -> Result<()> {
        self.check(lists.len())?;
        totals.clear();
        totals.resize(lists.documents(), 0.0);
        self.prepare(lists, scratch)?;
        let Scratch { values, terms, fills, weights, order, work } = scratch;
        let input = self.input(lists, values, terms, [fills, weights], order);
        methods::totals(&self.method, &input, work, totals);
        self.rescale(totals, lists.len());
        Ok(())
    }

    /// What each list adds to the score of each document: list after list, a value per document. The contributions of a
    /// document add up to its score, but for rounding.
    ///
    /// A maximum, a minimum or a median comes from the list or lists that hold it. The geometric and the harmonic mean
    /// are divided as their logarithms and inverses are. Methods that order pairs of documents divide each pair won
    /// (or lost) among the lists that voted so.
    ///
    /// # Errors
    ///
    /// Those of [`Fusion::totals`].
    pub fn contributions(&self, lists: &Lists<'_>, scratch: &mut Scratch, out: &mut Vec<f64>) -> Result<()> {
        self.check(lists.len())?;
        out.clear();
        out.resize(lists.documents() * lists.len(), 0.0);
        self.prepare(lists, scratch)?;
        let Scratch { values, terms, fills, weights, order, work } = scratch;
        let input = self.input(lists, values, terms, [fills, weights], order);
        methods::contributions(&self.method, &input, work, out);
        self.rescale(out, lists.len());
        Ok(())
    }

    /// What each entry of each list is worth before weights: the normalized score, or what its rank is worth; in the
    /// order of the lists' entries. Methods that order pairs of documents have no such value: positions from 1.
    ///
    /// # Errors
    ///
    /// Those of [`Fusion::totals`].
    pub fn values(&self, lists: &Lists<'_>, scratch: &mut Scratch, out: &mut Vec<f64>) -> Result<()> {
        self.check(lists.len())?;
        self.prepare(lists, scratch)?;
        out.clear();
        let Scratch { values, terms, fills, weights, order, .. } = scratch;
        let input = self.input(lists, values, terms, [fills, weights], order);
        for list in 0..lists.len() {
            if self.method.looks() == Looks::Pairs {
                out.extend((1..=lists.length(list)).map(|rank| rank as f64));
            } else {
                out.extend_from_slice(input.values(list));
            }
        }
        Ok(())
    }

    /// The weight of list `list` of `lists`; its magnitude where the list is turned around.
    pub fn weight(&self, list: usize, lists: usize) -> f64 {
        self.weight_of(list, lists, self.whole(&mut Vec::new()))
    }

    /// The same with [`whole`](Self::whole) at hand.
    fn weight_of(&self, list: usize, lists: usize, whole: f64) -> f64 {
        match &self.weights {
            Weights::Ones if !self.shares => 1.0,
            Weights::Ones | Weights::Mean => 1.0 / lists as f64,
            Weights::Each(weights) => weights[list].abs() / whole,
        }
    }

    /// What given weights are divided by, the same bits in any order of the lists. `sorted` is memory to use.
    fn whole(&self, sorted: &mut Vec<f64>) -> f64 {
        match &self.weights {
            Weights::Each(weights) if self.shares => {
                sorted.clear();
                sorted.extend(weights.iter().map(|weight| weight.abs()));
                sorted.sort_unstable_by(f64::total_cmp);
                sorted.iter().sum()
            }
            _ => 1.0,
        }
    }

    /// Whether weights below 0 are allowed.
    fn turns(&self) -> bool {
        self.reverses && matches!(self.method, Method::ReciprocalRank { .. })
    }

    /// Whether list `list` is turned around.
    fn is_turned(&self, list: usize) -> bool {
        self.turns() && matches!(&self.weights, Weights::Each(weights) if weights[list] < 0.0)
    }

    /// What the method looks at; ranks differ from list to list where one is turned around.
    fn looks(&self) -> Looks {
        match (&self.weights, self.method.looks()) {
            (Weights::Each(weights), Looks::Ranks) if self.turns() && weights.iter().any(|weight| *weight < 0.0) => {
                Looks::RanksOfList
            }
            (_, looks) => looks,
        }
    }

    fn rescale(&self, values: &mut [f64], lists: usize) {
        let scale = if self.averaged { self.scale / lists as f64 } else { self.scale };
        if scale != 1.0 {
            for value in values {
                *value *= scale;
            }
        }
    }

    fn input<'a>(
        &self,
        lists: &Lists<'a>,
        values: &'a [f64],
        terms: &'a [f64],
        [fills, weights]: [&'a [f64]; 2],
        order: &'a [u32],
    ) -> Input<'a> {
        let values = match self.looks() {
            Looks::Ranks => Values::ByPosition(terms),
            _ => Values::ByEntry(values),
        };
        Input { lists: *lists, values, fills, weights, order, skip: self.missing == Missing::Skip }
    }

    /// Fills the scratch with the values, the weights and what missing documents are worth.
    fn prepare(&self, lists: &Lists<'_>, scratch: &mut Scratch) -> Result<()> {
        let Scratch { values, terms, fills, weights, order, work } = scratch;
        let whole = self.whole(&mut work.gathered);
        weights.clear();
        weights.extend((0..lists.len()).map(|list| self.weight_of(list, lists.len(), whole)));
        let rank_value =
            |list: usize, position| methods::rank_value(&self.method, lists, list, weights[list], position);
        match self.looks() {
            Looks::Pairs => {}
            Looks::Ranks => {
                terms.clear();
                terms.extend((0..lists.longest()).map(|position| rank_value(0, position)));
            }
            Looks::RanksOfList => {
                values.clear();
                for list in 0..lists.len() {
                    let length = lists.length(list);
                    let turned = self.is_turned(list);
                    let place = |position| if turned { length - 1 - position } else { position };
                    values.extend((0..length).map(|position| rank_value(list, place(position))));
                }
            }
            Looks::Scores => {
                values.resize(lists.entries(), 0.0);
                let options = Options { constant: self.constant, floor: self.floor };
                for list in 0..lists.len() {
                    let out = &mut values[lists.range(list)];
                    self.normalization.apply(lists, list, options, out, &mut work.gathered)?;
                    if let Method::Trained(_) = self.method {
                        for (position, value) in out.iter_mut().enumerate() {
                            *value = rank_value(list, position) * (*value + 1.0);
                        }
                    }
                }
            }
        }
        fills.clear();
        for list in 0..lists.len() {
            let length = lists.length(list);
            let values: &[f64] = match self.looks() {
                Looks::Ranks => &terms[..length],
                Looks::Pairs => &[],
                _ => &values[lists.range(list)],
            };
            let least = || values.iter().copied().reduce(f64::min);
            fills.push(match self.missing {
                Missing::Published => {
                    let normalized =
                        || self.method.uses_scores().then(|| self.normalization.missing(lists, list)).flatten();
                    methods::missing(&self.method, lists, list).or_else(normalized).unwrap_or(f64::NAN)
                }
                Missing::Skip => f64::NAN,
                Missing::Zero => 0.0,
                Missing::ListMin => least().unwrap_or(0.0),
                Missing::BelowMin(margin) => least().unwrap_or(0.0) - margin,
                Missing::WorstRank => rank_value(list, length),
                Missing::Value(value) => value,
            });
        }
        // Where a weight divides the rank, it is in the value already.
        if let Method::ReciprocalWeightedRank { .. } = self.method {
            weights.fill(1.0);
        }
        lists.order(order);
        let input = self.input(lists, values, terms, [fills, weights], &[]);
        // Lists that hold the same can still have weights, bounds or training of their own.
        let own = |list: u32| {
            let values = if self.looks() == Looks::Pairs { &[] } else { input.values(list as usize) };
            [weights[list as usize], fills[list as usize]].into_iter().chain(values.iter().copied()).map(f64::to_bits)
        };
        for end in 1..order.len() {
            let mut place = end;
            while place > 0
                && lists.alike(order[place - 1] as usize, order[place] as usize)
                && own(order[place - 1]).gt(own(order[place]))
            {
                order.swap(place - 1, place);
                place -= 1;
            }
        }
        Ok(())
    }
}
