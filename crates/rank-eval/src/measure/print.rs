//! A measure's name in three dialects, and its convention in words.

use std::fmt;

use super::{Cutoff, Dialect, Kind, Measure, Parameter, Preset};

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let family = self.family;
        let mut arguments = Vec::new();
        let at_number = family.cutoff == Cutoff::Number;
        for (parameter, number) in family.parameters.iter().zip(&self.numbers).skip(usize::from(at_number)) {
            if let Some(number) = number {
                arguments.push(format!("{}={}", parameter.name, written(parameter, *number)));
            }
        }
        if !self.gains().is_empty() {
            let gains: Vec<_> = self.gains().iter().map(|(grade, gain)| format!("{grade}:{gain}")).collect();
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
            write!(f, "@{}", self.get(0))?;
        }
        match self.cutoff {
            Some(k) => write!(f, "@{k}"),
            None => Ok(()),
        }
    }
}

fn written(parameter: &Parameter, number: f64) -> String {
    match parameter.kind {
        Kind::Within(..) | Kind::Between(..) | Kind::Whole(_) => number.to_string(),
        Kind::Flag => if number == 0.0 { "False" } else { "True" }.to_owned(),
        Kind::Word(words) => format!("'{}'", words[number as usize]),
    }
}

impl Measure {
    /// The name in a dialect; `None` if the tool has no such measure or cannot say its parameters there, as `trec_eval` has
    /// the level of relevance on its command line.
    ///
    /// ```
    /// use rank_eval::{Dialect, Measure};
    ///
    /// let measure: Measure = "AP(rel=2)".parse()?;
    /// assert_eq!(measure.name_in(Dialect::Ranx).as_deref(), Some("map-l2"));
    /// assert_eq!(measure.name_in(Dialect::TrecEval), None);
    /// # Ok::<(), rank_eval::Error>(())
    /// ```
    pub fn name_in(&self, dialect: Dialect) -> Option<String> {
        let name = match dialect {
            Dialect::IrMeasures => return Some(self.to_string()),
            Dialect::TrecEval => self.in_trec_eval(),
            Dialect::Ranx => self.in_ranx(),
        };
        // A name that means something else there, or fewer decimals than the number has, is none.
        name.filter(|name| name.parse::<Self>().is_ok_and(|understood| understood == *self))
    }

    fn preset(&self, dialect: Dialect) -> Option<&'static Preset> {
        self.family.presets.iter().find(|preset| preset.dialect == dialect && preset.numbers == self.numbers)
    }

    fn is_plain(&self) -> bool {
        self.numbers.iter().all(Option::is_none) && self.gains.is_none()
    }

    fn in_trec_eval(&self) -> Option<String> {
        let family = self.family;
        if self.level.is_some() || self.judged_only {
            return None;
        }
        if let Some(preset) = self.preset(Dialect::TrecEval) {
            return (self.gains.is_none() && self.cutoff.is_none()).then(|| preset.name.to_owned());
        }
        match (family.cutoff, self.cutoff) {
            (Cutoff::Number, _) if !family.trec_cut.is_empty() => {
                Some(format!("{}_{:.2}", family.trec_cut, self.get(0)))
            }
            (_, Some(k)) => {
                (self.is_plain() && !family.trec_cut.is_empty()).then(|| format!("{}_{k}", family.trec_cut))
            }
            (_, None) if family.trec.is_empty() => None,
            (_, None) if self.is_plain() => Some(family.trec.to_owned()),
            (_, None) => {
                let argument = family.trec_argument.as_ref().and_then(|argument| (argument.write)(self))?;
                Some(format!("{}_{argument}", family.trec))
            }
        }
    }

    fn in_ranx(&self) -> Option<String> {
        let family = self.family;
        if self.judged_only || self.gains.is_some() {
            return None;
        }
        let mut name = match self.preset(Dialect::Ranx) {
            Some(preset) => preset.name.to_owned(),
            // Its only number is written as the decimals of it.
            None if family.ranx == "rbp" => {
                let others = self.numbers[1..].iter().all(Option::is_none) && self.cutoff.is_none();
                let text = self.get(0).to_string();
                format!("rbp.{}", text.strip_prefix("0.").filter(|_| others)?)
            }
            None if self.is_plain() && !family.ranx.is_empty() => family.ranx.to_owned(),
            None => return None,
        };
        if let Some(k) = self.cutoff {
            name = format!("{name}@{k}");
        }
        Some(match self.level {
            Some(level) => format!("{name}-l{level}"),
            None => name,
        })
    }

    /// What is computed, in words: the formula, the parameters, what is relevant, and what becomes of documents that are not
    /// judged.
    ///
    /// ```
    /// use rank_eval::Measure;
    ///
    /// let measure: Measure = "P(rel=2)@5".parse()?;
    /// assert_eq!(
    ///     measure.describe(),
    ///     "P(rel=2)@5: share of the first k documents that are relevant, k = 5; relevant is a grade of at least 2; \
    ///      documents without a judgment count as not relevant"
    /// );
    /// # Ok::<(), rank_eval::Error>(())
    /// ```
    pub fn describe(&self) -> String {
        let family = self.family;
        let mut parts = vec![format!("{self}: {}", family.about)];
        match self.cutoff {
            Some(k) => parts.push(format!("k = {k}")),
            None => match family.cutoff {
                Cutoff::Optional => parts.push("k = the whole ranking".to_owned()),
                Cutoff::Usually(k) => parts.push(format!("k = {k}")),
                _ => {}
            },
        }
        parts.extend(family.parameters.iter().enumerate().map(|(place, parameter)| match self.number(place) {
            Some(number) => format!("{} = {}", parameter.name, written(parameter, number)),
            None => format!("{} not given", parameter.name),
        }));
        parts.extend(self.gains().iter().map(|(grade, gain)| format!("grade {grade} gains {gain}")));
        let relevant = match self.level {
            _ if !family.takes_level => String::new(),
            Some(level) => format!("; relevant is a grade of at least {level}"),
            None => "; relevant is a grade of at least 1, or of the level that the evaluation is told".to_owned(),
        };
        let unjudged = if self.judged_only {
            "; documents without a judgment, or with a negative one, are dropped first"
        } else {
            "; documents without a judgment count as not relevant"
        };
        format!("{}{relevant}{unjudged}", parts.join(", "))
    }
}
