//! Buffers of passes that are over, for those to come: memory that is given back to the system costs a page fault for
//! every 4 kB when it is asked for again, which is a tenth of a pass.

use std::ops::{Deref, DerefMut};
use std::sync::Mutex;

/// Longer ones are given back.
const MOST: usize = 1 << 22;
/// How many of a type are kept.
const KEPT: usize = 2;

/// A number of which buffers are kept.
pub(crate) trait Kept: Copy + Default + 'static {
    fn shelf() -> &'static Mutex<Vec<Vec<Self>>>;
}

macro_rules! kept {
    ($($type:ty),*) => { $(
        impl Kept for $type {
            fn shelf() -> &'static Mutex<Vec<Vec<Self>>> {
                static SHELF: Mutex<Vec<Vec<$type>>> = Mutex::new(Vec::new());
                &SHELF
            }
        }
    )* };
}

kept!(u32, f64);

/// Numbers of any value, to be written before they are read.
#[derive(Debug)]
pub(crate) struct Buffer<T: Kept> {
    numbers: Vec<T>,
    count: usize,
}

impl<T: Kept> Buffer<T> {
    pub(crate) fn new(count: usize) -> Self {
        // A lock that is held, or was held when the process was forked, is not waited for.
        let shelf = T::shelf().try_lock().ok().filter(|_| count > 0);
        let mut numbers = shelf.and_then(|mut shelf| shelf.pop()).unwrap_or_default();
        if numbers.len() < count {
            numbers = vec![T::default(); count];
        }
        Self { numbers, count }
    }
}

impl<T: Kept> Drop for Buffer<T> {
    fn drop(&mut self) {
        if self.numbers.is_empty() || self.numbers.len() > MOST {
            return;
        }
        if let Ok(mut shelf) = T::shelf().try_lock()
            && shelf.len() < KEPT
        {
            shelf.push(std::mem::take(&mut self.numbers));
        }
    }
}

impl<T: Kept> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::new(self.count);
        copy.copy_from_slice(self);
        copy
    }
}

impl<T: Kept> Deref for Buffer<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.numbers[..self.count]
    }
}

impl<T: Kept> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.numbers[..self.count]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_come_back_longer_and_shorter() {
        let mut buffer = Buffer::<u32>::new(10);
        buffer.fill(7);
        let copy = buffer.clone();
        drop(buffer);
        for count in [0, 3, 10, 20, 5] {
            let mut buffer = Buffer::<u32>::new(count);
            assert_eq!(buffer.len(), count);
            buffer.fill(count as u32);
        }
        assert_eq!(*copy, [7; 10]);
    }
}
