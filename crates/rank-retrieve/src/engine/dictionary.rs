//! Terms and their numbers, in flat rows that a file can hold.

use super::Column;

/// Terms numbered in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dictionary {
    text: Column<u8>,
    /// Where the text of each term ends.
    ends: Column<u64>,
    /// Open addressing: the upper half of the hash, and the number plus one, or 0 for an empty place.
    slots: Column<u64>,
}

/// Part of the file format: a change of it is a new version.
pub(crate) fn hash(term: &[u8]) -> u64 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut state = term.len() as u64 ^ MULTIPLIER;
    let (words, rest) = term.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    for word in words.iter().chain([&last]) {
        let product = u128::from(state ^ u64::from_le_bytes(*word)) * u128::from(MULTIPLIER);
        state = (product as u64) ^ (product >> 64) as u64;
    }
    state.wrapping_mul(MULTIPLIER)
}

const HASH: u64 = 0xffff_ffff_0000_0000;

impl Dictionary {
    /// The dictionary of stored rows, unless they cannot be one.
    pub(crate) fn from_columns(text: Column<u8>, ends: Column<u64>, slots: Column<u64>) -> Option<Self> {
        let sorted = ends.is_sorted() && ends.last().copied().unwrap_or(0) == text.len() as u64;
        let sized =
            if ends.is_empty() { slots.is_empty() } else { slots.len().is_power_of_two() && slots.len() > ends.len() };
        // An empty place ends every search.
        let good = sorted
            && sized
            && (slots.is_empty() || slots.contains(&0))
            && slots.iter().all(|&slot| slot == 0 || (1..=ends.len()).contains(&((slot & !HASH) as usize)))
            && std::str::from_utf8(&text).is_ok();
        good.then_some(Self { text, ends, slots })
    }

    pub(crate) fn columns(&self) -> (&Column<u8>, &Column<u64>, &Column<u64>) {
        (&self.text, &self.ends, &self.slots)
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The memory that it takes.
    pub(crate) fn bytes_taken(&self) -> usize {
        self.text.len() + 8 * (self.ends.len() + self.slots.len())
    }

    /// The bytes of a term, which compare as its characters do.
    pub(crate) fn bytes(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        &self.text[start..self.ends[number] as usize]
    }

    pub(crate) fn number(&self, term: &str) -> Option<u32> {
        let slots = &*self.slots;
        if slots.is_empty() {
            return None;
        }
        let (hash, mask) = (hash(term.as_bytes()), slots.len() - 1);
        let mut at = hash as usize & mask;
        loop {
            let slot = slots[at];
            if slot == 0 {
                return None;
            }
            if slot & HASH == hash & HASH {
                let number = (slot & !HASH) as u32 - 1;
                if self.bytes(number) == term.as_bytes() {
                    return Some(number);
                }
            }
            at = (at + 1) & mask;
        }
    }

    /// The number of a term, which is a new one if it was not known.
    pub(crate) fn intern(&mut self, term: &str) -> u32 {
        if let Some(known) = self.number(term) {
            return known;
        }
        let number = self.len() as u32;
        if 2 * self.len() >= self.slots.len() {
            self.grow();
        }
        place(self.slots.to_mut(), hash(term.as_bytes()), number);
        self.text.to_mut().extend(term.as_bytes());
        let end = self.text.len() as u64;
        self.ends.to_mut().push(end);
        number
    }

    fn grow(&mut self) {
        let mut slots = vec![0; (4 * self.len()).next_power_of_two().max(64)];
        for number in 0..self.len() as u32 {
            place(&mut slots, hash(self.bytes(number)), number);
        }
        self.slots = slots.into();
    }
}

fn place(slots: &mut [u64], hash: u64, number: u32) {
    let mask = slots.len() - 1;
    let mut at = hash as usize & mask;
    while slots[at] != 0 {
        at = (at + 1) & mask;
    }
    slots[at] = (hash & HASH) | u64::from(number + 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_cannot_be_a_dictionary_are_refused() {
        let mut good = Dictionary::default();
        good.intern("red");
        good.intern("fox");
        let (text, ends, slots) = good.columns();
        let opened = |slots: Vec<u64>| Dictionary::from_columns(text.clone(), ends.clone(), slots.into());
        assert_eq!(opened(slots.to_vec()).and_then(|dictionary| dictionary.number("fox")), Some(1));
        let empty = slots.iter().position(|&slot| slot == 0).unwrap();
        // A hash without a number, and the number of no term.
        for wrong in [HASH, 3, 1 << 32] {
            let mut slots = slots.to_vec();
            slots[empty] = wrong;
            assert!(opened(slots).is_none(), "{wrong:x}");
        }
        assert!(opened(slots[1..].to_vec()).is_none());
        assert!(opened(vec![1; slots.len()]).is_none());
    }
}
