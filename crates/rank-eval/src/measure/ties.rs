//! The expected value over ties against the mean over all orders, of each measure that has one.

use proptest::prelude::*;

use super::Measure;
use crate::topic::{Found, Topic};

/// Grades by position, `None` for a document without one, and after which positions a group of ties ends.
fn rankings() -> impl Strategy<Value = (Vec<Option<i64>>, Vec<bool>, Vec<i64>)> {
    let rows = prop::collection::vec((prop::option::of(-1_i64..3), any::<bool>()), 1..7);
    (rows, prop::collection::vec(-1_i64..3, 0..3)).prop_map(|(rows, unranked)| {
        let (grades, ends) = rows.into_iter().unzip();
        (grades, ends, unranked)
    })
}

fn groups(ends: &[bool]) -> Vec<std::ops::Range<usize>> {
    let mut groups = Vec::new();
    let mut start = 0;
    for (position, &end) in ends.iter().enumerate() {
        if end || position + 1 == ends.len() {
            groups.push(start..position + 1);
            start = position + 1;
        }
    }
    groups
}

fn topic(grades: &[Option<i64>], unranked: &[i64]) -> Topic {
    let found = (0..).zip(grades).filter_map(|(position, &grade)| Some(Found { position, grade: grade? })).collect();
    let judged = grades.iter().copied().flatten().chain(unranked.iter().copied()).collect();
    let mut topic = Topic { ranked: grades.len(), found, judged, ..Topic::default() };
    topic.sort_judged();
    topic
}

/// Every order of each group, each as often as the others.
fn orders(grades: &[Option<i64>], groups: &[std::ops::Range<usize>]) -> Vec<Vec<Option<i64>>> {
    let Some((first, rest)) = groups.split_first() else { return vec![grades.to_vec()] };
    let mut all = Vec::new();
    for order in permutations(&grades[first.clone()]) {
        let mut changed = grades.to_vec();
        changed[first.clone()].copy_from_slice(&order);
        all.extend(orders(&changed, rest));
    }
    all
}

fn permutations(items: &[Option<i64>]) -> Vec<Vec<Option<i64>>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for place in 0..items.len() {
        let mut others = items.to_vec();
        let chosen = others.remove(place);
        all.extend(permutations(&others).into_iter().map(|rest| [vec![chosen], rest].concat()));
    }
    all
}

proptest! {
    #[test]
    fn the_expected_value_is_the_mean_over_all_orders((grades, ends, unranked) in rankings(), k in 1_usize..8, level in 0_i64..3) {
        let names = format!(
            "P@{k} R@{k} RelP@{k} F@{k} Success@{k} AP AP@{k} RR RR@{k} nDCG nDCG@{k} nDCG(dcg='exp-log2')@{k} \
             nDCG(gains={{0:0.5,2:-1}}) DCG@{k} IDCG@{k} SDCG(max_rel=3)@{k} RBP RBP(max_rel=3)@{k} RBP(scale='topic') \
             RBPResidual@{k} Rprec Rprec_mult@0.4 Judged@{k} Unjudged@{k} Hole@{k} nDCG_p nDCG_p@{k} FallOut@{k} SetP SetR SetAP SetF utility NumRet \
             NumRel NumRelRet@{k} NumRet(rel=2)@{k} num_nonrel_judged_ret NumQ P(judged_only=True)@{k} \
             AP(judged_only=True) RR(judged_only=True)@{k} nDCG(judged_only=True)@{k}"
        );
        let groups = groups(&ends);
        let orders: Vec<Topic> =
            orders(&grades, &groups).iter().map(|grades| Topic { level, ..topic(grades, &unranked) }).collect();
        let mut tied = Topic { level, ..topic(&grades, &unranked) };
        let judged = |group: &std::ops::Range<usize>| grades[group.clone()].iter().any(Option::is_some);
        tied.ties = groups
            .iter()
            .filter(|group| group.len() > 1 && judged(group))
            .map(|group| group.start as u32..group.end as u32)
            .collect();
        for measure in Measure::parse_many(&names).unwrap() {
            let mean = orders.iter().map(|topic| measure.value(topic)).sum::<f64>() / orders.len() as f64;
            let expected = measure.expected(&tied).unwrap();
            prop_assert!((expected - mean).abs() < 1e-12, "{measure}: {expected} for {mean}");
        }
    }
}

#[test]
fn what_has_no_closed_form_says_so() {
    for name in [
        "ERR",
        "INST",
        "ContextPrecision",
        "Bpref",
        "infAP",
        "IPrec@0.1",
        "11pt_avg",
        "Compat",
        "G",
        "binG",
        "ndcg_rel",
        "Rndcg",
        "gm_map",
        "OPA",
    ] {
        assert!(!name.parse::<Measure>().unwrap().has_expected(), "{name}");
    }
}
