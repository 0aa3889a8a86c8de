//! How far the judgments reach into a run.

use std::collections::BTreeMap;

use crate::evaluate::evaluate_filled;
use crate::watch::{Watch, tell, unwatched};
use crate::{Evaluation, Measure, Options, Qrels, Result, Run, evaluate_watched};

/// How far judgments reach into a run, as a measure sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Coverage {
    /// The value over condensed lists, from which documents that are not judged are taken out.
    pub condensed: f64,
    /// The most that the ranked documents that are not judged could add to the value. `None` for a measure that is
    /// divided by what is judged, and so has no such bound, and where documents that are not judged are taken out.
    pub residual: Option<f64>,
    /// The share of the documents that the measure looks at that are judged: `Judged@k`.
    pub judged: f64,
}

/// How far the judgments reach into a run: for each measure the value over condensed lists, the residual, and the share of
/// judged documents, over the queries that count in [`evaluate_with`](crate::evaluate_with).
///
/// If runs were not pooled for the judgments, their values say less the more of them is not judged; a run whose condensed
/// value is far above its value may be better than it looks. The residual takes each ranked document without a judgment to
/// be of the highest grade there is: in the qrels, by the level of relevance, or by the `max_rel` that the measure is given.
/// It is defined for P, Success, RR, RBP, ERR, DCG, SDCG, `SetP` and `NumRelRet`, which cannot fall by it, and for measures
/// of users (`INST`, `BPM` and others, see [`browse`](crate::browse)), for which it is what `cwl-eval` calls so: best value
/// less worst. The measure `RBPResidual` and [`browse_run`](crate::browse_run) count the ranks beyond the end of a list as
/// well.
///
/// # Errors
///
/// Those of [`evaluate_with`](crate::evaluate_with).
///
/// # Source
///
/// Sakai: Alternatives to bpref (SIGIR 2007) for condensed lists; Moffat, Zobel: Rank-biased precision for measurement of
/// retrieval effectiveness (ACM TOIS 2008) for residuals.
///
/// # Example
///
/// ```
/// use rank_eval::{Measure, Options, Qrels, Run, coverage};
///
/// let qrels = Qrels::from_nested([("q", [("a", 1), ("b", 0)])])?;
/// let run = Run::from_nested([("q", [("x", 3.0), ("a", 2.0), ("b", 1.0)])])?; // x is not judged
/// let measures: [Measure; 2] = ["P@2".parse()?, "AP".parse()?];
///
/// let coverage = coverage(&qrels, &run, &measures, Options::default())?;
/// assert_eq!(coverage[0].condensed, 0.5); // a, b
/// assert_eq!(coverage[0].residual, Some(0.5)); // x could be relevant
/// assert_eq!(coverage[0].judged, 0.5); // x, a
/// assert_eq!((coverage[1].condensed, coverage[1].residual), (1.0, None));
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn coverage(qrels: &Qrels, run: &Run, measures: &[Measure], options: Options) -> Result<Vec<Coverage>> {
    coverage_watched(qrels, run, measures, options, &unwatched)
}

/// [`coverage`], watched: a step is a judged query in one of four evaluations.
///
/// # Errors
///
/// As [`coverage`], and [`Error::Interrupted`](crate::Error::Interrupted).
pub fn coverage_watched(
    qrels: &Qrels,
    run: &Run,
    measures: &[Measure],
    options: Options,
    watch: &Watch<'_>,
) -> Result<Vec<Coverage>> {
    let values = evaluate_watched(qrels, run, measures, options, watch)?;
    Ok(Parts::new(qrels, run, &values, options, watch)?.coverage(&values, |_| true))
}

/// The values behind, query by query.
pub(crate) struct Parts {
    condensed: Evaluation,
    /// Of the measures whose documents without a judgment are given the same grade, one each.
    filled: Vec<Evaluation>,
    judged: Evaluation,
    has_residual: bool,
}

impl Parts {
    /// Those of a run whose values are known.
    pub(crate) fn new(
        qrels: &Qrels,
        run: &Run,
        values: &Evaluation,
        options: Options,
        watch: &Watch<'_>,
    ) -> Result<Self> {
        let measures = values.measures();
        let highest = (0..qrels.len()).flat_map(|query| qrels.0.rows(query).values()).copied().max();
        let highest = highest.unwrap_or(0).max(options.level);
        let mut best: BTreeMap<i64, Vec<Measure>> = BTreeMap::new();
        for measure in measures.iter().filter(|measure| measure.has_residual()) {
            best.entry(measure.best_grade().max(highest)).or_default().push(measure.clone());
        }
        let filled = best
            .iter()
            .map(|(&grade, measures)| evaluate_filled(qrels, run, measures, options, Some(grade), &|_| watch(0)));
        let filled = filled.collect::<Result<_>>()?;
        tell(watch, values.queries().len())?;
        let judged = measures.iter().map(judged).collect::<Result<Vec<Measure>>>()?;
        let condensed = options.judged_only(true);
        Ok(Self {
            condensed: evaluate_filled(qrels, run, measures, condensed, None, watch)?,
            filled,
            judged: evaluate_filled(qrels, run, &judged, options, None, watch)?,
            has_residual: !options.judged_only,
        })
    }

    /// For each measure, over the queries for which `keep` says so.
    pub(crate) fn coverage(&self, values: &Evaluation, keep: impl Fn(&str) -> bool) -> Vec<Coverage> {
        let aggregate = |evaluation: &Evaluation, measure: &Measure| {
            let kept = evaluation.queries().iter().zip(evaluation.values(measure)?).filter(|(query, _)| keep(query));
            Some(measure.aggregate(&kept.map(|(_, value)| *value).collect::<Vec<f64>>()))
        };
        let of_measure = |(measure, judged): (&Measure, &Measure)| {
            let best = self.filled.iter().filter(|_| self.has_residual).find_map(|filled| aggregate(filled, measure));
            Coverage {
                condensed: aggregate(&self.condensed, measure).unwrap_or_default(),
                residual: best.zip(aggregate(values, measure)).map(|(best, value)| best - value),
                judged: aggregate(&self.judged, judged).unwrap_or_default(),
            }
        };
        values.measures().iter().zip(self.judged.measures()).map(of_measure).collect()
    }
}

/// The share of judged documents to the depth of a measure.
fn judged(measure: &Measure) -> Result<Measure> {
    measure.cutoff().map_or_else(|| "Judged".to_owned(), |cutoff| format!("Judged@{cutoff}")).parse()
}
