//! Comparisons and reports against what the tests and evaluations that they are made of say.

use rank_eval::{
    CompareOptions, Correction, Error, Measure, MissingQueries, Options, Qrels, ReportOptions, Run, TableOptions, Test,
    WilcoxonOptions, adjusted_p_values, compare, effect_sizes, evaluate, paired_t_test, randomization_test,
    randomized_tukey_hsd, report, sign_test, tukey_hsd, wilcoxon_test,
};

const QUERIES: usize = 12;

/// Three runs that find the relevant documents at ranks that differ from query to query, and two measures.
fn case() -> (Qrels, Vec<Run>, Vec<Measure>) {
    let query = |number: usize| format!("q{number:02}");
    let qrels = Qrels::from_nested((0..QUERIES).map(|number| (query(number), [("a", 2), ("b", 1)]))).unwrap();
    let run = |seed: usize| {
        let ranked = |number: usize| {
            let score = |document: usize| ((number * 7 + document * 5 + seed * 3) * (seed + 2) % 11) as f64;
            ["a", "b", "c", "d", "e"]
                .iter()
                .enumerate()
                .map(|(place, id)| (*id, score(place) + 0.01 * place as f64))
                .collect::<Vec<_>>()
        };
        Run::from_nested((0..QUERIES).map(|number| (query(number), ranked(number)))).unwrap()
    };
    (qrels, (0..3).map(run).collect(), Measure::parse_many("nDCG@3 AP").unwrap())
}

fn named(runs: &[Run]) -> Vec<(String, &Run)> {
    runs.iter().enumerate().map(|(number, run)| (format!("run{number}"), run)).collect()
}

#[test]
fn pairs_are_those_of_the_tests() {
    let (qrels, runs, measures) = case();
    let values: Vec<Vec<Vec<f64>>> = measures
        .iter()
        .map(|measure| {
            let values = |run| evaluate(&qrels, run, &measures).unwrap().values(measure).unwrap().to_vec();
            runs.iter().map(values).collect()
        })
        .collect();
    for test in
        [Test::PairedT, Test::Randomization, Test::Wilcoxon, Test::Sign, Test::TukeyHsd, Test::RandomizedTukeyHsd]
    {
        let options = CompareOptions::default().test(test).permutations(500).seed(7);
        let comparison = compare(&qrels, &named(&runs), &measures, options).unwrap();
        assert_eq!(comparison.queries().len(), QUERIES);
        assert_eq!(comparison.left_out(), Vec::<String>::new());
        for (place, columns) in values.iter().enumerate() {
            let pairs = comparison.pairs(place);
            assert_eq!(
                pairs.iter().map(|pair| (pair.first, pair.second)).collect::<Vec<_>>(),
                [(0, 1), (0, 2), (1, 2)]
            );
            let expected: Vec<f64> = match test {
                Test::TukeyHsd => tukey_hsd(columns, 0.95).unwrap().pairs.iter().map(|pair| pair.p_value).collect(),
                Test::RandomizedTukeyHsd => {
                    let test = randomized_tukey_hsd(columns, 500, 7).unwrap();
                    test.pairs.iter().map(|pair| pair.p_value).collect()
                }
                _ => pairs
                    .iter()
                    .map(|pair| {
                        let (a, b) = (&columns[pair.first], &columns[pair.second]);
                        match test {
                            Test::PairedT => paired_t_test(a, b).unwrap().p_value,
                            Test::Randomization => randomization_test(a, b, 500, 7).unwrap().p_value,
                            Test::Wilcoxon => wilcoxon_test(a, b, WilcoxonOptions::default()).unwrap().p_value,
                            _ => sign_test(a, b, 1e-9).unwrap().p_value,
                        }
                    })
                    .collect(),
            };
            let corrects_itself = matches!(test, Test::TukeyHsd | Test::RandomizedTukeyHsd);
            let correction = if corrects_itself { Correction::None } else { Correction::Holm };
            let adjusted = adjusted_p_values(&expected, correction).unwrap();
            for ((pair, p_value), adjusted) in pairs.iter().zip(expected).zip(adjusted) {
                assert_eq!((pair.p_value, pair.adjusted_p_value), (p_value, adjusted), "{test:?}");
                let (a, b) = (&columns[pair.first], &columns[pair.second]);
                assert_eq!(pair.mean_difference, effect_sizes(a, b, 0.95).unwrap().mean_difference);
                let counts = sign_test(a, b, 1e-9).unwrap();
                assert_eq!((pair.wins, pair.ties, pair.losses), (counts.wins, counts.ties, counts.losses));
            }
            for (run, column) in columns.iter().enumerate() {
                assert_eq!(comparison.values(place, run), column);
                assert_eq!(comparison.means(place)[run], measures[place].aggregate(column));
            }
        }
        assert_eq!((comparison.means(2), comparison.values(0, 3), comparison.pairs(2).len()), (&[][..], &[][..], 0));
    }
}

#[test]
fn a_baseline_is_the_second_of_each_pair_and_who_is_beaten_is_told() {
    let query = |number: usize| format!("q{number}");
    let qrels = Qrels::from_nested((0..10).map(|number| (query(number), [("a", 1)]))).unwrap();
    let run = |first: f64| Run::from_nested((0..10).map(|number| (query(number), [("a", first), ("b", 1.0)]))).unwrap();
    let (good, poor) = (run(2.0), run(0.0));
    let runs = [("poor", &poor), ("good", &good), ("again", &good)];
    let measures = ["RR".parse().unwrap()];
    let options = CompareOptions::default().test(Test::Sign).baseline(Some("good".to_owned()));
    let comparison = compare(&qrels, &runs, &measures, options.clone()).unwrap();
    let pairs: Vec<_> = comparison.pairs(0).iter().map(|pair| (pair.first, pair.second)).collect();
    assert_eq!(pairs, [(0, 1), (2, 1)]);
    assert_eq!((comparison.beaten(0, 0), comparison.beaten(0, 1), comparison.beaten(0, 2)), (vec![], vec![0], vec![]));
    let all = compare(&qrels, &runs, &measures, CompareOptions::default().test(Test::Sign)).unwrap();
    assert_eq!((all.beaten(0, 1), all.beaten(0, 2)), (vec![0], vec![0]));
    let strict = compare(&qrels, &runs, &measures, options.alpha(1e-6)).unwrap();
    assert_eq!(strict.beaten(0, 1), Vec::<usize>::new());
}

#[test]
fn queries_that_a_run_lacks_count_for_none_if_they_are_skipped() {
    let (qrels, runs, measures) = case();
    let kept = ["q00", "q01", "q03", "q05"];
    let lacking = runs[1].slice(|query| kept.contains(&query));
    let pair = [("whole", &runs[0]), ("lacking", &lacking)];
    let skip = Options::default().missing_queries(MissingQueries::Skip);
    let comparison = compare(&qrels, &pair, &measures, CompareOptions::default().evaluation(skip)).unwrap();
    assert_eq!(comparison.queries(), ["q00", "q01", "q03", "q05"]);
    assert_eq!(comparison.left_out().len(), QUERIES - 4);
    let zero = compare(&qrels, &pair, &measures, CompareOptions::default()).unwrap();
    assert_eq!((zero.queries().len(), zero.left_out().len()), (QUERIES, 0));
    assert_eq!(zero.values(0, 1)[2], 0.0);
}

#[test]
fn tables_hold_the_numbers_in_every_form() {
    let (qrels, runs, measures) = case();
    let comparison = compare(&qrels, &named(&runs), &measures, CompareOptions::default()).unwrap();
    let options = TableOptions::default().digits(4).pairs(true);
    let texts = [
        comparison.to_text(options),
        comparison.to_markdown(options),
        comparison.to_latex(options),
        comparison.to_html(options),
    ];
    for text in &texts {
        for run in 0..3 {
            assert!(text.contains(&format!("run{run}")), "{text}");
            for measure in 0..2 {
                assert!(text.contains(&format!("{:.4}", comparison.means(measure)[run])), "{text}");
            }
        }
    }
    let json: serde_json::Value = serde_json::from_str(&comparison.to_json()).unwrap();
    assert!(json.is_object());
    let csv = comparison.to_csv();
    assert_eq!(csv.lines().count(), 1 + 2 * 3);
    for pair in comparison.pairs(0).iter().chain(comparison.pairs(1)) {
        assert!(csv.contains(&pair.p_value.to_string()), "{csv}");
    }
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let (qrels, runs, measures) = case();
    let refused =
        |runs: &[(String, &Run)], measures: &[Measure], options| compare(&qrels, runs, measures, options).unwrap_err();
    let all = named(&runs);
    let usual = CompareOptions::default;
    assert!(matches!(refused(&all[..1], &measures, usual()), Error::TooFewRuns { got: 1 }));
    let twice = [all[0].clone(), all[0].clone()];
    assert!(matches!(refused(&twice, &measures, usual()), Error::DuplicateRun { .. }));
    assert!(matches!(refused(&all, &[], usual()), Error::NoMeasure));
    let unknown = usual().baseline(Some("other".to_owned()));
    assert!(matches!(refused(&all, &measures, unknown), Error::UnknownBaseline { .. }));
    let corrected = usual().test(Test::TukeyHsd).correction(Some(Correction::Holm));
    assert!(matches!(refused(&all, &measures, corrected), Error::CorrectedAlready { .. }));
    for alpha in [0.0, 1.0, f64::NAN] {
        assert!(matches!(refused(&all, &measures, usual().alpha(alpha)), Error::NotAProbability { .. }));
    }
    for tolerance in [-1.0, f64::INFINITY] {
        assert!(matches!(refused(&all, &measures, usual().tolerance(tolerance)), Error::InvalidTolerance { .. }));
    }
    let other = Run::from_nested([("other", [("a", 1.0)])]).unwrap();
    let none_common = [("run".to_owned(), &runs[0]), ("other".to_owned(), &other)];
    let skip = usual().evaluation(Options::default().missing_queries(MissingQueries::Skip));
    assert!(matches!(refused(&none_common, &measures, skip.clone()), Error::NoCommonQueryOf { .. }));
    let (odd, even) = (runs[0].slice(|query| query.ends_with('1')), runs[0].slice(|query| query.ends_with('2')));
    let apart = [("odd".to_owned(), &odd), ("even".to_owned(), &even)];
    assert!(matches!(refused(&apart, &measures, skip), Error::NoQueryOfAllRuns));
    let subtopics = ["alpha_nDCG@5".parse().unwrap()];
    assert!(matches!(refused(&all, &subtopics, usual()), Error::NeedsSubtopics { .. }));
}

#[test]
fn a_report_is_one_page_with_what_the_comparison_says() {
    let (qrels, runs, measures) = case();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.html");
    let runs = [("first <b>", &runs[0]), ("second", &runs[1])];
    let options = ReportOptions::default().title("A & B".to_owned());
    let comparison = report(&path, &qrels, &runs, &measures, options.clone()).unwrap();
    assert_eq!(comparison, compare(&qrels, &runs, &measures, CompareOptions::default()).unwrap());
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<title>A &amp; B</title>"));
    assert!(page.contains("first &lt;b&gt;") && !page.contains("first <b>"));
    for heading in
        ["Means", "Differences and tests", "Distribution of values", "Precision and recall", "Ties that matter"]
    {
        assert!(page.contains(&format!("<h2>{heading}</h2>")), "{heading}");
    }
    for name in ["nDCG@3", "AP"] {
        assert!(page.contains(&format!("<h2>Query by query: {name}</h2>")), "{name}");
    }
    // It asks for nothing from elsewhere, and runs no program.
    for word in ["<script", "<link", "src=", "href=", "@import", "url("] {
        assert!(!page.contains(word), "{word}");
    }
    let again = folder.path().join("again.html");
    report(&again, &qrels, &runs, &measures, options.clone()).unwrap();
    assert_eq!(std::fs::read_to_string(&again).unwrap(), page);

    let nowhere = folder.path().join("missing").join("page.html");
    assert!(matches!(report(&nowhere, &qrels, &runs, &measures, options.clone()), Err(Error::File { .. })));
    assert!(matches!(report(&path, &qrels, &runs[..1], &measures, options), Err(Error::TooFewRuns { .. })));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), page);
    // Nothing half written is left behind.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}
