//! What becomes of a text.

use proptest::prelude::*;
use rank_retrieve::{Analyzer, ENGLISH_STOP_WORDS, Error, Language};

#[test]
fn words_are_unicode_words_in_lower_case() {
    let plain = Analyzer::default().stop_words([""; 0]).stemmer(None);
    assert_eq!(plain.analyze("Über-Maß, 3.14 km/h; C++?"), ["über", "maß", "3.14", "km", "h", "c"]);
    assert_eq!(plain.analyze("can't can\u{2019}t"), ["can't", "can't"]);
    assert_eq!(plain.analyze("日本"), ["日", "本"]);
    assert_eq!(plain.analyze(" \n\t…!"), [""; 0]);
}

#[test]
fn stop_words_are_compared_before_stemming() {
    assert!(ENGLISH_STOP_WORDS.contains(&"not"));
    assert_eq!(Analyzer::default().analyze("The being is IN it, isn\u{2019}t HE doing?"), [""; 0]);
    assert_eq!(Analyzer::default().stop_words(["do"]).analyze("doing"), ["do"]);
    assert_eq!(Analyzer::default().stop_words(["BEING"]).analyze("the being"), ["the"]);
}

#[test]
fn stems_are_those_of_the_language() {
    assert_eq!(Analyzer::default().analyze("relational databases' indices"), ["relat", "databas", "indic"]);
    assert_eq!(Analyzer::new(Language::French).analyze("continuellement"), ["continuel"]);
    assert_eq!(Analyzer::default().stemmer(Language::German).analyze("häuser"), ["haus"]);
}

#[test]
fn an_unknown_language_is_told_the_known_ones() {
    let error = "klingon".parse::<Language>().unwrap_err();
    assert!(matches!(error, Error::UnknownLanguage { .. }));
    let text = error.to_string();
    assert!(text.starts_with("language: expected one of arabic, danish, dutch, english, "), "{text}");
    assert!(text.contains("turkish, got \"klingon\""), "{text}");
    assert_eq!("English".parse::<Language>().unwrap(), Language::English);
}

proptest! {
    #[test]
    fn no_term_is_empty_and_case_does_not_count(text in "[a-zA-Z ,.']{0,60}") {
        for language in Language::all() {
            let analyzer = Analyzer::new(language);
            let terms = analyzer.analyze(&text);
            prop_assert!(terms.iter().all(|term| !term.is_empty()));
            prop_assert_eq!(analyzer.analyze(&text.to_uppercase()), terms);
        }
    }

    #[test]
    fn any_text_can_be_analyzed(text in any::<String>()) {
        for language in Language::all() {
            Analyzer::new(language).analyze(&text);
        }
    }
}
