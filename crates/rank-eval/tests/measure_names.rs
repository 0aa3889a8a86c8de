//! How measures are written: three dialects in, three out, and what is refused.

use rank_eval::{Dialect, Measure};

fn parse(name: &str) -> Measure {
    name.parse().unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn names_in_three_dialects_are_read() {
    for (printed, names) in [
        ("nDCG@10", vec!["ndcg_cut_10", "ndcg_cut.10", "ndcg@10", "NDCG@10", "nDCG(dcg='log2')@10"]),
        ("nDCG", vec!["ndcg"]),
        ("nDCG(dcg='exp-log2')@10", vec!["ndcg_burges@10", "nDCG( dcg = \"exp-log2\" )@10"]),
        ("nDCG(gains={1:3.5,2:9})", vec!["ndcg.1=3.5,2=9", "ndcg_2=9.0,1=3.5", "nDCG(gains={2: 9, 1: 3.5})"]),
        ("nDCG(gains={-1:0.5,0:-2})@5", vec!["nDCG(gains={0:-2,-1:.5})@5"]),
        ("P@5", vec!["P_5", "P.5", "precision@5", "p@5", "Precision@5"]),
        ("P(rel=2)@5", vec!["precision@5-l2"]),
        ("P(rel=2,judged_only=True)@10", vec!["P(judged_only=True,rel=2)@10"]),
        ("R@100", vec!["recall_100", "recall.100", "recall@100"]),
        ("Success@1", vec!["success_1", "success.1", "hit_rate@1", "success@1"]),
        ("RR@10", vec!["MRR@10", "mrr@10", "rr@10"]),
        ("RR", vec!["recip_rank", "MRR"]),
        ("AP@20", vec!["map_cut_20", "map_cut.20", "map@20", "MAP@20"]),
        ("AP", vec!["map", "MAP"]),
        ("AP(rel=2)", vec!["map-l2"]),
        ("RelP@10", vec!["relative_P_10", "capped_recall@10"]),
        ("IPrec@0.1", vec!["iprec_at_recall_0.10", "iprec_at_recall.0.1", "iprec@.1"]),
        ("Rprec_mult@0.2", vec!["Rprec_mult_0.20", "Rprec_mult.0.2"]),
        ("Rprec", vec!["RPrec", "r-precision"]),
        ("SetF(beta=2)", vec!["set_F.4", "set_F_4.0"]),
        ("SetF", vec!["set_F", "set_F.1"]),
        ("SetF(x=2)", vec!["set_F.2", "set_F_2.0"]),
        ("nDCG_p", vec!["ndcg_p", "NDCG_P"]),
        ("nDCG_p(gains={1:3})@5", vec!["ndcg_p(gains={1:3.0})@5"]),
        ("INST(T=2,max_rel=3)", vec!["inst(T=2.0,max_rel=3)"]),
        ("INST(max_rel=3)", vec!["INST(T=1.0,max_rel=3)"]),
        ("INSQ@50", vec!["insq(T=1)@50"]),
        ("BPM(T=2,max_rel=3)@10", vec!["bpm(T=2.0,max_rel=3)@10"]),
        ("BPMD(K=7,hb=0.5)", vec!["BPM_D(K=7,hb=.5,hc=1,med=0.5)"]),
        ("NERR8(max_rel=3)@10", vec!["nERR8(max_rel=3)@10"]),
        ("NERR10(p=0.8)", vec!["nerr10(p=.8)"]),
        ("IFT(model='goal')", vec!["ift(T=2,model=goal)"]),
        ("NPV(rate=0.25)", vec![]),
        ("TBG(half_life=100)", vec![]),
        ("UMeasure(L=132000)", vec!["U(L=132000)"]),
        ("Hole@10", vec!["hole@10"]),
        ("ContextPrecision@5", vec!["context_precision@5"]),
        ("SetR", vec!["set_recall", "ContextRecall"]),
        ("Accuracy@5", vec!["AUROC@5"]),
        ("SetP(relative=True)", vec!["SetRelP", "set_relative_P"]),
        ("utility(a=2,d=0.5)", vec!["utility.2,-1,0,0.5"]),
        ("RBP(p=0.95)", vec!["rbp.95"]),
        ("RBP(p=0.9,scale='topic')", vec!["rbp.p=.9"]),
        ("RBPResidual(p=0.9)", vec!["rbp_resid", "rbp_resid.p=0.9"]),
        ("RBP", vec!["RBP(p=0.8)"]),
        ("F@10", vec!["f1@10"]),
        ("gm_map", vec!["GMAP"]),
        ("Unjudged@5", vec!["unj.5"]),
        ("NumRelRet", vec!["num_rel_ret", "hits"]),
        ("NumRelRet@10", vec!["hits@10"]),
        ("IDCG", vec!["ideal_dcg"]),
        ("11pt_avg", vec![]),
        ("ERR(max_rel=3)@20", vec![]),
        ("SDCG(max_rel=3)@10", vec![]),
        ("Compat(normalize=False)", vec!["compat(normalize=False,p=0.95)"]),
    ] {
        let measure = parse(printed);
        assert_eq!(measure.to_string(), printed);
        for name in names {
            assert_eq!(parse(name), measure, "{name}");
        }
    }
}

#[test]
fn names_in_three_dialects_are_printed() {
    for (name, trec_eval, ranx) in [
        ("nDCG@10", Some("ndcg_cut_10"), Some("ndcg@10")),
        ("nDCG", Some("ndcg"), Some("ndcg")),
        ("nDCG(dcg='exp-log2')@5", None, Some("ndcg_burges@5")),
        ("nDCG(gains={1:3.5,2:9})", Some("ndcg_1=3.5,2=9"), None),
        ("nDCG(judged_only=True)@10", None, None),
        ("AP(rel=2)@5", None, Some("map@5-l2")),
        ("IPrec@0.1", Some("iprec_at_recall_0.10"), None),
        ("Rprec_mult@0.2", Some("Rprec_mult_0.20"), None),
        ("SetF(beta=2)", Some("set_F_4"), None),
        ("SetF(x=2)", Some("set_F_2"), None),
        ("nDCG_p", Some("ndcg_p"), None),
        ("nDCG_p(gains={1:3})", Some("ndcg_p_1=3"), None),
        ("nDCG_p@5", None, None),
        ("INST(T=2)", None, None),
        ("Hole@10", None, None),
        ("SetP", Some("set_P"), None),
        ("SetP(relative=True)", Some("set_relative_P"), None),
        ("utility(a=2)", Some("utility_2,-1,0,0"), None),
        ("RBP(p=0.95)", None, Some("rbp.95")),
        ("RBP(p=0.9,scale='topic')", Some("rbp"), None),
        ("RBP(p=0.5,scale='topic')", Some("rbp_p=0.5"), None),
        ("RBPResidual(p=0.9)", Some("rbp_resid"), None),
        ("RR", Some("recip_rank"), Some("mrr")),
        ("RR@10", None, Some("mrr@10")),
        ("NumRelRet", Some("num_rel_ret"), Some("hits")),
        ("F@10", None, Some("f1@10")),
        ("ERR@20", None, None),
    ] {
        let measure = parse(name);
        assert_eq!(measure.name_in(Dialect::TrecEval).as_deref(), trec_eval, "{name}");
        assert_eq!(measure.name_in(Dialect::Ranx).as_deref(), ranx, "{name}");
        assert_eq!(measure.name_in(Dialect::IrMeasures).as_deref(), Some(name));
        for name in [trec_eval, ranx].into_iter().flatten() {
            assert_eq!(parse(name), measure, "{name}");
        }
    }
}

#[test]
fn nicknames_stand_for_what_trec_eval_prints() {
    let names = |text: &str| -> Vec<String> {
        Measure::parse_many(text).unwrap().iter().map(|measure| measure.name_in(Dialect::TrecEval).unwrap()).collect()
    };
    let official = names("official");
    assert_eq!(
        official[..9],
        ["num_q", "num_ret", "num_rel", "num_rel_ret", "map", "gm_map", "Rprec", "bpref", "recip_rank"]
    );
    assert_eq!(official[9..11], ["iprec_at_recall_0.00", "iprec_at_recall_0.10"]);
    assert_eq!((official.len(), official[28].as_str()), (29, "P_1000"));
    // As many as trec_eval 9.0.8 prints lines of a query, less relstring, and of the mean, less runid.
    assert_eq!(names("all_trec").len(), 29 + 64);
    assert_eq!(names("set").last().unwrap(), "set_F");
    assert_eq!(names("P.5,10 recall_3,7"), ["P_5", "P_10", "recall_3", "recall_7"]);
    assert_eq!(names("iprec_at_recall.0.1,.25"), ["iprec_at_recall_0.10", "iprec_at_recall_0.25"]);
    assert_eq!(names("success"), ["success_1", "success_5", "success_10"]);
    assert_eq!(names("ndcg.1=3,2=9 map"), ["ndcg_1=3,2=9", "map"]);
    assert_eq!(names(""), Vec::<String>::new());
    assert!(Measure::parse_many("P.5,x").is_err());
}

#[test]
fn unknown_names_are_refused() {
    for name in ["", "bogus@10", "@10", "recip_rank_10", "-l2"] {
        let error = name.parse::<Measure>().unwrap_err().to_string();
        assert!(error.starts_with("measure: expected one of nDCG, P, R, Success, RR, AP, "), "{error}");
        assert!(error.ends_with(&format!(", got {name:?}; write for example nDCG@10")), "{error}");
    }
}

#[test]
fn cut_offs_are_checked() {
    for (name, example) in [
        ("nDCG@0", "nDCG@10"),
        ("P", "P@10"),
        ("ndcg_cut", "nDCG@10"),
        ("recall@ten", "R@10"),
        ("P_-1", "P@10"),
        ("hit_rate", "Success@10"),
        ("nDCG@10@20", "nDCG@10"),
        ("nDCG@10-l", "nDCG@10"),
    ] {
        let expected =
            format!("measure: expected a positive whole number as cut-off, got {name:?}; write for example {example}");
        assert_eq!(name.parse::<Measure>().expect_err(name).to_string(), expected);
    }
}

#[test]
fn parameters_are_checked() {
    for (name, expected, example) in [
        ("RBP(p=1)", "p to be a number above 0 and below 1", "RBP@10"),
        ("RBP(p=x)", "p to be a number above 0 and below 1", "RBP@10"),
        ("RBP(p=NaN)", "p to be a number above 0 and below 1", "RBP@10"),
        ("RBP(q=0.5)", "parameters of RBP among p, max_rel, scale, rel, judged_only", "RBP@10"),
        ("RBP(p)", "parameters of RBP among p, max_rel, scale, rel, judged_only", "RBP@10"),
        ("RBP(p=0.5", "the parameters to end in \")\"", "RBP@10"),
        ("P(rel=-1)@10", "rel to be a whole number of at least 0", "P@10"),
        ("P(rel=x)@10", "rel to be a whole number of at least 0", "P@10"),
        ("P(judged_only=maybe)@10", "judged_only to be True or False", "P@10"),
        ("nDCG(rel=2)@10", "parameters of nDCG among dcg, gains, judged_only", "nDCG@10"),
        ("ndcg@10-l2", "one level of relevance, where the measure takes one", "nDCG@10"),
        ("nDCG(dcg='log3')", "dcg to be one of log2, exp-log2", "nDCG@10"),
        ("nDCG(gains={1:2,1:3})", "gains to be {grade:gain,...}, each grade once", "nDCG@10"),
        ("nDCG(gains=[1])", "gains to be {grade:gain,...}, each grade once", "nDCG@10"),
        ("ndcg_cut@10", "parameters of nDCG among dcg, gains, judged_only", "nDCG@10"),
        ("ndcg_10", "parameters of nDCG among dcg, gains, judged_only", "nDCG@10"),
        ("Bpref@10", "Bpref without a cut-off", "Bpref"),
        ("IPrec", "recall behind @ to be a number of 0 to 1", "IPrec@0.1"),
        ("IPrec@1.5", "recall behind @ to be a number of 0 to 1", "IPrec@0.1"),
        ("SetF(beta=-1)", "beta to be a number of at least 0", "SetF"),
        ("set_F.x", "parameters of SetF among beta, x, rel, judged_only", "SetF"),
        ("utility.1,2", "parameters of utility among a, b, c, d, rel, judged_only", "utility"),
        ("utility(a=inf)", "a to be a number", "utility"),
        ("ERR(max_rel=0)", "max_rel to be a whole number of at least 1", "ERR@10"),
        ("SDCG@10", "max_rel to be given", "SDCG(max_rel=3)@10"),
        ("Compat(normalize=2)", "normalize to be True or False", "Compat"),
    ] {
        let expected = format!("measure: expected {expected}, got {name:?}; write for example {example}");
        assert_eq!(name.parse::<Measure>().expect_err(name).to_string(), expected);
    }
}

#[test]
fn conventions_are_told() {
    for (name, words) in [
        ("nDCG(gains={1:3})@10", "k = 10, dcg = 'log2', grade 1 gains 3; documents without"),
        ("AP", "k = the whole ranking; relevant is a grade of at least 1, or of the level that the evaluation is told"),
        ("AP(judged_only=True)", "documents without a judgment, or with a negative one, are dropped first"),
        ("RBP", "p = 0.8, max_rel not given, scale = 'given'"),
    ] {
        let description = parse(name).describe();
        assert!(description.contains(words), "{description}");
    }
}

#[test]
fn a_name_that_means_something_else_is_none() {
    // Their rbp is of p = 0.9 and scaled by the topic; iprec_at_recall has two decimals.
    for name in ["RBP(p=0.8)", "IPrec@0.123"] {
        assert_eq!(parse(name).name_in(Dialect::TrecEval), None, "{name}");
    }
}
