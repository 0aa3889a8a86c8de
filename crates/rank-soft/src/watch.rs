//! Long work is watched: told how far it is, and ended if it is asked to.

use std::fmt;

use crate::{Error, Result};

/// Who is told of steps that are done, and says whether to go on.
#[derive(Clone, Copy, Default)]
pub(crate) struct Watch<'a>(pub(crate) Option<&'a (dyn Fn(usize) -> bool + Sync)>);

impl Watch<'_> {
    /// That many more steps are done.
    pub(crate) fn advance(self, steps: usize) -> Result<()> {
        match self.0 {
            Some(watch) if !watch(steps) => Err(Error::Stopped),
            _ => Ok(()),
        }
    }

    /// Whether to go on.
    pub(crate) fn poll(self) -> Result<()> {
        self.advance(0)
    }
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Watch" } else { "None" })
    }
}
