//! The trials: which are made, and which is the best.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;

use super::chance::{Random, mean};
use super::problem::Problem;
use super::simplex::{compositions, count, unevenness, weights};
use super::validation::Validation;
use crate::fusion::Weights;
use crate::{Error, Fusion, Method, Normalization, Result};

/// What is tried: every combination of these.
#[derive(Debug, Clone, PartialEq)]
pub struct Space {
    /// The methods, each with its parameters: for the best k, one per k.
    pub methods: Vec<Method>,
    /// The normalizations; none for that of the base. Methods that do not look at scores are tried once, not once for each.
    pub normalizations: Vec<Normalization>,
    /// Into how many parts a weight of 1 is divided among the lists: 10 for steps of 0.1. `None` leaves the weights as
    /// they are.
    pub parts: Option<usize>,
}

/// In which way the space is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Search {
    /// Every point of the space.
    Grid,
    /// One thing at a time, from equal weights and the first method and normalization: the best of all methods and
    /// normalizations, then the best shift of weight from one list to another, in ever smaller steps; again, until
    /// nothing is better.
    Coordinate,
    /// Points of the space, drawn at random, each once.
    Random {
        /// How many.
        trials: usize,
        /// The same seed draws the same points.
        seed: u64,
    },
}

/// What was tried, and how good it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The fusion.
    pub fusion: Fusion,
    /// The weight of each list.
    pub weights: Vec<f64>,
    /// The mean over all queries.
    pub mean: f64,
    /// The value of each query, in the order of [`Problem::queries`].
    pub values: Vec<f64>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimized {
    /// Every trial, in the order in which they were made; the first is the baseline: the first method and normalization
    /// with the weights as they were.
    pub trials: Vec<Trial>,
    /// Which is the best on all queries. Among trials whose means are equal to 1e-12, the one whose weights are nearest
    /// to equal ones is the best, and among these the first.
    pub best: usize,
    /// What the choice is worth on queries that had no part in it.
    pub validation: Option<Validation>,
    /// How likely a difference as large as that between the best and the baseline is by chance alone: on held-out
    /// queries if there is a validation, else on the queries that the best was chosen by, which flatters it.
    pub p_value: f64,
}

impl Optimized {
    /// The best fusion.
    pub fn fusion(&self) -> &Fusion {
        &self.trials[self.best].fusion
    }

    /// The baseline: the first trial.
    pub fn baseline(&self) -> &Trial {
        &self.trials[0]
    }

    /// What speaks against using the result, if something does: a gain that is not significant at 5 %.
    pub fn warning(&self) -> Option<String> {
        let (gain, whose) = match &self.validation {
            Some(validation) => (validation.mean - validation.baseline, "on held-out queries"),
            None => (self.trials[self.best].mean - self.baseline().mean, "on the queries it was chosen by"),
        };
        (gain <= 0.0 || self.p_value >= 0.05).then(|| {
            format!(
                "the gain over the baseline {whose} is {gain:.4} and not significant (p = {:.3}): more queries, or the \
                 baseline",
                self.p_value
            )
        })
    }
}

/// The largest grid that is made.
const LARGEST: usize = 1_000_000;
/// Trials that are made between two reports of progress.
const BATCH: usize = 16;

/// Trials by what they are, so that none is made twice.
struct Trials<'p, 'a, Q, D> {
    problem: &'p Problem<'a, Q, D>,
    made: Vec<Trial>,
    by_point: HashMap<Point, usize>,
    advance: &'p dyn Fn(usize) -> bool,
}

/// A point of the space: method, normalization, and shares of weight (empty where weights stay).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Point {
    method: usize,
    normalization: usize,
    shares: Vec<usize>,
}

impl<Q, D> Problem<'_, Q, D>
where
    Q: Clone + Eq + Hash + Ord + Send + Sync + Debug,
    D: Clone + Eq + Hash + Ord + Send + Sync,
{
    /// How many trials [`search`](Self::search) makes at most: [`Search::Coordinate`] ends earlier, unless the space is
    /// small. `None` if the points of the space cannot be counted.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyTrials`].
    pub fn trials(&self, space: &Space, search: Search) -> Result<Option<usize>> {
        let space = self.filled(space);
        let points = match search {
            Search::Grid => Some(grid(&space, self.lists())?.len()),
            Search::Random { trials, seed } => Some(draw(&space, self.lists(), trials, seed)?.len()),
            Search::Coordinate => size(&space, self.lists()),
        };
        // The baseline is no point of the space where weights are divided.
        let outside = usize::from(space.parts.is_some());
        Ok(points.map(|points| points + outside))
    }

    /// Searches `space` for the fusion with the greatest mean over the queries.
    ///
    /// * `folds`: 0 for none, or at least 2: the queries are dealt into so many parts, and the search is made for each
    ///   part on the other parts, to see what its choice is worth on queries that had no part in it.
    /// * `seed`: of the dealing and of the significance test.
    /// * `advance`: is told how many more trials are done and says whether to go on.
    ///
    /// # Errors
    ///
    /// [`Error::EmptySpace`], [`Error::TooManyTrials`], [`Error::InvalidFolds`], [`Error::Stopped`] if `advance` says
    /// so, and those of [`Fusion::totals`].
    ///
    /// ```
    /// use std::collections::HashMap;
    ///
    /// use rank_fusion::{Columns, Fusion, Measure, Method, Problem, Search, Space};
    ///
    /// let good = Columns { queries: &[1, 1], documents: &["a", "b"], scores: &[2.0, 1.0] };
    /// let bad = Columns { queries: &[1, 1], documents: &["b", "a"], scores: &[2.0, 1.0] };
    /// let qrels = HashMap::from([(1, HashMap::from([("a", 1)]))]);
    /// let base = Fusion::new(Method::CombSum);
    /// let problem = Problem::new(&[bad, good], &base, Measure::ReciprocalRank(10), &qrels)?;
    ///
    /// let space = Space { methods: vec![Method::CombSum], normalizations: vec![], parts: Some(10) };
    /// let found = problem.search(&space, Search::Grid, 0, 0, |_| true)?;
    /// // Ties are broken by id, so equal weights are good enough, and the nearest to equal is taken.
    /// assert_eq!(found.trials[found.best].weights, [0.5, 0.5]);
    /// assert_eq!(found.trials.len(), 1 + 11);
    /// # Ok::<(), rank_fusion::Error>(())
    /// ```
    pub fn search(
        &self,
        space: &Space,
        search: Search,
        folds: usize,
        seed: u64,
        advance: impl Fn(usize) -> bool,
    ) -> Result<Optimized> {
        if space.methods.is_empty() || space.parts == Some(0) {
            return Err(Error::EmptySpace);
        }
        if folds == 1 || folds > self.queries().len() {
            return Err(Error::InvalidFolds { folds, queries: self.queries().len() });
        }
        let space = self.filled(space);
        let mut trials = Trials { problem: self, made: Vec::new(), by_point: HashMap::new(), advance: &advance };
        // The baseline: its weights need not be a point of the space.
        let baseline = Point { method: 0, normalization: 0, shares: Vec::new() };
        trials.make(&space, &[baseline])?;
        let points = match search {
            Search::Grid => Some(grid(&space, self.lists())?),
            Search::Random { trials, seed } => Some(draw(&space, self.lists(), trials, seed)?),
            Search::Coordinate => None,
        };
        if let Some(points) = &points {
            trials.make(&space, points)?;
        }
        let all: Vec<usize> = (0..self.queries().len()).collect();
        let best = trials.choose(&space, points.as_deref(), &all)?;
        let validation = (folds > 0)
            .then(|| {
                let chosen = deal(self.queries().len(), folds, seed)
                    .into_iter()
                    .map(|test| {
                        let train: Vec<usize> = all.iter().copied().filter(|query| !test.contains(query)).collect();
                        let chosen = trials.choose(&space, points.as_deref(), &train)?;
                        Ok((test, train, chosen))
                    })
                    .collect::<Result<Vec<_>>>()?;
                Ok(Validation::of(chosen, &trials.made, seed))
            })
            .transpose()?;
        let p_value = validation.as_ref().map_or_else(
            || Validation::p_value(&trials.made[best].values, &trials.made[0].values, seed),
            |v| v.p_value,
        );
        Ok(Optimized { trials: trials.made, best, validation, p_value })
    }

    /// With the base's normalization if none is said.
    fn filled(&self, space: &Space) -> Space {
        let mut normalizations = space.normalizations.clone();
        if normalizations.is_empty() {
            normalizations.push(self.base().normalization.clone());
        }
        Space { normalizations, ..space.clone() }
    }
}

impl<Q, D> Trials<'_, '_, Q, D>
where
    Q: Clone + Eq + Hash + Ord + Send + Sync + Debug,
    D: Clone + Eq + Hash + Ord + Send + Sync,
{
    /// Makes those of `points` that are not made yet; returns where they are.
    fn make(&mut self, space: &Space, points: &[Point]) -> Result<Vec<usize>> {
        let mut new: Vec<&Point> = points.iter().filter(|point| !self.by_point.contains_key(*point)).collect();
        let mut met = std::collections::HashSet::new();
        new.retain(|point| met.insert(*point));
        for points in new.chunks(BATCH) {
            let fusions: Vec<Fusion> = points.iter().map(|point| self.fusion(space, point)).collect();
            let values = self.problem.values(&fusions)?;
            for ((point, fusion), values) in points.iter().zip(fusions).zip(values) {
                let lists = self.problem.lists();
                let weights = (0..lists).map(|list| fusion.weight(list, lists) / fusion.scale).collect();
                self.by_point.insert((*point).clone(), self.made.len());
                self.made.push(Trial { weights, mean: mean(&values), values, fusion });
            }
            if !(self.advance)(points.len()) {
                return Err(Error::Stopped);
            }
        }
        Ok(points.iter().map(|point| self.by_point[point]).collect())
    }

    fn fusion(&self, space: &Space, point: &Point) -> Fusion {
        let mut fusion = self.problem.base().clone();
        fusion.method = space.methods[point.method].clone();
        fusion.normalization = space.normalizations[point.normalization].clone();
        if !point.shares.is_empty() {
            fusion.weights = Weights::Each(weights(&point.shares));
        }
        fusion
    }

    /// The best of `points`, or where climbing ends, on some queries.
    fn choose(&mut self, space: &Space, points: Option<&[Point]>, queries: &[usize]) -> Result<usize> {
        match points {
            Some(points) => {
                let made = self.make(space, points)?;
                Ok(self.best(&made, queries))
            }
            None => self.climb(space, queries),
        }
    }

    /// The best of some trials on some queries.
    fn best(&self, trials: &[usize], queries: &[usize]) -> usize {
        let means: Vec<f64> = trials.iter().map(|&trial| self.mean(trial, queries)).collect();
        let greatest = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut best = (f64::INFINITY, usize::MAX);
        for (&trial, mean) in trials.iter().zip(means) {
            let unevenness = unevenness(&self.made[trial].weights);
            // Weights of 1/3 differ in their last bits from 2/6.
            if mean >= greatest - 1e-12
                && (unevenness < best.0 - 1e-12 || (unevenness <= best.0 + 1e-12 && trial < best.1))
            {
                best = (unevenness, trial);
            }
        }
        best.1
    }

    fn mean(&self, trial: usize, queries: &[usize]) -> f64 {
        let values = &self.made[trial].values;
        if queries.len() == values.len() {
            return self.made[trial].mean;
        }
        queries.iter().fold(0.0, |sum, &query| sum + values[query]) / queries.len() as f64
    }

    /// Coordinate search on some queries.
    fn climb(&mut self, space: &Space, queries: &[usize]) -> Result<usize> {
        let lists = self.problem.lists();
        let mut here = Point { method: 0, normalization: 0, shares: even(space.parts, lists) };
        let mut place = self.make(space, std::slice::from_ref(&here))?[0];
        loop {
            let start = place;
            let kinds: Vec<Point> = kinds(space)
                .into_iter()
                .map(|(method, normalization)| Point { method, normalization, ..here.clone() })
                .collect();
            (here, place) = self.step(space, here, place, &kinds, queries)?;
            let mut step = space.parts.map_or(0, |parts| (parts / 4).max(1));
            while step > 0 && lists > 1 {
                let before = place;
                let moves = shifts(&here, step);
                (here, place) = self.step(space, here, place, &moves, queries)?;
                if place == before {
                    step /= 2;
                }
            }
            if place == start {
                return Ok(place);
            }
        }
    }

    /// The best of where we are and of `points`.
    fn step(
        &mut self,
        space: &Space,
        here: Point,
        place: usize,
        points: &[Point],
        queries: &[usize],
    ) -> Result<(Point, usize)> {
        let made = self.make(space, points)?;
        let best = self.best(&made, queries);
        let better = best != usize::MAX && self.mean(best, queries) > self.mean(place, queries) + 1e-12;
        match made.iter().position(|trial| *trial == best) {
            Some(at) if better => Ok((points[at].clone(), best)),
            _ => Ok((here, place)),
        }
    }
}

/// Each method with each normalization that matters to it.
fn kinds(space: &Space) -> Vec<(usize, usize)> {
    let of = |(number, method): (usize, &Method)| {
        let normalizations = if method.uses_scores() { space.normalizations.len() } else { 1 };
        (0..normalizations).map(move |normalization| (number, normalization))
    };
    space.methods.iter().enumerate().flat_map(of).collect()
}

/// How many points the space has, if they can be counted.
fn size(space: &Space, lists: usize) -> Option<usize> {
    let per_kind = space.parts.map_or(Some(1), |parts| count(parts, lists));
    per_kind.and_then(|each| each.checked_mul(kinds(space).len()))
}

fn grid(space: &Space, lists: usize) -> Result<Vec<Point>> {
    let kinds = kinds(space);
    let trials = size(space, lists);
    if trials.is_none_or(|trials| trials > LARGEST) {
        return Err(Error::TooManyTrials { trials, largest: LARGEST });
    }
    let shares = space.parts.map_or_else(|| vec![Vec::new()], |parts| compositions(parts, lists));
    let points = kinds.into_iter().flat_map(|(method, normalization)| {
        shares.iter().map(move |shares| Point { method, normalization, shares: shares.clone() })
    });
    Ok(points.collect())
}

/// Different points of the space, all equally likely; all of them if there are no more than that.
fn draw(space: &Space, lists: usize, trials: usize, seed: u64) -> Result<Vec<Point>> {
    if trials > LARGEST {
        return Err(Error::TooManyTrials { trials: Some(trials), largest: LARGEST });
    }
    let kinds = kinds(space);
    if size(space, lists).is_some_and(|size| size <= trials) {
        return grid(space, lists);
    }
    let mut random = Random(seed);
    let mut met = std::collections::HashSet::new();
    let mut points = Vec::with_capacity(trials);
    while points.len() < trials {
        let (method, normalization) = kinds[random.below(kinds.len())];
        // Bars among stars: every composition is as likely.
        let shares = space.parts.map_or_else(Vec::new, |parts| {
            let mut places: Vec<usize> = Vec::with_capacity(lists);
            while places.len() + 1 < lists {
                let place = random.below(parts + lists - 1);
                if !places.contains(&place) {
                    places.push(place);
                }
            }
            places.sort_unstable();
            places.push(parts + lists - 1);
            let mut before = 0;
            places.iter().map(|place| place - std::mem::replace(&mut before, place + 1)).collect()
        });
        let point = Point { method, normalization, shares };
        if met.insert(point.clone()) {
            points.push(point);
        }
    }
    Ok(points)
}

/// As even as whole parts can be.
fn even(parts: Option<usize>, lists: usize) -> Vec<usize> {
    parts.map_or_else(Vec::new, |parts| {
        (0..lists).map(|list| parts / lists + usize::from(list < parts % lists)).collect()
    })
}

/// `step` parts from any list to any other; all that a list has, if it has less.
fn shifts(here: &Point, step: usize) -> Vec<Point> {
    let lists = here.shares.len();
    let mut points = Vec::new();
    for from in 0..lists {
        for to in 0..lists {
            let moved = step.min(here.shares[from]);
            if from != to && moved > 0 {
                let mut point = here.clone();
                point.shares[from] -= moved;
                point.shares[to] += moved;
                points.push(point);
            }
        }
    }
    points
}

/// The queries in `folds` parts of nearly equal size.
fn deal(queries: usize, folds: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..queries).collect();
    Random(seed).shuffle(&mut order);
    (0..folds)
        .map(|fold| {
            let mut part: Vec<usize> = order.iter().copied().skip(fold).step_by(folds).collect();
            part.sort_unstable();
            part
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_points_of_the_space() {
        let space = Space { methods: vec![Method::CombSum, Method::Borda], normalizations: vec![], parts: Some(20) };
        let space = Space { normalizations: vec![Normalization::MinMax, Normalization::Max], ..space };
        let points = draw(&space, 4, 500, 7).unwrap();
        assert_eq!(points.len(), 500);
        assert!(points.iter().all(|point| point.shares.len() == 4 && point.shares.iter().sum::<usize>() == 20));
        assert!(points.iter().all(|point| point.method == 0 || point.normalization == 0));
        assert_eq!(points, draw(&space, 4, 500, 7).unwrap());
        assert_ne!(points, draw(&space, 4, 500, 8).unwrap());
        // Three kinds of 21 divisions.
        assert_eq!(draw(&space, 2, 500, 7).unwrap().len(), 63);
    }

    #[test]
    fn folds_are_a_partition() {
        let mut all: Vec<usize> = deal(23, 5, 1).concat();
        all.sort_unstable();
        assert_eq!(all, (0..23).collect::<Vec<_>>());
        assert_eq!(even(Some(10), 3), [4, 3, 3]);
    }
}
