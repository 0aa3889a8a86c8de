//! The files that a command names; `-` is the standard input.

use std::ffi::OsStr;
use std::io::Read;

use crate::cli::failure::Outcome;
use crate::{Qrels, Run};

pub(crate) struct Input<'a> {
    pub(crate) stdin: &'a mut dyn Read,
}

impl Input<'_> {
    pub(crate) fn qrels(&mut self, path: &OsStr) -> Outcome<Qrels> {
        Ok(Qrels::read(path)?)
    }

    /// The run and its tag.
    pub(crate) fn run(&mut self, path: &OsStr) -> Outcome<(Run, String)> {
        Ok((Run::read(path)?, String::new()))
    }
}
