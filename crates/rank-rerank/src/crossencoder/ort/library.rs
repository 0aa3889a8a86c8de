//! ONNX Runtime, loaded once for the process.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ::ort::environment::Environment;

use crate::{Error, Result};

/// A process has one environment: once dropped it could not be made again.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// The environment, made at the first call from the library at `path`, or else at `ORT_DYLIB_PATH`.
pub(super) fn environment(path: Option<&Path>) -> Result<Environment> {
    let mut environment = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = &*environment {
        return Ok(environment.clone());
    }
    let path = match path {
        Some(path) => path.to_owned(),
        None => match std::env::var_os("ORT_DYLIB_PATH") {
            Some(path) if !path.is_empty() => PathBuf::from(path),
            _ => return Err(Error::NoRuntime),
        },
    };
    // Every other way into the library panics when it is not there.
    let builder =
        ::ort::init_from(&path).map_err(|reason| Error::Runtime { path: path.clone(), reason: reason.to_string() })?;
    let made = builder
        .with_name("rank-rerank")
        .with_telemetry(false)
        .build()
        .map_err(|reason| Error::Runtime { path, reason: reason.to_string() })?;
    *environment = Some(made.clone());
    Ok(made)
}
