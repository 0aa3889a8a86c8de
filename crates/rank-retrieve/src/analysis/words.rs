//! The words of a text, in every script.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

/// The words of Unicode Standard Annex 29.
pub(super) fn unicode(text: &str, visit: impl FnMut(&str)) {
    text.unicode_words().for_each(visit);
}

/// The words of Unicode Standard Annex 29, with runs of Chinese, Japanese and Korean characters as pairs.
///
/// Chinese and Japanese put no spaces between words, and Korean joins particles to them; pairs of characters find all
/// of them without a dictionary. Single characters are left out, as they match nearly everything.
pub(super) fn cut(text: &str, mut visit: impl FnMut(&str)) {
    if text.is_ascii() {
        return unicode(text, visit);
    }
    let mut run: Range<usize> = 0..0;
    for (at, word) in text.unicode_word_indices() {
        let mut rest = at;
        let end = at + word.len();
        while rest < end {
            let piece = &text[rest..end];
            let paired = piece.chars().next().is_some_and(is_paired);
            let length = piece.find(|c| is_paired(c) != paired && !is_mark(c)).unwrap_or(piece.len());
            if paired && run.end == rest {
                run.end += length;
            } else {
                pairs(&text[run], &mut visit);
                run = 0..0;
                if paired {
                    run = rest..rest + length;
                } else {
                    visit(&piece[..length]);
                }
            }
            rest += length;
        }
    }
    pairs(&text[run], &mut visit);
}

/// Pairs of neighboring characters; a lone character is itself. Half and full width are one.
fn pairs(run: &str, visit: &mut impl FnMut(&str)) {
    if run.is_empty() {
        return;
    }
    let run: String = run.nfkc().collect();
    let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
    if starts.len() == 2 {
        return visit(&run);
    }
    starts.windows(3).for_each(|pair| visit(&run[pair[0]..pair[2]]));
}

fn is_paired(c: char) -> bool {
    match c.script() {
        Script::Han | Script::Hiragana | Script::Katakana | Script::Hangul | Script::Bopomofo => true,
        // The marks of long vowels, of voicing and of repetition are shared by several scripts.
        Script::Common => matches!(c, 'ー' | 'ｰ' | 'ﾞ' | 'ﾟ' | '々' | '〆' | '〻'),
        _ => false,
    }
}

/// A combining mark belongs to what it follows.
fn is_mark(c: char) -> bool {
    c.script() == Script::Inherited
}
