//! How far judgments reach, against every way in which the other documents might be judged.

use proptest::prelude::*;
use rank_eval::{
    CompareOptions, Measure, MissingQueries, Options, Order, Qrels, Run, TableOptions, compare, coverage, evaluate_with,
};

const BOUNDED: [&str; 21] = [
    "P@3",
    "Success@2",
    "RR",
    "RBP(p=0.7)@4",
    "RBP(max_rel=2)",
    "ERR(max_rel=2)@3",
    "DCG",
    "SDCG(max_rel=2)@3",
    "NumRelRet",
    "P(rel=2)@3",
    "INST@4",
    "INST(max_rel=2)@4",
    "INSQ(T=2,max_rel=2)@4",
    "BPM(T=1,max_rel=2)@4",
    "BPMD(T=1,max_rel=2)@4",
    "NERR8(max_rel=2)@4",
    "NERR9(max_rel=2)@4",
    "NERR11(min_rel=1,max_rel=2)@4",
    "IFT(max_rel=2)@4",
    "NPV(max_rel=2)@4",
    "UMeasure(L=3,max_rel=2)@4",
];
const OTHERS: [&str; 5] = ["nDCG@10", "AP", "R@2", "SetRelP", "RBP(scale='topic')"];

fn measures(names: &[&str]) -> Vec<Measure> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

/// The rows of a query: for each of a few documents a score, if it is ranked, and a grade.
type Rows = Vec<(Option<u8>, Option<i64>)>;

fn tables(rows: &Rows) -> (Qrels, Run) {
    let name = |document: usize| format!("d{document}");
    let judged = rows.iter().enumerate().filter_map(|(document, row)| Some((name(document), row.1?)));
    let ranked = rows.iter().enumerate().filter_map(|(document, row)| Some((name(document), f64::from(row.0?))));
    let qrels = Qrels::from_nested([("q", judged.collect::<Vec<_>>())]).unwrap();
    (qrels, Run::from_nested([("q", ranked.collect::<Vec<_>>())]).unwrap())
}

proptest! {
    #[test]
    fn the_residual_is_the_most_that_judgments_could_add(
        rows in prop::collection::vec((prop::option::of(0..4_u8), prop::option::weighted(0.6, -1..=2_i64)), 1..7),
        order in prop::sample::select(vec![Order::DocidDesc, Order::DocidAsc, Order::Stable]),
    ) {
        let (qrels, run) = tables(&rows);
        let bounded = measures(&BOUNDED);
        let options = Options::default().order(order);
        let highest = rows.iter().filter_map(|row| row.1).max().unwrap_or(0).max(1);
        let open: Vec<usize> =
            (0..rows.len()).filter(|&row| rows[row].0.is_some() && rows[row].1.is_none_or(|grade| grade < 0)).collect();
        let best = |measure: &Measure| highest.max(if measure.to_string().contains("rel=2") { 2 } else { 1 });
        let value = |rows: &Rows, measure: &Measure| {
            let (qrels, run) = tables(rows);
            evaluate_with(&qrels, &run, std::slice::from_ref(measure), options).unwrap().mean(measure).unwrap()
        };
        for (measure, found) in bounded.iter().zip(coverage(&qrels, &run, &bounded, options).unwrap()) {
            let mut most = f64::NEG_INFINITY;
            for chosen in 0..1_usize << open.len() {
                let mut judged = rows.clone();
                for (bit, &row) in open.iter().enumerate() {
                    judged[row].1 = if chosen >> bit & 1 == 1 { Some(best(measure)) } else { rows[row].1 };
                }
                most = most.max(value(&judged, measure));
            }
            let residual = found.residual.unwrap();
            prop_assert!((residual - (most - value(&rows, measure))).abs() < 1e-12, "{}: {}", measure, residual);
            // The same without the documents that are open.
            let condensed: Rows =
                rows.iter().map(|&(score, grade)| (score.filter(|_| grade >= Some(0)), grade)).collect();
            prop_assert!((found.condensed - value(&condensed, measure)).abs() < 1e-12);
        }
        for found in coverage(&qrels, &run, &measures(&OTHERS), options).unwrap() {
            prop_assert_eq!(found.residual, None);
        }
    }
}

#[test]
fn ranks_that_are_looked_at_count_as_judged_or_not() {
    let rows = vec![(Some(3), None), (Some(2), Some(1)), (Some(1), Some(0)), (Some(0), Some(-1))];
    let (qrels, run) = tables(&rows);
    let found = coverage(&qrels, &run, &measures(&["P@2", "AP"]), Options::default()).unwrap();
    assert_eq!((found[0].judged, found[1].judged), (0.5, 0.5));
    // What is taken out adds nothing.
    let found = coverage(&qrels, &run, &measures(&["P@2"]), Options::default().judged_only(true)).unwrap();
    assert_eq!((found[0].condensed, found[0].residual), (0.5, None));
    let found = coverage(&qrels, &run, &measures(&["P(judged_only=True)@2"]), Options::default()).unwrap();
    assert_eq!((found[0].condensed, found[0].residual), (0.5, None));
    // A grade that is relevant, though none is that high.
    let found = coverage(&qrels, &run, &measures(&["P@2"]), Options::default().level(3)).unwrap();
    assert_eq!(found[0].residual, Some(0.5));
}

#[test]
fn comparisons_are_of_the_queries_that_count() {
    let qrels = Qrels::from_nested([("q1", vec![("a", 1)]), ("q2", vec![("a", 1)]), ("q3", vec![("a", 1)])]).unwrap();
    let full = [("q1", vec![("x", 2.0), ("a", 1.0)]), ("q2", vec![("a", 1.0)]), ("q3", vec![("x", 1.0)])];
    let (full, part) = (Run::from_nested(full.clone()).unwrap(), Run::from_nested(full[..2].to_vec()).unwrap());
    let runs = [("full", &full), ("part", &part)];
    let skip = Options::default().missing_queries(MissingQueries::Skip);
    let comparison =
        compare(&qrels, &runs, &measures(&["P@1", "AP"]), CompareOptions::default().evaluation(skip)).unwrap();
    let found = comparison.coverage(0, 0).unwrap();
    assert_eq!((found.condensed, found.residual, found.judged), (1.0, Some(0.5), 0.5));
    assert_eq!(comparison.coverage(0, 1), Some(found));
    assert_eq!((comparison.coverage(2, 0), comparison.coverage(0, 2)), (None, None));
    let text = comparison.to_text(TableOptions::default().digits(2).coverage(true));
    let words: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert!(words.contains(&vec!["P@1", "a", "full", "0.50", "1.00", "0.50", "0.50"]), "{text}");
    assert!(words.contains(&vec!["AP", "b", "part", "0.75", "1.00", "–", "0.75"]), "{text}");
    assert!(!comparison.to_text(TableOptions::default()).contains("residual"));
    assert!(comparison.to_json().contains("\"residual\":0.5"));
}
