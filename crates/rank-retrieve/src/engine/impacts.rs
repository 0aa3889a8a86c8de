//! What postings add to a score, as numbers or as whole steps in a byte each.

use std::ops::Range;

use super::Column;

/// The most steps of an impact.
const STEPS: f32 = 255.0;

/// The width of a step, for the greatest impact of a term.
pub(crate) fn step(best: f32) -> f32 {
    best / STEPS
}

/// The nearest number of steps: at least one for what is more than nothing.
pub(crate) fn steps(impact: f32, step: f32) -> u8 {
    if impact > 0.0 && step > 0.0 { ((impact / step + 0.5) as u8).max(1) } else { 0 }
}

/// The impacts of postings.
#[derive(Debug, Clone)]
pub(crate) enum Row {
    F32(Column<f32>),
    U8(Column<u8>),
}

/// Impacts that are looked at.
#[derive(Debug, Clone, Copy)]
pub(super) enum Slice<'a> {
    F32(&'a [f32]),
    U8(&'a [u8]),
}

impl Row {
    pub(super) fn with_capacity(in_bytes: bool, capacity: usize) -> Self {
        if in_bytes {
            Self::U8(Vec::with_capacity(capacity).into())
        } else {
            Self::F32(Vec::with_capacity(capacity).into())
        }
    }

    /// Appends numbers, or whole numbers of steps.
    pub(super) fn extend(&mut self, impacts: &[f32]) {
        match self {
            Self::F32(all) => all.to_mut().extend_from_slice(impacts),
            Self::U8(all) => all.to_mut().extend(impacts.iter().map(|&steps| steps as u8)),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::F32(all) => all.len(),
            Self::U8(all) => all.len(),
        }
    }

    pub(super) fn all(&self) -> Slice<'_> {
        match self {
            Self::F32(all) => Slice::F32(all),
            Self::U8(all) => Slice::U8(all),
        }
    }

    /// Whether all are numbers that a score can be made of.
    pub(super) fn is_sound(&self) -> bool {
        match self {
            Self::F32(all) => all.iter().all(|impact| impact.is_finite() && *impact >= 0.0),
            Self::U8(_) => true,
        }
    }
}

impl<'a> Slice<'a> {
    pub(super) fn get(self, at: usize) -> f32 {
        match self {
            Self::F32(all) => all[at],
            Self::U8(all) => all[at].into(),
        }
    }

    pub(super) fn part(self, range: Range<usize>) -> Self {
        match self {
            Self::F32(all) => Self::F32(&all[range]),
            Self::U8(all) => Self::U8(&all[range]),
        }
    }

    /// As bytes, little-endian.
    pub(super) fn bytes(self) -> &'a [u8] {
        match self {
            Self::F32(all) => bytemuck::cast_slice(all),
            Self::U8(all) => all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_the_nearest_and_never_none() {
        let width = step(2.0);
        assert_eq!([2.0, 2.5, 1.001, width / 3.0, 0.0].map(|impact| steps(impact, width)), [255, 255, 128, 1, 0]);
        assert_eq!([1.0, 7.0, 254.0, 255.0].map(|impact| steps(impact, step(255.0))), [1, 7, 254, 255]);
        // A greatest impact so small that there is no step.
        assert_eq!(steps(f32::from_bits(3), step(f32::from_bits(3))), 0);
    }
}
