//! Sorting a row: its numbers as integers of the same order, with their positions.
//!
//! A few are placed by counting, more by radix, so that the branches of a comparison sort are never mispredicted. Equal
//! numbers keep the order of their positions.

use rank_kernels::order_by_counting;

use crate::float::Real;

/// Up to this length a row is sorted by counting.
const FEW: usize = 160;
/// From this length on, passes of 11 bits are fewer and better than passes of 8.
const MANY: usize = 1_500;

/// A key with its position, of which radix takes the digits.
pub(crate) trait Item: Copy + Default {
    fn digit(self, shift: u32, bits: u32) -> usize;
    fn position(self) -> u32;
}

impl Item for (u64, u32) {
    #[inline]
    fn digit(self, shift: u32, bits: u32) -> usize {
        ((self.0 >> shift) & ((1 << bits) - 1)) as usize
    }
    #[inline]
    fn position(self) -> u32 {
        self.1
    }
}

/// `u32` or `u64`.
#[doc(hidden)]
pub trait Key: Copy + Ord + Send + Sync + std::ops::Not<Output = Self> {
    #[doc(hidden)]
    const BITS: u32;
    /// Whether [`narrow`](Self::narrow) is the whole key.
    #[doc(hidden)]
    const NARROW: bool;
    #[doc(hidden)]
    fn narrow(self) -> u32;
    #[doc(hidden)]
    fn widen(self) -> u64;
    #[doc(hidden)]
    fn from_wide(wide: u64) -> Self;
}

impl Key for u32 {
    const BITS: u32 = 32;
    const NARROW: bool = true;
    fn narrow(self) -> u32 {
        self
    }
    fn widen(self) -> u64 {
        u64::from(self)
    }
    fn from_wide(wide: u64) -> Self {
        wide as u32
    }
}

impl Key for u64 {
    const BITS: u32 = 64;
    const NARROW: bool = false;
    fn narrow(self) -> u32 {
        (self >> 32) as u32
    }
    fn widen(self) -> u64 {
        self
    }
    fn from_wide(wide: u64) -> Self {
        wide
    }
}

/// What a sort needs besides its result; kept from row to row.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    keys: Vec<u32>,
    narrow: [Vec<u64>; 2],
    wide: [Vec<(u64, u32)>; 2],
    counts: Vec<u32>,
}

/// Fills `sorted` with the numbers, the first of the order first, and `order` with where they stood. With `negated`,
/// `sorted` holds the negated numbers; in any case it descends.
pub(crate) fn sort<F: Real>(
    values: &[F],
    negated: bool,
    buffers: &mut Buffers,
    sorted: &mut Vec<f64>,
    order: &mut [u32],
) {
    let sign = if negated { -1.0 } else { 1.0 };
    let key = |value: &F| if negated { value.key() } else { !value.key() };
    let value = |key: F::Key| sign * F::from_key(if negated { key } else { !key }) + 0.0;
    sorted.clear();
    if F::Key::NARROW && values.len() <= FEW {
        buffers.keys.clear();
        buffers.keys.extend(values.iter().map(|value| key(value).narrow()));
        order_by_counting(&buffers.keys, order);
        sorted.extend(order.iter().map(|&position| sign * values[position as usize].into() + 0.0));
    } else if F::Key::NARROW {
        buffers.keys.clear();
        buffers.keys.extend(values.iter().map(|value| key(value).narrow()));
        let items = radix_of_keys(&buffers.keys, &mut buffers.narrow, &mut buffers.counts);
        for (&item, position) in items.iter().zip(order) {
            *position = item as u32;
        }
        sorted.extend(items.iter().map(|&item| value(F::Key::from_wide(item >> 32))));
    } else {
        let [items, other] = &mut buffers.wide;
        items.clear();
        items.extend(values.iter().enumerate().map(|(position, value)| (key(value).widen(), position as u32)));
        let items = if values.len() < MANY {
            items.sort_unstable();
            items
        } else {
            radix::<(u64, u32)>(items, other, &mut buffers.counts, 64)
        };
        for (&item, position) in items.iter().zip(order) {
            *position = item.position();
        }
        sorted.extend(items.iter().map(|&item| value(F::Key::from_wide(item.0))));
    }
}

/// The keys with their positions, in order. Digits are counted of the keys, which the first pass packs as it places them.
fn radix_of_keys<'a>(keys: &[u32], buffers: &'a mut [Vec<u64>; 2], counts: &mut Vec<u32>) -> &'a [u64] {
    if keys.len() < MANY {
        passes_of_keys::<8, 256, 4>(keys, buffers, counts)
    } else {
        passes_of_keys::<11, 2048, 3>(keys, buffers, counts)
    }
}

fn passes_of_keys<'a, const BITS: u32, const SIZE: usize, const PASSES: usize>(
    keys: &[u32],
    [items, other]: &'a mut [Vec<u64>; 2],
    counts: &mut Vec<u32>,
) -> &'a [u64] {
    let digit = |key: u32, pass: usize| (key >> (pass as u32 * BITS)) as usize & (SIZE - 1);
    counts.clear();
    counts.resize(PASSES * SIZE, 0);
    let (tables, _) = counts.as_chunks_mut::<SIZE>();
    let Some((tables, _)) = tables.split_first_chunk_mut::<PASSES>() else { return &[] };
    for &key in keys {
        for pass in 0..PASSES {
            tables[pass][digit(key, pass)] += 1;
        }
    }
    items.resize(keys.len(), 0);
    other.resize(keys.len(), 0);
    let (mut from, mut to) = (items.as_mut_slice(), other.as_mut_slice());
    let mut packed = false;
    for (pass, table) in tables.iter_mut().enumerate() {
        // All have the same digit.
        if keys.first().is_some_and(|&first| table[digit(first, pass)] as usize == keys.len()) {
            continue;
        }
        let mut start = 0;
        for count in table.iter_mut() {
            (*count, start) = (start, start + *count);
        }
        let mut put = |key: u32, item: u64| {
            let place = &mut table[digit(key, pass)];
            to[*place as usize] = item;
            *place += 1;
        };
        if packed {
            for &item in from.iter() {
                put((item >> 32) as u32, item);
            }
        } else {
            keys.iter().enumerate().for_each(|(position, &key)| put(key, u64::from(key) << 32 | position as u64));
            packed = true;
        }
        std::mem::swap(&mut from, &mut to);
    }
    if !packed {
        let pack = |(position, &key): (usize, &u32)| u64::from(key) << 32 | position as u64;
        from.iter_mut().zip(keys.iter().enumerate().map(pack)).for_each(|(item, packed)| *item = packed);
    }
    from
}

fn radix<'a, I: Item>(
    items: &'a mut Vec<I>,
    other: &'a mut Vec<I>,
    counts: &mut Vec<u32>,
    key_bits: u32,
) -> &'a mut Vec<I> {
    other.resize(items.len(), I::default());
    if items.len() < MANY {
        passes::<I, 8, 256>(items, other, counts, key_bits)
    } else {
        passes::<I, 11, 2048>(items, other, counts, key_bits)
    }
}

fn passes<'a, I: Item, const BITS: u32, const SIZE: usize>(
    mut items: &'a mut Vec<I>,
    mut other: &'a mut Vec<I>,
    counts: &mut Vec<u32>,
    key_bits: u32,
) -> &'a mut Vec<I> {
    let number = key_bits.div_ceil(BITS) as usize;
    counts.clear();
    counts.resize(number * SIZE, 0);
    let (tables, _) = counts.as_chunks_mut::<SIZE>();
    for item in items.iter() {
        for (pass, table) in tables.iter_mut().enumerate() {
            table[item.digit(pass as u32 * BITS, BITS)] += 1;
        }
    }
    for (pass, table) in tables.iter_mut().enumerate() {
        let shift = pass as u32 * BITS;
        // All have the same digit.
        if items.first().is_some_and(|first| table[first.digit(shift, BITS)] as usize == items.len()) {
            continue;
        }
        let mut start = 0;
        for count in table.iter_mut() {
            let next = start + *count;
            *count = start;
            start = next;
        }
        let target = other.as_mut_slice();
        for &item in items.iter() {
            let place = &mut table[item.digit(shift, BITS)];
            target[*place as usize] = item;
            *place += 1;
        }
        (items, other) = (other, items);
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_a_stable_sort() {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32
        };
        let mut buffers = Buffers::default();
        for count in (0..200).chain([1_000, 1_499, 1_500, 5_000]) {
            for distinct in [3, 1_000_000_007] {
                let values: Vec<f64> =
                    (0..count).map(|_| f64::from((next() % distinct) as i32 - 500_000_000) / 7.0).collect();
                let narrow: Vec<f32> = values.iter().map(|&value| value as f32).collect();
                check(&values, &mut buffers);
                check(&narrow, &mut buffers);
            }
        }
        check(&[0.0, -0.0, f32::INFINITY, 1e-45, -1e-45, f32::NEG_INFINITY, 0.0], &mut buffers);
    }

    fn check<F: Real>(values: &[F], buffers: &mut Buffers) {
        for negated in [false, true] {
            let mut expected: Vec<u32> = (0..values.len() as u32).collect();
            let sign = if negated { -1.0 } else { 1.0 };
            let number = |position: u32| -> f64 { sign * values[position as usize].into() + 0.0 };
            expected.sort_by(|&a, &b| number(b).total_cmp(&number(a)));
            let (mut sorted, mut order) = (Vec::new(), vec![0; values.len()]);
            sort(values, negated, buffers, &mut sorted, &mut order);
            assert_eq!(order, expected);
            assert_eq!(sorted, expected.iter().map(|&position| number(position)).collect::<Vec<_>>());
        }
    }
}
