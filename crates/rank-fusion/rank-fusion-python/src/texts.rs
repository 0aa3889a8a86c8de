//! Dicts of texts to floats, read where they lie: the one place of this binding that takes Python's objects apart.
//!
//! What Python's stable ABI offers costs a call for each type, each hash, each float, and a reference for each object;
//! in a million entries these are most of the time. The wheel is made for one version of CPython because of this file.
#![allow(unsafe_code)]

use std::hash::{Hash, Hasher};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A text of a dict, borrowed from it.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a, 'py> {
    pub(crate) object: Borrowed<'a, 'py, PyAny>,
    hash: ffi::Py_hash_t,
}

impl Hash for Text<'_, '_> {
    /// As the hash of a [`Key`](crate::key::Key).
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_i64(self.hash as i64);
    }
}

/// Entries that are taken from a dict at once. Objects lie all over the memory: many are looked at one after the other
/// with nothing between, so that the processor waits for all of them together.
const TAKEN: usize = 128;

/// Calls `visit` with each text and its number, as long as keys are exactly `str`, such as UTF-8 can hold, and values
/// exactly `float`; returns whether all were.
///
/// `visit` must run no Python code, which might change the dict.
pub(crate) fn read<'py>(dict: &Bound<'py, PyDict>, mut visit: impl FnMut(Text<'_, 'py>, f64)) -> bool {
    let py = dict.py();
    let mut place: ffi::Py_ssize_t = 0;
    let mut entries = [(std::ptr::null_mut(), std::ptr::null_mut()); TAKEN];
    let mut numbers = [(0, 0.0); TAKEN];
    loop {
        let mut taken = 0;
        // SAFETY: `dict` is a dict, of which `place` is only this loop's; the two pointers are where an entry goes.
        while taken < TAKEN
            && unsafe {
                ffi::PyDict_Next(dict.as_ptr(), &raw mut place, &raw mut entries[taken].0, &raw mut entries[taken].1)
            } != 0
        {
            taken += 1;
        }
        if taken == 0 {
            return true;
        }
        for (&(key, value), (hash, score)) in entries[..taken].iter().zip(&mut numbers) {
            // SAFETY: both are objects of the dict, which holds them while nobody changes it: the GIL is held, and no
            // Python code runs before this function is done with them. A text is taken apart, and a float read, once
            // their types are known.
            unsafe {
                if ffi::PyUnicode_CheckExact(key) == 0 || ffi::PyFloat_CheckExact(value) == 0 {
                    return false;
                }
                *hash = (*key.cast::<ffi::PyASCIIObject>()).hash;
                *score = ffi::PyFloat_AS_DOUBLE(value);
                // A key of a dict has a hash.
                if *hash == -1 || ffi::PyUnicode_IS_COMPACT_ASCII(key) == 0 && !is_utf8(key) {
                    return false;
                }
            }
        }
        for (&(key, _), &(hash, score)) in entries[..taken].iter().zip(&numbers) {
            // SAFETY: as above.
            let object = unsafe { Borrowed::from_ptr(py, key) };
            visit(Text { object, hash }, score);
        }
    }
}

/// Whether UTF-8 can hold the text: not a lone surrogate.
///
/// # Safety
///
/// `text` is a `str`, and the GIL is held.
#[cold]
unsafe fn is_utf8(text: *mut ffi::PyObject) -> bool {
    // SAFETY: that of this function; the length is not asked for.
    unsafe {
        let found = !ffi::PyUnicode_AsUTF8AndSize(text, std::ptr::null_mut()).is_null();
        if !found {
            ffi::PyErr_Clear();
        }
        found
    }
}
