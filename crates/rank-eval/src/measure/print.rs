//! A measure's name, in the dialect of `ir_measures`.

use std::fmt;

use super::{Cutoff, Kind, Measure, Parameter};

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let family = self.family;
        let mut arguments = Vec::new();
        let at_number = family.cutoff == Cutoff::Number;
        for (parameter, number) in family.parameters.iter().zip(&self.numbers).skip(usize::from(at_number)) {
            if let Some(number) = number {
                arguments.push(format!("{}={}", parameter.name, value(parameter, *number)));
            }
        }
        if let Some(gains) = &self.gains {
            let gains: Vec<_> = gains.iter().map(|(grade, gain)| format!("{grade}:{gain}")).collect();
            arguments.push(format!("gains={{{}}}", gains.join(",")));
        }
        if let Some(level) = self.level {
            arguments.push(format!("rel={level}"));
        }
        if self.judged_only {
            arguments.push("judged_only=True".to_owned());
        }
        f.write_str(family.name)?;
        if !arguments.is_empty() {
            write!(f, "({})", arguments.join(","))?;
        }
        if at_number {
            write!(f, "@{}", self.number(0).unwrap_or_default())?;
        }
        match self.cutoff {
            Some(k) => write!(f, "@{k}"),
            None => Ok(()),
        }
    }
}

fn value(parameter: &Parameter, number: f64) -> String {
    match parameter.kind {
        Kind::Within(..) | Kind::Between(..) | Kind::Whole(_) => number.to_string(),
        Kind::Flag => if number == 0.0 { "False" } else { "True" }.to_owned(),
        Kind::Word(words) => format!("'{}'", words[number as usize]),
    }
}
