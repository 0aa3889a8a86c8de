//! C/W/L measures against their definition: probabilities of going on, multiplied out rank by rank.

use std::collections::HashMap;

use proptest::prelude::*;
use rank_eval::{Browsing, Error, Measure, Options, Order, Qrels, Run, browse, browse_run, evaluate, evaluate_with};

const RANKS: usize = 1000;

/// The probability of going on from a rank, by what is known of all ranks.
fn goes_on(name: &str, rank: usize, gains: &[f64], costs: &[f64]) -> f64 {
    let i = rank as f64;
    let gained: f64 = gains[..rank].iter().sum();
    let spent: f64 = costs[..rank].iter().sum();
    let patience = |wanted: f64| ((i + 2.0 * wanted - 1.0) / (i + 2.0 * wanted)).powi(2);
    let found = gains[rank - 1];
    match name {
        "INST(T=2)" => {
            let left = 2.0 - gained;
            ((i + 2.0 + left - 1.0) / (i + 2.0 + left)).powi(2)
        }
        "INSQ(T=1.5)" => patience(1.5),
        "BPM(T=2,K=12)" => f64::from(u8::from(gained < 2.0 && spent < 12.0)),
        "BPMD(T=2,K=12,hb=0.5,hc=2,med=0.25)" => {
            let moved = |before: usize| gains[..before].iter().map(|gain| gain - 0.25).sum::<f64>();
            let goes = |rank: usize| {
                gains[..rank].iter().sum::<f64>() < 2.0 + 0.5 * moved(rank - 1)
                    && costs[..rank].iter().sum::<f64>() < 12.0 + 2.0 * moved(rank - 1)
            };
            f64::from(u8::from(goes(rank)))
        }
        "NERR8" => 1.0 - found,
        "NERR9" => i / (i + 1.0) * (1.0 - found),
        "NERR10(p=0.7)" => 0.7 * (1.0 - found),
        "NERR11(T=2)" => patience(2.0) * (1.0 - found),
        "IFT(T=1,b1=0.5,R1=2,A=0.1,b2=0.3,R2=3)" => goal(gained) * rate(gained, spent),
        "IFT(T=1,b1=0.5,R1=2,model='goal')" => goal(gained),
        "IFT(A=0.1,b2=0.3,R2=3,model='rate')" => rate(gained, spent),
        "NPV(rate=0.25)" | "RBP(p=0.8)" => 0.8,
        "TBG(half_life=7)" => 0.5_f64.powf(spent / 7.0) / 0.5_f64.powf((spent - costs[rank - 1]) / 7.0),
        "UMeasure(L=40)" => {
            let attention = |position: f64| (1.0 - position / 40.0).max(0.0);
            let before = attention(spent - costs[rank - 1]);
            if before > 0.0 { attention(spent) / before } else { 0.0 }
        }
        "P@3" => f64::from(u8::from(rank < 3)),
        "RR" => f64::from(u8::from(found == 0.0)),
        "SDCG(max_rel=1)@5" => {
            if rank < 5 {
                (i + 1.0).log2() / (i + 2.0).log2()
            } else {
                0.0
            }
        }
        other => panic!("{other}"),
    }
}

fn goal(gained: f64) -> f64 {
    1.0 - 1.0 / (1.0 + 0.5 * ((1.0 - gained) * 2.0).exp())
}

fn rate(gained: f64, spent: f64) -> f64 {
    1.0 / (1.0 + 0.3 * ((0.1 - gained / spent) * 3.0).exp())
}

const NAMES: &[&str] = &[
    "INST(T=2)",
    "INSQ(T=1.5)",
    "BPM(T=2,K=12)",
    "BPMD(T=2,K=12,hb=0.5,hc=2,med=0.25)",
    "NERR8",
    "NERR9",
    "NERR10(p=0.7)",
    "NERR11(T=2)",
    "IFT(T=1,b1=0.5,R1=2,A=0.1,b2=0.3,R2=3)",
    "IFT(T=1,b1=0.5,R1=2,model='goal')",
    "IFT(A=0.1,b2=0.3,R2=3,model='rate')",
    "NPV(rate=0.25)",
    "RBP(p=0.8)",
    "TBG(half_life=7)",
    "UMeasure(L=40)",
    "P@3",
    "RR",
    "SDCG(max_rel=1)@5",
];

/// Utility, total utility, cost, total cost, items.
fn oracle(name: &str, gains: &[f64], costs: &[f64]) -> [f64; 5] {
    let mut looks = vec![1.0];
    for rank in 1..RANKS {
        looks.push(looks[rank - 1] * goes_on(name, rank, gains, costs));
    }
    let items: f64 = looks.iter().sum();
    let dot = |values: &[f64]| looks.iter().zip(values).map(|(look, value)| look * value).sum::<f64>();
    [dot(gains) / items, dot(gains), dot(costs) / items, dot(costs), items]
}

fn numbers(user: Browsing) -> [f64; 5] {
    [user.utility, user.total_utility, user.cost, user.total_cost, user.items]
}

fn padded(gains: &[Option<f64>], costs: &[f64], unknown: f64) -> (Vec<f64>, Vec<f64>) {
    let mut all: Vec<f64> = gains.iter().map(|gain| gain.unwrap_or(unknown)).collect();
    let mut paid = if costs.is_empty() { vec![1.0; gains.len()] } else { costs.to_vec() };
    all.resize(RANKS, unknown);
    paid.resize(RANKS, 1.0);
    (all, paid)
}

fn close(got: f64, expected: f64) -> bool {
    (got - expected).abs() <= 1e-11 * expected.abs().max(1.0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn users_do_what_is_defined(
        rows in prop::collection::vec((prop::option::of(0_u8..5), 1_u8..8), 0..12),
        unit_costs in any::<bool>(),
    ) {
        let gains: Vec<Option<f64>> = rows.iter().map(|(gain, _)| gain.map(|gain| f64::from(gain) / 4.0)).collect();
        let costs: Vec<f64> = rows.iter().map(|(_, cost)| f64::from(*cost)).collect();
        let costs = if unit_costs { Vec::new() } else { costs };
        for name in NAMES {
            let measure: Measure = name.parse().unwrap();
            let bounds = browse(&measure, &gains, &costs).unwrap();
            for (user, unknown) in [(bounds.worst, 0.0), (bounds.best, 1.0)] {
                let (gains, costs) = padded(&gains, &costs, unknown);
                for (got, expected) in numbers(user).into_iter().zip(oracle(name, &gains, &costs)) {
                    prop_assert!(close(got, expected), "{name}: {got} for {expected}");
                }
            }
        }
    }

    #[test]
    fn runs_are_evaluated_by_the_same_user(grades in prop::collection::vec(prop::option::of(-1_i64..4), 1..9)) {
        let rows: Vec<(String, f64)> = (0..grades.len()).map(|place| (format!("d{place}"), -(place as f64))).collect();
        let judged: Vec<(String, i64)> =
            grades.iter().enumerate().filter_map(|(place, grade)| Some((format!("d{place}"), (*grade)?))).collect();
        let judged = if judged.is_empty() { vec![("x".to_owned(), 1)] } else { judged };
        let run = Run::from_nested([("q", rows)]).unwrap();
        let qrels = Qrels::from_nested([("q", judged)]).unwrap();
        for name in ["INST(max_rel=3)", "INSQ(rel=2)", "BPM@5", "NERR9(max_rel=3)@4", "IFT", "NPV", "TBG", "UMeasure"] {
            let measure: Measure = name.parse().unwrap();
            let value = evaluate(&qrels, &run, std::slice::from_ref(&measure)).unwrap().mean(&measure).unwrap();
            let user = &browse_run(&qrels, &run, &measure, &HashMap::new()).unwrap()[0].1;
            prop_assert!(close(value, user.worst.utility), "{name}: {value} for {}", user.worst.utility);
            prop_assert!(user.best.utility >= user.worst.utility - 1e-12 || name.starts_with("BPM"), "{name}");
        }
    }
}

#[test]
fn without_a_cut_off_a_user_stops_at_rank_1000() {
    for name in ["INST", "NPV(rate=0.5)", "UMeasure"] {
        let measure: Measure = name.parse().unwrap();
        let cut: Measure = format!("{name}@1000").parse().unwrap();
        assert_ne!(measure, cut);
        let list = [("a", 2.0), ("b", 1.0)];
        assert_eq!(measure.value_of(&list, &[("b", 1)]).unwrap(), cut.value_of(&list, &[("b", 1)]).unwrap());
        assert!(measure.describe().contains("k = 1000"), "{}", measure.describe());
    }
}

#[test]
fn what_is_wrong_is_said() {
    let measure: Measure = "TBG".parse().unwrap();
    let ndcg: Measure = "nDCG".parse().unwrap();
    assert!(matches!(browse(&ndcg, &[], &[]), Err(Error::NoUser { .. })));
    for value in [-0.5, 1.5, f64::NAN] {
        let refused = browse(&measure, &[None, Some(value)], &[]);
        assert!(matches!(refused, Err(Error::InvalidGain { position: 1, .. })));
    }
    for value in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let refused = browse(&measure, &[None, None], &[1.0, value]);
        assert!(matches!(refused, Err(Error::InvalidCost { position: 1, .. })));
    }
    assert!(matches!(browse(&measure, &[None], &[1.0, 1.0]), Err(Error::UnequalColumns { .. })));

    let qrels = Qrels::from_nested([("q", [("a", 4)])]).unwrap();
    let run = Run::from_nested([("q", [("a", 1.0)])]).unwrap();
    let costs = HashMap::from([("b".to_owned(), 1.0)]);
    let message = browse_run(&qrels, &run, &measure, &costs).unwrap_err().to_string();
    assert_eq!(
        message,
        "costs: expected a cost for each ranked document, got none for \"a\"; add it, or give no costs at all"
    );
    let scaled: Measure = "INST(max_rel=3)".parse().unwrap();
    assert!(matches!(browse_run(&qrels, &run, &scaled, &HashMap::new()), Err(Error::GradeAboveScale { .. })));
    let other = Run::from_nested([("r", [("a", 1.0)])]).unwrap();
    assert!(matches!(browse_run(&qrels, &other, &measure, &HashMap::new()), Err(Error::NoCommonQuery { .. })));

    let options = Options::default().order(Order::Expected);
    let refused = evaluate_with(&qrels, &run, std::slice::from_ref(&measure), options);
    assert!(matches!(refused, Err(Error::NoExpectedValue { .. })));
    for (name, words) in [
        ("INST(T=0.25)", "T to be a number of at least 0.5"),
        ("INST@2000000", "a cut-off of at most 1000000"),
        ("IFT(model='x')", "model to be one of both, goal, rate"),
    ] {
        let message = name.parse::<Measure>().unwrap_err().to_string();
        assert!(message.contains(words), "{message}");
    }
}
