//! The core of Livepush: it knows Dockerfiles and nothing else. See ARCHITECTURE.md.

pub mod copy;
pub mod diagnostic;
pub mod directive;
pub mod dockerfile;
pub mod expand;
pub mod live;
mod path;
pub mod pattern;
pub mod plan;
pub mod session;
mod shared_map;
pub mod stage;
mod suggest;
pub mod tree;

#[cfg(target_arch = "wasm32")]
pub mod wasm;
