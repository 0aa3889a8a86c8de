//! Extension module.
