//! Measures from their names, in the dialects of `trec_eval`, `ir_measures` and ranx.

use std::str::FromStr;

use super::nearest::nearest;
use super::{Cutoff, Dialect, Family, Kind, Measure, Parameter, Preset, TrecArgument};
use crate::browsing::MOST_RANKS;
use crate::measures::MEASURES;
use crate::{Error, Result};

impl FromStr for Measure {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match of_trec_preset(text)
            .or_else(|| with_level_suffix(text))
            .or_else(|| with_arguments(text))
            .or_else(|| of_trec_eval(text))
        {
            Some(measure) => measure,
            None => Err(unknown(text)),
        }
    }
}

fn unknown(text: &str) -> Error {
    let known = MEASURES.iter().map(|family| family.name).collect();
    let head = text.split(['@', '(', '.']).next().unwrap_or_default();
    Error::UnknownMeasure { name: text.to_owned(), known: nearest(head, known).join(", ") }
}

/// `nDCG@10`, `RBP(p=0.8,rel=2)@20`; `None` if no such measure is known.
fn with_arguments(text: &str) -> Option<Result<Measure>> {
    let (head, cutoff) = match text.split_once('@') {
        Some((head, cutoff)) => (head, Some(cutoff)),
        None => (text, None),
    };
    let (name, arguments) = match head.split_once('(') {
        Some((name, arguments)) => (name, Some(arguments)),
        None => (head, None),
    };
    let mut measure = start(name.trim())?;
    let family = measure.family;
    let mut read = || -> Result<Measure> {
        if let Some(arguments) = arguments {
            let Some(arguments) = arguments.trim_end().strip_suffix(')') else {
                return Err(invalid(family, text, "the parameters to end in \")\"".to_owned()));
            };
            for argument in split(arguments) {
                set(&mut measure, argument, text)?;
            }
        }
        set_cutoff(&mut measure, cutoff, text)?;
        let given = |place: usize| measure.numbers[place].is_some() || family.parameters[place].name != family.needed;
        if !(0..family.parameters.len()).all(given) {
            return Err(invalid(family, text, format!("{} to be given", family.needed)));
        }
        let number =
            |name| family.parameters.iter().zip(&measure.numbers).find(|known| known.0.name == name)?.1.as_ref();
        if let (Some(least), most) = (number("min_rel"), number("max_rel"))
            && most.is_none_or(|most| least >= most)
        {
            return Err(invalid(family, text, "min_rel to be below a max_rel".to_owned()));
        }
        Ok(measure.clone())
    };
    Some(read())
}

/// A name of `trec_eval` that stands for some numbers, in its own letter case: `rbp` has another default than `RBP`.
fn of_trec_preset(text: &str) -> Option<Result<Measure>> {
    let is = |preset: &&Preset| preset.dialect == Dialect::TrecEval && preset.name == text;
    let mut presets = MEASURES.iter().filter_map(|family| Some((family, family.presets.iter().find(is)?)));
    presets.next().map(|(family, preset)| Ok(Measure { numbers: preset.numbers, ..Measure::new(family) }))
}

/// The measure of a name without parameters, in whatever dialect; its cut-off is to come.
fn start(name: &str) -> Option<Measure> {
    if let Some(family) = MEASURES.iter().find(|family| family.is_named(name)) {
        return Some(Measure::new(family));
    }
    let mut presets = MEASURES.iter().flat_map(|family| family.presets.iter().map(move |preset| (family, preset)));
    let (family, preset) = presets.find(|(_, preset)| preset.name.eq_ignore_ascii_case(name))?;
    Some(Measure { numbers: preset.numbers, ..Measure::new(family) })
}

/// `ndcg@10-l2`, as ranx has it.
fn with_level_suffix(text: &str) -> Option<Result<Measure>> {
    let (head, level) = text.rsplit_once("-l")?;
    let level = level.parse().ok().filter(|&level: &i64| level >= 0)?;
    let measure = with_arguments(head)?;
    Some(measure.and_then(|mut measure| {
        if measure.level.is_some() || !measure.family.takes_level {
            return Err(invalid(
                measure.family,
                text,
                "one level of relevance, where the measure takes one".to_owned(),
            ));
        }
        measure.level = Some(level);
        Ok(measure)
    }))
}

/// `ndcg_cut_10`, `ndcg_cut.10`, `set_F.2`.
fn of_trec_eval(text: &str) -> Option<Result<Measure>> {
    // Most families lack one of these names.
    let is = |known: &str, name: &str| !known.is_empty() && known.eq_ignore_ascii_case(name);
    if let Some(family) = MEASURES.iter().find(|family| is(family.trec, text)) {
        return Some(Ok(Measure::new(family)));
    }
    if let Some(family) = MEASURES.iter().find(|family| is(family.trec_cut, text)) {
        let mut measure = Measure::new(family);
        return Some(set_cutoff(&mut measure, None, text).and(Err(no_cutoff(family, text))));
    }
    for (at, _) in text.char_indices().rev().filter(|&(_, letter)| letter == '_' || letter == '.') {
        let (name, argument) = (&text[..at], &text[at + 1..]);
        if let Some(family) = MEASURES.iter().find(|family| is(family.trec_cut, name)) {
            let mut measure = Measure::new(family);
            return Some(set_cutoff(&mut measure, Some(argument), text).map(|()| measure));
        }
        let takes_it = |family: &&Family| family.trec_argument.is_some() && is(family.trec, name);
        if let Some(family) = MEASURES.iter().find(takes_it) {
            let mut measure = Measure::new(family);
            let read = family.trec_argument.as_ref().is_some_and(|known| (known.read)(argument, &mut measure));
            let ready = read && (0..family.parameters.len()).all(|place| is_allowed(&measure, place));
            return Some(if ready { Ok(measure) } else { Err(invalid(family, text, takes(family))) });
        }
    }
    None
}

/// At the commas that no brackets or quotes hold.
fn split(arguments: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0);
    for (at, letter) in arguments.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&arguments[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&arguments[start..]);
    parts
}

/// Sets what `name=value` says.
fn set(measure: &mut Measure, argument: &str, text: &str) -> Result<()> {
    let family = measure.family;
    let refused = || invalid(family, text, takes(family));
    let (name, value) = argument.split_once('=').ok_or_else(refused)?;
    let (name, value) = (name.trim(), value.trim());
    match name {
        "rel" if family.takes_level => {
            let level = value.parse().ok().filter(|&level: &i64| level >= 0);
            measure.level =
                Some(level.ok_or_else(|| invalid(family, text, "rel to be a whole number of at least 0".to_owned()))?);
        }
        "judged_only" => {
            measure.judged_only =
                flag(value).ok_or_else(|| invalid(family, text, "judged_only to be True or False".to_owned()))?;
        }
        "gains" if family.takes_gains => {
            if !gains(value).is_some_and(|gains| measure.set_gains(gains)) {
                return Err(invalid(family, text, "gains to be {grade:gain,...}, each grade once".to_owned()));
            }
        }
        _ => {
            let place = family.parameters.iter().position(|parameter| parameter.name == name).ok_or_else(refused)?;
            let parameter = &family.parameters[place];
            let number = number(parameter, value);
            measure.numbers[place] = number;
            if number.is_none() || !is_allowed(measure, place) {
                return Err(invalid(family, text, format!("{name} to be {}", allowed(parameter))));
            }
            measure.set(place, number);
        }
    }
    Ok(())
}

/// `{1:3.5,2:9}`.
fn gains(text: &str) -> Option<Vec<(i64, f64)>> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let pairs = inner.split(',').filter(|pair| !pair.trim().is_empty());
    pairs.map(|pair| pair.split_once(':').and_then(|(grade, gain)| pair_of(grade, gain))).collect()
}

fn pair_of(grade: &str, gain: &str) -> Option<(i64, f64)> {
    Some((grade.trim().parse().ok()?, gain.trim().parse().ok().filter(|gain: &f64| gain.is_finite())?))
}

/// `ndcg.1=3.5,2=9`, as `trec_eval` has it.
pub(crate) const GAINS_ARGUMENT: TrecArgument = TrecArgument {
    read: |text, measure| {
        let pairs = text.split(',').map(|pair| pair.split_once('=').and_then(|(grade, gain)| pair_of(grade, gain)));
        pairs.collect::<Option<Vec<_>>>().is_some_and(|gains| measure.set_gains(gains))
    },
    write: |measure| {
        let pairs: Vec<_> = measure.gains().iter().map(|(grade, gain)| format!("{grade}={gain}")).collect();
        measure.numbers.iter().all(Option::is_none).then(|| pairs.join(","))
    },
};

fn flag(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn number(parameter: &Parameter, value: &str) -> Option<f64> {
    match parameter.kind {
        Kind::Flag => flag(value).map(|flag| f64::from(u8::from(flag))),
        Kind::Word(words) => {
            let word = value.trim_matches(['\'', '"']);
            words.iter().position(|known| known.eq_ignore_ascii_case(word)).map(|place| place as f64)
        }
        _ => value.parse().ok(),
    }
}

/// Whether the number at a place is one that the measure takes.
fn is_allowed(measure: &Measure, place: usize) -> bool {
    let Some(number) = measure.numbers[place] else { return true };
    match measure.family.parameters[place].kind {
        Kind::Within(least, most) => (least..=most).contains(&number) && number.is_finite(),
        Kind::Between(low, high) => low < number && number < high,
        Kind::Whole(least) => number >= least as f64 && number.fract() == 0.0 && number.is_finite(),
        Kind::Flag | Kind::Word(_) => true,
    }
}

/// What a parameter may be, in words.
fn allowed(parameter: &Parameter) -> String {
    match parameter.kind {
        Kind::Within(f64::NEG_INFINITY, _) => "a number".to_owned(),
        Kind::Within(least, f64::INFINITY) => format!("a number of at least {least}"),
        Kind::Within(least, most) => format!("a number of {least} to {most}"),
        Kind::Between(low, f64::INFINITY) => format!("a number above {low}"),
        Kind::Between(low, high) => format!("a number above {low} and below {high}"),
        Kind::Whole(least) => format!("a whole number of at least {least}"),
        Kind::Flag => "True or False".to_owned(),
        Kind::Word(words) => format!("one of {}", words.join(", ")),
    }
}

/// What parameters a family takes, in words.
fn takes(family: &Family) -> String {
    let mut names: Vec<_> = family.parameters.iter().map(|parameter| parameter.name).collect();
    names.extend(family.takes_gains.then_some("gains"));
    names.extend(family.takes_level.then_some("rel"));
    names.push("judged_only");
    format!("parameters of {} among {}", family.name, names.join(", "))
}

fn set_cutoff(measure: &mut Measure, cutoff: Option<&str>, text: &str) -> Result<()> {
    let family = measure.family;
    match (family.cutoff, cutoff) {
        (Cutoff::None | Cutoff::Optional | Cutoff::Usually(_), None) => {}
        (Cutoff::None, Some(_)) => return Err(invalid(family, text, format!("{} without a cut-off", family.name))),
        (usual, Some(cutoff)) if usual != Cutoff::Number => {
            let k = cutoff.trim().parse().ok().filter(|&k: &usize| k > 0).ok_or_else(|| no_cutoff(family, text))?;
            // As many numbers are computed for each query.
            if matches!(usual, Cutoff::Usually(_)) && k > MOST_RANKS {
                return Err(invalid(family, text, format!("a cut-off of at most {MOST_RANKS}")));
            }
            measure.cutoff = Some(k);
        }
        (Cutoff::Required, None) => return Err(no_cutoff(family, text)),
        (_, cutoff) => {
            let parameter = &family.parameters[0];
            measure.numbers[0] = cutoff.and_then(|cutoff| cutoff.trim().parse().ok());
            if measure.numbers[0].is_none() || !is_allowed(measure, 0) {
                return Err(invalid(family, text, format!("{} behind @ to be {}", parameter.name, allowed(parameter))));
            }
        }
    }
    Ok(())
}

fn no_cutoff(family: &Family, text: &str) -> Error {
    Error::InvalidCutoff { name: text.to_owned(), example: example(family) }
}

fn invalid(family: &Family, text: &str, expected: String) -> Error {
    Error::InvalidParameter { name: text.to_owned(), expected, example: example(family) }
}

/// A name of the family that can be parsed.
fn example(family: &Family) -> String {
    let needed = if family.needed.is_empty() { String::new() } else { format!("({}=3)", family.needed) };
    match family.cutoff {
        Cutoff::None => format!("{}{needed}", family.name),
        Cutoff::Optional | Cutoff::Usually(_) | Cutoff::Required => format!("{}{needed}@10", family.name),
        Cutoff::Number => format!("{}{needed}@0.1", family.name),
    }
}
