//! The core of Livepush: it knows Dockerfiles and nothing else. See ARCHITECTURE.md.

pub mod dockerfile;
pub mod variables;
