//! Which of a query's ranked documents are judged.

use crate::table::Rows;
use crate::topic::Found;

/// The judged documents of one query, to be found by key. Its memory is kept from query to query.
#[derive(Debug, Default)]
pub(crate) struct Lookup {
    /// A bit for the keys of a judged document, by their low bits: most documents are told by it to be unjudged.
    filter: Vec<u64>,
    /// The row of a judged document, by the high bits of its key.
    slots: Vec<u32>,
}

const EMPTY: u32 = u32::MAX;

impl Lookup {
    /// Looks for documents among the first `depth` ranked, best first.
    pub(crate) fn find(&mut self, judged: Rows<'_, i64>, ranked: Rows<'_, f64>, depth: usize, found: &mut Vec<Found>) {
        found.clear();
        // 64 to 128 bits a document, so that about one unjudged document of a hundred is looked up in vain.
        let words = judged.len().next_power_of_two().clamp(16, 1 << 16);
        self.filter.clear();
        self.filter.resize(words, 0);
        let bits = (judged.len().max(2) * 2).next_power_of_two().trailing_zeros().min(32);
        self.slots.clear();
        self.slots.resize(1 << bits, EMPTY);
        let (word_mask, slot_mask) = (words - 1, (1_usize << bits) - 1);
        let slot_of = |key: u32| (key >> (32 - bits)) as usize;
        for (row, &key) in (0_u32..).zip(judged.keys()) {
            self.filter[(key >> 6) as usize & word_mask] |= 1 << (key & 63);
            let mut slot = slot_of(key);
            while self.slots[slot] != EMPTY {
                slot = (slot + 1) & slot_mask;
            }
            self.slots[slot] = row;
        }
        let depth = depth.min(ranked.len());
        for (position, &key) in ranked.keys()[..depth].iter().enumerate() {
            if self.filter[(key >> 6) as usize & word_mask] >> (key & 63) & 1 == 0 {
                continue;
            }
            let mut slot = slot_of(key);
            while self.slots[slot] != EMPTY {
                let row = self.slots[slot] as usize;
                if judged.keys()[row] == key && judged.bytes(row) == ranked.bytes(position) {
                    found.push(Found { position: position as u32, grade: judged.values()[row] });
                    break;
                }
                slot = (slot + 1) & slot_mask;
            }
        }
    }
}
