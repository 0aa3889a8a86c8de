//! The files that a command names; `-` is the standard input.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::cli::failure::Outcome;
use crate::{Error, Qrels, Result, Run};

pub(crate) struct Input<'a> {
    pub(crate) stdin: &'a mut dyn Read,
}

impl Input<'_> {
    pub(crate) fn qrels(&mut self, path: &OsStr) -> Outcome<Qrels> {
        self.read(path, |path| Qrels::read(path))
    }

    /// The run and its tag.
    pub(crate) fn run(&mut self, path: &OsStr) -> Outcome<(Run, String)> {
        self.read(path, |path| Ok((Run::read(path)?, String::new())))
    }

    fn read<T>(&mut self, path: &OsStr, read: impl Fn(&Path) -> Result<T>) -> Outcome<T> {
        if path != "-" {
            return Ok(read(path.as_ref())?);
        }
        let spooled = std::env::temp_dir().join(format!("rank-eval-{}.txt", std::process::id()));
        let failed = |source: io::Error| Error::File { path: PathBuf::from("-"), action: "read", source };
        let mut bytes = Vec::new();
        self.stdin.read_to_end(&mut bytes).map_err(failed)?;
        std::fs::write(&spooled, bytes).map_err(failed)?;
        let table = read(&spooled);
        std::fs::remove_file(&spooled).map_err(failed)?;
        Ok(table?)
    }
}
