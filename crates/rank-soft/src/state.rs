//! What a forward pass leaves for the gradient.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::thread::LocalKey;

use crate::projection::{POSITION, Scratch, for_each_block};
use crate::spare::Buffer;
use crate::{Operator, Rows};

/// A workspace of longer rows is not kept.
const LONGEST: usize = 1 << 17;

/// What the gradient of an operator needs of its forward pass: order, blocks, strengths.
#[derive(Debug, Clone)]
pub struct State {
    pub(crate) operator: Operator,
    pub(crate) rows: Rows,
    /// Whether errors name the row.
    pub(crate) batch: bool,
    pub(crate) threads: usize,
    /// Of each row: how many values count, at the beginning of its part of what follows.
    pub(crate) counts: Vec<usize>,
    pub(crate) strengths: Vec<f64>,
    pub(crate) order: Buffer<u32>,
    pub(crate) shares: Buffer<f64>,
    /// The values, for gradients that need them.
    pub(crate) values: Vec<f64>,
    pub(crate) mask: Option<Vec<bool>>,
    pub(crate) weights: Option<Vec<f64>>,
    pub(crate) divisors: Option<Vec<f64>>,
}

impl State {
    /// The operator.
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// The rows.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// How many numbers the operator gave.
    pub fn outputs(&self) -> usize {
        (0..self.rows.count()).map(|row| self.row_outputs(row)).sum()
    }

    pub(crate) fn row_outputs(&self, row: usize) -> usize {
        self.operator.kind.outputs(self.rows.range(row).len())
    }

    /// The strength of a row, in the units of its values.
    #[cfg(feature = "burn")]
    pub(crate) fn strength(&self, row: usize) -> f64 {
        self.strengths[row]
    }

    /// The lengths of the blocks of a row, along its sorted order; none for methods that have none.
    pub fn block_lengths(&self, row: usize) -> Vec<usize> {
        let range = self.rows.range(row);
        let mut lengths = Vec::new();
        if self.operator.method.regularization().is_none() {
            return lengths;
        }
        for_each_block(&self.order[range.start..range.start + self.counts[row]], |start, end| {
            lengths.push(end - start);
        });
        lengths
    }

    /// The positions of a row's values in the order of the fit: descending, but ascending for descending ranks and for an
    /// ascending sort. Where some are masked, positions count those that are not.
    pub fn row_order(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        let range = self.rows.range(row);
        self.order[range.start..range.start + self.counts[row]].iter().map(|position| (position & POSITION) as usize)
    }
}

/// The part of a state that one row writes.
pub(crate) struct Saved<'a> {
    pub(crate) order: &'a mut [u32],
    pub(crate) shares: &'a mut [f64],
    pub(crate) values: &'a mut [f64],
    pub(crate) strength: &'a mut f64,
    pub(crate) count: &'a mut usize,
}

/// What a thread keeps from row to row, and from call to call.
#[derive(Debug)]
pub struct Workspace<W> {
    pub(crate) scratch: Scratch,
    pub(crate) values: Vec<W>,
    pub(crate) cotangent: Vec<W>,
    pub(crate) out: Vec<W>,
    pub(crate) full: Vec<W>,
    pub(crate) weights: Vec<f64>,
    pub(crate) spare: Vec<u32>,
}

impl<W> Default for Workspace<W> {
    fn default() -> Self {
        Self {
            scratch: Scratch::default(),
            values: Vec::new(),
            cotangent: Vec::new(),
            out: Vec::new(),
            full: Vec::new(),
            weights: Vec::new(),
            spare: Vec::new(),
        }
    }
}

/// A number of which a thread keeps a workspace.
#[doc(hidden)]
pub trait Shelved: Sized + 'static {
    #[doc(hidden)]
    fn shelf() -> &'static LocalKey<Cell<Option<Box<Workspace<Self>>>>>;
}

macro_rules! shelved {
    ($($type:ty),*) => { $(
        impl Shelved for $type {
            fn shelf() -> &'static LocalKey<Cell<Option<Box<Workspace<Self>>>>> {
                thread_local! {
                    static SHELF: Cell<Option<Box<Workspace<$type>>>> = const { Cell::new(None) };
                }
                &SHELF
            }
        }
    )* };
}

shelved!(f32, f64);

/// A workspace that goes back to its thread's shelf.
pub(crate) struct Own<W: Shelved>(Box<Workspace<W>>);

impl<W: Shelved> Own<W> {
    pub(crate) fn new() -> Self {
        Self(W::shelf().take().unwrap_or_default())
    }
}

impl<W: Shelved> Drop for Own<W> {
    fn drop(&mut self) {
        // That of long rows is given back to the system.
        if self.0.scratch.length() <= LONGEST {
            W::shelf().set(Some(std::mem::take(&mut self.0)));
        }
    }
}

impl<W: Shelved> Deref for Own<W> {
    type Target = Workspace<W>;
    fn deref(&self) -> &Workspace<W> {
        &self.0
    }
}

impl<W: Shelved> DerefMut for Own<W> {
    fn deref_mut(&mut self) -> &mut Workspace<W> {
        &mut self.0
    }
}
