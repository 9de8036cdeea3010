//! The core of Livepush: it knows Dockerfiles and nothing else. See ARCHITECTURE.md.

pub mod copy;
pub mod dockerfile;
pub mod pattern;
mod suggest;
pub mod tree;
pub mod variables;
