//! The two pattern languages of a build: Go's `filepath.Match` for the sources of COPY and ADD,
//! and `.dockerignore`.

mod go;
mod ignore;

pub use go::{BadPattern, go_match, has_wildcard};
pub use ignore::{Hits, Ignore, IgnoreError, Walker};
