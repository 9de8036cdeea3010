//! The two pattern languages of a build: Go's `filepath.Match` for the sources of COPY and ADD,
//! and `.dockerignore`.

mod components;
mod go;
mod ignore;
mod ignore_rule;
mod nfa;
mod re2;
mod tables;

pub use go::{BadPattern, go_match, has_wildcard};
pub use ignore::{Ignore, IgnoreError, IgnoreReason, LARGEST, MOST_PATTERNS, Walker};
