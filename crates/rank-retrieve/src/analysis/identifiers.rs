//! Names of source code and of parts, whole and in parts.

/// Each name as it stands, then its parts if it has more than one.
pub(super) fn cut(text: &str, mut visit: impl FnMut(&str)) {
    for piece in text.split(|c: char| !is_name(c)) {
        let name = piece.trim_matches(is_joint);
        let name = extend_by_sharps(piece, name);
        if !name.contains(char::is_alphanumeric) {
            continue;
        }
        visit(name);
        parts(name, |part| {
            if part.len() < name.len() {
                visit(part);
            }
        });
    }
}

/// What joins the parts of a name, and is dropped at its ends.
fn is_joint(c: char) -> bool {
    matches!(c, '.' | '-' | '/' | '\\' | ':' | '_' | '\'' | '&' | '@' | '+' | '#' | '$' | '~' | '%')
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || is_joint(c) || unicode_normalization::char::is_combining_mark(c)
}

/// `C++`, `C#` and `F#` keep their tails.
fn extend_by_sharps<'a>(piece: &'a str, name: &'a str) -> &'a str {
    let start = name.as_ptr() as usize - piece.as_ptr() as usize;
    let end = start + name.len();
    let tail = piece[end..].find(|c| c != '+' && c != '#').unwrap_or(piece.len() - end);
    &piece[start..end + tail]
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Kind {
    Upper,
    Letter,
    Digit,
    Joint,
}

fn kind(c: char) -> Kind {
    if c.is_uppercase() {
        Kind::Upper
    } else if c.is_numeric() {
        Kind::Digit
    } else if is_joint(c) {
        Kind::Joint
    } else {
        Kind::Letter
    }
}

/// The parts: letters of one case with a capital before them, capitals alone, digits. `HTTPServer2` is `HTTP`,
/// `Server` and `2`.
fn parts(name: &str, mut visit: impl FnMut(&str)) {
    let kinds: Vec<(usize, Kind)> = name.char_indices().map(|(at, c)| (at, kind(c))).collect();
    let mut start = 0;
    for (i, &(at, now)) in kinds.iter().enumerate() {
        let before = i.checked_sub(1).map_or(Kind::Joint, |i| kinds[i].1);
        let after = kinds.get(i + 1).map_or(Kind::Joint, |next| next.1);
        let begins = match (before, now) {
            (Kind::Upper, Kind::Letter) => false,
            (Kind::Upper, Kind::Upper) => after == Kind::Letter,
            (before, now) => before != now,
        };
        if begins {
            if before != Kind::Joint {
                visit(&name[start..at]);
            }
            start = at;
        }
    }
    if kinds.last().is_some_and(|last| last.1 != Kind::Joint) {
        visit(&name[start..]);
    }
}
