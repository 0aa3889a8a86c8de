//! What becomes of a text.

use proptest::prelude::*;
use rank_retrieve::{Analyzer, CustomTokenizer, ENGLISH_STOP_WORDS, Error, Language, Tokenizer};

fn plain() -> Analyzer {
    Analyzer::default().stop_words([""; 0]).stemmer(None)
}

fn terms(analyzer: &Analyzer, text: &str) -> Vec<String> {
    analyzer.analyze(text).unwrap()
}

#[test]
fn words_are_unicode_words_in_lower_case() {
    let plain = plain();
    assert_eq!(terms(&plain, "Über-Maß, 3.14 km/h; C++?"), ["über", "maß", "3.14", "km", "h", "c"]);
    assert_eq!(terms(&plain, "can't can\u{2019}t"), ["can't", "can't"]);
    assert_eq!(terms(&plain, " \n\t…!"), [""; 0]);
    assert_eq!(terms(&plain.lowercase(false), "The FOX"), ["The", "FOX"]);
}

#[test]
fn composed_and_decomposed_letters_are_the_same() {
    assert_eq!(terms(&plain(), "cafe\u{301}"), terms(&plain(), "caf\u{e9}"));
    assert_eq!(terms(&plain(), "ハ\u{3099}ク"), ["バク"]);
}

#[test]
fn chinese_japanese_and_korean_become_pairs() {
    let plain = plain();
    assert_eq!(terms(&plain, "東京都 の A"), ["東京", "京都", "の", "a"]);
    assert_eq!(terms(&plain, "スーパーで3個"), ["スー", "ーパ", "パー", "ーで", "3", "個"]);
    assert_eq!(terms(&plain, "한국어는 말"), ["한국", "국어", "어는", "말"]);
    assert_eq!(terms(&plain, "検索engine検"), ["検索", "engine", "検"]);
    // Half width and full width are one, so the marks of half-width katakana join their characters.
    assert_eq!(terms(&plain, "ﾊﾞｸ"), ["バク"]);
    assert_eq!(terms(&plain, "日。本"), ["日", "本"]);
}

#[test]
fn identifiers_are_whole_and_in_parts() {
    let code = plain().tokenizer(Tokenizer::Identifiers);
    assert_eq!(terms(&code, "see GOALS.md, R123-78!"), ["see", "goals.md", "goals", "md", "r123-78", "r", "123", "78"]);
    assert_eq!(
        terms(&code, "HTTPServer2::readFile(_x)"),
        ["httpserver2::readfile", "http", "server", "2", "read", "file", "x"]
    );
    assert_eq!(terms(&code, "C++ and C# (F#)"), ["c++", "c", "and", "c#", "c", "f#", "f"]);
    assert_eq!(terms(&code, "snake_case -- '' élan"), ["snake_case", "snake", "case", "élan"]);
    assert_eq!(terms(&code.lowercase(false), "utf8"), ["utf8", "utf", "8"]);
}

#[test]
fn ngrams_are_runs_of_characters_of_words() {
    let trigrams = |least, most| plain().tokenizer(Tokenizer::Ngrams { least, most });
    assert_eq!(terms(&trigrams(3, 3), "to stäb"), ["to", "stä", "täb"]);
    assert_eq!(terms(&trigrams(1, 2), "ab c"), ["a", "ab", "b", "c"]);
    for (least, most) in [(0, 3), (3, 2)] {
        let error = trigrams(least, most).analyze("x").unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("ngrams: expected 1 <= least <= most, got {least} and {most}; (3, 3) gives trigrams")
        );
    }
}

#[test]
fn accents_are_dropped_when_asked() {
    let folded = plain().fold_accents(true);
    assert_eq!(terms(&folded, "Ångström Łódź œuvre STRAẞE"), ["angstrom", "lodz", "oeuvre", "strasse"]);
    assert_eq!(terms(&folded, "हिन्दी"), ["हिन्दी"]);
    assert_eq!(terms(&folded, "ガガ"), ["ガガ"]);
    assert_eq!(terms(&Analyzer::new(Language::French).fold_accents(true), "À été"), [""; 0]);
    assert_eq!(terms(&plain(), "café"), ["café"]);
}

#[test]
fn turkish_has_two_letters_i() {
    let turkish = Analyzer::new(Language::Turkish).stop_words([""; 0]).stemmer(None);
    assert_eq!(terms(&turkish, "İSTANBUL ISPARTA"), ["istanbul", "ısparta"]);
    assert_eq!(terms(&plain(), "İSTANBUL ISPARTA"), ["istanbul", "isparta"]);
}

#[test]
fn stop_words_are_compared_before_stemming() {
    assert!(ENGLISH_STOP_WORDS.contains(&"not"));
    assert_eq!(terms(&Analyzer::default(), "The being is IN it, isn\u{2019}t HE doing?"), [""; 0]);
    assert_eq!(terms(&Analyzer::default().stop_words(["do"]), "doing"), ["do"]);
    assert_eq!(terms(&Analyzer::default().stop_words(["BEING"]), "the being"), ["the"]);
    assert_eq!(terms(&Analyzer::new(Language::German), "Das Haus ist nicht groß"), ["haus", "gross"]);
}

#[test]
fn stems_are_those_of_the_language() {
    assert_eq!(terms(&Analyzer::default(), "relational databases' indices"), ["relat", "databas", "indic"]);
    assert_eq!(terms(&Analyzer::new(Language::French), "continuellement"), ["continuel"]);
    assert_eq!(terms(&Analyzer::default().stemmer(Language::German), "häuser"), ["haus"]);
    assert_eq!(terms(&Analyzer::default().stemmer(Language::Chinese), "flows"), ["flows"]);
}

#[test]
fn an_unknown_language_is_told_the_known_ones() {
    let error = "klingon".parse::<Language>().unwrap_err();
    assert!(matches!(error, Error::UnknownLanguage { .. }));
    let text = error.to_string();
    assert!(text.starts_with("language: expected one of afrikaans, albanian, arabic, "), "{text}");
    assert!(text.contains("zulu, got \"klingon\""), "{text}");
    assert_eq!("English".parse::<Language>().unwrap(), Language::English);
}

#[test]
fn a_tokenizer_of_the_caller_may_fail() {
    let failing = CustomTokenizer::new("odd", |text| {
        if text.len() % 2 == 0 { Err("an even text".into()) } else { Ok(vec![text.to_owned()]) }
    });
    let analyzer = plain().tokenizer(Tokenizer::Custom(failing));
    assert_eq!(terms(&analyzer, "odd"), ["odd"]);
    assert_eq!(
        analyzer.analyze("even").unwrap_err().to_string(),
        "tokenizer: expected the words of a text from \"odd\", got an error: an even text; repair the function"
    );
}

fn saved() -> Vec<Analyzer> {
    let commas = CustomTokenizer::new("commas", |text| Ok(text.split(',').map(str::to_owned).collect()));
    vec![
        Analyzer::default(),
        Analyzer::new(Language::Chinese).fold_accents(true),
        plain().lowercase(false).tokenizer(Tokenizer::Whitespace),
        plain().tokenizer(Tokenizer::Identifiers).stemmer(Language::Russian),
        plain().tokenizer(Tokenizer::Ngrams { least: 2, most: 5 }),
        plain().tokenizer(Tokenizer::Custom(commas)),
    ]
}

#[test]
fn settings_are_saved_and_told_apart() {
    let analyzers = saved();
    for (i, analyzer) in analyzers.iter().enumerate() {
        let custom = match i {
            5 => Some(CustomTokenizer::new("commas", |text| Ok(text.split(',').map(str::to_owned).collect()))),
            _ => None,
        };
        let read = Analyzer::from_json(&analyzer.to_json(), custom).unwrap();
        assert_eq!(&read, analyzer);
        assert_eq!(terms(&read, "The Foxes, red"), terms(analyzer, "The Foxes, red"));
        for (j, other) in analyzers.iter().enumerate() {
            assert_eq!(i == j, analyzer.to_json() == other.to_json());
            assert_eq!(i == j, analyzer == other);
        }
    }
}

#[test]
fn other_settings_are_refused() {
    let none = || CustomTokenizer::new("none", |_| Ok(Vec::new()));
    let custom = saved().pop().unwrap().to_json();
    let default = Analyzer::default().to_json();
    let refused = |text: &str, custom: Option<CustomTokenizer>, what: &str| {
        let error = Analyzer::from_json(text, custom).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    };
    refused("{", None, "EOF");
    refused("{}", None, "no \"version\"");
    refused("[1]", None, "no \"version\"");
    refused(&default.replace("\"version\":1", "\"version\":2"), None, "version 2, not 1");
    refused(&default.replace("\"words\"", "\"runes\""), None, "the tokenizer \"runes\"");
    refused(&default.replace("\"words\"", "{\"ngrams\":[0,1]}"), None, "ngrams: expected");
    refused(&default.replace("\"words\"", "{\"ngrams\":[1]}"), None, "the tokenizer {");
    refused(&default.replace("\"english\"", "\"klingon\""), None, "klingon");
    refused(&default.replace("\"english\"", "3"), None, "the language 3");
    refused(&default.replace("\"lowercase\":true", "\"lowercase\":1"), None, "\"lowercase\"");
    refused(&default.replace("\"stop_words\":[", "\"stop_words\":[1,"), None, "stop words");
    refused(&default, Some(none()), "no custom tokenizer, and the function \"none\"");
    refused(&custom, Some(none()), "the custom tokenizer \"commas\" and the function \"none\"");
    refused(&custom, None, "the custom tokenizer \"commas\" and no function for it");
}

#[test]
fn tokenizers_of_one_name_are_told_apart_by_what_they_do() {
    let pipes = CustomTokenizer::new("commas", |text| Ok(text.split('|').map(str::to_owned).collect()));
    let commas = saved().pop().unwrap();
    assert_ne!(commas, plain().tokenizer(Tokenizer::Custom(pipes.clone())));
    let error = Analyzer::from_json(&commas.to_json(), Some(pipes)).unwrap_err().to_string();
    assert!(
        error.contains("got the custom tokenizer \"commas\" and one of that name that cuts otherwise; "),
        "{error}"
    );
    // Of those that fail when asked only the name is known.
    let failing = || CustomTokenizer::new("odd", |_| Err("no".into()));
    assert_eq!(failing(), failing());
    let saved = plain().tokenizer(Tokenizer::Custom(failing())).to_json();
    assert!(Analyzer::from_json(&saved, Some(failing())).is_ok());
}

fn language() -> impl Strategy<Value = Language> {
    prop::sample::select(Language::all().collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn no_term_is_empty_and_case_does_not_count(text in "[a-zA-Z ,.']{0,60}", language in language()) {
        prop_assume!(!matches!(language, Language::Turkish | Language::Azerbaijani));
        let analyzer = Analyzer::new(language);
        let found = terms(&analyzer, &text);
        prop_assert!(found.iter().all(|term| !term.is_empty()));
        prop_assert_eq!(terms(&analyzer, &text.to_uppercase()), found);
    }

    #[test]
    fn any_text_can_be_analyzed(text in any::<String>(), language in language()) {
        for tokenizer in [Tokenizer::Words, Tokenizer::Identifiers, Tokenizer::Ngrams { least: 2, most: 3 }] {
            let analyzer = Analyzer::new(language).tokenizer(tokenizer);
            let once = terms(&analyzer, &text);
            prop_assert!(once.iter().all(|term| !term.is_empty()));
            let mut again = Vec::new();
            let mut session = analyzer.session();
            for _ in 0..2 {
                session.analyze(&text, |term| again.push(term.to_owned())).unwrap();
            }
            prop_assert_eq!(again, [once.clone(), once].concat());
        }
    }

    #[test]
    fn words_of_any_script_can_be_stemmed(
        text in "[\\p{Cyrillic}\\p{Greek}\\p{Arabic}\\p{Tamil}\\p{Devanagari}\\p{Armenian}\\p{Hebrew}a-zäößéşığčřž' ]{0,40}",
    ) {
        for language in Language::all().filter(|language| language.has_stemmer()) {
            terms(&Analyzer::new(language), &text);
        }
    }
}
