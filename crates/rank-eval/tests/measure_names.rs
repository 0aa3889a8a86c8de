//! How measures are written: three dialects in, three out, and what is refused.

use rank_eval::Measure;

#[test]
fn measures_have_names_in_three_dialects() {
    for (printed, names) in [
        ("nDCG@10", vec!["ndcg_cut_10", "ndcg_cut.10", "ndcg@10", "NDCG@10"]),
        ("nDCG", vec!["ndcg"]),
        ("P@5", vec!["P_5", "P.5", "precision@5", "p@5"]),
        ("R@100", vec!["recall_100", "recall.100", "recall@100"]),
        ("Success@1", vec!["success_1", "success.1", "hit_rate@1", "success@1"]),
        ("RR@10", vec!["MRR@10", "mrr@10", "rr@10"]),
        ("RR", vec!["recip_rank", "MRR"]),
        ("AP@20", vec!["map_cut_20", "map_cut.20", "map@20", "MAP@20"]),
        ("AP", vec!["map", "MAP"]),
    ] {
        let measure: Measure = printed.parse().unwrap();
        assert_eq!(measure.to_string(), printed);
        for name in names {
            assert_eq!(name.parse::<Measure>().unwrap(), measure, "{name}");
        }
    }
    let error = |name: &str| name.parse::<Measure>().unwrap_err().to_string();
    for name in ["", "bogus@10", "@10", "recip_rank_10", "ndcg_10", "ndcg_cut", "ndcg_cut@10"] {
        let expected =
            format!("measure: expected one of nDCG, P, R, Success, RR, AP, got {name:?}; write for example nDCG@10");
        assert_eq!(error(name), expected);
    }
    for (name, example) in [
        ("nDCG@0", "nDCG@10"),
        ("P", "P@10"),
        ("recall@ten", "R@10"),
        ("P_-1", "P@10"),
        ("hit_rate", "Success@10"),
        ("nDCG@10@20", "nDCG@10"),
    ] {
        let expected =
            format!("measure: expected a positive whole number as cut-off, got {name:?}; write for example {example}");
        assert_eq!(error(name), expected);
    }
}
