//! Trained methods against loops that follow their definitions, at any depth, saved and read again.

use std::collections::HashSet;

use proptest::prelude::*;
use rank_fusion::{Error, Fusion, Normalization, Segments, StreamingFusion, Trained, Training};

fn hits() -> impl Strategy<Value = Vec<Vec<bool>>> {
    prop::collection::vec(prop::collection::vec(any::<bool>(), 0..60), 2)
}

fn training() -> impl Strategy<Value = (Training, Vec<Vec<Vec<bool>>>)> {
    prop::collection::vec(hits(), 1..6).prop_map(|queries| {
        let mut training = Training::new(2);
        for query in &queries {
            training.add_hits(query.clone(), 70).unwrap();
        }
        (training, queries)
    })
}

fn list(length: usize) -> Vec<(u32, f64)> {
    (0..length as u32).map(|id| (id, 1000.0 - f64::from(id))).collect()
}

fn all(training: &Training) -> Vec<Trained> {
    vec![
        Trained::bayesfuse(training).unwrap(),
        Trained::mapfuse(training).unwrap(),
        Trained::posfuse(training).unwrap(),
        Trained::probfuse(training, 7).unwrap(),
        Trained::segfuse(training, Segments::Published).unwrap(),
        Trained::segfuse(training, Segments::Ranx).unwrap(),
        Trained::slidefuse(training, 6).unwrap(),
    ]
}

proptest! {
    #[test]
    fn values_follow_the_definitions((training, queries) in training(), length in 1_usize..90) {
        let count = queries.len() as f64;
        // How many lists of the training had a hit between two places, of those that were long enough at all.
        let at = |place: usize| {
            let there: Vec<bool> = queries.iter().filter_map(|query| query[0].get(place).copied()).collect();
            if there.is_empty() { 0.0 } else { there.iter().filter(|hit| **hit).count() as f64 / there.len() as f64 }
        };
        let between = |start: usize, end: usize| {
            let hits = |list: &Vec<bool>| list.iter().take(end).skip(start).filter(|hit| **hit).count() as f64;
            queries.iter().map(|query| hits(&query[0]) / (end - start) as f64).sum::<f64>() / count
        };
        // The second list is empty: what it says is what it says of missing documents.
        let score = |trained: Trained, place: usize| {
            let fusion = Fusion::trained(trained).normalization(Normalization::Rank);
            let fused = fusion.fuse(&[list(length), Vec::new()]).unwrap();
            fused.iter().find(|entry| entry.0 == place as u32).unwrap().1
        };
        for place in [0, length / 2, length - 1] {
            let near = |got: f64, expected: f64| (got - expected).abs() < 1e-12;
            prop_assert!(near(score(Trained::posfuse(&training).unwrap(), place), at(place)));

            let (first, last) = (place.saturating_sub(6), (place + 6).min(length - 1));
            let slide = (first..=last).map(at).sum::<f64>() / (last - first + 1) as f64;
            prop_assert!(near(score(Trained::slidefuse(&training, 6).unwrap(), place), slide));

            let map: f64 = queries.iter().map(|query| {
                let mut found = 0.0;
                query[0].iter().enumerate().filter(|(_, hit)| **hit).map(|(at, _)| {
                    found += 1.0;
                    found / (at + 1) as f64
                }).sum::<f64>() / 70.0
            }).sum::<f64>() / count;
            prop_assert!(near(score(Trained::mapfuse(&training).unwrap(), place), map / (place + 1) as f64));

            let segment = place / length.div_ceil(7);
            let share = queries.iter().map(|query| {
                let size = query[0].len().div_ceil(7).max(1);
                let part: Vec<bool> = query[0].iter().copied().skip(segment * size).take(size).collect();
                if part.is_empty() { 0.0 } else { part.iter().filter(|hit| **hit).count() as f64 / part.len() as f64 }
            }).sum::<f64>() / count;
            prop_assert!(near(score(Trained::probfuse(&training, 7).unwrap(), place), share / (segment + 1) as f64));

            for (segments, ends) in [(Segments::Published, [0, 5, 20, 55, 130]), (Segments::Ranx, [0, 5, 15, 35, 75])] {
                let cut = ends.windows(2).find(|cut| cut[0] <= place && place < cut[1]);
                let normalized = 1.0 - place as f64 / length as f64;
                if let Some(cut) = cut {
                    let expected = between(cut[0], cut[1]) * (normalized + 1.0);
                    prop_assert!(near(score(Trained::segfuse(&training, segments).unwrap(), place), expected));
                }
            }

            let ends = [0, 5, 10, 15, 20, 30, 100];
            let cut = ends.windows(2).find(|cut| cut[0] <= place && place < cut[1]).unwrap();
            let p = between(cut[0], cut[1]);
            let p = if p == 0.0 { 0.001 } else { p };
            let other = if p == 1.0 { 0.001 } else { 1.0 - p };
            let missing = (0.001_f64 / 0.999).ln();
            prop_assert!(near(score(Trained::bayesfuse(&training).unwrap(), place), (p / other).ln() + missing));
        }
    }

    #[test]
    fn written_and_read_again_it_is_the_same((training, _) in training()) {
        for trained in all(&training) {
            prop_assert_eq!(&trained.to_string().parse::<Trained>().unwrap(), &trained);
        }
    }
}

#[test]
fn any_depth_can_be_fused() {
    let mut training = Training::new(1);
    training.add_hits(vec![vec![true, false, true]], 2).unwrap();
    for trained in all(&training) {
        let fused = Fusion::trained(trained).fuse(&[list(12_000)]).unwrap();
        assert_eq!(fused.len(), 12_000);
        assert!(fused.iter().all(|(_, score)| score.is_finite()));
    }
}

#[test]
fn files() {
    let mut training = Training::new(2);
    training.add(&[vec![("x", 2.0)], vec![("y", 2.0), ("x", 1.0)]], &HashSet::from(["x"])).unwrap();
    let folder = std::env::temp_dir().join(format!("rank-fusion-trained-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("model.txt");
    for trained in all(&training) {
        trained.save(&path).unwrap();
        assert_eq!(Trained::load(&path).unwrap(), trained);
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "no temporary file stays");
    std::fs::write(&path, "something else").unwrap();
    let error = Trained::load(&path).unwrap_err();
    assert!(matches!(&error, Error::BadModel { argument, .. } if argument.ends_with("model.txt")), "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
    let missing = Trained::load(&path).unwrap_err();
    assert!(matches!(missing, Error::Io { kind: std::io::ErrorKind::NotFound, action: "read", .. }), "{missing}");
    let nowhere = Trained::mapfuse(&training).unwrap().save(&path).unwrap_err();
    assert!(matches!(nowhere, Error::Io { action: "written", .. }), "{nowhere}");
}

#[test]
fn texts_that_are_no_trained_method() {
    let title = "rank-fusion trained method, version 1\n";
    for (rest, expected) in [
        ("", "the method \"\""),
        ("probfuse 2\n0.5\n", "1 numbers of list 0"),
        ("probfuse 0\n\n", "the method \"probfuse\""),
        ("posfuse\n0.5 inf\n", "the number \"inf\" of list 0"),
        ("posfuse\n0.5 x\n", "the number \"x\" of list 0"),
        ("segfuse 0 5 3\n1 2\n", "the method \"segfuse\""),
        ("slidefuse six\n1\n", "the parameter \"six\""),
        ("mapfuse\n", "no list"),
    ] {
        let error = format!("{title}{rest}").parse::<Trained>().unwrap_err().to_string();
        assert!(error.contains(expected), "{rest:?}: {error}");
    }
}

#[test]
fn what_cannot_be_trained_or_fused() {
    let none = Training::new(2);
    assert!(matches!(Trained::posfuse(&none), Err(Error::NothingToLearn { queries: 0, .. })));
    let mut irrelevant = Training::new(1);
    irrelevant.add_hits(vec![vec![false]], 0).unwrap();
    assert!(matches!(Trained::mapfuse(&irrelevant), Err(Error::NothingToLearn { queries: 1, .. })));
    assert_eq!(Trained::mapfuse(&Training::new(0)).unwrap_err(), Error::NoLists);
    let mut training = Training::new(1);
    assert!(matches!(training.add_hits(vec![], 1), Err(Error::CountMismatch { lists: 1, got: 0, .. })));
    let unsorted = training.add(&[vec![("x", 1.0), ("y", 2.0)]], &HashSet::from(["x"]));
    assert!(matches!(unsorted, Err(Error::NotSorted { .. })));
    training.add_hits(vec![vec![true]], 1).unwrap();
    assert!(matches!(Trained::probfuse(&training, 0), Err(Error::InvalidParameter { name: "segments", .. })));
    let two = Fusion::trained(Trained::posfuse(&training).unwrap()).fuse(&[list(1), list(1)]);
    assert!(matches!(two, Err(Error::CountMismatch { argument: "lists", lists: 1, got: 2, .. })));
}

#[test]
fn a_list_fewer_is_the_others_as_they_were_learned() {
    let mut training = Training::new(3);
    training.add_hits(vec![vec![true, false], vec![false, true], vec![false, false, true]], 2).unwrap();
    let alone: Vec<Training> = (0..3)
        .map(|left_out| {
            let mut training = Training::new(2);
            let mut hits = vec![vec![true, false], vec![false, true], vec![false, false, true]];
            hits.remove(left_out);
            training.add_hits(hits, 2).unwrap();
            training
        })
        .collect();
    let lists = [vec![(1_u32, 3.0), (2, 2.0)], vec![(2, 9.0), (3, 8.0)], vec![(4, 0.5), (1, 0.4), (3, 0.3)]];
    for (place, trained) in all(&training).into_iter().enumerate() {
        let fusion = Fusion::trained(trained).normalization(Normalization::Identity);
        let why = fusion.explain(&lists).unwrap();
        assert!(why.is_sum);
        let mut stream = StreamingFusion::new(fusion, 3).unwrap();
        for (left_out, training) in alone.iter().enumerate() {
            let mut others = lists.to_vec();
            others.remove(left_out);
            let expected = Fusion::trained(all(training).swap_remove(place))
                .normalization(Normalization::Identity)
                .fuse(&others)
                .unwrap();
            for result in &why.results {
                let without = expected.iter().position(|entry| entry.0 == result.id).map(|place| place + 1);
                assert_eq!(result.rank_without[left_out], without);
            }
            if left_out == 2 {
                stream.set(1, lists[1].clone()).unwrap();
                stream.set(0, lists[0].clone()).unwrap();
                assert_eq!(stream.fused().unwrap(), expected);
            }
        }
    }
}
