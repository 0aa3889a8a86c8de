//! Options as `getopt_long` of the C library reads them: `-qc`, `-l2`, `-l 2`, `--measure=map`, `--meas map`, options
//! after operands, and `--` before operands that begin with a hyphen.

use std::ffi::{OsStr, OsString};

use crate::cli::failure::{Failure, Outcome};

/// An option that a command knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flag {
    /// Its letter, if it has one.
    pub(crate) short: Option<char>,
    pub(crate) long: &'static str,
    /// What its value is called in errors; `None` if it has no value.
    pub(crate) value: Option<&'static str>,
}

impl Flag {
    pub(crate) const fn new(short: char, long: &'static str, value: Option<&'static str>) -> Self {
        Self { short: Some(short), long, value }
    }

    pub(crate) const fn long(long: &'static str, value: Option<&'static str>) -> Self {
        Self { short: None, long, value }
    }
}

/// A part of a command line; options are known by their long names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    Option(&'static str, OsString),
    Operand(OsString),
}

/// Takes a command line apart.
pub(crate) fn parse(flags: &[Flag], arguments: &[OsString]) -> Outcome<Vec<Item>> {
    let mut items = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let text = argument.to_string_lossy();
        if text == "--" {
            items.extend(rest.by_ref().cloned().map(Item::Operand));
        } else if let Some(name) = text.strip_prefix("--") {
            items.push(long_option(flags, name, &mut rest)?);
        } else if text.len() > 1 && text.starts_with('-') {
            short_options(flags, &text[1..], &mut rest, &mut items)?;
        } else {
            items.push(Item::Operand(argument.clone()));
        }
    }
    Ok(items)
}

fn long_option<'a>(flags: &[Flag], text: &str, rest: &mut impl Iterator<Item = &'a OsString>) -> Outcome<Item> {
    let (name, attached) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (text, None),
    };
    let exact = flags.iter().find(|flag| flag.long == name);
    let matching: Vec<&Flag> = exact.map_or_else(
        || flags.iter().filter(|flag| !name.is_empty() && flag.long.starts_with(name)).collect(),
        |flag| vec![flag],
    );
    match matching[..] {
        [flag] => match (flag.value, attached) {
            (None, Some(_)) => {
                Err(Failure::usage(format!("--{}: expected no value, got {text:?}; leave it out", flag.long)))
            }
            (None, None) => Ok(Item::Option(flag.long, OsString::new())),
            (Some(what), None) => Ok(Item::Option(flag.long, value(&format!("--{}", flag.long), what, rest.next())?)),
            (Some(_), Some(value)) => Ok(Item::Option(flag.long, value.into())),
        },
        [] => Err(unknown(&format!("--{name}"))),
        _ => {
            let names: Vec<String> = matching.iter().map(|flag| format!("--{}", flag.long)).collect();
            Err(Failure::usage(format!(
                "--{name}: expected one option, got the beginning of {}; write more of it",
                names.join(", ")
            )))
        }
    }
}

fn short_options<'a>(
    flags: &[Flag],
    cluster: &str,
    rest: &mut impl Iterator<Item = &'a OsString>,
    items: &mut Vec<Item>,
) -> Outcome<()> {
    for (place, letter) in cluster.char_indices() {
        let Some(flag) = flags.iter().find(|flag| flag.short == Some(letter)) else {
            return Err(unknown(&format!("-{letter}")));
        };
        let Some(what) = flag.value else {
            items.push(Item::Option(flag.long, OsString::new()));
            continue;
        };
        let attached = &cluster[place + letter.len_utf8()..];
        let value =
            if attached.is_empty() { value(&format!("-{letter}"), what, rest.next())? } else { attached.into() };
        items.push(Item::Option(flag.long, value));
        return Ok(());
    }
    Ok(())
}

fn value(option: &str, what: &str, next: Option<&OsString>) -> Outcome<OsString> {
    next.cloned()
        .ok_or_else(|| Failure::usage(format!("{option}: expected {what} after it, got the end of the line; add it")))
}

fn unknown(option: &str) -> Failure {
    Failure::usage(format!("{option}: expected an option that is known, got another; see rank-eval -h"))
}

/// A value that has to be text.
pub(crate) fn text<'a>(option: &str, value: &'a OsStr) -> Outcome<&'a str> {
    value.to_str().ok_or_else(|| Failure::usage(format!("{option}: expected UTF-8, got other bytes; rename it")))
}

/// A value that has to be a number.
pub(crate) fn number<T: std::str::FromStr>(option: &str, what: &str, value: &OsStr) -> Outcome<T> {
    let text = text(option, value)?;
    text.parse()
        .map_err(|_| Failure::usage(format!("{option}: expected {what}, got {text:?}; write for example {option} 1")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAGS: [Flag; 5] = [
        Flag::new('q', "query_eval_wanted", None),
        Flag::new('c', "complete_rel_info_wanted", None),
        Flag::new('l', "level_for_rel", Some("a level")),
        Flag::new('m', "measure", Some("a measure")),
        Flag::long("compat", Some("a version")),
    ];

    fn parsed(line: &str) -> Outcome<Vec<Item>> {
        let arguments: Vec<OsString> = line.split(' ').map(Into::into).collect();
        parse(&FLAGS, &arguments)
    }

    fn option(name: &'static str, value: &str) -> Item {
        Item::Option(name, value.into())
    }

    #[test]
    fn reads_what_getopt_reads() {
        let (q, c) = (option("query_eval_wanted", ""), option("complete_rel_info_wanted", ""));
        let (l, m) = (option("level_for_rel", "2"), option("measure", "map"));
        let (x, y) = (Item::Operand("x".into()), Item::Operand("y".into()));
        let expected = [q.clone(), c.clone(), l.clone(), m, x.clone(), y.clone()];
        for line in [
            "-q -c -l 2 -m map x y",
            "-qcl2 -mmap x y",
            "-qcl 2 --measure=map x y",
            "--query_eval_wanted --complete_rel_info_wanted --level_for_rel 2 --measure map x y",
            "--q --comple --lev=2 --m map x y",
        ] {
            assert_eq!(parsed(line).unwrap(), expected, "{line}");
        }
        assert_eq!(parsed("x -q y -l2").unwrap(), [x.clone(), q.clone(), y.clone(), l]);
        assert_eq!(parsed("-q -- -c").unwrap(), [q.clone(), Item::Operand("-c".into())]);
        assert_eq!(parsed("- -q").unwrap(), [Item::Operand("-".into()), q]);
        assert_eq!(parsed("-l -2").unwrap(), [option("level_for_rel", "-2")]);
        assert_eq!(parsed("-lq").unwrap(), [option("level_for_rel", "q")]);
        assert_eq!(parsed("--measure=a=b").unwrap(), [option("measure", "a=b")]);
        assert_eq!(parsed("--measure=").unwrap(), [option("measure", "")]);
    }

    #[test]
    fn says_what_is_wrong() {
        for (line, message) in [
            ("-x", "-x: expected an option that is known, got another; see rank-eval -h"),
            ("-qx", "-x: expected an option that is known, got another; see rank-eval -h"),
            ("--nothing", "--nothing: expected an option that is known, got another; see rank-eval -h"),
            ("-l", "-l: expected a level after it, got the end of the line; add it"),
            ("--level_for_rel", "--level_for_rel: expected a level after it, got the end of the line; add it"),
            (
                "--query_eval_wanted=1",
                "--query_eval_wanted: expected no value, got \"query_eval_wanted=1\"; leave it out",
            ),
            (
                "--comp",
                "--comp: expected one option, got the beginning of --complete_rel_info_wanted, --compat; write more of it",
            ),
        ] {
            let failure = parsed(line).unwrap_err();
            assert_eq!((failure.code, failure.message.as_str()), (1, message), "{line}");
        }
    }
}
