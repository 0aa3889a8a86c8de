#![doc = include_str!("../../../README.md")]
//!
//! Holds no code: each file beside this one runs the blocks of a part of `docs/guide.md`, and the documentation test of
//! this one runs the README.
