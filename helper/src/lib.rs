//! The helper is a static program that Livepush puts into containers.
//!
//! - `idle` is the first process of a build container: it reaps, and ends when asked to.
//! - `serve` is what one exec per container keeps open: it runs commands, removes, lists, hashes
//!   and sends paths, spoken to in frames over its standard streams ([`protocol`]).
//! - `init` is the first process of a live container that Livepush itself made: it starts the
//!   application as Docker would have, and starts it anew when `serve` asks for it.
//!
//! It needs neither a shell nor a C library nor `/etc/passwd` in the container, and can do
//! nothing there that Docker's exec would not allow as well.

pub mod idle;
pub mod init;
pub mod problem;
pub mod processes;
pub mod protocol;
pub mod remove_self;
pub mod serve;
pub mod signals;
mod tar;
pub mod user;
