//! The lines of a piece of a file.

use super::LetorOptions;

/// What lines hold, up to the first that is wrong.
#[derive(Default)]
pub(super) struct Piece<'a> {
    pub(super) labels: Vec<f32>,
    /// Of each item its query, if it has one, and its line.
    pub(super) queries: Vec<(Option<&'a [u8]>, usize)>,
    /// Columns and values, item by item.
    pub(super) entries: Vec<(u32, f32)>,
    /// Where the entries of each item end.
    pub(super) ends: Vec<usize>,
    /// One more than the highest column.
    pub(super) columns: usize,
    /// How many lines there are.
    pub(super) lines: usize,
    pub(super) error: Option<Wrong<'a>>,
}

/// The line, counted from 1, what was expected and what stands there.
pub(super) type Wrong<'a> = (usize, String, &'a [u8]);

pub(super) fn parse(text: &[u8], options: LetorOptions) -> Piece<'_> {
    let mut piece = Piece::default();
    let mut rest = text;
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        piece.lines += 1;
        if let Err((expected, got)) = item(&mut piece, line, options) {
            piece.error = Some((piece.lines, expected, got));
            break;
        }
    }
    piece
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\x0b' | b'\x0c')
}

/// Cuts the next word off.
fn word<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let start = rest.iter().position(|&byte| !is_blank(byte))?;
    let from = &rest[start..];
    let end = from.iter().position(|&byte| is_blank(byte)).unwrap_or(from.len());
    *rest = &from[end..];
    Some(&from[..end])
}

fn item<'a>(piece: &mut Piece<'a>, line: &'a [u8], options: LetorOptions) -> Result<(), (String, &'a [u8])> {
    let mut rest = line.split(|&byte| byte == b'#').next().unwrap_or_default();
    let Some(label) = word(&mut rest) else { return Ok(()) };
    let value = number(label).ok_or_else(|| ("a label, which is a finite number".to_owned(), label))?;
    let (mut query, mut next) = (None, 0);
    let first = u32::from(!options.zero_based);
    while let Some(pair) = word(&mut rest) {
        let form = || ("a feature as number:value".to_owned(), pair);
        let colon = pair.iter().position(|&byte| byte == b':').ok_or_else(form)?;
        let (name, given) = (&pair[..colon], &pair[colon + 1..]);
        if name == b"qid" {
            if query.is_some() || next > 0 || given.is_empty() || std::str::from_utf8(given).is_err() {
                return Err(("one qid, before the features".to_owned(), pair));
            }
            query = Some(given);
            continue;
        }
        let feature = index(name).ok_or_else(form)?;
        if feature < first {
            return Err(("features counted from 1, unless zero_based is set".to_owned(), pair));
        }
        let column = feature - first;
        if column < next {
            return Err(("features by ascending number".to_owned(), pair));
        }
        if let Some(columns) = options.columns
            && column as usize >= columns
        {
            return Err((format!("at most {columns} features"), pair));
        }
        next = column + 1;
        let value = number(given).ok_or_else(|| ("a value that is a finite number".to_owned(), pair))?;
        piece.entries.push((column, value));
    }
    piece.columns = piece.columns.max(next as usize);
    piece.labels.push(value);
    piece.queries.push((query, piece.lines));
    piece.ends.push(piece.entries.len());
    Ok(())
}

/// A number below 2³² - 1.
fn index(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 10 {
        return None;
    }
    let mut number = 0_u64;
    for &byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + u64::from(digit);
    }
    u32::try_from(number).ok().filter(|&number| number < u32::MAX)
}

/// The nearest `f32` of a decimal number.
fn number(text: &[u8]) -> Option<f32> {
    short(text).or_else(|| std::str::from_utf8(text).ok()?.parse().ok().filter(|value: &f32| value.is_finite()))
}

/// Of few digits: both parts are exact in `f32`, so that one division rounds it right (Clinger 1990).
fn short(text: &[u8]) -> Option<f32> {
    const POWERS: [f32; 11] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 12 {
        return None;
    }
    let (mut whole, mut places, mut pointed) = (0_u64, 0, false);
    for &byte in digits {
        if byte == b'.' && !pointed {
            pointed = true;
            continue;
        }
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        whole = whole * 10 + u64::from(digit);
        places += usize::from(pointed);
    }
    if whole >= 1 << 24 || places > 10 || digits == b"." {
        return None;
    }
    let value = whole as f32 / POWERS[places];
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{number, short};

    proptest! {
        #[test]
        fn short_numbers_are_those_of_the_library(text in "-?[0-9]{0,7}\\.?[0-9]{0,7}") {
            prop_assert_eq!(number(text.as_bytes()), text.parse::<f32>().ok());
            if let Some(value) = short(text.as_bytes()) {
                prop_assert_eq!(value.to_bits(), text.parse::<f32>().unwrap().to_bits());
            }
        }
    }
}
