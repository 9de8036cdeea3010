//! Cases that the tests without Docker and those against it share. What a case expects was
//! recorded from a real build; `tests/truth` checks that it still is what a build does.

#![allow(dead_code, reason = "each test takes what it needs")]

pub(crate) mod copying;
pub(crate) mod reading;
pub(crate) mod spec;

use std::path::PathBuf;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A pattern of COPY, a name, and whether they match; `None` where the pattern is refused.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PatternCase {
    pub(crate) pattern: String,
    pub(crate) name: String,
    pub(crate) matches: Option<bool>,
}

/// An ignore file, a path, and whether it is left out; `None` where the build fails.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct IgnoreCase {
    pub(crate) file: String,
    pub(crate) path: String,
    pub(crate) ignored: Option<bool>,
}

/// Where the cases of this name are.
pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

/// Reads a list of cases.
pub(crate) fn load<T: DeserializeOwned>(name: &str) -> Vec<T> {
    load_as(name)
}

/// Reads cases of any shape.
pub(crate) fn load_as<T: DeserializeOwned>(name: &str) -> T {
    let text = std::fs::read_to_string(path(name)).expect("the cases are part of the repository");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}
