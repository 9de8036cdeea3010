//! What a layout must know of the container as it is just before the step.

use crate::tree::Kind;

/// The state just before the step. What it does not know is asked for.
pub trait Destination {
    /// What is at an absolute path, its last component not followed.
    fn stat(&self, path: &str) -> Lookup<Option<Stat>>;
    /// The user and group files.
    fn names(&self) -> Lookup<Names>;
}

/// A fact that may not have been looked up yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup<T> {
    /// Looked up.
    Known(T),
    /// Not looked up.
    Unknown,
}

/// What a path is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// What it is.
    pub kind: Kind,
    /// The twelve permission bits.
    pub mode: u32,
    /// Group; of no interest but of a directory that hands its group on.
    pub gid: u32,
    /// Where a link points; empty for anything else.
    pub target: String,
}

/// The texts of `/etc/passwd` and `/etc/group`, `None` where there is no such file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// `/etc/passwd`
    pub passwd: Option<String>,
    /// `/etc/group`
    pub group: Option<String>,
}

/// A fact to look up in the container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// `Destination::stat` of this absolute path.
    Stat(String),
    /// `Destination::names`.
    Names,
}
