//! Preferences, groups of judges and z-scores: how they are read, and what is refused. Values are compared with `trec_eval`
//! by the tests of the command line.

use rank_eval::{
    Error, GroupedQrels, Measure, MissingQueries, Options, PreferenceFormat, Preferences, Qrels, Run, ZScores,
    evaluate, evaluate_groups, evaluate_preferences,
};

fn preferences(lines: &str) -> Result<Preferences, Error> {
    Preferences::from_reader(lines.as_bytes(), "prefs", PreferenceFormat::Prefs)
}

#[test]
fn both_formats_are_read() {
    let lists = preferences("# a comment\n\nq ann 1 a 2\r\nq\tann 1 b 0.5\n").unwrap();
    let rows = [("q", "ann", "1", "a", 2.0), ("q", "ann", "1", "b", 0.5)];
    assert_eq!(lists, Preferences::from_rows(rows).unwrap());
    let grades =
        Preferences::from_reader(&b"q ann a 2\nq ann b 0.5"[..], "prefs", PreferenceFormat::QrelsPrefs).unwrap();
    assert_eq!(grades.queries().collect::<Vec<_>>(), ["q"]);
    assert_eq!((grades.len(), grades.is_empty(), grades.groups("r").is_none()), (1, false, true));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prefs");
    std::fs::write(&path, "q ann 1 a 2\nq ann 1 b 0.5\n").unwrap();
    assert_eq!(Preferences::read(&path, PreferenceFormat::Prefs).unwrap(), lists);
    assert!(matches!(Preferences::read(folder.path().join("none"), PreferenceFormat::Prefs), Err(Error::File { .. })));
}

#[test]
fn lines_that_are_none_are_refused() {
    for line in ["q ann a 1", "q ann 1 a x", "q ann 1 a -1", "q ann 1 a nan", "q ann 1 a inf", "q ann 1 a 1 1"] {
        let error = preferences(&format!("q ann 1 a 1\n{line}\n")).unwrap_err().to_string();
        assert!(error.starts_with("prefs:2: expected \"query group list document level\""), "{error}");
    }
    let error = Preferences::from_reader(&b"q ann 1 \xff 1\n"[..], "prefs", PreferenceFormat::Prefs).unwrap_err();
    assert_eq!(error.to_string(), "prefs:1: expected UTF-8, got other bytes; convert the file");
    let error = GroupedQrels::from_reader(&b"q ann a 0.5"[..], "qrels").unwrap_err().to_string();
    assert_eq!(error, "qrels:1: expected \"query group document grade\", got \"q ann a 0.5\"; repair the line");
    for line in ["q map 1", "q map x 1", "q map 1 nan", "q map 1 1 1"] {
        let error = ZScores::from_reader(line.as_bytes(), "z").unwrap_err().to_string();
        assert!(error.starts_with("z:1: expected a query, a measure, a mean and a standard deviation, got"), "{error}");
    }
}

#[test]
fn contradictions_are_refused() {
    for lines in [
        "q ann 1 a 2\nq ann 1 b 1\nq ann 2 b 2\nq ann 2 a 1\n",
        "q ann 1 a 2\nq ann 1 a 1\n",
        "q ann 1 a 0\nq ann 2 a 1\n",
        "q ann 1 a 3\nq ann 1 b 2\nq ann 2 b 3\nq ann 2 c 2\nq ann 3 c 2\nq ann 3 a 1\n",
    ] {
        assert!(matches!(preferences(lines), Err(Error::ContradictoryPreferences { .. })), "{lines}");
    }
    assert!(preferences("q ann 1 a 2\nq ann 1 b 1\nq bob 1 b 2\nq bob 1 a 1\n").is_ok());
    let refused = Preferences::from_rows([("q", "g", "l", "a", -1.0)]);
    assert!(matches!(refused, Err(Error::InvalidLevel { position: 0, .. })));
    let refused = GroupedQrels::from_rows([("q", "g", "a", 1), ("q", "g", "a", 2)]);
    assert!(matches!(refused, Err(Error::DuplicateInTable { .. })));
}

#[test]
fn measures_go_with_their_judgments() {
    let simple: Measure = "prefs_simp".parse().unwrap();
    let ap: Measure = "AP".parse().unwrap();
    assert!(simple.needs_preferences() && !ap.needs_preferences());
    let some = preferences("q ann 1 a 2\nq ann 1 b 1\nr ann 1 a 1\nr ann 1 b 0").unwrap();
    let run = Run::from_nested([("q", [("a", 1.0), ("b", 1.0)])]).unwrap();
    let of = |measure: &Measure, run: &Run, options| {
        evaluate_preferences(&some, run, std::slice::from_ref(measure), options)
    };
    // Equal scores: a before b. The other query is missing.
    let all = of(&simple, &run, Options::default()).unwrap();
    assert_eq!((all.values(&simple).unwrap(), all.missing()), (&[1.0, 0.0][..], &["r".to_owned()][..]));
    let skip = of(&simple, &run, Options::default().missing_queries(MissingQueries::Skip)).unwrap();
    assert_eq!(skip.queries(), ["q"]);
    let cut = of(&"prefs_simp_ret".parse().unwrap(), &run, Options::default().depth(Some(1))).unwrap();
    assert_eq!(cut.values(&"prefs_simp_ret".parse().unwrap()).unwrap(), [0.0, 0.0]);
    let count: Measure = "prefs_num_prefs_poss".parse().unwrap();
    assert_eq!(of(&count, &run, Options::default()).unwrap().mean(&count), Some(2.0));
    assert!(matches!(of(&ap, &run, Options::default()), Err(Error::NotOfPreferences { .. })));
    let other = Run::from_nested([("s", [("a", 1.0)])]).unwrap();
    assert!(matches!(of(&simple, &other, Options::default()), Err(Error::NoCommonQuery { .. })));
    let qrels = Qrels::from_nested([("q", [("a", 1)])]).unwrap();
    assert!(matches!(evaluate(&qrels, &run, &[simple]), Err(Error::NeedsPreferences { .. })));
    assert_eq!(Measure::parse_many("all_prefs").unwrap().len(), 14);
    assert_eq!(Measure::parse_many("prefs").unwrap().len(), 6);
}

#[test]
fn groups_are_averaged_over_those_that_judge_a_query() {
    let rows = [("q", "ann", "a", 1), ("q", "bob", "b", 1), ("r", "bob", "a", 1), ("s", "cid", "a", 1)];
    let qrels = GroupedQrels::from_rows(rows).unwrap();
    assert_eq!(qrels.queries().collect::<Vec<_>>(), ["q", "r", "s"]);
    assert_eq!(qrels.groups().map(|(group, _)| group).collect::<Vec<_>>(), ["ann", "bob", "cid"]);
    let run = Run::from_nested([("q", [("a", 2.0), ("b", 1.0)]), ("r", [("a", 1.0), ("b", 2.0)])]).unwrap();
    let rr: Measure = "RR".parse().unwrap();
    let of = |run, options| evaluate_groups(&qrels, run, std::slice::from_ref(&rr), options);
    let all = of(&run, Options::default()).unwrap();
    assert_eq!((all.queries().len(), all.values(&rr).unwrap()), (3, &[0.75, 0.5, 0.0][..]));
    assert_eq!(all.missing(), ["s"]);
    let skip = of(&run, Options::default().missing_queries(MissingQueries::Skip)).unwrap();
    assert_eq!((skip.queries(), skip.mean(&rr)), (&["q".to_owned(), "r".to_owned()][..], Some(0.625)));
    let other = Run::from_nested([("x", [("a", 1.0)])]).unwrap();
    assert!(matches!(of(&other, Options::default()), Err(Error::NoCommonQuery { .. })));
}

#[test]
fn z_scores_are_told() {
    let scores = ZScores::from_reader(&b"# runs\nq map 0.25 0.125\nq P_5 0.5 0\n"[..], "z").unwrap();
    assert_eq!(scores.of("q", "map", 0.5), Some(2.0));
    assert_eq!((scores.of("q", "P_5", 0.5), scores.of("q", "P_5", 0.6)), (Some(0.0), None));
    assert_eq!((scores.of("r", "map", 0.5), scores.of("q", "recall_5", 0.5)), (None, None));
}
