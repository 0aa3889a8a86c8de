//! The search of one window.

use rank_kernels::{Kernels, kernels};

use super::found::{Found, GROUP, Group, zeros};
use super::impacts::Slice;
use super::lists::List;
use super::top::{Order, Top};
use super::{Bits, WINDOW, WINDOW_BITS};

/// Documents that are looked at together for one that reaches the bar.
const CHUNK: usize = 64;
/// Chunks between two looks at the bar.
const STRIDE: usize = 8 * CHUNK;
/// Postings up to which a window is read by its touched documents, not as a whole.
const FEW: usize = WINDOW / 8;
/// What a look-up costs in a list, and in a row by document, when a posting costs 1.
const SEARCH: usize = 10;
const LOOK: usize = 3;

/// What is added to a sum to make it a score.
pub(super) struct Lift<'a> {
    /// The same for all documents.
    pub(super) base: f64,
    /// By the document's number in the window.
    pub(super) offset: Option<&'a dyn Fn(u16) -> f64>,
    /// The greatest offset.
    pub(super) most: f64,
}

impl Lift<'_> {
    fn is_none(&self) -> bool {
        self.base == 0.0 && self.offset.is_none()
    }

    fn score(&self, sum: f32, local: u16) -> f32 {
        if self.is_none() {
            return sum;
        }
        (f64::from(sum) + self.base + self.offset.map_or(0.0, |offset| offset(local))) as f32
    }

    /// A sum below this one makes no score of `bar`; above 0, because a document without a term has 0.
    pub(super) fn below(&self, bar: f32) -> f32 {
        if self.is_none() {
            return bar.max(f32::from_bits(1));
        }
        let sum = f64::from(bar) - self.base - self.most;
        let slack = 1e-6 * (f64::from(bar).abs() + self.base.abs() + self.most.abs());
        ((sum - slack) as f32).max(f32::from_bits(1))
    }
}

/// What a thread works with: all sums are 0 between two windows.
#[derive(Debug)]
pub(crate) struct Scratch {
    sums: Box<[f32; WINDOW]>,
    found: Found,
    group: Group,
    pub(super) few: Vec<(u16, f32)>,
    pub(super) rest: Vec<f32>,
    pub(super) keys: Vec<u64>,
    kernels: &'static Kernels,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            sums: zeros(),
            found: Found::default(),
            group: Group::default(),
            few: Vec::new(),
            rest: Vec::new(),
            keys: Vec::new(),
            kernels: kernels(),
        }
    }
}

impl Scratch {
    /// Pushes the documents of a window that may be among the best: those that have a term, are `allowed`, and reach
    /// the bar.
    ///
    /// `lists` are in the order in which their parts are added up, here and for any other document.
    pub(super) fn window<O: Order>(
        &mut self,
        number: usize,
        lists: &[List<'_>],
        allowed: Option<&Bits>,
        lift: &Lift<'_>,
        top: &mut Top<'_, O>,
    ) {
        let total: usize = lists.iter().map(|list| list.locals.len()).sum();
        let first = (number as u32) << WINDOW_BITS;
        let is_allowed = |local| allowed.is_none_or(|bits| bits.contains(local));
        // Rounding may take as much from a sum of this many parts.
        let slack = 1.0 + 1.2e-7 * (lists.len() + 2) as f32;
        let needed = self.needed(lists, slack, lift.below(top.bar));
        let (leading, following) = lists.split_at(needed);
        let remaining: usize = following.iter().map(|list| list.locals.len()).sum();
        let led = total - remaining;
        if remaining > led / 4 + 64 && self.led(leading, following, led, slack, lift, top, allowed, first, remaining) {
            return;
        }
        for list in lists {
            self.add(list);
        }
        if total <= FEW {
            for list in lists {
                let bar = lift.below(top.bar);
                for &local in list.locals {
                    let sum = std::mem::take(&mut self.sums[usize::from(local) % WINDOW]);
                    if sum >= bar {
                        consider(sum, local, lift, top, &is_allowed, first);
                    }
                }
            }
            return;
        }
        let mut masks = [0; STRIDE / CHUNK];
        for (stride, sums) in self.sums.chunks_exact_mut(STRIDE).enumerate() {
            self.kernels.at_least(sums, lift.below(top.bar), &mut masks);
            keep(&mut masks, allowed, stride * (STRIDE / CHUNK));
            each(&masks, |at| consider(sums[at], (stride * STRIDE + at) as u16, lift, top, &is_allowed, first));
            sums.fill(0.0);
        }
    }

    /// How many of the first lists a document must be in at least one of, to reach the bar. Leaves what the lists from
    /// each on can add.
    pub(super) fn needed(&mut self, lists: &[List<'_>], slack: f32, bar: f32) -> usize {
        self.rest.clear();
        self.rest.resize(lists.len() + 1, 0.0);
        let mut needed = lists.len();
        for (at, list) in lists.iter().enumerate().rev() {
            self.rest[at] = self.rest[at + 1] + list.max;
            if self.rest[at] * slack < bar {
                needed = at;
            }
        }
        needed
    }

    /// Adds up the leading lists alone, and looks the documents that may reach the bar up in the following ones. Gives
    /// up, with all sums 0, if that would take longer than adding these up too.
    #[expect(clippy::too_many_arguments, reason = "the parts of one loop")]
    fn led<O: Order>(
        &mut self,
        leading: &[List<'_>],
        following: &[List<'_>],
        led: usize,
        slack: f32,
        lift: &Lift<'_>,
        top: &mut Top<'_, O>,
        allowed: Option<&Bits>,
        first: u32,
        remaining: usize,
    ) -> bool {
        let is_allowed = |local| allowed.is_none_or(|bits| bits.contains(local));
        for list in leading {
            self.add(list);
        }
        let rest = self.rest[leading.len()];
        let bar = (lift.below(top.bar) - rest * slack * slack).max(f32::from_bits(1)) / slack;
        self.found.len = 0;
        if led <= FEW {
            for list in leading {
                for &local in list.locals {
                    let sum = std::mem::take(&mut self.sums[usize::from(local) % WINDOW]);
                    self.found.push_if(sum >= bar && is_allowed(local), local, sum);
                }
            }
        } else {
            let mut masks = [0; WINDOW / CHUNK];
            self.kernels.at_least(&self.sums[..], bar, &mut masks);
            keep(&mut masks, allowed, 0);
            each(&masks, |at| self.found.push_if(true, at as u16, self.sums[at]));
            self.sums.fill(0.0);
        }
        let look: usize = following.iter().map(|list| if list.dense.is_some() { LOOK } else { SEARCH }).sum();
        if self.found.len * look / 2 > remaining + led {
            return false;
        }
        let rests = &self.rest[leading.len()..];
        let group = &mut self.group;
        for from in (0..self.found.len).step_by(GROUP) {
            group.take(&self.found, from);
            let bar = lift.below(top.bar);
            for (list, rest) in following.iter().zip(rests) {
                group.retain(|sum| (sum + rest * slack) * slack >= bar);
                let (locals, sums) = group.parts();
                list.add_found(self.kernels, locals, sums);
            }
            let (locals, sums) = group.parts();
            for (&local, &sum) in locals.iter().zip(&*sums) {
                if sum >= bar {
                    consider(sum, local, lift, top, &is_allowed, first);
                }
            }
        }
        true
    }

    fn add(&mut self, list: &List<'_>) {
        let weight = list.weight;
        match (list.dense, list.impacts) {
            (Some(Slice::F32(dense)), _) => self.kernels.add(&mut self.sums[..], dense, weight),
            (Some(Slice::U8(dense)), _) => self.kernels.add_bytes(&mut self.sums[..], dense, weight),
            (None, Slice::F32(impacts)) => {
                for (&local, impact) in list.locals.iter().zip(impacts) {
                    self.sums[usize::from(local) % WINDOW] += weight * impact;
                }
            }
            (None, Slice::U8(impacts)) => {
                for (&local, &impact) in list.locals.iter().zip(impacts) {
                    self.sums[usize::from(local) % WINDOW] += weight * f32::from(impact);
                }
            }
        }
    }
}

/// Leaves of each chunk, `first` and on, what is allowed.
fn keep(masks: &mut [u64], allowed: Option<&Bits>, first: usize) {
    if let Some(bits) = allowed {
        for (mask, word) in masks.iter_mut().zip(&bits.words()[first..]) {
            *mask &= word;
        }
    }
}

/// Calls `with` with the place of each bit that is set.
fn each(masks: &[u64], mut with: impl FnMut(usize)) {
    for (chunk, &mask) in masks.iter().enumerate() {
        let mut left = mask;
        while left != 0 {
            with(chunk * CHUNK + left.trailing_zeros() as usize);
            left &= left - 1;
        }
    }
}

pub(super) fn consider<O: Order>(
    sum: f32,
    local: u16,
    lift: &Lift<'_>,
    top: &mut Top<'_, O>,
    is_allowed: &impl Fn(u16) -> bool,
    first: u32,
) {
    let score = lift.score(sum, local);
    if score >= top.bar && is_allowed(local) {
        top.push(score, first | u32::from(local));
    }
}
