//! The documents of a window that may be among the best, before all of their terms are added up.

use super::WINDOW;

/// Documents that are looked up together.
pub(super) const GROUP: usize = 128;

/// Documents of a window with their sums.
#[derive(Debug)]
pub(super) struct Found {
    locals: Box<[u16; WINDOW]>,
    sums: Box<[f32; WINDOW]>,
    pub(super) len: usize,
}

impl Default for Found {
    fn default() -> Self {
        Self { locals: zeros(), sums: zeros(), len: 0 }
    }
}

#[expect(clippy::unnecessary_box_returns, reason = "it is too large for the stack")]
pub(super) fn zeros<T: Copy + Default>() -> Box<[T; WINDOW]> {
    vec![T::default(); WINDOW].into_boxed_slice().try_into().unwrap_or_else(|_| unreachable!("it is as long"))
}

impl Found {
    /// Adds a document, without a branch; fewer than all may be there before.
    pub(super) fn push_if(&mut self, condition: bool, local: u16, sum: f32) {
        self.locals[self.len % WINDOW] = local;
        self.sums[self.len % WINDOW] = sum;
        self.len += usize::from(condition);
    }
}

/// Documents that are looked up together, with their sums.
#[derive(Debug)]
pub(super) struct Group {
    locals: [u16; GROUP],
    sums: [f32; GROUP],
    len: usize,
}

impl Default for Group {
    fn default() -> Self {
        Self { locals: [0; GROUP], sums: [0.0; GROUP], len: 0 }
    }
}

impl Group {
    pub(super) fn take(&mut self, found: &Found, from: usize) {
        let to = found.len.min(from + GROUP);
        self.len = to - from;
        self.locals[..self.len].copy_from_slice(&found.locals[from..to]);
        self.sums[..self.len].copy_from_slice(&found.sums[from..to]);
    }

    /// Keeps the documents whose sums pass, without a branch.
    pub(super) fn retain(&mut self, passes: impl Fn(f32) -> bool) {
        let mut kept = 0;
        for at in 0..self.len.min(GROUP) {
            let (local, sum) = (self.locals[at], self.sums[at]);
            self.locals[kept % GROUP] = local;
            self.sums[kept % GROUP] = sum;
            kept += usize::from(passes(sum));
        }
        self.len = kept;
    }

    pub(super) fn parts(&mut self) -> (&[u16], &mut [f32]) {
        (&self.locals[..self.len], &mut self.sums[..self.len])
    }
}
