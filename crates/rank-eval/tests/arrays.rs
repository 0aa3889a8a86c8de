//! Arrays and accumulators: against runs whose ids are the numbers of columns.

use proptest::prelude::*;
use rank_eval::{
    Accumulator, Arrays, Error, Measure, Options, Order, Qrels, Run, TrecEval, evaluate_arrays, evaluate_with,
};

const NAMES: [&str; 8] = ["nDCG@3", "nDCG", "AP", "RR", "P@2", "R@4", "Success@1", "AP@2"];
const ORDERS: [Order; 6] =
    [Order::DocidDesc, Order::DocidAsc, Order::Stable, Order::Expected, Order::Best, Order::Worst];

fn measures() -> Vec<Measure> {
    NAMES.iter().map(|name| name.parse().unwrap()).collect()
}

/// Queries of equal numbers of documents: a score, a grade and whether it counts for each.
fn batch() -> impl Strategy<Value = Vec<Vec<(i8, i8, bool)>>> {
    (1..12_usize).prop_flat_map(|docs| {
        let entry = (-2..3_i8, -1..4_i8, prop::bool::weighted(0.8));
        prop::collection::vec(prop::collection::vec(entry, docs), 1..6)
    })
}

/// Values by way of a run: ids in the order of the columns, a query that ranks nothing included.
fn by_run(batch: &[Vec<(i8, i8, bool)>], measures: &[Measure], options: Options) -> Vec<Vec<f64>> {
    let counted = |query: &[(i8, i8, bool)]| -> Vec<(String, i8, i8)> {
        let entries = query.iter().enumerate().filter(|(_, entry)| entry.2);
        entries.map(|(column, entry)| (format!("{column:03}"), entry.0, entry.1)).collect()
    };
    let name = |query: usize| format!("{query:03}");
    let run = Run::from_nested(batch.iter().enumerate().map(|(query, entries)| {
        (name(query), counted(entries).into_iter().map(|(id, score, _)| (id, 1.0 + f64::from(score) * 1e-9)))
    }));
    let qrels = Qrels::from_nested(
        batch
            .iter()
            .enumerate()
            .map(|(query, entries)| (name(query), counted(entries).into_iter().map(|(id, _, grade)| (id, grade)))),
    );
    let evaluation = evaluate_with(&qrels.unwrap(), &run.unwrap(), measures, options).unwrap();
    measures.iter().map(|measure| evaluation.values(measure).unwrap().to_vec()).collect()
}

proptest! {
    #[test]
    fn arrays_are_runs(
        batch in batch(),
        order in prop::sample::select(&ORDERS[..]),
        depth in prop::option::of(1..5_usize),
        level in 0..3_i64,
        judged_only: bool,
        rounded: bool,
    ) {
        let depth = depth.filter(|_| order != Order::Expected);
        let compat = rounded.then_some(TrecEval::V9);
        let options =
            Options::default().order(order).depth(depth).level(level).judged_only(judged_only).compat(compat);
        let measures: Vec<Measure> = measures()
            .into_iter()
            .filter(|measure| {
                let one = Arrays::new(1, 1, &[0.5_f64], &[true]).unwrap();
                evaluate_arrays(&one, std::slice::from_ref(measure), options).is_ok()
            })
            .collect();
        let docs = batch[0].len();
        let flat: Vec<_> = batch.iter().flatten().copied().collect();
        // Scores that float32 does not tell apart.
        let scores: Vec<f64> = flat.iter().map(|entry| 1.0 + f64::from(entry.0) * 1e-9).collect();
        let grades: Vec<i8> = flat.iter().map(|entry| entry.1).collect();
        let floats: Vec<f32> = grades.iter().map(|&grade| f32::from(grade)).collect();
        let mask: Vec<bool> = flat.iter().map(|entry| entry.2).collect();

        let arrays = Arrays::new(batch.len(), docs, &scores[..], &grades[..]).unwrap().mask(&mask).unwrap();
        let evaluation = evaluate_arrays(&arrays, &measures, options).unwrap();
        let expected = by_run(&batch, &measures, options);
        for (measure, expected) in measures.iter().zip(&expected) {
            prop_assert_eq!(evaluation.values(measure).unwrap(), &expected[..], "{}", measure);
        }
        let same = Arrays::new(batch.len(), docs, &scores[..], &floats[..]).unwrap().mask(&mask).unwrap();
        prop_assert_eq!(&evaluate_arrays(&same, &measures, options.threads(3)).unwrap(), &evaluation);

        // In two parts, and merged.
        let middle = batch.len() / 2;
        let mut first = Accumulator::with_options(&measures, options).unwrap();
        let mut second = first.clone();
        first.add_arrays(&arrays.rows(0..middle)).unwrap();
        second.add_arrays(&arrays.rows(middle..batch.len())).unwrap();
        first.merge(&second).unwrap();
        prop_assert_eq!(first.len(), batch.len());
        prop_assert_eq!(first.evaluation(), evaluation);
    }
}

#[test]
fn lists_are_taken_in_their_order() {
    let measures = measures();
    let mut accumulator = Accumulator::new(&measures);
    assert!(accumulator.mean(&measures[0]).unwrap().is_nan());
    accumulator.add(&[("a", 1.0), ("b", 1.0)], &[("a", 1)]).unwrap();
    accumulator.add(&[("a", 1.0), ("b", 1.0)], &[("b", 1)]).unwrap();
    let rr: Measure = "RR".parse().unwrap();
    assert_eq!(accumulator.values(&rr).unwrap(), [1.0, 0.5]);
    assert_eq!(accumulator.mean(&rr), Some(0.75));
    assert_eq!(accumulator.mean(&"P@77".parse().unwrap()), None);
    accumulator.add_values(&[0.0; NAMES.len()]).unwrap();
    assert_eq!(accumulator.mean(&rr), Some(0.5));
    accumulator.reset();
    assert_eq!((accumulator.len(), accumulator.is_empty()), (0, true));
    let shallow = Options::default().depth(Some(1)).level(2);
    let mut accumulator = Accumulator::with_options(std::slice::from_ref(&rr), shallow).unwrap();
    accumulator.add(&[("a", 1.0), ("b", 1.0)], &[("b", 2)]).unwrap();
    accumulator.add(&[("a", 1.0), ("b", 1.0)], &[("a", 1)]).unwrap();
    accumulator.add(&[("a", 1.0), ("b", 1.0)], &[("a", 2)]).unwrap();
    assert_eq!(accumulator.values(&rr).unwrap(), [0.0, 0.0, 1.0]);
}

#[test]
fn a_model_that_scores_all_alike_gains_nothing() {
    let rr: Measure = "RR".parse().unwrap();
    let arrays = Arrays::new(1, 4, &[0.5_f32; 4], &[1_u8, 0, 0, 0]).unwrap();
    let value = |order| {
        let options = Options::default().order(order);
        evaluate_arrays(&arrays, std::slice::from_ref(&rr), options).unwrap().mean(&rr).unwrap()
    };
    assert_eq!(ORDERS.map(value), [0.25, 1.0, 1.0, (1.0 + 0.5 + 1.0 / 3.0 + 0.25) / 4.0, 1.0, 0.25]);
}

#[test]
fn what_is_refused() {
    let rr: Measure = "RR".parse().unwrap();
    let measures = std::slice::from_ref(&rr);
    let message = |error: Error| error.to_string();
    let shape = Arrays::new(2, 3, &[0.5_f32; 5], &[true; 6]).unwrap_err();
    assert_eq!(message(shape), "scores: expected 2 x 3 values, got 5; pass an entry for each document of each query");
    let shape = Arrays::new(2, 3, &[0.5_f32; 6], &[true; 7]).unwrap_err();
    assert!(message(shape).starts_with("relevance: expected 2 x 3 values, got 7"));
    let shape = Arrays::new(2, 3, &[0.5_f32; 6], &[true; 6]).unwrap().mask(&[true]).unwrap_err();
    assert!(message(shape).starts_with("mask: expected 2 x 3 values, got 1"));
    assert!(Arrays::new(usize::MAX, 2, &[0.5_f32; 0], &[true; 0]).is_err());

    let mut accumulator = Accumulator::new(measures);
    let nan = Arrays::new(2, 2, &[0.5, 0.5, 0.5, f64::NAN], &[true; 4]).unwrap();
    let error = accumulator.add_arrays(&nan).unwrap_err();
    assert_eq!(message(error), "scores[1][1]: expected a score, got NaN; mask the entry or repair its score");
    let error = accumulator.add_arrays(&nan.rows(1..2)).unwrap_err();
    assert!(message(error).starts_with("scores[1][1]: "));
    let half = Arrays::new(1, 2, &[0.5_f32, 0.75], &[1.0, 0.5]).unwrap();
    let error = message(accumulator.add_arrays(&half).unwrap_err());
    assert_eq!(error, "relevance[0][1]: expected a whole number as grade, got 0.5; round it or scale it up");
    for grade in [f64::NAN, f64::INFINITY, 1e300] {
        assert!(accumulator.add_arrays(&Arrays::new(1, 1, &[0.5], &[grade]).unwrap()).is_err());
    }
    assert!(accumulator.add(&[("a", f64::NAN)], &[("a", 1)]).is_err());
    assert!(accumulator.is_empty());
    // A mask hides a NaN.
    accumulator.add_arrays(&nan.mask(&[true, true, true, false]).unwrap()).unwrap();
    assert_eq!(accumulator.len(), 2);

    let error = message(accumulator.add_values(&[1.0, 2.0]).unwrap_err());
    assert!(error.starts_with("values: expected 1 values, one for each row, got 2"), "{error}");
    let other = Accumulator::new(&["AP".parse().unwrap(), "P@3".parse().unwrap()]);
    let error = message(accumulator.merge(&other).unwrap_err());
    assert_eq!(
        error,
        "other: expected the measures RR with the same options, got AP, P@3 or other options; make both accumulators alike"
    );
    let other = Accumulator::with_options(measures, Options::default().level(2)).unwrap();
    assert!(accumulator.merge(&other).is_err());
}

#[test]
fn arrays_without_rows_or_columns() {
    let rr: Measure = "RR".parse().unwrap();
    let measures = std::slice::from_ref(&rr);
    let none = Arrays::new(0, 3, &[0.5_f32; 0], &[true; 0]).unwrap();
    assert!(none.is_empty());
    assert!(evaluate_arrays(&none, measures, Options::default()).unwrap().queries().is_empty());
    let empty = Arrays::new(2, 0, &[0.5_f32; 0], &[true; 0]).unwrap();
    let evaluation = evaluate_arrays(&empty, measures, Options::default()).unwrap();
    assert_eq!(evaluation.values(&rr).unwrap(), [0.0, 0.0]);
    assert_eq!(evaluation.queries(), ["0", "1"]);
}
