//! What is refused, what the policies do, what the names stand for.

use std::collections::BTreeSet;

use rank_fusion::{
    Bounds, Constant, Duplicates, Error, Fusion, Lists, Method, Missing, Normalization, Order, relative_score,
    standardized, weighted_sum,
};

type List = Vec<(&'static str, f64)>;

fn a() -> List {
    vec![("x", 4.0), ("y", 3.0), ("z", 2.0)]
}

fn b() -> List {
    vec![("y", 9.0), ("w", 5.0)]
}

fn message(error: &Error) -> String {
    error.to_string()
}

#[test]
fn weights_are_checked() {
    let fuse = |weights: &[f64]| weighted_sum(&[a(), b()], weights, Normalization::MinMax).unwrap_err();
    assert_eq!(message(&fuse(&[1.0])), "weights: expected one for each of 2 lists, got 1; pass one weight per list");
    assert_eq!(fuse(&[1.0, -1.0]), Error::InvalidWeight { list: 1, weight: -1.0 });
    assert!(matches!(fuse(&[f64::NAN, 1.0]), Error::InvalidWeight { list: 0, .. }));
    assert_eq!(fuse(&[0.0, 0.0]), Error::ZeroWeights);
}

#[test]
fn parameters_are_checked() {
    for text in ["rbc(phi=1)", "rbc(-0.1)", "combgmnz(gamma=-1)", "logn_isr(2)", "qdrant_rrf(k=0)", "rrf(NaN)"] {
        let error = text.parse::<Method>().unwrap_err();
        assert!(matches!(error, Error::InvalidParameter { .. } | Error::InvalidK { .. }), "{text}: {error}");
    }
    for text in ["z_score(3, -3)", "percentile(-1, 99)", "percentile(50, 50)", "bounds(1, 0)", "z_score(_, 3)"] {
        assert!(matches!(text.parse::<Normalization>(), Err(Error::InvalidParameter { .. })), "{text}");
    }
    for missing in [Missing::Value(f64::NAN), Missing::BelowMin(-1.0)] {
        let error = Fusion::new(Method::CombSum).missing(missing).fuse(&[a()]).unwrap_err();
        assert!(matches!(error, Error::InvalidParameter { name: "missing", .. }));
    }
    assert!(matches!(relative_score(&[a(), b()], 1.5), Err(Error::InvalidParameter { name: "alpha", .. })));
    assert!(matches!(relative_score(&[a()], 0.5), Err(Error::CountMismatch { .. })));
    assert!(matches!(standardized(&[a()], 3.0, -3.0), Err(Error::InvalidParameter { .. })));
    let error = Fusion::new(Method::CombSum).scale(f64::INFINITY).fuse(&[a()]).unwrap_err();
    assert!(matches!(error, Error::InvalidParameter { name: "scale", .. }));
}

#[test]
fn infinite_scores_are_refused_where_scores_are_computed_with() {
    let list = vec![("x", f64::INFINITY), ("y", 1.0)];
    let error = rank_fusion::combsum(std::slice::from_ref(&list), Normalization::MinMax).unwrap_err();
    assert_eq!(error, Error::InfiniteScore { list: 0, position: 0, score: f64::INFINITY });
    assert_eq!(rank_fusion::borda(&[list]).unwrap(), [("x", 2.0), ("y", 1.0)]);
}

#[test]
fn policies_that_a_method_cannot_follow_are_refused() {
    let refused = |method: Method, missing: Missing| {
        matches!(Fusion::new(method).missing(missing).fuse(&[a(), b()]), Err(Error::UnusableMissing { .. }))
    };
    assert!(refused(Method::CombSum, Missing::WorstRank));
    for method in [Method::Condorcet, Method::Copeland, Method::Kemeny] {
        assert!(refused(method, Missing::Zero));
    }
    assert!(!refused(Method::Borda, Missing::WorstRank));
}

#[test]
fn names_are_read_as_they_are_written() {
    for method in Method::all() {
        assert_eq!(method.to_string().parse::<Method>().unwrap(), method);
        assert_eq!(method.name().parse::<Method>().unwrap(), method, "the usual parameters");
    }
    for name in [
        "identity",
        "min_max",
        "z_score",
        "z_score(-3, 3)",
        "three_sigma_sample",
        "percentile(1, 99)",
        "l2",
        "bounds(0, _, -1, 1)",
        "min_max_opensearch",
        "min_max_opensearch(apply 0.5, ignore, clip -1, clip 1)",
    ] {
        assert_eq!(name.parse::<Normalization>().unwrap().to_string(), name);
    }
    for name in ["published", "zero", "skip", "list_min", "below_min(0.5)", "worst_rank", "value(-1)"] {
        assert_eq!(name.parse::<Missing>().unwrap().to_string(), name);
    }
    for wrong in ["", "rff", "rrf(", "rrf(1, 2)", "borda(1)", "rrf(x)"] {
        let error = wrong.parse::<Method>().unwrap_err();
        assert!(message(&error).starts_with("method: expected one of rrf"), "{wrong}: {error}");
    }
    assert!("bounds(1)".parse::<Normalization>().is_err());
    assert!("min_max_opensearch(apply 1)".parse::<Normalization>().is_err());
    for wrong in ["", "clip", "clip x", "ignore 1", "apply 1 2"] {
        let error = format!("min_max_opensearch({wrong}, ignore)").parse::<Normalization>().unwrap_err();
        assert!(message(&error).starts_with("bound: expected one of ignore, apply and a number"), "{wrong}: {error}");
    }
    assert!(message(&"minmax".parse::<Normalization>().unwrap_err()).starts_with("normalization: expected one of"));
    assert!(message(&"drop".parse::<Missing>().unwrap_err()).starts_with("missing: expected one of"));
    assert!(message(&Fusion::preset("solr").unwrap_err()).starts_with("compat: expected one of azure, chroma"));
    assert!(message(&Fusion::named("dbfs").unwrap_err()).contains(", dbsf, standardized(-3, 3)"));
    let dbsf = Fusion::named("dbsf").unwrap().fuse(&[a(), b()]).unwrap();
    assert_eq!(dbsf, rank_fusion::dbsf(&[a(), b()]).unwrap());
    let named = Fusion::named("standardized(-1, 1)").unwrap().fuse(&[a(), b()]).unwrap();
    assert_eq!(named, standardized(&[a(), b()], -1.0, 1.0).unwrap());
    assert_eq!(Fusion::named("combmnz").unwrap(), Fusion::new(Method::CombMnz));
}

#[test]
fn order_depth_limit_and_duplicates() {
    let mixed = vec![("z", 2.0), ("x", 4.0), ("y", 3.0)];
    let rrf = || Fusion::new(Method::ReciprocalRank { k: 0.0 });
    assert!(matches!(rrf().fuse(std::slice::from_ref(&mixed)), Err(Error::NotSorted { list: 0, position: 1, .. })));
    let sorted = rrf().order(Order::Sorted).fuse(std::slice::from_ref(&mixed)).unwrap();
    assert_eq!(sorted, [("x", 1.0), ("y", 0.5), ("z", 1.0 / 3.0)]);
    let given = rrf().order(Order::Given).fuse(std::slice::from_ref(&mixed)).unwrap();
    assert_eq!(given, [("z", 1.0), ("x", 0.5), ("y", 1.0 / 3.0)]);
    assert_eq!(rrf().depth(2).fuse(&[a()]).unwrap(), [("x", 1.0), ("y", 0.5)]);
    assert_eq!(rrf().limit(1).fuse(&[a()]).unwrap(), [("x", 1.0)]);
    assert_eq!(rrf().limit(0).fuse(&[a()]).unwrap(), []);
    assert_eq!(rrf().depth(0).fuse(&[a()]).unwrap(), []);
    let twice = vec![("x", 4.0), ("x", 3.0), ("y", 2.0)];
    assert!(matches!(
        rrf().fuse(std::slice::from_ref(&twice)),
        Err(Error::DuplicateDocument { position: 1, first: 0, .. })
    ));
    let best = rrf().duplicates(Duplicates::Best).fuse(&[twice]).unwrap();
    assert_eq!(best, [("x", 1.0), ("y", 0.5)], "y moves up");
    let nan = vec![("z", 2.0), ("x", 4.0), ("y", f64::NAN)];
    for order in [Order::Checked, Order::Sorted, Order::Given] {
        let refused = rrf().order(order).fuse(std::slice::from_ref(&nan)).unwrap_err();
        assert!(matches!(refused, Error::NanScore { .. } | Error::NotSorted { .. }));
    }
}

#[test]
fn known_bounds_do_not_move_with_the_list() {
    let bounds = |low, high| Normalization::Bounds(vec![Bounds { low, high }]);
    let fuse = |list: &List, bounds: Normalization| {
        Fusion::new(Method::CombSum).normalization(bounds).fuse(std::slice::from_ref(list)).unwrap()
    };
    assert_eq!(fuse(&a(), bounds(Some(0.0), Some(8.0))), [("x", 0.5), ("y", 0.375), ("z", 0.25)]);
    // The same score for x, however many documents there are.
    assert_eq!(fuse(&vec![("x", 4.0)], bounds(Some(0.0), Some(8.0))), [("x", 0.5)]);
    assert_eq!(fuse(&a(), bounds(Some(0.0), None)), [("x", 1.0), ("y", 0.75), ("z", 0.5)]);
    assert_eq!(fuse(&a(), bounds(Some(3.0), Some(3.5))), [("x", 1.0), ("y", 0.0), ("z", 0.0)], "beyond the bounds");
    assert_eq!(fuse(&vec![("x", 4.0)], bounds(None, None)), [("x", 1.0)], "no range");
    let wrong = Fusion::new(Method::CombSum).normalization(bounds(Some(1.0), Some(0.0))).fuse(&[a()]).unwrap_err();
    assert!(matches!(wrong, Error::InvalidParameter { name: "bounds", .. }));
    let two = Normalization::Bounds(vec![Bounds::default(); 2]);
    let wrong = Fusion::new(Method::CombSum).normalization(two).fuse(&[a()]).unwrap_err();
    assert!(matches!(wrong, Error::CountMismatch { argument: "bounds", .. }));
}

#[test]
fn lists_of_equal_scores() {
    let equal = vec![("x", 42.0), ("y", 42.0)];
    let fuse = |normalization: &str, constant: Constant| {
        let fusion = Fusion::new(Method::CombSum).normalization(normalization.parse().unwrap()).constant(constant);
        fusion.fuse(std::slice::from_ref(&equal)).unwrap()[0].1
    };
    for (name, usual) in [
        ("min_max", 1.0),
        ("min_max_inverted", 1.0),
        ("sum", 0.5),
        ("z_score", 0.0),
        ("three_sigma", 0.5),
        ("percentile", 0.5),
    ] {
        assert_eq!(fuse(name, Constant::Usual), usual, "{name}");
        assert_eq!(fuse(name, Constant::Value(0.25)), 0.25, "{name}");
        assert_eq!(fuse(name, Constant::Sign), 1.0, "{name}");
        assert_eq!(fuse(name, Constant::Raw), 42.0, "{name}");
    }
    assert_eq!(fuse("quantile", Constant::Usual), 0.5);
    assert_eq!(fuse("max", Constant::Usual), 1.0);
}

#[test]
fn a_floor_keeps_the_last_document_in_a_product() {
    let fused = Fusion::new(Method::GeometricMean).floor(0.001).fuse(&[a(), b()]).unwrap();
    let score = |id: &str| fused.iter().find(|entry| entry.0 == id).unwrap().1;
    assert!((score("y") - 0.5_f64.sqrt()).abs() < 1e-15);
    assert!((score("z") - 0.001).abs() < 1e-15);
    let error = Fusion::new(Method::GeometricMean).floor(f64::NAN).fuse(&[a()]).unwrap_err();
    assert!(matches!(error, Error::InvalidParameter { name: "floor", .. }));
}

#[test]
fn numbered_lists_are_checked() {
    let new = |documents, starts: &[usize], numbers: &[u32], scores: &[f64]| {
        Lists::new(documents, starts, numbers, scores).map(|_| ()).unwrap_err()
    };
    assert_eq!(new(0, &[0], &[], &[]), Error::NoLists);
    assert!(
        message(&new(2, &[0, 2], &[0, 1], &[1.0])).starts_with("scores: expected 2 values, one per number, got 1;")
    );
    assert!(
        message(&new(2, &[0, 1], &[0, 1], &[2.0, 1.0])).starts_with("starts: expected values that ascend from 0 to 2")
    );
    assert!(message(&new(2, &[0, 2], &[0, 2], &[2.0, 1.0])).starts_with("numbers: expected values below 2, got 2;"));
    assert_eq!(new(2, &[0, 2], &[1, 1], &[2.0, 1.0]), Error::DuplicateDocument { list: 0, position: 1, first: 0 });
    assert_eq!(new(2, &[0, 2], &[0, 1], &[2.0, f64::NAN]), Error::NanScore { list: 0, position: 1 });
}

#[test]
fn presets_follow_their_formulas() {
    let (keywords, vectors) = (a(), b());
    let fuse = |name: &str| {
        let mut fused = Fusion::preset(name).unwrap().fuse(&[keywords.clone(), vectors.clone()]).unwrap();
        fused.sort_by_key(|entry| entry.0);
        fused.into_iter().map(|entry| entry.1).collect::<Vec<f64>>()
    };
    // In the order w, x, y, z: w is second in b, x first in a, y second in a and first in b, z third in a.
    let mut tested = BTreeSet::new();
    let mut close = |name: &'static str, expected: [f64; 4]| {
        tested.insert(name);
        for (got, expected) in fuse(name).iter().zip(expected) {
            assert!((got - expected).abs() < 1e-12, "{name}: {:?} {expected:?}", fuse(name));
        }
    };
    let rrf = [1.0 / 62.0, 1.0 / 61.0, 1.0 / 62.0 + 1.0 / 61.0, 1.0 / 63.0];
    for name in ["azure", "cosmosdb", "elastic", "lancedb", "milvus", "mongodb", "opensearch", "vespa"] {
        close(name, rrf);
    }
    close("langchain", rrf.map(|score| score / 2.0));
    close("haystack", rrf.map(|score| 61.0 * score / 2.0));
    let from_zero = [1.0 / 61.0, 1.0 / 60.0, 1.0 / 61.0 + 1.0 / 60.0, 1.0 / 62.0];
    close("llamaindex", from_zero);
    close("rankops", from_zero);
    // x y z in a, y w in b, three and two long.
    close("rankops_borda", [1.0, 3.0, 2.0 + 2.0, 1.0]);
    // The deviation of a is √(2/3), that of b 2.
    close("rankops_dbsf", [-1.0, 1.5_f64.sqrt(), 1.0, -1.5_f64.sqrt()]);
    close("rankops_isr", [0.5_f64.sqrt(), 1.0, 0.5_f64.sqrt() + 1.0, (1.0_f64 / 3.0).sqrt()]);
    close("chroma", from_zero.map(|score| -score));
    close("weaviate_ranked", [0.75 / 61.0, 0.25 / 60.0, 0.25 / 61.0 + 0.75 / 60.0, 0.25 / 62.0]);
    close("qdrant", [1.0 / 3.0, 1.0 / 2.0, 1.0 / 3.0 + 1.0 / 2.0, 1.0 / 4.0]);
    // Min-max: a is 1, 1/2, 0; b is 1, 0.
    close("weaviate", [0.0, 0.25, 0.125 + 0.75, 0.0]);
    close("llamaindex_relative_score", [0.0, 0.5, 0.75, 0.0]);
    close("mongodb_score_minmax", [0.0, 0.5, 0.75, 0.0]);
    close("elastic_linear_minmax", [0.0, 1.0, 1.5, 0.0]);
    close("opensearch_arithmetic_mean", [0.0005, 0.5, 0.75, 0.0005]);
    close("opensearch_geometric_mean", [0.001, 1.0, 0.5_f64.sqrt(), 0.001]);
    close("opensearch_harmonic_mean", [0.001, 1.0, 2.0 / 3.0, 0.001]);
    close("elastic_linear", [5.0, 4.0, 12.0, 2.0]);
    close("mongodb_score", [2.5, 2.0, 6.0, 1.0]);
    close("haystack_merge", [2.5, 2.0, 6.0, 1.0]);
    close("haystack_concatenate", [5.0, 4.0, 9.0, 2.0]);
    close("llamaindex_simple", [5.0, 4.0, 9.0, 2.0]);
    let (l2a, l2b) = (29.0_f64.sqrt(), 106.0_f64.sqrt());
    let l2 = [5.0 / l2b, 4.0 / l2a, 3.0 / l2a + 9.0 / l2b, 2.0 / l2a];
    close("elastic_linear_l2", l2);
    close("opensearch_l2", l2.map(|score| score / 2.0));
    // z of b is ±2 / √8, in f32; y of a is the mean, and so the maximum.
    let (z, least) = (f64::from(2.0_f32 / 8.0_f32.sqrt()), f64::from(0.001_f32));
    close("opensearch_z_score", [least / 2.0, 0.5, f64::midpoint(4.0, z), least / 2.0]);
    let sigmoid = |s: f64| 1.0 / (1.0 + (-s).exp()) / 2.0;
    close("mongodb_score_sigmoid", [sigmoid(5.0), sigmoid(4.0), sigmoid(3.0) + sigmoid(9.0), sigmoid(2.0)]);
    let arctan = |s: f64| 0.5 + s.atan() / std::f64::consts::PI;
    close("milvus_weighted", [arctan(5.0), arctan(4.0), arctan(3.0) + arctan(9.0), arctan(2.0)]);
    // a: mean 3, squares 2; b: mean 7, squares 8.
    let three = |s: f64, mean: f64, sigma: f64| (s - mean + 3.0 * sigma) / (6.0 * sigma);
    let sample = |s| three(s, 3.0, 1.0);
    close(
        "qdrant_dbsf",
        [three(5.0, 7.0, 8.0_f64.sqrt()), sample(4.0), sample(3.0) + three(9.0, 7.0, 8.0_f64.sqrt()), sample(2.0)],
    );
    let population = |s| three(s, 3.0, (2.0_f64 / 3.0).sqrt());
    let dbsf = [three(5.0, 7.0, 2.0), population(4.0), three(9.0, 7.0, 2.0), population(2.0)];
    close("haystack_dbsf", dbsf);
    close("llamaindex_dist_based_score", [dbsf[0] / 2.0, dbsf[1] / 2.0, f64::midpoint(dbsf[2], 0.5), dbsf[3] / 2.0]);

    assert_eq!(tested, Fusion::presets().map(|preset| preset.0).collect(), "each preset has its formula above");
    let chroma = Fusion::preset("chroma").unwrap();
    assert!(chroma.is_ascending());
    assert_eq!(chroma.fuse(&[a(), b()]).unwrap()[0].0, "y", "the least first");
    let long: List = (0..20).map(|place| (["p", "q"][place % 2], -(place as f64))).take(2).collect();
    assert_eq!(Fusion::preset("elastic").unwrap().depth(1).fuse(&[long]).unwrap().len(), 1);
    let deep: Vec<(u8, f64)> = (0..20).map(|place| (place, -f64::from(place))).collect();
    assert_eq!(Fusion::preset("elastic").unwrap().fuse(&[deep]).unwrap().len(), 10);
    let weighted = Fusion::preset("qdrant").unwrap().weights(vec![3.0, 0.0]).fuse(&[a(), b()]).unwrap();
    // 1 / (2 + 1/3 - 1) for the best of a; nothing from b.
    assert_eq!(weighted[0], ("x", 1.0 / (2.0 + 1.0 / 3.0 - 1.0)));
    assert_eq!(weighted[3], ("w", 0.0));
}

#[test]
fn a_negative_weight_turns_a_list_around_where_that_is_said() {
    let fusion = Fusion::preset("cosmosdb").unwrap();
    let plain = Fusion::new(Method::ReciprocalRank { k: 60.0 });
    let mut turned = b();
    turned.reverse();
    let expected = plain.clone().weights(vec![1.0, 0.5]).order(Order::Given).fuse(&[a(), turned]).unwrap();
    assert_eq!(fusion.clone().weights(vec![1.0, -0.5]).fuse(&[a(), b()]).unwrap(), expected);
    assert_eq!(fusion.clone().fuse(&[a(), b()]).unwrap(), plain.fuse(&[a(), b()]).unwrap());
    assert_eq!(
        plain.weights(vec![1.0, -0.5]).fuse(&[a(), b()]).unwrap_err(),
        Error::InvalidWeight { list: 1, weight: -0.5 }
    );
    let error = fusion.clone().weights(vec![1.0, f64::NEG_INFINITY]).fuse(&[a(), b()]).unwrap_err();
    assert!(matches!(error, Error::InvalidWeight { list: 1, .. }));
    let why = fusion.weights(vec![1.0, -0.5]).explain(&[a(), b()]).unwrap();
    for result in &why.results {
        let sum: f64 = result.parts.iter().map(|part| part.contribution).sum();
        assert!((sum - result.score).abs() < 1e-15);
    }
}

#[test]
fn opensearch_bounds() {
    let list = vec![("x", 4.0), ("y", 3.0), ("u", 2.4), ("z", 2.0)];
    for (bounds, expected) in [
        // Above 2.5 the bound is 2.5, so that y comes behind u, for which it is the list's own.
        ("apply 2.5, ignore", [1.0_f64, 1.0 / 3.0, 0.2, 0.001]),
        ("apply 1, ignore", [1.0, 2.0 / 3.0, 1.4 / 3.0, 1.0 / 3.0]),
        ("apply 3.8, ignore", [1.0, 0.5, 0.2, 0.001]),
        ("apply 5, ignore", [1.0, 0.5, 0.2, 0.001]),
        ("clip 2.5, ignore", [1.0, 1.0 / 3.0, 0.001, 0.001]),
        ("clip 0, ignore", [1.0, 0.75, 0.6, 0.5]),
        ("clip 4, ignore", [1.0, 0.001, 0.001, 0.001]),
        ("clip 5, ignore", [1.0, 0.5, 0.2, 0.001]),
        ("ignore, ignore", [1.0, 0.5, 0.2, 0.001]),
        ("ignore, apply 8", [1.0 / 3.0, 1.0 / 6.0, 0.4 / 6.0, 0.001]),
        ("ignore, apply 3", [1.0, 0.5, 0.4, 0.001]),
        ("ignore, clip 3", [1.0, 1.0, 0.4, 0.001]),
        ("ignore, clip 1", [1.0, 0.5, 0.2, 0.001]),
        ("ignore, clip 2", [1.0, 1.0, 1.0, 1.0]),
        ("clip 0, clip 8", [0.5, 0.375, 0.3, 0.25]),
        ("clip 3.5, clip 2.2", [1.0, 0.001, 0.001, 0.001]),
    ] {
        let normalization: Normalization = format!("min_max_opensearch({bounds})").parse().unwrap();
        let fusion = Fusion::preset("opensearch_arithmetic_mean").unwrap().normalization(normalization);
        let fused = fusion.fuse(std::slice::from_ref(&list)).unwrap();
        for ((id, _), expected) in list.iter().zip(expected) {
            let got = fused.iter().find(|entry| entry.0 == *id).unwrap().1;
            assert!((got - expected).abs() < 1e-15, "{bounds}: {id} {got} {expected}");
        }
        let equal = fusion.fuse(&[[("x", 7.0), ("y", 7.0)]]).unwrap();
        assert_eq!(equal, [("x", 1.0), ("y", 1.0)]);
    }
    // A pair for each list, and what is left of them when a list is taken out.
    let fusion = Fusion::new(Method::CombSum)
        .normalization("min_max_opensearch(clip 0, ignore, ignore, clip 20)".parse().unwrap());
    let why = fusion.explain(&[a(), b()]).unwrap();
    let score = |id: &str| why.results.iter().find(|result| result.id == id).unwrap().score;
    assert_eq!([score("x"), score("y"), score("z"), score("w")], [1.0, 0.75 + 4.0 / 15.0, 0.5, 0.001]);
    assert!(matches!(fusion.fuse(&[a(), b(), a()]), Err(Error::CountMismatch { argument: "bounds", .. })));
    let endless = "min_max_opensearch(apply inf, ignore)".parse::<Normalization>().unwrap_err();
    assert!(message(&endless).starts_with("bounds: expected finite numbers, got inf; pass ignore"));
}

#[test]
fn opensearch_z_scores() {
    // 4, 3, 2: mean 3, deviation of the sample 1; the last two are raised to 0.001. One document alone keeps its score.
    let fused = Fusion::preset("opensearch_z_score").unwrap().fuse(&[a(), vec![("w", 5.0)]]).unwrap();
    // But a score that is the mean, as y has one, becomes the greatest score of its list as it is.
    let least = f64::from(0.001_f32) / 2.0;
    assert_eq!(fused, [("w", 2.5), ("y", 2.0), ("x", 0.5), ("z", least)]);
    // The mean is 1.05 and 1.05 is a score, but neither as f64 nor by way of the sum is it the mean to the bit.
    let fused = Fusion::preset("opensearch_z_score").unwrap().fuse(&[[("a", 1.1), ("b", 1.05), ("c", 1.0)]]).unwrap();
    assert_eq!(fused[0], ("b", f64::from(1.1_f32)));
    // 5, 4, 1: the mean 10 / 3, the deviation √(13 / 3).
    let fused = Fusion::preset("opensearch_z_score").unwrap().fuse(&[[("a", 5.0), ("b", 4.0), ("c", 1.0)]]).unwrap();
    assert_eq!(fused[2], ("c", 2.0 * least));
    for (place, z) in [(0, 5.0 / 3.0), (1, 2.0 / 3.0)] {
        assert!((fused[place].1 - z / (13.0_f64 / 3.0).sqrt()).abs() < 1e-6);
    }
    // Equal scores stay, one alone or several, whatever their sign.
    for scores in [vec![("a", -2.5)], vec![("a", -2.5), ("b", -2.5), ("c", -2.5)]] {
        let fused = Fusion::preset("opensearch_z_score").unwrap().fuse(std::slice::from_ref(&scores)).unwrap();
        assert_eq!(fused, scores);
    }
}

#[test]
fn constants_have_names() {
    for (name, constant) in
        [("usual", Constant::Usual), ("sign", Constant::Sign), ("raw", Constant::Raw), ("0.25", Constant::Value(0.25))]
    {
        assert_eq!(name.parse::<Constant>().unwrap(), constant);
        assert_eq!(constant.to_string(), name);
    }
    for wrong in ["", "inf", "NaN", "one"] {
        assert!(matches!(wrong.parse::<Constant>(), Err(Error::UnknownName { argument: "constant", .. })), "{wrong}");
    }
}
