//! Weights of sparse vectors in a byte each.

use serde_json::{Value, json};

use crate::engine::{Kind, step, steps};
use crate::{Error, Impacts, Result};

/// How an index keeps weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Weights {
    F32,
    /// Whole numbers of a byte.
    Whole,
    /// In steps, the most of which are this weight.
    UpTo(f32),
}

/// What `max_weight` may be, so that a step is a number.
const RANGE: std::ops::RangeInclusive<f32> = 1e-30..=1e30;

impl Weights {
    pub(crate) fn new(impacts: Impacts, max_weight: Option<f32>) -> Result<Self> {
        match (impacts, max_weight) {
            (Impacts::F32, None) => Ok(Self::F32),
            (Impacts::F32, Some(got)) => {
                let (expected, cure) = ("none for impacts in f32", "leave it out or choose impacts in u8");
                Err(Error::InvalidMaxWeight { expected, got, cure })
            }
            (Impacts::U8, None) => Ok(Self::Whole),
            (Impacts::U8, Some(max)) if RANGE.contains(&max) => Ok(Self::UpTo(max)),
            (Impacts::U8, Some(got)) => {
                let (expected, cure) =
                    ("a number from 1e-30 to 1e30", "pass the greatest weight that documents may have");
                Err(Error::InvalidMaxWeight { expected, got, cure })
            }
        }
    }

    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::F32 => Kind::Weights,
            Self::Whole => Kind::Steps(1.0),
            Self::UpTo(max) => Kind::Steps(step(max)),
        }
    }

    pub(crate) fn max(self) -> Option<f32> {
        if let Self::UpTo(max) = self { Some(max) } else { None }
    }

    /// What the engine keeps of a weight.
    pub(crate) fn value(self, weight: f32) -> u32 {
        match self.kind() {
            Kind::Steps(step) => steps(weight, step).into(),
            Kind::Weights | Kind::Counts(_) => weight.to_bits(),
        }
    }

    fn holds(self, weight: f32) -> bool {
        match self {
            Self::F32 => true,
            Self::Whole => weight.fract() == 0.0 && weight <= 255.0,
            Self::UpTo(max) => weight <= max,
        }
    }

    /// Refuses weights that cannot be kept; `at` says where one is.
    pub(crate) fn check(
        self,
        argument: &'static str,
        mut weights: impl Iterator<Item = f32>,
        at: impl Fn(usize) -> String,
    ) -> Result<()> {
        let mut got = 0.0;
        let Some(place) = weights.position(|weight| {
            got = weight;
            !self.holds(weight)
        }) else {
            return Ok(());
        };
        let got = format!("{got} {}", at(place));
        let (expected, cure) = match self.max() {
            Some(max) => (format!("numbers of at most {max}"), "choose a greater max_weight"),
            None => ("whole numbers of at most 255".to_owned(), "choose a max_weight, so that they are rounded"),
        };
        Err(Error::UnfitWeight { argument, expected, got, cure })
    }

    pub(crate) fn to_json(self) -> Option<Value> {
        self.max().map(|max| json!(max.to_bits()))
    }

    /// What was saved beside an engine of this kind.
    pub(crate) fn from_json(says: &Value, kind: Kind) -> Option<Self> {
        let weights = match (kind, says) {
            (Kind::Counts(_), _) => return None,
            (Kind::Weights, _) => Self::F32,
            (Kind::Steps(_), Value::Null) => Self::Whole,
            (Kind::Steps(_), max) => {
                Self::new(Impacts::U8, Some(f32::from_bits(max.as_u64()?.try_into().ok()?))).ok()?
            }
        };
        (weights.kind() == kind).then_some(weights)
    }
}
