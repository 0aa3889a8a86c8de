//! Preferences in both formats, qrels by group of judges, and z-scores: what is read is what its lines say, or an error.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rank_eval::{
    GroupedQrels, Measure, Options, PreferenceFormat, Preferences, Run, ZScores, evaluate_groups, evaluate_preferences,
};

fn rows(text: &str) -> usize {
    let first = |line: &str| line.split_ascii_whitespace().next().is_some_and(|first| !first.starts_with('#'));
    text.split('\n').filter(|line| first(line)).count()
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let run = Run::from_nested([("q", [("a", 2.0), ("b", 1.0), ("c", 1.0)])]).unwrap();
    for format in [PreferenceFormat::Prefs, PreferenceFormat::QrelsPrefs] {
        let Ok(preferences) = Preferences::from_reader(bytes, "prefs", format) else { continue };
        assert!(preferences.len() <= rows(text));
        // A square of the documents of a query is computed.
        if rows(text) < 64 {
            let measures = Measure::parse_many("all_prefs").unwrap();
            let Ok(evaluation) = evaluate_preferences(&preferences, &run, &measures, Options::default()) else {
                continue;
            };
            for measure in &measures {
                assert!(evaluation.values(measure).unwrap().iter().all(|value| value.is_finite() && *value >= 0.0));
            }
        }
    }
    if let Ok(qrels) = GroupedQrels::from_reader(bytes, "qrels") {
        let judged: usize = qrels.groups().map(|(_, qrels)| qrels.judgment_count()).sum();
        assert_eq!(judged, rows(text));
        let measures = Measure::parse_many("map P.5").unwrap();
        let _ = evaluate_groups(&qrels, &run, &measures, Options::default());
    }
    if let Ok(scores) = ZScores::from_reader(bytes, "z") {
        for line in text.lines() {
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            if let [query, measure, ..] = words[..] {
                let _ = scores.of(query, measure, 0.5);
            }
        }
    }
});
