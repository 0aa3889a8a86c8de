//! A collection in a file.

use std::sync::Arc;

use serde_json::{Value, json};

use super::impacts::Row;
use super::index::{Engine, Kind};
use super::kept::{Kept, RANKS, Ready};
use super::tail::Tail;
use super::window::{Counts, Slot, Values, Window};
use super::{Bits, Column, Dictionary, WINDOW};
use crate::file::{Reader, Writer};
use crate::scoring::{Field, Formula, MAX_FIELDS, Scoring};
use crate::{Error, Impacts, Result, TextField};

impl Dictionary {
    pub(crate) fn save(&self, writer: &mut Writer) -> Result<()> {
        let (text, ends, slots) = self.columns();
        writer.row("terms", text)?;
        writer.row("term ends", ends)?;
        writer.row("term slots", slots)
    }

    pub(crate) fn open(reader: &Reader) -> Result<Self> {
        reader.check(&["terms", "term ends", "term slots"])?;
        let (text, ends, slots) = (reader.row("terms")?, reader.row("term ends")?, reader.row("term slots")?);
        Self::from_columns(text, ends, slots).ok_or_else(|| reader.broken())
    }
}

impl Scoring {
    pub(crate) fn to_json(self) -> Value {
        let numbers = [self.k1, self.b, self.delta, self.mu, self.smoothing].map(f64::to_bits);
        let weights = self.field_weights.map(|weights| weights.map(f64::to_bits));
        json!([self.formula as u8, numbers, self.numerator, self.byte_lengths, weights])
    }

    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        let number = |at: usize| value[1][at].as_u64().map(f64::from_bits);
        let formula = Formula::from_code(value[0].as_u64()?.try_into().ok()?)?;
        let weights = match &value[4] {
            Value::Null => None,
            weights => {
                let mut all = [0.0; MAX_FIELDS];
                for (at, weight) in all.iter_mut().enumerate() {
                    *weight = f64::from_bits(weights[at].as_u64()?);
                }
                Some(all)
            }
        };
        let scoring = Self::new(formula)
            .k1(number(0)?)
            .b(number(1)?)
            .delta(number(2)?)
            .mu(number(3)?)
            .smoothing(number(4)?)
            .numerator(value[2].as_bool()?)
            .byte_lengths(value[3].as_bool()?);
        scoring.check().ok().map(|()| Self { field_weights: weights, ..scoring })
    }
}

impl Row {
    fn save(&self, writer: &mut Writer, name: &str) -> Result<()> {
        match self {
            Self::F32(all) => writer.row(name, all),
            Self::U8(all) => writer.row(name, all),
        }
    }

    fn open(reader: &Reader, kind: Kind, name: &str) -> Result<Self> {
        if kind.in_bytes() { reader.row(name).map(Self::U8) } else { reader.row(name).map(Self::F32) }
    }
}

impl Kind {
    /// What a file says that postings carry.
    fn says(says: &Value) -> Option<Self> {
        let step = |bits: u64| u32::try_from(bits).ok().map(f32::from_bits).filter(|step| step.is_finite());
        Some(match (says["counts"].as_bool()?, &says["impacts"], &says["step"]) {
            (true, Value::Null, Value::Null) => Self::Counts(Impacts::F32),
            (true, Value::String(form), Value::Null) => Self::Counts(form.parse().ok()?),
            (false, Value::Null, Value::Null) => Self::Weights,
            (false, Value::Null, bits) => Self::Steps(step(bits.as_u64()?).filter(|&step| step > 0.0)?),
            _ => return None,
        })
    }
}

impl Engine {
    /// Writes the collection, and impacts for `scoring`, if they are to be `ready`. `go_on` hears how many more documents
    /// are written, and says whether to go on.
    pub(crate) fn save(
        &self,
        writer: &mut Writer,
        scoring: Option<Scoring>,
        ready: bool,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Value> {
        let ready = ready && self.documents > 0;
        let kept =
            if ready { Some(self.prepare_while(scoring, &mut |_| go_on(0)).ok_or(Error::Stopped)?) } else { None };
        let mut look = |documents| if go_on(documents) { Ok(()) } else { Err(Error::Stopped) };
        let mut slots = self.slots.clone();
        if self.tail.documents > 0 {
            // The window of the tail that impacts were made for, or one like it.
            let window = kept.as_ref().and_then(|kept| kept.windows.get(slots.len()));
            let window = window.map_or_else(|| Arc::new(self.tail.freeze()), |ready| Arc::clone(&ready.window));
            slots.push(Slot { window, deleted: self.tail.deleted.clone().map(Arc::new) });
        }
        let mut windows = Vec::new();
        for (number, slot) in slots.iter().enumerate() {
            slot.save(writer, number)?;
            windows.push(json!([slot.window.documents, slot.deleted.is_some()]));
            look(slot.window.documents)?;
        }
        if let Some(kept) = &kept {
            for (number, ready) in kept.windows.iter().enumerate() {
                if self.kind.is_counts() || slots[number].deleted.is_some() {
                    ready.impacts.save(writer, &format!("{number} impacts"))?;
                }
                ready.maxima.save(writer, &format!("{number} maxima"))?;
                look(0)?;
            }
            if self.kind == Kind::Counts(Impacts::U8) {
                writer.row("steps", &kept.steps)?;
            }
            writer.row("best", &kept.best)?;
            writer.row("absent", &kept.absent)?;
            for (rank, kth) in RANKS.iter().zip(&kept.kth) {
                writer.row(&format!("best {rank}"), kth)?;
            }
        }
        Ok(Self::says(self.kind, &self.fields, &windows, self.documents, &self.lengths, self.terms, scoring, ready))
    }

    /// What a file says of a collection beside its rows.
    #[expect(clippy::too_many_arguments, reason = "all that it says")]
    pub(super) fn says(
        kind: Kind,
        fields: &[Field],
        windows: &[Value],
        documents: usize,
        lengths: &[u64],
        terms: usize,
        scoring: Option<Scoring>,
        ready: bool,
    ) -> Value {
        let fields: Vec<_> =
            fields.iter().map(|field| json!([field.weight.to_bits(), field.b.map(f64::to_bits)])).collect();
        let mut says = json!({
            "counts": kind.is_counts(),
            "fields": fields,
            "windows": windows,
            "documents": documents,
            "lengths": lengths,
            "terms": terms,
            "kept": scoring.filter(|_| ready).map(Scoring::to_json),
            "has kept": ready,
        });
        match kind {
            Kind::Counts(Impacts::U8) => says["impacts"] = json!("u8"),
            Kind::Steps(step) => says["step"] = json!(step.to_bits()),
            Kind::Counts(Impacts::F32) | Kind::Weights => {}
        }
        says
    }

    /// Reads a collection in place: what depends on the number of postings is left to [`verify`](Self::verify).
    pub(crate) fn open(reader: &Reader, says: &Value) -> Result<Self> {
        let broken = || reader.broken();
        let list = |name: &str| says[name].as_array().ok_or_else(broken);
        let kind = Kind::says(says).ok_or_else(broken)?;
        let field = |value: &Value| {
            let b = if value[1].is_null() { None } else { Some(f64::from_bits(value[1].as_u64()?)) };
            Some(Field { weight: f64::from_bits(value[0].as_u64()?), b })
        };
        let fields = list("fields")?.iter().map(field).collect::<Option<Vec<_>>>().ok_or_else(broken)?;
        let number = |value: &Value| value.as_u64().ok_or_else(broken);
        let lengths = list("lengths")?.iter().map(number).collect::<Result<Vec<_>>>()?;
        let mut slots = Vec::new();
        for (at, window) in list("windows")?.iter().enumerate() {
            let documents = number(&window[0])? as usize;
            slots.push(Slot::open(reader, at, kind, fields.len(), documents, window[1].as_bool() == Some(true))?);
        }
        let documents = number(&says["documents"])? as usize;
        let terms = number(&says["terms"])? as usize;
        let full = slots.iter().rev().skip(1).all(|slot| slot.window.documents == WINDOW);
        let left = |slot: &Slot| slot.window.documents - slot.deleted.as_ref().map_or(0, |bits| bits.len());
        let good = full
            && slots.iter().all(|slot| slot.window.documents <= WINDOW)
            && slots.iter().all(|slot| slot.deleted.as_ref().is_none_or(|bits| bits.len() <= slot.window.documents))
            && slots.iter().map(left).sum::<usize>() == documents
            && lengths.len() == fields.len()
            && (!kind.is_counts() || !fields.is_empty());
        if !good {
            return Err(broken());
        }
        let mut engine = Self::new(kind, fields);
        if says["has kept"].as_bool() == Some(true) {
            let scoring = match &says["kept"] {
                Value::Null if !kind.is_counts() => None,
                value => Some(Scoring::from_json(value).ok_or_else(broken)?),
            };
            engine.keep(Kept::open(reader, kind, &slots, scoring, terms)?);
        }
        engine.tail = Tail::new(kind, engine.fields.len());
        (engine.slots, engine.documents, engine.lengths, engine.terms) = (slots, documents, lengths, terms);
        Ok(engine)
    }

    /// The fields with these names, if there are as many.
    pub(crate) fn named_fields(&self, names: &[Value]) -> Option<Vec<TextField>> {
        let named = |(field, name): (&Field, &Value)| {
            let (weight, b) = (field.weight, field.b);
            Some(TextField { weight, b, ..TextField::new(name.as_str()?) })
        };
        (names.len() == self.fields.len()).then(|| self.fields.iter().zip(names).map(named).collect())?
    }

    /// Whether the rows of an opened collection agree with each other.
    pub(crate) fn is_sound(&self) -> bool {
        let last = |window: &Window| window.terms().last().is_none_or(|term| (term as usize) < self.terms);
        let sound = self.slots.iter().all(|slot| slot.window.is_sound() && last(&slot.window));
        sound
            && self.slots.iter().fold(vec![0; self.fields.len()], Slot::add_lengths) == self.lengths
            && self.kept().is_none_or(|kept| kept.is_sound())
    }
}

impl Slot {
    /// Adds the lengths of the documents that are there to those of each field.
    fn add_lengths(mut totals: Vec<u64>, slot: &Self) -> Vec<u64> {
        let fields = totals.len().max(1);
        for (local, lengths) in slot.window.lengths.chunks_exact(fields).enumerate() {
            if slot.deleted.as_ref().is_none_or(|bits| !bits.contains(local as u16)) {
                totals.iter_mut().zip(lengths).for_each(|(total, &length)| *total += u64::from(length));
            }
        }
        totals
    }

    pub(super) fn save(&self, writer: &mut Writer, number: usize) -> Result<()> {
        let window = &self.window;
        writer.row(&format!("{number} presence"), &window.presence)?;
        writer.row(&format!("{number} starts"), &window.starts)?;
        writer.row(&format!("{number} locals"), &window.locals)?;
        writer.row(&format!("{number} lengths"), &window.lengths)?;
        match &window.values {
            Values::Weights(weights) => weights.save(writer, &format!("{number} weights"))?,
            Values::Counts(counts) => {
                for (field, counts) in counts.iter().enumerate() {
                    writer.row(&format!("{number} counts {field}"), &counts.bytes)?;
                    writer.row(&format!("{number} large counts {field}"), &counts.large)?;
                }
            }
        }
        match &self.deleted {
            Some(deleted) => writer.row(&format!("{number} deleted"), deleted.words()),
            None => Ok(()),
        }
    }

    fn open(
        reader: &Reader,
        number: usize,
        kind: Kind,
        fields: usize,
        documents: usize,
        deleted: bool,
    ) -> Result<Self> {
        let values = match kind {
            Kind::Weights | Kind::Steps(_) => Values::Weights(Row::open(reader, kind, &format!("{number} weights"))?),
            Kind::Counts(_) => {
                let counts = |field| {
                    Ok(Counts {
                        bytes: reader.row(&format!("{number} counts {field}"))?,
                        large: reader.row(&format!("{number} large counts {field}"))?,
                    })
                };
                Values::Counts((0..fields).map(counts).collect::<Result<_>>()?)
            }
        };
        let window = Window {
            documents,
            fields,
            presence: reader.row(&format!("{number} presence"))?,
            starts: reader.row(&format!("{number} starts"))?,
            locals: reader.row(&format!("{number} locals"))?,
            values,
            lengths: reader.row(&format!("{number} lengths"))?,
        };
        let deleted = if deleted {
            let name = format!("{number} deleted");
            reader.check(&[&name])?;
            Some(Arc::new(Bits::from_words(&reader.row::<u64>(&name)?)))
        } else {
            None
        };
        Ok(Self { window: Arc::new(window), deleted })
    }
}

impl Kept {
    fn open(reader: &Reader, kind: Kind, slots: &[Slot], scoring: Option<Scoring>, terms: usize) -> Result<Self> {
        let mut windows = Vec::new();
        for (number, slot) in slots.iter().enumerate() {
            let name = format!("{number} impacts");
            let impacts = match &slot.window.values {
                // The second version had them twice.
                Values::Weights(weights) if slot.deleted.is_none() && !reader.has(&name) => weights.clone(),
                _ => Row::open(reader, kind, &name)?,
            };
            let maxima = Row::open(reader, kind, &format!("{number} maxima"))?;
            windows.push(Ready::new(Arc::clone(&slot.window), impacts, maxima));
        }
        let mut kth: [_; RANKS.len()] = Default::default();
        for (rank, kth) in RANKS.iter().zip(&mut kth) {
            *kth = reader.row(&format!("best {rank}"))?;
        }
        let stepped = kind == Kind::Counts(Impacts::U8);
        let kept = Self {
            scoring,
            windows,
            best: reader.row("best")?,
            steps: if stepped { reader.row("steps")? } else { Column::default() },
            step: if let Kind::Steps(step) = kind { step } else { 1.0 },
            absent: reader.row("absent")?,
            kth,
        };
        let sized = kept.best.len() == terms
            && (!stepped || kept.steps.len() == terms)
            && (kept.absent.is_empty() || kept.absent.len() == terms)
            && kept.kth.iter().all(|kth| kth.len() == terms);
        if sized { Ok(kept) } else { Err(reader.broken()) }
    }

    fn is_sound(&self) -> bool {
        let good = |values: &[f32]| values.iter().all(|value| value.is_finite() && *value >= 0.0);
        self.windows.iter().all(|ready| {
            ready.impacts.len() == ready.window.locals.len()
                && ready.maxima.len() + 1 == ready.window.starts.len()
                && ready.impacts.is_sound()
                && ready.maxima.is_sound()
        }) && good(&self.best)
            && good(&self.steps)
            && self.kth.iter().all(|kth| good(kth))
            && self.absent.iter().all(|value| value.is_finite())
    }
}
