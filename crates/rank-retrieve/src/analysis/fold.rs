//! Accents.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

/// A word in lower case without its accents: `Ångström` is `angstrom`, `œuvre` is `oeuvre`.
///
/// Accents are the marks that Unicode shares among scripts. The vowel signs of Indic scripts and the voicing marks of
/// Japanese, which are letters to their readers, stay.
pub(super) fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    let is_accent =
        |c| is_combining_mark(c) && c.script() == Script::Inherited && !matches!(c, '\u{3099}' | '\u{309A}');
    for c in word.nfd().filter(|&c| !is_accent(c)) {
        match letters(c) {
            "" => folded.push(c),
            letters => folded.push_str(letters),
        }
    }
    folded.nfc().collect()
}

/// Letters that Unicode does not decompose.
fn letters(c: char) -> &'static str {
    match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ĸ' => "k",
        'ł' => "l",
        'ŋ' => "n",
        'ŧ' => "t",
        'þ' => "th",
        'ſ' => "s",
        _ => "",
    }
}
